"""Properties of the choice: dearer options lose, random numbers are common, order and threads leave no trace."""

import dataclasses

import numpy as np
import pytest

from simulator.agenda.plans import PURPOSES, TRIP_PURPOSES, Tours, Trips
from simulator.city.conditions import conditions_of
from simulator.foundation.clock import HOUR_MS
from simulator.foundation.columns import columns_of
from simulator.kernels.choosing import BACK_BY, NOT_GOING, PLAIN, SHIFTS_MS, going, pick
from simulator.kernels.costs import DRIVER, TAXI, TRANSIT, VARIANTS, WALK
from simulator.travel.modes import may_shift

from linecity import evening, line_city
from reference.called import called

going = called(going)
pick = called(pick)

CHOSEN = ("made", "mode", "outcome", "why", "depart_ms", "probability_made", "waits_ms")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "cheap", "dear"),
    [
        (TAXI, {"taxi_fare_start": 1.0, "taxi_fare_km": 0.5}, {"taxi_fare_start": 1.0, "taxi_fare_km": 1.5}),
        (TAXI, {"taxi_fare_km": 0.5, "taxi_dearer": 1.0}, {"taxi_fare_km": 0.5, "taxi_dearer": 4.0}),
        (TRANSIT, {}, {"wait_value": 3.5}),
        (TRANSIT, {}, {"wait_reported": 2.0}),
    ],
)
def test_nobody_takes_up_what_has_grown_dearer(mode, cheap, dear):
    city = line_city(4.0)
    before, after = (evening(city, agents=3000, **values) for values in (cheap, dear))
    taken, kept = (set(arm.chosen.trips.tour[arm.chosen.mode == mode].tolist()) for arm in (before, after))
    assert kept < taken


def test_the_likeliest_by_chance_is_chosen_as_often_as_the_logit_says():
    worth = np.full((NOT_GOING, VARIANTS), -np.inf)
    worth[WALK, PLAIN], worth[DRIVER, PLAIN], worth[DRIVER, 1] = 0.0, 0.2, 0.7
    random = np.random.default_rng(1)
    variate = -np.log(-np.log(random.uniform(size=(100_000, NOT_GOING + 1))))
    picks = np.array([pick(worth, -1.0, row) for row in variate])
    odds = np.exp([0.0, 0.7, -1.0])
    shares = [np.mean(picks[:, 0] == one) for one in (WALK, DRIVER, NOT_GOING)]
    np.testing.assert_allclose(shares, odds / odds.sum(), atol=0.006)
    assert going(worth, -1.0) == pytest.approx(1 - odds[2] / odds.sum())
    assert set(picks[picks[:, 0] == DRIVER, 1].tolist()) == {1}


def test_who_can_go_by_nothing_stays():
    worth = np.full((NOT_GOING, VARIANTS), -np.inf)
    assert going(worth, 0.0) < 1e-300
    assert pick(worth, 0.0, np.zeros(NOT_GOING + 1))[0] == NOT_GOING


def two_tours(first_end, second_start, purpose="leisure"):
    tours = Tours(
        person=[0, 0], number=[0, 1], purpose=[PURPOSES.index(purpose)] * 2, start_ms=[10 * HOUR_MS, second_start]
    )
    trips = Trips(
        tour=[0, 1],
        person=[0, 0],
        leg=[0, 0],
        origin=[0, 0],
        destination=[1, 1],
        depart_ms=[10 * HOUR_MS, second_start],
        from_previous_day=[False, False],
        purpose=[TRIP_PURPOSES.index(purpose)] * 2,
        outside_m=[0.0, 0.0],
        with_child=[False, False],
        with_adult=[False, False],
    )
    return tours, trips, np.array([first_end, second_start + HOUR_MS])


def allowed(*args, open_at=None, **more):
    tours, trips, end = two_tours(*args, **more)
    doors = np.ones((24, 2), bool) if open_at is None else open_at
    found = may_shift(tours, trips, end, doors)
    return [{SHIFTS_MS[variant] // HOUR_MS for variant in np.flatnonzero(row[:BACK_BY])} for row in found]


def test_tours_move_only_where_there_is_time_between_them():
    assert allowed(11 * HOUR_MS, 20 * HOUR_MS) == [{-1, 1, -2, 2}, {-1, 1, -2, 2}]
    assert allowed(11 * HOUR_MS, 13 * HOUR_MS) == [{-1, 1, -2}, {-1, 1, 2}]  # an hour of the two for each
    assert allowed(11 * HOUR_MS, 12 * HOUR_MS) == [{-1, -2}, {1, 2}]


def test_work_keeps_its_hours_and_closed_doors_are_not_gone_to():
    assert allowed(11 * HOUR_MS, 20 * HOUR_MS, purpose="work") == [set(), set()]
    shut = np.ones((24, 2), bool)
    shut[21:, :] = False
    assert allowed(11 * HOUR_MS, 20 * HOUR_MS, open_at=shut) == [{-1, 1, -2, 2}, {-1, -2}]


def shuffled(city, name, seed):
    """The city with the rows of a table of transit in another order, and what points at them after them."""
    table = getattr(city, name)
    order = np.random.default_rng(seed).permutation(len(table))
    place = np.argsort(order)
    changed = {name: table.take(order)}
    for other in ("services", "headways"):
        rows = changed.get(other, getattr(city, other))
        moved = [c.name for c in columns_of(type(rows)) if c.refers == name]
        if moved:
            changed[other] = dataclasses.replace(rows, **{one: place[getattr(rows, one)] for one in moved})
    return dataclasses.replace(city, **changed)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stops", "headways", "services"])
def test_the_order_of_rows_leaves_no_trace(name):
    city = line_city(1.5, unlit=(0, 1, 2))
    plain, other = evening(city), evening(shuffled(city, name, 3))
    for column in CHOSEN:
        np.testing.assert_array_equal(getattr(plain.chosen, column), getattr(other.chosen, column))


@pytest.mark.slow
def test_threads_leave_no_trace():
    city = line_city(1.5)
    arms = [evening(city), evening(city)]
    threaded = dataclasses.replace(arms[1].setting, threads=3)
    other = type(arms[1])(threaded, arms[1].conditions)
    other.begin_day()
    for arm in (arms[0], other):
        arm.advance(28 * HOUR_MS)
    for column in CHOSEN:
        np.testing.assert_array_equal(getattr(arms[0].chosen, column), getattr(other.chosen, column))
    np.testing.assert_array_equal(arms[0].walk.cells, other.walk.cells)


def test_darkness_moves_people_from_their_feet():
    """The same evening under full light by day: fewer walk, wait or go by night, and the reason is fear."""
    city = line_city(4.0, unlit=(0, 1, 2))
    dark = evening(city, agents=3000)
    bright_conditions = dataclasses.replace(dark.conditions, dark=np.zeros(24))
    bright = type(dark)(dark.setting, bright_conditions)
    bright.begin_day()
    on_foot = [np.isin(arm.chosen.mode, (WALK, TRANSIT)).sum() for arm in (dark, bright)]
    assert on_foot[0] < on_foot[1]
    assert (dark.chosen.probability_made <= bright.chosen.probability_made).mean() > 0.99
    assert dark.chosen.probability_made.mean() < bright.chosen.probability_made.mean() - 0.002
    assert conditions_of(city, dark.setting.parameters, dark.setting.date).dark.max() == 1.0
