"""Sentences on incidents: recorded and expected ones, what is displaced, and the effect at which a measure pays."""

import math

import pandas as pd

from analysis.answer.wording import RANGE, change_with_interval, level, select
from analysis.comparison.intervals import BREAK_EVEN
from analysis.language import marked

RECORDED = (
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
    if row is None or not row["difference"]:
        return ""
    share, unit = float(str(row["difference"])), str(row["unit"])
    low, high = (float(str(row[name])) for name in ("low", "high"))
    if share <= 0.0:  # what saves money needs no effect to pay
        return ""
    most = level(high, unit) if high <= 1.0 else "more than all of them"
    notes = [f"90 % interval {level(low, unit)}{RANGE}{most}"] if math.isfinite(high) and 0.0 < low <= 1.0 else []
    notes += [f"weakest evidence: “{row['grade']}”"] if row["grade"] else []
    between = f" ({'; '.join(notes)})" if notes else ""
    if share > 1.0:
        return f"it cannot pay by incidents alone, not even with none left on the streets that it touches{between}"
    return (
        f"by incidents alone it pays if at least {level(share, unit)} fewer happen on the streets it touches{between}"
    )


def nobody_evaluated(comparison: pd.DataFrame, scenario: str) -> bool:
    """Whether incidents have no verdict because no such measure has ever been evaluated."""
    return not select(comparison, scenario, indicator="incidents_expected", verdict=BREAK_EVEN).empty


def displaced_in_words(comparison: pd.DataFrame, scenario: str) -> str:
    """What is displaced near by and off the map, and what could be at the adverse end; empty if nothing is averted."""
    found = (_of(comparison, scenario, f"displaced_{name}") for name in ("near", "outside", "adverse"))
    rows = [row for row in found if row is not None and not math.isnan(row["difference"])]
    if len(rows) < 3 or not any(row["difference"] for row in rows):
        return ""
    near, outside, adverse = (change_with_interval(row) for row in rows)
    return (
        f"Expected incidents a day displaced to streets near by: {near}; off the map: {outside}. "
        f"At the adverse end of the share it would be {adverse} in all."
    )


def _of(comparison: pd.DataFrame, scenario: str, indicator: str) -> pd.Series | None:
    rows = select(comparison, scenario, indicator=indicator)
    return rows.iloc[0] if len(rows) else None
