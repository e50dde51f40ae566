"""How trips go once they are chosen: ways on foot, minutes door to door, and no trip before the one before it ends."""

import dataclasses
from typing import Any

import numpy as np

from simulator.agenda.plans import Trips
from simulator.foundation.clock import MINUTE_MS
from simulator.kernels.walking import WAIT
from simulator.travel.itineraries import Itineraries, together
from simulator.travel.journeys import TRANSIT, WALK, Journeys, Ride
from simulator.travel.routes import Routed
from simulator.travel.vehicles import InVehicle

Array = np.ndarray[Any, Any]
THE_WAY, TO_STOP, FROM_STOP = range(3)


@dataclasses.dataclass
class OnFoot:
    """Routes found so far, and which is whose.

    Parameters
    ----------
    pool
        The routes; the first is that of nobody.
    barred
        Whether somebody in a wheelchair meets steps on each (bool).
    ways
        Route of each trip: the way itself, to the stop, from the last stop; 0 for none (int64 (3, T)).
    over_steps
        The same if everybody took steps.
    """

    pool: Routed
    barred: Array
    ways: Array
    over_steps: Array

    @classmethod
    def none(cls, trips: int) -> "OnFoot":
        """Before anything was looked up."""
        nowhere = Routed(np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(1))
        return cls(nowhere, np.zeros(1, bool), np.zeros((3, trips), np.int64), np.zeros((3, trips), np.int64))

    def of(self, trips: Array) -> "OnFoot":
        """The same for some trips (rows)."""
        return OnFoot(self.pool, self.barred, self.ways[:, trips], self.over_steps[:, trips])

    def without_barriers(self) -> "OnFoot":
        """As if everybody took steps."""
        return OnFoot(self.pool, np.zeros_like(self.barred), self.over_steps, self.over_steps)

    @property
    def barred_way(self) -> Array:
        """Trips (bool) with steps on the way, for somebody in a wheelchair."""
        return np.asarray(self.barred[self.ways[THE_WAY]])

    @property
    def barred_ride(self) -> Array:
        """Trips (bool) with steps on the way to the stop or from the last one, for somebody in a wheelchair."""
        return np.asarray(self.barred[self.ways[TO_STOP]] | self.barred[self.ways[FROM_STOP]])

    def hindered(self, walk_m: Array) -> Array:
        """Trips (bool) of which some way is barred by steps, or goes round them."""
        length_m = self.metres(np.arange(self.pool.start.size - 1), walk_m)
        around = (length_m[self.ways] != length_m[self.over_steps]).any(axis=0)
        return np.asarray(around | self.barred_way | self.barred_ride)

    def metres(self, which: Array, walk_m: Array) -> Array:
        """Length of routes of the pool (float64)."""
        row = np.repeat(np.arange(self.pool.start.size - 1), np.diff(self.pool.start))
        each = np.bincount(row, weights=walk_m[self.pool.route], minlength=self.pool.start.size - 1)
        return np.asarray(each[which])

    def round_m(self, walk_m: Array) -> Array:
        """How much longer the ways to and from stops are for going round steps (float64 (T,))."""
        rows = np.flatnonzero((self.ways != self.over_steps)[[TO_STOP, FROM_STOP]].any(axis=0))
        longer = np.zeros(self.ways.shape[1])
        for part in (TO_STOP, FROM_STOP) if rows.size else ():
            longer[rows] += self.metres(self.ways[part, rows], walk_m) - self.metres(
                self.over_steps[part, rows], walk_m
            )
        return np.maximum(longer, 0.0)


