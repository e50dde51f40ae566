"""A study as its file says it: scenarios, levers, uncertainties, a design, outcomes, and when to stop."""

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from analysis.indicators.cells import PERIODS

Step = Annotated[bool | int | float | str, Field(union_mode="smart")]
"""One value of a lever."""
Kind = Literal["grid", "latin hypercube", "sobol", "saltelli", "morris", "one at a time", "points"]
Gender = Literal["all", "woman", "man", "another"]
Period = Literal["all", "day", "dark"]
assert set(PERIODS) == {"all", "day", "dark"}
_STRICT = ConfigDict(frozen=True, extra="forbid")
_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"


class Lever(BaseModel):
    """A field of a measure that the study tries at several values."""

    model_config = _STRICT

    name: str = Field(pattern=_NAME, description='a short name for tables, such as "spacing", without blanks')
    case: str | None = Field(
        None, min_length=1, description="the scenario it belongs to; left out: every scenario with such a measure"
    )
    measure: str = Field(min_length=1, description="name or kind of the measure in its case")
    field: str = Field(
        min_length=1, description='a key of the measure, such as spacing_m; "included" (true, false) leaves it out'
    )
    values: tuple[Step, ...] = Field((), max_length=1000, description="the values to try")
    low: float | None = Field(None, description="the least value to try, where they lie in a range")
    high: float | None = Field(None, description="the greatest value to try")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Lever":
        _check_range(self.values, self.low, self.high, needed=True)
        return self


class Uncertainty(BaseModel):
    """A parameter of the evidence whose value the design decides, in the place of the draw."""

    model_config = _STRICT

    name: str = Field(min_length=1, description="a parameter, as `afterdark evidence` lists them")
    values: tuple[float, ...] = Field((), max_length=1000, description="values to try, in place of a range")
    low: float | None = Field(None, description="least value; left out with high: as the evidence has it")
    high: float | None = Field(None, description="greatest value; all between are as likely")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Uncertainty":
        _check_range(self.values, self.low, self.high, needed=False)
        return self


def _check_range(values: tuple[object, ...], low: float | None, high: float | None, *, needed: bool) -> None:
    if (low is None) != (high is None):
        raise ValueError("low and high go together; give both")
    if values and low is not None:
        raise ValueError("give values, or low and high, not both")
    if needed and not values and low is None:
        raise ValueError("give values = [...], or low and high")
    if low is not None and high is not None and not low < high:
        raise ValueError(f"the range from {low:g} to {high:g} is empty; low must lie below high")
    if len(set(map(repr, values))) < len(values):
        raise ValueError("values: one of them stands twice; leave it out once")


class Design(BaseModel):
    """At which points levers and uncertainties are tried."""

    model_config = _STRICT

    kind: Kind = Field("grid", description="how points are chosen")
    points: int | None = Field(
        None, ge=1, le=1_000_000, description="points (morris: ways through the space; saltelli: base points)"
    )
    levels: int = Field(3, ge=2, le=100, description="values tried of each range (grid, one at a time, morris)")
    second_order: bool = Field(False, description="saltelli: also points for interactions of two")
    file: str | None = Field(None, min_length=1, description="points: CSV beside the study, a column for each name")

    @model_validator(mode="after")
    def _what_it_needs(self) -> "Design":
        counted = self.kind in ("latin hypercube", "sobol", "saltelli", "morris")
        if counted and self.points is None:
            raise ValueError(f"a {self.kind} design needs points = ...; add it")
        if not counted and self.points is not None:
            raise ValueError(f"points: a {self.kind} design counts its points itself; leave it out")
        if (self.kind == "points") != (self.file is not None):
            raise ValueError('kind = "points" and file = "points.csv" go together; give both')
        if self.kind in ("sobol", "saltelli") and self.points is not None and self.points & (self.points - 1):
            below = 1 << (self.points.bit_length() - 1)
            raise ValueError(f"a {self.kind} design needs a power of two; give points = {below} or {2 * below}")
        return self


class Outcome(BaseModel):
    """What is kept of each run: an indicator for each gender, age and period."""

    model_config = _STRICT

    indicator: str = Field(min_length=1, description="name of an indicator, as in comparison.csv")
    gender: tuple[Gender, ...] = Field(("all",), min_length=1, description="whom it is told for")
    age: tuple[str, ...] = Field(("all",), min_length=1, description='ages such as "all", "65+", "under 25", "25-44"')
    period: tuple[Period, ...] = Field(("all",), min_length=1, description="all, day or dark")


