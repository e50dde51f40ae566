"""A stop that moves on the drawn line, worked out by hand; no distance, and there and back, are nothing at all.

Homes stand at 2 700 m: 2.6 km from stop A at 100 m, 3.4 km from stop B at 6 100 m. Beyond reach on foot, both.
"""

import dataclasses

import numpy as np
import pytest
from every_measure import same, to_degrees
from travelled import calm_rides

from simulator.accounting.tables import placements_table
from simulator.city.conditions import Draw, conditions_of
from simulator.city.network import PLACE_KINDS
from simulator.city.transit import Services, departures_at
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import MEASURES
from simulator.kernels.costs import TRANSIT
from simulator.simulation import Simulation

from linecity import GATE, HOME, MONDAY, RIDE_MIN, evening, line_city, with_two_more_stops

PLAIN = draw_parameters(1, -1)
EVERY = np.arange(3, dtype=np.int32)
NIGHT = 23
NEAR_HOME, ITS_PLACE = to_degrees(2610.0, 20.0), (2612.5, 0.0)
"""A point beside the middle street, and the middle of the part of 25 m that is nearest to it."""
WHERE_IT_WAS = to_degrees(100.0, 0.0)


def half_way(city):
    x = city.places.x_m.copy()
    x[HOME] = 2700.0
    return dataclasses.replace(city, places=dataclasses.replace(city.places, x_m=x))


LINE = half_way(line_city())


def moved(city=LINE, segments=EVERY, **levers):
    measure = MEASURES["stop_moved"](**({"name": "moved", "stop": "A", "to": NEAR_HOME} | levers))
    return measure, measure.place(city, segments)


def departures(conditions, hour):
    supply = conditions.supply
    return departures_at(supply.headways, len(supply.stops), day_kind="weekday", hour=hour)


def test_the_lines_call_at_the_new_place_in_all_hours_and_it_costs_one_stop():
    measure, placed = moved()
    built = measure.built_on(LINE, placed)
    after = measure.change(conditions_of(LINE, PLAIN, MONDAY), placed, Draw(built, PLAIN, MONDAY))
    assert (built.stops.x_m[2], built.stops.y_m[2]) == pytest.approx(ITS_PLACE)
    assert np.array_equal(built.stops.stop_id[:2], LINE.stops.stop_id)
    assert built.stops.name.tolist() == ["A", "B", "A (moved)"]
    assert built.services.stop.tolist() == [2, 1, 1, 2]
    assert built.services.from_first_min.tolist() == [0.0, RIDE_MIN, 0.0, RIDE_MIN]
    before = conditions_of(LINE, PLAIN, MONDAY)
    for hour in range(24):
        assert departures(after, hour)[2].tolist() == departures(before, hour)[0].tolist()
        assert not departures(after, hour)[0].any()
        assert departures(after, hour)[1].tolist() == departures(before, hour)[1].tolist()
    assert placed.quantity == 1.0
    assert after.treated.tolist() == [False, True, False]
    assert same(dataclasses.replace(after, supply=before.supply, treated=before.treated), before)
    row = placements_table((placed,), PLAIN).iloc[0]
    assert row["capital"] == pytest.approx(PLAIN.stop_move_capital)


def test_who_walks_to_it_goes_to_the_new_place_as_reckoned_by_hand():
    """From the home at 2 700 m it was 2 600 m to the stop, beyond reach; now it is 87.5 m there and back."""
    arms = [evening(LINE, agents=400, placements=placed) for placed in ([], [moved()[1]])]
    without, ride = (calm_rides(arm, arm.chosen.trips) for arm in arms)
    assert np.isinf(without["minutes"]).all()
    trips = arms[1].chosen.trips
    walk = 87.5 * PLAIN.planned_over_straight / arms[1].setting.people.speed_m_s[trips.person] / 60.0
    out, back = trips.leg == 0, trips.leg == 2
    np.testing.assert_allclose(ride["access_min"][out], walk[out])
    np.testing.assert_allclose(ride["egress_min"][back], walk[back])
    np.testing.assert_allclose(ride["ride_min"], RIDE_MIN)
    assert set(ride["stop"][out].tolist()) == {2} == set(ride["last_stop"][back].tolist())
    riders = [int((arm.chosen.made & (arm.chosen.mode == TRANSIT)).sum()) for arm in arms]
    assert riders[0] == 0 < riders[1]


