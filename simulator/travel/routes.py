"""Routes with each person's own willingness to detour.

Cost of a segment = length x (1 + w x P(feel unsafe)), with P from the memory of the person's perception class (gender
and age group) at the hour of departure.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.agenda.plans import Tours, Trips
from simulator.city.network import StreetNetwork
from simulator.errors import CityError
from simulator.evidence.parameters import Parameters
from simulator.foundation.blocks import edges, run_blocks
from simulator.foundation.categories import AGE_GROUP_OF_BAND, AGE_GROUPS, GENDERS
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.foundation.stages import stage
from simulator.kernels.looking_again import taken
from simulator.kernels.routing import Graph, Wishes, route_trips
from simulator.kernels.walking import PERSON_UNIT
from simulator.people.population import People
from simulator.travel.looking_ahead import guided, look_ahead, unsafe_of

Array = np.ndarray[Any, Any]
CHANCE_UNIT = 2**18
"""Chances are added up in this fraction: sums over 130 million people are still exact."""
_FEW_TOURS = 5.0
"""Tours of no inflation that are added to each cell."""


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
        start, route = taken(self.start, self.route, np.ascontiguousarray(trips, np.int64))
        return Routed(start, route, self.unsafe_m[trips])


def join(parts: Sequence[Routed]) -> Routed:
    """Several lots of routes, one after the other."""
    length = np.concatenate([np.diff(part.start) for part in parts])
    start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    route_of_all = np.concatenate([part.route for part in parts]).astype(np.int32, copy=False)
    return Routed(start, route_of_all, np.concatenate([part.unsafe_m for part in parts]))


def perception_class(people: People) -> Array:
    """Gender and age group of each person as one code (int8), the class whose memory of the streets they share."""
    return (people.gender * AGE_GROUPS + AGE_GROUP_OF_BAND[people.age_band]).astype(np.int8)


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
    with stage("routes") as told:
        found = _routed(graph, fear, network, wishes, threads)
        told.out(wishes.origin.size, found.route.nbytes)
        return found


def _routed(graph: Graph, fear: Array, network: StreetNetwork, wishes: Wishes, threads: int) -> Routed:
    look_ahead(graph, wishes.destination, threads)
    graph = guided(graph, fear, wishes, threads)
    bound = edges(wishes.origin.size)
    unsafe = unsafe_of(graph, fear, wishes)
    parts = run_blocks(lambda b: route_trips(graph, unsafe, wishes, bound[b], bound[b + 1]), threads)
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
