"""Rows of files that a city brings along (CSV, GeoJSON, GeoPackage, Shapefile), with their faults by row.

Row numbers are those a user sees: in a CSV the heading is row 1; in a layer the first feature is row 1.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from simulator.errors import InputError
from simulator.foundation.short_lists import cut
from simulator.foundation.spelling import nearest_told
from street_networks.tables.cell_values import has_decimal_comma, read_number
from street_networks.tables.layers import read_map_layer
from street_networks.tables.texts import cells_of, read_text_rows, widths_fault

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
            count = f"{len(self.lines)} faults" if len(self.lines) > 1 else "one fault"
            shown = cut(self.lines, SHOWN_FAULTS)
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
    likely_comma
        Whether a number such as "3,500" more likely has a decimal comma (cells are separated by semicolons).
    """

    headings: tuple[str, ...]
    cells: tuple[Mapping[str, str], ...]
    numbers: tuple[int, ...]
    shapes: Array | None
    crs: str | None
    likely_comma: bool = False

    @cached_property
    def decimal_comma(self) -> Mapping[str, bool]:
        """Whether the numbers of each column have a decimal comma, by heading."""
        return {
            name: has_decimal_comma((cell[name] for cell in self.cells), likely=self.likely_comma)
            for name in self.headings
        }

    def number(self, cell: Mapping[str, str], heading: str) -> float | None:
        """The number in a cell of this file, or None if there is none."""
        return number_in(cell[heading], decimal_comma=self.decimal_comma.get(heading, False))


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
    read = read_text_rows(path, what=f"{what} as CSV")
    faults = RowFaults(path, what)
    for number, found in widths_fault(read):
        faults.add(number, f"{found} cells", f"{len(read.headings)} as in the heading")
    faults.raise_any()
    return Rows(read.headings, tuple(cells_of(read)), tuple(read.numbers), None, None, read.likely_comma)


def _read_layer(path: Path, what: str) -> Rows:
    read = read_map_layer(path, what=f"{what} as CSV")
    count = len(read)
    cells = tuple({name: _cell(column[row]) for name, column in read.columns.items()} for row in range(count))
    return Rows(tuple(read.columns), cells, tuple(range(1, count + 1)), read.shapes, read.crs)


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


def number_in(text: str, *, decimal_comma: bool = False) -> float | None:
    """A finite number, or None if the text is none."""
    try:
        value = read_number(text, decimal_comma=decimal_comma)
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
