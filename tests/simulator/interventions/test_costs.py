"""What a measure takes, in each draw."""

import numpy as np
import pytest

from simulator.accounting.tables import placements_table
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import Lighting

from cities import grid_city

CITY = grid_city(6)
PARK = np.flatnonzero(CITY.streets.in_park).astype(np.int32)


def costs(parameters, **own):
    placed = Lighting(name="lamps", where="unlit park paths", standard="P3", **own).place(CITY, PARK)
    return placements_table((placed,), parameters).iloc[0]


@pytest.mark.parametrize("draw", [-1, 0, 5])
def test_costs_are_those_that_the_draw_names(draw):
    parameters = draw_parameters(1, draw)
    row = costs(parameters)
    assert row["capital"] / row["quantity"] == pytest.approx(parameters.lamp_capital)
    assert row["running_per_year"] / row["quantity"] == pytest.approx(parameters.lamp_running)
    assert row["lifetime_years"] == pytest.approx(parameters.lamp_lifetime)


@pytest.mark.parametrize("draw", [-1, 0])
def test_a_cost_that_the_user_fixes_is_the_cost(draw):
    fixed = {"lamp_capital": 1000.0, "lamp_running": 0.0, "lamp_lifetime": 10.0, "discount_rate": 0.0}
    row = costs(draw_parameters(1, draw, fixed))
    assert row["annual_cost"] == pytest.approx(row["quantity"] * 100.0)


def test_a_measures_own_cost_goes_before_the_evidence():
    row = costs(draw_parameters(1, 0, {"lamp_capital": 1000.0}), capital_per_lamp=7.0)
    assert row["capital"] == pytest.approx(7.0 * row["quantity"])
