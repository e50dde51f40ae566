"""Ways across squares: straight where one sees the other side, round what stands in between.

People on foot cross a square where they want; a map has its outline. Between the entrances of a square, where other
ways meet its outline, and the corners round which one must walk (of holes such as buildings, and of the outline where
it bends inwards) straight lines are drawn that stay inside: a visibility graph, in which the shortest way is the
shortest there is (Lozano-Perez and Wesley 1979, doi 10.1145/359156.359164). Of its lines only those stay that shorten a
way between two entrances by more than `STRETCH`, over the outline and the lines already there (a greedy spanner,
Althofer et al. 1993, doi 10.1007/BF02189308). Where lines cross, there is no junction: who walks straight
across has no reason to turn there, and lengths between entrances are right without.
"""

import dataclasses
import heapq
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import shapely

from street_networks.sources.extract import Tags

STRETCH = 1.1
"""Ways across are at most this much longer than the shortest: a tenth, so that a square has few lines."""
LEAST_WIDTH_M = 16.0
"""Areas that are nowhere as wide as this are broad pavements and alleys: the way along their outline is as good."""
MOST_ENTRANCES, MOST_CORNERS = 24, 24
"""Entrances and corners of one square that lines begin at; of more, those farthest from each other."""
_INSIDE_M = 0.05  # positions are rounded to the centimetre
_BEND_DEG = 5.0

Array = np.ndarray[Any, Any]
Position = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Square:
    """A square: its shape, the chains of nodes of its outline and holes, and what it is on the map."""

    letter: str
    osm_id: int
    kind: str
    tags: Tags
    shape: shapely.Geometry
    chains: tuple[tuple[int, ...], ...]


def ways_across(square: Square, position: Mapping[int, Position], met: set[int]) -> list[tuple[int, int]]:
    """Pairs of nodes between which a straight way leads across a square.

    Parameters
    ----------
    position
        Projected metres of every node.
    met
        Nodes at which other ways than the square's outline pass.
    """
    if shapely.buffer(square.shape, -LEAST_WIDTH_M / 2).is_empty:
        return []
    outline = list(dict.fromkeys(node for chain in square.chains for node in chain if node in position))
    entrances = _spread([node for node in outline if node in met], position, MOST_ENTRANCES)
    if len(entrances) < 2:
        return []
    bends = _inward_corners(square.shape)
    corners = [node for node in outline if node not in set(entrances) and _rounded(position[node]) in bends]
    nodes = entrances + _spread(corners, position, MOST_CORNERS)
    graph = _Graph()
    for chain in square.chains:
        for one, other in pairwise([node for node in chain if node in position]):
            graph.add(one, other, _apart(position[one], position[other]))
    inside = shapely.buffer(square.shape, _INSIDE_M)
    shapely.prepare(inside)
    pairs = list(combinations(nodes, 2))
    lines = shapely.linestrings([(position[one], position[other]) for one, other in pairs])
    seen = shapely.covers(inside, lines)
    length = shapely.length(lines)
    order = [at for at in np.lexsort((np.arange(len(pairs)), length)) if seen[at] and length[at] > 0]
    kept = []
    for at in order:
        one, other = pairs[at]
        if graph.distance(one, other, limit=STRETCH * length[at]) > STRETCH * length[at]:
            graph.add(one, other, float(length[at]))
            kept.append((one, other))
    walked = graph.used_between(entrances)
    return [(one, other) for one, other in kept if frozenset((one, other)) in walked]


def _inward_corners(shape: shapely.Geometry) -> set[Position]:
    """Corners of a polygon round which a shortest way inside may bend: those whose inner angle is above 180 degrees."""
    found = set()
    for polygon in shapely.get_parts(shape):
        oriented = shapely.geometry.polygon.orient(polygon)  # the inside lies to the left of every ring
        for ring in (oriented.exterior, *oriented.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            before, after = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
            turn = np.degrees(
                np.arctan2(
                    before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0],
                    (before * after).sum(axis=1),
                )
            )
            found |= {_rounded(tuple(point)) for point in xy[turn < -_BEND_DEG]}
    return found


def _rounded(point: Sequence[float]) -> Position:
    return round(float(point[0]), 2), round(float(point[1]), 2)


def _apart(one: Position, other: Position) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _spread(nodes: list[int], position: Mapping[int, Position], most: int) -> list[int]:
    """At most so many of the nodes: one after the other that which is farthest from those taken."""
    if len(nodes) <= most:
        return nodes
    xy = np.array([position[node] for node in nodes])
    taken = [int(np.lexsort(xy.T)[0])]
    away = np.hypot(*(xy - xy[taken[0]]).T)
    while len(taken) < most:
        taken.append(int(away.argmax()))
        away = np.minimum(away, np.hypot(*(xy - xy[taken[-1]]).T))
    return [nodes[at] for at in sorted(taken)]


class _Graph:
    """A small graph of metres between nodes."""

    def __init__(self) -> None:
        self._near: dict[int, dict[int, float]] = {}

    def add(self, one: int, other: int, metres: float) -> None:
        for tail, head in ((one, other), (other, one)):
            known = self._near.setdefault(tail, {}).get(head, np.inf)
            self._near[tail][head] = min(known, metres)

    def distance(self, start: int, end: int, *, limit: float) -> float:
        """Metres from one node to another; infinite if they are more than `limit`."""
        return self._search(start, limit)[0].get(end, np.inf)

    def used_between(self, entrances: Sequence[int]) -> set[frozenset[int]]:
        """Links that some shortest way between two entrances takes."""
        used: set[frozenset[int]] = set()
        for start in entrances:
            away, came_from = self._search(start, np.inf)
            for end in entrances:
                while end in came_from and end in away:
                    used.add(frozenset((end, came_from[end])))
                    end = came_from[end]  # noqa: PLW2901  (walk back to the start)
        return used

    def _search(self, start: int, limit: float) -> tuple[dict[int, float], dict[int, int]]:
        away, came_from = {start: 0.0}, {}
        heap = [(0.0, start)]
        while heap:
            metres, node = heapq.heappop(heap)
            if metres > away[node]:
                continue
            for other, more in sorted(self._near.get(node, {}).items()):
                if metres + more <= limit and metres + more < away.get(other, np.inf):
                    away[other], came_from[other] = metres + more, node
                    heapq.heappush(heap, (metres + more, other))
        return away, came_from
