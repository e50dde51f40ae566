"""Whom a scenario can touch: how many, how safe they feel there now and with it, and trips won back."""

import math

import pandas as pd

from analysis.answer import wording
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table
from analysis.language import marked, marked_each, spoken, tr

_MINUTES = ("safe_minutes_treated", "safe minutes in all")
_HEADS = marked_each("safe minutes in all")
WHERE = "feels_safe_share_treated"
WHO_IS_AFFECTED = marked(
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
                wording.who(gender),
                _count(people),
                _MISSING if there is None else _now_and_then(there),
                _MISSING if minutes is None else _marked(minutes),
                _MISSING if trips is None else wording.change_with_interval(_turned(trips)),
            )
        )
    title = tr("Those affected: now → with it (90 % interval)")
    if period == "dark":
        title = tr("Those affected after dark: now → with it (90 % interval)")
    return Table(
        title=title,
        columns=("who", "people", "of 10 minutes, safe", fourth[1], "trips won back"),
        rows=tuple(body),
        numbers=(1, 2, 3, 4),
        notes=(
            tr(WHO_IS_AFFECTED),
            tr(
                "Minutes: walked on its streets; of 10 to those who walk there anyway, in all also to those who come "
                "anew."
            )
            if not brief
            else tr("Of 10 minutes that are walked on its streets by those who walk there anyway."),
            wording.marks_in_words(),
        ),
    )


def people_in_words(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    """How many women and men are affected, on one day and within 30 of them, in a sentence each; empty if nobody is."""
    counts = {who: _row(comparison, scenario, "affected_people", who, "all") for who in ("woman", "man", "all")}
    told = [
        f"{_rounded(row)} {wording.who(who)}"
        for who, row in counts.items()
        if row is not None and row["value"] and who != "all"
    ]
    everybody = counts["all"]
    if not told and everybody is not None and everybody["value"]:
        told = [tr("{count} people", count=_rounded(everybody))]
    if not told:
        return []
    sentences = [tr("It can reach about {people} on such a day.", people=wording.listed(told))]
    women = facts.scenario(scenario).in_30_days.get("woman", 0.0)
    if women and counts["woman"] is not None:
        count = wording.money(women, "")
        sentences.append(
            tr("Within 30 such days about {count} women would pass its streets (first draw).", count=count)
        )
    return sentences


def there_in_words(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    """How safe women feel on its streets now and with it, in a sentence; empty if none walk there."""
    period = "dark" if any(facts.dark_hours) else "all"
    there = _row(comparison, scenario, WHERE, "woman", period)
    if there is None:
        return ""
    put = {
        "now": _of_ten(there, "baseline"),
        "then": _of_ten(there, "value"),
        "verdict": wording.verdict_in_words(str(there["verdict"]), facts.draws),
    }
    if period == "dark":
        return tr(
            "Of ten minutes that women walk on its streets after dark, {now} feel safe now and {then} with it: "
            "{verdict}.",
            **put,
        )
    return tr(
        "Of ten minutes that women walk on its streets, {now} feel safe now and {then} with it: {verdict}.", **put
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
    return spoken().digits(f"{10.0 * float(row[name]):.1f}")


def _rounded(row: pd.Series) -> str:
    return wording.money(float(row["value"]), "") if float(row["value"]) >= 100 else f"{float(row['value']):.0f}"


def _count(row: pd.Series) -> str:
    if not math.isfinite(float(row["low"])):
        return f"{_rounded(row)} ({tr(wording.NO_INTERVAL)})"
    ends = [wording.money(max(float(row[name]), 0.0), "") for name in ("low", "high")]
    return f"{_rounded(row)} ({wording.between(ends)})"


def _turned(row: pd.Series) -> pd.Series:
    """Trips not made as trips won back: the other way round."""
    turned = row.copy()
    turned["difference"] = -float(row["difference"])
    turned["low"], turned["high"] = -float(row["high"]), -float(row["low"])
    return turned
