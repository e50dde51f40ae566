"""The indicators: what is counted, in which unit, which direction is better, which change is material.

An indicator is one function with one decorator. The function gets the sums behind every cell of one run
(`CellSums`, arrays with one entry a cell) and returns one value a cell; NaN where it is not defined (nobody
walked).

The material margins are decisions, not evidence: a change whose whole interval lies inside the margin is
called "practically none". Each decorator gives its margin and the reason for it. To add an indicator, add a
function here.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Breakdown = Literal["hours", "periods", "once", "total"]
"""Cells that an indicator is reported for: `hours` gender x age x period and gender x hour band; `periods`
without hour bands; `once` gender x age for the whole day; `total` one number."""


@dataclasses.dataclass(frozen=True)
class CellSums:
    """Sums behind every cell of one run; each array has one entry a cell.

    Attributes
    ----------
    realised, frozen, before, asked
        Columns of `summary.parquet` summed over the core, by itinerary. Besides those, `population` (people
        whom the group stands for), and `treated_walking_s` and `treated_safe_s` (walking_s and safe_s on segments
        that the scenario touches).
    annual_cost
        Capital spread over its lifetime plus running cost, currency a year.
    totals
        Numbers that the run has once (see `analysis.run_totals`), by the name of their indicator.
    """

    realised: Mapping[str, Array]
    frozen: Mapping[str, Array]
    before: Mapping[str, Array]
    asked: Mapping[str, Array]
    annual_cost: float
    totals: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def as_before(self) -> "CellSums":
        """The baseline by this run's zones: `before` in the place of `realised` and `frozen`."""
        return dataclasses.replace(self, realised=self.before, frozen=self.before)


Formula = Callable[[CellSums], Array]


@dataclasses.dataclass(frozen=True)
class Indicator:
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
        `baseline`: the baseline run; `before`: the baseline by the scenario's zones, as its run has it.
    itinerary
        Rows of the summary that count the people behind a cell.
    always
        The verdict whatever comes out; empty: judged by `better` and `margin`.
    is_ratio
        Whether draws of it are averaged, and its interval taken, on the log scale (0 in the baseline).
    """

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
    margin_is_relative: bool = False
    label: Literal["", "proxy", "assumed"] = ""
    breakdown: Breakdown = "hours"
    baseline_from: Literal["baseline", "before"] = "baseline"
    itinerary: Literal["realised", "frozen", "asked"] = "realised"
    always: str = ""
    is_ratio: bool = False

    def margin_at(self, baseline: float) -> float:
        """Half-width of what counts as no material change, in the indicator's unit."""
        return self.margin * abs(baseline) if self.margin_is_relative else self.margin


INDICATORS: dict[str, Indicator] = {}
"""Every indicator by name, in the order of `comparison.csv`."""

SHARE_OF_TIME = "share of walking time"
SHARE_OF_RESIDENTS = "share of residents 16+"
SHARE_OF_INCIDENTS = "share of incidents on the touched streets"
SHARES = (SHARE_OF_TIME, SHARE_OF_RESIDENTS, SHARE_OF_INCIDENTS)
"""Units that people read as per cent, and their differences as percentage points."""
PER_100 = "minutes per 100 people per such day"
PER_100_000 = "incidents per 100 000 people per such day"
PER_DAY = "incidents per such day"


def indicator(name: str, **declared: Any) -> Callable[[Formula], Formula]:
    """Register the decorated function as an indicator; its docstring is the meaning in plain words."""

    def register(formula: Formula) -> Formula:
        meaning = " ".join((formula.__doc__ or "").split())
        INDICATORS[name] = Indicator(name=name, meaning=meaning, formula=formula, **declared)
        return formula

    return register


def _ratio(numerator: Array, denominator: Array, scale: float = 1.0) -> Array:
    """Scale x numerator / denominator; NaN where the denominator is zero."""
    result = np.full(np.shape(denominator), np.nan)
    np.divide(np.multiply(numerator, scale), denominator, out=result, where=np.asarray(denominator) > 0)
    return result


def _once(sums: CellSums, name: str) -> Array:
    """A total of the run in every cell; only that of everybody is reported."""
    return np.full(len(sums.realised["population"]), sums.totals.get(name, float("nan")))


@indicator(
    "feels_safe_share",
    title="Walking time that feels safe",
    unit=SHARE_OF_TIME,
    better=+1,
    margin=0.005,
    margin_reason="half a point: 18 seconds of an hour's walking, half the sampling error of a large survey",
    tag="impact",
    earliest="three months after the measure is in use: people have to notice it first",
)
def feels_safe_share(sums: CellSums) -> Array:
    """Share of the time walked in the core that feels safe to the walker, on the trips made in that run."""
    return _ratio(sums.realised["safe_s"], sums.realised["walking_s"])


