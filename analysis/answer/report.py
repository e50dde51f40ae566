"""The report: one HTML file that opens offline and asks nothing of any server.

Styles, charts and map are inside the file; a content security policy forbids the rest. Whatever came from a
user (titles, questions, names) is escaped.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

import pandas as pd

from analysis.answer import tables, wording
from analysis.answer.charts import NARROW, WIDE, hours_chart
from analysis.answer.choice import choice_table
from analysis.answer.findings import FINDINGS, of_scenario
from analysis.answer.first_screen import first_screen
from analysis.answer.html_maps import choice_map, hours_map, street_map, zone_map
from analysis.answer.html_page import html_page, licences, place_and_runs, where_and_when
from analysis.answer.html_tables import html_table, regions_of, scrolling
from analysis.answer.leads import Headline
from analysis.answer.limits import AS_WRITTEN, ENGLISH_MAPS, outside, verdict_meanings
from analysis.answer.plain_answer import plain_answer
from analysis.answer.provenance import Provenance
from analysis.answer.terminal import uncertainty_notes
from analysis.answer.those_affected import affected_table, people_in_words, there_in_words
from analysis.answer.told_before import said
from analysis.indicators.catalogue import INDICATORS
from analysis.language import (
    ENGLISH,
    Language,
    foreign,
    html,
    marked,
    marked_each,
    marked_values,
    speaking,
    spoken,
    tr,
    tr_if_known,
)
from simulator.results.files import whole_file

PARAMETER_COLUMNS = marked_each("name", "value", "low", "high", "unit", "grade", "applies to", "source")
SECTIONS = (
    ("answer", marked("The answer")),
    ("who", marked("Who gains, by day and after dark")),
    ("hours", marked("At which hours")),
    ("map", marked("Where")),
    ("other", marked("Other indicators")),
    *((one.name, one.heading) for one in FINDINGS.values()),
)
AFTER = (
    ("sure", marked("How sure")),
    ("outside", marked("What is outside")),
    ("place", marked("Place, date and runs")),
)
_TAGS = marked_values({"process": "Process indicator", "product": "Product indicator", "impact": "Impact indicator"})
_LABELS = marked_values({"proxy": "a proxy", "assumed": "assumed"})
BESIDE = marked("The ideas beside each other")
CHOICE = ""
"""Key of the map that sets all scenarios beside each other."""
BY_HOUR = "by hour: "
"""Beginning of the key of a scenario's maps by hour."""
BY_ZONE = "by zone: "
"""Beginning of the key of a scenario's map of zones."""


def write_report(
    path: Path | str,
    comparison: pd.DataFrame,
    *,
    facts: Provenance,
    findings: Mapping[str, pd.DataFrame] | None = None,
    maps: Mapping[str, Path | str] | None = None,
    parameters: Sequence[Mapping[str, object]] = (),
    rests_on: Mapping[str, Sequence[int]] | None = None,
    language: Language = ENGLISH,
) -> None:
    """Write the report of a comparison as one HTML file, whole or not at all; parameters are those of `report_page`."""
    page = report_page(
        comparison,
        facts=facts,
        findings=findings,
        maps=maps,
        parameters=parameters,
        rests_on=rests_on,
        language=language,
    )
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def report_page(
    comparison: pd.DataFrame,
    *,
    facts: Provenance,
    findings: Mapping[str, pd.DataFrame] | None = None,
    maps: Mapping[str, Path | str] | None = None,
    parameters: Sequence[Mapping[str, object]] = (),
    rests_on: Mapping[str, Sequence[int]] | None = None,
    language: Language = ENGLISH,
    maps_are_english: bool = True,
) -> str:
    """Make the report of a comparison as one HTML page; the same input gives the same text.

    Parameters
    ----------
    comparison
        As `compare_runs` or `read_comparison_table` gives it.
    facts
        As `collect_provenance` gives it.
    findings
        Tables by name, as `findings.work_out` or `findings.read_findings` gives them.
    maps
        PNG files: differences under a scenario's name, `BY_HOUR` and `BY_ZONE` before it, all of them under `CHOICE`.
    parameters
        The uncertain parameters that matter, one row each, with keys of `PARAMETER_COLUMNS`.
    rests_on
        How many parameters of each grade (`analysis.comparison.paired.GRADES`) every answer depends on.
    language
        Of the whole page, but for what a user wrote, names and sources, which stand as they are.
    maps_are_english
        Whether the words in the pictures are, which is said in another language.
    """
    with speaking(language):
        listed, english = _listed(parameters, rests_on or {}), maps_are_english and bool(maps)
        return _spoken_page(comparison, facts, findings or {}, maps or {}, listed=listed, english_maps=english)


