"""Ages: published ratios come back by person on the baseline, totals by gender stay, and nobody else is touched."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.accounting import tables as accounting
from simulator.accounting.day_sums import aged, met_of, of_groups
from simulator.accounting.year import incidents_of_residents
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import AGE_BANDS, RISK_AGE_OF_BAND, RISK_AGES
from simulator.safety.ages import alike, published_ratios, solve_ages
from simulator.setting import GROUPS, of_residents
from simulator.simulation import Simulation
from simulator.travel.vehicles import ridden

from cities import grid_city

PARAMETERS = draw_parameters(2, 1)


@pytest.fixture(scope="module")
def arm():
    baseline = Simulation.baseline(grid_city(6), PARAMETERS, agents=800, date=datetime.date(2026, 12, 21))
    baseline.settle(1)
    return baseline


def by_age(sums):
    """Age bands (last axis) as risk ages."""
    return np.stack([sums[..., age == RISK_AGE_OF_BAND].sum(axis=-1) for age in range(len(RISK_AGES))], axis=-1)


def test_a_factor_by_hand():
    """Twenty young and ten others, of the same exposure: three times as much each, so six parts of seven in all."""
    ratios = np.array([[3.0, 1.0, 0.5]] * 3)
    people, exposure = np.zeros((3, len(AGE_BANDS))), np.zeros((3, 3, len(AGE_BANDS)))
    people[:, 1], people[:, 4] = 20.0, 10.0
    exposure[:, :, 1], exposure[:, :, 4] = 50.0, 50.0
    factor = solve_ages(ratios, people, exposure)
    assert factor[:, :, :2] == pytest.approx(100.0 * 6 / 7 / 50.0)
    assert factor[:, :, 2:6] == pytest.approx(100.0 * 1 / 7 / 50.0)
    assert (factor[:, :, 6:] == 1.0).all()  # nobody of that age


sizes = st.lists(st.floats(0.0, 1e6), min_size=8, max_size=8)


@given(sizes, sizes, st.floats(0.01, 20.0), st.floats(0.01, 20.0))
def test_totals_stay_whatever_people_and_exposure(people, exposure, young, old):
    ratios = np.array([[young, 1.0, old]] * 3)
    living = np.broadcast_to(people, (3, 8))
    met = np.broadcast_to(exposure, (3, 3, 8))
    factor = solve_ages(ratios, living, met)
    assert np.isfinite(factor).all()
    assert (factor * met).sum(axis=2) == pytest.approx(met.sum(axis=2), rel=1e-9, abs=1e-9)


def test_the_baseline_returns_published_ratios_by_person(arm):
    rides = ridden(arm.chosen.aboard, arm.setting.walkers, arm.streets[0].zone, GROUPS)
    assert not rides.any()  # no bus in the grid
    incidents = by_age(incidents_of_residents(arm, rides))
    each = incidents / by_age(arm.setting.residents_by_age)
    ratios = published_ratios(PARAMETERS)
    for gender in (0, 1):
        assert each[:, gender] / each[:, gender, 1:2] == pytest.approx(ratios, rel=1e-9)


def test_each_gender_meets_in_all_what_it_would_without_ages(arm):
    rides = np.zeros((24, GROUPS, 4), np.int64)
    with_ages = incidents_of_residents(arm, rides).sum(axis=2)
    kept = arm.by_age
    try:
        arm.by_age = alike()
        without = incidents_of_residents(arm, rides).sum(axis=2)
    finally:
        arm.by_age = kept
    assert with_ages == pytest.approx(without, rel=1e-9)


def test_every_breakdown_of_the_summary_tells_the_same_incidents(arm):
    summary = accounting.summary_table(arm, {})
    told = summary[summary["itinerary"] == "realised"]
    for name in ("incidents_harassment", "incidents_robbery", "incidents_assault"):
        sums = told[told["breakdown"].isin(["age_band", "disability", "carer"])].groupby("breakdown")[name].sum()
        assert sums.to_numpy() == pytest.approx(sums.iloc[0], rel=1e-9)


def test_factors_of_groups_are_those_of_their_gender_and_age(arm):
    people = arm.setting.people
    factor = of_groups(arm.by_age)[arm.setting.walkers.cell]
    for person in range(0, len(people), 37):
        assert (factor[person] == arm.by_age[:, people.gender[person], people.age_band[person]]).all()


def test_who_stays_is_of_no_age(arm):
    met = met_of(arm.walk.cells)
    weighted = aged(arm, arm.walk.cells)
    assert (weighted[..., 1, :] == met[..., 1, :]).all()
    assert (weighted[..., 0, :] == met[..., 0, :] * of_groups(arm.by_age)[None, :, None, :]).all()


def test_forks_keep_the_factor(arm):
    assert arm.fork().by_age is arm.by_age
    assert of_residents(np.zeros((24, GROUPS, 2))).shape == (24, 3, 8, 2)
