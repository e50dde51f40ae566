"""Waits and rides on a drawn line, worked out by hand."""

import dataclasses

import numpy as np
import pytest

from simulator.city.transit import Services
from simulator.foundation.records import records
from simulator.kernels.riding import RUNS_FROM, wait_min
from simulator.travel.service import Rides, Service

from linecity import RIDE_MIN, line_city
from reference.called import called

wait_min = called(wait_min)


def service(city):
    return Service.of(Rides.of(city, city.headways), city.headways, "weekday")


def wait_between(service, stop, to, when_min, longest=45.0):
    """Whether stops lie on one line, minutes waited and minutes ridden."""
    row = np.flatnonzero(service.rides.pair == stop * service.rides.stops + to)
    if not row.size:
        return False, np.inf, np.inf
    return True, wait_min(service.departures.between[row[0]], when_min, longest), service.rides.ride_min[row[0]]


def wait_at(service, stop, when_min, longest=45.0):
    return [wait_min(service.departures.at[stop], when, longest) for when in when_min]


def test_a_ride_goes_only_where_the_line_goes_and_takes_its_minutes():
    city = line_city()
    for stop, to in ((0, 1), (1, 0)):
        assert wait_between(service(city), stop, to, 600.0) == (True, 7.5, RIDE_MIN)  # half of a quarter of an hour
    assert not wait_between(service(city), 0, 0, 600.0)[0]


def test_after_the_last_departure_the_wait_never_ends():
    city = line_city(departures=2.0, hours=range(6, 24))  # the last one at 23:30
    waits = wait_at(service(city), 0, [600.0, 1405.0, 1415.0, 1441.0, 340.0])
    np.testing.assert_allclose(waits, [15.0, 15.0, np.inf, np.inf, 35.0])  # 05:40: twenty minutes to six, and a half


def test_nobody_waits_longer_than_the_longest():
    city = line_city(departures=0.5)
    assert wait_at(service(city), 0, [600.0], longest=45.0) == [np.inf]
    assert wait_at(service(city), 0, [600.0], longest=60.0) == [60.0]


def test_lines_that_serve_the_same_pair_come_more_often_together():
    city = line_city(departures=4.0)
    lines = dataclasses.replace(city.lines, line_id=[1], name=["N1"])
    second = {
        name: np.concatenate([getattr(city.services, name)] * 2) for name in ("direction", "pattern", "trips", "stop")
    }
    services = Services(
        service_id=np.arange(8),
        line=np.repeat([0, 1], 4),
        stop_order=np.tile([0, 1], 4),
        from_first_min=np.tile([0.0, RIDE_MIN], 4),
        to_next_min=np.tile([RIDE_MIN, 0.0], 4),
        **second,
    )
    both = type(lines)(line_id=[1, 2], kind=[0, 0], is_night=[False, False], name=["N1", "N2"])
    half = len(city.headways)
    table = {
        field.name: np.concatenate([getattr(city.headways, field.name)] * 2)
        for field in dataclasses.fields(city.headways)
    }
    table |= {"headway_id": np.arange(2 * half), "line": np.repeat([0, 1], half)}
    city = dataclasses.replace(city, lines=both, services=services, headways=type(city.headways)(**table))
    assert wait_between(service(city), 0, 1, 600.0)[1] == pytest.approx(60.0 / 8.0 / 2.0)


def test_at_midday_runs_what_runs_at_noon():
    noon = service(line_city(departures=4.0, hours=range(11, 13))).midday()
    assert wait_at(noon, 0, [200.0, 1500.0]) == [7.5, 7.5]


def test_waits_follow_the_hour():
    departures, last = np.zeros((1, 24)), np.full((1, 24), -1.0)
    departures[0, 10], last[0, 10] = 1.0, 0.0
    departures[0, 11], last[0, 11] = 6.0, 50.0
    runs = records(RUNS_FROM, departures=departures, last_min=last)[0]
    waits = [wait_min(runs, when, np.inf) for when in (9 * 60 + 50.0, 630.0, 665.0, 715.0)]
    np.testing.assert_allclose(waits, [10.0 + 30.0, 30.0, 5.0, np.inf])
