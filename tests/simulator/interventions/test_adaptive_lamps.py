"""Adaptive lamps on two drawn streets, worked out by hand."""

import datetime
import math

import numpy as np
import pytest

from simulator.city.conditions import Draw, Observed, conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import MEASURES
from simulator.interventions.lighting.lamp_hours import direct_of_darkening

from cities import make_city

FRIDAY = datetime.date(2026, 12, 18)
STREET = make_city(
    [(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)],
    [(0, 1), (1, 2)],
    places=[("home", 0, 100.0), ("gateway", 2, 1.0)],
    lit_min_lx=2.0,
)
BOTH = np.array([0, 1], np.int32)
PLAIN = draw_parameters(1, -1, {"view_radius_m": 60.0})
BEFORE = conditions_of(STREET, PLAIN, FRIDAY)
NIGHT, EVENING = 2, 20


def put(people, **levers):
    given = {"name": "one", "where": "segments", "from_hour": 22, "until_hour": 4, "light": 0.25} | levers
    measure = MEASURES["adaptive_lamps"](**given)
    placed = measure.place(STREET, BOTH)
    seen = None if people is None else Observed(np.zeros((24, 2)), np.full((24, 2), float(people)))
    return placed, measure.change(BEFORE, placed, Draw(STREET, PLAIN, FRIDAY, seen))


def test_light_is_dimmed_for_as_long_as_nobody_else_is_in_the_ring_beyond():
    """People spread over 600 m: 2 (60 - 40) m of street lie beyond, less at the ends; with nobody all is dimmed."""
    _, nobody = put(0, ahead_m=40.0)
    assert nobody.light_min_lx[NIGHT].tolist() == pytest.approx([0.5, 0.5])
    assert nobody.light_min_lx[EVENING].tolist() == BEFORE.light_min_lx[EVENING].tolist()
    people = 30.0
    # The mean over a street of what lies 40 to 60 m off: 20 m each way, but at the free end only as far as there is one.
    metres = 2 * 20.0 - (60.0**2 - 40.0**2) / 2.0 / 300.0
    dimmed = math.exp(-people / 300.0 * metres)
    _, some = put(people, ahead_m=40.0)
    assert some.light_min_lx[NIGHT].tolist() == pytest.approx([2.0 * (1.0 - 0.75 * dimmed)] * 2, rel=0.01)


def test_lamps_that_rise_as_far_as_one_sees_take_no_light():
    _, after = put(0, ahead_m=60.0)
    for name in ("light_min_lx", "light_mean_lx", "hazard_ratio"):
        assert np.array_equal(getattr(after, name), getattr(BEFORE, name))


def test_without_counts_nobody_is_taken_to_be_there():
    assert np.array_equal(put(None, ahead_m=40.0)[1].light_min_lx, put(0, ahead_m=40.0)[1].light_min_lx)


def test_energy_is_saved_while_nobody_is_near():
    placed, _ = put(0, near_share=0.4, from_hour=0, until_hour=3)  # dark then in every month
    saved = 20 * 3 * 365.25 * 0.030 * (1.0 - 0.25) * (1.0 - 0.4) * PLAIN.energy_price
    assert placed.quantity == 20
    assert placed.quantity * placed.running_per_year.in_draw(PLAIN) == pytest.approx(-saved)
    assert placed.capital.in_draw(PLAIN) == PLAIN.lamp_control_capital


def test_more_people_never_mean_less_light():
    light = [put(people, ahead_m=30.0)[1].light_min_lx[NIGHT, 0] for people in (0, 1, 5, 50, 500)]
    assert (np.diff(light) > 0).all()
    assert light[-1] == pytest.approx(2.0)


def test_dimming_counts_on_incidents_as_far_as_light_is_lost():
    worse = draw_parameters(1, -1, {"view_radius_m": 60.0, "darkening_ratio": 1.2})
    measure = MEASURES["adaptive_lamps"](
        name="one", where="segments", from_hour=22, until_hour=4, light=0.25, ahead_m=40.0
    )
    after = measure.change(BEFORE, measure.place(STREET, BOTH), Draw(STREET, worse, FRIDAY))
    expected = direct_of_darkening(worse) ** (BEFORE.dark[NIGHT] * 0.75)
    assert after.hazard_ratio[:, NIGHT, 0].tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    assert (after.hazard_ratio[:, EVENING] == 1.0).all()
