"""What a measured day adds up to: time walked, felt and met by group, hour and zone, and what became of trips."""

from typing import Any

import numpy as np

from simulator.accounting.affected import quickest_of
from simulator.accounting.rows import WORDS
from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import GENDERS, INCIDENTS, MODES, ZONES
from simulator.foundation.clock import HOURS
from simulator.kernels.walking import ALONE, HAZARD, KINDS, SAFE, SHARE_UNIT, STAY, TIME, UNLIT
from simulator.safety.reporting import recorded_share
from simulator.setting import GROUP_SHAPE
from simulator.simulation import Simulation, exposure_unit
from simulator.travel import routes
from simulator.travel.chosen import DayChoices
from simulator.travel.day_walk import DayWalk
from simulator.travel.outcomes import AS_PLANNED, DETOURED
from simulator.travel.vehicles import person_seconds

Array = np.ndarray[Any, Any]
_OUTCOME_COLUMNS = ("as_planned", "detoured", "shifted", "switched", "accompanied")
"""Columns of the outcomes of trips made, in the order of their codes."""


def outcomes(chosen: DayChoices, detour_m: Array, parameters: Parameters) -> Array:
    """Primary outcome of each trip (codes of `OUTCOMES`), detours included."""
    longer = (chosen.outcome == AS_PLANNED) & (detour_m >= parameters.detour_noticed_m)
    return np.where(longer, DETOURED, chosen.outcome)


def walked_values(arm: Simulation, walk: DayWalk, sums: Array, met: Array) -> dict[str, Array]:
    """Values of the summary for what was walked, waited and stayed (24, G, L, Z), from sums (24, G, L, Z, K) of a walk.

    L is what people or streets are told apart by besides gender, Z the zones.

    Parameters
    ----------
    met
        Hazard met on the way and by those who stay, each age by its factor (`aged`; float64 (24, G, L, Z, 2, 3)).
    """
    assert arm.levels is not None
    parts = np.split(sums, KINDS, axis=-1)
    values: dict[str, Array] = {}
    seconds = person_seconds(walk.unit)
    for word, part in zip(("", "waiting_", "staying_"), parts, strict=True):
        values |= {
            f"{word or 'walking_'}s": part[..., TIME] / seconds,
            f"{word}safe_s": part[..., SAFE] / (seconds * SHARE_UNIT),
            f"{word}unlit_s": part[..., UNLIT] / seconds,
            f"{word}alone_s": part[..., ALONE] / (seconds * SHARE_UNIT),
        }
    recorded = recorded_share(arm.setting.parameters, arm.conditions.reporting_factor)
    for kind, word in enumerate(INCIDENTS):
        level = arm.levels[kind][None, :, None, None] / exposure_unit(walk)
        values[f"incidents_{word}"] = met[..., 0, kind] * level
        values[f"recorded_{word}"] = values[f"incidents_{word}"] * recorded[kind][None, :, None, None]
        values[f"staying_incidents_{word}"] = met[..., 1, kind] * level
    return values


def met_of(sums: Array) -> Array:
    """Hazard on the way and of those who stay (int64 (..., 2, 3)) from sums of a walk (..., K)."""
    parts = [part[..., HAZARD : HAZARD + len(INCIDENTS)] for part in np.split(sums, KINDS, axis=-1)]
    return np.stack([np.sum(parts[:STAY], axis=0), parts[STAY]], axis=-2)


def aged(arm: Simulation, cells: Array) -> Array:
    """Hazard met by group (24, C, Z, 2, 3), each age by its factor: that of who stays is of no age, and stays as it is.

    Parameters
    ----------
    cells
        Sums of a walk by hour, demographic group and zone (24, C, Z, K).
    """
    met = met_of(cells).astype(np.float64)
    met[..., 0, :] *= of_groups(arm.by_age)[None, :, None, :]
    return met


def of_groups(by_age: Array) -> Array:
    """A factor by type, gender and age band (3, G, A) as that of each demographic group (C, 3)."""
    code = np.unravel_index(np.arange(int(np.prod(GROUP_SHAPE))), GROUP_SHAPE)
    return np.asarray(by_age[:, code[1], code[2]].T)


def told_apart(cells: Array, by: str) -> Array:
    """Sums by hour, group, zone and what is summed (24, C, Z, ...) as (24, gender, by, Z, ...)."""
    sums = cells.reshape(HOURS, *GROUP_SHAPE, *cells.shape[2:])
    kept = (0, 2, 3 + list(WORDS).index(by), *range(1 + len(GROUP_SHAPE), sums.ndim))
    return np.asarray(sums.sum(axis=tuple(axis for axis in range(sums.ndim) if axis not in kept)))


def trip_values(arm: Simulation, lengths: tuple[Array, Array], level: Array, levels: int) -> dict[str, Array]:
    """Values of the summary for trips (24, G, L, Z), by wished hour and the zone of the results where each begins.

    Parameters
    ----------
    lengths
        Metres of each trip, as `route_lengths` gives them.
    level, levels
        What trips are told apart by besides gender (code of each, int (T,)), and how many codes there are.
    """
    assert arm.chosen is not None
    chosen, people = arm.chosen, arm.setting.people
    trips, network = chosen.trips, arm.setting.network
    length, shortest = lengths
    zone = arm.streets[0].zone[network.places.segment[trips.origin]]
    shape = (HOURS, len(GENDERS), levels, len(ZONES))
    cell = np.ravel_multi_index(
        (trips.hour.astype(np.int64), people.gender[trips.person], level.astype(np.int64), zone), shape
    )
    weight, outcome = people.weight[trips.person], outcomes(chosen, length - shortest, arm.setting.parameters)
    values = {
        "trips_planned": weight,
        "trips_made": weight * chosen.made,
        "trips_not_made": weight * (1.0 - chosen.probability_made[trips.tour]),
        "detour_m": weight * (length - shortest),
    }
    values |= {f"trips_{mode}": weight * (chosen.mode == code) for code, mode in enumerate(MODES)}
    values |= {f"trips_{word}": weight * (outcome == code) for code, word in enumerate(_OUTCOME_COLUMNS)}
    size = int(np.prod(shape))
    return {name: np.bincount(cell, weights=value, minlength=size).reshape(shape) for name, value in values.items()}


def route_lengths(arm: Simulation) -> tuple[Array, Array]:
    """Metres of each trip made on foot and of the quickest way, which a walker would take who fears nothing.

    Steps count by the time that they take, as in the choice of routes, so that no detour is below zero. Trips
    that are not walked have no metres here.
    """
    assert arm.chosen is not None
    rows = np.flatnonzero(arm.chosen.walked)
    lengths = np.zeros((2, len(arm.chosen.trips)))
    for metres, routed in zip(lengths, (arm.chosen.routed.take(rows), quickest_ways(arm, rows)), strict=True):
        metres[rows] = routes.metres_of(routed, arm.setting.graph.walk_m)
    return lengths[0], lengths[1]


def quickest_ways(arm: Simulation, rows: Array) -> routes.Routed:
    """The ways that some of a day's trips (rows) would take on foot without any fear."""
    assert arm.chosen is not None
    return quickest_of(arm.setting, arm.chosen.trips.take(rows))
