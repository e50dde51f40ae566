"""The first screen of a report: whom it can reach, how safe they feel, how surely, at what price; where, when, on what.

Ten questions that anybody asks are answered here in words and numbers of the comparison; each answer says in
`data-question` which one it answers, so that a test reads them from the page. Everything here is said in each language.
"""

import base64
import io
import math
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

import pandas as pd

from analysis.answer import wording
from analysis.answer.charts import now_and_then_chart
from analysis.answer.cost_wording import NOTHING_COUNTED
from analysis.answer.leads import FEELS_SAFE
from analysis.answer.provenance import Provenance, ScenarioFacts, hour_spans
from analysis.answer.those_affected import WHERE
from analysis.comparison.intervals import BETTER, BREAK_EVEN, FEWEST_DRAWS, INCONCLUSIVE, NEGLIGIBLE, WORSE, ZERO
from analysis.harm.found import ADVERSE, anybody_harmed
from analysis.harm.losses import POSSIBLY
from analysis.indicators.indicator import SHARES
from analysis.language import Language, marked
from simulator.foundation.categories import ATTRIBUTES

QUESTIONS = (
    *("how many women", "how many men", "do they feel safer", "how sure", "is anybody worse off"),
    *("what does it cost", "what does it cost each", "where", "when", "what is this based on"),
)
"""What strangers ask first; values of `data-question` on the first screen."""
_VERDICTS = {
    BETTER: marked("better"),
    WORSE: marked("worse"),
    NEGLIGIBLE: marked("a negligible change"),
    INCONCLUSIVE: marked("not distinguishable from no effect"),
    ZERO: marked("no change, by assumption"),
    BREAK_EVEN: marked("no such measure has been evaluated"),
}
_BOTH = ("woman", "man")
_NAMED = 2
"""Groups that are worse off named one by one; the harm section lists all."""
_PICTURE_PX, _COLOURS = 560, 64
"""A small copy of the map beside the cards: the whole one stands in its own section, and is not kept twice."""


def first_screen(
    comparison: pd.DataFrame,
    name: str,
    facts: Provenance,
    *,
    say: Language,
    prefix: str = "",
    png: Path | str | None = None,
    harm: pd.DataFrame | None = None,
) -> str:
    """Four cards, a chart and a small map of one scenario, as HTML.

    Parameters
    ----------
    comparison
        As `compare_runs` or `read_comparison` gives it.
    name
        The scenario.
    facts
        As `collect_provenance` gives it.
    say
        The language.
    prefix
        Of the ids inside, unique in the page.
    png
        The scenario's map, if one was drawn.
    harm
        Its rows of the finding of harm, if that was worked out.
    """
    rows = {who: row for who in _BOTH if (row := _row(comparison, name, WHERE, who, _period(facts))) is not None}
    cards = "".join(
        f'<li class="card"><h3>{escape(heading)}</h3>{"".join(lines)}</li>'
        for heading, lines in (
            (say("Whom it can reach"), _whom(comparison, name, facts, say)),
            (say("How safe they feel"), _feel(comparison, name, facts, say)),
            (say("How surely"), _surely(rows, facts, say)),
            (say("At what price"), _price(comparison, name, facts, say)),
        )
    )
    drawn = now_and_then_chart(rows, say=say, name=f"{prefix}minutes")
    key = say("Hollow: now; filled: with it; bar: 90 % interval. Circles are women, squares men.")
    chart = f"<figure>{drawn}<figcaption>{escape(key)}</figcaption></figure>" if drawn else ""
    strip = "".join(
        f'<dt>{escape(term)}</dt><dd data-question="{question}">{told}</dd>'
        for term, question, told in _strip(harm, facts.scenario(name), facts, say, prefix)
    )
    glance = f"{facts.scenario(name).title}: {say('The answer at a glance')}"
    return (
        f'<section id="{prefix}first" class="first" aria-labelledby="{prefix}first-title">'
        f'<h2 id="{prefix}first-title" class="unseen">{escape(glance)}</h2>'
        f'<ul class="cards4">{cards}</ul><div class="beside">{chart}{_picture(png, say, prefix)}'
        f'<dl class="strip">{strip}</dl></div></section>'
    )


