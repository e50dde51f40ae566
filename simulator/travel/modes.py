"""How people travel on a day: one logit a tour over modes and not going, on minutes that hold fear, waits and fares.

Within a mode a person takes the best way of doing it: as planned, in company, up to two hours earlier or later, or,
where no vehicle has to come back, home by another mode. So time, company and way back change only for a reason. Not
going is as good as the tour would be at noon and without fear, less what `not_made_share` stands for: a wish was
made knowing how far it is. A measure does not move that, so no option grows more likely as it grows dearer.
`kernels.choosing` evaluates it. Axis letters: N tours, T trips, M modes, V variants.
"""

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logit

from simulator.agenda.plans import TRIP_PURPOSES, Tours, Trips
from simulator.evidence.parameters import Parameters
from simulator.evidence.profiles import load_table
from simulator.foundation import draws
from simulator.foundation.categories import GENDERS, MODES
from simulator.foundation.clock import HOUR_MS
from simulator.kernels import choosing
from simulator.kernels.choosing import BACK_BY, COMPANY, SHIFTS_MS
from simulator.kernels.costs import BICYCLE, DRIVER, VARIANTS
from simulator.people.population import People

Array = np.ndarray[Any, Any]
_FIXED = (TRIP_PURPOSES.index("work"), TRIP_PURPOSES.index("study"))
_HOME = TRIP_PURPOSES.index("home")


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

    def in_kernel(self, parameters: Parameters) -> choosing.Tastes:
        """What the kernel of choices reckons with."""
        return choosing.Tastes(
            per_minute=self.per_minute,
            company=float(np.exp(parameters.company)),
            arranging=parameters.company_arranging_min * self.per_minute,
            shift_hour=parameters.shift_min_per_hour * self.per_minute,
            mixing=parameters.mixed_modes_min * self.per_minute,
            dropped=float(logit(parameters.not_made_share)),
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
