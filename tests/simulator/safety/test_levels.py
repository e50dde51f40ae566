"""Levels of incidents: what a year of the baseline holds, whatever the date that is lived."""

import datetime
from functools import cache

import numpy as np
import pytest

from simulator.city.conditions import HAZARDS, conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.safety.levels import darkness_of_year, year_over_day
from simulator.safety.risk import DAYS_PER_YEAR, solve_levels, yearly_incidents_per_person
from simulator.simulation import Simulation

from cities import grid_city, make_city

JUNE, DECEMBER = datetime.date(2026, 6, 22), datetime.date(2026, 12, 21)
CITY = grid_city(8)
STREET = make_city([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)], places=[("home", 0, 10), ("work", 2, 10)])


def test_a_constant_hazard_gives_back_the_yearly_rate_in_closed_form():
    # 1000 women and 800 men, an hour a day each, at twice the reference hazard
    parameters = draw_parameters(1, -1)
    residents = np.array([1000.0, 800.0, 0.0])
    exposure = np.tile(2.0 * 3600.0 * residents, (3, 1))
    levels = solve_levels(yearly_incidents_per_person(parameters), residents, exposure)
    a_year = levels[:, :2] * 2.0 * 3600.0 * DAYS_PER_YEAR
    harassed = -np.log(1 - np.array([0.27, 0.16])) * 2.0 * 0.40 * (1.0 - 0.19) * 0.5  # 19 % of it aboard
    np.testing.assert_allclose(a_year[0], harassed, rtol=1e-12)
    np.testing.assert_allclose(a_year, yearly_incidents_per_person(parameters)[:, :2], rtol=1e-12)
    assert not levels[:, 2].any()  # nobody of that gender lives here


def test_a_walk_at_six_is_put_under_the_sun_of_each_month():
    # on an empty street nothing but darkness differs between months: 1 + (r - 1) x mean darkness, by hand
    parameters = draw_parameters(1, -1)
    walked, nobody = np.zeros((24, 2)), np.ones((24, 2))
    walked[[6, 12, 18], 0] = 1.0
    seasons = darkness_of_year(STREET, parameters, 2026)
    assert seasons.shape == (12, 24)
    assert seasons[5, 18] == 0.0
    assert seasons[11, 18] == 1.0
    for date in (JUNE, DECEMBER):
        streets = conditions_of(STREET, parameters, date)
        found = year_over_day(streets, parameters, seasons, walked=walked, around=(nobody, 0 * nobody))
        for kind, word in enumerate(HAZARDS):
            more = parameters[f"darkness_ratio_{word}"] - 1.0
            for hour in (6, 12, 18):
                by_hand = (1 + more * seasons[:, hour].mean()) / (1 + more * streets.dark[hour])
                assert found[kind, hour] == pytest.approx(by_hand, rel=1e-12)
        assert (found[:, [0, 3, 21]] == 1.0).all()  # nobody walks then


@cache
def settled(date, draw=-1):
    """A settled baseline, read by several tests and changed by none."""
    arm = Simulation.baseline(CITY, draw_parameters(1, draw), agents=1500, date=date)
    for _ in range(2):
        arm.simulate_day(learn_wishes=True)
    arm.settle(1)
    return arm


def test_june_and_december_have_levels_alike_but_for_who_walks_in_the_dark():
    june, december = settled(JUNE), settled(DECEMBER)
    woman, man = GENDERS.index("woman"), GENDERS.index("man")
    np.testing.assert_allclose(june.levels[:, man], december.levels[:, man], rtol=0.1)
    ratio = june.levels[:, woman] / december.levels[:, woman]
    assert (ratio > 0.7).all()  # in December women meet less hazard, by going otherwise or not at all
    assert (ratio < 1.0).all()
    # robbery is what darkness raises most: a year holds more of it than 365 days in June, and less than in December
    assert june.year_over_day[1] > 1.05 > 0.95 > december.year_over_day[1]


def test_an_arm_keeps_the_levels_and_the_year_of_its_baseline():
    baseline = settled(DECEMBER)
    arm = baseline.fork()
    assert arm.levels is baseline.levels
    np.testing.assert_array_equal(arm.year_over_day, baseline.year_over_day)
