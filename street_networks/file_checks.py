"""Read the layers of a city file and collect every fault: layer, feature, what was found and expected."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from simulator.columns import Column
from simulator.errors import CityError
from simulator.opening_hours import EXAMPLE, hours_fault

SHOWN_PER_CHECK = 5
REBUILD = "build the city again, or mend it in QGIS"
_BOOLEANS = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}

Array = np.ndarray[Any, Any]


class Faults:
    """Faults of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines: list[str] = []

    def add(self, layer: str, feature: object, found: str, expected: str) -> None:
        """Note one fault; `feature` is the key of the feature, or None for the whole layer."""
        where = layer if feature is None else f"{layer}, feature {feature}"
        self.lines.append(f"{where}: {found}, expected {expected}")

    def add_rows(self, layer: str, keys: Array, bad: Array, *, found: Sequence[str], expected: str) -> None:
        """Note the first faults among rows where `bad` holds, and how many more there are."""
        rows = np.flatnonzero(bad)
        for row in rows[:SHOWN_PER_CHECK]:
            self.add(layer, keys[row], found[row], expected)
        if len(rows) > SHOWN_PER_CHECK:
            self.lines.append(f"{layer}: {len(rows) - SHOWN_PER_CHECK} more features like the last")

    def raise_any(self) -> None:
        """Raise CityError with all faults if there are any."""
        if self.lines:
            count = f"{len(self.lines)} faults" if len(self.lines) > 1 else "one fault"
            raise CityError(f"{self._path}: this city file has {count}; {REBUILD}", self.lines)


@dataclasses.dataclass
class RawLayer:
    """One layer as read: columns by their name in memory, in the order of the first column, the key."""

    name: str
    columns: dict[str, Array]
    shapes: Array
    crs: str | None

    @property
    def keys(self) -> Array:
        """Keys of the features."""
        return next(iter(self.columns.values()))

    def codes(self, column: str, words: Mapping[str, int], faults: Faults) -> Array:
        """Codes for words; unknown words are faults."""
        values = self.columns[column]
        bad = np.array([value not in words for value in values], bool)
        found = [f"{column} is {value!r}" for value in values]
        faults.add_rows(self.name, self.keys, bad, found=found, expected=f"one of {', '.join(words)}")
        return np.array([words.get(value, 0) for value in values], np.int64)

    def distinct(self, column: str) -> tuple[str, ...]:
        """The distinct texts of a column, sorted; the column then holds their rows, -1 where it is empty."""
        texts = [(value or "").strip() for value in self.columns[column]]
        distinct = tuple(sorted(set(texts) - {""}))
        row_of = {text: row for row, text in enumerate(distinct)}
        self.columns[column] = np.array([row_of.get(text, -1) for text in texts], np.int64)
        return distinct

    def check_hours(self, column: str, faults: Faults) -> None:
        """Every text must be opening hours that can be read; an empty cell is the usual hours."""
        texts = [(value or "").strip() for value in self.columns[column]]
        why = {text: hours_fault(text) for text in set(texts) - {""}}
        bad = np.array([why.get(text) is not None for text in texts], bool)
        found = [f"opening_hours {text!r} {why.get(text)}" for text in texts]
        expected = f"hours such as {EXAMPLE}, or an empty cell for opens_h to closes_h"
        faults.add_rows(self.name, self.keys, bad, found=found, expected=expected)

    def rows_of(self, column: str, file_name: str, other: "RawLayer", key: str, faults: Faults) -> Array:
        """Rows of the other layer that a column of keys points at; keys that are not there are faults."""
        values, keys = self.columns[column], other.columns[key]
        row = np.searchsorted(keys, values).clip(0, max(len(keys) - 1, 0))
        bad = keys[row] != values if len(keys) else np.ones(len(values), bool)
        found = [f"{file_name} is {value}" for value in values]
        faults.add_rows(self.name, self.keys, bad, found=found, expected=f"a {key} of layer {other.name}")
        return row

    def lines(self, faults: Faults) -> Array:
        """The line of each street (QGIS may have made them multi-part)."""
        single = np.array([_only_part(shape) for shape in self.shapes], object)
        bad = np.array([shape is None or shape.geom_type != "LineString" or shape.is_empty for shape in single], bool)
        found = [f"geometry is {_shape_word(shape)}" for shape in self.shapes]
        faults.add_rows(self.name, self.keys, bad, found=found, expected="one line of at least two points")
        single[bad] = shapely.LineString([(0, 0), (1, 1)])
        return np.asarray(shapely.force_2d(single))

    def add_positions(self, faults: Faults) -> None:
        """Columns x_m and y_m from the points."""
        single = np.array([_only_part(shape) for shape in self.shapes], object)
        bad = np.array([shape is None or shape.geom_type != "Point" or shape.is_empty for shape in single], bool)
        found = [f"geometry is {_shape_word(shape)}" for shape in self.shapes]
        faults.add_rows(self.name, self.keys, bad, found=found, expected="one point")
        single[bad] = shapely.Point(0, 0)
        self.columns["x_m"], self.columns["y_m"] = shapely.get_x(single), shapely.get_y(single)

    def check_ranges(self, declared: Sequence[tuple[Column, str]], faults: Faults) -> None:
        """Check every column against the registry: finite, within its range, keys unique."""
        for column, file_name in declared:
            values = self.columns[column.name]
            found = [f"{file_name} is {value}" for value in values]
            low = -np.inf if column.low is None else column.low
            high = np.inf if column.high is None else column.high
            if column.words is None and values.dtype.kind in "iuf":
                bad = ~((values >= low) & (values <= high)) | ~np.isfinite(values)
                limits = "a finite number" if low == -np.inf else f"at least {low:g}"
                limits += "" if high == np.inf else f" and at most {high:g}"
                faults.add_rows(self.name, self.keys, bad, found=found, expected=f"{limits} {column.unit}")
            if column.unique:
                repeated = np.zeros(len(values), bool)
                repeated[1:] = values[1:] == values[:-1]  # the layer is sorted by its key
                faults.add_rows(self.name, self.keys, repeated, found=found, expected="a key of its own, found twice")


