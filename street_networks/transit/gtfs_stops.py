"""The stops of a GTFS feed on the streets of a city."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyproj
import shapely

from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from street_networks.keys import stable_key
from street_networks.transit.gtfs_timetable import Timetable

REACH_M = 250.0

Array = np.ndarray[Any, Any]


class NearStops(NamedTuple):
    """Stops within reach of a street, in the order of their keys."""

    row: Array  # int64 (P,): row below of each stop of the feed, -1 if beyond reach or nothing calls there
    key: Array  # int64 (N,) and so on
    name: Array
    x_m: Array
    y_m: Array
    junction: Array
    segment: Array
    beyond: int


def nearest_street(network: StreetNetwork, x_m: Array, y_m: Array) -> tuple[Array, Array, Array]:
    """The nearest segment and junction above ground of each position, and metres to that segment.

    Returns
    -------
    tuple
        junction int64 (N,), segment int64 (N,), distance float64 (N,).

    Raises
    ------
    InputError
        If every street is in a tunnel.
    """
    streets, junctions = network.streets, network.junctions
    rows = np.flatnonzero(~streets.is_tunnel)
    if not rows.size:
        raise InputError(f"city {network.name}: no street above ground; expected one that stops can lie on")
    count = np.diff(network.vertex_start)
    lines = shapely.linestrings(network.vertices, indices=np.repeat(np.arange(count.size), count))[rows]
    ends = np.unique(np.concatenate([streets.from_junction[rows], streets.to_junction[rows]]))
    at = shapely.points(x_m, y_m)
    segment = shapely.STRtree(lines).nearest(at)
    corners = shapely.STRtree(shapely.points(junctions.x_m[ends], junctions.y_m[ends]))
    return ends[corners.nearest(at)], rows[segment], shapely.distance(lines[segment], at)


def near_stops(path: Path, table: Timetable, network: StreetNetwork, *, operator: str) -> NearStops:
    """The stops at which anything calls, within 250 m of a street above ground.

    Parameters
    ----------
    path
        The feed, for messages.
    table, network
        The timetable and the city.
    operator
        Part of the keys, so that two feeds that both number from 1 can stand in one city.

    Raises
    ------
    InputError
        If no stop lies in the city.
    """
    used = np.unique(table.calls.stop)
    project = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    longitude, latitude = table.stops.longitude[used], table.stops.latitude[used]
    x_m, y_m = (np.asarray(axis).round(2) for axis in project.transform(longitude, latitude))
    low, high = network.vertices.min(axis=0) - REACH_M, network.vertices.max(axis=0) + REACH_M
    inside = (x_m >= low[0]) & (x_m <= high[0]) & (y_m >= low[1]) & (y_m <= high[1])  # not inf, where a zone ends
    junction, segment, away = nearest_street(network, x_m[inside], y_m[inside])
    reached = np.flatnonzero(inside)[away <= REACH_M]
    if not reached.size:
        middle = f"latitude {np.median(latitude):.4f}, longitude {np.median(longitude):.4f}"
        raise InputError(
            f"{path}: none of its {used.size} stops lies within {REACH_M:g} m of a street of {network.name}; they lie "
            f"around {middle}, the city around latitude {network.latitude:.4f}, longitude {network.longitude:.4f}"
        )
    rows = used[reached]
    key = np.array([stable_key("gtfs stop", operator, str(table.stops.id[row])) for row in rows], np.int64)
    order = np.argsort(key)
    row = np.full(len(table.stops.id), -1)
    row[rows[order]] = np.arange(rows.size)
    kept = away <= REACH_M
    return NearStops(
        row=row,
        key=key[order],
        name=np.array([str(table.stops.name[stop]).strip()[:80] for stop in rows[order]], str),
        x_m=x_m[reached][order],
        y_m=y_m[reached][order],
        junction=junction[kept][order],
        segment=segment[kept][order],
        beyond=used.size - rows.size,
    )
