"""The whole journey on a drawn line, worked out by hand, and what taking the night bus away does to whom."""

import dataclasses

import numpy as np
import pytest
from travelled import calm_rides

from simulator.foundation.clock import HOUR_MS
from simulator.interventions import Transit
from simulator.kernels.costs import BICYCLE, DRIVER, TAXI, TRANSIT, WALK, in_company
from simulator.kernels.riding import valued_wait
from simulator.travel.outcomes import CANNOT_PAY, NO_SERVICE, NOT_MADE

from linecity import BACK_MS, RIDE_MIN, evening, line_city
from reference.called import called

in_company = called(in_company)
valued_wait = called(valued_wait)


def without_night_bus(city):
    measure = Transit(name="no night bus", lines=("N1",), from_hour=0, until_hour=4, no_service=True)
    return [measure.place(city, np.arange(len(city.streets), dtype=np.int32))]


def night_trips(arm, mode):
    chosen = arm.chosen
    return int((chosen.made & (chosen.mode == mode) & (chosen.depart_ms >= 24 * HOUR_MS)).sum())


def test_a_ride_costs_walks_wait_and_minutes_in_the_vehicle():
    arm = evening(line_city(departures=4.0), agents=100)
    journeys, parameters = arm.setting.journeys, arm.setting.parameters
    trips = arm.chosen.trips
    ride = calm_rides(arm, trips)
    speed = arm.setting.people.speed_m_s[trips.person]
    on_foot = 2 * 100.0 * parameters.planned_over_straight / speed / 60.0
    expected = journeys.walk_weight * on_foot + 7.5 * 2.0 * 1.21 + RIDE_MIN
    np.testing.assert_allclose(ride["minutes"], expected)
    np.testing.assert_array_equal(ride["stop"], np.repeat([0, 1], 100))
    np.testing.assert_allclose(ride["wait_min"], 7.5)


def test_a_ride_out_of_the_district_ends_where_nobody_is_followed():
    arm = evening(line_city(departures=4.0), agents=100)
    journeys, parameters = arm.setting.journeys, arm.setting.parameters
    trips = arm.chosen.trips
    gate = 3  # row of the gateway among the places
    out = dataclasses.replace(
        trips,
        origin=np.where(trips.leg == 0, trips.origin, gate),
        destination=np.where(trips.leg == 0, gate, trips.destination),
        outside_m=np.full(len(trips), 2000.0),
    )
    ride = calm_rides(arm, out)
    speed = arm.setting.people.speed_m_s[trips.person]
    in_vehicle = 60.0 * (1.3 * 6100.0 + 2000.0) / 1000.0 / parameters.ride_speed
    to_stop = 100.0 * parameters.planned_over_straight / speed / 60.0
    expected = journeys.walk_weight * (to_stop + parameters.outside_stop_min) + 7.5 * 2.0 * 1.21 + in_vehicle
    np.testing.assert_allclose(ride["minutes"], expected)
    np.testing.assert_array_equal(ride["stop"], np.repeat([0, -1], 100))  # on the way back it is boarded outside
    np.testing.assert_array_equal(ride["last_stop"], np.repeat([-1, 0], 100))


def test_beyond_ten_minutes_women_who_feel_unsafe_wait_longer_than_they_do():
    journeys = evening(line_city(), agents=100).setting.journeys
    cases = [(15.0, 1.0, 1.0), (15.0, 0.0, 1.0), (15.0, 1.0, 0.0), (10.0, 1.0, 1.0)]
    valued = [valued_wait(journeys.rates, wait, unsafe, women) for wait, unsafe, women in cases]
    np.testing.assert_allclose(valued, 2.0 * 1.21 * np.array([15.0 + 5.0 * 0.8, 15.0, 15.0, 10.0]))


