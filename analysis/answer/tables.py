"""The answer as tables: plain data first (for HTML, JSON and tests), then a text renderer with rich."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.answer import wording
from analysis.answer.leads import BESIDE, FEELS_SAFE, Lead
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import RECORDED, break_even_in_words
from analysis.comparison.gap import gap_in_words
from analysis.comparison.paired import GRADES
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS, MIN_AGENTS, cell_sums, choose_cells, tally
from analysis.indicators.indicator import PERSON_HOURS_OUTDOORS, SHARES
from simulator.results.schema import RunTables

if TYPE_CHECKING:
    from rich.console import RenderableType


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
        return f"{wording.MARKS.get(self.word, '')} {self.word or 'not judged'}".strip()


Entry = str | Verdict


@dataclasses.dataclass(frozen=True)
class Table:
    """A table as data: the first `stubs` columns name the row, `groups` span columns (title, how many).

    `once` are columns that a reader need not see again on each row of one first stub; `numbers` are columns of
    numbers that their names do not tell (`NUMERIC`).
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
    comparison: pd.DataFrame, scenario: str, facts: Provenance, *, only: Sequence[str] = ("dark", "day")
) -> Table:
    """What the answer leads with by gender and age, by day and after dark (or `only` one)."""
    lead = facts.scenario(scenario).leads[0]
    rows = wording.select(comparison, scenario, indicator=lead.indicator, gender="*", age="*", period="*").set_index(
        ["gender", "age", "period"]
    )
    periods = [period for period in only if period in rows.index.get_level_values("period")]
    found = set(rows.index.get_level_values("age"))
    ages = ["all", *sorted(found - {"all"}, key=_age_order)]
    body: list[tuple[Entry, ...]] = []
    for gender in ("woman", "man", "another", "all"):
        for age in ages:
            cells = [_three(rows, (gender, age, period)) for period in periods]
            if any(cell[0] != "–" for cell in cells):
                body.append((wording.WHO[gender], age, *(entry for cell in cells for entry in cell)))
    names = {"day": "by day", "dark": "after dark"}
    return Table(
        title=f"{lead.title}: {_what_is_told(lead)}",
        columns=("who", "age", *(("baseline", _change_of(lead), "verdict") * len(periods))),
        rows=tuple(body),
        stubs=2,
        groups=(("", 2), *((names[period], 3) for period in periods)),
        notes=(
            f"After dark on {facts.date_in_words}: {facts.dark_in_words}.",
            f"Groups with fewer than {MIN_AGENTS} agents are merged with neighbours or left to the totals.",
        ),
    )


def _change_of(lead: Lead) -> str:
    return "change, points" if INDICATORS[lead.indicator].unit in SHARES else "change"


def _what_is_told(lead: Lead) -> str:
    if INDICATORS[lead.indicator].unit in SHARES:
        return "share in the baseline, change in points (90 % interval)"
    return "baseline, change (90 % interval)"


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


def hours_table(comparison: pd.DataFrame, scenario: str, *, lead: Lead = FEELS_SAFE) -> Table:
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
        title=f"{lead.title}, by clock hour",
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
            body.append((words, *(entry for cell in cells for entry in cell)))
    when = " after dark" if period == "dark" else ""
    return Table(
        title=f"{lead.title}{when}, by disability, care and shifts",
        columns=("with", *(("baseline", _change_of(lead), "verdict") * 2)),
        rows=tuple(body),
        groups=(("", 1), ("women", 3), ("men", 3)),
        notes=(f"Groups with fewer than {MIN_AGENTS} agents are left out; their people are in the totals.",),
    )


_REPORT_ONLY = ("incidents_recorded_", "displaced_")
"""Beginnings of the names of indicators that a terminal leaves to the report and to comparison.csv."""


_INDICATOR_COLUMNS = ("indicator", "who", "baseline", "change (90 % interval)", "unit", "verdict")


