"""A city as one GeoPackage: what the simulator needs and what a planner wants to see in QGIS.

Layers: streets (lines), junctions, lamps, places (points); beside them stops, buildings, open_spaces, zones;
table metadata (key, value). In the file stand words and stable keys (`street_class` "footway",
`junction_id`); codes and row numbers exist only in memory. Rows are read by key, so that order of rows and
columns, further columns and further layers do not matter. The same network gives the same bytes: rows in the
order of their keys, and GDAL's clock set to the date of the data.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from simulator.columns import Column, Table, columns_of
from simulator.errors import InputError
from simulator.files import whole_file
from simulator.network import Junctions, Lamps, Places, StreetNetwork, Streets
from street_networks import file_checks
from street_networks.file_checks import Faults, RawLayer

GEOMETRY_TYPES = {
    "streets": "LineString",
    "junctions": "Point",
    "lamps": "Point",
    "places": "Point",
    "stops": "Point",
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
    "from_junction": "from_junction_id",
    "to_junction": "to_junction_id",
    "junction": "junction_id",
    "segment": "segment_id",
    "name_index": "name",
}


def write_city(network: StreetNetwork, path: Path | str, *, layers: Mapping[str, Layer] | None = None) -> None:
    """Write a city file, whole or not at all; the same network and layers give the same bytes.

    Parameters
    ----------
    network
        The network.
    path
        The file, usually ending in .gpkg; an existing file is replaced.
    layers
        Further layers by name (stops, buildings, open_spaces, zones), and further columns for the own ones.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    own = {
        "streets": (_lines(network), _street_columns(network)),
        "junctions": (_points(network.junctions), _table_columns(network.junctions)),
        "lamps": (_points(network.lamps), _table_columns(network.lamps)),
        "places": (_points(network.places), _place_columns(network)),
    }
    further = dict(layers or {})
    for name, (shapes, columns) in own.items():
        extra = further.pop(name).columns if name in further else {}
        own[name] = (shapes, {**columns, **{key: extra[key] for key in extra if key not in columns}})
    metadata = {**network.metadata, **_identity(network)}
    date = network.metadata.get("data_date", _FIXED_DATE)
    with whole_file(Path(path)) as part:
        before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        # without a fixed clock GeoPackage stamps the time of writing, and no two builds would be equal
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": date.replace("Z", ".000Z")})
        try:
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
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


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
    present = file_checks.layers_of(path)
    faults = Faults(path)
    metadata = file_checks.read_metadata(path, present, METADATA_KEYS, faults)
    raw = {
        "streets": file_checks.read_layer(path, "streets", _wanted(Streets), present, faults),
        "junctions": file_checks.read_layer(path, "junctions", _wanted(Junctions), present, faults),
        "lamps": file_checks.read_layer(path, "lamps", _wanted(Lamps), present, faults, may_be_empty=True),
        "places": file_checks.read_layer(path, "places", _wanted(Places), present, faults),
    }
    file_checks.check_crs(raw, metadata.get("crs"), faults)
    faults.raise_any()
    return _network(metadata, raw, faults)


