"""Stops and lines that measures put behind those of a city, so that rows and keys of what was there stay aligned."""

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from simulator.city.network import StreetNetwork
from simulator.city.street_parts import parts_of
from simulator.city.transit import HEADWAY_SOURCES, LAST_HOUR, Headways
from simulator.foundation import draws
from simulator.foundation.clock import FIRST_HOUR
from simulator.foundation.columns import Table
from simulator.foundation.once import once_a_city
from simulator.interventions.base import Array

PART_M = 25.0
"""Stops may stand at the middle of each straight part of a street of at most so many metres."""
FAR_M = 100.0
"""A point that lies farther from every chosen street is refused: it is more likely a slip than a stop."""
_KEY_SHIFT = np.uint64(2)
_DAY_ENDS_MIN = (LAST_HOUR + 1) * 60.0


class Points(NamedTuple):
    """Where along streets a stop may stand (N,), in the order of northing and easting."""

    xy: Array  # float64 (N, 2), projected metres
    segment: Array  # row of the segment
    key: Array  # int64, stable


@once_a_city
def points_along(network: StreetNetwork, segments: tuple[int, ...], stream: str) -> Points:
    """The middles of the parts of some streets; `stream` names whose stops they would be."""
    parts = parts_of(network, PART_M)
    number = np.arange(parts.segment.size) - np.searchsorted(parts.segment, parts.segment)
    rows = np.flatnonzero(np.isin(parts.segment, segments))
    rows = rows[np.lexsort(np.round(parts.middle[rows], 3).T)]
    key = key_of(stream, network.streets.segment_id[parts.segment[rows]], number[rows])
    return Points(parts.middle[rows], parts.segment[rows], key)


def projected(network: StreetNetwork, degrees: Array) -> Array:
    """Points [longitude, latitude] (N, 2) in the city's projected metres (float64 (N, 2))."""
    import pyproj

    to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    return np.column_stack(to_metres.transform(*np.asarray(degrees, np.float64).T))


def nearest_points(points: Points, given: Array) -> tuple[Points, Array]:
    """The place nearest to each of some points (N, 2) in projected metres, and metres from it (N,)."""
    away, row = cKDTree(points.xy).query(given)
    return Points(*(column[row] for column in points)), np.asarray(away)


def key_of(stream: str, *ids: Array) -> Array:
    """Stable keys (int64) from stable keys, apart for each stream."""
    return (draws.bits(0, stream, *ids) >> _KEY_SHIFT).astype(np.int64)


def with_rows(table: Any, columns: dict[str, Any]) -> Any:
    """A table with rows behind its own; a column that is not given goes on counting (its key)."""
    count = next((column.size for column in columns.values() if np.ndim(column)), 1)
    names = [field.name for field in dataclasses.fields(table)]
    every = {name: np.broadcast_to(column, count) for name, column in columns.items()}
    for name in (name for name in names if name not in every):
        every[name] = getattr(table, name).max(initial=0) + 1 + np.arange(count)
    return type(table)(**{name: np.concatenate([getattr(table, name), every[name]]) for name in names})


def columns_at(table: Table, rows: Array, **other: Any) -> dict[str, Any]:
    """The columns of some rows of a table but its key, which stands first, with other values in some of them."""
    names = [field.name for field in dataclasses.fields(table)][1:]
    return {name: getattr(table, name)[rows] for name in names} | other


def with_stops(network: StreetNetwork, points: Points, kind: int, names: Array) -> StreetNetwork:
    """The city with stops at some points; each lies at the nearer end of its street."""
    streets, junctions = network.streets, network.junctions
    ends = np.stack([streets.from_junction[points.segment], streets.to_junction[points.segment]])
    away = np.hypot(junctions.x_m[ends] - points.xy[:, 0], junctions.y_m[ends] - points.xy[:, 1])
    new = {
        "stop_id": points.key,
        "kind": kind,
        "x_m": points.xy[:, 0],
        "y_m": points.xy[:, 1],
        "junction": ends[np.argmin(away, axis=0), np.arange(len(points.key))],
        "segment": points.segment,
        "name": names,
    }
    return dataclasses.replace(network, stops=with_rows(network.stops, new))


def evenly(calls: Array, days: Array, hours: Array, headway_min: float) -> dict[str, Any]:
    """Columns of departures spread evenly over some hours of service of some kinds of day.

    Parameters
    ----------
    calls
        Stop, line and direction of each call (int (3, N)).
    """
    call, day, hour = (grid.ravel() for grid in np.meshgrid(np.arange(calls.shape[1]), days, hours, indexing="ij"))
    further = np.ceil(60.0 / headway_min) - 1.0
    return {
        "stop": calls[0, call],
        "line": calls[1, call],
        "direction": calls[2, call],
        "day_kind": day,
        "service_hour": hour,
        "departures": np.full(call.size, 60.0 / headway_min),
        "headway_min": np.full(call.size, headway_min),
        "first_min": hour * 60.0,
        "last_min": np.minimum(hour * 60.0 + further * headway_min, _DAY_ENDS_MIN),
        "source": np.full(call.size, HEADWAY_SOURCES.index("table")),
    }


def service_hours(on: Array) -> Array:
    """Hours of the day of service (4 to 27) of clock hours (bool (24,))."""
    hours = np.arange(FIRST_HOUR, LAST_HOUR + 1)
    return hours[on[hours % on.size]]


def in_hours(headways: Headways, day_kind: int, on: Array) -> Array:
    """Rows (bool) of a kind of day in some clock hours (bool (24,))."""
    return np.asarray((headways.day_kind == day_kind) & on[headways.service_hour % on.size])


def rows_of(keys: Array, known: Array) -> Array:
    """Row of each of some keys among those that are known, -1 where it is not."""
    order = np.argsort(known)
    at = order[np.searchsorted(known, keys, sorter=order).clip(0, max(known.size - 1, 0))] if known.size else keys * 0
    return np.where(known[at] == keys, at, -1) if known.size else np.full(keys.shape, -1)
