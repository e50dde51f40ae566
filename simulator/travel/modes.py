"""How people travel on a day: one logit a tour over modes and not going, on minutes that hold fear, waits and fares.

Within a mode a person takes the best way of doing it: as planned, in company, up to two hours earlier or later, or,
where no vehicle has to come back, home by another mode. So time, company and way back change only for a reason. Not
going is as good as the tour would be at noon and without fear, less what `not_made_share` stands for: a wish was
made knowing how far it is. A measure does not move that, so no option grows more likely as it grows dearer.
Axis letters: N tours, T trips, M modes, V variants.
"""

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logit, logsumexp

from simulator.agenda.plans import TRIP_PURPOSES, Tours, Trips
from simulator.evidence.parameters import Parameters
from simulator.evidence.profiles import load_table
from simulator.foundation import draws
from simulator.foundation.categories import GENDERS, MODES
from simulator.foundation.clock import HOUR_MS
from simulator.people.population import People
from simulator.travel.journeys import BICYCLE, DRIVER, PASSENGER, TAXI, TRANSIT, WALK, taxi_fare

Array = np.ndarray[Any, Any]
NOT_GOING = len(MODES)
WITHOUT_VEHICLE = (WALK, PASSENGER, TRANSIT, TAXI)
"""Modes after which nothing has to come back."""
PLAIN, COMPANY = 0, 1
SHIFTS_MS = (0, 0, -HOUR_MS, HOUR_MS, -2 * HOUR_MS, 2 * HOUR_MS)
"""What each variant puts off; from BACK_BY on a variant is a mode home."""
BACK_BY = len(SHIFTS_MS)
VARIANTS = BACK_BY + len(MODES)
_FIXED = (TRIP_PURPOSES.index("work"), TRIP_PURPOSES.index("study"))
_HOME = TRIP_PURPOSES.index("home")


class Minutes(NamedTuple):
    """What trips cost by mode."""

    minutes: Array  # float64 (T, M), infinite where it cannot be done
    unsafe: Array  # float64 (T, M): minutes on foot or waiting that would feel unsafe


@dataclasses.dataclass(frozen=True)
class Tastes:
    """What people bring to the choice, the same on every day and in every arm.

    Parameters
    ----------
    constant
        Log-odds of each mode over walking, the same costs given (float64 (P, M)).
    per_minute
        Loss in log-odds a minute.
    walk_weight
        Minutes that one on foot is worth.
    per_unsafe_minute
        Loss in log-odds a minute that would feel unsafe (float64 (P,)).
    has
        Whether each mode is at hand at all (bool (P, M)).
    child
        Too young to be out alone (bool (P,)).
    """

    constant: Array
    per_minute: float
    walk_weight: float
    per_unsafe_minute: Array
    has: Array
    child: Array

    @classmethod
    def of(cls, people: People, parameters: Parameters) -> "Tastes":
        """Constants as fitted to the survey; a bicycle is at hand at random, for those who walk without trouble."""
        fitted = mode_constants(parameters)
        spread = parameters.fear_weight_spread
        fear = parameters.not_made_per_minute * np.exp(spread * people.willing - spread**2 / 2)
        cycles = draws.uniform(parameters.seed, "bicycle", people.person_id) < parameters.bicycle_at_hand
        has = np.ones((len(people), len(MODES)), bool)
        has[:, BICYCLE] = cycles & (people.disability == 0) & ~people.wheelchair
        has[:, DRIVER] = people.has_car
        return cls(
            constant=fitted.constant[people.gender],
            per_minute=fitted.per_minute,
            walk_weight=fitted.walk_weight,
            per_unsafe_minute=fear,
            has=has,
            child=people.age < parameters.walks_alone_from_age,
        )

    @property
    def minutes_per_unsafe(self) -> Array:
        """Minutes that each person would travel rather than feel unsafe for one."""
        return np.asarray(self.per_unsafe_minute / self.per_minute)


class Fitted(NamedTuple):
    """What `afterdark calibrate people` fitted: constants by gender and mode, and what a minute is worth."""

    constant: Array  # float64 (G, M)
    per_minute: float
    walk_weight: float


def mode_constants(parameters: Parameters) -> Fitted:
    """The fitted constants of the shipped table; another gender stands between the two."""
    table = load_table("mode_constants")
    constant = np.zeros((len(GENDERS), len(MODES)))
    single = {}
    for gender, mode, value in zip(table["gender"], table["mode"], table["value"], strict=True):
        if gender in GENDERS:
            constant[GENDERS.index(gender), MODES.index(mode)] = float(value)
        else:
            single[mode] = float(value)
    constant[2] = parameters.another_gender_mix * (constant[0] - constant[1]) + constant[1]
    return Fitted(constant, single["per_minute"], single["walk_weight"])


