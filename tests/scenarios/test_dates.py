"""Whether a measure does anything on a date, held against what it changes on that day."""

import dataclasses
import datetime

import numpy as np
import pytest

from scenarios import parse_scenario
from scenarios.dates import check_dates, dates_in_words, first_date_of
from simulator.city.transit import Supply, day_kind_of
from simulator.errors import ScenarioError
from simulator.travel.service import Rides, Service

from linecity import line_city

MONDAY = datetime.date(2026, 12, 21)
WEEK = [MONDAY + datetime.timedelta(days=ahead) for ahead in range(7)]
BUS = """
[[measures]]
kind = "transit"
name = "{name}"
{more}
"""
LAMPS = """
[[measures]]
kind = "lighting"
name = "{name}"
where = "segments"
standard = "P1"
{more}
"""


def case(*measures, name="mine"):
    return parse_scenario("format = 1\ntitle = 'Mine'\n" + "".join(measures), name=name)


def bus(more, name="Bus"):
    return BUS.format(name=name, more=more)


def lamps(more="", name="Lamps"):
    return LAMPS.format(name=name, more=more)


@pytest.fixture(scope="module")
def city():
    return line_city(hours=range(6, 24), unlit=(0, 1))  # departures are the same on every kind of day


@pytest.mark.parametrize(
    ("more", "acting"),
    [
        ('days = ["friday", "saturday"]\nfrom_hour = 0\nuntil_hour = 4\nheadway_min = 30', "....xx."),
        ('days = ["weekday"]\nfrom_hour = 0\nuntil_hour = 4\nheadway_min = 30', "xxxx..."),
        ("from_hour = 0\nuntil_hour = 4\nheadway_min = 30", "xxxxxxx"),
        ('days = ["sunday"]\nfrom_hour = 22\nuntil_hour = 0\nno_service = true', "......x"),
        ("from_hour = 1\nuntil_hour = 3\nno_service = true", "......."),
    ],
)
def test_a_change_of_departures_is_idle_just_on_the_days_on_which_departures_stay(city, more, acting):
    only = case(bus(more))
    measure = only.measures[0]
    rides = Rides.of(city, city.headways)
    supply = measure.changed(Supply(city.stops, city.lines, city.headways), np.arange(len(city.streets)))
    for day, acts in zip(WEEK, acting, strict=True):
        kind = day_kind_of(day)
        before, after = (Service.of(rides, table, kind).of_stop for table in (city.headways, supply.headways))
        assert (before != after).any() == (acts == "x")
        assert bool(dates_in_words(only, city, day)) == (acts == ".")


def test_the_first_date_to_try_is_told(city):
    weekend = case(bus('days = ["friday", "saturday"]\nfrom_hour = 0\nuntil_hour = 4\nheadway_min = 30'))
    with pytest.raises(ScenarioError) as refused:
        check_dates((case(), weekend), city, MONDAY)
    assert "nothing would change on 2026-12-21" in str(refused.value)
    assert "2026-12-21 is a Monday: try --date 2026-12-25 (a Friday)" in str(refused.value)
    assert first_date_of(weekend, city, MONDAY) == datetime.date(2026, 12, 25)
    assert check_dates((case(), weekend), city, WEEK[5]) == []


def test_where_something_else_acts_an_idle_measure_is_only_noted(city):
    weekend = bus('days = ["sunday"]\nfrom_hour = 0\nuntil_hour = 4\nheadway_min = 30', name="Sundays")
    nightly = bus("from_hour = 0\nuntil_hour = 4\nheadway_min = 20", name="Nightly")
    (note,) = check_dates((case(weekend, nightly),), city, MONDAY)
    assert "Sundays" in note
    assert "try --date 2026-12-27" in note
    assert len(check_dates((case(weekend), case(nightly, name="other")), city, MONDAY)) == 1


def test_what_another_measure_adds_can_be_taken_away(city):
    added, taken = (
        bus("from_hour = 0\nuntil_hour = 4\nheadway_min = 20"),
        bus("from_hour = 1\nuntil_hour = 3\nno_service = true", name="Less"),
    )
    assert check_dates((case(added, taken),), city, MONDAY) == []
    assert len(check_dates((case(taken),), city, MONDAY)) == 1


def test_what_can_never_be_taken_away_is_noted_and_not_refused(city):
    (note,) = check_dates((case(bus("from_hour = 1\nuntil_hour = 3\nno_service = true")),), city, MONDAY)
    assert "--date" not in note


@pytest.mark.parametrize(
    ("more", "day", "acts"),
    [
        ("from_hour = 10\nuntil_hour = 14", MONDAY, False),
        ("from_hour = 10\nuntil_hour = 18", MONDAY, True),
        ("", MONDAY, True),
        ("from_hour = 18\nuntil_hour = 21", datetime.date(2026, 6, 21), False),
        ("from_hour = 18\nuntil_hour = 21", datetime.date(2026, 11, 21), True),
    ],
)
def test_lamps_that_never_burn_in_the_dark_are_noted(city, more, day, acts):
    # by the almanac the sun of 60 degrees north sets at about 15:15 in December, after 22:00 at midsummer
    notes = check_dates((case(lamps(more)),), city, day)
    assert (notes == []) == acts


def test_summer_lamps_get_a_date_to_try(city):
    (note,) = dates_in_words(case(lamps("from_hour = 18\nuntil_hour = 21")), city, datetime.date(2026, 6, 21))
    assert "is a Sunday" not in note, "weekdays have nothing to do with it"
    tried = datetime.date.fromisoformat(note.partition("try --date ")[2][:10])
    assert datetime.date(2026, 7, 20) < tried < datetime.date(2026, 9, 10)
    assert dates_in_words(case(lamps("from_hour = 18\nuntil_hour = 21")), city, tried) == []


def test_lamps_where_nothing_is_missing_are_noted_without_a_date(city):
    lit = dataclasses.replace(city.streets, lit_min_lx=np.full(len(city.streets), 50.0))
    lit = dataclasses.replace(
        lit, lit_mean_lx=np.full(len(city.streets), 90.0), lit_probability=np.ones(len(city.streets))
    )
    bright = dataclasses.replace(city, streets=lit)
    meant = case(lamps()).model_copy(update={"placebo": True})
    (note,) = check_dates((meant,), bright, MONDAY)
    assert "placed nowhere" in note
    assert "--date" not in note
    with pytest.raises(ScenarioError, match="nothing would be built: choose other streets") as refused:
        check_dates((case(lamps()),), bright, MONDAY)
    assert refused.value.faults == (note,)
    assert check_dates((case(lamps()),), city, MONDAY) == []
