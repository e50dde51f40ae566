"""The kernels of rides and choices against their slow twins, on days of drawn cities and of a real one."""

import dataclasses

import numpy as np
import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.kernels import choosing, riding
from simulator.simulation import Simulation
from simulator.travel import day_choices
from street_networks import load_city

from linecity import MONDAY, evening, line_city
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


def test_a_city_without_stops_has_no_rides(heard):
    city = line_city(4.0, unlit=(0, 1, 2))
    empty = {name: getattr(city, name).empty() for name in ("stops", "lines", "services", "headways")}
    evening(dataclasses.replace(city, **empty), agents=100, longest_walk_min=1e4)
    check_rides(heard)
    chosen = check_choices(heard)
    assert not (chosen.mode == choosing.TRANSIT).any()


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
