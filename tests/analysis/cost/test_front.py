"""Ideas against each other: four by hand, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cost.front import acceptability, chance_of_more, dominated, on_front, round_values

STEPS = np.array([-1.0, 0.0, 1.0, 0.0])
COST = np.array([[100.0], [200.0], [150.0], [90.0]]) + 0.0 * STEPS
GAIN = np.array([[50.0], [40.0], [80.0], [0.0]]) + np.array([[1.0], [20.0], [1.0], [9.0]]) * STEPS
"""A and C lie on the front; B costs more than both and gains less; what D gains is not distinguishable from nothing."""


def test_four_ideas_by_hand():
    pairs = dominated(COST, GAIN)
    assert [(pair.better, pair.worse) for pair in pairs] == [(0, 1), (2, 1)]
    # B gains 20, 40, 60, 40 and A 49, 50, 51, 50: in one draw of four B gains more
    assert pairs[0].share == pytest.approx(3 / 4)
    assert pairs[1].share == 1.0
    assert on_front(COST, GAIN) == [0, 2]


def test_nothing_is_dominated_by_luck():
    cost, gain = np.array([[1.0] * 4, [2.0] * 4]), np.array([[-9.0, 9.0, 2.0, 2.0], [0.5, 0.5, 0.4, 0.6]])
    assert gain[0].mean() > gain[1].mean()
    assert dominated(cost, gain) == []
    assert on_front(cost, gain) == [1]


def test_twins_do_not_dominate_each_other():
    assert dominated(COST[[0, 0]], GAIN[[0, 0]]) == []
    dearer = dominated(COST[[0, 0]] + np.array([[0.0], [1.0]]), GAIN[[0, 0]])
    assert [(pair.better, pair.worse, pair.share) for pair in dearer] == [(0, 1, 1.0)]


def test_the_chance_to_gain_more_by_hand():
    chance = chance_of_more(GAIN)
    assert chance[0, 1] == pytest.approx(3 / 4)
    assert chance[1, 0] == pytest.approx(1 / 4)
    assert np.diag(chance).tolist() == [0.0] * 4


def test_which_idea_is_worth_most_by_hand():
    """A minute costs 2 with A, 1.875 with C: at 1 nothing is worth its cost, at 2.2 C is worth most."""
    shares = acceptability(COST, GAIN, np.array([0.0, 1.0, 2.2, 5.0]))
    assert shares.sum(axis=0) == pytest.approx(1.0)
    assert shares[4].tolist() == [1.0, 1.0, 0.0, 0.0]
    # at 2.2: A 110 - 100 = 10 (+- 2.2), C 176 - 150 = 26 (+- 2.2), B 88 - 200 (+- 44), D 0 - 90 (+- 20)
    assert shares[:, 2].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert shares[:, 3].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]


@given(
    st.integers(1, 5).flatmap(
        lambda ideas: st.lists(
            st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 9)), min_size=5, max_size=5),
            min_size=ideas,
            max_size=ideas,
        )
    )
)
def test_what_must_hold_of_any_ideas(draws):
    both = np.array(draws, dtype=float)
    cost, gain = both[:, :, 0], both[:, :, 1]
    for pair in dominated(cost, gain):
        assert cost[pair.better].mean() <= cost[pair.worse].mean()
        assert gain[pair.better].mean() >= gain[pair.worse].mean()
        assert pair.worse not in on_front(cost, gain)
        assert 0.0 <= pair.share <= 1.0
    front = on_front(cost, gain)
    assert [cost[one].mean() for one in front] == sorted(cost[one].mean() for one in front)
    values = round_values(cost, gain)
    assert len(values) <= 8
    assert acceptability(cost, gain, np.r_[0.0, values]).sum(axis=0) == pytest.approx(1.0)


def test_round_values_reach_over_what_a_unit_costs():
    values = round_values(COST, GAIN)  # a minute costs 2, 5 and 1.9
    assert values.min() <= 1.9
    assert values.max() >= 5.0
    assert set(values) <= {1.0, 2.0, 5.0, 10.0, 20.0}
    assert round_values(COST, -np.abs(GAIN)).size == 0
