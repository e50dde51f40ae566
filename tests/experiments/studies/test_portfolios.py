"""The best portfolios: all tried, the front is that of brute force; searched, it is found again; nobody is worse off."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.executors import HerePool
from experiments.studies.answers import Answers
from experiments.studies.choosing import choose, file_of, write
from experiments.studies.designs import all_fit, count_portfolios
from experiments.studies.planning import Plan
from experiments.studies.portfolios import alike, currency_of, front_of, interval_of
from experiments.studies.reading import parse_study
from experiments.studies.running import run_study
from experiments.studies.searching import check_search, search
from experiments.studies.store import begin
from scenarios import list_cases, load_scenario, parse_scenario
from scenarios.writing import scenario_text
from simulator.errors import InputError

from cheap_runs import COSTS, GAINS, numbers_of, portfolio, study_text

KINDS = tuple(GAINS)
OUTCOMES = """
[[outcomes]]
indicator = "feels_safe_share"
gender = ["woman", "man"]
period = ["dark"]
[[outcomes]]
indicator = "cost"
"""
ASKED = """
[optimise]
budget = 55_000
runs = {}
[[optimise.objectives]]
indicator = "feels_safe_share"
gender = "woman"
period = "dark"
by = "{}"
[[optimise.objectives]]
indicator = "cost"
"""


def levers(kinds=KINDS):
    one = '[[levers]]\nname = "{0}"\nmeasure = "{0}"\nfield = "included"\nvalues = [true, false]\n'
    return "".join(one.format(kind) for kind in kinds)


def plan_of(runs=1000, by="mean", **changes):
    parts = {
        "scenarios": 'scenarios = ["balanced-portfolio"]',
        "people": "people = 300\ndate = 2026-12-18",
        "levers": levers(),
        "outcomes": OUTCOMES + ASKED.format(runs, by),
        "replications": "replications = 5",
    }
    return Plan.of(parse_study(study_text(**(parts | changes))))


def answers_by(function, folder, counted=None):
    """What runs a plan in a store, and counts what it runs."""

    def counting(task):
        for result in function(task):
            if counted is not None:
                counted.append(1)
            yield result

    def run(plan):
        store = begin(folder / "store", plan)
        assert run_study(plan, store, HerePool, run=counting).failed == 0
        return Answers.of(plan, store.read())

    return run


def by_brute_force(budget, draws=5, by=np.mean):
    """Sets of kinds on the front, from the function that is behind the runs."""
    sway = np.array([1.0 + 0.2 * (numbers_of("sway", draw, 1)[0] - 0.5) for draw in range(draws)])
    told = {}
    for size in range(len(KINDS) + 1):
        for kinds in itertools.combinations(KINDS, size):
            both = {"lighting", "hosts"} <= set(kinds)
            gain = by(sway * (sum(GAINS[kind] for kind in kinds) - 0.008 * both))
            cost = sum(COSTS[kind] for kind in kinds)
            if cost <= budget and "stop_care" not in kinds:
                told[kinds] = (gain, -cost)
    return {
        kinds
        for kinds, own in told.items()
        if not any(a >= own[0] and b >= own[1] and (a, b) != own for a, b in told.values())
    }


def kinds_of(one):
    return tuple(kind for kind in KINDS if one.settings[kind])


@pytest.mark.parametrize("by", ["mean", "low"])
def test_where_all_are_tried_the_front_is_that_of_brute_force(tmp_path, by):
    plan = plan_of(by=by)
    found = search(plan, answers_by(portfolio, tmp_path))
    assert (len(found.portfolios), found.of, found.proved) == (16, 16, True)
    front = {kinds_of(found.portfolios[at]) for at in front_of(found.portfolios)}
    assert front == by_brute_force(55_000, by=np.mean if by == "mean" else lambda told: np.quantile(told, 0.1))
    assert len(front) >= 4


def test_what_is_beyond_the_budget_or_makes_somebody_worse_may_not_be_chosen(tmp_path):
    found = search(plan_of(), answers_by(portfolio, tmp_path)).portfolios
    for one in found:
        kinds = kinds_of(one)
        beyond = sum(COSTS[kind] for kind in kinds) > 55_000
        told = (["beyond the budget"] if beyond else []) + (
            ["worse: feels_safe_share man all dark"] if "stop_care" in kinds else []
        )
        assert list(one.refused) == told
        assert (one.excess > 0.0) == bool(told)


def test_a_gain_within_the_margin_is_no_loss_and_a_guard_can_be_left_away(tmp_path):
    text = study_text(
        scenarios='scenarios = ["balanced-portfolio"]',
        people="people = 300\ndate = 2026-12-18",
        levers=levers(),
        outcomes=OUTCOMES + ASKED.format(1000, "mean").replace("budget = 55_000", "nobody_worse = false"),
        replications="replications = 5",
    )
    found = search(Plan.of(parse_study(text)), answers_by(portfolio, tmp_path)).portfolios
    assert all(not one.refused for one in found)
    assert max(kinds_of(found[at]) for at in front_of(found))  # with the stops now


def test_what_is_stored_is_not_run_again(tmp_path):
    plan, counted = plan_of(), []
    search(plan, answers_by(portfolio, tmp_path, counted))
    first = len(counted)
    search(plan, answers_by(portfolio, tmp_path, counted))
    assert first > 0
    assert len(counted) == first


def test_the_front_tells_what_cannot_be_told_apart(tmp_path):
    found = search(plan_of(), answers_by(portfolio, tmp_path)).portfolios
    front = front_of(found)
    asked = plan_of().study.optimise
    assert all(told == [] for told in alike(found, front, asked))  # gains differ by far more than draws sway them
    wild = np.random.default_rng(1).normal(size=(len(found), 2, 5))
    noisy = [dataclasses.replace(one, gains=one.gains + 10.0 * wild[at]) for at, one in enumerate(found)]
    assert sum(map(len, alike(noisy, front, asked))) > 0.5 * len(front) * (len(front) - 1)
    nothing = next(one for one in found if one.is_nothing)
    assert interval_of(nothing, asked, 0) == (0.0, 0.0)


SPACING = '[[levers]]\nname = "spacing"\nmeasure = "lighting"\nfield = "spacing_m"\nvalues = [15, 20, 25, 30, 35, 40]\n'


def test_a_search_finds_the_proved_front_and_goes_on_where_it_was(tmp_path):
    pytest.importorskip("optuna")
    everything = {"levers": levers() + SPACING, "replications": "replications = 2"}
    proved = search(plan_of(**everything), answers_by(portfolio, tmp_path / "all"))
    assert proved.proved
    best = {kinds_of(proved.portfolios[at]) for at in front_of(proved.portfolios)}
    plan = plan_of(runs=100, **everything)
    assert not all_fit(plan.study, plan.factors)
    assert count_portfolios(plan.study, plan.factors) == 96
    counted = []
    found = search(plan, answers_by(portfolio, tmp_path / "some", counted))
    assert not found.proved
    assert len(found.plan.points) <= 100 // 2 - 1
    assert {kinds_of(found.portfolios[at]) for at in front_of(found.portfolios)} == best
    runs = len(counted)
    again = search(plan, answers_by(portfolio, tmp_path / "some", counted))
    assert len(counted) == runs
    assert again.plan.points == found.plan.points
    told = "\n".join(choose(found, ["EUR"]).words())
    assert "may not be the best there is" in told


def test_each_point_of_the_front_is_a_case_that_can_be_run(tmp_path):
    choice = choose(search(plan_of(), answers_by(portfolio, tmp_path)), ["EUR"])
    write(choice, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "portfolios.csv", keep_default_na=False)
    columns = pd.read_csv(tmp_path / "out" / "columns.csv")
    assert list(table.columns) == list(columns["column"])
    assert list(table["portfolio"]) == list(range(1, 17))
    files = {file.name for file in (tmp_path / "out").glob("*.toml")}
    assert files == set(table["file"]) - {""}
    assert len(files) == len(choice.front) - 1  # nothing needs no file
    for number, at in enumerate(choice.front, start=1):
        one = choice.searched.portfolios[at]
        if not one.is_nothing:
            read = load_scenario(tmp_path / "out" / file_of(number))
            assert read.canonical() == one.scenario.canonical()
            assert "From the study study" in read.notes
            row = table[table["file"] == file_of(number)].iloc[0]
            assert float(row["cost"]) == sum(COSTS[measure.kind] for measure in read.measures)
    assert (tmp_path / "out" / "front.png").stat().st_size > 5000


@pytest.mark.parametrize("name", list_cases())
def test_every_shipped_case_is_written_as_it_is_read(name):
    case = load_scenario(name)
    assert parse_scenario(scenario_text(case), name=name).canonical() == case.canonical()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"outcomes": OUTCOMES.split('[[outcomes]]\nindicator = "cost"', maxsplit=1)[0] + ASKED.format(100, "mean")},
            "not kept of",
        ),
        ({"outcomes": OUTCOMES + ASKED.format(100, "most")}, 'expected "mean" or "low"'),
        ({"design": '[design]\nkind = "sobol"\npoints = 8'}, "found sobol, expected grid beside optimise"),
        ({"uncertainties": '[[uncertainties]]\nname = "light_relief_lx"'}, "found uncertainties beside optimise"),
        ({"outcomes": OUTCOMES + ASKED.format(100, "mean").replace("55_000", "-1")}, "found -1, expected more than 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes, told):
    with pytest.raises(InputError) as refused:
        plan_of(**changes)
    assert told in "\n".join([refused.value.message, *refused.value.faults])


def test_a_search_that_cannot_be_made_is_refused_before_any_run(monkeypatch, plan):
    with pytest.raises(InputError, match="found no \\[optimise\\]"):
        check_search(plan)
    with pytest.raises(InputError, match="found one portfolio"):
        check_search(plan_of(levers=None))
    many = levers() + SPACING
    with pytest.raises(InputError, match="expected one scenario to search"):
        check_search(plan_of(runs=100, levers=many, scenarios='scenarios = ["balanced-portfolio", "square-hosts"]'))
    with pytest.raises(InputError, match="found runs = 20, expected 85 or more"):
        check_search(plan_of(runs=20, levers=many))
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(InputError, match=r"pip install 'afterdark\[optimise\]'"):
        check_search(plan_of(runs=100, levers=many))
    assert currency_of(["EUR", ""]) == "EUR"
    with pytest.raises(InputError, match="costs in EUR and GBP"):
        currency_of(["EUR", "GBP"])
