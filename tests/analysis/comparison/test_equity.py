"""Equity by hand: gaps, the worst off, gains and losses that add up to the whole, weights that are off unless asked for."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answer.equity import FINDING, check_weight
from analysis.answer.finding import Basis
from analysis.answer.provenance import collect_provenance
from analysis.comparison.equity import (
    FROZEN,
    GAINED,
    GAP,
    GROUP,
    LOST,
    REST,
    SAFE,
    WEIGHTED,
    WORST_AFTER,
    WORST_BEFORE,
    equally_distributed,
    equity_of,
)
from analysis.comparison.paired import compare_runs
from analysis.comparison.sums import sum_cells
from simulator.errors import InputError


def logistic(score):
    return 1.0 / (1.0 + math.exp(-score))


def table_of(pair, **more):
    base, lamps = pair
    return equity_of("lamps", sum_cells(base, {"lamps": lamps}), period="dark", **more)


def test_the_gap_between_women_and_men_by_hand(make_pair, make_pushes):
    rows = table_of(make_pair(make_pushes(8, women=0.4, men=0.0, spread=0.0)))
    gap = rows[(rows["kind"] == GAP) & (rows["indicator"] == SAFE) & (rows["gender"] == "woman")].iloc[0]
    before, after = logistic(1.5) - logistic(0.2), logistic(1.5) - logistic(0.6)
    assert gap[["before", "after", "difference"]].tolist() == pytest.approx([before, after, after - before])
    assert (gap["other"], gap["verdict"]) == ("man", "better")  # it narrows
    wider = table_of(make_pair(make_pushes(8, women=-0.4, men=0.0, spread=0.0)))
    assert (
        wider[(wider["kind"] == GAP) & (wider["gender"] == "woman") & (wider["indicator"] == SAFE)]["verdict"].item()
        == "worse"
    )
    ages = rows[(rows["kind"] == GAP) & (rows["age"] != "all") & (rows["indicator"] == SAFE)].iloc[0]
    assert (ages["age"], ages["other"]) == ("75+", "35-44")


def test_the_worst_off_may_be_others_afterwards(make_pair, make_pushes):
    # women begin at logistic(0.2), men at logistic(1.5); men fall below them
    rows = table_of(make_pair(make_pushes(8, women=0.4, men=-2.0, spread=0.0))).set_index(["indicator", "kind"])
    before, after = rows.loc[(SAFE, WORST_BEFORE)], rows.loc[(SAFE, WORST_AFTER)]
    assert (before["gender"], after["gender"]) == ("another", "man")  # another gender begins at logistic(0)
    assert before["before"] == pytest.approx(logistic(0.0))
    assert after["after"] == pytest.approx(logistic(-0.5))


def test_gains_and_losses_are_apart_and_groups_add_up_to_everybody(make_pair, make_pushes):
    pair = make_pair(make_pushes(8, women=0.4, men=-0.3, spread=0.0))
    rows = table_of(pair)
    groups = rows[rows["kind"] == GROUP]
    # fifty women in each of eight age bands, 17 dark hours, each 200 s an hour for each agent (who stands for two people)
    women = groups[groups["gender"] == "woman"]
    each = 17 * 200.0 * 50 / 60.0
    assert women["before"].tolist() == pytest.approx([each * logistic(0.2)] * 8)
    assert women["difference"].tolist() == pytest.approx([each * (logistic(0.6) - logistic(0.2))] * 8)
    sums = rows.set_index("kind")
    assert sums.loc[LOST, "difference"] == pytest.approx(8 * 17 * 200.0 * 45 / 60.0 * (logistic(1.2) - logistic(1.5)))
    assert sums.loc[LOST, "people"] == pytest.approx(8 * 45 * 2.0)
    assert sums.loc[GAINED, "difference"] + sums.loc[LOST, "difference"] == pytest.approx(groups["difference"].sum())
    base, lamps = pair
    compared = sum_cells(base, {"lamps": lamps})
    whole = next(
        at
        for at, cell in enumerate(compared.cells)
        if (cell.gender, cell.age, cell.period, cell.hour_band, cell.attribute) == ("all", "all", "dark", "all", "")
    )
    for name, sums_of in (("before", compared.baseline), ("after", compared.scenarios["lamps"])):
        total = np.mean([one.frozen["safe_s"][whole] for one in sums_of]) / 60.0
        assert groups[name].sum() == pytest.approx(total)
    assert (groups["people"].sum()) == pytest.approx(compared.baseline[0].realised["population"][whole])
    assert rows[rows["kind"] == WEIGHTED].empty  # nothing is weighted unless it is asked for


def test_a_gender_that_is_too_small_is_told_with_the_rest(make_run):
    few = {"woman": 50, "man": 50, "another": 2}
    base = [make_run(draw, agents=few) for draw in range(3)]
    same = [make_run(draw, name="lamps", agents=few) for draw in range(3)]
    rows = table_of((base, same))
    groups = rows[rows["kind"] == GROUP]
    assert groups["other"].tolist().count(REST) == 1
    assert groups[groups["other"] == REST]["people"].item() == pytest.approx(8 * 2 * 2.0)
    assert (groups["difference"] == 0.0).all()
    assert (rows[rows["kind"].isin([GAINED, LOST])]["difference"] == 0.0).all()
    assert set(rows[rows["kind"] == GAP]["difference"]) == {0.0}


def test_the_equally_distributed_equivalent_by_hand():
    shares, people = np.array([[0.25], [1.0]]), np.array([1.0, 1.0])
    assert equally_distributed(shares, people, 0.0) == pytest.approx([0.625])
    assert equally_distributed(shares, people, 1.0) == pytest.approx([0.5])  # the geometric mean
    assert equally_distributed(shares, people, 2.0) == pytest.approx([0.4])  # the harmonic mean
    assert equally_distributed(np.array([[0.0], [1.0]]), people, 1.0) == pytest.approx([0.0])


@settings(max_examples=60, deadline=None)
@given(
    shares=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=6),
    weights=st.tuples(st.floats(0.0, 4.0), st.floats(0.0, 4.0)),
)
def test_the_more_the_worst_off_count_the_lower_it_is(shares, weights):
    values, people = np.array(shares)[:, None], np.arange(1.0, len(shares) + 1.0)
    less, more = (equally_distributed(values, people, weight)[0] for weight in sorted(weights))
    assert min(shares) - 1e-9 <= more <= less + 1e-9 <= max(shares) + 1e-6


def test_weights_are_an_option(make_pair, make_pushes):
    pair = make_pair(make_pushes(4, women=0.4, men=0.0))
    rows = table_of(pair, weight=1.0)
    weighted = rows[rows["kind"] == WEIGHTED]
    assert weighted["other"].tolist() == ["0", "1"]
    assert weighted["indicator"].unique().tolist() == [FROZEN]
    assert weighted["after"].iloc[0] > weighted["after"].iloc[1]  # inequality lowers it
    assert weighted["difference"].iloc[1] > weighted["difference"].iloc[0]  # the worse off gain
    assert check_weight(0.0) == {}
    assert check_weight(1.5) == {"equity_weight": 1.5}
    for wrong in (-0.1, 5.1, math.nan):
        with pytest.raises(InputError, match="--equity-weight"):
            check_weight(wrong)


@pytest.mark.parametrize("draws", [1, 2, 8])
@pytest.mark.parametrize("push", [-0.4, 0.0, 0.4])
def test_it_is_told_in_words(make_pair, make_pushes, draws, push):
    base, lamps = make_pair(make_pushes(draws, women=push, men=push / 2))
    facts = collect_provenance(base, {"lamps": lamps})
    basis = Basis(base, {"lamps": lamps}, compare_runs(base, {"lamps": lamps}), facts, {"equity_weight": 1.0})
    rows = FINDING.work_out(basis).drop(columns="scenario")
    said = " ".join(FINDING.sentences(rows, "lamps", facts))
    assert "Worst off after dark" in said
    assert "groups by gender and age" in said
    assert "With the weight given (1)" in said
    assert ("narrow: women and men (feeling safe)" in said) == (draws == 8 and push > 0)
    assert ("widen: women and men (feeling safe)" in said) == (draws == 8 and push < 0)
    assert "nan" not in said
    assert next(table.title for table in FINDING.tables(rows, "lamps", facts)).startswith("Gaps between groups")


def with_people(run, factor):
    return run._replace(summary=run.summary.assign(population=run.summary["population"] * factor))


def test_people_are_those_of_all_draws_not_of_the_first(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4, women=0.4, men=-0.3))
    base, lamps = ([with_people(run, at + 1.0) for at, run in enumerate(side)] for side in (base, lamps))
    rows = table_of((base, lamps), weight=1.0)
    women = rows[(rows["kind"] == GROUP) & (rows["gender"] == "woman")]
    assert women["people"].tolist() == pytest.approx([50 * 2.0 * 2.5] * 8)  # 1, 2, 3 and 4 times two each
    assert rows[rows["kind"] == WEIGHTED]["people"].tolist() == pytest.approx([8 * (50 + 45 + 5) * 2.0 * 2.5] * 2)


def test_weights_of_people_may_differ_between_draws():
    shares = np.array([[0.2, 0.2], [0.6, 0.6]])
    assert equally_distributed(shares, np.array([[1.0, 3.0], [1.0, 1.0]]), 0.0) == pytest.approx([0.4, 0.3])


def words_of(pair):
    base, lamps = pair
    facts = collect_provenance(base, {"lamps": lamps})
    basis = Basis(base, {"lamps": lamps}, compare_runs(base, {"lamps": lamps}), facts)
    return " ".join(FINDING.sentences(FINDING.work_out(basis).drop(columns="scenario"), "lamps", facts))


def test_who_gains_most_a_head_is_named_only_where_draws_tell_it(make_pair, make_pushes):
    told = words_of(make_pair(make_pushes(8, women=0.4, men=-0.3)))
    assert "A head, the mean is highest for another gender and lowest for men aged" in told
    noisy = words_of(make_pair(make_pushes(8, women=0.01, men=0.0, spread=0.5)))
    assert "A head, which of them gains most cannot be told from these draws." in noisy


def test_all_others_are_no_group_and_lead_nothing(make_run):
    few = {"woman": 50, "man": 50, "another": 2}
    base = [make_run(draw, agents=few) for draw in range(4)]
    worse = [
        make_run(draw, name="lamps", agents=few, push={"woman": -0.4 - 0.01 * draw, "man": -0.5, "another": 0.0})
        for draw in range(4)
    ]
    said = words_of((base, worse))
    assert "all others gain most" not in said
    assert "Of 16 groups by gender and age, 0 gain" in said  # eight ages of women and of men
