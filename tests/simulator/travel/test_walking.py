"""How people walk: speeds, waits at main roads, and ways without steps."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.agenda.plans import Trips
from simulator.city.network import STREET_CLASSES
from simulator.city.walking_graph import crossing_metres, walking_metres
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import DISABILITIES
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.kernels.walking import PASSED
from simulator.people.population import make_people
from simulator.people.speeds import comfortable_speed
from simulator.simulation import Simulation
from simulator.travel import routes
from simulator.travel.itineraries import Itineraries
from simulator.travel.looking_ahead import graph_of
from simulator.travel.outcomes import NOT_MADE, STEPS
from simulator.travel.step_free import route_everybody, step_free_graph, takes_steps

from cities import grid_city, make_city

NOMINAL = draw_parameters(1, -1)
DECEMBER = datetime.date(2026, 12, 21)
MAIN, SIDE = STREET_CLASSES.index("primary"), STREET_CLASSES.index("residential")


def speed(gender, age, disability="none", *, wheelchair=False, variate=0.0):
    who = np.array([gender]), np.array([age])
    impaired = np.array([DISABILITIES.index(disability)]), np.array([wheelchair])
    return float(comfortable_speed(who, impaired, np.array([variate]), NOMINAL)[0])


def test_speeds_are_those_of_the_evidence_and_slower_with_a_disability():
    assert speed(0, 75) == pytest.approx(1.27)
    assert speed(1, 15) == pytest.approx(1.39)
    assert speed(2, 45) == pytest.approx((1.39 + 1.46) / 2)
    assert speed(0, 75, "walking") == pytest.approx(1.27 * 0.7)
    assert speed(0, 75, "sight") == pytest.approx(1.27 * 0.85)
    assert speed(0, 75, "walking", wheelchair=True) == pytest.approx(1.27 * 0.8)
    assert speed(0, 85, "walking", variate=-9.0) == pytest.approx(0.35)  # 0.5 m/s, the slowest without, times 0.7


# -- crossings ------------------------------------------------------------------------------------------------------


def crossroads():
    """A main road from west (1) through the middle (0) to the east (2), side streets to north (3) and south (4)."""
    city = make_city([(0, 0), (-100, 0), (100, 0), (0, 100), (0, -100)], [(1, 0), (0, 2), (3, 0), (0, 4)])
    kinds = dataclasses.replace(city.streets, street_class=np.array([MAIN, MAIN, SIDE, SIDE]))
    return dataclasses.replace(city, streets=kinds)


def test_who_crosses_a_main_road_waits_once_who_turns_half_who_goes_along_never():
    wait = crossing_metres(crossroads(), NOMINAL)
    along, across, turning = wait[0] + wait[1], wait[2] + wait[3], wait[2] + wait[0]
    assert along == 0.0
    assert across == pytest.approx(2 * turning)
    assert 0.0 < across < 2 * NOMINAL.crossing_delay_s * 1.3
    np.testing.assert_array_equal(walking_metres(crossroads(), NOMINAL), 100.0 + wait)


def test_waits_average_to_the_evidence_and_differ_between_junctions_and_seeds():
    """Two hundred side streets that end at a main road: each half a wait."""
    count = 200
    nodes = [(float(x), 0.0) for x in range(count)] + [(float(x), 50.0) for x in range(count)]
    links = [(x, x + 1) for x in range(count - 1)] + [(x, x + count) for x in range(count)]
    city = make_city(nodes, links)
    kinds = np.repeat([MAIN, SIDE], [count - 1, count])
    city = dataclasses.replace(city, streets=dataclasses.replace(city.streets, street_class=kinds))
    waits = crossing_metres(city, NOMINAL)[count - 1 :] * 2 / 1.3
    assert waits.mean() == pytest.approx(NOMINAL.crossing_delay_s, rel=0.15)
    assert waits.std() > 1.0
    assert (waits != crossing_metres(city, draw_parameters(2, -1))[count - 1 :] * 2 / 1.3).any()


# -- steps ----------------------------------------------------------------------------------------------------------


def with_steps(city, rows):
    flags = np.isin(np.arange(len(city.streets)), rows)
    return dataclasses.replace(city, streets=dataclasses.replace(city.streets, is_steps=flags))


def stairs_or_ramp():
    r"""From 0 to 1 by 20 m of steps, or round by 2 on the level; 3 depends on 1 by steps alone.

    ::

        0 ==20== 1 ==10== 3     = steps
         \      /
          \    /
            2
    """
    links = [(0, 1), (0, 2), (2, 1), (1, 3)]
    places = [("home", 0, 10.0), ("gateway", 1, 1.0), ("shop", 3, 1.0)]
    city = make_city([(0, 0), (20, 0), (10, -60), (30, 0)], links, places=places)
    return with_steps(city, [0, 3])


def routed(city, uses_wheelchair, trips):
    people = make_people(city, NOMINAL, 100).take(np.arange(2))
    people = dataclasses.replace(people, wheelchair=np.array([False, uses_wheelchair]))
    graph = graph_of(city, walking_metres(city, NOMINAL))
    fear = np.zeros((HOURS, 9, len(city.streets)), np.float32)
    trip = Trips(
        tour=np.zeros(len(trips)),
        person=[who for who, _, _ in trips],
        leg=np.zeros(len(trips)),
        origin=[origin for _, origin, _ in trips],
        destination=[destination for _, _, destination in trips],
        depart_ms=np.full(len(trips), 12 * 3_600_000),
        from_previous_day=np.zeros(len(trips), bool),
        purpose=np.zeros(len(trips)),
        outside_m=np.zeros(len(trips)),
        with_child=np.zeros(len(trips), bool),
        with_adult=np.zeros(len(trips), bool),
    )
    ways = route_everybody(
        (graph, step_free_graph(city, graph)),
        fear,
        network=city,
        wishes=routes.wishes_of(city, trip, (np.zeros(2, np.int8), np.zeros(2))),
        uses_wheelchair=people.wheelchair[trip.person],
        threads=1,
    )
    segments = [ways.route[ways.start[row] : ways.start[row + 1]].tolist() for row in range(len(trips))]
    return segments, (people.wheelchair[trip.person] & takes_steps(city, ways)).tolist()


def test_wheelchair_users_go_round_by_the_ramp_and_say_so_where_there_is_none():
    trips = [(1, 0, 1), (0, 0, 1), (1, 0, 2), (0, 1, 2)]  # (person, from, to); person 1 uses the wheelchair
    segments, blocked = routed(stairs_or_ramp(), True, trips)
    assert segments == [[1, 2], [0], [0, 3], [3]]
    assert blocked == [False, False, True, False]


def test_a_short_flight_of_steps_never_beats_a_long_way_round():
    """Once, three metres of steps cost as much as three hundred of level street."""
    nodes = [(0, 0), (3, 0), (0, 4000), (3, 4000)]
    places = [("home", 0, 10.0), ("gateway", 1, 1.0)]
    city = with_steps(make_city(nodes, [(0, 1), (0, 2), (2, 3), (3, 1)], places=places), [0])
    segments, blocked = routed(city, True, [(1, 0, 1), (0, 0, 1)])
    assert segments == [[1, 2, 3], [0]]
    assert blocked == [False, False]


def test_without_a_wheelchair_the_same_trips_take_the_steps():
    segments, blocked = routed(stairs_or_ramp(), False, [(1, 0, 1), (0, 0, 1), (1, 0, 2)])
    assert segments == [[0], [0], [0, 3]]
    assert blocked == [False, False, False]


@pytest.fixture(scope="module")
def stepped():
    """A grid, half of whose shops are reached by steps only, after a day of going on foot."""
    plain = grid_city(6)
    shops = plain.places.junction[plain.places_of("shop")][::2]
    at = np.isin(plain.streets.from_junction, shops) | np.isin(plain.streets.to_junction, shops)
    city = with_steps(plain, np.flatnonzero(at))
    on_foot = {"driver_at_hand": 0.0, "bicycle_at_hand": 0.0, "taxi_fare_start": 1e9, "car_over_drivers": 1e-9}
    arm = Simulation.baseline(city, draw_parameters(1, 0, on_foot), agents=4000, date=DECEMBER)
    arm.settle(1)
    return arm


def test_no_wheelchair_user_walks_a_step_and_what_is_not_made_says_so(stepped):
    chosen, people = stepped.chosen, stepped.setting.people
    rows = chosen.itineraries()
    uses_wheelchair = people.wheelchair[rows.person]
    on_steps = takes_steps(stepped.setting.network, rows.routed)
    assert uses_wheelchair.any()
    assert not on_steps[uses_wheelchair].any()
    assert on_steps[~uses_wheelchair].any()
    stopped = (chosen.why & STEPS) > 0
    assert stopped.any()
    assert not chosen.made[stopped].any()
    assert (chosen.outcome[stopped] == NOT_MADE).all()
    assert people.wheelchair[chosen.trips.person[stopped]].all()


@pytest.mark.parametrize("hour", [8, 27, 33])
def test_a_walk_is_walked_however_late_it_begins(hour):
    """Who leaves a night coach at nine in the morning after is still walked home, once."""
    arm = Simulation.baseline(grid_city(4), NOMINAL, agents=100, date=DECEMBER)
    arm.begin_day()
    ways = routes.Routed(np.array([0, 2]), np.array([0, 1], np.int32), np.zeros(1))
    walk = arm.walk_through(Itineraries.walks(np.array([3]), np.array([hour * HOUR_MS]), ways), arm.streets)
    weight = arm.setting.walkers.weight[3]
    np.testing.assert_array_equal(walk.segments[:, :2, PASSED].sum(axis=0), [weight, weight])
