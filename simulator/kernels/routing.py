"""A* over the street graph with each walker's own weights.

Axis letters: J junctions, A arcs, S segments, C perception classes, H clock hours, T trips.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.policy import kernel, part_of_kernel
from simulator.kernels.queue import JUNCTION_BITS, JUNCTION_MASK, NONE, empty, entry_of, pop, push

Array = np.ndarray[Any, Any]
_STEEPEST, _SLOPES = 1.25, 8
"""Slopes that are tried, in parts of that of the regression line."""


class Fears(NamedTuple):
    """What routing may take for granted of the fear that it is given, to search towards the destination.

    A floor is the mean fear of some people over some hours; that of a class at an hour lies on each segment above
    `base` + `slope` x the floor.
    """

    least: Array  # float64 (H, C): fear of every segment is at least this
    row: Array  # int16 (H, C): row of the floor in landmark_m, -1 where there is none
    base: Array  # float64 (H, C)
    slope: Array  # float64 (H, C)
    landmark_m: Array  # float64 (R, J, L): to the landmarks where each metre costs 1 + weight x the floor
    weight: float  # willingness of those distances


ARC = np.dtype([("head", "i4"), ("first", "i4"), ("last", "i4"), ("walk_m", "f8")], align=True)
"""Ways from a junction to the next: metres, and which rows of the links are the segments on it (first to last - 1)."""


class Net(NamedTuple):
    """Junctions and the arcs between them."""

    start: Array  # int32 (J + 1,): the arcs from each junction
    arcs: Array  # ARC (A,)
    links: Array  # int32: segments in walking order


class Graph(NamedTuple):
    """What routing knows of the streets."""

    every: Net  # each segment an arc
    core: Net  # arcs from one junction where one may choose, begin or end to the next
    kept: Array  # bool (J,): lies on the core
    walk_m: Array  # float64 (S,): length, stretched where walking is slower
    landmark: Array  # int32 (L,): junctions, a multiple of 4
    landmark_m: Array  # float64 (J, L): metres from each junction to the landmarks
    fears: Fears
    ahead_row: Array  # int32 (J,): row of a destination in ahead_m, -1 where it has none
    ahead_m: Array  # float32 (D, J): metres from each junction to some destinations
    closed: Array  # bool (H, S): nobody may walk there; of no rows where all is open


class Unsafe(NamedTuple):
    """Metres of arcs weighted by the probability that they feel unsafe, for some hours and classes."""

    cell: Array  # int32 (2, H, C): row of an hour and class, for every arc and for those of the core
    every: Array  # float64 (rows, arcs)
    core: Array  # float64 (rows, arcs of the core)


class Wishes(NamedTuple):
    """The trips to route."""

    origin: Array  # int32 (T,) junction
    destination: Array  # int32 (T,) junction
    hour: Array  # int8 (T,) clock hour of departure
    group: Array  # int8 (T,) perception class
    willingness: Array  # float64 (T,): metres walked extra per metre that would surely feel unsafe


SEEN = np.dtype(
    [
        ("cost", "f8"),  # metres, weighted, from the origin
        ("ahead", "f8"),  # metres to the destination at least
        ("stamp", "i8"),  # a row counts only where this is that of the search
        ("came_from", "i4"),  # junction before it
        ("through", "i4"),  # arc walked to it
    ],
    align=True,
)
"""What one search knows of the junctions."""


@kernel
def _copied(values: Array, count: int, room: int) -> Array:
    """The first values, in an array with so much room."""
    into = np.empty(room, np.int32)
    for place in range(count):
        into[place] = values[place]
    return into


@part_of_kernel
def _no_more_than(net: Net, unsafe: Array, willingness: float, ahead_m: Array, ends: tuple[int, int]) -> float:
    """What the shortest way costs, down the slope of the distances to the destination: the cheapest costs no more."""
    here: Any = ends[0]
    destination, cost = ends[1], 0.0
    for _ in range(net.start.shape[0]):
        if here == destination:
            return cost * 1.000001
        best, dear, onward = np.inf, 0.0, here
        for at in range(net.start[here], net.start[here + 1]):
            arc = net.arcs[at]
            metres = arc["walk_m"] + ahead_m[arc["head"]]
            if metres < best:
                best, onward = metres, np.int64(arc["head"])
                dear = arc["walk_m"] + willingness * unsafe[at]
        cost, here = cost + dear, onward
    return np.inf


@part_of_kernel
def _search(
    graph: Graph,
    net: Net,
    unsafe: Array,
    willingness: float,
    ends: tuple[int, int],
    guide: tuple[float, float, float],
    fear_m: Array,
    space: tuple[Array, Array],
    mark: int,
) -> bool:
    """Fill `seen` until the destination is settled, and all that costs no more; `space` is `seen` and the queue.

    Of ways that cost the same, each junction is reached from the lower one, and by the lower arc: so the way does not
    depend on how the search looks ahead.
    """
    origin, destination = ends
    seen, heap = space
    room = heap.shape[0] - net.start.shape[0] - 8  # kept for the first visit of every junction
    row = graph.ahead_row[destination]
    most = _no_more_than(net, unsafe, willingness, graph.ahead_m[row], ends) if row >= 0 else np.inf
    seen[origin]["cost"], seen[origin]["ahead"], seen[origin]["stamp"] = 0.0, 0.0, mark  # alone: any `ahead` will do
    heap[0] = entry_of(0.0, origin)
    count, last = 1, NONE
    while count > 0:
        entry = pop(heap, count)
        count -= 1
        here = entry & JUNCTION_MASK
        if entry >> JUNCTION_BITS > last:
            empty(heap, count)
            return True
        if here == destination:
            last = entry >> JUNCTION_BITS
            continue
        so_far = seen[here]["cost"]
        if entry > entry_of(so_far + seen[here]["ahead"], here):
            continue  # an older, dearer entry of the same junction
        for at in range(net.start[here], net.start[here + 1]):
            arc = net.arcs[at]
            there = arc["head"]
            reached = so_far + arc["walk_m"] + willingness * unsafe[at]
            known = seen[there]
            if known["stamp"] != mark:
                metres = 1.0 * graph.ahead_m[row, there] if row >= 0 else _apart(graph.landmark_m, there, destination)
                ahead = _at_least(metres, fear_m, guide, there, destination)
                if reached + ahead > most:
                    continue
                known["stamp"], known["ahead"] = mark, ahead
            elif known["cost"] == reached:
                if here < known["came_from"] or (here == known["came_from"] and at < known["through"]):
                    known["came_from"], known["through"] = here, at
                continue
            elif known["cost"] < reached or count >= room:
                continue
            known["cost"], known["came_from"], known["through"] = reached, here, at
            push(heap, count, entry_of(reached + known["ahead"], there))
            count += 1
    return last != NONE


@part_of_kernel
def _apart(landmark_m: Array, here: int, there: int) -> float:
    """Distance that two junctions have at least, by the triangle inequality (Goldberg and Harrelson 2005).

    Four landmarks at a time, so that the processor need not wait for one to look at the next.
    """
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    for at in range(0, landmark_m.shape[1], 4):
        first = max(first, abs(landmark_m[here, at] - landmark_m[there, at]))
        second = max(second, abs(landmark_m[here, at + 1] - landmark_m[there, at + 1]))
        third = max(third, abs(landmark_m[here, at + 2] - landmark_m[there, at + 2]))
        fourth = max(fourth, abs(landmark_m[here, at + 3] - landmark_m[there, at + 3]))
    return max(first, second, third, fourth)


@part_of_kernel
def _at_least(metres: float, fear_m: Array, guide: tuple[float, float, float], here: int, there: int) -> float:
    """Cost that the way must have at least; a hair less, so that rounding never makes it too much.

    The cheapest cost is concave in the willingness, as the least of costs that are linear in it. So at a willingness
    between 0 and that of the distances with fear it is at least the mean, weighted by `trust`, of the cheapest costs
    at both.

    Parameters
    ----------
    metres
        Length that the way has at least.
    guide
        As `_guide` gives it.
    """
    metre, dear_metre, trust = guide
    if trust == 0.0:
        return metres * metre * 0.999999
    dear = dear_metre * ((1.0 - trust) * metres + trust * _apart(fear_m, here, there))
    return max(metres * metre, dear) * 0.999999


@kernel
def line_below(fear: Array, floor: Array) -> tuple[float, float]:
    """Base (0 or more) and slope of a line over `floor` below `fear` on every segment, as high as can be on average.

    Parameters
    ----------
    fear, floor
        float32 (S,) and float64 (S,).
    """
    count = floor.shape[0]
    means, products = np.zeros(2), np.zeros(2)
    least = np.inf
    for at in range(count):
        means[0], means[1] = means[0] + fear[at] / count, means[1] + floor[at] / count
        products[0], products[1] = products[0] + fear[at] * floor[at] / count, products[1] + floor[at] ** 2 / count
        least = min(least, fear[at] / floor[at]) if floor[at] > 0.0 else least
    spread = products[1] - means[1] ** 2
    steep = (products[0] - means[0] * means[1]) / spread if spread > 1e-12 else 0.0
    best = 0.0, least if least < np.inf else 0.0
    for step in range(_SLOPES + 1):
        slope = _STEEPEST * step / _SLOPES * max(steep, 0.0)
        base = np.inf
        for at in range(count):
            base = min(base, fear[at] - slope * floor[at])
        if base >= 0.0 and base + slope * means[1] > best[0] + best[1] * means[1]:
            best = base, slope
    return best


@kernel
def distances(graph: Graph, price_m: Array, sources: Array) -> Array:
    """Cheapest costs (float64 (J, sources)) from some junctions to all, at a price of each segment; 0 on islands."""
    net = graph.every
    junctions = net.start.shape[0] - 1
    out = np.zeros((junctions, sources.shape[0]), np.float64)
    heap = np.full(2 * graph.every.arcs.shape[0] + 64, NONE, np.int64)  # as in `route_trips`
    cost = np.empty(junctions, np.float64)
    for column in range(sources.shape[0]):
        cost[:] = np.inf
        cost[sources[column]] = 0.0
        heap[0] = entry_of(0.0, sources[column])
        count = 1
        while count > 0:
            entry = pop(heap, count)
            count -= 1
            here = entry & JUNCTION_MASK
            if entry > entry_of(cost[here], here):
                continue
            out[here, column] = cost[here]
            for at in range(net.start[here], net.start[here + 1]):
                reached = cost[here] + price_m[net.links[net.arcs[at]["first"]]]
                there = net.arcs[at]["head"]
                if reached < cost[there] and count < heap.shape[0] - 4:
                    cost[there] = reached
                    push(heap, count, entry_of(reached, there))
                    count += 1
    return out


@part_of_kernel
def _guide(fears: Fears, hour: int, group: int, willingness: float) -> tuple[tuple[float, float, float], int]:
    """How to look ahead, and by which row of the distances with fear.

    A metre costs 1 + w (base + slope x floor) at least, that is (1 + w base) times what it costs with the floor at a
    willingness of w slope / (1 + w base).

    Returns
    -------
    What a metre costs at least; the factor 1 + w base; and how far to trust the distances with fear, which are made for
    another willingness.
    """
    row, metre = fears.row[hour, group], 1.0 + willingness * fears.least[hour, group]
    if row < 0:
        return (metre, 1.0, 0.0), 0
    dear_metre = 1.0 + willingness * fears.base[hour, group]
    return (metre, dear_metre, min(willingness * fears.slope[hour, group] / dear_metre / fears.weight, 1.0)), row


@kernel
def unsafe_metres(net: Net, walk_m: Array, fear: Array, cells: Array) -> Array:
    """Metres of each arc weighted by P(feel unsafe), for some hours and classes (float64 (rows, A)).

    Parameters
    ----------
    fear
        float32 (H, C, S).
    cells
        Hour and class of each row (int64 (rows, 2)).
    """
    out = np.zeros((cells.shape[0], net.arcs.shape[0]))
    for row in range(cells.shape[0]):
        afraid = fear[cells[row, 0], cells[row, 1]]
        for at in range(net.arcs.shape[0]):
            for link in range(net.arcs[at]["first"], net.arcs[at]["last"]):
                segment = net.links[link]
                out[row, at] += walk_m[segment] * afraid[segment]
    return out


@part_of_kernel
def _written(net: Net, seen: Array, ends: tuple[int, int], segments: Array, used: int) -> int:
    """Write the segments of a way that was found behind those that are there, in walking order; how many it has.

    With `used` below 0 nothing is written.
    """
    origin, destination = ends
    steps, at = 0, destination
    while at != origin:
        arc = net.arcs[seen[at]["through"]]
        steps += arc["last"] - arc["first"]
        at = seen[at]["came_from"]
    place, at = used + steps, destination
    while used >= 0 and at != origin:
        arc = net.arcs[seen[at]["through"]]
        for link in range(arc["last"] - 1, arc["first"] - 1, -1):
            place -= 1
            segments[place] = net.links[link]
        at = seen[at]["came_from"]
    return steps


@kernel
def route_trips(graph: Graph, unsafe: Unsafe, wishes: Wishes, first: int, last: int) -> tuple[Array, Array, Array]:
    """Cheapest routes of trips first..last - 1 under cost = length x (1 + willingness x P(feel unsafe)).

    Returns
    -------
    counts
        int64 (last - first,): segments of each route, -1 where there is no way.
    segments
        int32: the routes one after the other.
    unsafe_m
        float64 (last - first,): metres of the route weighted by the probability that they feel unsafe.
    """
    junctions = graph.landmark_m.shape[0]
    seen = np.empty(junctions, SEEN)
    for junction in range(junctions):
        seen[junction]["stamp"] = -1
    # with a consistent heuristic each arc is pushed at most once; the rest is for rounding, and pushes are checked
    heap = np.full(2 * graph.every.arcs.shape[0] + junctions + 64, NONE, np.int64)
    counts, unsafe_m = np.zeros(last - first, np.int64), np.zeros(last - first, np.float64)
    segments = np.empty(max(64 * (last - first), 64), np.int32)
    nets, tables = (graph.every, graph.core), (unsafe.every, unsafe.core)
    used = 0
    for trip in range(first, last):
        ends = np.int64(wishes.origin[trip]), np.int64(wishes.destination[trip])
        hour, group, willing = wishes.hour[trip], wishes.group[trip], wishes.willingness[trip]
        on_core = 1 if graph.kept[ends[0]] and graph.kept[ends[1]] else 0
        net, weighted = nets[on_core], tables[on_core][unsafe.cell[on_core, hour, group]]
        guide, row = _guide(graph.fears, hour, group, willing)
        if not _search(graph, net, weighted, willing, ends, guide, graph.fears.landmark_m[row], (seen, heap), trip):
            counts[trip - first] = -1
            continue
        steps = _written(net, seen, ends, segments, -1)
        if used + steps > segments.shape[0]:
            segments = _copied(segments, used, 2 * segments.shape[0] + steps)
        counts[trip - first] = _written(net, seen, ends, segments, used)
        used += steps
        at = ends[1]
        while at != ends[0]:
            unsafe_m[trip - first] += weighted[seen[at]["through"]]
            at = np.int64(seen[at]["came_from"])
    return counts, _copied(segments, used, used), unsafe_m
