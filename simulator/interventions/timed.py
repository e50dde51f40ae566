"""Measures that hold in some hours of some kinds of day, and what many of them do to streets."""

import calendar
import dataclasses
import datetime
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import GUARDIANS, Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, day_kind_of
from simulator.foundation.clock import FIRST_HOUR, HOURS
from simulator.interventions.base import Array, Idle, Placement, Priced

DAYS_IN_WORDS = dict(zip(DAY_KINDS, ("Mondays to Thursdays", "Fridays", "Saturdays", "Sundays"), strict=True))
DAYS_A_YEAR = dict(zip(DAY_KINDS, np.array([4, 1, 1, 1]) * 365.25 / 7, strict=True))
"""How many days of each kind a year has."""
MONTHS = tuple(calendar.month_name)[1:]


class Timed(Priced):
    """Base of measures that hold in some hours; those from 0 to 4 belong to the night that follows the day."""

    from_hour: int = Field(0, ge=0, le=23, description="first clock hour in which it holds")
    until_hour: int = Field(0, ge=0, le=23, description="clock hour at which it ends; equal to from_hour: all day")
    days: tuple[Literal["weekday", "friday", "saturday", "sunday"], ...] = Field(
        (), description="kinds of day on which it begins; all of them unless said otherwise"
    )
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        (), description="months, 1 to 12; all of them unless said otherwise"
    )

    def hours(self) -> Array:
        """Clock hours (bool (24,)) in which it holds."""
        if self.from_hour == self.until_hour:
            return np.ones(HOURS, bool)
        hour = np.arange(HOURS)
        return (hour - self.from_hour) % HOURS < (self.until_hour - self.from_hour) % HOURS

    def on(self, date: datetime.date) -> Array:
        """Clock hours (bool (24,)) of the day from 04:00 of a date in which it holds."""
        return self.hours() & (self._why_not(date) == "")

    def days_a_year(self) -> float:
        """How many days a year it holds."""
        share = len(set(self.months)) / 12.0 if self.months else 1.0
        return float(sum(DAYS_A_YEAR[day] for day in self.days or DAY_KINDS)) * share

    def hours_a_year(self) -> float:
        """How many hours a year it holds."""
        return self.days_a_year() * float(self.hours().sum())

    def _why_not(self, date: datetime.date) -> str:
        if self.days and day_kind_of(date) not in self.days:
            named = " and ".join(DAYS_IN_WORDS[day] for day in DAY_KINDS if day in self.days)
            return f"is for {named} only, each until {FIRST_HOUR:02}:00 of the morning after"
        if self.months and date.month not in self.months:
            named = ", ".join(MONTHS[month - 1] for month in sorted(set(self.months)))
            return f"is for {named} only"
        return ""

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Other kinds of day or other months are meant."""
        why = self._why_not(date)
        return Idle(why) if why else None


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