@indicator(
    "feels_safe_share_frozen",
    title="The same on the baseline's trips",
    unit=SHARE_OF_TIME,
    better=+1,
    margin=0.005,
    margin_reason="as feels_safe_share",
    tag="product",
    earliest="as soon as the measure is in use: the streets, not the walkers, are compared",
    itinerary="frozen",
)
def feels_safe_share_frozen(sums: CellSums) -> Array:
    """Share of walking time that would feel safe if everybody kept to the trips and routes of the baseline.

    Staying at home improves the share on trips made; it cannot improve this one.
    """
    return _ratio(sums.frozen["safe_s"], sums.frozen["walking_s"])


@indicator(
    "sdg_16_1_4_proxy",
    title="Residents who would feel safe walking alone after dark (SDG 16.1.4 proxy)",
    unit=SHARE_OF_RESIDENTS,
    better=+1,
    margin=0.005,
    margin_reason="half a point: half the sampling error of a large survey",
    tag="impact",
    earliest="the next round of the safety survey, a year after the measure",
    label="proxy",
    breakdown="once",
    itinerary="asked",
)
def sdg_16_1_4_proxy(sums: CellSums) -> Array:
    """Share of residents of 16 and over who would feel safe walking alone around home after dark.

    Every resident is asked virtually, those who never go out included: a proxy of SDG indicator 16.1.4.
    """
    return _ratio(sums.asked["asked_safe"], sums.asked["asked_people"])


@indicator(
    "trips_not_made",
    title="Trips not made",
    unit="trips per 1000 wished",
    better=-1,
    margin=1.0,
    margin_reason="one trip in a thousand: fewer than one a year for somebody who goes out twice a day",
    tag="impact",
    earliest="six months after the measure is in use: habits change slowly",
)
def trips_not_made(sums: CellSums) -> Array:
    """Expected trips that are not made, for every 1000 wished; read the difference, not the level."""
    return _ratio(sums.realised["trips_not_made"], sums.realised["trips_wished"], 1000.0)


_TRIPS: dict[str, Any] = {
    "unit": "trips per 1000 wished",
    "margin": 1.0,
    "margin_reason": "one trip in a thousand, as trips_not_made",
    "tag": "impact",
    "earliest": "six months after the measure is in use: habits change slowly",
}


@indicator("trips_shifted", title="Trips made earlier or later", better=-1, **_TRIPS)
def trips_shifted(sums: CellSums) -> Array:
    """Trips made at another time than by daylight and without fear, for every 1000 wished."""
    return _ratio(sums.realised["trips_shifted"], sums.realised["trips_wished"], 1000.0)


@indicator("trips_switched", title="Trips made by another mode", better=-1, **_TRIPS)
def trips_switched(sums: CellSums) -> Array:
    """Trips made by another mode than with noon's departures and without fear, for every 1000 wished."""
    return _ratio(sums.realised["trips_switched"], sums.realised["trips_wished"], 1000.0)


@indicator("trips_accompanied", title="Trips made in company instead of alone", better=-1, **_TRIPS)
def trips_accompanied(sums: CellSums) -> Array:
    """Trips made in company that would be made alone without fear, for every 1000 wished."""
    return _ratio(sums.realised["trips_accompanied"], sums.realised["trips_wished"], 1000.0)


@indicator("taxi_trips", title="Taxi trips", better=-1, **_TRIPS)
def taxi_trips(sums: CellSums) -> Array:
    """Trips made by taxi, for every 1000 wished: the way home that costs most."""
    return _ratio(sums.realised["trips_taxi"], sums.realised["trips_wished"], 1000.0)


@indicator(
    "detour_m",
    title="Detour",
    unit="m per trip on foot",
    better=-1,
    margin=2.0,
    margin_reason="two metres: less than two seconds of walking",
    tag="impact",
    earliest="three months after the measure is in use",
)
def detour_m(sums: CellSums) -> Array:
    """Metres above the quickest way (steps count by the time they take), for each trip on foot; read the difference."""
    return _ratio(sums.realised["detour_m"], sums.realised["trips_walk"])


@indicator(
    "dark_minutes",
    title="Minutes walked in the dark",
    unit=PER_100,
    better=-1,
    margin=1.0,
    margin_reason="one minute among a hundred people",
    tag="product",
    earliest="as soon as the measure is in use",
)
def dark_minutes(sums: CellSums) -> Array:
    """Minutes walked where it is dark: sun down, minimum light below the darkness threshold."""
    return _ratio(sums.realised["unlit_s"], sums.realised["population"], 100.0 / 60.0)


