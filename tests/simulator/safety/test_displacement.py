r"""Displacement conserves what it says, stays within reach, and is nothing where nothing is averted.

::

    0 --A-- 1 --B-- 2 --C-- 3 ---------D--------- 4      A to C: 100 m each, D: 2000 m; a gateway at 0
"""

import dataclasses
import datetime
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.accounting.displaced_incidents import displaced_incidents, incidents_by_band
from simulator.accounting.tables import segments_table
from simulator.city.conditions import conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import Lighting
from simulator.kernels.walking import HAZARD, HAZARD_UNIT, KINDS
from simulator.safety.displacement import ELSEWHERE, NEAR, TREATED, bands_of, displace, pulls, with_displacement
from simulator.simulation import Simulation, exposure_unit, hazard_exposure

from cities import grid_city, make_city

DECEMBER = datetime.date(2026, 12, 21)
LINE = make_city(
    [(0, 0), (100, 0), (200, 0), (300, 0), (2300, 0)],
    [(0, 1), (1, 2), (2, 3), (3, 4)],
    places=[("home", 1, 10), ("gateway", 0, 1)],
)
CITY = grid_city(6)
PARK = np.flatnonzero(CITY.streets.in_park).astype(np.int32)


def changed(streets, ratio):
    hazard = streets.hazard_ratio.copy()
    for row, value in ratio.items():
        hazard[:, :, row] *= np.float32(value)
    return dataclasses.replace(streets, hazard_ratio=hazard)


def test_on_a_line_the_share_goes_to_both_sides_by_distance_and_opportunity():
    parameters = draw_parameters(1, -1, {"displacement_share": 0.3})
    before = conditions_of(LINE, parameters, DECEMBER)
    opportunity = np.zeros((3, 24, 4))
    opportunity[:] = (5.0, 8.0, 2.0, 7.0)
    told = displace(LINE, before, changed(before, {1: 0.75}), opportunity, parameters)
    # from the middle of B: A and C 100 m, the gateway 150 m (what is met on A stands for what lies behind it); D too far
    a, c, gate = 5.0 * np.exp(-100 / 150), 2.0 * np.exp(-100 / 150), 5.0 * np.exp(-150 / 150)
    moved = 0.3 * 8.0 * 0.25
    np.testing.assert_allclose(told.averted, 2.0)
    np.testing.assert_allclose(told.near, moved * (a + c) / (a + c + gate))
    np.testing.assert_allclose(told.outside, moved * gate / (a + c + gate))
    np.testing.assert_allclose(
        told.ratio[0, 12], [1 + moved * a / 5 / (a + c + gate), 1.0, 1 + moved * c / 2 / (a + c + gate), 1.0]
    )
    np.testing.assert_allclose(told.adverse, 0.4 * 2.0)
    assert told.area.tolist() == [NEAR, TREATED, NEAR, ELSEWHERE]


def test_distance_is_along_the_streets():
    # a U: 50 m as the crow flies, 1050 m on foot
    bent = make_city([(0, 0), (500, 0), (500, 50), (0, 50)], [(0, 1), (1, 2), (2, 3)], places=[("home", 0, 1)])
    parameters = draw_parameters(1, -1)
    inside, _ = pulls(bent, np.array([0]), np.array([False, True, True]), parameters)
    assert inside.toarray()[0, 2] == 0.0
    assert inside.toarray()[0, 1] == pytest.approx(np.exp(-(250 + 25) / 150))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    share=st.floats(-0.4, 0.4),
    ratio=st.floats(0.2, 1.5),
    rows=st.sets(st.integers(0, len(CITY.streets) - 1), min_size=1, max_size=20),
)
def test_what_is_displaced_is_conserved(seed, share, ratio, rows):
    parameters = draw_parameters(1, -1, {"displacement_share": share})
    before = conditions_of(CITY, parameters, DECEMBER)
    after = changed(before, dict.fromkeys(rows, ratio))
    opportunity = np.random.default_rng(seed).exponential(size=(3, 24, len(CITY.streets)))
    opportunity *= np.random.default_rng(seed + 1).random(opportunity.shape) < 0.5  # many streets with nobody
    told = displace(CITY, before, after, opportunity, parameters)
    if told is None:
        assert ratio == 1.0
        return
    # measured on the streets themselves, hour by hour: what near streets gain and what is booked outside
    laid = with_displacement(after, told).hazard_ratio.astype(float)
    untreated = ~np.isin(np.arange(len(CITY.streets)), list(rows))
    near = (opportunity * (laid - 1.0))[:, :, untreated].sum(axis=2)
    averted = (opportunity * (1.0 - after.hazard_ratio))[:, :, ~untreated].sum(axis=2)
    np.testing.assert_allclose(near + told.outside, share * averted, atol=2e-5)
    np.testing.assert_array_equal(laid[:, :, ~untreated], after.hazard_ratio[:, :, ~untreated])
    assert (told.ratio >= 0.5 - 1e-12).all()
    assert (told.ratio <= 2.0 + 1e-12).all()
    assert (np.abs(told.near + told.outside) <= told.adverse + 1e-9).all()


def test_nothing_is_displaced_where_nothing_is_averted():
    parameters = draw_parameters(1, 0)
    before = conditions_of(CITY, parameters, DECEMBER)
    assert displace(CITY, before, before, np.ones((3, 24, len(CITY.streets))), parameters) is None
    none_moves = draw_parameters(1, -1, {"displacement_share": 0.0})
    after = changed(before, {3: 0.5})
    told = displace(CITY, before, after, np.ones((3, 24, len(CITY.streets))), none_moves)
    assert with_displacement(after, told) is after


