"""Who is affected, counted by hand on drawn streets, and what is told of them against plain loops."""

import dataclasses
import datetime
import math

import numpy as np
import pytest

from simulator.accounting import tables as accounting
from simulator.accounting.affected import (
    NIGHTS,
    Lived,
    affected_in_a_month,
    affected_people,
    changed_streets,
    month_of_ways,
    near_home,
    passes,
)
from simulator.accounting.day_sums import quickest_ways
from simulator.city.conditions import Surroundings
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.foundation.clock import HOUR_MS
from simulator.interventions import MEASURES
from simulator.kernels.walking import SHARE_UNIT, STAY, WALK
from simulator.simulation import Simulation
from simulator.travel.routes import Routed

from cities import grid_city, make_city

DATE = datetime.date(2026, 12, 21)
NIGHT, NOON = 22, 12


@pytest.fixture(scope="module")
def arms():
    """A dark city, its baseline and lamps on some streets after one lived day each."""
    city = grid_city(6)
    dark = dataclasses.replace(
        city.streets, **{name: np.zeros(len(city.streets)) for name in ("lit_min_lx", "lit_mean_lx")}
    )
    city = dataclasses.replace(city, streets=dark)
    baseline = Simulation.baseline(city, draw_parameters(1, 0), agents=300, date=DATE)
    baseline.settle(1)
    lamps = MEASURES["lighting"](name="lamps", where="segments", standard="P2")
    placed = lamps.place(city, np.array([3, 4, 30], np.int32))
    reference, arm = baseline.fork(), baseline.fork((placed,))
    for one in (reference, arm):
        one.simulate_day()
    return reference, arm


def lived(arm):
    return Lived(arm.conditions, arm.chosen, arm.walk, accounting.answers_of(arm))


