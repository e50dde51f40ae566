"""What an indicator is, and the register of all of them; they stand in `catalogue`."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from analysis.language import marked

Array = np.ndarray[Any, np.dtype[np.float64]]
Breakdown = Literal["hours", "periods", "once", "total"]
"""Cells that an indicator is reported for: `hours` gender x age x period and gender x hour band; `periods`
without hour bands; `once` gender x age for the whole day; `total` one number."""


@dataclasses.dataclass(frozen=True)
class CellSums:
    """Sums behind every cell of one run; each array has one entry a cell.

    Attributes
    ----------
    realised, frozen, before, asked, affected, affected_before, near, near_before, living
        Columns of `summary.parquet` summed over the core, by itinerary. Besides those, `population` (people
        whom the group stands for), and `treated_walking_s` and `treated_safe_s` (walking_s and safe_s on segments
        that the scenario touches).
    annual_cost
        Capital spread over its lifetime plus running cost, currency a year.
    totals
        Numbers that the run has once (see `analysis.indicators.run_totals`), by the name of their indicator.
    """

    realised: Mapping[str, Array]
    frozen: Mapping[str, Array]
    before: Mapping[str, Array]
    asked: Mapping[str, Array]
    affected: Mapping[str, Array]
    affected_before: Mapping[str, Array]
    near: Mapping[str, Array]
    near_before: Mapping[str, Array]
    living: Mapping[str, Array]
    annual_cost: float
    totals: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def as_before(self) -> "CellSums":
        """The baseline by this run's zones: `before` in the place of `realised` and `frozen`, and of the affected."""
        walked = dataclasses.replace(self, realised=self.before, frozen=self.before)
        return dataclasses.replace(walked, affected=self.affected_before, near=self.near_before)


Formula = Callable[[CellSums], Array]


@dataclasses.dataclass(frozen=True)
class IndicatorMeaning:
    """What an indicator says, in which unit, and from when on."""

    name: str
    unit: str
    better: int
    margin: float
    margin_reason: str
    tag: Literal["process", "product", "impact"]
    earliest: str
    title: str
    meaning: str
    formula: Formula


@dataclasses.dataclass(frozen=True)
class Indicator(IndicatorMeaning):
    """What is known of one indicator; see the module's docstring.

    Attributes
    ----------
    better
        +1 more is better, -1 less is better, 0 neither (never judged).
    margin, margin_is_relative, margin_reason
        Material margin in the indicator's unit, or as a share of the baseline's value; and why so.
    tag
        Process (was it done), product (what was delivered) or impact (what it changed for people).
    earliest
        When after the measure a count or survey of it could first mean something.
    baseline_from
        `baseline`: the baseline run; `before`: the baseline by the scenario's zones, as its run has it; `nothing`: 0.
    itinerary
        Rows of the summary that count the people behind a cell.
    on_treated
        Whether it is of the streets that a measure touches.
    groupings
        Which of `categories.GROUPINGS` it is told by besides: what trips are for, the neighbourhood walked in, or of
        the home.
    always
        The verdict whatever comes out; empty: judged by `better` and `margin`.
    is_ratio
        Whether draws of it are averaged, and its interval taken, on the log scale (0 in the baseline).
    is_amount
        Whether its interval never passes zero where no draw does (0 in the baseline; see `amount_interval`).
    """

    margin_is_relative: bool = False
    label: Literal["", "proxy", "assumed"] = ""
    on_treated: bool = False
    breakdown: Breakdown = "hours"
    baseline_from: Literal["baseline", "before", "nothing"] = "baseline"
    itinerary: Literal["realised", "frozen", "asked", "living", "affected", "near"] = "realised"
    groupings: tuple[str, ...] = ()
    always: str = ""
    is_ratio: bool = False
    is_amount: bool = False

    def margin_at(self, baseline: float) -> float:
        """Half-width of what counts as no material change, in the indicator's unit."""
        return self.margin * abs(baseline) if self.margin_is_relative else self.margin


INDICATORS: dict[str, Indicator] = {}
"""Every indicator by name, in the order of `comparison.csv`."""

SHARE_OF_TIME = "share of walking time"
SHARE_OF_RESIDENTS = "share of residents 16+"
SHARE_OF_ALL_RESIDENTS = "share of residents"
SHARE_OF_AREA = "share of the core's area"
SHARE_OF_KINDS = "share of kinds within 15 minutes"
SHARE_OF_INCIDENTS = "share of incidents on the treated streets"
SHARE_OF_JOURNEY = "share of time on the way"
SHARE_OF_TRIPS = "share of wished trips"
SHARE_OF_OUT = "share of person-hours out"
SHARES = (
    *(SHARE_OF_TIME, SHARE_OF_RESIDENTS, SHARE_OF_ALL_RESIDENTS, SHARE_OF_AREA, SHARE_OF_KINDS, SHARE_OF_INCIDENTS),
    *(SHARE_OF_JOURNEY, SHARE_OF_TRIPS, SHARE_OF_OUT),
)
"""Units that people read as per cent, and their differences as percentage points."""
PER_100 = "minutes per 100 person-hours outdoors"
PER_100_000 = "incidents per 100 000 person-hours outdoors"
PERSON_HOURS_OUTDOORS = marked(
    "Person-hours outdoors are those that people walk or wait at stops in the core on the baseline's trips."
)
PER_DAY = "incidents per such day"


def indicator(name: str, **declared: Any) -> Callable[[Formula], Formula]:
    """Register the decorated function as an indicator; its docstring is the meaning in plain words."""

    def register(formula: Formula) -> Formula:
        meaning = " ".join((formula.__doc__ or "").split())
        INDICATORS[name] = Indicator(name=name, meaning=meaning, formula=formula, **declared)
        return formula

    return register


def ratio(numerator: Array, denominator: Array, scale: float = 1.0) -> Array:
    """Scale x numerator / denominator; NaN where the denominator is zero."""
    result = np.full(np.shape(denominator), np.nan)
    np.divide(np.multiply(numerator, scale), denominator, out=result, where=np.asarray(denominator) > 0)
    return result


def person_hours_outdoors(sums: CellSums) -> Array:
    """Hours that people walk or wait at stops in the core on the baseline's trips.

    The population at risk in the core is whoever is there, residents or not, and for as long; who lives elsewhere on
    the map and never comes is not. The hours are those of the baseline in both runs, so that a measure which brings
    people out does not hide what they meet in a larger denominator: the difference is one of incidents or minutes.
    """
    return np.asarray((sums.frozen["walking_s"] + sums.frozen["waiting_s"]) / 3600.0)


def once(sums: CellSums, name: str) -> Array:
    """A total of the run in every cell; only that of everybody is reported."""
    return np.full(len(sums.realised["population"]), sums.totals.get(name, float("nan")))
