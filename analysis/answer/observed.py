"""What was counted or asked after a measure was built, as a user gives it in a CSV file.

Columns: `scenario`, `indicator`, `gender`, `age`, `period`, `year` (1, 3 or 6 years after), `value`, `source`, and if
known `low` and `high` (its 90 % interval) and `before` (the same counted before the measure).
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import SHARES
from simulator.errors import InputError
from simulator.foundation.categories import GENDERS
from simulator.foundation.spelling import nearest

REVIEW_YEARS = (1, 3, 6)
"""Years after a measure at which it is looked at again: a first count, one with habits settled, one before renewal."""
COUNTED = (
    "feels_safe_share_treated",
    "use_of_treated_minutes",
    "near_sdg_16_1_4_proxy",
    "sdg_16_1_4_proxy",
    "trips_not_made",
    "waiting_minutes",
    "incidents_recorded",
)
"""Indicators that a counter, a survey or a register could show."""
WORDS = ("scenario", "indicator", "gender", "age", "period", "source")
NUMBERS = ("year", "value", "low", "high", "before")
_NEEDED = ("scenario", "indicator", "year", "value", "source")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "indicator": COUNTED,
    "gender": (*GENDERS, "all"),
    "age": ("all",),
    "period": ("all", "day", "dark"),
}


def read_observed(file: Path) -> list[dict[str, Any]]:
    """Read and check a file of what was observed; plain values for `Basis.given`.

    Raises
    ------
    InputError
        Naming every fault with its line.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            names = [str(name).strip() for name in reader.fieldnames or ()]
            reader.fieldnames = names
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"--observed {file}: cannot be read ({reason}), expected a CSV file with columns {', '.join(_NEEDED)}"
        ) from None
    faults = [
        f"column {name!r}: expected one of {', '.join((*WORDS, *NUMBERS))}{_meant(name, (*WORDS, *NUMBERS))}"
        for name in names
        if name not in WORDS + NUMBERS
    ]
    faults += [f"found no column {name}, expected it" for name in _NEEDED if name not in names]
    if not faults and not rows:
        faults = ["found no row, expected one or more"]
    told = [] if faults else [_row(row) for row in rows]
    faults += [f"line {at}: {fault}" for at, row in enumerate(told, start=2) for fault in _faults(row)]
    if faults:
        raise InputError(f"--observed {file}: cannot be used", faults)
    return told


def check_observed(rows: Iterable[Mapping[str, Any]], cases: Sequence[str]) -> None:
    """Refuse what was observed of a case that is not compared.

    Raises
    ------
    InputError
    """
    unknown = dict.fromkeys(str(row["scenario"]) for row in rows if row["scenario"] not in cases)
    if unknown:
        raise InputError(
            f"--observed: found scenario {', '.join(unknown)}, expected {' or '.join(cases)}"
            f"{_meant(next(iter(unknown)), cases)}"
        )


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with words for what is left out, numbers as numbers, and what is no number as it stands."""
    told: dict[str, Any] = {name: str(row.get(name) or "").strip() for name in WORDS}
    told |= {name: told[name] or "all" for name in ("gender", "age", "period")}
    for name in NUMBERS:
        text = str(row.get(name) or "").strip()
        try:
            told[name] = float(text) if text else None
        except ValueError:
            told[name] = text
    return told


def _faults(row: Mapping[str, Any]) -> Iterator[str]:
    for name, allowed in _ALLOWED.items():
        if row[name] not in allowed:
            meant = _meant(row[name], allowed)
            yield f"{name}: found {row[name]!r}, expected {'one of ' * (len(allowed) > 1)}{', '.join(allowed)}{meant}"
    for name, expected in (("scenario", "the name of a case"), ("source", "who counted, and how")):
        if not row[name]:
            yield f"{name}: found nothing, expected {expected}"
    wrong = [name for name in NUMBERS if isinstance(row[name], str) or not math.isfinite(row[name] or 0.0)]
    for name in wrong:
        yield f"{name}: found {row[name]!r}, expected a number"
    if "year" not in wrong and row["year"] not in REVIEW_YEARS:
        yield f"year: found {row['year']!r}, expected {' or '.join(map(str, REVIEW_YEARS))}: years after it was built"
    if row["value"] is None:
        yield "value: found nothing, expected a number"
    yield from _out_of_range(row, wrong)
    ends = [row["low"], row["value"], row["high"]]
    if (row["low"] is None) != (row["high"] is None):
        yield "low, high: found one of them, expected both or none"
    elif not {"low", "value", "high"} & set(wrong) and None not in ends and ends != sorted(ends):
        yield f"low, value, high: found {row['low']}, {row['value']}, {row['high']}, expected them in this order"


def _out_of_range(row: Mapping[str, Any], wrong: Sequence[str]) -> Iterator[str]:
    """Numbers that the indicator cannot have: below zero, or of a share above one, as those are that mean per cent."""
    if row["indicator"] not in COUNTED:
        return
    is_share = INDICATORS[row["indicator"]].unit in SHARES
    for name in ("value", "low", "high", "before"):
        number = row[name]
        if name in wrong or number is None or (number >= 0.0 and not (is_share and number > 1.0)):
            continue
        expected = "a share from 0 to 1, as 0.63 for 63 per cent" if is_share else "a number, zero or more"
        yield f"{name}: found {number:g}, expected {expected}"


def _meant(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
