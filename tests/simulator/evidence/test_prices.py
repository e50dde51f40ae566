"""Costs in the currency and at the price level of the city's country."""

import dataclasses

import pytest

from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters, nominal
from simulator.evidence.prices import money_of
from simulator.interventions.base import currency_of
from simulator.interventions.lighting.new_lamps import Lighting

from cities import grid_city

CITY = grid_city(4)


def lamps(country, **more):
    city = dataclasses.replace(CITY, country=country)
    return Lighting(name="lamps", where="streets", standard="P1", **more).place(city, CITY.streets.in_park.nonzero()[0])


def test_in_the_euro_area_costs_are_those_of_the_evidence():
    placed = lamps("FI")
    assert (placed.currency, placed.capital.value) == ("EUR", nominal("lamp_capital"))


def test_elsewhere_they_are_in_the_currency_of_the_place_at_its_price_level():
    placed, parameters = lamps("KE"), draw_parameters(1, 0)
    factor = 43 / 0.66  # shillings and euros that buy what an international dollar buys
    assert placed.currency == "KES"
    assert placed.capital.value == pytest.approx(nominal("lamp_capital") * factor)
    assert placed.running_per_year.in_draw(parameters) == pytest.approx(parameters.lamp_running * factor)
    assert placed.lifetime_years.value == nominal("lamp_lifetime")  # years have no price
    assert lamps("KE", currency="EUR").capital.value == nominal("lamp_capital")


def test_own_costs_stay_as_they_were_given():
    own = {"capital_per_lamp": 900.0, "running_per_lamp_year": 12.0}
    placed = lamps("KE", currency="USD", **own)
    assert (placed.currency, placed.capital.value, placed.running_per_year.value) == ("USD", 900.0, 12.0)
    with pytest.raises(InputError, match=r"lamp_year.*EUR or KES only"):
        lamps("KE", currency="USD", capital_per_lamp=900.0)


def test_a_country_without_a_known_price_level_keeps_euros():
    assert money_of("AQ") == ("EUR", 1.0, False)
    assert currency_of("AQ", None, missing=("lamp",)) == ("EUR", 1.0)
