"""What each way of travelling costs on each trip: minutes, and minutes on foot or at a stop that would feel unsafe.

The whole journey counts: on transit the walk to a stop, the wait there, the ride, a change, and the walk from the last
stop. Lengths outside the district are known only as metres; what they feel like is unknown, and taken to be as inside.
Axis letters: T trips, K stops near an end.
"""

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from simulator.agenda.plans import Trips
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation.clock import HOUR_MS, HOURS, MINUTE_MS
from simulator.kernels.routing import Graph, Wishes
from simulator.people.population import People
from simulator.travel.routes import Routed
from simulator.travel.service import Rides, Service
from simulator.travel.step_free import route_everybody, takes_steps

Array = np.ndarray[Any, Any]
WALK, BICYCLE, DRIVER, PASSENGER, TRANSIT, TAXI = range(6)
_KM = 1000.0
_OUT, _NO_STOP = -1, -2
_FAR_M = 1e6
"""Metres to a stop that is not there."""
_OUTSIDE = tuple(PLACE_KINDS.index(kind) for kind in ("gateway", "stop"))


class Fear(NamedTuple):
    """How unsafe streets feel to the classes of people, as remembered."""

    table: Array  # float32 (24, classes, S): P(feel unsafe)
    group: Array  # int8 (P,): class of each person
    rate: Array  # float64 (P,): minutes that a person would travel rather than feel unsafe for one

    def at(self, hour: Array, person: Array, segment: Array) -> Array:
        """P(feel unsafe) of people at segments (float64, any shape that fits together)."""
        return self.table[hour, self.group[person], segment].astype(np.float64)


class Ride(NamedTuple):
    """The best ride of each trip; infinite minutes where there is none."""

    minutes: Array  # float64 (T,): walks, wait as it is valued, ride and change
    unsafe_min: Array  # float64 (T,): minutes on the way to, at and from stops that would feel unsafe
    access_min: Array  # float64 (T,)
    egress_min: Array  # float64 (T,)
    unsafe_at_stop: Array  # float64 (T,): P(feel unsafe) there, 0 outside the district
    stop: Array  # int64 (T,): where it is boarded, -1 outside the district
    last_stop: Array  # int64 (T,): where it is left, -1 outside the district
    put_off_min: Array  # float64 (T,): how much later people leave, to stand less at the stop
    wait_min: Array  # float64 (T,): at the stop
    ride_min: Array  # float64 (T,): in the vehicle and changing


