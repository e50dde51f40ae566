"""Request stops and night lines on the drawn line, worked out by hand, with and without a known order of stops.

Homes stand about half way: 2.6 km from stop A, 3.4 km from stop B.
"""

import dataclasses
import datetime
import math

import numpy as np
import pytest
from travelled import calm_rides

from simulator.accounting.tables import placements_table
from simulator.city.conditions import Draw, conditions_of
from simulator.city.transit import Services, departures_at
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters, nominal
from simulator.foundation.clock import HOUR_MS
from simulator.interventions import MEASURES
from simulator.kernels.costs import TRANSIT
from simulator.kernels.riding import NEAREST

from linecity import HOME, MONDAY, RIDE_MIN, evening, line_city

PLAIN = draw_parameters(1, -1)
EVERY = np.arange(3, dtype=np.int32)
NIGHT, NOON = 23, 12
REQUEST = {"spacing_m": 1000.0, "from_hour": 22, "until_hour": 4}
AT = [612.5, 1612.5, 2612.5, 3612.5, 4612.5]
"""Middles of parts of 25 m, 1 000 m apart and at least 500 m from the usual stops at 100 and 6 100 m."""


def half_way(city):
    x = city.places.x_m.copy()
    x[HOME] = 2700.0
    return dataclasses.replace(city, places=dataclasses.replace(city.places, x_m=x))


LINE = half_way(line_city())
UNKNOWN = dataclasses.replace(LINE, services=Services.empty())


def request(city, **levers):
    measure = MEASURES["request_stop"](**({"name": "on request", "where": "segments"} | REQUEST | levers))
    return measure, measure.place(city, EVERY)


def night_line(city, stops, **levers):
    given = {"name": "N9", "stops": stops, "headway_min": 30.0} | levers
    measure = MEASURES["night_line"](**given)
    return measure, measure.place(city, EVERY)


def with_it(city, measure, placed, date=MONDAY):
    """The city with a measure, and its streets on a date."""
    built = measure.built_on(city, placed)
    return built, measure.change(conditions_of(city, PLAIN, date), placed, Draw(built, PLAIN, date))


def departures(conditions, hour):
    supply = conditions.supply
    return departures_at(supply.headways, len(supply.stops), day_kind="weekday", hour=hour)


def test_request_stops_stand_so_far_apart_and_between_stops_of_the_line():
    measure, placed = request(LINE)
    built = measure.built_on(LINE, placed)
    assert placed.quantity == 5
    assert placed.segments.tolist() == [1]
    assert built.stops.x_m.tolist() == pytest.approx([100.0, 6100.0, *AT])
    assert np.array_equal(built.stops.stop_id[:2], LINE.stops.stop_id)
    assert built.lines.name.tolist() == ["N1", "N1 on request"]
    there = built.services.take(np.flatnonzero((built.services.line == 1) & (built.services.direction == 0)))
    assert there.stop.tolist() == [0, 2, 3, 4, 5, 6, 1]
    by_hand = [0.0, *(RIDE_MIN * (x - 100.0) / 6000.0 for x in AT), RIDE_MIN]
    assert there.from_first_min.tolist() == pytest.approx(by_hand)
    assert there.to_next_min.tolist() == pytest.approx([*np.diff(by_hand), 0.0])
    cost = placements_table((placed,), PLAIN).iloc[0]["annual_cost"]
    assert cost == pytest.approx(5 * PLAIN.request_stop_running)


@pytest.mark.parametrize("city", [LINE, UNKNOWN], ids=["line known", "line unknown"])
def test_request_stops_are_served_in_their_hours_only_and_nothing_else_changes(city):
    measure, placed = request(city, reach_m=3100.0)
    _, after = with_it(city, measure, placed)
    before = conditions_of(city, PLAIN, MONDAY)
    for hour in range(24):
        usual = departures(before, hour)
        assert np.array_equal(departures(after, hour)[:2], usual)
        new = departures(after, hour)[2:]
        served = hour >= 22 or hour < 4
        assert new.any() == (served and usual.any())
        if served and usual.any():
            assert new.max(axis=1).tolist() == [4.0] * 5
    assert after.treated.tolist() == [False, True, False]
    assert np.array_equal(after.light_min_lx, before.light_min_lx)


