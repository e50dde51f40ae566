"""The plan of an evaluation in words and as a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer import wording
from analysis.answer.tables import Table

_OFTEN = 0.5
_ALL_OF_IT = -0.99
"""A fall that has to be larger than this is no fall that anybody could show."""
_NONE = "–"
_FEW = "So few draws do not tell how unsure the expected changes are: chances and sizes take them as known."


def plan_table(rows: pd.DataFrame) -> Table:
    """What is asked and counted, what is expected, what would be seen."""
    body = [
        (
            f"{row['who']} who {row['what']}" if _is_share(row) else str(row["what"]),
            _level(row),
            _expected(row),
            _detectable(row),
            _NONE if np.isnan(row["chance"]) else f"{row['chance']:.0%}",
            _needed(row),
        )
        for row in rows.to_dict("records")
    ]
    sizes = rows.drop_duplicates(["size_unit", "note"])
    return Table(
        title="What an evaluation of this size could show",
        columns=("what", "now", "expected (90 % interval)", "shown from", "chance", "size needed"),
        rows=tuple(body),
        numbers=(1, 2, 3, 4, 5),
        notes=(
            "Pilot against control, after against before, at 90 % confidence. Shown from: the smallest change that 80 "
            "of 100 evaluations show. Chance: to show the change, over what it may be. Size needed: for 80 %.",
            *(_size(row) for row in sizes.to_dict("records")),
        ),
    )


def plan_in_words(rows: pd.DataFrame) -> list[str]:
    """What is worth doing, in a sentence for each thing that is asked or counted."""
    leading = rows[rows["who"].isin(("women", "everybody"))].drop_duplicates("what")
    told = [_sentence(row) for row in leading.to_dict("records")]
    expected = rows[rows["expected"].notna()]
    return [*told, _FEW] if expected["low"].isna().any() else told


def _sentence(row: Mapping[str, Any]) -> str:
    what = f"Of {row['who']} who {row['what']}" if _is_share(row) else f"Of {row['what']}"
    shown = _detectable(row)
    first = f"{what}, this size shows a change from {shown} on" if shown != _NONE else f"{what}, this size shows none"
    chance, needed = float(row["chance"]), _needed(row)
    if np.isnan(chance):
        return f"{first}; none is expected, since no such measure was ever evaluated."
    if chance >= _OFTEN:
        return f"{first}; it would show the expected one in {100 * chance:.0f} of 100 evaluations."
    if needed == _NONE:
        return (
            f"{first}; it would show the expected one in {100 * chance:.0f} of 100, and no larger size would in 80: "
            "the effect itself is too small or too unsure."
        )
    return f"{first}; it would show the expected one in {100 * chance:.0f} of 100, {needed} in 80."


def _size(row: Mapping[str, Any]) -> str:
    note = f"; {row['note']}" if row["note"] else ""
    return f"{str(row['what']).capitalize()}: {row['size']:g} {row['size_unit']}{note}."


def _is_share(row: Mapping[str, Any]) -> bool:
    return str(row["unit"]) == "share"


def _level(row: Mapping[str, Any]) -> str:
    return f"{100.0 * row['baseline']:.0f} %" if _is_share(row) else f"{row['baseline']:.3g}"


def _signed(row: Mapping[str, Any], name: str) -> str:
    return f"{100.0 * row[name]:+.{1 if _is_share(row) else 0}f}".replace("-", "−")


def _unit(row: Mapping[str, Any]) -> str:
    return "points" if _is_share(row) else "%"


def _detectable(row: Mapping[str, Any]) -> str:
    change = float(row["detectable"])
    return _NONE if np.isnan(change) or change < _ALL_OF_IT else f"{_signed(row, 'detectable')} {_unit(row)}"


def _expected(row: Mapping[str, Any]) -> str:
    if np.isnan(row["expected"]):
        return "not known"
    ends = f" ({_signed(row, 'low')} to {_signed(row, 'high')})" if np.isfinite(row["low"]) else ""
    return f"{_signed(row, 'expected')}{ends} {_unit(row)}"


def _needed(row: Mapping[str, Any]) -> str:
    return _NONE if np.isnan(row["size_needed"]) else wording.whole_number(float(row["size_needed"]))