def test_whoever_rides_walks_waits_and_walks_and_is_in_one_place_at_a_time():
    arm = evening(line_city(departures=4.0))
    chosen, rows, pace = arm.chosen, arm.chosen.rows, arm.setting.walkers.pace
    trip = int(np.flatnonzero(chosen.made & (chosen.mode == TRANSIT) & (chosen.trips.leg == 0))[0])
    person = chosen.trips.person[trip]
    mine = np.flatnonzero((rows.person == person) & (rows.start_ms < BACK_MS))
    mine = mine[np.argsort(rows.start_ms[mine])]
    to_stop_ms = int(100.0 * pace[person] * rows.slowed[mine[0]] + 0.5)
    start = chosen.depart_ms[trip]
    assert rows.stay_ms[mine].tolist() == [0, 450_000, 0]
    assert [int(rows.routed.route[rows.routed.start[row]]) for row in mine] == [0, 0, 2]
    wait_from = start + to_stop_ms
    assert rows.start_ms[mine].tolist() == [start, wait_from, wait_from + 450_000 + int(RIDE_MIN * 60_000)]


def test_nobody_is_in_two_places():
    arm = evening(line_city(departures=1.5), times=(9 * HOUR_MS, 10 * HOUR_MS))
    arm.advance(28 * HOUR_MS)
    walks = arm.walk.walks
    order = np.lexsort((walks.start_ms, walks.person))
    ends = (walks.start_ms + walks.walked_ms)[order]
    same = walks.person[order][1:] == walks.person[order][:-1]
    assert (walks.start_ms[order][1:] >= ends[:-1])[same].all()
    assert same.sum() > 1000


@pytest.mark.slow
def test_every_trip_out_has_its_way_back_or_a_reason():
    for placements in ((), without_night_bus(line_city(2.0))):
        chosen = evening(line_city(2.0), placements=placements).chosen
        count = len(chosen.tours)
        legs = np.bincount(chosen.trips.tour, weights=chosen.made, minlength=count)
        assert set(legs.tolist()) == {0.0, 2.0}
        assert (chosen.why[~chosen.made] > 0).all()
        vehicle = np.isin(chosen.mode, (DRIVER, BICYCLE))
        both = np.bincount(chosen.trips.tour, weights=vehicle, minlength=count)
        assert set(both.tolist()) <= {0.0, 2.0}  # a car or a bicycle taken out comes back


@pytest.mark.slow
def test_taking_the_night_bus_away_costs_those_most_who_cannot_drive_or_pay():
    city = line_city(2.0)
    fares = {"taxi_fare_start": 3.0, "taxi_fare_km": 0.8}  # cheap, so that a few thousand agents show who cannot pay
    before, after = (evening(city, agents=6000, placements=one, **fares) for one in ((), without_night_bus(city)))
    people = before.setting.people
    stuck = (~people.has_car & ~people.can_afford_taxi)[before.chosen.tours.person]
    lost = before.chosen.probability_made - after.chosen.probability_made
    assert (lost >= 0).all()  # a dearer way makes no tour likelier
    assert lost[stuck].mean() > 2 * lost[~stuck].mean() > 0
    night_rides, taxis = ([night_trips(arm, mode) for arm in (before, after)] for mode in (TRANSIT, TAXI))
    assert night_rides[0] > 300
    assert night_rides[1] == 0
    assert taxis[1] > taxis[0]
    new = (after.chosen.outcome == NOT_MADE) & (before.chosen.outcome != NOT_MADE)
    assert new.sum() > 20
    assert ((after.chosen.why[new] & NO_SERVICE) > 0).all()
    assert ((after.chosen.why[new] & CANNOT_PAY) > 0).any()


@pytest.mark.slow
def test_a_bus_taken_away_by_day_as_well_does_not_take_the_wish_away():
    city = line_city(4.0)
    gone = Transit(name="no bus", no_service=True).place(city, np.arange(3, dtype=np.int32))
    before, after = evening(city), evening(city, placements=[gone])
    rode = (before.chosen.mode == TRANSIT) & (before.chosen.trips.leg == 0)
    assert (after.chosen.mode != TRANSIT).all()
    assert ((after.chosen.why[rode] & NO_SERVICE) > 0).mean() > 0.9
    walk_far = ~before.setting.people.has_car[before.chosen.tours.person]
    lost = before.chosen.probability_made - after.chosen.probability_made
    assert lost[walk_far].mean() > 0.1


