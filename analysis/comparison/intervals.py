"""Predictive intervals over draws and the verdict in words.

A draw is one joint value of all uncertain parameters; the paired difference of a draw is one sample. The
interval says where the difference of one more draw would lie, so it does not shrink as the number of draws
grows. Costs and the like, which cannot change their sign, have theirs on the log scale.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

COVERAGE = 0.90
FEWEST_DRAWS = 3
"""Fewer draws make no interval: of two nobody knows whether they lie apart by chance."""
FEW_DRAWS = 40
"""Below this many draws Student's t is used, from here on the draws' own quantiles."""
ROUNDING = 1e-12
"""Differences below this share of the values are what another order of adding leaves; they count as zero."""

BETTER, WORSE, NEGLIGIBLE = "better", "worse", "negligible"
INCONCLUSIVE, ZERO, BREAK_EVEN = "inconclusive", "zero by assumption", "break-even only"
VERDICTS = (BETTER, WORSE, NEGLIGIBLE, INCONCLUSIVE, ZERO, BREAK_EVEN)


def paired_differences(baseline: Array, value: Array) -> Array:
    """Value minus baseline, with rounding residue set to exactly zero.

    Sums by zone are added up in another order when a scenario splits a zone into treated and untreated, which
    moves the last bits; a difference below 1e-12 of the values is that and nothing else.
    """
    difference = value - baseline
    scale = np.maximum(np.abs(baseline), np.abs(value))
    return np.where(np.abs(difference) <= ROUNDING * scale, 0.0, difference)


def predictive_interval(differences: Sequence[float] | Array, *, coverage: float = COVERAGE) -> tuple[float, float]:
    """Central predictive interval for the difference of one further draw.

    Parameters
    ----------
    differences
        Paired differences, shape (R,), one a draw.
    coverage
        Probability inside.

    Returns
    -------
    tuple of float
        mean +/- t x s x sqrt(1 + 1/R) below 40 draws (s with R - 1 degrees of freedom), the empirical
        quantiles from 40 on (p of R + 1 draws lie below); (0, 0) if every draw is exactly zero; (NaN, NaN) for
        fewer than three draws or an undefined difference.
    """
    sample = np.asarray(differences, dtype=float)
    if sample.size == 0 or not np.isfinite(sample).all():
        return float("nan"), float("nan")
    if not sample.any():
        return 0.0, 0.0
    if sample.size < FEWEST_DRAWS:
        return float("nan"), float("nan")
    tail = (1.0 - coverage) / 2.0
    if sample.size >= FEW_DRAWS:
        # at p (R + 1) in order of size, where one more draw falls below with a chance of p; at p (R - 1) too many miss
        low, high = np.quantile(sample, [tail, 1.0 - tail], method="weibull")
        return float(low), float(high)
    from scipy.special import stdtrit

    mean, spread = float(sample.mean()), float(sample.std(ddof=1))
    if np.ptp(sample) == 0.0:  # equal draws: keep rounding of the mean out of the spread
        spread = 0.0
    reach = float(stdtrit(sample.size - 1, 1.0 - tail)) * spread * np.sqrt(1.0 + 1.0 / sample.size)
    return mean - float(reach), mean + float(reach)


def amount_interval(amounts: Sequence[float] | Array, *, coverage: float = COVERAGE) -> tuple[float, float]:
    """Central predictive interval for an amount, such as a cost, that has no business on the other side of zero.

    Draws that are all above zero, or all below, get theirs on the log scale; draws some of which are zero get that of
    `predictive_interval`, cut at zero; draws on both sides of zero simply that.

    Parameters
    ----------
    amounts
        One a draw, shape (R,).
    coverage
        Probability inside.
    """
    sample = np.asarray(amounts, dtype=float)
    if (sample < 0.0).any() and (sample <= 0.0).all():
        low, high = amount_interval(-sample, coverage=coverage)
        return -high, -low
    if sample.size >= FEWEST_DRAWS and (sample > 0.0).all() and np.ptp(sample) > 0.0:
        low, high = np.exp(predictive_interval(np.log(sample), coverage=coverage))
        return float(low), float(high)
    low, high = predictive_interval(sample, coverage=coverage)
    return (max(low, 0.0) if (sample >= 0.0).all() else low), high


def judge(
    differences: Array, interval: tuple[float, float], *, better: int, margin: float, unaffected_by_assumption: bool
) -> str:
    """The verdict in words for one cell.

    Parameters
    ----------
    differences
        Paired differences, one a draw.
    interval
        Their predictive interval.
    better
        +1, -1 or 0 as `Indicator.better`; with 0 nothing is judged and the verdict is empty.
    margin
        Material margin in the indicator's unit.
    unaffected_by_assumption
        Whether no path in the model leads from the scenario's measures to this number.

    Returns
    -------
    str
        `zero by assumption` if every draw is exactly as it was and could not be otherwise: no path in the model
        leads from the measure to this number (lamps at noon), so the zero is put in, not found out. Any other
        exact zero is `negligible`: nobody among these agents was reached. Otherwise `negligible` if
        the interval lies inside the margin, else `better` or `worse` if it leaves out zero, else `cannot
        tell`.
    """
    if better == 0:
        return ""
    low, high = interval
    if not (np.isfinite(low) and np.isfinite(high)):
        return INCONCLUSIVE
    if not differences.any():
        return ZERO if unaffected_by_assumption else NEGLIGIBLE
    if -margin <= low and high <= margin:
        return NEGLIGIBLE
    if low <= 0.0 <= high:
        return INCONCLUSIVE
    return BETTER if (low > 0.0) == (better > 0) else WORSE
