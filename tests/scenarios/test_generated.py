"""Scenario files made at random out of the levers' own types: each runs, or is refused with the place of every fault."""

import datetime
import typing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import bind, parse_scenario
from simulator.errors import ScenarioError
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import MEASURES
from simulator.interventions.when import When
from simulator.simulation import Simulation

from cities import grid_city

CITY = grid_city(6)
FRIDAY = datetime.date(2026, 12, 18)
USUAL = [
    '"segments"',
    '"paths"',
    '"footways"',
    '{ near = "school", reach_m = 150 }',
    '{ selector = "paths", part = "all" }',
]
STRANGE = [
    '"unlit park paths"',
    '"residential streets"',
    '"paht"',
    '{ names = ["Nowhere Street"] }',
    "{ within = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2]] }",
    "{}",
]
WHEN = [
    "{ begins = 2026-01-05 }",
    "{ begins = 2026-11-01, after_weeks = 26, reaches = 0.8 }",
    "{ begins = 2020-01-01, decay_a_year = 0.2, days = ['friday'] }",
    "{ phases = [{ begins = 2026-01-01, share = 0.5 }, { begins = 2027-01-01, share = 1 }] }",
    "{ dusk_to_dawn = true }",
    "{ ends = 2026-02-30 }",
    "{ after_weeks = 3 }",
    "{ phases = [{ share = 2 }] }",
    "'always'",
]
WHERE = st.sampled_from(USUAL * 5 + STRANGE)


def values(field):
    """TOML texts that may stand behind a lever: mostly what its type allows, at times what it does not."""
    if _bare(field.annotation) is When:
        return st.sampled_from(WHEN)
    words = _words(field.annotation)
    if words:
        one = st.sampled_from([f'"{word}"' for word in words])
        listed = st.lists(one, max_size=3).map(lambda some: f"[{', '.join(some)}]")
        return listed if typing.get_origin(_bare(field.annotation)) is tuple else one
    kind = _bare(field.annotation)
    kind = typing.get_origin(kind) or kind
    if kind is bool:
        return st.sampled_from(["true", "false"])
    low, high = (_bound(field, names) for names in (("ge", "gt"), ("le", "lt")))
    low, high = (-5.0 if low is None else low), (20.0 if high is None else high)
    if kind is int:
        usual = st.integers(int(low), int(min(high, low + 30))).map(str)
        return st.one_of(*[usual] * 15, st.sampled_from([str(int(low) - 1), '"many"', "0.5"]))
    if kind is float:
        usual = st.floats(low, min(high, low + 200.0)).map(repr)
        return st.one_of(*[usual] * 15, st.sampled_from([repr(low - 1.0), "nan", "1e12", '"much"']))
    if kind is tuple:
        return st.sampled_from(["[]", "[12]", "[1, 2, 12]", "[11, 12]", "[[24.94, 60.17], [24.95, 60.18]]"])
    return st.sampled_from(['"EUR"', '"our survey of 2026"'] * 5 + ['""', "[1, 2]"])


def _bound(field, names):
    found = [getattr(one, name) for one in field.metadata for name in names if hasattr(one, name)]
    return float(found[0]) if found else None


def _bare(annotation):
    inner = [one for one in typing.get_args(annotation) if one is not type(None)]
    origin = typing.get_origin(annotation)
    return _bare(inner[0]) if origin not in (tuple, typing.Literal, None) and inner else annotation


def _words(annotation):
    if typing.get_origin(annotation) is typing.Literal:
        return typing.get_args(annotation)
    return tuple(word for one in typing.get_args(annotation) if one is not Ellipsis for word in _words(one))


@st.composite
def measures(draw, number):
    kind = draw(st.sampled_from(sorted(MEASURES)))
    fields = {name: one for name, one in MEASURES[kind].model_fields.items() if name not in ("kind", "name", "where")}
    given_ = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=4))
    given_ += [name for name, one in fields.items() if one.is_required() and name not in given_]
    lines = [f"{name} = {draw(values(fields[name]))}" for name in given_]
    where = draw(WHERE)
    return f'[[measures]]\nkind = "{kind}"\nname = "number {number}"\nwhere = {where}\n' + "\n".join(lines) + "\n"


@st.composite
def files(draw):
    count = draw(st.integers(1, 2))
    return 'format = 1\ntitle = "made"\n' + "\n".join(draw(measures(number)) for number in range(count))


@pytest.fixture(scope="module")
def baseline():
    arm = Simulation.baseline(CITY, draw_parameters(1, 0), agents=150, date=FRIDAY)
    arm.settle(1)
    return arm


@given(files())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_runs_or_is_refused_where_it_is_wrong(baseline, text):
    try:
        placed = bind(parse_scenario(text, file="made.toml"), CITY)
    except ScenarioError as error:
        lost = [fault for fault in error.faults or ("none told",) if not fault.startswith("made.toml:")]
        if lost:
            pytest.fail(f"{lost} of\n{text}")
        return
    arm = baseline.fork(placed)
    arm.simulate_day()
    assert np.isfinite(arm.conditions.hazard_ratio).all()
    assert (arm.conditions.hazard_ratio > 0).all()
    for name in ("frontage", "nightlife", "guardians"):
        column = getattr(arm.conditions, name)
        assert (column >= 0).all()
        assert (column <= 1).all()
    assert (arm.conditions.light_min_lx >= 0).all()
    assert np.isfinite(arm.chosen.probability_made).all()


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_day_of_a_file_is_the_same_twice(baseline, data):
    try:
        placed = bind(parse_scenario(data.draw(files())), CITY)
    except ScenarioError:
        return
    cells = []
    for _ in range(2):
        arm = baseline.fork(placed)
        arm.simulate_day()
        cells.append(arm.walk.cells)
    assert np.array_equal(*cells)
