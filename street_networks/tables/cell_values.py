"""Read one cell of somebody's table: numbers with decimal comma or point, angles, clock times, yes or no.

Every reader takes text and raises ValueError with what was expected.
"""

import re
from collections.abc import Iterable

from street_networks.tables.texts import truth_of

_SURE_COMMA = re.compile(r"(^[+-]?0,\d+$)|(\.\d{3},\d+$)|(^[+-]?[\d ]+,(\d{1,2}|\d{4,})$)")
_SURE_POINT = re.compile(r"(^[+-]?0?\.\d+$)|(,\d{3}\.\d+$)|(^[+-]?[\d ]+\.(\d{1,2}|\d{4,})$)")
_DIGITS = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(\1\d{3})*")
_SPACES = re.compile(r"[\s'\u2019\u00a0\u202f]")
_MARKS_OF_DMS = re.compile(r"[\s\u00b0\u00ba:dms'\u2032\u2019\"\u2033\u201d]+")
_HEMISPHERES = {"N": ("latitude", 1), "S": ("latitude", -1), "E": ("longitude", 1), "W": ("longitude", -1)}
_LIMITS = {"latitude": 90, "longitude": 180}


def has_decimal_comma(texts: Iterable[str], *, likely: bool = False) -> bool:
    """Whether a column of numbers has decimal commas; `likely` decides if no number tells ("3,500" may be either)."""
    for text in texts:
        if _SURE_COMMA.search(text.strip()):
            return True
        if _SURE_POINT.search(text.strip()):
            return False
    return likely


def comma_by_range(
    texts: Iterable[str], comma: bool, limits: tuple[float, float], *, units: tuple[str, ...] = ()
) -> bool:
    """The reading of commas under which a column lies within limits, if only the other one does; else `comma`.

    Heights written as 8.000 and 10.500 in a file that separates cells by semicolons are metres, not kilometres.
    """

    def fits(reading: bool) -> bool:
        numbers = []
        for text in filter(str.strip, texts):
            try:
                numbers.append(read_number(text, decimal_comma=reading, units=units))
            except ValueError:
                continue
        return bool(numbers) and all(limits[0] <= number <= limits[1] for number in numbers)

    texts = list(texts)
    return (not comma) if fits(not comma) and not fits(comma) else comma


def read_number(text: str, *, decimal_comma: bool = False, units: tuple[str, ...] = ()) -> float:
    """A number such as 3500, "3 500", "3.500,5", "1,234.5" or "5,5 m".

    Parameters
    ----------
    text
        The cell.
    decimal_comma
        What a single mark before three digits means: "3,500" is 3.5 if true, 3500 if not.
    units
        Units that may stand behind it.
    """
    word = text.strip()
    for unit in units:
        if word.lower().endswith(unit.lower()):
            word = word[: -len(unit)]
            break
    word = _SPACES.sub("", word)
    if not _DIGITS.fullmatch(word):
        raise ValueError("a number")
    last = max(word.rfind(","), word.rfind("."))
    if last < 0:
        return float(word)
    mark, other = word[last], "." if word[last] == "," else ","
    grouped = _GROUPED.fullmatch(word)
    if word.count(mark) > 1 or (grouped and other not in word and (mark == ",") != decimal_comma):
        if not grouped:
            raise ValueError("a number")
        return float(word.replace(mark, ""))
    return float(word.replace(other, "").replace(mark, "."))


def read_angle(text: str, axis: str, *, decimal_comma: bool = False) -> float:
    """Degrees of latitude or longitude (`axis`) from decimal degrees or DMS such as 6°10'30"N or W 6 10 30.5."""
    word = text.strip()
    sign = 1.0
    for letter in (word[:1], word[-1:]):
        if letter in _HEMISPHERES:
            of_axis, sign = _HEMISPHERES[letter]
            if of_axis != axis:
                raise ValueError(f"a {axis}, not a {of_axis}")
            word = word.strip("NSEW").strip()
            if word.startswith(("-", "+")):
                raise ValueError("either a sign or a letter of the compass, not both")
            break
    if word.startswith(("-", "+")):
        sign, word = (-1.0 if word[0] == "-" else 1.0), word[1:]
    parts = [part for part in _MARKS_OF_DMS.split(word) if part]
    if not 1 <= len(parts) <= 3:
        raise ValueError("decimal degrees, or degrees, minutes and seconds")
    values = [read_number(part, decimal_comma=decimal_comma) for part in parts]
    if any(value != int(value) for value in values[:-1]) or any(not 0 <= value < 60 for value in values[1:]):
        raise ValueError("whole degrees and minutes, and minutes and seconds below 60")
    degrees = sign * sum(value / 60**power for power, value in enumerate(values))
    if abs(degrees) > _LIMITS[axis]:
        raise ValueError(f"at most {_LIMITS[axis]} degrees of {axis}")
    return degrees


def read_clock(text: str, *, decimal_comma: bool = False) -> float:
    """Hours (0 to 24) from a clock time such as 23:30, 23h30 or 23.5."""
    hour, *minutes = re.split(r"[:hH]", text.strip(), maxsplit=1)
    hours = read_number(hour, decimal_comma=decimal_comma)
    if minutes and minutes[0].strip():
        more = read_number(minutes[0].split(":")[0])
        if hours != int(hours) or not 0 <= more < 60:
            raise ValueError("a clock time such as 23:30")
        hours += more / 60
    if not 0 <= hours <= 24:
        raise ValueError("a clock time from 0:00 to 24:00")
    return hours


def read_share(text: str, *, decimal_comma: bool = False) -> float:
    """A share from 0 to 1, or a percentage with its sign."""
    percent = text.strip().endswith("%")
    share = read_number(text, decimal_comma=decimal_comma, units=("%",)) / (100 if percent else 1)
    if not 0 <= share <= 1:
        raise ValueError("a share from 0 to 1, or a percentage with its sign")
    return share


def read_yes(text: str) -> bool:
    """Yes or no, in one of the languages of `texts.TRUTH`."""
    truth = truth_of(text)
    if truth is None:
        raise ValueError("yes or no")
    return truth
