"""Lamps told by height and flux: what light they give, worked out by hand, and the one way that may be given."""

import math

import numpy as np
import pytest
import shapely
from every_measure import FRIDAY, same
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.accounting.tables import placements_table
from simulator.city.conditions import Draw, conditions_of
from simulator.city.illuminance import lamp_light, lamp_row_light
from simulator.evidence.parameters import draw_parameters, nominal
from simulator.interventions import Lighting

from cities import make_city

PLAIN = draw_parameters(1, -1)
STREET = make_city([(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)], [(0, 1), (1, 2)], unlit=(0, 1))
BOTH = np.array([0, 1], np.int32)
BEFORE = conditions_of(STREET, PLAIN, FRIDAY)
NIGHT = 23
THOUSAND_CD = 2000.0 * math.pi
"""Flux (lm) of a lamp of 1000 cd, as flux = 2 pi I."""


def lamps(**levers):
    return Lighting(name="lamps", where="segments", **levers)


def put(measure):
    placed = measure.place(STREET, BOTH)
    return placed, measure.change(BEFORE, placed, Draw(STREET, PLAIN, FRIDAY))


def test_light_between_two_lamps_by_hand():
    """6 m high and 60 m apart, which is their reach: half way two lamps at 30 m, along the way the whole of two."""
    least, mean = lamp_row_light(6.0, THOUSAND_CD, 60.0)
    assert least == pytest.approx(2 * 1000 * 6 / (6**2 + 30**2) ** 1.5)  # 0.419 lx
    assert mean == pytest.approx(2 * 1000 / 6 * 60 / math.sqrt(6**2 + 60**2) / 60)  # 5.528 lx
    assert (round(least, 3), round(mean, 3)) == (0.419, 5.528)


def test_between_lamps_farther_apart_than_they_reach_it_is_dark():
    least, mean = lamp_row_light(6.0, THOUSAND_CD, 200.0)
    assert least == 0.0
    assert mean == pytest.approx(2 * 1000 / 6 * 60 / math.sqrt(6**2 + 60**2) / 200)


@given(st.floats(3, 12), st.floats(500, 20_000), st.floats(10, 60))
def test_it_is_the_light_of_mapped_lamps_in_the_middle_of_a_long_row(height, flux, spacing):
    x = spacing * np.arange(60)
    middle = np.array([shapely.LineString([(29 * spacing, 0), (30 * spacing, 0)])], object)
    each = np.ones(x.size)
    mapped = lamp_light(middle, x, 0 * each, height * each, flux * each)[0]
    assert lamp_row_light(height, flux, spacing)[1] == pytest.approx(mapped[1], rel=1e-6)
    falls = flux * height / 2 / math.pi / (height**2 + max(60.0, 10 * height) ** 2) ** 1.5  # where a reach ends
    assert lamp_row_light(height, flux, spacing)[0] == pytest.approx(mapped[0], rel=1e-4, abs=2 * falls)


@given(st.floats(3, 12), st.floats(0, 20_000), st.floats(10, 60))
def test_twice_the_flux_is_twice_the_light(height, flux, spacing):
    one, two = (lamp_row_light(height, times * flux, spacing) for times in (1.0, 2.0))
    assert two == pytest.approx((2 * one[0], 2 * one[1]))
    assert one[0] <= one[1]


def test_a_dark_street_gets_this_light_and_as_many_lamps_as_fit():
    placed, after = put(lamps(height_m=6.0, flux_lm=THOUSAND_CD, spacing_m=60.0))
    assert placed.segments.tolist() == [0, 1]
    assert placed.quantity == 10  # 600 m
    assert after.light_min_lx[NIGHT] == pytest.approx([2 * 6000 / 936**1.5] * 2, rel=1e-6)
    assert after.light_mean_lx[NIGHT] == pytest.approx([2 * 1000 / 6 / math.sqrt(3636)] * 2, rel=1e-6)
    row = placements_table((placed,), PLAIN).iloc[0]
    assert row["capital"] == pytest.approx(10 * PLAIN.lamp_capital)


def test_they_do_what_lamps_with_the_same_illuminance_do_to_the_bit():
    by_flux = lamps(height_m=5.0, flux_lm=4000.0, spacing_m=25.0)
    least, mean = by_flux.target_lx
    by_light = lamps(min_lx=least, mean_lx=mean, spacing_m=25.0)
    (one, first), (other, second) = put(by_flux), put(by_light)
    assert one.quantity == other.quantity == 24
    assert same(first, second)


def test_without_a_spacing_they_stand_as_far_apart_as_the_evidence_says():
    measure = lamps(height_m=6.0, flux_lm=3500.0)
    assert measure.target_lx == lamp_row_light(6.0, 3500.0, nominal("lamp_spacing"))
    assert "lamp_spacing" in measure.evidence()


def test_lamps_without_light_change_nothing_and_cost_nothing():
    placed, after = put(lamps(height_m=6.0, flux_lm=0.0))
    assert placed.quantity == 0
    assert same(after, BEFORE)


@pytest.mark.parametrize(
    ("levers", "says"),
    [
        ({}, "found nothing to say how bright, expected exactly one of"),
        ({"standard": "P2", "height_m": 6, "flux_lm": 3500}, "found standard, height_m and flux_lm to say how bright"),
        ({"standard": "P2", "flux_lm": 3500}, "found standard, height_m and flux_lm to say how bright"),
        ({"min_lx": 1, "mean_lx": 5, "height_m": 6, "flux_lm": 3500}, "min_lx and mean_lx, height_m and flux_lm"),
        ({"standard": "P2", "min_lx": 1, "mean_lx": 5}, "found standard, min_lx and mean_lx"),
        ({"height_m": 6}, "found only one of height_m and flux_lm, expected both"),
        ({"flux_lm": 3500}, "found only one of height_m and flux_lm, expected both"),
        ({"min_lx": 1}, "found only one of min_lx and mean_lx, expected both"),
        ({"height_m": 3, "flux_lm": 200_000}, "lx in the mean, expected at most 500 lx"),
        ({"height_m": 60, "flux_lm": 3500}, "height_m"),
    ],
)
def test_exactly_one_of_three_ways_says_how_bright(levers, says):
    with pytest.raises(ValidationError, match=says):
        lamps(**levers)
