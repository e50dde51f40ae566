"""Whom a scenario can touch: how many, how safe they feel there now and with it, and trips won back."""

import math

import pandas as pd

from analysis.answer import wording
from analysis.answer.provenance import Provenance, ScenarioFacts
from analysis.answer.tables import Entry, Table

WHERE = "feels_safe_share_treated"
_MISSING = "–"


def affected_table(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> Table:
    """A row for women, men and everybody affected; no row where nobody can be touched on the streets."""
    period = "dark" if any(facts.dark_hours) else "all"
    body: list[tuple[Entry, ...]] = []
    for gender in ("woman", "man", "all"):
        people, there, minutes, trips = (
            _row(comparison, scenario, indicator, gender, when)
            for indicator, when in (
                ("affected_people", "all"),
                (WHERE, period),
                ("safe_minutes_treated", period),
                ("affected_trips_not_made", period),
            )
        )
        if people is None or not float(people["value"]):
            continue
        body.append(
            (
                wording.WHO[gender],
                _count(people),
                _MISSING if there is None else _now_and_then(there),
                _MISSING if minutes is None else wording.change_with_interval(minutes),
                _MISSING if trips is None else wording.change_with_interval(_turned(trips)),
            )
        )
    when = " after dark" if period == "dark" else ""
    return Table(
        title=f"Those affected{when}: now → with it (90 % interval)",
        columns=("who", "people", "of 10 minutes, safe", "safe minutes in all", "trips won back"),
        rows=tuple(body),
        numbers=(1, 2, 3, 4),
        notes=(
            "Affected: who walks or waits on its streets that day, with it or without, or would by the quickest way.",
            "Minutes: walked on its streets; of 10 to those who walk there anyway, in all also to those who come anew.",
        ),
    )


def affected_sentence(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    """How many women and men are affected and how safe women feel there, in one sentence or two; empty if nobody is."""
    period = "dark" if any(facts.dark_hours) else "all"
    counts = {who: _row(comparison, scenario, "affected_people", who, "all") for who in ("woman", "man")}
    told = [f"{_rounded(row)} {wording.WHO[who]}" for who, row in counts.items() if row is not None and row["value"]]
    if not told:
        return ""
    text = f"It can touch about {' and '.join(told)} on such a day{_in_a_month(facts.scenario(scenario))}."
    there = _row(comparison, scenario, WHERE, "woman", period)
    if there is None:
        return text
    when = "after dark " if period == "dark" else ""
    return (
        f"{text} Of ten minutes that women walk {when}on its streets, {_of_ten(there, 'baseline')} feel safe now and "
        f"{_of_ten(there, 'value')} with it (verdict: {there['verdict']})."
    )


def _in_a_month(told: ScenarioFacts) -> str:
    women = told.in_30_days.get("woman", 0.0)
    return f", and about {wording.money(women, '')} different women within 30 such days" if women else ""


def people_affected(comparison: pd.DataFrame, scenario: str, gender: str) -> str:
    """How many of a gender are affected, as a table has it."""
    row = _row(comparison, scenario, "affected_people", gender, "all")
    return _MISSING if row is None else _rounded(row)


def _row(comparison: pd.DataFrame, scenario: str, indicator: str, gender: str, period: str) -> pd.Series | None:
    found = wording.select(comparison, scenario, indicator=indicator, gender=gender, period=period)
    return found.iloc[0] if len(found) else None


def _now_and_then(row: pd.Series) -> str:
    mark = wording.MARKS.get(str(row["verdict"]), "")
    return f"{mark} {_of_ten(row, 'baseline')} → {_of_ten(row, 'value')}".strip()


def _of_ten(row: pd.Series, name: str) -> str:
    return f"{10.0 * float(row[name]):.1f}"


def _rounded(row: pd.Series) -> str:
    return wording.money(float(row["value"]), "") if float(row["value"]) >= 100 else f"{float(row['value']):.0f}"


def _count(row: pd.Series) -> str:
    ends = [wording.money(max(float(row[name]), 0.0), "") for name in ("low", "high")]
    if not math.isfinite(float(row["low"])):
        return f"{_rounded(row)} ({wording.NO_INTERVAL})"
    return f"{_rounded(row)} ({wording.RANGE.join(ends)})"


def _turned(row: pd.Series) -> pd.Series:
    """Trips not made as trips won back: the other way round."""
    turned = row.copy()
    turned["difference"] = -float(row["difference"])
    turned["low"], turned["high"] = -float(row["high"]), -float(row["low"])
    return turned
