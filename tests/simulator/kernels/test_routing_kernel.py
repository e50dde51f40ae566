"""The route kernel against its slow twin, on random small graphs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from simulator.city.walking_graph import metres_between
from simulator.kernels.routing import Wishes, distances, line_below, route_trips
from simulator.travel.looking_ahead import graph_of, guided, look_ahead, unsafe_of

from cities import grid_city, make_city
from reference.twins import cheapest_cost


@st.composite
def small_cities(draw):
    count = draw(st.integers(2, 12))
    nodes = [(float(draw(st.integers(0, 500))), float(draw(st.integers(0, 500)))) for _ in range(count)]
    links = [(row, draw(st.integers(0, row - 1))) for row in range(1, count)]
    links += draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=10))
    links = [(a, b) for a, b in links if a != b]
    straight = [float(np.hypot(nodes[a][0] - nodes[b][0], nodes[a][1] - nodes[b][1])) for a, b in links]
    stretch = [draw(st.floats(1.0, 2.0)) for _ in links]
    lengths = {row: max(0.5, metres * stretch[row]) for row, metres in enumerate(straight)}
    city = make_city(nodes, links, lengths=lengths)
    fear = np.array([[[draw(st.floats(0.0, 1.0)) for _ in links]]], np.float32)
    ends = (draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1)))
    return city, links, fear, ends, draw(st.floats(0.0, 5.0))


def routed(graph, fear, wishes):
    """What the kernel finds for all wishes."""
    return route_trips(graph, unsafe_of(graph, fear, wishes), wishes, 0, len(wishes.origin))


def many(wishes):
    """As many of the same, so that distances with fear are worth it."""
    return Wishes(*(np.tile(column, 50) for column in wishes))


def route_one(city, fear, ends, willingness, *, knowing=False):
    graph = graph_of(city, np.asarray(city.streets.length_m))
    one = np.zeros(1, np.int8)
    wishes = Wishes(
        np.array(ends[:1], np.int32), np.array(ends[1:], np.int32), one, one, np.array([float(willingness)])
    )
    if knowing:
        graph = guided(graph, fear, many(wishes), threads=1)
        assert (graph.fears.row >= 0).any()
    return routed(graph, fear, wishes)


@given(small_cities())
def test_cost_is_that_of_the_slow_twin(case):
    city, links, fear, ends, willingness = case
    counts, segments, unsafe_m = route_one(city, fear, ends, willingness)
    price = city.streets.length_m * (1.0 + willingness * fear[0, 0].astype(float))
    expected = cheapest_cost(links, list(price), *ends)
    assert counts[0] == len(segments)
    assert price[segments].sum() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    expected = (city.streets.length_m * fear[0, 0])[segments].sum()
    assert unsafe_m[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(small_cities())
def test_knowing_the_fear_finds_ways_as_cheap(case):
    city, links, fear, ends, willingness = case
    _, segments, _ = route_one(city, fear, ends, willingness, knowing=True)
    price = city.streets.length_m * (1.0 + willingness * fear[0, 0].astype(float))
    assert price[segments].sum() == pytest.approx(cheapest_cost(links, list(price), *ends), rel=1e-9, abs=1e-9)


def test_knowing_the_fear_finds_ways_as_cheap_among_many():
    city, random = grid_city(9), np.random.default_rng(3)
    fear = random.uniform(0.01, 1.0, (24, 9, len(city.streets))).astype(np.float32)
    trips, junctions = 300, len(city.junctions)
    ends = random.integers(0, junctions, (2, trips)).astype(np.int32)
    hour, group = random.integers(0, 24, trips).astype(np.int8), random.integers(0, 9, trips).astype(np.int8)
    wishes = Wishes(*ends, hour, group, random.uniform(0, 6.0, trips))
    blind = graph_of(city, np.asarray(city.streets.length_m))
    seeing = graph_of(city, np.asarray(city.streets.length_m))
    look_ahead(seeing, wishes.destination, threads=2)
    assert (seeing.ahead_row[wishes.destination] >= 0).all()
    costs, ways = [], []
    for graph in (blind, guided(blind, fear, many(wishes), threads=2), seeing):
        counts, segments, _ = routed(graph, fear, wishes)
        ways.append(segments)
        trip = np.repeat(np.arange(trips), counts)
        price = 1.0 + wishes.willingness[trip] * fear[hour[trip], group[trip], segments]
        costs.append(np.bincount(trip, weights=city.streets.length_m[segments] * price, minlength=trips))
    np.testing.assert_allclose(costs[1], costs[0], rtol=1e-9)
    np.testing.assert_array_equal(ways[1], ways[0])
    np.testing.assert_array_equal(ways[2], ways[0])


def test_of_equal_ways_the_same_is_taken_however_the_search_looks_ahead():
    """On a grid without fear most trips have many shortest ways."""
    city, random = grid_city(9), np.random.default_rng(5)
    fear = np.zeros((24, 9, len(city.streets)), np.float32)
    trips = 300
    ends = random.integers(0, len(city.junctions), (2, trips)).astype(np.int32)
    wishes = Wishes(*ends, np.zeros(trips, np.int8), np.zeros(trips, np.int8), np.ones(trips))
    blind, seeing = (graph_of(city, np.asarray(city.streets.length_m)) for _ in range(2))
    look_ahead(seeing, wishes.destination, threads=1)
    ways = [routed(graph, fear, wishes)[1] for graph in (blind, seeing)]
    np.testing.assert_array_equal(*ways)


def test_distances_are_those_of_scipy():
    city = grid_city(7)
    price = np.random.default_rng(5).uniform(1, 400, len(city.streets))
    graph = graph_of(city, np.asarray(city.streets.length_m))
    found = distances(graph, price, graph.landmark)
    np.testing.assert_allclose(found, dijkstra(metres_between(city, price), directed=False, indices=graph.landmark).T)


@given(small_cities())
def test_route_is_an_unbroken_walk(case):
    city, links, fear, ends, willingness = case
    _, segments, _ = route_one(city, fear, ends, willingness)
    at = ends[0]
    for segment in segments:
        assert at in links[segment]
        at = links[segment][1] if at == links[segment][0] else links[segment][0]
    assert at == ends[1]


def test_no_way_is_said_and_not_invented():
    city = make_city([(0, 0), (10, 0), (50, 0), (60, 0)], [(0, 1), (2, 3)])
    counts, segments, _ = route_one(city, np.zeros((1, 1, 2), np.float32), (0, 3), 0.0)
    assert counts[0] == -1
    assert segments.size == 0


def test_fear_sends_the_willing_round_the_park_and_no_one_else():
    # the straight way is 100 m through fear 1; round it is 150 m without
    city = make_city([(0, 0), (100, 0), (50, 50)], [(0, 1), (0, 2), (2, 1)], lengths={1: 75.0, 2: 75.0})
    fear = np.array([[[1.0, 0.0, 0.0]]], np.float32)
    assert list(route_one(city, fear, (0, 1), 0.49)[1]) == [0]
    assert list(route_one(city, fear, (0, 1), 0.51)[1]) == [1, 2]


def test_many_routes_fit_whatever_their_length():
    links = 200  # on one straight street, more than the kernel has room for at first
    city = make_city([(10.0 * x, 0.0) for x in range(links + 1)], [(x, x + 1) for x in range(links)])
    graph, trips = graph_of(city, np.asarray(city.streets.length_m)), 5
    ends = np.zeros(trips, np.int32), np.arange(links, links - trips, -1).astype(np.int32)
    one = np.zeros(trips, np.int8)
    fear = np.zeros((1, 1, links), np.float32)
    counts, segments, _ = routed(graph, fear, Wishes(*ends, one, one, np.zeros(trips)))
    assert counts.tolist() == [200, 199, 198, 197, 196]
    assert segments.tolist() == [segment for count in counts for segment in range(count)]


def test_prices_beyond_what_the_queue_tells_apart_overflow_nothing():
    """Once, steps at 10 000 m a metre made the queue of `distances` write beyond its end."""
    city = grid_city(4)
    graph = graph_of(city, city.streets.length_m)
    variate = np.random.default_rng(5).random(len(city.streets))
    for scale in (1e2, 1e5):
        found = distances(graph, city.streets.length_m * (1.0 + scale * variate), graph.landmark)
        assert np.isfinite(found).all()
        assert (found >= 0.0).all()
        if scale < 1e3:
            weights = metres_between(city, city.streets.length_m * (1.0 + scale * variate))
            exact = dijkstra(weights, directed=False, indices=graph.landmark)
            np.testing.assert_allclose(found, exact.T, rtol=1e-6)


@given(st.integers(0, 2**32), st.integers(1, 60))
def test_the_line_lies_below_the_fear_and_above_its_least(seed, count):
    random = np.random.default_rng(seed)
    floor = random.uniform(0.0, 1.0, count)
    fear = np.clip(random.uniform(0.2, 1.5) * floor ** random.uniform(0.5, 2.0) + random.normal(0, 0.05, count), 0, 1)
    fear = fear.astype(np.float32)
    base, slope = line_below(fear, floor)
    assert base >= 0.0
    assert (base + slope * floor <= fear + 1e-6).all()
    assert base + slope * floor.mean() >= fear.min() - 1e-6


@pytest.mark.parametrize("seeing", [False, True])
def test_of_two_equal_ways_that_by_the_lower_junction_is_taken(seeing):
    nodes = [(200.0, 10.0), (100.0, -10.0), (300.0, 0.0), (0.0, 0.0)]
    links = [(3, 0), (0, 2), (3, 1), (1, 2)]
    city = make_city(nodes, links, lengths={0: 256.0, 1: 128.0, 2: 128.0, 3: 256.0})
    graph = graph_of(city, np.asarray(city.streets.length_m))
    trips = np.array([3], np.int32), np.array([2], np.int32)
    if seeing:
        look_ahead(graph, trips[1], threads=1)
        assert graph.ahead_row[2] == 0
    one = np.zeros(1, np.int8)
    _, segments, _ = routed(graph, np.zeros((1, 1, 4), np.float32), Wishes(*trips, one, one, np.zeros(1)))
    assert segments.tolist() == [0, 1]


def test_who_looks_ahead_over_the_water_finds_no_way_either():
    city = make_city([(0.0, 0.0), (100.0, 0.0), (0.0, 500.0), (100.0, 500.0)], [(0, 1), (2, 3)])
    graph = graph_of(city, np.asarray(city.streets.length_m))
    trips = np.array([0], np.int32), np.array([3], np.int32)
    look_ahead(graph, trips[1], threads=1)
    one = np.zeros(1, np.int8)
    counts, *_ = routed(graph, np.zeros((1, 1, 2), np.float32), Wishes(*trips, one, one, np.zeros(1)))
    assert counts.tolist() == [-1]
