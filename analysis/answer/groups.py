"""Further groups, journeys from door to door, and the other side of the night as a finding."""

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from analysis.answer import wording
from analysis.answer.cost import UNIT_VALUES
from analysis.answer.finding import Basis, Finding
from analysis.answer.provenance import Provenance
from analysis.answer.tables import Entry, Table
from analysis.comparison.group_tables import EVERYBODY, HOURS_OUT, LIVES_IN, STAYS, WALKED_IN, group_table
from analysis.comparison.intervals import FEWEST_DRAWS
from analysis.cost.unit_values import FEAR
from analysis.language import marked, marked_each, marked_values, tr, tr_if_known

_WHO = marked_values({"woman": "women", "man": "men", "another": "people of another gender", "all": "all"})
_PERIODS = marked_values({"day": "by day", "dark": "after dark", "all": "whole day", "night": "22–6 h"})
JOURNEY = marked_values(
    {
        "feels_safe_walking": "walking, time that feels safe",
        "feels_safe_waiting": "waiting at stops, time that feels safe",
        "feels_safe_aboard": "aboard, time that feels safe (asked in a survey)",
        "feels_safe_door_to_door": "door to door, time that feels safe",
        "trips_not_made_share": "wished trips not made",
        "companions_hours": "companions' unpaid time on the way there (their own gender is unknown)",
        "companions_hours_back": "companions' unpaid time on the way back (assumption)",
        "fear_minutes": "private cost of fear: detours on foot and company, time",
        "fear_cost": "private cost of fear, at the value of a minute that you gave",
    }
)
_STAYING = marked_values({"stay_hours": "time out", "feels_safe_staying": "time that feels safe there"})
SIDES = marked_values(
    {
        "mix_of_people": "how mixed those out are (chance that two differ in gender or age group)",
        "open_venue_hours": "hours that nightlife venues are open (jobs and takings go with them)",
        "crowd_hours_near_homes": "people out where drinking goes on, in view of homes (proxy for noise)",
    }
)
_DOOR = "feels_safe_door_to_door"
_APART = [EVERYBODY, STAYS, HOURS_OUT, LIVES_IN, WALKED_IN]
"""What has a table of its own."""
_LATE = (20, 21, 22, 23, 0, 1, 2, 3)
_THERE = marked_values(
    {
        "feels_safe_door_to_door": "those who live there, from door to door, time that feels safe",
        "trips_not_made_share": "those who live there, wished trips not made",
        "share_of_those_out": "share of those out there",
        **SIDES,
    }
)
_BY = marked_each("here as", "means", "familiarity", "age and disability", "label")
_LEVELS = marked_each(
    *("can pay a taxi", "cannot pay a taxi", "knows the place", "newcomer", "commuter", "other visitor", "resident"),
    *("driver", "host", "rough sleeper", "trader", "young people"),
    *("with a disability", "no disability", "under 25"),
)
_NOTE = marked(
    "Shares of time are on the baseline's trips, so that staying at home improves nothing. Aboard, people feel as a "
    "survey asked of public transport by day and after dark; how full or lit a vehicle is makes no difference. "
    "Companions' time is one person's: on the way there, and for an assumed share of them alone on the way back, in "
    "the same time (companion_back_share); the others stay. Rows are by who is accompanied: who comes along is "
    "unknown. What fear costs in money is told only at a value of time that you give ([fear_minute] in --unit-values)."
)
_STAYS_NOTE = marked(
    "Shares of women among traders, drivers and rough sleepers are published ones of other places, those among hosts "
    "and young people assumptions (`afterdark evidence stays_women`). How they feel at their place is as of women and "
    "men among those simulated."
)
_CROWDS = marked(
    "Crowds near homes stand in for noise: neither loudness nor sleep is modelled. The other side of a closing hour: "
    "hours that venues are open, and among the indicators the visitor-hours that are left; jobs and takings go with "
    "both and have no price here."
)
_GROUPS = marked(
    "Groups of fewer than 30 agents are in “everybody” only. Who has which means, familiarity or label never raises "
    "anybody's hazard; a label of your own is no cause of anything."
)


def _work_out(basis: Basis) -> pd.DataFrame:
    minute = basis.given.get(UNIT_VALUES, {}).get(FEAR)
    parts = [group_table(basis.baseline, runs, minute).assign(scenario=name) for name, runs in basis.scenarios.items()]
    return pd.concat(parts, ignore_index=True)


def _period(facts: Provenance) -> str:
    return "dark" if any(facts.dark_hours) else "all"


