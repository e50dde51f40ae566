"""Read a city's own counts of people passing by: where, in which hour, how many, over how many nights."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from street_networks.local_data.audits import SNAP_M
from street_networks.local_data.zones import street_lines
from street_networks.tables.column_mapping import ColumnMapping, read_mapping
from street_networks.tables.rows import RowFaults, Rows, read_rows, to_city

COLUMNS = ("segment_id", "longitude", "latitude", "hour", "count", "nights", "name")
"""Columns that are read; `hour`, `count` and a place must be there."""

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Counts:
    """Counts of a segment in a clock hour each.

    Parameters
    ----------
    segment
        Rows of the city's segments (int64 (K,)).
    hour
        Local clock hour (int64 (K,)).
    count
        People who passed in that hour, both ways, mean over the nights (float64 (K,)).
    nights
        Over how many nights (float64 (K,)).
    name
        What the file calls the place, else the segment's key.
    """

    segment: Array
    hour: Array
    count: Array
    nights: Array
    name: tuple[str, ...]

    def __len__(self) -> int:
        """Counts."""
        return len(self.count)


def read_counts(path: Path, columns: str | None, network: StreetNetwork) -> Counts:
    """Counts of a file.

    Parameters
    ----------
    path
        CSV with `segment_id`, or `longitude` and `latitude` (degrees); or a layer of points. `hour` (0 to 23) and
        `count`; maybe `nights` (1) and `name`.
    columns
        What the file calls them, as `read_mapping` takes it.
    network
        The city; a point belongs to the nearest segment within `SNAP_M`.

    Raises
    ------
    InputError
        With every row that cannot be used, or if two stand for one segment and hour.
    """
    rows = read_rows(path, what="counts of people passing by")
    mapping = read_mapping(columns, COLUMNS, option="--columns", theirs=rows.headings)
    faults = RowFaults(path, "this file of counts")
    lacks = [name for name in ("hour", "count") if name not in mapping.columns]
    for name in lacks:
        faults.add(None, f"columns {', '.join(rows.headings)}", f"a column {name}, or --columns {name}=...")
    faults.raise_any()
    segment = _segments(path, rows, mapping, network, faults)
    hour = _numbers(rows, mapping, "hour", faults)
    count = _numbers(rows, mapping, "count", faults)
    nights = _numbers(rows, mapping, "nights", faults) if "nights" in mapping.columns else np.ones(len(rows.cells))
    for row, number in enumerate(rows.numbers):
        if np.isfinite(hour[row]) and hour[row] not in range(24):
            faults.add(number, f"hour {hour[row]:g}", "a whole clock hour from 0 to 23")
        if count[row] < 0:
            faults.add(number, f"count {count[row]:g}", "0 or more")
        if nights[row] <= 0:
            faults.add(number, f"nights {nights[row]:g}", "a number above 0")
    _refuse_twice(segment, hour, rows, faults)
    faults.raise_any()
    keys = network.streets.segment_id[segment]
    heading = mapping.columns.get("name", "")
    names = tuple(
        cell.get(heading, "") or f"segment {key}" for cell, key in zip(rows.cells, keys.tolist(), strict=True)
    )
    return Counts(segment, hour.astype(np.int64), count, nights, names)


def _numbers(rows: Rows, mapping: ColumnMapping, name: str, faults: RowFaults) -> Array:
    heading, found = mapping.columns[name], np.full(len(rows.cells), np.nan)
    for row, (number, cell) in enumerate(zip(rows.numbers, rows.cells, strict=True)):
        value = rows.number(cell, heading)
        if value is None:
            faults.add(number, f"{name} {cell[heading]!r}", "a number")
        else:
            found[row] = value
    return found


def _segments(path: Path, rows: Rows, mapping: ColumnMapping, network: StreetNetwork, faults: RowFaults) -> Array:
    if "segment_id" in mapping.columns:
        return _of_keys(rows, mapping.columns["segment_id"], network, faults)
    if rows.shapes is None and not {"longitude", "latitude"} <= set(mapping.columns):
        faults.add(None, "no places", "a column segment_id, columns longitude and latitude, or a layer of points")
        faults.raise_any()
    points = _points(rows, mapping.columns, faults)
    faults.raise_any()
    crs = rows.crs if rows.shapes is not None else mapping.crs or "EPSG:4326"
    placed = to_city(points, crs, network.crs, path=path)
    tree, found = shapely.STRtree(street_lines(network)), np.full(len(placed), -1, np.int64)
    for row, (number, point) in enumerate(zip(rows.numbers, placed, strict=True)):
        here = np.isfinite(shapely.get_coordinates(point)).all()
        near = tree.query_nearest(point, max_distance=SNAP_M, all_matches=True) if here else ()
        if len(near):
            found[row] = min(near, key=lambda one: int(network.streets.segment_id[one]))
        else:
            faults.add(number, "a place far from every street", f"one within {SNAP_M:.0f} m of a street of the city")
    return found


def _of_keys(rows: Rows, heading: str, network: StreetNetwork, faults: RowFaults) -> Array:
    place = {int(key): row for row, key in enumerate(network.streets.segment_id)}
    found = np.full(len(rows.cells), -1, np.int64)
    for row, (number, cell) in enumerate(zip(rows.numbers, rows.cells, strict=True)):
        text = cell[heading]
        found[row] = place.get(int(text), -1) if text.isdecimal() else -1
        if found[row] < 0:
            faults.add(number, f"segment_id {text!r}", "the segment_id of a street of the city (QGIS shows them)")
    return found


def _points(rows: Rows, columns: Mapping[str, str], faults: RowFaults) -> Array:
    points = np.full(len(rows.cells), None, object)
    for row, (number, cell) in enumerate(zip(rows.numbers, rows.cells, strict=True)):
        if rows.shapes is not None:
            shape = rows.shapes[row]
            points[row] = shape
            if shape is None or shape.is_empty or shape.geom_type != "Point":
                faults.add(number, "no point", "a point")
            continue
        x, y = (rows.number(cell, columns[name]) for name in ("longitude", "latitude"))
        if x is None or y is None:
            faults.add(number, "a place without two numbers", "longitude and latitude")
        else:
            points[row] = shapely.Point(x, y)
    return points


def _refuse_twice(segment: Array, hour: Array, rows: Rows, faults: RowFaults) -> None:
    first: dict[tuple[int, float], int] = {}
    for number, where in zip(rows.numbers, zip(segment.tolist(), hour.tolist(), strict=True), strict=True):
        if where in first and where[0] >= 0:
            found = f"the same street and hour as row {first[where]}"
            faults.add(number, found, "each once; put them together as a mean over nights")
        first.setdefault(where, number)


def check_enough(counts: Counts, draws: int) -> None:
    """Refuse more counts than so many draws can be held against.

    Raises
    ------
    InputError
    """
    if draws < 4 * len(counts):
        raise InputError(
            f"--draws: found {draws} for {len(counts)} counts, expected {4 * len(counts)} or more; give more draws, or "
            "put hours together"
        )
