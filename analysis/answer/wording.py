"""Numbers with units as people read them, verdicts as marks and words, and the plain answer.

Every sentence is made from the comparison's verdicts and goes no further than they do.
"""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.answer.leads import Headline
from analysis.answer.provenance import Provenance
from analysis.comparison.intervals import (
    BETTER,
    BREAK_EVEN,
    FEWEST_DRAWS,
    INCONCLUSIVE,
    NEGLIGIBLE,
    VERDICTS,
    WORSE,
    ZERO,
)
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS, joined_bands
from analysis.indicators.groupings import grouping_in_words
from analysis.indicators.indicator import SHARES
from simulator.foundation.categories import ATTRIBUTES

MARKS = {BETTER: "▲", WORSE: "▼", NEGLIGIBLE: "=", INCONCLUSIVE: "?", ZERO: "○", BREAK_EVEN: "◆", "": ""}
"""A shape beside each verdict's words, so that neither colour nor shape is needed alone."""
WHO = {"woman": "women", "man": "men", "another": "another gender", "all": "everybody"}
LEVELS = {
    ("disability", "none"): "no disability",
    ("disability", "any"): "a disability",
    ("disability", "walking"): "difficulty walking",
    ("disability", "sight"): "bad sight",
    ("carer", "no"): "no care duties",
    ("carer", "any"): "care duties",
    ("carer", "child"): "care for a child",
    ("carer", "older person"): "care for an older person",
    ("night_worker", "no"): "no night shifts",
    ("night_worker", "yes"): "evening or night shifts",
}
"""What the level of an attribute is called, after "with"."""
MINUS, RANGE = "−", " to "
NO_INTERVAL = "no interval"
ANSWERS = {
    "feeling safe": ("feels_safe_share", "sdg_"),
    "those affected": ("affected_", "near_"),
    "the treated streets": ("feels_safe_share_treated", "use_of_treated", "safe_minutes_treated"),
    "trips and detours": ("trips_", "taxi_", "detour_"),
    "minutes in the dark, alone or waiting": ("dark_", "alone_", "waiting_"),
    "incidents": ("incidents_",),
    "what is within reach, and visits by night": ("sdg_11_", "open_at_", "transit_at_", "reach_", "night_hours_"),
    "displacement": ("displace",),
    "the effect at which it pays": ("break_even",),
    "the cost": ("cost",),
}
"""What an answer is about, and how the names of its indicators begin."""
DISCLAIMER = "This explores a scenario under stated assumptions; it is not a forecast."

_VERDICT_WORDS = {INCONCLUSIVE: "not distinguishable from no effect"}
TOO_FEW = {1: "One draw says nothing about how sure this is.", 2: "Two draws say too little about how sure this is."}
"""Of fewer draws than make an interval."""

NOT_SETTLED = (
    "The flows did not settle: where people are depends on whether streets began empty or full; read with caution.\n"
)
"""Said above a run whose baseline has several states in which nothing changes, or was given too few days."""


def unit_of_change(unit: str) -> str:
    """Unit of a difference: percentage points for shares."""
    return "points" if unit in SHARES else unit.replace("100 000", "100\u202f000")


def level(value: float, unit: str) -> str:
    """A value as read: shares in per cent, others with three figures; no unit for the latter."""
    if not math.isfinite(value):
        return "–"
    return f"{100.0 * value:.1f}\u00a0%" if unit in SHARES else _figures(value)


def change(difference: float, unit: str, *, beside: Sequence[float] = ()) -> str:
    """A difference with its sign, shares in points; `beside` are numbers that share its decimals."""
    if not math.isfinite(difference):
        return "–"
    factor = 100.0 if unit in SHARES else 1.0
    together = [abs(factor * number) for number in (difference, *beside) if math.isfinite(number)]
    decimals = min(_decimals(max(together)), 2 if unit in SHARES else 6)  # 0.01 point: one person in 10 000
    text = f"{factor * difference:+,.{decimals}f}".replace(",", "\u202f")
    if not any(digit in text for digit in "123456789"):
        return text[1:]  # neither +0 nor -0
    return text.replace("-", MINUS)


def change_with_interval(row: pd.Series) -> str:
    """Difference and its 90 % interval, as in "+1.2 (+0.4 to +2.0)"; "0" where every draw is exactly zero."""
    text, interval = _change_and_ends(row)
    return f"{text} ({interval})" if interval else text


def _change_and_ends(row: pd.Series) -> tuple[str, str]:
    difference, low, high = (float(str(row[name])) for name in ("difference", "low", "high"))
    unit = str(row["unit"])
    text = change(difference, unit, beside=(low, high))
    if difference == low == high == 0.0:
        return text, ""
    if not (math.isfinite(low) and math.isfinite(high)):
        return text, NO_INTERVAL
    ends = [change(end, unit, beside=(difference, low, high)) for end in (low, high)]
    if not any(digit in "".join((text, *ends)) for digit in "123456789"):
        return f"under {text[:-1]}1", ""  # as small as rounding, but not the exact zero
    return text, RANGE.join(ends)


def margin(value: float, unit: str) -> str:
    """A material margin with its unit, without a sign."""
    return f"{100.0 * value:g} points" if unit in SHARES else f"{value:g} {unit}"


