"""Rows of the evidence in words: which ones are asked for, a list of them, and one with all that is known of it."""

import dataclasses
import textwrap
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from simulator.errors import InputError
from simulator.evidence.borrowed import countries_of
from simulator.evidence.parameters import GRADES, Evidence, fitted_ensemble, load_evidence
from simulator.foundation.spelling import near_ones

GRADE_MEANS = {
    "measured": "from data at hand",
    "review": "from several studies, or an official rule",
    "single study": "from one study or survey, looked up",
    "recalled": "published, but read in the press or not looked up again",
    "weak": "from practice or vendors, or taken from something else",
    "assumption": "no source gives this number",
}
"""What each grade says of a source, from the surest on."""
_WIDTH = 110
_NOWHERE = "ZZ"
"""A code that ISO 3166 leaves to its users: no figure is from there."""


def rows_asked_for(name: str | None, grade: str | None) -> list[Evidence]:
    """The row of a name, else all rows that have it as a part of theirs; of one grade, if one is given.

    Raises
    ------
    InputError
        If there is none, with the names that are nearest.
    """
    evidence = load_evidence()
    given, grade = grade, grade and grade.replace("-", " ")  # single-study needs no quotes
    if grade is not None and grade not in GRADES:
        raise InputError(f"--grade: found {given!r}, expected one of {', '.join(GRADES)}, from the surest on")
    wanted = (name or "").strip().casefold().replace("-", "_")
    found = [evidence[wanted]] if wanted in evidence else [row for row in evidence.values() if wanted in row.name]
    if not found:
        raise InputError(f"evidence: no parameter is called {name!r}{_nearest(wanted)}")
    kept = [row for row in found if grade in (None, row.grade)]
    if not kept:
        grades = sorted({row.grade for row in found}, key=GRADES.index)
        raise InputError(f"evidence: no parameter called {name!r} is graded {grade!r}; found {', '.join(grades)}")
    return kept


def _nearest(wanted: str) -> str:
    near = near_ones(wanted, load_evidence())
    nearest = f"; the nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}" if near else ""
    return f"{nearest}; `afterdark evidence` lists them all"


def as_json(rows: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Rows with the countries that they are from (ISO 3166) and the modules that read them."""
    return [
        dataclasses.asdict(row) | {"countries": countries_of(row.applies_to), "acts_in": row.acts_in.split()}
        for row in rows
    ]


def listed(rows: Sequence[Evidence]) -> Iterator[str]:
    """One line a row, and how to see more."""
    values = [f"{row.value:g}" for row in rows]
    ranges = [_range(row) for row in rows]
    lengths = [max(map(len, column)) for column in ([row.name for row in rows], values, ranges)]
    for row, value, between in zip(rows, values, ranges, strict=True):
        name, number, span = lengths
        yield f"{row.name:{name}}  {value:>{number}}  {between:{span}}  {row.grade:12}  {row.unit}"
    yield ""
    yield f"{len(rows)} parameters: value, range of the draws, grade, unit. `afterdark evidence NAME` says more of one."
    yield f"Grades from the surest on: {', '.join(GRADES)}; `--grade` shows those of one."


def _range(row: Evidence) -> str:
    return "" if row.distribution == "fixed" else f"{row.low:g} to {row.high:g}"


def told(row: Evidence) -> Iterator[str]:
    """All that is known of one row, in lines of a terminal."""
    yield f"{row.name} = {row.value:g} {row.unit}"
    for label, text in _facts(row):
        begin = f"    {label:11}"
        yield from textwrap.wrap(text, _WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin))


def _facts(row: Evidence) -> Iterator[tuple[str, str]]:
    yield "what", row.note
    yield "range", _drawn(row)
    yield "grade", f"{row.grade}: {GRADE_MEANS[row.grade]}"
    yield "source", row.source
    codes = countries_of(row.applies_to)
    yield "applies", row.applies_to + (f" ({codes[0]})" if len(codes) == 1 else "")
    if row.elsewhere(_NOWHERE):
        low, high = row.range_in(_NOWHERE)
        ends = " to ".join(f"{float(f'{end:.3g}'):g}" for end in (low, high))
        yield "elsewhere", f"in a city of another country {ends} (see transfer_ratio)"
    for module in row.acts_in.split():
        summary = (import_module(module).__doc__ or "").strip().splitlines()[0]
        yield "acts in", f"{module}: {summary}"


def _drawn(row: Evidence) -> str:
    members = fitted_ensemble().get(row.name)
    if members is not None:
        low, high = np.quantile(members, [0.05, 0.95])
        return (
            f"before the fit {row.low:g} to {row.high:g}; draws are joint ones of the fit: "
            f"mean {members.mean():.3g}, 90 % from {low:.3g} to {high:.3g}"
        )
    if row.distribution == "fixed":
        span = f"others might take {row.low:g} to {row.high:g}; " if row.low < row.high else ""
        return f"{span}draws do not vary it"
    share = "all" if row.distribution.endswith("uniform") else "90 %"
    return f"{row.low:g} to {row.high:g} ({share} of draws; {row.distribution}, with the value as median)"
