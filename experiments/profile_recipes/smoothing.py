"""Shrink thin hour profiles towards broader ones, by as much as the data say (empirical Bayes)."""

from typing import Any

import numpy as np
from scipy.special import gammaln

Array = np.ndarray[Any, Any]
STRENGTHS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""Candidate weights of the broader profile, in effective trips."""
PART_OF_HOUR = np.array([3] * 4 + [0] * 7 + [1] * 5 + [2] * 5 + [3] * 3)
"""Part of the day of each clock hour: morning 04-11, midday 11-16, evening 16-21, night 21-04."""
PART_STRENGTH = 10.0
"""Effective trips lent by both genders to one gender's shares of the four parts, so that none is ruled out."""


def effective_counts(weights: Array, squares: Array) -> Array:
    """Scale weighted counts to Kish's effective number of observations, along the last axis.

    Parameters
    ----------
    weights, squares
        Sums of weights and of squared weights by cell and hour, float64 (..., 24).
    """
    total, square = weights.sum(axis=-1, keepdims=True), squares.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(weights * total, square, out=np.zeros_like(weights), where=square > 0))


def _log_likelihood(counts: Array, prior: Array, strength: float) -> float:
    """Of effective counts (24,) under a Dirichlet-multinomial whose mean is `prior` (24,)."""
    alpha = strength * prior
    cell = gammaln(strength) - gammaln(strength + counts.sum())
    return float(cell + (gammaln(alpha + counts) - gammaln(alpha)).sum())


def best_strength(counts: Array, priors: Array) -> float:
    """The candidate under which the cells (C, 24) are likeliest, each given a prior (C, 24) that has not seen it."""
    pairs = list(zip(counts, priors, strict=True))
    scores = [sum(_log_likelihood(cell, prior, strength) for cell, prior in pairs) for strength in STRENGTHS]
    return STRENGTHS[int(np.argmax(scores))]


def shrink(counts: Array, prior: Array, strength: float) -> Array:
    """Profiles (..., 24), each summing to 1: effective counts plus `strength` trips spread as `prior`."""
    mixed = counts + strength * prior
    return np.asarray(mixed / mixed.sum(axis=-1, keepdims=True))


def _others(counts: Array, prior: Array, strength: float) -> Array:
    """For each cell along the first axis, the profile of all the other cells together, shrunk to `prior`."""
    return shrink(counts.sum(axis=0) - counts, prior, strength)


def _by_part(values: Array) -> Array:
    """Sum hours (..., 24) into parts of the day (..., 4)."""
    return np.stack([values[..., part == PART_OF_HOUR].sum(axis=-1) for part in range(4)], axis=-1)


def keep_parts_of_day(profiles: Array, weights: Array, squares: Array) -> Array:
    """Rake each gender's profiles so that, over its ages, the parts of the day weigh as surveyed.

    Shrinking age by age towards both genders would take away most of the difference by night, since by day there is
    none; the share of a gender's trips in a part of the day rests on many trips and need not be shrunk.

    Parameters
    ----------
    profiles, weights, squares
        Float64 (gender, age, 24); totals by gender and age stay those of `weights`.
    """
    counts = _by_part(effective_counts(weights.sum(axis=1), squares.sum(axis=1)))
    both = _by_part(weights.sum(axis=(0, 1)))
    wanted = shrink(counts, both / both.sum(), PART_STRENGTH) * weights.sum(axis=(1, 2))[:, np.newaxis]
    totals = weights.sum(axis=-1, keepdims=True)
    raked = profiles.copy()
    for _ in range(200):
        found = _by_part((raked * totals).sum(axis=1))
        raked *= np.divide(wanted, found, out=np.ones_like(found), where=found > 0)[:, np.newaxis, PART_OF_HOUR]
        raked /= raked.sum(axis=-1, keepdims=True)
    return raked


def smooth_profiles(weights: Array, squares: Array) -> tuple[Array, dict[str, float]]:
    """Hour profiles by gender and age within one purpose, shrunk to age (genders pooled), that to the purpose.

    How much is lent is the candidate strength under which each cell is likeliest given the others. Each gender then
    gets back its surveyed weight of the parts of the day (`keep_parts_of_day`).

    Parameters
    ----------
    weights, squares
        Sums of weights and of squared weights, float64 (gender, age, 24).

    Returns
    -------
    profiles
        Float64 (gender, age, 24), each summing to 1.
    strengths
        Effective trips lent by the purpose to an age (`age`) and by the age to a gender (`gender`).
    """
    by_age = effective_counts(weights.sum(axis=0), squares.sum(axis=0))
    total = weights.sum(axis=(0, 1))
    purpose = total / total.sum()
    almost = 0.99 * purpose + 0.01 / purpose.size  # no hour is ruled out where likelihoods are compared
    age_strength = best_strength(by_age, _others(by_age, almost, 1.0))
    ages = shrink(by_age, purpose, age_strength)
    cells = effective_counts(weights, squares)
    other_gender = shrink(cells[::-1], almost, age_strength)
    gender_strength = best_strength(cells.reshape(-1, cells.shape[-1]), other_gender.reshape(-1, cells.shape[-1]))
    profiles = keep_parts_of_day(shrink(cells, ages, gender_strength), weights, squares)
    return profiles, {"age": age_strength, "gender": gender_strength}