def test_where_no_line_is_known_minutes_aboard_follow_from_where_it_stands():
    unknown = dataclasses.replace(LINE, services=Services.empty())
    arm = evening(unknown, agents=100, placements=[moved(unknown)[1]])
    assert not arm.setting.journeys.rates.has_lines
    ride = calm_rides(arm, arm.chosen.trips)
    minutes = 60.0 * PLAIN.ride_over_straight * (6100.0 - 2612.5) / 1000.0 / PLAIN.ride_speed
    np.testing.assert_allclose(ride["ride_min"], minutes)


def lived(placements, city=None):
    """An arm in which people live beside the stop, so that they ride."""
    return evening(line_city() if city is None else city, agents=300, placements=placements)


def same_evening(one, other):
    for name in ("made", "mode", "depart_ms"):
        assert np.array_equal(getattr(one.chosen, name), getattr(other.chosen, name)), name
    rides = [calm_rides(arm, arm.chosen.trips) for arm in (one, other)]
    assert same(*rides)
    assert same(one.conditions.supply.headways, other.conditions.supply.headways)


def test_moved_by_nothing_is_the_baseline_to_the_bit():
    city = line_city()
    for levers in ({"to": WHERE_IT_WAS}, {"to": None}, {"stop": 1, "to": WHERE_IT_WAS}):
        _, placed = moved(city, **levers)
        measure = placed.measure
        assert placed.quantity == 0.0
        assert not placed.segments.size
        assert measure.built_on(city, placed) is None
        before = conditions_of(city, PLAIN, MONDAY)
        assert measure.change(before, placed, Draw(city, PLAIN, MONDAY)) is before
    baseline = lived([])
    assert (baseline.chosen.mode == TRANSIT).any()
    same_evening(baseline, lived([placed]))


@pytest.mark.parametrize("ways", [1, 2])
def test_moved_there_and_back_is_the_baseline_to_the_bit(ways):
    """With a line that goes on, once over one other place and once over two."""
    city = with_two_more_stops(line_city())
    there = [NEAR_HOME, to_degrees(4000.0, 0.0)][:ways]
    steps = [moved(city, name=str(number), to=to)[1] for number, to in enumerate([*there, WHERE_IT_WAS])]
    baseline, only, back = lived([], city), lived(steps[:-1], city), lived(steps, city)
    same_evening(baseline, back)
    assert not same(only.conditions.supply.headways, baseline.conditions.supply.headways)


def test_the_last_of_two_counts():
    city = line_city()
    placed = [moved(city, name=str(x), to=to_degrees(x, 0.0))[1] for x in (1012.5, 2012.5)]
    arm = lived(placed, city)
    served = np.unique(arm.conditions.supply.headways.stop)
    assert arm.setting.network.stops.x_m[served].tolist() == pytest.approx([6100.0, 2012.5])


def test_without_a_point_it_goes_to_the_nearest_place_of_the_chosen_streets():
    _, placed = moved(to=None, segments=EVERY[2:])
    built = placed.measure.built_on(LINE, placed)
    assert built.stops.x_m[2] == pytest.approx(6112.5)


def test_without_a_name_it_is_the_nearest_stop_that_is_not_on_the_chosen_streets():
    """Both stops are on the outer streets; A stands at the end of the middle one, B too, and A has the lower key."""
    _, placed = moved(stop=None, to=None, segments=EVERY[1:2], least_m=0.0)
    assert placed.measure.stop == 1
    assert placed.measure.built_on(LINE, placed).services.stop.tolist() == [2, 1, 1, 2]
    with pytest.raises(InputError, match="no stop 50 m or more from the chosen streets"):
        moved(stop=None, to=None)
    assert moved(stop=None, to=None, segments=EVERY[:1])[1].measure.stop == 2  # 6 km away, but A is on them
    with pytest.raises(InputError, match="no stop 50 m or more"):  # both stand at its ends
        moved(stop=None, to=None, segments=EVERY[1:2])


