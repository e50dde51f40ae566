r"""Closed-form streets: one walker, one lamp, one minute; the numbers are worked out by hand.

::

    home A ===100 m, unlit=== B ---100 m, lit--- C work
"""

import math

import numpy as np
import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.interventions.lighting.new_lamps import EN_13201_2_P
from simulator.kernels.walking import (
    ALONE,
    HAZARD,
    KINDS,
    PASSED,
    SAFE,
    STOOD,
    TIME,
    UNLIT,
    WAIT,
    WALKED,
    People,
    Streets,
)
from simulator.safety.perception import solve_perception
from simulator.travel.day_walk import DayWalk
from simulator.travel.itineraries import Itineraries, together
from simulator.travel.routes import Routed

HOUR = 3_600_000
EIGHT = 8 * HOUR


def street_hour(score=(-1.0, 2.0), nobody=(1.0, 0.0), alone=-0.3, crowd=0.1, hazard=(2048, 1024)):
    return Streets(
        walk_m=np.array([100.0, 100.0]),
        score=np.tile(np.float32(score), (3, 1)),
        crowd=np.full((3, 2), np.float32(crowd)),
        alone=np.full(3, alone),
        nobody=np.array(nobody),
        unlit=np.array([True, False]),
        hazard=np.array([hazard, hazard, hazard], np.int32),
        zone=np.array([0, 0], np.int8),
    )


def one_walker(own=0.5, pace=750.0, weight=256):
    return People(
        own=np.array([own]),
        gender=np.zeros(1, np.int8),
        cell=np.zeros(1, np.int32),
        weight=np.array([weight]),
        pace=np.array([pace]),
    )


def walked(people, streets, until_ms, start_ms=EIGHT):
    routed = Routed(np.array([0, 2]), np.array([0, 1], np.int32), np.zeros(1))
    rows = Itineraries.walks(np.zeros(1, np.int32), np.array([start_ms]), routed)
    walk = DayWalk.begin(rows, people, (1, 2), 1)
    walk.now_ms = EIGHT
    walk.advance(until_ms, streets)
    return walk


def test_one_walker_one_minute():
    # 750 ms a metre: after 60 s he stands 80 m along the unlit street, alone
    walk = walked(one_walker(), street_hour(), EIGHT + 60_000)
    cell = walk.cells[8, 0, 0]
    chance = 1 / (1 + math.exp(-(0.5 - 1.0 - 0.3)))
    assert cell[TIME] == 60_000 * 256
    assert cell[SAFE] / (60_000 * 256 * 16384) == pytest.approx(chance, abs=1 / 16384)
    assert cell[UNLIT] == 60_000 * 256
    assert cell[ALONE] == 60_000 * 256 * 16384
    assert cell[HAZARD] == 60_000 * 256 * 2048
    assert walk.walks.left_ms[0] == 15_000


def test_the_whole_way_takes_its_time_and_no_more():
    walk = walked(one_walker(), street_hour(), EIGHT + HOUR)
    cell = walk.cells[8, 0, 0]
    lit = 1 / (1 + math.exp(-(0.5 + 2.0 + 0.1)))
    unlit = 1 / (1 + math.exp(-(0.5 - 1.0 - 0.3)))
    assert cell[TIME] == 150_000 * 256
    assert cell[UNLIT] == 75_000 * 256
    assert cell[SAFE] / (cell[TIME] * 16384) == pytest.approx((lit + unlit) / 2, abs=1 / 16384)
    assert walk.segments[8, :, 0].tolist() == [256, 256]


def test_who_starts_later_walks_less():
    walk = walked(one_walker(), street_hour(), EIGHT + 60_000, start_ms=EIGHT + 45_000)
    assert walk.cells[8, 0, 0, TIME] == 15_000 * 256


def test_a_walker_who_stands_for_ten_counts_ten_times():
    one, ten = (walked(one_walker(weight=w), street_hour(), EIGHT + HOUR).cells for w in (256, 2560))
    np.testing.assert_array_equal(10 * one, ten)


def test_one_lamp_closes_the_share_of_the_gap_that_it_should():
    # with the central evidence: at 2 lx minimum 80 % of 70 % of darkness' loss is gone
    perception = solve_perception(draw_parameters(1, -1))
    assert perception.light_effect(np.array([2.0]))[0] == pytest.approx(0.8 * 0.7)
    minimum, mean = EN_13201_2_P["P4"]
    assert (minimum, mean) == (1.0, 5.0)
    assert perception.light_effect(np.array([minimum]))[0] == pytest.approx(0.7 * (1 - 0.2**0.5))


