"""What an evaluation can show: by hand, and against evaluations that are simulated one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.evaluation import power

Z = 1.6448536269514722 + 0.8416212335729143
"""Standard errors between no change and a change that four of five evaluations show at 90 % confidence."""
RNG_SEED = 20261128
REPEATS = 4000


def test_the_usual_number_of_standard_errors():
    assert power.errors_needed() == pytest.approx(Z)


def test_errors_by_hand():
    # 0.24 + 0.25 + 0.21 + 0.21 = 0.91; times 1.5 / 400.
    error = power.error_of_shares((0.4, 0.5), (0.3, 0.3), 400, 1.5)
    assert float(error) == pytest.approx(np.sqrt(0.91 * 1.5 / 400))
    # a site: 2 (0.01 + 0.01) / 4 + 0.04 = 0.05; with 2 and 5 sites 0.05 x 0.7
    assert power.error_of_counts(4, (2, 5), 100, (0.1, 0.2)) == pytest.approx(np.sqrt(0.035))
    assert power.error_of_incidents((4, 5), 40) == pytest.approx(np.sqrt(0.25 + 0.2 + 0.05))
    assert power.error_of_incidents((4, 5), np.inf) == pytest.approx(np.sqrt(0.45))


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize(("before", "asked"), [(0.4, 400), (0.9, 1500), (0.5, 150)])
def test_a_detectable_change_of_a_share_is_shown_by_four_of_five_surveys(before, asked, up):
    change = power.detectable_change_of_share(before, 0.6, asked, 1.0, up=up)
    assert (change > 0) == up
    luck = np.random.default_rng(RNG_SEED)

    def shown(change):
        found = [luck.binomial(asked, share, REPEATS) / asked for share in (before, before + change, 0.6, 0.6)]
        error = np.sqrt(sum(share * (1 - share) for share in found) / asked)
        estimate = (found[1] - found[0]) - (found[3] - found[2])
        return (np.sign(change) * estimate > 1.6448536 * error).mean()

    assert shown(change) == pytest.approx(0.8, abs=0.03)
    # the detectable change agrees with that found by simulation within a tenth
    assert shown(1.1 * change) > 0.8 > shown(0.9 * change)


def test_a_detectable_ratio_of_counts_is_shown_by_four_of_five_counts():
    nights, sites, people, spread = 10, (4, 8), 120.0, (0.12, 0.15)
    ratio = power.detectable_ratio(power.error_of_counts(nights, sites, people, spread))
    luck = np.random.default_rng(RNG_SEED)

    def log_ratio(count, effect):
        """Mean over sites of the log of after over before."""
        drift = luck.normal(0, spread[1], (REPEATS, count, 1))
        before, after = (
            luck.poisson(people * np.exp(shift + luck.normal(0, spread[0], (REPEATS, count, nights)))).sum(axis=2)
            for shift in (0.0, drift + np.log(effect))
        )
        return np.log(after / before).mean(axis=1)

    def shown(effect):
        estimate = log_ratio(sites[0], effect) - log_ratio(sites[1], 1.0)
        return (estimate > 1.6448536 * power.error_of_counts(nights, sites, people, spread)).mean()

    assert shown(ratio) == pytest.approx(0.8, abs=0.03)
    assert shown(np.exp(1.1 * np.log(ratio))) > 0.8 > shown(np.exp(0.9 * np.log(ratio)))


def test_a_detectable_fall_of_incidents_is_shown_in_four_of_five_places():
    before, control = 120.0, 300.0
    luck = np.random.default_rng(RNG_SEED)
    low, high = 0.3, 0.99
    for _ in range(60):  # the fall whose own error makes it detectable
        middle = (low + high) / 2
        ratio = power.detectable_ratio(power.error_of_incidents((before, before * middle), control), up=False)
        low, high = (middle, high) if ratio > middle else (low, middle)
    found = [luck.poisson(mean, REPEATS) for mean in (before, before * low, control, control)]
    error = np.sqrt(sum(1 / count for count in found))
    estimate = np.log(found[1] / found[0]) - np.log(found[3] / found[2])
    assert (estimate < -1.6448536 * error).mean() == pytest.approx(0.8, abs=0.03)


def test_nothing_is_never_shown_and_what_is_sure_always():
    assert power.chance_to_show(np.zeros(8), 0.1) == 0.0
    assert power.chance_to_show(np.array([5.0, -5.0]), 0.1) == pytest.approx(1.0)
    assert power.chance_to_show(Z * 0.1, 0.1) == pytest.approx(0.8)
    assert power.chance_to_show(np.array([0.0, Z * 0.1]), 0.1) == pytest.approx(0.4)


def test_a_share_without_room_has_no_detectable_change():
    assert np.isnan(power.detectable_change_of_share(0.98, 0.98, 50, 1.0))
    assert np.isnan(power.detectable_change_of_share(1.0, 0.9, 10_000, 1.0))


@given(some.floats(0.05, 0.9), some.floats(0.001, 0.05))
def test_the_size_needed_is_the_first_that_will_do(before, change):
    def chance(asked):
        return power.chance_to_show(
            change, power.error_of_shares((before, before + change), (before, before), asked, 1.5)
        )

    size = power.size_needed(chance)
    if np.isinf(size):
        assert chance(power.MOST) < power.POWER
        return
    assert chance(size) >= power.POWER
    assert size == 1 or chance(size - 1) < power.POWER


def test_a_size_that_never_will_do_is_infinite():
    assert np.isinf(power.size_needed(lambda asked: 0.5))
