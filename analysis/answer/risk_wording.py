"""Sentences on incidents: recorded and expected ones, what is displaced, and the effect at which a measure pays."""

import math

import pandas as pd

from analysis.answer.wording import between, grade_word, interval, level, select
from analysis.comparison.intervals import BREAK_EVEN
from analysis.language import marked, tr

RECORDED = marked(
    "Recorded incidents are those of the expected ones that somebody reports: a measure that raises reporting raises "
    "recorded incidents without anything having got worse, so they are not judged."
)
ASSUMED_DISPLACEMENT = marked(
    "Displacement of offending is assumed, not found: a share of the averted hazard, drawn from −40 to +40 %, goes to "
    "streets near by or off the map (below zero: benefits spread). Displacement of footfall and fear is simulated."
)


def break_even_in_words(comparison: pd.DataFrame, scenario: str) -> str:
    """At which effect the cost is paid by incidents alone; empty where that is not known, or nothing is paid."""
    row = _of(comparison, scenario, "break_even_share")
    return "" if row is None else break_even_of_row(row)


def break_even_of_row(row: pd.Series) -> str:
    """The same from the row of `break_even_share`."""
    if not row["difference"]:
        return ""
    share, unit = float(str(row["difference"])), str(row["unit"])
    low, high = (float(str(row[name])) for name in ("low", "high"))
    if share <= 0.0:  # what saves money needs no effect to pay
        return ""
    most = level(high, unit) if high <= 1.0 else tr("more than all of them")
    notes = [interval(between([level(low, unit), most]))] if math.isfinite(high) and 0.0 < low <= 1.0 else []
    notes += [tr("weakest evidence: “{grade}”", grade=grade_word(str(row["grade"])))] if row["grade"] else []
    told = f" ({'; '.join(notes)})" if notes else ""
    if share > 1.0 and low <= 1.0:
        return tr(
            "in the middle of the draws it cannot pay by incidents alone, not even with none left on the streets that "
            "it touches; in some it can{notes}",
            notes=told,
        )
    if share > 1.0:
        return tr(
            "it cannot pay by incidents alone, not even with none left on the streets that it touches{notes}",
            notes=told,
        )
    return tr(
        "by incidents alone it pays if at least {share} fewer happen on the streets it touches{notes}",
        share=level(share, unit),
        notes=told,
    )


def nobody_evaluated(comparison: pd.DataFrame, scenario: str) -> bool:
    """Whether incidents have no verdict because no such measure has ever been evaluated."""
    return not select(comparison, scenario, indicator="incidents_expected", verdict=BREAK_EVEN).empty


def _of(comparison: pd.DataFrame, scenario: str, indicator: str) -> pd.Series | None:
    rows = select(comparison, scenario, indicator=indicator)
    return rows.iloc[0] if len(rows) else None
