"""Portfolios: what they cost and gain in the draws that all share, which may be chosen, and which lie on the front.

A portfolio lies on the front if no other that may be chosen is at least as good in all objectives and better in one
(Pareto). It may be chosen if it keeps to the budget in the mean and, where the study asks for that, makes no outcome
worse beyond its margin. Two of the front are *not distinguishable* if the interval of their paired difference holds
zero in every gain: the draws do not tell which is better, so that the cheaper one is enough.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.comparison.intervals import WORSE, amount_interval, judge, predictive_interval
from analysis.indicators.catalogue import INDICATORS
from experiments.studies import cases
from experiments.studies.answers import Answer, Answers, Array
from experiments.studies.factors import split
from experiments.studies.outcomes import COST, Spot
from experiments.studies.study import Objective, Optimise
from scenarios import Scenario
from simulator.errors import InputError

LOW_QUANTILE = 0.10
"""What `by = "low"` takes: nine draws of ten are better."""


@dataclasses.dataclass(frozen=True)
class Portfolio:
    """A scenario at values of the levers, as it did in the draws.

    Attributes
    ----------
    scenario, settings
        The case with its levers set, and the values of those that move something in it.
    gains
        Of each objective in each draw, more being better, shape (K, draws); costs are below zero.
    scores
        What each objective counts: the mean of its gains, or the low quantile, shape (K,).
    cost
        A year, in each draw; zeros if costs are not kept.
    refused
        Why it may not be chosen; empty if it may.
    excess
        How far it is beyond budget and margins, as a share of them; 0 if it may be chosen.
    """

    scenario: Scenario
    settings: Mapping[str, Any]
    gains: Array
    scores: Array
    cost: Array
    refused: tuple[str, ...]
    excess: float

    @property
    def is_nothing(self) -> bool:
        """Whether all measures are left out."""
        return not self.scenario.measures


def objective_spot(one: Objective) -> Spot:
    """The outcome of an objective."""
    return Spot(one.indicator, one.gender, one.age, one.period)


def direction(indicator: str) -> int:
    """1 where more is better, -1 where less is."""
    return -1 if indicator == COST else INDICATORS[indicator].better


def portfolios_of(answers: Answers) -> list[Portfolio]:
    """The portfolios at the points of a plan, each once.

    Raises
    ------
    InputError
        If an outcome is not defined in some run, or costs are in several currencies.
    """
    plan = answers.plan
    asked = plan.study.optimise
    assert asked is not None
    objectives = [answers.at(objective_spot(one)) for one in asked.objectives]
    costs = next((answers.at(spot) for spot in plan.spots if spot.indicator == COST), None)
    guarded = [answers.at(spot) for spot in plan.spots if asked.nobody_worse and direction(spot.indicator)
               and spot.indicator != COST]  # fmt: skip
    found: dict[tuple[str, tuple[tuple[str, Any], ...]], Portfolio] = {}
    for place, (words, case) in enumerate(cases.cases_of(plan.study).items()):
        for at, point in enumerate(plan.points):
            moved, settings = cases.with_levers(case, split(plan.factors, point)[0], words)
            key = (moved.name, tuple(settings.items()))
            if key in found:
                continue
            gains = np.array([one[place].differences[at] * direction(one[place].spot.indicator) for one in objectives])
            cost = costs[place].differences[at] if costs is not None else np.zeros(answers.draws)
            told = _limits(asked, cost, [one[place] for one in guarded], at)
            scores = np.array([_score(one, gain) for one, gain in zip(asked.objectives, gains, strict=True)])
            found[key] = Portfolio(moved, settings, gains, scores, cost, *told)
    return list(found.values())


def _score(one: Objective, gain: Array) -> float:
    return float(gain.mean() if one.by == "mean" else np.quantile(gain, LOW_QUANTILE))


def _limits(asked: Optimise, cost: Array, guarded: Sequence[Answer], at: int) -> tuple[tuple[str, ...], float]:
    """Why a portfolio may not be chosen, and how far it is from that."""
    refused, excess = [], 0.0
    if asked.budget is not None and cost.mean() > asked.budget:
        refused.append("beyond the budget")
        excess += float(cost.mean() / asked.budget - 1.0)
    for answer in guarded:
        one, difference = INDICATORS[answer.spot.indicator], answer.differences[at]
        margin = one.margin_at(float(answer.baseline[at].mean()))
        interval = predictive_interval(difference)
        verdict = judge(difference, interval, better=one.better, margin=margin, unaffected_by_assumption=False)
        loss = -float(difference.mean()) * one.better
        if verdict == WORSE or loss > margin:
            refused.append(f"worse: {' '.join(answer.spot)}")
            excess += loss / margin if margin > 0.0 else 1.0
    return tuple(refused), excess


def front_of(portfolios: Sequence[Portfolio]) -> list[int]:
    """Places of the portfolios of the front, by their first objective, the best first."""
    may = [at for at, one in enumerate(portfolios) if not one.refused]
    if not may:
        return []
    scores = np.array([portfolios[at].scores for at in may])
    front = [at for at, own in zip(may, scores, strict=True) if not _dominated(own, scores)]
    return sorted(front, key=lambda at: tuple(-portfolios[at].scores))


def _dominated(own: Array, others: Array) -> bool:
    return bool(((others >= own).all(axis=1) & (others > own).any(axis=1)).any())


def gain_places(asked: Optimise) -> list[int]:
    """Which objectives are gains: all but costs."""
    return [at for at, one in enumerate(asked.objectives) if one.indicator != COST]


def is_distinguishable(one: Array, other: Array) -> bool:
    """Whether draws tell which of two gains is larger: the interval of their difference leaves out zero.

    Parameters
    ----------
    one, other
        In each draw, shape (draws,).
    """
    low, high = predictive_interval(one - other)
    return low > 0.0 or high < 0.0


def alike(portfolios: Sequence[Portfolio], front: Sequence[int], asked: Optimise) -> list[list[int]]:
    """For each of the front, which others of it are not distinguishable in any gain: places in the front."""
    gains = gain_places(asked)
    told = []
    for one in front:
        others = [(place, at) for place, at in enumerate(front) if at != one]
        told.append(
            [
                place
                for place, at in others
                if not any(is_distinguishable(portfolios[one].gains[k], portfolios[at].gains[k]) for k in gains)
            ]
        )
    return told


def gains_something(one: Portfolio, asked: Optimise) -> bool:
    """Whether a portfolio is distinguishable from no effect in some gain, for the better."""
    return any(predictive_interval(one.gains[k])[0] > 0.0 for k in gain_places(asked))


def interval_of(one: Portfolio, asked: Optimise, place: int) -> tuple[float, float]:
    """The 90 % interval over draws of an objective, in the direction in which the indicator is told."""
    told = asked.objectives[place].indicator
    differences = one.gains[place] * direction(told)
    return (amount_interval if told == COST else predictive_interval)(differences)


def currency_of(currencies: Sequence[str]) -> str:
    """The one currency of some runs.

    Raises
    ------
    InputError
        If there are several: money of different currencies cannot be held against one budget.
    """
    found = sorted({word for word in currencies if word})
    if len(found) > 1 or any("," in word for word in found):
        raise InputError(
            f"optimise: found costs in {' and '.join(found)}, expected one currency; convert the cases' own costs"
        )
    return found[0] if found else ""
