"""Indicators: the people whom a measure can touch, what their day is like with it, and without.

Who is affected says `simulator.accounting.affected`: who walks or waits on changed streets in either arm, would on the
quickest way of a wished trip, or chooses otherwise. All count the same people in both arms, on all that they walk in
the simulated area that day, its ring included, by the hour in which a walk begins; what residents who are affected or
live within 400 m on foot would answer is told beside.
"""

from typing import Any

import numpy as np

from analysis.indicators.indicator import (
    SHARE_OF_RESIDENTS,
    SHARE_OF_TIME,
    Array,
    CellSums,
    indicator,
    ratio,
)

_THEM: dict[str, Any] = {"baseline_from": "before", "itinerary": "affected", "breakdown": "periods"}


@indicator(
    "affected_people",
    title="People affected",
    unit="people",
    better=0,
    margin=0.0,
    margin_reason="never judged: a count of whom it can touch",
    tag="process",
    earliest="at once",
    breakdown="once",
    itinerary="affected",
    baseline_from="nothing",
    is_amount=True,
)
def affected_people(sums: CellSums) -> Array:
    """People who walk or wait on changed streets that day, would on their quickest way, or choose otherwise."""
    return np.asarray(sums.affected["people_affected"])


@indicator(
    "affected_feels_safe_share",
    title="Walking time that feels safe to those affected",
    unit=SHARE_OF_TIME,
    better=+1,
    margin=0.005,
    margin_reason="as feels_safe_share",
    tag="impact",
    earliest="three months after the measure is in use: people have to notice it first",
    **_THEM,
)
def affected_feels_safe_share(sums: CellSums) -> Array:
    """Share of all the time that the affected walk that feels safe to them; of ten minutes, how many."""
    return ratio(sums.affected["safe_s"], sums.affected["walking_s"])


@indicator(
    "affected_safe_minutes",
    title="Person-minutes that feel safe to those affected",
    unit="person-minutes per day",
    better=+1,
    margin=0.005,
    margin_is_relative=True,
    margin_reason="half a per cent of the baseline, as half a point of the share",
    tag="impact",
    earliest="three months after the measure is in use",
    **_THEM,
)
def affected_safe_minutes(sums: CellSums) -> Array:
    """Minutes that the affected walk and feel safe, all of them together on one such day."""
    return np.asarray(sums.affected["safe_s"] / 60.0)


@indicator(
    "affected_trips_not_made",
    title="Trips not made by those affected",
    unit="trips per day",
    better=-1,
    margin=0.01,
    margin_is_relative=True,
    margin_reason="one in a hundred of those not made",
    tag="impact",
    earliest="six months after the measure is in use: habits change slowly",
    **_THEM,
)
def affected_trips_not_made(sums: CellSums) -> Array:
    """Trips that the affected wish for and do not make (expected), on one such day: fewer are trips won back."""
    return np.asarray(sums.affected["trips_not_made"])


@indicator(
    "near_sdg_16_1_4_proxy",
    title="Residents affected or near who would feel safe walking alone after dark",
    unit=SHARE_OF_RESIDENTS,
    better=+1,
    margin=0.005,
    margin_reason="as sdg_16_1_4_proxy",
    tag="impact",
    earliest="the next round of the safety survey, a year after the measure",
    label="proxy",
    **(_THEM | {"breakdown": "once", "itinerary": "near"}),
)
def near_sdg_16_1_4_proxy(sums: CellSums) -> Array:
    """Share of residents who would feel safe walking alone around home after dark: of those affected or within 400 m.

    Of 16 and over, asked virtually, as for `sdg_16_1_4_proxy`.
    """
    return ratio(sums.near["survey_feel_safe"], sums.near["survey_respondents"])
