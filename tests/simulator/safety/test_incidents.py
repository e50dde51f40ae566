"""Expected incidents as they stand in the summary: whose they are, and what a year of them comes to."""

import datetime

import numpy as np
import pytest

from simulator.accounting.tables import summary_table
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS, INCIDENTS
from simulator.kernels.walking import HAZARD, KINDS, STAY
from simulator.safety.risk import yearly_incidents_per_person
from simulator.setting import GROUP_SHAPE
from simulator.simulation import Simulation, exposure_unit, hazard_exposure

from cities import grid_city

DECEMBER = datetime.date(2026, 12, 21)
CITY = grid_city(8)


@pytest.fixture(scope="module")
def arm():
    """A settled baseline with the day on which its levels were solved."""
    baseline = Simulation.baseline(CITY, draw_parameters(1, -1), agents=1500, date=DECEMBER)
    baseline.settle(2)
    return baseline


@pytest.fixture(scope="module")
def told(arm):
    """Rows by gender and age, each person once."""
    table = summary_table(arm, {})
    return table[(table["itinerary"] == "realised") & (table["age_band"] != "all")]


def by_gender(told, column):
    return np.array([told.loc[told["gender"] == word, column].sum() for word in GENDERS])


def met_by_age(arm, kind):
    """Hazard met by those who travel, times what their age meets of it, by resident or not and gender (2, G)."""
    moving = sum(np.split(arm.walk.cells, KINDS, axis=-1)[:STAY])[..., HAZARD + kind].sum(axis=(0, 2)).astype(float)
    ages = moving.reshape(*GROUP_SHAPE[:3], -1).sum(axis=3)
    return (ages * arm.by_age[kind][None]).sum(axis=2)


def test_incidents_are_of_those_who_travel_and_what_stays_meet_stands_apart(arm, told):
    staying = np.split(arm.walk.cells, KINDS, axis=-1)[STAY][..., HAZARD:].sum(axis=(0, 1, 2))
    for kind, word in enumerate(INCIDENTS):
        met = met_by_age(arm, kind).sum(axis=0) / exposure_unit(arm.walk)
        np.testing.assert_allclose(by_gender(told, f"incidents_{word}"), met * arm.levels[kind], rtol=1e-12)
        assert staying[kind] > 0
        apart = by_gender(told, f"staying_incidents_{word}")
        assert (apart / arm.levels[kind]).sum() == pytest.approx(staying[kind] / exposure_unit(arm.walk))


def test_a_year_of_the_baseline_holds_the_annual_rate_of_its_people(arm, told):
    # visitors are at the residents' level: the year holds the residents' rate times all exposure over residents'
    setting, people = arm.setting, arm.setting.people
    residents = np.bincount(people.gender, weights=people.weight * people.resident, minlength=len(GENDERS))
    for kind, word in enumerate(INCIDENTS):
        a_year = by_gender(told, f"incidents_{word}") * arm.year_over_day[kind] * 365.25
        published = yearly_incidents_per_person(setting.parameters)[kind] * residents
        met = met_by_age(arm, kind)
        everybody = published * met.sum(axis=0) / met[1]
        residents_met = hazard_exposure(arm.walk, travelling=True)[..., kind].sum(axis=0)[1]
        # ages share what residents of a gender meet in a year; on this one day they meet it at other hours
        np.testing.assert_allclose(met[1, :2], residents_met[:2], rtol=0.02)
        np.testing.assert_allclose(a_year[:2], everybody[:2], rtol=0.03)  # who walks when differs by gender
        assert a_year.sum() == pytest.approx(everybody.sum(), rel=0.01)
