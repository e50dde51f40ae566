"""Indicators: expected and recorded incidents, displacement, and the effect at which a measure pays."""

from typing import Any

import numpy as np

from analysis.indicators.indicator import (
    PER_100_000,
    PER_DAY,
    SHARE_OF_ALL_RESIDENTS,
    SHARE_OF_INCIDENTS,
    Array,
    CellSums,
    indicator,
    once,
    person_hours_outdoors,
    ratio,
)
from simulator.foundation.categories import INCIDENTS

_INCIDENTS: dict[str, Any] = {
    "unit": PER_100_000,
    "better": -1,
    "margin": 0.01,
    "margin_is_relative": True,
    "margin_reason": "one per cent of the baseline: the relative change is what the model can speak of",
    "tag": "impact",
    "earliest": "two years of counts after the measure: fewer are too small to tell from chance",
}


@indicator("incidents_expected", title="Expected incidents, all three types", groupings=("walked_in",), **_INCIDENTS)
def incidents_expected(sums: CellSums) -> Array:
    """Expected incidents of harassment, robbery and assault; levels are those of the base rates' country."""
    total: Array = np.sum([sums.realised[f"incidents_{kind}"] for kind in INCIDENTS], axis=0)
    return ratio(total, person_hours_outdoors(sums), 100_000.0)


@indicator("incidents_expected_harassment", title="Expected harassment", **_INCIDENTS)
def incidents_expected_harassment(sums: CellSums) -> Array:
    """Expected incidents of harassment."""
    return ratio(sums.realised["incidents_harassment"], person_hours_outdoors(sums), 100_000.0)


@indicator("incidents_expected_robbery", title="Expected robbery", **_INCIDENTS)
def incidents_expected_robbery(sums: CellSums) -> Array:
    """Expected incidents of robbery."""
    return ratio(sums.realised["incidents_robbery"], person_hours_outdoors(sums), 100_000.0)


@indicator("incidents_expected_assault", title="Expected assault", **_INCIDENTS)
def incidents_expected_assault(sums: CellSums) -> Array:
    """Expected incidents of assault."""
    return ratio(sums.realised["incidents_assault"], person_hours_outdoors(sums), 100_000.0)


_MET: dict[str, Any] = _INCIDENTS | {
    "unit": SHARE_OF_ALL_RESIDENTS,
    "margin_reason": "one per cent of the baseline, as for incidents",
    "label": "proxy",
    "breakdown": "once",
    "itinerary": "living",
}


@indicator("incidents_sdg_11_7_2_proxy", title="Residents harassed in a year (SDG 11.7.2 proxy)", **_MET)
def incidents_sdg_11_7_2_proxy(sums: CellSums) -> Array:
    """Share of residents of the simulated area who meet harassment within twelve months outdoors or aboard.

    1 - exp(-incidents / repeats) by gender and age, the inverse of how prevalence was turned into incidents. Left out:
    online, indoors, at work and at home, beyond the map on foot; by disability it is not told apart. The level is that
    of the country of the base rates: read the change.
    """
    return ratio(sums.living["year_met_harassment"], sums.living["year_residents"])


@indicator(
    "incidents_sdg_16_1_3_proxy",
    title="Residents robbed or assaulted in a year (SDG 16.1.3 proxy)",
    **_MET,
)
def incidents_sdg_16_1_3_proxy(sums: CellSums) -> Array:
    """Share of residents of the simulated area who meet robbery or assault within twelve months outdoors or aboard.

    The public-space part of physical violence in SDG 16.1.3: violence of partners and at home, sexual and psychological
    violence are outside the model. The level is that of the country of the base rates: read the change.
    """
    return ratio(sums.living["year_met_violence"], sums.living["year_residents"])


_DOOR_TO_DOOR = "incidents per 100 000 person-hours outdoors or aboard"


