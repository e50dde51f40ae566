"""Chances and means out of draws with their Monte Carlo errors, against hand-computed values and repeated sampling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from analysis.comparison.chances import chance_above, mean_with_error
from simulator.foundation import draws


def test_by_hand():
    chance, error = chance_above(np.array([1.0, 2.0, 0.0, -1.0, 3.0, 0.5, 0.1, 4.0]))
    assert chance == pytest.approx(6.5 / 9.0)  # six of eight: zero is not above zero
    assert error == pytest.approx(np.sqrt(6.5 / 9.0 * 2.5 / 9.0 / 10.0))
    assert chance_above(np.array([1.0, 2.0, 3.0]), 2.0)[0] == pytest.approx(1.5 / 4.0)
    assert mean_with_error(np.array([1.0, 2.0, 6.0])) == pytest.approx((3.0, np.sqrt(7.0 / 3.0)))
    assert mean_with_error(np.full(7, 0.1)) == (pytest.approx(0.1), 0.0)


@given(above=st.integers(0, 40), below=st.integers(0, 40))
def test_mean_and_spread_of_what_jeffreys_leaves(above, below):
    if above + below == 0:
        return
    chance, error = chance_above(np.array([1.0] * above + [-1.0] * below))
    left = beta(above + 0.5, below + 0.5)
    assert 0.0 < chance < 1.0
    assert chance == pytest.approx(left.mean())
    assert error == pytest.approx(left.std())


@pytest.mark.parametrize(("mean", "count"), [(0.0, 12), (1.0, 32), (2.0, 32)])
def test_errors_are_those_of_repeated_sampling(mean, count):
    sets = mean + draws.normal(1, "chances", np.arange(2000)[:, None], np.arange(count)[None, :])
    chances, errors = np.array([chance_above(one) for one in sets]).T
    assert errors.mean() == pytest.approx(chances.std(), rel=0.25)
    means, errors = np.array([mean_with_error(one) for one in sets]).T
    assert errors.mean() == pytest.approx(means.std(), rel=0.05)
