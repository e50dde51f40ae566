"""A city as one GeoPackage: what the simulator needs and what a planner wants to see in QGIS.

Layers: streets (lines), junctions, lamps, places (points); beside them stops, waysides, buildings, open_spaces, water,
tables lines, services, headways (public transport) and metadata (key, value). In the file stand words and stable
keys (`street_class` "footway", `junction_id`); codes and row numbers exist only in memory. Rows are read by key,
so that order of rows and columns, further columns and further layers do not matter. The same network gives the
same bytes: rows in the order of their keys, and GDAL's clock set to the date of the data.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from simulator.city.network import Places, StreetNetwork, Streets, tables_of
from simulator.errors import CityError, InputError
from simulator.foundation.columns import Column, Table, columns_of
from simulator.results.files import whole_file
from street_networks.city_file import checks
from street_networks.city_file import metadata as file_metadata
from street_networks.city_file.checks import RawLayer
from street_networks.city_file.clock import fixed_clock
from street_networks.city_file.faults import Faults

GEOMETRY_TYPES = {
    "streets": "LineString",
    "junctions": "Point",
    "lamps": "Point",
    "places": "Point",
    "stops": "Point",
    "audits": "Point",
    "waysides": "Point",
}
METADATA_KEYS = ("name", "crs", "latitude", "longitude", "timezone", "country")
LIT_WORDS = {1: "yes", 0: "no", -1: "unknown"}
_FIXED_DATE = "2000-01-01T00:00:00Z"

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer of a city file beside the network's own tables.

    Parameters
    ----------
    shapes
        Geometries, one a row; None to add columns to a layer of the network, in the order of its rows.
    columns
        Name -> values, one a row; None in a text column is an empty cell.
    """

    shapes: Array | None
    columns: Mapping[str, Array]


# Columns whose name or meaning in the file differs from that in memory: memory -> file
_FILE_NAMES = {
    "overlooking_residents": "overlooking_residents_per_100m",
    "name_index": "name",
    "hours_index": "opening_hours",
}
_NEEDED = ("streets", "junctions", "places")
_MAY_LACK = frozenset(
    {
        *("stops", "lines", "services", "headways", "lamp_schedules", "light_hours"),
        *("zones", "zone_streets", "population", "audits", "waysides", "way_hours"),
    }
)
"""Tables that a file may do without; any but the needed may be empty."""
_MAY_BE_SHAPES = frozenset({"zones"})
"""Layers that may hold polygons only, without the key of the network's table; they are no table then."""
_UNWRITTEN_IF_EMPTY = _MAY_BE_SHAPES | {"way_hours"}
"""Tables that a file lacks where they have no rows: so a city without any has the same bytes as ever."""


