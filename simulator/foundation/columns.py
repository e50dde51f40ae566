"""The registry of array columns: name, dimension, type, unit and meaning, declared once.

A table is a frozen dataclass whose fields are made by `column`. What is not declared does not exist: tables
check their arrays on creation, `describe` documents them, and files take names and units from here.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from simulator.errors import InputError


@dataclasses.dataclass(frozen=True)
class Column:
    """What the registry knows of one column."""

    name: str
    dtype: np.dtype[Any]
    unit: str
    meaning: str
    low: float | None
    high: float | None
    unique: bool
    words: tuple[str, ...] | None
    refers: str | None


def column(
    dtype: str,
    *,
    unit: str,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    unique: bool = False,
    words: tuple[str, ...] | None = None,
    refers: str | None = None,
) -> Any:
    """Declare a column of a `Table`; `words` names the codes of a category, `refers` the table whose rows it holds."""
    if words is not None:
        low, high = 0, len(words) - 1
    declared = {
        "dtype": np.dtype(dtype),
        "unit": unit,
        "meaning": meaning,
        "low": low,
        "high": high,
        "unique": unique,
        "words": words,
        "refers": refers,
    }
    return dataclasses.field(metadata={"column": declared})


@dataclasses.dataclass(frozen=True)
class Table:
    """A table as a struct of read-only arrays of one length, checked when it is made.

    Raises
    ------
    InputError
        Listing every column of wrong type, length, range or with repeated keys.
    """

    title: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        """Cast each array to its declared type, check it and make it read-only."""
        faults: list[str] = []
        length: int | None = None
        for declared in columns_of(type(self)):
            raw = np.asarray(getattr(self, declared.name))
            array = _cast(raw, declared, self.title, faults)
            if length is None:
                length = array.shape[0] if array.ndim == 1 else -1
            if array.ndim != 1 or array.shape[0] != length:
                faults.append(
                    f"{self.title}.{declared.name}: shape {array.shape}, expected one row for each of {length}"
                )
            else:
                faults.extend(_range_faults(array, declared, self.title))
            array.flags.writeable = False
            object.__setattr__(self, declared.name, array)
        if faults:
            raise InputError(f"the {self.title} table cannot be used", faults)

    def __len__(self) -> int:
        """Number of rows."""
        first = dataclasses.fields(self)[0].name
        return int(getattr(self, first).shape[0])

    @classmethod
    def empty(cls) -> Any:
        """A table without rows."""
        return cls(**{c.name: np.zeros(0, c.dtype) for c in columns_of(cls)})

    def take(self, rows: np.ndarray[Any, Any]) -> Any:
        """A new table of the rows at the given positions (or where a boolean mask holds)."""
        return type(self)(**{c.name: getattr(self, c.name)[rows] for c in columns_of(type(self))})


def columns_of(table: type[Table]) -> Iterator[Column]:
    """The declared columns of a table, in order."""
    for field in dataclasses.fields(table):
        if "column" in field.metadata:
            yield Column(name=field.name, **field.metadata["column"])


def describe(table: type[Table]) -> str:
    """The table's columns as Markdown, for the documentation."""
    lines = [f"### {table.title}", "", "| column | type | unit | meaning |", "|---|---|---|---|"]
    for declared in columns_of(table):
        words = f" ({', '.join(declared.words)})" if declared.words else ""
        lines.append(f"| {declared.name} | {declared.dtype} | {declared.unit} | {declared.meaning}{words} |")
    return "\n".join(lines)


def _cast(raw: np.ndarray[Any, Any], declared: Column, title: str, faults: list[str]) -> np.ndarray[Any, Any]:
    try:
        with np.errstate(invalid="raise"):
            array = np.array(raw, dtype=declared.dtype)  # a copy: the table owns and freezes it
    except (ValueError, TypeError, OverflowError, FloatingPointError):
        faults.append(f"{title}.{declared.name}: {raw.dtype} values cannot be read as {declared.dtype}")
        return np.zeros(raw.shape[:1] or 0, dtype=declared.dtype)
    if declared.dtype.kind in "iu" and raw.dtype.kind == "f" and not np.array_equal(array, raw):
        faults.append(f"{title}.{declared.name}: holds fractions, expected whole numbers")
    return array


def _range_faults(array: np.ndarray[Any, Any], declared: Column, title: str) -> list[str]:
    faults = []
    where = f"{title}.{declared.name}"
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        row = int(np.argmin(np.isfinite(array)))
        faults.append(f"{where}: row {row} is {array[row]}, expected a finite number")
    elif array.size and array.dtype.kind not in "bU":
        if declared.low is not None and array.min() < declared.low:
            row = int(array.argmin())
            faults.append(f"{where}: row {row} is {array[row]}, expected at least {declared.low} {declared.unit}")
        if declared.high is not None and array.max() > declared.high:
            row = int(array.argmax())
            faults.append(f"{where}: row {row} is {array[row]}, expected at most {declared.high} {declared.unit}")
    if declared.unique:
        values, counts = np.unique(array, return_counts=True)
        if (counts > 1).any():
            faults.append(f"{where}: {values[counts > 1][0]} occurs {counts.max()} times, expected unique keys")
    return faults
