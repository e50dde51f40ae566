"""Draws are spread evenly over each parameter's distribution, nested, and each fair by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from simulator.evidence.strata import quantile, quantiles
from simulator.foundation import draws

NAMES = tuple(f"parameter {number}" for number in range(60))
SEEDS = some.integers(0, 2**63 - 1)


def one_by_one(seed, name, draw):
    """The slow twin: the rule of the docstring, for one parameter, as it is said there."""
    within = float(draws.uniform(seed, f"parameter/{name}", draw))
    if draw == 0:
        return within
    level = draw.bit_length() - 1
    keys = draws.bits(seed, f"parameter/{name}", -1 - level, np.arange(2**level))
    old = one_by_one(seed, name, int(np.argsort(keys)[draw - 2**level]))
    share = int(old * 2 ** (level + 1))
    other = share + 1 if share % 2 == 0 else share - 1
    return (other + within) / 2 ** (level + 1)


@given(seed=SEEDS, draw=some.integers(0, 200))
@settings(max_examples=40, deadline=None)
def test_all_at_once_are_those_one_by_one(seed, draw):
    found = quantiles(seed, NAMES[:5], draw)
    assert found.tolist() == [one_by_one(seed, name, draw) for name in NAMES[:5]]
    assert quantile(seed, NAMES[3], draw) == found[3]
    assert ((found > 0.0) & (found < 1.0)).all()


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_every_doubling_of_draws_is_a_latin_hypercube(seed):
    found = np.array([quantiles(seed, NAMES, draw) for draw in range(64)])
    for level in range(7):
        count = 2**level
        shares = np.sort((found[:count] * count).astype(int), axis=0)
        assert (shares == np.arange(count)[:, None]).all()


def test_each_draw_by_itself_lies_anywhere_with_the_same_chance():
    for draw in (0, 1, 5, 22):
        found = [quantile(seed, "any", draw) for seed in range(1500)]
        assert stats.kstest(found, "uniform").pvalue > 1e-4


def test_draws_of_two_parameters_have_nothing_to_do_with_each_other():
    found = np.array([quantiles(5, NAMES, draw) for draw in range(32)])
    between = np.corrcoef(found.T)[np.triu_indices(len(NAMES), 1)]
    # Of independent orders of n values the correlation has mean 0 and variance 1 / (n - 1).
    assert abs(between.mean()) < 0.02
    assert between.std() == pytest.approx(1 / np.sqrt(31), rel=0.1)


def test_a_mean_over_32_draws_is_far_surer_than_over_as_many_that_are_not_spread():
    def spread(drawn):
        return np.std([drawn(seed).mean() for seed in range(60)])

    def of_strata(seed):
        return np.array([stats.norm.ppf(quantiles(seed, NAMES[:10], draw)).sum() for draw in range(32)])

    def of_luck(seed):
        return stats.norm.ppf(draws.uniform(seed, "luck", np.arange(320))).reshape(32, 10).sum(axis=1)

    assert spread(of_strata) < 0.25 * spread(of_luck)
