"""Faults of a city file: layer, feature, what was found and expected, and the remedy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulator.errors import CityError

Array = np.ndarray[Any, Any]
SHOWN_PER_CHECK = 5
REBUILD = "build the city again, or mend it in QGIS"
MEND = "mend the cell in QGIS"


class Fault(NamedTuple):
    """One fault: where it is (`feature` is a key, or None for the whole layer), and what to do about it."""

    layer: str
    feature: str | None
    found: str
    expected: str
    remedy: str

    def line(self) -> str:
        """Where, what was found and what was expected, in one line."""
        where = self.layer if self.feature is None else f"{self.layer}, feature {self.feature}"
        return f"{where}: {self.found}{f', expected {self.expected}' if self.expected else ''}"


class Faults:
    """Faults of one file; of each check the first few, or all of them if `shown` is None."""

    def __init__(self, path: Path, *, shown: int | None = SHOWN_PER_CHECK) -> None:
        self._path = path
        self._shown = shown
        self.found: list[Fault] = []

    def add(self, layer: str, feature: object, found: str, expected: str, *, remedy: str = REBUILD) -> None:
        """Note one fault; `feature` is the key of the feature, or None for the whole layer."""
        self.found.append(Fault(layer, None if feature is None else str(feature), found, expected, remedy))

    def add_rows(
        self,
        layer: str,
        keys: Array,
        bad: Array,
        *,
        found: Callable[[int], str],
        expected: str,
        remedy: str = MEND,
    ) -> None:
        """Note the first faults among rows where `bad` holds, and how many more there are.

        `found` tells what a row holds; it is asked of bad rows alone, for most files have none.
        """
        rows = np.flatnonzero(bad)
        for row in rows[: self._shown]:
            self.add(layer, keys[row], found(row), expected, remedy=remedy)
        hidden = 0 if self._shown is None else len(rows) - self._shown
        if hidden > 0:
            self.add(layer, None, f"{hidden} more features like the last", "")

    def raise_any(self) -> None:
        """Raise CityError with all faults if there are any."""
        if self.found:
            count = f"{len(self.found)} faults" if len(self.found) > 1 else "one fault"
            advice = f"{REBUILD}; `afterdark network validate` lists every fault with its remedy"
            raise CityError(f"{self._path}: this city file has {count}; {advice}", [one.line() for one in self.found])
