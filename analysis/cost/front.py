"""Ideas against each other: which is dominated, which is probably best, at which value of a gain.

One idea dominates another if it costs no more and gains no less, and is better in one of the two. Nothing is said to
be dominated by an idea whose gain is not distinguishable from no effect: that would be dominance by luck.
"""

from typing import NamedTuple

import numpy as np

from analysis.cost.ratios import is_gain

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class Dominance(NamedTuple):
    """One idea that dominates another in the means of all draws, and in which share of draws."""

    better: int
    worse: int
    share: float


def _dominates(cost: Array, gain: Array, other_cost: Array, other_gain: Array) -> Array:
    no_worse = (cost <= other_cost) & (gain >= other_gain)
    return np.asarray(no_worse & ((cost < other_cost) | (gain > other_gain)))


def dominated(cost: Array, gain: Array) -> list[Dominance]:
    """Every pair of ideas of which one dominates the other in the mean, in order of the dominated.

    Parameters
    ----------
    cost, gain
        By idea and draw, shape (ideas, R).
    """
    found = []
    for worse in range(len(cost)):
        for better in range(len(cost)):
            if better == worse or not is_gain(gain[better]):
                continue
            means = [np.asarray(one.mean()) for one in (cost[better], gain[better], cost[worse], gain[worse])]
            if _dominates(*means):
                each = _dominates(cost[better], gain[better], cost[worse], gain[worse])
                found.append(Dominance(better, worse, float(each.mean())))
    return found


def chance_of_more(gain: Array) -> Array:
    """Share of draws in which each idea (row) gains more than each other (column), shape (ideas, ideas)."""
    more = np.greater(gain[:, None, :], gain[None, :, :])
    return np.asarray(more.mean(axis=2), dtype=np.float64)


def acceptability(cost: Array, gain: Array, values: Array) -> Array:
    """Share of draws in which each idea, or doing nothing (last row), is worth most, shape (ideas + 1, values).

    An idea is worth value x gain - cost, doing nothing 0; where several are worth the same, the first counts, and
    doing nothing before all (Fenwick, Claxton and Sculpher 2001, doi 10.1002/hec.635).

    Parameters
    ----------
    cost, gain
        By idea and draw, shape (ideas, R).
    values
        Values of one unit of the gain, shape (V,).
    """
    worth = values[None, None, :] * gain[:, :, None] - cost[:, :, None]
    best = worth.argmax(axis=0)
    best = np.where(worth.max(axis=0) > 0.0, best, len(cost))
    return np.stack([(best == one).mean(axis=0) for one in range(len(cost) + 1)])


def on_front(cost: Array, gain: Array) -> list[int]:
    """Ideas that gain distinguishably and that no other dominates in the means, cheapest first."""
    beaten = {pair.worse for pair in dominated(cost, gain)}
    good = [one for one in range(len(cost)) if one not in beaten and is_gain(gain[one])]
    return sorted(good, key=lambda one: (float(cost[one].mean()), one))


def round_values(cost: Array, gain: Array, *, at_most: int = 8) -> Array:
    """Round values (1, 2, 5, 10, ...) of a unit of gain that reach from below what it costs anywhere to above it.

    Empty where no idea gains in the mean, or none costs anything.
    """
    means = zip(cost.mean(axis=1), gain.mean(axis=1), strict=True)
    each = [float(paid / gained) for paid, gained in means if gained > 0.0 and paid > 0.0]
    if not each:
        return np.array([])
    low, high = np.log10(min(each) / 2.0), np.log10(max(each) * 5.0)
    series = [
        step * 10.0**power for power in range(int(np.floor(low)), int(np.ceil(high)) + 1) for step in (1.0, 2.0, 5.0)
    ]
    fits = [value for value in series if low <= np.log10(value) <= high]
    every = max(1, -(-len(fits) // at_most))
    return np.array(fits[::every])
