"""One person's night: who it is follows the rule, and what is told is what the simulation did; counted with loops."""

import dataclasses
import datetime
import json
import math

import numpy as np
import pytest

from simulator.accounting.affected import changed_streets, names_of
from simulator.accounting.one_night import MIDDLE, PARTS, Night, median_of, one_night, outdoors, pieces_of
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS, MODES
from simulator.foundation.clock import HOUR_MS
from simulator.interventions import MEASURES
from simulator.kernels.walking import SHARE_UNIT, STAY, WALK
from simulator.simulation import Simulation

from cities import grid_city

DATE = datetime.date(2026, 12, 21)
WOMAN = GENDERS.index("woman")


@pytest.fixture(scope="module")
def nights():
    """A dark city with lamps on some streets, and without, after one lived day each."""
    city = grid_city(6)
    dark = {name: np.zeros(len(city.streets)) for name in ("lit_min_lx", "lit_mean_lx")}
    city = dataclasses.replace(city, streets=dataclasses.replace(city.streets, **dark))
    baseline = Simulation.baseline(city, draw_parameters(1, 0), agents=300, date=DATE)
    baseline.settle(1)
    lamps = MEASURES["lighting"](name="lamps", where="segments", standard="P2")
    placed = lamps.place(city, np.array([3, 4, 30], np.int32))
    arms = baseline.fork((placed,)), baseline.fork()
    for one in arms:
        one.simulate_day()
    return tuple(Night(one, one.chosen, one.walk, one.streets) for one in arms)


