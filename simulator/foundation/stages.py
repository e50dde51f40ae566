"""Where the time goes: seconds, calls, rows and bytes by stage, written down while the program runs.

Stages may lie within one another: the time of the inner one is not counted in the outer. What is written down never
changes what is computed.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NamedTuple

STAGES = ("load", "people", "plan", "conditions", "choose", "routes", "walk", "learn", "account", "write")
"""In the order in which a run meets them."""


class Spent(NamedTuple):
    """What one stage took."""

    seconds: float
    calls: int
    rows: int
    """Agents, tours, trips, ways or rows of tables that went through it."""
    bytes: int
    """Of the arrays or files that came out."""

    def plus(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(
            self.seconds + other.seconds, self.calls + other.calls, self.rows + other.rows, self.bytes + other.bytes
        )

    def less(self, other: "Spent") -> "Spent":
        """What this has more than the other."""
        return self.plus(Spent(-other.seconds, -other.calls, -other.rows, -other.bytes))


Table = dict[str, Spent]
_NOTHING = Spent(0.0, 0, 0, 0)


class _Local(threading.local):
    """What this thread records and runs: stages of other threads are none of its own."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.running: list[stage] = []


@contextmanager
def recorded() -> Iterator[Table]:
    """A table that fills while the block runs."""
    table: Table = {}
    _local.tables.append(table)
    try:
        yield table
    finally:
        _local.tables.pop()  # the last begun is the first to end


class stage:  # noqa: N801  # reads as a verb: with stage("plan")
    """The block that it heads belongs to a stage; `out` tells what came out of it."""

    def __init__(self, name: str) -> None:
        assert name in STAGES
        self._name, self._inside, self._rows, self._bytes = name, 0.0, 0, 0

    def __enter__(self) -> "stage":
        self._started = time.perf_counter()
        _local.running.append(self)
        return self

    def out(self, rows: int, size: int = 0) -> None:
        """So many rows, and bytes, came out."""
        self._rows, self._bytes = self._rows + rows, self._bytes + size

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        whole = time.perf_counter() - self._started
        _local.running.pop()
        if _local.running:
            _local.running[-1]._inside += whole
        if error is not None and not stage_of(error):
            error.add_note(f"{_FAILED_IN}{self._name}")
        spent = Spent(whole - self._inside, 1, self._rows, self._bytes)
        for table in _local.tables:
            table[self._name] = table.get(self._name, _NOTHING).plus(spent)


_local = _Local()


_FAILED_IN = "stage of the run: "


def stage_of(error: BaseException) -> str:
    """The innermost stage in which an error came up; empty if it was in none."""
    found = (note.removeprefix(_FAILED_IN) for note in getattr(error, "__notes__", ()) if note.startswith(_FAILED_IN))
    return next(found, "")


def together(*tables: Table) -> Table:
    """The sum of several tables, in the order of `STAGES`."""
    names = [name for name in STAGES if any(name in table for table in tables)]
    found = {}
    for name in names:
        spent = _NOTHING
        for table in tables:
            spent = spent.plus(table.get(name, _NOTHING))
        found[name] = spent
    return found


def less(table: Table, before: Table) -> Table:
    """What was added to a table since `before`."""
    found = {}
    for name, spent in table.items():
        was = before.get(name, _NOTHING)
        if spent.calls > was.calls:
            found[name] = spent.less(was)
    return found


def told(table: Table) -> dict[str, dict[str, float]]:
    """A table for a manifest."""
    return {
        name: {"seconds": round(spent.seconds, 4), "calls": spent.calls, "rows": spent.rows, "bytes": spent.bytes}
        for name, spent in together(table).items()
    }


def _read(table: Mapping[str, Mapping[str, Any]]) -> Table:
    return {name: Spent(*(one[field] for field in Spent._fields)) for name, one in table.items()}


def of_runs(manifests: Iterable[Mapping[str, Any]]) -> Table:
    """What some runs took by their manifests; what the runs of one draw have in common is counted once."""
    parts, seen = [], []
    for manifest in manifests:
        before, arm = (_read(manifest.get("stages", {}).get(kind, {})) for kind in ("before", "arm"))
        parts += [arm] if before in seen else [before, arm]  # to a tenth of a millisecond the same: of one job
        seen.append(before)
    return together(*parts)


def in_words(table: Table) -> list[str]:
    """Lines of a table, with a head and a sum."""
    lines = [f"{'stage':<12}{'seconds':>10}{'calls':>9}{'rows':>12}{'MB':>10}"]
    for name, spent in together(table).items():
        lines.append(f"{name:<12}{spent.seconds:>10.3f}{spent.calls:>9}{spent.rows:>12}{spent.bytes / 1e6:>10.1f}")
    return [*lines, f"{'sum':<12}{sum(spent.seconds for spent in table.values()):>10.3f}"]
