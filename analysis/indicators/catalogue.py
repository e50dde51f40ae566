"""The indicators: what is counted, in which unit, which direction is better, which change is material.

An indicator is one function with one decorator. The function gets the sums behind every cell of one run
(`CellSums`, arrays with one entry a cell) and returns one value a cell; NaN where it is not defined (nobody
walked).

The material margins are decisions, not evidence: a change whose whole interval lies inside the margin is
called "negligible". Each decorator gives its margin and the reason for it. To add an indicator, add a
function here.
"""

from typing import Any

import numpy as np

from analysis.indicators.indicator import (
    INDICATORS,
    PER_100,
    PER_100_000,
    PER_DAY,
    SHARE_OF_INCIDENTS,
    SHARE_OF_RESIDENTS,
    SHARE_OF_TIME,
    Array,
    CellSums,
    indicator,
    once,
    person_hours_outdoors,
    ratio,
)
from simulator.foundation.categories import INCIDENTS

__all__ = ["INDICATORS"]


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
    return ratio(sums.realised["safe_s"], sums.realised["walking_s"])


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
    return ratio(sums.frozen["safe_s"], sums.frozen["walking_s"])


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
    return ratio(sums.asked["asked_safe"], sums.asked["asked_people"])


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
    return ratio(sums.realised["trips_not_made"], sums.realised["trips_wished"], 1000.0)


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
    return ratio(sums.realised["trips_shifted"], sums.realised["trips_wished"], 1000.0)


@indicator("trips_switched", title="Trips made by another mode", better=-1, **_TRIPS)
def trips_switched(sums: CellSums) -> Array:
    """Trips made by another mode than with noon's departures and without fear, for every 1000 wished."""
    return ratio(sums.realised["trips_switched"], sums.realised["trips_wished"], 1000.0)


@indicator("trips_accompanied", title="Trips made in company instead of alone", better=-1, **_TRIPS)
def trips_accompanied(sums: CellSums) -> Array:
    """Trips made in company that would be made alone without fear, for every 1000 wished."""
    return ratio(sums.realised["trips_accompanied"], sums.realised["trips_wished"], 1000.0)


@indicator("taxi_trips", title="Taxi trips", better=-1, **_TRIPS)
def taxi_trips(sums: CellSums) -> Array:
    """Trips made by taxi, for every 1000 wished: the way home that costs most."""
    return ratio(sums.realised["trips_taxi"], sums.realised["trips_wished"], 1000.0)


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
    return ratio(sums.realised["detour_m"], sums.realised["trips_walk"])


@indicator(
    "dark_minutes",
    title="Minutes walked in the dark",
    unit=PER_100,
    better=-1,
    margin=30.0,
    margin_reason="half an hour in a hundred: half a point of the time, as for feeling safe",
    tag="product",
    earliest="as soon as the measure is in use",
)
def dark_minutes(sums: CellSums) -> Array:
    """Minutes walked where it is dark: sun down, minimum light below the darkness threshold."""
    return ratio(sums.realised["unlit_s"], person_hours_outdoors(sums), 100.0 / 60.0)


@indicator(
    "alone_minutes",
    title="Minutes walked with nobody in view",
    unit=PER_100,
    better=-1,
    margin=30.0,
    margin_reason="half an hour in a hundred: half a point of the time, as for feeling safe",
    tag="product",
    earliest="three months after the measure is in use",
)
def alone_minutes(sums: CellSums) -> Array:
    """Expected minutes walked with nobody else in view."""
    return ratio(sums.realised["alone_s"], person_hours_outdoors(sums), 100.0 / 60.0)


_WAITING: dict[str, Any] = {
    "unit": PER_100,
    "better": -1,
    "margin": 30.0,
    "margin_reason": "half an hour in a hundred: half a point of the time, as for feeling safe",
    "tag": "product",
    "earliest": "as soon as the measure is in use",
}


@indicator("waiting_minutes", title="Minutes waited at stops", **_WAITING)
def waiting_minutes(sums: CellSums) -> Array:
    """Minutes waited at stops; fewer too where people stop riding, so read it beside trips not made."""
    return ratio(sums.realised["waiting_s"], person_hours_outdoors(sums), 100.0 / 60.0)


@indicator("waiting_dark_minutes", title="Minutes waited in the dark", **_WAITING)
def waiting_dark_minutes(sums: CellSums) -> Array:
    """Minutes waited at stops where it is dark: sun down, minimum light below the darkness threshold."""
    return ratio(sums.realised["waiting_unlit_s"], person_hours_outdoors(sums), 100.0 / 60.0)


@indicator("waiting_alone_minutes", title="Minutes waited with nobody in view", **_WAITING)
def waiting_alone_minutes(sums: CellSums) -> Array:
    """Expected minutes waited at stops with nobody else in view."""
    return ratio(sums.realised["waiting_alone_s"], person_hours_outdoors(sums), 100.0 / 60.0)


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


_DOOR_TO_DOOR = "incidents per 100 000 person-hours outdoors or aboard"


@indicator(
    "incidents_riding",
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
def incidents_riding(sums: CellSums) -> Array:
    """Expected incidents of all three types in vehicles of public transport, on rides boarded in the core.

    Rides from off the map count where they are left. Per person-hours outdoors or aboard on the baseline's trips, so that
    a night bus which more people take shows what they meet aboard, also at hours when nobody rode before.
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
    return np.asarray(person_hours_outdoors(sums) + sums.frozen["riding_s"] / 3600.0)


def _aboard(sums: CellSums) -> Array:
    return np.asarray(np.sum([sums.realised[f"riding_incidents_{kind}"] for kind in INCIDENTS], axis=0))


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
    """Change of expected incidents near by over that on the touched streets, each against all other streets.

    Above 0 benefits spread, below 0 incidents move; told only of draws in which the touched streets gain.
    """
    return once(sums, "displacement_quotient")


@indicator("displaced_near", title="Incidents displaced to streets near by", unit=PER_DAY, **_DISPLACED)
def displaced_near(sums: CellSums) -> Array:
    """Expected incidents that move from touched streets to others within reach; below 0 benefits spread."""
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


@indicator(
    "use_of_treated_minutes",
    title="Use of the treated streets",
    unit=PER_100,
    better=+1,
    margin=0.02,
    margin_is_relative=True,
    margin_reason="two per cent of the baseline: a street counter cannot measure less",
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
    return ratio(sums.realised["treated_walking_s"], person_hours_outdoors(sums), 100.0 / 60.0)


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
    return ratio(sums.frozen["treated_safe_s"], sums.frozen["treated_walking_s"])


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
    is_amount=True,
)
def cost(sums: CellSums) -> Array:
    """Capital spread over its lifetime plus running cost, a year."""
    return np.full(len(sums.realised["population"]), sums.annual_cost)
