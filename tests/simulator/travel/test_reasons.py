"""Why a trip is not as planned: each reason alone, on a drawn line."""

import dataclasses

import numpy as np
import pytest

from simulator.foundation.clock import HOUR_MS
from simulator.kernels.costs import DRIVER, TAXI, TRANSIT, WALK
from simulator.simulation import Simulation
from simulator.travel.modes import Tastes
from simulator.travel.outcomes import (
    AS_PLANNED,
    CANNOT_PAY,
    FEAR,
    NO_SERVICE,
    NOT_MADE,
    OTHER,
    SHIFTED,
    STEPS,
    SWITCHED,
)

from linecity import evening, line_city

NO_FEAR = {"not_made_per_minute": 1e-9}
NO_LIFT = {"driver_at_hand": 0.0, "walks_alone_from_age": 16, "taxi_fare_start": 3.0, "taxi_fare_km": 0.8}


def test_who_comes_home_earlier_for_want_of_a_bus_says_so_and_not_that_it_is_fear():
    """The last bus runs between midnight and one; home at one is wished, and home at midnight taken."""
    chosen = evening(line_city(4.0, hours=range(6, 25)), agents=3000, **NO_FEAR).chosen
    shifted = chosen.outcome == SHIFTED
    assert shifted.sum() > 100
    assert set((chosen.depart_ms[shifted & (chosen.trips.leg == 2)] // HOUR_MS).tolist()) <= {23, 24}
    assert set(chosen.why[shifted].tolist()) == {NO_SERVICE}


def test_who_shifts_for_fear_as_well_as_for_want_of_a_bus_says_both_only_where_both_count():
    dark = evening(line_city(4.0, hours=range(6, 25), unlit=(0, 1, 2)), agents=3000).chosen
    shifted = dark.outcome == SHIFTED
    alone = (dark.why == NO_SERVICE) & shifted
    assert alone.sum() > 100
    assert ((dark.why & FEAR) > 0).any()  # others are afraid


def in_wheelchairs(city, **overrides):
    """The evening with everybody in a wheelchair."""
    arm = evening(city, agents=1500, **overrides)
    setting = arm.setting
    people = dataclasses.replace(setting.people, wheelchair=np.ones(len(setting.people), bool))
    journeys = dataclasses.replace(setting.journeys, people=people)
    tastes = Tastes.of(people, setting.parameters)
    setting = dataclasses.replace(setting, people=people, journeys=journeys, tastes=tastes)
    arm = Simulation(setting, arm.conditions)
    arm.begin_day()
    return arm


def with_a_flight(city, row):
    steps = np.arange(len(city.streets)) == row
    return dataclasses.replace(city, streets=dataclasses.replace(city.streets, is_steps=steps))


@pytest.fixture(scope="module")
def level():
    return in_wheelchairs(line_city(4.0), **NO_LIFT).chosen


@pytest.fixture(scope="module")
def stopped_arm():
    """The only way from home to the bus and anywhere else is a flight of steps."""
    return in_wheelchairs(with_a_flight(line_city(4.0), 0), **NO_LIFT)


@pytest.fixture(scope="module")
def stopped(stopped_arm):
    return stopped_arm.chosen


def test_steps_send_people_into_a_taxi_or_keep_them_at_home_and_are_to_blame_for_it(level, stopped):
    assert not np.isin(stopped.mode, (WALK, TRANSIT)).any()
    lost = (level.outcome == AS_PLANNED) & np.isin(level.mode, (WALK, TRANSIT))
    assert lost.sum() > 500
    assert set(stopped.outcome[lost].tolist()) == {SWITCHED, NOT_MADE}
    assert set((stopped.why[lost] & ~CANNOT_PAY).tolist()) == {STEPS}
    taxi = lost & (stopped.mode == TAXI)
    assert taxi.any()
    assert (stopped.outcome[taxi] == SWITCHED).all()


def test_steps_are_to_blame_for_nothing_where_people_would_have_gone_by_car_anyway(level, stopped):
    same = (level.outcome == AS_PLANNED) & (level.mode == DRIVER)
    assert same.sum() > 500
    assert (stopped.mode[same] == level.mode[same]).all()
    assert (stopped.why[same] == 0).all()


def test_a_tour_that_can_be_made_by_nothing_has_no_chance_to_be_made(stopped, stopped_arm):
    """Children who have nobody to drive them and cannot get to the bus."""
    child = stopped_arm.setting.people.age[stopped.tours.person] < 16
    assert child.sum() > 20
    assert (stopped.probability_made[child] < 1e-300).all()
    assert (stopped.probability_made[~child] > 0.01).any()
    of_child = child[stopped.trips.tour]
    assert not stopped.made[of_child].any()
    assert set(stopped.why[of_child].tolist()) <= {STEPS, OTHER}
    assert (stopped.why[of_child] == STEPS).mean() > 0.9


def test_steps_by_the_stop_are_known_before_it_is_chosen():
    """A flight at the far stop: the bus leads nowhere, and the chance of going says so."""
    free, barred = (in_wheelchairs(city).chosen for city in (line_city(4.0), with_a_flight(line_city(4.0), 2)))
    assert (barred.probability_made <= free.probability_made).all()
    assert barred.probability_made.mean() < free.probability_made.mean() - 0.05
    assert not (barred.mode == TRANSIT).any()
