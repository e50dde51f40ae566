"""The wished tours of one day with all that is the same in every arm: it is worked out once and kept for a while."""

import dataclasses
from collections import OrderedDict
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from simulator.agenda.plans import TRIP_PURPOSES, Tours, Trips
from simulator.city.conditions import Offers
from simulator.foundation import draws
from simulator.foundation.categories import MODES
from simulator.foundation.clock import HOUR_MS, HOURS, MINUTE_MS
from simulator.foundation.records import records
from simulator.foundation.stages import stage
from simulator.kernels.choosing import BACK_BY, COMPANY, SHIFTS_MS
from simulator.kernels.costs import TAXI, TOUR
from simulator.kernels.riding import TRIP
from simulator.travel.journeys import Journeys
from simulator.travel.modes import may_shift

Array = np.ndarray[Any, Any]
_HOME, _WORK = (TRIP_PURPOSES.index(word) for word in ("home", "work"))
_OF_TRIPS = ("person", "origin", "destination", "outside_m", "depart_ms")
KEPT_DAYS = 8
"""Days whose tours are kept: those that the arms of a comparison live one after the other."""


class Plans(Protocol):
    """Who draws the tours of a day (`agenda.plans.Planner`)."""

    def plan(self, day: int, inflation: Array) -> tuple[Tours, Trips]:
        """Wished tours and trips of one day."""
        ...


