"""Numbers with units as people read them, verdicts as marks and words."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.comparison.by_zone import OTHERS
from analysis.comparison.intervals import (
    BETTER,
    BREAK_EVEN,
    FEWEST_DRAWS,
    INCONCLUSIVE,
    NEGLIGIBLE,
    WORSE,
    ZERO,
)
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.groupings import grouping_in_words
from analysis.indicators.indicator import SHARES
from analysis.language import marked, marked_each, marked_values, spoken, tr, tr_if_known
from simulator.foundation.categories import ATTRIBUTES

MARKS = {BETTER: "▲", WORSE: "▼", NEGLIGIBLE: "=", INCONCLUSIVE: "?", ZERO: "○", BREAK_EVEN: "◆", "": ""}
"""A shape beside each verdict's words, so that neither colour nor shape is needed alone."""
WHO = marked_values({"woman": "women", "man": "men", "another": "another gender", "all": "everybody"})
"""Said by `who`."""
LEVELS = marked_values(
    {
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
)
"""What the level of an attribute is called, after "with"."""
MINUS = "−"
NO_INTERVAL = marked("no interval")
_ABOUT = marked_each(
    "feeling safe",
    "those affected",
    "the treated streets",
    "trips and detours",
    "minutes in the dark, alone or waiting",
    "incidents",
    "what is within reach, and visits by night",
    "displacement",
    "the effect at which it pays",
    "the cost",
)

ANSWERS = {
    "feeling safe": ("feels_safe_share", "sdg_"),
    "those affected": ("affected_", "near_"),
    "the treated streets": ("feels_safe_share_treated", "use_of_treated", "safe_minutes_treated"),
    "trips and detours": ("trips_", "taxi_", "detour_"),
    "minutes in the dark, alone or waiting": ("dark_", "alone_", "waiting_"),
    "incidents": ("incidents_",),
    "what is within reach, and visits by night": (
        "sdg_11_",
        "open_at_",
        "transit_at_",
        "reach_",
        "toilet_",
        "night_hours_",
    ),
    "displacement": ("displace",),
    "the effect at which it pays": ("break_even",),
    "the cost": ("cost",),
}
"""What an answer is about, and how the names of its indicators begin."""
DISCLAIMER = marked("This explores a scenario under stated assumptions; it is not a forecast.")

VERDICT_WORDS = {
    BETTER: marked("better"),
    WORSE: marked("worse"),
    NEGLIGIBLE: marked("negligible"),
    INCONCLUSIVE: marked("inconclusive"),
    ZERO: marked("zero by assumption"),
    BREAK_EVEN: marked("break-even only"),
}
UNSURE = marked("not distinguishable from no effect")
TOO_FEW = marked_values(
    {1: "One draw says nothing about how sure this is.", 2: "Two draws say too little about how sure this is."}
)
"""Of fewer draws than make an interval."""

NOT_SETTLED = (
    "The flows did not settle: where people are depends on whether streets began empty or full; read with caution.\n"
)
"""Said above a run whose baseline has several states in which nothing changes, or was given too few days."""


def unit_of_change(unit: str) -> str:
    """Unit of a difference: percentage points for shares."""
    return tr("points") if unit in SHARES else unit_in_words(unit).replace("100 000", "100\u202f000")


def unit_in_words(unit: str) -> str:
    """A unit; the currency before "per year" stands as it is."""
    currency, per, rest = unit.rpartition(" per year")
    return f"{currency} {tr('per year')}" if per and not rest else tr_if_known(unit)


def who(gender: str) -> str:
    """A gender in words, as in "women"."""
    return tr(WHO[gender])


def level_of(attribute: str, level: str) -> str:
    """What the level of an attribute is called, after "with"."""
    return tr(LEVELS[attribute, level])


def place(zone: str) -> str:
    """A neighbourhood as it is called; small ones together in words."""
    return tr(OTHERS) if zone == OTHERS else zone


def between(ends: Sequence[str]) -> str:
    """The ends of an interval, as in "1 to 2"."""
    return tr("{low} to {high}", low=ends[0], high=ends[1])


def marks_in_words() -> str:
    """The mark of each verdict, with its word."""
    return "; ".join(f"{mark} {verdict_word(word)}" for word, mark in MARKS.items() if word)


def verdict_word(verdict: str) -> str:
    """A verdict as tables have it."""
    return tr(VERDICT_WORDS[verdict]) if verdict in VERDICT_WORDS else tr("not judged")


def percent(share: float, decimals: int = 0) -> str:
    """A share in per cent, as in "12 %"."""
    return spoken().digits(f"{100.0 * share:.{decimals}f}\u00a0%")


def level(value: float, unit: str) -> str:
    """A value as read: shares in per cent, others with three figures; no unit for the latter."""
    if not math.isfinite(value):
        return "–"
    return percent(value, 1) if unit in SHARES else _figures(value)


def change(difference: float, unit: str, *, beside: Sequence[float] = ()) -> str:
    """A difference with its sign, shares in points; `beside` are numbers that share its decimals."""
    if not math.isfinite(difference):
        return "–"
    factor = 100.0 if unit in SHARES else 1.0
    together = [abs(factor * number) for number in (difference, *beside) if math.isfinite(number)]
    decimals = min(_decimals(max(together)), 2 if unit in SHARES else 6)  # 0.01 point: one person in 10 000
    text = f"{factor * difference:+,.{decimals}f}".replace(",", "\u202f")
    if not any(digit in text for digit in "123456789"):
        return spoken().digits(text[1:])  # neither +0 nor -0
    return spoken().digits(text.replace("-", MINUS))


def change_with_interval(row: pd.Series) -> str:
    """Difference and its 90 % interval, as in "+1.2 (+0.4 to +2.0)"; "0" where every draw is exactly zero."""
    text, interval = change_and_ends(row)
    return f"{text} ({interval})" if interval else text


def change_and_ends(row: pd.Series) -> tuple[str, str]:
    """A change, and its interval in brackets, as text each."""
    difference, low, high = (float(str(row[name])) for name in ("difference", "low", "high"))
    unit = str(row["unit"])
    text = change(difference, unit, beside=(low, high))
    if difference == low == high == 0.0:
        return text, ""
    if not (math.isfinite(low) and math.isfinite(high)):
        return text, tr(NO_INTERVAL)
    ends = [change(end, unit, beside=(difference, low, high)) for end in (low, high)]
    if not any(digit in "".join((text, *ends)) for digit in "123456789"):
        return tr("under {limit}", limit=f"{text[:-1]}1"), ""  # as small as rounding, but not the exact zero
    return text, between(ends)


def margin(value: float, unit: str) -> str:
    """A material margin with its unit, without a sign."""
    number = spoken().digits(f"{100.0 * value if unit in SHARES else value:g}")
    return f"{number} {unit_of_change(unit)}"


def _decimals(largest: float) -> int:
    if largest == 0.0 or largest >= 100.0:
        return 0
    return min(1 + max(0, -math.floor(math.log10(largest))), 6)


def _figures(value: float) -> str:
    if value == 0.0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    return spoken().digits(f"{value:,.{min(decimals, 8)}f}".replace(",", "\u202f").replace("-", MINUS))


def whole_number(value: float) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f").replace("-", MINUS)


def cost_in_words(row: pd.Series) -> str:
    """A cost or a saving with its currency and its interval, if it differs between draws."""
    currency = str(row["unit"]).removesuffix(INDICATORS["cost"].unit).strip()
    cost, low, high = (float(str(row[name])) for name in ("difference", "low", "high"))
    if cost < 0.0:
        cost, low, high = -cost, -high, -low
    text = tr("about {cost} a year", cost=money(cost, currency))
    if low == high or not math.isfinite(low):
        return text
    return f"{text} ({interval(between([money(low, ''), money(high, '')]))})"


def interval(ends: str) -> str:
    """Named ends of an interval."""
    return tr("90 % interval {ends}", ends=ends)


def money(value: float, currency: str) -> str:
    """An amount rounded to three figures, at least to the unit."""
    return f"{whole_number(three_figures(value))} {currency}".strip()


def three_figures(value: float) -> float:
    """A number rounded to three figures, at least to the unit."""
    step = 10.0 ** max(0, math.floor(math.log10(abs(value))) - 2) if value else 1.0
    return round(value / step) * step


def verdict_in_words(verdict: str, draws: int) -> str:
    """A verdict for a sentence; none from fewer draws than make an interval."""
    if draws < FEWEST_DRAWS:
        return tr("no verdict from so few draws")
    return tr(UNSURE) if verdict == INCONCLUSIVE else verdict_word(verdict)


def draws_note(draws: int) -> str:
    """What the number of draws means for intervals and shares of draws."""
    if draws < FEWEST_DRAWS:
        few = tr("One draw") if draws == 1 else tr("Two draws")
        return tr("{few}: no interval and no verdict. Ask for more with --replications.", few=few)
    return tr(
        "{draws} draws of all uncertain parameters. "
        "Intervals are predictive (90 %): where one more draw would lie. "
        "With {draws} draws the share of draws that are better moves in steps of 1/{draws}.",
        draws=draws,
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
    told = [
        tr("“{grade}” behind {answers}", grade=grade_word(grade), answers=listed([tr(one) for one in found[grade]]))
        for grade in reversed(order)
        if grade in found
    ]
    return tr("The weakest evidence is graded {grades}.", grades="; ".join(told)) if told else ""


GRADE_WORDS = marked_values(
    {
        "measured": "measured",
        "review": "review",
        "single study": "single study",
        "recalled": "recalled",
        "weak": "weak",
        "assumption": "assumption",
    }
)


def grade_word(grade: str) -> str:
    """A grade of evidence in words."""
    return tr(GRADE_WORDS.get(grade, grade))


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
    told = who(str(row["gender"]))
    for name in ATTRIBUTES:
        if row[name] != "all":
            told = tr("{who} with {what}", who=told, what=level_of(name, str(row[name])))
    return told + grouping_in_words(row)


def aged(who: str, age: str) -> str:
    """A group of an age, as in "women aged 16-24"."""
    return who if age == "all" else tr("{who} aged {age}", who=who, age=age_in_words(age))


def age_in_words(age: str) -> str:
    """An age band; all ages together is "all"."""
    return tr(age)


_UNITS = marked_each(
    *("share of time on the way", "share of wished trips", "person-hours per such day", "share of person-hours out"),
    *("person-minutes per such day", "incidents per such day", "ratio", "people", "residents", "trips per such day"),
    *("share", "years", "lamps", "vehicle-hours a year", "host-hours a year", "points"),
)
_AGES = marked_each("under 16", "under 25", "all")


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else tr("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])
