"""Squares are crossed: straight where one sees the other side, round what stands in between; relations as ways are."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from street_networks.sources.extract import Extract, Relation, Way
from street_networks.streets.squares import STRETCH, Square, ways_across
from street_networks.streets.walkable import walk_network

SIDE = 100.0


def square_of(outer, holes=(), entrances=()):
    """A square with its corners and entrances as nodes; nodes on the outline are those of its chain."""
    chains = [list(outer), *map(list, holes)]
    position, node_of = {}, {}
    for point in [point for chain in chains for point in chain]:
        node_of.setdefault(point, len(node_of) + 1)
        position[node_of[point]] = point
    shape = shapely.Polygon(outer, holes)
    ids = [tuple(node_of[point] for point in [*chain, chain[0]]) for chain in chains]
    square = Square("w", 7, "pedestrian", {"highway": "pedestrian"}, shape, tuple(ids))
    return square, position, {node_of[point] for point in entrances}


def metres(square, position, pairs):
    nodes = sorted(position)
    at = {node: row for row, node in enumerate(nodes)}
    links = [*pairs, *(pair for chain in square.chains for pair in itertools.pairwise(chain))]
    length = [np.hypot(*np.subtract(position[one], position[other])) for one, other in links]
    rows, columns = zip(*((at[one], at[other]) for one, other in links), strict=True)
    away = dijkstra(csr_matrix((length, (rows, columns)), shape=(len(nodes),) * 2), directed=False)
    return lambda one, other: away[at[one], at[other]]


OUTLINE = [(0.0, 0.0), (40.0, 0.0), (SIDE, 0.0), (SIDE, 70.0), (SIDE, SIDE), (30.0, SIDE), (0.0, SIDE), (0.0, 55.0)]


@given(st.sets(st.sampled_from(OUTLINE), min_size=2))
def test_a_convex_square_is_crossed_as_straight_as_promised(entrances):
    square, position, met = square_of(OUTLINE, entrances=entrances)
    between = metres(square, position, ways_across(square, position, met))
    for one, other in itertools.combinations(sorted(met), 2):
        straight = np.hypot(*np.subtract(position[one], position[other]))
        assert straight - 1e-9 <= between(one, other) <= STRETCH * straight + 1e-9


def test_a_building_in_the_middle_is_walked_round():
    hole = [(30.0, 30.0), (30.0, 70.0), (70.0, 70.0), (70.0, 30.0)]
    west, east = (0.0, 50.0), (SIDE, 50.0)
    outer = [(0.0, 0.0), (SIDE, 0.0), east, (SIDE, SIDE), (0.0, SIDE), west]
    square, position, met = square_of(outer, [hole], entrances=[west, east])
    pairs = ways_across(square, position, met)
    round_it = 2 * np.hypot(30.0, 20.0) + 40.0
    between = metres(square, position, pairs)
    assert round_it - 1e-9 <= between(*sorted(met)) <= STRETCH * round_it
    for one, other in pairs:
        assert shapely.LineString([position[one], position[other]]).intersection(shapely.Polygon(hole)).area == 0
        assert shapely.covers(shapely.buffer(square.shape, 0.1), shapely.LineString([position[one], position[other]]))


def test_an_outline_that_bends_inwards_is_walked_round_at_its_corner():
    outer = [(0.0, 0.0), (SIDE, 0.0), (SIDE, 40.0), (40.0, 40.0), (40.0, SIDE), (0.0, SIDE)]
    far = [(SIDE, 20.0), (20.0, SIDE)]
    whole = [outer[0], outer[1], far[0], *outer[2:5], far[1], outer[5]]
    square, position, met = square_of(whole, entrances=far)
    shortest = 2 * np.hypot(60.0, 20.0)
    assert metres(square, position, ways_across(square, position, met))(*sorted(met)) <= STRETCH * shortest


@pytest.mark.parametrize("entrances", [[], [(0.0, 0.0)]])
def test_without_two_entrances_nobody_crosses(entrances):
    assert ways_across(*square_of(OUTLINE, entrances=entrances)) == []


def test_a_broad_pavement_is_no_square():
    strip = [(0.0, 0.0), (SIDE, 0.0), (SIDE, 10.0), (0.0, 10.0)]
    assert ways_across(*square_of(strip, entrances=[strip[0], strip[2]])) == []


def extract_with(square):
    """Two streets that end at opposite corners of a square, which is a way or a relation of two ways."""
    at = {1: (0, 0), 2: (SIDE, 0), 3: (SIDE, SIDE), 4: (0, SIDE), 5: (-400, 0), 6: (SIDE + 400, SIDE)}
    street = {"highway": "residential", "name": "Street"}
    ways = {10: Way((5, 1), street), 11: Way((3, 6), street)}
    tags = {"highway": "pedestrian", "name": "Square"}
    if square == "way":
        return Extract(at, {}, ways | {12: Way((1, 2, 3, 4, 1), tags | {"area": "yes"})}, {}, (0, 0, 1, 1), "")
    ways |= {12: Way((1, 2, 3), {}), 13: Way((3, 4, 1), {})}
    members = (("w", 12, "outer"), ("w", 13, "outer"))
    return Extract(at, {}, ways, {20: Relation(members, tags | {"type": "multipolygon"})}, (0, 0, 1, 1), "")


def test_a_relation_is_crossed_and_walked_round_as_a_way_is():
    networks = {}
    for square in ("way", "relation"):
        extract = extract_with(square)
        networks[square] = walk_network(extract, extract.nodes)
    lengths = {square: sum(piece.line.length for piece in network.pieces) for square, network in networks.items()}
    assert lengths["way"] == pytest.approx(800 + 4 * SIDE + np.hypot(SIDE, SIDE))
    assert lengths["relation"] == pytest.approx(lengths["way"])
    for network in networks.values():
        assert network.counts["islands"] == 0
        (across,) = [piece for piece in network.pieces if set(piece.nodes) == {1, 3} and len(piece.nodes) == 2]
        assert (across.street_class, across.tags["name"]) == ("pedestrian", "Square")
    assert networks["relation"].counts["square_outlines_m"] == pytest.approx(4 * SIDE)


def test_keys_are_the_same_in_every_build():
    keys = [
        [piece.key for piece in walk_network(extract_with("relation"), extract_with("relation").nodes).pieces]
        for _ in "ab"
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0])
