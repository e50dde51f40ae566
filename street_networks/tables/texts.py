"""One way to read the text of somebody's table: its encoding, its separator, its rows, and words for yes and no.

Spreadsheets write what their country writes: UTF-8 with or without a byte-order mark, UTF-16, or Windows' cp1252;
commas, semicolons, tabs or bars between cells; empty rows at the end. Every table of text is read here.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from simulator.errors import InputError

SEPARATORS = ",;\t|"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_YES = frozenset(
    ["yes", "y", "true", "t", "1", "on", "ja", "oui", "o", "si", "sí", "sim", "s", "kyllä", "evet", "tak", "da"]
)
_NO = frozenset(["no", "n", "false", "f", "0", "off", "nein", "non", "não", "nao", "nej", "ei", "hayır", "nie", "ne"])
TRUTH = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
"""Words for yes and no, in small letters."""


class TextRows(NamedTuple):
    """A table of text: headings, rows with their numbers in the file, and what stood between cells."""

    headings: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    """Lines of the file on which rows end; the heading is line 1. Rows without any text are left out."""
    separator: str

    @property
    def likely_comma(self) -> bool:
        """Whether a number such as "3,500" more likely has a decimal comma: where commas do not separate cells."""
        return self.separator == ";"


def decoded(raw: bytes) -> str:
    """Text of a file's bytes: by its byte-order mark, else UTF-8, else cp1252 (Western Europe's spreadsheets)."""
    if raw[:2] in _UTF16:
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read_text_rows(path: Path, *, what: str, error: type[InputError] = InputError) -> TextRows:
    """Read a table of text.

    Parameters
    ----------
    path
        The file.
    what
        What is expected, for messages, such as "a table of persons".
    error
        The class to raise.

    Raises
    ------
    InputError
        If it cannot be read, is empty, a heading is there twice, or its quotes do not close.
    """
    try:
        text = decoded(path.read_bytes())
    except OSError as cause:
        raise error(f"{path}: cannot be read ({cause.strerror}); expected {what}") from cause
    return rows_of_text(text, where=str(path), what=what, error=error)


def rows_of_text(text: str, *, where: str, what: str, error: type[InputError] = InputError) -> TextRows:
    """The rows of a table's text; see `read_text_rows`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = separator_of(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        numbered = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as cause:
        raise error(f"{where}: line {reader.line_num} cannot be read as CSV ({cause}); expected {what}") from cause
    if not numbered:
        raise error(f"{where}: is empty; expected {what} with a heading")
    (_, heading), *rest = numbered
    headings = tuple(name.strip() for name in heading)
    for name in dict.fromkeys(filter(None, headings)):
        if headings.count(name) > 1:
            raise error(f"{where}: row 1: two columns {name!r}, expected each heading once")
    return TextRows(
        headings,
        [[cell.strip() for cell in row] for _, row in rest],
        [number for number, _ in rest],
        separator,
    )


def separator_of(heading: str) -> str:
    """What separates the cells of a heading: the mark that stands there most often outside quotes."""
    bare = "".join(heading.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def truth_of(word: str) -> bool | None:
    """Yes (True) or no (False) in one of the languages known here, also as a number such as 1.0; else None."""
    plain = word.strip().casefold()
    return TRUTH.get(plain.removesuffix(".0"))


def widths_fault(rows: TextRows) -> list[tuple[int, int]]:
    """Rows that have another number of cells than the heading: their number in the file, and how many they have."""
    width = len(rows.headings)
    return [(number, len(row)) for number, row in zip(rows.numbers, rows.rows, strict=True) if len(row) != width]


def cells_of(rows: TextRows) -> Sequence[dict[str, str]]:
    """Rows as dictionaries by heading; cells that are missing at the end are empty, those beyond the heading go."""
    width = len(rows.headings)
    whole = ([*row, *[""] * width][:width] for row in rows.rows)
    return [dict(zip(rows.headings, row, strict=True)) for row in whole]
