"""Read the layers of a city file and collect every fault: layer, feature, what was found and expected."""

import dataclasses
import warnings
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from simulator.city.opening_hours import EXAMPLE, hours_fault
from simulator.errors import CityError
from simulator.foundation.columns import Column
from street_networks.city_file.faults import REBUILD, Faults

_POINT, _LINE, _MULTI = 0, 1, 4  # shapely's type ids; from 4 on they are collections
_UNKNOWN = 9_999
_MAX_KEY = np.iinfo(np.int64).max
_LARGEST = 2**53  # whole numbers up to here are whole in every program
_BOOLEANS = {
    **dict.fromkeys(("yes", "true", "t", "1", "1.0"), True),
    **dict.fromkeys(("no", "false", "f", "0", "0.0"), False),
}

_UNREADABLE = (
    *(getattr(pyogrio.errors, f"{word}Error") for word in ("DataSource", "DataLayer", "Feature", "Field", "Geometry")),
    UnicodeDecodeError,
    OverflowError,
)
"""What reading raises where the bytes of a file are not what they should be."""

Array = np.ndarray[Any, Any]


@dataclasses.dataclass
class RawLayer:
    """One layer as read: columns by their name in memory, in the order of the first column, the key.

    `spoilt` marks the cells whose fault has been told already. A layer that is not there, or lacks a column, is not
    `whole`: its further checks are left out.
    """

    name: str
    columns: dict[str, Array]
    shapes: Array
    crs: str | None
    spoilt: dict[str, Array] = dataclasses.field(default_factory=dict)
    whole: bool = True

    @property
    def keys(self) -> Array:
        """Keys of the features."""
        return next(iter(self.columns.values()))

    def _spoilt(self, column: str) -> Array:
        return self.spoilt.get(column, np.zeros(len(self.keys), bool))

    def codes(self, column: str, words: Mapping[str, int], faults: Faults) -> Array:
        """Codes for words; unknown words are faults."""
        values = self.columns[column]
        codes = np.fromiter((words.get(value, -_UNKNOWN) for value in values), np.int64, len(values))
        bad = codes == -_UNKNOWN
        faults.add_rows(
            self.name,
            self.keys,
            bad,
            found=lambda row: f"{column} is {values[row]!r}",
            expected=f"one of {', '.join(words)}",
            remedy="write one of these words in the cell",
        )
        return np.where(bad, 0, codes)

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
        faults.add_rows(
            self.name,
            self.keys,
            bad,
            found=lambda row: f"opening_hours {texts[row]!r} {why[texts[row]]}",
            expected=f"hours such as {EXAMPLE}, or an empty cell for opens_h to closes_h",
            remedy="write such hours, or empty the cell",
        )

    def rows_of(self, column: str, file_name: str, other: "RawLayer", key: str, faults: Faults) -> Array:
        """Rows of the other layer that a column of keys points at; keys that are not there are faults."""
        values, keys = self.columns[column], other.columns[key]
        row = np.searchsorted(keys, values).clip(0, max(len(keys) - 1, 0))
        bad = keys[row] != values if len(keys) else np.ones(len(values), bool)
        faults.add_rows(
            self.name,
            self.keys,
            bad & ~self._spoilt(column),
            found=lambda row: f"{file_name} is {values[row]}",
            expected=f"a {key} of layer {other.name}",
            remedy=f"write the {key} of a feature that is there, or put the lost feature back in layer {other.name}",
        )
        return row

    def lines(self, faults: Faults) -> Array:
        """The line of each street (QGIS may have made them multi-part, or given them heights)."""
        remedy = "draw the street as one line, or delete the feature"
        instead = shapely.LineString([(0, 0), (1, 1)])
        return np.asarray(
            shapely.force_2d(self._one_part(_LINE, faults, "one line of at least two points", remedy, instead))
        )

    def add_positions(self, faults: Faults) -> None:
        """Columns x_m and y_m from the points."""
        remedy = "give the feature one point, or delete it"
        single = self._one_part(_POINT, faults, "one point", remedy, shapely.Point(0, 0))
        self.columns["x_m"], self.columns["y_m"] = shapely.get_x(single), shapely.get_y(single)

    def _one_part(self, kind: int, faults: Faults, expected: str, remedy: str, instead: shapely.Geometry) -> Array:
        """The only part of each geometry; of another kind, empty or not finite is a fault, and `instead` taken."""
        single = _only_parts(self.shapes)
        bad = (shapely.get_type_id(single) != kind) | shapely.is_empty(single) | ~_finite(single)
        faults.add_rows(
            self.name,
            self.keys,
            bad,
            found=lambda row: f"geometry is {_shape_word(self.shapes[row])}",
            expected=expected,
            remedy=remedy,
        )
        single[bad] = instead
        return single

    def check_ranges(self, declared: Sequence[tuple[Column, str]], faults: Faults) -> None:
        """Check every column against the registry: finite, within its range, keys unique."""
        for column, file_name in declared:
            values = self.columns[column.name]
            found = partial(_cell, file_name, values)
            low = -np.inf if column.low is None else column.low
            high = np.inf if column.high is None else column.high
            if column.dtype.kind == "i" and column.refers is None:
                high = min(high, np.iinfo(column.dtype).max)
            if column.words is None and values.dtype.kind in "iuf":
                bad = ~((values >= low) & (values <= high)) | ~np.isfinite(values)
                limits = "a finite number" if low == -np.inf else f"at least {low:g}"
                limits += "" if high in (np.inf, _MAX_KEY) else f" and at most {high:g}"
                faults.add_rows(
                    self.name,
                    self.keys,
                    bad & ~self._spoilt(column.name),
                    found=found,
                    expected=f"{limits} {column.unit}",
                    remedy=f"write such a number in the cell: {column.meaning}",
                )
            if column.unique:
                repeated = np.zeros(len(values), bool)
                repeated[1:] = values[1:] == values[:-1]  # the layer is sorted by its key
                faults.add_rows(
                    self.name,
                    self.keys,
                    repeated & ~self._spoilt(column.name),
                    found=found,
                    expected="a key of its own, found twice",
                    remedy="delete the copy, or give it a number that no other feature has",
                )


