"""What decides an outcome: known functions are told as theory has them, planted numbers are found, chance is not."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.executors import HerePool, ThreadPool
from experiments.studies import trees
from experiments.studies.answers import Answer, Answers, Level, spots_asked
from experiments.studies.discovery import box_rows, find_boxes
from experiments.studies.explaining import explain, write
from experiments.studies.outcomes import Spot
from experiments.studies.planning import Plan
from experiments.studies.ranking import CORRELATION, REGRESSION, SIGN, VALUE, rank_coefficients, rank_numbers
from experiments.studies.reading import parse_study
from experiments.studies.running import run_study
from experiments.studies.store import begin
from simulator.errors import InputError

from cheap_runs import DRAWN, ISHIGAMI, cheap, ishigami, linear, planted, study_text

SPOT = Spot("feels_safe_share", "all", "all", "dark")


def ran(text, function, folder):
    plan = Plan.of(parse_study(text))
    store = begin(folder / "store", plan)
    assert run_study(plan, store, lambda: ThreadPool(2), workers=2, run=function).failed == 0
    return plan, store.read()


def of_ishigami(design, low, high):
    told = "".join(f'[[uncertainties]]\nname = "{name}"\nlow = {low}\nhigh = {high}\n' for name in ISHIGAMI)
    design = f"[design]\n{design}"
    return study_text(levers=None, uncertainties=told, replications="replications = 1", design=design)


@pytest.mark.slow
def test_sobol_indices_of_ishigami_are_those_of_theory(tmp_path):
    text = of_ishigami('kind = "saltelli"\npoints = 512\nsecond_order = true', -np.pi, np.pi)
    found = explain(*ran(text, ishigami, tmp_path), []).tables()
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]) / variance
    both = 8 * b**2 * np.pi**8 / 225 / variance
    total = np.add(first, [both, 0.0, both])
    table = found["sobol"].set_index("factor").loc[list(ISHIGAMI)]
    np.testing.assert_allclose(table["first"], first, atol=0.08)
    np.testing.assert_allclose(table["total"], total, atol=0.08)
    for key, theory in (("first", first), ("total", total)):
        reach = 0.5 * (table[f"{key}_high"] - table[f"{key}_low"])
        assert (np.abs(table[key] - theory) <= 2.5 * reach + 1e-9).all()
    pairs = found["sobol_pairs"].set_index(["factor", "with"])["together"]
    assert pairs[ISHIGAMI[0], ISHIGAMI[2]] == pytest.approx(both, abs=0.1)
    assert pairs[ISHIGAMI[0], ISHIGAMI[1]] == pytest.approx(0.0, abs=0.1)


def test_morris_of_a_linear_function_is_its_slopes(tmp_path):
    plan, tables = ran(of_ishigami('kind = "morris"\npoints = 8\nlevels = 4', -1.0, 3.0), linear, tmp_path)
    table = explain(plan, tables, []).tables()["morris"].set_index("factor").loc[list(ISHIGAMI)]
    np.testing.assert_allclose(table["mu_star"], [12.0, 8.0, 0.0], atol=1e-9)  # slope times the width of the range, 4
    np.testing.assert_allclose(table["mu"], [12.0, -8.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["sigma"], 0.0, atol=1e-9)


def test_rank_coefficients_are_those_worked_out_by_hand():
    values = np.array([[1.0, 5.0], [2.0, 1.0], [3.0, 4.0], [4.0, 2.0], [5.0, 3.0]])
    told = np.array([10.0, 30.0, 20.0, 40.0, 50.0])
    method, coefficients, low, _ = rank_coefficients(values, told, seed=1)
    assert method == CORRELATION
    # Spearman: 1 - 6 sum(d^2) / (n (n^2 - 1)); d^2 sums to 2 for the first, to 16 + 4 + 4 + 4 + 4 = 32 for the second
    np.testing.assert_allclose(coefficients, [1 - 6 * 2 / 120, 1 - 6 * 32 / 120])
    assert np.isnan(low).all()  # five units say nothing of their own error


def test_with_units_enough_all_numbers_are_regressed_at_once():
    rng = np.random.default_rng(0)
    one = rng.normal(size=200)
    values = np.stack([one, one + 0.5 * rng.normal(size=200)], axis=1)  # the second only goes along with the first
    method, coefficients, low, high = rank_coefficients(values, np.exp(one), seed=1)
    assert method == REGRESSION
    np.testing.assert_allclose(coefficients, [1.0, 0.0], atol=1e-9)  # ranks of exp(x) are those of x
    assert (low <= coefficients + 1e-9).all()
    assert (coefficients - 1e-9 <= high).all()


PLANTED = {"replications": "replications = 40"}


@pytest.fixture(scope="module")
def of_planted(tmp_path_factory):
    return ran(study_text(**PLANTED), planted, tmp_path_factory.mktemp("planted"))


def test_planted_numbers_are_found_for_the_value_and_for_the_sign(of_planted):
    found = explain(*of_planted, ["feels_safe_share:all:all:dark"])
    named = {(part.target, part.told.level): [row["number"] for row in part.rows if row["stands_out"]]
             for part in found.explained[0].ranked}  # fmt: skip
    assert named[VALUE, "draws"] == ["drawn_03"]
    assert named[SIGN, "draws"] == ["drawn_03"]
    assert named[VALUE, "points"] == []  # three points cannot tell: one order of six
    assert "so few points cannot tell" in "\n".join(found.words())


def test_a_planted_box_is_found_with_its_coverage_and_density(of_planted):
    (one,) = explain(*of_planted, ["feels_safe_share:all:all:dark"]).explained
    row = one.box_rows[0]
    assert (row["number"], row["side"], row["level"]) == ("drawn_03", "below", "draws")
    answer, bad = one.answer, one.answer.of_each < 0.0
    inside = one.boxes[0].draws
    assert row["density"] == pytest.approx(bad[:, inside].mean())
    assert row["coverage"] == pytest.approx(bad[:, inside].sum() / bad.sum())
    assert row["share_of_runs"] == pytest.approx(len(inside) / answer.differences.shape[1])
    assert row["coverage_low"] <= row["coverage"] <= row["coverage_high"]
    assert row["density_low"] <= row["density"] <= row["density_high"]


class Told:
    """Levels in the place of a study's."""

    def __init__(self, *levels):
        self._levels = levels

    def levels(self, answer):
        return self._levels


