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
MOST_JUNCTIONS = 1 << _JUNCTION_BITS


class Fears(NamedTuple):
    """What routing may take for granted of the fear that it is given, to search towards the destination."""

    least: Array  # float64 (H, C): fear of every segment is at least this
    row: Array  # int16 (H,): row of the hour in landmark_m, -1 where there is none
    landmark_m: Array  # float64 (R, J, L): to the landmarks where each metre costs 1 + weight x the hour's floor
    weight: float  # willingness of those distances
    share: Array  # float64 (H, C): each class fears every segment at least so many times the hour's floor


class Graph(NamedTuple):
    """What routing knows of the streets."""

    start: Array  # int32 (J + 1,)
    head: Array  # int32 (A,)
    segment: Array  # int32 (A,)
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


class Seen(NamedTuple):
    """What one search knows of the junctions; a row counts only where its stamp is that of the search."""

    cost: Array  # float64 (J,): metres, weighted, from the origin
    ahead: Array  # float64 (J,): metres to the destination at least
    came_from: Array  # int32 (J,): junction before it
    through: Array  # int32 (J,): segment walked to it
    stamp: Array  # int64 (J,)


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
def _search(
    graph: Graph,
    afraid: Array,
    willingness: float,
    ends: tuple[int, int],
    guide: tuple[float, float],
    fear_m: Array,
    seen: Seen,
    heap: Array,
    mark: int,
) -> bool:
    """Fill `seen` until the destination is settled, and all that costs no more.

    Of ways that cost the same, each junction is reached from the lower one, and by the lower segment: so the way does
    not depend on how the search looks ahead.
    """
    origin, destination = ends
    junctions = graph.start.shape[0] + 8
    row = graph.ahead_row[destination]
    seen.cost[origin], seen.came_from[origin], seen.stamp[origin] = 0.0, -1, mark
    seen.ahead[origin] = 0.0  # what is ahead of the origin changes no order: it is alone
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
        if entry > _entry(seen.cost[here] + seen.ahead[here], here):
            continue  # an older, dearer entry of the same junction
        for arc in range(graph.start[here], graph.start[here + 1]):
            segment = graph.segment[arc]
            there = graph.head[arc]
            reached = seen.cost[here] + graph.walk_m[segment] * (1.0 + willingness * afraid[segment])
            if seen.stamp[there] != mark:
                seen.stamp[there] = mark
                metres = (
                    _apart(graph.landmark_m, there, destination) if row < 0 else np.float64(graph.ahead_m[row, there])
                )
                seen.ahead[there] = _at_least(metres, fear_m, guide, there, destination)
            elif seen.cost[there] == reached:
                before = seen.came_from[there]
                if here < before or (here == before and segment < seen.through[there]):
                    seen.came_from[there], seen.through[there] = here, segment
                continue
            elif seen.cost[there] < reached or count >= heap.shape[0] - junctions:
                continue  # room is kept for the first visit of every junction
            seen.cost[there], seen.came_from[there], seen.through[there] = reached, here, segment
            _push(heap, count, _entry(reached + seen.ahead[there], there))
            count += 1
    return last != _NONE


@part_of_kernel
def _apart(landmark_m: Array, here: int, there: int) -> float:
    """Distance that two junctions have at least, by the triangle inequality (Goldberg and Harrelson 2005)."""
    best = 0.0
    for landmark in range(landmark_m.shape[1]):
        best = max(best, abs(landmark_m[here, landmark] - landmark_m[there, landmark]))
    return best


@part_of_kernel
def _at_least(metres: float, fear_m: Array, guide: tuple[float, float], here: int, there: int) -> float:
    """Cost that the way must have at least; a hair less, so that rounding never makes it too much.

    The cheapest cost is concave in the willingness, as the least of costs that are linear in it. So at a willingness
    between 0 and that of the distances with fear it is at least the mean, weighted by `trust`, of the cheapest costs
    at both.

    Parameters
    ----------
    metres
        Length that the way has at least.
    """
    metre, trust = guide
    if trust == 0.0:
        return metres * metre * 0.999999
    return max(metres * metre, (1.0 - trust) * metres + trust * _apart(fear_m, here, there)) * 0.999999


@kernel
def distances(graph: Graph, price_m: Array, sources: Array) -> Array:
    """Cheapest costs (float64 (J, sources)) from some junctions to all, at a price of each segment; 0 on islands."""
    junctions = graph.start.shape[0] - 1
    out = np.zeros((junctions, sources.shape[0]), np.float64)
    heap = np.full(2 * graph.head.shape[0] + 64, _NONE, np.int64)  # as in `route_trips`
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
            for arc in range(graph.start[here], graph.start[here + 1]):
                reached = cost[here] + price_m[graph.segment[arc]]
                there = graph.head[arc]
                if reached < cost[there] and count < heap.shape[0] - 4:
                    cost[there] = reached
                    _push(heap, count, _entry(reached, there))
                    count += 1
    return out


@part_of_kernel
def _guide(fears: Fears, hour: int, group: int, willingness: float) -> tuple[tuple[float, float], int]:
    """What a metre costs at least, how far to trust the distances with fear, and which row of them to read."""
    row = fears.row[hour]
    trust = min(willingness * fears.share[hour, group] / fears.weight, 1.0) if row >= 0 else 0.0
    return (1.0 + willingness * fears.least[hour, group], trust), max(row, 0)


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
    seen = Seen(
        np.empty(junctions, np.float64),
        np.empty(junctions, np.float64),
        np.empty(junctions, np.int32),
        np.empty(junctions, np.int32),
        np.full(junctions, -1, np.int64),
    )
    # with a consistent heuristic each arc is pushed at most once; the rest is for rounding, and pushes are checked
    heap = np.full(2 * graph.head.shape[0] + junctions + 64, _NONE, np.int64)
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
            at = seen.came_from[at]
            steps += 1
        if used + steps > segments.shape[0]:
            segments = _copied(segments, used, 2 * segments.shape[0] + steps)
        at = destination
        for step in range(steps - 1, -1, -1):
            segment = seen.through[at]
            segments[used + step] = segment
            unsafe_m[trip - first] += graph.walk_m[segment] * afraid[segment]
            at = seen.came_from[at]
        counts[trip - first] = steps
        used += steps
    return counts, _copied(segments, used, used), unsafe_m