def _cell(name: str, values: Array, row: int) -> str:
    return f"{name} is {values[row]}"


def _only_parts(shapes: Array) -> Array:
    """The only part of each geometry that has just one; the others as they are."""
    single = np.array(shapes, object)  # a copy
    one = (shapely.get_num_geometries(single) == 1) & (shapely.get_type_id(single) >= _MULTI)
    single[one] = shapely.get_geometry(single[one], 0)
    return single


def _finite(shapes: Array) -> Array:
    """Whether every coordinate of each geometry is a number."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), bool)
    finite[owner[~np.isfinite(points).all(axis=1)]] = False
    return finite


def _shape_word(shape: shapely.Geometry | None) -> str:
    if shape is None:
        return "missing"
    if shape.is_empty:
        return f"an empty {shape.geom_type}"
    lost = "" if np.isfinite(shapely.get_coordinates(shape)).all() else " with a coordinate that is no number"
    return f"a {shape.geom_type}{lost}"


def _reason(error: Exception) -> str:
    """The last clause of a GDAL error, which is the one that tells."""
    return str(error).rsplit("failed: ", 1)[-1].split(";")[0][:200]


def layers_of(path: Path) -> set[str]:
    """Names of the layers of a file.

    Raises
    ------
    CityError
        If there is no such file or it cannot be opened.
    """
    expected = "expected a city as a GeoPackage (.gpkg) made by `afterdark network build`"
    if path.is_dir():
        raise CityError(f"{path}: is a folder; {expected}")
    if not path.is_file():
        raise CityError(f"{path}: no such file; {expected}")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise CityError(f"{path}: cannot be read ({error.strerror}); {expected} that you may read") from error
    if not head.startswith(b"SQLite format 3\0"):
        found = f"its first bytes are {head[:8]!r}" if head else "it is empty"
        raise CityError(f"{path}: is not a GeoPackage ({found}); {expected}")
    try:
        with warnings.catch_warnings():  # of a header that some programs leave out; what matters is told as faults
            warnings.simplefilter("ignore", RuntimeWarning)
            layers = [str(name) for name, _ in pyogrio.list_layers(path)]
            driver = pyogrio.read_info(path, layer=layers[0])["driver"] if layers else "GPKG"
    except _UNREADABLE as error:
        raise CityError(
            f"{path}: cannot be opened as a GeoPackage ({_reason(error)}); it may be cut short: {REBUILD}"
        ) from error
    if driver != "GPKG":
        raise CityError(f"{path}: is not a GeoPackage but a database of another kind ({driver}); {expected}")
    return set(layers)


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
    empty = RawLayer(name, {key: np.zeros(0) for key in wanted}, np.zeros(0, object), None, whole=False)
    read = read_raw(path, name, present, faults, has_shapes=has_shapes)
    if read is None:
        return empty
    meta, wkb, values = read
    by_name = dict(zip(map(str, meta["fields"]), values, strict=True))
    if _tell_missing(name, wanted, by_name, faults):
        return empty
    if wkb is None and has_shapes:
        remedy = "copy the layer from the file as it was built, not from a table or CSV of it"
        faults.add(name, None, "a table without geometry", "a layer with geometry", remedy=remedy)
        return empty
    if not len(values[0]) and not may_be_empty:
        faults.add(name, None, "no features", "at least one")
    key_name = next(iter(wanted.values()))[0]
    keys = by_name[key_name]
    read_as = {
        column: _typed(by_name[file_name], kind, layer=name, keys=keys, what=f"column {file_name}", faults=faults)
        for column, (file_name, kind) in wanted.items()
    }
    first, _ = next(iter(read_as.values()))
    order = np.argsort(first, kind="stable")
    return RawLayer(
        name,
        {column: values[order] for column, (values, _) in read_as.items()},
        _shapes(wkb)[order] if has_shapes else np.zeros(0, object),
        meta["crs"],
        {column: bad[order] for column, (_, bad) in read_as.items() if bad.any()},
    )


def _tell_missing(name: str, wanted: Mapping[str, tuple[str, str]], found: Collection[str], faults: Faults) -> bool:
    """Whether a layer lacks wanted columns; each is a fault."""
    missing = [file_name for file_name, _ in wanted.values() if file_name not in found]
    for file_name in missing:
        remedy = "add the column, or copy the layer from the file as it was built"
        faults.add(name, None, f"no column {file_name} (it has {', '.join(found)})", "that column", remedy=remedy)
    return bool(missing)


def read_raw(path: Path, name: str, present: set[str], faults: Faults, *, has_shapes: bool) -> Any:
    """What pyogrio tells of a layer, its geometries and its columns, or None and a fault."""
    if name not in present:
        found = f"no such layer (the file has {', '.join(sorted(present)) or 'none'})"
        faults.add(name, None, found, "it to be there", remedy="copy the layer from the file as it was built")
        return None
    try:
        meta, _, wkb, values = pyogrio.raw.read(path, layer=name, read_geometry=has_shapes)
    except _UNREADABLE as error:
        remedy = "copy the layer from the file as it was built, or build again"
        faults.add(name, None, f"cannot be read ({_reason(error)})", "a layer of a GeoPackage", remedy=remedy)
        return None
    return meta, wkb, values


def _shapes(wkb: Array) -> Array:
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are told as faults
        return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object)


def _typed(values: Array, kind: str, *, layer: str, keys: Array, what: str, faults: Faults) -> tuple[Array, Array]:
    """Values of a column as the kind that is wanted, and which of them are faults, then 0 or False."""
    if kind == "text":
        text = np.array([None if value is None else str(value) for value in values], object)
        return text, np.zeros(len(values), bool)
    if kind == "yes/no" and values.dtype.kind == "b":
        return values, np.zeros(len(values), bool)
    if kind == "yes/no":
        words = [str(value).lower() for value in values]
        bad = np.array([word not in _BOOLEANS for word in words], bool)
        result = np.array([_BOOLEANS.get(word, False) for word in words], bool)
    elif values.dtype.kind in "iuf":
        bad = ~np.isfinite(values)
        if kind == "whole number" and values.dtype.kind == "f":
            bad |= (np.floor(values) != values) | (np.abs(values) > _LARGEST)
        result = np.where(bad, 0, values).astype(np.int64 if kind == "whole number" else float)
    else:
        parsed = [_parse(value, kind) for value in values]
        bad = np.array([value is None for value in parsed], bool)
        result = np.array([value or 0 for value in parsed], np.int64 if kind == "whole number" else float)
    wanted = "yes or no" if kind == "yes/no" else f"a {kind}"
    faults.add_rows(
        layer,
        keys,
        bad,
        found=lambda row: f"{what} is {repr(values[row]) if isinstance(values[row], str) else values[row]}",
        expected=wanted,
        remedy=f"write {wanted} in the cell",
    )
    return result, bad


def _parse(value: object, kind: str) -> float | int | None:
    try:
        number = int(str(value)) if kind == "whole number" else float(str(value))
    except ValueError:
        return None
    return number if abs(number) <= _LARGEST or kind == "number" else None
