"""How trips go once they are chosen: ways on foot, minutes door to door, and no trip before the one before it ends."""

import dataclasses
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from simulator.agenda.plans import Trips
from simulator.foundation.clock import MINUTE_MS
from simulator.foundation.records import records
from simulator.kernels import costs
from simulator.kernels.choosing import NOT_GOING
from simulator.kernels.costs import TRANSIT, WALK
from simulator.kernels.walking import WAIT, ways_ms
from simulator.travel.itineraries import Itineraries, together
from simulator.travel.journeys import Journeys
from simulator.travel.routes import Routed, join, metres_of
from simulator.travel.vehicles import InVehicle

Array = np.ndarray[Any, Any]
_SAME_M = 0.01
"""Ways whose lengths differ by less are the same way, added up in another order."""
THE_WAY, TO_STOP, FROM_STOP = range(3)


class Gates(NamedTuple):
    """Streets that nobody may walk along at some hours."""

    closed: Array
    """bool (24, S); of no rows where all is open."""
    inside: Array
    """Trips (bool (T,)) that set out behind a closed gate: who is inside may leave."""
    shut: Array
    """Trips (bool (T,)) whose way on foot leads through a closed gate, there being no other."""


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
    """

    pool: Routed
    barred: Array
    ways: Array

    @classmethod
    def none(cls, trips: int) -> "OnFoot":
        """Before anything was looked up."""
        nowhere = Routed(np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(1))
        return cls(nowhere, np.zeros(1, bool), np.zeros((3, trips), np.int64))

    def add(self, found: Routed, barred: Array) -> Array:
        """Put routes into the pool; their numbers there (int64)."""
        first = self.pool.start.size - 1
        self.pool, self.barred = join([self.pool, found]), np.concatenate([self.barred, barred])
        return np.arange(first, self.pool.start.size - 1)

    def take(self, numbers: Array) -> tuple[Routed, Array]:
        """Some routes of the pool, and whether each is barred."""
        return self.pool.take(numbers), self.barred[numbers]

    def differ(self, over_steps: Array, walk_m: Array) -> Array:
        """Trips (bool) whose way is longer than it would be over steps (routes by number, (T,))."""
        rows, found = np.flatnonzero(over_steps != self.ways[THE_WAY]), np.zeros(over_steps.size, bool)
        metres = [metres_of(self.pool.take(one[rows]), walk_m) for one in (self.ways[THE_WAY], over_steps)]
        found[rows] = np.abs(metres[0] - metres[1]) > _SAME_M
        return found

    def in_kernel(self, over_steps: Array, ride: Array, walk_m: Array, gates: Gates) -> costs.OnFoot:
        """The same as the kernel of choices reads it.

        Parameters
        ----------
        ride
            The rides (RIDE) between whose stops ways lead.
        gates
            Which streets are closed, and who that keeps from where.
        """
        way, to_stop, from_stop = self.ways
        ways = records(
            costs.WAYS,
            way=way,
            to_stop=to_stop,
            from_stop=from_stop,
            over_steps=over_steps,
            barred=self.barred[way] | gates.shut,
            inside=gates.inside,
            stop=ride["stop"],
            last_stop=ride["last_stop"],
        )
        return costs.OnFoot(walk_m, self.pool.start, self.pool.route, ways, gates.closed)


@dataclasses.dataclass
class Legs:
    """How each trip goes, in whole milliseconds.

    Parameters
    ----------
    foot
        Ways on foot.
    ride
        The rides (RIDE (T,)), which tell of the stops between the ways.
    mode
        One of `results.MODES`, or `NOT_GOING` (T,).
    slowed
        Factor on the own pace (T,).
    together_with
        Whether somebody comes along (bool (T,)).
    pace
        Milliseconds a metre of each person.
    """

    journeys: Journeys
    trips: Trips
    foot: OnFoot
    ride: Array
    mode: Array
    slowed: Array
    together_with: Array
    pace: Array

    def on_foot_ms(self, part: int, where: Array) -> Array:
        """Time of a part of some trips (bool) on foot at their pace, 0 for others; as the streets count it."""
        which = np.where(where, self.foot.ways[part], 0)
        pool, walk_m = self.foot.pool, self.journeys.graphs[0].walk_m
        return np.asarray(ways_ms(walk_m, pool.start, pool.route, which, self.pace[self.trips.person] * self.slowed))

    @cached_property
    def rides(self) -> Array:
        """Trips made by public transport (bool)."""
        return np.asarray(self.mode == TRANSIT)

    @cached_property
    def outside_ms(self) -> Array:
        """Time on foot outside the district."""
        speed = self.journeys.people.speed_m_s[self.trips.person]
        return _ms(self.trips.outside_m / speed / 60.0 * self.slowed)

    @cached_property
    def waits_ms(self) -> Array:
        """Standing at a stop."""
        return np.where(self.rides & (self.ride["stop"] >= 0), _ms(self.ride["wait_min"]), 0)

    @cached_property
    def board_ms(self) -> Array:
        """From setting out to the stop, of those who ride."""
        outside = _ms(self.ride["access_min"])
        return _ms(self.ride["put_off_min"]) + np.where(
            self.ride["stop"] >= 0, self.on_foot_ms(TO_STOP, self.rides), outside
        )

    @cached_property
    def leave_ms(self) -> Array:
        """From setting out to leaving the vehicle, of those who ride."""
        return self.board_ms + _ms(self.ride["wait_min"]) + _ms(self.ride["ride_min"])

    @cached_property
    def taken_ms(self) -> Array:
        """From door to door, 0 for who stays at home."""
        outside = _ms(self.ride["egress_min"])
        from_stop = np.where(self.ride["last_stop"] >= 0, self.on_foot_ms(FROM_STOP, self.rides), outside)
        by_mode = np.zeros((NOT_GOING + 1, len(self.trips)), np.int64)
        by_mode[:NOT_GOING] = _ms(self.journeys.in_vehicle(self.trips).T)
        by_mode[WALK] = self.on_foot_ms(THE_WAY, self.mode == WALK) + self.outside_ms
        by_mode[TRANSIT] = self.leave_ms + from_stop
        return np.asarray(by_mode[self.mode, np.arange(len(self.trips))])

    def aboard(self, rows: Array, depart_ms: Array) -> InVehicle:
        """The rides of some trips, each with at least one end in the district."""
        ride = self.ride
        at = np.where(ride["stop"] >= 0, ride["stop"], ride["last_stop"])
        rows = rows[self.rides[rows] & (at[rows] >= 0)]
        start_ms = (depart_ms + self.board_ms + _ms(ride["wait_min"]))[rows]
        segment = self.journeys.network.stops.segment[at[rows]]
        return InVehicle(self.trips.person[rows], start_ms, _ms(ride["ride_min"])[rows], segment)

    def itineraries(self, rows: Array, depart_ms: Array) -> Itineraries:
        """The walks and waits of some trips."""
        trips, foot, ride = self.trips, self.foot, self.ride
        company = np.where(self.together_with, self.journeys.parameters.company, 0.0)
        begins, _ = self.journeys.outside(trips)
        inside_ms = depart_ms + np.where(begins, self.outside_ms, 0)
        on_foot, rides = rows[self.mode[rows] == WALK], rows[self.rides[rows]]
        boards, leaves = rides[ride["stop"][rides] >= 0], rides[ride["last_stop"][rides] >= 0]
        put_off = depart_ms + _ms(ride["put_off_min"])
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
                (FROM_STOP, leaves, depart_ms + self.leave_ms),
            )
        ]
        if boards.size:
            at = self.journeys.network.stops.segment[ride["stop"][boards]]
            start_ms, waits = (depart_ms + self.board_ms)[boards], self.waits_ms[boards]
            parts.append(
                Itineraries.stays(trips.person[boards], start_ms, waits, at, company=company[boards], kind=WAIT)
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
