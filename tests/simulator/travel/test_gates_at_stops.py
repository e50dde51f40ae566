"""Closed gates on the way to a stop and from the last one: who cannot come there does not ride."""

import dataclasses

import numpy as np
import pytest

from simulator.kernels.costs import TRANSIT
from simulator.simulation import Simulation

from linecity import evening, line_city

NEAR_HOME, FAR, FROM_STOP = range(3)


def choices(closed=()):
    """What people do on the line (home - stop - 6 km - stop - bar) with some (street, hours) closed."""
    arm = evening(line_city(), agents=300)
    shut = np.zeros((24, 3), bool)
    for street, hours in closed:
        shut[list(hours), street] = True
    gated = Simulation(arm.setting, dataclasses.replace(arm.conditions, closed=shut if closed else None))
    gated.begin_day()
    return gated.chosen


def rides(chosen, way_back):
    return (chosen.mode == TRANSIT) & chosen.made & ((chosen.trips.leg == 2) == way_back)


@pytest.fixture(scope="module")
def plain():
    return choices()


def test_without_gates_most_ride_both_ways(plain):
    assert rides(plain, False).mean() > 0.2
    assert rides(plain, True).mean() > 0.2


@pytest.mark.parametrize(("street", "way_back"), [(FROM_STOP, False), (NEAR_HOME, True)])
def test_nobody_rides_to_a_stop_from_which_the_last_walk_is_shut(plain, street, way_back):
    gated = choices([(street, range(24))])
    assert not rides(gated, way_back).any()
    assert gated.made.sum() < plain.made.sum()


def test_who_rides_is_not_kept_back_by_a_gate_where_nobody_walks(plain):
    gated = choices([(FAR, range(24))])
    assert rides(gated, False)[rides(plain, False)].all()


def test_a_gate_that_is_shut_at_other_hours_changes_nothing(plain):
    gated = choices([(FROM_STOP, range(5, 12))])
    assert np.array_equal(gated.mode, plain.mode)
    assert np.array_equal(gated.depart_ms, plain.depart_ms)


def test_the_last_walk_passes_the_gate_at_the_hour_of_arrival():
    """Out at 20:00: a walk of about 1.5 min, a wait, 15 min in the bus. The gate by the bar shuts at 20 or at 21 h."""
    shut_then, shut_later = choices([(FROM_STOP, (20,))]), choices([(FROM_STOP, (22,))])
    hour = shut_then.depart_ms // 3_600_000
    assert not (rides(shut_then, False) & (hour == 20)).any()
    assert (rides(shut_later, False) & (hour == 20)).any()
    for chosen, closed in ((shut_then, 20), (shut_later, 22)):
        arrived = (chosen.depart_ms + chosen.taken_ms - 60_000) // 3_600_000
        assert not (rides(chosen, False) & (arrived == closed) & (chosen.depart_ms // 3_600_000 == closed)).any()