def _listed(parameters: Sequence[Mapping[str, object]], rests_on: Mapping[str, Sequence[int]]) -> tuple[str, str]:
    """What the answers rest on, and the list of parameters (HTML); empty where nothing is known of them."""
    behind = html_table(tables.grades_table(rests_on)) if rests_on else ""
    if not parameters:
        return behind, ""
    known = [name for name in PARAMETER_COLUMNS if any(name in row for row in parameters)]
    rows = tuple(tuple(_entry(name, row.get(name, "")) for name in known) for row in parameters)
    title = tr("The {count} uncertain parameters, with their 90 % ranges and grades of evidence", count=len(rows))
    return behind, _folded(title, html_table(tables.Table(title, tuple(known), rows)))


def _entry(name: str, found: object) -> str:
    """An entry of the list of parameters: a number, or words of the evidence file; its sources stand as they are."""
    if isinstance(found, float):
        return spoken().digits(f"{found:.4g}")
    if name == "grade":
        return wording.grade_word(str(found))
    return tr_if_known(str(found)) if name in ("unit", "applies to") else foreign(str(found))


def _spoken_page(
    comparison: pd.DataFrame,
    facts: Provenance,
    findings: Mapping[str, pd.DataFrame],
    maps: Mapping[str, Path | str],
    *,
    listed: tuple[str, str],
    english_maps: bool,
) -> str:
    """The page in the language that is spoken now."""
    names, several = [told.name for told in facts.scenarios], len(facts.scenarios) > 1
    body = [
        part
        for at, name in enumerate(names)
        for part in _scenario(comparison, name, facts, prefix=f"s{at}-", findings=findings, maps=maps)
    ]
    headings = {key: tr(words) for key, words in AFTER}
    notes = "".join(f"<li>{html(note)}</li>" for note in uncertainty_notes(comparison, facts))
    behind, parameters = listed
    parts = {
        "sure": (f"<ul>{notes}</ul>", behind, verdict_meanings(), parameters),
        "outside": (outside(),),
        "place": place_and_runs(facts),
    }
    body += [_section(key, headings[key], *told) for key, told in parts.items()]
    screens = list(_screens(comparison, facts, maps, findings))
    if several:
        table = html_table(choice_table(comparison, facts))
        screens.insert(0, _section("choice", tr(BESIDE), table, choice_map(maps.get(CHOICE))))
    return _page(facts, "".join(body), "".join(screens), english_maps=english_maps)


def _screens(
    comparison: pd.DataFrame,
    facts: Provenance,
    maps: Mapping[str, Path | str],
    findings: Mapping[str, pd.DataFrame],
) -> Iterator[str]:
    """The first screen of each scenario; where there are several, under its title and without a map of its own."""
    several = len(facts.scenarios) > 1
    for at, told in enumerate(facts.scenarios):
        title = f'<h2 class="idea">{escape(told.title)}</h2>' if several else ""
        png = None if several else maps.get(told.name)
        harm = of_scenario(findings, told.name).get("harm")
        yield title + first_screen(comparison, told.name, facts, say=spoken(), prefix=f"s{at}-", png=png, harm=harm)


