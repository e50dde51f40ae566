"""How many people each agent stands for: iterative proportional fitting of weights to margins (raking).

Deming and Stephan 1940 (doi 10.1214/aoms/1177731829). Weights start from strata and from how rare an agent is, and are
multiplied margin by margin until all hold. No library is used: `ipfn` fits tables of cells, not weights of agents,
and `humanleague` draws whole people and has no wheels for this Python.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.foundation.categories import AGE_BAND_FROM, GENDERS
from simulator.people.margins import ADULT, Rates
from simulator.people.strata import STRATA, Roles, stratum_of

Array = np.ndarray[Any, Any]
BROAD_AGES = 3
"""Attributes are fitted by gender and by age under 35, 35 to 64, 65 and over."""
_BROAD_FROM = (AGE_BAND_FROM[3], AGE_BAND_FROM[6])
_ROUNDS, _CLOSE = 500, 1e-12
_MOST = 6.0
"""No weight is raised or lowered by more than this, whatever the margins ask of a few agents."""
_LEAST_IN_ZONE = 5
"""Agents below which a zone's total is fitted together with those of the other small zones."""


class Margin(NamedTuple):
    """One margin: a cell for each agent (int64 (A,)), and the people of each cell (float64)."""

    cell: Array
    people: Array


def rake(weight: Array, margins: Sequence[Margin]) -> Array:
    """Weights (float64 (A,)) that bring all margins back, as near as may be to those given.

    Where agents are so few that margins contradict each other, the first margin holds and the others nearly.
    """
    start = weight
    first = margins[0]
    for _ in range(_ROUNDS):
        worst = 0.0
        for margin in margins:
            weight, change = _fit(weight, margin)
            worst = max(worst, change)
        if worst < _CLOSE:
            break
        weight = np.clip(weight, start / _MOST, start * _MOST)
    return _fit(weight, first)[0]


def _fit(weight: Array, margin: Margin) -> tuple[Array, float]:
    held = np.bincount(margin.cell, weights=weight, minlength=margin.people.size)
    factor = np.divide(margin.people, held, out=np.ones(held.size), where=(held > 0) & (margin.people > 0))
    return weight * factor[margin.cell], float(np.abs(factor - 1.0).max(initial=0.0))


def margins_of(who: tuple[Array, Array], roles: Roles, people: Array, rates: Rates) -> list[Margin]:
    """Margins of residents or of visitors: who there is by stratum, and each attribute by gender and broad age.

    Parameters
    ----------
    who
        Gender and age of each agent.
    people
        People by gender and single year of age (float64 (3, 100)).
    """
    years = np.arange(people.shape[1])
    adult = np.broadcast_to(years >= ADULT, people.shape).astype(float)
    night = rates.works * rates.night[:, None]
    drives = np.minimum(rates.car, 1.0 - rates.sight)
    everybody = np.ones(people.shape)
    no_wheelchair = 1.0 - rates.walking * rates.wheelchair
    occupation = np.where(roles.works, 2 + roles.night_worker, roles.student)
    broad = np.searchsorted(_BROAD_FROM, years, side="right")
    fine = np.arange(len(GENDERS))[:, None] * BROAD_AGES + broad
    fine[2] = fine[2, 0]  # another gender is one group: it may be few agents
    coarse = np.broadcast_to(np.arange(len(GENDERS))[:, None], people.shape)
    strata = np.stack([stratum_of(np.full(years.size, one), years) for one in range(len(GENDERS))])
    told = [
        (fine, roles.disability, [1.0 - rates.walking - rates.sight, rates.walking, rates.sight]),
        (fine, roles.carer, [1.0 - rates.child - rates.older, rates.child, rates.older]),
        (fine, occupation, [1.0 - rates.works - rates.studies, rates.studies, rates.works - night, night]),
        (fine, roles.has_car, [1.0 - drives, drives]),
        (coarse, roles.wheelchair, [no_wheelchair, 1.0 - no_wheelchair]),
        (coarse, roles.can_afford_taxi, [1.0 - adult * rates.taxi, adult * rates.taxi]),
        (coarse, roles.newcomer, [(1.0 - rates.newcomer) * everybody, rates.newcomer * everybody]),
    ]
    first = Margin(strata[who], np.bincount(strata.ravel(), weights=people.ravel(), minlength=STRATA))
    return [
        first,
        *(_margin(group, np.asarray(level, np.int64), people * np.stack(rate), who) for group, level, rate in told),
    ]


def _margin(group: Array, level: Array, people: Array, who: tuple[Array, Array]) -> Margin:
    """A margin of levels within groups; what no agent can stand for is stood for by the rest of its group."""
    levels = people.shape[0]
    groups = int(group.max()) + 1
    wanted = np.stack([np.bincount(group.ravel(), weights=one.ravel(), minlength=groups) for one in people], axis=1)
    cell = group[who] * levels + level
    there = np.bincount(cell, minlength=groups * levels).reshape(groups, levels) > 0
    kept = wanted * there
    whole, left = wanted.sum(axis=1, keepdims=True), kept.sum(axis=1, keepdims=True)
    return Margin(cell, (kept * np.divide(whole, left, out=np.ones_like(whole), where=left > 0)).ravel())


def margin_of_zones(zone: Array, people: Array) -> Margin:
    """Totals of zones (float64 (Z,)); those of few agents are fitted together, with all others if they have none."""
    few = np.bincount(zone, minlength=people.size) < _LEAST_IN_ZONE
    cell = np.where(few[zone], people.size, zone)
    pooled = np.append(np.where(few, 0.0, people), people[few].sum())
    there = np.where(np.bincount(cell, minlength=pooled.size) > 0, pooled, 0.0)
    return Margin(cell, there * (pooled.sum() / there.sum()))


def design_effect(weight: Array) -> float:
    """Variance of a mean over agents of these weights over that of as many agents of equal weight (Kish 1965)."""
    return float(weight.size * np.square(weight).sum() / np.square(weight.sum()))
