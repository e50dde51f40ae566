"""What it would be worth to know more before deciding, in the unit of the gain (EVPI and EVPPI).

The decision is the one of most gain on average, doing nothing being worth zero. Knowing more is worth something only as
far as it would change that decision in some draws. Knowing everything (expected value of perfect information) is worth
the mean, over draws, of what another choice would have given in that draw. Knowing one number (of partial perfect
information) is worth the same, with what that number tells of the gain, by regression, in place of the gain: Strong,
Oakley and Brennan 2014 (doi 10.1177/0272989X13505910). Gains are feelings or trips, never money: what a measure costs
does not enter.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from simulator.foundation import draws as hashed

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]

MANY_DRAWS = 64
"""From so many draws on the regression bends (cubic); fewer draws would bend to chance, so it is straight."""
RESAMPLES = 1000
"""Bootstrap resamples behind an interval."""
COVERAGE = 0.90


class Estimate(NamedTuple):
    """An estimate with the ends of its 90 % bootstrap interval over draws."""

    value: float
    low: float
    high: float


def value_of_knowing(gains: Array) -> Array:
    """Mean over draws of what is lost by one decision for all of them.

    Parameters
    ----------
    gains
        Of each measure in each draw, shape (..., K, R); doing nothing, worth zero, is added.

    Returns
    -------
    numpy.ndarray
        Shape (...); never below zero, and exactly zero where the same is best in every draw.
    """
    every = np.concatenate([np.zeros_like(gains[..., :1, :]), gains], axis=-2)
    chosen = np.argmax(every.mean(axis=-1), axis=-1)  # nothing, if nothing is as good
    taken = np.take_along_axis(every, chosen[..., None, None], axis=-2)[..., 0, :]
    return np.asarray((every.max(axis=-2) - taken).mean(axis=-1))


def value_of_everything(gains: Array, *, seed: int) -> Estimate:
    """What knowing everything beforehand is worth.

    Parameters
    ----------
    gains
        Of each measure in each draw, shape (K, R), in one unit; above zero is better than doing nothing.
    seed
        Of the resamples, which are hashed from it.
    """
    resampled = np.moveaxis(gains[:, resamples(gains.shape[-1], seed)], 1, 0)
    return _with_ends(float(value_of_knowing(gains)), value_of_knowing(resampled))


def value_of_one(number: Array, gain: Array, *, seed: int) -> Estimate:
    """What knowing one number beforehand is worth, for the choice between a measure and nothing.

    Parameters
    ----------
    number
        Its value in each draw, shape (R,).
    gain
        Of the measure in each draw, shape (R,).
    seed
        Of the resamples.

    Returns
    -------
    Estimate
        Never above what knowing everything is worth, in the draws and in each resample.
    """
    terms = _terms(number)
    again = resamples(gain.size, seed)
    both = []
    for basis, target in ((terms[None], gain[None]), (terms[again], gain[again])):
        told = value_of_knowing(_fitted(basis, target)[:, None, :])
        both.append(np.minimum(told, value_of_knowing(target[:, None, :])))
    return _with_ends(float(both[0][0]), both[1])


def share_explained(number: Array, gain: Array, *, seed: int) -> Estimate:
    """Share of the variance of the gain that one number explains by itself (first-order index, adjusted R squared).

    Parameters as for `value_of_one`. A resample holds each draw more than once, so that its fit follows chance more
    closely than the sample's; what that adds on average is taken off its ends.
    """
    terms = _terms(number)
    again = resamples(gain.size, seed)
    share = float(_adjusted(terms[None], gain[None])[0])
    others = _adjusted(terms[again], gain[again])
    return _with_ends(share, np.clip(others - max(float(others.mean()) - share, 0.0), 0.0, 1.0))


@lru_cache(maxsize=4)  # the same for every answer of a comparison
def resamples(count: int, seed: int) -> Whole:
    """Draws of each bootstrap resample, shape (`RESAMPLES`, R)."""
    keys = hashed.uniform(seed, "what knowing is worth", np.arange(RESAMPLES)[:, None], np.arange(count)[None, :])
    chosen: Whole = (keys * count).astype(np.int64)
    chosen.flags.writeable = False
    return chosen


def _terms(number: Array) -> Array:
    """What the gain is regressed on, shape (R, k): powers of normal scores (Blom), so that outliers pull nothing."""
    scores = ndtri((rankdata(number) - 0.375) / (number.size + 0.25))
    return np.vander(scores, 4 if number.size >= MANY_DRAWS else 2, increasing=True)


def _fitted(terms: Array, gain: Array) -> Array:
    """Least squares for each of a stack: terms (B, R, k), gain (B, R); gives (B, R)."""
    turned = np.swapaxes(terms, 1, 2)
    weights = np.linalg.pinv(turned @ terms, rcond=1e-10, hermitian=True) @ (turned @ gain[..., None])
    return np.asarray((terms @ weights)[..., 0])


def _adjusted(terms: Array, gain: Array) -> Array:
    count, degrees = terms.shape[1:]
    rest = ((gain - _fitted(terms, gain)) ** 2).sum(axis=1) / max(count - degrees, 1)
    whole = gain.var(axis=1, ddof=1)
    return np.clip(1.0 - np.divide(rest, whole, out=np.ones_like(rest), where=whole > 0.0), 0.0, 1.0)


def _with_ends(value: float, others: Array) -> Estimate:
    tail = (1.0 - COVERAGE) / 2.0
    low, high = np.quantile(others, [tail, 1.0 - tail])
    return Estimate(value, min(float(low), value), max(float(high), value))
