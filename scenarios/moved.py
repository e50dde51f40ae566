"""A case that is written into another folder: what it names beside it is still found from there."""

import os
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import tomlkit

_AREA_KEYS = ("layer", "within")


def from_other_folder(text: str, was_in: Path, folder: Path) -> str:
    """The text of a case with paths to the files that it names as seen from a folder; its notes stay.

    Parameters
    ----------
    text
        A scenario file that can be read.
    was_in, folder
        The folder from which its paths are, and the one into which it goes.
    """
    if was_in.resolve() == folder.resolve():
        return text
    document = tomlkit.parse(text)
    changed = False
    for table, key in _that_may_be_paths(document):
        value = table.get(key)
        if isinstance(value, str) and value and not Path(value).is_absolute() and (was_in / value).is_file():
            table[key] = Path(os.path.relpath((was_in / value).resolve(), folder.resolve())).as_posix()
            changed = True
    return tomlkit.dumps(document) if changed else text


def _that_may_be_paths(document: MutableMapping[str, Any]) -> Iterator[tuple[MutableMapping[str, Any], str]]:
    """Tables and their keys in which a case may name a file."""
    yield document, "extends"
    yield document, "city"
    for measure in document.get("measures", ()):
        where = measure.get("where")
        if isinstance(where, MutableMapping):
            yield from ((where, key) for key in _AREA_KEYS)
