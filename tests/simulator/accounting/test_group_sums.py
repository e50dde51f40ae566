"""Sums by further groups: each grouping adds up to everybody, a loop finds the same, and labels move nothing."""

import datetime
import math

import numpy as np
import pytest

from simulator.accounting import tables as accounting
from simulator.accounting.group_sums import (
    MET,
    VALUES,
    Combined,
    _mix,
    crowd_hours_near_homes,
    feels_safe_aboard,
    group_sums,
    groupings_of,
    open_venue_hours,
)
from simulator.accounting.means_of_days import mean_of
from simulator.accounting.stays_felt import WOMEN_AMONG
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.kernels.walking import KINDS, WALK
from simulator.people.labels import Labels
from simulator.simulation import Simulation
from simulator.travel.outcomes import ACCOMPANIED

from cities import grid_city

PARAMETERS = draw_parameters(1, 0)


@pytest.fixture(scope="module")
def arm():
    baseline = Simulation.baseline(grid_city(6), PARAMETERS, agents=400, date=datetime.date(2026, 12, 21))
    baseline.settle(1)
    arm = baseline.fork()
    arm.simulate_day()
    return arm


def sums_of(arm, labels=None):
    return group_sums(arm, arm.walk, arm.chosen.aboard, accounting.answers_of(arm), labels)


@pytest.fixture(scope="module")
def told(arm):
    return sums_of(arm)


def total(levels, name, gender=None, level=None):
    """One value over periods, of one gender and level or of all."""
    at = VALUES.index(name) + 2
    return math.fsum(
        numbers[at]
        for word, genders in levels.items()
        for code, periods in genders.items()
        for numbers in periods.values()
        if gender in (None, code) and level in (None, word)
    )


def test_every_grouping_adds_up_to_everybody(told):
    rows = told["rows"]
    for name, levels in rows.items():
        for value in VALUES:
            assert total(levels, value) == pytest.approx(total(rows["everybody"], value), abs=1e-3), (name, value)
        for gender in GENDERS:  # agents and people once each
            heads = [sum(genders[gender]["day"][at] for genders in levels.values()) for at in (0, 1)]
            assert heads == pytest.approx(rows["everybody"]["all"][gender]["day"][:2])


def test_everybody_is_what_the_summary_says(arm, told):
    summary = accounting.summary_table(arm, {})
    core = summary[(summary["breakdown"] == "age_band") & summary["zone"].isin(["core", "core_treated"])]
    own, asked = core[core["itinerary"] == "realised"], core[core["itinerary"] == "asked"]
    everybody = told["rows"]["everybody"]
    for ours, theirs in (("walking_s", "walking_s"), ("walking_safe_s", "safe_s"), *((one, one) for one in MET)):
        assert total(everybody, ours) == pytest.approx(own[theirs].sum(), rel=1e-6)
    for name in ("trips_planned", "trips_not_made", "trips_made"):
        assert total(everybody, name) == pytest.approx(own[name].sum(), rel=1e-6)
    assert total(everybody, "asked_safe") == pytest.approx(asked["survey_feel_safe"].sum(), rel=1e-6)


def test_a_loop_over_walks_finds_the_same(arm, told):
    people, walks, unit = arm.setting.people, arm.walk.walks, arm.walk.unit
    expected = {}
    for row in range(walks.person.size):
        if walks.kind[row] == WALK:
            person = walks.person[row]
            key = (GENDERS[people.gender[person]], bool(people.newcomer[person]))
            expected[key] = expected.get(key, 0) + int(walks.walked_ms[row]) * int(arm.setting.walkers.weight[person])
    for (gender, new), ms in expected.items():
        level = "newcomer" if new else "knows the place"
        found = total(told["rows"]["familiarity"], "walking_s", gender, level)
        assert found == pytest.approx(ms / (unit * 1000.0), rel=1e-9, abs=1e-5)


def test_companions_time_is_that_of_the_trips_made_in_company(arm, told):
    chosen, people = arm.chosen, arm.setting.people
    hours = 0.0
    for trip in range(len(chosen.trips)):
        if chosen.made[trip] and chosen.outcome[trip] == ACCOMPANIED:
            hours += people.weight[chosen.trips.person[trip]] * chosen.taken_ms[trip] / 1000.0
    assert hours > 0
    assert total(told["rows"]["everybody"], "companion_s") == pytest.approx(hours, rel=1e-6)
    share = arm.setting.parameters.companion_back_share
    assert 0.1 <= share <= 0.9
    assert total(told["rows"]["everybody"], "companion_back_s") == pytest.approx(share * hours, rel=1e-6)


def test_labels_are_told_and_move_nothing_else(arm, told):
    people = arm.setting.people
    keys = np.sort(people.person_id)
    code = np.arange(keys.size) % 2
    one = sums_of(arm, Labels(keys, code, ("north", "south")))
    other = sums_of(arm, Labels(keys, 1 - code, ("north", "south")))
    for which in (one, other):
        assert {name: rows for name, rows in which["rows"].items() if name != "label"} == told["rows"]
        assert {key: value for key, value in which.items() if key != "rows"} == {
            key: value for key, value in told.items() if key != "rows"
        }
    assert one["rows"]["label"]["north"] == other["rows"]["label"]["south"]
    assert one["rows"]["label"]["north"] != one["rows"]["label"]["south"]


