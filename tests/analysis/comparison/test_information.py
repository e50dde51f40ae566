"""What knowing is worth, against closed forms for normal gains, a slow twin, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from analysis.comparison.information import share_explained, value_of_everything, value_of_knowing, value_of_one
from simulator.foundation import draws


def unit_normal_loss(mean, spread):
    """Worth of knowing a normal gain before choosing between it and nothing (Raiffa and Schlaifer 1961)."""
    away = abs(mean) / spread
    return spread * (norm.pdf(away) - away * norm.sf(away))


def normal(at, name, count):
    return draws.normal(4, name, at, np.arange(count))


def test_by_hand():
    assert value_of_knowing(np.array([[3.0, -1.0, 1.0]])) == pytest.approx(1.0 / 3.0)  # doing it: one is lost in one
    assert value_of_knowing(np.array([[-3.0, 1.0, -1.0]])) == pytest.approx(1.0 / 3.0)  # doing nothing
    gains = np.array([[2.0, 0.0, 1.0], [0.0, 3.0, -6.0]])  # the first is chosen; the second would be best once
    assert value_of_knowing(gains) == pytest.approx(3.0 / 3.0)
    assert value_of_knowing(np.array([[-1.0, -2.0]])) == value_of_knowing(np.array([[0.1, 0.2]])) == 0.0


@pytest.mark.parametrize("mean", [0.0, 0.5, -1.0, 2.0])
def test_everything_of_a_normal_gain_is_the_unit_normal_loss(mean):
    quantiles = norm.ppf((np.arange(20_001) + 0.5) / 20_001)
    told = float(value_of_knowing((mean + 2.0 * quantiles)[None]))
    assert told == pytest.approx(unit_normal_loss(mean, 2.0), rel=2e-3)


@pytest.mark.parametrize(("count", "within"), [(32, 0.15), (200, 0.08)])
def test_one_number_of_a_linear_gaussian_gain_has_its_closed_form(count, within):
    """Gain = 0.4 + sqrt(0.6) X + sqrt(0.4) E: knowing X is the loss of a normal with standard deviation sqrt(0.6)."""
    expected, found, inside = unit_normal_loss(0.4, np.sqrt(0.6)), [], 0
    for at in range(100):
        number = normal(at, "number", count)
        gain = 0.4 + np.sqrt(0.6) * number + np.sqrt(0.4) * normal(at, "rest", count)
        told = value_of_one(np.exp(number), gain, seed=1)  # lognormal in the file: the scores undo it
        found.append(told.value)
        inside += told.low <= expected <= told.high
    assert np.mean(found) == pytest.approx(expected, rel=within)
    assert 75 <= inside <= 98


def test_share_explained_is_the_share_put_in():
    found, inside = [], 0
    for at in range(100):
        number = normal(at, "number", 100)
        told = share_explained(number, np.sqrt(0.4) * number + np.sqrt(0.6) * normal(at, "rest", 100), seed=1)
        found.append(told.value)
        inside += told.low <= 0.4 <= told.high
    assert np.mean(found) == pytest.approx(0.4, abs=0.05)
    assert 75 <= inside <= 98
    of_chance = [share_explained(normal(at, "a", 100), normal(at, "b", 100), seed=1).value for at in range(50)]
    assert np.mean(of_chance) < 0.03


def test_many_draws_see_bends_and_few_do_not():
    for count, low, high in ((400, 0.8, 0.95), (40, 0.0, 0.4)):
        number = normal(0, "number", count)
        gain = number**2 - 1.0 + 0.5 * normal(0, "rest", count)  # true share: 2 / 2.25
        assert low <= share_explained(number, gain, seed=1).value <= high


@settings(max_examples=40, deadline=None)
@given(arrays(float, (2, 9), elements=st.floats(-5, 5, allow_subnormal=False)), st.integers(0, 3))
def test_what_always_holds(both, seed):
    number, gain = both
    everything = value_of_everything(gain[None], seed=seed)
    one = value_of_one(number, gain, seed=seed)
    assert 0.0 <= one.low <= one.value <= one.high
    assert one.value <= everything.value
    assert 0.0 <= everything.low <= everything.value <= everything.high
    if (gain >= 0).all() or (gain <= 0).all():
        assert everything == (0.0, 0.0, 0.0)  # exactly: the choice never changes
        assert one == (0.0, 0.0, 0.0)
    share = share_explained(number, gain, seed=seed)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0
    assert value_of_everything(gain[None], seed=seed) == everything


@settings(max_examples=40, deadline=None)
@given(arrays(float, (3, 7), elements=st.floats(-5, 5, allow_subnormal=False)))
def test_slow_twin(gains):
    options = [[0.0] * 7, *gains.tolist()]
    averages = [float(np.mean(option)) for option in options]
    chosen = averages.index(max(averages))
    lost = [max(option[at] for option in options) - options[chosen][at] for at in range(7)]
    assert float(value_of_knowing(gains)) == pytest.approx(sum(lost) / 7, abs=1e-9)
    assert float(value_of_knowing(gains)) == pytest.approx(
        float(np.maximum(gains.max(axis=0), 0.0).mean()) - max(averages), abs=1e-9
    )
