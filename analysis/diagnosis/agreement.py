"""How ratings of night walks go with simulated feelings on the same streets: a rank correlation and how sure it is."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.comparison.influence import SPEARMAN_VARIANCE

Array = np.ndarray[Any, Any]
FEWEST_STREETS = 10
"""On fewer streets the interval of a rank correlation spans most of what it can be, so that it says nothing."""
_SURE = 0.95
"""Both ends of a 90 % interval."""
_ROUNDING = 1e-9


class Agreement(NamedTuple):
    """Agreement of ratings with what is simulated."""

    streets: int
    rank: float
    """Spearman's rank correlation over streets: 1 full agreement, 0 none, -1 the opposite."""
    low: float
    """Lower end of its 90 % interval, by Fisher's z."""
    high: float


def agreement(street: Array, rating: Array, felt: Array) -> Agreement | None:
    """Ratings held against simulated feelings.

    Parameters
    ----------
    street
        Of each rating; of several ratings of one street the mean counts once.
    rating
        0 (poor) to 3 (good).
    felt
        Simulated share that feels safe on that street; NaN where nobody walks.

    Returns
    -------
    Agreement or None
        None on fewer than `FEWEST_STREETS` streets, or where all ratings or all feelings are alike.
    """
    from scipy.stats import norm, spearmanr

    table = pd.DataFrame({"street": street, "rating": rating, "felt": felt}).dropna()
    mean = table.groupby("street").mean()
    if len(mean) < FEWEST_STREETS or (mean.nunique() < 2).any():
        return None
    rank = float(spearmanr(mean["rating"], mean["felt"]).statistic)
    if abs(rank) > 1.0 - _ROUNDING:
        return Agreement(len(mean), *[float(np.sign(rank))] * 3)
    half = float(norm.ppf(_SURE)) * np.sqrt(SPEARMAN_VARIANCE / (len(mean) - 3))
    low, high = np.tanh(np.arctanh(rank) + np.array([-half, half]))
    return Agreement(len(mean), rank, float(low), float(high))
