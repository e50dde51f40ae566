"""A day takes time in each of its stages, and the commit that we are measured against can still be run."""

import datetime

import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.foundation.stages import recorded
from simulator.simulation import Simulation
from street_networks import load_city

from benchmarks import before
from benchmarks.stages import DAY, seconds_of


@pytest.mark.slow
def test_a_day_takes_time_in_every_stage() -> None:
    with recorded() as table:
        arm = Simulation.baseline(
            load_city("helsinki-centre"), draw_parameters(1, -1), agents=300, date=datetime.date(2026, 12, 21)
        )
        arm.simulate_day()
    assert set(table) == set(DAY)
    assert all(seconds > 0 for seconds in seconds_of(table).values())


@pytest.mark.slow
def test_a_run_of_ours_is_timed_as_that_of_the_earlier_commit(tmp_path) -> None:
    timed = before.run_of(before.ROOT, agents=200, folder=tmp_path)
    assert timed["run_s"] > 0
    assert 0 < timed["day_s"] < timed["run_s"]


def test_where_the_history_is_not_there_it_is_said(tmp_path) -> None:
    assert before.exported(tmp_path, commit="0" * 40) is None
