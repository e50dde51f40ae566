"""Who gains most and who least: gaps between groups, the worst off, gains and losses apart, and weights if asked for.

Nothing is weighted unless the user gives a weight. Then the groups' shares of time that feels safe are summed up by
their equally distributed equivalent (Atkinson 1970, doi 10.1016/0022-0531(70)90039-6),

    EDE = (sum n x^(1 - e) / sum n)^(1 / (1 - e)), and for e = 1 the geometric mean,

the share which, felt by everybody alike, would be as good: 0 is the mean, and the greater e, the more the worst off
count.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.comparison.intervals import judge, paired_differences, predictive_interval
from analysis.comparison.sums import ComparedSums, Paired
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import Indicator
from simulator.foundation.categories import AGE_BANDS, ATTRIBUTES, GENDERS

Array = np.ndarray[Any, np.dtype[np.float64]]

COLUMNS = (
    *("kind", "indicator", "unit", "period", "gender", "age", *ATTRIBUTES, "zone", "other", "before", "after"),
    *("difference", "low", "high", "verdict", "people"),
)
GAP, WORST_BEFORE, WORST_AFTER, GROUP = "gap", "worst off before", "worst off after", "group"
GAINED, LOST, WEIGHTED = "gained", "lost", "weighted"
SAFE, FROZEN = "feels_safe_share", "feels_safe_share_frozen"
COMPARED = (SAFE, "incidents_expected")
"""Indicators whose gaps and worst off are told."""
MIDDLE = "35-44"
"""Age band that the oldest are held against (pooled with its neighbours where it is small)."""
MINUTES = "person-minutes per day"
REST = "rest"


class Group(NamedTuple):
    """Labels of one group of people, by name of the column."""

    gender: str = cells.ALL
    age: str = cells.ALL
    disability: str = cells.ALL
    carer: str = cells.ALL
    night_worker: str = cells.ALL
    zone: str = "core"


def equity_of(name: str, compared: ComparedSums, *, period: str, weight: float = 0.0) -> pd.DataFrame:
    """Gaps, the worst off, gains and losses, and the weighted share, of one scenario.

    Parameters
    ----------
    name
        The scenario.
    compared
        As `sum_cells` gives it.
    period
        `dark`, `day` or `all`.
    weight
        e of the module's docstring; 0: nothing is weighted.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; labels name the group of a row, or the one that has less of a gap's good thing before. Rows `gap`:
        `other` says what the group is held against, before and after are other minus group, and difference is the
        change of the gap's size (below zero: it narrows). `worst off before`: the worst group without measures;
        `worst off after`: with them. `group`: person-minutes that feel safe on the baseline's trips, by gender and
        age, everybody in one row only; `gained` and `lost`: the same, added up over groups whose mean gains, and whose
        mean loses. `weighted`: the equally distributed equivalent, its weight in `other`.
    """
    rows: list[dict[str, Any]] = []
    for indicator in COMPARED:
        one = INDICATORS[indicator]
        told = _by_group(name, compared, one, period)
        rows += [_gap_row(one, period, *pair, told) for pair in _pairs(told)]
        rows += _worst_rows(one, period, told)
    groups = _partition(name, compared, period)
    rows += _gain_rows(name, compared, groups, period)
    if weight > 0.0:
        rows += _weighted_rows(name, compared, groups, period, weight)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def equally_distributed(shares: Array, people: Array, weight: float) -> Array:
    """Equally distributed equivalent of groups' shares (n, R), weighted by people, (n, R) or (n,), by draw (R,)."""
    parts = (people / people.sum(axis=0)).reshape(len(people), -1)
    with np.errstate(divide="ignore"):
        if weight == 1.0:
            return np.asarray(np.exp((parts * np.log(shares)).sum(axis=0)))
        powers = shares ** (1.0 - weight)
        return np.asarray((parts * powers).sum(axis=0) ** (1.0 / (1.0 - weight)))


def _by_group(name: str, compared: ComparedSums, one: Indicator, period: str) -> dict[Group, Paired]:
    """Values of an indicator by draw for every group that is told, everybody included, in every draw defined."""
    keep, paired = compared.pairs(name, one)
    found = {}
    for at, baseline, value in zip(keep, *paired, strict=True):
        labels = cells.labels(compared.cells[at])
        told = labels["period"] == period and labels["hour_band"] == cells.ALL and labels["purpose"] == cells.ALL
        if told and np.isfinite(baseline).all() and np.isfinite(value).all():
            found[Group(**{name: labels[name] for name in Group._fields})] = Paired(baseline, value)
    return found


