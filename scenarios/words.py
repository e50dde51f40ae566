"""Words of messages: what was found, and the nearest right word."""

import datetime
from collections.abc import Iterable
from typing import Any

_LONGEST = 60


def show(value: Any) -> str:
    """A value as a reader wrote it, short enough for one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = "".join(letter if letter.isprintable() else " " for letter in value[: _LONGEST + 1])
        return f'"{text}"' if len(value) <= _LONGEST else f'"{text[:_LONGEST]}..."'
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def listed(words: Iterable[str], last: str = "or") -> str:
    """Words as `a, b or c`."""
    every = list(words)
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} {last} {every[-1]}"


def nearest(word: str, right: Iterable[str], *, at_least: float = 60) -> str | None:
    """The right word that a wrong one is nearest to, or None if none is near.

    Parameters
    ----------
    word, right
        What was found, and what is known; case does not count.
    at_least
        Least likeness from 0 to 100.
    """
    from rapidfuzz import fuzz, process  # here, because only faults need it

    known = {one.casefold(): one for one in right}
    best = process.extractOne(word[:200].casefold(), list(known), scorer=fuzz.ratio, score_cutoff=at_least)
    return known[best[0]] if best else None


def near_ones(word: str, right: Iterable[str], *, at_most: int = 3) -> list[str]:
    """The right words nearest to a wrong one, best first."""
    from rapidfuzz import fuzz, process

    found = process.extract(word[:200].casefold(), list(right), scorer=fuzz.WRatio, limit=at_most, score_cutoff=50)
    return [one[0] for one in found]
