"""Properties that any run must have: nothing comes of nothing, threads and step lengths leave no trace."""

import dataclasses
import datetime
from functools import cache
from unittest import mock

import numpy as np
import pytest

from analysis.indicators.cells import tally
from simulator.accounting import tables as accounting
from simulator.accounting.tables import placements_table
from simulator.city.conditions import conditions_of
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.blocks import run_blocks
from simulator.foundation.categories import AGE_BANDS, GENDERS
from simulator.interventions import Lighting
from simulator.kernels.walking import fear_table
from simulator.model import SafetyModel
from simulator.results.schema import RunTables
from simulator.safety.perception import solve_perception
from simulator.safety.risk import yearly_incidents_per_person
from simulator.simulation import Simulation, exposure_unit, hazard_exposure
from simulator.travel import day_walk
from simulator.travel.itineraries import together

from cities import grid_city, make_city

CITY = grid_city(8)
PARK = np.flatnonzero(CITY.streets.in_park).astype(np.int32)
DECEMBER = datetime.date(2026, 12, 21)


@cache
def settled(draw=0, agents=1500, threads=1, date=DECEMBER, days=2):
    """A settled baseline for all tests that ask for the same; they fork it, and leave it as it is."""
    baseline = Simulation.baseline(CITY, draw_parameters(1, draw), agents=agents, date=date, threads=threads)
    baseline.settle(days)
    return baseline


def lamps(**light):
    measure = Lighting(name="lamps", where="unlit park paths", **(light or {"standard": "P1"}))
    return measure.place(CITY, PARK)


def tables(arm):
    return accounting.summary_table(arm, {}), accounting.segments_table(arm)


def lived(arm, days=2):
    for _ in range(days):
        arm.simulate_day()
    return arm


@cache
def usual_days():
    """Two days after settling, to be read only."""
    return lived(settled().fork())


def test_a_measure_that_changes_nothing_changes_nothing_to_the_bit():
    baseline = settled()
    plain, nothing = lived(baseline.fork()), lived(baseline.fork([lamps(min_lx=0.0, mean_lx=0.0)]))
    for one, other in zip(tables(plain), tables(nothing), strict=True):
        assert one.equals(other)


@pytest.mark.parametrize("threads", [3, pytest.param(2, marks=pytest.mark.slow)])
def test_threads_leave_no_trace(threads):
    counts = []
    noted = lambda work, threads: counts.append(threads) or run_blocks(work, threads)
    # so few agents are else walked on one thread, and nothing would be tested
    with mock.patch.object(day_walk, "run_blocks", noted), mock.patch.object(day_walk, "BLOCKS", 1):
        one, many = (lived(settled(threads=number).fork([lamps()])) for number in (1, threads))
    assert counts.count(threads) > 20
    for left, right in zip(tables(one), tables(many), strict=True):
        assert left.equals(right)


def test_steps_of_a_minute_are_hours_to_the_bit():
    by_hour = SafetyModel(CITY, agents=200, settle_days=1)
    by_minute = SafetyModel(CITY, agents=200, settle_days=1)
    by_hour.advance(3 * 3600)
    for _ in range(180):
        by_minute.step()
    np.testing.assert_array_equal(by_hour.day_walk.cells, by_minute.day_walk.cells)
    np.testing.assert_array_equal(by_hour.day_walk.segments, by_minute.day_walk.segments)
    assert by_minute.now == datetime.datetime(2026, 12, 21, 7, 0)


def test_lamps_change_nothing_that_is_felt_at_noon_and_much_at_night():
    baseline = settled()
    parts = baseline.setting.class_parts
    fears = []
    for arm in (baseline.fork(), baseline.fork([lamps()])):
        arm.begin_day()
        fear = np.empty((2, parts.shape[0], len(CITY.streets)), np.float32)
        for row, hour in enumerate((12, 21)):
            fear_table(arm.streets[hour], parts, fear[row])
        fears.append(fear)
    np.testing.assert_array_equal(fears[0][0], fears[1][0])
    assert (fears[1][1][:, PARK] < fears[0][1][:, PARK]).all()


