"""The weakest grade behind each indicator is the weakest of what its numbers are made of."""

from analysis.comparison import GRADES as ORDER
from analysis.indicators import INDICATORS
from experiments.runs import grades_of_indicators
from scenarios import load_scenario
from simulator.evidence import GRADES, load_evidence


def weakest(*names):
    return max((load_evidence()[name].grade for name in names), key=GRADES.index)


def test_every_indicator_has_a_grade_of_its_own():
    assert ORDER == GRADES
    grades = grades_of_indicators(load_scenario("light-the-park-paths"))
    told_once_for_types = {name for name in INDICATORS if name not in grades}
    assert told_once_for_types == set()
    assert set(grades.values()) <= set(GRADES)


def test_incidents_rest_on_assumptions_and_costs_on_prices():
    grades = grades_of_indicators(load_scenario("light-the-park-paths"))
    assert weakest("isolation_ratio", "robbery_all", "repeats") == "assumption"
    for name in ("incidents_expected", "incidents_expected_robbery", "incidents_recorded_assault", "displaced_adverse"):
        assert grades[name] == "assumption"
    assert grades["cost"] == weakest("lamp_capital", "lamp_running", "lamp_lifetime", "lamp_spacing")
