"""The logistic out of a table, over its whole range and beyond."""

import numpy as np
import pytest

from simulator.kernels.logistic import ENDS, STEPS_PER_UNIT, logistic
from simulator.kernels.walking import SHARE_UNIT

from reference import twins
from reference.called import called

logistic = called(logistic)


def test_the_error_is_far_below_the_unit_in_which_chances_are_counted():
    points = np.random.default_rng(1).uniform(-ENDS, ENDS, 4000)
    middles = np.arange(-ENDS * STEPS_PER_UNIT, ENDS * STEPS_PER_UNIT) / STEPS_PER_UNIT + 0.5 / STEPS_PER_UNIT
    for place in (*points, *middles, -ENDS, ENDS, 0.0):
        assert abs(logistic(place) - 1.0 / (1.0 + np.exp(-place))) < 1.3e-6 < 1.0 / SHARE_UNIT / 40


@pytest.mark.parametrize("place", [12.0001, 30.0, 700.0, np.inf, -12.0001, -30.0, -700.0, -np.inf])
def test_beyond_the_ends_it_stays_what_it_is_there(place):
    assert abs(logistic(place) - (place > 0)) < 6.2e-6


def test_it_rises_everywhere():
    values = [logistic(place) for place in np.linspace(-ENDS, ENDS, 3001)]
    assert (np.diff(values) > 0).all()


@pytest.mark.parametrize("place", [-13.0, -3.337, 0.0, 0.005, 4.2, 12.0])
def test_it_is_that_of_the_slow_twin(place):
    assert logistic(place) == pytest.approx(twins.logistic(place), rel=1e-12)