def _only_part(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    parts = shapely.get_parts(shape) if shape is not None else []
    return parts[0] if len(parts) == 1 else shape


def _shape_word(shape: shapely.Geometry | None) -> str:
    return "missing" if shape is None else f"an empty {shape.geom_type}" if shape.is_empty else f"a {shape.geom_type}"


def layers_of(path: Path) -> set[str]:
    """Names of the layers of a file.

    Raises
    ------
    CityError
        If there is no such file or it cannot be opened.
    """
    if not path.is_file():
        raise CityError(f"{path}: no such file; expected a city as a GeoPackage (.gpkg)")
    with path.open("rb") as file:
        head = file.read(16)
    if not head.startswith(b"SQLite format 3\0"):
        raise CityError(f"{path}: is not a GeoPackage (its first bytes are {head[:8]!r}); expected a city file (.gpkg)")
    try:
        return {str(name) for name, _ in pyogrio.list_layers(path)}
    except pyogrio.errors.DataSourceError as error:
        raise CityError(
            f"{path}: cannot be opened as a GeoPackage ({error}); it may be cut short: {REBUILD}"
        ) from error


def read_layer(
    path: Path,
    name: str,
    wanted: Mapping[str, tuple[str, str]],
    present: set[str],
    faults: Faults,
    *,
    may_be_empty: bool = False,
    has_shapes: bool = True,
) -> RawLayer:
    """Read the wanted columns of a layer, sorted by the first of them.

    Parameters
    ----------
    path, name
        File and layer.
    wanted
        Name in memory -> (name in the file, "text", "yes/no", "whole number" or "number").
    present
        Layers of the file.
    faults
        Takes what is wrong.
    may_be_empty
        Whether a layer without features is acceptable.
    has_shapes
        Whether it is a layer with geometry, or a plain table.
    """
    empty = RawLayer(name, {key: np.zeros(0) for key in wanted}, np.zeros(0, object), None)
    read = _read_raw(path, name, present, faults, has_shapes=has_shapes)
    if read is None:
        return empty
    meta, wkb, values = read
    by_name = dict(zip(map(str, meta["fields"]), values, strict=True))
    missing = [file_name for file_name, _ in wanted.values() if file_name not in by_name]
    for file_name in missing:
        faults.add(name, None, f"no column {file_name} (it has {', '.join(by_name)})", "that column")
    if missing:
        return empty
    if wkb is None and has_shapes:
        faults.add(name, None, "a table without geometry", "a layer with geometry")
        return empty
    if not len(values[0]) and not may_be_empty:
        faults.add(name, None, "no features", "at least one")
    key_name = next(iter(wanted.values()))[0]
    keys = by_name[key_name]
    columns = {
        column: _typed(by_name[file_name], kind, layer=name, keys=keys, what=f"column {file_name}", faults=faults)
        for column, (file_name, kind) in wanted.items()
    }
    order = np.argsort(next(iter(columns.values())), kind="stable")
    shapes = _shapes(wkb)[order] if has_shapes else np.zeros(0, object)
    return RawLayer(name, {key: column[order] for key, column in columns.items()}, shapes, meta["crs"])


def _read_raw(path: Path, name: str, present: set[str], faults: Faults, *, has_shapes: bool) -> Any:
    """What pyogrio tells of a layer, its geometries and its columns, or None and a fault."""
    if name not in present:
        faults.add(name, None, f"no such layer (the file has {', '.join(sorted(present)) or 'none'})", "it to be there")
        return None
    try:
        meta, _, wkb, values = pyogrio.raw.read(path, layer=name, read_geometry=has_shapes)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        faults.add(name, None, f"cannot be read ({error})", "a layer of a GeoPackage")
        return None
    return meta, wkb, values


def _shapes(wkb: Array) -> Array:
    return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object)


