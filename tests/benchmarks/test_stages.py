"""The functions that the bench times are there, and a day takes time in each of its stages."""

import datetime

import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.simulation import Simulation
from street_networks import load_city

from benchmarks.stages import COMPARISON, DAY, timed


@pytest.mark.parametrize("stage", COMPARISON)
def test_what_is_timed_is_there(stage: str) -> None:
    for owner, name in COMPARISON[stage]:
        assert callable(getattr(owner, name)), (owner, name)
        assert name in vars(owner)


@pytest.mark.slow
def test_a_day_takes_time_in_every_stage() -> None:
    with timed(DAY) as taken:
        arm = Simulation.baseline(
            load_city("helsinki-centre"), draw_parameters(1, -1), agents=300, date=datetime.date(2026, 12, 21)
        )
        arm.simulate_day()
        arm.end_day()
    assert set(taken) == set(DAY)
    assert all(seconds > 0 for seconds in taken.values())
