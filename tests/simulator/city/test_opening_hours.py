"""Opening hours against hours worked out by hand."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.city.conditions import conditions_of
from simulator.city.network import StreetNetwork, WayHours
from simulator.city.opening_hours import hours_fault, open_by_hour, places_open, ways_closed
from simulator.evidence.parameters import draw_parameters

from cities import make_city

TUESDAY, FRIDAY, SATURDAY, SUNDAY = (datetime.date(2026, 6, day) for day in (2, 5, 6, 7))
INDEPENDENCE_DAY = datetime.date(2027, 12, 6)  # a Monday, public holiday in Finland
NEVER: set[int] = set()


@pytest.fixture
def street() -> StreetNetwork:
    """One street of 100 m with a bar and a home."""
    return make_city([(0, 0), (100, 0)], [(0, 1)], places=[("nightlife", 0, 1.0), ("home", 1, 1.0)])


def _with_hours(network: StreetNetwork, text: str) -> StreetNetwork:
    places = dataclasses.replace(network.places, hours_index=np.array([0, -1]))
    return dataclasses.replace(network, places=places, opening_hours=(text,))


@pytest.mark.parametrize(
    ("text", "date", "hours"),
    [
        ("24/7", TUESDAY, set(range(24))),
        ("Mo-Fr 08:00-18:00; Sa 10:00-15:00", FRIDAY, set(range(8, 18))),
        ("Mo-Fr 08:00-18:00; Sa 10:00-15:00", SATURDAY, set(range(10, 15))),
        ("Mo-Fr 08:00-18:00; Sa 10:00-15:00", SUNDAY, NEVER),
        ("Fr-Sa 22:00-04:00", TUESDAY, NEVER),
        ("Fr-Sa 22:00-04:00", FRIDAY, {22, 23, 0, 1, 2, 3}),
        ("Fr-Sa 22:00-04:00", SUNDAY, NEVER),  # its small hours end at 04:00, before the simulated Sunday begins
        ("Su 00:00-02:00", SATURDAY, {0, 1}),  # the small hours of Sunday are the end of a night out on Saturday
        ("Mo-Su 07:45-08:20", TUESDAY, NEVER),  # open at no hour's middle but 08:30 and 07:30 are outside
        ("Mo-Su 10:00-20:00; PH off", INDEPENDENCE_DAY, NEVER),
        ("Mo-Su 10:00-20:00; PH off", TUESDAY, set(range(10, 20))),
        ("Jul-Aug 10:00-20:00", TUESDAY, NEVER),
        ("Jun-Aug 10:00-20:00", TUESDAY, set(range(10, 20))),
        ("unknown", TUESDAY, NEVER),
    ],
)
def test_hours_of_a_date(street: StreetNetwork, text: str, date: datetime.date, hours: set[int]) -> None:
    assert hours_fault(text) is None
    assert set(np.flatnonzero(open_by_hour([text], street, date)[:, 0])) == hours


def test_holidays_are_those_of_the_country(street: StreetNetwork) -> None:
    text = "Mo-Su 10:00-20:00; PH off"
    for country, expected in (("FI", False), ("ES", True), ("ZZ", True)):  # 6 December 2027 is none in Spain's list
        there = dataclasses.replace(street, country=country)
        date = INDEPENDENCE_DAY if country != "ES" else datetime.date(2027, 6, 25)
        assert open_by_hour([text], there, date)[12, 0] == expected


@pytest.mark.parametrize("text", ["whenever we like", "Mo-Fr 10-18", "99:00-10:00", "PH off", "SH,PH closed", '"ask"'])
def test_what_cannot_be_read_is_told(text: str) -> None:
    assert hours_fault(text) is not None


def test_a_place_without_a_text_keeps_its_usual_hours(street: StreetNetwork) -> None:
    places = dataclasses.replace(street.places, opens_h=np.array([22.0, 7.5]), closes_h=np.array([28.0, 23.75]))
    usual = dataclasses.replace(street, places=places)
    found = places_open(usual, TUESDAY)
    assert set(np.flatnonzero(found[:, 0])) == {22, 23, 0, 1, 2, 3}
    assert set(np.flatnonzero(found[:, 1])) == set(range(7, 24))
    written = places_open(_with_hours(usual, "Fr 18:00-02:00"), TUESDAY)
    assert not written[:, 0].any()
    assert np.array_equal(written[:, 1], found[:, 1])


def test_a_friday_bar_is_an_open_front_on_friday_night_only(street: StreetNetwork) -> None:
    bar = _with_hours(street, "Fr-Sa 16:00-02:00")
    parameters = draw_parameters(1, 0)
    for date, expected in ((FRIDAY, True), (TUESDAY, False)):
        conditions = conditions_of(bar, parameters, date)
        assert (conditions.nightlife[1, 0] > 0) == expected
        assert (conditions.frontage[1, 0] > 0) == expected


def test_other_hours_are_another_city(street: StreetNetwork) -> None:
    assert _with_hours(street, "24/7").digest() != _with_hours(street, "Fr 18:00-02:00").digest()


def test_rows_point_at_texts(street: StreetNetwork) -> None:
    with pytest.raises(ValueError, match="hours_index"):
        dataclasses.replace(street, places=dataclasses.replace(street.places, hours_index=np.array([0, -1])))


@pytest.mark.parametrize(
    ("date", "hours"),
    [(datetime.date(2026, 12, 21), range(9, 15)), (datetime.date(2026, 6, 21), range(4, 23))],
)
def test_hours_by_the_sun_are_those_of_the_place_and_date(street: StreetNetwork, date: datetime.date, hours) -> None:
    """In Helsinki the sun rises at 09:24 and sets at 15:13 in midwinter, at 03:54 and 22:50 in midsummer."""
    there = dataclasses.replace(street, latitude=60.17, longitude=24.94, timezone="Europe/Helsinki")
    assert set(np.flatnonzero(open_by_hour(["sunrise-sunset"], there, date)[:, 0])) == set(hours)
    assert set(np.flatnonzero(open_by_hour(["(sunrise-01:00)-(sunset+01:00)"], there, date)[:, 0])) == {
        *(hour % 24 for hour in range(hours[0] - 1, hours[-1] + 2))
    }


def _closing(rows: list[tuple[int, str, bool]]) -> StreetNetwork:
    """Three streets of 100 m in a row, with homes on the last, and what is said of when they are open."""
    city = make_city([(0, 0), (100, 0), (200, 0), (300, 0)], [(0, 1), (1, 2), (2, 3)], places=[("home", 3, 1.0)])
    segment, hours, says_open = zip(*rows, strict=True) if rows else ((), (), ())
    table = WayHours(
        way_hours_id=np.arange(len(rows)) + 1,
        segment=np.array(segment, int),
        hours=np.array(hours, "U255"),
        says_open=np.array(says_open, bool),
    )
    return dataclasses.replace(city, way_hours=table)


def test_ways_are_closed_by_what_is_said_of_them() -> None:
    closed = ways_closed(_closing([(0, "06:00-22:00", True), (1, "23:00-05:00", False)]), TUESDAY)
    assert closed is not None
    assert set(np.flatnonzero(closed[:, 0])) == {22, 23, *range(6)}
    assert set(np.flatnonzero(closed[:, 1])) == {23, *range(5)}
    assert not closed[:, 2].any()


def test_of_several_hours_of_one_way_each_closes_it() -> None:
    closed = ways_closed(_closing([(0, "06:00-22:00", True), (0, "12:00-13:00", False)]), TUESDAY)
    assert closed is not None
    assert set(np.flatnonzero(closed[:, 0])) == {12, 22, 23, *range(6)}


def test_nobody_is_shut_out_of_home_and_an_empty_cell_closes_nothing() -> None:
    assert ways_closed(_closing([(2, "06:00-22:00", True)]), TUESDAY) is None
    assert ways_closed(_closing([(0, "", True)]), TUESDAY) is None
    assert ways_closed(_closing([]), TUESDAY) is None


def test_ways_that_close_are_closed_in_the_baseline() -> None:
    streets = conditions_of(_closing([(0, "06:00-22:00", True)]), draw_parameters(1, -1), TUESDAY)
    assert streets.closed is not None
    assert streets.closed[23, 0]
    assert conditions_of(_closing([]), draw_parameters(1, -1), TUESDAY).closed is None