def _pairs(told: dict[Group, Paired]) -> Iterator[tuple[Group, Group]]:
    """Group and what it is held against: women and men, oldest and middle age, each attribute, worst and best zone."""
    middle, oldest = (_age_with(told, band) for band in (MIDDLE, AGE_BANDS[-1]))
    wanted = [
        (Group(gender="woman"), Group(gender="man")),
        *([(Group(age=oldest), Group(age=middle))] if oldest != middle else []),
        (Group(disability="any"), Group(disability="none")),
        (Group(carer="any"), Group(carer="no")),
        (Group(night_worker="yes"), Group(night_worker="no")),
    ]
    yield from (pair for pair in wanted if all(group in told for group in pair))
    zones = [group for group in told if group == Group(zone=group.zone) and group.zone != "core"]
    if len(zones) > 1:
        zones.sort(key=lambda group: float(told[group].baseline.mean()))
        yield zones[0], zones[-1]


def _age_with(told: dict[Group, Paired], band: str) -> str:
    """The pooled ages in which an age band lies."""
    for group in told:
        if group == Group(age=group.age) and group.age != cells.ALL and band in _bands_of(group.age):
            return group.age
    return cells.ALL


def _bands_of(label: str) -> Sequence[str]:
    """The age bands that a pooled label stands for."""
    for first in range(len(AGE_BANDS)):
        for last in range(first, len(AGE_BANDS)):
            if cells.band_label(range(first, last + 1)) == label:
                return AGE_BANDS[first : last + 1]
    return ()


def _row(kind: str, one: Indicator, period: str, group: Group, paired: Paired, **more: Any) -> dict[str, Any]:
    """A row that tells how a group fares, judged as the comparison judges."""
    difference = paired.difference
    interval = predictive_interval(difference)
    before = float(paired.baseline.mean())
    verdict = judge(
        difference, interval, better=one.better, margin=one.margin_at(before), unaffected_by_assumption=False
    )
    numbers = {"before": before, "after": float(paired.value.mean()), "difference": float(difference.mean())}
    ends = {"low": interval[0], "high": interval[1], "verdict": verdict}
    fixed = {"kind": kind, "indicator": one.name, "unit": one.unit, "period": period, "other": "", "people": np.nan}
    return fixed | group._asdict() | numbers | ends | more


def _gap_row(one: Indicator, period: str, group: Group, other: Group, told: dict[Group, Paired]) -> dict[str, Any]:
    before, after = (
        paired_differences(getattr(told[group], side), getattr(told[other], side)) for side in ("baseline", "value")
    )
    change = paired_differences(np.abs(before), np.abs(after))
    interval = predictive_interval(change)
    margin = one.margin_at(float(told[other].baseline.mean()))
    named = next(theirs for mine, theirs in zip(group, other, strict=True) if mine != theirs)
    return {
        "kind": GAP,
        "indicator": one.name,
        "unit": one.unit,
        "period": period,
        **group._asdict(),
        "other": named,
        "before": float(before.mean()),
        "after": float(after.mean()),
        "difference": float(change.mean()),
        "low": interval[0],
        "high": interval[1],
        "verdict": judge(change, interval, better=-1, margin=margin, unaffected_by_assumption=False),
        "people": np.nan,
    }


def _worst_rows(one: Indicator, period: str, told: dict[Group, Paired]) -> list[dict[str, Any]]:
    """The worst-off group before and after, by the mean over draws; everybody together and zones are no group."""
    groups = [group for group in told if group != Group() and group.zone == "core"]
    if not groups:
        return []
    rows = []
    for kind, side in ((WORST_BEFORE, "baseline"), (WORST_AFTER, "value")):
        worst = min(groups, key=lambda group: one.better * float(getattr(told[group], side).mean()))
        rows.append(_row(kind, one, period, worst, told[worst]))
    return rows


