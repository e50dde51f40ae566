"""The core of the streets: what is left out leads nowhere or leaves no choice."""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.kernels.routing import Wishes, route_trips
from simulator.travel.core import core_of, every_segment, kept_junctions
from simulator.travel.looking_ahead import graph_of, unsafe_of

from cities import grid_city, make_city

# home 0 -- 1 -- 2 -- 3 shop, a way round 1 -- 4 -- 5 -- 3, and a blind way 2 -- 6 -- 7
NODES = [
    (0.0, 0.0),
    (100.0, 0.0),
    (200.0, 0.0),
    (300.0, 0.0),
    (150.0, 80.0),
    (250.0, 80.0),
    (200.0, -50.0),
    (200.0, -90.0),
]
LINKS = [(0, 1), (1, 2), (2, 3), (1, 4), (4, 5), (5, 3), (2, 6), (6, 7)]


def town():
    return make_city(NODES, LINKS, places=[("home", 0, 10.0), ("shop", 3, 1.0)])


def test_blind_ways_and_junctions_without_a_choice_are_left_out():
    city = town()
    assert np.flatnonzero(kept_junctions(city)).tolist() == [0, 1, 3]
    core = core_of(city)
    chains = {}
    for junction in (0, 1, 3):
        for arc in range(core.start[junction], core.start[junction + 1]):
            links = core.links[core.bound[arc] : core.bound[arc + 1]].tolist()
            chains.setdefault((junction, int(core.head[arc])), []).append(links)
    assert chains == {
        (0, 1): [[0]],
        (1, 0): [[0]],
        (1, 3): [[1, 2], [3, 4, 5]],
        (3, 1): [[2, 1], [5, 4, 3]],
    }
    assert len(every_segment(city).head) == 2 * len(LINKS)


def test_a_blind_way_at_whose_end_somebody_lives_is_kept():
    city = make_city(NODES, LINKS, places=[("home", 7, 10.0), ("shop", 3, 1.0)])
    assert np.flatnonzero(kept_junctions(city)).tolist() == [2, 3, 7]  # nobody lives at 0, so 1 leaves no choice


@given(st.integers(0, 2**32))
def test_ways_on_the_core_cost_what_they_cost_on_all_streets(seed):
    random = np.random.default_rng(seed)
    city = grid_city(5)
    dropped = random.random(len(city.streets)) < 0.35  # streets closed, so that there are blind ways and bends
    nowhere = np.where(dropped, city.streets.from_junction, city.streets.to_junction)
    city = dataclasses.replace(city, streets=dataclasses.replace(city.streets, to_junction=nowhere))
    graph = graph_of(city, city.streets.length_m * random.uniform(0.5, 2.0, len(city.streets)))
    ends = np.flatnonzero(kept_junctions(city))
    trips = 20
    wishes = Wishes(
        random.choice(ends, trips).astype(np.int32),
        random.choice(ends, trips).astype(np.int32),
        np.zeros(trips, np.int8),
        np.zeros(trips, np.int8),
        random.uniform(0, 5, trips),
    )
    fear = random.uniform(0, 1, (1, 1, len(city.streets))).astype(np.float32)
    found = []
    for one in (graph, graph._replace(kept=np.zeros_like(graph.kept))):
        counts, segments, unsafe_m = route_trips(one, unsafe_of(one, fear, wishes), wishes, 0, trips)
        trip = np.repeat(np.arange(trips), np.maximum(counts, 0))
        metres = np.bincount(trip, weights=graph.walk_m[segments], minlength=trips)
        found.append((counts < 0, metres + wishes.willingness * unsafe_m))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-12)
