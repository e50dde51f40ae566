"""What is chosen on one day: from wished trips to modes, times, company and the rows that the streets see."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.choices import Routed, join
from simulator.itineraries import Itineraries, together
from simulator.journeys import TRANSIT, WALK, Fear, Journeys, Ride, Walks, hour_of, in_company, unsafe_metres
from simulator.kernels.routing import Graph
from simulator.kernels.walking import WAIT
from simulator.modes import (
    BACK_BY,
    COMPANY,
    NOT_GOING,
    SHIFTS_MS,
    Minutes,
    Tastes,
    Tour,
    Values,
    may_shift,
    not_going,
    payable,
    values_of,
)
from simulator.outcomes import STEPS, primary_outcome, reasons
from simulator.plans import MINUTE_MS, Tours, Trips
from simulator.service import Service
from simulator.vehicles import Aboard

Array = np.ndarray[Any, Any]
_HOPELESS = 5.0
"""Log-odds by which a ride must fall behind walking before its walks are guessed, not looked up on the streets."""


@dataclasses.dataclass(frozen=True)
class DayChoices:
    """What was wished and chosen on one day.

    Parameters
    ----------
    routed
        The way on foot of each trip, empty where that is out of reach (by the wished hour, whatever is chosen).
    probability_made
        P(a tour is made by whatever mode) (N,).
    made, mode, outcome, why, variant
        Of each trip: whether it is made, by which of `results.MODES`, its primary outcome, bits of `outcomes.WHY`,
        and how (`modes.SHIFTS_MS`).
    fearless_mode
        By which mode each trip would be made at noon's departures and without fear, -1 for none.
    depart_ms, rows
        When each trip sets out, and the walks and waits of those made.
    waits_ms
        Standing at a stop of each trip made.
    aboard
        Rides of the trips made by public transport.
    """

    tours: Tours
    trips: Trips
    routed: Routed
    probability_made: Array
    made: Array
    mode: Array
    outcome: Array
    why: Array
    fearless_mode: Array
    depart_ms: Array
    rows: Itineraries
    waits_ms: Array
    aboard: Aboard

    def itineraries(self) -> Itineraries:
        """Walks and waits of the trips that are made."""
        return self.rows

    @property
    def walked(self) -> Array:
        """Trips that are made on foot all the way (bool)."""
        return np.asarray(self.made & (self.mode == WALK))


@dataclasses.dataclass(frozen=True)
class Chooser:
    """Everything that a day's choice hangs on.

    Parameters
    ----------
    service, at_noon
        What runs in this arm; and by the city's own tables at noon, taken to run at any hour.
    graphs
        The streets, and the streets without steps.
    open_at
        bool (24, places).
    pace
        Milliseconds a metre of each person.
    """

    journeys: Journeys
    tastes: Tastes
    service: Service
    at_noon: Service
    fear: Fear
    graphs: tuple[Graph, Graph]
    willingness: Array
    open_at: Array
    pace: Array
    threads: int

    def choose(self, tours: Tours, trips: Trips, day: int) -> DayChoices:
        """Choose for every tour."""
        return _Day.begin(self, tours, trips, day).decide()


@dataclasses.dataclass
class _OnFoot:
    """Routes found so far, and which is whose: the way itself, to the stop, from the last stop (0: none).

    `barred` says of each route whether somebody in a wheelchair meets steps on it.
    """

    pool: Routed
    barred: Array
    way: Array
    to_stop: Array
    from_stop: Array

    def of(self, trips: Array) -> "_OnFoot":
        """The same for some trips (rows)."""
        return _OnFoot(self.pool, self.barred, self.way[trips], self.to_stop[trips], self.from_stop[trips])

    @property
    def bars_rides(self) -> Array:
        """Trips (bool) with steps on the way to the stop or from the last one, for somebody in a wheelchair."""
        return np.asarray(self.barred[self.to_stop] | self.barred[self.from_stop])

    def minutes(self, which: Array, walk_m: Array, speed: Array) -> Array:
        row = np.repeat(np.arange(self.pool.start.size - 1), np.diff(self.pool.start))
        metres = np.bincount(row, weights=walk_m[self.pool.route], minlength=self.pool.start.size - 1)
        return np.asarray(metres[which] / speed / 60.0)


@dataclasses.dataclass
class _Day:
    of: Chooser
    tour: Tour
    speed: Array
    metres: Array
    fixed: Array
    ride: Ride
    foot: _OnFoot

    @classmethod
    def begin(cls, of: Chooser, tours: Tours, trips: Trips, day: int) -> "_Day":
        """Look up rides, and the ways on foot that can matter."""
        journeys = of.journeys
        people, parameters = journeys.people, journeys.parameters
        speed, metres = people.speed_m_s[trips.person], journeys.metres(trips)
        ride = journeys.ride(trips, trips.depart_ms, of.service, of.fear)
        planned = metres / speed / 60.0
        walkable = planned <= parameters.longest_walk_min
        weight = of.tastes.walk_weight
        runs = np.isfinite(ride.minutes)
        behind = of.tastes.per_minute * (np.where(runs, ride.minutes, 0.0) - weight * planned)
        rides = runs & ~(walkable & (behind > _HOPELESS))
        tour = Tour.of(tours, trips, people, parameters, day)
        none = np.zeros(len(trips), np.int64)
        nowhere = Routed(np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(1))
        foot = _OnFoot(nowhere, np.zeros(1, bool), none, none, none)
        made = cls(of, tour, speed, metres, journeys.door_to_door(trips), ride, foot)
        made._look_up(ride, walkable, rides, trips.depart_ms)
        return made

    def _look_up(self, ride: Ride, walks: Array, rides: Array, depart_ms: Array) -> None:
        """Route the ways on foot of some trips (bool (T,) each), and put them into the pool."""
        trips, network = self.tour.trips, self.of.journeys.network
        places, stops = network.places, network.stops
        there = [walks, rides & (ride.stop >= 0), rides & (ride.last_stop >= 0)]
        rows = [np.flatnonzero(one) for one in there]
        if not any(one.size for one in rows):
            return
        home, goal = places.junction[trips.origin], places.junction[trips.destination]
        begin, end, when = [home[rows[0]]], [goal[rows[0]]], [depart_ms[rows[0]]]
        if rows[1].size or rows[2].size:
            onwards = (ride.to_stop_min + ride.put_off_min + ride.wait_min + ride.ride_min)[rows[2]] * MINUTE_MS
            begin += [home[rows[1]], stops.junction[ride.last_stop[rows[2]]]]
            end += [stops.junction[ride.stop[rows[1]]], goal[rows[2]]]
            when += [depart_ms[rows[1]], depart_ms[rows[2]] + onwards.astype(np.int64)]
        else:
            rows = rows[:1]
        walks_of = Walks(
            np.concatenate(begin),
            np.concatenate(end),
            hour_of(np.concatenate(when)),
            np.concatenate([trips.person[one] for one in rows]),
        )
        of = self.of
        found, barred = walks_of.routed(of.journeys, of.graphs, of.fear, willingness=of.willingness, threads=of.threads)
        at = self.foot.pool.start.size - 1
        self.foot.pool = join([self.foot.pool, found])
        self.foot.barred = np.concatenate([self.foot.barred, barred])
        for name, one in zip(("way", "to_stop", "from_stop"), rows, strict=False):
            which = getattr(self.foot, name).copy()
            which[one] = at + np.arange(one.size)
            setattr(self.foot, name, which)
            at += one.size

    def _unsafe(self, which: Array, moment_ms: Array, company: float = 0.0) -> Array:
        """Minutes of ways on foot that would feel unsafe at moments."""
        routed, trips = self.foot.pool.take(which), self.tour.trips
        metres = unsafe_metres(
            routed, self.of.fear, hour_of(moment_ms), trips.person, self.of.graphs[0].walk_m, company
        )
        return np.asarray(metres / self.speed / 60.0)

    def _minutes(self, which: Array) -> Array:
        return self.foot.minutes(which, self.of.graphs[0].walk_m, self.speed)

    def costs(self, ride: Ride, depart_ms: Array, *, fear: bool = True, together: bool = False) -> Minutes:
        """What every trip costs by mode at given departures and rides; in company if `together`."""
        trips, tastes, parameters = self.tour.trips, self.of.tastes, self.of.journeys.parameters
        company = parameters.company if together else 0.0
        slowed = self.tour.slowed[trips.tour] if together else np.ones(len(trips))
        minutes, unsafe = self.fixed.copy(), np.zeros_like(self.fixed)
        way = self._minutes(self.foot.way)
        beyond = trips.beyond_m / self.speed / 60.0
        can = (self.foot.way > 0) & ~self.foot.barred[self.foot.way]
        minutes[:, WALK] = np.where(can, tastes.walk_weight * slowed * (way + beyond), np.inf)
        longer = (slowed - 1.0) * (ride.to_stop_min + ride.from_stop_min)
        barred = self._same(ride) & self.foot.bars_rides
        minutes[:, TRANSIT] = np.where(barred, np.inf, ride.minutes + tastes.walk_weight * longer)
        if fear:
            share = np.divide(way + beyond, way, out=np.ones_like(way), where=way > 0)
            unsafe[:, WALK] = slowed * share * self._unsafe(self.foot.way, depart_ms, company)
            unsafe[:, TRANSIT] = self._unsafe_ride(ride, depart_ms, company, slowed)
        return Minutes(minutes, unsafe)

    def _same(self, ride: Ride) -> Array:
        """Trips whose stops are those whose ways on foot were looked up."""
        same = (ride.stop == self.ride.stop) & (ride.last_stop == self.ride.last_stop)
        return same & ((self.foot.to_stop > 0) | (self.foot.from_stop > 0))

    def _unsafe_ride(self, ride: Ride, depart_ms: Array, company: float, slowed: Array) -> Array:
        same = self._same(ride)
        waits = ride.wait_min * in_company(ride.unsafe_at_stop, company)
        onwards = (ride.to_stop_min + ride.put_off_min + ride.wait_min + ride.ride_min) * MINUTE_MS
        arrive_ms = depart_ms + np.where(np.isfinite(onwards), onwards, 0).astype(np.int64)
        known = self._unsafe(self.foot.to_stop, depart_ms, company)
        known += self._unsafe(self.foot.from_stop, arrive_ms, company)
        on_foot = np.maximum(ride.unsafe_min - ride.wait_min * ride.unsafe_at_stop, 0.0)
        walked = ride.to_stop_min + ride.from_stop_min
        share = np.divide(on_foot, walked, out=np.zeros_like(walked), where=walked > 0)
        guessed = walked * in_company(np.clip(share, 0.0, 1.0), company)
        return np.asarray(waits + slowed * np.where(same, known, guessed))

    def decide(self) -> DayChoices:
        """Compare what people do with what they would do at noon and without fear, by the same luck."""
        of, tour, trips = self.of, self.tour, self.tour.trips
        journeys, parameters = of.journeys, of.journeys.parameters

        def worth(pair: Sequence[Minutes], shifted: dict[int, tuple[Array, Minutes]] | None = None) -> Values:
            return values_of(tour, of.tastes, parameters, pair[0], company=pair[1], shifted=shifted)

        def both(ride: Ride, *, fear: bool) -> list[Minutes]:
            return [self.costs(ride, trips.depart_ms, fear=fear, together=company) for company in (False, True)]

        def calm(service: Service) -> Values:
            return worth(both(journeys.ride(trips, trips.depart_ms, service, None), fear=False))

        noon = of.at_noon
        as_wished = calm(noon)
        stay_home = not_going(as_wished, parameters)
        pair = both(self.ride, fear=True)
        shifts = self._shifts(pair[0])
        shifted = {variant: (rows, then) for variant, (rows, then, _) in shifts.items()}
        real = worth(pair, shifted)
        served = worth(both(journeys.ride(trips, trips.depart_ms, noon, of.fear), fear=True), shifted)
        paid = worth([payable(one, trips, journeys.people, parameters, self.metres) for one in pair], shifted)
        each = (real, as_wished, calm(of.service), served, paid)
        chosen = [values.chosen(stay_home, tour.luck) for values in each]
        return self._told(real.probability_going(stay_home), chosen, shifts)

    def _shifts(self, costs: Minutes) -> dict[int, tuple[Array, Minutes, Ride]]:
        """Tours that could gain by another time, and what their trips cost then, by variant."""
        of, tour, trips, tours = self.of, self.tour, self.tour.trips, self.tour.tours
        tastes, parameters = of.tastes, of.journeys.parameters
        least = tastes.per_minute * parameters.shift_min_per_hour
        feared = tour.summed(costs.unsafe)[:, (WALK, TRANSIT)].max(axis=1) * tastes.per_unsafe_minute[tours.person]
        stranded = np.bincount(trips.tour, weights=~np.isfinite(self.ride.minutes), minlength=len(tours)) > 0
        stranded &= len(of.journeys.network.stops) > 0
        longest = np.minimum(self.metres / self.speed / 60.0, parameters.longest_walk_min) * MINUTE_MS
        end_ms = np.zeros(len(tours), np.int64)
        np.maximum.at(end_ms, trips.tour, trips.depart_ms + longest.astype(np.int64))
        allowed = may_shift(tours, trips, end_ms, of.open_at[:, trips.destination])
        allowed &= ((feared > least) | stranded)[:, None]
        found = {}
        for variant in range(COMPANY + 1, BACK_BY):
            rows = np.flatnonzero(allowed[:, variant])
            if rows.size:
                found[variant] = self._shifted(rows, variant)
        return found

    def _shifted(self, rows: Array, variant: int) -> tuple[Array, Minutes, Ride]:
        tour, trips = self.tour, self.tour.trips
        mine = np.flatnonzero(np.isin(trips.tour, rows))
        depart_ms = trips.depart_ms + SHIFTS_MS[variant]
        ride = self.of.journeys.ride(trips.take(mine), depart_ms[mine], self.of.service, self.of.fear)
        every = Ride(*(_laid(was, mine, then) for was, then in zip(self.ride, ride, strict=True)))
        part = _Day(
            self.of,
            dataclasses.replace(tour, trips=trips.take(mine), back=tour.back[mine]),
            self.speed[mine],
            self.metres[mine],
            self.fixed[mine],
            Ride(*(values[mine] for values in self.ride)),
            self.foot.of(mine),
        )
        then = part.costs(ride, depart_ms[mine])
        none = np.full((len(trips), then.minutes.shape[1]), np.inf)
        costs = Minutes(_laid(none, mine, then.minutes), _laid(np.zeros_like(none), mine, then.unsafe))
        return rows, costs, every

    def _told(
        self, probability: Array, chosen: list[tuple[Array, Array]], shifts: dict[int, tuple[Array, Minutes, Ride]]
    ) -> DayChoices:
        """The choices trip by trip, with routes for whoever rides from a stop that was not looked up yet."""
        trips, tour = self.tour.trips, self.tour
        modes = [np.where(self._home_by(pick) >= 0, self._home_by(pick), pick[0][trips.tour]) for pick in chosen]
        variants = [pick[1][trips.tour] for pick in chosen]
        mode, variant = modes[0], variants[0]
        made = mode != NOT_GOING
        ride = self.ride
        for other, (_, _, then) in shifts.items():
            rows = np.flatnonzero(variant == other)
            ride = Ride(*(_laid(was, rows, now[rows]) for was, now in zip(ride, then, strict=True)))
        shift = np.array([*SHIFTS_MS, *[0] * (self.fixed.shape[1])])[variant]
        wished = trips.depart_ms + shift
        self._look_up(ride, np.zeros(len(trips), bool), made & (mode == TRANSIT) & ~self._same(ride), wished)
        stuck = made & (mode == TRANSIT) & self.foot.bars_rides  # steps met at a stop that was not looked up before
        made &= np.bincount(trips.tour, weights=stuck, minlength=len(tour.tours))[trips.tour] == 0
        modes[0] = mode = np.where(made, mode, NOT_GOING)
        outcome = primary_outcome(modes, variant, variants[1])
        why = reasons(modes, variants, outcome, self.of.journeys.people.pays_taxi[trips.person])
        steps = ~made & (stuck | self.foot.barred[self.foot.way] | self.foot.bars_rides)
        together_with = made & (variant == COMPANY)
        legs = _Legs(self, ride, mode, np.where(together_with, tour.slowed[trips.tour], 1.0), together_with)
        depart_ms = one_after_the_other(trips, wished, legs.taken_ms())
        rows = np.flatnonzero(made)
        return DayChoices(
            tours=tour.tours,
            trips=trips,
            routed=self.foot.pool.take(self.foot.way),
            probability_made=probability,
            made=made,
            mode=np.where(made, mode, -1).astype(np.int8),
            outcome=outcome.astype(np.int8),
            why=np.where(steps, STEPS, why).astype(np.int8),
            fearless_mode=np.where(modes[1] == NOT_GOING, -1, modes[1]).astype(np.int8),
            depart_ms=depart_ms,
            rows=legs.itineraries(rows, depart_ms),
            waits_ms=np.where(made, legs.waits_ms(), 0),
            aboard=legs.aboard(rows, depart_ms),
        )

    def _home_by(self, pick: tuple[Array, Array]) -> Array:
        """Mode of the way home where it is another one, else -1 (T,)."""
        variant = pick[1][self.tour.trips.tour]
        return np.where(self.tour.back & (variant >= BACK_BY), variant - BACK_BY, -1)


@dataclasses.dataclass
class _Legs:
    """How each trip goes, in whole milliseconds."""

    day: _Day
    ride: Ride
    mode: Array
    slowed: Array
    together_with: Array

    def on_foot_ms(self, which: Array) -> Array:
        """Time of routes of the pool at each trip's pace; as the streets count it, a segment at a time."""
        routed = self.day.foot.pool.take(which)
        row = np.repeat(np.arange(which.size), np.diff(routed.start))
        pace = self.day.of.pace[self.day.tour.trips.person] * self.slowed
        each = np.maximum(1, (self.day.of.graphs[0].walk_m[routed.route] * pace[row] + 0.5).astype(np.int64))
        return np.bincount(row, weights=each, minlength=which.size).astype(np.int64)

    def beyond_ms(self) -> Array:
        """Time on foot outside the district."""
        return _ms(self.day.tour.trips.beyond_m / self.day.speed / 60.0 * self.slowed)

    def waits_ms(self) -> Array:
        """Standing at a stop."""
        return np.where((self.mode == TRANSIT) & (self.ride.stop >= 0), _ms(self.ride.wait_min), 0)

    def board_ms(self) -> Array:
        """From setting out to the stop."""
        outside = _ms(self.ride.to_stop_min)
        return _ms(self.ride.put_off_min) + np.where(
            self.ride.stop >= 0, self.on_foot_ms(self.day.foot.to_stop), outside
        )

    def leave_ms(self) -> Array:
        """From setting out to leaving the vehicle."""
        return self.board_ms() + _ms(self.ride.wait_min) + _ms(self.ride.ride_min)

    def taken_ms(self) -> Array:
        """From door to door, 0 for who stays at home."""
        trips = self.day.tour.trips
        from_stop = np.where(
            self.ride.last_stop >= 0, self.on_foot_ms(self.day.foot.from_stop), _ms(self.ride.from_stop_min)
        )
        by_mode = [self.on_foot_ms(self.day.foot.way) + self.beyond_ms()]
        fares = self.day.of.journeys.in_vehicle(trips)
        by_mode += [_ms(fares[:, mode]) for mode in range(1, fares.shape[1])]
        by_mode[TRANSIT] = self.leave_ms() + from_stop
        by_mode.append(np.zeros(len(trips), np.int64))
        return np.stack(by_mode, axis=1)[np.arange(len(trips)), self.mode]

    def aboard(self, rows: Array, depart_ms: Array) -> Aboard:
        """The rides of some trips, each with at least one end in the district."""
        ride, trips, stops = self.ride, self.day.tour.trips, self.day.of.journeys.network.stops
        at = np.where(ride.stop >= 0, ride.stop, ride.last_stop)
        rows = rows[(self.mode[rows] == TRANSIT) & (at[rows] >= 0)]
        start_ms = (depart_ms + self.board_ms() + _ms(ride.wait_min))[rows]
        return Aboard(trips.person[rows], start_ms, _ms(ride.ride_min)[rows], stops.segment[at[rows]])

    def itineraries(self, rows: Array, depart_ms: Array) -> Itineraries:
        """The walks and waits of some trips."""
        trips, foot, ride = self.day.tour.trips, self.day.foot, self.ride
        company = np.where(self.together_with, self.day.of.journeys.parameters.company, 0.0)
        begins, _ = self.day.of.journeys.outside(trips)
        inside_ms = depart_ms + np.where(begins, self.beyond_ms(), 0)
        on_foot, rides = rows[self.mode[rows] == WALK], rows[self.mode[rows] == TRANSIT]
        boards, leaves = rides[ride.stop[rides] >= 0], rides[ride.last_stop[rides] >= 0]
        board_ms, leave_ms = depart_ms + self.board_ms(), depart_ms + self.leave_ms()
        put_off = depart_ms + _ms(ride.put_off_min)
        parts = [
            Itineraries.walks(
                trips.person[some],
                start[some],
                foot.pool.take(which[some]),
                company=company[some],
                slowed=self.slowed[some],
            )
            for some, start, which in (
                (on_foot, inside_ms, foot.way),
                (boards, put_off, foot.to_stop),
                (leaves, leave_ms, foot.from_stop),
            )
        ]
        stops = self.day.of.journeys.network.stops
        if boards.size:
            at = stops.segment[ride.stop[boards]]
            waits = self.waits_ms()[boards]
            parts.append(
                Itineraries.stays(trips.person[boards], board_ms[boards], waits, at, company=company[boards], kind=WAIT)
            )
        return together(parts)


def one_after_the_other(trips: Trips, wished_ms: Array, taken_ms: Array) -> Array:
    """Departure (int64 ms) of each trip, put off by a minute after arrival where the one before it took longer."""
    depart = wished_ms.copy()
    order = np.lexsort((trips.leg, trips.tour))
    same = (trips.tour[order][1:] == trips.tour[order][:-1]) & ~trips.wrapped[order][1:]
    for _ in range(int(trips.leg.max(initial=0))):
        arrive = depart[order][:-1] + taken_ms[order][:-1] + MINUTE_MS
        depart[order[1:]] = np.where(same, np.maximum(depart[order][1:], arrive), depart[order][1:])
    return depart


def _laid(values: Array, rows: Array, new: Array) -> Array:
    """A copy of `values` with other ones in some rows."""
    changed = values.copy()
    changed[rows] = new
    return changed


def _ms(minutes: Array) -> Array:
    """Whole milliseconds; 0 for what cannot be done."""
    return np.where(np.isfinite(minutes), minutes * MINUTE_MS + 0.5, 0.0).astype(np.int64)
