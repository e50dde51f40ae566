"""Rows of files that a city brings along (CSV, GeoJSON, GeoPackage, Shapefile), with their faults by row.

Row numbers are those a user sees: in a CSV the heading is row 1; in a layer the first feature is row 1.
"""

import csv
import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import pyproj
import shapely

from simulator.errors import InputError
from simulator.foundation.spelling import nearest_told

SHOWN_FAULTS = 40

Array = np.ndarray[Any, Any]


class RowFaults:
    """Faults of one file, each with its row."""

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        self._what = what
        self.lines: list[str] = []

    def add(self, row: int | None, found: str, expected: str) -> None:
        """Note one fault; `row` is None for the whole file."""
        self.lines.append(f"{'' if row is None else f'row {row}: '}{found}, expected {expected}")

    def raise_any(self) -> None:
        """Raise InputError with the faults if there are any."""
        if self.lines:
            more = len(self.lines) - SHOWN_FAULTS
            shown = self.lines[:SHOWN_FAULTS] + ([f"and {more} more"] if more > 0 else [])
            count = f"{len(self.lines)} faults" if len(self.lines) > 1 else "one fault"
            raise InputError(f"{self._path}: {self._what} has {count}; nothing was taken from it", shown)


@dataclasses.dataclass(frozen=True)
class Rows:
    """A file as read: headings, rows of text by heading with their number, and shapes if it has any.

    Parameters
    ----------
    headings
        Names of the columns.
    cells
        One dictionary a row, "" for an empty cell.
    numbers
        Row numbers as a user counts them.
    shapes
        One geometry a row in `crs`, or None for a file without.
    crs
        Reference system of the shapes; None if the file does not say.
    """

    headings: tuple[str, ...]
    cells: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]
    shapes: Array | None
    crs: str | None


def read_rows(path: Path | str, *, what: str) -> Rows:
    """Read a CSV, or any layer that GDAL reads, as rows of text.

    Raises
    ------
    InputError
        If the file is not there, cannot be read or holds nothing.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected {what}")
    rows = _read_csv(path, what) if path.suffix.lower() in (".csv", ".txt", ".tsv") else _read_layer(path, what)
    if not rows.cells:
        raise InputError(f"{path}: holds no rows; expected {what}")
    return rows


def _read_csv(path: Path, what: str) -> Rows:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path}: cannot be read ({error}); expected {what} as CSV in UTF-8") from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(text.splitlines(), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV ({error}); expected {what}") from error
    if not lines:
        raise InputError(f"{path}: is empty; expected {what} with a heading")
    headings = tuple(name.strip() for name in lines[0])
    numbered = [(number, line) for number, line in enumerate(lines[1:], start=2) if any(map(str.strip, line))]
    faults = RowFaults(path, what)
    for name in {name for name in headings if headings.count(name) > 1}:
        faults.add(1, f"two columns {name!r}", "each heading once")
    for number, line in numbered:
        if len(line) != len(headings):
            faults.add(number, f"{len(line)} cells", f"{len(headings)} as in the heading")
    faults.raise_any()
    cells = tuple(dict(zip(headings, map(str.strip, line), strict=True)) for _, line in numbered)
    return Rows(headings, cells, tuple(number for number, _ in numbered), None, None)


def _read_layer(path: Path, what: str) -> Rows:
    try:
        meta, _, wkb, values = pyogrio.raw.read(path, datetime_as_string=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}); expected {what} as CSV, GeoJSON, GeoPackage or Shapefile"
        ) from error
    headings = tuple(map(str, meta["fields"]))
    count = len(values[0]) if len(values) else 0 if wkb is None else len(wkb)
    cells = tuple(
        {name: _cell(column[row]) for name, column in zip(headings, values, strict=True)} for row in range(count)
    )
    shapes = None if wkb is None else np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object)
    return Rows(headings, cells, tuple(range(1, count + 1)), shapes, meta["crs"])


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return ""
    return f"{value:.0f}" if isinstance(value, float | np.floating) and value == round(value) else str(value).strip()


def plain(heading: str) -> str:
    """A heading in small letters with underscores, for comparison: "Walk Path" is walk_path."""
    return "_".join(heading.lower().replace("-", " ").replace("_", " ").split())


def find_columns(rows: Rows, known: Sequence[str], mapping: Mapping[str, str], faults: RowFaults) -> dict[str, str]:
    """Headings by our names: as mapped, else those that are called as ours are.

    Wrong names on either side of the mapping are faults, with the nearest right word.
    """
    by_plain = {plain(heading): heading for heading in rows.headings}
    found = {name: by_plain[name] for name in known if name in by_plain}
    for ours, theirs in mapping.items():
        if ours not in known:
            faults.add(None, f"mapping of {ours!r}", f"one of {', '.join(known)}{nearest_told(ours, known)}")
        elif theirs not in rows.headings:
            near = nearest_told(theirs, rows.headings) or f": {', '.join(rows.headings) or 'it has none'}"
            faults.add(None, f"mapping of {ours} to {theirs!r}", f"a column of the file{near}")
        else:
            found[ours] = theirs
    return found


def number_in(text: str) -> float | None:
    """A finite number, or None if the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def to_city(shapes: Array, crs: str | None, city_crs: str, *, path: Path | str) -> Array:
    """Shapes in the city's reference system, two-dimensional.

    Raises
    ------
    InputError
        If the file names no reference system or one that is not known.
    """
    if crs is None:
        raise InputError(
            f"{path}: names no coordinate reference system (a Shapefile without .prj?); set it in QGIS and save again"
        )
    try:
        transformer = pyproj.Transformer.from_crs(crs, city_crs, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise InputError(f"{path}: unknown coordinate reference system {crs[:40]} ({error})") from error
    flat = shapely.force_2d(shapes)
    return np.asarray(shapely.transform(flat, lambda xy: np.column_stack(transformer.transform(*xy.T))), object)
