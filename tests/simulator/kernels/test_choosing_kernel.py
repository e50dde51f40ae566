"""The kernels of rides and choices against their slow twins, on days of drawn cities and of a real one."""

import dataclasses

import numpy as np
import pytest

from simulator.city.conditions import Offers
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import HOUR_MS
from simulator.kernels import choosing, riding
from simulator.simulation import Simulation
from simulator.travel import day_choices
from simulator.travel.day_tours import DayTours
from street_networks import load_city

from linecity import GATE, MONDAY, evening, line_city, with_two_more_stops
from reference.choosing import Twin
from reference.riding import best_rides

CHILDREN = {"walks_alone_from_age": 16}
DEAR = {"not_made_per_minute": 0.4, "driver_at_hand": 0.1, "taxi_fare_start": 3.0, "taxi_fare_km": 0.8}


@pytest.fixture
def heard(monkeypatch):
    """What the two kernels were handed, and what came of it."""
    calls = []

    def listen(kernel, name):
        def call(*arguments):
            kernel(*arguments)
            calls.append((name, arguments))

        return call

    monkeypatch.setattr(day_choices.choosing, "choose", listen(choosing.choose, "choose"))
    monkeypatch.setattr(day_choices.riding, "rides_of_trips", listen(riding.rides_of_trips, "rides"))
    return calls


def with_steps(city, row):
    return dataclasses.replace(
        city, streets=dataclasses.replace(city.streets, is_steps=np.arange(len(city.streets)) == row)
    )


def check_choices(calls):
    choices = [arguments for name, arguments in calls if name == "choose"]
    city, foot, departures, tastes, tours, hindered, _, chosen = choices[0]
    mode, variant, going = Twin(city, foot, departures, tastes, tours).chosen(hindered)
    np.testing.assert_array_equal(chosen.mode, mode)
    np.testing.assert_array_equal(chosen.variant, variant)
    np.testing.assert_allclose(chosen.going, going, rtol=1e-11)  # sums of exp() differ by their last bits
    return chosen


def check_rides(calls):
    for city, departures, which, by_ms, rides, _ in (arguments for name, arguments in calls if name == "rides"):
        if which.size:
            shift = np.zeros(len(city.trips), np.int64)
            shift[which] = by_ms
            twin, rows = best_rides(city, departures, by_ms=shift)[which], city.trips["row"][which]
            for column in riding.RIDE.names:
                np.testing.assert_allclose(rides[column][rows], twin[column], rtol=1e-12, err_msg=column)


LINES = {
    "often": line_city(4.0),
    "seldom, in the dark": line_city(0.8, unlit=(0, 1, 2)),
    "until one": line_city(4.0, hours=range(6, 25), unlit=(0, 1, 2)),
    "four stops": with_two_more_stops(line_city(2.0, unlit=(2,))),
    "four stops in the dark": with_two_more_stops(line_city(1.0, hours=range(6, 24), unlit=(0, 1, 2)), range(6, 20)),
    "steps by the bar": with_steps(line_city(4.0), 2),
    "steps at home": with_steps(line_city(2.0), 0),
}


@pytest.mark.parametrize("city", LINES.values(), ids=LINES.keys())
@pytest.mark.parametrize("overrides", [{}, CHILDREN | DEAR], ids=["usual", "children, and dear fear"])
def test_the_kernels_choose_as_their_twins_on_a_line(city, overrides, heard):
    evening(city, agents=150, **overrides)
    check_rides(heard)
    chosen = check_choices(heard)
    assert len(np.unique(chosen.mode)) > 3


@pytest.mark.parametrize("city", ["often", "four stops in the dark"])  # with four, another stop than was looked up too
def test_the_kernels_choose_as_their_twins_where_gates_are_closed_at_some_hours(city, heard):
    arm = evening(LINES[city], agents=150)
    closed = np.zeros((24, 3), bool)
    closed[[20, 21], 2] = closed[[0, 1], 0] = True
    heard.clear()
    Simulation(arm.setting, dataclasses.replace(arm.conditions, closed=closed)).begin_day()
    check_rides(heard)
    check_choices(heard)


def test_a_city_without_stops_has_no_rides(heard):
    city = line_city(4.0, unlit=(0, 1, 2))
    empty = {name: getattr(city, name).empty() for name in ("stops", "lines", "services", "headways")}
    evening(dataclasses.replace(city, **empty), agents=100, longest_walk_min=1e4)
    check_rides(heard)
    chosen = check_choices(heard)
    assert not (chosen.mode == choosing.TRANSIT).any()


def leaving(arm):
    """The trips of an evening, but out of the district and back into it."""
    trips = arm.chosen.trips
    return dataclasses.replace(
        trips,
        origin=np.where(trips.leg == 0, trips.origin, GATE),
        destination=np.where(trips.leg == 0, GATE, trips.destination),
        outside_m=np.full(len(trips), 2000.0),
    )


@pytest.mark.parametrize("lines", [True, False], ids=["known lines", "lines not known"])
def test_rides_that_begin_or_end_outside_are_those_of_the_twin(lines):
    city = line_city(3.0, hours=range(6, 25), unlit=(0, 1, 2))
    if not lines:
        city = dataclasses.replace(city, services=city.services.empty())
    arm = evening(city, agents=100, longest_wait_min=25.0)
    setting, trips = arm.setting, leaving(arm)
    fear = np.random.default_rng(1).uniform(0, 1, (24, len(setting.class_parts), len(city.streets))).astype(np.float32)
    for some in (trips, arm.chosen.trips):
        wished = DayTours.of(0, (arm.chosen.tours, some), setting.journeys, setting.open_at, Offers.none())
        told = setting.journeys.city(setting.persons, wished.trips_in_kernel, fear)
        rides, rows, count = np.zeros(len(some), riding.RIDE), np.arange(len(some)), len(some)
        for hours in (-14, -2, 0, 1):  # also at hours at which nothing runs
            by_ms = np.full(count, hours * HOUR_MS)
            riding.rides_of_trips(told, arm.service.departures, rows, by_ms, rides, np.zeros(count, bool))
            twin = best_rides(told, arm.service.departures, by_ms=by_ms)
            for column in riding.RIDE.names:
                np.testing.assert_allclose(rides[column][told.trips["row"]], twin[column], rtol=1e-12, err_msg=column)


@pytest.mark.slow
def test_the_kernels_choose_as_their_twins_in_a_real_city(heard):
    city = load_city("helsinki-centre")
    arm = Simulation.baseline(city, draw_parameters(1, 0), agents=1200, date=MONDAY)
    arm.simulate_day()
    heard.clear()
    arm.begin_day()
    check_rides(heard)
    chosen = check_choices(heard)
    assert set(np.unique(chosen.variant)) >= {choosing.PLAIN, choosing.COMPANY, choosing.BACK_BY + choosing.TRANSIT}
