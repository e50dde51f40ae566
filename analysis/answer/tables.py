"""The answer as tables: plain data first (for HTML, JSON and tests), then a text renderer with rich."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.answer import wording
from analysis.answer.leads import BESIDE, FEELS_SAFE, Headline
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import RECORDED
from analysis.comparison.paired import GRADES
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS, MIN_AGENTS
from analysis.indicators.indicator import PERSON_HOURS_OUTDOORS, SHARES
from analysis.language import marked, marked_each, marked_values, tr, tr_if_known

if TYPE_CHECKING:
    pass


NUMERIC = ("baseline", "change", "points", "capital", "running", "cost", "value", "low", "high", "quantity")
"""Beginnings of the names of columns that hold numbers."""
WIDE = 144
"""Columns of a terminal that holds day and dark side by side."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A verdict in words with its mark."""

    word: str

    def __str__(self) -> str:
        """Mark and words, as in "▲ better"."""
        return f"{wording.MARKS.get(self.word, '')} {wording.verdict_word(self.word)}".strip()


Entry = str | Verdict


@dataclasses.dataclass(frozen=True)
class Table:
    """A table as data: the first `stubs` columns name the row, `groups` span columns (title, how many).

    `once` are columns that a reader need not see again on each row of one first stub; `numbers` are columns of
    numbers that their names do not tell (`NUMERIC`). Columns and groups are English: they are keys as well as words,
    and said in a language where they are written.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    stubs: int = 1
    once: tuple[int, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


def headline_table(
    comparison: pd.DataFrame,
    scenario: str,
    facts: Provenance,
    *,
    only: Sequence[str] = ("dark", "day"),
    ages: bool = True,
) -> Table:
    """What the answer leads with by gender and age (if `ages`), by day and after dark (or `only` one)."""
    lead = facts.scenario(scenario).leads[0]
    rows = wording.select(comparison, scenario, indicator=lead.indicator, gender="*", age="*", period="*").set_index(
        ["gender", "age", "period"]
    )
    periods = [period for period in only if period in rows.index.get_level_values("period")]
    found = set(rows.index.get_level_values("age"))
    bands = ["all", *sorted(found - {"all"}, key=_age_order)] if ages else ["all"]
    body: list[tuple[Entry, ...]] = []
    for gender in ("woman", "man", "another", "all"):
        for age in bands:
            cells = [_three(rows, (gender, age, period)) for period in periods]
            if any(cell[0] != "–" for cell in cells):
                body.append(
                    (wording.who(gender), wording.age_in_words(age), *(entry for cell in cells for entry in cell))
                )
    names = marked_values({"day": "by day", "dark": "after dark"})
    return Table(
        title=tr("{what}: {told}", what=tr(lead.title), told=_what_is_told(lead)),
        columns=("who", "age", *(("baseline", _change_of(lead), "verdict") * len(periods))),
        rows=tuple(body),
        stubs=2,
        groups=(("", 2), *((names[period], 3) for period in periods)),
        notes=(
            tr("After dark on {date}: {hours}.", date=facts.date_in_words, hours=facts.dark_in_words),
            tr(
                "Groups with fewer than {least} agents are merged with neighbours or left to the totals.",
                least=MIN_AGENTS,
            ),
        ),
    )


def _change_of(lead: Headline) -> str:
    return marked("change, points") if INDICATORS[lead.indicator].unit in SHARES else marked("change")


def _what_is_told(lead: Headline) -> str:
    if INDICATORS[lead.indicator].unit in SHARES:
        return tr("share in the baseline, change in points (90 % interval)")
    return tr("baseline, change (90 % interval)")


def _age_order(label: str) -> int:
    return 0 if label.startswith("under") else int(label.rstrip("+").split("-")[0])


def _three(rows: pd.DataFrame, key: tuple[str, ...]) -> tuple[Entry, Entry, Entry]:
    if key not in rows.index:
        return "–", "–", "–"
    row = rows.loc[key]
    return (
        wording.level(float(row["baseline"]), str(row["unit"])),
        wording.change_with_interval(row),
        Verdict(str(row["verdict"])),
    )


def hours_table(comparison: pd.DataFrame, scenario: str, *, lead: Headline = FEELS_SAFE) -> Table:
    """What the answer leads with by hour band, for women and men."""
    rows = wording.select(comparison, scenario, indicator=lead.indicator, gender="*", hour_band="*").set_index(
        ["gender", "hour_band"]
    )
    body = []
    for band in HOUR_BANDS:
        cells = [_three(rows, (gender, band)) for gender in ("woman", "man")]
        if any(cell[0] != "–" for cell in cells):
            body.append((f"{band} h", *(entry for cell in cells for entry in cell)))
    return Table(
        title=tr("{what}, by clock hour", what=tr(lead.title)),
        columns=("hours", *(("baseline", _change_of(lead), "verdict") * 2)),
        rows=tuple(body),
        groups=(("", 1), ("women", 3), ("men", 3)),
    )


def groups_table(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> Table:
    """What the answer leads with, after dark, by disability, care and night shifts, for women and men."""
    lead = facts.scenario(scenario).leads[0]
    period = "dark" if any(facts.dark_hours) else "all"
    body = []
    for (attribute, level), words in wording.LEVELS.items():
        labels = {"indicator": lead.indicator, "period": period, "gender": "*", attribute: level}
        rows = wording.select(comparison, scenario, **labels).set_index(["gender", attribute])
        cells = [_three(rows, (gender, level)) for gender in ("woman", "man")]
        if any(cell[0] != "–" for cell in cells):
            body.append((tr(words), *(entry for cell in cells for entry in cell)))
    title = f"{tr(lead.title)} {tr('after dark')}" if period == "dark" else tr(lead.title)
    return Table(
        title=tr("{what}, by disability, care and shifts", what=title),
        columns=("with", *(("baseline", _change_of(lead), "verdict") * 2)),
        rows=tuple(body),
        groups=(("", 1), ("women", 3), ("men", 3)),
        notes=(
            tr("Groups with fewer than {least} agents are left out; their people are in the totals.", least=MIN_AGENTS),
        ),
    )


LABELS = marked_values({"proxy": "proxy", "assumed": "assumed"})
"""What an indicator is besides a number."""
_REPORT_ONLY = ("incidents_recorded_", "displaced_")
"""Beginnings of the names of indicators that a terminal leaves to the report and to comparison.csv."""


_INDICATOR_COLUMNS = marked_each("indicator", "who", "baseline", "change (90 % interval)", "unit", "verdict")


def beside_table(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> Table:
    """The indicators that belong together with what the answer leads with; without rows if none do."""
    period, when = ("dark", tr("after dark")) if any(facts.dark_hours) else ("all", tr("whole day"))
    names = BESIDE.get(facts.scenario(scenario).leads[0].indicator, ())
    return Table(
        title=tr("Trips and waits, {when}", when=when),
        columns=_INDICATOR_COLUMNS,
        rows=tuple(row for name in names for row in _indicator_rows(comparison, scenario, name, period=period)),
        stubs=2,
        once=(4,),
        notes=(
            tr("Levels are assumptions of the model: read the changes. Fewer wait, too, where fewer ride."),
            tr(PERSON_HOURS_OUTDOORS),
        ),
    )


def _indicator_rows(
    comparison: pd.DataFrame, scenario: str, name: str, *, period: str = "all", graded: bool = False
) -> Iterator[tuple[Entry, ...]]:
    """Rows of one indicator for women, men and everybody."""
    one = INDICATORS[name]
    rows = wording.select(comparison, scenario, indicator=name, period=period, gender="*").set_index(["gender"])
    labelled = one.label and one.label not in one.title.casefold()
    label = f"{tr(one.title)} ({tr(LABELS[one.label])})" if labelled else tr(one.title)
    for gender in ("woman", "man", "all"):
        if gender in rows.index:
            row = rows.loc[gender]
            unit = wording.unit_of_change(str(row["unit"]))
            yield (
                label,
                wording.who(gender),
                wording.level(float(row["baseline"]), str(row["unit"])),
                wording.change_with_interval(row),
                f"{unit} ({tr(str(row['unit']))})" if str(row["unit"]) in SHARES else unit,
                Verdict(str(row["verdict"])),
                *((wording.grade_word(str(row["grade"])),) if graded else ()),
            )


def indicators_table(
    comparison: pd.DataFrame, scenario: str, *, lead: Headline = FEELS_SAFE, graded: bool = False
) -> Table:
    """Every other indicator for women, men and everybody, over the whole day; `graded` with its weakest evidence."""
    body: list[tuple[Entry, ...]] = []
    for name in INDICATORS:
        if name not in {lead.indicator, "cost"} and (graded or not name.startswith(_REPORT_ONLY)):
            body += _indicator_rows(comparison, scenario, name, graded=graded)
    return Table(
        title=tr("Other indicators, whole day"),
        columns=(*_INDICATOR_COLUMNS, *(("weakest evidence",) if graded else ())),
        rows=tuple(body),
        stubs=2,
        once=(4, 6) if graded else (4,),
        notes=(
            tr("Levels of incidents, detours and trips not made are assumptions of the model; read the changes."),
            tr(
                "Incidents are expected numbers at the level of the country that the base rates come from; "
                "nobody is simulated as an offender."
            ),
            tr(RECORDED),
            tr(PERSON_HOURS_OUTDOORS),
        ),
    )


def treated_table(comparison: pd.DataFrame, scenario: str, indicator: str) -> Table:
    """An indicator of the treated streets by gender, over the whole day and after dark."""
    rows = wording.select(comparison, scenario, indicator=indicator, gender="*", period="*").set_index(
        ["gender", "period"]
    )
    body = [
        (wording.who(gender), *_three(rows, (gender, "all")), *_three(rows, (gender, "dark")))
        for gender in ("woman", "man", "another", "all")
        if (gender, "all") in rows.index
    ]
    return Table(
        title=tr("{what}: {told}", what=tr(INDICATORS[indicator].title), told=tr(INDICATORS[indicator].unit)),
        columns=("who", *(("baseline", "change (90 % interval)", "verdict") * 2)),
        rows=tuple(body),
        groups=(("", 1), ("whole day", 3), ("after dark", 3)),
        notes=(tr(PERSON_HOURS_OUTDOORS),) if "person-hours outdoors" in INDICATORS[indicator].unit else (),
    )


def worse_table(comparison: pd.DataFrame, scenario: str) -> Table:
    """Every group, time and indicator whose verdict is "worse", hour bands too; without rows if there is none."""
    rows = comparison[(comparison["scenario"] == scenario) & (comparison["verdict"] == "worse")]
    names = {"all": tr("whole day"), "day": tr("by day"), "dark": tr("after dark")}
    body = [
        (
            tr(INDICATORS[str(row["indicator"])].title),
            wording.group(row.to_dict()),
            wording.age_in_words(str(row["age"])),
            names[str(row["period"])] if row["hour_band"] == "all" else f"{row['hour_band'].replace('-', '–')} h",
            wording.level(float(row["baseline"]), str(row["unit"])),
            wording.change_with_interval(row),
            wording.unit_of_change(str(row["unit"])),
        )
        for _, row in rows.iterrows()
    ]
    return Table(
        title=tr("Groups for whom an indicator is worse"),
        columns=("indicator", "who", "age", "when", "baseline", "change (90 % interval)", "unit"),
        rows=tuple(body),
        stubs=2,
    )


def grades_table(rests_on: Mapping[str, Sequence[int]]) -> Table:
    """How many parameters of each grade (in order of `GRADES`) every answer depends on."""
    body = [(tr(answer), *(str(count) if count else "–" for count in counts)) for answer, counts in rests_on.items()]
    return Table(
        title=tr("What each answer rests on: number of parameters by grade of evidence, from the surest on"),
        columns=("answer", *GRADES),
        rows=tuple(body),
        notes=(
            tr("Every parameter that the program reads on the way to the answer counts, whatever its weight in it."),
        ),
        numbers=tuple(range(1, len(GRADES) + 1)),
    )


def placements_table(facts: Provenance, scenario: str) -> Table:
    """What is placed and what it costs."""
    body = [
        (
            tr_if_known(str(row["measure"])),
            f"{wording.whole_number(float(row['quantity']))} {tr_if_known(str(row['unit']))}",
            wording.money(float(row["capital"]), str(row["currency"])),
            wording.money(float(row["running_per_year"]), str(row["currency"])),
            tr("{count} years", count=f"{float(row['lifetime_years']):.0f}"),
            wording.money(float(row["annual_cost"]), str(row["currency"])),
        )
        for row in facts.scenario(scenario).placements
    ]
    return Table(
        title=tr("What is placed and what it costs"),
        columns=("measure", "quantity", "capital", "running, a year", "lifetime", "cost, a year"),
        rows=tuple(body),
        notes=(tr("Cost a year: capital spread over the lifetime plus running cost; not weighed against gains."),),
    )