def by_hand(night, changed):
    """Share that feels safe after dark, and whether changed streets are passed, by name of the trip."""
    walks, chosen = night.walk.walks, night.chosen
    names, spent, safe, passed = names_of(chosen), {}, {}, set()
    for row in range(walks.person.size):
        hour = int(walks.start_ms[row] // HOUR_MS % 24)
        if walks.kind[row] == STAY or not night.arm.conditions.dark_hours[hour]:
            continue
        mine = [
            trip
            for trip in range(len(chosen.trips))
            if chosen.made[trip]
            and chosen.trips.person[trip] == walks.person[row]
            and chosen.depart_ms[trip] <= walks.start_ms[row]
        ]
        name = int(names[max(mine, key=lambda trip: chosen.depart_ms[trip])])
        spent[name] = spent.get(name, 0) + int(walks.walked_ms[row])
        safe[name] = safe.get(name, 0) + int(walks.safe[row]) / SHARE_UNIT
        if changed[hour, walks.route[walks.route_start[row] : walks.route_start[row + 1]]].any():
            passed.add(name)
    return {name: safe[name] / spent[name] for name in spent}, passed


def test_trips_are_outdoors_as_loops_find_them(nights):
    changed = changed_streets(*(night.arm.conditions for night in nights))
    for night in nights:
        found, (shares, passed) = outdoors(night, changed), by_hand(night, changed)
        names = names_of(night.chosen)
        known = {int(names[at]): found.share[at] for at in np.flatnonzero(np.isfinite(found.share))}
        assert known == pytest.approx(shares)
        assert {int(names[at]) for at in np.flatnonzero(found.passes)} == passed
        assert len(shares) > 20
        walks = night.walk.walks
        assert ((found.trip < 0) == (walks.kind == STAY)).all()
        mine = walks.kind != STAY
        assert (night.chosen.trips.person[found.trip[mine]] == walks.person[mine]).all()


def test_it_is_the_woman_of_the_median_gain(nights):
    arm, reference = nights
    changed = changed_streets(arm.arm.conditions, reference.arm.conditions)
    (after, passed), (before, passed_before) = by_hand(arm, changed), by_hand(reference, changed)
    chosen = reference.chosen
    names, first = names_of(chosen), {}
    _, rows, others = np.intersect1d(names, names_of(arm.chosen), return_indices=True)
    otherwise = {
        int(names[row])
        for row, other in zip(rows, others, strict=True)
        if any(
            getattr(chosen, name)[row] != getattr(arm.chosen, name)[other] for name in ("mode", "depart_ms", "waits_ms")
        )
    }
    for trip in np.argsort(chosen.trips.depart_ms, kind="stable"):
        name, person = int(names[trip]), int(chosen.trips.person[trip])
        hers = arm.arm.setting.people.gender[person] == WOMAN
        if hers and name in before and name in after and name in passed | passed_before | otherwise:
            first.setdefault(person, (after[name] - before[name], person, name))
    gains = sorted(first.values())
    _, _, name = gains[(len(gains) - 1) // 2]
    told = one_night(arm, reference, np.ones(len(arm.arm.setting.people), bool))
    assert told["women"] == len(gains) > 2
    for side, shares in (("without", before), ("with", after)):
        assert told[side]["feels_safe"] == pytest.approx(shares[name], abs=0.005)


def test_what_is_told_is_what_she_met(nights):
    told = one_night(*nights, np.ones(len(nights[0].arm.setting.people), bool))
    for side in ("with", "without"):
        trip = told[side]
        assert trip["goes"]
        assert trip["mode"] in MODES
        assert trip["sets_out_min"] % 15 == 0
        assert len(trip["parts"]) == PARTS
        if not trip["parts"][MIDDLE]["changed"]:  # then the parts are thirds, and their mean is the whole
            mean = sum(part["feels_safe"] for part in trip["parts"]) / PARTS
            assert mean == pytest.approx(trip["feels_safe"], abs=0.011)
        else:
            assert trip["parts"][MIDDLE]["changed"] == 1.0
    assert told["without"]["parts"][0]["unlit"] == 1.0  # the city is dark
    assert told["with"]["parts"][MIDDLE]["unlit"] < 1.0


def test_feeling_on_the_way_is_that_of_the_kernel(nights):
    """A walk within one hour, piece by piece with the formula written out."""
    night = nights[1]
    walks, walkers = night.walk.walks, night.walk.walkers
    checked = 0
    for row in np.flatnonzero(walks.kind == WALK)[:200]:
        hour = walks.start_ms[row] // HOUR_MS
        if (walks.start_ms[row] + walks.walked_ms[row]) // HOUR_MS != hour or not walks.walked_ms[row]:
            continue
        segment, _, spent, own, _ = pieces_of(night, int(row))
        assert spent.sum() == walks.walked_ms[row]
        streets, gender = night.streets[hour % 24], walkers.gender[walks.person[row]]
        felt = 0.0
        for at, mine, brought in zip(segment, spent, own, strict=True):
            score = float(brought) + float(streets.score[gender, at])
            seen = 1 / (1 + math.exp(-score - float(streets.crowd[gender, at])))
            unseen = 1 / (1 + math.exp(-score - streets.alone[gender]))
            felt += mine * (streets.nobody[at] * unseen + (1 - streets.nobody[at]) * seen)
        assert walks.safe[row] / SHARE_UNIT == pytest.approx(felt, rel=1e-3)
        checked += 1
    assert checked > 20


def test_nothing_tells_where_or_who(nights):
    told = one_night(*nights, np.ones(len(nights[0].arm.setting.people), bool))
    assert set(told) == {"women", "with", "without"}
    assert set(told["with"]) == {
        *("goes", "mode", "accompanied", "sets_out_min", "origin", "destination", "minutes", "feels_safe", "parts"),
    }
    known = {"feels_safe", "dark", "unlit", "people_in_view", "park", "tunnel", "changed", "waiting"}
    for part in told["with"]["parts"] + told["without"]["parts"]:
        assert set(part) == known
        assert all(round(value, 2 if name == "feels_safe" else 1) == value for name, value in part.items())
    assert json.loads(json.dumps(told)) == told


def test_nobody_and_men_alone_have_no_night(nights):
    people = nights[0].arm.setting.people
    assert one_night(*nights, np.zeros(len(people), bool)) is None
    assert one_night(*nights, people.gender != WOMAN) is None


def test_the_rule_by_hand():
    nan = math.nan
    hers = np.array([True, True, True, False, True])
    person, depart = np.array([7, 5, 6, 1, 5]), np.array([10, 20, 30, 40, 15])
    shares = np.array([[0.2, 0.5, 0.4, 0.1, 0.3], [0.9, 0.6, 0.4, 0.9, 0.5]])
    passing = np.ones(5, bool)
    # gains: 7: 0.7; 5: her first trip is the last row, 0.2; 6: 0.0
    assert median_of(hers, shares, passing, (person, depart)) == (4, 3)
    only_there = np.array([True, False, False, True, False])
    assert median_of(hers, shares, only_there, (person, depart)) == (0, 1)
    one_arm = np.array([[nan, nan], [nan, 0.4]])
    two = (np.array([1, 2]), np.array([0, 0]))
    assert median_of(np.ones(2, bool), one_arm, np.zeros(2, bool), two) == (1, 1)
    assert median_of(np.zeros(2, bool), one_arm, np.zeros(2, bool), two) is None
