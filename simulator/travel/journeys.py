"""What is asked of a city to know how somebody gets about in it, as the kernels of rides and choices read it.

The whole journey counts: on transit the walk to a stop, the wait there, the ride, a change, and the walk from the last
stop (`kernels.riding`). Lengths outside the district are known only as metres; what they feel like is unknown, and
taken to be as inside. Axis letters: T trips, P places, K stops near an end, J junctions.
"""

import dataclasses
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from simulator.agenda.plans import Trips
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import MODES
from simulator.foundation.records import records
from simulator.kernels.costs import BICYCLE, DRIVER, PASSENGER, TAXI
from simulator.kernels.riding import NO_STOP, PAIR, PLACE, STOP, City, Rates
from simulator.kernels.routing import Graph, Wishes
from simulator.people.population import People
from simulator.travel import routes
from simulator.travel.routes import Routed
from simulator.travel.service import Rides
from simulator.travel.step_free import level_parts, route_everybody, takes_steps

Array = np.ndarray[Any, Any]
_KM = 1000.0
_FAR_M = 1e6
"""Metres to a stop that is not there."""
_SAME_M = 0.01
"""Ways whose lengths differ by less are the same way, added up in another order."""
_OUTSIDE = tuple(PLACE_KINDS.index(kind) for kind in ("gateway", "stop"))