@indicator(
    "incidents_in_vehicle",
    title="Expected incidents in vehicles",
    **_INCIDENTS
    | {
        "unit": _DOOR_TO_DOOR,
        "label": "assumed",
        "better": 0,
        "margin": 0.0,
        "margin_reason": "more incidents aboard can mean more rides in the place of walks: see both together",
    },
)
def incidents_in_vehicle(sums: CellSums) -> Array:
    """Expected incidents of all three types in vehicles of public transport, on rides boarded in the core.

    Rides from off the map count where they are left. Per person-hours outdoors or aboard on the baseline's trips, so
    that a night bus which more people take shows what they meet aboard, also at hours when nobody rode before.
    """
    return ratio(_aboard(sums), _out_or_ridden_h(sums), 100_000.0)


@indicator(
    "incidents_door_to_door",
    title="Expected incidents on foot, at stops and in vehicles",
    **_INCIDENTS | {"unit": _DOOR_TO_DOOR, "label": "assumed"},
)
def incidents_door_to_door(sums: CellSums) -> Array:
    """Expected incidents of all three types on the streets and stops of the core and on rides boarded there.

    Who rides instead of walking meets less on the street and more aboard: this is both together.
    """
    out: Array = np.sum([sums.realised[f"incidents_{kind}"] for kind in INCIDENTS], axis=0)
    return ratio(out + _aboard(sums), _out_or_ridden_h(sums), 100_000.0)


def _out_or_ridden_h(sums: CellSums) -> Array:
    return np.asarray(person_hours_outdoors(sums) + sums.frozen["in_vehicle_s"] / 3600.0)


def _aboard(sums: CellSums) -> Array:
    return np.asarray(np.sum([sums.realised[f"in_vehicle_incidents_{kind}"] for kind in INCIDENTS], axis=0))


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
    total: Array = np.sum([sums.realised[f"recorded_{kind}"] for kind in INCIDENTS], axis=0)
    return ratio(total, person_hours_outdoors(sums), 100_000.0)


@indicator("incidents_recorded_harassment", title="Recorded harassment", **_RECORDED)
def incidents_recorded_harassment(sums: CellSums) -> Array:
    """Expected incidents of harassment that somebody records."""
    return ratio(sums.realised["recorded_harassment"], person_hours_outdoors(sums), 100_000.0)


@indicator("incidents_recorded_robbery", title="Recorded robbery", **_RECORDED)
def incidents_recorded_robbery(sums: CellSums) -> Array:
    """Expected incidents of robbery that somebody records."""
    return ratio(sums.realised["recorded_robbery"], person_hours_outdoors(sums), 100_000.0)


@indicator("incidents_recorded_assault", title="Recorded assault", **_RECORDED)
def incidents_recorded_assault(sums: CellSums) -> Array:
    """Expected incidents of assault that somebody records."""
    return ratio(sums.realised["recorded_assault"], person_hours_outdoors(sums), 100_000.0)


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
    """Change of expected incidents near by over that on the treated streets, each against all other streets.

    Above 0 benefits spread, below 0 incidents move; told only of draws in which the treated streets gain.
    """
    return once(sums, "displacement_quotient")


@indicator("displaced_near", title="Incidents displaced to streets near by", unit=PER_DAY, **_DISPLACED)
def displaced_near(sums: CellSums) -> Array:
    """Expected incidents that move from treated streets to others within reach; below 0 benefits spread."""
    return once(sums, "displaced_near")


@indicator("displaced_outside", title="Incidents displaced off the map", unit=PER_DAY, **_DISPLACED)
def displaced_outside(sums: CellSums) -> Array:
    """Expected incidents that move beyond the gateways of the map; below 0 benefits spread."""
    return once(sums, "displaced_outside")


@indicator(
    "displaced_adverse", title="Incidents displaced at the adverse end", unit=PER_DAY, is_amount=True, **_DISPLACED
)
def displaced_adverse(sums: CellSums) -> Array:
    """Most incidents that could move to other streets, in and off the map: the share at the end of its range."""
    return once(sums, "displaced_adverse")


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
    return once(sums, "break_even_share")
