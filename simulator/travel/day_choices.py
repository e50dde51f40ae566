"""What is chosen on one day: from wished trips to modes, times, company and the rows that the streets see."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.foundation.blocks import BLOCKS, edges, run_blocks
from simulator.foundation.clock import HOUR_MS, HOURS, MINUTE_MS
from simulator.kernels import choosing, costs, riding
from simulator.kernels.choosing import BACK_BY, COMPANY, NOT_GOING, SHIFTS_MS, WORLDS
from simulator.kernels.costs import TRANSIT, VARIANTS
from simulator.kernels.riding import MODES, RIDE, City
from simulator.travel.chosen import DayChoices
from simulator.travel.day_tours import DayTours
from simulator.travel.journeys import Journeys, Walks
from simulator.travel.legs import FROM_STOP, THE_WAY, TO_STOP, Gates, Legs, OnFoot, one_after_the_other
from simulator.travel.outcomes import primary_outcome, reasons
from simulator.travel.routes import join
from simulator.travel.second_look import Again, Anew, Decided, Given, KnownDays, Looked

Array = np.ndarray[Any, Any]
_HOPELESS = 5.0
"""Log-odds by which a ride must fall behind walking before its walks are guessed, not looked up on the streets."""


class Chooser(Given):
    """Who chooses, given all this."""

    def choose(self, wished: DayTours, known: KnownDays | None = None) -> DayChoices:
        """Choose for every tour; what another arm decided on a known day is taken over where nothing differs.

        The day is put to those that are known if it was not.
        """
        city = wished.journeys.city(self.persons, wished.trips_in_kernel, self.fear)
        if self.wait_factor is not None:
            stops = city.stops.copy()
            stops["wait_factor"] = self.wait_factor
            city = city._replace(stops=stops)
        again = known.of(self, wished) if known is not None else None
        day = _Day(self, wished, city, OnFoot.none(len(wished.trips)), again)
        choices, decided = day.decide()
        if known is not None and again is None:
            known.keep(decided)
        return choices


@dataclasses.dataclass
class _Day:
    of: Chooser
    wished: DayTours
    city: City
    foot: OnFoot
    again: Again | None
    looked: dict[str, Looked] = dataclasses.field(default_factory=dict)
    anew: Anew = Anew(0, 0, 0, 0, 0, 0)

    def decide(self) -> tuple[DayChoices, Decided]:
        """Compare what people do with what they would do at noon and without fear, by the same random numbers.

        Each further world lacks one thing that may stand in the way: fear, want of a service, steps, a fare.
        """
        wished = self.wished
        ride, barred = self._rides(np.zeros(len(wished.trips), np.int64), np.ones(len(wished.trips), bool))
        over_steps = self._look_up_what_matters(ride)
        gates = self._gates()
        foot = self.foot.in_kernel(over_steps, ride, wished.journeys.graphs[0].walk_m, gates)
        barred |= self.foot.barred[self.foot.ways[THE_WAY]]
        barred |= self.foot.differ(over_steps, foot.walk_m)
        hindered = np.bincount(wished.trips.tour, weights=barred, minlength=len(wished.tours)) > 0
        chosen = self._choose(foot, hindered)
        ways = foot.ways
        cut_off = gates.shut | self._cut_off(gates, ride)
        closed = np.bincount(wished.trips.tour, weights=cut_off, minlength=len(wished.tours)) > 0
        told = self._told(chosen, ride, (hindered, closed))
        return told, Decided(self.of, wished, self.looked, self.foot, ways, hindered, chosen)

    def _blocks(self, length: int, work: Callable[[int, int], None]) -> None:
        bound = edges(length)
        run_blocks(
            lambda block: work(int(bound[block]), int(bound[block + 1])), self.of.threads if length > 16 * BLOCKS else 1
        )

    def _rides(self, by_ms: Array, wanted: Array) -> tuple[Array, Array]:
        """Rides of some trips (bool (T,)) put off by some time (T,), and whether steps make them worse (bool (T,))."""
        count, by_tour = len(self.wished.trips), self.wished.by_tour
        rides, worse = np.zeros(count, RIDE), np.zeros(count, bool)
        rides["stop"] = rides["last_stop"] = riding.NO_STOP
        which, departures = np.flatnonzero(wanted[by_tour]), self.of.service.departures
        later = by_ms[by_tour[which]]

        def some(first: int, last: int) -> None:
            riding.rides_of_trips(self.city, departures, which[first:last], later[first:last], rides, worse)

        self._blocks(which.size, some)
        return rides, worse

    def _look_up_what_matters(self, ride: Array) -> Array:
        """Route the ways on foot that can matter; the row of each way if steps were taken (int64 (T,))."""
        wished, of, trips = self.wished, self.of, self.wished.trips
        walkable = wished.minutes <= wished.journeys.parameters.longest_walk_min
        runs = np.isfinite(ride["minutes"])
        behind = of.tastes.per_minute * (np.where(runs, ride["minutes"], 0.0) - of.tastes.walk_weight * wished.minutes)
        rides = runs & ~(walkable & (behind > _HOPELESS))
        self._look_up("what matters", ride, (walkable, rides), trips.depart_ms)
        over_steps = self.foot.ways[THE_WAY].copy()
        level = walkable & wished.journeys.steps_bar[trips.person]
        if level.any():
            rows = np.flatnonzero(level)
            junction = wished.journeys.network.places.junction
            walks = Walks(
                junction[trips.origin[rows]], junction[trips.destination[rows]], trips.hour[rows], trips.person[rows]
            )
            gated = self._gated(wished.journeys)
            over_steps[rows] = self._found(
                "over steps", rows, walks, dataclasses.replace(gated, graphs=(gated.graphs[0],) * 2)
            )
        return over_steps

    def _found(self, name: str, key: Array, walks: Walks, journeys: Journeys) -> Array:
        """Put the ways of some walks into the pool, and what they were found by into `looked`; their numbers there."""
        of, again = self.of, self.again
        number = again.ways_that_hold(name, key, walks) if again is not None else np.full(key.size, -1)
        fresh, held = np.flatnonzero(number < 0), np.flatnonzero(number >= 0)
        parts = []
        if again is not None and held.size:
            parts.append(again.known.foot.take(number[held]))
        if fresh.size:
            parts.append(walks.take(fresh).routed(journeys, of.fear, who=of.who, threads=of.threads))
        ways, barred = zip(*parts, strict=True)
        number[np.concatenate([held, fresh])] = self.foot.add(join(ways), np.concatenate(barred))
        self.looked[name] = Looked(key, walks, number)
        self.anew = self.anew._replace(ways=self.anew.ways + fresh.size, of_ways=self.anew.of_ways + key.size)
        return number

    def _look_up(self, name: str, ride: Array, who: tuple[Array, Array], depart_ms: Array) -> None:
        """Route the ways on foot of some trips, and put them into the pool.

        Parameters
        ----------
        name
            What for.
        who
            Trips (bool (T,) each) that are to be made on foot, and by rides.
        """
        trips, journeys = self.wished.trips, self.wished.journeys
        places, stops = journeys.network.places, journeys.network.stops
        walks, rides = who
        there = [walks, rides & (ride["stop"] >= 0), rides & (ride["last_stop"] >= 0)]
        rows = [np.flatnonzero(one) for one in there]
        if not any(one.size for one in rows):
            return
        home, goal = places.junction[trips.origin], places.junction[trips.destination]
        begin, end, when = [home[rows[0]]], [goal[rows[0]]], [depart_ms[rows[0]]]
        if rows[1].size or rows[2].size:
            onwards = _to_last_stop_min(ride[rows[2]]) * MINUTE_MS
            begin += [home[rows[1]], stops.junction[ride["last_stop"][rows[2]]]]
            end += [stops.junction[ride["stop"][rows[1]]], goal[rows[2]]]
            when += [depart_ms[rows[1]], depart_ms[rows[2]] + onwards.astype(np.int64)]
        else:
            rows = rows[:1]
        walks_of = Walks(
            np.concatenate(begin),
            np.concatenate(end),
            hour_of(np.concatenate(when)),
            np.concatenate([trips.person[one] for one in rows]),
        )
        key = np.concatenate([part * len(trips) + one for part, one in enumerate(rows)])
        number = self._found(name, key, walks_of, self._gated(journeys))
        for part, one in zip((THE_WAY, TO_STOP, FROM_STOP), rows, strict=False):
            self.foot.ways[part, one], number = number[: one.size], number[one.size :]

    def _gated(self, journeys: Journeys) -> Journeys:
        """The same journeys on streets some of which are closed at some hours."""
        closed = self.of.closed
        if closed is None:
            return journeys
        same = journeys.graphs[0] is journeys.graphs[1]
        first, second = (graph._replace(closed=closed) for graph in journeys.graphs)
        return dataclasses.replace(journeys, graphs=(first, first if same else second))

    def _gates(self) -> Gates:
        """Which streets are closed, who sets out behind a closed gate, and whose way on foot leads through one.

        Who is inside when a gate closes may leave: then only the way in is barred.
        """
        trips, closed = self.wished.trips, self.of.closed
        none = np.zeros(len(trips), bool)
        if closed is None:
            return Gates(np.zeros((0, 0), bool), none, none)
        network = self.wished.journeys.network
        inside = closed_in(network, closed)[trips.hour, network.places.junction[trips.origin]]
        return Gates(closed, inside, self._through(closed, THE_WAY, trips.hour) & ~inside)

    def _through(self, closed: Array, part: int, hour: Array) -> Array:
        """Trips (bool (T,)) whose way of a part leads along a street that is closed at an hour (T,)."""
        routed = self.foot.pool.take(self.foot.ways[part])
        running = np.concatenate([[0], np.cumsum(closed[np.repeat(hour, np.diff(routed.start)), routed.route])])
        return np.asarray(running[routed.start[1:]] > running[routed.start[:-1]])

    def _cut_off(self, gates: Gates, ride: Array) -> Array:
        """Trips (bool (T,)) that no ride serves, since a gate is closed on the way to the stop or from the last one."""
        if not len(gates.closed):
            return gates.shut
        trips = self.wished.trips
        runs = np.isfinite(ride["minutes"])
        onwards = np.where(runs, _to_last_stop_min(ride), 0.0) * MINUTE_MS
        there = self._through(gates.closed, FROM_STOP, hour_of(trips.depart_ms + onwards.astype(np.int64)))
        return runs & (there | (self._through(gates.closed, TO_STOP, trips.hour) & ~gates.inside))

    def _choose(self, foot: costs.OnFoot, hindered: Array) -> choosing.Chosen:
        wished, again = self.wished, self.again
        count = len(wished.tours)
        if again is None:
            rows = np.arange(count)
            chosen = self._chosen(foot, wished.tours_in_kernel, hindered)
        else:
            rows = np.flatnonzero(again.tours_that_differ((foot.start, foot.route), foot.ways, hindered))
            fresh = self._chosen(foot, wished.tours_in_kernel[rows], hindered[rows])
            chosen = choosing.Chosen(*(one.copy() for one in again.known.chosen))
            for whole, part in zip(chosen, fresh, strict=True):
                whole[..., rows] = part
        people = np.unique(wished.tours.person[rows]).size
        self.anew = self.anew._replace(
            people=people, of_people=len(wished.journeys.people), tours=rows.size, of_tours=count
        )
        return chosen

    def _chosen(self, foot: costs.OnFoot, tours: Array, hindered: Array) -> choosing.Chosen:
        """Choose for some tours (TOUR)."""
        of = self.of
        mode, variant = (np.zeros((WORLDS, len(tours)), np.int8) for _ in range(2))
        chosen = choosing.Chosen(mode, variant, np.zeros(len(tours)))
        departures = of.service.departures, of.at_noon.departures
        tastes = of.tastes.in_kernel(self.wished.journeys.parameters)

        def some(first: int, last: int) -> None:
            choosing.choose(self.city, foot, departures, tastes, tours, hindered, (first, last), chosen)

        self._blocks(len(tours), some)
        return chosen

    def _told(self, chosen: choosing.Chosen, looked_up: Array, barred: tuple[Array, Array]) -> DayChoices:
        """The choices trip by trip, with routes for whoever rides from a stop that was not looked up yet."""
        wished, trips, of = self.wished, self.wished.trips, self.of
        variants = chosen.variant[:, trips.tour].astype(np.int64)
        modes = chosen.mode[:, trips.tour].astype(np.int64)
        modes = np.where(wished.back & (variants >= BACK_BY), variants - BACK_BY, modes)
        mode, variant = modes[0], variants[0]
        made = mode != NOT_GOING
        by_ms = np.array([*SHIFTS_MS, *[0] * MODES])[variant]
        rides, depart_ms = made & (mode == TRANSIT), trips.depart_ms + by_ms
        ride, _ = self._rides(by_ms, rides)
        known = (self.foot.ways[TO_STOP] > 0) | (self.foot.ways[FROM_STOP] > 0)
        known &= (ride["stop"] == looked_up["stop"]) & (ride["last_stop"] == looked_up["last_stop"])
        nobody = np.zeros(len(trips), bool)
        self._look_up("rides taken", ride, (nobody, rides & ~known), depart_ms)
        if of.closed is not None:  # gates may be open at the wished hour and closed at the one that is taken
            moved = made & (mode == costs.WALK) & (by_ms != 0)
            self._look_up("walks moved", ride, (moved, nobody), depart_ms)
        outcome = primary_outcome(list(modes), variant, variants[1])
        together_with = made & (variant == COMPANY)
        slowed = np.where(together_with, wished.tours_in_kernel["slowed"][trips.tour], 1.0)
        legs = Legs(wished.journeys, trips, self.foot, ride, mode, slowed, together_with, of.pace)
        depart_ms = one_after_the_other(trips, depart_ms, legs.taken_ms, made)
        pays = wished.journeys.people.can_afford_taxi[trips.person]
        return DayChoices(
            tours=wished.tours,
            trips=trips,
            routed=self.foot.pool.take(self.foot.ways[THE_WAY]),
            probability_made=chosen.going,
            made=made,
            mode=np.where(made, mode, -1).astype(np.int8),
            outcome=outcome.astype(np.int8),
            why=reasons(list(modes), list(variants), outcome, pays, *(one[trips.tour] for one in barred)).astype(
                np.int8
            ),
            mode_without_fear=np.where(modes[1] == NOT_GOING, -1, modes[1]).astype(np.int8),
            depart_ms=depart_ms,
            taken_ms=np.where(made, legs.taken_ms, 0),
            rows=legs.itineraries(np.flatnonzero(made), depart_ms),
            waits_ms=np.where(made, legs.waits_ms, 0),
            aboard=legs.aboard(np.flatnonzero(made), depart_ms),
            anew=self.anew,
        )


def _to_last_stop_min(ride: Array) -> Array:
    """Minutes (float64) from setting out until leaving the vehicle, of rides (RIDE)."""
    return np.asarray(ride["access_min"] + ride["put_off_min"] + ride["wait_min"] + ride["ride_min"])


def closed_in(network: StreetNetwork, closed: Array) -> Array:
    """Whether every street at a junction is closed, by hour (bool (24, J))."""
    streets, junctions = network.streets, len(network.junctions)
    ends = np.concatenate([streets.from_junction, streets.to_junction])
    every = np.bincount(ends, minlength=junctions)
    shut = [np.bincount(ends, np.tile(hour, 2), minlength=junctions) for hour in closed.astype(float)]
    return np.asarray((np.array(shut) == every) & (every > 0))


def hour_of(moment_ms: Array) -> Array:
    """Clock hour (int8) of moments of the day."""
    return np.asarray((moment_ms // HOUR_MS % HOURS).astype(np.int8))


assert VARIANTS == BACK_BY + MODES
