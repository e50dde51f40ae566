"""A day is planned once for all arms, and kept for as many days as arms live one after the other."""

import numpy as np

from simulator.evidence.parameters import draw_parameters
from simulator.simulation import Simulation
from simulator.travel.day_tours import KEPT_DAYS, DayPlans

from cities import grid_city
from linecity import MONDAY


class Counting:
    """Plans like another planner, and counts."""

    def __init__(self, planner):
        self.planner, self.days = planner, []

    def plan(self, day, inflation):
        self.days.append(day)
        return self.planner.plan(day, inflation)


def plans():
    setting = Simulation.baseline(grid_city(4), draw_parameters(1, -1), agents=150, date=MONDAY).setting
    counting = Counting(setting.planner)
    return DayPlans(counting, setting.journeys, setting.open_at), counting


def test_a_day_is_planned_once_and_again_where_wishes_are_others():
    days, counting = plans()
    wishes = np.ones((3, 3, 24))
    first = days.of(0, wishes)
    assert days.of(0, wishes.copy()) is first
    assert days.of(0, 1.1 * wishes) is not first
    assert counting.days == [0, 0]


def test_the_days_least_lately_asked_for_are_forgotten():
    days, counting = plans()
    wishes = np.ones((3, 3, 24))
    for day in range(KEPT_DAYS + 1):
        days.of(day, wishes)
        days.of(0, wishes)
    assert counting.days == list(range(KEPT_DAYS + 1))
    days.of(1, wishes)
    assert counting.days[-1] == 1, "it was the one asked for longest ago"


def test_days_before_the_one_at_which_arms_part_are_let_go():
    days, counting = plans()
    wishes = np.ones((3, 3, 24))
    kept = [days.of(day, wishes) for day in range(4)]
    days.forget_before(2)
    assert days.of(2, wishes) is kept[2]
    assert days.of(3, wishes) is kept[3]
    assert days.of(1, wishes) is not kept[1]
    np.testing.assert_array_equal(days.of(1, wishes).trips.depart_ms, kept[1].trips.depart_ms)
    assert counting.days == [0, 1, 2, 3, 1]


def test_trips_stand_tour_by_tour_for_the_kernels():
    days, _ = plans()
    day = days.of(0, np.ones((3, 3, 24)))
    tours, trips = day.tours_in_kernel, day.trips_in_kernel
    assert (tours["end"] >= tours["first"]).all()  # a tour whose trips lead past the district has none
    np.testing.assert_array_equal(tours["first"][1:], tours["end"][:-1])
    for number, tour in enumerate(tours):
        rows = trips["row"][tour["first"] : tour["end"]]
        assert (day.trips.tour[rows] == number).all()
        assert (trips["person"][tour["first"] : tour["end"]] == tour["person"]).all()
    np.testing.assert_array_equal(np.sort(trips["row"]), np.arange(len(day.trips)))