class Stop(BaseModel):
    """When enough draws have been run: the Monte Carlo error of the interval's ends of one outcome."""

    model_config = _STRICT

    indicator: str = Field(min_length=1, description="the indicator that decides; also one of the outcomes")
    gender: Gender = Field("all", description="for whom")
    age: str = Field("all", description="of which age")
    period: Period = Field("all", description="at which time")
    error: float = Field(gt=0, description="largest standard error of both ends of the interval (indicator's unit)")
    at_least: int = Field(8, ge=3, description="draws before it is first asked")
    every: int = Field(8, ge=1, description="draws between two times that it is asked")


class Objective(BaseModel):
    """What a portfolio is to be good for: the cell of an outcome; which direction is better is the indicator's."""

    model_config = _STRICT

    indicator: str = Field(min_length=1, description="an indicator; also one of the outcomes. cost: less is better")
    gender: Gender = Field("all", description="for whom")
    age: str = Field("all", description="of which age")
    period: Period = Field("all", description="at which time")
    by: Literal["mean", "low"] = Field(
        "mean", description="over draws: their mean, or the value that nine of ten are better than (low)"
    )


class Optimise(BaseModel):
    """What the best portfolios are asked for; a portfolio is a scenario with a value for each lever."""

    model_config = _STRICT

    budget: float | None = Field(
        None, gt=0, description="most that it may cost a year in the mean, in the costs' money"
    )
    objectives: tuple[Objective, ...] = Field(min_length=1, max_length=4, description="what it is to be good for")
    nobody_worse: bool = Field(
        True,
        description="whether one that makes any outcome worse beyond its margin, in the mean or surely, is refused",
    )
    runs: int = Field(
        2000, ge=10, le=10_000_000, description="most runs; all portfolios are tried if they fit, else it is searched"
    )


class Setting(BaseModel):
    """What all runs of a study share."""

    model_config = _STRICT

    city: str = Field("helsinki-centre", min_length=1, max_length=1000, description="short name or path of a city")
    people: int = Field(1000, ge=100, le=2_000_000, description="simulated agents")
    date: datetime.date | None = Field(None, description="day to simulate; left out: the darkest working day there")
    days: int = Field(1, ge=1, le=60, description="measured days, averaged")
    seed: int = Field(1, ge=0, lt=2**63, description="seed of all random numbers")
    replications: int = Field(8, ge=1, le=100_000, description="draws at each point, the same ones at all points")


class Study(Setting):
    """A study; its short name is that of its file, never written inside."""

    format: Literal[1] = Field(description="version of the file format: 1")
    title: str = Field(min_length=1, max_length=200, description="what tables and messages call it")
    question: str = Field("", max_length=2000, description="the question that it is to answer")
    notes: str = Field("", max_length=20_000, description="anything that a reader should know")
    scenarios: tuple[Annotated[str, Field(min_length=1, max_length=1000)], ...] = Field(
        min_length=1, max_length=1000, description='cases by name or path; "one + other" puts their measures together'
    )
    baseline: str = Field("baseline", min_length=1, max_length=1000, description="the case they are compared with")
    levers: tuple[Lever, ...] = Field((), max_length=100, description="what one can do, and how much of it")
    uncertainties: tuple[Uncertainty, ...] = Field((), max_length=400, description="what the design decides of chance")
    design: Design = Field(Design(), description="at which points they are tried")
    outcomes: tuple[Outcome, ...] = Field(min_length=1, max_length=200, description="what is kept of each run")
    stop: Stop | None = Field(None, description="when fewer draws than replications are enough")
    optimise: Optimise | None = Field(None, description="what `study optimise` looks for")

    _name: str = PrivateAttr("study")
    _folder: str = PrivateAttr(".")

    @property
    def name(self) -> str:
        """Short name."""
        return self._name

    @property
    def folder(self) -> str:
        """Where files that it names are looked for first."""
        return self._folder


def named(study: Study, name: str, folder: str) -> Study:
    """The study under a short name, with the folder that it was read from."""
    copy = study.model_copy()
    copy._name, copy._folder = name, folder
    return copy
