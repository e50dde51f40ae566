"""Neighbours who go round and streets without cars, on two drawn streets, worked out by hand."""

import dataclasses
import datetime
import math

import numpy as np
import pytest

from simulator.accounting.tables import placements_table
from simulator.city.conditions import GUARDIANS, Draw, conditions_of
from simulator.city.network import STREET_CLASSES
from simulator.city.stays import STAYS
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import MEASURES
from simulator.safety.perception import solve_perception, street_score

from cities import make_city

FRIDAY = datetime.date(2026, 12, 18)
NIGHT, NOON = 22, 12
STREET = make_city(
    [(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)],
    [(0, 1), (1, 2)],
    places=[("home", 0, 100.0), ("gateway", 2, 1.0)],
)
CLASSES = np.array([STREET_CLASSES.index("residential"), STREET_CLASSES.index("footway")])
STREET = dataclasses.replace(STREET, streets=dataclasses.replace(STREET.streets, street_class=CLASSES))
"""A residential street and a footway of 300 m each."""
BOTH = np.array([0, 1], np.int32)
PLAIN = draw_parameters(1, -1, {"view_radius_m": 60.0})
BEFORE = conditions_of(STREET, PLAIN, FRIDAY)
PERCEPTION = solve_perception(PLAIN)


def put(kind, **levers):
    measure = MEASURES[kind](name="one", where="segments", **levers)
    placed = measure.place(STREET, BOTH)
    return placed, measure.change(BEFORE, placed, Draw(STREET, PLAIN, FRIDAY))


def score(conditions, hour=NIGHT):
    flags = (np.zeros(2, bool), np.zeros(2, bool))
    return street_score(PERCEPTION, conditions, flags, hour)[0].astype(float)


def test_neighbours_are_in_view_as_hosts_are_and_change_no_hazard():
    placed, after = put("watch", rounds=2, neighbours=3, from_hour=20, until_hour=0)
    share = 1.0 - math.exp(-2 * 120.0 / 600.0)
    row = GUARDIANS.index("host")
    assert after.guardians[row, NIGHT].tolist() == pytest.approx([share] * 2)
    assert not after.guardians[:, NOON].any()
    assert score(after) - score(BEFORE) == pytest.approx(share * PERCEPTION.guardians[0, row], abs=1e-5)
    assert (after.hazard_ratio == 1.0).all()
    assert placed.quantity == pytest.approx(2 * 3 * 4 * 365.25)
    cost = placements_table((placed,), PLAIN).iloc[0]["annual_cost"]
    assert cost == pytest.approx(2 * 3 * 4 * 365.25 * PLAIN.watch_hour_cost)
    (out,) = after.gatherings
    assert out.stays.people_by_hour()[STAYS.index("host"), NIGHT] == pytest.approx(6.0)


def test_terraces_are_fronts_in_part_with_guests_on_streets_for_cars_only():
    levers = {"terraces_per_100m": 4.0, "guests_per_terrace": 5.0, "from_hour": 17, "until_hour": 2}
    placed, after = put("pedestrian_street", **levers)
    assert placed.segments.tolist() == [0]
    assert placed.quantity == 1  # where it meets the footway; the other end meets nothing
    more = 1.0 - math.exp(-4.0 * PLAIN.terrace_frontage / PLAIN.frontage_venues_100m)
    assert after.frontage[NIGHT].tolist() == pytest.approx([more, 0.0])
    assert not after.frontage[NOON].any()
    assert score(after)[0] - score(BEFORE)[0] == pytest.approx(PERCEPTION.frontage * more, abs=1e-5)
    (out,) = after.gatherings
    assert out.stays.people_by_hour()[STAYS.index("participant"), NIGHT] == pytest.approx(4.0 * 3.0 * 5.0)
    assert placements_table((placed,), PLAIN).iloc[0]["annual_cost"] == pytest.approx(PLAIN.gate_running)


def test_a_street_without_cars_and_without_terraces_costs_and_changes_nothing_that_is_modelled():
    placed, after = put("pedestrian_street", terraces_per_100m=0.0)
    assert placed.quantity == 1
    assert np.array_equal(after.frontage, BEFORE.frontage)
    assert not after.gatherings


def test_where_nobody_drives_no_street_is_closed_to_cars():
    measure = MEASURES["pedestrian_street"](name="one", where="segments")
    with pytest.raises(InputError, match="no street for cars"):
        measure.place(STREET, BOTH[1:])