def _row(comparison: pd.DataFrame, name: str, indicator: str, gender: str, period: str) -> pd.Series | None:
    found = wording.select(comparison, name, indicator=indicator, gender=gender, period=period)
    return found.iloc[0] if len(found) else None


def _period(facts: Provenance) -> str:
    return "dark" if any(facts.dark_hours) else "all"


def _line(words: str, *, question: str = "", kind: str = "") -> str:
    """A paragraph of words that are HTML already."""
    named = (f' class="{kind}"' if kind else "") + (f' data-question="{question}"' if question else "")
    return f"<p{named}>{words}</p>"


def _people(value: float, say: Language) -> str:
    return say.number(wording.three_figures(value) if value >= 100 else value)


def _interval(row: pd.Series, say: Language) -> str:
    """Both ends of a count, in brackets; nothing where draws are too few."""
    ends = [max(float(row[end]), 0.0) for end in ("low", "high")]
    if not all(map(math.isfinite, ends)):
        return ""
    low, high = (_people(end, say) for end in ends)
    return escape(say("(90 % interval: {low} to {high})", low=low, high=high))


def _whom(comparison: pd.DataFrame, name: str, facts: Provenance, say: Language) -> Iterator[str]:
    counts = {who: _row(comparison, name, "affected_people", who, "all") for who in (*_BOTH, "all")}
    everybody = counts["all"]
    anybody = everybody is not None or facts.scenario(name).touched > 0
    for who, question in (("woman", "how many women"), ("man", "how many men")):
        row, said = counts[who], escape(say(wording.WHO[who]))
        if row is not None:
            told = f"<b>{_people(float(row['value']), say)}</b> {said} <small>{_interval(row, say)}</small>"
        elif anybody:
            told = escape(say("{who}: too few in this run to say", who=say(wording.WHO[who])))
        else:
            told = f"<b>0</b> {said}"
        yield _line(told, question=question, kind="big" if row is not None or not anybody else "")
    if everybody is not None:
        told = say("{count} people in all, on such a day", count=_people(float(everybody["value"]), say))
        yield _line(escape(told))
    elif not anybody:
        yield _line(escape(say("It touches no street on which anybody walks.")))
    month = facts.scenario(name).in_30_days
    told_of = all(counts[who] is not None and month.get(who) for who in _BOTH)
    if told_of:
        women, men = (_people(month[who], say) for who in _BOTH)
        told = say("Different people within 30 such days: {women} women, {men} men.", women=women, men=men)
        yield _line(f"<small>{escape(told)}</small>")


def _feel(comparison: pd.DataFrame, name: str, facts: Provenance, say: Language) -> Iterator[str]:
    period = _period(facts)
    rows = {who: row for who in _BOTH if (row := _row(comparison, name, WHERE, who, period)) is not None}
    dark = say("Of ten minutes that they walk on its streets after dark, so many feel safe:")
    yield _line(escape(dark if period == "dark" else say("Of ten minutes on its streets, so many feel safe:")))
    told = [
        _line(
            f"{escape(say(wording.WHO[who]))} {_of_ten(row, 'baseline', say)} → <b>{_of_ten(row, 'value', say)}</b> "
            f"<small>{_verdict(row, facts, say)}</small>",
            kind="big",
        )
        for who, row in rows.items()
    ] or [_line(escape(say("Too few walk there to say.")))]
    yield f'<div data-question="do they feel safer">{"".join(told)}</div>'
    lead = facts.scenario(name).leads[0]
    if lead != FEELS_SAFE:
        yield from _led_by(comparison, name, facts, say)


def _led_by(comparison: pd.DataFrame, name: str, facts: Provenance, say: Language) -> Iterator[str]:
    """What the answer leads with where that is not how safe walking feels."""
    lead, told = facts.scenario(name).leads[0], []
    for who in _BOTH:
        row = _row(comparison, name, lead.indicator, who, _period(facts))
        if row is not None:
            now, then = (_level(float(row[end]), str(row["unit"]), say) for end in ("baseline", "value"))
            told.append(f"{escape(say(wording.WHO[who]))} {now} → <b>{then}</b> ({_verdict(row, facts, say)})")
    if told:
        begins = escape(say("{what}: {told}", what=say(lead.title), told="\0"))
        yield _line(f"<small>{begins.replace(chr(0), '; '.join(told))}</small>")