def _network(metadata: dict[str, str], raw: dict[str, RawLayer], faults: Faults) -> StreetNetwork:
    # in the order of keys, whatever the order in the file
    streets, junctions, lamps, places = (raw[name] for name in ("streets", "junctions", "lamps", "places"))
    lines = streets.lines(faults)
    for layer in (junctions, lamps, places):
        layer.add_positions(faults)
    names = tuple(sorted({name for name in streets.columns["name_index"] if name}))
    row_of = {name: row for row, name in enumerate(names)}
    streets.columns["name_index"] = np.array([row_of.get(name, -1) for name in streets.columns["name_index"]])
    streets.columns["tagged_lit"] = streets.codes(
        "tagged_lit", {word: code for code, word in LIT_WORDS.items()}, faults
    )
    for column in ("from_junction", "to_junction"):
        streets.columns[column] = streets.rows_of(column, _FILE_NAMES[column], junctions, "junction_id", faults)
    places.columns["junction"] = places.rows_of("junction", "junction_id", junctions, "junction_id", faults)
    places.columns["segment"] = places.rows_of("segment", "segment_id", streets, "segment_id", faults)
    for name, kind in (("streets", Streets), ("junctions", Junctions), ("lamps", Lamps), ("places", Places)):
        for declared in columns_of(kind):
            if declared.words:
                codes = {word: code for code, word in enumerate(declared.words)}
                raw[name].columns[declared.name] = raw[name].codes(declared.name, codes, faults)
        raw[name].check_ranges([_filed(declared) for declared in columns_of(kind)], faults)
    latitude, longitude = (file_checks.number(metadata, key, faults) for key in ("latitude", "longitude"))
    faults.raise_any()
    return StreetNetwork(
        name=metadata["name"],
        crs=metadata["crs"],
        latitude=latitude,
        longitude=longitude,
        timezone=metadata["timezone"],
        country=metadata["country"],
        street_names=names,
        metadata={key: value for key, value in metadata.items() if key not in METADATA_KEYS},
        streets=Streets(**_declared(Streets, streets)),
        junctions=Junctions(**_declared(Junctions, junctions)),
        places=Places(**_declared(Places, places)),
        lamps=Lamps(**_declared(Lamps, lamps)),
        vertices=shapely.get_coordinates(lines),
        vertex_start=np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))]),
    )


def _declared(table: type[Table], layer: RawLayer) -> dict[str, Array]:
    return {declared.name: layer.columns[declared.name] for declared in columns_of(table)}


def _filed(declared: Column) -> tuple[Column, str]:
    return declared, _FILE_NAMES.get(declared.name, declared.name)


def _wanted(table: type[Table]) -> dict[str, tuple[str, str]]:
    """Columns to read: name in memory -> (name in the file, text, yes/no, whole number or number)."""
    wanted = {}
    for declared in columns_of(table):
        if declared.name in ("x_m", "y_m"):
            continue  # positions are the geometry: moving a point in QGIS moves it
        if declared.words or declared.name in ("tagged_lit", "name_index"):
            kind = "text"
        else:
            kind = {"b": "yes/no", "f": "number"}.get(declared.dtype.kind, "whole number")
        wanted[declared.name] = (_FILE_NAMES.get(declared.name, declared.name), kind)
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


def _lines(network: StreetNetwork) -> Array:
    count = np.diff(network.vertex_start)
    return np.asarray(shapely.linestrings(network.vertices, indices=np.repeat(np.arange(len(count)), count)))


def _points(table: Junctions | Lamps | Places) -> Array:
    return np.asarray(shapely.points(table.x_m, table.y_m))


def _table_columns(table: Table) -> dict[str, Array]:
    columns = {}
    for declared in columns_of(type(table)):
        if declared.name in ("x_m", "y_m"):
            continue
        values = getattr(table, declared.name)
        if declared.words:
            values = np.array(declared.words, object)[values]
        columns[_FILE_NAMES.get(declared.name, declared.name)] = values
    return columns


def _street_columns(network: StreetNetwork) -> dict[str, Array]:
    keys = network.junctions.junction_id
    names = np.array([*network.street_names, None], object)  # -1 takes the last: an empty cell
    return {
        **_table_columns(network.streets),
        "from_junction_id": keys[network.streets.from_junction],
        "to_junction_id": keys[network.streets.to_junction],
        "tagged_lit": np.array([LIT_WORDS[int(tag)] for tag in network.streets.tagged_lit], object),
        "name": names[network.streets.name_index],
    }


def _place_columns(network: StreetNetwork) -> dict[str, Array]:
    return {
        **_table_columns(network.places),
        "junction_id": network.junctions.junction_id[network.places.junction],
        "segment_id": network.streets.segment_id[network.places.segment],
    }


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
