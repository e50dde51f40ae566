"""Bring a city's zones in: polygons in any reference system, checked, and which streets lie in them.

1. A zone has a name of its own and one polygon (of several parts, if need be) within the city; zones do not
   overlap each other by more than 1 % of the smaller.  2. Zones wholly outside the city are left out and
   counted; a file in which all are is refused.  3. A segment belongs to each zone by the share of its length
   there.  4. The zone `core` is made with the city; it is kept and may not be given again.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from simulator.city.network import StreetNetwork
from simulator.city.zones import CORE, Zones, ZoneStreets
from simulator.errors import InputError
from street_networks.city_file.geopackage import Layer
from street_networks.derive import City
from street_networks.keys import stable_key
from street_networks.ledger import KEY, Entry, with_entries
from street_networks.tables.rows import RowFaults, find_columns, read_rows, to_city

OVERLAP_SHARE = 0.01
_LEAST_SHARE = 0.001  # less of a segment than this is an outline that runs along the street
_CITY_MARGIN_M = 50.0
_NAMES = ("zone", "name", "id", "code")

Array = np.ndarray[Any, Any]


def street_lines(network: StreetNetwork) -> Array:
    """The line of each segment, object (S,)."""
    count = np.diff(network.vertex_start)
    return np.asarray(shapely.linestrings(network.vertices, indices=np.repeat(np.arange(len(count)), count)))


def extent_of(network: StreetNetwork) -> shapely.Geometry:
    """The ground that the city covers: the hull of its streets and 50 m around it."""
    hull = shapely.convex_hull(shapely.MultiPoint(network.vertices))
    return shapely.buffer(hull, _CITY_MARGIN_M, cap_style="square", join_style="mitre")


def add_zones(city: City, path: Path | str, mapping: Mapping[str, str] | None = None) -> City:
    """Add the zones of a polygon file to a city.

    Parameters
    ----------
    city
        The city as made; zones that it had are replaced, its core is kept.
    path
        GeoJSON, GeoPackage or Shapefile of polygons in any reference system.
    mapping
        ``{"zone": COLUMN}`` if the names do not stand in a column zone, name, id or code.

    Raises
    ------
    InputError
        With every row that cannot be used.
    """
    path = Path(path)
    rows = read_rows(path, what="zones as polygons")
    if rows.shapes is None:
        raise InputError(f"{path}: has no shapes; expected zones as polygons (GeoJSON, GeoPackage or Shapefile)")
    faults = RowFaults(path, "this file of zones")
    found = find_columns(rows, ("zone",), mapping or {}, faults)
    heading = found.get("zone") or next((name for name in _NAMES if name in rows.headings), None)
    if heading is None:
        faults.add(None, f"columns {', '.join(rows.headings) or 'none'}", "one with names: zone, name, id or code")
    faults.raise_any()
    names = [row[str(heading)] for row in rows.cells]
    shapes = to_city(rows.shapes, rows.crs, city.network.crs, path=path)
    shapes, repaired = _polygons(shapes, rows.numbers, faults)
    _check_names(names, rows.numbers, faults)
    faults.raise_any()
    inside = np.asarray(shapely.intersects(shapes, extent_of(city.network)))
    if not inside.any():
        west, south, east, north = shapely.total_bounds(shapes)
        faults.add(
            None,
            f"all zones lie outside the city, between x {west:.0f} and {east:.0f}, y {south:.0f} and {north:.0f} m",
            "polygons over its streets; are longitude and latitude swapped, or the reference system wrong?",
        )
    kept = np.flatnonzero(inside)
    _check_overlaps(shapes[kept], [names[row] for row in kept], [rows.numbers[row] for row in kept], faults)
    faults.raise_any()
    left_out = [names[row] for row in np.flatnonzero(~inside)]
    told = {"zones": f"{len(kept)} zones; {len(left_out)} outside the city left out; {repaired} outlines repaired"}
    if left_out:
        told["zones_outside"] = "\n".join(sorted(left_out))
    read = Entry(f"{path.name}: zones", len(names), {}, {"outside the city": len(left_out)})
    told = {**told, KEY: with_entries(city.network.metadata, [read])[KEY]}
    return with_zones(city, [names[row] for row in kept], shapes[kept], told)


def with_zones(city: City, names: list[str], shapes: Array, told: Mapping[str, str]) -> City:
    """A city with these zones and its core, in the order of their keys."""
    shape_of = dict(zip(names, shapes, strict=True))
    layer = city.layers.get("zones")
    if layer is not None and layer.shapes is not None:
        known = [str(name) for name in layer.columns["zone"]]
        shape_of |= {name: shape for name, shape in zip(known, layer.shapes, strict=True) if name == CORE}
    keyed = sorted((stable_key("zone", name), name) for name in shape_of)
    ordered = np.array([_multi(shape_of[name]) for _, name in keyed], object)
    zones = Zones(
        zone_id=np.array([key for key, _ in keyed], np.int64),
        zone=np.array([name for _, name in keyed], str),
        is_core=np.array([name == CORE for _, name in keyed]),
    )
    network = dataclasses.replace(
        city.network,
        zones=zones,
        zone_streets=_zone_streets(city.network, ordered, zones),
        metadata={**city.network.metadata, **told},
    )
    columns = {"zone": np.array([name for _, name in keyed], object)}
    return City(network, {**city.layers, "zones": Layer(ordered, columns)})


def zone_shapes(city: City) -> Array:
    """Polygons of the city's zones in the order of `network.zones`, object (Z,).

    Raises
    ------
    InputError
        If the city carries no zones.
    """
    layer = city.layers.get("zones")
    if layer is None or layer.shapes is None or not len(city.network.zones):
        raise InputError("a population needs zones: give their polygons too, with --zones FILE")
    return layer.shapes


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def _polygons(shapes: Array, numbers: tuple[int, ...], faults: RowFaults) -> tuple[Array, int]:
    repaired = 0
    good = shapes.copy()
    for row, shape in enumerate(shapes):
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            word = "no shape" if shape is None or shape.is_empty else f"a {shape.geom_type}"
            faults.add(numbers[row], word, "a polygon")
            continue
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            faults.add(numbers[row], "positions outside the reference system", "a polygon on Earth")
            continue
        if not shape.is_valid:
            repaired += 1
            parts = shapely.get_parts(shapely.make_valid(shape))
            good[row] = shapely.union_all([part for part in parts if part.geom_type.endswith("Polygon")])
        if not good[row].area > 0:
            faults.add(numbers[row], "a polygon without area", "an outline that encloses ground")
    return good, repaired


def _check_names(names: list[str], numbers: tuple[int, ...], faults: RowFaults) -> None:
    first: dict[str, int] = {}
    for name, number in zip(names, numbers, strict=True):
        if not name or len(name) > 80:
            faults.add(number, f"name {name!r}", "1 to 80 characters")
        elif name.lower() == CORE:
            faults.add(number, f"a zone called {name!r}", "another name: the core is made with the city")
        elif name in first:
            faults.add(number, f"zone {name!r} again (row {first[name]} has it)", "each zone once")
        first.setdefault(name, number)


def _check_overlaps(shapes: Array, names: list[str], numbers: list[int], faults: RowFaults) -> None:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for a, b in sorted((int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b):
        common = shapely.intersection(shapes[a], shapes[b]).area
        smaller = min(shapes[a].area, shapes[b].area)
        if common > OVERLAP_SHARE * smaller:
            found = f"{names[b]!r} overlaps {names[a]!r} (row {numbers[a]}) by {common / smaller:.0%} of the smaller"
            faults.add(numbers[b], found, "zones beside each other")


def _zone_streets(network: StreetNetwork, shapes: Array, zones: Zones) -> ZoneStreets:
    lines = street_lines(network)
    which, segment = shapely.STRtree(lines).query(shapes, predicate="intersects")
    which, segment = which[~zones.is_core[which]], segment[~zones.is_core[which]]
    share = shapely.length(shapely.intersection(lines[segment], shapes[which])) / shapely.length(lines[segment])
    share = np.clip(share, 0, 1).round(4)
    kept = share >= _LEAST_SHARE
    order = np.lexsort((which[kept], network.streets.segment_id[segment[kept]]))
    return ZoneStreets(segment=segment[kept][order], zone=which[kept][order], share=share[kept][order])
