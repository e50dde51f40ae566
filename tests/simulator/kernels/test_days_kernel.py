"""The kernel that fills days against its slow twin, and its random numbers against those of `draws`."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.agenda import calendar
from simulator.agenda.plans import Planner
from simulator.evidence.parameters import draw_parameters
from simulator.foundation import draws
from simulator.foundation.categories import AGE_GROUPS, GENDERS
from simulator.foundation.clock import HOURS
from simulator.kernels.days import OLDER, SHIFT, STROLL, fill_days
from simulator.kernels.hashing import hashed, uniform
from simulator.people.population import make_people

from cities import grid_city
from linecity import MONDAY
from reference.called import called
from reference.days import Twin

hashed = called(hashed)
uniform = called(uniform)

CITY = grid_city(5)
NO_INFLATION = np.ones((len(GENDERS), AGE_GROUPS, HOURS))


@pytest.fixture
def heard(monkeypatch):
    """What the kernel was handed, and what came of it."""
    calls = []

    def listen(tables, drawn, wishes, times, bounds):
        fill_days(tables, drawn, wishes, times, bounds)
        calls.append((tables, drawn, wishes, times))

    monkeypatch.setattr(calendar, "fill_days", listen)
    return calls


@pytest.mark.parametrize(("crowded", "agents"), [(1.0, 300), (3.0, 200)])
def test_days_are_filled_as_the_slow_twin_fills_them(crowded, agents, heard):
    parameters = draw_parameters(1, 0)
    people = make_people(CITY, parameters, agents)
    people = dataclasses.replace(people, night_worker=people.works & (people.person_id % 3 == 0))
    planner = Planner(CITY, people, parameters, date=MONDAY)
    heard.clear()
    planner.everything(2, crowded * NO_INFLATION)
    tables, _, wishes, times = heard[0]
    expected = Twin(tables, parameters.seed, 2, wishes).filled()
    np.testing.assert_array_equal(times["planned"], expected["planned"])
    planned = times["planned"]
    assert 0.5 < planned.mean() <= 1.0
    for name in ("start", "reach", "leave", "end"):
        # powers and exp() may differ by their last bit, and so by a millisecond each
        np.testing.assert_allclose(times[name][planned], expected[name][planned], rtol=0, atol=4)
    assert {SHIFT, OLDER, STROLL} <= set(np.unique(wishes["stay"]).tolist())


def test_where_days_are_full_some_tours_find_no_time(heard):
    parameters = draw_parameters(1, 0)
    planner = Planner(CITY, make_people(CITY, parameters, 200), parameters, date=MONDAY)
    heard.clear()
    planner.everything(0, 4.0 * NO_INFLATION)
    assert (~heard[0][3]["planned"]).sum() > 10


@given(st.integers(-(2**62), 2**62), st.lists(st.integers(-(2**31), 2**31), min_size=1, max_size=4))
def test_random_numbers_in_kernels_are_those_outside(seed, ids):
    state = draws.bits(seed, "a stream")[()]
    with np.errstate(over="ignore"):
        for key in ids:
            state = np.uint64(hashed(state, key))
        assert uniform(state) == draws.uniform(seed, "a stream", *ids)[()]