def _of_ten(row: pd.Series, end: str, say: Language) -> str:
    return say.number(10.0 * float(row[end]), 1)


def _level(value: float, unit: str, say: Language) -> str:
    return f"{say.number(100.0 * value, 1)}\u00a0%" if unit in SHARES else say.number(value, 1)


def _verdict(row: pd.Series, facts: Provenance, say: Language) -> str:
    """A verdict with its mark; none from too few draws."""
    if facts.draws < FEWEST_DRAWS:
        return escape(say("no verdict from so few draws"))
    word = str(row["verdict"])
    return f'<span aria-hidden="true">{wording.MARKS[word]}</span> {escape(say(_VERDICTS[word]))}'


def _surely(rows: Mapping[str, pd.Series], facts: Provenance, say: Language) -> Iterator[str]:
    if facts.draws < FEWEST_DRAWS:
        told = say("Too few draws to say how sure this is: ask for more with --replications.")
        yield _line(escape(told), question="how sure")
        return
    better = {who: round(float(row["share_better"]) * facts.draws) for who, row in rows.items()}
    counts = [
        f"<b>{escape(say('{count} of {draws}', count=count, draws=facts.draws))}</b> {escape(say(wording.WHO[who]))}"
        for who, count in better.items()
    ]
    said = escape(say("It feels safer there in so many of the draws of all that is uncertain:"))
    yield _line(said if counts else escape(say("Too few walk there to say.")))
    yield f'<div data-question="how sure">{"".join(_line(told, kind="big") for told in counts)}</div>'
    grade = next((str(row["grade"]) for row in rows.values() if row["grade"]), "")
    if grade:
        told = say("Weakest evidence behind it: {grade}.", grade=say(wording.GRADE_WORDS.get(grade, grade)))
        yield _line(f"<small>{escape(told)}</small>")
    if facts.cautions:
        told = say("Read the cautions in the answer below: {count}.", count=len(facts.cautions))
        yield _line(f"<small><strong>{escape(told)}</strong></small>")


def _price(comparison: pd.DataFrame, name: str, facts: Provenance, say: Language) -> Iterator[str]:
    row = _row(comparison, name, "cost", "all", "all")
    if row is None or not facts.scenario(name).placements:
        nothing = escape(say("Nothing is placed, so nothing is paid."))
        yield _line(nothing, question="what does it cost")
        yield _line("–", question="what does it cost each")
        return
    if not any(float(row[end]) for end in ("difference", "low", "high")):
        yield _line(escape(say(NOTHING_COUNTED)), question="what does it cost")
        yield _line("–", question="what does it cost each")
        return
    cost, currency = float(row["difference"]), str(row["unit"]).split()[0]
    amount = f"<b>{say.number(wording.three_figures(abs(cost)))}</b> {escape(currency)}"
    yearly = say("saved a year") if cost < 0 else say("a year")
    yield _line(f"{amount} {escape(yearly)}", question="what does it cost", kind="big")
    if cost >= 0 and float(row["low"]) != float(row["high"]):
        yield _line(f"<small>{_interval(row, say)}</small>")
    people = _row(comparison, name, "affected_people", "all", "all")
    if cost <= 0 or people is None or not float(people["value"]):
        yield _line(
            escape(say("No price a person: nothing is paid, or too few are reached to say.")),
            question="what does it cost each",
        )
        return
    each = cost / float(people["value"])
    share = say.number(each, 1) if each < 100 else say.number(wording.three_figures(each))
    said = say("a year for each person whom it can reach on such a day")
    yield _line(f"<b>{share}</b> {escape(currency)} {escape(said)}", question="what does it cost each")