def test_a_night_bus_that_comes_less_often_is_waited_for_longer():
    city = line_city(4.0)
    seldom = Transit(name="seldom", lines=("n1",), from_hour=0, until_hour=4, headway_min=40.0)
    placed = [seldom.place(city, np.arange(3, dtype=np.int32))]
    waits = []
    for placements in ((), placed):
        chosen = evening(city, placements=placements).chosen
        at_one = (chosen.depart_ms >= BACK_MS) & (chosen.depart_ms < BACK_MS + HOUR_MS)  # some go home before midnight
        rides = chosen.made & (chosen.mode == TRANSIT) & (chosen.trips.leg == 2) & at_one
        waits.append(np.unique(chosen.waits_ms[rides]).tolist())
    assert waits == [[450_000], [1_200_000]]
    # seven nights a week: four hours of both stops lose 4 - 1.5 departures, of 15 and of no minutes on
    assert placed[0].quantity == pytest.approx(365.25 * 2 * 4 * -2.5 * RIDE_MIN / 60.0)


def test_a_measure_that_keeps_the_headways_changes_nothing_to_the_bit():
    city = line_city(4.0)
    same = Transit(name="same", headway_min=15.0, from_hour=6, until_hour=4)
    placed = same.place(city, np.arange(3, dtype=np.int32))
    assert placed.quantity == pytest.approx(0.0, abs=1e-6)
    one, other = evening(city), evening(city, placements=[placed])
    for name in ("made", "mode", "outcome", "why", "depart_ms", "probability_made", "waits_ms"):
        np.testing.assert_array_equal(getattr(one.chosen, name), getattr(other.chosen, name))


def test_where_one_can_only_walk_the_choice_is_walking_or_not_by_minutes_that_feel_unsafe():
    """The formula before there were modes: logit of not going = logit(share) + slope x unsafe minutes."""
    only = {"driver_at_hand": 0.0, "bicycle_at_hand": 0.0, "taxi_fare_start": 1e9, "companion_at_hand": 0.0}
    city = line_city()
    tables = ("stops", "lines", "services", "headways")
    city = dataclasses.replace(city, **{name: getattr(city, name).empty() for name in tables})
    arm = evening(city, agents=400, fear_weight_spread=0.0, shift_min_per_hour=1e9, longest_walk_min=1e4, **only)
    chosen, people, parameters = arm.chosen, arm.setting.people, arm.setting.parameters
    assert set(chosen.mode[chosen.made & ~people.has_car[chosen.trips.person]].tolist()) == {WALK}
    unsafe = chosen.routed.unsafe_m / people.speed_m_s[chosen.trips.person] / 60.0
    unsafe = np.bincount(chosen.trips.tour, weights=unsafe)
    odds = parameters.not_made_share / (1 - parameters.not_made_share) * np.exp(parameters.not_made_per_minute * unsafe)
    walkers = ~people.has_car & (people.age >= parameters.walks_alone_from_age)
    np.testing.assert_allclose(chosen.probability_made[walkers], (1.0 / (1.0 + odds))[walkers], rtol=1e-5)


def test_company_lowers_fear_by_its_log_odds():
    np.testing.assert_allclose([in_company(unsafe, 3.0) for unsafe in (0.5, 0.2)], [1 / 4, 1 / 13])
    assert [in_company(unsafe, 1.0) for unsafe in (0.5, 0.2)] == [0.5, 0.2]


def test_children_are_out_only_in_company_or_in_a_car():
    arm = evening(line_city(4.0), walks_alone_from_age=16)
    chosen, people = arm.chosen, arm.setting.people
    child = people.age[chosen.rows.person] < 16
    assert child.sum() > 20
    assert (chosen.rows.company[child] > 0).all()
    alone = chosen.made & np.isin(chosen.mode, (BICYCLE, TAXI)) & (people.age[chosen.trips.person] < 16)
    assert not alone.any()
