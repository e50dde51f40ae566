"""History matching: what observations say about the parameters of runs that were drawn before anybody observed.

Every run is a joint draw of all parameters. (1) A run is ruled out if the observations lie farther from it than their
own errors, the model's and those of few agents allow, all together (chi-squared). (2) Parameters that matter are found
by the correlation of their normal scores with the outputs, against permutations of the runs, at a false discovery rate.
(3) The outputs are taken as linear in those scores; what is left over - all other parameters, chance - is one more
error. With normal errors the posterior is closed (Bayes linear; Craig and others 1997, Goldstein and Wooff 2007; as
emulators in Vernon, Goldstein and Bower 2010, doi 10.1214/10-BA524). (4) Observations that all runs together could not
have given are told, and nothing is fitted to them.

No sampler is needed: pyABC and sbi choose the next run themselves and want thousands of runs of a few parameters; here
some hundred parameters are drawn together in a hundred runs, which are in a store already.
"""

import dataclasses
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2, false_discovery_control, rankdata

from simulator.foundation import draws

Array = np.ndarray[Any, Any]
RULED_OUT = 0.99
"""A run is ruled out beyond this quantile of its distance's distribution."""
IMPOSSIBLE = 0.999
"""Observations are outside all runs beyond this quantile."""
DISCOVERIES = 0.05
"""Share of parameters wrongly taken to matter among all that are, at most in the mean."""
_PERMUTATIONS = 499
_RUNS_A_PARAMETER = 10
"""No more parameters than one for so many runs: the rule of thumb for regressions."""
_SEED = 1120


@dataclasses.dataclass(frozen=True)
class Runs:
    """What was drawn, and what came of it.

    Parameters
    ----------
    names
        Parameters that vary (P,).
    values
        Their values (float64 (N, P)).
    outputs
        What the runs say of each observation (float64 (N, K)).
    noise
        Variance of each output by chance in few agents (float64 (N, K)).
    """

    names: tuple[str, ...]
    values: Array
    outputs: Array
    noise: Array


@dataclasses.dataclass(frozen=True)
class Matched:
    """What the observations say.

    Parameters
    ----------
    distance
        Squared distance of each run from the observations in their errors (N,).
    kept
        Whether it is not ruled out (bool (N,)).
    names
        Parameters that matter, those that are learnt most first (M,).
    mean, sd
        Of their normal scores, of which mean 0 and sd 1 are what was drawn (M,).
    surprise
        The quantile at which the observations lie of what all runs lead to expect; beyond `IMPOSSIBLE` they are
        outside.
    """

    distance: Array
    kept: Array
    names: tuple[str, ...]
    mean: Array
    sd: Array
    surprise: float

    @property
    def contraction(self) -> Array:
        """1 - posterior variance / prior variance (M,)."""
        return np.asarray(1.0 - self.sd**2)


def match(runs: Runs, observed: Array, error: Array) -> Matched:
    """Hold runs against observations.

    Parameters
    ----------
    observed
        On the scale of the outputs (K,).
    error
        Covariance of the observations' and the model's own errors (K, K).
    """
    off = observed - runs.outputs
    distance = np.array(
        [one @ np.linalg.solve(error + np.diag(noise), one) for one, noise in zip(off, runs.noise, strict=True)]
    )
    scores = normal_scores(runs.values)
    found = matter(scores, runs.outputs)
    mean, covariance, surprise = posterior(scores[:, found], runs.outputs, observed, error)
    sd = np.sqrt(np.diag(covariance))
    order = np.argsort(sd, kind="stable")
    names = tuple(runs.names[found[place]] for place in order)
    kept = distance <= chi2.ppf(RULED_OUT, len(observed))
    return Matched(distance, kept, names, mean[order], sd[order], surprise)


def normal_scores(values: Array) -> Array:
    """Each column's values as standard normal ones of the same ranks (float64 (N, P))."""
    return np.asarray(ndtri((rankdata(values, axis=0) - 0.5) / len(values)))


def matter(scores: Array, outputs: Array) -> Array:
    """Columns of the scores that outputs depend on more than by chance, the strongest first, as many as runs allow.

    The greatest absolute correlation with any output, or with all of them together, is held against the same in runs
    whose outputs are permuted together; all columns have one distribution under chance, so their permutations are put
    together.
    """
    runs = len(scores)
    varying = outputs.std(axis=0) > 0.0
    if not varying.any():
        return np.zeros(0, np.int64)
    x = (scores - scores.mean(axis=0)) / (scores.std(axis=0) * runs)
    y = (outputs[:, varying] - outputs[:, varying].mean(axis=0)) / outputs[:, varying].std(axis=0)
    together = y.mean(axis=1, keepdims=True)
    y = np.column_stack([y, together / max(float(together.std()), 1e-12)])
    strength = np.abs(x.T @ y).max(axis=1)
    by_chance = []
    for number in range(_PERMUTATIONS):
        order = np.argsort(draws.bits(_SEED, "permutation of runs", number, np.arange(runs)))
        by_chance.append(np.abs(x.T @ y[order]).max(axis=1))
    ordered = np.sort(np.concatenate(by_chance))
    beyond = ordered.size - np.searchsorted(ordered, strength)
    adjusted = false_discovery_control((beyond + 1.0) / (ordered.size + 1.0))
    strongest = np.argsort(-strength, kind="stable")[: runs // _RUNS_A_PARAMETER]
    return np.asarray([row for row in strongest if adjusted[row] <= DISCOVERIES], np.int64)


def posterior(scores: Array, outputs: Array, observed: Array, error: Array) -> tuple[Array, Array, float]:
    """Mean and covariance of normal scores given observations, and how surprising these are before (Bayes linear).

    Parameters
    ----------
    scores, outputs
        Of each run (float64 (N, M) and (N, K)).
    observed, error
        What was observed (K,), with the covariance of its own errors (K, K).
    """
    runs, count = scores.shape
    x = np.column_stack([np.ones(runs), scores])
    effect, *_ = np.linalg.lstsq(x, outputs, rcond=None)
    left = outputs - x @ effect
    chance = left.T @ left / (runs - count - 1) * (1.0 + (count + 1.0) / runs)  # the fit's own error, in the mean
    noise, slope, off = error + chance, effect[1:], observed - effect[0]
    weighed = np.linalg.solve(noise, slope.T).T if count else np.zeros((0, len(observed)))
    covariance = np.linalg.inv(np.eye(count) + weighed @ slope.T)
    expected = noise + slope.T @ slope
    surprise = float(chi2.cdf(off @ np.linalg.solve(expected, off), len(observed)))
    return covariance @ (weighed @ off), covariance, surprise