def _typed(values: Array, kind: str, *, layer: str, keys: Array, what: str, faults: Faults) -> Array:
    if kind == "text":
        return np.array([None if value is None else str(value) for value in values], object)
    if kind == "yes/no":
        if values.dtype.kind == "b":
            return values
        words = [str(value).lower() for value in values]
        bad = np.array([word not in _BOOLEANS for word in words], bool)
        result = np.array([_BOOLEANS.get(word, False) for word in words], bool)
    elif values.dtype.kind in "iuf":
        bad = ~np.isfinite(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)
        if kind == "whole number":
            bad |= np.floor(np.where(bad, 0, values)) != np.where(bad, 0, values)
        result = np.where(bad, 0, values)
        result = result.astype(np.int64) if kind == "whole number" else result.astype(float)
    else:
        parsed = [_parse(value, kind) for value in values]
        bad = np.array([value is None for value in parsed], bool)
        result = np.array([value or 0 for value in parsed], np.int64 if kind == "whole number" else float)
    found = [f"{what} is {value!r}" if isinstance(value, str) else f"{what} is {value}" for value in values]
    faults.add_rows(layer, keys, bad, found=found, expected=f"a {kind}" if kind != "yes/no" else "yes or no")
    return result


def _parse(value: object, kind: str) -> float | int | None:
    try:
        return int(str(value)) if kind == "whole number" else float(str(value))
    except ValueError:
        return None


def read_metadata(path: Path, present: set[str], needed: Sequence[str], faults: Faults) -> dict[str, str]:
    """The metadata table as a dictionary; needed keys that are not there are faults."""
    if "metadata" not in present:
        faults.add("metadata", None, "no such table", "key and value of name, crs, timezone, country ...")
        return {}
    meta, _, _, values = pyogrio.raw.read(path, layer="metadata", read_geometry=False)
    by_name = dict(zip(map(str, meta["fields"]), values, strict=True))
    if not {"key", "value"} <= set(by_name):
        faults.add("metadata", None, f"columns {', '.join(by_name)}", "columns key and value")
        return {}
    found = {str(key): str(value) for key, value in zip(by_name["key"], by_name["value"], strict=True)}
    for key in needed:
        if not found.get(key):
            faults.add("metadata", None, f"no {key}", f"a row with key {key}")
    return found


def number(metadata: Mapping[str, str], key: str, faults: Faults) -> float:
    """A number of the metadata table."""
    try:
        return float(metadata[key])
    except ValueError:
        faults.add("metadata", key, f"value {metadata[key]!r}", "degrees as a decimal number")
        return 0.0


def check_crs(layers: Mapping[str, RawLayer], crs: str | None, faults: Faults) -> None:
    """Every layer must be in the city's own projected CRS, in metres."""
    for name, layer in layers.items():
        if not len(layer.shapes):
            continue
        if layer.crs is None:
            faults.add(name, None, "no coordinate reference system", f"{crs or 'a projected one in metres'}")
        elif crs is not None and layer.crs != crs:
            faults.add(name, None, f"coordinates in {layer.crs[:40]}", f"the city's {crs} (see its table metadata)")
