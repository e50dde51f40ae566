"""Which column of a user's file is which of ours: words on the command line, or a TOML file.

``height_m=Hoehe,power_w=Watt`` or a file with one line ``height_m = "Hoehe"`` each. A table ``[types]`` in the file
says what the words of a column mean: ``Natriumdampf = "sodium_high"``.
"""

import dataclasses
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from simulator.errors import InputError


@dataclasses.dataclass(frozen=True)
class ColumnMapping:
    """Our name -> the file's column, and the file's words -> ours.

    Parameters
    ----------
    columns
        By our names.
    words
        What the file calls our types.
    crs
        CRS of the file's positions, if it was said.
    """

    columns: Mapping[str, str]
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    crs: str | None = None


def read_mapping(text: str, ours: Collection[str], *, option: str) -> ColumnMapping:
    """Read a mapping as given on the command line.

    Parameters
    ----------
    text
        Pairs ``ours=theirs`` with commas between them, or the path of a TOML file.
    ours
        The names that may be mapped.
    option
        The option's name, for messages.

    Raises
    ------
    InputError
        With every fault: names of ours that do not exist (and the nearest that does), pairs without ``=``,
        values that are no text, a file that cannot be read.
    """
    if text.endswith(".toml"):
        return _of_file(Path(text), ours, option)
    faults: list[str] = []
    columns: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, sign, column = (part.strip() for part in pair.partition("="))
        if not sign or not column:
            faults.append(f"found {pair!r}, expected ours=theirs")
        elif name in columns:
            faults.append(f"{name} is mapped twice, to {columns[name]!r} and {column!r}")
        else:
            columns[name] = column
    crs = columns.pop("crs", None)
    faults += _unknown(columns, ours)
    if faults or not columns:
        raise InputError(f"{option}: the mapping cannot be used", faults or ["found nothing, expected ours=theirs,..."])
    return ColumnMapping(columns, crs=crs)


def _of_file(path: Path, ours: Collection[str], option: str) -> ColumnMapping:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{option} {path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f'{option} {path}: is not TOML ({error}); expected lines such as height_m = "Hoehe"'
        ) from error
    words, crs = found.pop("types", {}), found.pop("crs", None)
    if not isinstance(words, dict):
        raise InputError(
            f"{option} {path}: types: found {words!r}, expected a table [types] of words and their meaning"
        )
    named = [*found.items(), *words.items(), *([("crs", crs)] if crs is not None else [])]
    faults = [f"{key}: found {value!r}, expected text" for key, value in named if not isinstance(value, str)]
    faults += _unknown(found, ours)
    if faults or not found:
        raise InputError(f"{option} {path}: the mapping cannot be used", faults or ["found no column"])
    return ColumnMapping(found, words, crs)


def _unknown(columns: Collection[str], ours: Collection[str]) -> list[str]:
    from rapidfuzz.process import extractOne

    faults = []
    for name in columns:
        if name not in ours:
            near = extractOne(name, list(ours), score_cutoff=50)
            hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(ours)}"
            faults.append(f"{name} is none of ours; {hint}")
    return faults
