"""The shipped studies in small, and rankings of the model itself: they do not depend on the design that they come from."""

import numpy as np
import pytest

from experiments.executors import HerePool
from experiments.studies.answers import Answers
from experiments.studies.choosing import choose, file_of, scenario_of
from experiments.studies.designs import all_fit
from experiments.studies.explaining import explain
from experiments.studies.planning import Plan
from experiments.studies.ranking import VALUE
from experiments.studies.reading import list_studies, load_study, parse_study
from experiments.studies.reports import status_of
from experiments.studies.running import run_study
from experiments.studies.searching import search
from experiments.studies.store import begin
from scenarios import parse_scenario
from scenarios.writing import scenario_text

from cheap_runs import study_text

FEWER = {"people": 300, "replications": 2}


def in_small(name):
    study = load_study(name)
    design = study.design.model_copy(update={"points": study.design.points and 4})
    return Plan.of(study.model_copy(update=FEWER | {"design": design}))


def run(plan, folder):
    store = begin(folder / "store", plan)
    done = run_study(plan, store, HerePool)
    assert (done.stored, done.failed) == (plan.count(), 0), status_of(plan, store).causes
    return Answers.of(plan, store.read()), store.read()


def test_four_studies_are_shipped():
    expected = {"first-look", "lamps-and-closing-hours", "what-would-change-the-answer", "budget-portfolio"}
    assert set(list_studies()) == expected
    budget = Plan.of(load_study("budget-portfolio"))
    assert all_fit(budget.study, budget.factors)  # it promises to prove its front
    assert budget.count() <= budget.study.optimise.runs
    closing = Plan.of(load_study("lamps-and-closing-hours"))
    assert [len(group.arms) for group in closing.groups] == [3 * 3 + 3]  # without lamps, their light says nothing


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*list_studies()} - {"budget-portfolio"}))
def test_a_shipped_study_runs_in_small_and_is_explained(name, tmp_path):
    plan = in_small(name)
    _, tables = run(plan, tmp_path)
    found = explain(plan, tables, [])
    levels = {(part.target, part.told.level) for part in found.explained[0].ranked}
    assert (VALUE, "points") in levels
    assert (VALUE, "draws") in levels
    assert len(found.tables()["ranking"]) > 100  # of everything that runs read and draws decide
    assert "so few draws cannot tell" in "\n".join(found.words())


@pytest.mark.slow
def test_the_shipped_portfolio_is_chosen_in_small(tmp_path):
    plan = in_small("budget-portfolio")
    found = search(plan, lambda one: run(one, tmp_path)[0])
    assert found.proved
    choice = choose(found, ["EUR"])
    nothing = next(at for at, one in enumerate(found.portfolios) if one.is_nothing)
    assert nothing in choice.front  # nothing is the cheapest
    assert "not distinguishable from no effect" in "\n".join(choice.words())  # two draws make no interval
    for number, at in enumerate(choice.front, start=1):
        if at != nothing:
            case = scenario_of(choice, number)
            assert parse_scenario(scenario_text(case), file=file_of(number)).canonical() == case.canonical()


UNCERTAIN = ("lamp_hazard_ratio", "light_relief_lx", "feel_park", "fear_weight_spread")


@pytest.mark.slow
def test_a_ranking_of_the_model_is_the_same_from_two_designs(tmp_path):
    told = {}
    for kind, points in (("latin hypercube", 14), ("sobol", 16)):
        text = study_text(
            people="people = 300",
            replications="replications = 1",
            levers=None,
            uncertainties="".join(f'[[uncertainties]]\nname = "{name}"\n' for name in UNCERTAIN),
            design=f'[design]\nkind = "{kind}"\npoints = {points}',
            outcomes='[[outcomes]]\nindicator = "incidents_expected"',
        )
        plan = Plan.of(parse_study(text))
        _, tables = run(plan, tmp_path / kind)
        (one,) = explain(plan, tables, []).explained
        rows = next(part.rows for part in one.ranked if part.target == VALUE)
        assert [row["number"] for row in rows if row["stands_out"]] == ["lamp_hazard_ratio"]
        told[kind] = {row["number"]: row["coefficient"] for row in rows}
    first, second = (np.array([one[name] for name in UNCERTAIN]) for one in told.values())
    assert first[0] > 0.6
    assert second[0] > 0.6
    assert np.argmax(np.abs(first)) == np.argmax(np.abs(second)) == 0
