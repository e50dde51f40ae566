"""The answer in a few sentences at length: each made from the comparison's verdicts, and no further than they go."""

import pandas as pd

from analysis.answer.leads import Headline
from analysis.answer.provenance import Provenance
from analysis.answer.wording import (
    DISCLAIMER,
    NO_INTERVAL,
    TOO_FEW,
    WHO,
    change_and_ends,
    cost_in_words,
    level,
    listed,
    select,
)
from analysis.comparison.intervals import BETTER, FEWEST_DRAWS, INCONCLUSIVE, NEGLIGIBLE, VERDICTS, WORSE, ZERO
from analysis.indicators.cells import HOUR_BANDS, joined_bands
from analysis.indicators.indicator import SHARES

_UNSURE = "not distinguishable from no effect"


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
        return [_nothing_done(comparison, scenario, told.title), DISCLAIMER]
    surely = [_how_surely(comparison, scenario, facts), _at_what_cost(comparison, scenario, facts)]
    first, *further = told.leads
    sentences = [_who_gains(comparison, scenario, first, facts)]
    sentences += [_who_gains(comparison, scenario, lead, facts, is_first=False) for lead in further]
    sentences += [_when(comparison, scenario, first)] if facts.draws >= FEWEST_DRAWS else []
    sentences += _where_it_stands(comparison, scenario, facts)
    return [*sentences, *(_sentence(part) for part in surely if part), DISCLAIMER]


def _sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def _nothing_done(comparison: pd.DataFrame, scenario: str, title: str) -> str:
    rows = comparison[comparison["scenario"] == scenario]
    if (rows["difference"] == 0.0).all():
        return f"“{title}” contains no measure, and every number equals the baseline's exactly, as it must."
    return f"“{title}” contains no measure, yet numbers differ from the baseline's: do not trust these runs."


def _who_gains(
    comparison: pd.DataFrame, scenario: str, lead: Headline, facts: Provenance, *, is_first: bool = True
) -> str:
    """What one lead does for women and men; the first one also says under what and where."""
    period = "dark" if any(facts.dark_hours) else "all"
    rows = select(comparison, scenario, indicator=lead.indicator, period=period, gender="*").set_index("gender")
    when = "after dark" if period == "dark" else "that day (the sun hardly sets)"
    title = facts.scenario(scenario).title
    clauses = [
        _clause(rows.loc[who], WHO[who], is_plural=lead.is_plural) for who in ("woman", "man") if who in rows.index
    ]
    if not clauses:
        return f"Under “{title}”, too few people walk {when} in {facts.city} for an answer."
    opening = f"Under “{title}”, in {facts.city} on {facts.date_in_words}, " if is_first else ""
    first, *others = clauses
    told = [f"{opening}{lead.noun.format(when=when)} {first}", *(f"{lead.pronoun} {clause}" for clause in others)]
    return " ".join(_sentence(text) for text in told)


