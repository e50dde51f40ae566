"""Indicators: how walking feels, and what becomes of trips."""

from typing import Any

import numpy as np

from analysis.indicators.indicator import (
    PER_100,
    SHARE_OF_RESIDENTS,
    SHARE_OF_TIME,
    Array,
    CellSums,
    indicator,
    person_hours_outdoors,
    ratio,
)


@indicator(
    "feels_safe_share",
    title="Walking time that feels safe",
    unit=SHARE_OF_TIME,
    better=+1,
    margin=0.005,
    margin_reason="half a point: 18 seconds of an hour's walking, half the sampling error of a large survey",
    tag="impact",
    earliest="three months after the measure is in use: people have to notice it first",
    groupings=("walked_in",),
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
    groupings=("walked_in",),
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
    groupings=("lives_in",),
)
def sdg_16_1_4_proxy(sums: CellSums) -> Array:
    """Share of residents of 16 and over who would feel safe walking alone around home after dark.

    Every resident is asked virtually, those who never go out included: a proxy of SDG indicator 16.1.4.
    """
    return ratio(sums.asked["survey_feel_safe"], sums.asked["survey_respondents"])


@indicator(
    "trips_not_made",
    title="Trips not made",
    unit="trips per 1000 planned",
    better=-1,
    margin=1.0,
    margin_reason="one trip in a thousand: fewer than one a year for somebody who goes out twice a day",
    tag="impact",
    earliest="six months after the measure is in use: habits change slowly",
    groupings=("purpose", "lives_in"),
)
def trips_not_made(sums: CellSums) -> Array:
    """Expected trips that are not made, for every 1000 wished; read the difference, not the level."""
    return ratio(sums.realised["trips_not_made"], sums.realised["trips_planned"], 1000.0)


_AMOUNTS: dict[str, Any] = {
    "unit": "trips per day",
    "better": 0,
    "margin": 0.0,
    "margin_reason": "never judged: a count behind shares",
    "tag": "product",
    "earliest": "as soon as the measure is in use",
    "groupings": ("purpose", "lives_in"),
}


@indicator("trips_planned", title="Trips planned", **_AMOUNTS)
def trips_planned(sums: CellSums) -> Array:
    """Trips that people wish to make from the core on one such day, by any mode."""
    return np.asarray(sums.realised["trips_planned"])


@indicator("trips_made", title="Trips made", **_AMOUNTS)
def trips_made(sums: CellSums) -> Array:
    """Trips that are made from the core on one such day, by any mode, as chosen in the draw."""
    return np.asarray(sums.realised["trips_made"])


_TRIPS: dict[str, Any] = {
    "groupings": ("purpose", "lives_in"),
    "unit": "trips per 1000 planned",
    "margin": 1.0,
    "margin_reason": "one trip in a thousand, as trips_not_made",
    "tag": "impact",
    "earliest": "six months after the measure is in use: habits change slowly",
}


@indicator("trips_shifted", title="Trips made earlier or later", better=-1, **_TRIPS)
def trips_shifted(sums: CellSums) -> Array:
    """Trips made at another time than by daylight and without fear, for every 1000 wished."""
    return ratio(sums.realised["trips_shifted"], sums.realised["trips_planned"], 1000.0)


@indicator("trips_switched", title="Trips made by another mode", better=-1, **_TRIPS)
def trips_switched(sums: CellSums) -> Array:
    """Trips made by another mode than with noon's departures and without fear, for every 1000 wished."""
    return ratio(sums.realised["trips_switched"], sums.realised["trips_planned"], 1000.0)


@indicator("trips_accompanied", title="Trips made in company instead of alone", better=-1, **_TRIPS)
def trips_accompanied(sums: CellSums) -> Array:
    """Trips made in company that would be made alone without fear, for every 1000 wished."""
    return ratio(sums.realised["trips_accompanied"], sums.realised["trips_planned"], 1000.0)


@indicator("taxi_trips", title="Taxi trips", better=-1, **_TRIPS)
def taxi_trips(sums: CellSums) -> Array:
    """Trips made by taxi, for every 1000 wished: the way home that costs most."""
    return ratio(sums.realised["trips_taxi"], sums.realised["trips_planned"], 1000.0)


@indicator(
    "detour_m",
    title="Detour",
    unit="m per trip on foot",
    better=-1,
    margin=2.0,
    margin_reason="two metres: less than two seconds of walking",
    tag="impact",
    earliest="three months after the measure is in use",
    groupings=("purpose", "lives_in"),
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
    groupings=("walked_in",),
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
    groupings=("walked_in",),
)
def alone_minutes(sums: CellSums) -> Array:
    """Expected minutes walked with nobody else in view."""
    return ratio(sums.realised["alone_s"], person_hours_outdoors(sums), 100.0 / 60.0)


_WAITING: dict[str, Any] = {
    "groupings": ("walked_in",),
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
