"""Words of messages: what was found, and lists of words."""

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