def _where_it_stands(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> list[str]:
    """The streets that are touched themselves: how they feel to whoever walks there, and how much they are used."""
    period, when = ("dark", " after dark") if any(facts.dark_hours) else ("all", "")
    feels = select(comparison, scenario, indicator="feels_safe_share_treated", period=period)
    used = select(comparison, scenario, indicator="use_of_treated_minutes", period=period)
    if feels.empty or used.empty:
        return []
    use = used.iloc[0]
    before = float(str(use["baseline"]))
    where = "After dark, on" if when else "On"
    text = (
        f"{where} the treated streets in the core, to those who walk there anyway, the share of time that feels safe "
    )
    text += _clause(feels.iloc[0], "everybody")
    if before > 0:
        more = 100.0 * float(str(use["difference"])) / before
        much = f"{abs(more):.0f} %" if abs(more) >= 0.5 else "under 1 %"
        way = f"{much} {'more' if more > 0 else 'less'}" if more else "as much as before"
        text += f". They are walked on {way}{when} (verdict: {use['verdict']})"
    return [f"{text}."]


def _clause(row: pd.Series, who: str, *, is_plural: bool = False) -> str:
    unit, verdict = str(row["unit"]), str(row["verdict"])
    text, interval = change_and_ends(row)
    if unit in SHARES:
        text = f"{text} points"
    numbers = f"{text} in every draw"
    if interval:
        numbers = f"{text}, {interval if interval == NO_INTERVAL else f'90 % interval {interval}'}"
    before, after = (level(float(str(row[name])), unit) for name in ("baseline", "value"))
    verb_end = "" if is_plural else "s"
    if verdict in (BETTER, WORSE):
        word = "rise" if float(str(row["difference"])) > 0 else "fall"
        return f"{word}{verb_end} for {who} from {before} to {after} ({numbers})"
    if verdict == NEGLIGIBLE:
        return f"hardly change{verb_end} for {who}, at {before} ({numbers}): the change is negligible"
    if verdict == ZERO:
        return f"do{'' if is_plural else 'es'} not change for {who} ({before}), by assumption"
    surely = "without an interval there is no verdict" if interval == NO_INTERVAL else _UNSURE
    return f"may rise or fall for {who} (from {before}; {numbers}): {surely}"


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
                hours = listed(joined_bands([band for band in HOUR_BANDS if band in found]))
                spans.setdefault(hours, []).append(WHO[gender])
        parts += [f"{verdict} for {listed(who)} at {hours}" for hours, who in spans.items()]
    text = "No three-hour band taken alone is better or worse"
    if parts:
        text = f"By clock hour {lead.subject} is {'; '.join(parts)}"
    day = select(comparison, scenario, indicator=lead.indicator, period="day")
    if len(day):
        verdict = str(day["verdict"].iloc[0])
        said = {
            ZERO: "by day nothing changes, by assumption",
            NEGLIGIBLE: "by day it makes a negligible difference",
        }
        said |= {INCONCLUSIVE: "by day the result is inconclusive"}
        text += f". {_sentence(said.get(verdict, f'by day it is {verdict}'))[:-1]}"
    return f"{text}{_ages(comparison, scenario, lead)}."


def _ages(comparison: pd.DataFrame, scenario: str, lead: Headline) -> str:
    rows = select(comparison, scenario, indicator=lead.indicator, period="dark", gender="*", age="*")
    rows = rows[(rows["age"] != "all") & rows["gender"].isin(["woman", "man"])]
    if rows.empty:
        return ""
    counts = [f"“{word}” in {(rows['verdict'] == word).sum()}" for word in VERDICTS if (rows["verdict"] == word).any()]
    return f". Of {len(rows)} groups of women and men by age, the verdict after dark is {listed(counts)}"


def _how_surely(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    period = "dark" if any(facts.dark_hours) else "all"
    lead = facts.scenario(scenario).leads[0]
    rows = select(comparison, scenario, indicator=lead.indicator, period=period, gender="*").set_index("gender")
    grade = str(rows["grade"].iloc[0]) if len(rows) else ""
    rests = f". The weakest evidence behind it is graded “{grade}”" if grade else ""
    if facts.draws < FEWEST_DRAWS:
        return f"{TOO_FEW[facts.draws][:-1]}{rests}"
    counts = [
        f"{round(float(rows.loc[who, 'share_better']) * facts.draws)} of {facts.draws} draws for {WHO[who]}"
        for who in ("woman", "man")
        if who in rows.index
    ]
    return f"{lead.subject} is better in {listed(counts)}{rests}" if counts else ""


def _at_what_cost(comparison: pd.DataFrame, scenario: str, facts: Provenance) -> str:
    row = select(comparison, scenario, indicator="cost")
    if row.empty:
        return ""
    told, grade = facts.scenario(scenario), str(row["grade"].iloc[0])
    if not row[["difference", "low", "high"]].to_numpy(dtype=float).any():
        return "No cost is counted: what it takes from others, such as earnings, has no price here"
    verb = "saves" if float(str(row["difference"].iloc[0])) < 0 else "costs"
    text = f"it {verb} {cost_in_words(row.iloc[0])}{'' if told.treated_in_core == told.touched else ' for all of it'}"
    text += f". The weakest evidence behind the cost is graded “{grade}”" if grade else ""
    if told.treated_in_core == told.touched:
        return text
    where = f"Of the {told.touched} segments treated, {told.treated_in_core} lie in the core, where effects are counted"
    return f"{text}. {where}"
