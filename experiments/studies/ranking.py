"""Which numbers decide an outcome, from runs that are there: by regression on ranks, and by trees.

Asked are levers and uncertainties of the design (over points, each the mean of its draws) and everything that chance
drew (over draws, each the mean of its points). Two things are asked: what moves the *value* of the difference, and what
decides its *sign*, that is, the share of runs in which the group is worse off than in the baseline.

- Regression: standardised rank regression where there are runs enough for all numbers at once (Saltelli and others
  2008, ISBN 978-0-470-05997-5, section 1.2), else the rank correlation of each number alone; 90 % confidence by
  bootstrap over points or draws. A number *stands out* only if the test of `analysis.comparison.influence` names it.
- Trees: a random forest (Breiman 2001, doi 10.1023/A:1010933404324), which also sees bends and what numbers do
  together. What counts is how much worse it foretells the half of the units that it has not seen when a number's values
  there are exchanged. A number stands out only if that is more than any number reaches in nine of ten reshufflings.

What a lever or uncertainty moves must also have one direction over draws, since all points share their luck.

Each of the two methods names some number in one study of ten in which no number matters, however many are asked.
"""

import dataclasses
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from analysis.comparison.influence import FAMILYWISE, smallest_share_seen, what_decides
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.indicators.catalogue import INDICATORS
from experiments.studies.answers import Answer, Answers, Array, Level
from experiments.studies.trees import FEWEST_UNITS, Importance, importances

VALUE, SIGN = "value", "sign"
TARGETS = (VALUE, SIGN)
REGRESSION, CORRELATION = "rank regression", "rank correlation"
_UNITS_A_NUMBER = 3
"""Points or draws for each number from which on all are regressed at once; below, coefficients are mostly luck."""
_FEWEST = 8
"""Points or draws below which a bootstrap says nothing."""
_RESAMPLES = 400
_ENDS = (0.05, 0.95)
RANKING = {
    "target": "value: the difference from the baseline; sign: the share of runs that are worse than the baseline",
    "level": "points: levers and uncertainties of the design; draws: what chance drew, the same at all points",
    "units": "points or draws behind it",
    "number": "lever, uncertainty or drawn parameter",
    "method": "rank regression (all numbers at once) or rank correlation (each alone, where units are few)",
    "coefficient": "from -1 to 1 and a little beyond: standard deviations of the ranks that one of the number moves",
    "low": "low end of its 90 % confidence interval (bootstrap over units); empty for fewer than 8 units",
    "high": "high end",
    "p": "chance of as strong a relation of any number where none matters; empty where it was not named",
    "stands_out": "whether it is named by the regression",
    "importance": "trees: error that exchanging its values adds (share of the variance); empty without trees",
    "importance_low": "trees: least over the ways to halve the units",
    "importance_high": "trees: greatest over them",
    "importance_p": "trees: chance of as much for any number where none matters",
    "trees_agree": "whether it is named by the trees",
}
"""Columns of the table, beside those of the outcome."""


class Told(NamedTuple):
    """What a ranking rests on.

    `level` and `units`: points or draws, and how many. `seen`: the smallest share of the variance that a number must
    explain to be named four times in five. `changes`: whether the target differs between the units at all. `by_trees`:
    whether trees were asked. `both_ways`: numbers that would stand out, but go one way in some draws and the other way
    in others.
    """

    level: str
    units: int
    seen: float
    changes: bool
    by_trees: bool
    both_ways: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Ranked:
    """What one target of one answer depends on, at one level: rows of `RANKING` in the order of strength."""

    answer: Answer
    target: str
    rows: tuple[dict[str, Any], ...]
    told: Told


