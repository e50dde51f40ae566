"""Routes with each person's own willingness to detour.

Cost of a segment = length x (1 + w x P(feel unsafe)), with P from the memory of the person's perception class (gender
and age group) at the hour of departure.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from simulator.agenda.plans import Tours, Trips
from simulator.city.network import StreetNetwork
from simulator.city.walking_graph import metres_between
from simulator.errors import CityError
from simulator.evidence.parameters import Parameters
from simulator.foundation.blocks import BLOCKS, edges, run_blocks
from simulator.foundation.categories import AGE_GROUP_OF_BAND, AGE_GROUPS, GENDERS
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.kernels.routing import MOST_JUNCTIONS, Fears, Graph, Wishes, distances, route_trips
from simulator.kernels.walking import PERSON_UNIT
from simulator.people.population import People

Array = np.ndarray[Any, Any]
CHANCE_UNIT = 2**18
"""Chances are added up in this fraction: sums over 130 million people are still exact."""
_FEW_TOURS = 5.0
"""Tours of no inflation that are added to each cell."""
LANDMARKS = 8
"""Landmarks of the route search, a multiple of 4: more look ahead better and cost more to ask."""
_TRIPS_WORTH = 25
"""Distances with an hour's fear cost as much as is saved by one trip for so many junctions (measured)."""
_LEAST_WEIGHT = 0.1
_JUNCTIONS_A_TRIP = 1_000
"""Distances to a destination cost, over the days of a run, as much as is saved by one trip a day for so many junctions
(measured)."""
MOST_AHEAD_BYTES = 2**28
"""Room for those distances; beyond it searches look ahead by landmarks."""


@dataclasses.dataclass(frozen=True)
class Routed:
    """Routes of trips one after the other, and what they feel like.

    Parameters
    ----------
    start, route
        int64 (T + 1,) and int32: the segments of trip t are ``route[start[t]:start[t + 1]]``.
    unsafe_m
        Metres of each trip weighted by the probability that they feel unsafe (T,).
    """

    start: Array
    route: Array
    unsafe_m: Array

    def take(self, trips: Array) -> "Routed":
        """The routes of some trips (rows)."""
        length = np.diff(self.start)[trips]
        start = np.zeros(trips.size + 1, np.int64)
        np.cumsum(length, out=start[1:])
        within = np.arange(start[-1]) - np.repeat(start[:-1], length)
        return Routed(start, self.route[np.repeat(self.start[trips], length) + within], self.unsafe_m[trips])


def join(parts: Sequence[Routed]) -> Routed:
    """Several lots of routes, one after the other."""
    length = np.concatenate([np.diff(part.start) for part in parts])
    start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    route_of_all = np.concatenate([part.route for part in parts]).astype(np.int32)
    return Routed(start, route_of_all, np.concatenate([part.unsafe_m for part in parts]))


def perception_class(people: People) -> Array:
    """Gender and age group of each person as one code (int8), the class whose memory of the streets they share."""
    return (people.gender * AGE_GROUPS + AGE_GROUP_OF_BAND[people.age_band]).astype(np.int8)


