"""A* over the street graph with each walker's own weights.

Axis letters: J junctions, A arcs, S segments, C perception classes, H clock hours, T trips.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.policy import kernel

Array = np.ndarray[Any, Any]


class Graph(NamedTuple):
    """What routing knows of the streets."""

    start: Array  # int32 (J + 1,)
    head: Array  # int32 (A,)
    segment: Array  # int32 (A,)
    walk_m: Array  # float64 (S,): length, stretched where walking is slower
    landmark_m: Array  # float64 (J, L): metres from each junction to a few landmarks


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


@kernel
def _sift_up(keys: Array, nodes: Array, place: int) -> None:
    key, node = keys[place], nodes[place]
    while place > 0:
        above = (place - 1) >> 2
        if keys[above] < key or (keys[above] == key and nodes[above] <= node):
            break
        keys[place], nodes[place] = keys[above], nodes[above]
        place = above
    keys[place], nodes[place] = key, node


@kernel
def _sift_down(keys: Array, nodes: Array, count: int) -> None:
    key, node = keys[0], nodes[0]
    place = 0
    while True:
        child = 4 * place + 1
        if child >= count:
            break
        least = child
        for other in range(child + 1, min(child + 4, count)):
            if keys[other] < keys[least] or (keys[other] == keys[least] and nodes[other] < nodes[least]):
                least = other
        if key < keys[least] or (key == keys[least] and node <= nodes[least]):
            break
        keys[place], nodes[place] = keys[least], nodes[least]
        place = least
    keys[place], nodes[place] = key, node


@kernel
def _search(
    graph: Graph,
    afraid: Array,
    willingness: float,
    ends: tuple[int, int],
    seen: Seen,
    heap: tuple[Array, Array],
    mark: int,
) -> bool:
    """Fill `seen` until the destination is settled; ties go to the lower junction and arc."""
    origin, destination = ends
    keys, nodes = heap
    seen.cost[origin], seen.came_from[origin], seen.stamp[origin] = 0.0, -1, mark
    seen.ahead[origin] = _at_least(graph.landmark_m, origin, destination)
    keys[0], nodes[0] = seen.ahead[origin], origin
    count = 1
    while count > 0:
        here, key = nodes[0], keys[0]
        count -= 1
        keys[0], nodes[0] = keys[count], nodes[count]
        if count > 0:
            _sift_down(keys, nodes, count)
        if here == destination:
            return True
        if key > seen.cost[here] + seen.ahead[here]:
            continue  # an older, dearer entry of the same junction
        for arc in range(graph.start[here], graph.start[here + 1]):
            segment = graph.segment[arc]
            there = graph.head[arc]
            reached = seen.cost[here] + graph.walk_m[segment] * (1.0 + willingness * afraid[segment])
            if seen.stamp[there] != mark:
                seen.stamp[there] = mark
                seen.ahead[there] = _at_least(graph.landmark_m, there, destination)
            elif seen.cost[there] <= reached or count == keys.shape[0]:
                continue
            seen.cost[there], seen.came_from[there], seen.through[there] = reached, here, segment
            keys[count], nodes[count] = reached + seen.ahead[there], there
            _sift_up(keys, nodes, count)
            count += 1
    return False


@kernel
def _at_least(landmark_m: Array, here: int, there: int) -> float:
    """Metres that the way must be at least: by the triangle inequality over landmarks (Goldberg and Harrelson 2005).

    A hair less, so that rounding never makes it too long.
    """
    best = 0.0
    for landmark in range(landmark_m.shape[1]):
        best = max(best, abs(landmark_m[here, landmark] - landmark_m[there, landmark]))
    return best * 0.999999


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
    room = 2 * graph.head.shape[0] + 64
    heap = (np.empty(room, np.float64), np.empty(room, np.int32))
    counts = np.zeros(last - first, np.int64)
    unsafe_m = np.zeros(last - first, np.float64)
    segments = np.empty(max(64 * (last - first), 64), np.int32)
    used = 0
    for trip in range(first, last):
        origin, destination = wishes.origin[trip], wishes.destination[trip]
        afraid = fear[wishes.hour[trip], wishes.group[trip]]
        willing = wishes.willingness[trip]
        if not _search(graph, afraid, willing, (origin, destination), seen, heap, trip):
            counts[trip - first] = -1
            continue
        at = destination
        steps = 0
        while at != origin:  # once backwards to count, once more to write in walking order
            at = seen.came_from[at]
            steps += 1
        if used + steps > segments.shape[0]:
            grown = np.empty(2 * segments.shape[0] + steps, np.int32)
            grown[:used] = segments[:used]
            segments = grown
        at = destination
        for step in range(steps - 1, -1, -1):
            segment = seen.through[at]
            segments[used + step] = segment
            unsafe_m[trip - first] += graph.walk_m[segment] * afraid[segment]
            at = seen.came_from[at]
        counts[trip - first] = steps
        used += steps
    return counts, segments[:used].copy(), unsafe_m
