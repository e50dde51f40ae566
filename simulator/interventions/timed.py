"""Measures that hold in some hours of some kinds of day, and what many of them do to streets."""

import dataclasses
import datetime
from typing import ClassVar

import numpy as np
from pydantic import Field

from simulator.city.conditions import GUARDIANS, Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array, Idle, Placement, Priced
from simulator.interventions.when import (
    DAYS_A_YEAR,
    MONTHS,
    DayKind,
    Month,
    dark_hours,
    dark_hours_of_months,
    why_not_on,
)


class Timed(Priced):
    """Base of measures that hold in some hours; those from 0 to 4 belong to the night that follows the day."""

    has_hours: ClassVar[bool] = True
    from_hour: int = Field(0, ge=0, le=23, description="first clock hour in which it holds")
    until_hour: int = Field(0, ge=0, le=23, description="clock hour at which it ends; equal to from_hour: all day")
    days: tuple[DayKind, ...] = Field(
        (), description="kinds of day on which it begins; all of them unless said otherwise"
    )
    months: tuple[Month, ...] = Field((), description="months, 1 to 12; all of them unless said otherwise")

    @property
    def follows_the_sun(self) -> bool:
        """Whether it holds in the dark hours of a date only."""
        return self.when is not None and self.when.dusk_to_dawn

    def hours(self) -> Array:
        """Clock hours (bool (24,)) in which it holds, whatever the sun does."""
        if self.from_hour == self.until_hour:
            return np.ones(HOURS, bool)
        hour = np.arange(HOURS)
        return (hour - self.from_hour) % HOURS < (self.until_hour - self.from_hour) % HOURS

    def hours_on(self, network: StreetNetwork, date: datetime.date) -> Array:
        """Clock hours (bool (24,)) of a date in which it holds, if it does on such a day."""
        return self.hours() & dark_hours(network, date) if self.follows_the_sun else self.hours()

    def on(self, draw: Draw) -> Array:
        """Clock hours (bool (24,)) of the day from 04:00 of the draw's date in which it holds."""
        return self.hours_on(draw.network, draw.date) & (why_not_on(draw.date, self.days, self.months) == "")

    def _months_of_year(self) -> list[int]:
        when = self.when.months if self.when is not None else ()
        return [month for month in range(1, len(MONTHS) + 1) if _in(month, self.months) and _in(month, when)]

    def days_a_year(self) -> float:
        """How many days a year it holds, once it is there."""
        when = self.when.days if self.when is not None else ()
        days = [DAYS_A_YEAR[day] for day in DAY_KINDS if _in(day, self.days) and _in(day, when)]
        return float(sum(days)) * len(self._months_of_year()) / len(MONTHS)

    def hours_a_year(self, network: StreetNetwork) -> float:
        """How many hours a year it holds in a city, once it is there in full; dark ones by the middle of each month."""
        return (
            self.dark_hours_a_year(network) if self.follows_the_sun else self.days_a_year() * float(self.hours().sum())
        )

    def dark_hours_a_year(self, network: StreetNetwork) -> float:
        """How many hours a year it holds while it is dark to some degree, once it is there in full."""
        months = self._months_of_year()
        if not months:
            return 0.0
        return self.days_a_year() * float((dark_hours_of_months(network, months) & self.hours()).sum(axis=1).mean())

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Other kinds of day or other months are meant, or none of its hours is dark."""
        why = why_not_on(date, self.days, self.months)
        if not why and not self.hours_on(network, date).any():
            why = "is for dark hours only, and none of its hours is dark"
        return Idle(why) if why else None


def _in(one: str | int, named: tuple[str, ...] | tuple[int, ...]) -> bool:
    """Whether a day or month is named; a list without any names all."""
    return not named or one in named


def share_in_view(people: float, length_m: float, view_m: float) -> float:
    """Share of the time in which somebody of so many, who walk to and fro along some metres, is in view of a point.

    Each is within `view_m` to either side of a point for the share 2 view_m / length_m of the time; they go about
    independently, so that the number in view is about Poisson.
    """
    return float(-np.expm1(-people * min(1.0, 2.0 * view_m / length_m))) if length_m > 0 else 0.0


def with_guardians(conditions: Conditions, kind: str, share: Array) -> Conditions:
    """The streets with guardians of a kind in view for a further share of the time (float64 (24, S)).

    They are taken to be there independently of those who are there already.
    """
    row = GUARDIANS.index(kind)
    guardians = conditions.guardians.copy()
    there = 1.0 - (1.0 - guardians[row].astype(np.float64)) * (1.0 - share)
    guardians[row] = np.where(share > 0, there, guardians[row])
    return dataclasses.replace(conditions, guardians=guardians)


def with_hazard(conditions: Conditions, ratio: Array, exponent: Array) -> Conditions:
    """The streets with a direct ratio on hazard by type (float64 (3,)), to a power (24, S): how far it acts."""
    acts = exponent > 0
    hazard = conditions.hazard_ratio.astype(np.float64)
    changed = hazard * ratio[:, None, None] ** exponent
    return dataclasses.replace(
        conditions, hazard_ratio=np.where(acts, changed, conditions.hazard_ratio).astype(np.float32)
    )


def treated(conditions: Conditions, segments: Array) -> Conditions:
    """The streets with some marked as touched."""
    marked = conditions.treated.copy()
    marked[segments] = True
    return dataclasses.replace(conditions, treated=marked)


def gathered(conditions: Conditions, more: Gathering) -> Conditions:
    """The streets with some more people brought out."""
    return dataclasses.replace(conditions, gatherings=(*conditions.gatherings, more))


def on_streets(on: Array, segments: Array, network: StreetNetwork) -> Array:
    """1 in some hours (bool (24,)) on some segments, else 0 (float64 (24, S))."""
    where = np.zeros((HOURS, len(network.streets)))
    where[np.ix_(on.nonzero()[0], segments)] = 1.0
    return where


def length_of(network: StreetNetwork, segments: Array) -> float:
    """Metres of some segments."""
    return float(network.streets.length_m[segments].sum())


def spread_over(network: StreetNetwork, segments: Array, count: int) -> Array:
    """Rows of the segments with one of so many things (int (count,)), evenly spread over the length of some streets."""
    ordered = segments[np.argsort(network.streets.segment_id[segments])]  # the same in any order of rows
    along = np.cumsum(network.streets.length_m[ordered])
    wanted = (np.arange(count) + 0.5) / max(count, 1) * along[-1]
    return np.asarray(ordered[np.searchsorted(along, wanted)])


def known_lit(network: StreetNetwork, segments: Array) -> Array:
    """Those of some segments that are likelier lit than not, and whose lamps add light (rows)."""
    streets = network.streets
    lit = (streets.lit_probability >= 0.5) & (streets.lit_min_lx > streets.unlit_min_lx)
    return np.asarray(segments[lit[segments]])


def walked_by(
    conditions: Conditions, draw: Draw, where: Array, on: Array, people: float, kind: str
) -> tuple[Conditions, Array]:
    """The streets with so many people who walk to and fro on some of them, and how far they are in view there.

    Parameters
    ----------
    where, on
        Rows of the segments, and clock hours (bool (24,)).
    people, kind
        How many at once, and the word of `GUARDIANS` that they count as.

    Returns
    -------
    Conditions, float64 (24, S)
        The second is the share of the time in which one of them is in view.
    """
    share = share_in_view(people, length_of(draw.network, where), draw.parameters.view_radius_m)
    there = share * on_streets(on, where, draw.network)
    return with_guardians(treated(conditions, where), kind, there), there
