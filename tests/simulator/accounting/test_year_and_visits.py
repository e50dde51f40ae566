"""Who meets something in a year, against the rates that levels were solved for; and visits by night by hand."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.accounting.visits import SPENT, visited_ms, visits_of
from simulator.accounting.year import incidents_of_residents, met_within_a_year
from simulator.agenda.plans import TRIP_PURPOSES
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.foundation.clock import DAY_MS, HOUR_MS
from simulator.safety.risk import yearly_incidents_in_vehicle, yearly_incidents_per_person
from simulator.setting import GROUPS
from simulator.simulation import Simulation
from simulator.travel.vehicles import ridden

from cities import grid_city
from linecity import BACK_MS, BAR, OUT_MS, evening, line_city

DATE = datetime.date(2026, 12, 21)


def rides_of(arm):
    return ridden(arm.chosen.aboard, arm.setting.walkers, arm.streets[0].zone, GROUPS)


def test_incidents_of_a_year_are_those_that_levels_were_solved_for():
    """On the day on which levels are solved each gender meets, all ages together, what the base rates say."""
    arm = Simulation.baseline(grid_city(6), draw_parameters(1, 0), agents=600, date=DATE)
    arm.settle(1)
    residents, parameters = arm.setting.residents, arm.setting.parameters
    found = incidents_of_residents(arm, rides_of(arm)).sum(axis=2)
    here = rides_of(arm).reshape(24, 2, len(GENDERS), -1)[:, 1].sum(axis=(0, 2)) > 0
    expected = (yearly_incidents_per_person(parameters) + yearly_incidents_in_vehicle(parameters) * here) * residents
    np.testing.assert_allclose(found[:, :2], expected[:, :2], rtol=1e-9)


def test_rides_count_too():
    arm = evening(line_city())
    arm.simulate_day()
    arm.freeze_levels()
    rides = rides_of(arm)
    with_rides, without = incidents_of_residents(arm, rides), incidents_of_residents(arm, np.zeros_like(rides))
    expected = yearly_incidents_in_vehicle(arm.setting.parameters) * arm.setting.residents
    np.testing.assert_allclose((with_rides - without).sum(axis=2)[:, :2], expected[:, :2], rtol=1e-9)


def test_who_meets_something_is_prevalence_turned_back():
    """With everybody of one group alike, 1 - exp(-incidents / repeats) is what prevalence was made incidents of."""
    arm = Simulation.baseline(grid_city(6), draw_parameters(1, 0), agents=600, date=DATE)
    arm.settle(1)
    incidents, met = incidents_of_residents(arm, rides_of(arm)), met_within_a_year(arm, rides_of(arm))
    people, repeats = arm.setting.people, arm.setting.parameters.repeats
    for gender, band in np.ndindex(met["year_residents"].shape):
        who = people.resident & (people.gender == gender) & (people.age_band == band)
        count = people.weight[who].sum()
        assert met["year_residents"][gender, band] == pytest.approx(count)
        if count:
            for name, kinds in (("harassment", (0,)), ("violence", (1, 2))):
                rate = sum(incidents[kind, gender, band] for kind in kinds) / count
                assert met[f"year_met_{name}"][gender, band] == pytest.approx(count * (1 - np.exp(-rate / repeats)))
    assert (met["year_met_harassment"] <= met["year_residents"]).all()


@pytest.fixture
def night():
    """Everybody goes to the bar at eight and home at one, some by bus."""
    arm = evening(line_city())
    arm.simulate_day()
    return arm


def test_a_visit_lasts_from_coming_to_leaving(night):
    chosen = night.chosen
    rows, begins, ends = visits_of(chosen)
    trips = chosen.trips
    assert rows.size == chosen.made[trips.leg == 0].sum() > 0
    np.testing.assert_array_equal(trips.destination[rows], BAR)
    for row, begin, end in zip(rows, begins, ends, strict=True):
        back = np.flatnonzero((trips.tour == trips.tour[row]) & (trips.leg == 2))[0]
        assert begin == chosen.depart_ms[row] + chosen.taken_ms[row]
        assert end == chosen.depart_ms[back]
    assert begins.min() > OUT_MS - HOUR_MS
    assert ends.max() <= BACK_MS + 2 * HOUR_MS


def test_time_by_hour_adds_up_to_the_visits_between_20_and_6(night):
    _, begins, ends = visits_of(night.chosen)
    rows = visits_of(night.chosen)[0]
    within = np.maximum(np.minimum(ends, 30 * HOUR_MS) - np.maximum(begins, 20 * HOUR_MS), 0)
    sums = visited_ms(night)
    person = night.chosen.trips.person[rows]
    assert sums[..., SPENT.index("night_nightlife_s")].sum() == (night.setting.walkers.weight[person] * within).sum()
    for name in set(SPENT) - {"night_nightlife_s"}:
        assert sums[..., SPENT.index(name)].sum() == 0
    by_hour = sums.sum(axis=(1, 2, 3))
    assert set(np.flatnonzero(by_hour)) <= {20, 21, 22, 23, 0, 1, 2, 3, 4, 5}
    assert by_hour[23] == night.setting.walkers.weight[person].sum() * HOUR_MS  # all are there by eleven


def test_work_counts_wherever_it_is_done_and_the_morning_after_belongs_to_the_night(night):
    chosen = night.chosen
    purpose = np.where(
        chosen.trips.purpose == TRIP_PURPOSES.index("leisure"), TRIP_PURPOSES.index("work"), chosen.trips.purpose
    )
    back = chosen.trips.leg == 2
    trips = dataclasses.replace(chosen.trips, purpose=purpose, from_previous_day=back)
    later = np.where(back, 31 * HOUR_MS - DAY_MS, chosen.depart_ms)  # home at seven: a leg of yesterday's tour
    night.chosen = dataclasses.replace(chosen, trips=trips, depart_ms=later)
    rows, begins, ends = visits_of(night.chosen)
    assert set(ends) == {31 * HOUR_MS}
    sums = visited_ms(night)
    expected = night.setting.walkers.weight[trips.person[rows]] * (30 * HOUR_MS - begins)
    assert sums[..., SPENT.index("night_work_s")].sum() == expected.sum()
    assert sums[..., SPENT.index("night_nightlife_s")].sum() == 0