def test_the_survey_street_gives_back_the_survey():
    # residents of one age on the described street, averaged over person effects, must answer as CSEW did
    parameters = draw_parameters(1, -1)
    perception = solve_perception(parameters)
    z = np.random.default_rng(0).normal(size=400_000)
    nobody = math.exp(-parameters.survey_street_in_view)
    in_view = float(perception.crowding_if_any(np.array(parameters.survey_street_in_view)))
    for gender, target in ((0, 0.69), (1, 0.89)):
        light = float(perception.light_effect(np.array([parameters.survey_street_min_lx]))[0])
        score = perception.level_at(gender, 40.0) - perception.dark[gender] * (1 - light)
        score += perception.overlooking[gender] * (1 - math.exp(-1)) + perception.person_sd * z
        alone = 1 / (1 + np.exp(-(score + perception.alone[gender])))
        company = 1 / (1 + np.exp(-(score + perception.crowd[gender] * in_view)))
        share = (nobody * alone + (1 - nobody) * company).mean()
        assert share == pytest.approx(target, abs=0.03)


@pytest.mark.parametrize("draw", [-1, *range(20)])
def test_a_busy_place_differs_from_the_survey_street_as_surveyed(draw):
    parameters = draw_parameters(1, draw)
    perception = solve_perception(parameters)
    nobody = math.exp(-parameters.survey_street_in_view)
    few = perception.crowding_if_any(np.array(parameters.survey_street_in_view))
    quiet = nobody * perception.alone + (1 - nobody) * few * perception.crowd
    stretch = math.sqrt(1 + 0.346 * parameters.person_effect_sd**2)
    np.testing.assert_allclose(perception.crowd - quiet, stretch * parameters.feel_busy, atol=1e-12)


def test_who_waits_in_company_after_a_walk_is_counted_where_he_stands():
    # 75 s along the unlit street, then 60 s at the lit one with somebody: log-odds 0.5 + 0.8 + 2.0 + 0.1
    person, nobody_else = np.zeros(1, np.int32), np.zeros(1)
    way = Routed(np.array([0, 1]), np.array([0], np.int32), nobody_else)
    wait = Itineraries.stays(
        person, np.array([EIGHT + 75_000]), np.array([60_000]), np.array([1]), company=np.array([0.8]), kind=WAIT
    )
    rows = together([wait, Itineraries.walks(person, np.array([EIGHT]), way)])
    walk = DayWalk.begin(rows, one_walker(), (1, 2), 1)
    walk.now_ms = EIGHT
    walk.advance(EIGHT + HOUR, street_hour())
    cell = walk.cells[8, 0, 0]
    _, stayed, nothing = np.split(cell, KINDS)
    assert not nothing.any()
    assert (cell[TIME], stayed[TIME]) == (75_000 * 256, 60_000 * 256)
    assert stayed[SAFE] / (stayed[TIME] * 16384) == pytest.approx(1 / (1 + math.exp(-3.4)), abs=1 / 16384)
    assert (stayed[UNLIT], stayed[ALONE], stayed[HAZARD]) == (0, 0, 60_000 * 256 * 1024)
    assert walk.segments[8, 1, [PASSED, WALKED, STOOD]].tolist() == [0, 0, 60_000 * 256]


def test_with_somebody_slower_the_same_way_takes_longer():
    routed = Routed(np.array([0, 2]), np.array([0, 1], np.int32), np.zeros(1))
    rows = Itineraries.walks(np.zeros(1, np.int32), np.array([EIGHT]), routed, slowed=np.array([1.2]))
    walk = DayWalk.begin(rows, one_walker(), (1, 2), 1)
    walk.now_ms = EIGHT
    walk.advance(EIGHT + HOUR, street_hour())
    assert walk.cells[8, 0, 0, TIME] == 180_000 * 256


def test_a_stay_of_somebody_else_counts_with_a_weight_of_its_own():
    stay = Itineraries.stays(
        np.zeros(1, np.int32), np.array([EIGHT]), np.array([1000]), np.array([1]), weight=np.array([2560])
    )
    walk = DayWalk.begin(stay, one_walker(), (1, 2), 1)
    walk.now_ms = EIGHT
    walk.advance(EIGHT + HOUR, street_hour())
    assert walk.segments[8, 1, STOOD] == 2560 * 1000