@pytest.mark.parametrize("draw", range(5))
def test_more_light_never_makes_anybody_feel_less_safe(draw):
    parameters = draw_parameters(1, draw)
    perception = solve_perception(parameters)
    relief = perception.light_effect(np.linspace(0.0, 50.0, 200))
    assert (np.diff(relief) >= 0).all()
    assert relief[0] == 0.0
    assert relief[-1] <= 1.0
    assert (perception.dark > 0).all()
    assert (perception.park >= 0).all()


@pytest.mark.parametrize("gender", [0, 1])
def test_a_park_differs_from_a_quiet_street_as_surveyed_in_every_draw(gender):
    """On the log-odds of the person in the middle: the difference that was fitted, stretched, whatever light explains."""
    for draw in range(200):
        told = draw_parameters(3, draw)
        perception = solve_perception(told)
        street, park = (
            float(perception.light_effect(np.array([told[f"survey_{where}_min_lx"]]))[0])
            for where in ("street", "park")
        )
        homes = told.overlooking_homes * (1.0 - np.exp(-1.0))
        loss = perception.dark[gender] * (street - park) + perception.park[gender] + homes
        stretch = np.sqrt(1.0 + 0.346 * told.person_effect_sd**2)
        assert loss == pytest.approx(-stretch * told.feel_park, abs=1e-9)
        assert 0.0 < perception.relief <= told.light_relief_share


def test_levels_return_the_yearly_incidents_on_the_baseline():
    arm = settled()
    exposure = hazard_exposure(arm.walk, travelling=True)[:, 1].sum(axis=0).T / exposure_unit(arm.walk)
    people = arm.setting.people
    residents = np.bincount(people.gender, weights=people.weight * people.resident, minlength=3)
    expected = yearly_incidents_per_person(arm.setting.parameters) * residents / 365.25
    # of everybody's exposure that day to what it would be on the mean day of a year; who walks when differs by gender
    a_year = arm.levels * exposure * arm.year_over_day[:, None]
    np.testing.assert_allclose(a_year[:, :2], expected[:, :2], rtol=0.02)
    exposed = exposure.sum(axis=1)
    mean_level = (expected / arm.levels).sum(axis=1) / exposed
    np.testing.assert_allclose(mean_level, arm.year_over_day, rtol=1e-12)


def test_time_walked_is_the_same_by_group_and_by_street():
    arm = usual_days()
    summary, segments = tables(arm)
    realised = summary[(summary["itinerary"] == "realised") & (summary["age_band"] != "all")]
    assert realised["walking_s"].sum() == pytest.approx(segments["walking_s"].sum(), rel=1e-12)
    assert realised["safe_s"].sum() == pytest.approx(segments["safe_s"].sum(), rel=1e-12)
    assert (realised["safe_s"] <= realised["walking_s"]).all()
    assert realised["trips_made"].sum() <= realised["trips_planned"].sum()


def test_frozen_on_the_same_streets_is_realised():
    arm = usual_days()
    frozen = arm.walk_through(arm.chosen.itineraries(), arm.streets)
    np.testing.assert_array_equal(frozen.cells, arm.walk.cells)


def test_everybody_asked_is_a_resident_of_sixteen_and_over_and_nobody_is_left_out():
    arm = usual_days()
    summary, _ = tables(arm)
    people = arm.setting.people
    asked = summary[(summary["itinerary"] == "asked") & (summary["age_band"] != "all")]["survey_respondents"].sum()
    assert asked == pytest.approx(people.weight[people.resident & (people.age >= 16)].sum())


