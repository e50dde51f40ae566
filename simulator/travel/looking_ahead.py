"""What route searches take for granted, so that they look around less: the ways found are the same without it.

Axis letters: H clock hours, C perception classes, S segments, J junctions.
"""

from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from simulator.city.network import StreetNetwork
from simulator.city.walking_graph import metres_between
from simulator.errors import CityError
from simulator.foundation.blocks import BLOCKS, edges, run_blocks
from simulator.foundation.categories import AGE_GROUPS, GENDERS
from simulator.foundation.clock import HOURS
from simulator.foundation.records import records
from simulator.kernels.queue import MOST_JUNCTIONS
from simulator.kernels.routing import (
    ARC,
    Fears,
    Graph,
    Net,
    Unsafe,
    Wishes,
    distances,
    line_below,
    unsafe_metres,
)
from simulator.travel import core

Array = np.ndarray[Any, Any]
LANDMARKS = 8
"""Landmarks of the route search, a multiple of 4: more look ahead better and cost more to ask."""
_TRIPS_WORTH = 25
"""Distances with fear cost as much as is saved by one trip for so many junctions (measured)."""
_JUNCTIONS_A_TRIP = 1_000
"""Distances to a destination cost, over the days of a run, as much as is saved by one trip a day for so many junctions
(measured)."""
MOST_AHEAD_BYTES = 2**28
"""Room for those distances; beyond it searches look ahead by landmarks."""
CLOSED_M = 1e7
"""Metres that would surely feel unsafe, in place of a closed street: people go round if there is any other way."""
_ALIKE = 0.06
"""Hours whose mean fear differs by no more share distances with fear."""
_LEAST_WEIGHT, _OVER_MEDIAN = 0.1, 4.0
"""Distances with fear are made for so many times the median willingness: they serve well up to there (measured)."""