def test_by_day_people_choose_as_without_request_stops():
    """The way out at eight in the evening is before its hours: rides, modes and everything else are the same bits."""
    arms = [evening(LINE, agents=400, placements=placed) for placed in ([], [request(LINE)[1]])]
    assert arms[1].setting.journeys.places["near"][:, :NEAREST].tolist() == (
        arms[0].setting.journeys.places["near"][:, :NEAREST].tolist()
    )
    out = [arm.chosen.trips.leg == 0 for arm in arms]
    rides = [calm_rides(arm, arm.chosen.trips) for arm in arms]
    for name in ("minutes", "stop", "last_stop", "access_min"):
        assert np.array_equal(rides[0][name][out[0]], rides[1][name][out[1]])


def test_by_night_the_walk_from_the_vehicle_shortens_as_reckoned_by_hand():
    """From the bar at one: without it the next stop to a home half way is 2.6 km off, beyond reach; with it 87.5 m."""
    arms = [evening(LINE, agents=400, placements=placed) for placed in ([], [request(LINE)[1]])]
    back = arms[0].chosen.trips.leg == 2
    without, ride = (calm_rides(arm, arm.chosen.trips)[back] for arm in arms)
    assert np.isinf(without["minutes"]).all()
    speed = arms[1].setting.people.speed_m_s[arms[1].chosen.trips.person[back]]
    egress = 87.5 * PLAIN.planned_over_straight / speed / 60.0
    np.testing.assert_allclose(ride["egress_min"], egress)
    assert set(ride["last_stop"].tolist()) == {4}  # 2 612.5 m
    np.testing.assert_allclose(ride["ride_min"], RIDE_MIN * (6100.0 - 2612.5) / 6000.0)
    np.testing.assert_allclose(ride["wait_min"], 7.5)
    night = [
        int((arm.chosen.made & (arm.chosen.mode == TRANSIT) & (arm.chosen.depart_ms >= 24 * HOUR_MS)).sum())
        for arm in arms
    ]
    assert night[0] == 0 < night[1]


def test_where_no_line_is_known_a_place_is_served_like_the_nearest_stop_and_no_line_is_made_up():
    measure, placed = request(UNKNOWN, reach_m=600.0)
    assert placed.quantity == 2  # 612.5 m is 512.5 m from A; then 5 512.5 m or more, within 600 m of B
    built, _ = with_it(UNKNOWN, measure, placed)
    assert not len(built.services)
    arm = evening(UNKNOWN, agents=100, placements=[request(UNKNOWN, reach_m=4000.0)[1]])
    assert not arm.setting.journeys.rates.has_lines
    back = arm.chosen.trips.leg == 2
    ride = calm_rides(arm, arm.chosen.trips)[back]
    minutes = 60.0 * PLAIN.ride_over_straight * (6100.0 - 2612.5) / 1000.0 / PLAIN.ride_speed
    np.testing.assert_allclose(ride["ride_min"], minutes)


def test_at_most_so_many_places_those_farthest_from_a_usual_stop():
    measure, placed = request(LINE, places=1)
    assert measure.built_on(LINE, placed).stops.x_m.tolist() == pytest.approx([100.0, 6100.0, 2612.5])
    assert placed.quantity == 1


def test_the_same_request_stops_twice_are_there_once():
    both = [request(LINE, name=name)[1] for name in ("one", "two")]
    arm = evening(LINE, agents=100, placements=both)
    assert len(arm.setting.network.stops) == 7
    assert departures(arm.conditions, NIGHT)[2:].max() == 4.0


def test_request_stops_without_a_line_between_stops_are_refused():
    apart = dataclasses.replace(LINE, stops=dataclasses.replace(LINE.stops, y_m=np.array([900.0, 900.0])))
    with pytest.raises(InputError, match="no place on the chosen streets"):
        request(apart)


def test_request_stops_where_nothing_runs_are_idle():
    by_day = half_way(line_city(hours=range(6, 20)))
    measure, placed = request(by_day)
    idle = measure.idle_on(MONDAY, network=by_day, placement=placed)
    assert "no such vehicle stops" in idle.why
    measure, placed = request(LINE)
    assert measure.idle_on(MONDAY, network=LINE, placement=placed) is None


def test_request_stops_go_with_a_night_bus_whichever_comes_first():
    by_day = half_way(line_city(hours=range(6, 24)))
    bus = MEASURES["transit"](name="bus", headway_min=20, from_hour=0, until_hour=4)
    both = [bus.place(by_day, EVERY), request(by_day)[1]]
    for order in (both, both[::-1]):
        arm = evening(by_day, agents=100, placements=order)
        assert departures(arm.conditions, 1).max(axis=1).tolist() == [3.0] * 7
        assert departures(arm.conditions, NIGHT).max(axis=1).tolist() == [4.0] * 7


