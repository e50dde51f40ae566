"""The answer and a run as text in a terminal, with rich."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.answer import wording
from analysis.answer.brief import brief_answer
from analysis.answer.choice import choice_table
from analysis.answer.findings import FINDINGS, of_scenario
from analysis.answer.levels import run_table
from analysis.answer.plain_answer import plain_answer
from analysis.answer.provenance import Provenance
from analysis.answer.tables import (
    NUMERIC,
    WIDE,
    Entry,
    Table,
    beside_table,
    groups_table,
    headline_table,
    hours_table,
    indicators_table,
    placements_table,
)
from analysis.answer.those_affected import affected_table, people_in_words, there_in_words
from analysis.comparison.paired import GRADES
from analysis.language import tr
from simulator.results.schema import RunTables

if TYPE_CHECKING:
    from rich.console import RenderableType


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
    findings: Mapping[str, pd.DataFrame] | None = None,
    width: int = 120,
    full: bool = False,
) -> "list[RenderableType]":
    """The answer for one scenario as rich renderables: words first, then tables, then how sure.

    Parameters
    ----------
    comparison
        As `compare_runs` or `read_comparison_table` gives it.
    facts
        Place, date and draws.
    scenario
        Which scenario of the comparison.
    findings
        Tables by name, as `findings.work_out` or `findings.read_findings` gives them.
    width
        Columns of the terminal; below 144 day and dark stand below each other.
    full
        All tables, not only what the answer leads with after dark and what is placed.
    """
    from rich.text import Text

    told = facts.scenario(scenario)
    parts: list[RenderableType] = [Text(told.title, style="bold")]
    if told.question:
        parts.append(Text(told.question, style="italic"))
    parts += _under(facts)
    whom = [*people_in_words(comparison, scenario, facts), there_in_words(comparison, scenario, facts)]
    at_length = [*filter(None, whom), *plain_answer(comparison, scenario, facts)]
    parts.append(
        Text("\n" + " ".join(at_length if full else brief_answer(comparison, scenario, facts, findings)) + "\n")
    )
    parts += [Text(f"Caution: {caution}.\n") for caution in facts.cautions]
    tables = _tables_of(comparison, facts, scenario, width) if full else _tables_in_short(comparison, facts, scenario)
    if told.placements and not full:  # in full, what it costs is told as a finding
        tables.append(placements_table(facts, scenario))
    for table in tables:
        parts.extend((render_table(table), Text("")))
    for name, rows in of_scenario(findings or {}, scenario).items() if full else ():
        one = FINDINGS[name]
        heading = one.heading if one.heading.endswith("?") else f"{one.heading}:"
        parts.append(Text(f"{heading} {' '.join(one.sentences(rows, scenario, facts))}\n"))
        for table in one.tables(rows, scenario, facts):
            parts.extend((render_table(table), Text("")))
    parts.append(Text("\n".join(uncertainty_notes(comparison, facts, brief=not full))))
    return parts


def _tables_in_short(comparison: pd.DataFrame, facts: Provenance, scenario: str) -> list[Table]:
    """Those affected, or where nobody is what the answer leads with after dark; and what stands beside it."""
    affected = affected_table(comparison, scenario, facts, brief=True)
    if not affected.rows:
        affected = headline_table(comparison, scenario, facts, only=("dark",), ages=False)
    beside = beside_table(comparison, scenario, facts)
    return [one for one in (affected, beside) if one.rows]


def _tables_of(comparison: pd.DataFrame, facts: Provenance, scenario: str, width: int) -> list[Table]:
    """All tables of an answer but what is placed; in a narrow terminal dark and day below each other."""
    lead = facts.scenario(scenario).leads[0]
    first = (affected_table(comparison, scenario, facts), beside_table(comparison, scenario, facts))
    periods = (("dark", "day"),) if width >= WIDE else (("dark",), ("day",))
    return [
        *(one for one in first if one.rows),
        *(headline_table(comparison, scenario, facts, only=only) for only in periods),
        groups_table(comparison, scenario, facts),
        hours_table(comparison, scenario, lead=lead),
        indicators_table(comparison, scenario, lead=lead),
    ]


def _under(facts: Provenance) -> "list[RenderableType]":
    """A line on the shocks that everything is under; nothing without any."""
    from rich.text import Text

    shocks = " and ".join(f"“{title}”" for title in facts.under)
    return [Text(f"Under {shocks}: the baseline and every case alike.", style="bold")] if shocks else []


def render_choice(comparison: pd.DataFrame, facts: Provenance) -> "list[RenderableType]":
    """Several scenarios beside each other as rich renderables: one table, then how sure."""
    from rich.text import Text

    first = facts.scenarios[0]
    where = f"{facts.city} on {facts.date_in_words}; after dark: {facts.dark_in_words}"
    parts: list[RenderableType] = [Text(first.question, style="italic")] if first.question else []
    parts += [*_under(facts), Text(f"{where}\n"), render_table(choice_table(comparison, facts)), Text("")]
    parts += [Text(f"Caution: {caution}.\n") for caution in facts.cautions]
    notes = (*uncertainty_notes(comparison, facts, brief=True), wording.weakest_grades(comparison, GRADES))
    parts.append(Text("\n".join((*filter(None, notes), wording.DISCLAIMER))))
    return parts


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


def uncertainty_notes(comparison: pd.DataFrame, facts: Provenance, *, brief: bool = False) -> Sequence[str]:
    """Notes below every answer: draws, intervals, weakest grades, agents, and unless `brief` touched streets."""
    notes = [wording.draws_note(facts.draws)]
    grades = "" if brief else wording.weakest_grades(comparison, GRADES)
    notes += [grades] if grades else []
    notes.append(
        tr(
            "{agents} agents stand for {people} people in {city} on {date}; numbers are for the core, per such day.",
            agents=wording.whole_number(facts.agents),
            people=wording.whole_number(facts.population),
            city=facts.city,
            date=facts.date_in_words,
        )
    )
    notes += [tr("People come from a table of the user's own: {table}.", table=facts.persons)] if facts.persons else []
    if facts.unsettled:
        notes.append(tr("Flows: {settled}.", settled=facts.settled_in_words))
    if brief:
        return notes
    notes += [
        tr(
            "As baseline and “{title}” share draws and random numbers, the variance of the change in feeling safe is "
            "roughly {times} times smaller than between other runs.",
            title=told.title,
            times=wording.whole_number(float(f"{told.variance_ratio:.1g}")),
        )
        for told in facts.scenarios
        if told.variance_ratio
    ]
    notes += [
        tr(
            "“{title}” touches {touched} street segments, {inside} of them in the core; what happens on the others "
            "shows in the numbers only as far as it reaches the core.",
            title=told.title,
            touched=told.touched,
            inside=told.treated_in_core,
        )
        for told in facts.scenarios
        if told.touched
    ]
    return notes