def test_only_those_asked_there_stand_behind_an_answer():
    # a visitor, or somebody of the ring, behind an answer would let a cell of too few residents be told
    streets = dataclasses.replace(CITY.streets, in_core=np.arange(len(CITY.streets)) % 3 == 0)
    city = dataclasses.replace(CITY, streets=streets)
    arm = Simulation.baseline(city, draw_parameters(1, 0), agents=1500, date=DECEMBER)
    arm.settle(1)
    arm.simulate_day()
    people = arm.setting.people
    old = people.resident & (people.gender == GENDERS.index("man")) & (people.age >= 75)
    core = streets.in_core[city.places.segment[people.home]]
    summary, _ = tables(arm)
    rows = summary[(summary["itinerary"] == "asked") & (summary["gender"] == "man") & (summary["age_band"] == "75+")]
    assert dict(zip(rows["zone"], rows["agents"], strict=True)) == {
        "core": (old & core).sum(),
        "ring": (old & ~core).sum(),
    }
    np.testing.assert_allclose(rows["population"], rows["survey_respondents"])
    behind = tally(RunTables(summary, None, placements_table((), arm.setting.parameters), {})).agents["asked"]
    assert behind[GENDERS.index("man"), AGE_BANDS.index("75+")] == (old & core).sum()


def test_relabelling_others_changes_nobodys_result():
    # other people's gender and age decide their own walks, never anybody else's feeling or hazard on given streets
    arm = settled().fork()
    arm.begin_day()
    walkers = arm.setting.walkers
    rows = arm.chosen.itineraries()
    person = rows.person
    mine = np.flatnonzero(person == person[0])
    relabelled = dataclasses.replace(
        arm.setting,
        walkers=walkers._replace(
            gender=np.where(np.arange(walkers.gender.size) == person[0], walkers.gender, (walkers.gender + 1) % 3),
            own=np.where(np.arange(walkers.own.size) == person[0], walkers.own, walkers.own - 1.0),
        ),
    )
    results = []
    for setting in (arm.setting, relabelled):
        other = Simulation(setting, arm.conditions)
        walk = other.walk_through(rows, arm.streets)
        at = np.isin(walk.walks.person, person[mine])
        results.append((walk.walks.safe[at], walk.walks.walked_ms[at]))
    for one, two in zip(*results, strict=True):
        np.testing.assert_array_equal(one, two)


def test_wishes_are_made_up_for_what_is_not_made():
    baseline = settled(draw=3, days=3)
    chosen = baseline.chosen
    wished = np.ones(len(chosen.tours))
    assert baseline.inflation.min() >= 1.0
    assert chosen.probability_made.sum() < wished.sum()


