"""Loops that the walk kernel is measured against: the least that any such kernel must do, compiled by the same policy."""

import numpy as np

from simulator.kernels.policy import kernel


@kernel
def gather_add_scatter(walk_m, pace, weight, start, route, first, last, sums):
    """For each street of each route: its length, the walker's time on it, added to the street's sum."""
    for walker in range(first, last):
        for at in range(start[walker], start[walker + 1]):
            segment = route[at]
            sums[segment] += weight[walker] * max(1, int(walk_m[segment] * pace[walker] + 0.5))


@kernel
def with_exponentials(walk_m, pace, weight, start, route, first, last, sums, felt, score, nobody, own):
    """The same, and a logistic function with somebody and with nobody in view, added to a second sum."""
    for walker in range(first, last):
        for at in range(start[walker], start[walker + 1]):
            segment = route[at]
            ms = weight[walker] * max(1, int(walk_m[segment] * pace[walker] + 0.5))
            there = own[walker] + np.float64(score[segment])
            alone = 1.0 / (1.0 + np.exp(-(there - 0.5)))
            others = 1.0 / (1.0 + np.exp(-(there + 0.5)))
            share = nobody[segment] * alone + (1.0 - nobody[segment]) * others
            sums[segment] += ms
            felt[segment] += ms * np.int64(share * 16384 + 0.5)
