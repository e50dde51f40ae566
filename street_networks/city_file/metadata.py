"""What a city file says of itself: name, place, time zone and coordinate reference system, read and checked."""

import zoneinfo
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from street_networks.city_file.checks import RawLayer, read_raw
from street_networks.city_file.faults import Faults


def read_metadata(path: Path, present: set[str], needed: Sequence[str], faults: Faults) -> dict[str, str]:
    """The metadata table as a dictionary; needed keys that are not there are faults."""
    if "metadata" not in present:
        faults.add("metadata", None, "no such table", "key and value of name, crs, timezone, country ...")
        return {}
    read = read_raw(path, "metadata", present, faults, has_shapes=False)
    if read is None:
        return {}
    meta, _, values = read
    by_name = dict(zip(map(str, meta["fields"]), values, strict=True))
    if not {"key", "value"} <= set(by_name):
        faults.add("metadata", None, f"columns {', '.join(by_name)}", "columns key and value")
        return {}
    pairs = zip(by_name["key"], by_name["value"], strict=True)
    found = {str(key): str(value) for key, value in pairs if key is not None and value is not None}
    for key in needed:
        if not found.get(key):
            remedy = (
                f"add a row to the table metadata with key {key}; `afterdark network inspect` shows what others have"
            )
            faults.add("metadata", None, f"no {key}", f"a row with key {key}", remedy=remedy)
    return found


def degrees(metadata: Mapping[str, str], faults: Faults) -> tuple[float, float]:
    """Latitude and longitude of the metadata table; one that is not there is told elsewhere."""
    values = []
    for key, limit, such_as in (("latitude", 90, "60.17"), ("longitude", 180, "24.94")):
        try:
            value = float(metadata.get(key, 0))
        except ValueError:
            value = np.nan
        if not abs(value) <= limit:
            remedy = f"write the {key} of the middle of the city in degrees, such as {such_as}"
            found = f"value {metadata[key]!r}"
            faults.add("metadata", key, found, f"degrees from {-limit} to {limit}", remedy=remedy)
        values.append(value)
    return values[0], values[1]


def check_identity(metadata: Mapping[str, str], faults: Faults) -> None:
    """The time zone must be known, and the CRS a projected one in metres."""
    if (timezone := metadata.get("timezone")) and not _is_timezone(timezone):
        remedy = "write the IANA name of the city's time zone"
        faults.add("metadata", "timezone", f"value {timezone!r}", "a time zone such as Europe/Helsinki", remedy=remedy)
    if crs := metadata.get("crs"):
        found = _not_projected(crs)
        if found is not None:
            remedy = (
                "project every layer to a UTM zone or the country's own grid in metres, and write its EPSG code here"
            )
            faults.add("metadata", "crs", f"value {crs!r}{found}", "a projected one in metres", remedy=remedy)


def _is_timezone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def is_same_crs(one: str, other: str) -> bool:
    """Whether two names or definitions mean the same CRS: some programs write it out in full."""
    import pyproj

    try:
        return bool(pyproj.CRS.from_user_input(one) == pyproj.CRS.from_user_input(other))
    except pyproj.exceptions.CRSError:
        return False


@cache
def _not_projected(crs: str) -> str | None:
    """Why a CRS cannot be used, or None if it can."""
    import pyproj

    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return " is not known"
    units = {axis.unit_name for axis in known.axis_info[:2]}
    return None if known.is_projected and units == {"metre"} else f" is in {' and '.join(sorted(units)) or 'no unit'}"


def check_crs(layers: Mapping[str, RawLayer], crs: str | None, faults: Faults) -> None:
    """Every layer must be in the city's own projected CRS, in metres."""
    for name, layer in layers.items():
        if not len(layer.shapes):
            continue
        remedy = f"in QGIS: Export, Save Features As, with the CRS {crs or 'of the city'}"
        if layer.crs is None or "Undefined" in layer.crs[:40]:  # as GDAL calls what has none
            remedy = f"in QGIS: Layer, Set CRS, {crs or 'the one that it was made in'}"
            faults.add(name, None, "no coordinate reference system", crs or "a projected one in metres", remedy=remedy)
        elif crs is not None and layer.crs != crs and not is_same_crs(layer.crs, crs):
            faults.add(
                name,
                None,
                f"coordinates in {layer.crs[:40]}",
                f"the city's {crs} (see its table metadata)",
                remedy=remedy,
            )
