"""Bring safety audits in: points rated 0 to 3 (SafetiPin and the like), and walks as lines with ratings.

1. One row is one point (or walk) with a column for each parameter, or one rating with columns parameter and
   rating.  2. Kept of a row: the position to the metre, the ratings, the clock hour, year and month. Every other
   column is not carried, whoever audited included; the key is made of what is kept.  3. A point belongs to the
   nearest segment within 30 m; those farther away are left out and counted.  4. A walk is one rating of each
   segment that it follows for at least half of its length, at the segment's middle.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from simulator.city.audits import AUDIT_PARAMETERS, BEST_RATING, Audits
from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.foundation.spelling import nearest, nearest_told
from street_networks.derive import City
from street_networks.keys import stable_key
from street_networks.ledger import Entry, with_entries
from street_networks.local_data.zones import street_lines
from street_networks.tables.rows import RowFaults, Rows, find_columns, number_in, plain, read_rows, to_city

SNAP_M = 30.0
_KNOWN = (*AUDIT_PARAMETERS, "latitude", "longitude", "time", "hour", "month", "parameter", "rating")
_WALKED_SHARE = 0.5
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")

Array = np.ndarray[Any, Any]


class _Rating(NamedTuple):
    row: int  # position in the file, to find its shape
    parameter: int
    rating: float
    hour: int
    month: str


def add_audits(city: City, path: Path | str, mapping: Mapping[str, str] | None = None) -> City:
    """Add the safety audits of a file to a city; audits that it had are replaced.

    Parameters
    ----------
    city
        The city.
    path
        CSV with latitude and longitude (degrees), or a layer of points or lines in any reference system.
    mapping
        Our name -> heading in the file: latitude, longitude, time (ISO 8601, else hour and month), a parameter
        of `AUDIT_PARAMETERS`, or parameter and rating.

    Raises
    ------
    InputError
        With every row that cannot be used, or if no audit lies within reach of a street.
    """
    path = Path(path)
    rows = read_rows(path, what="safety audits")
    faults = RowFaults(path, "this file of audits")
    found = find_columns(rows, _KNOWN, mapping or {}, faults)
    _check_headings(rows, found, faults)
    faults.raise_any()
    shapes = _shapes(rows, found, faults)
    ratings = _ratings(rows, found, city.network.timezone, faults)
    faults.raise_any()
    placed = to_city(shapes, rows.crs if rows.shapes is not None else "EPSG:4326", city.network.crs, path=path)
    at = _snap(city.network, placed)
    if not any(at):
        raise InputError(
            f"{path}: none of {len(placed)} audits lies within {SNAP_M:.0f} m of a street of the city; "
            "are longitude and latitude swapped, or is it another city?"
        )
    table = _table(at, ratings)
    far = sum(not spots for spots in at)
    months = sorted({rating.month for rating in ratings})
    told = (
        f"{len(table)} ratings of {len(placed) - far} audits, {months[0]} to {months[-1]}; {far} farther than "
        f"{SNAP_M:.0f} m from any street left out; position, ratings, hour and month kept, all else dropped"
    )
    read = Entry(f"{path.name}: audits", len(placed), {}, {f"farther than {SNAP_M:.0f} m from any street": far})
    metadata = with_entries({**city.network.metadata, "audits": told}, [read])
    return replace(city, network=replace(city.network, audits=table, metadata=metadata))


def _check_headings(rows: Rows, found: Mapping[str, str], faults: RowFaults) -> None:
    rated = [name for name in AUDIT_PARAMETERS if name in found]
    taken = set(found.values())
    for heading in rows.headings:
        near = nearest(plain(heading), AUDIT_PARAMETERS)
        if heading not in taken and near and near not in found and _is_slip(plain(heading), near):
            faults.add(None, f"unknown parameter {heading!r}", f"{near!r}, or a mapping")
    if not rated and not {"parameter", "rating"} <= set(found):
        faults.add(None, "no ratings", f"columns {', '.join(AUDIT_PARAMETERS)}, or parameter and rating")
    if "time" not in found and not {"hour", "month"} <= set(found):
        faults.add(None, "no time of audit", "a column time (2024-05-17 21:40), or hour and month (2024-05)")
    if rows.shapes is None and not {"latitude", "longitude"} <= set(found):
        faults.add(None, "no positions", "columns latitude and longitude, or a layer of points or lines")


def _is_slip(word: str, right: str) -> bool:
    """Whether a heading is a parameter with at most two letters wrong."""
    from rapidfuzz.distance import OSA

    return OSA.distance(word, right) <= 2 < len(word) - 2


def _shapes(rows: Rows, found: Mapping[str, str], faults: RowFaults) -> Array:
    shapes = np.full(len(rows.cells), None, object)
    for at, (number, cells) in enumerate(zip(rows.numbers, rows.cells, strict=True)):
        if rows.shapes is not None:
            shape = rows.shapes[at]
            good = shape is not None and not shape.is_empty
            if good and shape.geom_type in ("Point", "LineString", "MultiLineString"):
                shapes[at] = shape
            else:
                faults.add(number, f"a {shape.geom_type}" if good else "no shape", "a point or a line")
            continue
        place = [rows.number(cells, found[name]) for name in ("longitude", "latitude")]
        if place[0] is None or place[1] is None or not (abs(place[0]) <= 180 and abs(place[1]) <= 90):
            told = f"latitude {cells[found['latitude']]!r}, longitude {cells[found['longitude']]!r}"
            faults.add(number, told, "decimal degrees")
        else:
            shapes[at] = shapely.Point(place[0], place[1])
    return shapes


def _ratings(rows: Rows, found: Mapping[str, str], timezone: str, faults: RowFaults) -> list[_Rating]:
    ratings = []
    for at, (number, cells) in enumerate(zip(rows.numbers, rows.cells, strict=True)):
        when = _hour_and_month(cells, found, timezone)
        if when is None:
            told = ", ".join(repr(cells[found[name]]) for name in ("time", "hour", "month") if name in found)
            faults.add(number, f"time {told}", "such as 2024-05-17 21:40 (or hour 0 to 23 and month 2024-05)")
        if "parameter" in found and "rating" in found:
            given = [(plain(cells[found["parameter"]]), found["rating"])]
        else:
            given = [(name, found[name]) for name in AUDIT_PARAMETERS if found.get(name) and cells[found[name]]]
        for name, heading in given:
            text, value = cells[heading], rows.number(cells, heading)
            if name not in AUDIT_PARAMETERS:
                near = nearest_told(name, AUDIT_PARAMETERS) or f": {', '.join(AUDIT_PARAMETERS)}"
                faults.add(number, f"unknown parameter {name!r}", f"one of the nine{near}")
            elif value is None or not 0 <= value <= BEST_RATING:
                faults.add(number, f"{name} {text!r}", f"a rating from 0 to {BEST_RATING}")
            elif when is not None:
                ratings.append(_Rating(at, AUDIT_PARAMETERS.index(name), value, *when))
    if not ratings and not faults.lines:
        faults.add(None, "no ratings in any row", "at least one")
    return ratings


def _hour_and_month(cells: Mapping[str, str], found: Mapping[str, str], timezone: str) -> tuple[int, str] | None:
    """Local clock hour and year-month; None if they cannot be read. Nothing finer leaves this function."""
    if "time" in found:
        text = cells[found["time"]].replace("/", "-")
        if len(text) <= len("2024-05-17"):
            return None  # a date without an hour would be read as midnight
        try:
            moment = datetime.datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                moment = moment.astimezone(ZoneInfo(timezone))
        except (ValueError, OverflowError):
            return None
        return moment.hour, f"{moment.year:04d}-{moment.month:02d}"
    hour, month = number_in(cells[found["hour"]]), cells[found["month"]]
    if hour is None or hour not in range(24) or not _MONTH.fullmatch(month):
        return None
    return int(hour), month


def _snap(network: StreetNetwork, shapes: Array) -> list[list[tuple[float, float, int]]]:
    """Positions (x, y, segment) of each audit: one of a point, one a segment of a walk, none if too far."""
    lines = street_lines(network)
    tree = shapely.STRtree(lines)
    snapped: list[list[tuple[float, float, int]]] = []
    for shape in shapes:
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            snapped.append([])
        elif shape.geom_type == "Point":
            near = tree.query_nearest(shape, max_distance=SNAP_M, all_matches=True)
            first = min(near, key=lambda row: int(network.streets.segment_id[row]), default=None)
            snapped.append([] if first is None else [(shape.x, shape.y, int(first))])
        else:
            snapped.append([(point.x, point.y, row) for row, point in _walked(shape, lines, tree)])
    return snapped


def _walked(walk: shapely.Geometry, lines: Array, tree: shapely.STRtree) -> Iterable[tuple[int, shapely.Point]]:
    """Segments that a walk follows, and the middle of each: at least half of it is nearest to the walk."""
    spacing = 5.0
    steps = shapely.line_interpolate_point(walk, np.arange(spacing / 2, max(walk.length, spacing), spacing))
    nearest = tree.query_nearest(steps, max_distance=SNAP_M, all_matches=False)
    for row, count in sorted(Counter(map(int, nearest[1])).items()):
        if count * spacing >= _WALKED_SHARE * lines[row].length:
            yield row, shapely.line_interpolate_point(lines[row], 0.5, normalized=True)


def _table(at: list[list[tuple[float, float, int]]], ratings: list[_Rating]) -> Audits:
    """Audits in the order of their keys, which are made of what is kept and the number among equal ones."""
    kept = sorted(
        (round(x), round(y), segment, rating.parameter, rating.rating, rating.hour, rating.month)
        for rating in ratings
        for x, y, segment in at[rating.row]
    )
    seen: Counter[tuple[object, ...]] = Counter()
    keyed = []
    for one in kept:
        what = (one[0], one[1], *one[3:])
        keyed.append((stable_key("audit", *map(str, what), seen[what]), one))
        seen[what] += 1
    keyed.sort()
    columns = list(zip(*(one for _, one in keyed), strict=True)) if keyed else [()] * 7
    names = ("x_m", "y_m", "segment", "parameter", "rating", "hour")
    return Audits(
        audit_id=np.array([key for key, _ in keyed], np.int64),
        month=np.array(columns[6], "U7"),
        **{name: np.array(column) for name, column in zip(names, columns[:6], strict=True)},
    )
