"""Columns of a run's summary that are added up, and its rows as numbers and codes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from simulator.errors import ResultsError
from simulator.results.coded import Coded
from simulator.results.schema import SUMMARY_VALUES

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
ZONES_COUNTED = ("core", "core_treated")
REPEATED = ("agents", "population")
TREATED = ("walking_s", "safe_s")
SUMMED = (
    *(name for name in SUMMARY_VALUES if name not in REPEATED),
    *(f"treated_{name}" for name in TREATED),
)
_KIND_OF = {"survey": "survey_", "home": "living", "year": "living"}
"""Which rows use a column, by the beginning of its name; all else is of those who walk."""
_KINDS = tuple(_KIND_OF.get(name.split("_")[0], "") for name in SUMMED)
ASKED = ("asked", "near", "near_before")
"""Itineraries of people who are asked."""
OF_HOMES = (*ASKED, "living")
"""Itineraries whose rows are of homes, wherever these lie."""


class Trimmed(NamedTuple):
    """Sums of the columns (last axis) that are used at all: most itineraries use few, and there are many runs."""

    used: Whole
    """Rows of `SUMMED`."""
    sums: Array

    @classmethod
    def of(cls, sums: Array, used: Whole | None = None) -> "Trimmed":
        """Without the columns that are zero everywhere; `used` says which of `SUMMED` the columns are, else all."""
        kept = np.flatnonzero(sums.any(axis=tuple(range(sums.ndim - 1))))
        return cls(kept if used is None else used[kept], np.ascontiguousarray(sums[..., kept]))


def codes_of(summary: Coded, name: str, words: Sequence[str]) -> Whole:
    """Where each word of a column stands among those that it may hold.

    Raises
    ------
    ResultsError
        If it holds another one.
    """
    column = summary.words[name]
    codes = column.among(words)
    if (codes < 0).any():
        found = column.at(int(np.argmin(codes)))
        raise ResultsError(f"summary.{name}: found {found!r}, expected one of {', '.join(words)}; run it again")
    return codes


def columns_of(itinerary: str) -> Whole:
    """Rows of `SUMMED` that rows of an itinerary use: what they do not use may be empty."""
    kind = "survey_" if itinerary in ASKED else itinerary if itinerary == "living" else ""
    return np.array([at for at, one in enumerate(_KINDS) if one == kind], np.int64)


def values_of(summary: Coded, rows: Whole, itinerary: str) -> tuple[Whole, Array]:
    """What is summed of rows of one itinerary: which of `SUMMED` are not all zero, and these, (rows, columns)."""
    treated = summary.words["zone"].isin(("core_treated",))[rows]
    used, columns = [], []
    for at in columns_of(itinerary):
        name = SUMMED[at]
        values = summary.numbers[name.removeprefix("treated_")][rows]
        if name.startswith("treated_"):
            values = np.where(treated, values, 0.0)
        if values.any():
            used.append(at)
            columns.append(values)
    values = np.array(columns, dtype=np.float64).reshape(len(columns), len(rows))
    return np.array(used, np.int64), np.ascontiguousarray(values.T)


def added_at(place: Whole, values: Array, size: int) -> Array:
    """Rows (N, K) added up by their place below `size`, in their order: (size, K)."""
    added = np.zeros((size, values.shape[1]))
    if np.bincount(place, minlength=1).max() <= 1:
        added[place] = values
    else:
        for at, column in enumerate(values.T):
            added[:, at] = np.bincount(place, weights=column, minlength=size)
    return added
