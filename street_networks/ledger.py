"""What was read of each source of a city, what was used, and what was left out and why.

Every reader adds an `Entry`: as many rows (ways, lamps, calls at stops ...) as it read, and how many of them were left
out for each reason. What stands in none of the reasons was used, so that nothing goes missing without a word. The
entries go into the metadata of the city, as text that `inspect` and `build` read.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

KEY = "sources_read"
"""Key of the metadata under which the entries stand."""
TOLD_SHARE = 0.02
"""Where more than this share was left out, `build` says so."""
REFUSED_SHARE = 0.5
"""Where more than this share cannot be used, a city is refused."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """What was read of one source.

    Parameters
    ----------
    source
        The file and what of it, such as "lamps.csv: rows".
    read
        How many there were.
    faulty
        How many cannot be used, by reason.
    by_rule
        How many can be read but do not belong to a city, by reason: motorways, lamps outside.
    """

    source: str
    read: int
    faulty: Mapping[str, int] = dataclasses.field(default_factory=dict)
    by_rule: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def used(self) -> int:
        """How many were used."""
        return self.read - sum(self.faulty.values()) - sum(self.by_rule.values())

    @property
    def faulty_share(self) -> float:
        """Share that cannot be used."""
        return sum(self.faulty.values()) / self.read if self.read else 0.0

    @property
    def left_out_share(self) -> float:
        """Share that was left out, for whatever reason."""
        return 1.0 - self.used / self.read if self.read else 0.0

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why some were left out, and how many for each reason; the commonest first."""
        all_of_them = [*self.faulty.items(), *self.by_rule.items()]
        return sorted(((why, count) for why, count in all_of_them if count), key=lambda one: (-one[1], one[0]))

    def __str__(self) -> str:
        said = ", ".join(f"{why} ({count})" for why, count in self.reasons)
        return f"{self.source}: {self.read} read, {self.used} used" + (f"; left out: {said}" if said else "")


def with_entries(metadata: Mapping[str, str], entries: Iterable[Entry]) -> dict[str, str]:
    """Metadata with further entries; those of the same source are replaced."""
    known = {entry.source: entry for entry in (*entries_of(metadata), *entries)}
    rows = [dataclasses.asdict(entry) for entry in known.values()]
    return {**metadata, **({KEY: json.dumps(rows, ensure_ascii=False)} if rows else {})}


def entries_of(metadata: Mapping[str, str]) -> list[Entry]:
    """The entries that stand in metadata; none where they cannot be read, for anybody may edit a city file."""
    try:
        return [_entry(row) for row in json.loads(metadata.get(KEY, "[]"))]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _entry(row: Mapping[str, Any]) -> Entry:
    faulty, by_rule = ({str(why): int(count) for why, count in row[word].items()} for word in ("faulty", "by_rule"))
    return Entry(str(row["source"]), int(row["read"]), faulty, by_rule)
