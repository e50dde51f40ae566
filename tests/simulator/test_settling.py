"""Whether a baseline settles: from empty and from full streets, with the same random numbers."""

import datetime

import numpy as np
import pytest

from scenarios import bind, load_scenario
from simulator.evidence.parameters import draw_parameters
from simulator.kernels.walking import SAFE, SHARE_UNIT, TIME
from simulator.settling import begun_full, flow_gap, settle
from simulator.simulation import Simulation
from street_networks import load_city

from cities import grid_city

DECEMBER = datetime.date(2026, 12, 21)
CITY = grid_city(8)
FEARFUL = {"nobody_in_view": -9.0, "darkness_distance": 6.0, "not_made_per_minute": 0.3, "feel_busy": 3.0}
"""Whoever is alone is afraid and whoever is in a crowd is not: streets stay as empty or as full as they were."""


def baseline(values=None, agents=800, city=CITY):
    parameters = draw_parameters(1, -1, values or {})
    return Simulation.baseline(city, parameters, agents=agents, date=DECEMBER)


@pytest.mark.slow
def test_a_usual_city_settles_whatever_it_remembered():
    arm = baseline(agents=4000, city=load_city("helsinki-centre"))
    told = settle(arm, 3)
    assert told.holds
    assert told.days >= 3
    assert told.gap_share[0] > told.tolerance_share, "the first day must depend on memory, or the test shows nothing"
    assert told.gap_share[-1] <= told.tolerance_share
    assert arm.levels is not None


@pytest.fixture(scope="module")
def fearful():
    """A city that does not settle within four days: the arm, what is told of it, and the progress."""
    arm, progress = baseline(FEARFUL), []
    return arm, settle(arm, 2, most_days=4, progress=progress.append), progress


def test_a_city_in_which_fear_feeds_on_empty_streets_does_not_settle_and_says_so(fearful):
    arm, told, _ = fearful
    assert not told.holds
    assert told.days == 4 == len(told.gap_share)
    assert told.as_dict()["settled"] is False
    assert arm.levels is not None


@pytest.mark.slow
def test_settling_leaves_the_baseline_as_if_nobody_had_looked():
    watched, alone = baseline(), baseline()
    told = settle(watched, 3)
    alone.settle(told.days)
    assert np.array_equal(watched.expected_on, alone.expected_on)
    assert np.array_equal(watched.inflation, alone.inflation)
    assert np.array_equal(watched.levels, alone.levels)


def test_the_full_arm_begins_with_a_crowd_in_every_view():
    arm = baseline()
    crowd = arm.setting.parameters.crowd_people
    assert begun_full(arm).people_in_view().min() > crowd
    assert not arm.expected_on.any()


def test_the_gap_is_nought_between_the_same_days_and_all_when_nobody_walks():
    arm = baseline()
    arm.simulate_day()
    assert flow_gap(arm, arm) == 0.0
    other = baseline()
    other.simulate_day()
    assert flow_gap(arm, other) == 0.0, "same seed, same day"
    other.walk.segments[:] = np.roll(arm.walk.segments, 1, axis=1) * 0
    assert flow_gap(arm, other) == pytest.approx(1.0)


def test_progress_counts_the_least_days_only(fearful):
    assert fearful[2] == [1, 1]


def test_unwatched_a_baseline_lives_the_least_days_and_does_not_say_that_it_settled():
    arm = baseline(agents=200)
    told = settle(arm, 2, check=False)
    assert told.holds is None
    assert arm.day == told.days == 2
    assert told.as_dict() == {
        "days": 2,
        "gap_empty_full_share": [],
        "tolerance_share": told.tolerance_share,
        "checked": False,
        "settled": None,
    }
    assert arm.levels is not None


def effects_of_lamps(settle_days, adapt_days, city, measured=(20, 21, 22, 23)):
    """Points of walking time that feel safer with lamps in the parks, on days with the same wishes and numbers."""
    case = load_scenario("light-the-park-paths")
    (lamps,) = case.measures
    everywhere = lamps.model_copy(update={"where": lamps.where.model_copy(update={"part": "all"})})
    lit = bind(case.model_copy(update={"measures": (everywhere,)}), city)
    arm = baseline(agents=2000, city=city)
    arm.settle(settle_days)
    shares = []
    for placements in ((), lit):
        lived = arm.fork(placements)
        for _ in range(adapt_days):
            lived.simulate_day()
        own = []
        for day in measured:
            lived.day = day
            lived.simulate_day()
            time, safe = (lived.walk.cells[..., column].sum() for column in (TIME, SAFE))
            own.append(100.0 * safe / time / SHARE_UNIT)
        shares.append(own)
    return np.subtract(shares[1], shares[0])


@pytest.mark.slow
def test_more_days_of_settling_and_adapting_move_the_effect_by_less_than_one_day_differs_from_another():
    city = load_city("helsinki-centre")
    few, many = effects_of_lamps(3, 2, city), effects_of_lamps(6, 4, city)
    assert abs(few.mean() - many.mean()) < np.std([few, many], axis=1, ddof=1).mean()
    assert few.mean() == pytest.approx(many.mean(), rel=0.15)
