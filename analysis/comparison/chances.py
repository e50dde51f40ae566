"""How surely something is better: chance and mean out of draws, each with its Monte Carlo error.

The error is that of having so many draws and no more. It shrinks as draws are added, which a predictive interval does
not: that one tells how far one draw may lie from the next. Formulas are those of independent draws; ours are spread
evenly (`simulator.evidence.strata`), so that the true error is, if anything, smaller.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


def chance_above(draws: Array, threshold: float = 0.0) -> tuple[float, float]:
    """Chance that one more draw lies above a threshold, and its Monte Carlo error.

    The share of draws above it, drawn a little towards one half: the mean and standard deviation of what k of R draws
    leave of the prior of Jeffreys, a beta distribution with k + 1/2 and R - k + 1/2 (Brown, Cai and DasGupta 2001, doi
    10.1214/ss/1009213286). It takes draws to be of no particular distribution, and never says 0 or 1, which a number
    of draws cannot show.

    Parameters
    ----------
    draws
        One number a draw, shape (R,).
    threshold
        In the draws' unit; a draw that equals it does not lie above.

    Returns
    -------
    tuple of float
        (k + 1/2) / (R + 1) and the square root of p (1 - p) / (R + 2).
    """
    count = draws.size
    chance = (float((draws > threshold).sum()) + 0.5) / (count + 1.0)
    return chance, float(np.sqrt(chance * (1.0 - chance) / (count + 2.0)))


def mean_with_error(draws: Array) -> tuple[float, float]:
    """Mean over draws, and its Monte Carlo error: standard deviation over the root of their number."""
    spread = float(draws.std(ddof=1)) if np.ptp(draws) > 0.0 else 0.0  # equal draws: no rounding of the mean
    return float(draws.mean()), spread / float(np.sqrt(draws.size))
