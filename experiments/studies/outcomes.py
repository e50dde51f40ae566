"""Outcomes of a run: indicators in the cells that a study asks for, beside the baseline of the same draw."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from analysis.comparison.intervals import paired_differences
from analysis.comparison.sums import pair_values
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import (
    ALL,
    MIN_AGENTS,
    OF_MEASURES,
    Cell,
    Tally,
    agents_behind,
    band_label,
    behind_of,
    cell_sums,
)
from experiments.studies.study import Outcome
from simulator.errors import InputError
from simulator.foundation.categories import AGE_BANDS, GENDERS
from simulator.foundation.spelling import nearest

AGES = {
    band_label(bands): bands
    for first in range(len(AGE_BANDS))
    for last in range(first, len(AGE_BANDS))
    for bands in [tuple(range(first, last + 1))]
}
"""Neighbouring age bands by what tables call them: "all", "65+", "under 25", "25-44"."""


COST = "cost"
"""The indicator of what is paid a year."""


class Spot(NamedTuple):
    """One outcome of a run: an indicator for one gender, age and period."""

    indicator: str
    gender: str
    age: str
    period: str


class Value(NamedTuple):
    """What a run says at one spot; `people` are the agents behind it. NaN where too few are, or nobody walks."""

    baseline: float
    value: float
    difference: float
    people: int


def outcome_fault(outcome: Outcome) -> tuple[str, str] | None:
    """The key of an outcome and what is wrong with it; None if nothing is."""
    if outcome.indicator not in INDICATORS:
        near = nearest(outcome.indicator, INDICATORS)
        aim = f"write {near}" if near else f"choose one of {', '.join(INDICATORS)}"
        return "indicator", f'found "{outcome.indicator}", expected an indicator; {aim}'
    for age in outcome.age:
        if age not in AGES:
            bands = ", ".join(AGE_BANDS)
            return "age", f'found "{age}", expected all, or neighbouring bands such as 65+; the bands are {bands}'
    breakdown = INDICATORS[outcome.indicator].breakdown
    if breakdown == "total" and (outcome.gender, outcome.age, outcome.period) != (("all",),) * 3:
        return "indicator", f"{outcome.indicator} is one number a run: leave gender, age and period away"
    if breakdown == "once" and outcome.period != ("all",):
        return "period", f"{outcome.indicator} is told for the whole day: leave period away"
    return None


def spots_of(outcomes: Sequence[Outcome]) -> tuple[Spot, ...]:
    """Every spot that a study asks for, once, in the order of its file."""
    return tuple(dict.fromkeys(spot for outcome in outcomes for spot in _spots(outcome)))


def _spots(outcome: Outcome) -> Iterator[Spot]:
    for gender in outcome.gender:
        for age in outcome.age:
            for period in outcome.period:
                yield Spot(outcome.indicator, gender, age, period)


def unit_of(indicator: str) -> str:
    """The unit of an indicator; that of costs is a currency, which each run has (`currency`)."""
    return INDICATORS[indicator].unit


def values_at(spots: Sequence[Spot], baseline: Tally, run: Tally, dark_hours: Sequence[bool]) -> list[Value]:
    """What a run says at each spot, paired with the baseline of its draw.

    Parameters
    ----------
    spots
        Where.
    baseline, run
        Both added up (`analysis.indicators.cells.tally`); the same one twice for the baseline itself.
    dark_hours
        For each clock hour whether the sun is down (24 values).
    """
    places = list(dict.fromkeys((spot.gender, spot.age, spot.period) for spot in spots))
    cells = [_cell(*place, dark_hours) for place in places]
    sums = (cell_sums(baseline, cells), cell_sums(run, cells))
    found = {}
    for name in dict.fromkeys(spot.indicator for spot in spots):
        one = INDICATORS[name]
        paired = pair_values(one, [sums[0]], [sums[1]])
        behind = behind_of(one, run.agents)
        sides = (run,) if behind in OF_MEASURES else (baseline, run)
        people = np.min([agents_behind(side.agents[behind], cells) for side in sides], axis=0)
        for place, before, value, agents in zip(places, paired.baseline[:, 0], paired.value[:, 0], people, strict=True):
            found[name, place] = _told(float(before), float(value), int(agents), everybody=place[:2] == (ALL, ALL))
    return [found[spot.indicator, (spot.gender, spot.age, spot.period)] for spot in spots]


def _told(before: float, value: float, agents: int, *, everybody: bool) -> Value:
    """A value where enough people stand behind it: a cell of few would tell of single agents."""
    if agents < MIN_AGENTS and not everybody:
        return Value(float("nan"), float("nan"), float("nan"), agents)
    difference = float(paired_differences(np.array([before]), np.array([value]))[0])
    return Value(before, value, difference, agents)


def _cell(gender: str, age: str, period: str, dark_hours: Sequence[bool]) -> Cell:
    genders = tuple(range(len(GENDERS))) if gender == ALL else (GENDERS.index(gender),)
    hours = tuple(hour for hour in range(24) if period == ALL or dark_hours[hour] == (period == "dark"))
    return Cell(gender, age, period, ALL, genders, AGES[age], hours)


def spot_named(indicator: str, gender: str, age: str, period: str, spots: Sequence[Spot]) -> Spot:
    """A spot, if it is one of those that are kept.

    Raises
    ------
    InputError
    """
    spot = Spot(indicator, gender, age, period)
    if spot not in spots:
        raise InputError(
            f"found {indicator} (gender {gender}, age {age}, period {period}), which is not kept of runs; add it to "
            "the outcomes"
        )
    return spot