def test_a_night_line_runs_both_ways_with_minutes_and_cost_by_hand():
    measure, placed = night_line(LINE, ("A", "b"), speed_km_h=20.0)
    built, after = with_it(LINE, measure, placed)
    one_way = nominal("ride_over_straight") * 6.0 / 20.0 * 60.0
    ours = built.services.take(np.flatnonzero(built.services.line == 1))
    assert ours.stop.tolist() == [0, 1, 1, 0]
    assert ours.direction.tolist() == [0, 0, 1, 1]
    assert ours.from_first_min.tolist() == pytest.approx([0.0, one_way, 0.0, one_way])
    hours = 2 * 2 * 4 * 365.25 * one_way / 60.0  # two an hour each way, four hours a night
    assert placed.quantity == pytest.approx(hours)
    assert placements_table((placed,), PLAIN).iloc[0]["annual_cost"] == pytest.approx(hours * PLAIN.bus_hour_cost)
    assert departures(after, 2)[0].tolist() == [4.0 + 2.0, 0.0]
    assert departures(after, 2)[1].tolist() == [0.0, 4.0 + 2.0]
    assert departures(after, NIGHT).max() == 4.0
    assert placed.segments.tolist() == [0, 2]


def test_points_of_a_night_line_become_stops_on_the_nearest_street():
    import pyproj

    to_degrees = pyproj.Transformer.from_crs(LINE.crs, "EPSG:4326", always_xy=True)
    middle = tuple(to_degrees.transform(3010.0, 30.0))
    measure, placed = night_line(LINE, ("A", middle, "B"))
    built = measure.built_on(LINE, placed)
    assert (built.stops.x_m[2], built.stops.y_m[2]) == pytest.approx((3012.5, 0.0))
    assert placed.segments.tolist() == [0, 1, 2]
    assert math.isclose(built.services.from_first_min[-1], built.services.from_first_min[-4])
    off = tuple(to_degrees.transform(3010.0, 330.0))
    with pytest.raises(InputError, match="330 m from the chosen streets"):
        night_line(LINE, ("A", off))
    near = tuple(to_degrees.transform(3014.0, 0.0))
    with pytest.raises(InputError, match="same place"):
        night_line(LINE, (middle, near))


def test_a_night_line_in_a_city_without_known_lines_takes_nothing_from_other_stops():
    by_day = dataclasses.replace(half_way(line_city(hours=range(6, 24))), services=Services.empty())
    arms = [evening(by_day, agents=100, placements=placed) for placed in ([], [night_line(by_day, ("A", "B"))[1]])]
    assert not arms[1].setting.journeys.rates.has_lines
    rides = [calm_rides(arm, arm.chosen.trips) for arm in arms]
    out = arms[0].chosen.trips.leg == 0
    assert np.array_equal(rides[0][out], rides[1][out])
    for hour in range(6, 24):
        assert np.array_equal(departures(arms[0].conditions, hour), departures(arms[1].conditions, hour))


def test_a_night_line_of_unknown_stops_or_the_same_twice_is_refused():
    with pytest.raises(InputError) as refused:
        night_line(LINE, ("A", "Bee"))
    assert "found 'Bee', expected the name of a stop" in str(refused.value)
    with pytest.raises(ValueError, match="twice"):
        night_line(LINE, ("A", "a"))


def test_on_other_days_a_night_line_does_not_run():
    measure, placed = night_line(LINE, ("A", "B"), days=("friday",))
    _, after = with_it(LINE, measure, placed, MONDAY)
    assert np.array_equal(departures(after, 2), departures(conditions_of(LINE, PLAIN, MONDAY), 2))
    assert measure.idle_on(MONDAY, network=LINE, placement=placed) is not None
    friday = datetime.date(2026, 12, 18)
    assert measure.idle_on(friday, network=LINE, placement=placed) is None


def test_a_night_line_without_stops_is_a_sketch_along_the_axis():
    _, placed = night_line(LINE, ())
    assert placed.measure.built_on(LINE, placed).services.stop[-4:].tolist() == [0, 1, 1, 0]
    with pytest.raises(InputError, match="found 1 on the chosen streets"):
        MEASURES["night_line"](name="N9", headway_min=30.0).place(LINE, EVERY[:1])
