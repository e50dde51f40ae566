"""Routes with each person's own willingness to detour, and which tours are made.

Cost of a segment = length x (1 + w x P(feel unsafe)), with P from the memory of the person's perception class (gender
and age group) at the hour of departure. A tour is made or not by a logit on the minutes of it that would
feel unsafe.
"""

import dataclasses
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.special import expit, logit

from simulator import draws
from simulator.blocks import BLOCKS, edges, run_blocks
from simulator.errors import CityError
from simulator.evidence import Parameters
from simulator.kernels.routing import FEAR_WEIGHT, MOST_JUNCTIONS, Fears, Graph, Wishes, distances, route_trips
from simulator.network import StreetNetwork
from simulator.people import People
from simulator.plans import AGE_GROUP_OF_BAND, AGE_GROUPS, HOUR_MS, MINUTE_MS, Tours, Trips
from simulator.results import GENDERS
from simulator.sun import HOURS

Array = np.ndarray[Any, Any]
CHANCE_UNIT = 2**30
"""Chances are added up in this fraction: eight million of them are still exact."""
LANDMARKS = 8
"""Landmarks of the route search, a multiple of 4: more look ahead better and cost more to ask."""
_TRIPS_WORTH = 25
"""Distances with an hour's fear cost as much as is saved by one trip for so many junctions (measured)."""


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


def perception_class(people: People) -> Array:
    """Gender and age group of each person as one code (int8), the class whose memory of the streets they share."""
    return (people.gender * AGE_GROUPS + AGE_GROUP_OF_BAND[people.age_band]).astype(np.int8)


def walking_metres(network: StreetNetwork, parameters: Parameters) -> Array:
    """Length of each segment (float64), stretched on steps by the extra time they take."""
    return np.where(network.streets.is_steps, parameters.steps_time_factor, 1.0) * network.streets.length_m


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
    fears = Fears(nothing, np.full(HOURS, -1, np.int16), np.zeros((1, 1, LANDMARKS)), nothing)
    return Graph(arcs.start, arcs.head, arcs.segment, walk_m, landmark, landmark_m, fears)


def guided(graph: Graph, fear: Array, hours: Array, threads: int) -> Graph:
    """The graph with what can be taken for granted of some fear, so that searches with it look around less.

    Parameters
    ----------
    fear
        float32 (24, classes, S).
    hours
        Clock hours that are worth distances of their own to the landmarks. The floor of an hour is the mean fear of
        all classes there; how much of it each class has everywhere at least is read off the fear itself.
    """
    share = np.zeros(fear.shape[:2])
    floors = [fear[hour].mean(axis=0, dtype=np.float64) for hour in hours]
    for hour, floor in zip(hours, floors, strict=True):
        known = floor > 0
        share[hour] = (fear[hour][:, known] / floor[known]).min(axis=1, initial=1e9) * known.any()
    row = np.full(fear.shape[0], -1, np.int16)
    row[hours] = np.arange(len(hours))

    def reach(block: int) -> list[Array]:
        prices = [graph.walk_m * (1.0 + FEAR_WEIGHT * floor) for floor in floors[block::BLOCKS]]
        return [distances(graph, price, graph.landmark) for price in prices]

    landmark_m = np.zeros((max(len(hours), 1), *graph.landmark_m.shape))
    for block, parts in enumerate(run_blocks(reach, threads)):
        landmark_m[block : len(hours) : BLOCKS] = np.reshape(parts, (-1, *graph.landmark_m.shape))
    least = fear.min(axis=2).astype(np.float64)
    return graph._replace(fears=Fears(least, row, landmark_m, share))


