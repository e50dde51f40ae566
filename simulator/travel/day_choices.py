"""What is chosen on one day: from wished trips to modes, times, company and the rows that the streets see."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.agenda.plans import Tours, Trips
from simulator.foundation.clock import MINUTE_MS
from simulator.kernels.routing import Graph
from simulator.travel.chosen import DayChoices
from simulator.travel.journeys import (
    TRANSIT,
    WALK,
    Fear,
    Journeys,
    Ride,
    Walks,
    hour_of,
    in_company,
    unsafe_metres,
)
from simulator.travel.legs import FROM_STOP, THE_WAY, TO_STOP, Legs, OnFoot, one_after_the_other
from simulator.travel.modes import (
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
from simulator.travel.outcomes import primary_outcome, reasons
from simulator.travel.routes import join
from simulator.travel.service import Service

Array = np.ndarray[Any, Any]
_HOPELESS = 5.0
"""Log-odds by which a ride must fall behind walking before its walks are guessed, not looked up on the streets."""
_Choice = tuple[Array, Array]
"""Mode and variant of each tour."""
_Shifts = dict[int, tuple[Array, Minutes, Ride]]
"""By variant: tours that may shift so, what all trips cost then, and their rides."""


@dataclasses.dataclass(frozen=True)
class Chooser:
    """Everything that a day's choice depends on.

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
class _Day:
    of: Chooser
    tour: Tour
    speed: Array
    metres: Array
    fixed: Array
    ride: Ride
    uses_wheelchair: Array
    foot: OnFoot

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
        uses_wheelchair = people.wheelchair[trips.person] & (of.graphs[0] is not of.graphs[1])
        rides = runs & (uses_wheelchair | ~(walkable & (behind > _HOPELESS)))  # steps by stops are never guessed away
        tour = Tour.of(tours, trips, people, parameters, day)
        made = cls(
            of, tour, speed, metres, journeys.door_to_door(trips), ride, uses_wheelchair, OnFoot.none(len(trips))
        )
        made._look_up(ride, walkable, rides, trips.depart_ms)
        if uses_wheelchair.any():
            made._look_up(ride, walkable & uses_wheelchair, rides & uses_wheelchair, trips.depart_ms, over_steps=True)
        return made

    def _look_up(self, ride: Ride, walks: Array, rides: Array, depart_ms: Array, *, over_steps: bool = False) -> None:
        """Route the ways on foot of some trips (bool (T,) each), and put them into the pool."""
        of, trips, network = self.of, self.tour.trips, self.of.journeys.network
        places, stops = network.places, network.stops
        there = [walks, rides & (ride.stop >= 0), rides & (ride.last_stop >= 0)]
        rows = [np.flatnonzero(one) for one in there]
        if not any(one.size for one in rows):
            return
        home, goal = places.junction[trips.origin], places.junction[trips.destination]
        begin, end, when = [home[rows[0]]], [goal[rows[0]]], [depart_ms[rows[0]]]
        if rows[1].size or rows[2].size:
            onwards = (ride.access_min + ride.put_off_min + ride.wait_min + ride.ride_min)[rows[2]] * MINUTE_MS
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
        graphs = (of.graphs[0], of.graphs[0]) if over_steps else of.graphs
        found, barred = walks_of.routed(of.journeys, graphs, of.fear, willingness=of.willingness, threads=of.threads)
        foot = self.foot
        ways, anyhow = foot.ways.copy(), foot.over_steps.copy()
        at = foot.pool.start.size - 1
        for part, one in zip((THE_WAY, TO_STOP, FROM_STOP), rows, strict=False):
            anyhow[part, one] = at + np.arange(one.size)
            at += one.size
        if not over_steps:
            new = anyhow >= foot.pool.start.size - 1
            ways[new] = anyhow[new]
        self.foot = OnFoot(join([foot.pool, found]), np.concatenate([foot.barred, barred]), ways, anyhow)

    def only(self, rows: Array) -> "_Day":
        """The same for some tours (rows, in order), which are numbered anew."""
        mine = np.flatnonzero(np.isin(self.tour.trips.tour, rows))
        return _Day(
            self.of,
            self.tour.only(rows, mine),
            self.speed[mine],
            self.metres[mine],
            self.fixed[mine],
            Ride(*(values[mine] for values in self.ride)),
            self.uses_wheelchair[mine],
            self.foot.of(mine),
        )

    def without_barriers(self) -> "_Day":
        """As if everybody took steps."""
        return dataclasses.replace(
            self, foot=self.foot.without_barriers(), uses_wheelchair=np.zeros_like(self.uses_wheelchair)
        )

    def _unsafe(self, part: int, moment_ms: Array, company: float = 0.0) -> Array:
        """Minutes of ways on foot that would feel unsafe at moments."""
        routed, trips = self.foot.pool.take(self.foot.ways[part]), self.tour.trips
        metres = unsafe_metres(
            routed, self.of.fear, hour_of(moment_ms), trips.person, self.of.graphs[0].walk_m, company
        )
        return np.asarray(metres / self.speed / 60.0)

    def costs(self, ride: Ride, depart_ms: Array, *, fear: bool = True, together: bool = False) -> Minutes:
        """What every trip costs by mode at given departures and rides; in company if `together`."""
        trips, tastes, parameters = self.tour.trips, self.of.tastes, self.of.journeys.parameters
        company = parameters.company if together else 0.0
        slowed = self.tour.slowed[trips.tour] if together else np.ones(len(trips))
        walk_m, foot, same = self.of.graphs[0].walk_m, self.foot, self._same(ride)
        minutes, unsafe = self.fixed.copy(), np.zeros_like(self.fixed)
        way = foot.metres(foot.ways[THE_WAY], walk_m) / self.speed / 60.0
        beyond = trips.outside_m / self.speed / 60.0
        can = (foot.ways[THE_WAY] > 0) & ~foot.barred_way
        minutes[:, WALK] = np.where(can, tastes.walk_weight * slowed * (way + beyond), np.inf)
        longer = (slowed - 1.0) * (ride.access_min + ride.egress_min)
        longer = longer + same * slowed * foot.round_m(walk_m) / self.speed / 60.0
        minutes[:, TRANSIT] = np.where(same & foot.barred_ride, np.inf, ride.minutes + tastes.walk_weight * longer)
        if fear:
            share = np.divide(way + beyond, way, out=np.ones_like(way), where=way > 0)
            unsafe[:, WALK] = slowed * share * self._unsafe(THE_WAY, depart_ms, company)
            unsafe[:, TRANSIT] = self._unsafe_ride(ride, depart_ms, company, slowed)
        return Minutes(minutes, unsafe)

    def _same(self, ride: Ride) -> Array:
        """Trips whose stops are those whose ways on foot were looked up."""
        same = (ride.stop == self.ride.stop) & (ride.last_stop == self.ride.last_stop)
        return same & ((self.foot.ways[TO_STOP] > 0) | (self.foot.ways[FROM_STOP] > 0))

    def _unsafe_ride(self, ride: Ride, depart_ms: Array, company: float, slowed: Array) -> Array:
        same = self._same(ride)
        waits = ride.wait_min * in_company(ride.unsafe_at_stop, company)
        onwards = (ride.access_min + ride.put_off_min + ride.wait_min + ride.ride_min) * MINUTE_MS
        arrive_ms = depart_ms + np.where(np.isfinite(onwards), onwards, 0).astype(np.int64)
        known = self._unsafe(TO_STOP, depart_ms, company)
        known += self._unsafe(FROM_STOP, arrive_ms, company)
        on_foot = np.maximum(ride.unsafe_min - ride.wait_min * ride.unsafe_at_stop, 0.0)
        walked = ride.access_min + ride.egress_min
        share = np.divide(on_foot, walked, out=np.zeros_like(walked), where=walked > 0)
        guessed = walked * in_company(np.clip(share, 0.0, 1.0), company)
        return np.asarray(waits + slowed * np.where(same, known, guessed))

    def both(self, ride: Ride, *, fear: bool) -> list[Minutes]:
        """Costs at the wished hour, alone and in company."""
        depart_ms = self.tour.trips.depart_ms
        return [self.costs(ride, depart_ms, fear=fear, together=company) for company in (False, True)]

    def worth(self, pair: Sequence[Minutes], shifts: "_Shifts | None" = None) -> Values:
        """Worth of all modes and variants by costs alone and in company, and at other times."""
        of = self.of
        shifted = {variant: (rows, then) for variant, (rows, then, _) in (shifts or {}).items()}
        return values_of(self.tour, of.tastes, of.journeys.parameters, pair[0], company=pair[1], shifted=shifted)

    def decide(self) -> DayChoices:
        """Compare what people do with what they would do at noon and without fear, by the same random numbers.

        Each further world lacks one thing that may stand in the way: fear, want of a service, steps, a fare.
        """
        of, tour, trips = self.of, self.tour, self.tour.trips
        journeys, parameters = of.journeys, of.journeys.parameters

        def ride(service: Service, fear: Fear | None) -> Ride:
            return journeys.ride(trips, trips.depart_ms, service, fear)

        level = self.without_barriers()
        as_planned = level.worth(level.both(ride(of.at_noon, None), fear=False))
        stay_home = not_going(as_planned, parameters)
        pair = self.both(self.ride, fear=True)
        moves = self._moves(pair[0])
        shifts, calm_shifts = (self._shifted(moves, fear=fear) for fear in (True, False))
        real = self.worth(pair, shifts)
        unafraid = self.worth(self.both(ride(of.service, None), fear=False), calm_shifts)
        served = self.worth(self.both(ride(of.at_noon, of.fear), fear=True), shifts)
        paid = self.worth([payable(one, trips, journeys.people, parameters, self.metres) for one in pair], shifts)
        chosen = [values.chosen(stay_home, tour.variate) for values in (real, as_planned, unafraid, served, paid)]
        hindered = (
            np.bincount(trips.tour, weights=self.foot.hindered(self.of.graphs[0].walk_m), minlength=len(tour.tours)) > 0
        )
        chosen.insert(-1, self._unhindered(np.flatnonzero(hindered), chosen[0], stay_home, moves))
        return self._told(real.probability_going(stay_home), chosen, shifts, hindered)

    def _unhindered(self, rows: Array, real: "_Choice", stay_home: Array, moves: dict[int, Array]) -> "_Choice":
        """What tours with steps in their way would be without, all else as it is; the others stay as they are."""
        if not rows.size:
            return real
        part = self.only(rows).without_barriers()
        own = {variant: np.flatnonzero(np.isin(rows, moved)) for variant, moved in moves.items()}
        shifts = part._shifted({variant: moved for variant, moved in own.items() if moved.size}, fear=True)
        found = part.worth(part.both(part.ride, fear=True), shifts).chosen(stay_home[rows], part.tour.variate)
        return _laid(real[0], rows, found[0]), _laid(real[1], rows, found[1])

    def _moves(self, costs: Minutes) -> dict[int, Array]:
        """Tours that could gain by another time, and may take it, by variant."""
        of, tour, trips, tours = self.of, self.tour, self.tour.trips, self.tour.tours
        tastes, parameters = of.tastes, of.journeys.parameters
        least = tastes.per_minute * parameters.shift_min_per_hour
        feared = tour.summed(costs.unsafe)[:, (WALK, TRANSIT)].max(axis=1) * tastes.per_unsafe_minute[tours.person]
        stranded = np.bincount(trips.tour, weights=~np.isfinite(self.ride.minutes), minlength=len(tours)) > 0
        stranded &= len(of.journeys.network.stops) > 0
        longest = np.minimum(self.metres / self.speed / 60.0, parameters.longest_walk_min) * MINUTE_MS
        trip_end_ms = trips.depart_ms + longest.astype(np.int64)
        end_ms, back_ms = np.zeros(len(tours), np.int64), np.zeros(len(of.journeys.people), np.int64)
        np.maximum.at(end_ms, trips.tour, trip_end_ms)
        np.maximum.at(back_ms, trips.person[trips.from_previous_day], trip_end_ms[trips.from_previous_day])
        allowed = may_shift(tours, trips, end_ms, of.open_at[:, trips.destination])
        allowed &= ((feared > least) | stranded)[:, None]
        found = {}
        for variant in range(COMPANY + 1, BACK_BY):
            home = tours.start_ms + SHIFTS_MS[variant] >= back_ms[tours.person]  # from the tour of last night
            rows = np.flatnonzero(allowed[:, variant] & home)
            if rows.size:
                found[variant] = rows
        return found

    def _shifted(self, moves: dict[int, Array], *, fear: bool) -> "_Shifts":
        """What the trips of tours cost at other times, by variant."""
        trips, found = self.tour.trips, {}
        for variant, rows in moves.items():
            part = self.only(rows)
            mine, own = np.flatnonzero(np.isin(trips.tour, rows)), part.tour.trips
            depart_ms = own.depart_ms + SHIFTS_MS[variant]
            ride = self.of.journeys.ride(own, depart_ms, self.of.service, self.of.fear if fear else None)
            part._look_up_others(ride, depart_ms)
            then = part.costs(ride, depart_ms, fear=fear)
            none = np.full((len(trips), then.minutes.shape[1]), np.inf)
            costs = Minutes(_laid(none, mine, then.minutes), _laid(np.zeros_like(none), mine, then.unsafe))
            every = Ride(*(_laid(was, mine, now) for was, now in zip(self.ride, ride, strict=True)))
            found[variant] = (rows, costs, every)
        return found

    def _look_up_others(self, ride: Ride, depart_ms: Array) -> None:
        """Take other stops for those who must know whether there are steps on the way."""
        rows = self.uses_wheelchair & np.isfinite(ride.minutes) & ~self._same(ride)
        if rows.any():
            self._look_up(ride, np.zeros_like(rows), rows, depart_ms)
            at = np.flatnonzero(rows)
            self.ride = Ride(*(_laid(was, at, now[at]) for was, now in zip(self.ride, ride, strict=True)))

    def _told(self, probability: Array, chosen: list["_Choice"], shifts: "_Shifts", hindered: Array) -> DayChoices:
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
        outcome = primary_outcome(modes, variant, variants[1])
        pays = self.of.journeys.people.can_afford_taxi[trips.person]
        together_with = made & (variant == COMPANY)
        slowed = np.where(together_with, tour.slowed[trips.tour], 1.0)
        of = self.of
        legs = Legs(of.journeys, trips, self.foot, ride, mode, slowed, together_with, of.graphs[0].walk_m, of.pace)
        depart_ms = one_after_the_other(trips, wished, legs.taken_ms(), made)
        return DayChoices(
            tours=tour.tours,
            trips=trips,
            routed=self.foot.pool.take(self.foot.ways[THE_WAY]),
            probability_made=probability,
            made=made,
            mode=np.where(made, mode, -1).astype(np.int8),
            outcome=outcome.astype(np.int8),
            why=reasons(modes, variants, outcome, pays, hindered[trips.tour]).astype(np.int8),
            mode_without_fear=np.where(modes[1] == NOT_GOING, -1, modes[1]).astype(np.int8),
            depart_ms=depart_ms,
            rows=legs.itineraries(np.flatnonzero(made), depart_ms),
            waits_ms=np.where(made, legs.waits_ms(), 0),
            aboard=legs.aboard(np.flatnonzero(made), depart_ms),
        )

    def _home_by(self, pick: "_Choice") -> Array:
        """Mode of the way home where it is another one, else -1 (T,)."""
        variant = pick[1][self.tour.trips.tour]
        return np.where(self.tour.back & (variant >= BACK_BY), variant - BACK_BY, -1)


def _laid(values: Array, rows: Array, new: Array) -> Array:
    """A copy of `values` with other ones in some rows."""
    changed = values.copy()
    changed[rows] = new
    return changed
