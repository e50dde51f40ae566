"""Tables of tags that anyone can edit: which OpenStreetMap tag makes what.

Comma-separated, UTF-8, one rule a line: `key`, `value` (``*`` stands for any), and what the table says of it.
The first row that fits an object counts; every word of a value such as ``nightclub;restaurant`` is tried.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Protocol, TypeVar

from simulator.errors import InputError
from street_networks.tables.texts import decoded, separator_of

Row = Mapping[str, str]


class TagRule(Protocol):
    """A row of such a table."""

    @property
    def key(self) -> str:
        """Key of the tag."""

    @property
    def value(self) -> str:
        """Value of the tag, or ``*``."""


Rule = TypeVar("Rule", bound=TagRule)


def read_tag_table(
    path: Path | str | None, shipped: str, columns: Sequence[str], *, rule_of: Callable[[Row, list[str]], Rule | None]
) -> tuple[Rule, ...]:
    """Rules of a user's table, or of the one that comes with the project.

    Parameters
    ----------
    path
        The user's table; None for the shipped one.
    shipped
        Name of the shipped table, an example to start from.
    columns
        Columns that it must have, beside `key` and `value`.
    rule_of
        Makes a rule of a row and appends to the list what is wrong with it.

    Raises
    ------
    InputError
        If it cannot be read; with every fault and its line.
    """
    where = shipped if path is None else str(path)
    lines = _text(path, shipped).splitlines()
    separator = separator_of(lines[0] if lines else ",")
    reader = csv.DictReader(lines, strict=True, delimiter=separator)
    wanted = ("key", "value", *columns)
    rules: list[Rule] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    try:
        missing = [name for name in wanted if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{where}: no column {', '.join(missing)}; expected the columns {', '.join(wanted)}")
        for raw in reader:
            row = {name: (raw[name] or "").strip() for name in wanted}
            told: list[str] = []
            if None in raw:
                told.append(f"{len(wanted)} cells expected, found {len(wanted) + len(raw[None])}")
            if not row["key"] or not row["value"]:
                told.append("no key or no value, expected a tag such as amenity,bar or shop,*")
            tag = (row["key"], row["value"])
            earlier = seen.get(tag, seen.get((row["key"], "*")))
            if earlier is not None:
                told.append(f"{row['key']},{row['value']} never counts: line {earlier} takes it; delete or move one")
            seen.setdefault(tag, reader.line_num)
            rule = rule_of(row, told)
            faults += [f"line {reader.line_num}: {fault}" for fault in told]
            if rule is not None:
                rules.append(rule)
    except csv.Error as error:
        faults.append(f"line {reader.line_num}: {error}, expected comma-separated cells")
    if not rules and not faults:
        faults.append("no rows, expected at least one")
    if faults:
        raise InputError(f"{where}: the table cannot be used; mend it, or start from the shipped {shipped}", faults)
    return tuple(rules)


def _text(path: Path | str | None, shipped: str) -> str:
    if path is None:
        return resources.files("street_networks.places").joinpath(shipped).read_text(encoding="utf-8")
    try:
        return decoded(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); expected a table like {shipped}") from error


def first_rule(tags: Mapping[str, str], rules: Sequence[Rule]) -> Rule | None:
    """The first rule that fits the tags, or None."""
    for rule in rules:
        words = [word.strip() for word in tags.get(rule.key, "").split(";") if word.strip()]
        if rule.value in words or (rule.value == "*" and words):
            return rule
    return None