def _decimals(largest: float) -> int:
    if largest == 0.0 or largest >= 100.0:
        return 0
    return min(1 + max(0, -math.floor(math.log10(largest))), 6)


def _figures(value: float) -> str:
    if value == 0.0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 8)}f}".replace(",", "\u202f").replace("-", MINUS)


def whole_number(value: float) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f").replace("-", MINUS)


def cost_in_words(row: pd.Series) -> str:
    """A cost or a saving with its currency and its interval, if it differs between draws."""
    currency = str(row["unit"]).removesuffix(INDICATORS["cost"].unit).strip()
    cost, low, high = (float(str(row[name])) for name in ("difference", "low", "high"))
    if cost < 0.0:
        cost, low, high = -cost, -high, -low
    text = f"about {money(cost, currency)} a year"
    if low == high or not math.isfinite(low):
        return text
    return f"{text} (90 % interval {money(low, '')}{RANGE}{money(high, '')})"


def money(value: float, currency: str) -> str:
    """An amount rounded to three figures, at least to the unit."""
    return f"{whole_number(three_figures(value))} {currency}".strip()


def three_figures(value: float) -> float:
    """A number rounded to three figures, at least to the unit."""
    step = 10.0 ** max(0, math.floor(math.log10(abs(value))) - 2) if value else 1.0
    return round(value / step) * step


def verdict_in_words(verdict: str, draws: int) -> str:
    """A verdict for a sentence; none from fewer draws than make an interval."""
    return "no verdict from so few draws" if draws < FEWEST_DRAWS else _VERDICT_WORDS.get(verdict, verdict)


def draws_note(draws: int) -> str:
    """What the number of draws means for intervals and shares of draws."""
    if draws < FEWEST_DRAWS:
        few = "One draw" if draws == 1 else "Two draws"
        return f"{few}: no interval and no verdict. Ask for more with --replications."
    return (
        f"{draws} draws of all uncertain parameters. "
        "Intervals are predictive (90 %): where one more draw would lie. "
        f"With {draws} draws the share of draws that are better moves in steps of 1/{draws}."
    )


def answer_of(indicator: str) -> str:
    """What an indicator is about: the answer with the longest beginning of its name; without one it is its own."""
    beginnings = {beginning: answer for answer, several in ANSWERS.items() for beginning in several}
    return beginnings.get(max((one for one in beginnings if indicator.startswith(one)), key=len, default=""), indicator)


def weakest_grades(comparison: pd.DataFrame, grades: Sequence[str]) -> str:
    """The weakest grade of evidence behind each answer in a sentence (`grades` from the surest on); empty if not known.

    An answer is as sure as the least sure of its indicators.
    """
    order = list(grades)
    behind: dict[str, set[str]] = {answer: set() for answer in ANSWERS}
    for name, grade in zip(comparison["indicator"], comparison["grade"], strict=True):
        behind.setdefault(answer_of(str(name)), set()).update({grade} & set(order))
    found: dict[str, list[str]] = {}
    for answer, known in behind.items():
        if known:
            found.setdefault(max(known, key=order.index), []).append(answer)
    told = [f"“{grade}” behind {listed(found[grade])}" for grade in reversed(order) if grade in found]
    return f"The weakest evidence is graded {'; '.join(told)}." if told else ""


def select(comparison: pd.DataFrame, scenario: str, **labels: str) -> pd.DataFrame:
    """Rows of one scenario with the given labels; other labels are `all`, and "*" stands for any."""
    wanted = {
        "gender": "all",
        "age": "all",
        "period": "all",
        "hour_band": "all",
        **dict.fromkeys(ATTRIBUTES, "all"),
        "scenario": scenario,
    } | ({"zone": "core", "purpose": "all"} | labels)
    keep = pd.Series(True, index=comparison.index)
    for name, label in wanted.items():
        if label != "*":
            keep &= comparison[name] == label
    rows: pd.DataFrame = comparison.loc[keep]
    return rows


def group(row: Mapping[str, object]) -> str:
    """Who stands behind a row, as in "women with care for a child"; what trips are for and the zone behind a comma."""
    levels = [LEVELS[name, str(row[name])] for name in ATTRIBUTES if row[name] != "all"]
    return " with ".join([WHO[str(row["gender"])], *levels]) + grouping_in_words(row)


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
    sentences += [_when(comparison, scenario, first)]
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
        way = "more" if more >= 0 else "less"
        text += f". They are walked on {abs(more):.0f} % {way}{when} (verdict: {use['verdict']})"
    return [f"{text}."]


def _clause(row: pd.Series, who: str, *, is_plural: bool = False) -> str:
    unit, verdict = str(row["unit"]), str(row["verdict"])
    text, interval = _change_and_ends(row)
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
    return f"may rise or fall for {who} (from {before}; {numbers}): not distinguishable from no effect"


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


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


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
    verb = "saves" if float(str(row["difference"].iloc[0])) < 0 else "costs"
    text = f"it {verb} {cost_in_words(row.iloc[0])}{'' if told.treated_in_core == told.touched else ' for all of it'}"
    text += f". The weakest evidence behind the cost is graded “{grade}”" if grade else ""
    if told.treated_in_core == told.touched:
        return text
    where = f"Of the {told.touched} segments treated, {told.treated_in_core} lie in the core, where effects are counted"
    return f"{text}. {where}"