@dataclasses.dataclass(frozen=True)
class Tour:
    """What the choice needs of tours beside costs.

    Parameters
    ----------
    back
        Whether each trip is the way home of its tour (bool (T,)).
    has_back
        Whether each tour has one (bool (N,)).
    driver, companion
        Whether somebody would drive, or come along, on this tour (bool (N,)).
    slowed
        Factor on the own pace with that companion (float64 (N,)).
    variate
        Gumbel noise of each mode and of not going (float64 (N, M + 1)).
    """

    tours: Tours
    trips: Trips
    back: Array
    has_back: Array
    driver: Array
    companion: Array
    slowed: Array
    variate: Array

    @classmethod
    def of(cls, tours: Tours, trips: Trips, people: People, parameters: Parameters, day: int) -> "Tour":
        """Draw who is at hand, by person, day and tour: the same in every arm."""
        seed, who = parameters.seed, tours.person
        keys = (people.person_id[who], day, tours.number.astype(np.int64))
        last = np.zeros(len(tours), np.int64)
        np.maximum.at(last, trips.tour, trips.leg)
        back = (trips.leg == last[trips.tour]) & (trips.purpose == _HOME)
        has_back = np.bincount(trips.tour, weights=back, minlength=len(tours)) > 0
        other = parameters.companion_speed + parameters.walking_speed_sd * draws.normal(seed, "companion's pace", *keys)
        names = (*MODES, "not going")
        variate = np.stack([-np.log(-np.log(draws.uniform(seed, f"mode {name}", *keys))) for name in names], axis=1)
        return cls(
            tours=tours,
            trips=trips,
            back=back,
            has_back=has_back,
            driver=draws.uniform(seed, "driver", *keys) < parameters.driver_at_hand,
            companion=draws.uniform(seed, "companion", *keys) < parameters.companion_at_hand,
            slowed=np.maximum(1.0, people.speed_m_s[who] / np.maximum(other, 0.5)),
            variate=variate,
        )

    def only(self, rows: Array, trips: Array) -> "Tour":
        """The same for some tours and their trips (rows, in order)."""
        own = self.trips.take(trips)
        own = dataclasses.replace(own, tour=np.searchsorted(rows, own.tour))
        return Tour(
            self.tours.take(rows),
            own,
            self.back[trips],
            *(values[rows] for values in (self.has_back, self.driver, self.companion, self.slowed, self.variate)),
        )

    def summed(self, values: Array, rows: Array | None = None) -> Array:
        """Sums over the trips of each tour (float64 (N, M)) of values a trip (T, M)."""
        trips = self.trips.tour if rows is None else self.trips.tour[rows]
        values = values if rows is None else values[rows]
        columns = [np.bincount(trips, weights=column, minlength=len(self.tours)) for column in values.T]
        return np.stack(columns, axis=1)


@dataclasses.dataclass(frozen=True)
class Values:
    """Worth of every mode and variant of each tour, in log-odds; minus infinity where there is none.

    Parameters
    ----------
    worth
        float64 (N, M, V).
    """

    worth: Array

    @property
    def of_mode(self) -> Array:
        """Worth of each mode by its best variant (float64 (N, M))."""
        return np.asarray(self.worth.max(axis=2))

    def chosen(self, not_going: Array, variate: Array) -> tuple[Array, Array]:
        """Mode (NOT_GOING for none) and variant of each tour; ties go to the first."""
        every = np.column_stack([self.of_mode, not_going]) + variate
        mode = every.argmax(axis=1)
        variant = self.worth[np.arange(mode.size), np.minimum(mode, NOT_GOING - 1)].argmax(axis=1)
        return mode, np.where(mode == NOT_GOING, PLAIN, variant)

    def probability_going(self, not_going: Array) -> Array:
        """P(the tour is made by whatever mode) before the random part (float64 (N,))."""
        going = logsumexp(self.of_mode, axis=1)
        return np.asarray(1.0 / (1.0 + np.exp(np.minimum(not_going - going, 700.0))))