def random_levels(rng, points=20, draws=40):
    return (
        Level("points", ("a", "b", "c"), rng.uniform(size=(points, 3))),
        Level("draws", tuple(f"n{at}" for at in range(30)), rng.uniform(size=(draws, 30))),
    )


def answer_of(differences):
    once = np.arange(len(differences))
    return Answer("case", SPOT, "share", differences, np.zeros_like(differences), once)


def test_a_box_of_two_numbers_at_two_levels_is_found():
    rng = np.random.default_rng(3)
    points, draws = random_levels(rng, 60, 60)
    inside = (points.values[:, 1] > 0.6)[:, None] & (draws.values[:, 7] < 0.5)[None, :]
    bad = (inside & (rng.uniform(size=inside.shape) < 0.85)) | (rng.uniform(size=inside.shape) < 0.05)
    rows = box_rows(bad, find_boxes(bad, (points, draws), seed=1), seed=1)
    two = {(row["number"], row["side"]): row["threshold"] for row in rows[:2]}
    assert two["b", "above"] == pytest.approx(0.6, abs=0.05)
    assert two["n7", "below"] == pytest.approx(0.5, abs=0.05)
    assert rows[1]["density"] > 0.8
    assert rows[1]["coverage"] > 0.75
    assert rows[1]["box"].count(" and ") == 1


def test_what_levers_do_must_have_one_direction_over_draws():
    rng = np.random.default_rng(4)
    levels = (Level("points", ("lever",), np.arange(20.0)[:, None]),)
    ways = np.array([1.0, -1.0, 1.0, -1.0, 1.0])
    there = np.arange(20.0)[:, None] * ways[None, :] + 0.1 * rng.normal(size=(20, 5))
    both = rank_numbers(Told(*levels), [answer_of(there)], seed=1, trees=False)[0]
    assert both.told.both_ways == ("lever",)
    assert not both.rows[0]["stands_out"]
    one = rank_numbers(Told(*levels), [answer_of(np.abs(there))], seed=1, trees=False)[0]
    assert one.rows[0]["stands_out"]


@pytest.mark.slow
def test_placebos_are_named_in_no_more_than_about_one_study_of_ten():
    """Draws differ by luck of their own, as runs do; no number has anything to do with it. 50 sets; 5 are expected,
    and more than 10 would come by chance in one of a hundred."""
    named, boxes, sets = 0, 0, 50
    for at in range(sets):
        rng = np.random.default_rng(at)
        levels = random_levels(rng)
        luck = rng.normal(size=40)[None, :] + 0.3 * rng.normal(size=20)[:, None] + rng.normal(size=(20, 40))
        found = rank_numbers(Told(*levels), [answer_of(luck)], seed=at, trees=False)
        named += any(row["stands_out"] for part in found for row in part.rows)
        boxes += bool(find_boxes(luck < 0.0, levels, seed=at))
    assert named <= 10
    assert boxes <= 10


