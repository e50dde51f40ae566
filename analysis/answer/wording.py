"""Numbers with units as people read them, verdicts as marks and words."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

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


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
