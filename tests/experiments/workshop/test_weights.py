"""Weights out of pairs of goals: hand-worked values, contradictions in words, and how far groups lie apart."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.language import ENGLISH
from experiments.workshop import weights_table
from experiments.workshop.weights import (
    _RANDOM_INDEX,
    GOALS,
    PAIRS,
    STEPS,
    Weights,
    checked,
    concordance,
    consistency_ratio,
    scores,
    spread,
    weights_of,
)
from experiments.workshop.weights_table import choices_html, consistency_in_words, reached_by, weights_html
from simulator.errors import InputError

from workshop_room import row

ANSWERS = st.fixed_dictionaries(dict.fromkeys(PAIRS, st.sampled_from(sorted(STEPS))))


def ordered(*goals):
    """Answers of a group for which each goal matters rather more than those behind it."""
    place = {key: at for at, key in enumerate(goals)}
    return {(one, other): 1 if place[one] < place[other] else -1 for one, other in PAIRS}


def group(*shares):
    return Weights(dict(zip(GOALS, shares, strict=True)), 0.0, ())


def test_ten_pairs_of_five_goals():
    assert len(GOALS) == 5
    assert len(PAIRS) == 10


def test_whoever_finds_all_alike_gives_all_the_same_weight():
    found = weights_of(dict.fromkeys(PAIRS, 0))
    assert list(found.shares.values()) == pytest.approx([0.2] * 5)
    assert found.ratio == pytest.approx(0.0, abs=1e-12)
    assert found.circles == ()


def test_weights_are_geometric_means_of_ratios_by_hand():
    answers = dict.fromkeys(PAIRS, 0) | {("women", "cost"): 2, ("gap", "cost"): 1}
    # rows of ratios: women 1 1 1 1 4; gap 1 1 1 1 2; trips and incidents ones; cost 1/4 1/2 1 1 1
    means = [4**0.2, 2**0.2, 1.0, 1.0, (1 / 8) ** 0.2]
    found = weights_of(answers)
    assert list(found.shares.values()) == pytest.approx([one / sum(means) for one in means])


def test_a_matrix_made_of_weights_has_no_contradiction_and_a_known_one_has_its_ratio():
    given_weights = np.array([0.5, 0.3, 0.2])
    assert consistency_ratio(given_weights[:, None] / given_weights[None, :]) == pytest.approx(0.0, abs=1e-9)
    # a > b > c > a by three each: every row holds 1, 3 and 1/3, so that the greatest eigenvalue is their sum
    circle = np.array([[1, 3, 1 / 3], [1 / 3, 1, 3], [3, 1 / 3, 1]])
    assert consistency_ratio(circle) == pytest.approx((1 + 3 + 1 / 3 - 3) / 2 / 0.58)


def test_saatys_mean_index_is_that_of_matrices_filled_at_random():
    rng, size = np.random.default_rng(0), 5
    scale = np.array([1 / one for one in range(9, 1, -1)] + list(range(1, 10)))
    found = []
    for _ in range(2000):
        ratios = np.ones((size, size))
        for at in range(size):
            for other in range(at + 1, size):
                ratios[at, other] = rng.choice(scale)
                ratios[other, at] = 1 / ratios[at, other]
        found.append((np.max(np.linalg.eigvals(ratios).real) - size) / (size - 1))
    assert np.mean(found) == pytest.approx(_RANDOM_INDEX[size], rel=0.05)


def test_a_circle_is_found_and_said():
    answers = dict.fromkeys(PAIRS, 0) | {("women", "gap"): 2, ("gap", "trips"): 2, ("women", "trips"): -2}
    found = weights_of(answers)
    assert found.circles == (("women", "gap", "trips"),)
    assert not found.hangs_together
    told = consistency_in_words(found, ENGLISH)
    assert "circle" in told
    assert told.count("Women feel safer") == 2  # it ends where it begins
    assert "yes" in consistency_in_words(weights_of(ordered(*GOALS)), ENGLISH)


@given(ANSWERS)
def test_weights_are_shares_and_the_other_way_round_is_the_other_way_round(answers):
    found, turned = weights_of(answers), weights_of({pair: -step for pair, step in answers.items()})
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert min(found.shares.values()) > 0
    products = [found.shares[key] * turned.shares[key] for key in GOALS]
    assert products == pytest.approx([products[0]] * 5)
    assert turned.ratio == pytest.approx(found.ratio, abs=1e-9)
    assert len(turned.circles) == len(found.circles)


def test_nothing_is_said_before_every_pair_is_answered():
    answers = dict.fromkeys(PAIRS, 0)
    answers.popitem()
    assert weights_of(answers) is None


@pytest.mark.parametrize(("pair", "step"), [(("gap", "women"), 0), (("women", "gap"), 3), (("x", "y"), 1)])
def test_what_is_no_answer_is_refused(pair, step):
    with pytest.raises(InputError, match="expected"):
        checked(pair, step)


def test_agreement_is_one_for_one_order_and_least_for_opposite_ones():
    one, other = weights_of(ordered(*GOALS)), weights_of(ordered(*reversed(GOALS)))
    assert concordance([one, one]) == pytest.approx(1.0)
    assert concordance([one, other]) == pytest.approx(0.0)
    assert concordance([one]) is None
    alike = weights_of(dict.fromkeys(PAIRS, 0))
    assert concordance([alike, alike]) is None
    assert concordance([one, alike]) == pytest.approx(0.5)  # of two, one says nothing about the order


def test_agreement_by_hand_with_a_tie():
    # ranks 1 2 3 4 5 and 1.5 1.5 3 4 5: sums 2.5 3.5 6 8 10, S = 38.5; most is 4 x 120 - 2 x (8 - 2)
    groups = [group(0.1, 0.15, 0.2, 0.25, 0.3), group(0.1, 0.1, 0.2, 0.25, 0.35)]
    assert concordance(groups) == pytest.approx(12 * 38.5 / (4 * 120 - 2 * 6))


def test_goals_that_part_groups_most_stand_first():
    groups = [group(0.5, 0.2, 0.1, 0.1, 0.1), group(0.1, 0.2, 0.1, 0.15, 0.45)]
    apart = spread(groups)
    assert list(apart)[:2] == ["women", "cost"]
    assert apart["women"] == pytest.approx(0.4)
    told = weights_html({"<A>": groups[0], "B": groups[1]}, ENGLISH)
    assert "<A>" not in told
    assert "10 % for B, 50 % for &lt;A&gt;" in told
    assert told.index("Women feel safer") < told.index("Fewer trips")
    assert "No group" in weights_html({}, ENGLISH)


def test_scores_scale_each_goal_between_proposals():
    reached = [dict.fromkeys(GOALS, 0.0) | {"women": 2.0, "cost": -100.0}, dict.fromkeys(GOALS, 0.0) | {"cost": -10.0}]
    assert scores(group(0.4, 0.1, 0.1, 0.1, 0.3), reached) == pytest.approx([0.4, 0.3])
    for order in permutations(range(2)):
        assert scores(group(*[0.2] * 5), [reached[at] for at in order]) == pytest.approx([0.2, 0.2])


class Told:
    """An answer of one scenario."""

    def __init__(self, *rows):
        class Scenario:
            name = "x"

        class Facts:
            scenarios = (Scenario,)

        self.comparison, self.facts = pd.DataFrame(rows), Facts


def test_what_is_not_distinguishable_counts_as_no_change():
    felt = "feels_safe_share_frozen"
    answer = Told(
        row(felt, "woman", "dark", difference=0.05),
        row(felt, "man", "dark", difference=0.02, verdict="inconclusive"),
        row("trips_not_made", "all", "dark", difference=-3.0),
        row("incidents_expected", difference=2.0, verdict="worse"),
        row("cost", difference=900.0, verdict=""),
    )
    found = reached_by(answer)
    assert found == {"women": 0.05, "gap": 0.05, "trips": 3.0, "incidents": -2.0, "cost": -900.0}
    nothing = reached_by(Told(row(felt, "woman", "dark", difference=0.05, verdict="negligible")))
    assert all(math.isclose(one, 0.0) for one in nothing.values())


def test_a_choice_needs_two_proposals():
    cheap = Told(row("cost", difference=1.0))
    dear = Told(row("cost", difference=9.0), row("trips_not_made", "all", "dark", difference=-1.0))
    groups = {"A": group(0.1, 0.1, 0.1, 0.1, 0.6)}
    assert choices_html(groups, [("one", cheap)], ENGLISH) == ""
    told = choices_html(groups, [("one", cheap), ("two", dear)], ENGLISH)
    assert "<b>60</b>" in told
    assert "<td>10</td>" in told
    assert weights_table.GOALS is GOALS
