"""Ideas beside each other: what each costs and changes, for women, men and everybody, in one table."""

import math
from collections.abc import Mapping

import pandas as pd

from analysis.answer import wording
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table
from analysis.answer.those_affected import WHO_IS_AFFECTED, people_affected
from analysis.language import marked_values, spoken, tr

_HALF_A_HUNDREDTH = 0.005
_AFTER_DARK = marked_values(
    {
        "feels_safe_share_treated": "safe on its streets",
        "feels_safe_share": "safe in the core",
        "trips_not_made": "trips not made",
    }
)
"""Indicators that ideas are held against each other by, and what their columns are called."""


def choice_table(comparison: pd.DataFrame, facts: Provenance) -> Table:
    """A row for women, men and everybody of each scenario of a comparison, in its order; all share draws and people."""
    body = idea_rows(comparison, {told.name: told.title for told in facts.scenarios})
    return Table(
        title=tr("The ideas beside each other: change after dark against the baseline (90 % interval)"),
        columns=("idea, and what it costs a year", "who", "affected", *_AFTER_DARK.values()),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 3, 4, 5),
        notes=(
            wording.marks_in_words(),
            tr(WHO_IS_AFFECTED),
            tr("Safe: walking time that feels safe, in points."),
            tr("Trips not made: of 1000 planned."),
            tr("All ideas share draws and random numbers."),
        ),
    )


def idea_rows(comparison: pd.DataFrame, titles: Mapping[str, str]) -> list[tuple[Entry, ...]]:
    """Rows for women, men and everybody of each scenario, by its name: title and cost, who, affected, and changes."""
    body: list[tuple[Entry, ...]] = []
    for name, title in titles.items():
        for gender in ("woman", "man", "all"):
            cells = [_cell(comparison, name, indicator, gender) for indicator in _AFTER_DARK]
            affected = people_affected(comparison, name, gender)
            body.append((f"{title}\n{_cost(comparison, name)}", wording.who(gender), affected, *cells))
    return body


def _cell(comparison: pd.DataFrame, scenario: str, indicator: str, gender: str) -> str:
    rows = wording.select(comparison, scenario, indicator=indicator, gender=gender, period="dark")
    if not len(rows):
        return "–"
    row = rows.iloc[0]
    told = _hundredths(row) if indicator == "trips_not_made" else wording.change_with_interval(row)
    return f"{wording.MARKS.get(str(row['verdict']), '')} {told}".strip()


def _hundredths(row: pd.Series) -> str:
    """A difference and its interval in hundredths: a smaller part of one trip in a thousand is noise."""
    numbers = [float(row[name]) for name in ("difference", "low", "high")]
    if not all(map(math.isfinite, numbers)):
        return wording.change_with_interval(row)
    if max(map(abs, numbers)) < _HALF_A_HUNDREDTH:
        return "0" if not any(numbers) else tr("under {limit}", limit=spoken().digits("0.01"))
    told = [f"{number:+.2f}".replace("-", wording.MINUS) for number in numbers]
    told = [spoken().digits("0.00" if set(one) <= set("+−0.") else one) for one in told]
    return f"{told[0]} ({wording.between(told[1:])})"


def _cost(comparison: pd.DataFrame, scenario: str) -> str:
    rows = wording.select(comparison, scenario, indicator="cost")
    if not len(rows):
        return tr("none")
    row = rows.iloc[0]
    return wording.money(float(row["difference"]), str(row["unit"]).split()[0])
