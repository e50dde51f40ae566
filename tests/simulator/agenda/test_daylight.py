"""Daylight as a reason to be out: who goes by it, what it takes away, and that the survey's own light takes nothing."""

import datetime

import numpy as np
import pytest

from experiments.profile_recipes.season import survey_darkness
from simulator.agenda.daylight import CLOCK, SPORT, STROLL, Daylight, goes_by
from simulator.agenda.survey_tables import KINDS, STOPS
from simulator.agenda.wishes import Agenda
from simulator.evidence.parameters import draw_parameters
from simulator.evidence.profiles import load_table
from simulator.foundation.clock import HOUR_MS, HOURS, MINUTE_MS
from simulator.people.population import make_people

from cities import grid_city

JUNE, DECEMBER = datetime.date(2026, 6, 22), datetime.date(2026, 12, 21)
CITY = grid_city(6)
CENTRAL = draw_parameters(1, -1)
NO_INFLATION = np.ones((3, 3, HOURS))


def test_hours_that_are_darker_than_in_the_survey_lose_and_lighter_ones_gain():
    """By hand: at 16:00 it is dark in December and light in the survey; at 19:00 it is light in June."""
    ratio = CENTRAL.daylight_stroll_ratio
    usual = load_table("survey_darkness")["darkness"]
    winter, summer = (Daylight.of(CITY, CENTRAL, date).leisure[STROLL] for date in (DECEMBER, JUNE))
    assert winter[16] == pytest.approx(ratio / (1.0 - (1.0 - ratio) * usual[16]))
    assert summer[19] == pytest.approx(1.0 / (1.0 - (1.0 - ratio) * usual[19]))
    assert winter[12] == summer[12] == 1.0
    assert winter[23] == pytest.approx(1.0)
    assert winter[2] == pytest.approx(1.0)


def test_who_goes_by_the_clock_goes_by_it_whatever_the_sun_does():
    for date in (DECEMBER, JUNE):
        assert (Daylight.of(CITY, CENTRAL, date).leisure[CLOCK] == 1.0).all()
    same = draw_parameters(1, -1, {f"daylight_{name}_ratio": 1.0 for name in ("stroll", "leisure", "shop")})
    for found, none in zip(Daylight.of(CITY, same, DECEMBER), Daylight.none(), strict=True):
        np.testing.assert_array_equal(found, none)


def test_a_walk_for_its_own_sake_tells_more_than_what_else_is_done_on_the_way():
    words = [("visit", "shop"), ("leisure", "visit"), ("leisure", "stroll"), ("stroll",)]
    stops = np.array([[STOPS.index(word) for word in (*names, *["work"] * 3)[:3]] for names in words])
    np.testing.assert_array_equal(goes_by(stops), [CLOCK, SPORT, STROLL, STROLL])


def starts(date):
    """Hours of start of the tours for shopping and of strolls, and wishes of both, on a date."""
    people = make_people(CITY, CENTRAL, 6000)
    agenda = Agenda(CITY, people, CENTRAL, np.ones(HOURS), daylight=Daylight.of(CITY, CENTRAL, date))
    wishes = agenda.wishes(0, NO_INFLATION)
    soon = np.full((wishes.person.size, 4), 5 * MINUTE_MS)
    rows, times = agenda.place_in_time(0, wishes, soon, NO_INFLATION)
    hour = times.start // HOUR_MS % HOURS
    kind, by = wishes.kind[rows], goes_by(wishes.stops[rows])
    wished = [(wishes.kind == KINDS.index(name)).sum() for name in ("shop", "leisure")]
    return wished, hour[(kind == KINDS.index("leisure")) & (by == STROLL)], hour[kind == KINDS.index("shop")]


def test_strolls_move_into_the_light_and_are_as_many_but_shopping_in_the_dark_is_lost():
    (shop_winter, leisure_winter), strolls_winter, _ = starts(DECEMBER)
    (shop_summer, leisure_summer), strolls_summer, _ = starts(JUNE)
    assert leisure_winter == pytest.approx(leisure_summer, rel=0.005)  # visitors choose anew among all purposes
    assert 0.9 * shop_summer < shop_winter < 0.99 * shop_summer
    late = [np.isin(hours, np.arange(16, 21)).mean() for hours in (strolls_winter, strolls_summer)]
    assert late[0] < 0.85 * late[1]


def test_the_shipped_light_of_the_survey_s_season_is_that_of_the_sun_over_montpellier():
    np.testing.assert_allclose(load_table("survey_darkness")["darkness"], survey_darkness()["darkness"], atol=1e-6)
