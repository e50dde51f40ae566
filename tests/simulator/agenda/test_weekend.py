"""Saturdays and Sundays: each kind of tour is made as often as counted, and working days stay as they are."""

import datetime

import numpy as np
import pytest

from simulator.agenda.plans import Planner
from simulator.agenda.survey_tables import DAYS, KINDS, PURPOSES
from simulator.agenda.weekend import MAIN_KINDS, WEEKEND, rates_of_day, tours_over_weekday
from simulator.evidence.parameters import draw_parameters
from simulator.evidence.profiles import load_table
from simulator.foundation.categories import AGE_GROUPS, GENDERS
from simulator.foundation.clock import HOURS
from simulator.people.population import make_people

from cities import grid_city

CITY = grid_city(6)
CENTRAL = draw_parameters(1, -1)
NO_INFLATION = np.ones((len(GENDERS), AGE_GROUPS, HOURS))
WEDNESDAY, SATURDAY, SUNDAY = (datetime.date(2026, 12, day) for day in (16, 19, 20))


def ratio(kind, day, parameters=CENTRAL):
    return tours_over_weekday(day, parameters)[KINDS.index(kind)]


def test_ratios_are_those_of_the_published_table_by_hand():
    assert ratio("work", "Saturday") == pytest.approx(4155 / ((13177 + 14057 + 13565 + 12946) / 4))
    assert ratio("leisure", "Saturday") == pytest.approx(22878 / ((12475 + 12866 + 12224 + 13368) / 4))
    assert ratio("shop", "Sunday") == ratio("other", "Sunday") == pytest.approx(0.7562, abs=1e-4)
    for kind in ("study", "drop", "fetch"):
        assert ratio(kind, "Sunday") == CENTRAL.weekend_study_share


@pytest.mark.parametrize("day", ["Monday", "Wednesday", "Friday"])
def test_a_working_day_is_as_surveyed_and_asks_for_no_number_of_weekends(day):
    assert (tours_over_weekday(day, CENTRAL) == 1.0).all()
    rates = np.random.default_rng(1).uniform(0, 1, (2, 3, 8, len(DAYS), len(KINDS)))
    people = np.ones((2, 3, 8, 3))
    np.testing.assert_allclose(rates_of_day(rates, rates, np.ones(len(KINDS)), people), 1.0)


def test_no_contrast_is_a_working_day_but_for_schools():
    none = draw_parameters(1, -1, {"weekend_contrast": 0.0, "weekend_study_share": 1.0})
    for day in WEEKEND:
        assert (tours_over_weekday(day, none) == 1.0).all()


def test_residents_together_make_as_many_tours_as_the_ratios_say():
    """One worker who goes to work on half of the days, and one student on all of them, worked out by hand."""
    rates = np.zeros((2, 3, 8, len(DAYS), len(KINDS)))
    work, study, leisure = (KINDS.index(word) for word in ("work", "study", "leisure"))
    rates[..., DAYS.index("at work"), work], rates[..., DAYS.index("at study"), study] = 0.5, 1.0
    rates[..., DAYS.index("off work"), leisure], rates[..., DAYS.index("at work"), leisure] = 1.0, 0.2
    rates[..., DAYS.index("off study"), leisure] = 2.0
    people = np.zeros((2, 3, 8, 3))
    people[0, 0, 3, 0] = people[0, 1, 3, 1] = 1.0
    ratios = np.ones(len(KINDS))
    ratios[work], ratios[study], ratios[leisure] = 0.4, 0.0, 2.0
    factor = rates_of_day(rates, rates, ratios, people)
    usual = 0.5 * 0.2 + 0.5 * 1.0 + 0.0  # the student has no leisure on a day of study
    freed = 0.2 * 0.2 + 0.8 * 1.0 + 2.0
    assert factor[DAYS.index("off work"), leisure] == pytest.approx(2.0 * usual / freed)
    assert factor[DAYS.index("at work"), work] == pytest.approx(0.4)
    assert factor[DAYS.index("at study"), study] == 0.0
    assert (factor[2:, MAIN_KINDS] == 1.0).all()


@pytest.fixture(scope="module")
def tours():
    """Tours of residents and visitors for which there is time, by purpose, of three Wednesdays, Saturdays and Sundays."""
    people = make_people(CITY, CENTRAL, 5000)
    found = {}
    for date in (WEDNESDAY, SATURDAY, SUNDAY):
        planner = Planner(CITY, people, CENTRAL, date=date)
        count = np.zeros((2, len(PURPOSES)))
        for day in range(3):
            planned = planner.everything(day, NO_INFLATION).tours
            resident = people.resident[planned.person].astype(int)
            np.add.at(count, (resident, planned.purpose), people.weight[planned.person])
        found[date] = count
    return found


@pytest.mark.parametrize(("date", "day"), [(SATURDAY, "Saturday"), (SUNDAY, "Sunday")])
def test_residents_go_out_as_often_as_the_ratios_say(tours, date, day):
    got = tours[date][1] / tours[WEDNESDAY][1]
    for kind, within in (("leisure", 0.12), ("shop", 0.12), ("work", 0.06), ("study", 0.06)):
        assert got[PURPOSES.index(kind)] == pytest.approx(ratio(kind, day), abs=within), kind


def test_visitors_come_for_leisure_instead_of_work(tours):
    work, leisure = PURPOSES.index("work"), PURPOSES.index("leisure")
    usual, saturday, sunday = (tours[date][0] for date in (WEDNESDAY, SATURDAY, SUNDAY))
    assert saturday[work] < 0.5 * usual[work]
    assert saturday[leisure] > 1.2 * usual[leisure]
    assert sunday.sum() < saturday.sum()


def test_the_table_is_whole():
    table = load_table("nhts2009_days")
    assert len(table["day"]) == 4 * 7
    assert (table["million_trips"] > 0).all()
