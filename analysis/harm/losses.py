"""Is a loss beyond the material margin? From the draws of one cell: p-value, chance, and a verdict over all cells.

The loss of a draw is what gets worse between its two runs, which share every uncertain parameter and random number; its
excess is that loss above the indicator's material margin at the draw's baseline. Two questions are asked of the draws:

- **Harm found**: is the mean excess over all draws above zero, that is, is harm what we expect, all that is uncertain
  weighed together? One-sided Student's t on the mean (the interval of a mean, which narrows with draws), p-values
  corrected in the tree of `tree_bh`. The hypothesis that is rejected is "the expected loss is within the margin".
- **Possible harm**: what would one more draw say? The predictive chance that its loss lies beyond the margin (t with
  sqrt(1 + 1/R), as the intervals of an answer) is at least `POSSIBLE`, and the mean lies beyond it too. Not corrected
  for many tests: a warning is not a finding.

Who builds something has to show that it harms nobody, so harm is looked for in the mean, which finds it sooner than the
predictive interval of a verdict does. "No harm found" is no proof that there is none.
"""

from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import FEWEST_DRAWS, paired_differences
from analysis.comparison.sums import Paired
from analysis.harm.families import family_of
from analysis.harm.tree import tree_bh
from analysis.indicators.indicator import Indicator
from simulator.foundation.categories import ATTRIBUTES

Array = np.ndarray[Any, np.dtype[np.float64]]

FALSE_FINDINGS = 0.10
"""Share of false findings that is borne: one in ten, as in the intervals."""
POSSIBLE = 0.75
"""Chance from which harm is called possible: three to one. Among a thousand noisy cells a lower one would name many."""
FOUND, POSSIBLY, NONE_FOUND, CANNOT_TELL = "harm found", "possible harm", "no harm found", "cannot tell"
GROUP = ("gender", "age", *ATTRIBUTES)
WHEN = ("period", "hour_band")
WHERE = ("zone", "purpose")
LABELS = (*GROUP, *WHEN, *WHERE)
"""What names a cell, by the level of the tree on which it is told apart: whom, when, where."""


def excess_of(one: Indicator, paired: Paired) -> Array:
    """Loss above the material margin by cell and draw, (cells, R); at most zero is no harm."""
    margins = one.margin * np.abs(paired.baseline) if one.margin_is_relative else one.margin
    return np.asarray(-one.better * paired_differences(paired.baseline, paired.value) - margins)


def weigh_losses(excess: Array) -> dict[str, Array]:
    """Mean excess, p-value of its being above zero, and the predictive chance that one more draw's is, by cell.

    Parameters
    ----------
    excess
        By cell and draw, (cells, R); NaN where a cell is not defined.

    Returns
    -------
    dict
        `excess`, `p_value` and `chance`, (cells,); NaN where fewer than three draws, or than half of them, are
        defined. Draws that are all alike leave no doubt: 0 or 1. The order of draws does not matter, to the bit.
    """
    from scipy.special import stdtr

    draws = np.sort(np.ascontiguousarray(excess, float), axis=1)  # undefined ones come last
    defined = np.isfinite(draws)
    count = defined.sum(axis=1)
    enough = count >= max(FEWEST_DRAWS, excess.shape[1] / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(defined, draws, 0.0).sum(axis=1) / count
        apart = np.where(defined, draws - mean[:, None], 0.0)
        spread = np.sqrt((apart**2).sum(axis=1) / (count - 1))
        least, most = draws[:, 0], np.where(defined, draws, -np.inf).max(axis=1, initial=-np.inf)
        alike = most == least
        mean = np.where(alike, least, mean)
        p_value = np.where(alike, mean <= 0.0, stdtr(count - 1.0, -mean / (spread / np.sqrt(count))))
        chance = np.where(alike, mean > 0.0, stdtr(count - 1.0, mean / (spread * np.sqrt(1.0 + 1.0 / count))))
    return {name: np.where(enough, told, np.nan) for name, told in zip(_TOLD, (mean, p_value, chance), strict=True)}


_TOLD = ("excess", "p_value", "chance")


def judge_losses(rows: pd.DataFrame) -> list[str]:
    """The verdict on each row: found, possible, not found, or that nobody can tell.

    Parameters
    ----------
    rows
        Tests, with `indicator`, the columns of `LABELS`, `excess`, `p_value`, `chance` and `unchanged`. Rows that are
        exactly the same in every draw are no tests: nothing can have happened there by chance.
    """
    tests = (rows["p_value"].notna() & ~rows["unchanged"]).to_numpy(dtype=bool)
    found = np.zeros(len(rows), bool)
    found[tests] = tree_bh(rows["p_value"].to_numpy(float)[tests], branches_of(rows[tests]), FALSE_FINDINGS)
    possible = ((rows["excess"] > 0.0) & (rows["chance"] >= POSSIBLE) & tests).to_numpy(dtype=bool)
    unknown = rows["p_value"].isna().to_numpy(dtype=bool)
    return np.select([found, possible, unknown], [FOUND, POSSIBLY, CANNOT_TELL], NONE_FOUND).tolist()


def branches_of(rows: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Codes of family, indicator, group and time of each test, (4, n); places and purposes are the leaves."""
    names = {str(name): family_of(str(name)) for name in rows["indicator"].unique()}
    levels = [rows["indicator"].map(names), rows["indicator"]]
    codes = [pd.factorize(one)[0] for one in levels]
    codes += [rows.groupby(list(keys), sort=False).ngroup().to_numpy() for keys in (GROUP, WHEN)]
    return np.stack(codes).astype(np.int64)