def test_imputed_light_is_drawn_and_known_light_is_not():
    city = grid_city(5)
    count = len(city.streets)
    streets = dataclasses.replace(
        city.streets,
        lit_probability=np.where(np.arange(count) < count // 2, 0.5, 1.0),
        light_imputed=np.arange(count) < count // 2,
    )
    city = dataclasses.replace(city, streets=streets)
    light = [conditions_of(city, draw_parameters(1, draw), DECEMBER).light_min_lx[22] for draw in range(12)]
    lit = np.mean(np.array(light) > 0, axis=0)
    assert (lit[count // 2 :] == 1.0).all()
    assert 0.3 < lit[: count // 2].mean() < 0.7


def test_nothing_moves_in_a_time_that_is_no_time():
    with pytest.raises(InputError, match="whole number above 0"):
        SafetyModel(CITY, agents=200).advance(0)


def test_midsummer_has_an_hour_of_dark_and_midwinter_sixteen():
    parameters = draw_parameters(1, -1)
    winter = conditions_of(CITY, parameters, DECEMBER).dark_hours.sum()
    summer = conditions_of(CITY, parameters, datetime.date(2026, 6, 21)).dark_hours.sum()
    assert 16 <= winter <= 18
    assert summer <= 4


LINE = ([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "places",
    [
        [("home", 0, 10.0), ("gateway", 2, 1.0)],
        [("home", 0, 10.0), ("stop", 2, 1.0)],
        [("home", 0, 10.0), ("gateway", 0, 1.0)],
    ],
    ids=["nothing to go to", "only a stop", "a gateway at the door"],
)
def test_a_district_that_lacks_places_still_lives(places):
    baseline = Simulation.baseline(make_city(*LINE, places=places), draw_parameters(1, 0), agents=200, date=DECEMBER)
    baseline.settle(2)
    assert np.isfinite(tables(lived(baseline.fork()))[0].select_dtypes("number")).all().all()


@pytest.mark.parametrize(
    "places", [[("home", 0, 0.0), ("gateway", 2, 1.0)], [("shop", 0, 5.0)], [("gateway", 0, 1.0)]], ids=str
)
def test_a_district_without_people_is_refused(places):
    with pytest.raises(InputError, match="expected somebody who lives there"):
        Simulation.baseline(make_city(*LINE, places=places), draw_parameters(1, 0), agents=200, date=DECEMBER)


@pytest.mark.slow
@pytest.mark.parametrize("date", ["2027-03-28", "2026-10-25", "2026-06-21"], ids=["clocks on", "clocks back", "summer"])
def test_any_date_lives(date):
    arm = settled(date=datetime.date.fromisoformat(date), agents=300).fork()
    assert tables(lived(arm))[0]["walking_s"].sum() > 0


def test_a_polar_day_has_no_dark_and_a_polar_night_no_day():
    north = dataclasses.replace(CITY, latitude=78.2, longitude=15.6, timezone="Arctic/Longyearbyen")
    parameters = draw_parameters(1, -1)
    assert not conditions_of(north, parameters, datetime.date(2026, 6, 21)).dark_hours.any()
    assert conditions_of(north, parameters, DECEMBER).dark_hours.all()


def walked_by(arm):
    """Time walked and time that felt safe of every trip that was made on foot, in a city where nobody rides."""
    walks, rows = arm.walk.walks, np.flatnonzero(arm.chosen.walked)
    starts = together([arm.chosen.rows, arm.setting.staying]).start_ms
    place = np.argsort(np.argsort(starts, kind="stable"), kind="stable")[: rows.size]  # as rows stand in a walk
    felt = zip(walks.walked_ms[place].tolist(), walks.safe[place].tolist(), strict=True)
    return dict(zip(rows.tolist(), felt, strict=True))


@pytest.mark.slow
def test_a_lamp_at_the_far_end_changes_nothing_for_who_is_neither_there_nor_rerouted():
    """Common random numbers: on the first day after the fork, before anybody learns, the rest is the same to the bit."""
    baseline = settled(agents=8000)
    end = PARK[-1:]
    lamp = Lighting(name="a lamp", where="unlit park paths", standard="P1").place(CITY, end)
    plain, lit = baseline.fork(), baseline.fork([lamp])
    for arm in (plain, lit):
        arm.simulate_day()
    routes = [np.split(arm.chosen.routed.route, arm.chosen.routed.start[1:-1]) for arm in (plain, lit)]
    same = np.array([np.array_equal(one, other) and end[0] not in one for one, other in zip(*routes, strict=True)])
    tours = plain.chosen.trips.tour
    untouched = ~np.isin(tours, tours[~same])
    assert 20 < (~untouched).sum() < untouched.sum()  # some do go there, or go there now
    np.testing.assert_array_equal(plain.chosen.made[untouched], lit.chosen.made[untouched])
    before, after = walked_by(plain), walked_by(lit)
    rows = [row for row in np.flatnonzero(untouched & plain.chosen.made).tolist() if row in before]
    assert len(rows) > 200
    assert [before[row] for row in rows] == [after[row] for row in rows]
    touched = [row for row in np.flatnonzero(~untouched).tolist() if row in before and row in after]
    assert any(before[row] != after[row] for row in touched)