@dataclasses.dataclass(frozen=True)
class DayTours:
    """The wished tours of one day.

    Parameters
    ----------
    minutes
        Minutes on foot of each trip that people plan with (float64 (T,)).
    open_at
        Whether each place is open, by clock hour (bool (24, P)).
    offers
        What measures offer to people on their way.
    """

    day: int
    tours: Tours
    trips: Trips
    journeys: Journeys
    minutes: Array
    open_at: Array
    offers: Offers = dataclasses.field(default_factory=Offers.none)

    @classmethod
    def of(
        cls, day: int, planned: tuple[Tours, Trips], journeys: Journeys, open_at: Array, offers: Offers
    ) -> "DayTours":
        """Put what is planned together with what the choice asks of it."""
        tours, trips = planned
        minutes = journeys.metres(trips) / journeys.people.speed_m_s[trips.person] / 60.0
        return cls(day, tours, trips, journeys, minutes, open_at, offers)

    @cached_property
    def back(self) -> Array:
        """Whether each trip is the way home of its tour (bool (T,))."""
        trips = self.trips
        last = np.zeros(len(self.tours), np.int64)
        np.maximum.at(last, trips.tour, trips.leg)
        return np.asarray((trips.leg == last[trips.tour]) & (trips.purpose == _HOME))

    @cached_property
    def by_tour(self) -> Array:
        """Rows of the trips, tour by tour."""
        return np.argsort(self.trips.tour, kind="stable")

    @cached_property
    def trips_in_kernel(self) -> Array:
        """Trips as the kernels read them, tour by tour (TRIP (T,))."""
        rows, trips = self.by_tour, self.trips
        fixed, (own, payable) = self.journeys.in_vehicle(trips), self.journeys.fares(trips)
        hour_and_gender = (trips.hour, self.journeys.people.gender[trips.person])
        to_work = self.tours.purpose[trips.tour] == _WORK
        shift = np.where(to_work, self.offers.shift_paid[hour_and_gender], 0.0)
        left = (1.0 - self.offers.taxi_paid[hour_and_gender]) * (1.0 - shift)
        own, payable = own * left, payable * left
        fixed[:, TAXI] += own
        if self.offers.taxi_nearer.shape[1]:
            saved = self.offers.taxi_nearer[trips.hour, trips.origin]
            fixed[:, TAXI] -= saved * self.journeys.parameters.taxi_wait_min
        begins, ends = self.journeys.outside(trips)
        return records(
            TRIP,
            row=rows,
            begins=begins[rows],
            ends=ends[rows],
            back=self.back[rows],
            fixed=fixed[rows],
            saved=(own - payable)[rows],
            **{name: getattr(trips, name)[rows] for name in _OF_TRIPS},
        )

    @cached_property
    def tours_in_kernel(self) -> Array:
        """Tours as the kernel of choices reads them (TOUR (N,)); who is at hand is drawn by person, day and tour."""
        tours, trips, people, parameters = self.tours, self.trips, self.journeys.people, self.journeys.parameters
        seed, who, count = parameters.seed, tours.person, len(tours)
        keys = (people.person_id[who], self.day, tours.number.astype(np.int64))
        other = parameters.companion_speed + parameters.walking_speed_sd * draws.normal(seed, "companion's pace", *keys)
        names = (*MODES, "not going")
        end = np.cumsum(np.bincount(trips.tour, minlength=count))
        return records(
            TOUR,
            person=who,
            first=np.concatenate([[0], end[:-1]])[:count],
            end=end,
            has_back=np.bincount(trips.tour, weights=self.back, minlength=count) > 0,
            driver=draws.uniform(seed, "driver", *keys) < parameters.driver_at_hand,
            companion=draws.uniform(seed, "companion", *keys) < self._company_at_hand(),
            slowed=np.maximum(1.0, people.speed_m_s[who] / np.maximum(other, 0.5)),
            variate=np.stack([-np.log(-np.log(draws.uniform(seed, f"mode {name}", *keys))) for name in names], axis=1),
            may_move=self._may_move(),
        )

    def _company_at_hand(self) -> Array:
        """Chance that somebody would come along (float64 (N,)): as always, and of the rest what measures offer."""
        usual = self.journeys.parameters.companion_at_hand
        return usual + (1.0 - usual) * self.offers.company[self.tours.start_ms // HOUR_MS % HOURS]

    def _may_move(self) -> Array:
        """Tours that may be taken at another time (bool (N, V))."""
        tours, trips, parameters = self.tours, self.trips, self.journeys.parameters
        longest = np.minimum(self.minutes, parameters.longest_walk_min) * MINUTE_MS
        trip_end_ms = trips.depart_ms + longest.astype(np.int64)
        end_ms, back_ms = np.zeros(len(tours), np.int64), np.zeros(len(self.journeys.people), np.int64)
        np.maximum.at(end_ms, trips.tour, trip_end_ms)
        np.maximum.at(back_ms, trips.person[trips.from_previous_day], trip_end_ms[trips.from_previous_day])
        allowed = may_shift(tours, trips, end_ms, self.open_at[:, trips.destination])
        for variant in range(COMPANY + 1, BACK_BY):  # not before the end of the tour of last night
            allowed[:, variant] &= tours.start_ms + SHIFTS_MS[variant] >= back_ms[tours.person]
        return allowed


class DayPlans:
    """The tours of any day, planned once for all arms; those of the last days asked for are kept."""

    def __init__(self, planner: Plans, journeys: Journeys, open_at: Array, offers: Offers | None = None) -> None:
        self._planner, self._journeys, self._open_at = planner, journeys, open_at
        self._offers = Offers.none() if offers is None else offers
        self._kept: OrderedDict[tuple[int, bytes], DayTours] = OrderedDict()

    def forget_before(self, day: int) -> None:
        """Let go of the days before this one: whoever asks for one has it planned anew."""
        for key in [key for key in self._kept if key[0] < day]:
            del self._kept[key]

    def of(self, day: int, inflation: Array) -> DayTours:
        """The tours of a day, at wishes inflated by gender, age group and hour (float64 (3, 3, 24))."""
        key = (day, np.ascontiguousarray(inflation).tobytes())
        if key not in self._kept:
            with stage("plan") as told:
                planned = self._planner.plan(day, inflation)
                found = self._kept[key] = DayTours.of(day, planned, self._journeys, self._open_at, self._offers)
                told.out(len(found.tours), found.trips_in_kernel.nbytes + found.tours_in_kernel.nbytes)
            if len(self._kept) > KEPT_DAYS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