@indicator(
    "alone_minutes",
    title="Minutes walked with nobody in view",
    unit=PER_100,
    better=-1,
    margin=1.0,
    margin_reason="one minute among a hundred people",
    tag="product",
    earliest="three months after the measure is in use",
)
def alone_minutes(sums: CellSums) -> Array:
    """Expected minutes walked with nobody else in view."""
    return _ratio(sums.realised["alone_s"], sums.realised["population"], 100.0 / 60.0)


_WAITING: dict[str, Any] = {
    "unit": PER_100,
    "better": -1,
    "margin": 1.0,
    "margin_reason": "one minute among a hundred people",
    "tag": "product",
    "earliest": "as soon as the measure is in use",
}


@indicator("waiting_minutes", title="Minutes waited at stops", **_WAITING)
def waiting_minutes(sums: CellSums) -> Array:
    """Minutes waited at stops; fewer too where people stop riding, so read it beside trips not made."""
    return _ratio(sums.realised["waiting_s"], sums.realised["population"], 100.0 / 60.0)


@indicator("waiting_dark_minutes", title="Minutes waited in the dark", **_WAITING)
def waiting_dark_minutes(sums: CellSums) -> Array:
    """Minutes waited at stops where it is dark: sun down, minimum light below the darkness threshold."""
    return _ratio(sums.realised["waiting_unlit_s"], sums.realised["population"], 100.0 / 60.0)


@indicator("waiting_alone_minutes", title="Minutes waited with nobody in view", **_WAITING)
def waiting_alone_minutes(sums: CellSums) -> Array:
    """Expected minutes waited at stops with nobody else in view."""
    return _ratio(sums.realised["waiting_alone_s"], sums.realised["population"], 100.0 / 60.0)


_INCIDENTS: dict[str, Any] = {
    "unit": PER_100_000,
    "better": -1,
    "margin": 0.01,
    "margin_is_relative": True,
    "margin_reason": "one per cent of the baseline: the relative change is what the model can speak of",
    "tag": "impact",
    "earliest": "two years of counts after the measure: fewer are too small to tell from chance",
}


@indicator("incidents_expected", title="Expected incidents, all three types", **_INCIDENTS)
def incidents_expected(sums: CellSums) -> Array:
    """Expected incidents of harassment, robbery and assault; levels are those of the base rates' country."""
    kinds = ("harassment", "robbery", "assault")
    total: Array = np.sum([sums.realised[f"incidents_{kind}"] for kind in kinds], axis=0)
    return _ratio(total, sums.realised["population"], 100_000.0)


@indicator("incidents_expected_harassment", title="Expected harassment", **_INCIDENTS)
def incidents_expected_harassment(sums: CellSums) -> Array:
    """Expected incidents of harassment."""
    return _ratio(sums.realised["incidents_harassment"], sums.realised["population"], 100_000.0)


@indicator("incidents_expected_robbery", title="Expected robbery", **_INCIDENTS)
def incidents_expected_robbery(sums: CellSums) -> Array:
    """Expected incidents of robbery."""
    return _ratio(sums.realised["incidents_robbery"], sums.realised["population"], 100_000.0)


@indicator("incidents_expected_assault", title="Expected assault", **_INCIDENTS)
def incidents_expected_assault(sums: CellSums) -> Array:
    """Expected incidents of assault."""
    return _ratio(sums.realised["incidents_assault"], sums.realised["population"], 100_000.0)


_RECORDED: dict[str, Any] = {
    "unit": PER_100_000,
    "better": 0,
    "margin": 0.0,
    "margin_reason": "more records can mean more incidents or more reporting",
    "tag": "impact",
    "earliest": "two years of counts after the measure, with the same ways of reporting",
}


@indicator("incidents_recorded", title="Recorded incidents, all three types", **_RECORDED)
def incidents_recorded(sums: CellSums) -> Array:
    """Expected incidents that somebody records, through an app, a venue's log, the phone or in person.

    A measure that makes reporting easier raises them without anything having got worse.
    """
    kinds = ("harassment", "robbery", "assault")
    total: Array = np.sum([sums.realised[f"recorded_{kind}"] for kind in kinds], axis=0)
    return _ratio(total, sums.realised["population"], 100_000.0)


@indicator("incidents_recorded_harassment", title="Recorded harassment", **_RECORDED)
def incidents_recorded_harassment(sums: CellSums) -> Array:
    """Expected incidents of harassment that somebody records."""
    return _ratio(sums.realised["recorded_harassment"], sums.realised["population"], 100_000.0)


