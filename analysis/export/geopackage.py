"""Layers as one GeoPackage: geometry, descriptions of columns and QGIS styles inside it.

Descriptions stand where OGC's schema extension has them (`gpkg_data_columns`, GeoPackage 1.3, annex F.9), and styles
where QGIS looks for them (`layer_styles`). The same layers give the same bytes.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw

from analysis.export.layers import Layer, Source
from analysis.export.qgis_style import qml_of, qml_of_ground
from simulator.errors import InputError
from street_networks.city_file.clock import fixed_clock

_SCHEMA = "http://www.geopackage.org/spec130/#extension_schema"
_COLUMN_TABLES = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""
_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""


def write_geopackage(layers: Sequence[Layer], source: Source, path: Path) -> None:
    """Write layers as one GeoPackage; the file must not be there.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    instant = f"{source.date}T00:00:00Z"
    try:
        with fixed_clock(instant):
            for layer in layers:
                _write_layer(layer, source, path)
        with closing(sqlite3.connect(path)) as database, database:
            _describe(database, layers)
            _add_styles(database, layers, instant)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, sqlite3.Error) as error:
        raise InputError(f"{path.name}: cannot be written ({error}); choose another place with --out") from error


def _write_layer(layer: Layer, source: Source, path: Path) -> None:
    import shapely

    pyogrio.raw.write(
        path,
        None if layer.shapes is None else shapely.to_wkb(layer.shapes),
        [_plain(layer.table[name].to_numpy()) for name in layer.table.columns],
        np.array(list(layer.table.columns), object),
        layer=layer.name,
        driver="GPKG",
        geometry_type=None if layer.shapes is None else layer.geometry_type,
        crs=None if layer.shapes is None else source.crs,
        layer_options={"DESCRIPTION": f"{layer.title}. {source.words} {source.attribution}", "IDENTIFIER": layer.name},
    )


def _plain(values: Any) -> Any:
    """Text as plain objects, empty where there is none; numbers as they are."""
    if np.asarray(values).dtype.kind in "biuf":
        return np.asarray(values)
    return np.array(
        [None if empty else str(value) for value, empty in zip(values, pd.isna(values), strict=True)], object
    )


def _describe(database: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    database.executescript(_COLUMN_TABLES)
    rows = [
        (layer.name, name, None, None, str(layer.meanings[name])) for layer in layers for name in layer.table.columns
    ]
    database.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) VALUES (?, ?, ?, ?, ?)", rows
    )
    database.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [(name, _SCHEMA) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )


def _add_styles(database: sqlite3.Connection, layers: Sequence[Layer], instant: str) -> None:
    database.executescript(_STYLE_TABLE)
    for layer in layers:
        told = [(style.name, qml_of(style, layer), f"{style.name} ({style.unit})") for style in layer.styles]
        told += [(layer.name, qml_of_ground(layer.colour), layer.title)] if layer.colour else []
        for at, (name, style, words) in enumerate(told):
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                "styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) "
                "VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, '', ?)",
                (layer.name, name, style, at == 0, words, instant),
            )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'styles for QGIS', ?, 0)",
        (instant.replace("Z", ".000Z"),),
    )
