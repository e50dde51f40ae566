"""Public transport from within: who rides when and for how long, and the incidents expected aboard.

Waits at stops are exposure on their street. A ride is exposure in the vehicle: person-seconds, the minutes of a change
among them, times the hour's multiplier. How full a vehicle is, its staff and its light are not known and make no
difference here. The level by type and gender is solved once on the baseline, so that a resident's rides hold the share
of incidents that happens in vehicles, and then frozen like those of the streets.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import GENDERS, ZONES
from simulator.foundation.clock import FIRST_HOUR, HOUR_MS, HOURS
from simulator.kernels.walking import People as Walkers
from simulator.safety.reference_area import hour_multiplier
from simulator.safety.risk import solve_levels, yearly_incidents_in_vehicle

Array = np.ndarray[Any, Any]
_ALWAYS = np.iinfo(np.int64)


def person_seconds(unit: int) -> float:
    """Sums of milliseconds by people in parts of a person over this are person-seconds."""
    return unit * 1000.0


class InVehicle(NamedTuple):
    """Rides on public transport of one day (R,)."""

    person: Array
    """Row of the person."""
    start_ms: Array
    """When the vehicle leaves (int64)."""
    ride_ms: Array
    """In vehicles, changes included (int64)."""
    segment: Array
    """Street of the stop where it is boarded, or left if it comes from outside: where the ride is booked."""


def ridden(aboard: InVehicle, walkers: Walkers, zone: Array, groups: int) -> Array:
    """Time ridden by clock hour, demographic group and zone of the stop (int64 (24, groups, Z), ms in the run's unit).

    What is ridden after 04:00 on the next morning counts in the last hour of the day, as what is walked then.
    """
    sums = np.zeros((HOURS, groups, len(ZONES)), np.int64)
    cell = (walkers.cell[aboard.person], zone[aboard.segment])
    weight, end_ms = walkers.weight[aboard.person], aboard.start_ms + aboard.ride_ms
    last = FIRST_HOUR + HOURS - 1
    for hour in range(FIRST_HOUR, last + 1):
        since = hour * HOUR_MS if hour > FIRST_HOUR else _ALWAYS.min
        until = (hour + 1) * HOUR_MS if hour < last else _ALWAYS.max
        within = np.maximum(np.minimum(end_ms, until) - np.maximum(aboard.start_ms, since), 0)
        np.add.at(sums[hour % HOURS], cell, weight * within)
    return sums


def in_vehicle_hazard(parameters: Parameters) -> Array:
    """Relative hazard per person-second in a vehicle by clock hour (float64 (24,)): that of the hour alone."""
    return hour_multiplier(parameters)


def solve_in_vehicle_levels(parameters: Parameters, residents: Array, ridden_ms: Array, unit: int) -> Array:
    """Incidents per unit of relative hazard and person-second aboard (float64 (3, G)), from the baseline.

    Parameters
    ----------
    residents
        People by gender (G,).
    ridden_ms
        Time that residents ride by hour and gender (24, G), in ms and parts of a person.
    unit
        Parts of a person in which it is counted.
    """
    assert ridden_ms.shape == (HOURS, len(GENDERS))
    met = (in_vehicle_hazard(parameters)[:, None] * ridden_ms).sum(axis=0) / person_seconds(unit)
    yearly = yearly_incidents_in_vehicle(parameters)
    return solve_levels(yearly, residents, np.broadcast_to(met, yearly.shape))
