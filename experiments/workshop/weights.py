"""What matters to a group: weights out of choices between two goals at a time, and how far groups lie apart.

Each pair of goals is answered on five steps, which stand for ratios. Weights are the geometric means of each goal's
ratios (analytic hierarchy process: Saaty 1980; geometric means: Crawford and Williams 1985). Answers may contradict one
another: Saaty's consistency ratio says how much, and circles among three goals say where (Kendall and Babington Smith
1940).
How far groups agree on the order is Kendall's coefficient of concordance W (Kendall and Babington Smith 1939).
"""

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from analysis.language import marked
from simulator.errors import InputError

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Goal:
    """Something that may matter, and the number of a comparison that says how much of it is reached.

    Attributes
    ----------
    words
        What is asked about.
    indicator, gender, period
        Which row of a comparison tells it; of `minus` the change is taken away.
    sign
        1 where more is better, -1 where less is.
    """

    key: str
    words: str
    indicator: str
    gender: str = "all"
    period: str = "all"
    sign: int = 1
    minus: str = ""


GOALS = {
    one.key: one
    for one in (
        Goal("women", marked("Women feel safer on their way after dark"), "feels_safe_share_frozen", "woman", "dark"),
        Goal(
            "gap",
            marked("The gap between women and men gets smaller"),
            "feels_safe_share_frozen",
            "woman",
            "dark",
            minus="man",
        ),
        Goal("trips", marked("Fewer trips are given up after dark"), "trips_not_made", period="dark", sign=-1),
        Goal("incidents", marked("Fewer incidents are to be expected"), "incidents_expected", sign=-1),
        Goal("cost", marked("It costs little"), "cost", sign=-1),
    )
}
PAIRS = tuple(combinations(GOALS, 2))
"""Every two goals, in the order in which they are asked about."""
STEPS = {
    2: marked("the first, by far"),
    1: marked("rather the first"),
    0: marked("both alike"),
    -1: marked("rather the second"),
    -2: marked("the second, by far"),
}
_RATIOS = {-2: 1 / 4, -1: 1 / 2, 0: 1.0, 1: 2.0, 2: 4.0}
"""Equal ratios between steps (Lootsma 1993): with Saaty's 3 and 5 a plain order of five goals contradicts itself."""
_RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24}
"""Mean consistency index of matrices of so many goals that are filled at random (Saaty 1980, table 1.4)."""
MOST_RATIO = 0.10
"""Up to this consistency ratio answers are taken to hang together (Saaty's rule)."""


@dataclasses.dataclass(frozen=True)
class Weights:
    """What a group's answers come to.

    Attributes
    ----------
    shares
        Weight of each goal; together 1.
    ratio
        Saaty's consistency ratio: 0 without any contradiction, about 1 as if answered at random.
    circles
        Triples of goals of which each is put above the next, and the last above the first.
    """

    shares: Mapping[str, float]
    ratio: float
    circles: tuple[tuple[str, str, str], ...]

    @property
    def hangs_together(self) -> bool:
        """Whether contradictions are small by Saaty's rule."""
        return self.ratio <= MOST_RATIO


Answers = Mapping[tuple[str, str], int]
"""Steps by pairs of goals (`PAIRS`): above 0 the first one matters more."""


def checked(pair: tuple[str, str], step: int) -> None:
    """Refuse what is no answer.

    Raises
    ------
    InputError
        If there is no such pair or step.
    """
    if pair not in PAIRS or step not in STEPS:
        raise InputError(f"found {pair!r}, {step!r}; expected one of the pairs of goals, and a step from -2 to 2")


def weights_of(answers: Answers) -> Weights | None:
    """Weights out of answers; None until every pair is answered."""
    if any(pair not in answers for pair in PAIRS):
        return None
    goals = list(GOALS)
    at = {key: number for number, key in enumerate(goals)}
    ratios = np.ones((len(goals), len(goals)))
    for one, other in PAIRS:
        ratio = _RATIOS[answers[one, other]]
        ratios[at[one], at[other]], ratios[at[other], at[one]] = ratio, 1.0 / ratio
    means = np.exp(np.log(ratios).mean(axis=1))
    shares = means / means.sum()
    return Weights(dict(zip(goals, map(float, shares), strict=True)), consistency_ratio(ratios), _circles(answers))


def consistency_ratio(ratios: Array) -> float:
    """Saaty's consistency ratio of a matrix of ratios (float64 (N, N), reciprocal, N from 3 to 6)."""
    size = len(ratios)
    greatest = float(np.max(np.linalg.eigvals(ratios).real))
    return max(0.0, (greatest - size) / (size - 1) / _RANDOM_INDEX[size])


def _circles(answers: Answers) -> tuple[tuple[str, str, str], ...]:
    def above(one: str, other: str) -> bool:
        return answers[one, other] > 0 if (one, other) in answers else answers[other, one] < 0

    ways = (way for one, two, three in combinations(GOALS, 3) for way in ((one, two, three), (one, three, two)))
    return tuple(way for way in ways if above(way[0], way[1]) and above(way[1], way[2]) and above(way[2], way[0]))


def spread(groups: Sequence[Weights]) -> dict[str, float]:
    """How far groups lie apart on each goal: largest less smallest weight, the goal that parts them most first."""
    apart = {key: float(np.ptp([one.shares[key] for one in groups])) for key in GOALS}
    return dict(sorted(apart.items(), key=lambda pair: -pair[1]))


def concordance(groups: Sequence[Weights]) -> float | None:
    """Kendall's W of the orders in which groups put the goals: 0 no agreement, 1 one order; None of fewer than two.

    Equal weights share their mean rank, and W is corrected for them; None too where nobody puts one above another.
    """
    if len(groups) < 2:
        return None
    ranks = np.array([_ranks(np.array([one.shares[key] for key in GOALS])) for one in groups])
    judges, things = ranks.shape
    total = ranks.sum(axis=0)
    ties = sum(float((count**3 - count).sum()) for count in (np.unique(row, return_counts=True)[1] for row in ranks))
    most = judges**2 * (things**3 - things) - judges * ties
    return None if most <= 0 else float(12.0 * ((total - total.mean()) ** 2).sum() / most)


def _ranks(values: Array) -> Array:
    """Ranks from 1, equal ones (to nine digits) share the mean of theirs."""
    values = np.round(values, 9)
    below = (values[:, None] > values[None, :]).sum(axis=1)
    return below + ((values[:, None] == values[None, :]).sum(axis=1) + 1) / 2.0


def scores(weights: Weights, reached: Sequence[Mapping[str, float]]) -> list[float]:
    """How much of what a group cares about each proposal reaches, 0 to 1.

    Parameters
    ----------
    reached
        Of each proposal how much of each goal is reached, more is better; each goal is scaled from 0 (the least of the
        proposals) to 1 (the most), so that the result says something about these proposals beside each other only.
    """
    found = np.array([[one[key] for key in GOALS] for one in reached], float)
    low, wide = found.min(axis=0), np.ptp(found, axis=0)
    scaled = np.where(wide > 0, (found - low) / np.where(wide > 0, wide, 1.0), 0.0)
    return [float(one) for one in scaled @ np.array([weights.shares[key] for key in GOALS])]
