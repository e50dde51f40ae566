"""Log-odds fitted to answers yes and no, with priors: the most probable values and how sure they are."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from simulator.evidence.profiles import Array


def most_probable(x: Array, answers: tuple[Array, Array], prior: Array, spread: Array) -> tuple[Array, Array]:
    """The most probable parameters of P(yes) = 1 / (1 + exp(-x @ parameters)), and their covariance.

    Binomial answers and normal priors; the covariance is that of the normal approximation at the most probable values
    (Laplace).

    Parameters
    ----------
    x
        What each parameter adds to the log-odds of a row (float64 (N, F)).
    answers
        How many said yes and no in each row ((N,) both); fractions where answers are weighted.
    prior, spread
        Mean and standard deviation of each parameter before (F,).

    Returns
    -------
    The values (F,) and their covariance (F, F).
    """
    yes, no = answers

    def surprise(values: Array) -> tuple[float, Array]:
        score, off = x @ values, (values - prior) / spread
        missed = yes @ np.logaddexp(0.0, -score) + no @ np.logaddexp(0.0, score)
        slope = x.T @ (no * expit(score) - yes * expit(-score)) + off / spread
        return float(missed + (off**2).sum() / 2.0), slope

    found = minimize(surprise, prior, jac=True, method="BFGS", options={"gtol": 1e-10}).x
    chance = expit(x @ found)
    precision = (x * ((yes + no) * chance * (1.0 - chance))[:, None]).T @ x + np.diag(1.0 / spread**2)
    return np.asarray(found), np.linalg.inv(precision)
