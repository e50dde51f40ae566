"""Whom a scenario can touch: how many, how safe they feel there now and with it, and trips won back."""

import math

import pandas as pd

from analysis.answer import wording
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table

_MINUTES = ("safe_minutes_treated", "safe minutes in all")
WHERE = "feels_safe_share_treated"
WHO_IS_AFFECTED = (
    "Affected: who walks or waits on its streets in its hours that day, with it or without, or would by the quickest "
    "way; and who goes otherwise because of it."
)
_MISSING = "–"


def affected_table(comparison: pd.DataFrame, scenario: str, facts: Provenance, *, brief: bool = False) -> Table:
    """A row for women, men and everybody affected; no row where nobody can be touched on the streets.

    If `brief`, what the answer leads with in the whole core stands beside, in place of minutes in all.
    """
    lead = facts.scenario(scenario).leads[0]
    fourth = (lead.indicator, lead.column) if brief else _MINUTES
    period = "dark" if any(facts.dark_hours) else "all"
    body: list[tuple[Entry, ...]] = []
    for gender in ("woman", "man", "all"):
        people, there, minutes, trips = (
            _row(comparison, scenario, indicator, gender, when)
            for indicator, when in (
                ("affected_people", "all"),
                (WHERE, period),
                (fourth[0], period),
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
                _MISSING if minutes is None else _marked(minutes),
                _MISSING if trips is None else wording.change_with_interval(_turned(trips)),
            )
        )
    when = " after dark" if period == "dark" else ""
    return Table(
        title=f"Those affected{when}: now → with it (90 % interval)",
        columns=("who", "people", "of 10 minutes, safe", fourth[1], "trips won back"),
        rows=tuple(body),
        numbers=(1, 2, 3, 4),
        notes=(
            WHO_IS_AFFECTED,
            "Minutes: walked on its streets; of 10 to those who walk there anyway, in all also to those who come anew."
            if not brief
            else "Of 10 minutes that are walked on its streets by those who walk there anyway.",
            "; ".join(f"{mark} {word}" for word, mark in wording.MARKS.items() if word),
        ),
    )


def people_in_words(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    """How many women and men are affected, on one day and within 30 of them, in a sentence each; empty if nobody is."""
    counts = {who: _row(comparison, scenario, "affected_people", who, "all") for who in ("woman", "man", "all")}
    told = [
        f"{_rounded(row)} {wording.WHO[who]}"
        for who, row in counts.items()
        if row is not None and row["value"] and who != "all"
    ]
    everybody = counts["all"]
    if not told and everybody is not None and everybody["value"]:
        told = [f"{_rounded(everybody)} people"]
    if not told:
        return []
    sentences = [f"It can reach about {' and '.join(told)} on such a day."]
    women = facts.scenario(scenario).in_30_days.get("woman", 0.0)
    if women:
        count = wording.money(women, "")
        sentences.append(f"Within 30 such days about {count} women would pass its streets (first draw).")
    return sentences


def there_in_words(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    """How safe women feel on its streets now and with it, in a sentence; empty if none walk there."""
    period = "dark" if any(facts.dark_hours) else "all"
    there = _row(comparison, scenario, WHERE, "woman", period)
    if there is None:
        return ""
    when = " after dark" if period == "dark" else ""
    verdict = wording.verdict_in_words(str(there["verdict"]), facts.draws)
    return (
        f"Of ten minutes that women walk on its streets{when}, {_of_ten(there, 'baseline')} feel safe now and "
        f"{_of_ten(there, 'value')} with it: {verdict}."
    )


def people_affected(comparison: pd.DataFrame, scenario: str, gender: str) -> str:
    """How many of a gender are affected, as a table has it."""
    row = _row(comparison, scenario, "affected_people", gender, "all")
    return _MISSING if row is None else _rounded(row)


def _row(comparison: pd.DataFrame, scenario: str, indicator: str, gender: str, period: str) -> pd.Series | None:
    found = wording.select(comparison, scenario, indicator=indicator, gender=gender, period=period)
    return found.iloc[0] if len(found) else None


def _marked(row: pd.Series) -> str:
    return f"{wording.MARKS.get(str(row['verdict']), '')} {wording.change_with_interval(row)}".strip()


def _now_and_then(row: pd.Series) -> str:
    mark = wording.MARKS.get(str(row["verdict"]), "")
    return f"{mark} {_of_ten(row, 'baseline')} → {_of_ten(row, 'value')}".strip()


def _of_ten(row: pd.Series, name: str) -> str:
    return f"{10.0 * float(row[name]):.1f}"


def _rounded(row: pd.Series) -> str:
    return wording.money(float(row["value"]), "") if float(row["value"]) >= 100 else f"{float(row['value']):.0f}"


def _count(row: pd.Series) -> str:
    if not math.isfinite(float(row["low"])):
        return f"{_rounded(row)} ({wording.NO_INTERVAL})"
    ends = [wording.money(max(float(row[name]), 0.0), "") for name in ("low", "high")]
    return f"{_rounded(row)} ({wording.RANGE.join(ends)})"


def _turned(row: pd.Series) -> pd.Series:
    """Trips not made as trips won back: the other way round."""
    turned = row.copy()
    turned["difference"] = -float(row["difference"])
    turned["low"], turned["high"] = -float(row["high"]), -float(row["low"])
    return turned
