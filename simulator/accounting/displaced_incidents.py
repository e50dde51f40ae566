"""Displacement told in expected incidents of a day, by area: treated streets, those near by, and all others."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.foundation.categories import INCIDENTS
from simulator.foundation.clock import HOURS
from simulator.kernels.walking import HAZARD_UNIT
from simulator.kernels.walking import Streets as HourStreets
from simulator.safety.displacement import AREAS
from simulator.simulation import Simulation, hazard_exposure
from simulator.travel.day_walk import DayWalk, outdoors

Array = np.ndarray[Any, Any]
Day = tuple[DayWalk, Sequence[HourStreets]]
"""A day's walking, and the streets by the hour on which it was walked."""


def displaced_incidents(arm: Simulation, days: Sequence[Day], reference: Sequence[Day]) -> dict[str, Any] | None:
    """Expected incidents of all three types per day by area, with and without measures, and what was displaced.

    Everybody outdoors counts, those who stay without travelling too, as hazard belongs to the place.
    Types are added up at the level of the mean walker of the baseline. Places are told apart by area only, never by
    street.

    Parameters
    ----------
    days, reference
        Measured days of this arm and of the baseline's, day by day.

    Returns
    -------
    dict or None
        `share` (drawn), `averted`, `near`, `outside` and `adverse` (see `Displacement`, now in incidents a day), and
        `areas`: for each area incidents a day [without, with] measures; None if nothing is averted directly.
    """
    told = arm.displaced
    if told is None:
        return None
    level = _mean_levels(arm, [walk for walk, _ in reference])
    booked = {
        name: float((level * getattr(told, name).sum(axis=1)).sum()) * 3600.0
        for name in ("averted", "near", "outside", "adverse")
    }
    sides = [_by_area(side, told.area, level).sum(axis=0) for side in (reference, days)]
    areas = {name: [float(side[code]) for side in sides] for code, name in enumerate(AREAS)}
    return {"share": arm.setting.parameters.displacement_share, **booked, "areas": areas}


def incidents_by_band(arm: Simulation, days: Sequence[Day], reference: Sequence[Day]) -> dict[str, Any] | None:
    """Expected incidents of all three types per day by band (`Simulation.bands`), by day and after dark.

    Parameters
    ----------
    days, reference
        As for `displaced_incidents`.

    Returns
    -------
    dict or None
        For `day` and `dark`, for each of `AREAS`, incidents [without, with] measures; None where no measure acts.
    """
    if not (arm.bands == AREAS.index("treated")).any():
        return None
    level, dark = _mean_levels(arm, [walk for walk, _ in reference]), arm.conditions.dark_hours
    sides = [_by_area(side, arm.bands, level) for side in (reference, days)]
    return {
        period: {name: [float(side[hours, code].sum()) for side in sides] for code, name in enumerate(AREAS)}
        for period, hours in (("day", ~dark), ("dark", dark))
    }


def _mean_levels(arm: Simulation, walks: Sequence[DayWalk]) -> Array:
    """Incidents by unit of hazard of the mean walker (3,): levels of the genders by who meets how much hazard."""
    assert arm.levels is not None
    met = np.asarray(sum(hazard_exposure(walk).sum(axis=(0, 1)).astype(float) for walk in walks)).T
    every = met.sum(axis=1)
    return np.divide((arm.levels * met).sum(axis=1), every, out=np.zeros(len(INCIDENTS)), where=every > 0)


def _by_area(days: Sequence[Day], area: Array, level: Array) -> Array:
    """Expected incidents a day by clock hour and area (24, 3); streets that a measure adds come last in `area`."""
    total = np.zeros((HOURS, len(AREAS)))
    for walk, streets in days:
        for hour, there in enumerate(streets):
            seconds = outdoors(walk)[hour] / (walk.unit * 1000.0)
            incidents = (level[:, None] * there.hazard).sum(axis=0) / HAZARD_UNIT * seconds
            total[hour] += np.bincount(area[: incidents.size], weights=incidents, minlength=len(AREAS))
    return total / len(days)