def test_a_night_line_and_request_stops_follow_it():
    night = MEASURES["night_line"](name="N9", stops=("A", "B"), headway_min=30.0).place(LINE, EVERY)
    request = MEASURES["request_stop"](name="r", where="segments", spacing_m=1000.0, from_hour=22, until_hour=4)
    placements = [request.place(LINE, EVERY), night, moved()[1]]
    for order in (placements, placements[::-1]):
        arm = evening(LINE, agents=100, placements=order)
        assert not departures(arm.conditions, NIGHT)[0].any()
        assert not departures(arm.conditions, 2)[0].any()
        at = arm.setting.network.stops.name.tolist().index("A (moved)")
        assert departures(arm.conditions, 2)[at].max() == 4.0 + 2.0


def test_a_stop_that_is_not_there_or_not_one_or_too_far_is_refused():
    with pytest.raises(InputError, match="found 'Bee', expected the name of a stop"):
        moved(stop="Bee")
    with pytest.raises(InputError, match="found 99, expected the stop_id"):
        moved(stop=99)
    two = dataclasses.replace(LINE, stops=dataclasses.replace(LINE.stops, name=np.array(["A", "A"])))
    with pytest.raises(InputError, match="found 2 stops called 'A', expected one; give a stop_id: 1"):
        moved(two)
    with pytest.raises(InputError, match="300 m from the chosen streets, expected at most 100 m"):
        moved(to=to_degrees(3012.5, 300.0))
    unserved = dataclasses.replace(LINE, services=Services.empty(), headways=type(LINE.headways).empty())
    with pytest.raises(InputError, match="which nothing serves"):
        moved(unserved)


def test_who_comes_in_by_the_stop_sets_out_where_it_is_now_and_back_again_where_it_was():
    """No street leaves this line: visitors come in at A and walk along the first; once it stands before the last, along that."""
    city = line_city()
    places, come_in = city.places, np.arange(len(city.places)) == GATE
    at_a = {"kind": PLACE_KINDS.index("stop"), "x_m": 100.0, "junction": 1, "segment": 0, "place_id": 1}
    columns = {name: np.where(come_in, value, getattr(places, name)) for name, value in at_a.items()}
    columns["place_id"][~come_in] += 10
    city = dataclasses.replace(city, places=dataclasses.replace(places, **columns))
    placed = moved(city)[1]
    built = placed.measure.built_on(city, placed)
    where = (built.places.x_m[GATE], built.places.y_m[GATE])
    assert where == pytest.approx(ITS_PLACE)
    assert built.places.segment[GATE] == 1
    assert same(built.places.take(~come_in), city.places.take(~come_in))
    back = moved(city, name="back", to=WHERE_IT_WAS)[1]
    assert same(back.measure.built_on(built, back).places, city.places)
    baseline, streets = Simulation.baseline(city, PLAIN, agents=300, date=MONDAY), []
    for placements in ([], [moved(city, to=to_degrees(6000.0, 0.0))[1]]):
        arm = baseline.fork(placements)
        arm.begin_day()
        trips = arm.chosen.trips
        comes = np.flatnonzero((trips.origin == GATE) & arm.chosen.walked & ~arm.setting.people.resident[trips.person])
        streets.append(set(arm.chosen.routed.take(comes).route.tolist()))
    assert streets == [{0}, {2}]


def test_which_stop_moves_how_far_and_where_to_is_told():
    measure, placed = moved()
    told = measure.found(LINE, placed)
    assert (
        told == "stop 'A' (stop_id 1) moves by 2512 m, on a street without a name to a place on a street without a name"
    )
    named = dataclasses.replace(
        LINE,
        street_names=("First Street", "Long Street"),
        streets=dataclasses.replace(LINE.streets, name_index=np.array([0, 1, -1])),
        stops=dataclasses.replace(LINE.stops, name=np.array(["", "B"])),
    )
    measure, placed = moved(named, stop=1)
    assert measure.found(named, placed) == (
        "the stop without a name of stop_id 1 moves by 2512 m, on First Street to a place on Long Street"
    )
    measure, placed = moved(named, stop="B", to=to_degrees(6100.0, 0.0))
    assert measure.found(named, placed) == "stop 'B' (stop_id 2) stays where it is, on a street without a name"
