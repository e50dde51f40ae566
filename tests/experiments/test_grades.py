"""The weakest grade behind each indicator is the weakest of what its numbers are made of."""

import datetime
import sys

import pytest

from analysis.comparison.paired import GRADES as ORDER
from analysis.indicators.catalogue import INDICATORS
from experiments.grades import behind, counts_behind, grades_of_indicators
from experiments.parameter_uses import modules_of, parameters_by_module
from scenarios import load_scenario, parse_scenario
from simulator.evidence import parameters as evidence
from simulator.evidence.parameters import GRADES, Parameters, draw_parameters, load_evidence
from simulator.model import SafetyModel
from tests.linecity import line_city

CASE = """
format = 1
title = "Lamps"
[[measures]]
kind = "lighting"
name = "lamps"
where = "streets"
standard = "P4"
"""


def weakest(*names):
    return max((load_evidence()[name].grade for name in names), key=GRADES.index)


def test_every_indicator_has_a_grade_of_its_own():
    assert ORDER == GRADES
    grades = grades_of_indicators(load_scenario("light-the-park-paths"))
    assert set(grades) == set(INDICATORS)
    assert set(grades.values()) <= set(GRADES)


def test_no_parameter_is_read_by_nothing():
    assert [name for name in load_evidence() if not modules_of(name)] == []


def test_places_are_those_that_a_reader_finds():
    assert modules_of("reporting_robbery") == ["simulator.safety.reporting"]  # put together there from two pieces
    assert modules_of("lighting_class_steps") == ["street_networks.light.light"]  # as here
    assert modules_of("tunnel") == ["simulator.safety.perception"]  # by the names in OF_GENDER
    assert "simulator.travel.modes" in modules_of("not_made_per_minute")


@pytest.fixture(scope="module")
def read_in_a_run():
    """What a day of a baseline reads, and which module reads it, watched while it happens."""
    seen = set()

    def watched(method):
        def look(self, name):
            if name in load_evidence():
                seen.add((name, sys._getframe(1).f_globals["__name__"]))
            return method(self, name)

        return look

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Parameters, "__getattr__", watched(Parameters.__getattr__))
        patch.setattr(Parameters, "__getitem__", watched(Parameters.__getitem__))
        city = line_city()
        model = SafetyModel(
            city, agents=300, date=datetime.date(2026, 12, 21), seed=1, parameters=draw_parameters(1, 0), settle_days=1
        )
        model.simulation.live_day()
    return seen


def test_whatever_a_run_reads_is_found_in_the_source(read_in_a_run):
    inside = {(name, module) for name, module in read_in_a_run if module.startswith("simulator.")}
    assert len(inside) > 100
    unseen = {
        (name, module)
        for name, module in inside
        if module not in ("simulator.evidence.parameters", "simulator.interventions.base")
        and name not in parameters_by_module().get(module, ())
    }
    assert unseen == set()


def test_an_indicator_hangs_on_what_it_comes_about_by():
    feels, incidents, recorded = (
        behind(name) for name in ("feels_safe_share", "incidents_expected_robbery", "incidents_recorded_robbery")
    )
    assert {"light_relief_share", "feel_level", "visitors_per_resident", "darkness_distance"} <= feels
    assert not {"robbery_all", "reporting_robbery", "unit_cost_robbery", "lamp_capital", "fit_stop_m"} & feels
    assert {"robbery_all", "isolation_ratio", "displacement_share"} <= incidents - feels
    assert {"reporting_robbery", "reporting_share_app"} <= recorded - incidents
    assert "unit_cost_robbery" in behind("break_even_share")


def test_parameters_behind_an_answer_are_counted_once():
    case = load_scenario("light-the-park-paths")
    counts = counts_behind(case)
    touched = behind("use_of_treated_minutes") | {"lamp_hazard_ratio", "lamp_care_ratio", "reference_relit_min"}
    assert sum(counts["the touched streets"]) == len(touched)
    assert counts["the cost"][GRADES.index("weak")] == 2  # what a lamp costs to build and to run
    assert sum(counts["the cost"]) == len(set(case.measures[0].cost_evidence()))
    assert counts_behind(case, case) == counts
    assert sum(counts["incidents"]) > sum(counts["feeling safe"])


def test_a_surer_source_of_everything_behind_an_answer_makes_it_surer(monkeypatch):
    import dataclasses

    from experiments import grades

    surer = {
        name: dataclasses.replace(row, grade="review" if name in behind("feels_safe_share") else row.grade)
        for name, row in load_evidence().items()
    }
    monkeypatch.setattr(grades, "load_evidence", lambda: surer)
    found = grades_of_indicators(load_scenario("baseline"))
    assert found["feels_safe_share"] == "review"
    assert found["incidents_expected"] == "assumption"
    one = next(name for name in behind("feels_safe_share"))
    surer[one] = dataclasses.replace(surer[one], grade="weak")
    assert grades_of_indicators(load_scenario("baseline"))["feels_safe_share"] == "weak"


def test_costs_are_as_sure_as_the_prices_that_the_case_does_not_give():
    own = "spacing_m = 30\ncapital_per_lamp = 2000\nrunning_per_lamp_year = 50\n"
    cost = {text: grades_of_indicators(parse_scenario(CASE + text))["cost"] for text in ("", own)}
    assert cost[""] == weakest("lamp_capital", "lamp_running", "lamp_lifetime", "lamp_spacing") == "assumption"
    assert cost[own] == weakest("lamp_lifetime", "discount_rate")
    whole = grades_of_indicators(parse_scenario(CASE + own + "lifetime_years = 25\n"))["cost"]
    assert whole == load_evidence()["discount_rate"].grade
    assert grades_of_indicators(load_scenario("baseline"))["cost"] == ""
    assert evidence.GRADES.index(whole) < GRADES.index("assumption")