@pytest.mark.slow
def test_trees_see_what_bends_and_name_placebos_no_more_often_than_they_say():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    values = rng.normal(size=(80, 6))
    bent = np.abs(values[:, 2]) + 0.2 * rng.normal(size=80)
    (found,) = trees.importances(values, bent[None], seed=1)
    assert int(np.argmax(found.mean)) == 2
    assert found.p[2] <= 0.10
    assert (np.delete(found.p, 2) > 0.10).all()
    sets = 25
    named = [trees.importances(values, np.random.default_rng(at).normal(size=(1, 80)), seed=at)[0].p.min() <= 0.10
             for at in range(sets)]  # fmt: skip
    assert sum(named) <= 6  # 2.5 are expected; more than 6 would come by chance in one of a hundred


def test_trees_agree_with_the_regression_on_a_planted_number(of_planted):
    pytest.importorskip("sklearn")
    found = explain(*of_planted, ["feels_safe_share:all:all:dark"], trees=True)
    value = next(part for part in found.explained[0].ranked if (part.target, part.told.level) == (VALUE, "draws"))
    assert [row["number"] for row in value.rows if row["trees_agree"]] == ["drawn_03"]
    again = explain(*of_planted, ["feels_safe_share:all:all:dark"], trees=True)
    pd.testing.assert_frame_equal(again.tables()["ranking"], found.tables()["ranking"])


def test_tables_words_and_pictures_are_written_with_the_meaning_of_their_columns(of_planted, tmp_path):
    found = explain(*of_planted, ["feels_safe_share:all:all:dark", "feels_safe_share:woman:all:dark"])
    write(found, tmp_path / "out")
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"ranking.csv", "boxes.csv", "columns.csv", "findings.txt", "ranking-1.png", "leading-2.png"} <= names
    columns = pd.read_csv(tmp_path / "out" / "columns.csv")
    for name in ("ranking", "boxes"):
        table = pd.read_csv(tmp_path / "out" / f"{name}.csv")
        assert list(table.columns) == list(columns.query("table == @name")["column"])
    ranking = pd.read_csv(tmp_path / "out" / "ranking.csv")
    assert set(ranking["number"]) == {"spacing", *DRAWN}
    with pytest.raises(InputError, match="nothing was overwritten"):
        write(found, tmp_path / "out")


def test_points_and_draws_stand_in_the_order_of_the_design(plan, finished):
    tables = finished.read()
    answers = Answers.of(plan, tables)
    (answer,) = answers.at(SPOT)
    told = tables.runs.to_pandas().merge(tables.outcomes.to_pandas().query("gender == 'all'"), on="run")
    told = told[~told["is_baseline"]].set_index(["lever_spacing", "draw"])["difference"]
    for at, (spacing,) in enumerate(plan.points):
        for draw in range(3):
            assert answer.differences[at, draw] == told[spacing, draw]


def test_a_draw_that_not_all_points_have_is_left_out(plan, tmp_path):
    def not_in_draw_1(task):
        if task.job.draw == 1:
            raise ValueError("no baseline")
        yield from cheap(task)

    store = begin(tmp_path / "store", plan)
    run_study(plan, store, HerePool, run=not_in_draw_1)
    assert Answers.of(plan, store.read()).draws == 1
    empty = begin(tmp_path / "empty", plan)
    with pytest.raises(InputError, match="found no draw that all points have"):
        Answers.of(plan, empty.read())


def test_outcomes_are_asked_for_by_name(plan):
    assert spots_asked(plan, []) == [SPOT]
    assert spots_asked(plan, ["feels_safe_share"]) == [SPOT]
    assert spots_asked(plan, ["feels_safe_share:woman:all:dark"]) == [SPOT._replace(gender="woman")]
    for wrong in ("feels_safe", "feels_safe_share:man:all:dark", "a:b:c:d:e"):
        with pytest.raises(InputError, match=r"--outcome: found .* write one of feels_safe_share:all:all:dark"):
            spots_asked(plan, [wrong])


def test_what_is_not_defined_and_what_cannot_differ_is_said(plan, finished, monkeypatch):
    tables = finished.read()
    with pytest.raises(InputError, match="--worse-by: found -1"):
        explain(plan, tables, [], worse_by=-1.0)
    hollow = tables.outcomes.to_pandas()
    hollow["difference"] = np.nan
    answers = Answers.of(plan, tables)
    import dataclasses

    with pytest.raises(InputError, match="is not defined in every run"):
        dataclasses.replace(answers, outcomes=hollow).at(SPOT)
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    monkeypatch.setitem(__import__("sys").modules, "sklearn.tree", None)
    with pytest.raises(InputError, match=r"pip install 'afterdark\[trees\]'"):
        explain(plan, tables, [], trees=True)


def test_only_parameters_that_runs_read_are_asked(plan, tmp_path):
    def reading(task):
        for result in planted(task):
            yield type(result)(
                result.values, result.parameters, json.dumps({"parameters_read": {"feel": ["drawn_05"]}})
            )

    store = begin(tmp_path / "store", plan)
    run_study(plan, store, HerePool, run=reading)
    assert list(Answers.of(plan, store.read()).parameters.columns) == ["drawn_05"]
