"""Equity as a finding: gaps and the worst off before and after, gains and losses by group, weights where asked for."""

from collections.abc import Mapping

import pandas as pd

from analysis.answer import wording
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table, Verdict
from analysis.comparison.equity import (
    COMPARED,
    GAINED,
    GAP,
    GROUP,
    LOST,
    REST,
    SAFE,
    WEIGHTED,
    WORST_AFTER,
    WORST_BEFORE,
    equity_of,
)
from analysis.comparison.intervals import BETTER, FEWEST_DRAWS, VERDICTS, WORSE
from analysis.indicators.catalogue import INDICATORS
from analysis.language import marked_values, tr
from simulator.errors import InputError
from simulator.foundation.categories import ATTRIBUTES

WEIGHT = "equity_weight"
"""What the user gives: how much the worst off count, by its name in `Basis.given`."""
MOST_WEIGHT = 5.0
"""Beyond it only the very worst off would count."""
_CHANGES = (BETTER, WORSE)
_SHORT = marked_values({SAFE: "feeling safe", COMPARED[1]: "expected incidents"})


def check_weight(weight: float) -> dict[str, float]:
    """What is given to a comparison for a weight; nothing for none.

    Raises
    ------
    InputError
        If it is below 0 or above `MOST_WEIGHT`, or no number.
    """
    if not 0.0 <= weight <= MOST_WEIGHT:
        raise InputError(
            f"--equity-weight: found {weight:g}, expected 0 (nobody counts more) to {MOST_WEIGHT:g}; "
            "1 counts a gain twice for who feels safe half as often"
        )
    return {WEIGHT: float(weight)} if weight else {}


def _work_out(basis: Basis) -> pd.DataFrame:
    period, weight = _period(basis.facts), float(basis.given.get(WEIGHT, 0.0))
    parts = [
        equity_of(name, basis.compared, period=period, weight=weight).assign(scenario=name) for name in basis.scenarios
    ]
    return pd.concat(parts, ignore_index=True)


def _period(facts: Provenance) -> str:
    return "dark" if any(facts.dark_hours) else "all"


def _when(facts: Provenance) -> str:
    return tr("after dark") if any(facts.dark_hours) else tr("that day")


def _who(row: Mapping[str, object]) -> str:
    if row["other"] == REST:
        return tr("all others")
    return wording.aged(wording.group(row), str(row["age"]))


def _gap_words(row: Mapping[str, object]) -> str:
    """The two groups of a gap, as in "women and men"."""
    other = str(row["other"])
    if row["zone"] != "core":
        return _pair(str(row["zone"]), other)
    if row["gender"] != "all":
        return _pair(wording.who(str(row["gender"])), wording.who(other))
    if row["age"] != "all":
        return tr(
            "those aged {age} and {other}", age=wording.age_in_words(str(row["age"])), other=wording.age_in_words(other)
        )
    name = next(name for name in ATTRIBUTES if row[name] != "all")
    levels = [wording.level_of(name, level) for level in (str(row[name]), other)]
    return tr("those with {level} and {other}", level=levels[0], other=levels[1])


def _pair(first: str, second: str) -> str:
    return tr("{first} and {last}", first=first, last=second)


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    said = [_gaps_in_words(rows, facts), *_worst_in_words(rows, facts), *_gains_in_words(rows, facts)]
    return [sentence for sentence in [*said, *_weighted_in_words(rows)] if sentence]


def _gaps_in_words(rows: pd.DataFrame, facts: Provenance) -> str:
    gaps = rows[rows["kind"] == GAP]
    if gaps.empty or facts.draws < FEWEST_DRAWS:
        return ""
    parts = []
    for verdict, word in (
        (BETTER, tr("that narrow: {gaps}")),
        (WORSE, tr("that widen: {gaps}")),
    ):
        some = gaps[gaps["verdict"] == verdict].to_dict("records")
        if some:
            named = (f"{_gap_words(row)} ({tr(_SHORT[str(row['indicator'])])})" for row in some)
            parts.append(word.format(gaps="; ".join(named)))
    others = int((~gaps["verdict"].isin(_CHANGES)).sum())
    if not parts:
        return tr(
            "None of {count} gaps between groups narrows or widens distinguishably {when}.",
            count=len(gaps),
            when=_when(facts),
        )
    rest = "; " + tr("{others} of {count} do neither distinguishably", others=others, count=len(gaps)) if others else ""
    return tr("Gaps between groups {parts}{rest}.", parts=", ".join(parts), rest=rest)


def _worst_in_words(rows: pd.DataFrame, facts: Provenance) -> list[str]:
    told = []
    for indicator in COMPARED:
        own = rows[rows["indicator"] == indicator].set_index("kind")
        if WORST_BEFORE not in own.index:
            continue
        before, after = (own.loc[kind].to_dict() for kind in (WORST_BEFORE, WORST_AFTER))
        unit = str(before["unit"])
        verdict = wording.verdict_in_words(str(before["verdict"]), facts.draws)
        text = tr(
            "Worst off {when} ({what}): {who}, {before} before and {after} with it: {verdict}.",
            when=_when(facts),
            what=tr(INDICATORS[indicator].title).lower(),
            who=_who(before),
            before=wording.level(float(before["before"]), unit),
            after=wording.level(float(before["after"]), unit),
            verdict=verdict,
        )
        if _who(after) != _who(before):
            level = wording.level(float(after["after"]), unit)
            text += " " + tr("With it the worst off are {who}, at {level}.", who=_who(after), level=level)
        told.append(text)
    return told


