"""Rows by purpose and neighbourhood: they add up to the whole, to the bit, and are what loops over a day find."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.accounting import tables as accounting
from simulator.accounting.group_sums import group_sums
from simulator.accounting.groupings import walked_by_neighbourhood
from simulator.agenda.plans import TRIP_PURPOSES
from simulator.city.neighbourhoods import neighbourhoods_of
from simulator.city.zones import Zones, ZoneStreets
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import ELSEWHERE, GENDERS
from simulator.interventions.public_space.links import with_links
from simulator.kernels.walking import STAY
from simulator.results.schema import GROUP_VALUES
from simulator.setting import GROUP_SHAPE
from simulator.simulation import Simulation

from cities import grid_city, make_city

DATE = datetime.date(2026, 12, 21)
WEST, EAST, NORTH = "West", "East", "North"


def with_zones(city, names, segment, zone, share=None):
    """The city with zones of these names, its core behind them, and which streets lie in them."""
    zones = Zones(zone_id=10 + np.arange(len(names) + 1), zone=[*names, "core"], is_core=[False] * len(names) + [True])
    share = np.ones(len(segment)) if share is None else share
    return dataclasses.replace(city, zones=zones, zone_streets=ZoneStreets(segment=segment, zone=zone, share=share))


def halved(city, but=()):
    """The city with all that begins left of its middle in one zone, the rest in another; some streets in none."""
    x = city.junctions.x_m[city.streets.from_junction]
    rows = np.setdiff1d(np.arange(len(city.streets)), but)
    return with_zones(city, (WEST, EAST), rows, (x[rows] >= np.median(city.junctions.x_m)).astype(int))


@pytest.fixture(scope="module")
def arm():
    """One lived day in a grid of which two streets lie in no zone, and four in the ring."""
    city = grid_city(6)
    core = np.ones(len(city.streets), bool)
    core[[2, 11, 40, 55]] = False
    city = dataclasses.replace(city, streets=dataclasses.replace(city.streets, in_core=core))
    baseline = Simulation.baseline(halved(city, but=(7, 31)), draw_parameters(1, 0), agents=300, date=DATE)
    baseline.settle(1)
    arm = baseline.fork()
    arm.simulate_day()
    return arm


@pytest.fixture(scope="module")
def summary(arm):
    return accounting.summary_table(arm, {"frozen": arm.walk_through(arm.chosen.itineraries(), arm.streets)})


def test_a_street_lies_in_the_zone_that_holds_most_of_it():
    line = make_city([(100.0 * x, 0.0) for x in range(7)], [(x, x + 1) for x in range(6)], core=(0, 1, 2, 3, 4))
    told = with_zones(
        line,
        (WEST, EAST, NORTH),
        segment=[0, 0, 1, 1, 2, 4, 5],
        zone=[0, 1, 1, 0, 0, 1, 2],
        share=[0.7, 0.3, 0.45, 0.45, 0.4, 1.0, 1.0],
    )
    # a tie goes to the first; more outside than in is in none; the ring counts for none, so North has no street
    names, of_street = neighbourhoods_of(told)
    assert names == (WEST, EAST)
    np.testing.assert_array_equal(of_street, [0, 0, 2, 2, 1, 2])


def test_one_zone_tells_nothing_apart():
    line = make_city([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)], [(0, 1), (1, 2)])
    assert neighbourhoods_of(line).names == ()
    assert neighbourhoods_of(with_zones(line, (WEST, EAST), [0, 1], [0, 0])).names == ()
    assert neighbourhoods_of(with_zones(line, (WEST, EAST), [0, 1], [0, 1])).names == (WEST, EAST)


def test_the_core_is_no_neighbourhood():
    line = make_city([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)], [(0, 1), (1, 2)])
    told = with_zones(line, (WEST, EAST), [0, 0, 1, 1], [0, 2, 1, 2])
    assert neighbourhoods_of(told).names == (WEST, EAST)
    np.testing.assert_array_equal(neighbourhoods_of(told).of_street, [0, 1])


@given(st.lists(st.integers(0, 3), min_size=60, max_size=60), st.integers(1, 4))
def test_sums_over_zones_are_those_of_the_city_whatever_the_zones(arm, of_street, threads):
    gender = arm.setting.people.gender
    walk = dataclasses.replace(arm.walk, threads=threads)
    found = walked_by_neighbourhood(walk, arm.streets, np.array(of_street), (gender, len(GENDERS)), 4)
    whole = arm.walk.cells.reshape(24, *GROUP_SHAPE, *arm.walk.cells.shape[2:])
    whole = whole.sum(axis=tuple(axis for axis in range(1, whole.ndim - 1) if axis != 2))
    np.testing.assert_array_equal(found.cells.sum(axis=2), whole)
    np.testing.assert_array_equal(found.segments, arm.walk.segments)
    for name in ("step", "left_ms", "walked_ms", "safe"):
        np.testing.assert_array_equal(getattr(found.walks, name), getattr(arm.walk.walks, name))


def test_walked_in_is_what_streets_of_a_zone_take(arm, summary):
    rows = summary[(summary["breakdown"] == "walked_in") & (summary["itinerary"] == "realised")]
    names, of_street = neighbourhoods_of(arm.setting.network)
    seconds = arm.walk.segments[:, :, 1] / (arm.walk.unit * 1000.0)
    inside = arm.setting.network.streets.in_core
    for at, name in enumerate((*names, ELSEWHERE)):
        told = rows[rows["neighbourhood"] == name].groupby("hour")["walking_s"].sum().reindex(range(24), fill_value=0.0)
        np.testing.assert_allclose(told, seconds[:, (of_street == at) & inside].sum(axis=1), rtol=1e-12)


def test_totals_agree_across_breakdowns(summary):
    core = summary[summary["zone"].str.startswith("core")]
    keys = ["itinerary", "gender", "hour"]
    walked = [name for name in summary if name.endswith("_s") or "incidents" in name or "recorded" in name]
    walked = [name for name in walked if not name.startswith(("in_vehicle", "night_"))]
    trips = [name for name in summary if name.startswith("trips_")] + ["detour_m"]
    asked = ["survey_respondents", "survey_feel_safe"]
    told = {
        by: core[core["breakdown"] == by].groupby(keys, observed=True)[walked + trips + asked].sum()
        for by in ("age_band", "purpose", "walked_in", "lives_in")
    }
    for by, values in (("walked_in", walked), ("purpose", trips), ("lives_in", trips + asked)):
        some = told[by].index.get_level_values("itinerary") != "none"
        other, whole = told[by][some].align(told["age_band"], join="outer", fill_value=0.0)
        here = whole.index.get_level_values("itinerary").isin(told[by].index.get_level_values("itinerary"))
        assert whole[here][values].to_numpy().sum() > 0
        for name in values:
            # a person's weight is a multiple of 1/256 where times are counted: to the unit, that is to the bit
            np.testing.assert_allclose(other[here][name], whole[here][name], rtol=1e-12, atol=1e-9, err_msg=name)


def test_agents_behind_are_those_that_loops_find(arm, summary):
    names, of_street = neighbourhoods_of(arm.setting.network)
    walks, people, inside = arm.walk.walks, arm.setting.people, arm.setting.network.streets.in_core
    there = {name: set() for name in names}
    for row in range(walks.person.size):
        if walks.kind[row] != STAY:
            for segment in walks.route[walks.route_start[row] : walks.route_start[row + 1]]:
                if inside[segment] and of_street[segment] < len(names):
                    there[names[of_street[segment]]].add(int(walks.person[row]))
    rows = summary[(summary["breakdown"] == "walked_in") & (summary["itinerary"] == "realised")]
    for (name, gender), group in rows[rows["neighbourhood"] != ELSEWHERE].groupby(["neighbourhood", "gender"]):
        of = [person for person in there[name] if people.gender[person] == GENDERS.index(gender)]
        assert set(group["agents"]) == {len(of)}
        assert group["population"].iloc[0] == pytest.approx(people.weight[of].sum())
    trips = arm.chosen.trips
    rows = summary[summary["breakdown"] == "purpose"]
    assert set(rows["purpose"]) <= set(TRIP_PURPOSES)
    for (word, gender), group in rows.groupby(["purpose", "gender"]):
        wish = trips.purpose == TRIP_PURPOSES.index(word)
        wish &= people.gender[trips.person] == GENDERS.index(gender)
        assert set(group["agents"]) == {np.unique(trips.person[wish]).size}
        assert group["trips_planned"].sum() == pytest.approx(people.weight[trips.person[wish]].sum())


def test_home_rows_are_of_who_lives_there(arm, summary):
    names, of_street = neighbourhoods_of(arm.setting.network)
    people, places = arm.setting.people, arm.setting.network.places
    home = of_street[places.segment[people.home]]
    for at, name in enumerate(names):
        here = people.resident & (home == at)
        rows = summary[(summary["breakdown"] == "lives_in") & (summary["neighbourhood"] == name)]
        asked = rows[rows["itinerary"] == "asked"]
        assert asked["survey_respondents"].sum() == pytest.approx(people.weight[here & (people.age >= 16)].sum())
        wished = rows[rows["itinerary"] == "realised"]["trips_planned"].sum()
        assert wished == pytest.approx(people.weight[arm.chosen.trips.person[here[arm.chosen.trips.person]]].sum())


def test_a_city_without_zones_tells_no_neighbourhood():
    baseline = Simulation.baseline(grid_city(4), draw_parameters(1, 0), agents=100, date=DATE)
    baseline.settle(1)
    told = accounting.summary_table(baseline, {})
    assert set(told["neighbourhood"]) == {"all"}
    assert set(told["breakdown"]) == {"age_band", "disability", "carer", "night_worker", "purpose"}


def test_a_link_lies_where_the_street_at_its_first_end_does():
    city = halved(make_city([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (50.0, 40.0)], [(0, 1), (1, 2), (0, 3), (1, 3)]))
    wider = with_links(city, ((3, 2),), False, (1.0, 5.0))  # begins at junction 2, which has the lower key
    assert len(wider.streets) == len(city.streets) + 1
    of_street = neighbourhoods_of(wider).of_street
    np.testing.assert_array_equal(of_street, [0, 1, 0, 1, 1])
    assert neighbourhoods_of(wider).names == (WEST, EAST)


def test_groups_by_home_are_those_of_the_summary_and_add_up_to_everybody(arm, summary):
    told = group_sums(arm, arm.walk, arm.chosen.aboard, accounting.answers_of(arm))
    at = GROUP_VALUES.index("trips_planned") + 2
    rows = summary[(summary["breakdown"] == "lives_in") & summary["zone"].str.startswith("core")]
    for place in (WEST, EAST, ELSEWHERE):
        for gender in GENDERS:
            mine = rows[(rows["neighbourhood"] == place) & (rows["gender"] == gender)]
            found = sum(numbers[at] for numbers in told["rows"]["lives in"][place][gender].values())
            assert found == pytest.approx(mine["trips_planned"].sum(), rel=1e-9)
    for gender in GENDERS:
        for period in ("day", "dark"):
            places = [told["rows"]["lives in"][place][gender][period] for place in (WEST, EAST, ELSEWHERE)]
            everybody = told["rows"]["everybody"]["all"][gender][period]
            np.testing.assert_allclose(np.sum(places, axis=0), everybody, rtol=1e-9, atol=1e-9)
    for side, places in told["sides_by_neighbourhood"].items():
        assert sum(places.values()) == pytest.approx(told[side])


def test_streets_say_in_which_neighbourhood_they_lie(arm):
    names, of_street = neighbourhoods_of(arm.setting.network)
    table = accounting.segments_table(arm)
    words = np.array([*names, ELSEWHERE])[of_street]
    assert table["neighbourhood"].tolist() == np.tile(words, 24).tolist()
