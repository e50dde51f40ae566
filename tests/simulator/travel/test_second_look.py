"""What another arm takes over of a known day: only what is the same to the bit, and no little of it."""

import dataclasses
import datetime
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import HOURS
from simulator.interventions import Lighting
from simulator.simulation import Simulation
from simulator.travel import second_look
from simulator.travel.journeys import Walks
from simulator.travel.legs import OnFoot
from simulator.travel.routes import Routed
from simulator.travel.second_look import Again, Decided, KnownDays, Looked, groups_of

from cities import grid_city, make_city
from linecity import evening, line_city

CITY = grid_city(8)
PARK = np.flatnonzero(CITY.streets.in_park).astype(np.int32)
DECEMBER = datetime.date(2026, 12, 21)
NAMES = ("probability_made", "made", "mode", "outcome", "why", "mode_without_fear", "depart_ms", "taken_ms", "waits_ms")


def known_after(chooser, wished):
    """A day that is known since an arm has lived it."""
    known = KnownDays()
    chooser.choose(wished, known)
    return known


def assert_same(one, other):
    for name in NAMES:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for left, right in ((one.routed, other.routed), (one.rows.routed, other.rows.routed)):
        for field in dataclasses.fields(Routed):
            np.testing.assert_array_equal(getattr(left, field.name), getattr(right, field.name))
    for name in ("person", "start_ms", "kind", "stay_ms", "company", "slowed"):
        np.testing.assert_array_equal(getattr(one.rows, name), getattr(other.rows, name))
    for left, right in zip(one.aboard, other.aboard, strict=True):
        np.testing.assert_array_equal(left, right)


def day_of(arm):
    """Who chooses in an arm that has begun a day, and what was wished."""
    found = arm.known_to_forks
    fork = arm.fork()
    fork.begin_day()
    decided = found._kept[fork.day]
    return decided.given, decided.wished


@pytest.fixture(scope="module")
def grid():
    baseline = Simulation.baseline(CITY, draw_parameters(1, 0), agents=500, date=DECEMBER)
    baseline.settle(1)
    return baseline


@pytest.fixture(scope="module")
def grid_day(grid):
    chooser, wished = day_of(grid)
    return chooser, wished, known_after(chooser, wished)


@pytest.fixture(scope="module")
def line_day():
    chooser, wished = day_of(evening(line_city(), agents=200))
    return chooser, wished, known_after(chooser, wished)


@settings(max_examples=12, deadline=None)
@given(
    streets=st.lists(st.integers(0, len(CITY.streets) - 1), min_size=1, max_size=5),
    hours=st.lists(st.integers(0, HOURS - 1), min_size=1, max_size=HOURS),
    times=st.sampled_from([0.0, 0.5, 0.99, 1.01, 3.0]),
)
def test_nothing_is_taken_over_that_would_be_otherwise(grid_day, streets, hours, times):
    chooser, wished, known = grid_day
    fear = chooser.fear.copy()
    fear[np.ix_(hours, range(fear.shape[1]), streets)] *= np.float32(times)
    fear = np.minimum(fear, np.float32(0.99))
    other = dataclasses.replace(chooser, fear=fear)
    again = other.choose(wished, known)
    assert_same(again, other.choose(wished))
    assert again.anew.ways <= again.anew.of_ways
    assert again.anew.tours <= again.anew.of_tours == len(wished.tours)


def test_where_nothing_differs_nothing_is_decided_anew(grid_day):
    chooser, wished, known = grid_day
    again = chooser.choose(wished, known)
    assert_same(again, chooser.choose(wished))
    assert again.anew[::2] == (0, 0, 0)
    assert again.anew.of_people == len(wished.journeys.people)
    assert again.anew.of_ways > 100


def test_one_street_by_night_bears_on_few_ways(grid_day):
    chooser, wished, known = grid_day
    fear = chooser.fear.copy()
    fear[18, :, 0] *= np.float32(0.5)
    anew = dataclasses.replace(chooser, fear=fear).choose(wished, known).anew
    assert 0 < anew.ways < anew.of_ways / 20
    assert 0 < anew.tours < anew.of_tours / 2
    assert 0 < anew.people < anew.of_people / 2


