"""When a measure is there, and how much of it: dates, slow onset, decay, phases, months, kinds of day, dusk to dawn.

One thing for all measures. `When.share_on` says how much of a measure there is on a date;
`simulator.interventions.strength` makes that part of a whole one, and puts it on the streets.
"""

import calendar
import datetime
from collections.abc import Collection
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.city.network import StreetNetwork
from simulator.city.sun import darkness, solar_elevation
from simulator.city.transit import DAY_KINDS, day_kind_of
from simulator.evidence.parameters import nominal
from simulator.foundation.clock import FIRST_HOUR

DAYS_IN_WORDS = dict(zip(DAY_KINDS, ("Mondays to Thursdays", "Fridays", "Saturdays", "Sundays"), strict=True))
DAYS_A_YEAR = dict(zip(DAY_KINDS, np.array([4, 1, 1, 1]) * 365.25 / 7, strict=True))
"""How many days of each kind a year has."""
MONTHS = tuple(calendar.month_name)[1:]
YEAR_DAYS = 365.25
_MIDDLE, _YEAR = 15, 2026

Array = np.ndarray[Any, Any]
DayKind = Literal["weekday", "friday", "saturday", "sunday"]
Month = Annotated[int, Field(ge=1, le=12)]
Share = Annotated[float, Field(ge=0, le=1)]


class Phase(BaseModel):
    """From a date on, so much of a measure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: datetime.date = Field(description="date from which this phase holds, until the next one")
    share: Share = Field(description="how much of the measure there is in it (0 to 1)")


class When(BaseModel):
    """When a measure is there, and how much of it; what is not given does not limit it, and shares multiply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: datetime.date | None = Field(None, description="first date on which anything of it is there")
    ends: datetime.date | None = Field(None, description="first date on which nothing of it is there any more")
    after_weeks: float = Field(
        0.0, ge=0, le=1040, description="slow onset: weeks from begins until `reaches`, in a straight line"
    )
    starts_at: Share = Field(0.0, description="slow onset: how much there is on the date of begins (0 to 1)")
    reaches: Share = Field(1.0, description="how much there is once it is known and running (0 to 1)")
    decay_a_year: Share = Field(0.0, description="share of it that is lost in each year after the onset (0 to 1)")
    phases: tuple[Phase, ...] = Field((), max_length=100, description="so much from each date on; nothing before them")
    days: tuple[DayKind, ...] = Field((), description="kinds of day on which it begins; all of them if not said")
    months: tuple[Month, ...] = Field((), description="months, 1 to 12; all of them if not said")
    dusk_to_dawn: bool = Field(
        False, description="true: of its hours only those in which it is dark on the date (kinds that have hours)"
    )

    @model_validator(mode="after")
    def _holds_together(self) -> "When":
        if self.begins is None and (self.after_weeks or self.decay_a_year):
            raise ValueError("after_weeks and decay_a_year count from begins: give the date at which it begins")
        if self.starts_at and not self.after_weeks:
            raise ValueError("starts_at is where a slow onset starts: give after_weeks, or use reaches")
        if self.begins is not None and self.ends is not None and self.ends <= self.begins:
            raise ValueError(f"found ends {self.ends}, expected a date after begins {self.begins}")
        dates = [phase.begins for phase in self.phases]
        if dates != sorted(set(dates)):
            raise ValueError("found phases out of order or twice on a date, expected one date after the other")
        return self

    @property
    def is_partial(self) -> bool:
        """Whether on some date there is a part of the measure, neither nothing nor all."""
        shares = (self.reaches, *(phase.share for phase in self.phases))
        return bool(self.after_weeks or self.decay_a_year or any(0.0 < share < 1.0 for share in shares))

    def share_on(self, date: datetime.date) -> float:
        """How much of the measure there is on the day from 04:00 of a date (0 to 1)."""
        return 0.0 if self.why_not(date) else self.grown(date)

    def why_not(self, date: datetime.date) -> str:
        """Why there is nothing of it on a date, in words that follow its name; empty if there is something."""
        if self.begins is not None and date < self.begins:
            return f"has not begun (it begins on {self.begins})"
        if self.ends is not None and date >= self.ends:
            return f"has ended (on {self.ends})"
        return why_not_on(date, self.days, self.months) or (
            "is not there yet, or no longer, by its onset and phases" if self.grown(date) == 0.0 else ""
        )

    def grown(self, date: datetime.date) -> float:
        """How much of it there is by dates, onset, decay and phases, on whatever kind of day and month (0 to 1)."""
        if (self.begins is not None and date < self.begins) or (self.ends is not None and date >= self.ends):
            return 0.0
        share = self.reaches
        if self.phases:
            share *= next((phase.share for phase in reversed(self.phases) if phase.begins <= date), 0.0)
        if self.begins is None or share == 0.0:
            return share
        weeks = (date - self.begins).days / 7.0
        if weeks < self.after_weeks:
            first = self.starts_at if self.reaches == 0.0 else self.starts_at / self.reaches
            return min(1.0, share * (first + (1.0 - first) * weeks / self.after_weeks))
        return share * (1.0 - self.decay_a_year) ** ((weeks - self.after_weeks) * 7.0 / YEAR_DAYS)

    def words(self) -> list[str]:
        """What it says, in sentences without a stop."""
        told = [f"from {self.begins}"] if self.begins else []
        told += [f"until the day before {self.ends}"] if self.ends else []
        if self.after_weeks:
            told.append(
                f"from {self.starts_at:.0%} it reaches {self.reaches:.0%} of the whole after {self.after_weeks:g} "
                "weeks, in a straight line"
            )
        elif self.reaches < 1.0:
            told.append(f"{self.reaches:.0%} of the whole")
        told += [f"then {self.decay_a_year:.0%} of it is lost each year"] if self.decay_a_year else []
        told += [f"{phase.share:.0%} of it from {phase.begins}" for phase in self.phases]
        told += [f"on {_days(self.days)}"] if self.days else []
        told += [f"in {_months(self.months)}"] if self.months else []
        return [*told, *(["in the dark hours of the date only"] if self.dusk_to_dawn else [])]


def why_not_on(date: datetime.date, days: Collection[str], months: Collection[int]) -> str:
    """Why a date is none of some kinds of day and months, in words; empty if it is one, or none are named."""
    if days and day_kind_of(date) not in days:
        return f"is for {_days(days)} only, each until {FIRST_HOUR:02}:00 of the morning after"
    if months and date.month not in months:
        return f"is for {_months(months)} only"
    return ""


def _days(days: Collection[str]) -> str:
    return " and ".join(DAYS_IN_WORDS[day] for day in DAY_KINDS if day in days)


def _months(months: Collection[int]) -> str:
    return ", ".join(MONTHS[month - 1] for month in sorted(set(months)))


def dark_hours(network: StreetNetwork, date: datetime.date) -> Array:
    """Clock hours (bool (24,)) of a date in which it is dark to some degree in a city, by the sun at the half hour."""
    sun = solar_elevation(network.latitude, network.longitude, network.timezone, date)
    ends = {"begins_deg": nominal("dark_begins_deg"), "complete_deg": nominal("dark_complete_deg")}
    return darkness(sun, **ends) > 0


def dark_hours_of_months(network: StreetNetwork, months: Collection[int]) -> Array:
    """The same (bool (M, 24)) by the sun of the middle of some months, all of them if none is named."""
    every = months or range(1, len(MONTHS) + 1)
    return np.array([dark_hours(network, datetime.date(_YEAR, month, _MIDDLE)) for month in every])
