"""Which column of a user's file is which of ours: words on the command line, or a TOML file.

``height_m=Hoehe,power_w=Watt``, or a file with a table ``[columns]`` of lines such as ``height_m = "Hoehe"`` and, where
words differ, tables ``[values.lamp_type]`` of ``"Natriumdampf" = "sodium_high"``. ``crs=EPSG:25832`` says in what
coordinates positions are.
"""

import dataclasses
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from simulator.errors import InputError
from simulator.foundation.spelling import nearest


@dataclasses.dataclass(frozen=True)
class ColumnMapping:
    """Our name -> the file's column, and our name -> the file's word -> our word.

    Parameters
    ----------
    columns
        By our names.
    values
        What the file calls our words, by our names.
    crs
        CRS of the file's positions, if it was said.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    crs: str | None = None


def read_mapping(
    text: str | None, ours: Collection[str], *, option: str, theirs: Collection[str] | None = None
) -> ColumnMapping:
    """Read a mapping as given on the command line, and check it.

    Parameters
    ----------
    text
        Pairs ``ours=theirs`` with commas between them, or the path of a TOML file; None maps nothing.
    ours
        The names that may be mapped.
    option
        The option's name, for messages.
    theirs
        The columns that the file has, where they are known: columns of the same name as ours are taken too.

    Raises
    ------
    InputError
        With every fault: names on either side that do not exist (and the nearest that does), pairs without ``=``,
        values that are no text, a file that cannot be read.
    """
    faults: list[str] = []
    text = text or ""
    columns, values = _of_file(Path(text), option) if text.endswith(".toml") else _of_pairs(text, faults)
    crs = columns.pop("crs", None)
    faults += [f"{name} is none of ours{_nearest(name, ours)}" for name in (*columns, *values) if name not in ours]
    if theirs is not None:
        for name, column in columns.items():
            if column not in theirs:
                faults.append(f"{name}: the file has no column {column!r}{_nearest(column, theirs)}")
        columns = {**{name: name for name in ours if name in theirs}, **columns}
    if not columns and not faults and theirs is None:
        faults.append("found nothing, expected ours=theirs,...")
    if faults:
        raise InputError(f"{option} {text}: cannot be used", faults)
    return ColumnMapping(columns, values, crs)


def _of_pairs(text: str, faults: list[str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    columns: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, sign, column = (part.strip() for part in pair.partition("="))
        if not sign or not column:
            faults.append(f"found {pair!r}, expected ours=theirs")
        elif name in columns:
            faults.append(f"{name} is mapped twice, to {columns[name]!r} and {column!r}")
        else:
            columns[name] = column
    return columns, {}


def _of_file(path: Path, option: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{option} {path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{option} {path}: is not TOML ({error})") from error
    columns, values = found.get("columns", {}), found.get("values", {})
    tables = isinstance(columns, dict) and isinstance(values, dict) and not set(found) - {"columns", "values"}
    if not tables or not all(_are_words(one) for one in (columns, *values.values())):
        raise InputError(
            f'{option} {path}: expected a table [columns] of lines such as name = "street", and tables '
            f"[values.OURS] of words and their meaning; found {', '.join(found) or 'nothing'}"
        )
    return dict(columns), values


def _are_words(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(word, str) for word in table.values())


def _nearest(word: str, known: Collection[str]) -> str:
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else f"; expected one of {', '.join(known) or 'none'}"
