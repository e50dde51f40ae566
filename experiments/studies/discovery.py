"""Scenario discovery: where, in the space of points and draws, runs are worse than the baseline.

A box is found as PRIM does (Friedman and Fisher 1999, doi 10.1023/A:1008894516817; Bryant and Lempert 2010, doi
10.1016/j.techfore.2009.08.002): one restriction of one number after another, each of which leaves a box with a larger
share of bad runs. Here the next restriction is the one that sets inside most clearly apart from outside, and it is kept
only if that is more than any restriction of any number reaches in nine of ten reshufflings of the points and the draws
within the box: else there is no box, or it ends. Each restriction is on points or on draws, so that a box is always
some points in some draws, and runs of one draw are never taken for independent.

Density is the share of runs in the box that are bad, coverage the share of bad runs that lie in it. Both are told of
the runs that the box was found in, and are a little too good therefore; a second study tells.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.comparison.influence import FAMILYWISE
from experiments.studies.answers import Array, Level, Whole

MOST_RESTRICTIONS = 4
"""A box of more is no story that anybody can act on."""
SHUFFLES = 199
_LEAST_UNITS = 5
_LEAST_SHARE = 0.1
"""Points or draws that a box keeps at least: so many, and so much of those that there are."""
_RESAMPLES = 400
_ENDS = (0.05, 0.95)
BOXES = {
    "restrictions": "how many restrictions the box has; each row adds one to the row before",
    "box": "the restrictions in words",
    "number": "the number that the last one restricts",
    "level": "points (of the design) or draws (of chance)",
    "side": "above or below",
    "threshold": "half-way between the values inside and outside (unit of the number)",
    "share_of_runs": "of all runs, those in the box",
    "coverage": "of all bad runs, those in the box",
    "coverage_low": "low end of its 90 % interval (bootstrap over points and draws, the box as it is)",
    "coverage_high": "high end",
    "density": "of the runs in the box, those that are bad",
    "density_low": "low end of its 90 % interval",
    "density_high": "high end",
    "p": "chance that some restriction sets bad runs apart as clearly where none matters",
}
"""Columns of the table, beside those of the outcome."""


class Cut(NamedTuple):
    """One restriction: a number of a level above or below a threshold."""

    level: str
    number: str
    side: str
    threshold: float

    @property
    def in_words(self) -> str:
        """Such as `light_relief_lx > 2.5`."""
        return f"{self.number} {'>' if self.side == 'above' else '<'} {self.threshold:.4g}"


@dataclasses.dataclass(frozen=True)
class Box:
    """Some points in some draws.

    Attributes
    ----------
    cuts
        Its restrictions.
    points, draws
        Places of what lies in it.
    p
        Of its last restriction.
    """

    cuts: tuple[Cut, ...]
    points: Whole
    draws: Whole
    p: float


def find_boxes(
    bad: np.ndarray[Any, np.dtype[np.bool_]], levels: Sequence[Level], *, seed: int, limit: float = FAMILYWISE
) -> list[Box]:
    """Boxes in which runs are bad more often, each within the one before; none where nothing stands out.

    Parameters
    ----------
    bad
        Whether each point is bad in each draw, shape (points, draws).
    levels
        What differs between points, and between draws.
    seed
        Of the reshufflings: the same input is told the same.
    limit
        Largest p that is believed; less than one in ten where several answers are asked.
    """
    boxes: list[Box] = []
    inside = {"points": np.arange(bad.shape[0]), "draws": np.arange(bad.shape[1])}
    cuts: tuple[Cut, ...] = ()
    rng = np.random.default_rng(seed)
    while len(cuts) < MOST_RESTRICTIONS:
        part = bad[np.ix_(inside["points"], inside["draws"])]
        if part.all() or not part.any():
            break
        means = {"points": part.mean(axis=1), "draws": part.mean(axis=0)}
        found = [_Best.of(one, inside[one.name], means[one.name], bad.shape) for one in levels]
        tried = [one for one in found if one is not None]
        if not tried:
            break
        best = max(tried, key=lambda one: one.score)
        largest = [max(one.of_shuffled(rng) for one in tried) for _ in range(SHUFFLES)]
        p = float((1 + sum(one >= best.score for one in largest)) / (1 + SHUFFLES))
        if p > limit:
            break
        inside = {**inside, best.level.name: best.kept}
        cuts = (*cuts, best.cut)
        boxes.append(Box(cuts, inside["points"], inside["draws"], p))
    return boxes


@dataclasses.dataclass(frozen=True)
class _Best:
    """The restriction of a level that sets inside most clearly apart."""

    level: Level
    means: Array
    orders: Whole
    """Units by each number, ascending and then descending, shape (2P, N)."""
    allowed: np.ndarray[Any, np.dtype[np.bool_]]
    """Whether the first k + 1 of them may be a box: values differ at the end of it, and enough are left."""
    places: Whole
    row: int
    size: int
    score: float

    @classmethod
    def of(cls, level: Level, inside: Whole, means: Array, shape: tuple[int, ...]) -> "_Best | None":
        values = level.values[inside]
        count, everything = len(inside), shape[0] if level.name == "points" else shape[1]
        least = max(_LEAST_UNITS, int(np.ceil(_LEAST_SHARE * everything)))
        if count <= least or np.ptp(means) == 0.0:
            return None
        up = np.argsort(values, axis=0, kind="stable").T
        orders = np.concatenate([up, up[:, ::-1]])
        there = np.concatenate([values, values], axis=1).T
        ordered = np.take_along_axis(there, orders, axis=1)
        allowed = np.zeros(ordered.shape, dtype=bool)
        allowed[:, :-1] = ordered[:, 1:] != ordered[:, :-1]
        allowed[:, : least - 1] = False
        if not allowed.any():
            return None
        scores = _scores(means, orders, allowed)
        row, last = np.unravel_index(int(np.argmax(scores)), scores.shape)
        return cls(level, means, orders, allowed, inside, int(row), int(last) + 1, float(scores[row, last]))

    def of_shuffled(self, rng: np.random.Generator) -> float:
        """The best score if the units are reshuffled."""
        return float(_scores(rng.permutation(self.means), self.orders, self.allowed).max())

    @property
    def kept(self) -> Whole:
        """Places of the units inside, in order."""
        return np.sort(self.places[self.orders[self.row, : self.size]])

    @property
    def cut(self) -> Cut:
        """The restriction in numbers."""
        at = self.row % len(self.level.names)
        last, first_out = self.places[self.orders[self.row, self.size - 1 : self.size + 1]]
        threshold = (self.level.values[last, at] + self.level.values[first_out, at]) / 2.0
        side = "below" if self.row < len(self.level.names) else "above"
        return Cut(self.level.name, self.level.names[at], side, float(threshold))


def _scores(means: Array, orders: Whole, allowed: np.ndarray[Any, np.dtype[np.bool_]]) -> Array:
    """How far the first k + 1 units lie above the mean of all, in standard deviations of reshuffled units."""
    count = len(means)
    about = means - means.mean()
    within = np.arange(1, count)
    spread = np.sqrt(about.var(ddof=1) * within * (count - within) / count)
    scores = np.full(orders.shape, -np.inf)
    scores[:, :-1] = np.cumsum(about[orders], axis=1)[:, :-1] / spread
    return np.where(allowed, scores, -np.inf)


def box_rows(bad: np.ndarray[Any, np.dtype[np.bool_]], boxes: Sequence[Box], *, seed: int) -> list[dict[str, Any]]:
    """Rows of `BOXES`.

    Parameters
    ----------
    bad, boxes
        As `find_boxes` takes and gives them.
    seed
        Of the bootstrap.
    """
    rows = []
    for box in boxes:
        cut = box.cuts[-1]
        share, coverage, density = _told(
            bad.astype(float), _counts(len(bad), box.points), _counts(bad.shape[1], box.draws)
        )
        ends = _bootstrapped(bad.astype(float), box, seed)
        rows.append(
            {
                "restrictions": len(box.cuts),
                "box": " and ".join(one.in_words for one in box.cuts),
                "number": cut.number,
                "level": cut.level,
                "side": cut.side,
                "threshold": cut.threshold,
                "share_of_runs": share,
                "coverage": coverage,
                "coverage_low": float(ends[0, 0]),
                "coverage_high": float(ends[1, 0]),
                "density": density,
                "density_low": float(ends[0, 1]),
                "density_high": float(ends[1, 1]),
                "p": box.p,
            }
        )
    return rows


def _counts(size: int, places: Whole) -> tuple[Array, Array]:
    """Weights of all units, and of those inside."""
    inside = np.zeros(size)
    inside[places] = 1.0
    return np.ones(size), inside


def _told(bad: Array, points: tuple[Array, Array], draws: tuple[Array, Array]) -> tuple[float, float, float]:
    """Share of runs, coverage and density, from weights of points and draws."""
    weights = (points[1].sum() * draws[1].sum(), points[0].sum() * draws[0].sum())
    inside, whole = float(points[1] @ bad @ draws[1]), float(points[0] @ bad @ draws[0])
    nan = float("nan")
    return (
        float(weights[0] / weights[1]),
        inside / whole if whole else nan,
        float(inside / weights[0]) if weights[0] else nan,
    )


def _bootstrapped(bad: Array, box: Box, seed: int) -> Array:
    """Ends of the intervals of coverage and density, shape (2, 2)."""
    rng, told = np.random.default_rng(seed), []
    points, draws = _counts(len(bad), box.points)[1], _counts(bad.shape[1], box.draws)[1]
    for _ in range(_RESAMPLES):
        there = [rng.multinomial(size, np.full(size, 1.0 / size)).astype(float) for size in bad.shape]
        told.append(_told(bad, (there[0], there[0] * points), (there[1], there[1] * draws))[1:])
    return np.asarray(np.nanquantile(np.array(told), _ENDS, axis=0))
