"""Indicators: the streets that a measure touches, and what it costs."""

import numpy as np

from analysis.indicators.indicator import (
    PER_100,
    SHARE_OF_TIME,
    Array,
    CellSums,
    indicator,
    person_hours_outdoors,
    ratio,
)


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
    on_treated=True,
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
    on_treated=True,
)
def feels_safe_share_treated(sums: CellSums) -> Array:
    """Share of the walking time on the segments that the scenario touches that feels safe, on the baseline's trips.

    To those who walk there anyway: with the scenario other people come too, and their feelings are not a change.
    """
    return ratio(sums.frozen["treated_safe_s"], sums.frozen["treated_walking_s"])


@indicator(
    "safe_minutes_treated",
    title="Person-minutes that feel safe on the treated streets",
    unit="person-minutes per day",
    better=+1,
    margin=0.01,
    margin_is_relative=True,
    margin_reason="one per cent of the baseline",
    tag="impact",
    earliest="three months after the measure is in use",
    breakdown="periods",
    baseline_from="before",
    on_treated=True,
)
def safe_minutes_treated(sums: CellSums) -> Array:
    """Minutes walked on the segments that the scenario touches that feel safe, of everybody together on one such day.

    It grows with people who feel safer there, and with more people who walk there.
    """
    return np.asarray(sums.realised["treated_safe_s"] / 60.0)


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