def _gains_in_words(rows: pd.DataFrame, facts: Provenance) -> list[str]:
    everybody, sums = rows[rows["kind"] == GROUP], rows[rows["kind"].isin([GAINED, LOST])].set_index("kind")
    groups = everybody[everybody["other"] != REST]  # all others are what is left, not a group
    if groups.empty:
        return []
    gained, lost = (wording.change_with_interval(sums.loc[kind]) for kind in (GAINED, LOST))
    gaining, losing = (int(count) for count in ((groups["difference"] > 0).sum(), (groups["difference"] < 0).sum()))
    people = float(everybody["people"].sum())
    shares = [f"{100.0 * float(sums.loc[kind, 'people']) / people:.0f}" for kind in (GAINED, LOST)]
    text = tr(
        "Of {count} groups by gender and age, {gaining} gain person-minutes that feel safe {when} on average, with "
        "{share} % of people: {gained} a day in all; {losing} lose, with {other} % of people: {lost}.",
        count=len(groups),
        gaining=gaining,
        when=_when(facts),
        share=shares[0],
        gained=gained,
        losing=losing,
        other=shares[1],
        lost=lost,
    )
    if facts.draws >= FEWEST_DRAWS:
        counts = groups["verdict"].value_counts()
        words = [
            tr("“{verdict}” for {count}", verdict=wording.verdict_word(word), count=counts[word])
            for word in VERDICTS
            if word in counts.index
        ]
        text += (
            " " + tr("The verdict on their share of time is {verdicts}.", verdicts=", ".join(words)) if words else ""
        )
    return [text + (_a_head(groups) if facts.draws >= FEWEST_DRAWS else "")]


def _a_head(groups: pd.DataFrame) -> str:
    """Who gains most a head and who least, if their intervals tell the two apart: some group always comes first."""
    each = groups[["difference", "low", "high"]].div(groups["people"], axis=0).sort_values("difference", kind="stable")
    least, most = each.iloc[0], each.iloc[-1]
    if not most["difference"] > least["difference"]:
        return ""
    if not most["low"] > least["high"]:
        return " " + tr("A head, which of them gains most cannot be told from these draws.")
    names = [_who(groups.loc[row.name].to_dict()) for row in (most, least)]
    return " " + tr("A head, the mean is highest for {most} and lowest for {least}.", most=names[0], least=names[1])


def _weighted_in_words(rows: pd.DataFrame) -> list[str]:
    told = rows[rows["kind"] == WEIGHTED].to_dict("records")
    if not told:
        return []
    plain, weighted = (wording.change_with_interval(pd.Series(row)) for row in told)
    return [
        tr(
            "With the weight given ({weight}), the share of time that feels safe, if everybody's were alike and as "
            "good, changes by {weighted} points; the mean of people, nobody weighted, by {plain} points.",
            weight=told[1]["other"],
            weighted=weighted,
            plain=plain,
        )
    ]


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    return [table for table in (gaps_table(rows, facts), gains_table(rows, facts)) if table.rows]


def gaps_table(rows: pd.DataFrame, facts: Provenance) -> Table:
    """Gaps between groups before and after, with the change of their size."""
    body: list[tuple[Entry, ...]] = []
    for row in rows[rows["kind"] == GAP].to_dict("records"):
        unit = str(row["unit"])
        body.append(
            (
                tr(INDICATORS[str(row["indicator"])].title),
                _gap_words(row),
                *(wording.change(float(row[name]), unit) for name in ("before", "after")),
                wording.change_with_interval(pd.Series(row)),
                Verdict(str(row["verdict"])),
            )
        )
    return Table(
        title=tr("Gaps between groups {when}: latter minus former", when=_when(facts)),
        columns=("indicator", "between", "before", "after", "change of its size (90 % interval)", "verdict"),
        rows=tuple(body),
        stubs=2,
        numbers=(2, 3, 4),
        notes=(tr("Shares in points; better: the gap gets smaller."),),
    )


def gains_table(rows: pd.DataFrame, facts: Provenance) -> Table:
    """Person-minutes that feel safe gained and lost by each group on the baseline's trips."""
    body: list[tuple[Entry, ...]] = [
        (
            _who(row),
            wording.whole_number(float(row["people"])),
            wording.whole_number(float(row["before"])),
            wording.change_with_interval(pd.Series(row)),
            Verdict(str(row["verdict"])),
        )
        for row in rows[rows["kind"] == GROUP].to_dict("records")
    ]
    return Table(
        title=tr("Person-minutes that feel safe {when}, by group, on the baseline's trips", when=_when(facts)),
        columns=("who", "people", "baseline", "change (90 % interval)", "verdict"),
        rows=tuple(body),
        numbers=(1,),
        notes=(tr("Verdict: on the share of their walking time. Groups add up to everybody."),),
    )


FINDING = Finding(
    name="equity",
    heading="Who gains most, who least",
    columns={
        "kind": "gap, worst off before, worst off after, group, gained, lost, weighted",
        "indicator": "what is compared",
        "unit": "unit of before, after, difference, low and high",
        "period": "as in comparison.csv",
        **{name: f"{name} of the group, as in comparison.csv" for name in ("gender", "age", *ATTRIBUTES, "zone")},
        "other": "gap: what the group is held against; group: rest for all others; weighted: the weight",
        "before": "gap: other minus group; else the group's level; mean over draws",
        "after": "the same with measures",
        "difference": "gap: change of its size; else after minus before; mean over draws",
        "low": "lower end of the predictive 90 % interval",
        "high": "upper end of it",
        "verdict": "as in comparison.csv; gap: better narrows",
        "people": "people behind it",
    },
    words=("kind", "indicator", "unit", "period", "gender", "age", *ATTRIBUTES, "zone", "other", "verdict"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
)