def beside_table(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> Table:
    """The indicators that belong together with what the answer leads with; without rows if none do."""
    period, when = ("dark", "after dark") if any(facts.dark_hours) else ("all", "whole day")
    names = BESIDE.get(facts.scenario(scenario).leads[0].indicator, ())
    return Table(
        title=f"Trips and waits, {when}",
        columns=_INDICATOR_COLUMNS,
        rows=tuple(row for name in names for row in _indicator_rows(comparison, scenario, name, period=period)),
        stubs=2,
        once=(4,),
        notes=(
            "Levels are assumptions of the model: read the changes. Fewer wait, too, where fewer ride.",
            PERSON_HOURS_OUTDOORS,
        ),
    )


def _indicator_rows(
    comparison: pd.DataFrame, scenario: str, name: str, *, period: str = "all", graded: bool = False
) -> Iterator[tuple[Entry, ...]]:
    """Rows of one indicator for women, men and everybody."""
    one = INDICATORS[name]
    rows = wording.select(comparison, scenario, indicator=name, period=period, gender="*").set_index(["gender"])
    label = one.title + (f" ({one.label})" if one.label and one.label not in one.title.casefold() else "")
    for gender in ("woman", "man", "all"):
        if gender in rows.index:
            row = rows.loc[gender]
            unit = wording.unit_of_change(str(row["unit"]))
            yield (
                label,
                wording.WHO[gender],
                wording.level(float(row["baseline"]), str(row["unit"])),
                wording.change_with_interval(row),
                unit if unit != "points" else f"points ({row['unit']})",
                Verdict(str(row["verdict"])),
                *((str(row["grade"]),) if graded else ()),
            )


def indicators_table(
    comparison: pd.DataFrame, scenario: str, *, lead: Lead = FEELS_SAFE, graded: bool = False
) -> Table:
    """Every other indicator for women, men and everybody, over the whole day; `graded` with its weakest evidence."""
    body: list[tuple[Entry, ...]] = []
    for name in INDICATORS:
        if name not in {lead.indicator, "cost"} and (graded or not name.startswith(_REPORT_ONLY)):
            body += _indicator_rows(comparison, scenario, name, graded=graded)
    return Table(
        title="Other indicators, whole day",
        columns=(*_INDICATOR_COLUMNS, *(("weakest evidence",) if graded else ())),
        rows=tuple(body),
        stubs=2,
        once=(4, 6) if graded else (4,),
        notes=(
            "Levels of incidents, detours and trips not made are assumptions of the model; read the changes.",
            "Incidents are expected numbers at the level of the country that the base rates come from; "
            "nobody is simulated as an offender.",
            RECORDED,
            PERSON_HOURS_OUTDOORS,
        ),
    )


def treated_table(comparison: pd.DataFrame, scenario: str, indicator: str) -> Table:
    """An indicator of the treated streets by gender, over the whole day and after dark."""
    rows = wording.select(comparison, scenario, indicator=indicator, gender="*", period="*").set_index(
        ["gender", "period"]
    )
    body = [
        (wording.WHO[gender], *_three(rows, (gender, "all")), *_three(rows, (gender, "dark")))
        for gender in ("woman", "man", "another", "all")
        if (gender, "all") in rows.index
    ]
    return Table(
        title=f"{INDICATORS[indicator].title}: {INDICATORS[indicator].unit}",
        columns=("who", *(("baseline", "change (90 % interval)", "verdict") * 2)),
        rows=tuple(body),
        groups=(("", 1), ("whole day", 3), ("after dark", 3)),
        notes=(PERSON_HOURS_OUTDOORS,) if "person-hours outdoors" in INDICATORS[indicator].unit else (),
    )


def worse_table(comparison: pd.DataFrame, scenario: str) -> Table:
    """Every group and indicator whose verdict is "worse"; without rows if there is none."""
    rows = comparison[
        (comparison["scenario"] == scenario) & (comparison["verdict"] == "worse") & (comparison["hour_band"] == "all")
    ]
    names = {"all": "whole day", "day": "by day", "dark": "after dark"}
    body = [
        (
            INDICATORS[str(row["indicator"])].title,
            wording.group(row.to_dict()),
            str(row["age"]),
            names[str(row["period"])],
            wording.level(float(row["baseline"]), str(row["unit"])),
            wording.change_with_interval(row),
            wording.unit_of_change(str(row["unit"])),
        )
        for _, row in rows.iterrows()
    ]
    return Table(
        title="Groups for whom an indicator is worse",
        columns=("indicator", "who", "age", "when", "baseline", "change (90 % interval)", "unit"),
        rows=tuple(body),
        stubs=2,
    )


def gap_table(gap: pd.DataFrame) -> Table:
    """The decomposition of the gap between women and men, in points."""
    body = []
    for row in gap.to_dict("records"):
        share = "share of walking time"
        if str(row["quantity"]).startswith("baseline"):
            body.append((str(row["meaning"]), wording.level(float(row["estimate"]), share)))
            continue
        numbers = pd.Series(
            {"difference": row["estimate"], "low": row["low"], "high": row["high"], "unit": share},
            dtype=object,
        )
        body.append((str(row["meaning"]), wording.change_with_interval(numbers)))
    return Table(
        title="The gap between women and men after dark",
        columns=("what", "points (90 % interval); baselines in per cent"),
        rows=tuple(body),
    )


def grades_table(rests_on: Mapping[str, Sequence[int]]) -> Table:
    """How many parameters of each grade (in order of `GRADES`) every answer depends on."""
    body = [(answer, *(str(count) if count else "–" for count in counts)) for answer, counts in rests_on.items()]
    return Table(
        title="What each answer rests on: number of parameters by grade of evidence, from the surest on",
        columns=("answer", *GRADES),
        rows=tuple(body),
        notes=("Every parameter that the program reads on the way to the answer counts, whatever its weight in it.",),
        numbers=tuple(range(1, len(GRADES) + 1)),
    )


def placements_table(facts: Provenance, scenario: str) -> Table:
    """What is placed and what it costs."""
    body = [
        (
            str(row["measure"]),
            f"{wording.whole_number(float(row['quantity']))} {row['unit']}",
            wording.money(float(row["capital"]), str(row["currency"])),
            wording.money(float(row["running_per_year"]), str(row["currency"])),
            f"{float(row['lifetime_years']):.0f} years",
            wording.money(float(row["annual_cost"]), str(row["currency"])),
        )
        for row in facts.scenario(scenario).placements
    ]
    return Table(
        title="What is placed and what it costs",
        columns=("measure", "quantity", "capital", "running, a year", "lifetime", "cost, a year"),
        rows=tuple(body),
        notes=("Cost a year: capital spread over the lifetime plus running cost; not weighed against gains.",),
    )


def render_table(table: Table) -> "RenderableType":
    """A rich table for the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(title=table.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    above = [title if at == 0 else "" for title, count in table.groups for at in range(count)]
    for at, (name, group) in enumerate(zip(table.columns, above or [""] * len(table.columns), strict=True)):
        numeric = at in table.numbers or name.startswith(NUMERIC)
        heading = Text(f"{group}\n{name}" if table.groups else name)
        shown.add_column(heading, justify="right" if numeric else "left", no_wrap=numeric)
    last: Entry = ""
    for row in table.rows:
        if last not in ("", row[0]) and table.stubs > 1:
            shown.add_section()
        hidden = {0, *table.once} if table.stubs > 1 and row[0] == last else set()
        shown.add_row(*(Text("" if at in hidden else str(entry)) for at, entry in enumerate(row)))
        last = row[0]
    shown.caption = Text("\n".join(table.notes)) if table.notes else None
    shown.caption_justify = "left"
    return shown


def render_answer(
    comparison: pd.DataFrame,
    facts: Provenance,
    *,
    scenario: str,
    gap: pd.DataFrame | None = None,
    width: int = 120,
) -> "list[RenderableType]":
    """The whole answer for one scenario as rich renderables: words first, then tables, then how sure.

    Parameters
    ----------
    comparison
        As `compare_runs` or `read_comparison` gives it.
    facts
        Place, date and draws.
    scenario
        Which scenario of the comparison.
    gap
        As `decompose_gap` gives it, if it is to be told.
    width
        Columns of the terminal; below 144 day and dark stand below each other.
    """
    from rich.text import Text

    told = facts.scenario(scenario)
    parts: list[RenderableType] = [Text(told.title, style="bold")]
    if told.question:
        parts.append(Text(told.question, style="italic"))
    parts.append(Text("\n" + " ".join(wording.plain_answer(comparison, scenario, facts)) + "\n"))
    parts += [Text(f"Caution: {caution}.\n") for caution in facts.cautions]
    pays = break_even_in_words(comparison, scenario)
    if pays:
        parts.append(Text(f"{pays[0].upper()}{pays[1:]}.\n"))
    lead = told.leads[0]
    beside = beside_table(comparison, scenario, facts)
    tables = [beside] if beside.rows else []
    if width >= WIDE:
        tables += [headline_table(comparison, scenario, facts)]
    else:
        tables += [headline_table(comparison, scenario, facts, only=(period,)) for period in ("dark", "day")]
    tables += [groups_table(comparison, scenario, facts), hours_table(comparison, scenario, lead=lead)]
    tables += [indicators_table(comparison, scenario, lead=lead)]
    if told.placements:
        tables.append(placements_table(facts, scenario))
    for table in tables:
        parts.extend((render_table(table), Text("")))
    if gap is not None:
        parts.append(Text(f"Women and men: {gap_in_words(gap)}\n"))
    parts.append(Text("\n".join(how_sure(comparison, facts))))
    return parts


def run_table(tables: RunTables) -> Table:
    """Levels of every indicator in one run, for women, men and everybody over the whole day."""
    added = tally(tables)
    chosen = [
        cell
        for cell in choose_cells(added.agents["realised"], tables.manifest["dark_hours"])
        if (cell.age, cell.period, cell.hour_band, cell.attribute) == ("all", "all", "all", "")
    ]
    at = {cell.gender: position for position, cell in enumerate(chosen)}
    sums = cell_sums(added, chosen)
    body: list[tuple[Entry, ...]] = []
    for one in INDICATORS.values():
        values = one.formula(sums)
        shown = ("all",) if one.breakdown == "total" else ("woman", "man", "all")
        levels = [
            wording.level(float(values[at[gender]]), one.unit) if gender in at and gender in shown else "–"
            for gender in ("woman", "man", "all")
        ]
        body.append((one.title, *levels, one.unit))
    return Table(
        title="One run, whole day",
        columns=("indicator", "value, women", "value, men", "value, everybody", "unit"),
        rows=tuple(body),
        notes=(
            "One draw of the uncertain parameters: it says nothing of how sure this is.",
            "Levels are assumptions; `afterdark compare` gives differences with intervals.",
        ),
    )


def render_run(tables: RunTables) -> "list[RenderableType]":
    """One run as rich renderables: what was run, then the levels of its indicators."""
    from rich.text import Text

    manifest = tables.manifest
    told = manifest["scenario"]
    where = f"{manifest['city']['name']} on {manifest['date']}, draw {manifest['draw']}, seed {manifest['seed']}"
    settled = manifest.get("settled")
    warning = wording.NOT_SETTLED if isinstance(settled, dict) and settled.get("settled") is False else ""
    return [
        Text(str(told.get("title") or told["name"]), style="bold"),
        Text(f"{where}; {wording.whole_number(manifest['agents'])} agents\n{warning}"),
        render_table(run_table(tables)),
    ]


def how_sure(comparison: pd.DataFrame, facts: Provenance) -> Sequence[str]:
    """Notes below every answer: draws, intervals, the weakest grade behind each part of it, agents."""
    notes = [wording.draws_note(facts.draws)]
    grades = wording.weakest_grades(comparison, GRADES)
    notes += [grades] if grades else []
    notes.append(
        f"{wording.whole_number(facts.agents)} agents stand for {wording.whole_number(facts.population)} "
        f"people in {facts.city} on {facts.date_in_words}; numbers are for the core, per such day."
    )
    notes += [f"People come from a table of the user's own: {facts.persons}."] if facts.persons else []
    notes += [
        f"As baseline and “{told.title}” share draws and luck, the variance of the change in feeling safe is roughly "
        f"{wording.whole_number(float(f'{told.variance_ratio:.1g}'))} times smaller than between runs that do not."
        for told in facts.scenarios
        if told.variance_ratio
    ]
    if facts.unsettled:
        notes.append(f"Flows: {facts.settled_in_words}.")
    notes += [
        f"“{told.title}” touches {told.touched} street segments, {told.touched_in_core} of them in the core; "
        "what happens on the others shows in the numbers only as far as it reaches the core."
        for told in facts.scenarios
        if told.touched
    ]
    return notes