@cache
def lit_arm(**values):
    """A day without and with lamps in the park; read by several tests, changed by none."""
    parameters = draw_parameters(1, 0, {"lamp_care_ratio": 1.0, **values})
    baseline = Simulation.baseline(CITY, parameters, agents=1500, date=DECEMBER)
    baseline.settle(2)
    measure = Lighting(name="lamps", where="unlit park paths", standard="P4")
    plain, lit = baseline.fork(), baseline.fork([measure.place(CITY, PARK)])
    plain.simulate_day()
    lit.simulate_day()
    return plain, lit


def test_in_a_run_displacement_moves_incidents_and_nobody():
    values = {"lamp_hazard_ratio": 0.5, "visitors_jobs_per_resident": 1e-3}  # as many visitors as in a centre
    (_, still), (plain, moved) = (lit_arm(**values, displacement_share=share) for share in (0.0, 0.4))
    np.testing.assert_array_equal(still.walk.segments, moved.walk.segments)
    for one, other in zip(*(np.split(arm.walk.cells, KINDS, axis=-1) for arm in (still, moved)), strict=True):
        np.testing.assert_array_equal(one[..., :HAZARD], other[..., :HAZARD])
    more = (hazard_exposure(moved.walk) - hazard_exposure(still.walk)).sum(axis=(0, 1, 2)) / exposure_unit(moved.walk)
    booked = moved.displaced.near.sum(axis=1) * 3600.0
    assert (booked > 0).all()
    np.testing.assert_allclose(more, booked, rtol=0.25)  # booked at the footfall remembered, met at that of the day
    told = displaced_incidents(moved, [(moved.walk, moved.streets)], [(plain.walk, plain.streets)])
    assert told["averted"] > 0
    assert told["near"] + told["outside"] == pytest.approx(0.4 * told["averted"])
    assert told["adverse"] == pytest.approx(0.4 * told["averted"])
    without, with_it = (sum(told["areas"][name][side] for name in told["areas"]) for side in (0, 1))
    for arm, total in ((plain, without), (moved, with_it)):
        met = hazard_exposure(arm.walk).sum(axis=(0, 1)).T / exposure_unit(arm.walk)
        assert total == pytest.approx((met * arm.levels).sum(), rel=0.02)  # areas take the level of the mean walker
    assert displaced_incidents(plain, [(plain.walk, plain.streets)], [(plain.walk, plain.streets)]) is None


def test_small_changes_of_hazard_are_not_rounded_away():
    # by day and among many people hazard is the same on all streets: rounded alike, a third of a unit would be lost
    plain, _ = lit_arm()
    setting = dataclasses.replace(plain.setting, rounding=(np.arange(len(CITY.streets)) + 0.5) / len(CITY.streets))
    units = []
    for ratio in (1.0, 1.0 + 1.0 / 3.0 / HAZARD_UNIT):
        hazard = plain.conditions.hazard_ratio * np.float32(ratio)
        arm = Simulation(setting, dataclasses.replace(plain.conditions, hazard_ratio=hazard))
        arm.expected_on = np.full_like(plain.expected_on, 1000.0)
        units.append(arm._streets_by_hour()[12].hazard.astype(float))
    assert np.ptp(units[0][0]) <= 1.0
    exact = units[0].mean() / 3.0 / HAZARD_UNIT
    assert (units[1] - units[0]).mean() == pytest.approx(exact, abs=0.02)


def test_relabelling_everybody_changes_no_hazard():
    # same memory of the same streets: who it is that walks there is nothing to hazard, nor to displacement
    plain, lit = lit_arm()
    people = plain.setting.people
    other = dataclasses.replace(
        people, age=people.age[::-1].copy(), age_band=people.age_band[::-1].copy(), gender=(people.gender + 1) % 3
    )
    for arm in (plain, lit):
        again = Simulation(dataclasses.replace(arm.setting, people=other), arm.conditions)
        again.expected_on = arm.expected_on
        for one, two in zip(arm._streets_by_hour(), again._streets_by_hour(), strict=True):
            np.testing.assert_array_equal(one.hazard, two.hazard)
    strangers = Simulation(dataclasses.replace(plain.setting, people=other), plain.conditions)
    strangers.expected_on = plain.expected_on
    mine, theirs = (arm._displaced_by(lit.conditions) for arm in (plain, strangers))
    np.testing.assert_array_equal(mine.ratio, theirs.ratio)


def test_bands_are_by_metres_on_foot():
    parameters = draw_parameters(1, -1)
    # from the middle of B: A and C 100 m, D 50 + 100 + 1000 m
    assert bands_of(LINE, np.array([False, True, False, False]), parameters).tolist() == [
        NEAR,
        TREATED,
        NEAR,
        ELSEWHERE,
    ]
    assert bands_of(LINE, np.zeros(4, bool), parameters).tolist() == [ELSEWHERE] * 4
    assert bands_of(LINE, np.ones(4, bool), parameters).tolist() == [TREATED] * 4
    _, lit = lit_arm()
    np.testing.assert_array_equal(lit.bands, lit.displaced.area)  # lamps: where they stand, hazard is another
    told = segments_table(lit)
    assert (told["band"] == "treated").tolist() == told["treated"].tolist()


def test_incidents_by_band_add_up_to_those_of_the_day():
    plain, lit = lit_arm()
    days, reference = ([(arm.walk, arm.streets)] for arm in (lit, plain))
    told, whole = incidents_by_band(lit, days, reference), displaced_incidents(lit, days, reference)["areas"]
    for name, pair in whole.items():
        assert [sum(told[period][name][side] for period in told) for side in (0, 1)] == pytest.approx(pair)
    assert told["dark"]["treated"][0] > 0
    assert incidents_by_band(plain, reference, reference) is None
    same = incidents_by_band(lit, reference, reference)
    assert all(before == after for period in same.values() for before, after in period.values())
