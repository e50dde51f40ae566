"""A* over the street graph with each walker's own weights.

Axis letters: J junctions, A arcs, S segments, C perception classes, H clock hours, T trips.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.policy import kernel, part_of_kernel

Array = np.ndarray[Any, Any]
_JUNCTION_BITS = 22
_JUNCTION_MASK = (1 << _JUNCTION_BITS) - 1
_PARTS_OF_M = 2.0**20
_MOST_M = 2.0**20
"""Beyond a thousand weighted kilometres the queue does not tell costs apart any more."""
_NONE = np.int64(2**63 - 1)
_STEEPEST, _SLOPES = 1.25, 8
"""Slopes that are tried, in parts of that of the regression line."""
MOST_JUNCTIONS = 1 << _JUNCTION_BITS


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


ARC = np.dtype([("head", "i4"), ("segment", "i4"), ("walk_m", "f8")], align=True)
"""Ways from a junction to its neighbours; the metres are those of the segment, side by side with the rest."""


class Graph(NamedTuple):
    """What routing knows of the streets."""

    start: Array  # int32 (J + 1,)
    arcs: Array  # ARC (A,)
    walk_m: Array  # float64 (S,): length, stretched where walking is slower
    landmark: Array  # int32 (L,): junctions, a multiple of 4
    landmark_m: Array  # float64 (J, L): metres from each junction to the landmarks
    fears: Fears
    ahead_row: Array  # int32 (J,): row of a destination in ahead_m, -1 where it has none
    ahead_m: Array  # float32 (D, J): metres from each junction to some destinations


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
        ("through", "i4"),  # segment walked to it
    ],
    align=True,
)
"""What one search knows of the junctions."""


@part_of_kernel
def _entry(cost: float, junction: int) -> Any:
    """A place in the queue as one whole number: cost in 2^-20 m, then the junction, so that ties go to the lower."""
    return (np.int64(min(cost, _MOST_M) * _PARTS_OF_M) << _JUNCTION_BITS) | junction


@part_of_kernel
def _push(heap: Array, count: int, entry: int) -> None:
    """Put an entry behind the `count` that are there, and up to where it belongs."""
    place = count
    while place > 0:
        above = (place - 1) >> 2
        if heap[above] <= entry:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = entry


@part_of_kernel
def _pop(heap: Array, count: int) -> Any:
    """Take the least of `count` entries out; whatever lies behind the last is _NONE.

    Which of four children is the least is reckoned, not branched on: processors cannot guess it.
    """
    taken = heap[0]
    last = count - 1
    entry = heap[last]
    heap[last] = _NONE
    place: Any = 0
    while True:
        child = 4 * place + 1
        if child >= last:
            break
        low = child + np.int64(heap[child + 1] < heap[child])
        high = child + 2 + np.int64(heap[child + 3] < heap[child + 2])
        least = low + (high - low) * np.int64(heap[high] < heap[low])
        if entry <= heap[least]:
            break
        heap[place] = heap[least]
        place = least
    if last > 0:
        heap[place] = entry
    return taken


@part_of_kernel
def _empty(heap: Array, count: int) -> None:
    for place in range(count):  # a loop compiles in a hundredth of the time of a slice
        heap[place] = _NONE


@kernel
def _copied(values: Array, count: int, room: int) -> Array:
    """The first values, in an array with so much room."""
    into = np.empty(room, np.int32)
    for place in range(count):
        into[place] = values[place]
    return into


@part_of_kernel
def _no_more_than(graph: Graph, afraid: Array, willingness: float, row: int, ends: tuple[int, int]) -> float:
    """What the shortest way costs, down the slope of the distances to the destination: the cheapest costs no more."""
    here: Any = ends[0]
    destination, cost = ends[1], 0.0
    for _ in range(graph.start.shape[0]):
        if here == destination:
            return cost * 1.000001
        best, dear, onward = np.inf, 0.0, here
        for at in range(graph.start[here], graph.start[here + 1]):
            arc = graph.arcs[at]
            metres = arc["walk_m"] + graph.ahead_m[row, arc["head"]]
            if metres < best:
                best, onward = metres, np.int64(arc["head"])
                dear = arc["walk_m"] * (1.0 + willingness * afraid[arc["segment"]])
        cost, here = cost + dear, onward
    return np.inf


@part_of_kernel
def _search(
    graph: Graph,
    afraid: Array,
    willingness: float,
    ends: tuple[int, int],
    guide: tuple[float, float, float],
    fear_m: Array,
    seen: Array,
    heap: Array,
    mark: int,
) -> bool:
    """Fill `seen` until the destination is settled, and all that costs no more.

    Of ways that cost the same, each junction is reached from the lower one, and by the lower segment: so the way does
    not depend on how the search looks ahead.
    """
    origin, destination = ends
    room = heap.shape[0] - graph.start.shape[0] - 8  # kept for the first visit of every junction
    row = graph.ahead_row[destination]
    most = _no_more_than(graph, afraid, willingness, row, ends) if row >= 0 else np.inf
    start = seen[origin]
    start["cost"], start["ahead"], start["stamp"] = 0.0, 0.0, mark  # the origin is alone: any `ahead` will do
    start["came_from"] = -1
    heap[0] = _entry(0.0, origin)
    count, last = 1, _NONE
    while count > 0:
        entry = _pop(heap, count)
        count -= 1
        here = entry & _JUNCTION_MASK
        if entry >> _JUNCTION_BITS > last:
            _empty(heap, count)
            return True
        if here == destination:
            last = entry >> _JUNCTION_BITS
            continue
        so_far = seen[here]["cost"]
        if entry > _entry(so_far + seen[here]["ahead"], here):
            continue  # an older, dearer entry of the same junction
        for at in range(graph.start[here], graph.start[here + 1]):
            arc = graph.arcs[at]
            segment, there = arc["segment"], arc["head"]
            reached = so_far + arc["walk_m"] * (1.0 + willingness * afraid[segment])
            known = seen[there]
            if known["stamp"] != mark:
                metres = 1.0 * graph.ahead_m[row, there] if row >= 0 else _apart(graph.landmark_m, there, destination)
                ahead = _at_least(metres, fear_m, guide, there, destination)
                if reached + ahead > most:
                    continue
                known["stamp"], known["ahead"] = mark, ahead
            elif known["cost"] == reached:
                if here < known["came_from"] or (here == known["came_from"] and segment < known["through"]):
                    known["came_from"], known["through"] = here, segment
                continue
            elif known["cost"] < reached or count >= room:
                continue
            known["cost"], known["came_from"], known["through"] = reached, here, segment
            _push(heap, count, _entry(reached + known["ahead"], there))
            count += 1
    return last != _NONE


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
    junctions = graph.start.shape[0] - 1
    out = np.zeros((junctions, sources.shape[0]), np.float64)
    heap = np.full(2 * graph.arcs.shape[0] + 64, _NONE, np.int64)  # as in `route_trips`
    cost = np.empty(junctions, np.float64)
    for column in range(sources.shape[0]):
        cost[:] = np.inf
        cost[sources[column]] = 0.0
        heap[0] = _entry(0.0, sources[column])
        count = 1
        while count > 0:
            entry = _pop(heap, count)
            count -= 1
            here = entry & _JUNCTION_MASK
            if entry > _entry(cost[here], here):
                continue
            out[here, column] = cost[here]
            for at in range(graph.start[here], graph.start[here + 1]):
                reached = cost[here] + price_m[graph.arcs[at]["segment"]]
                there = graph.arcs[at]["head"]
                if reached < cost[there] and count < heap.shape[0] - 4:
                    cost[there] = reached
                    _push(heap, count, _entry(reached, there))
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
def route_trips(graph: Graph, fear: Array, wishes: Wishes, first: int, last: int) -> tuple[Array, Array, Array]:
    """Cheapest routes of trips first..last - 1 under cost = length x (1 + willingness x P(feel unsafe)).

    Parameters
    ----------
    fear
        float32 (H, C, S): probability of feeling unsafe as remembered.

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
    heap = np.full(2 * graph.arcs.shape[0] + junctions + 64, _NONE, np.int64)
    counts = np.zeros(last - first, np.int64)
    unsafe_m = np.zeros(last - first, np.float64)
    segments = np.empty(max(64 * (last - first), 64), np.int32)
    used = 0
    for trip in range(first, last):
        origin, destination = wishes.origin[trip], wishes.destination[trip]
        afraid = fear[wishes.hour[trip], wishes.group[trip]]
        willing = wishes.willingness[trip]
        guide, row = _guide(graph.fears, wishes.hour[trip], wishes.group[trip], willing)
        if not _search(
            graph, afraid, willing, (origin, destination), guide, graph.fears.landmark_m[row], seen, heap, trip
        ):
            counts[trip - first] = -1
            continue
        at = destination
        steps = 0
        while at != origin:  # once backwards to count, once more to write in walking order
            at = seen[at]["came_from"]
            steps += 1
        if used + steps > segments.shape[0]:
            segments = _copied(segments, used, 2 * segments.shape[0] + steps)
        at = destination
        for step in range(steps - 1, -1, -1):
            segment = seen[at]["through"]
            segments[used + step] = segment
            unsafe_m[trip - first] += graph.walk_m[segment] * afraid[segment]
            at = seen[at]["came_from"]
        counts[trip - first] = steps
        used += steps
    return counts, _copied(segments, used, used), unsafe_m
