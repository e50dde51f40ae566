r"""Closed-form risk: a woman and a man on one dark street and one street by day; incidents are worked out by hand.

::

    A ===100 m, dark, nobody about=== B ---100 m, many people about--- C
"""

import dataclasses
import datetime
import math

import numpy as np
import pytest

from simulator.city.conditions import HAZARDS, conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.kernels.walking import HAZARD, HAZARD_UNIT, KINDS, WALK, People, Streets
from simulator.safety.risk import relative_hazard, solve_levels, yearly_incidents_per_person
from simulator.simulation import exposure_unit
from simulator.travel.day_walk import DayWalk
from simulator.travel.itineraries import Itineraries
from simulator.travel.routes import Routed

from cities import make_city

HOUR = 3_600_000
NINE_AT_NIGHT, NOON = 21, 12
CITY = make_city([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)], unlit=(0,), places=[("home", 0, 10)])
CENTRAL = draw_parameters(1, -1, {"hour_shape_weight": 0.0})  # every hour alike: what is left is the situation
WINTER = conditions_of(CITY, CENTRAL, datetime.date(2026, 12, 21))
PACE = np.array([800.0, 700.0])  # ms a metre: 80 s and 70 s a street
PEOPLE = np.array([2.0, 3.0])  # people that the woman and the man stand for
MANY = 1e-300  # probability that nobody is in view among very many


def hazard_at(hour, conditions=WINTER):
    """Relative hazard with nobody on the first street and very many people, who are no crowd, on the second."""
    return relative_hazard(conditions, CENTRAL, hour, np.array([1.0, MANY]), np.zeros(2))


def walked(hour, conditions=WINTER):
    """Hazard met by the woman and the man on both streets, person-seconds (G, K)."""
    streets = Streets(
        walk_m=np.array([100.0, 100.0]),
        score=np.zeros((3, 2), np.float32),
        crowd=np.zeros((3, 2), np.float32),
        alone=np.zeros(3),
        nobody=np.array([1.0, 0.0]),
        unlit=np.array([True, False]),
        hazard=np.rint(hazard_at(hour, conditions) * HAZARD_UNIT).astype(np.int32),
        zone=np.zeros(2, np.int8),
    )
    who = People(
        own=np.zeros(2),
        gender=np.array([0, 1], np.int8),
        cell=np.array([0, 1], np.int32),
        weight=(PEOPLE * 256).astype(np.int64),
        pace=PACE,
    )
    route = Routed(np.array([0, 2, 4]), np.array([0, 1, 0, 1], np.int32), np.zeros(2))
    rows = Itineraries.walks(np.arange(2), np.full(2, hour * HOUR), route)
    walk = DayWalk.begin(rows, who, (2, 2), 1)
    walk.now_ms = hour * HOUR
    walk.advance((hour + 1) * HOUR, streets)
    return np.split(walk.cells[hour, :, 0], KINDS, axis=-1)[WALK][:, HAZARD:] / exposure_unit(walk)


@pytest.mark.parametrize("kind", range(len(HAZARDS)))
def test_incidents_on_a_dark_street_are_level_times_seconds_times_ratio(kind):
    """At night both meet darkness; on the first street isolation as well, on the second people who watch over it."""
    told = {name: CENTRAL[name] for name in ("isolation_ratio", "guardianship_ratio")}
    darkness = CENTRAL[f"darkness_ratio_{HAZARDS[kind]}"]
    seconds = np.array([80.0, 70.0])
    night = PEOPLE * seconds * darkness * (told["isolation_ratio"] + told["guardianship_ratio"])
    noon = PEOPLE * seconds * (told["isolation_ratio"] + told["guardianship_ratio"])
    np.testing.assert_allclose(walked(NINE_AT_NIGHT)[:, kind], night, rtol=1e-3)
    np.testing.assert_allclose(walked(NOON)[:, kind], noon, rtol=1e-3)


def test_a_year_of_the_same_walk_holds_the_annual_rate_by_gender():
    """Solved on one day of it, the levels give each group its own published rate, whatever the ratios of the streets."""
    met = walked(NINE_AT_NIGHT)
    exposure = np.column_stack([met.T, np.zeros(3)])
    levels = solve_levels(yearly_incidents_per_person(CENTRAL), np.array([*PEOPLE, 0.0]), exposure)
    harassed = levels[0, :2] * met[:, 0] / PEOPLE * 365.25  # a person
    aboard, inside = 0.19, 0.5
    by_hand = [-math.log(1 - share) * 2.0 * 0.40 * (1 - aboard) * inside for share in (0.27, 0.16)]
    np.testing.assert_allclose(harassed, by_hand, rtol=1e-12)


def test_a_direct_ratio_on_the_dark_street_takes_off_its_share_and_no_more():
    halved = np.ones((3, 24, 2), np.float32)
    halved[:, NINE_AT_NIGHT, 0] = 0.5
    less = dataclasses.replace(WINTER, hazard_ratio=halved)
    isolated = CENTRAL.isolation_ratio / (CENTRAL.isolation_ratio + CENTRAL.guardianship_ratio)
    np.testing.assert_allclose(walked(NINE_AT_NIGHT, less) / walked(NINE_AT_NIGHT), 1.0 - isolated / 2.0, rtol=1e-3)
    np.testing.assert_array_equal(walked(NOON, less), walked(NOON))