def graph_of(network: StreetNetwork, walk_m: Array) -> Graph:
    """The street graph as the route kernel wants it.

    Landmarks are chosen one after the other, each the junction farthest from those before, so that they lie round
    the edge, where they say most about the way ahead.
    """
    if len(network.junctions) > MOST_JUNCTIONS:
        found = f"{len(network.junctions)} junctions found, routes are searched among at most {MOST_JUNCTIONS}"
        raise CityError(f"city {network.name}: {found}; use a smaller area")
    arcs, away = network.arcs, metres_between(network, walk_m)
    landmark, landmark_m = np.zeros(LANDMARKS, np.int32), np.zeros((len(network.junctions), LANDMARKS))
    nearest = np.full(len(network.junctions), np.inf)
    for number in range(LANDMARKS):
        landmark[number] = int(np.argmax(nearest)) if number else int(np.argmin(network.islands))
        reach = dijkstra(away, directed=False, indices=landmark[number])
        landmark_m[:, number] = np.where(np.isfinite(reach), reach, 0.0)  # islands: the landmark says nothing
        nearest = np.minimum(nearest, landmark_m[:, number])
    nothing = np.zeros((HOURS, len(GENDERS) * AGE_GROUPS))
    fears = Fears(nothing, np.full(HOURS, -1, np.int16), np.zeros((1, 1, LANDMARKS)), 1.0, nothing)
    junctions = len(network.junctions)
    rows = min(junctions, MOST_AHEAD_BYTES // (4 * junctions))
    ahead = np.full(junctions, -1, np.int32), np.empty((rows, junctions), np.float32)  # filled as they are asked for
    return Graph(arcs.start, arcs.head, arcs.segment, walk_m, landmark, landmark_m, fears, *ahead)


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


def guided(graph: Graph, fear: Array, hours: Array, weight: float, threads: int) -> Graph:
    """The graph with what can be taken for granted of some fear, so that searches with it look around less.

    Parameters
    ----------
    fear
        float32 (24, classes, S).
    hours
        Clock hours that are worth distances of their own to the landmarks. The floor of an hour is the mean fear of
        all classes there; how much of it each class has everywhere at least is read off the fear itself.
    weight
        Willingness for which those distances are made: about that of most people.
    """
    share = np.zeros(fear.shape[:2])
    floors = [fear[hour].mean(axis=0, dtype=np.float64) for hour in hours]
    for hour, floor in zip(hours, floors, strict=True):
        known = floor > 0
        share[hour] = (fear[hour][:, known] / floor[known]).min(axis=1, initial=1e9) * known.any()
    row = np.full(fear.shape[0], -1, np.int16)
    row[hours] = np.arange(len(hours))

    def reach(block: int) -> list[Array]:
        prices = [graph.walk_m * (1.0 + weight * floor) for floor in floors[block::BLOCKS]]
        return [distances(graph, price, graph.landmark) for price in prices]

    landmark_m = np.zeros((max(len(hours), 1), *graph.landmark_m.shape))
    for block, parts in enumerate(run_blocks(reach, threads)):
        landmark_m[block : len(hours) : BLOCKS] = np.reshape(parts, (-1, *graph.landmark_m.shape))
    least = fear.min(axis=2).astype(np.float64)
    return graph._replace(fears=Fears(least, row, landmark_m, weight, share))


def willingness(people: People, parameters: Parameters, unlit_fear: float) -> Array:
    """Extra metres per metre that would surely feel unsafe, for each person (float64).

    Parameters
    ----------
    unlit_fear
        P(feel unsafe) of the average walker on an unlit street after dark: the evidence gives metres per metre *there*.
    """
    median = parameters.darkness_distance / max(unlit_fear, 0.05)
    return np.asarray(median * np.exp(parameters.darkness_distance_spread * people.willing))


def route(
    graph: Graph, fear: Array, network: StreetNetwork, trips: Trips, who: tuple[Array, Array], threads: int
) -> Routed:
    """Route every trip.

    Parameters
    ----------
    fear
        float32 (24, classes, S): P(feel unsafe) as remembered.
    who
        Perception class (int8) and willingness (float64) of each person.

    Raises
    ------
    CityError
        If some trip has no way: plans must keep to the island of the origin.
    """
    return route_between(graph, fear, network, wishes_of(network, trips, who), threads)


def wishes_of(network: StreetNetwork, trips: Trips, who: tuple[Array, Array]) -> Wishes:
    """What the route kernel needs of trips; `who` as in `route`."""
    places = network.places
    return Wishes(
        origin=places.junction[trips.origin],
        destination=places.junction[trips.destination],
        hour=trips.hour,
        group=who[0][trips.person],
        willingness=who[1][trips.person],
    )


def route_between(graph: Graph, fear: Array, network: StreetNetwork, wishes: Wishes, threads: int) -> Routed:
    """Route every wish between two junctions; parameters and errors are those of `route`."""
    look_ahead(graph, wishes.destination, threads)
    in_hour = np.bincount(wishes.hour, minlength=HOURS)
    worth = np.flatnonzero(in_hour * _TRIPS_WORTH >= len(network.junctions))
    weight = max(float(np.median(wishes.willingness)), _LEAST_WEIGHT) if worth.size else 1.0
    graph = guided(graph, fear, worth, weight, threads)
    bound = edges(wishes.origin.size)
    parts = run_blocks(lambda b: route_trips(graph, fear, wishes, bound[b], bound[b + 1]), threads)
    counts = np.concatenate([part[0] for part in parts])
    if (counts < 0).any():
        trip = int(np.argmax(counts < 0))
        keys = network.junctions.junction_id
        ends = f"{keys[wishes.origin[trip]]} and {keys[wishes.destination[trip]]}"
        raise CityError(f"city {network.name}: there is no way between junctions {ends}; its streets fall apart")
    start = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return Routed(start, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts]))


def metres_of(routed: Routed, length_m: Array) -> Array:
    """Sum of a length of each segment (float64 (S,)) along each route."""
    running = np.concatenate([[0.0], np.cumsum(length_m[routed.route])])
    return np.asarray(running[routed.start[1:]] - running[routed.start[:-1]])


def inflation(tours: Tours, people: People, probability: Array) -> Array:
    """Wished over realised tours by gender, age group and hour of start (float64 (3, 3, 24)).

    A survey counts the trips that survived avoidance, and counts people, so tours count by whom they stand for; cells
    with few tours are pulled towards no inflation.
    """
    if not len(tours):
        return np.ones((len(GENDERS), AGE_GROUPS, HOURS))
    shape = (len(GENDERS), AGE_GROUPS, HOURS)
    cell = np.ravel_multi_index(
        (
            people.gender[tours.person].astype(np.int64),
            AGE_GROUP_OF_BAND[people.age_band[tours.person]],
            tours.start_ms // HOUR_MS % HOURS,
        ),
        shape,
    )
    # whole numbers below 2^53, so that no sum depends on the order of people
    heads = np.rint(people.weight[tours.person] * PERSON_UNIT) * CHANCE_UNIT
    few = _FEW_TOURS * heads.sum() / len(tours)
    wished = np.bincount(cell, heads, minlength=int(np.prod(shape))) + few
    realised = np.bincount(cell, np.rint(probability * heads), minlength=int(np.prod(shape))) + few
    return (wished / realised).reshape(shape)
