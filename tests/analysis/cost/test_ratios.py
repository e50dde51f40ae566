"""Cost for a unit of gain: Fieller's interval by hand, and where there is no ratio."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from analysis.comparison.intervals import amount_interval, predictive_interval
from analysis.cost import ratios
from analysis.cost.ratios import cost_per_gain, fieller_interval, is_gain

COST = np.array([90.0, 100.0, 110.0, 100.0])
GAIN = np.array([9.0, 10.0, 11.0, 10.0])


def test_a_ratio_that_is_the_same_in_every_draw_has_no_width():
    assert cost_per_gain(COST, GAIN)[:3] == pytest.approx((10.0, 10.0, 10.0))
    low, high = fieller_interval(COST, GAIN)
    assert (low, high) == pytest.approx((10.0, 10.0), abs=1e-5)


def test_draws_that_all_gain_have_their_ratios_interval_on_the_log_scale():
    cost, gain = np.array([100.0, 200.0, 400.0]), np.array([10.0, 10.0, 10.0])
    told = cost_per_gain(cost, gain)
    assert told.estimate == pytest.approx(700 / 30)
    reach = 2.919986 * math.log(2) * math.sqrt(4 / 3)  # logs ln 10, ln 20, ln 40: spread ln 2
    assert (told.low, told.high) == pytest.approx((20 * math.exp(-reach), 20 * math.exp(reach)), rel=1e-5)


def test_fieller_by_hand():
    """Cost 100 in every draw, gain 8, 10, 12: q = 100 / (10 -+ k s), with k^2 = t^2 (1 + 1/3) and s = 2."""
    gain = np.array([8.0, 10.0, 12.0])
    k = 2.919986 * math.sqrt(4 / 3)
    assert fieller_interval(np.full(3, 100.0), gain, coverage=0.90) == pytest.approx(
        sorted((100 / (10 + 2 * k), 100 / (10 - 2 * k))), rel=1e-5
    )


@given(st.lists(st.tuples(st.floats(50, 150), st.floats(9, 11)), min_size=4, max_size=20, unique=True))
def test_at_both_ends_of_fiellers_interval_one_more_draw_may_cost_just_so_much(draws):
    cost, gain = np.array(draws).T
    t = stdtrit(gain.size - 1, 0.95) * math.sqrt(1 + 1 / gain.size)
    if gain.mean() - t * gain.std(ddof=1) < 1.0:
        return
    for end in fieller_interval(cost, gain):
        rest = cost - end * gain
        assert abs(rest.mean()) == pytest.approx(t * rest.std(ddof=1), rel=1e-4, abs=1e-6)


def test_a_draw_that_loses_among_draws_that_gain_is_fiellers_below_forty_draws_and_quantiles_from_there():
    gain = np.r_[-0.01, np.full(20, 10.0) + np.linspace(-1, 1, 20)]
    cost = np.full(21, 100.0)
    assert is_gain(gain)
    told = cost_per_gain(cost, gain)
    assert (told.low, told.high) == pytest.approx(
        (max(fieller_interval(cost, gain)[0], 0), fieller_interval(cost, gain)[1])
    )
    many, paid = np.r_[-1.0, -1.0, np.linspace(5, 15, 98)], np.full(100, 100.0)
    told = cost_per_gain(paid, many)
    worst, best = np.quantile(many / paid, [0.05, 0.95], method="weibull")
    assert (told.low, told.high) == pytest.approx((1 / best, 1 / worst))


@pytest.mark.parametrize(
    ("cost", "gain", "why"),
    [
        (COST, GAIN - 10.0, ratios.NO_GAIN),
        (COST, -GAIN, ratios.LOSS),
        (-COST, GAIN, ratios.SAVES),
        (0 * COST, GAIN, ratios.FREE),
        (COST - 100.0, GAIN, ratios.EITHER),
        (COST[:2], GAIN[:2], ratios.TOO_FEW),
        (COST, 0 * GAIN, ratios.NO_GAIN),
        (COST, GAIN * np.nan, ratios.NOT_COUNTED),
    ],
)
def test_where_there_is_no_ratio_the_reason_is_told(cost, gain, why):
    told = cost_per_gain(cost, gain)
    assert told.why == why
    assert np.isnan(told[:3]).all()


@given(st.lists(st.tuples(st.floats(1, 1e4), st.floats(-5, 20)), min_size=1, max_size=60))
def test_a_ratio_is_told_only_of_a_gain_and_its_interval_is_one(draws):
    cost, gain = np.array(draws).T
    told = cost_per_gain(cost, gain)
    if told.why:
        assert not predictive_interval(gain)[0] > 0.0 or gain.size < 3
    else:
        assert 0.0 <= told.low <= told.high
        assert told.estimate > 0.0


def test_a_count_is_a_gain_as_soon_as_every_draw_counts_somebody():
    people = np.array([1.0, 100.0, 3.0])
    assert not is_gain(people)
    assert is_gain(people, is_count=True)
    told = cost_per_gain(np.full(3, 100.0), people, is_count=True)
    assert (told.low, told.high) == pytest.approx(amount_interval(100.0 / people))
