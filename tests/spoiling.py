"""Ways of editing or breaking a city file, as people and their programs do."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

Spoil = Callable[[Path], None]


def sql(*statements: str) -> Spoil:
    """Run SQL on the file, without the triggers that call functions of GDAL's."""

    def edit(path: Path) -> None:
        file = sqlite3.connect(path)
        file.execute("PRAGMA synchronous = OFF")
        triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            file.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            file.execute(statement)
        file.commit()
        file.close()

    return edit


def rewrite(layer: str, change: Callable[[np.ndarray, dict[str, Any]], Any], **options: Any) -> Spoil:
    """Write a layer again after `change(shapes, columns)`, which edits either in place or gives new shapes."""

    def edit(path: Path) -> None:
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer)
        columns = dict(zip(map(str, meta["fields"]), values, strict=True))
        shapes = shapely.from_wkb(wkb)
        given = change(shapes, columns)
        shapes = shapes if given is None else given
        keywords = {"geometry_type": "Unknown", "crs": meta["crs"], **options}
        pyogrio.raw.write(
            path, shapely.to_wkb(shapes), list(columns.values()), np.array(list(columns), object), layer=layer,
            driver="GPKG", layer_options={"OVERWRITE": "YES"}, **keywords,
        )  # fmt: skip

    return edit


def move(layer: str, row: int, x_m: float, y_m: float) -> Spoil:
    """Move the point of one row."""

    def change(shapes: np.ndarray, columns: dict[str, Any]) -> None:
        shapes[row] = shapely.Point(x_m, y_m)

    return rewrite(layer, change)


def draw(layer: str, row: int, shape: shapely.Geometry | None) -> Spoil:
    """Give one row another geometry."""

    def change(shapes: np.ndarray, columns: dict[str, Any]) -> None:
        shapes[row] = shape

    return rewrite(layer, change)


def add_row(layer: str, shape: shapely.Geometry, **values: Any) -> Spoil:
    """Copy the first row with another geometry and other values."""

    def change(shapes: np.ndarray, columns: dict[str, Any]) -> np.ndarray:
        for name, column in columns.items():
            columns[name] = np.append(column, np.array([values.get(name, column[0])], column.dtype))
        both = np.empty(len(shapes) + 1, object)
        both[:-1], both[-1] = shapes, shape
        return both

    return rewrite(layer, change)
