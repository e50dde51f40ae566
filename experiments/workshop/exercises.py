"""Exercises for a room: a goal in words, and whether a confirmed answer meets it, each part told apart."""

import dataclasses
from collections.abc import Iterator

import pandas as pd

from analysis.answer.wording import select
from analysis.comparison.intervals import BETTER, FEWEST_DRAWS, NEGLIGIBLE, WORSE
from analysis.harm.found import anybody_harmed
from analysis.language import marked


@dataclasses.dataclass(frozen=True)
class Ask:
    """Something that a goal asks of one number of an answer.

    Attributes
    ----------
    words
        What it is, as it follows the verdict.
    indicator, gender, age, period
        Which row of the comparison says it.
    better
        Whether it has to get better; else it must not get worse.
    """

    words: str
    indicator: str
    gender: str = "all"
    age: str = "all"
    period: str = "all"
    better: bool = True


@dataclasses.dataclass(frozen=True)
class Exercise:
    """A goal.

    Attributes
    ----------
    budget
        Yearly cost that may not be passed, in the currency of the city; None: any.
    nobody_worse
        Whether harm may be found for no group.
    gap_share
        What may be left of the gap in feeling safe between men and women on the touched streets after dark.
    board, question, sides
        Of a conflict board: the word by which cases name it, what is quarrelled about, and who says what.
    asks
        What the goal asks of single numbers.
    """

    key: str
    words: str
    budget: float | None = None
    nobody_worse: bool = False
    gap_share: float | None = None
    board: str = ""
    question: str = ""
    sides: tuple[tuple[str, ...], ...] = ()
    asks: tuple[Ask, ...] = ()


SHORT = {
    one.key: one
    for one in (
        Exercise("", marked("No exercise: try what you like")),
        Exercise("budget", marked("Spend less than 35 000 a year, and no group may be worse off"), 35_000.0, True),
        Exercise(
            "gap",
            marked("For less than 100 000 a year, halve the gap between women and men on the streets that you touch"),
            100_000.0,
            True,
            0.5,
        ),
        Exercise("free", marked("Spend less than 5 000 a year: what is left to do?"), 5_000.0, True),
    )
}
MET, MISSED, UNSURE = marked("met"), marked("not met"), marked("cannot tell")


def judged(exercise: Exercise, comparison: pd.DataFrame, harm: pd.DataFrame, draws: int) -> list[tuple[str, str]]:
    """Each part of a goal and whether it is met; of few draws what is uncertain cannot be told.

    Parameters
    ----------
    comparison
        Rows of one scenario, as `compare_runs` gives them.
    harm
        Its rows of the finding of harm.
    draws
        How many draws it rests on.
    """
    return list(_parts(exercise, comparison, harm, draws))


def _parts(exercise: Exercise, comparison: pd.DataFrame, harm: pd.DataFrame, draws: int) -> Iterator[tuple[str, str]]:
    name = str(comparison["scenario"].iloc[0]) if len(comparison) else ""
    if exercise.budget is not None:
        cost = select(comparison, name, indicator="cost")
        spent = float(cost["difference"].iloc[0]) if len(cost) else 0.0
        yield marked("the yearly cost"), MET if spent <= exercise.budget else MISSED
    if exercise.nobody_worse:
        surely = draws >= FEWEST_DRAWS
        yield (
            marked("no group is found to be harmed"),
            UNSURE if not surely else MISSED if len(anybody_harmed(harm)) else MET,
        )
    if exercise.gap_share is not None:
        yield marked("the gap between women and men"), _gap(comparison, name, exercise.gap_share)
    for ask in exercise.asks:
        yield ask.words, _asked(ask, comparison, name) if draws >= FEWEST_DRAWS else UNSURE


def _asked(ask: Ask, comparison: pd.DataFrame, name: str) -> str:
    """Whether it got better, or not worse; what draws leave open or assumptions decide cannot be told."""
    rows = select(comparison, name, indicator=ask.indicator, gender=ask.gender, age=ask.age, period=ask.period)
    if not len(rows):
        return UNSURE
    verdict, change = str(rows["verdict"].iloc[0]), float(rows["difference"].iloc[0])
    if not verdict and change == 0.0:  # exactly as it was
        verdict = NEGLIGIBLE
    if verdict == BETTER:
        return MET
    if verdict == WORSE:
        return MISSED
    return UNSURE if verdict != NEGLIGIBLE else MISSED if ask.better else MET


def _gap(comparison: pd.DataFrame, name: str, share: float) -> str:
    rows = select(comparison, name, indicator="feels_safe_share_treated", period="dark", gender="*").set_index("gender")
    if not {"woman", "man"} <= set(rows.index):
        return UNSURE
    before, after = (float(rows.loc["man", side]) - float(rows.loc["woman", side]) for side in ("baseline", "value"))
    if before <= 0:
        return UNSURE
    return MET if after <= share * before else MISSED
