"""Hazard in vehicles: rides by the hour, closed forms by hand, and a night bus that shows what is met aboard."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.accounting import tables as accounting
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import AGE_BANDS, GENDERS, INCIDENTS
from simulator.foundation.clock import HOUR_MS, MINUTE_MS
from simulator.interventions import Transit
from simulator.kernels.costs import TRANSIT
from simulator.kernels.walking import PERSON_UNIT, People
from simulator.safety.risk import yearly_incidents_in_vehicle, yearly_incidents_per_person
from simulator.setting import GROUPS
from simulator.travel.vehicles import InVehicle, in_vehicle_hazard, person_seconds, ridden, solve_in_vehicle_levels

from linecity import RIDE_MIN, evening, line_city

ZONE = np.array([0, 2], np.int8)
FLAT = {"hour_shape_weight": 0.0}
"""Every hour alike."""


def walkers(weights, cells):
    count = len(weights)
    return People(
        own=np.zeros(count),
        gender=np.zeros(count, np.int8),
        cell=np.array(cells, np.int32),
        weight=np.array(weights) * PERSON_UNIT,
        pace=np.full(count, 750.0),
    )


def rides(*rows):
    person, start, minutes, segment = np.array(rows, float).T
    return InVehicle(
        person.astype(int),
        np.rint(start * HOUR_MS).astype(np.int64),
        np.rint(minutes * MINUTE_MS).astype(np.int64),
        segment.astype(int),
    )


def test_a_ride_over_the_hour_is_split_between_both():
    # two people ride half an hour from 20:45 (booked in the core), three a quarter from 23:00 (booked in the ring)
    sums = ridden(rides((0, 20.75, 30, 0), (1, 23.0, 15, 1)), walkers([2, 3], [0, 1]), ZONE, 2) / person_seconds(
        PERSON_UNIT
    )
    assert sums[20, 0, 0] == 2 * 900.0
    assert sums[21, 0, 0] == 2 * 900.0
    assert sums[23, 1, 2] == 3 * 900.0
    assert sums.sum() == 2 * 1800.0 + 3 * 900.0


def test_a_ride_past_the_end_of_the_day_counts_in_its_last_hour():
    sums = ridden(rides((0, 27.75, 60, 0)), walkers([1], [0]), ZONE, 1) / person_seconds(PERSON_UNIT)
    assert sums[3, 0, 0] == 3600.0
    assert sums.sum() == 3600.0


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.floats(4.0, 29.0), st.floats(0.0, 300.0), st.integers(0, 1)),
        min_size=1,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_time_aboard_is_conserved_in_any_order(rows, random):
    who = walkers([1, 2, 5], [0, 1, 1])
    sums = ridden(rides(*rows), who, ZONE, 2)
    aboard = rides(*rows)
    assert sums.sum() == (who.weight[aboard.person] * aboard.ride_ms).sum()
    random.shuffle(rows)
    np.testing.assert_array_equal(sums, ridden(rides(*rows), who, ZONE, 2))


def test_a_constant_hazard_aboard_gives_back_the_yearly_rate_in_closed_form():
    # 1000 women and 500 men ride half an hour each a day, nobody of another gender does
    parameters = draw_parameters(1, -1, FLAT)
    residents = np.array([1000.0, 500.0, 10.0])
    time = np.zeros((24, 3))
    time[8], time[22] = 900.0 * residents * person_seconds(PERSON_UNIT), 900.0 * residents * person_seconds(PERSON_UNIT)
    time[:, 2] = 0.0
    levels = solve_in_vehicle_levels(parameters, residents, time, PERSON_UNIT)
    a_year = levels[:, :2] * 1800.0 * 365.25  # of one resident
    harassed = -np.log(1 - np.array([0.27, 0.16])) * 2.0 * 0.40 * 0.19
    np.testing.assert_allclose(a_year[0], harassed, rtol=1e-12)
    np.testing.assert_allclose(a_year[1], -np.log(1 - 0.003) * 2.0 * 0.40 * 0.07, rtol=1e-12)
    assert not levels[:, 2].any()


@pytest.mark.parametrize("draw", [-1, *range(10)])
def test_streets_and_vehicles_share_what_happens_on_both(draw):
    parameters = draw_parameters(1, draw)
    aboard = yearly_incidents_in_vehicle(parameters)
    both = yearly_incidents_per_person(parameters) / parameters.inside_district_share + aboard
    share = [parameters[f"vehicle_share_{kind}"] for kind in INCIDENTS]
    np.testing.assert_allclose(aboard / both, np.tile(share, (len(GENDERS), 1)).T, rtol=1e-12)


# -- a line with a night bus ----------------------------------------------------------------------------------------


def lived(city, placements=(), levels=None, **overrides):
    """An evening with everybody at the bar, walked to its end; levels are solved on it if none are given."""
    arm = evening(city, agents=2000, placements=placements, **overrides)
    for hour in range(5, 29):
        arm.advance(hour * HOUR_MS)
    arm.end_day()
    if levels is None:
        arm.freeze_levels()
    else:
        arm.levels, arm.in_vehicle_levels, arm.by_age, arm.by_age_in_vehicle = levels
    return arm


def told(arm):
    table = accounting.summary_table(arm, {})
    return table[(table["itinerary"] == "realised") & (table["age_band"] != "all")]


def test_riders_are_aboard_for_the_minutes_of_the_timetable_at_the_hours_of_their_ride():
    arm = lived(line_city(4.0))
    rode = arm.chosen.mode == TRANSIT
    people = np.maximum(1, np.rint(arm.setting.people.weight * PERSON_UNIT))[arm.chosen.trips.person] / PERSON_UNIT
    rows = told(arm)
    assert rows["in_vehicle_s"].sum() == pytest.approx((people * rode).sum() * RIDE_MIN * 60.0)
    # out at eight and home at one: a walk and a wait of minutes before each
    assert set(rows.loc[rows["in_vehicle_s"] > 0, "hour"]) <= {20, 21, 0, 1, 2}
    np.testing.assert_array_equal(
        np.sort(arm.chosen.aboard.segment), np.sort(np.where(arm.chosen.trips.leg, 2, 0)[rode])
    )


def test_a_day_of_the_baseline_holds_the_daily_rate_aboard():
    arm = lived(line_city(4.0))
    people, rows = arm.setting.people, told(arm)
    residents = np.bincount(people.gender, weights=people.weight * people.resident, minlength=3)
    expected = yearly_incidents_in_vehicle(arm.setting.parameters) / 365.25
    by_hour = in_vehicle_hazard(arm.setting.parameters)
    for kind, word in enumerate(INCIDENTS):
        for gender, name in enumerate(GENDERS[:2]):
            mine = rows[rows["gender"] == name]
            of_age = arm.by_age_in_vehicle[kind, gender][mine["age_band"].map(AGE_BANDS.index)]
            met = (mine["in_vehicle_s"] * by_hour[mine["hour"]] * of_age).sum()
            level = arm.in_vehicle_levels[kind, gender]
            assert mine[f"in_vehicle_incidents_{word}"].sum() == pytest.approx(level * met)
            theirs = people.resident[arm.chosen.aboard.person] & (people.gender[arm.chosen.aboard.person] == gender)
            own = InVehicle(*(column[theirs] for column in arm.chosen.aboard))
            hours = ridden(own, arm.setting.walkers, arm.streets[0].zone, GROUPS).sum(axis=(1, 2)) / person_seconds(
                PERSON_UNIT
            )
            assert level * (hours * by_hour).sum() == pytest.approx(expected[kind, gender] * residents[gender])


@pytest.mark.slow
def test_more_night_buses_show_what_is_met_aboard_and_the_street_stays_the_streets():
    city = line_city(1.0)
    often = Transit(name="often", lines=("n1",), from_hour=20, until_hour=4, headway_min=10.0)
    before = lived(city, **FLAT)
    frozen = (before.levels, before.in_vehicle_levels, before.by_age, before.by_age_in_vehicle)
    after = lived(city, [often.place(city, np.arange(3, dtype=np.int32))], frozen, **FLAT)
    one, two = told(before), told(after)
    assert two["in_vehicle_s"].sum() > 1.2 * one["in_vehicle_s"].sum()
    for word in INCIDENTS:
        ratio = two[f"in_vehicle_incidents_{word}"].sum() / one[f"in_vehicle_incidents_{word}"].sum()
        kind = INCIDENTS.index(word)
        level = before.in_vehicle_levels[kind][:, None] * before.by_age_in_vehicle[kind]
        aboard = [
            (level[t["gender"].map(GENDERS.index), t["age_band"].map(AGE_BANDS.index)] * t["in_vehicle_s"]).sum()
            for t in (two, one)
        ]
        assert ratio == pytest.approx(aboard[0] / aboard[1])
    assert ratio > 1.1


def test_a_city_without_stops_has_no_hazard_aboard():
    city = line_city(4.0)
    tables = {name: type(getattr(city, name)).empty() for name in ("stops", "services", "lines", "headways")}
    arm = lived(dataclasses.replace(city, **tables))
    rows = told(arm)
    assert rows["in_vehicle_s"].sum() == 0.0
    assert not arm.in_vehicle_levels.any()


@pytest.mark.slow
def test_frozen_rides_are_the_baselines_whatever_the_arm_rides():
    city = line_city(1.0)
    often = Transit(name="often", lines=("n1",), from_hour=20, until_hour=4, headway_min=10.0)
    before = lived(city)
    after = lived(
        city,
        [often.place(city, np.arange(3, dtype=np.int32))],
        (before.levels, before.in_vehicle_levels, before.by_age, before.by_age_in_vehicle),
    )
    walk = after.walk_through(before.chosen.itineraries(), after.streets)
    table = accounting.summary_table(after, {"frozen": walk}, before.chosen.aboard)
    frozen = table[(table["itinerary"] == "frozen") & (table["age_band"] != "all")]
    for name in ("in_vehicle_s", *(f"in_vehicle_incidents_{word}" for word in INCIDENTS)):
        assert frozen[name].sum() == pytest.approx(told(before)[name].sum(), rel=1e-12)
        assert told(after)[name].sum() > frozen[name].sum()
