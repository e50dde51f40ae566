"""What decides: named seldom by chance, nearly always where it does; against a slow twin that uses scipy alone."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from analysis.comparison import influence
from analysis.comparison.influence import draws_to_see, shuffled_draws, smallest_share_seen, varying_parameters
from simulator.foundation import draws

CANDIDATES = 140
"""As many numbers as a run with lamps reads that vary."""


def drawn(at, count, candidates=CANDIDATES):
    """Numbers (R, P), and what is left to chance in two answers (2, R)."""
    values = draws.normal(3, "values", at, np.arange(count)[:, None], np.arange(candidates)[None, :])
    return values, draws.normal(3, "rest", at, np.arange(2)[:, None], np.arange(count)[None, :])


def named(values, differences):
    return [[one.at for one in row] for row in influence.what_decides(values, differences, seed=1)]


@pytest.mark.parametrize(
    "count", [pytest.param(8, marks=pytest.mark.slow), 32, pytest.param(100, marks=pytest.mark.slow)]
)
def test_where_nothing_decides_a_number_is_seldom_named(count):
    sets = 200
    wrong = 0
    for at in range(sets):
        values, rest = drawn(at, count)
        wrong += any(named(values, np.array([rest[0], rest[0] + 0.3 * rest[1]])))
    assert wrong / sets <= 0.12
    assert count == 8 or wrong > 0  # a test that names nobody ever would pass too


def test_a_number_that_explains_three_fifths_is_found_in_32_draws():
    found = 0
    for at in range(100):
        values, rest = drawn(at, 32)
        answers = np.sqrt(0.6) * values[:, 17] + np.sqrt(0.4) * rest
        found += named(values, answers)[0][:1] == [17]
    assert found >= 80


@pytest.mark.slow
def test_draws_that_are_said_to_be_needed_are_needed():
    needed = draws_to_see(0.5, CANDIDATES)
    for count, low, high in ((needed, 65, 92), (needed // 2, 0, 45)):
        found = 0
        for at in range(100):
            values, rest = drawn(at, count)
            answers = np.sqrt(0.5) * (values[:, 3] + rest[:1])
            found += 3 in named(values, answers)[0]
        assert low <= found <= high


def test_what_is_needed_falls_with_the_share_and_grows_with_the_candidates():
    assert draws_to_see(0.6, 140) < draws_to_see(0.5, 140) < draws_to_see(0.2, 140) < draws_to_see(0.2, 1000)
    assert smallest_share_seen(4, 140) > smallest_share_seen(32, 140) > smallest_share_seen(200, 140)
    for count in (12, 32, 200):
        share = smallest_share_seen(count, 140)
        assert draws_to_see(share, 140) <= count < draws_to_see(share - 0.01, 140)


def test_three_that_decide_are_named_most_first_and_with_their_sign():
    values, rest = drawn(0, 200)
    answer = 2.0 * values[:, 5] - 1.4 * values[:, 80] + 1.0 * values[:, 2] + 0.3 * rest[0]
    (found,) = influence.what_decides(values, answer[None], seed=1)
    assert [one.at for one in found] == [5, 80, 2]
    assert [one.correlation > 0 for one in found] == [True, False, True]
    assert all(one.p < 0.01 for one in found)


def test_what_is_drawn_together_with_it_is_not_named_along_with_it():
    twice = 0
    for at in range(40):
        values, rest = drawn(at, 64)
        values[:, 1] = 0.95 * values[:, 0] + 0.31 * values[:, 1]
        found = named(values, (values[:, 0] + 0.4 * rest[0])[None])[0]
        assert found[0] in (0, 1)
        twice += len(found) > 1
    assert twice <= 8
    values[:, 1] = values[:, 0]  # and a copy never is
    assert not {0, 1} <= set(named(values, (values[:, 0] + 0.4 * rest[0])[None])[0])


def test_first_step_equals_a_slow_twin():
    values, rest = drawn(5, 12, candidates=6)
    values[:, 2] = np.round(values[:, 2])  # with ties
    answers = np.array([values[:, 2] + 0.3 * rest[0], rest[1]])
    order = shuffled_draws(12, 1)[:300]
    largest = [
        max(abs(spearmanr(values[:, column], row[shuffled]).statistic) for column in range(6) for row in answers)
        for shuffled in order
    ]
    ranks = influence._standardised(influence.rankdata(values, axis=0).T)
    moved = influence._standardised(influence.rankdata(answers, axis=1))
    steps = [influence._one_step(ranks, row, [], order) for row in moved]
    for (correlations, _), row in zip(steps, answers, strict=True):
        assert np.allclose(correlations, [spearmanr(values[:, column], row).statistic for column in range(6)])
    assert np.allclose(np.max([ofs for _, ofs in steps], axis=0), largest)
    found = influence.what_decides(values, answers, seed=1)
    assert [one.at for one in found[0][:1]] == [2]


def test_second_step_is_the_partial_correlation():
    values, rest = drawn(6, 20, candidates=4)
    ranks = influence._standardised(influence.rankdata(values, axis=0).T)
    (moved,) = influence._standardised(influence.rankdata(rest[:1], axis=1))
    correlations, of_shuffles = influence._one_step(ranks, moved, [1], shuffled_draws(20, 1)[:5])
    design = np.column_stack([np.ones(20), ranks[1]])

    def left(row):
        return row - design @ np.linalg.lstsq(design, row, rcond=None)[0]

    for at in (0, 2, 3):
        assert correlations[at] == pytest.approx(np.corrcoef(left(ranks[at]), left(moved))[0, 1])
    assert abs(correlations[1]) < 1e-9
    for at, shuffled in enumerate(shuffled_draws(20, 1)[:5]):
        again = left(left(moved)[shuffled])
        assert of_shuffles[at] == pytest.approx(max(abs(np.corrcoef(left(ranks[k]), again)[0, 1]) for k in (0, 2, 3)))


def test_same_input_same_names_and_order_of_columns_does_not_matter():
    values, rest = drawn(9, 40)
    answer = (values[:, 4] + rest[0])[None]
    assert influence.what_decides(values, answer, seed=1) == influence.what_decides(values, answer, seed=1)
    (one,), (other,) = (influence.what_decides(table, answer, seed=1) for table in (values, values[:, ::-1]))
    assert [(found.at, found.p) for found in one] == [(CANDIDATES - 1 - found.at, found.p) for found in other]


def test_what_never_differs_and_no_candidates_name_nobody():
    values, rest = drawn(0, 10)
    assert influence.what_decides(values, np.array([np.zeros(10), rest[0]]), seed=1)[0] == []
    assert influence.what_decides(values[:, :0], rest, seed=1) == [[], []]
    assert influence.what_decides(values, rest[:0], seed=1) == []
    assert influence.what_decides(np.arange(3.0)[:, None], np.arange(3.0)[None], seed=1) == [[]]  # p: 2 of 6 orders


def test_candidates_are_what_was_read_and_differs(make_run):
    def run(draw, read, **values):
        told = {"parameters": values, "parameters_read": {"simulator.a": read, "simulator.b": ["tunnel"]}}
        return make_run(draw, manifest=told)

    runs = [
        run(at, ["a", "same"], **{"a": float(at), "b": float(at), "same": 1.0, "tunnel": 0.0, "woman.tunnel": 2.0 * at})
        for at in range(3)
    ]
    names, values = varying_parameters(runs)
    assert names == ["a", "woman.tunnel"]  # b was not read by any module
    assert values.tolist() == [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    assert varying_parameters([make_run(0), make_run(1)])[0] == []  # these do not tell what they read
    assert varying_parameters(runs)[1].shape == (3, 2)
