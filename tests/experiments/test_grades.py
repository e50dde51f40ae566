"""The weakest grade behind each indicator is the weakest of what its numbers are made of."""

import dataclasses
import datetime

import pytest

from analysis.comparison.paired import GRADES as ORDER
from analysis.indicators.catalogue import INDICATORS
from experiments import grades
from experiments.grades import behind, counts_behind, grades_of_indicators, together
from scenarios import bind, load_scenario, parse_scenario
from simulator.accounting import tables as accounting
from simulator.accounting.affected import Lived
from simulator.accounting.displaced_incidents import displaced_incidents
from simulator.accounting.group_sums import group_sums
from simulator.evidence import parameters as evidence
from simulator.evidence.parameters import GRADES, Parameters, draw_parameters, load_evidence
from simulator.simulation import Simulation

from cities import grid_city
from parameter_uses import modules_of, parameters_by_module

CASE = """
format = 1
title = "Lamps"
[[measures]]
kind = "lighting"
name = "lamps"
where = "streets"
standard = "P4"
"""
LAMPS = load_scenario("light-the-park-paths")


def weakest(*names):
    return max((load_evidence()[name].grade for name in names), key=GRADES.index)


@pytest.fixture(scope="module")
def reads():
    """What a day with lamps reads in a drawn city, by module: as a run records it."""
    city, parameters = grid_city(4), draw_parameters(1, 0)
    baseline = Simulation.baseline(city, parameters, agents=300, date=datetime.date(2026, 12, 21))
    baseline.settle(1)
    of_baseline = parameters.reads()
    parameters.forget_reads()
    arm, reference = baseline.fork(bind(LAMPS, city)), baseline.fork()
    for one in (arm, reference):
        one.simulate_day()
    before = Lived(reference.conditions, reference.chosen, reference.walk, accounting.answers_of(reference))
    accounting.summary_table(arm, {}, baseline=before)
    group_sums(arm, arm.walk, arm.chosen.aboard, accounting.answers_of(arm))
    days = [(arm.walk, arm.streets)]
    displaced_incidents(arm, days, days)
    of_arm = parameters.reads()
    assert "simulator.people.margins" in of_baseline
    assert "simulator.people.margins" not in of_arm  # people are drawn once a draw
    return together(of_baseline, of_arm)


def test_every_indicator_has_a_grade_of_its_own(reads):
    assert ORDER == GRADES
    found = grades_of_indicators(LAMPS, reads)
    assert set(found) == set(INDICATORS)
    assert set(found.values()) <= set(GRADES)


def test_the_evidence_says_where_each_parameter_acts():
    """The column is what the source says; `tests/parameter_uses.py` writes it again."""
    told = {name: row.acts_in.split() for name, row in load_evidence().items()}
    assert told == {name: modules_of(name) for name in load_evidence()}
    assert [name for name, modules in told.items() if not modules] == []


def test_places_are_those_that_a_reader_finds():
    assert modules_of("reporting_robbery") == ["simulator.safety.reporting"]  # put together there from two pieces
    assert modules_of("lighting_class_steps") == ["street_networks.light.light"]  # as here
    assert modules_of("tunnel") == ["simulator.safety.perception"]  # by the names in OF_GENDER
    assert "simulator.travel.modes" in modules_of("not_made_per_minute")


def test_whatever_a_run_reads_is_said_in_the_evidence(reads):
    inside = {(name, module) for module, names in reads.items() for name in names}
    assert len(inside) > 100
    elsewhere = (
        "simulator.evidence.parameters",
        "simulator.interventions.base",
    )  # read by whatever name they are given
    unsaid = {
        (name, module)
        for name, module in inside
        if module not in elsewhere and module not in load_evidence()[name].acts_in.split()
    }
    assert unsaid == set()


def test_a_run_reads_most_of_what_the_model_can_read(reads):
    """So that a recording which loses modules is noticed: drawn streets have no transit and no audits."""
    of_model = {module for module in parameters_by_module() if module.startswith("simulator.")}
    silent = {module for module in of_model - set(reads) if not module.startswith("simulator.interventions.")}
    assert silent <= {
        "simulator.accounting.tables",  # reads what costs depend on
        "simulator.agenda.weekend",  # on Saturdays and Sundays
        "simulator.city.audit_estimates",
        "simulator.evidence.parameters",
        "simulator.people.population",
        "simulator.settling",
    }


