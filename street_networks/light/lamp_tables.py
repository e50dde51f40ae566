"""Rows of lamp inventories as they are read: cells by column, shapes, and faults by kind."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from simulator.errors import CityError
from street_networks.tables.layers import read_map_layer
from street_networks.tables.texts import cells_of, read_text_rows

Array = np.ndarray[Any, Any]
_SHOWN_ROWS = 3


@dataclasses.dataclass
class Cells:
    """The file as text, by the name of its columns."""

    columns: dict[str, list[str]]
    shapes: Array | None
    crs: str | None
    numbers: list[int]  # of the lines or features, from 1
    likely_comma: bool


class Checks:
    """Faults by kind, with the rows they were found in."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers
        self._found: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self.bad = np.zeros(len(numbers), bool)

    def add(self, row: int | np.signedinteger[Any], column: str, found: str, expected: str) -> None:
        """Note a fault; the row will not be used."""
        self.bad[row] = True
        self._found.setdefault((column, expected), []).append((self._numbers[row], found))

    def lines(self) -> tuple[str, ...]:
        """A line a kind of fault, those with most rows first."""
        lines = []
        for (column, expected), rows in sorted(self._found.items(), key=lambda item: (-len(item[1]), item[0])):
            shown = ", ".join(f"row {row}: {found!r}" for row, found in rows[:_SHOWN_ROWS])
            more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
            lines.append(f"{column}: expected {expected}, found in {shown}{more}")
        return tuple(lines)


def read_csv(path: Path) -> Cells:
    """Rows of a CSV of lamps, a lamp a line."""
    rows = read_text_rows(path, what="a lamp inventory", error=CityError)
    if not rows.rows:
        raise CityError(f"{path}: has one line, expected a line of column names and a line a lamp")
    cells_by_row = cells_of(rows)
    columns = {name: [cell[name] for cell in cells_by_row] for name in rows.headings}
    return Cells(columns, None, None, rows.numbers, likely_comma=rows.likely_comma)


def read_layer(path: Path, layer: str | None) -> Cells:
    """Rows of a layer of lamps, a lamp each point."""
    read = read_map_layer(path, what="a lamp inventory as CSV", layer=layer, error=CityError)
    columns = {name: [_text(value) for value in column] for name, column in read.columns.items()}
    if read.shapes is None:
        return Cells(columns, None, read.crs, list(range(1, len(read) + 1)), likely_comma=False)
    shapes, row = _each_point(read.shapes)
    columns = {name: [column[at] for at in row] for name, column in columns.items()}
    return Cells(columns, shapes, read.crs, [at + 1 for at in row], likely_comma=False)


def _each_point(shapes: Array) -> tuple[Array, list[int]]:
    """Shapes with every point of a MultiPoint apart, as each is a lamp, and the feature that each is of."""
    parts: list[Any] = []
    rows: list[int] = []
    for row, shape in enumerate(shapes):
        several = list(shapely.get_parts(shape)) if shape is not None and shape.geom_type == "MultiPoint" else [shape]
        parts += several or [None]
        rows += [row] * max(len(several), 1)
    apart = np.empty(len(parts), object)
    apart[:] = parts
    return apart, rows


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and np.isnan(value)) else str(value)