def _partition(name: str, compared: ComparedSums, period: str) -> dict[Group, int]:
    """Groups by gender and age, nobody in two of them, with their cells; a gender too small for ages stands whole."""
    behind = compared.behind[name]["realised"]
    cell_of = {
        Group(gender=cell.gender, age=cell.age): at
        for at, cell in enumerate(compared.cells)
        if cell.period == period
        and cell.hour_band == cells.ALL
        and not cell.attribute
        and behind[at] >= cells.MIN_AGENTS
    }
    chosen: dict[Group, int] = {}
    for gender in GENDERS:
        own = {group: at for group, at in cell_of.items() if group.gender == gender}
        ages = {group: at for group, at in own.items() if group.age != cells.ALL}
        chosen |= ages or own
    return chosen


def _minutes(name: str, compared: ComparedSums) -> Paired:
    """Person-minutes that feel safe on the baseline's trips, by cell and draw."""
    sides = (compared.baseline, compared.scenarios[name])
    return Paired(*(np.array([sums.frozen["safe_s"] / 60.0 for sums in side]).T for side in sides))


def _people(compared: ComparedSums) -> Array:
    """People behind each cell by draw, (cells, R): how many people the agents stand for differs between draws."""
    return np.array([sums.realised["population"] for sums in compared.baseline]).T


def _gain_rows(name: str, compared: ComparedSums, groups: dict[Group, int], period: str) -> list[dict[str, Any]]:
    """Minutes by group, and gains and losses each added up; who is in no group is told together as `REST`."""
    minutes, people = _minutes(name, compared), _people(compared).mean(axis=1)
    everybody = next((at for at, cell in enumerate(compared.cells) if _is_everybody(cell, period)), None)
    if everybody is None or not groups:
        return []
    share = INDICATORS[FROZEN]
    parts = [Paired(minutes.baseline[at], minutes.value[at]) for at in groups.values()]
    heads = [float(people[at]) for at in groups.values()]
    told, others = list(groups), float(people[everybody] - sum(heads))
    if others > 0.5:
        sides = (np.sum([part[side] for part in parts], axis=0) for side in (0, 1))
        rest = Paired(*(whole[everybody] - own for whole, own in zip(minutes, sides, strict=True)))
        told, parts, heads = [*told, Group()], [*parts, rest], [*heads, others]
    judged = _by_group(name, compared, share, period)
    rows = []
    for group, part, count in zip(told, parts, heads, strict=True):
        row = _row(GROUP, share, period, group, part, unit=MINUTES, people=count)
        verdict = _row(GROUP, share, period, group, judged[group])["verdict"] if group in judged else ""
        rows.append(row | ({"verdict": verdict} if group != Group() else {"other": REST, "verdict": ""}))
    changes = np.array([part.difference for part in parts])
    means = changes.mean(axis=1)
    for kind, some in ((GAINED, means > 0.0), (LOST, means < 0.0)):
        sums = changes[some].sum(axis=0)
        low, high = predictive_interval(sums)
        count = float(np.array(heads)[some].sum())
        row = _row(kind, share, period, Group(), Paired(np.zeros_like(sums), sums), unit=MINUTES, people=count)
        rows.append(row | {"low": low, "high": high, "before": np.nan, "after": np.nan, "verdict": ""})
    return rows


def _is_everybody(cell: cells.Cell, period: str) -> bool:
    whole = cell.gender == cell.age == cell.hour_band == cells.ALL
    return whole and cell.period == period and not cell.attribute


def _weighted_rows(
    name: str, compared: ComparedSums, groups: dict[Group, int], period: str, weight: float
) -> list[dict[str, Any]]:
    """The equally distributed equivalent of groups' shares on the baseline's trips, and their plain mean."""
    share = INDICATORS[FROZEN]
    judged = _by_group(name, compared, share, period)
    told = [group for group in groups if group in judged]
    if not told:
        return []
    people = _people(compared)[[groups[group] for group in told]]
    rows = []
    for epsilon in (0.0, weight):
        sides = (np.array([getattr(judged[group], side) for group in told]) for side in ("baseline", "value"))
        paired = Paired(*(equally_distributed(side, people, epsilon) for side in sides))
        rows.append(
            _row(
                WEIGHTED, share, period, Group(), paired, other=f"{epsilon:g}", people=float(people.sum(axis=0).mean())
            )
        )
    return rows