def test_what_is_read_is_recorded_by_whom_it_was_read():
    parameters = Parameters({"tunnel": -1.0, "feel_level": 0.5, "woman.tunnel": -2.0}, seed=1, draw=0)
    read = {"parameters": parameters}
    exec("a = parameters.feel_level; b = parameters['tunnel']", {"__name__": "simulator.one", **read})
    exec("parameters.by_gender('tunnel')", {"__name__": "simulator.other", **read})
    exec("parameters.feel_level", {"__name__": "experiments.elsewhere", **read})
    assert parameters.reads() == {"simulator.one": ["feel_level", "tunnel"], "simulator.other": ["tunnel"]}
    parameters.forget_reads()
    assert parameters.reads() == {}
    with pytest.raises(AttributeError, match="no parameter 'nothing'"):
        _ = parameters.nothing


def test_an_indicator_depends_on_what_it_comes_about_by(reads):
    feels, incidents, recorded = (
        behind(name, reads) for name in ("feels_safe_share", "incidents_expected_robbery", "incidents_recorded_robbery")
    )
    assert {"light_relief_share", "feel_level", "visitors_per_resident", "darkness_distance"} <= feels
    assert not {"robbery_all", "reporting_robbery", "unit_cost_robbery", "lamp_capital", "fit_stop_m"} & feels
    assert {"robbery_all", "isolation_ratio", "displacement_share"} <= incidents - feels
    assert {"reporting_robbery", "reporting_share_app"} <= recorded - incidents
    assert "unit_cost_robbery" in behind("break_even_share", reads)


def test_parameters_behind_an_answer_are_counted_once(reads):
    case = LAMPS
    counts = counts_behind([(case, reads)])
    touched = behind("use_of_treated_minutes", reads) | {"lamp_hazard_ratio", "lamp_care_ratio", "reference_relit_min"}
    assert sum(counts["the treated streets"]) == len(touched)
    assert counts["the cost"][GRADES.index("weak")] == 2  # what a lamp costs to build and to run
    assert sum(counts["the cost"]) == len(set(case.measures[0].cost_evidence()))
    assert counts_behind([(case, reads), (case, reads)]) == counts
    assert sum(counts["incidents"]) > sum(counts["feeling safe"])


def test_a_surer_source_of_everything_behind_an_answer_makes_it_surer(monkeypatch, reads):
    surer = {
        name: dataclasses.replace(row, grade="review" if name in behind("feels_safe_share", reads) else row.grade)
        for name, row in load_evidence().items()
    }
    monkeypatch.setattr(grades, "load_evidence", lambda: surer)
    found = grades_of_indicators(load_scenario("baseline"), reads)
    assert found["feels_safe_share"] == "review"
    assert found["incidents_expected"] == "assumption"
    one = next(name for name in behind("feels_safe_share", reads))
    surer[one] = dataclasses.replace(surer[one], grade="weak")
    assert grades_of_indicators(load_scenario("baseline"), reads)["feels_safe_share"] == "weak"


def test_costs_are_as_sure_as_the_prices_that_the_case_does_not_give(reads):
    own = "spacing_m = 30\ncapital_per_lamp = 2000\nrunning_per_lamp_year = 50\n"
    cost = {text: grades_of_indicators(parse_scenario(CASE + text), reads)["cost"] for text in ("", own)}
    assert cost[""] == weakest("lamp_capital", "lamp_running", "lamp_lifetime", "lamp_spacing") == "assumption"
    assert cost[own] == weakest("lamp_lifetime", "discount_rate")
    whole = grades_of_indicators(parse_scenario(CASE + own + "lifetime_years = 25\n"), reads)["cost"]
    assert whole == load_evidence()["discount_rate"].grade
    assert grades_of_indicators(load_scenario("baseline"), reads)["cost"] == ""
    assert evidence.GRADES.index(whole) < GRADES.index("assumption")