@dataclasses.dataclass
class Legs:
    """How each trip goes, in whole milliseconds.

    Parameters
    ----------
    foot
        Ways on foot; `ride` tells of the stops between them.
    mode
        One of `results.MODES`, or `modes.NOT_GOING` (T,).
    slowed
        Factor on the own pace (T,).
    together_with
        Whether somebody comes along (bool (T,)).
    walk_m, pace
        Metres of each segment as walked; milliseconds a metre of each person.
    """

    journeys: Journeys
    trips: Trips
    foot: OnFoot
    ride: Ride
    mode: Array
    slowed: Array
    together_with: Array
    walk_m: Array
    pace: Array

    def on_foot_ms(self, part: int) -> Array:
        """Time of a part of each trip on foot at its pace; as the streets count it, a segment at a time."""
        which = self.foot.ways[part]
        routed = self.foot.pool.take(which)
        row = np.repeat(np.arange(which.size), np.diff(routed.start))
        pace = self.pace[self.trips.person] * self.slowed
        each = np.maximum(1, (self.walk_m[routed.route] * pace[row] + 0.5).astype(np.int64))
        return np.bincount(row, weights=each, minlength=which.size).astype(np.int64)

    def outside_ms(self) -> Array:
        """Time on foot outside the district."""
        speed = self.journeys.people.speed_m_s[self.trips.person]
        return _ms(self.trips.outside_m / speed / 60.0 * self.slowed)

    def waits_ms(self) -> Array:
        """Standing at a stop."""
        return np.where((self.mode == TRANSIT) & (self.ride.stop >= 0), _ms(self.ride.wait_min), 0)

    def board_ms(self) -> Array:
        """From setting out to the stop."""
        outside = _ms(self.ride.access_min)
        return _ms(self.ride.put_off_min) + np.where(self.ride.stop >= 0, self.on_foot_ms(TO_STOP), outside)

    def leave_ms(self) -> Array:
        """From setting out to leaving the vehicle."""
        return self.board_ms() + _ms(self.ride.wait_min) + _ms(self.ride.ride_min)

    def taken_ms(self) -> Array:
        """From door to door, 0 for who stays at home."""
        outside = _ms(self.ride.egress_min)
        from_stop = np.where(self.ride.last_stop >= 0, self.on_foot_ms(FROM_STOP), outside)
        by_mode = [self.on_foot_ms(THE_WAY) + self.outside_ms()]
        vehicles = self.journeys.in_vehicle(self.trips)
        by_mode += [_ms(vehicles[:, mode]) for mode in range(1, vehicles.shape[1])]
        by_mode[TRANSIT] = self.leave_ms() + from_stop
        by_mode.append(np.zeros(len(self.trips), np.int64))
        return np.stack(by_mode, axis=1)[np.arange(len(self.trips)), self.mode]

    def aboard(self, rows: Array, depart_ms: Array) -> InVehicle:
        """The rides of some trips, each with at least one end in the district."""
        ride = self.ride
        at = np.where(ride.stop >= 0, ride.stop, ride.last_stop)
        rows = rows[(self.mode[rows] == TRANSIT) & (at[rows] >= 0)]
        start_ms = (depart_ms + self.board_ms() + _ms(ride.wait_min))[rows]
        segment = self.journeys.network.stops.segment[at[rows]]
        return InVehicle(self.trips.person[rows], start_ms, _ms(ride.ride_min)[rows], segment)

    def itineraries(self, rows: Array, depart_ms: Array) -> Itineraries:
        """The walks and waits of some trips."""
        trips, foot, ride = self.trips, self.foot, self.ride
        company = np.where(self.together_with, self.journeys.parameters.company, 0.0)
        begins, _ = self.journeys.outside(trips)
        inside_ms = depart_ms + np.where(begins, self.outside_ms(), 0)
        on_foot, rides = rows[self.mode[rows] == WALK], rows[self.mode[rows] == TRANSIT]
        boards, leaves = rides[ride.stop[rides] >= 0], rides[ride.last_stop[rides] >= 0]
        board_ms, leave_ms = depart_ms + self.board_ms(), depart_ms + self.leave_ms()
        put_off = depart_ms + _ms(ride.put_off_min)
        parts = [
            Itineraries.walks(
                trips.person[some],
                start[some],
                foot.pool.take(foot.ways[part, some]),
                company=company[some],
                slowed=self.slowed[some],
            )
            for part, some, start in (
                (THE_WAY, on_foot, inside_ms),
                (TO_STOP, boards, put_off),
                (FROM_STOP, leaves, leave_ms),
            )
        ]
        stops = self.journeys.network.stops
        if boards.size:
            at = stops.segment[ride.stop[boards]]
            waits = self.waits_ms()[boards]
            parts.append(
                Itineraries.stays(trips.person[boards], board_ms[boards], waits, at, company=company[boards], kind=WAIT)
            )
        return together(parts)


def one_after_the_other(trips: Trips, wished_ms: Array, taken_ms: Array, made: Array) -> Array:
    """When trips set out (int64 ms): nobody sets out within a minute of the end of the trip made before.

    Within a person, in order of wished departure, whatever the tour. With S_k the time that the trips made before k
    take, a minute more each, k sets out at S_k + the greatest of wished - S among it and those before: the queue of
    one server in closed form. Trips not made take no time and keep their hour; what is put off beyond 04:00 stays a
    trip of this day.

    Parameters
    ----------
    wished_ms
        When each would set out (T,).
    taken_ms
        From door to door (T,).
    made
        Whether it is made at all (bool (T,)).
    """
    if not len(trips):
        return wished_ms.copy()
    order = np.lexsort((trips.leg, trips.tour, wished_ms, trips.person))
    taken = np.where(made, taken_ms + MINUTE_MS, 0)[order]
    first = np.r_[True, np.diff(trips.person[order]) != 0]
    person = np.cumsum(first) - 1
    before = np.cumsum(taken) - taken
    before -= before[first][person]
    lead = wished_ms[order] - before
    lift = person * (int(lead.max()) - int(lead.min()) + 1)  # so that the greatest so far never reaches over people
    depart = wished_ms.copy()
    depart[order] = before + np.maximum.accumulate(lead + lift) - lift
    return np.where(made, depart, wished_ms)


def _ms(minutes: Array) -> Array:
    """Whole milliseconds; 0 for what cannot be done."""
    return np.where(np.isfinite(minutes), minutes * MINUTE_MS + 0.5, 0.0).astype(np.int64)