@dataclasses.dataclass(frozen=True)
class Journeys:
    """What is asked of a city to know how somebody gets about in it.

    Parameters
    ----------
    women
        How much each person waits as women do: 1 women, 0 men (float64 (P,)).
    walk_weight
        Minutes of a ride that one on foot is worth.
    """

    network: StreetNetwork
    people: People
    parameters: Parameters
    rides: Rides
    women: Array
    walk_weight: float

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
        minutes = np.zeros((len(trips), 6))
        minutes[:, BICYCLE] = 60.0 * km / parameters.bicycle_speed
        for mode in (DRIVER, PASSENGER, TAXI):
            minutes[:, mode] = 60.0 * km / parameters.car_speed
        minutes[:, TAXI] += parameters.taxi_wait_min
        return minutes

    def door_to_door(self, trips: Trips) -> Array:
        """The same, with a taxi's fare as the minutes that it is worth, more for people who can hardly pay it."""
        minutes = self.in_vehicle(trips)
        minutes[:, TAXI] += taxi_fare(
            self.parameters, self.metres(trips) / _KM, self.people.can_afford_taxi[trips.person]
        )
        return minutes

    def ride(self, trips: Trips, depart_ms: Array, service: Service, fear: Fear | None) -> Ride:
        """The ride of each trip that costs least with what is feared; nobody fears anything without a `fear`."""
        parameters, places, person = self.parameters, self.network.places, trips.person
        begins, ends = self.outside(trips)
        speed = self.people.speed_m_s[person][:, None] * 60.0
        one, one_m = self._stops_near(trips.origin, begins)
        other, other_m = self._stops_near(trips.destination, ends)
        per_metre = parameters.planned_over_straight / speed
        to_stop = np.where(begins[:, None] & (one_m == 0), parameters.outside_stop_min, one_m * per_metre)
        from_stop = np.where(ends[:, None] & (other_m == 0), parameters.outside_stop_min, other_m * per_metre)
        board_min = depart_ms[:, None] / MINUTE_MS + to_stop
        wait, ride = self._between(service, trips, (one[:, :, None], other[:, None, :]), board_min[:, :, None])
        stand = np.minimum(wait, parameters.longest_stand_min)
        unsafe = np.zeros((3, *wait.shape))
        if fear is not None:
            who, hour = person[:, None], np.floor(board_min / 60.0).astype(np.int64) % HOURS
            at_stop, at_last = self._at_stop(fear, hour, who, one), self._at_stop(fear, hour, who, other)
            home, goal = places.segment[trips.origin][:, None], places.segment[trips.destination][:, None]
            unsafe[0] = (to_stop * (fear.at(hour, who, home) + at_stop) / 2)[:, :, None]
            unsafe[1] = np.where(one[:, :, None] >= 0, at_stop[:, :, None], 0.0)
            unsafe[2] = (from_stop * (fear.at(hour, who, goal) + at_last) / 2)[:, None, :]
        valued = self.valued_wait(stand, unsafe[1], self.women[person][:, None, None])
        on_foot = to_stop[:, :, None] + from_stop[:, None, :]
        minutes = self.walk_weight * on_foot + valued + (wait - stand) + ride
        feared = unsafe[0] + stand * unsafe[1] + unsafe[2]
        rate = 0.0 if fear is None else fear.rate[person][:, None, None]
        choices = wait.shape[1] * wait.shape[2]
        best = (minutes + rate * feared).reshape(len(trips), choices).argmin(axis=1)

        def pick(values: Array) -> Array:
            return np.broadcast_to(values, wait.shape).reshape(len(trips), choices)[np.arange(len(trips)), best]

        return Ride(
            minutes=pick(minutes),
            unsafe_min=pick(feared),
            access_min=pick(to_stop[:, :, None]),
            egress_min=pick(from_stop[:, None, :]),
            unsafe_at_stop=pick(unsafe[1]),
            stop=pick(one[:, :, None]),
            last_stop=pick(other[:, None, :]),
            put_off_min=pick(wait - stand),
            wait_min=pick(stand),
            ride_min=pick(ride),
        )

    def valued_wait(self, wait_min: Array, unsafe: Array, women: Array) -> Array:
        """What minutes at a stop are worth in minutes of a ride: more, and still more for women who feel unsafe.

        Fan, Guthrie and Levinson (2016): waits feel longer than they are, those of women of more than ten minutes
        where they feel insecure far longer.
        """
        parameters = self.parameters
        beyond = np.maximum(wait_min - parameters.wait_insecure_from_min, 0.0)
        insecure = np.where(unsafe > 0, beyond * unsafe * women * (parameters.wait_insecure_factor - 1.0), 0.0)
        return np.asarray(parameters.wait_value * parameters.wait_reported * (wait_min + insecure))

    def _between(
        self, service: Service, trips: Trips, stops: tuple[Array, Array], board_min: Array
    ) -> tuple[Array, Array]:
        """Minutes waited and ridden, (T, K, K) each: on one line, or with a change where that is quicker."""
        parameters, rides = self.parameters, self.rides
        one, other = np.broadcast_arrays(*stops)
        board_min = np.broadcast_to(board_min, one.shape)
        there = (one >= 0) & (other >= 0)
        _, wait, ride = service.wait_between(np.where(there, one, -1), other, board_min)
        known = np.where(one >= 0, one, other)  # who comes from outside waits for what stops here
        first = np.where(known >= 0, service.wait_at(known, board_min), service.wait_anywhere(board_min))
        second = np.where(there, service.wait_at(other, board_min), 0.0)
        apart = np.hypot(*(self._position(one, trips.origin) - self._position(other, trips.destination)))
        beyond = np.where(there, 0.0, trips.outside_m[:, None, None])
        metres = parameters.ride_over_straight * apart + beyond
        change = np.where(there & rides.has_lines, parameters.change_min, 0.0)
        anyhow = 60.0 * metres / _KM / parameters.ride_speed + change
        anyhow = np.where(there & (one == other), np.inf, anyhow)
        missing = (one == _NO_STOP) | (other == _NO_STOP) | ~np.isfinite(second)
        changes = np.where(missing, np.inf, first + anyhow) < wait + ride
        wait, ride = np.where(changes, first, wait), np.where(changes, anyhow, ride)
        served = np.isfinite(wait) & np.isfinite(ride)
        return np.where(served, wait, np.inf), np.where(served, ride, np.inf)

    def _position(self, stop: Array, place: Array) -> Array:
        places, xy = self.network.places, self.rides.stop_xy
        own = np.stack([places.x_m[place], places.y_m[place]])[:, :, None, None]
        if not xy.size:
            return np.broadcast_to(own, (2, *stop.shape))
        return np.where(stop >= 0, xy[np.maximum(stop, 0)].transpose(3, 0, 1, 2), own)

    def _stops_near(self, place: Array, outside: Array) -> tuple[Array, Array]:
        """Stops (T, K) near places on the same island and straight metres to them; -1 and 0 m where that is outside."""
        network = self.network
        stop, away = self.rides.nearest(network.places.x_m[place], network.places.y_m[place])
        if len(network.stops):
            islands = network.islands
            home = islands[network.places.junction[place]][:, None]
            ashore = (stop >= 0) & (islands[network.stops.junction[np.maximum(stop, 0)]] == home)
        else:
            ashore = np.zeros(stop.shape, bool)
        reached = ashore & (away <= self.parameters.longest_access_m)
        stop, away = np.where(reached, stop, _NO_STOP), np.where(reached, away, _FAR_M)
        stop[outside], away[outside] = _NO_STOP, _FAR_M
        stop[outside, 0], away[outside, 0] = _OUT, 0.0
        return stop, away

    def _at_stop(self, fear: Fear, hour: Array, who: Array, stop: Array) -> Array:
        if not len(self.network.stops):
            return np.zeros(stop.shape)
        segment = self.network.stops.segment[np.maximum(stop, 0)]
        return np.where(stop >= 0, fear.at(hour, who, segment), 0.0)


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

    def routed(
        self, journeys: Journeys, graphs: tuple[Graph, Graph], fear: Fear, *, willingness: Array, threads: int
    ) -> tuple[Routed, Array]:
        """The route of each, by the person's own willingness to detour, and whether it is barred by steps (bool)."""
        wishes = Wishes(
            self.origin.astype(np.int32),
            self.destination.astype(np.int32),
            self.hour.astype(np.int8),
            fear.group[self.person],
            willingness[self.person],
        )
        network, uses_wheelchair = journeys.network, journeys.people.wheelchair[self.person]
        found = route_everybody(
            graphs, fear.table, network=network, wishes=wishes, uses_wheelchair=uses_wheelchair, threads=threads
        )
        return found, uses_wheelchair & takes_steps(network, found)


def unsafe_metres(routed: Routed, fear: Fear, hour: Array, person: Array, walk_m: Array, company: float = 0.0) -> Array:
    """Metres of routes weighted by the probability that they feel unsafe, at an hour and in company (float64)."""
    row = np.repeat(np.arange(routed.start.size - 1), np.diff(routed.start))
    unsafe = in_company(fear.at(hour[row], person[row], routed.route), company)
    return np.bincount(row, weights=unsafe * walk_m[routed.route], minlength=routed.start.size - 1)


def in_company(unsafe: Array, company: float) -> Array:
    """P(feel unsafe) with `company` added to the log-odds of feeling safe."""
    return np.asarray(unsafe / (unsafe + (1.0 - unsafe) * np.exp(company)))


def hour_of(moment_ms: Array) -> Array:
    """Clock hour (int8) of moments of the day."""
    return np.asarray((moment_ms // HOUR_MS % HOURS).astype(np.int8))