def _page(facts: Provenance, body: str, screen: str, *, english_maps: bool) -> str:
    say = spoken()
    several = len(facts.scenarios) > 1
    first = facts.scenarios[0]
    question = "" if several or not first.question else f'<p class="question">{escape(first.question)}</p>'
    places = [(f"s{at}-answer", told.title) for at, told in enumerate(facts.scenarios)] if several else []
    places = [("choice", say(BESIDE)), *places] if several else places
    places = places or [(f"s0-{key}", say(words)) for key, words in SECTIONS]
    places += [(key, say(words)) for key, words in AFTER]
    links = "".join(f'<li><a href="#{key}">{escape(words)}</a></li>' for key, words in places)
    notes = [say(AS_WRITTEN), *([say(ENGLISH_MAPS)] if english_maps else [])]
    written = "" if say == ENGLISH else f'<p class="note">{escape(" ".join(notes))}</p>'
    title = "; ".join(told.title for told in facts.scenarios)
    inner = (
        f"<header>\n<h1>{escape(title)}</h1>\n{question}\n"
        f'<p class="place">{where_and_when(facts, say)}</p>\n</header>\n'
        f'<main id="content">\n{screen}<nav aria-label="{escape(say("Sections"))}"><ul>{links}</ul></nav>\n{written}'
        f"{body}</main>\n<footer>\n{licences(facts, say)}</footer>\n"
    )
    return html_page(title, inner, say)


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
    headings = {key: tr(words) for key, words in SECTIONS}
    if len(facts.scenarios) > 1:
        headings = {key: _under(told.title, words) for key, words in headings.items()}

    def section(key: str, *parts: str) -> str:
        inner = parts if len(facts.scenarios) == 1 else [regions_of(told.title, part) for part in parts]
        return _section(prefix + key, headings[key], *inner)

    told_first = [tr("Caution: {caution}.", caution=said(caution)) for caution in facts.cautions]
    whom = [*people_in_words(comparison, name, facts), there_in_words(comparison, name, facts)]
    unsettled = [tr("Flows: {settled}.", settled=facts.settled_in_words)] if facts.unsettled else []
    told_in_words = [*filter(None, whom), *plain_answer(comparison, name, facts), *told_first, *unsettled]
    told_in_words += [facts.borrowed_in_words] if facts.borrowed_in_words else []
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
    yield section(
        "hours", chart, _folded(tr("The numbers"), html_table(tables.hours_table(comparison, name, lead=lead)))
    )
    yield section(
        "map",
        street_map(maps.get(name), told.title),
        hours_map(maps.get(BY_HOUR + name), told.title, prefix),
        zone_map(maps.get(BY_ZONE + name), told.title),
    )
    yield section(
        "other", html_table(tables.indicators_table(comparison, name, lead=lead, graded=True)), _meanings(lead)
    )
    own = of_scenario(findings, name)
    for key, one in FINDINGS.items():
        if key not in own:
            yield section(key, _paragraph(tr("This was not worked out for this report.")))
            continue
        told_of_it = map(_paragraph, one.sentences(own[key], name, facts))
        yield section(key, *told_of_it, *map(html_table, one.tables(own[key], name, facts)))
    if told.log:
        lines = "".join(f"<li>{html(said(line))}</li>" for line in told.log)
        words = _paragraph(
            tr("What the office did and why in the first draw. It saw reports and counts, never true risk.")
        )
        yield _section(f"{prefix}log", tr("{title}: its log", title=told.title), words, f"<ul>{lines}</ul>")


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
    key = tr("By clock hour. Shaded: after dark. Dashed: the margin inside which a change is negligible.")
    region = scrolling(tr("Chart: change by clock hour"), wide + narrow)
    return f"<figure>{region}<figcaption>{escape(key)}</figcaption></figure>"


def _meaning(name: str) -> str:
    one = INDICATORS[name]
    material = tr("A change counts as material from {margin} on.", margin=wording.margin(one.margin, one.unit))
    return _paragraph(f"{tr(one.meaning)} {material}")


def _meanings(lead: Headline) -> str:
    items = "".join(
        f"<dt>{escape(tr(one.title))}</dt><dd>{escape(tr(one.meaning))} {_kind(one.name)}</dd>"
        for one in INDICATORS.values()
        if one.name != lead.indicator
    )
    return _folded(tr("What they mean, and when they can first be counted"), f"<dl>{items}</dl>")


def _kind(name: str) -> str:
    one = INDICATORS[name]
    kind = tr(_TAGS[one.tag])
    label = f"{kind}, {tr(_LABELS[one.label])}" if one.label else kind
    margin = wording.margin(one.margin, one.unit)
    if one.margin_is_relative:
        margin = tr("{share} of the baseline", share=f"{one.margin:.0%}")
    judged = tr("Material from {margin} on ({reason}).", margin=margin, reason=tr(one.margin_reason))
    if not one.better:
        judged = tr("Not judged: {reason}.", reason=tr(one.margin_reason))
    return html(f"{label}. {judged} {tr('Means something: {when}.', when=tr(one.earliest))}")


def _under(title: str, words: str) -> str:
    """A heading under the title of an idea."""
    return tr("{what}: {told}", what=title, told=f"{words[0].lower()}{words[1:]}")


def _section(key: str, heading: str, *parts: str) -> str:
    return f'<section id="{key}">\n<h2>{escape(heading)}</h2>\n{"".join(parts)}\n</section>\n'


def _paragraph(words: str) -> str:
    return f"<p>{html(words)}</p>"


def _folded(summary: str, inner: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{inner}</details>"
