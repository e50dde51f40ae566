"""Lists told in short: whatever is left out is counted, so that nobody takes a part for the whole."""

from collections.abc import Iterable, Sequence
from typing import Any

MOST_WORDS = 10
"""Words of a list within a sentence."""


def rest_told(every: Sequence[Any], most: int | None, *, see: str = "") -> str:
    """`and 12 more` where more than `most` are to be told, else nothing; None tells all.

    `see` says what shows them all, where something does: `and 12 more; --all shows them`.
    """
    left = 0 if most is None else len(every) - most
    if left <= 0:
        return ""
    return f"and {left} more; {see}" if see else f"and {left} more"


def in_short(words: Iterable[str], most: int = MOST_WORDS, *, see: str = "") -> str:
    """Words within a sentence: `a, b, c and 12 more`."""
    every = list(words)
    return " ".join(filter(None, (", ".join(every[:most]), rest_told(every, most, see=see))))


def cut(lines: Sequence[str], most: int, *, see: str = "") -> list[str]:
    """The first lines, and one for those that are left out."""
    return [*lines[:most], *filter(None, (rest_told(lines, most, see=see),))]
