"""Shrink thin hour profiles towards broader ones, by as much as the data say (empirical Bayes)."""

from typing import Any

import numpy as np
from scipy.special import gammaln

Array = np.ndarray[Any, Any]
STRENGTHS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""Candidate weights of the broader profile, in effective trips."""


def effective_counts(weights: Array, squares: Array) -> Array:
    """Scale weighted counts to Kish's effective number of observations, along the last axis.

    Parameters
    ----------
    weights, squares
        Sums of weights and of squared weights by cell and hour, float64 (..., 24).
    """
    total, square = weights.sum(axis=-1, keepdims=True), squares.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(weights * total, square, out=np.zeros_like(weights), where=square > 0))


def likelihood(counts: Array, prior: Array, strength: float) -> float:
    """Log-likelihood of `counts` (cells, 24) under a Dirichlet-multinomial with mean `prior` (24,)."""
    open_hours = prior > 0
    alpha = strength * prior[open_hours]
    seen = counts[:, open_hours]
    cells = gammaln(strength) - gammaln(strength + seen.sum(axis=1))
    return float(cells.sum() + (gammaln(alpha + seen) - gammaln(alpha)).sum())


def best_strength(counts: Array, priors: Array) -> float:
    """The candidate strength under which groups of cells (G, cells, 24) are likeliest, given priors (G, 24)."""
    scores = [
        sum(likelihood(group, prior, strength) for group, prior in zip(counts, priors, strict=True))
        for strength in STRENGTHS
    ]
    return STRENGTHS[int(np.argmax(scores))]


def shrink(counts: Array, prior: Array, strength: float) -> Array:
    """Profiles (..., 24), each summing to 1: effective counts plus `strength` trips spread as `prior`."""
    mixed = counts + strength * prior
    return np.asarray(mixed / mixed.sum(axis=-1, keepdims=True))


def _profile(weights: Array) -> Array:
    total = weights.sum(axis=-1, keepdims=True)
    flat = np.full_like(weights, 1.0 / weights.shape[-1])
    return np.asarray(np.divide(weights, total, out=flat, where=total > 0))


def smooth_profiles(weights: Array, squares: Array) -> tuple[Array, dict[str, float]]:
    """Hour profiles by gender and age within one purpose, shrunk to age (genders pooled), that to the purpose.

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
    purpose = _profile(weights.sum(axis=(0, 1)))
    by_age = effective_counts(weights.sum(axis=0), squares.sum(axis=0))
    age_strength = best_strength(by_age[np.newaxis], purpose[np.newaxis])
    ages = shrink(by_age, purpose, age_strength)
    cells = effective_counts(weights, squares)
    gender_strength = best_strength(np.swapaxes(cells, 0, 1), ages)
    return shrink(cells, ages, gender_strength), {"age": age_strength, "gender": gender_strength}