def _strip(
    harm: pd.DataFrame | None, told: ScenarioFacts, facts: Provenance, say: Language, prefix: str
) -> Iterator[tuple[str, str, str]]:
    """Term, question and answer (HTML) of what stands in the strip below the cards."""
    where = say("on {count} street segments in {city}", count=say.number(told.touched), city=facts.city)
    if told.treated_in_core != told.touched:
        inside = say.number(told.treated_in_core)
        where += " " + say("({count} of them in the core, where effects are counted)", count=inside)
    yield say("Where"), "where", f'{escape(where)} (<a href="#{prefix}map">{escape(say("map"))}</a>)'
    yield say("When"), "when", escape(when_in_words(facts, say))
    yield say("Worse off"), "is anybody worse off", _worse(harm, facts, say, prefix)
    yield say("Based on"), "what is this based on", escape(_based_on(facts, say))


def when_in_words(facts: Provenance, say: Language) -> str:
    """Date and hours of darkness."""
    day = say.date(facts.day)
    if not any(facts.dark_hours):
        return say("{date}, when the sun hardly sets", date=day)
    if all(facts.dark_hours):
        return say("{date}, dark all day", date=day)
    hours = say.listed([say("{start} to {end}", start=start, end=end) for start, end in hour_spans(facts.dark_hours)])
    return say("{date}; after dark: {hours}", date=day, hours=hours)


def _worse(rows: pd.DataFrame | None, facts: Provenance, say: Language, prefix: str) -> str:
    """Whom harm is found for, or possible for, as the finding has it; nothing of it is a proof that there is none."""
    if facts.draws < FEWEST_DRAWS:
        return escape(say("too few draws to say"))
    if rows is None:
        return escape(say("not worked out for this report"))
    link = f'(<a href="#{prefix}harm">{escape(say("which"))}</a>)'
    found, possible = anybody_harmed(rows), rows[(rows["harm"] == POSSIBLY) & (rows["indicator"] != ADVERSE)]
    for some, words in ((found, say("harm is found for {who}")), (possible, say("harm is possible for {who}"))):
        if len(some):
            return f"<strong>{escape(words.format(who=_named(some, say)))}</strong> {link}"
    return escape(say("for no group is harm beyond the margins found, which is no proof that there is none"))


def _named(rows: pd.DataFrame, say: Language) -> str:
    """Groups of rows as the rows stand, a few by name; everybody together only for want of others."""
    every = dict.fromkeys(_group(row, say) for row in rows.to_dict("records"))
    groups = [who for who in every if who != say(wording.WHO["all"])] or list(every)
    more = len(groups) - _NAMED
    if more <= 0:
        return say.listed(groups)
    return say("{who}, and {count} more", who=", ".join(groups[:_NAMED]), count=more)


def _group(row: Mapping[str, object], say: Language) -> str:
    """Who stands behind a row; of attributes only that there is one, which the table of harm spells out."""
    who = say(wording.WHO[str(row["gender"])])
    age = str(row["age"])
    if age != "all":
        aged = say("under 16") if age == "under 16" else age
        who = say("{who} aged {age}", who=who, age=aged)
    part = any(str(row[name]) != "all" for name in ATTRIBUTES)
    return say("some {who}", who=who) if part else who


def _based_on(facts: Provenance, say: Language) -> str:
    put = {"agents": say.number(facts.agents), "population": say.number(facts.population)}
    if facts.draws == 1:
        told = say("One draw of all that is uncertain; {agents} simulated people stand for {population}", **put)
    else:
        put["draws"] = say.number(facts.draws)
        told = say("{draws} draws of all that is uncertain; {agents} simulated people stand for {population}", **put)
    if facts.feelings_of:
        told += say("; how safe people feel: surveys ({country})", country=say.country(facts.feelings_of))
    return f"{told}. {say('A scenario explored under stated assumptions, not a forecast.')}"


def _picture(png: Path | str | None, say: Language, prefix: str) -> str:
    """The map made small, as a link to the whole one."""
    if png is None:
        return ""
    from PIL import Image

    with Image.open(png) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((_PICTURE_PX, _PICTURE_PX), Image.Resampling.LANCZOS)
    drawn = io.BytesIO()
    picture.quantize(_COLOURS).save(drawn, "PNG", optimize=True)
    data = base64.b64encode(drawn.getvalue()).decode("ascii")
    told = say("Small map of what changes on which streets; the whole map stands further down.")
    return (
        f'<a class="picture" href="#{prefix}map"><img src="data:image/png;base64,{data}" alt="{escape(told)}" '
        f'width="{picture.width}" height="{picture.height}"></a>'
    )