@indicator("incidents_recorded_robbery", title="Recorded robbery", **_RECORDED)
def incidents_recorded_robbery(sums: CellSums) -> Array:
    """Expected incidents of robbery that somebody records."""
    return _ratio(sums.realised["recorded_robbery"], sums.realised["population"], 100_000.0)


@indicator("incidents_recorded_assault", title="Recorded assault", **_RECORDED)
def incidents_recorded_assault(sums: CellSums) -> Array:
    """Expected incidents of assault that somebody records."""
    return _ratio(sums.realised["recorded_assault"], sums.realised["population"], 100_000.0)


_DISPLACED: dict[str, Any] = {
    "better": 0,
    "margin": 0.0,
    "margin_reason": "the share that moves is drawn, about none, and not found",
    "tag": "impact",
    "earliest": "two years of counts after the measure, in the buffer and a control area",
    "label": "assumed",
    "breakdown": "total",
}


@indicator("displacement_quotient", title="Weighted displacement quotient", unit="ratio", **_DISPLACED)
def displacement_quotient(sums: CellSums) -> Array:
    """Change of expected incidents near by over that on the touched streets, each against all other streets.

    Above 0 benefits spread, below 0 incidents move; told only of draws in which the touched streets gain.
    """
    return _once(sums, "displacement_quotient")


@indicator("displaced_near", title="Incidents displaced to streets near by", unit=PER_DAY, **_DISPLACED)
def displaced_near(sums: CellSums) -> Array:
    """Expected incidents that move from touched streets to others within reach; below 0 benefits spread."""
    return _once(sums, "displaced_near")


@indicator("displaced_outside", title="Incidents displaced off the map", unit=PER_DAY, **_DISPLACED)
def displaced_outside(sums: CellSums) -> Array:
    """Expected incidents that move beyond the gateways of the map; below 0 benefits spread."""
    return _once(sums, "displaced_outside")


@indicator("displaced_adverse", title="Incidents displaced at the adverse end", unit=PER_DAY, **_DISPLACED)
def displaced_adverse(sums: CellSums) -> Array:
    """Most incidents that could move to other streets, in and off the map: the share at the end of its range."""
    return _once(sums, "displaced_adverse")


@indicator(
    "break_even_share",
    title="Effect at which it pays by incidents alone",
    unit=SHARE_OF_INCIDENTS,
    better=0,
    margin=0.0,
    margin_reason="a figure to compare an effect with, not an effect",
    tag="process",
    earliest="at once",
    label="assumed",
    breakdown="total",
    always="break-even only",
    is_ratio=True,
)
def break_even_share(sums: CellSums) -> Array:
    """Share of expected incidents there that must not happen for their cost to society to equal the cost of a year."""
    return _once(sums, "break_even_share")


@indicator(
    "use_of_treated_minutes",
    title="Use of the treated streets",
    unit=PER_100,
    better=+1,
    margin=0.02,
    margin_is_relative=True,
    margin_reason="two per cent of the baseline: a street counter cannot tell less",
    tag="impact",
    earliest="three months after the measure is in use",
    # Never by hour: with one treated street that would be one group on one street at one hour.
    breakdown="periods",
    baseline_from="before",
)
def use_of_treated_minutes(sums: CellSums) -> Array:
    """Minutes walked on the segments that the scenario touches, against the baseline's trips on the same.

    A place that is made safe by emptying it shows here.
    """
    return _ratio(sums.realised["treated_walking_s"], sums.realised["population"], 100.0 / 60.0)


@indicator(
    "feels_safe_share_treated",
    title="Feeling safe on the treated streets",
    unit=SHARE_OF_TIME,
    better=+1,
    margin=0.005,
    margin_reason="as for all streets: half a point",
    tag="impact",
    earliest="three months after the measure is in use",
    breakdown="periods",
    baseline_from="before",
)
def feels_safe_share_treated(sums: CellSums) -> Array:
    """Share of the walking time on the segments that the scenario touches that feels safe, on the baseline's trips.

    To those who walk there anyway: with the scenario other people come too, and their feelings are not a change.
    """
    return _ratio(sums.frozen["treated_safe_s"], sums.frozen["treated_walking_s"])


@indicator(
    "cost",
    title="Cost",
    unit="per year",  # the currency is put in front of it
    better=0,
    margin=0.0,
    margin_reason="never judged: whether a cost is worth paying is the reader's to say",
    tag="process",
    earliest="at once",
    breakdown="total",
)
def cost(sums: CellSums) -> Array:
    """Capital spread over its lifetime plus running cost, a year."""
    return np.full(len(sums.realised["population"]), sums.annual_cost)