def by_hand(reference, arm):
    """Who is affected, with loops over every walk, wish and choice."""
    touched, dark = arm.conditions.treated, reference.conditions.dark > 0
    found = set()
    for one in (reference, arm):
        walks = one.walk.walks
        for row in range(walks.person.size):
            route = walks.route[walks.route_start[row] : walks.route_start[row + 1]]
            hour = int(walks.start_ms[row] // HOUR_MS % 24)
            if walks.kind[row] != STAY and dark[hour] and touched[route].any():
                found.add(int(walks.person[row]))
    within = np.flatnonzero(np.diff(arm.chosen.routed.start) > 0)
    ways = quickest_ways(arm, within)
    for at, trip in enumerate(within):
        route = ways.route[ways.start[at] : ways.start[at + 1]]
        if touched[route].any() and dark[arm.chosen.trips.hour[trip]]:
            found.add(int(arm.chosen.trips.person[trip]))
    return found | otherwise_by_hand(arm, reference)


def otherwise_by_hand(one, other):
    """Who chooses otherwise in two arms with the same wishes."""
    one, other, found = one.chosen, other.chosen, set()
    for trip in range(len(one.trips)):
        tour = one.trips.tour[trip]
        same = all(getattr(one, name)[trip] == getattr(other, name)[trip] for name in ("mode", "depart_ms", "waits_ms"))
        if not same or abs(one.probability_made[tour] - other.probability_made[tour]) > 0.001:
            found.add(int(one.trips.person[trip]))
    return found


def test_the_affected_are_those_that_loops_find(arms):
    reference, arm = arms
    within = np.flatnonzero(np.diff(arm.chosen.routed.start) > 0)
    hit = affected_people(arm, (lived(arm), lived(reference)), within, quickest_ways(arm, within))
    assert set(np.flatnonzero(hit)) == by_hand(reference, arm)
    assert 0 < hit.sum() < len(hit)


def test_what_is_told_of_them_is_what_loops_add_up(arms):
    reference, arm = arms
    table = accounting.summary_table(arm, {}, baseline=lived(reference))
    them, people = by_hand(reference, arm), arm.setting.people
    for itinerary, one in (("affected", arm), ("affected_before", reference)):
        rows = table[(table["itinerary"] == itinerary) & (table["breakdown"] == "age_band")]
        walks, seconds, safe = one.walk.walks, [0.0] * 3, [0.0] * 3
        for row in range(walks.person.size):
            person = int(walks.person[row])
            if person in them and walks.kind[row] == WALK:
                weight, gender = walks.weight[row] / one.walk.unit, people.gender[person]
                seconds[gender] += weight * walks.walked_ms[row] / 1000
                safe[gender] += weight * walks.safe[row] / SHARE_UNIT / 1000
        sums = rows.groupby("gender")[["walking_s", "safe_s", "trips_planned", "trips_not_made"]].sum()
        for code, gender in enumerate(GENDERS):
            if gender in sums.index:
                assert sums.loc[gender, "walking_s"] == pytest.approx(seconds[code], rel=1e-9)
                assert sums.loc[gender, "safe_s"] == pytest.approx(safe[code], rel=1e-4)
        chosen = one.chosen
        wished = [trip for trip in range(len(chosen.trips)) if int(chosen.trips.person[trip]) in them]
        weight = people.weight[chosen.trips.person[wished]]
        assert sums["trips_planned"].sum() == pytest.approx(weight.sum())
        stay_in = weight * (1 - chosen.probability_made[chosen.trips.tour[wished]])
        assert sums["trips_not_made"].sum() == pytest.approx(stay_in.sum())
        # the same people stand behind both, and in every breakdown once
        for by in ("age_band", "disability", "carer", "night_worker"):
            some = table[(table["itinerary"] == itinerary) & (table["breakdown"] == by)]
            groups = some.groupby(["gender", by])[["agents", "population"]].max().sum()
            assert groups["agents"] == len(them)
            assert groups["population"] == pytest.approx(math.fsum(people.weight[sorted(them)]))


def test_residents_near_are_those_within_reach_on_foot():
    # homes 0, 300, 900 m along a street from the touched one
    city = make_city(
        [(0.0, 0.0), (100.0, 0.0), (400.0, 0.0), (1000.0, 0.0)],
        [(0, 1), (1, 2), (2, 3)],
        places=[("home", 0, 50.0), ("home", 2, 50.0), ("home", 3, 50.0), ("gateway", 3, 1.0)],
    )
    arm = Simulation.baseline(city, draw_parameters(1, -1), agents=200, date=DATE)
    before = arm.conditions
    assert not near_home(arm, before).any()
    arm.conditions = dataclasses.replace(before, light_min_lx=before.light_min_lx + np.array([1.0, 0.0, 0.0]))
    home, near = arm.setting.people.home, near_home(arm, before)
    assert near.tolist() == (np.isin(home, [0, 1]) & arm.setting.people.resident).tolist()
    assert near.any()


def test_streets_count_in_the_hours_in_which_they_are_other(arms):
    reference, arm = arms
    before, after = reference.conditions, arm.conditions
    changed = changed_streets(after, before)
    assert (changed.any(axis=1) == (before.dark > 0)).all()  # light counts after dark only
    assert changed[NIGHT].tolist() == after.treated.tolist()
    guardians = before.guardians.copy()
    guardians[0, 10:12, 3] = 0.5
    hosts = dataclasses.replace(before, guardians=guardians, treated=np.ones_like(after.treated))
    assert [tuple(cell) for cell in np.argwhere(changed_streets(hosts, before))] == [(10, 3), (11, 3)]
    overlooked = dataclasses.replace(before, overlooking=before.overlooking + (np.arange(after.treated.size) == 5))
    assert changed_streets(overlooked, before)[:, 5].all()
    assert not changed_streets(dataclasses.replace(before, treated=after.treated), before).any()


def test_streets_that_are_added_are_other_in_every_hour():
    city = grid_city(2)
    before = Simulation.baseline(city, draw_parameters(1, -1), agents=100, date=DATE).conditions
    more = {
        field.name: np.concatenate([getattr(before, field.name), getattr(before, field.name)[..., :1]], axis=-1)
        for field in dataclasses.fields(Surroundings)
    }
    after = dataclasses.replace(before, treated=np.append(before.treated, False), **more)
    changed = changed_streets(after, before)
    assert changed[:, -1].all()
    assert not changed[:, :-1].any()


def test_of_rides_those_are_affected_whose_day_they_change(arms):
    reference, _ = arms
    paid = reference.fork()
    offers = paid.conditions.offers
    paid.conditions = dataclasses.replace(
        paid.conditions,
        treated=np.ones(len(paid.setting.network.streets), bool),
        offers=dataclasses.replace(offers, taxi_paid=np.ones_like(offers.taxi_paid)),
    )
    plain = reference.fork()
    for one in (paid, plain):
        one.simulate_day()
    within = np.flatnonzero(np.diff(paid.chosen.routed.start) > 0)
    days = (lived(paid), lived(plain))
    hit = affected_people(paid, days, within, quickest_ways(paid, within))
    found = otherwise_by_hand(paid, plain)
    assert set(np.flatnonzero(hit)) == found
    assert 0 < len(found) < len(hit)
    # the same day against itself: nobody
    assert not affected_people(paid, (days[1], days[1]), within, quickest_ways(paid, within)).any()
    assert affected_in_a_month(paid, plain.conditions, month_of_ways(plain)) == {}


def test_routes_pass_streets_in_the_hour_in_which_they_begin():
    changed = np.zeros((24, 3), bool)
    changed[NIGHT, 1] = True
    routed = Routed(np.array([0, 2, 2, 3, 5]), np.array([0, 1, 2, 0, 1]), np.zeros(4))
    assert passes(routed, np.array([NIGHT, NIGHT, NIGHT, NOON]), changed).tolist() == [True, False, False, False]


def test_more_people_pass_in_a_month_than_in_a_night(arms):
    reference, arm = arms
    month = month_of_ways(reference)
    counts = affected_in_a_month(arm, reference.conditions, month)
    people, touched = arm.setting.people, arm.conditions.treated
    dark = reference.conditions.dark > 0
    per_day = month.person.size / NIGHTS
    assert 0.5 < per_day / (np.diff(arm.chosen.routed.start) > 0).sum() < 2
    found = set()
    for row in range(month.person.size):
        route = month.routed.route[month.routed.start[row] : month.routed.start[row + 1]]
        if dark[month.hour[row]] and touched[route].any():
            found.add(int(month.person[row]))
    weight = math.fsum(people.weight[sorted(found)])
    told = math.fsum(people.weight[[one for one in sorted(found) if GENDERS[people.gender[one]] in counts]])
    assert counts
    assert sum(counts.values()) == pytest.approx(told)
    assert told <= weight
    assert len(found) > 1.2 * len(by_hand(reference, arm))


def test_a_measure_that_changes_nothing_has_nobody_gain(arms):
    reference, _ = arms
    table = accounting.summary_table(reference, {}, baseline=lived(reference))
    assert not table["itinerary"].str.startswith("affected").any()  # nothing is touched
