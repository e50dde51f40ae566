"""Seats, screens and staff aboard on drawn streets: conditions, cost and one outcome, by hand."""

import dataclasses
import datetime
import math

import numpy as np
import pytest
from every_measure import same
from pydantic import ValidationError

from simulator.accounting.group_sums import feels_safe_aboard
from simulator.accounting.tables import placements_table
from simulator.city.conditions import Draw, conditions_of
from simulator.city.stays import STAYS
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.interventions import MEASURES
from simulator.interventions.strength import with_measure
from simulator.safety.perception import solve_perception, street_score
from simulator.simulation import Simulation

from cities import grid_city, make_city
from linecity import line_city

FRIDAY = datetime.date(2026, 12, 18)
NIGHT, NOON = 23, 12
STREET = make_city([(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)], [(0, 1), (1, 2)], places=[("home", 0, 100.0)])
BOTH = np.array([0, 1], np.int32)
PLAIN = draw_parameters(1, -1)
PERCEPTION = solve_perception(PLAIN)
FLAGS = (np.zeros(2, bool), np.zeros(2, bool))
OURS = {"odds_source": "our survey of 2026"}


def put(kind, city=STREET, segments=BOTH, **levers):
    measure = MEASURES[kind](name="one", where="segments", **levers)
    before = conditions_of(city, PLAIN, FRIDAY)
    placed = measure.place(city, segments)
    return placed, before, with_measure(before, placed, Draw(city, PLAIN, FRIDAY))


def cost(placed):
    return placements_table((placed,), PLAIN).iloc[0]


def scores(conditions, hour):
    return street_score(PERCEPTION, conditions, FLAGS, hour).astype(float)


def test_a_screen_adds_the_stated_odds_in_its_hours_where_it_stands_and_nowhere_else():
    placed, before, after = put("screening", segments=BOTH[:1], odds=1.5, from_hour=16, until_hour=0, **OURS)
    gain = scores(after, NIGHT) - scores(before, NIGHT)
    assert gain[:, 0] == pytest.approx([math.log(1.5)] * len(GENDERS), abs=1e-5)
    assert gain[:, 1].tolist() == [0.0] * len(GENDERS)
    assert np.array_equal(scores(after, NOON), scores(before, NOON))
    assert (placed.quantity, placed.unit) == (300.0, "metres")
    assert cost(placed)["capital"] in (PLAIN.screen_capital, 300.0 * PLAIN.screen_capital)
    assert placed.running_per_year.in_draw(PLAIN) == PLAIN.screen_running
    assert same(dataclasses.replace(after, eased=before.eased, treated=before.treated), before)  # nothing else changes


def test_half_who_felt_safe_are_three_in_five_at_odds_of_one_and_a_half():
    """One outcome by hand: P = 1/2 becomes 1.5 / 2.5 = 3/5, in the sum of log-odds that people feel by."""
    _, before, after = put("screening", odds=1.5, **OURS)
    base = scores(before, NIGHT)[0, 0]
    felt = 1.0 / (1.0 + math.exp(-(-base + scores(after, NIGHT)[0, 0])))
    assert felt == pytest.approx(0.6, abs=1e-5)


def test_two_screens_multiply_their_odds():
    _, before, once = put("screening", odds=2.0, **OURS)
    measure = MEASURES["screening"](name="two", where="segments", odds=3.0, **OURS)
    twice = measure.change(once, measure.place(STREET, BOTH), Draw(STREET, PLAIN, FRIDAY))
    assert twice.eased == pytest.approx(np.full((24, 2), math.log(6.0)), rel=1e-6)
    assert not before.eased.any()


def test_a_screen_without_a_stated_weight_and_its_source_is_refused():
    for levers in ({}, {"odds": 1.5}, {"odds": 1.5, "odds_source": "me"}, {"odds": 0.5, **OURS}):
        with pytest.raises(ValidationError):
            MEASURES["screening"](name="one", where="segments", **levers)


def test_with_screens_nobody_feels_less_safe_on_the_way():
    city = grid_city(5)
    arm = Simulation.baseline(city, PLAIN, agents=200, date=FRIDAY)
    arm.settle(1)
    every = np.arange(len(city.streets), dtype=np.int32)
    measure = MEASURES["screening"](name="one", where="segments", odds=3.0, **OURS)
    free, screened = arm.fork(), arm.fork([measure.place(city, every)])
    for one in (free, screened):
        one.begin_day()
    assert (screened.chosen.probability_made >= free.chosen.probability_made - 1e-12).all()
    assert screened.chosen.probability_made.sum() > free.chosen.probability_made.sum()


def test_benches_bring_who_sits_there_and_cost_by_the_bench():
    placed, before, after = put("seating", benches_per_100m=2.0, sitters_per_bench=0.5, from_age=70)
    assert (placed.quantity, placed.unit) == (12.0, "benches")  # 600 m
    assert placed.capital.in_draw(PLAIN) == PLAIN.bench_capital
    assert placed.running_per_year.in_draw(PLAIN) == PLAIN.bench_running
    (sit,) = after.gatherings
    people = sit.stays.people_by_hour()[STAYS.index("participant")]
    assert people[NOON] == pytest.approx(6.0)
    assert people[NIGHT] == 0.0
    assert (sit.genders, sit.from_age, sit.until_age) == ((), 70, 120)
    assert same(dataclasses.replace(after, gatherings=(), treated=before.treated), before)


def test_how_many_sit_there_is_the_draws_where_the_case_does_not_say():
    _, _, after = put("seating", benches_per_100m=2.0)
    people = after.gatherings[0].stays.people_by_hour()[STAYS.index("participant")]
    assert people[NOON] == pytest.approx(12.0 * PLAIN.bench_sitters)
    with pytest.raises(ValidationError, match="is above until_age"):
        MEASURES["seating"](name="one", where="segments", from_age=50, until_age=40)


def test_staff_aboard_reassure_the_stated_share_of_those_who_felt_unsafe():
    city = line_city()
    every = np.arange(len(city.streets), dtype=np.int32)
    measure = MEASURES["carriage"](
        name="one", where="segments", reassured=0.25, genders=("woman",), staff=2, from_hour=20, until_hour=4
    )
    arm = Simulation.baseline(city, PLAIN, agents=100, date=FRIDAY)
    placed = measure.place(city, every)
    usual, then = feels_safe_aboard(arm), feels_safe_aboard(arm.fork([placed]))
    women, men = GENDERS.index("woman"), GENDERS.index("man")
    assert then[NIGHT, women] == pytest.approx(1.0 - 0.75 * PLAIN.aboard_unsafe_dark_women)
    assert np.array_equal(then[:, men], usual[:, men])
    assert np.array_equal(then[NOON], usual[NOON])
    assert placed.quantity == pytest.approx(2 * 8 * 365.25)
    assert cost(placed)["annual_cost"] == pytest.approx(2 * 8 * 365.25 * PLAIN.host_hour_cost)
    twice = feels_safe_aboard(arm.fork([placed, placed]))
    assert twice[NIGHT, women] == pytest.approx(1.0 - 0.75**2 * PLAIN.aboard_unsafe_dark_women)