def graph_of(network: StreetNetwork, walk_m: Array) -> Graph:
    """The street graph as the route kernel wants it.

    Landmarks are chosen one after the other, each the junction farthest from those before, so that they lie round
    the edge, where they say most about the way ahead.
    """
    if len(network.junctions) > MOST_JUNCTIONS:
        found = f"{len(network.junctions)} junctions found, routes are searched among at most {MOST_JUNCTIONS}"
        raise CityError(f"city {network.name}: {found}; use a smaller area")
    away = metres_between(network, walk_m)
    landmark, landmark_m = np.zeros(LANDMARKS, np.int32), np.zeros((len(network.junctions), LANDMARKS))
    nearest = np.full(len(network.junctions), np.inf)
    for number in range(LANDMARKS):
        landmark[number] = int(np.argmax(nearest)) if number else int(np.argmin(network.islands))
        reach = dijkstra(away, directed=False, indices=landmark[number])
        landmark_m[:, number] = np.where(np.isfinite(reach), reach, 0.0)  # islands: the landmark says nothing
        nearest = np.minimum(nearest, landmark_m[:, number])
    nothing = np.zeros((HOURS, len(GENDERS) * AGE_GROUPS))
    fears = Fears(nothing, np.full(nothing.shape, -1, np.int16), nothing, nothing, np.zeros((1, 1, LANDMARKS)), 1.0)
    junctions = len(network.junctions)
    rows = min(junctions, MOST_AHEAD_BYTES // (4 * junctions))
    ahead = np.full(junctions, -1, np.int32), np.empty((rows, junctions), np.float32)  # filled as they are asked for
    kept = core.kept_junctions(network)
    every, among = (_net_of(chains, walk_m) for chains in (core.every_segment(network), core.core_of(network)))
    return Graph(
        every, among, kept, walk_m, landmark, landmark_m, fears, *ahead, np.zeros((0, len(network.streets)), bool)
    )


def _net_of(chains: core.Chains, walk_m: Array) -> Net:
    first, last = chains.bound[:-1], chains.bound[1:]
    metres = np.add.reduceat(walk_m[chains.links], first) if first.size else np.zeros(0)
    return Net(chains.start, records(ARC, head=chains.head, first=first, last=last, walk_m=metres), chains.links)


def look_ahead(graph: Graph, destination: Array, threads: int) -> None:
    """Fill in distances to where many trips lead, once for all days: with them a search goes straight there.

    The ways found are the same with and without them.

    Parameters
    ----------
    destination
        Junction to which each trip leads.
    """
    known = int(graph.ahead_row.max(initial=-1)) + 1
    trips = np.bincount(destination, minlength=graph.ahead_row.size)
    asked = np.flatnonzero((graph.ahead_row < 0) & (trips * _JUNCTIONS_A_TRIP >= graph.ahead_row.size))
    asked = asked[np.argsort(-trips[asked], kind="stable")][: len(graph.ahead_m) - known].astype(np.int32)
    bound = edges(asked.size)

    def some(block: int) -> Array:
        return distances(graph, graph.walk_m, asked[bound[block] : bound[block + 1]]).T

    for block, found in enumerate(run_blocks(some, threads if asked.size > BLOCKS else 1)):
        graph.ahead_m[known + bound[block] : known + bound[block + 1]] = found
    graph.ahead_row[asked] = known + np.arange(asked.size, dtype=np.int32)


def guided(graph: Graph, fear: Array, wishes: Wishes, threads: int) -> Graph:
    """The graph with what can be taken for granted of some fear, where enough trips are asked for to be worth it.

    Floors of fear are those of a gender in hours that are alike; how far above its floor a class lies at an hour is
    read off the fear itself.

    Parameters
    ----------
    fear
        float32 (H, C, S).
    """
    if wishes.origin.size * _TRIPS_WORTH < graph.kept.size:
        return graph
    shape = fear.shape[:2]
    trips = np.zeros(shape, np.int64)
    np.add.at(trips, (wishes.hour, wishes.group), 1)
    hours, people = _hours_alike(fear), np.arange(shape[1]) // AGE_GROUPS
    cells = [
        (hours == one)[:, None] & (people == who)[None, :]
        for one in range(int(hours.max()) + 1)
        for who in range(int(people.max()) + 1)
    ]
    cells = [cell for cell in cells if trips[cell].sum() * _TRIPS_WORTH >= graph.kept.size]
    row, base, slope = np.full(shape, -1, np.int16), np.zeros(shape), np.zeros(shape)
    floors = [fear[cell].mean(axis=0, dtype=np.float64) for cell in cells]
    for number, (cell, floor) in enumerate(zip(cells, floors, strict=True)):
        for hour, group in np.argwhere(cell & (trips > 0)):
            row[hour, group] = number
            base[hour, group], slope[hour, group] = line_below(fear[hour, group], floor)
    weight = max(_OVER_MEDIAN * float(np.median(wishes.willingness)), _LEAST_WEIGHT) if cells else 1.0

    def reach(block: int) -> list[Array]:
        prices = [graph.walk_m * (1.0 + weight * floor) for floor in floors[block::BLOCKS]]
        return [distances(graph, price, graph.landmark) for price in prices]

    landmark_m = np.zeros((max(len(cells), 1), *graph.landmark_m.shape))
    for block, parts in enumerate(run_blocks(reach, threads)):
        landmark_m[block : len(cells) : BLOCKS] = np.reshape(parts, (-1, *graph.landmark_m.shape))
    least = fear.min(axis=2).astype(np.float64)
    return graph._replace(fears=Fears(least, row, base, slope, landmark_m, weight))


def _hours_alike(fear: Array) -> Array:
    """Number of the group of each hour, by mean fear (int64 (H,))."""
    level = fear.mean(axis=(1, 2), dtype=np.float64)
    group, number, first = np.zeros(level.size, np.int64), -1, -np.inf
    for hour in np.argsort(level, kind="stable"):
        if level[hour] - first > _ALIKE:
            number, first = number + 1, level[hour]
        group[hour] = number
    return group


def unsafe_of(graph: Graph, fear: Array, wishes: Wishes) -> Unsafe:
    """What the arcs cost in fear, for the hours and classes of some trips."""
    on_core = graph.kept[wishes.origin] & graph.kept[wishes.destination]
    cell, tables = np.zeros((2, *fear.shape[:2]), np.int32), []
    for number, (net, rows) in enumerate(((graph.every, ~on_core), (graph.core, on_core))):
        asked = np.zeros(fear.shape[:2], bool)
        asked[wishes.hour[rows], wishes.group[rows]] = True
        cells = np.argwhere(asked)
        cell[number, cells[:, 0], cells[:, 1]] = np.arange(len(cells))
        table = unsafe_metres(net, graph.walk_m, fear, cells)
        if len(graph.closed) and net.arcs.size:
            gate = np.logical_or.reduceat(graph.closed[:, net.links], net.arcs["first"], axis=1)
            table += CLOSED_M * gate[cells[:, 0]]
        tables.append(table)
    return Unsafe(cell, *tables)