def test_the_first_arm_decides_everything_itself(grid_day):
    chooser, wished, _ = grid_day
    anew = chooser.choose(wished, KnownDays()).anew
    assert anew.tours == anew.of_tours == len(wished.tours)
    assert anew.ways == anew.of_ways
    assert anew.people == np.unique(wished.tours.person).size


@settings(max_examples=10, deadline=None)
@given(
    stop=st.integers(0, 1),
    hour=st.integers(0, HOURS - 1),
    factor=st.sampled_from([0.0, 1.0, 2.0]),
    of_pairs=st.sampled_from([0.0, 1.0, 2.0]),
    comfort=st.sampled_from([None, (1.0, 1.0), (0.5, 1.0), (1.0, 0.8)]),
    street=st.integers(0, 2),
    unsafe=st.sampled_from([1.0, 0.5]),
)
def test_departures_comfort_and_fear_at_stops_are_minded(
    line_day, stop, hour, factor, of_pairs, comfort, street, unsafe
):
    chooser, wished, known = line_day
    of_stop, of_pair = chooser.service.of_stop.copy(), chooser.service.of_pair.copy()
    of_stop[stop, hour] *= factor
    of_pair[:, hour] *= of_pairs
    fear = chooser.fear.copy()
    fear[hour, :, street] *= np.float32(unsafe)
    other = dataclasses.replace(
        chooser,
        service=dataclasses.replace(chooser.service, of_stop=of_stop, of_pair=of_pair),
        wait_factor=None if comfort is None else np.array(comfort),
        fear=fear,
    )
    assert_same(other.choose(wished, known), other.choose(wished))


def test_departures_of_a_pair_alone_are_minded(line_day):
    chooser, wished, known = line_day
    none = dataclasses.replace(chooser.service, of_pair=np.zeros_like(chooser.service.of_pair))
    other = dataclasses.replace(chooser, service=none)
    again = other.choose(wished, known)
    assert_same(again, other.choose(wished))
    assert not np.array_equal(again.mode, chooser.choose(wished).mode)


def test_comfort_as_it_was_is_no_difference(line_day):
    chooser, wished, known = line_day
    again = dataclasses.replace(chooser, wait_factor=np.ones(2)).choose(wished, known)
    assert again.anew.tours == 0
    assert dataclasses.replace(chooser, wait_factor=np.array([0.9, 1.0])).choose(wished, known).anew.tours > 0


def test_other_gates_take_nothing_over_and_the_same_gates_do(line_day):
    chooser, wished, known = line_day
    shut = np.zeros((HOURS, 3), bool)
    shut[20, 2] = True
    gated = dataclasses.replace(chooser, closed=shut)
    assert known.of(gated, wished) is None
    with_gates = known_after(gated, wished)
    assert with_gates.of(chooser, wished) is None
    same = dataclasses.replace(chooser, closed=shut.copy())
    again = same.choose(wished, with_gates)
    assert again.anew[::2] == (0, 0, 0)
    assert_same(again, same.choose(wished))
    assert with_gates.of(dataclasses.replace(chooser, closed=~shut), wished) is None


def test_other_wishes_or_people_take_nothing_over(line_day):
    chooser, wished, known = line_day
    assert known.of(chooser, wished) is not None
    assert known.of(chooser, dataclasses.replace(wished)) is None
    assert known.of(dataclasses.replace(chooser, persons=chooser.persons.copy()), wished) is None
    assert known.of(chooser, dataclasses.replace(wished, day=wished.day + 1)) is None


def test_a_day_beyond_the_room_is_not_kept_and_the_first_always_is(line_day, monkeypatch):
    chooser, wished, _ = line_day
    monkeypatch.setattr(second_look, "MOST_KEPT_BYTES", 0)
    known, then = known_after(chooser, wished), dataclasses.replace(wished, day=wished.day + 1)
    chooser.choose(then, known)
    assert known.of(chooser, wished) is not None
    assert known.of(chooser, then) is None


