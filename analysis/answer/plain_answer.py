"""The answer in a few sentences at length: each made from the comparison's verdicts, and no further than they go."""

from collections.abc import Sequence

import pandas as pd

from analysis.answer.leads import Headline
from analysis.answer.provenance import Provenance
from analysis.answer.wording import (
    DISCLAIMER,
    NO_INTERVAL,
    TOO_FEW,
    UNSURE,
    change_and_ends,
    cost_in_words,
    grade_word,
    interval,
    level,
    listed,
    select,
    verdict_word,
)
from analysis.answer.wording import who as called
from analysis.comparison.intervals import BETTER, FEWEST_DRAWS, INCONCLUSIVE, NEGLIGIBLE, VERDICTS, WORSE, ZERO
from analysis.indicators.cells import HOUR_BANDS
from analysis.indicators.indicator import SHARES
from analysis.language import tr


def plain_answer(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    """The answer in a few sentences: what, for whom, at which hours, how surely, at what cost.

    Parameters
    ----------
    comparison
        As `compare_runs` gives it.
    scenario
        Name of the scenario.
    facts
        Its provenance.
    """
    told = facts.scenario(scenario)
    if not told.has_measures:
        return [_nothing_done(comparison, scenario, told.title), tr(DISCLAIMER)]
    surely = [_how_surely(comparison, scenario, facts), _at_what_cost(comparison, scenario, facts)]
    first, *further = told.leads
    sentences = [_who_gains(comparison, scenario, first, facts)]
    sentences += [_who_gains(comparison, scenario, lead, facts, is_first=False) for lead in further]
    sentences += [_when(comparison, scenario, first)] if facts.draws >= FEWEST_DRAWS else []
    sentences += _where_it_stands(comparison, scenario, facts)
    return [*sentences, *(_sentence(part) for part in surely if part), tr(DISCLAIMER)]


def _sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def _nothing_done(comparison: pd.DataFrame, scenario: str, title: str) -> str:
    rows = comparison[comparison["scenario"] == scenario]
    if (rows["difference"] == 0.0).all():
        return tr(
            "“{title}” contains no measure, and every number equals the baseline's exactly, as it must.", title=title
        )
    return tr(
        "“{title}” contains no measure, yet numbers differ from the baseline's: do not trust these runs.", title=title
    )


def _who_gains(
    comparison: pd.DataFrame, scenario: str, lead: Headline, facts: Provenance, *, is_first: bool = True
) -> str:
    """What one lead does for women and men; the first one also says under what and where."""
    period = "dark" if any(facts.dark_hours) else "all"
    rows = select(comparison, scenario, indicator=lead.indicator, period=period, gender="*").set_index("gender")
    when = tr("after dark") if period == "dark" else tr("that day (the sun hardly sets)")
    title = facts.scenario(scenario).title
    clauses = [
        _clause(rows.loc[who], called(who), is_plural=lead.is_plural) for who in ("woman", "man") if who in rows.index
    ]
    if not clauses:
        put = {"title": title, "when": when, "city": facts.city}
        return tr("Under “{title}”, too few people walk {when} in {city} for an answer.", **put)
    put = {"title": title, "city": facts.city, "date": facts.date_in_words}
    opening = f"{tr('Under “{title}”, in {city} on {date},', **put)} " if is_first else ""
    first, *others = clauses
    told = [
        f"{opening}{tr(lead.noun, when=when)} {first}",
        *(f"{tr(lead.pronoun)} {clause}".strip() for clause in others),
    ]
    return " ".join(_sentence(text) for text in told)


def _where_it_stands(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    """The streets that are touched themselves: how they feel to whoever walks there, and how much they are used."""
    period, when = ("dark", tr("after dark")) if any(facts.dark_hours) else ("all", "")
    feels = select(comparison, scenario, indicator="feels_safe_share_treated", period=period)
    used = select(comparison, scenario, indicator="use_of_treated_minutes", period=period)
    if feels.empty or used.empty:
        return []
    use = used.iloc[0]
    before = float(str(use["baseline"]))
    text = (
        tr(
            "After dark, on the treated streets in the core, to those who walk there anyway, the share of time that "
            "feels safe"
        )
        if when
        else tr("On the treated streets in the core, to those who walk there anyway, the share of time that feels safe")
    )
    text += f" {_clause(feels.iloc[0], called('all'))}"
    if before > 0:
        more = 100.0 * float(str(use["difference"])) / before
        much = f"{abs(more):.0f} %" if abs(more) >= 0.5 else tr("under {limit}", limit="1 %")
        way = (
            (tr("{much} more") if more > 0 else tr("{much} less")).format(much=much)
            if more
            else tr("as much as before")
        )
        way, verdict = f"{way} {when}".strip(), verdict_word(str(use["verdict"]))
        text += ". " + tr("They are walked on {way} (verdict: {verdict})", way=way, verdict=verdict)
    return [f"{text}."]


def _clause(row: pd.Series, who: str, *, is_plural: bool = False) -> str:
    unit, verdict = str(row["unit"]), str(row["verdict"])
    text, ends = change_and_ends(row)
    if unit in SHARES:
        text = tr("{points} points", points=text)
    numbers = tr("{change} in every draw", change=text)
    without = ends == tr(NO_INTERVAL)
    if ends:
        numbers = f"{text}, {ends if without else interval(ends)}"
    before, after = (level(float(str(row[name])), unit) for name in ("baseline", "value"))
    put = {"who": who, "before": before, "after": after, "numbers": numbers}
    if verdict in (BETTER, WORSE):
        if float(str(row["difference"])) > 0:
            one = tr("rises for {who} from {before} to {after} ({numbers})", **put)
            return tr("rise for {who} from {before} to {after} ({numbers})", **put) if is_plural else one
        one = tr("falls for {who} from {before} to {after} ({numbers})", **put)
        return tr("fall for {who} from {before} to {after} ({numbers})", **put) if is_plural else one
    if verdict == NEGLIGIBLE:
        one = tr("hardly changes for {who}, at {before} ({numbers}): the change is negligible", **put)
        many = tr("hardly change for {who}, at {before} ({numbers}): the change is negligible", **put)
        return many if is_plural else one
    if verdict == ZERO:
        one = tr("does not change for {who} ({before}), by assumption", **put)
        return tr("do not change for {who} ({before}), by assumption", **put) if is_plural else one
    put["surely"] = tr("without an interval there is no verdict") if without else tr(UNSURE)
    return tr("may rise or fall for {who} (from {before}; {numbers}): {surely}", **put)


def _when(comparison: pd.DataFrame, scenario: str, lead: Headline) -> str:
    """Clock hours, day and ages: where the verdict is better or worse."""
    rows = select(comparison, scenario, indicator=lead.indicator, hour_band="*", gender="*")
    rows = rows[rows["hour_band"] != "all"]
    parts = []
    for verdict in (BETTER, WORSE):
        spans: dict[str, list[str]] = {}
        for gender in ("woman", "man"):
            found = set(rows[(rows["verdict"] == verdict) & (rows["gender"] == gender)]["hour_band"])
            if found:
                hours = listed(_joined_bands([band for band in HOUR_BANDS if band in found]))
                spans.setdefault(hours, []).append(called(gender))
        words = tr("better for {who} at {hours}") if verdict == BETTER else tr("worse for {who} at {hours}")
        parts += [words.format(who=listed(who), hours=hours) for hours, who in spans.items()]
    text = tr("No three-hour band taken alone is better or worse")
    if parts:
        text = tr("By clock hour {subject} is {parts}", subject=tr(lead.subject), parts="; ".join(parts))
    day = select(comparison, scenario, indicator=lead.indicator, period="day")
    if len(day):
        verdict = str(day["verdict"].iloc[0])
        said = {
            ZERO: tr("by day nothing changes, by assumption"),
            NEGLIGIBLE: tr("by day it makes a negligible difference"),
            INCONCLUSIVE: tr("by day the result is inconclusive"),
        }
        other = tr("by day it is {verdict}", verdict=verdict_word(verdict))
        text += f". {_sentence(said.get(verdict, other))[:-1]}"
    return f"{text}{_ages(comparison, scenario, lead)}."


def _ages(comparison: pd.DataFrame, scenario: str, lead: Headline) -> str:
    rows = select(comparison, scenario, indicator=lead.indicator, period="dark", gender="*", age="*")
    rows = rows[(rows["age"] != "all") & rows["gender"].isin(["woman", "man"])]
    if rows.empty:
        return ""
    counts = [
        tr("“{verdict}” in {count}", verdict=verdict_word(word), count=(rows["verdict"] == word).sum())
        for word in VERDICTS
        if (rows["verdict"] == word).any()
    ]
    return ". " + tr(
        "Of {count} groups of women and men by age, the verdict after dark is {verdicts}",
        count=len(rows),
        verdicts=listed(counts),
    )


def _how_surely(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    period = "dark" if any(facts.dark_hours) else "all"
    lead = facts.scenario(scenario).leads[0]
    rows = select(comparison, scenario, indicator=lead.indicator, period=period, gender="*").set_index("gender")
    grade = str(rows["grade"].iloc[0]) if len(rows) else ""
    rests = ". " + tr("The weakest evidence behind it is graded “{grade}”", grade=grade_word(grade)) if grade else ""
    if facts.draws < FEWEST_DRAWS:
        return f"{tr(TOO_FEW[facts.draws])[:-1]}{rests}"
    counts = [
        tr(
            "{count} of {draws} draws for {who}",
            count=round(float(rows.loc[who, "share_better"]) * facts.draws),
            draws=facts.draws,
            who=called(who),
        )
        for who in ("woman", "man")
        if who in rows.index
    ]
    if not counts:
        return ""
    return tr("{subject} is better in {counts}", subject=tr(lead.subject), counts=listed(counts)) + rests


def _at_what_cost(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    row = select(comparison, scenario, indicator="cost")
    if row.empty:
        return ""
    told, grade = facts.scenario(scenario), str(row["grade"].iloc[0])
    if not row[["difference", "low", "high"]].to_numpy(dtype=float).any():
        return tr("No cost is counted: what it takes from others, such as earnings, has no price here.")[:-1]
    cost = cost_in_words(row.iloc[0])
    if told.treated_in_core != told.touched:
        cost = tr("{cost} for all of it", cost=cost)
    text = (
        tr("it saves {cost}", cost=cost)
        if float(str(row["difference"].iloc[0])) < 0
        else tr("it costs {cost}", cost=cost)
    )
    if grade:
        text += ". " + tr("The weakest evidence behind the cost is graded “{grade}”", grade=grade_word(grade))
    if told.treated_in_core == told.touched:
        return text
    where = tr(
        "Of the {touched} segments treated, {inside} lie in the core, where effects are counted",
        touched=told.touched,
        inside=told.treated_in_core,
    )
    return f"{text}. {where}"


def _joined_bands(bands: Sequence[str]) -> list[str]:
    """Neighbouring bands as one span: 16-19, 19-22 becomes 16-22."""
    spans: list[list[str]] = []
    for band in bands:
        start, end = band.split("-")
        if spans and spans[-1][1] == start:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    if len(bands) == len(HOUR_BANDS):
        return ["every hour"]
    if len(spans) > 1 and spans[-1][1] == spans[0][0]:  # the night goes on past 04:00, where the day begins
        spans = [*spans[1:-1], [spans[-1][0], spans[0][1]]]
    return [f"{start}–{end} h" for start, end in spans]
