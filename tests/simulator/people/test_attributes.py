"""Results by attribute add up, small groups stay hidden, and what people are changes nobody else's result."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.indicators.cells import MIN_AGENTS, SLOTS, agents_behind, cell_sums, choose_cells, tally
from simulator.accounting.tables import people_table, placements_table, summary_table
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import ATTRIBUTES, CARERS, DISABILITIES
from simulator.people.population import age_bands_of
from simulator.results.schema import SUMMARY_KEYS, SUMMARY_VALUES, RunTables
from simulator.setting import GROUPS, group_of
from simulator.simulation import Simulation

from cities import grid_city

DECEMBER = datetime.date(2026, 12, 21)
PER_GROUP = ("agents", "population")


@pytest.fixture(scope="module")
def arm():
    baseline = Simulation.baseline(grid_city(6), draw_parameters(1, 0), agents=2000, date=DECEMBER)
    baseline.settle(2)
    return baseline


@pytest.fixture(scope="module")
def summary(arm):
    return summary_table(arm, {"frozen": arm.walk_through(arm.chosen.itineraries(), arm.streets)})


def told_by(summary, name):
    others = [other for other in ("age_band", *ATTRIBUTES) if other != name]
    return summary[(summary[others] == "all").all(axis=1) & (summary[name] != "all")]


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_sums_over_an_attribute_are_the_totals(summary, attribute):
    keys = ["itinerary", "gender", "hour", "period", "zone"]
    values = [name for name in SUMMARY_VALUES if name not in PER_GROUP and not name.startswith("year_")]  # by age only
    by_age, by_level = (told_by(summary, name).groupby(keys)[values].sum() for name in ("age_band", attribute))
    assert by_age.index.equals(by_level.index)
    assert by_age["walking_s"].sum() > 0
    assert by_age["survey_respondents"].sum() > 0
    for name in values:
        np.testing.assert_allclose(by_level[name], by_age[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_every_row_is_told_apart_by_one_thing_besides_gender(summary):
    told = (summary[[*(name for name, _ in SLOTS), "purpose", "neighbourhood"]] != "all").sum(axis=1)
    assert (told == 1).all()
    assert not summary.duplicated(list(SUMMARY_KEYS)).any()
    for name, words in ATTRIBUTES.items():
        assert set(told_by(summary, name)[name]) == set(words)


def test_disabled_women_walk_what_their_own_trips_say(arm, summary):
    """Counted again from the walks, one by one."""
    people, walks = arm.setting.people, arm.walk.walks
    women = (people.gender == 0) & (people.disability == DISABILITIES.index("walking"))
    weight = np.rint(people.weight * 256) / 256
    walked = sum(
        weight[person] * ms / 1000.0 for person, ms in zip(walks.person, walks.walked_ms, strict=True) if women[person]
    )
    rows = told_by(summary, "disability")
    rows = rows[(rows["itinerary"] == "realised") & (rows["gender"] == "woman") & (rows["disability"] == "walking")]
    assert rows["walking_s"].sum() == pytest.approx(walked, rel=1e-9)
    assert rows["population"].iloc[0] == pytest.approx(people.weight[women].sum())
    assert rows["agents"].iloc[0] == women.sum()


def test_any_is_all_kinds_together_and_small_groups_are_left_out(arm, summary):
    run = tally(RunTables(summary, None, placements_table((), arm.setting.parameters), {}))
    chosen = choose_cells(run.agents["realised"], arm.conditions.dark_hours)
    sums, behind = cell_sums(run, chosen), agents_behind(run.agents["realised"], chosen)
    found = {
        (cell.gender, cell.attribute, cell.level): (behind[at], sums.realised["walking_s"][at])
        for at, cell in enumerate(chosen)
        if (cell.age, cell.period, cell.hour_band) == ("all", "all", "all")
    }
    for gender in ("woman", "man", "all"):
        parts = [found[gender, "carer", word] for word in CARERS[1:]]
        np.testing.assert_allclose(found[gender, "carer", "any"], np.sum(parts, axis=0))
        whole = np.add(found[gender, "carer", "any"], found[gender, "carer", "no"])
        np.testing.assert_allclose(whole, found[gender, "", ""])
    people = arm.setting.people
    few = ((people.gender == 2) & (people.disability == DISABILITIES.index("sight"))).sum()
    assert 0 < few < MIN_AGENTS
    assert ("another", "disability", "sight") not in found
    assert all(agents >= MIN_AGENTS for agents, _ in found.values())


def test_groups_are_codes_of_their_own(arm):
    people = arm.setting.people
    axes = ("resident", "gender", "age_band", *ATTRIBUTES)
    distinct = np.unique(np.stack([getattr(people, name) for name in axes]), axis=1).shape[1]
    assert np.unique(group_of(people)).size == distinct
    assert group_of(people).max() < GROUPS


def test_the_people_table_tells_roles_and_no_homes(arm):
    table = people_table(arm)
    assert set(table["disability"]) <= set(DISABILITIES)
    assert (table["night_worker"] <= table["works"]).all()
    assert not [name for name in table if "home" in name or name in ("x_m", "y_m", "lon", "lat", "place_id")]


def test_twice_the_weights_are_twice_the_totals(arm):
    """On the same streets, so that nobody meets more people than before."""
    twice = arm.fork()
    twice.setting = dataclasses.replace(
        arm.setting,
        walkers=arm.setting.walkers._replace(weight=2 * arm.setting.walkers.weight),
        staying=dataclasses.replace(arm.setting.staying, weight=2 * arm.setting.staying.weight),
    )
    itineraries = arm.chosen.itineraries()
    once, double = (one.walk_through(itineraries, arm.streets) for one in (arm, twice))
    np.testing.assert_array_equal(2 * once.cells, double.cells)
    np.testing.assert_array_equal(2 * once.segments, double.segments)


# -- nobody is an offender ------------------------------------------------------------------------------------------

MEANS = ("works", "student", "has_car", "can_afford_taxi", "newcomer", "night_worker")


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_relabelling_others_changes_nobodys_feeling_and_no_hazard(arm, seed):
    """Half the people get other ages, means, jobs and familiarity; the other half's walks are the same to the bit."""
    random = np.random.default_rng(seed)
    people = arm.setting.people
    changed = random.random(len(people)) < 0.5
    age = np.where(changed, random.integers(18, 99, len(people)), people.age)
    labels = {name: np.where(changed, random.random(len(people)) < 0.5, getattr(people, name)) for name in MEANS}
    others = dataclasses.replace(people, age=age, age_band=age_bands_of(age), **labels)
    own = arm.setting.perception.own_part(others)
    walkers = arm.setting.walkers._replace(own=own, cell=group_of(others))
    setting = dataclasses.replace(arm.setting, people=others, walkers=walkers)
    other = arm.fork()
    other.setting = setting
    streets = other._streets_by_hour()
    for one, two in zip(arm._streets_by_hour(), streets, strict=True):
        np.testing.assert_array_equal(one.hazard, two.hazard)
        np.testing.assert_array_equal(one.score, two.score)
        np.testing.assert_array_equal(one.nobody, two.nobody)
    itineraries = arm.chosen.itineraries()
    before, after = (one.walk_through(itineraries, streets).walks for one in (arm, other))
    same = ~changed[before.person]
    assert same.any()
    np.testing.assert_array_equal(before.safe[same], after.safe[same])
    np.testing.assert_array_equal(before.walked_ms, after.walked_ms)
    assert (before.safe[~same] != after.safe[~same]).any()


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_means_jobs_and_familiarity_of_others_leave_whole_days_as_they_are(seed):
    """Planned, chosen, routed and walked anew: whoever keeps the labels lives the same day, to the bit."""
    arms = [Simulation.baseline(grid_city(4), draw_parameters(1, 0), agents=600, date=DECEMBER) for _ in range(2)]
    people = arms[0].setting.people
    random = np.random.default_rng(seed)
    changed = random.random(len(people)) < 0.5
    labels = {
        name: np.where(changed, ~getattr(people, name), getattr(people, name))
        for name in ("can_afford_taxi", "newcomer")
    }
    others = dataclasses.replace(people, **labels)
    walkers = arms[1].setting.walkers._replace(cell=group_of(others))
    arms[1].setting = dataclasses.replace(arms[1].setting, people=others, walkers=walkers)
    for arm in arms:
        arm.simulate_day()
    one, two = (arm.walk.walks for arm in arms)
    kept = [~changed[walks.person] for walks in (one, two)]
    for name in ("person", "start_ms", "walked_ms", "safe"):
        np.testing.assert_array_equal(getattr(one, name)[kept[0]], getattr(two, name)[kept[1]])