def line_beside_itself(changed):
    """A line 0 -100 m- 1 -300 m- 2 -100 m- 3, and 0 -50 m- 4 -50 m- 5, some of whose segments have changed at 22 h."""
    nodes = [(0.0, 0.0), (100.0, 0.0), (400.0, 0.0), (500.0, 0.0), (-50.0, 0.0), (-100.0, 0.0)]
    city = make_city(nodes, [(0, 1), (1, 2), (2, 3), (0, 4), (4, 5)])
    fear = np.full((HOURS, 1, 5), 1.0, np.float32)
    fear[:, :, 1] = 0.1
    darker = fear.copy()
    darker[22, :, changed] *= np.float32(0.9)
    who = np.zeros(6, np.int8), np.array([0.0, 19.0, 21.0, 21.0, 0.0, 0.0])
    #  0 -> 1 by three people at 22 h, by one at noon; 2 -> 3 on the changed street, and 1 -> 2 that ends at it
    ends = np.array([[0, 0, 0, 0, 2, 1], [1, 1, 1, 1, 3, 2]], np.int32)
    walks = Walks(*ends, np.array([22, 22, 22, 12, 22, 22], np.int8), np.arange(6))
    pool = Routed(np.arange(4), np.array([0, 2, 1], np.int32), np.array([100.0, 100.0, 30.0]))
    number, key = np.array([0, 0, 0, 0, 1, 2]), np.arange(6)
    graphs = (SimpleNamespace(walk_m=np.array([100.0, 300.0, 100.0, 50.0, 50.0])),)
    wished = SimpleNamespace(journeys=SimpleNamespace(network=city, graphs=graphs))
    foot = OnFoot(pool, np.zeros(3, bool), np.zeros((3, 6), np.int64))
    before, now = (SimpleNamespace(fear=one, who=who) for one in (fear, darker))
    decided = Decided(before, wished, {"walks": Looked(key, walks, number)}, foot, *[None] * 3)
    return Again(decided, now), key, walks


def test_a_hand_computed_bound():
    """The way from 0 to 1 surely feels unsafe, so with a willingness w it costs C = 100 (1 + w).

    Metres to the changed segment, the last, are D(0) = 400 and D(1) = 300, the least fear is 0.1, so B = 700 (1 +
    0.1 w): more than C up to w = 20.
    """
    again, key, walks = line_beside_itself([2])
    assert again.ways_that_hold("walks", key, walks).tolist() == [0, 0, -1, 0, -1, -1]
    assert again.ways_that_hold("walks", key + 6, walks).tolist() == [-1] * 6
    assert again.ways_that_hold("others", key, walks).tolist() == [-1] * 6
    elsewhere = walks._replace(destination=np.zeros(6, np.int32))
    assert (again.ways_that_hold("walks", key, elsewhere) == -1).all()


def test_where_much_has_changed_only_ways_at_other_hours_hold():
    again, key, walks = line_beside_itself([1, 2])
    assert again.ways_that_hold("walks", key, walks).tolist() == [-1, -1, -1, 0, -1, -1]


def test_groups_are_of_what_lies_together():
    where = np.array([[0.0, 0.0], [1.0, 0.0], [100.0, 0.0], [101.0, 0.0], [50.0, 80.0]])
    assert groups_of(where, 3).tolist() == [0, 0, 1, 1, 2]  # the first, the farthest from it, the farthest from both
    assert groups_of(where[:2], 1).tolist() == [0, 0]
    assert groups_of(np.zeros((3, 2)), 2).tolist() == [0, 0, 0]
    assert groups_of(np.zeros((0, 2)), 2).size == 0


@pytest.mark.parametrize("threads", [1, 2])
def test_arms_are_the_same_to_the_bit_whether_somebody_looked_before_or_not(grid, threads):
    lamps = Lighting(name="lamps", where="unlit park paths", standard="P1").place(CITY, PARK[:3])
    other = Simulation(dataclasses.replace(grid.setting, threads=threads), grid.conditions)
    other._remember(grid)
    first, second, alone = other.fork(), other.fork([lamps]), grid.fork([lamps])
    alone.known = None
    for day in range(3):
        for arm in (first, alone, second):
            arm.simulate_day()
        np.testing.assert_array_equal(alone.walk.cells, second.walk.cells)
        np.testing.assert_array_equal(alone.walk.segments, second.walk.segments)
        np.testing.assert_array_equal(alone.expected_on, second.expected_on)
        assert_same(alone.chosen, second.chosen)
        assert second.anew[day].ways < 0.9 * second.anew[day].of_ways
    assert second.anew[0].tours < 0.7 * second.anew[0].of_tours
    assert alone.anew[0].tours == alone.anew[0].of_tours
