"""Cut an extract exactly at an outline: streets end where it runs, areas too, and nothing beyond stays.

A way that crosses the outline gets a node there, so that it keeps its length up to the cut and the model knows that
it goes on beyond (a gateway). Areas keep their outer nodes and are cut as shapes (`areas.find_areas`): a park whose
corners all lie beyond still covers what it covers, and of a house on the line the part within counts. Other nodes
(lamps, venues, stops) stay if they lie within.
"""

import dataclasses
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pyproj
import shapely

from street_networks.keys import stable_key
from street_networks.sources.extract import Extract, Way
from street_networks.streets.walking_rules import street_class

_BEYOND = 0
"""Stands in a way for what lies beyond the cut; no node of OpenStreetMap has this number."""
_LEAST_M = 0.05
"""Shorter parts of ways within the cut are left out: they touch it at most."""

Array = np.ndarray[Any, Any]
Ends = tuple[int, int]
Part = tuple[float, float]


def cut_extract(extract: Extract, cut: shapely.Geometry, project: pyproj.Transformer) -> Extract:
    """What of an extract lies within an outline.

    Parameters
    ----------
    extract
        The extract.
    cut
        Polygons, projected.
    project
        From degrees to the CRS of `cut`.
    """
    ids = list(extract.nodes)
    degrees = np.array([extract.nodes[node] for node in ids])
    at = np.column_stack(project.transform(degrees[:, 0], degrees[:, 1]))
    shapely.prepare(cut)
    inside = shapely.contains_xy(cut, at)
    position = dict(zip(ids, at, strict=True))
    within = {node for node, keep in zip(ids, inside.tolist(), strict=True) if keep}
    near = _near(ids, at, cut.bounds)
    members = {number for one in extract.relations.values() for kind, number, _ in one.members if kind == "w"}
    streets = {number: way for number, way in extract.ways.items() if street_class(way.tags) is not None}
    areas = {
        number: way
        for number, way in extract.ways.items()
        if number not in streets and (number in members or _spans(way, position, near))
    }
    ways, new = _cut_streets(streets, position, within, cut)
    kept = within | {node for way in areas.values() for node in way.nodes}
    nodes = {node: place for node, place in extract.nodes.items() if node in kept}
    if new:
        x_m, y_m = np.array(list(new.values())).T
        back = project.transform(x_m, y_m, direction="INVERSE")
        nodes |= dict(zip(new, map(tuple, np.column_stack(back).round(9).tolist()), strict=True))
    return dataclasses.replace(
        extract,
        nodes=nodes,
        node_tags={node: tags for node, tags in extract.node_tags.items() if node in within},
        ways=ways | areas,
        outline=cut,
    )


def _near(ids: list[int], at: Array, bounds: tuple[float, float, float, float]) -> dict[int, int]:
    """On which sides of a box each node lies, as bits; 0 within."""
    west, south, east, north = bounds
    sides = (at[:, 0] < west) + 2 * (at[:, 0] > east) + 4 * (at[:, 1] < south) + 8 * (at[:, 1] > north)
    return dict(zip(ids, sides.tolist(), strict=True))


def _spans(way: Way, position: Mapping[int, Array], sides: Mapping[int, int]) -> bool:
    """Whether a way may touch the box: not all of its nodes lie beyond the same side."""
    beyond = 15
    for node in way.nodes:
        if node in position:
            beyond &= sides[node]
    return not beyond


def _cut_streets(
    streets: Mapping[int, Way], position: Mapping[int, Array], within: set[int], cut: shapely.Geometry
) -> tuple[dict[int, Way], dict[int, Part]]:
    """Streets that lie in the cut at least in part, with nodes where they cross it, and the positions of these."""
    pairs = sorted(
        {
            (min(pair), max(pair))
            for way in streets.values()
            for pair in pairwise(way.nodes)
            if pair[0] in position and pair[1] in position and pair[0] != pair[1]
        }
    )
    if not pairs:
        return {}, {}
    lines = shapely.linestrings([[position[one], position[two]] for one, two in pairs])
    crossing = np.flatnonzero(~shapely.contains(cut, lines) & shapely.intersects(cut, lines))
    whole = set(np.flatnonzero(shapely.contains(cut, lines)).tolist())
    steps: dict[Ends, list[int]] = {pair: [*pair] for row, pair in enumerate(pairs) if row in whole}
    new: dict[int, Part] = {}
    for row in crossing.tolist():
        steps[pairs[row]] = _crossing(pairs[row], lines[row], cut, within, new)
    kept: dict[int, Way] = {}
    for number, way in streets.items():
        nodes = _rejoined(way, steps)
        if any(nodes):
            kept[number] = dataclasses.replace(way, nodes=tuple(nodes))
    return kept, new


def _crossing(
    pair: Ends, line: shapely.LineString, cut: shapely.Geometry, within: set[int], new: dict[int, Part]
) -> list[int]:
    """Nodes of the step from one node to another that lie in the cut, with `_BEYOND` where it is left."""
    length, ends = line.length, shapely.get_coordinates(line)
    parts = [part for part in shapely.get_parts(shapely.intersection(line, cut)) if part.geom_type == "LineString"]
    spans = sorted(
        (float(min(reach)), float(max(reach)))
        for part in parts
        for reach in [np.hypot(*(shapely.get_coordinates(part)[[0, -1]] - ends[0]).T)]
    )
    nodes: list[int] = [pair[0]] if pair[0] in within else [_BEYOND]
    for begin, end in spans:
        first = begin < _LEAST_M and pair[0] in within
        last = end > length - _LEAST_M and pair[1] in within
        if end - begin < _LEAST_M and not (first or last):
            continue
        if not first:
            nodes += [_BEYOND, _new_node(pair, begin, line, new)]
        if not last:
            nodes += [_new_node(pair, end, line, new), _BEYOND]
    return [*nodes, pair[1] if pair[1] in within else _BEYOND]


def _new_node(pair: Ends, along_m: float, line: shapely.LineString, new: dict[int, Part]) -> int:
    node = stable_key("cut", *pair, round(along_m * 100))
    point = shapely.line_interpolate_point(line, along_m)
    new[node] = (point.x, point.y)
    return node


def _rejoined(way: Way, steps: Mapping[Ends, list[int]]) -> list[int]:
    """Nodes of a way, step by step."""
    nodes: list[int] = []
    for one, two in pairwise(way.nodes):
        if one == two:
            continue
        step = steps.get((min(one, two), max(one, two)), [_BEYOND, _BEYOND])
        step = step if one < two else step[::-1]
        nodes += step[1:] if nodes and nodes[-1] == step[0] else step
    return nodes
