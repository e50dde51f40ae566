"""Columns of a run's summary that are added up, and its rows as numbers and codes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulator.errors import ResultsError
from simulator.foundation.categories import ITINERARIES
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
_ASKED = tuple(ITINERARIES.index(name) for name in ("asked", "near", "near_before"))


class Trimmed(NamedTuple):
    """Sums of the columns (last axis) that are used at all: most itineraries use few, and there are many runs."""

    used: Whole
    """Rows of `SUMMED`."""
    sums: Array

    @classmethod
    def of(cls, sums: Array) -> "Trimmed":
        """Without the columns that are zero everywhere."""
        used = np.flatnonzero(sums.any(axis=tuple(range(sums.ndim - 1))))
        return cls(used, sums[..., used])


def codes_of(summary: pd.DataFrame, name: str, words: Sequence[str]) -> Whole:
    """Where each word of a column stands among those that it may hold.

    Raises
    ------
    ResultsError
        If it holds another one.
    """
    codes = pd.Index(words).get_indexer(pd.Index(summary[name].astype(str)))
    if (codes < 0).any():
        found = str(summary[name].iloc[int(np.argmin(codes))])
        raise ResultsError(f"summary.{name}: found {found!r}, expected one of {', '.join(words)}; run it again")
    whole: Whole = codes.astype(np.int64)
    return whole


def values_of(summary: pd.DataFrame, itinerary: Whole) -> tuple[Array, Any]:
    """What is summed of each row (rows, SUMMED), 0 where its itinerary does not use it; and which rows are of homes."""
    treated = (summary["zone"] == "core_treated").to_numpy()
    values = summary[list(SUMMED[: -len(TREATED)])].to_numpy(dtype=float)
    there = [np.where(treated, values[:, SUMMED.index(name)], 0.0) for name in TREATED]
    values = np.column_stack([values, *there])
    asked = np.isin(itinerary, _ASKED)
    kind = np.where(asked, "survey_", np.where(itinerary == ITINERARIES.index("living"), "living", ""))
    for at, name in enumerate(SUMMED):  # what a row's itinerary does not use may be empty
        values[kind != _KIND_OF.get(name.split("_")[0], ""), at] = 0.0
    return values, asked | (kind == "living")
