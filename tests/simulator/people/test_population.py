"""The population: margins come back, rare groups have agents enough, roles fit each other, keys keep their random numbers."""

import csv
import dataclasses
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.city.network import PLACE_KINDS
from simulator.city.zones import COUNTED_GENDERS, Population, Zones, ZoneStreets
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import AGE_BANDS, CARERS, DISABILITIES
from simulator.people.margins import residents_of
from simulator.people.population import make_people, population_of
from simulator.people.strata import allocate_agents
from simulator.people.weights import Margin, design_effect, margin_of_zones, rake
from street_networks import load_city

from cities import grid_city, make_city

CITY = grid_city(6)
HELSINKI = load_city("helsinki-centre")
NOMINAL = draw_parameters(1, -1)
WOMAN, MAN, ANOTHER = 0, 1, 2
BROAD = ((10, 34), (35, 64), (65, 99))


def table(name):
    text = (resources.files("simulator.evidence.profiles") / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def share_at(rows, gender, age, column):
    """A share read off a table the slow way."""
    (row,) = [r for r in rows if r["gender"] == gender and int(r["age_from"]) <= age <= int(r["age_to"])]
    return float(row[column]) / (int(row["age_to"]) - int(row["age_from"]) + 1 if column == "population_share" else 1)


def expected_share(gender, ages, rows, column):
    """Mean share of women or men of some ages, weighted by the survey's population, added up year by year."""
    people = table("montpellier2014_population")
    weight = {age: share_at(people, gender, age, "population_share") for age in range(ages[0], ages[1] + 1)}
    return sum(weight[age] * share_at(rows, gender, age, column) for age in weight) / sum(weight.values())


@pytest.mark.parametrize("gender", ["woman", "man"])
@pytest.mark.parametrize("ages", BROAD)
def test_weighted_residents_meet_the_margins_of_the_tables(gender, ages):
    people = make_people(HELSINKI, NOMINAL, 8000)
    here = people.resident & (people.gender == ("woman", "man").index(gender))
    here &= (people.age >= ages[0]) & (people.age <= ages[1])
    weight, of = people.weight[here], people.take(here)

    def weighted(mask):
        return weight[mask].sum() / weight.sum()

    roles, margins = table("montpellier2014_roles"), table("margins")
    rows = {
        name: [row for row in margins if row["attribute"] == name] for name in ("walking", "sight", "child", "older")
    }
    wanted = {
        "works": expected_share(gender, ages, roles, "works_share"),
        "walking": expected_share(gender, ages, rows["walking"], "share"),
        "child": expected_share(gender, ages, rows["child"], "share"),
    }
    assert weighted(of.works) == pytest.approx(wanted["works"], rel=1e-6)
    assert weighted(of.student) == pytest.approx(expected_share(gender, ages, roles, "studies_share"), rel=1e-6)
    assert weighted(of.disability == DISABILITIES.index("walking")) == pytest.approx(wanted["walking"], rel=1e-6)
    if ages != BROAD[-1]:  # past 65 hardly any agent looks after a child: nobody can stand for so few
        assert weighted(of.carer == CARERS.index("child")) == pytest.approx(wanted["child"], rel=1e-6)
    drives = expected_share(gender, ages, roles, "drives_share")
    assert weighted(of.has_car) == pytest.approx(drives, rel=1e-6)


def test_evening_and_night_workers_are_a_quarter_of_the_workforce_and_mostly_men():
    people = make_people(HELSINKI, NOMINAL, 8000)
    here = people.resident & (people.gender < 2)
    works, nights = (people.weight[here & flag].sum() for flag in (people.works, people.night_worker))
    men = people.weight[here & people.night_worker & (people.gender == MAN)].sum()
    assert nights / works == pytest.approx(0.27, abs=1e-6)
    assert men / nights == pytest.approx(0.56, abs=1e-6)


@pytest.mark.parametrize("draw", range(-1, 12))
def test_every_reported_group_has_three_hundred_agents_at_the_default(draw):
    people = make_people(CITY, draw_parameters(1, draw), 8000)
    for gender in (WOMAN, MAN):
        of = people.gender == gender
        for group in (people.disability > 0, people.carer > 0, people.night_worker):
            assert (of & group).sum() >= 300
        assert np.bincount(people.age_band[of], minlength=len(AGE_BANDS)).min() >= 300
    assert (people.gender == ANOTHER).sum() >= 300


@pytest.mark.parametrize("draw", range(-1, 12))
def test_weights_are_not_wildly_unequal(draw):
    people = make_people(HELSINKI, draw_parameters(1, draw), 8000)
    for part in (people.resident, ~people.resident):
        usual = part & (people.gender != ANOTHER)
        weight = people.weight[usual]
        assert design_effect(people.weight[part]) < 1.25
        assert weight.max() / np.median(weight) < 8
        assert weight.min() / np.median(weight) > 1 / 20


@pytest.mark.slow
@settings(deadline=None)
@given(st.integers(100, 12_000), st.integers(0, 50))
def test_roles_fit_each_other_whatever_the_draw(agents, draw):
    people = make_people(CITY, draw_parameters(3, draw), agents)
    assert not (people.works & people.student).any()
    assert people.works[people.night_worker].all()
    assert (people.disability[people.wheelchair] == DISABILITIES.index("walking")).all()
    assert not people.has_car[(people.age < 18) | (people.disability == DISABILITIES.index("sight"))].any()
    assert not people.can_afford_taxi[people.age < 18].any()
    assert (people.age[people.carer == CARERS.index("child")] >= 16).all()
    assert (people.age[people.works] >= 18).all()
    assert (people.age[people.student] < 65).all()
    assert (people.weight > 0).all()


def test_more_agents_are_more_people_beside_the_same_ones():
    few, more = (make_people(HELSINKI, draw_parameters(1, 0), agents) for agents in (2000, 8000))
    rows = np.searchsorted(more.person_id, few.person_id)
    for declared in dataclasses.fields(few):
        if declared.name != "weight":
            np.testing.assert_array_equal(getattr(few, declared.name), getattr(more, declared.name)[rows])


def test_allotted_agents_are_as_many_as_asked_for_and_keep_their_least():
    people = np.zeros((3, 100))
    people[0, 10:], people[1, 20:25], people[2, 30] = 1.0, 500.0, 1e-6
    for agents in (50, 51, 4000, 4001):
        counts = allocate_agents(agents, people)
        assert counts.sum() == agents
        assert (counts[[0, 7, 9, 16]] >= int(0.0375 * agents)).all()
        assert counts[8] == counts[10] == 0  # no men under 16, none of 25 to 34


# -- raking ---------------------------------------------------------------------------------------------------------


def test_raking_meets_two_margins_as_worked_out_by_hand():
    """A two-by-two table of weights 1, 2, 3, 4 and margins 6, 4 and 5, 5: the odds ratio 2/3 of the start is kept."""
    rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    weight = rake(np.array([1.0, 2, 3, 4]), [Margin(rows, np.array([6.0, 4])), Margin(columns, np.array([5.0, 5]))])
    np.testing.assert_allclose(np.bincount(rows, weights=weight), [6, 4], rtol=1e-9)
    np.testing.assert_allclose(np.bincount(columns, weights=weight), [5, 5], rtol=1e-9)
    assert weight[0] * weight[3] / (weight[1] * weight[2]) == pytest.approx(1 * 4 / (2 * 3), rel=1e-9)


def test_margins_that_contradict_each_other_leave_the_first_in_force():
    cell = np.array([0, 0, 1])
    weight = rake(np.ones(3), [Margin(cell, np.array([2.0, 8.0])), Margin(cell, np.array([5.0, 5.0]))])
    np.testing.assert_allclose(np.bincount(cell, weights=weight), [2, 8])


def test_the_design_effect_of_equal_weights_is_one_and_of_one_heavy_agent_their_number():
    assert design_effect(np.full(7, 3.0)) == pytest.approx(1.0)
    assert design_effect(np.array([1.0, 0.0, 0.0, 0.0])) == pytest.approx(4.0)


# -- zones ----------------------------------------------------------------------------------------------------------


def two_zones(rows):
    r"""Two streets, each a zone of its own, 100 and 300 residents; `rows`: (zone, gender, from, until, people).

    ::

        0 ---- 1 ---- 2
          east   west
    """
    city = make_city(
        [(0, 0), (100, 0), (200, 0)],
        [(0, 1), (1, 2)],
        places=[("home", 0, 100.0), ("home", 2, 300.0), ("gateway", 1, 1.0), ("shop", 1, 1.0)],
    )
    at = np.array([[zone, COUNTED_GENDERS.index(gender), low, high] for zone, gender, low, high, _ in rows])
    return dataclasses.replace(
        city,
        zones=Zones(np.array([7, 8, 9]), np.array(["core", "east", "west"]), np.array([True, False, False])),
        zone_streets=ZoneStreets(np.array([0, 1, 1]), np.array([1, 2, 1]), np.array([1.0, 0.8, 0.2])),
        population=Population(
            1 + np.arange(len(rows)), at[:, 0], at[:, 1], at[:, 2], at[:, 3], np.array([row[4] for row in rows])
        ),
    )


ROWS = [
    (1, "woman", 70, 79, 80.0),
    (1, "man", 20, 29, 20.0),
    (2, "woman", 0, 19, 120.0),
    (2, "all", 20, 120, 180.0),
]


def test_people_live_in_the_zone_where_their_gender_and_age_were_counted():
    city = two_zones(ROWS)
    people = make_people(city, NOMINAL, 4000)
    residents = people.take(people.resident)
    weight, home = residents.weight, residents.home
    east, west = home == 0, home == 1
    assert city.places.kind[home[0]] == PLACE_KINDS.index("home")
    share = NOMINAL.another_gender_share
    children = 120.0 * 10 / 20  # women of the west under 10 are half of those under 20
    assert weight[east].sum() == pytest.approx(100.0, rel=1e-6)
    assert weight[west].sum() == pytest.approx(
        300.0 - children * 1.0, rel=0.02
    )  # the survey's girls are not quite even
    old_women = residents.age[east & (residents.gender == WOMAN)]
    assert ((old_women >= 70) & (old_women <= 79)).all()
    assert weight[east & (residents.gender == WOMAN)].sum() == pytest.approx(80.0 * (1 - share), rel=0.05)
    young_men = residents.age[east & (residents.gender == MAN)]
    assert ((young_men >= 20) & (young_men <= 29)).all()
    boys = west & (residents.gender == MAN) & (residents.age < 20)
    assert not boys.any()


def test_weights_bring_back_zones_and_strata_at_once():
    city = two_zones(ROWS)
    people = make_people(city, NOMINAL, 4000)
    there = residents_of(city, NOMINAL)
    resident = people.take(people.resident)
    for zone in (0, 1):
        assert resident.weight[resident.home == zone].sum() == pytest.approx(there.people[zone].sum(), rel=1e-9)
    for gender in (WOMAN, MAN, ANOTHER):
        held = resident.weight[resident.gender == gender].sum()
        assert held == pytest.approx(there.people[:, gender].sum(), rel=1e-9)
    assert resident.weight.sum() == pytest.approx(population_of(city, NOMINAL)[0], rel=1e-9)


def test_small_zones_are_fitted_together_and_those_of_nobody_with_the_rest():
    zone = np.repeat([0, 1, 2], [20, 2, 3])
    people = np.array([100.0, 10.0, 40.0, 30.0])  # nobody stands for the last
    cell, wanted = margin_of_zones(zone, people)
    weight = rake(np.ones(25), [Margin(cell, wanted)])
    assert weight[:20].sum() == pytest.approx(100.0)
    assert weight[20:].sum() == pytest.approx(80.0)
    cell, wanted = margin_of_zones(np.zeros(20, np.int64), np.array([100.0, 10.0]))
    assert rake(np.ones(20), [Margin(cell, wanted)]).sum() == pytest.approx(110.0)


def test_a_gender_that_is_counted_is_not_assumed():
    rows = [*ROWS, (1, "another", 30, 39, 25.0)]
    people = make_people(two_zones(rows), NOMINAL, 2000)
    of = people.resident & (people.gender == ANOTHER)
    assert ((people.age[of] >= 30) & (people.age[of] <= 39)).all()
    assert people.weight[of].sum() == pytest.approx(100.0 * 25 / 125, rel=1e-6)


def test_homes_outside_the_counted_zones_have_the_ages_of_all_together():
    rows = [(1, "woman", 70, 79, 80.0), (1, "man", 20, 29, 20.0)]
    people = make_people(two_zones(rows), NOMINAL, 2000)
    west = people.resident & (people.home == 1)
    assert people.weight[west].sum() == pytest.approx(300.0, rel=1e-6)
    assert people.weight[west & (people.gender == WOMAN)].sum() == pytest.approx(240.0 * 0.995, rel=0.02)
