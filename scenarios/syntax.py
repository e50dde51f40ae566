"""Say in plain words where and why a text is not TOML."""

import re

from tomlkit.exceptions import ParseError

from scenarios.positions import Positions
from scenarios.scenario import spell

_WORDS = {
    "InvalidControlChar": (
        "a line end or control character inside text",
        "quotes closed on the same line; close them, or use three quotes for text of several lines",
    ),
    "EmptyKeyError": ("no key", "key = value; write the key"),
    "InvalidCharInStringError": (
        "a backslash that means nothing",
        "an escape such as \\n; double the backslash, or use 'single quotes'",
    ),
    "InvalidNumberError": (
        "a number that cannot be read",
        "one such as 12 or 0.5; put a unit into the key, not here",
    ),
    "InvalidDateError": ("a date that does not exist", "one such as 2026-12-21; change it"),
    "InvalidTimeError": ("a time that does not exist", "one such as 22:30:00; change it"),
    "InvalidDateTimeError": ("a time that does not exist", "one such as 2026-12-21T22:30:00; change it"),
}


def syntax_faults(error: Exception, text: str, positions: Positions) -> list[tuple[int, str]]:
    """Translate what the parser said.

    Parameters
    ----------
    error
        What it raised.
    text, positions
        The text, and the keys found in it.

    Returns
    -------
    list of (int, str)
        Line, and key with what was found and expected: all keys set twice, or else the one place where parsing ended.
    """
    if positions.repeated:
        first_of_each = {second: (path, first) for path, first, second in reversed(positions.repeated)}
        return [
            (
                line,
                f"{spell(path)}: found it set again, expected it once; it is first set in line {first}: remove one",
            )
            for line, (path, first) in sorted(first_of_each.items())
        ]
    if positions.unclosed is not None and _at_end(error):
        path, line = positions.unclosed
        what = f"{spell(path)}: " if path else ""
        return [
            (
                line,
                f"{what}found the end of the file, expected a closing bracket or quotes; close what begins here",
            )
        ]
    line = error.line if isinstance(error, ParseError) else 1
    line = min(line, text.count("\n") + 1)  # the parser counts a lone carriage return as a line end
    found, expected = _WORDS.get(type(error).__name__, (None, None))
    if found is None:
        found, expected = _unexpected(str(error), text, line)
    return [(line, f"found {found}, expected {expected}")]


def _at_end(error: Exception) -> bool:
    return type(error).__name__ == "UnexpectedEofError" or "'\\x00'" in str(error)


def _unexpected(message: str, text: str, line: int) -> tuple[str, str]:
    rows = text.split("\n")
    row = rows[line - 1].strip() if 0 < line <= len(rows) else ""
    shown = "".join(letter if letter.isprintable() else " " for letter in row[:60])
    value = row.partition("=")[2].strip() if "=" in row else row
    if re.fullmatch(r"(True|False|TRUE|FALSE|yes|no),?\]?", value):
        return f'"{shown}"', "true or false in small letters; write it so"
    if row.startswith("[") and "=" not in row:
        return f'"{shown}"', "a header such as [[measures]]; close its brackets"
    if "=" not in row:
        return f'"{shown}"', "key = value; put = between key and value, quotes around text"
    if not value:
        return f'"{shown}"', "a value after =; write it"
    if re.match(r"[^\W\d_]|[‘’“”]", value):
        return f'"{shown}"', 'straight quotes around text, such as key = "words"; add them'
    reason = re.sub(r"\s*at line \d+ col \d+", "", message)[:120].strip()
    reason = "".join(letter if letter.isprintable() else " " for letter in reason)
    return f'"{shown}" ({reason})', "key = value as TOML has it; correct the line"