def is_worse(answer: Answer, by: float = 0.0) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each point in each draw is worse than the baseline by more than something, shape (U, draws).

    Where more is neither better nor worse (costs, counts), "worse" is "less than in the baseline".
    """
    better = INDICATORS[answer.spot.indicator].better or 1
    return np.asarray(answer.of_each * better < -by)


def target_of(answer: Answer, target: str, level: str) -> Array:
    """What is to be explained, one number a unit of the level."""
    table = answer.of_each if target == VALUE else is_worse(answer).astype(float)
    return np.asarray(table.mean(axis=1 if level == "points" else 0))


def rank_numbers(answers: Answers, found: Sequence[Answer], *, seed: int, trees: bool) -> list[Ranked]:
    """Rank the numbers behind some answers; what is named is named with one error of one in ten for all of them.

    Parameters
    ----------
    answers
        The study's.
    found
        What is to be explained.
    seed
        Of resampling, reshuffling and trees.
    trees
        Whether trees are asked too.

    Raises
    ------
    InputError
        If trees are asked and scikit-learn is not installed.
    """
    families: dict[tuple[str, bytes], list[tuple[Answer, Level]]] = {}
    for answer in found:
        for level in answers.levels(answer):
            key = answer.once.tobytes() if level.name == "points" else b""
            families.setdefault((level.name, key), []).append((answer, level))
    limit = FAMILYWISE / max(len(families), 1)
    return [one for family in families.values() for one in _of_family(family, limit, seed=seed, trees=trees)]


def _of_family(family: Sequence[tuple[Answer, Level]], limit: float, *, seed: int, trees: bool) -> list[Ranked]:
    """Answers of one level with the same numbers, tested together."""
    level = family[0][1]
    asked = [(answer, target) for answer, _ in family for target in TARGETS]
    targets = np.array([target_of(answer, target, level.name) for answer, target in asked])
    named = what_decides(level.values, targets, seed=seed)
    by_trees = trees and len(level.values) >= FEWEST_UNITS
    forests = importances(level.values, targets, seed=seed, limit=limit) if by_trees else [None] * len(asked)
    seen = smallest_share_seen(len(level.values), len(level.names) * len(asked))
    ranked = []
    for (answer, target), told, names, forest in zip(asked, targets, named, forests, strict=True):
        named_here = {one.at: one.p for one in takewhile(lambda one: one.p <= limit, names)}
        decides = {at: p for at, p in named_here.items() if _holds_in_draws(answer, target, level, at)}
        rows = _rows(level, told, target, decides, forest, limit=limit, seed=seed)
        changes = bool(np.ptp(told) > 0.0)
        both_ways = tuple(level.names[at] for at in named_here if at not in decides)
        ranked.append(Ranked(answer, target, rows, Told(level.name, len(told), seen, changes, by_trees, both_ways)))
    return ranked


def _holds_in_draws(answer: Answer, target: str, level: Level, at: int) -> bool:
    """Whether what a lever or uncertainty moves has the same direction over draws, by their t-test.

    Points share their draws. With few values of a lever, luck that its points share could order them; not in each draw.
    """
    table = answer.of_each if target == VALUE else is_worse(answer).astype(float)
    draws = table.shape[1]
    if level.name != "points" or draws < FEWEST_DRAWS:
        return True
    each = np.array([_correlated(level.values[:, [at]], table[:, draw])[0] for draw in range(draws)])
    spread = float(each.std(ddof=1)) / np.sqrt(draws)
    return bool(abs(each.mean()) > float(stdtrit(draws - 1, 1.0 - FAMILYWISE / 2.0)) * spread)


def _rows(
    level: Level, told: Array, target: str, decides: dict[int, float], forest: Importance | None, **test: Any
) -> tuple[dict[str, Any], ...]:
    method, coefficients, low, high = rank_coefficients(level.values, told, seed=test["seed"])
    order = sorted(range(len(level.names)), key=lambda at: (decides.get(at, 2.0), -abs(coefficients[at])))
    nan = float("nan")
    return tuple(
        {
            "target": target,
            "level": level.name,
            "units": len(told),
            "number": level.names[at],
            "method": method,
            "coefficient": coefficients[at],
            "low": low[at],
            "high": high[at],
            "p": decides.get(at, nan),
            "stands_out": at in decides,
            "importance": forest.mean[at] if forest else nan,
            "importance_low": forest.low[at] if forest else nan,
            "importance_high": forest.high[at] if forest else nan,
            "importance_p": forest.p[at] if forest else nan,
            "trees_agree": bool(forest is not None and forest.p[at] <= test["limit"]),
        }
        for at in order
    )


def rank_coefficients(values: Array, told: Array, *, seed: int) -> tuple[str, Array, Array, Array]:
    """Standardised coefficients of ranks, and their 90 % confidence by bootstrap.

    Parameters
    ----------
    values
        Of each number in each unit, shape (N, P).
    told
        What is to be explained, shape (N,).
    seed
        Of the resampling.

    Returns
    -------
    tuple
        The method, and coefficients, low and high ends, each of shape (P,).
    """
    count, numbers = values.shape
    together = count >= _UNITS_A_NUMBER * numbers + _FEWEST
    solve = _regressed if together else _correlated
    coefficients = solve(values, told)
    method = REGRESSION if together else CORRELATION
    if count < _FEWEST:
        unknown = np.full(numbers, np.nan)
        return method, coefficients, unknown, unknown
    picks = np.random.default_rng(seed).integers(0, count, (_RESAMPLES, count))
    drawn = np.array([solve(values[pick], told[pick]) for pick in picks])
    low, high = np.quantile(drawn, _ENDS, axis=0)
    return method, coefficients, low, high


def _standard_ranks(values: Array) -> Array:
    ranks = rankdata(values, axis=0)
    about = ranks - ranks.mean(axis=0)
    spread = about.std(axis=0)
    return np.where(spread > 0.0, about / np.where(spread > 0.0, spread, 1.0), 0.0)


def _regressed(values: Array, told: Array) -> Array:
    return np.asarray(np.linalg.lstsq(_standard_ranks(values), _standard_ranks(told), rcond=None)[0])


def _correlated(values: Array, told: Array) -> Array:
    return np.asarray(_standard_ranks(values).T @ _standard_ranks(told) / len(told))
