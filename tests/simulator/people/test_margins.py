"""The table of margins and the rates made of it: complete, possible, and scaled as a draw says."""

import csv
from importlib import resources

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.evidence.parameters import GRADES, Parameters, draw_parameters
from simulator.people.margins import OLDEST, YOUNGEST, country_structure, margin, rates_of

ROWS = list(
    csv.DictReader(
        (resources.files("simulator.evidence.profiles") / "margins.csv").read_text(encoding="utf-8").splitlines()
    )
)
NOMINAL = draw_parameters(1, -1)


@pytest.mark.parametrize("gender", ["woman", "man"])
@pytest.mark.parametrize("attribute", sorted({row["attribute"] for row in ROWS}))
def test_margins_tell_every_age_once_with_source_and_grade(attribute, gender):
    rows = [row for row in ROWS if (row["attribute"], row["gender"]) == (attribute, gender)]
    for country in {row["country"] for row in rows}:
        ages = [
            age
            for row in rows
            if row["country"] == country
            for age in range(int(row["age_from"]), int(row["age_to"]) + 1)
        ]
        assert ages == list(range(YOUNGEST, OLDEST + 1))
    assert all(0.0 <= float(row["share"]) <= 1.0 for row in rows)
    assert all(row["grade"] in GRADES and row["source"] for row in rows)


def test_national_totals_are_near_what_their_sources_say():
    """One adult in ten has difficulty walking; 10.3 % of women and 7.6 % of men give care; with the survey's ages."""
    people = country_structure()
    adults = people[:2].copy()
    adults[:, :16] = 0.0
    assert (margin("walking", "GB")[:2] * adults).sum() / adults.sum() == pytest.approx(0.10, abs=0.03)
    for gender, share in ((0, 0.103), (1, 0.076)):
        assert (margin("older", "GB")[gender] * people[gender]).sum() / people[gender].sum() == pytest.approx(
            share, abs=0.015
        )
    with_children = (margin("child", "GB")[:2] * adults).sum() / adults.sum()
    assert with_children == pytest.approx(0.27, abs=0.05)


def test_a_country_without_rows_of_its_own_takes_the_first_listed():
    np.testing.assert_array_equal(margin("sight", "FI"), margin("sight", "GB"))
    with pytest.raises(InputError, match="found no attribute 'hearing'"):
        margin("hearing", "GB")


@pytest.mark.parametrize("draw", range(20))
def test_rates_are_shares_that_leave_room_for_each_other_in_every_draw(draw):
    rates = rates_of("GB", draw_parameters(5, draw), resident=True)
    for one in (
        rates.works,
        rates.studies,
        rates.walking,
        rates.sight,
        rates.child,
        rates.older,
        rates.car,
        rates.night,
    ):
        assert (one >= 0).all()
        assert (one <= 1).all()
    for pair in ((rates.works, rates.studies), (rates.walking, rates.sight), (rates.child, rates.older)):
        assert (pair[0] + pair[1] <= 1 + 1e-12).all()
    np.testing.assert_allclose(rates.works[2], (rates.works[0] + rates.works[1]) / 2)


def test_a_draw_scales_what_is_borrowed():
    more = Parameters(NOMINAL.as_dict() | {"disability_walking_level": 1.4, "car_over_drivers": 0.6}, seed=1, draw=0)
    usual, scaled = (rates_of("GB", one, resident=True) for one in (NOMINAL, more))
    assert scaled.walking[0, 70] == pytest.approx(1.4 * usual.walking[0, 70])
    assert scaled.car[1, 40] == pytest.approx(0.6 * usual.car[1, 40])
    assert not scaled.car[:, :18].any()
