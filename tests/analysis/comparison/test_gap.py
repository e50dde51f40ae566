"""The gap between women and men: the identity of its parts, and words that claim no more than the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison.gap import QUANTITIES, _points, decompose_gap, gap_in_words, split_gains
from simulator.errors import ResultsError

shares = st.floats(0.01, 0.99)


@given(shares, shares, shares, shares)
def test_parts_add_up_to_the_difference_of_gains(women, women_then, men, men_then):
    four = (np.array([share]) for share in (women, women_then, men, men_then))
    parts = {name: float(value[0]) for name, value in split_gains(*four).items()}
    whole = parts["difference_of_gains"]
    assert parts["from_starting_point"] + parts["from_being_moved_more"] == pytest.approx(whole, abs=1e-12)
    assert parts["gap_after"] - parts["gap_before"] == pytest.approx(parts["gap_change"], abs=1e-11)
    assert set(parts) == set(QUANTITIES)


def logistic(score):
    return 1.0 / (1.0 + np.exp(-score))


def test_equal_push_is_all_starting_point():
    women, men, push = 0.0, 2.0, np.array([0.3, 0.4])
    ones = np.ones(2)
    parts = split_gains(logistic(women) * ones, logistic(women + push), logistic(men) * ones, logistic(men + push))
    assert (parts["from_being_moved_more"] == 0.0).all()
    np.testing.assert_allclose(parts["from_starting_point"], parts["difference_of_gains"])
    assert (parts["difference_of_gains"] > 0).all()


def test_no_change_is_exactly_zero():
    women, men = np.array([0.3, 0.37]), np.array([0.81, 0.8])
    parts = split_gains(women, women, men, men)
    for name in ("gain_women", "gain_men", "from_starting_point", "from_being_moved_more", "gap_change"):
        assert (parts[name] == 0.0).all()


def test_shares_of_one_have_no_split():
    parts = split_gains(np.array([0.5]), np.array([0.6]), np.array([1.0]), np.array([1.0]))
    assert np.isnan(parts["from_starting_point"]).all()
    assert parts["gap_change"] == pytest.approx(-0.1)


def test_decomposition_of_runs(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(8, women=0.3, men=0.3, spread=0.001))
    gap = decompose_gap(base, lamps).set_index("quantity")
    assert gap.loc["gain_women", "estimate"] == pytest.approx(logistic(0.5) - logistic(0.2), abs=1e-4)
    assert gap.loc["from_starting_point", "low"] > 0
    words = gap_in_words(gap.reset_index())
    assert "narrows" in words
    assert "Starting nearer 50 per cent makes" in words


def test_words_near_no_effect(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(8, women=0.001, men=0.001, spread=0.02))
    words = gap_in_words(decompose_gap(base, lamps))
    assert "not distinguishable from no effect" in words
    assert "Starting nearer" not in words


def test_words_when_women_lose(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(8, women=-0.3, men=0.1, spread=0.001))
    words = gap_in_words(decompose_gap(base, lamps))
    assert "widens" in words
    assert "falls short of men's" in words


def test_a_change_that_rounds_to_nothing_has_no_sign():
    assert [_points(share) for share in (1e-6, -1e-6, 0.0)] == ["0.00 points", "0.00 points", "0.0 points"]
    assert [_points(share) for share in (2e-4, -2e-4)] == ["+0.02 points", "−0.02 points"]


def test_one_draw_says_nothing(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(1))
    assert "nothing can be said" in gap_in_words(decompose_gap(base, lamps))


def test_no_darkness_or_too_few_women_leave_no_rows(make_run):
    bright = {"dark_hours": [False] * 24}
    gap = decompose_gap([make_run(manifest=bright)], [make_run(manifest=bright)])
    assert gap.empty
    few = {"woman": 2, "man": 50, "another": 1}
    assert "Too few" in gap_in_words(decompose_gap([make_run(agents=few)], [make_run(agents=few)]))


def test_unpaired_runs_are_refused(make_run):
    with pytest.raises(ResultsError):
        decompose_gap([make_run(0)], [make_run(1)])