def test_who_was_not_given_has_no_label():
    labels = Labels(np.array([3, 5]), np.array([1, -1]), ("a", "b"))
    assert labels.of(np.array([5, 4, 3, 99])).tolist() == [-1, -1, 1, -1]
    assert Labels(np.zeros(0, np.int64), np.zeros(0, np.int64), ()).of(np.array([5])).tolist() == [-1]


def test_aboard_people_feel_as_asked_by_day_and_after_dark(arm):
    share, dark = feels_safe_aboard(arm), arm.conditions.dark
    noon, midnight = int(np.argmin(dark)), int(np.argmax(dark))
    assert (dark[noon], dark[midnight]) == (0.0, 1.0)
    for code, who in enumerate(("women", "men")):
        assert share[noon, code] == pytest.approx(1.0 - PARAMETERS[f"aboard_unsafe_day_{who}"])
        assert share[midnight, code] == pytest.approx(1.0 - PARAMETERS[f"aboard_unsafe_dark_{who}"])
    assert (share[:, 2] <= share[:, :2].max(axis=1)).all()
    assert (share[:, 2] >= share[:, :2].min(axis=1)).all()


def test_mix_is_the_chance_that_two_differ():
    combined = Combined(np.zeros(0, int), np.array([0, 1, 1]), np.zeros((3, 0), int), np.array([0, 0, 2]))
    own = np.zeros((24, 3, 8 * KINDS), np.int64)
    own[20, :, 0] = [50, 25, 25]
    assert _mix(own, combined) == pytest.approx(1.0 - (0.25 + 0.0625 + 0.0625))
    own[:] = 0
    own[3, 1, 0] = 7
    assert _mix(own, combined) == 0.0
    assert _mix(own * 0, combined) is None


def test_crowds_near_homes_are_people_out_at_night_where_nightlife_and_homes_are(arm, monkeypatch):
    walk, streets = arm.walk, arm.setting.network.streets
    assert not crowd_hours_near_homes(arm).any()  # no home looks on a street of the grid
    homes, night = np.zeros(len(streets)), np.zeros((24, len(streets)), np.float32)
    homes[:10] = 5.0
    night[:, 5:] = 0.5
    monkeypatch.setitem(streets.__dict__, "overlooking_residents", homes)
    monkeypatch.setitem(arm.conditions.__dict__, "nightlife", night)
    expected = 0.0
    for hour in (22, 23, 0, 1, 2, 3, 4, 5):
        for street in range(5, 10):
            expected += 0.5 * (walk.segments[hour, street, 1] + walk.segments[hour, street, 3]) / walk.unit / 3.6e6
    assert expected > 0
    assert crowd_hours_near_homes(arm).sum() == pytest.approx(expected, abs=1e-5)


def test_stays_are_told_by_what_people_do(arm, told):
    stays = told["stays"]
    every = [period for kind in stays.values() for gender in kind.values() for period in gender.values()]
    hours = math.fsum(one[0] for one in every)
    summary = accounting.summary_table(arm, {})
    rows = summary[(summary["breakdown"] == "age_band") & (summary["itinerary"] == "realised")]
    assert hours == pytest.approx(rows["staying_s"].sum() / 3600.0, rel=1e-6)
    assert all(0.0 <= felt <= time for time, felt in every)
    for kind, genders in stays.items():
        of_women = math.fsum(one[0] for one in genders["woman"].values())
        both = of_women + math.fsum(one[0] for one in genders["man"].values())
        assert of_women / both == pytest.approx(arm.setting.parameters[WOMEN_AMONG[kind]], rel=1e-6)


def test_women_who_stay_out_after_dark_feel_less_safe_there_than_men(told):
    late = {gender: [told["stays"][kind][gender]["dark"] for kind in told["stays"]] for gender in ("woman", "man")}
    women, men = (math.fsum(felt for _, felt in rows) / math.fsum(time for time, _ in rows) for rows in late.values())
    assert women < men


def test_girls_and_boys_are_told_apart(arm, told):
    people = arm.setting.people
    of_age = told["rows"]["age"]
    assert set(of_age) == {"10-15", "16-24", "25-64", "65 and over"}
    for word, low, high in (("10-15", 10, 15), ("16-24", 16, 24), ("25-64", 25, 64), ("65 and over", 65, 130)):
        girls = (people.gender == 0) & (people.age >= low) & (people.age <= high)
        assert of_age[word]["woman"]["day"][0] == int(girls.sum())


def test_groupings_take_everybody_once(arm):
    for grouping in groupings_of(arm.setting.people):
        assert grouping.level.min() >= 0
        assert grouping.level.max() < len(grouping.words)


def test_a_mean_day_is_the_mean_of_every_number():
    days = [{"a": [1.0, 2], "b": None, "c": {"d": 3}}, {"a": [3.0, 2], "b": 1.0, "c": {"d": 5}}]
    assert mean_of(days) == {"a": [2.0, 2], "b": None, "c": {"d": 4.0}}
    assert mean_of(days[:1]) == days[0]


def test_hours_that_venues_are_open_are_those_of_the_core_by_night(arm):
    network, hours = arm.setting.network, 0
    for place in network.places_of("nightlife"):
        if network.streets.in_core[network.places.segment[place]]:
            hours += sum(int(arm.conditions.open_at[hour, place]) for hour in (22, 23, 0, 1, 2, 3, 4, 5))
    assert open_venue_hours(arm).sum() == hours