def _sentences(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    if rows.empty:
        return [tr("These runs have told nothing of further groups; run them again.")]
    period = _period(facts)
    told = list(_door_in_words(rows, period, facts))
    crowds = rows[(rows["indicator"] == "crowd_hours_near_homes") & (rows["by"] == EVERYBODY)]
    if len(crowds):
        row = crowds.iloc[0]
        told.append(
            tr(
                "Person-hours by night of people out where drinking goes on, in view of homes: {before}, change "
                "{change}.",
                before=wording.level(float(row["before"]), str(row["unit"])),
                change=wording.change_with_interval(row),
            )
        )
    return [*told, *map(tr, (_GROUPS, _NOTE, _STAYS_NOTE, _CROWDS))]


def _door_in_words(rows: pd.DataFrame, period: str, facts: Provenance) -> Iterator[str]:
    """From door to door for women and men, and no further than the intervals go."""
    own = rows[(rows["by"] == EVERYBODY) & (rows["indicator"] == _DOOR) & (rows["period"] == period)]
    for row in own[own["gender"].isin(["woman", "man"])].to_dict("records"):
        surely = ""
        if facts.draws >= FEWEST_DRAWS and row["low"] <= 0.0 <= row["high"]:
            surely = f"; {tr(wording.UNSURE)}"
        yield tr(
            "From door to door {when} {who} feel safe {before} of the time now; change {change} points{surely}.",
            when=tr(_PERIODS[period]),
            who=tr(_WHO[str(row["gender"])]),
            before=wording.level(float(row["before"]), str(row["unit"])),
            change=wording.change_with_interval(pd.Series(row)),
            surely=surely,
        )


def _tables(rows: pd.DataFrame, scenario: str, facts: Provenance) -> list[Table]:
    if rows.empty:
        return []
    period = _period(facts)
    there = rows["period"] == period
    groups = rows[there & (rows["indicator"] == _DOOR) & ~rows["by"].isin(_APART)]
    groups = groups[groups["gender"].isin(["woman", "man", "all"])]
    journeys = rows[there & (rows["by"] == EVERYBODY) & rows["indicator"].isin(JOURNEY)]
    journeys = journeys[journeys["gender"].isin(["woman", "man"])]
    late = [f"{hour:02}" for hour in _LATE]
    stays = rows[there & (rows["by"] == STAYS) & rows["gender"].isin(["woman", "man"])]
    stays = stays.sort_values(["level", "gender", "indicator"], ascending=[True, False, False], kind="stable")
    sides = rows[rows["indicator"].isin(SIDES) & rows["period"].isin([period, "night"]) & (rows["by"] == EVERYBODY)]
    hours = rows[(rows["by"] == HOURS_OUT) & rows["level"].isin(late)]
    hours = hours.sort_values("level", key=lambda level: level.map(late.index), kind="stable")
    out = [(tr("women's share of those out, {hour} h", hour=row["level"]), row) for row in hours.to_dict("records")]
    what = [
        (
            f"{tr_if_known(str(row['level']))}, {tr(_WHO[str(row['gender'])])}: {tr(_STAYING[str(row['indicator'])])}",
            row,
        )
        for row in stays.to_dict("records")
    ]
    night = [
        (f"{tr(SIDES[str(row['indicator'])])}, {tr(_PERIODS[str(row['period'])])}", row)
        for row in sides.to_dict("records")
    ]
    return [
        table
        for table in (
            _table(
                tr("Further groups: from door to door, time that feels safe {when}", when=tr(_PERIODS[period])),
                [
                    (f"{_level(row)} ({tr_if_known(str(row['by']))}), {tr(_WHO[str(row['gender'])])}", row)
                    for row in groups.to_dict("records")
                ],
            ),
            _table(
                tr("Journeys {when}", when=tr(_PERIODS[period])),
                [
                    (f"{tr(JOURNEY[str(row['indicator'])])}, {tr(_WHO[str(row['gender'])])}", row)
                    for row in journeys.to_dict("records")
                ],
            ),
            _table(tr("Who is out, and the other side of the night"), [*night, *out]),
            _table(tr("Who stays out without travelling {when}", when=tr(_PERIODS[period])), what),
            _table(tr("By neighbourhood {when}", when=tr(_PERIODS[period])), _by_place(rows, period)),
        )
        if table.rows
    ]


def _by_place(rows: pd.DataFrame, period: str) -> list[tuple[str, dict[Any, Any]]]:
    """What is told of each neighbourhood, one after the other."""
    there = rows[rows["by"].isin([LIVES_IN, WALKED_IN]) & rows["indicator"].isin(_THERE)]
    there = there[there["period"].isin([period, "night"])]
    there = there[there["gender"].isin(["woman", "man"]) | there["indicator"].isin(SIDES)]
    return [
        (
            f"{wording.place(str(row['zone']))}: {tr(_THERE[str(row['indicator'])])}, "
            + tr(_PERIODS["night"] if row["period"] == "night" else _WHO[str(row["gender"])]),
            row,
        )
        for row in there.sort_values("zone", kind="stable").to_dict("records")
    ]


def _level(row: dict[Hashable, object]) -> str:
    """Which group; of ages with a disability both are told."""
    return ", ".join(_part_in_words(part) for part in str(row["level"]).split(", "))


def _part_in_words(part: str) -> str:
    return part if part[:1].isdigit() else tr_if_known(part)


def _table(title: str, told: list[tuple[str, dict[str, object]]]) -> Table:
    body: list[tuple[Entry, ...]] = [
        (
            words,
            *(wording.level(float(str(row[side])), str(row["unit"])) for side in ("before", "after")),
            wording.change_with_interval(pd.Series(row)),
            wording.unit_in_words(str(row["unit"])),
        )
        for words, row in told
    ]
    return Table(
        title=title,
        columns=("what", "before", "after", "change (90 % interval)", "unit"),
        rows=tuple(body),
        numbers=(1, 2, 3),
    )


FINDING = Finding(
    name="groups",
    heading="Who else, and from door to door?",
    columns={
        "by": "how people are told apart: everybody, here as, means, familiarity, age, age and disability, label (your "
        "own), lives in (by the neighbourhood of the home), out in (by that of the street), hour, stays",
        "level": "which group; the clock hour of `hour`, what is done of `stays`",
        "zone": "neighbourhood of `lives in` and `out in`, small ones together; else core",
        "gender": "woman, man, another, all",
        "period": "day, dark, all; night: 22 to 6",
        "indicator": "what is told",
        "unit": "unit of before, after, difference, low and high",
        "before": "mean over draws",
        "after": "the same with measures",
        "difference": "mean over draws",
        "low": "lower end of the predictive 90 % interval",
        "high": "upper end of it",
        "agents": "the fewest agents of any run behind it; empty of stays",
    },
    words=("by", "level", "zone", "gender", "period", "indicator", "unit"),
    work_out=_work_out,
    sentences=_sentences,
    tables=_tables,
)
