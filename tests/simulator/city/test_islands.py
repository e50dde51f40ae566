"""Streets that do not hang together: everybody keeps to the own island, and nobody is lost."""

import datetime

import numpy as np
import pytest

from simulator.agenda.plans import Planner
from simulator.city.network import PLACE_KINDS
from simulator.evidence.parameters import draw_parameters
from simulator.people.population import make_people, ways_into
from simulator.simulation import Simulation

from cities import make_city

NO_INFLATION = np.ones((3, 3, 24))
DECEMBER = datetime.date(2026, 12, 21)


def islands():
    r"""A main network with all that people want, an island with a shop and a stop, and one with homes alone.

    ::

        0 -- 1 -- 2 -- 3        6 -- 7 -- 8        9 -- 10
        |              |        home shop stop     home home
        4 ------------ 5
    """
    nodes = [(0, 100), (100, 100), (200, 100), (300, 100), (0, 0), (300, 0)]
    nodes += [(2000, 0), (2100, 0), (2200, 0), (5000, 0), (5050, 0)]
    links = [(9, 10), (6, 7), (7, 8), (0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 3)]
    kinds = ("work", "school", "care", "shop", "leisure", "culture", "nightlife", "worship", "health", "open_space")
    places = [(kind, number % 4, 5.0) for number, kind in enumerate(kinds)]
    places += [("home", 4, 300.0), ("gateway", 5, 1.0), ("home", 6, 200.0), ("shop", 7, 1.0), ("stop", 8, 1.0)]
    return make_city(nodes, links, places=[*places, ("home", 9, 100.0), ("home", 10, 100.0)])


@pytest.fixture(scope="module")
def planned():
    city = islands()
    parameters = draw_parameters(1, 0)
    people = make_people(city, parameters, 3000)
    return city, people, *Planner(city, people, parameters, date=datetime.date(2026, 12, 21)).plan(0, 3 * NO_INFLATION)


def test_islands_are_numbered_by_their_length():
    assert islands().islands.tolist() == [0] * 6 + [1] * 3 + [2] * 2


def test_visitors_come_by_gateways_and_by_stops_only_where_there_is_none():
    city = islands()
    places, pull = ways_into(city)
    assert [(PLACE_KINDS[city.places.kind[place]], city.places.junction[place]) for place in places] == [
        ("gateway", 5),
        ("stop", 8),
    ]
    assert pull[1] / pull.sum() == pytest.approx(200.0 / (800.0 + 200.0 + 50.0))  # the island's share of all streets


def test_nobody_is_sent_across(planned):
    city, _, _, trips = planned
    island = city.islands[city.places.junction]
    assert np.array_equal(island[trips.origin], island[trips.destination])


def test_islanders_shop_and_leave_on_their_own_island_or_stay_at_home(planned):
    city, people, tours, trips = planned
    island = city.islands[city.places.junction]
    of_person = island[people.home]
    assert (of_person == 2).sum() > 100, "people who stay at home are residents all the same"
    assert np.unique(of_person[tours.person]).tolist() == [0, 1, 2]
    assert set(trips.destination[island[trips.origin] == 2].tolist()) == {15, 16}, "neighbours are all there is to see"
    shop, stop = 13, 14
    out = trips.destination[(island[trips.origin] == 1) & (trips.leg == 0) & people.resident[trips.person]]
    assert set(out.tolist()) == {shop, stop}, "to the shop, and by boat to school and work"


def test_a_whole_day_runs():
    arm = Simulation.baseline(islands(), draw_parameters(1, 0), agents=400, date=DECEMBER, threads=2)
    arm.settle(1)
    arm.simulate_day()
    assert arm.walk is not None
