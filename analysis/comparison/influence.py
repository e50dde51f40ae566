"""What decides a difference: which uncertain numbers move it from draw to draw, told only where chance does not do it.

With some tens of draws and more than a hundred numbers that vary, some number always goes along with the difference. So
a number is named only if its rank correlation (Spearman) is larger than the largest of *any* number in nine of ten
reshufflings of the draws: by chance alone somebody would be named in one answer of ten, whatever the count of numbers
(max-statistic permutation test; Westfall and Young 1993). What was named is then taken out of both sides (Freedman and
Lane 1983, doi 10.2307/1391660) and the test is done again, so that numbers which are drawn together with it are not
named along with it. Effects that rise and fall again (U-shaped) are not seen.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from simulator.foundation import draws as hashed
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]

FAMILYWISE = 0.10
"""Chance that any number at all is named where none has anything to do with it."""
MOST_NAMED = 3
"""More than three are not looked for: a reader cannot act on more."""
SHUFFLES = 2000
"""Reshufflings of the draws: the p that is asked for is then met within 0.007."""
POWER = 0.80
"""Chance with which an influence that is said to be seen is seen."""
SPEARMAN_VARIANCE = 1.06
"""Variance of Fisher's z of a rank correlation, times R - 3 (Fieller, Hartley and Pearson 1957)."""
_TINY = 1e-9
"""Shares of a number's spread below this are rounding: it is told by those named before it."""


class Named(NamedTuple):
    """A number that decides: its column, its (partial) rank correlation, and the familywise p."""

    at: int
    correlation: float
    p: float


def varying_parameters(runs: Sequence[RunTables]) -> tuple[list[str], Array]:
    """Numbers that the model read in these runs and that differ between draws: names, and values (R, P).

    A number that was given for one gender alone, as ``woman.tunnel``, counts as read if ``tunnel`` was. Runs that do
    not tell what they read have none.
    """
    read = {name for run in runs for names in _reads(run).values() for name in names}
    values: list[Mapping[str, float]] = [dict(run.manifest.get("parameters") or {}) for run in runs]
    common = [name for name in values[0] if all(name in one for one in values)] if values else []
    used = [name for name in common if name in read or name.partition(".")[2] in read]
    table = np.array([[one[name] for name in used] for one in values], dtype=float).reshape(len(values), len(used))
    vary = np.isfinite(table).all(axis=0) & (np.ptp(table, axis=0) > 0.0) if used else np.zeros(0, dtype=bool)
    return [name for name, differs in zip(used, vary, strict=True) if differs], table[:, vary]


def _reads(run: RunTables) -> Mapping[str, Sequence[str]]:
    return run.manifest.get("parameters_read") or {}


def what_decides(values: Array, differences: Array, *, seed: int) -> list[list[Named]]:
    """For each row of differences the numbers that move it most, most first; none where chance may do it.

    The error of one in ten holds for all rows together: the draws are reshuffled alike for all of them, and each is
    held against the largest correlation of any number with any row.

    Parameters
    ----------
    values
        Of each number in each draw, shape (R, P).
    differences
        One row an answer, shape (H, R).
    seed
        Of the reshufflings, which are hashed from it: the same input is told the same.

    Returns
    -------
    list of list of Named
        Shape (H, up to `MOST_NAMED`).
    """
    named: list[list[Named]] = [[] for _ in differences]
    count, candidates = values.shape
    if not candidates or not len(differences):
        return named
    order = shuffled_draws(count, seed)
    ranks = _standardised(rankdata(values, axis=0).T)
    moved = _standardised(rankdata(differences, axis=1))
    going_on = [row for row in range(len(differences)) if np.ptp(differences[row]) > 0.0]
    while going_on:
        tests = {row: _one_step(ranks, moved[row], [one.at for one in named[row]], order) for row in going_on}
        largest = np.max([of_shuffles for _, of_shuffles in tests.values()], axis=0)
        going_on = []
        for row, (correlations, _) in tests.items():
            at = int(np.argmax(np.abs(correlations)))
            p = float((1 + (largest >= abs(correlations[at]) - _TINY).sum()) / (1 + SHUFFLES))
            if p <= FAMILYWISE:
                named[row].append(Named(at, float(correlations[at]), p))
                if len(named[row]) < min(MOST_NAMED, candidates):
                    going_on.append(row)
    return named


@lru_cache(maxsize=4)  # the same for every scenario of a comparison
def shuffled_draws(count: int, seed: int) -> Whole:
    """Reshuffled orders of draws, shape (`SHUFFLES`, R)."""
    keys = hashed.uniform(seed, "what decides", np.arange(SHUFFLES)[:, None], np.arange(count)[None, :])
    order: Whole = np.argsort(keys, axis=1, kind="stable").astype(np.int64)
    order.flags.writeable = False
    return order


def _one_step(ranks: Array, moved: Array, named: Sequence[int], order: Whole) -> tuple[Array, Array]:
    """Partial rank correlations of every number given those named, (P,), and the largest in each reshuffling, (B,)."""
    known = ranks[list(named)]
    known = np.linalg.qr(known.T)[0].T if len(named) else known
    left = ranks - ranks @ known.T @ known
    size = np.linalg.norm(left, axis=1)
    left = np.where((size > _TINY)[:, None], left / np.maximum(size, _TINY)[:, None], 0.0)
    rest = moved - moved @ known.T @ known
    if np.linalg.norm(rest) <= _TINY:
        return np.zeros(len(ranks)), np.zeros(len(order))
    shuffled = rest[order]
    shuffled = shuffled - shuffled @ known.T @ known
    size = np.maximum(np.linalg.norm(shuffled, axis=1), _TINY)
    of_shuffles = np.abs(left @ shuffled.T).max(axis=0) / size
    return left @ rest / float(np.linalg.norm(rest)), of_shuffles


def _standardised(rows: Array) -> Array:
    """Rows with mean zero and length one; a row that does not vary is zero."""
    about = rows - rows.mean(axis=1, keepdims=True)
    size = np.linalg.norm(about, axis=1, keepdims=True)
    return np.where(size > _TINY, about / np.maximum(size, _TINY), 0.0)


def draws_to_see(share: float, candidates: int) -> int:
    """Draws with which a number that explains a share of the variance is named four times in five.

    From Fisher's z of the rank correlation that belongs to that share if both sides are normal (6 / pi x asin(r / 2)),
    each number being held to the error of all divided by their count (Bonferroni), which reshuffling keeps nearly.

    Parameters
    ----------
    share
        Of the variance, above 0 and below 1.
    candidates
        Numbers that vary.
    """
    rank_correlation = 6.0 / np.pi * np.arcsin(np.sqrt(share) / 2.0)
    reach = float(-ndtri(FAMILYWISE / (2.0 * candidates)) + ndtri(POWER))
    return int(np.ceil(3.0 + SPEARMAN_VARIANCE * (reach / np.arctanh(rank_correlation)) ** 2))


def smallest_share_seen(draws: int, candidates: int) -> float:
    """The smallest share of the variance that so many draws see (see `draws_to_see`); 1 if they see none."""
    for per_cent in range(1, 100):
        if draws_to_see(per_cent / 100.0, candidates) <= draws:
            return per_cent / 100.0
    return 1.0