def values_of(
    tour: Tour,
    tastes: Tastes,
    parameters: Parameters,
    costs: Minutes,
    *,
    company: Minutes,
    shifted: dict[int, tuple[Array, Minutes]] | None = None,
) -> Values:
    """Worth of all modes and variants.

    Parameters
    ----------
    costs, company
        Of each trip as planned, and with somebody along (walking and transit only).
    shifted
        By variant: rows of the tours that may shift so, and the costs of all trips (of others they do not count).
    """
    who = tour.tours.person
    child, can = tastes.child[who], tastes.has[who].copy()
    can[:, PASSENGER] &= tour.driver
    worth = np.full((len(who), len(MODES), VARIANTS), -np.inf)
    price = _Price(tour, tastes, can)
    alone = ~child[:, None] | (np.arange(len(MODES)) == PASSENGER)
    out, home = price.of(costs, ~tour.back), price.of(costs, tour.back)
    constant = tastes.constant[who]
    worth[:, :, PLAIN] = np.where(alone, constant + out + home, -np.inf)
    asked = np.where(child, 0.0, parameters.company_arranging_min) * tastes.per_minute
    for mode in (WALK, TRANSIT):
        together = constant[:, mode] + price.of(company, slice(None))[:, mode] - asked
        worth[:, mode, COMPANY] = np.where(tour.companion | child, together, -np.inf)
    for variant, (rows, then) in (shifted or {}).items():
        hours = abs(SHIFTS_MS[variant]) / HOUR_MS
        loss = tastes.per_minute * parameters.shift_min_per_hour * hours
        moved = np.where(alone, constant + price.of(then, slice(None)) - loss, -np.inf)
        worth[rows[:, None], (WALK, TRANSIT), variant] = moved[rows][:, (WALK, TRANSIT)]
    mixing = tastes.per_minute * parameters.mixed_modes_min
    for mode in WITHOUT_VEHICLE:
        for other in WITHOUT_VEHICLE:
            mixed = out[:, mode] + home[:, other] + (constant[:, mode] + constant[:, other]) / 2 - mixing
            if mode != other:
                worth[:, mode, BACK_BY + other] = np.where(tour.has_back & ~child, mixed, -np.inf)
    return Values(worth)


class _Price(NamedTuple):
    tour: Tour
    tastes: Tastes
    can: Array

    def of(self, costs: Minutes, rows: Any) -> Array:
        """Worth (below 0) of some trips of each tour by mode (float64 (N, M))."""
        minutes, unsafe = (self.tour.summed(values, rows) for values in costs)
        fear = self.tastes.per_unsafe_minute[self.tour.tours.person]
        return np.where(self.can, -self.tastes.per_minute * minutes - fear[:, None] * unsafe, -np.inf)


def not_going(calm: Values, parameters: Parameters) -> Array:
    """Worth of not going (float64 (N,)): that of the tour at noon without fear, less what it takes to drop a wish."""
    going = logsumexp(calm.of_mode, axis=1)
    return np.where(np.isfinite(going), going + logit(parameters.not_made_share), 0.0)


def payable(costs: Minutes, trips: Trips, people: People, parameters: Parameters, metres: Array) -> Minutes:
    """The same costs if everybody could pay a taxi."""
    km, pays = metres / 1000.0, people.can_afford_taxi[trips.person]
    minutes = costs.minutes.copy()
    saved = taxi_fare(parameters, km, pays) - taxi_fare(parameters, km, np.ones_like(pays))
    minutes[:, TAXI] -= saved
    return Minutes(minutes, costs.unsafe)


def may_shift(tours: Tours, trips: Trips, end_ms: Array, open_at: Array) -> Array:
    """Which tours may be taken earlier or later (bool (N, V)): nobody is in two places, and doors must be open.

    Work and study keep their hours, and so do tours that pass 04:00. Between two tours of a person each may
    use half of the time.

    Parameters
    ----------
    end_ms
        When each tour would end at the latest.
    open_at
        bool (24, T): whether the destination of each trip is open at an hour.
    """
    count = len(tours)
    free = ~np.isin(tours.purpose, _FIXED)
    free &= np.bincount(trips.tour, weights=trips.from_previous_day, minlength=count) == 0
    before, after = tours.start_ms - 4 * HOUR_MS, 28 * HOUR_MS - end_ms
    order = np.lexsort((tours.number, tours.start_ms, tours.person))
    one, other = order[:-1], order[1:]
    same = tours.person[one] == tours.person[other]
    gap = (tours.start_ms[other] - end_ms[one]) // 2
    before[other[same]], after[one[same]] = gap[same], gap[same]
    allowed = np.zeros((count, VARIANTS), bool)
    hour = trips.depart_ms // HOUR_MS
    at_home = trips.purpose == _HOME
    row = np.arange(len(trips))
    for variant in range(COMPANY + 1, BACK_BY):
        by = SHIFTS_MS[variant]
        shut = open_at[hour % 24, row] & ~open_at[(hour + by // HOUR_MS) % 24, row] & ~at_home
        doors = np.bincount(trips.tour, weights=shut, minlength=count) == 0
        allowed[:, variant] = free & doors & (before >= max(-by, 0)) & (after >= max(by, 0))
    return allowed
