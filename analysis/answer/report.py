"""The report: one HTML file that opens offline and asks nothing of any server.

Styles, charts and map are inside the file; a content security policy forbids the rest. Whatever came from a
user (titles, questions, names) is escaped.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

import pandas as pd

from analysis.answer import tables, wording
from analysis.answer.charts import NARROW, WIDE, hours_chart
from analysis.answer.choice import choice_table
from analysis.answer.findings import FINDINGS, of_scenario
from analysis.answer.html_tables import html_table, scrolling
from analysis.answer.leads import Headline
from analysis.answer.provenance import Provenance
from analysis.answer.risk_wording import ASSUMED_DISPLACEMENT
from analysis.answer.terminal import uncertainty_notes
from analysis.answer.those_affected import affected_table, people_in_words, there_in_words
from analysis.indicators.catalogue import INDICATORS
from simulator.results.files import whole_file

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PARAMETER_COLUMNS = ("name", "value", "low", "high", "unit", "grade", "applies to", "source")
SECTIONS = (
    ("answer", "The answer"),
    ("who", "Who gains, by day and after dark"),
    ("hours", "At which hours"),
    ("map", "Where"),
    ("other", "Other indicators"),
    *((one.name, one.heading) for one in FINDINGS.values()),
)
OUTSIDE = (
    "Violence between partners and at home is outside this model.",
    "There are no offenders in it: hazard belongs to situations, and nobody's attributes raise it.",
    ASSUMED_DISPLACEMENT,
    "Hazards are never mapped, and one group's footfall on one street is never shown.",
    "Levels of incidents come from the country of their base rates; read the changes, not the levels.",
)

SIDEWAYS = '<span class="narrow"> Move the map sideways to see all of it.</span>'
CHOICE = ""
"""Key of the map that sets all scenarios beside each other."""


def write_report(
    path: Path | str,
    comparison: pd.DataFrame,
    *,
    facts: Provenance,
    findings: Mapping[str, pd.DataFrame] | None = None,
    maps: Mapping[str, Path | str] | None = None,
    parameters: Sequence[Mapping[str, object]] = (),
    rests_on: Mapping[str, Sequence[int]] | None = None,
) -> None:
    """Write the report of a comparison as one HTML file; the same input gives the same bytes.

    Parameters
    ----------
    path
        The HTML file, written whole or not at all.
    comparison
        As `compare_runs` or `read_comparison` gives it.
    facts
        As `collect_provenance` gives it.
    findings
        Tables by name, as `findings.work_out` or `findings.read_findings` gives them.
    maps
        PNG file of `draw_difference_map` for each scenario's name; under `CHOICE` that of all of them.
    parameters
        The uncertain parameters that matter, one row each, with keys of `PARAMETER_COLUMNS`.
    rests_on
        How many parameters of each grade (`analysis.comparison.paired.GRADES`) every answer depends on.
    """
    names = [told.name for told in facts.scenarios]
    body = [
        part
        for at, name in enumerate(names)
        for part in _scenario(comparison, name, facts, prefix=f"s{at}-", findings=findings or {}, maps=maps or {})
    ]
    if len(names) > 1:
        table, beside = choice_table(comparison, facts), _choice_map((maps or {}).get(CHOICE))
        body.insert(0, _section("choice", "The ideas beside each other", html_table(table), beside))
    body += [*_sureness(comparison, facts, parameters, rests_on or {}), *_outside(), *_place(facts)]
    page = _page(facts, "".join(body), several=len(names) > 1)
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def _page(facts: Provenance, body: str, *, several: bool) -> str:
    first = facts.scenarios[0]
    title = "; ".join(told.title for told in facts.scenarios)
    style = files("analysis").joinpath("assets", "report.css").read_text(encoding="utf-8")
    question = "" if several or not first.question else f'<p class="question">{escape(first.question)}</p>'
    places = [(f"s{at}-answer", told.title) for at, told in enumerate(facts.scenarios)] if several else []
    places = [("choice", "The ideas beside each other"), *places] if several else places
    places = places or [(f"s0-{key}", words) for key, words in SECTIONS]
    places += [("sure", "How sure"), ("outside", "What is outside"), ("place", "Place, date and runs")]
    links = "".join(f'<li><a href="#{key}">{escape(words)}</a></li>' for key, words in places)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – afterdark</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#content">Skip to the answer</a>\n'
        f'<header>\n<h1>{escape(title)}</h1>\n{question}\n<p class="place">{_where_and_when(facts)}</p>\n'
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n</header>\n'
        f'<main id="content">\n{body}</main>\n<footer>\n{_licences(facts)}</footer>\n</body>\n</html>\n'
    )


def _where_and_when(facts: Provenance) -> str:
    default = {True: " (the default date)", False: " (not the default date)", None: ""}[facts.date_is_default]
    unsettled = f"Flows: {facts.settled_in_words}." if facts.unsettled else ""
    return escape(
        f"{facts.city}, {facts.date_in_words}{default}; after dark: {facts.dark_in_words}. "
        f"A scenario explored under stated assumptions, not a forecast. {facts.borrowed_in_words} {unsettled}".strip()
    )


def _scenario(
    comparison: pd.DataFrame,
    name: str,
    facts: Provenance,
    *,
    prefix: str,
    findings: Mapping[str, pd.DataFrame],
    maps: Mapping[str, Path | str],
) -> Iterator[str]:
    told = facts.scenario(name)
    headings = dict(SECTIONS)
    if len(facts.scenarios) > 1:
        headings = {key: f"{told.title}: {words[0].lower()}{words[1:]}" for key, words in headings.items()}

    def section(key: str, *parts: str) -> str:
        return _section(prefix + key, headings[key], *parts)

    told_first = [f"Caution: {caution}." for caution in facts.cautions]
    whom = [*people_in_words(comparison, name, facts), there_in_words(comparison, name, facts)]
    told_in_words = [*filter(None, whom), *wording.plain_answer(comparison, name, facts), *told_first]
    sentences = "".join(map(_paragraph, told_in_words))
    yield section("answer", f'<div class="answer">{sentences}</div>')
    lead = told.leads[0]
    shown = [
        *(affected_table(comparison, name, facts), tables.beside_table(comparison, name, facts)),
        tables.headline_table(comparison, name, facts),
    ]
    shown += [tables.groups_table(comparison, name, facts)]
    yield section("who", _meaning(lead.indicator), *(html_table(one) for one in shown if one.rows))
    chart = _chart(comparison, name, facts, prefix=prefix)
    yield section("hours", chart, _folded("The numbers", html_table(tables.hours_table(comparison, name, lead=lead))))
    yield section("map", _map(maps.get(name), told.title))
    yield section(
        "other", html_table(tables.indicators_table(comparison, name, lead=lead, graded=True)), _meanings(lead)
    )
    own = of_scenario(findings, name)
    for key, one in FINDINGS.items():
        if key not in own:
            yield section(key, _paragraph("This was not worked out for this report."))
            continue
        told_of_it = map(_paragraph, one.sentences(own[key], name, facts))
        yield section(key, *told_of_it, *map(html_table, one.tables(own[key], name, facts)))
    if told.log:
        lines = "".join(f"<li>{escape(line)}</li>" for line in told.log)
        words = _paragraph("What the office did and why in the first draw. It saw reports and counts, never true risk.")
        yield _section(f"{prefix}log", f"{told.title}: its log", words, f"<ul>{lines}</ul>")


def _chart(comparison: pd.DataFrame, name: str, facts: Provenance, *, prefix: str) -> str:
    """The chart by hour in two shapes, of which the style sheet shows one: shrunk, its words would be unreadable."""
    wide, narrow = (
        hours_chart(
            comparison,
            name,
            dark_hours=facts.dark_hours,
            name=f"{prefix}{key}",
            lead=facts.scenario(name).leads[0],
            frame=frame,
        )
        for key, frame in (("chart", WIDE), ("small-chart", NARROW))
    )
    if not wide:
        return ""
    key = "By clock hour. Shaded: after dark. Dashed: the margin inside which a change is negligible."
    region = scrolling("Chart: change by clock hour", wide + narrow)
    return f"<figure>{region}<figcaption>{key}</figcaption></figure>"


def _meaning(name: str) -> str:
    one = INDICATORS[name]
    return _paragraph(f"{one.meaning} A change counts as material from {wording.margin(one.margin, one.unit)} on.")


def _meanings(lead: Headline) -> str:
    items = "".join(
        f"<dt>{escape(one.title)}</dt><dd>{escape(one.meaning)} {_kind(one.name)}</dd>"
        for one in INDICATORS.values()
        if one.name != lead.indicator
    )
    return _folded("What they mean, and when they can first be counted", f"<dl>{items}</dl>")


def _kind(name: str) -> str:
    one = INDICATORS[name]
    label = {"": "", "proxy": ", a proxy", "assumed": ", assumed"}[one.label]
    margin = f"{one.margin:.0%} of the baseline" if one.margin_is_relative else wording.margin(one.margin, one.unit)
    judged = f"Material from {margin} on ({one.margin_reason})." if one.better else f"Not judged: {one.margin_reason}."
    return escape(f"{one.tag.capitalize()} indicator{label}. {judged} Means something: {one.earliest}.")


def _map(png: Path | str | None, title: str) -> str:
    if png is None:
        return _paragraph("No map was drawn.")
    data = base64.b64encode(Path(png).read_bytes()).decode("ascii")
    told = (
        f"Two maps of the streets after dark, difference between “{title}” and the baseline: change of "
        "footfall by street on the left, change of the share of walking time that feels safe on the right."
    )
    image = f'<img src="data:image/png;base64,{data}" alt="{escape(told)}">'
    key = (
        "Purple is more, orange is less, grey is a negligible change; streets with a black casing are "
        "those that the scenario touches. Means over draws, all walkers together."
    )
    return f"<figure>{scrolling('Map', image)}<figcaption>{key}{SIDEWAYS}</figcaption></figure>"


def _choice_map(png: Path | str | None) -> str:
    if png is None:
        return ""
    data = base64.b64encode(Path(png).read_bytes()).decode("ascii")
    told = "Maps of the streets after dark, one for each idea: change of the share of walking time that feels safe."
    image = f'<img src="data:image/png;base64,{data}" alt="{escape(told)}">'
    key = "Purple is more, orange is less, grey is a negligible change; black casing: touched. One scale for all ideas."
    return f"<figure>{scrolling('Maps of the ideas', image)}<figcaption>{key}{SIDEWAYS}</figcaption></figure>"


def _sureness(
    comparison: pd.DataFrame,
    facts: Provenance,
    parameters: Sequence[Mapping[str, object]],
    rests_on: Mapping[str, Sequence[int]],
) -> Iterator[str]:
    notes = "".join(f"<li>{escape(note)}</li>" for note in uncertainty_notes(comparison, facts))
    words = "".join(
        f'<dt><span class="mark" aria-hidden="true">{wording.MARKS[word]}</span> {escape(word)}</dt>'
        f"<dd>{escape(meaning)}</dd>"
        for word, meaning in wording.MEANINGS.items()
    )
    listed = ""
    if parameters:
        known = [name for name in PARAMETER_COLUMNS if any(name in row for row in parameters)]
        rows = tuple(tuple(_entry(row.get(name, "")) for name in known) for row in parameters)
        title = f"The {len(rows)} uncertain parameters, with their 90 % ranges and grades of evidence"
        listed = _folded(title, html_table(tables.Table(title, tuple(known), rows)))
    behind = html_table(tables.grades_table(rests_on)) if rests_on else ""
    yield _section("sure", "How sure", f"<ul>{notes}</ul>", behind, f"<h3>The verdicts</h3><dl>{words}</dl>", listed)


def _entry(found: object) -> str:
    return f"{found:.4g}" if isinstance(found, float) else str(found)


def _outside() -> Iterator[str]:
    items = "".join(f"<li>{escape(words)}</li>" for words in OUTSIDE)
    yield _section("outside", "What is outside", f"<ul>{items}</ul>")


def _place(facts: Provenance) -> Iterator[str]:
    days = ", ".join(f"{key} {value}" for key, value in facts.days.items())
    pairs = [
        ("Place", ", ".join(word for word in (facts.city, facts.country) if word)),
        ("Date", f"{facts.date_in_words}, with {facts.dark_in_words} after dark"),
        (
            "Agents",
            f"{wording.whole_number(facts.agents)} for {wording.whole_number(facts.population)} people",
        ),
        ("Draws and seeds", f"{facts.draws} draws; seed {', '.join(str(seed) for seed in facts.seeds)}"),
        ("Days simulated", days or "not recorded"),
        ("Settled", facts.settled_in_words),
        ("Code version", facts.code_version),
        ("Versions", ", ".join(f"{key} {value}" for key, value in facts.versions.items()) or "not recorded"),
        ("Runs of the baseline", ", ".join(facts.baseline_run_ids)),
        *((f"Runs of {told.title}", ", ".join(told.run_ids)) for told in facts.scenarios),
    ]
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in pairs)
    yield _section("place", "Place, date and runs", f"<dl>{rows}</dl>")


def _licences(facts: Provenance) -> str:
    return (
        "<h2>Licences</h2>"
        f"<p>Streets, buildings and places: {escape(facts.attribution or '© OpenStreetMap contributors')}. "
        "Data from OpenStreetMap are under the "
        '<a href="https://www.openstreetmap.org/copyright">Open Database Licence (ODbL)</a>. '
        "The program afterdark is under the Apache Licence 2.0.</p>\n"
    )


def _section(key: str, heading: str, *parts: str) -> str:
    return f'<section id="{key}">\n<h2>{escape(heading)}</h2>\n{"".join(parts)}\n</section>\n'


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def _folded(summary: str, inner: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{inner}</details>"
