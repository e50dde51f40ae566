"""The smallest change that an evaluation of some size shows, for shares, counts and rare incidents.

All of it is for a pilot and a control area, before and after: what the pilot changed beyond the control (a difference
of differences). An evaluation *shows* a change where its estimate lies further from no change than `CONFIDENCE` allows
to chance (both sides); the smallest change that it detects is the one that it would show in `POWER` of a hundred
evaluations (Bloom 1995, doi 10.1177/0193841X9501900504: the minimum detectable effect is so many standard errors):

    detectable = (z(1 - (1 - CONFIDENCE) / 2) + z(POWER)) x standard error

Counts and incidents are compared as ratios, on the log scale, where their error is about normal.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

Array = np.ndarray[Any, np.dtype[np.float64]]
CONFIDENCE = 0.90
"""As the intervals of a comparison."""
POWER = 0.80
"""What is usual for evaluations: four of five that could show an effect do."""
MOST = 1_000_000
"""Sizes beyond are not looked for."""


def errors_needed() -> float:
    """How many standard errors away from no change a change must be to be shown in `POWER` of evaluations."""
    return float(_threshold() + ndtri(POWER))


def _threshold() -> float:
    return float(ndtri(0.5 + CONFIDENCE / 2.0))


def error_of_shares(
    pilot: tuple[Array | float, Array | float], control: tuple[float, float], asked: float, design_effect: float
) -> Array:
    """Standard error of (pilot after - before) - (control after - before), as shares.

    Parameters
    ----------
    pilot, control
        Share (before, after).
    asked
        People asked in each area each time: different ones, so that the four samples are independent.
    design_effect
        How many times larger the variance is than that of as many people drawn one by one.
    """
    shares = (*pilot, *control)
    return np.sqrt(design_effect / asked * sum(np.asarray(share) * (1.0 - np.asarray(share)) for share in shares))


def error_of_counts(nights: float, sites: tuple[float, float], people: float, spread: tuple[float, float]) -> float:
    """Standard error of the log ratio of ratios of counts, pilot over control, after over before.

    Parameters
    ----------
    nights
        Nights counted before, and as many after; all sites on the same nights.
    sites
        Places counted in the pilot and in the control area.
    people
        Mean count of a night at a site.
    spread
        Standard deviation of the log of a site's share of all counts: from night to night, and from one year's mean
        to the next's. More nights do not help against the second, more sites do.
    """
    per_site = 2.0 * (spread[0] ** 2 + 1.0 / people) / nights + spread[1] ** 2
    return float(np.sqrt(per_site * (1.0 / sites[0] + 1.0 / sites[1])))


def error_of_incidents(expected: tuple[Array | float, Array | float], control: Array | float) -> Array:
    """Standard error of the log ratio of ratios of recorded incidents, each count a Poisson one.

    Parameters
    ----------
    expected
        Incidents recorded in the pilot area in all the time before, and after.
    control
        The same in the control area, before and as many after. Infinite: the trend is known without error.
    """
    return np.asarray(
        np.sqrt(1.0 / np.asarray(expected[0]) + 1.0 / np.asarray(expected[1]) + 2.0 / np.asarray(control))
    )


def detectable_change_of_share(
    before: float, control: float, asked: float, design_effect: float, *, up: bool = True
) -> float:
    """Smallest change of a share (points as a share, with its sign) that a survey of that size detects; NaN if none.

    Its error depends on the share after, which is not known before: solved to 1e-9 by halving. The control is taken
    not to change.
    """
    sign = 1.0 if up else -1.0
    room = (1.0 - before) if up else before

    def beyond(change: float) -> float:
        error = error_of_shares((before, before + sign * change), (control, control), asked, design_effect)
        return change - errors_needed() * float(error)

    if room <= 0.0 or beyond(room) < 0.0:
        return float("nan")
    low, high = 0.0, room
    while high - low > 1e-9:
        middle = (low + high) / 2.0
        low, high = (low, middle) if beyond(middle) >= 0.0 else (middle, high)
    return sign * high


def detectable_ratio(error: float, *, up: bool = True) -> float:
    """Smallest ratio (above 1 if `up`, else below) that is detected with an error on the log scale."""
    return float(np.exp(errors_needed() * error * (1.0 if up else -1.0)))


def chance_to_show(effects: Array | float, errors: Array | float) -> float:
    """Chance that the evaluation shows a change of the right sign, over what the effect may be (assurance).

    O'Hagan, Stevens and Campbell 2005, doi 10.1002/pst.175: power, averaged over draws of the effect. An effect of
    exactly nothing is never rightly shown.

    Parameters
    ----------
    effects
        Effects, one a draw, on the scale of their error.
    errors
        Their standard errors.
    """
    effect, error = np.broadcast_arrays(np.asarray(effects, float), np.asarray(errors, float))
    right_side = np.abs(effect) / error - _threshold()
    return float(np.where(effect == 0.0, 0.0, ndtr(right_side)).mean())


def size_needed(chance_at: Callable[[float], float], wanted: float = POWER) -> float:
    """Smallest whole size at which a chance, which does not fall with size, is at least `wanted`; infinite if none."""
    if chance_at(float(MOST)) < wanted:
        return float("inf")
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance_at(float(middle)) >= wanted else (middle, high)
    return float(high)