def metres_between(network: StreetNetwork, walk_m: Array) -> sparse.csr_matrix:
    """Metres between neighbouring junctions as a sparse matrix; of parallel segments the shortest counts."""
    streets, count = network.streets, len(network.junctions)
    low = np.minimum(streets.from_junction, streets.to_junction)
    high = np.maximum(streets.from_junction, streets.to_junction)
    order = np.lexsort((walk_m, high, low))
    first = np.ones(order.size, bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    kept = order[first]
    return sparse.csr_matrix((walk_m[kept], (low[kept], high[kept])), shape=(count, count))


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
    places = network.places
    wishes = Wishes(
        origin=places.junction[trips.origin],
        destination=places.junction[trips.destination],
        hour=trips.hour,
        group=who[0][trips.person],
        willingness=who[1][trips.person],
    )
    in_hour = np.bincount(trips.hour, minlength=HOURS)
    worth = np.flatnonzero(in_hour * _TRIPS_WORTH >= len(network.junctions))
    graph = guided(graph, fear, worth, threads)
    bound = edges(len(trips))
    parts = run_blocks(lambda b: route_trips(graph, fear, wishes, bound[b], bound[b + 1]), threads)
    counts = np.concatenate([part[0] for part in parts])
    if (counts < 0).any():
        trip = int(np.argmax(counts < 0))
        places_of_it = f"{places.place_id[trips.origin[trip]]} and {places.place_id[trips.destination[trip]]}"
        raise CityError(f"city {network.name}: there is no way between places {places_of_it}; its streets fall apart")
    start = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    return Routed(start, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts]))


def probability_made(tours: Tours, trips: Trips, routed: Routed, people: People, parameters: Parameters) -> Array:
    """P(the tour is made) by the expected minutes on all its legs that would feel unsafe (float64, one a tour)."""
    minutes = routed.unsafe_m / people.speed_m_s[trips.person] / 60.0
    unsafe = np.bincount(trips.tour, weights=minutes, minlength=len(tours))
    return np.asarray(1.0 - expit(logit(parameters.not_made_share) + parameters.not_made_per_minute * unsafe))


def made(tours: Tours, people: People, probability: Array, seed: int, day: int) -> Array:
    """Which tours are made: the same person on the same day has the same luck in every scenario (bool)."""
    keys = (people.person_id[tours.person], day, tours.number.astype(np.int64))
    return draws.uniform(seed, "made", *keys) < probability


def inflation(tours: Tours, people: People, probability: Array) -> Array:
    """Wished over realised tours by gender, age group and hour of start (float64 (3, 3, 24)).

    A survey counts the trips that survived avoidance; cells with few tours are pulled towards no inflation.
    """
    shape = (len(GENDERS), AGE_GROUPS, HOURS)
    cell = np.ravel_multi_index(
        (
            people.gender[tours.person].astype(np.int64),
            AGE_GROUP_OF_BAND[people.age_band[tours.person]],
            tours.start_ms // HOUR_MS % HOURS,
        ),
        shape,
    )
    wished = np.bincount(cell, minlength=int(np.prod(shape))) + 5.0
    whole = np.rint(probability * CHANCE_UNIT)  # whole numbers, so that the sum does not depend on the order of people
    realised = np.bincount(cell, weights=whole, minlength=int(np.prod(shape))) / CHANCE_UNIT + 5.0
    return (wished / realised).reshape(shape)


def departures(trips: Trips, routed: Routed, walk_m: Array, people: People) -> Array:
    """Departure (int64 ms) of each trip, put off by a minute after arrival where the walk before it took longer."""
    walked_m = np.add.reduceat(np.append(walk_m[routed.route], 0.0), routed.start[:-1]) * (np.diff(routed.start) > 0)
    taken = (walked_m / people.speed_m_s[trips.person] * 1000.0).astype(np.int64)
    depart = trips.depart_ms.copy()
    order = np.lexsort((trips.leg, trips.tour))
    same = (trips.tour[order][1:] == trips.tour[order][:-1]) & ~trips.wrapped[order][1:]
    for _ in range(3):  # a tour has at most four legs
        arrive = depart[order][:-1] + taken[order][:-1] + MINUTE_MS
        later = np.where(same, np.maximum(depart[order][1:], arrive), depart[order][1:])
        depart[order[1:]] = later
    return depart
