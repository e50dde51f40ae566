"""What must hold of feeling safe and of risk in any draw: light, labels of others, and the same random numbers in both arms."""

import dataclasses
import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.accounting.tables import summary_table
from simulator.city.stays import STAYS, make_stays
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import INCIDENTS
from simulator.interventions import Lighting
from simulator.kernels.walking import fear_table
from simulator.simulation import Simulation
from simulator.travel.itineraries import staying_rows

from cities import grid_city

DECEMBER = datetime.date(2026, 12, 21)
CITY = grid_city(4)
PARK = np.flatnonzero(CITY.streets.in_park).astype(np.int32)


def baseline(parameters, agents=600):
    return Simulation.baseline(CITY, parameters, agents=agents, date=DECEMBER)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    draw=st.integers(-1, 300),
    lux=st.tuples(st.floats(0, 30), st.floats(0, 30)),
    people=st.floats(0, 3),
    hour=st.integers(0, 23),
)
def test_more_minimum_light_never_lowers_anybodys_chance_to_feel_safe(draw, lux, people, hour):
    arm = _arm(draw)
    arm.expected_on = np.full_like(arm.expected_on, people)
    parts, fear = arm.setting.class_parts, []
    for light in sorted(lux):
        same = np.full_like(arm.conditions.light_min_lx, light)
        lit = Simulation(arm.setting, dataclasses.replace(arm.conditions, light_min_lx=same))
        lit.expected_on = arm.expected_on
        table = np.empty((parts.shape[0], len(CITY.streets)), np.float32)
        fear_table(lit._streets_by_hour()[hour], parts, table)
        fear.append(table)
    assert (fear[1] <= fear[0]).all()


def _arm(draw, made={}):  # noqa: B006  # one city a draw, kept between examples
    if draw not in made:
        made[draw] = baseline(draw_parameters(3, draw), agents=100)
    return made[draw]


def test_more_light_helps_somebody_somewhere():
    """Lest the property above hold because light does nothing."""
    arm = _arm(-1)
    parts, fear = arm.setting.class_parts, []
    for light in (0.0, 10.0):
        same = np.full_like(arm.conditions.light_min_lx, light)
        lit = Simulation(arm.setting, dataclasses.replace(arm.conditions, light_min_lx=same))
        table = np.empty((parts.shape[0], len(CITY.streets)), np.float32)
        fear_table(lit._streets_by_hour()[21], parts, table)
        fear.append(table)
    assert (fear[1] < fear[0]).all()


def test_whether_others_stay_out_as_traders_or_for_want_of_a_home_changes_nothing():
    """The day takes of those who stay where they are and when, not why: no housing status is read anywhere."""
    arm = baseline(draw_parameters(1, -1, {"stays_rough_sleepers": 50.0, "stays_young_people": 3.0}))
    stays = make_stays(CITY, arm.setting.parameters, arm.setting.open_at, 0)
    assert np.unique(stays.kind).size > 1
    assert (stays.kind == STAYS.index("rough sleeper")).any()
    other = dataclasses.replace(stays, kind=(stays.kind + 1) % len(STAYS))
    rows = [staying_rows(one, arm.setting.people, arm.setting.parameters.seed) for one in (stays, other)]
    for field in dataclasses.fields(rows[0]):
        if field.name != "routed":
            np.testing.assert_array_equal(*(getattr(one, field.name) for one in rows))
    assert not {"housing", "homeless", "tenure", "income", "nationality"} & {
        field.name for field in dataclasses.fields(arm.setting.people)
    }


# -- common random numbers ------------------------------------------------------------------------------------------


def of_a_day(arm):
    """Share of walking time that feels safe, and incidents of all types, of one day."""
    arm.simulate_day()
    table = summary_table(arm, {})
    once = table[(table["itinerary"] == "realised") & (table["age_band"] != "all")]
    incidents = sum(once[f"incidents_{word}"].sum() for word in INCIDENTS)
    return once["safe_s"].sum() / once["walking_s"].sum(), incidents


@pytest.fixture(scope="module")
def pairs():
    """Baseline and lamps of eight seeds at central values, so that random numbers are all that differs (8, 2, 2)."""
    found = []
    for seed in range(8):
        settled = baseline(draw_parameters(seed, -1), agents=1500)
        settled.settle(1)
        lamps = Lighting(name="lamps", where="unlit park paths", standard="P1").place(CITY, PARK)
        found.append([of_a_day(arm) for arm in (settled.fork(), settled.fork([lamps]))])
    return np.array(found)


@pytest.mark.slow
@pytest.mark.parametrize("what", [0, 1], ids=["feels safe", "incidents"])
def test_shared_numbers_takes_most_of_the_variance_out_of_a_difference(pairs, what):
    """Unpaired over paired variance of the difference; above 1, or sharing random numbers would be worth nothing."""
    before, after = pairs[:, 0, what], pairs[:, 1, what]
    paired = np.var(after - before, ddof=1)
    unpaired = np.var(after, ddof=1) + np.var(before, ddof=1)
    assert unpaired / paired > 3.0, f"{unpaired / paired:.1f}"