@dataclasses.dataclass(frozen=True)
class Journeys:
    """What is asked of a city to know how somebody gets about in it.

    Parameters
    ----------
    women
        How much each person waits as women do: 1 women, 0 men (float64 (people,)).
    walk_weight
        Minutes of a ride that one on foot is worth.
    graphs
        The streets, and the streets without steps.
    """

    network: StreetNetwork
    people: People
    parameters: Parameters
    rides: Rides
    women: Array
    walk_weight: float
    graphs: tuple[Graph, Graph]

    def metres(self, trips: Trips) -> Array:
        """Metres of each trip that people plan with, those outside the district included (float64 (T,))."""
        places = self.network.places
        away = np.hypot(
            places.x_m[trips.origin] - places.x_m[trips.destination],
            places.y_m[trips.origin] - places.y_m[trips.destination],
        )
        return np.asarray(self.parameters.planned_over_straight * away + trips.outside_m)

    def outside(self, trips: Trips) -> tuple[Array, Array]:
        """Whether each trip begins, and whether it ends outside the district (bool)."""
        kind, beyond = self.network.places.kind, trips.outside_m > 0
        ends = beyond & np.isin(kind[trips.destination], _OUTSIDE)
        return beyond & np.isin(kind[trips.origin], _OUTSIDE) & ~ends, ends

    def in_vehicle(self, trips: Trips) -> Array:
        """Minutes from door to door of each trip by bicycle, car and taxi (float64 (T, 6); 0 by other modes)."""
        parameters, km = self.parameters, self.metres(trips) / _KM
        minutes = np.zeros((len(trips), len(MODES)))
        minutes[:, BICYCLE] = 60.0 * km / parameters.bicycle_speed
        for mode in (DRIVER, PASSENGER, TAXI):
            minutes[:, mode] = 60.0 * km / parameters.car_speed
        minutes[:, TAXI] += parameters.taxi_wait_min
        return minutes

    def fares(self, trips: Trips) -> tuple[Array, Array]:
        """A taxi's fare as the minutes that it is worth (T,): to whoever goes, and to somebody who can pay it."""
        km, pays = self.metres(trips) / _KM, self.people.can_afford_taxi[trips.person]
        return taxi_fare(self.parameters, km, pays), taxi_fare(self.parameters, km, np.ones_like(pays))

    @cached_property
    def rates(self) -> Rates:
        """What a ride is reckoned with."""
        parameters = self.parameters
        return Rates(
            planned_over_straight=parameters.planned_over_straight,
            outside_stop_min=parameters.outside_stop_min,
            longest_wait_min=parameters.longest_wait_min,
            longest_stand_min=parameters.longest_stand_min,
            ride_over_straight=parameters.ride_over_straight,
            ride_speed=parameters.ride_speed,
            change_min=parameters.change_min,
            wait_worth=parameters.wait_value * parameters.wait_reported,
            insecure_from_min=parameters.wait_insecure_from_min,
            insecure_more=parameters.wait_insecure_factor - 1.0,
            walk_weight=self.walk_weight,
            has_lines=self.rides.has_lines,
        )

    @cached_property
    def steps_bar(self) -> Array:
        """Whether each person takes no steps, where there are any (bool (people,))."""
        return np.asarray(self.people.wheelchair & (self.graphs[0] is not self.graphs[1]))

    @cached_property
    def places(self) -> Array:
        """Places as the kernel of rides reads them (PLACE (P,))."""
        near, near_m = self._stops_near()
        places = self.network.places
        return records(
            PLACE,
            near=near,
            near_m=near_m,
            round_m=self._round(near),
            x_m=places.x_m,
            y_m=places.y_m,
            segment=places.segment,
        )

    @cached_property
    def stops(self) -> Array:
        """Stops as the kernel of rides reads them (STOP (N,))."""
        stops, rides = self.network.stops, self.rides
        first = np.searchsorted(rides.pair // max(rides.stops, 1), np.arange(rides.stops + 1))
        return records(
            STOP,
            x_m=stops.x_m,
            y_m=stops.y_m,
            segment=stops.segment,
            first_pair=first[:-1],
            end_pair=first[1:],
            wait_factor=np.ones(len(stops)),
        )

    @cached_property
    def pairs(self) -> Array:
        """Pairs of stops on one line as the kernel of rides reads them (PAIR (Q,))."""
        return records(PAIR, to=self.rides.pair % max(self.rides.stops, 1), ride_min=self.rides.ride_min)

    def city(self, persons: Array, trips: Array, fear: Array) -> City:
        """What the kernel of rides is told: people (PERSON), trips (TRIP) and P(feel unsafe) (float32 (24, C, S))."""
        return City(self.places, self.stops, self.pairs, persons, trips, fear, self.rates)

    def _stops_near(self) -> tuple[Array, Array]:
        """Stops (P, K) near places on the same island, and straight metres to them."""
        network, places = self.network, self.network.places
        stop, away = self.rides.nearest(places.x_m, places.y_m)
        ashore = np.zeros(stop.shape, bool)
        if len(network.stops):
            home = network.islands[places.junction][:, None]
            ashore = (stop >= 0) & (network.islands[network.stops.junction[np.maximum(stop, 0)]] == home)
        reached = ashore & (away <= self.parameters.longest_access_m)
        return np.where(reached, stop, NO_STOP), np.where(reached, away, _FAR_M)

    def _round(self, near: Array) -> Array:
        """By how many metres the way to each stop near a place is longer without steps (P, K); infinite without any."""
        longer, (graph, level) = np.zeros(near.shape), self.graphs
        place, k = np.nonzero(near >= 0)
        if graph is level or not place.size:
            return longer
        network = self.network
        ends = np.stack([network.places.junction[place], network.stops.junction[near[place, k]]]).astype(np.int32)
        pairs, row = np.unique(ends, axis=1, return_inverse=True)
        part = level_parts(level)
        barred = part[pairs[0]] != part[pairs[1]]
        asked = np.flatnonzero(~barred)
        wishes = Wishes(
            *np.ascontiguousarray(pairs[:, asked]),
            *(np.zeros(asked.size, kind) for kind in (np.int8, np.int8, np.float64)),
        )
        calm = np.zeros((1, 1, len(network.streets)), np.float32)
        metres = [
            routes.metres_of(routes.route_between(one, calm, network, wishes, 1), one.walk_m) for one in (level, graph)
        ]
        found = np.where(barred, np.inf, 0.0)
        longer_m = metres[0] - metres[1]
        found[asked] = np.where(longer_m > _SAME_M, longer_m, 0.0)
        longer[place, k] = found[row]
        return longer


def taxi_fare(parameters: Parameters, km: Array, pays: Array) -> Array:
    """The fare of a ride as the minutes that it is worth, more for people who can hardly pay it."""
    fare = parameters.taxi_fare_start + parameters.taxi_fare_km * km
    dear = np.where(pays, 1.0, parameters.taxi_dearer)
    return np.asarray(60.0 * fare / parameters.time_value * dear)


class Walks(NamedTuple):
    """Walks to be found: between junctions, by people at an hour."""

    origin: Array
    destination: Array
    hour: Array
    person: Array

    def take(self, rows: Array) -> "Walks":
        """Some of them."""
        return Walks(*(column[rows] for column in self))

    def routed(
        self, journeys: Journeys, fear: Array, *, who: tuple[Array, Array], threads: int
    ) -> tuple[Routed, Array]:
        """The route of each, and whether it is barred by steps (bool).

        Parameters
        ----------
        fear
            P(feel unsafe) as remembered (float32 (24, C, S)).
        who
            Perception class and willingness to detour of each person.
        """
        network, uses_wheelchair = journeys.network, journeys.people.wheelchair[self.person]
        wishes = Wishes(
            self.origin.astype(np.int32),
            self.destination.astype(np.int32),
            self.hour,
            who[0][self.person],
            who[1][self.person],
        )
        found = route_everybody(
            journeys.graphs, fear, network=network, wishes=wishes, uses_wheelchair=uses_wheelchair, threads=threads
        )
        return found, uses_wheelchair & takes_steps(network, found)
