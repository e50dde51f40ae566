"""What residents have within reach, reckoned by hand on drawn streets; and nothing moves where nothing changes."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.accounting import tables as accounting
from simulator.accounting.access import (
    REACHED_KINDS,
    Homes,
    kinds_within_reach,
    spaces_and_venues_near,
    stops_near,
)
from simulator.city.network import PLACE_KINDS
from simulator.city.transit import Stops
from simulator.evidence.parameters import draw_parameters
from simulator.kernels.walking import fear_table
from simulator.results.schema import SUMMARY_KEYS
from simulator.safety.survey import ASKED_HOUR
from simulator.simulation import Simulation

from cities import grid_city, make_city
from linecity import line_city

DATE = datetime.date(2026, 12, 21)
# homes at 0, 450 m and 1300 m on one line; what else there is stands at the beginning
ALONG = [(0.0, 0.0), (450.0, 0.0), (1300.0, 0.0)]
LINKS = [(0, 1), (1, 2)]
HOMES = [("home", 0, 100.0), ("home", 1, 100.0), ("home", 2, 100.0)]


def lived(city, agents=150):
    """A baseline after one lived day, with central values of all parameters."""
    arm = Simulation.baseline(city, draw_parameters(1, -1), agents=agents, date=DATE)
    arm.settle(1)
    return arm


def opened(city, kind, since, until):
    """The city with all places of a kind open from and until an hour, past 24 by night."""
    rows = city.places.kind == PLACE_KINDS.index(kind)
    hours = {
        "opens_h": np.where(rows, since, city.places.opens_h),
        "closes_h": np.where(rows, until, city.places.closes_h),
    }
    return dataclasses.replace(city, places=dataclasses.replace(city.places, **hours))


def at_home(arm, homes, values):
    """Mean of a value by the junction of the home."""
    junction = arm.setting.network.places.junction[arm.setting.people.home[homes.rows]]
    return {int(one): float(np.mean(values[junction == one])) for one in np.unique(junction)}


def one_stop(kind):
    """The line with one stop of a kind at its beginning."""
    city = make_city(ALONG, LINKS, places=[*HOMES, ("gateway", 2, 1.0)])
    stops = Stops(stop_id=[1], kind=[kind], x_m=[0.0], y_m=[0.0], junction=[0], segment=[0], name=["A"])
    return dataclasses.replace(city, stops=stops)


@pytest.mark.parametrize(("kind", "reached"), [(0, (1, 1, 0)), (1, (1, 1, 0)), (2, (1, 1, 0)), (5, (0, 0, 0))])
def test_a_bus_stop_is_near_within_500_m_and_a_taxi_rank_is_no_stop(kind, reached):
    arm = lived(one_stop(kind))
    homes = Homes.of(arm)
    found = stops_near(homes)
    assert at_home(arm, homes, found["home_stop"]) == dict(enumerate(map(float, reached)))
    assert set(found["home_stop_known"]) == {float(kind != 5)}
    assert set(found["home_late_known"]) == {0.0}  # no departures are known: left out, not none


def test_rail_reaches_a_kilometre_and_no_farther():
    far = make_city([(0.0, 0.0), (900.0, 0.0), (1010.0, 0.0)], LINKS, places=[*HOMES, ("gateway", 2, 1.0)])
    for kind, reached in ((2, (1.0, 1.0, 0.0)), (3, (1.0, 1.0, 0.0)), (0, (1.0, 0.0, 0.0))):
        stops = Stops(stop_id=[1], kind=[kind], x_m=[0.0], y_m=[0.0], junction=[0], segment=[0], name=["A"])
        arm = lived(dataclasses.replace(far, stops=stops))
        homes = Homes.of(arm)
        assert tuple(at_home(arm, homes, stops_near(homes)["home_stop"]).values()) == reached


@pytest.mark.parametrize(
    ("hours", "late", "at_02"), [(range(6, 22), 0.0, 0.0), (range(6, 24), 1.0, 0.0), (range(6, 28), 1.0, 1.0)]
)
def test_a_stop_is_late_if_something_leaves_after_22(hours, late, at_02):
    arm = lived(line_city(hours=hours))
    homes = Homes.of(arm)
    found = stops_near(homes)
    assert set(found["home_stop"]) == {1.0}
    assert set(found["home_late_known"]) == {1.0}
    assert set(found["home_stop_late"]) == {late}
    assert set(found["home_transit_at_02"]) == {at_02}


def test_wheelchair_users_take_no_steps_to_a_stop():
    city = one_stop(0)
    steps = dataclasses.replace(city.streets, is_steps=np.array([True, False]))
    arm = lived(dataclasses.replace(city, streets=steps), agents=3000)
    homes = Homes.of(arm)
    found, people = stops_near(homes)["home_stop"], arm.setting.people
    second = arm.setting.network.places.junction[people.home[homes.rows]] == 1
    wheelchair = people.wheelchair[homes.rows]
    assert (wheelchair & second).any()
    assert set(found[second & wheelchair]) == {0.0}
    assert set(found[second & ~wheelchair]) == {1.0}


def test_open_spaces_within_400_m_and_only_while_open():
    city = make_city(
        [(0.0, 0.0), (390.0, 0.0), (410.0, 0.0)],
        LINKS,
        places=[*HOMES, ("open_space", 0, 1.0), ("gateway", 2, 1.0)],
    )
    for until, dark in ((24.0, (1.0, 1.0, 0.0)), (20.0, (0.0, 0.0, 0.0))):
        arm = lived(opened(city, "open_space", 6.0, until))
        homes = Homes.of(arm)
        found = spaces_and_venues_near(homes)
        assert tuple(at_home(arm, homes, found["home_space"]).values()) == (1.0, 1.0, 0.0)
        assert tuple(at_home(arm, homes, found["home_space_dark"]).values()) == dark
        assert set(found["home_space_known"]) == {1.0}
        assert set(found["home_venue_known"]) == {0.0}


def test_what_is_open_at_02_is_reached_at_ones_own_speed():
    city = make_city(ALONG, LINKS, places=[*HOMES, ("nightlife", 0, 1.0), ("shop", 2, 1.0), ("gateway", 2, 1.0)])
    city = opened(city, "shop", 8.0, 20.0)
    for until, is_open in ((27.0, True), (26.0, False)):  # open at the middle of the hour from 02:00
        arm = lived(opened(city, "nightlife", 18.0, until), agents=600)
        homes = Homes.of(arm)
        found, people = spaces_and_venues_near(homes)["home_open_at_02"], arm.setting.people
        away = np.array(ALONG)[arm.setting.network.places.junction[people.home[homes.rows]], 0]
        np.testing.assert_array_equal(found, (is_open & (away <= people.speed_m_s[homes.rows] * 900.0)).astype(float))
    assert 0 < (away <= people.speed_m_s[homes.rows] * 900.0).mean() < 1


def test_kinds_reached_feeling_safe_are_those_that_loops_find():
    city = grid_city(6)
    dark = {name: np.zeros(len(city.streets)) for name in ("lit_min_lx", "lit_mean_lx")}
    arm = lived(dataclasses.replace(city, streets=dataclasses.replace(city.streets, **dark)), agents=200)
    homes = Homes.of(arm)
    found, network, people = kinds_within_reach(homes), arm.setting.network, arm.setting.people
    night = arm.streets_if_dark(ASKED_HOUR)
    walk_m = arm.setting.graph.walk_m
    for row in range(0, homes.rows.size, 7):
        person = homes.rows[row]
        own = np.array([[people.gender[person], np.rint(arm.setting.walkers.own[person] / 0.5) * 0.5]])
        fear = np.empty((1, len(network.streets)), np.float32)
        fear_table(night, own, fear)
        for name, passable in (("home_kinds_safe", fear[0] <= 0.5), ("home_kinds", np.ones(len(walk_m), bool))):
            away = {int(network.places.junction[people.home[person]]): 0.0}
            for _ in range(len(network.junctions)):  # Bellman and Ford
                for street in np.flatnonzero(passable):
                    one, other = int(network.streets.from_junction[street]), int(network.streets.to_junction[street])
                    for here, there in ((one, other), (other, one)):
                        if here in away:
                            away[there] = min(away.get(there, np.inf), away[here] + walk_m[street])
            near = {at for at, metres in away.items() if metres <= people.speed_m_s[person] * 900.0}
            kinds = 0
            for kind in REACHED_KINDS:
                open_ones = [place for place in network.places_of(kind) if arm.conditions.open_at[ASKED_HOUR, place]]
                kinds += any(int(network.places.junction[place]) in near for place in open_ones)
            expected = kinds if people.age[person] >= 16 else 0
            assert found[name][row] == expected, (row, name)
    assert 0 < found["home_kinds_safe"].sum() < found["home_kinds"].sum()


def test_who_feels_safe_everywhere_loses_nothing():
    arm = lived(grid_city(5))
    bold = dataclasses.replace(arm.setting, walkers=arm.setting.walkers._replace(own=arm.setting.walkers.own + 30.0))
    afraid = dataclasses.replace(arm.setting, walkers=arm.setting.walkers._replace(own=arm.setting.walkers.own - 30.0))
    arm.setting = bold
    found = kinds_within_reach(Homes.of(arm))
    np.testing.assert_array_equal(found["home_kinds_safe"], found["home_kinds"])
    arm.setting = afraid
    at_the_door = kinds_within_reach(Homes.of(arm))["home_kinds_safe"]
    assert at_the_door.sum() < found["home_kinds"].sum()


def test_rows_add_up_to_the_residents_and_agree_across_breakdowns():
    arm = lived(grid_city(5), agents=300)
    table = accounting.summary_table(arm, {})
    living = table[table["itinerary"] == "living"]
    people = arm.setting.people
    told = living.groupby("breakdown")[[name for name in table if name.startswith("home_")]].sum()
    assert told["home_residents"].to_numpy() == pytest.approx(people.weight[people.resident].sum())
    for name in told:
        assert told[name].to_numpy() == pytest.approx(told[name].iloc[0]), name
    assert not table.duplicated(list(SUMMARY_KEYS)).any()


def test_an_arm_without_measures_has_the_same_bits():
    baseline = lived(grid_city(5), agents=300)
    tables = []
    for _ in range(2):
        arm = baseline.fork()
        arm.simulate_day()
        tables.append(accounting.summary_table(arm, {}))
    assert {"living", "realised", "asked"} <= set(tables[0]["itinerary"])
    assert "purpose" in set(tables[0]["breakdown"])
    assert tables[0].equals(tables[1])