def write_city(network: StreetNetwork, path: Path | str, *, layers: Mapping[str, Layer] | None = None) -> None:
    """Write a city file, whole or not at all; the same network and layers give the same bytes.

    Parameters
    ----------
    network
        The network.
    path
        The file, usually ending in .gpkg; an existing file is replaced.
    layers
        Further layers by name (stops, buildings, open_spaces, water, zones), and further columns for the own ones.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    own = {name: (_shapes_of(network, name), _file_columns(network, name)) for name in tables_of(network)}
    further = dict(layers or {})
    for name, (shapes, columns) in list(own.items()):
        if name in _UNWRITTEN_IF_EMPTY and not len(getattr(network, name)):
            del own[name]  # the layer, if there is one, is written as given
            continue
        layer = further.pop(name, Layer(None, {}))
        extra = layer.columns
        own[name] = (
            layer.shapes if shapes is None else shapes,
            {**columns, **{key: extra[key] for key in extra if key not in columns}},
        )
    metadata = {**network.metadata, **_identity(network)}
    date = network.metadata.get("data_date", _FIXED_DATE)
    with whole_file(Path(path)) as part:
        try:
            with fixed_clock(date):
                for name, (shapes, columns) in own.items():
                    _write_layer(part, name, shapes, columns, network.crs)
                for name, layer in further.items():
                    _write_layer(part, name, layer.shapes, layer.columns, network.crs)
                keys = sorted(metadata)
                table = {
                    "key": np.array(keys, object),
                    "value": np.array([metadata[key] for key in keys], object),
                }
                _write_layer(part, "metadata", None, table, None)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise InputError(f"{path}: cannot be written ({error})") from error


def read_city(path: Path | str) -> StreetNetwork:
    """Read and check a city file.

    Parameters
    ----------
    path
        A GeoPackage as `write_city` makes it, or the same edited in QGIS.

    Raises
    ------
    CityError
        If it is no such file; with every fault: layer, feature, what was found and what is expected.
    """
    path = Path(path)
    return read_with(path, Faults(path))


def read_with(path: Path, faults: Faults) -> StreetNetwork:
    """Read and check a city file, collecting what is wrong in `faults`.

    Raises
    ------
    CityError
        As `read_city`.
    """
    present = checks.layers_of(path)
    metadata = file_metadata.read_metadata(path, present, METADATA_KEYS, faults)
    file_metadata.check_identity(metadata, faults)
    raw = {name: _read_table(path, name, kind, present, faults) for name, kind in tables_of(StreetNetwork).items()}
    file_metadata.check_crs(raw, metadata.get("crs"), faults)
    try:
        return _network(metadata, raw, faults)
    except InputError as error:
        if str(path) in error.message:
            raise
        raise CityError(f"{path}: {error.message}", error.faults) from error  # tables that do not fit each other


def _network(metadata: dict[str, str], raw: dict[str, RawLayer], faults: Faults) -> StreetNetwork:
    # in the order of keys, whatever the order in the file
    streets = raw["streets"]
    lines = streets.lines(faults) if streets.whole else streets.shapes
    for name, kind in tables_of(StreetNetwork).items():
        if _has_positions(kind) and raw[name].whole:
            raw[name].add_positions(faults)
    names = streets.distinct("name_index")
    raw["places"].check_hours("hours_index", faults)
    hours = raw["places"].distinct("hours_index")
    raw["way_hours"].check_hours("hours", faults)
    streets.columns["tagged_lit"] = streets.codes(
        "tagged_lit", {word: code for code, word in LIT_WORDS.items()}, faults
    )
    for name, kind in tables_of(StreetNetwork).items():
        if raw[name].whole:
            _decode(raw, name, kind, faults)
    latitude, longitude = file_metadata.degrees(metadata, faults)
    faults.raise_any()
    tables: dict[str, Any] = {}
    for name, kind in tables_of(StreetNetwork).items():
        tables[name] = kind(**_declared(kind, raw[name]))
    return StreetNetwork(
        name=metadata["name"],
        crs=metadata["crs"],
        latitude=latitude,
        longitude=longitude,
        timezone=metadata["timezone"],
        country=metadata["country"],
        street_names=names,
        opening_hours=hours,
        metadata={key: value for key, value in metadata.items() if key not in METADATA_KEYS},
        vertices=shapely.get_coordinates(lines),
        vertex_start=np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))]),
        **tables,
    )


def _read_table(path: Path, name: str, kind: type[Table], present: set[str], faults: Faults) -> RawLayer:
    """A layer as read; one that a file may lack is empty then."""
    if name in _MAY_LACK and (name not in present or _is_shapes_only(path, name, kind)):
        columns = {declared.name: np.zeros(0, declared.dtype) for declared in columns_of(kind)}
        return RawLayer(name, columns, np.zeros(0, object), None)
    return checks.read_layer(
        path, name, _wanted(kind), present, faults, may_be_empty=name not in _NEEDED, has_shapes=_has_shapes(kind)
    )


def _is_shapes_only(path: Path, name: str, kind: type[Table]) -> bool:
    key = next(columns_of(kind)).name
    return name in _MAY_BE_SHAPES and key not in pyogrio.read_info(path, layer=name)["fields"]


def _decode(raw: Mapping[str, RawLayer], name: str, kind: type[Table], faults: Faults) -> None:
    """Codes for words and rows for keys, and every column within its range."""
    layer = raw[name]
    for declared in columns_of(kind):
        if declared.refers is not None and raw[declared.refers].whole:
            other = raw[declared.refers]
            key = next(iter(other.columns))
            layer.columns[declared.name] = layer.rows_of(declared.name, _file_name(declared), other, key, faults)
        if declared.words:
            codes = {word: code for code, word in enumerate(declared.words)}
            layer.columns[declared.name] = layer.codes(declared.name, codes, faults)
        if declared.dtype.kind == "U":
            layer.columns[declared.name] = np.array([text or "" for text in layer.columns[declared.name]], str)
    layer.check_ranges([(declared, _file_name(declared)) for declared in columns_of(kind)], faults)


def _has_positions(kind: type[Table]) -> bool:
    return any(declared.name == "x_m" for declared in columns_of(kind))


def _has_shapes(kind: type[Table]) -> bool:
    return kind is Streets or _has_positions(kind)


def _file_name(declared: Column) -> str:
    """Name of a column in the file: what holds rows in memory holds keys there."""
    name = _FILE_NAMES.get(declared.name, declared.name)
    return name if declared.refers is None else f"{name}_id"


def _declared(table: type[Table], layer: RawLayer) -> dict[str, Array]:
    return {declared.name: layer.columns[declared.name] for declared in columns_of(table)}


def _wanted(table: type[Table]) -> dict[str, tuple[str, str]]:
    """Columns to read: name in memory -> (name in the file, text, yes/no, whole number or number)."""
    wanted = {}
    for declared in columns_of(table):
        if declared.name in ("x_m", "y_m"):
            continue  # positions are the geometry: moving a point in QGIS moves it
        if declared.words or declared.dtype.kind == "U" or declared.name in ("tagged_lit", "name_index", "hours_index"):
            kind = "text"
        else:
            kind = {"b": "yes/no", "f": "number"}.get(declared.dtype.kind, "whole number")
        wanted[declared.name] = (_file_name(declared), kind)
    return wanted


def _identity(network: StreetNetwork) -> dict[str, str]:
    return {
        "name": network.name,
        "crs": network.crs,
        "latitude": repr(network.latitude),
        "longitude": repr(network.longitude),
        "timezone": network.timezone,
        "country": network.country,
    }


def street_lines(network: StreetNetwork) -> Array:
    """The line of each street (shapely geometries (S,), projected metres)."""
    count = np.diff(network.vertex_start)
    return np.asarray(shapely.linestrings(network.vertices, indices=np.repeat(np.arange(len(count)), count)))


def _shapes_of(network: StreetNetwork, name: str) -> Array | None:
    table = getattr(network, name)
    if isinstance(table, Streets):
        return street_lines(network)
    return np.asarray(shapely.points(table.x_m, table.y_m)) if _has_positions(type(table)) else None


def _file_columns(network: StreetNetwork, name: str) -> dict[str, Array]:
    """Columns of a table as they stand in the file: words for codes, keys for rows."""
    table = getattr(network, name)
    columns = {}
    for declared in columns_of(type(table)):
        values = getattr(table, declared.name)
        if declared.name in ("x_m", "y_m"):
            continue
        if declared.words:
            values = np.array(declared.words, object)[values]
        elif declared.refers is not None:
            other = getattr(network, declared.refers)
            values = getattr(other, next(columns_of(type(other))).name)[values]
        elif declared.dtype.kind == "U":
            values = np.array([str(text) or None for text in values], object)
        columns[_file_name(declared)] = values
    if isinstance(table, Places):
        columns["opening_hours"] = np.array([*network.opening_hours, None], object)[table.hours_index]
    if isinstance(table, Streets):
        names = np.array([*network.street_names, None], object)  # -1 takes the last: an empty cell
        columns["tagged_lit"] = np.array([LIT_WORDS[int(tag)] for tag in table.tagged_lit], object)
        columns["name"] = names[table.name_index]
    return columns


def _write_layer(path: Path, name: str, shapes: Array | None, columns: Mapping[str, Array], crs: str | None) -> None:
    fields = list(columns)
    pyogrio.raw.write(
        path,
        None if shapes is None else shapely.to_wkb(shapes),
        [columns[field] for field in fields],
        np.array(fields, object),
        layer=name,
        driver="GPKG",
        geometry_type=None if shapes is None else GEOMETRY_TYPES.get(name, "MultiPolygon"),
        crs=crs,
    )
