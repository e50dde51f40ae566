"""Cost per unit of a gain: a ratio with its interval over draws, or the reason why there is none.

A ratio whose lower part may be zero has no interval, and one of two negative numbers looks like a good one. So it is
told only where money is paid in every draw and the gain is distinguishable from no effect.
"""

from typing import NamedTuple

import numpy as np

from analysis.comparison.intervals import (
    COVERAGE,
    FEW_DRAWS,
    FEWEST_DRAWS,
    Array,
    amount_interval,
    predictive_interval,
)

NO_RATIO = "no ratio: "
"""Beginning of every reason why there is none."""
TOO_FEW = f"{NO_RATIO}fewer than three draws"
NO_GAIN = f"{NO_RATIO}the gain is not distinguishable from no effect"
LOSS = f"{NO_RATIO}it loses instead of gaining"
SAVES = f"{NO_RATIO}it saves money"
FREE = f"{NO_RATIO}it costs nothing"
EITHER = f"{NO_RATIO}it costs in some draws and saves in others"
NOT_COUNTED = f"{NO_RATIO}the gain is not counted here"


class Ratio(NamedTuple):
    """Mean cost over mean gain, its predictive interval; or `why` there is none."""

    estimate: float
    low: float
    high: float
    why: str = ""


def cost_per_gain(cost: Array, gain: Array, *, is_count: bool = False) -> Ratio:
    """What a unit of a gain costs.

    Parameters
    ----------
    cost, gain
        One a draw, shape (R,); a gain above zero is one.
    is_count
        Whether the gain is a number of people and the like, which cannot be below zero.

    Returns
    -------
    Ratio
        Mean cost over mean gain. Where every draw gains, the interval is that of the draws' ratios on the log scale
        (`amount_interval`). Else, below 40 draws, it is Fieller's with the variance of one more draw, cut at zero;
        from 40 draws on, quantiles of gain per cost turned round.
    """
    why = _why_none(cost, gain, is_count=is_count)
    if why:
        return Ratio(float("nan"), float("nan"), float("nan"), why)
    if (gain > 0.0).all():
        low, high = amount_interval(cost / gain)
    elif gain.size < FEW_DRAWS:
        low, high = fieller_interval(cost, gain)
        low = max(low, 0.0)
    else:
        worst, best = predictive_interval(gain / cost)
        low, high = 1.0 / best, 1.0 / worst if worst > 0.0 else float("inf")
    return Ratio(float(cost.mean() / gain.mean()), low, high)


def is_gain(gain: Array, *, is_count: bool = False) -> bool:
    """Whether a gain is distinguishable from no effect: its predictive interval lies above zero."""
    low, _ = amount_interval(gain) if is_count else predictive_interval(gain)
    return bool(low > 0.0)


def _why_none(cost: Array, gain: Array, *, is_count: bool) -> str:
    reasons = (
        (not (np.isfinite(gain).all() and np.isfinite(cost).all()), NOT_COUNTED),
        (not cost.any(), FREE),
        ((cost <= 0.0).all(), SAVES),
        (not (cost > 0.0).all(), EITHER),
        (gain.size < FEWEST_DRAWS, TOO_FEW),
        (predictive_interval(gain)[1] < 0.0, LOSS),
        (not is_gain(gain, is_count=is_count), NO_GAIN),
    )
    return next((why for holds, why in reasons if holds), "")


def fieller_interval(cost: Array, gain: Array, *, coverage: float = COVERAGE) -> tuple[float, float]:
    """Every ratio q for which cost - q x gain of one more draw may be zero (Fieller 1954, J. R. Stat. Soc. B 16).

    With k = t sqrt(1 + 1/R), means c and g and (co)variances s: the roots of
    q^2 (g^2 - k^2 s_gg) - 2 q (c g - k^2 s_cg) + c^2 - k^2 s_cc = 0.

    Parameters
    ----------
    cost, gain
        One a draw, shape (R,) with 3 or more, the gain's own predictive interval without zero.
    coverage
        Probability inside.
    """
    from scipy.special import stdtrit

    draws = gain.size
    squared = float(stdtrit(draws - 1, 0.5 + coverage / 2.0)) ** 2 * (1.0 + 1.0 / draws)
    ((s_cc, s_cg), (_, s_gg)) = squared * np.cov(cost, gain)
    a = gain.mean() ** 2 - s_gg
    b = cost.mean() * gain.mean() - s_cg
    root = np.sqrt(max(b * b - a * (cost.mean() ** 2 - s_cc), 0.0))
    return float((b - root) / a), float((b + root) / a)
