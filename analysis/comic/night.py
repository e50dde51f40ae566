"""A night as a run keeps it (`simulator.accounting.one_night`), read back for drawing."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from simulator.errors import ResultsError

PARTS = 3
"""Beginning, the streets that are changed (or the middle), end."""


@dataclasses.dataclass(frozen=True)
class Part:
    """What a part of the way is like: means over its time.

    `feels_safe`, `unlit`, `park`, `tunnel`, `changed` and `waiting` are shares from 0 to 1; `dark` is 0 by day and 1 in
    full darkness; `people_in_view` is an expected number.
    """

    feels_safe: float
    dark: float
    unlit: float
    people_in_view: float
    park: float
    tunnel: float
    changed: float
    waiting: float


@dataclasses.dataclass(frozen=True)
class Trip:
    """One wished trip in one arm: whether and how it is made; `parts` is empty where she is not outdoors."""

    goes: bool
    mode: str
    accompanied: bool
    sets_out_min: int
    origin: str
    destination: str
    minutes: int
    feels_safe: float | None
    parts: tuple[Part, ...]

    @property
    def clock(self) -> str:
        """When she sets out, to the quarter of an hour."""
        return f"{self.sets_out_min // 60:02d}:{self.sets_out_min % 60:02d}"


@dataclasses.dataclass(frozen=True)
class Night:
    """The same trip today and with the measures, and among how many women hers is the one in the middle."""

    women: int
    today: Trip
    with_it: Trip


def read_night(told: Mapping[str, Any]) -> Night:
    """Read a night as a manifest has it.

    Raises
    ------
    ResultsError
        If something is missing or of another kind.
    """
    try:
        return Night(int(told["women"]), _trip(told["without"]), _trip(told["with"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ResultsError(f"night of the comic: cannot be read ({error!r}); compare again") from None


def _trip(told: Mapping[str, Any]) -> Trip:
    parts = tuple(Part(**{name: float(value) for name, value in one.items()}) for one in told["parts"])
    if len(parts) not in (0, PARTS):
        raise ValueError(f"found {len(parts)} parts, expected {PARTS} or none")
    return Trip(**{**told, "sets_out_min": int(told["sets_out_min"]), "parts": parts})
