"""Costs before a run, exercises after it, and the chart by gender and age, on values that can be worked out by hand."""

import pandas as pd
import pytest

from analysis.language import ENGLISH
from experiments.workshop.boards import EXERCISES
from experiments.workshop.costs import costs_of, yearly_of
from experiments.workshop.costs_table import costs_html, evidence_html
from experiments.workshop.exercises import MET, MISSED, UNSURE, judged
from experiments.workshop.group_chart import group_chart
from scenarios import load_scenario, parse_scenario
from street_networks import load_city

from workshop_room import row

OWN = """
format = 1
title = "Own prices"
[[measures]]
kind = "lighting"
name = "<b>Lamps</b>"
where = "unlit park paths"
standard = "P4"
spacing_m = 30
capital_per_lamp = 1000
running_per_lamp_year = 50
lifetime_years = 20
"""


@pytest.fixture(scope="module")
def city():
    return load_city("helsinki-centre")


def test_costs_are_those_of_the_prices_given(city):
    (cost,) = costs_of(parse_scenario(OWN), city)
    length = city.streets.length_m[list(cost.streets)].sum()
    assert cost.length_m == pytest.approx(length)
    assert cost.quantity == -(-length // 30)
    assert cost.capital == (1000 * cost.quantity,) * 3
    assert cost.running == (50 * cost.quantity,) * 3
    assert cost.running[0] + cost.capital[0] / 20 < cost.yearly[0] < cost.running[0] + cost.capital[0] / 10
    assert yearly_of([cost, cost]) == {"EUR": 2 * cost.yearly[0]}


def test_costs_of_the_evidence_have_a_range_and_a_grade(city):
    (cost,) = costs_of(load_scenario("light-the-park-paths"), city)
    assert cost.yearly[1] < cost.yearly[0] < cost.yearly[2]
    assert all(cost.grades)
    told = costs_html([cost], 1.0, ENGLISH)
    assert "over" in told
    assert "over" not in costs_html([cost], 1e9, ENGLISH)
    assert "Nothing is drafted" in costs_html([], None, ENGLISH)


def test_names_are_no_markup(city):
    assert "<b>Lamps" not in costs_html(costs_of(parse_scenario(OWN), city), None, ENGLISH)


def test_what_a_measure_rests_on_is_told_with_grades():
    (measure,) = load_scenario("light-the-park-paths").measures
    told = evidence_html(measure, ENGLISH)
    assert "lamp hazard ratio" in told
    assert told.count("<tr>") == len(set(measure.evidence()))


def test_exercises_are_met_or_not_or_cannot_be_told():
    treated = "feels_safe_share_treated"
    rows = [
        row("cost", difference=4_000.0),
        row(treated, "woman", "dark", baseline=0.4, value=0.6),
        row(treated, "man", "dark", baseline=0.6, value=0.7),
    ]
    comparison = pd.DataFrame(rows)
    none = pd.DataFrame({"harm": pd.Series([], dtype=str), "difference": [], "margin": []})
    harmed = pd.DataFrame({"harm": ["found"], "difference": [-1.0], "margin": [0.1]})
    from analysis.harm.found import FOUND

    harmed["harm"] = FOUND
    assert [verdict for _, verdict in judged(EXERCISES["gap"], comparison, none, 32)] == [MET, MET, MET]
    assert [verdict for _, verdict in judged(EXERCISES["gap"], comparison, harmed, 32)] == [MET, MISSED, MET]
    assert [verdict for _, verdict in judged(EXERCISES["gap"], comparison, none, 1)][1] == UNSURE
    comparison.loc[2, "value"] = 0.9  # men gain more: a gap of 0.3, where there was 0.2
    assert [verdict for _, verdict in judged(EXERCISES["gap"], comparison, none, 32)][2] == MISSED
    assert [verdict for _, verdict in judged(EXERCISES["gap"], comparison.iloc[:1], none, 32)][2] == UNSURE
    comparison.loc[0, "difference"] = 200_000.0
    assert judged(EXERCISES["budget"], comparison, none, 32)[0][1] == MISSED
    assert judged(EXERCISES[""], comparison, none, 32) == []


def test_the_chart_shows_each_group_once_and_intervals_where_there_are_any():
    frozen = "feels_safe_share_frozen"
    rows = [
        row(frozen, "woman", "dark", "25-34", difference=0.02, low=0.01, high=0.03),
        row(frozen, "man", "dark", "25-34", difference=-0.01, low=float("nan"), high=float("nan")),
    ]
    drawn = group_chart(pd.DataFrame(rows), "x", ENGLISH)
    assert drawn.count("<circle") == 2  # one in the key
    assert drawn.count("<rect") == 2
    assert drawn.count('stroke-width="2"') == 1
    assert group_chart(pd.DataFrame(rows).iloc[:0], "x", ENGLISH) == ""
