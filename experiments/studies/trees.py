"""How much a random forest needs each number to foretell what it has not seen (scikit-learn, an optional extra)."""

from typing import Any, NamedTuple

import numpy as np

from analysis.comparison.influence import FAMILYWISE
from experiments.studies.answers import Array
from simulator.errors import InputError

FEWEST_UNITS = 20
"""Points or draws below which halves are too small for trees."""
_MOST_UNITS = 1000
"""More are not needed to rank, and take long; the first ones of a reshuffled order are taken."""
_TREES, _LEAF, _SHARE = 20, 3, 1 / 3
"""Trees of a forest, least units in a leaf, share of the numbers tried at a split (as usual for regression)."""
_WAYS = 2
"""Ways to halve the units; each half is foretold from the other."""
_STEPS = 2
"""The limit of p lies at so many steps of the count of reshufflings."""


class Importance(NamedTuple):
    """Of each number: mean, least and greatest added error (share of the variance), and the familywise p; (P,)."""

    mean: Array
    low: Array
    high: Array
    p: Array


def importances(values: Array, targets: Array, *, seed: int, limit: float = FAMILYWISE) -> list[Importance]:
    """Permutation importance of every number for every target, on halves that the forest has not seen.

    Parameters
    ----------
    values
        Of each number in each unit, shape (N, P).
    targets
        What is to be explained, shape (H, N).
    seed
        Of halves, trees and reshufflings: the same input is told the same.
    limit
        The p that is asked for, which decides how many reshufflings there are.

    Returns
    -------
    list of Importance
        One a target. p is of the largest importance of any number for any target in reshuffled units.

    Raises
    ------
    InputError
        If scikit-learn is not installed.
    """
    check_installed()
    rng = np.random.default_rng(seed)
    units = rng.permutation(len(values))[:_MOST_UNITS]
    values = values[units]
    scaled = [_scaled(told[units]) for told in targets]
    halves = [np.array_split(rng.permutation(len(units)), 2) for _ in range(_WAYS)]
    each = [_by_ways(values, told, halves, seed) for told in scaled]
    largest = []
    for at in range(round(_STEPS / limit) - 1):
        order = rng.permutation(len(units))
        shuffled = [_by_ways(values, told[order], halves, seed + at + 1).mean(axis=0).max() for told in scaled]
        largest.append(max(shuffled))
    reached = np.array(largest)
    found = []
    for ways in each:
        mean = ways.mean(axis=0)
        p = (1.0 + (reached[:, None] >= mean[None, :]).sum(axis=0)) / (1.0 + len(reached))
        found.append(Importance(mean, ways.min(axis=0), ways.max(axis=0), p))
    return found


def check_installed() -> None:
    """Refuse what needs scikit-learn where it is not installed.

    Raises
    ------
    InputError
    """
    try:
        import sklearn.tree  # noqa: F401
    except ImportError:
        raise InputError(
            "--trees: the package scikit-learn is not installed; install it with `pip install 'afterdark[trees]'`, or "
            "leave --trees away: the ranking by regression needs nothing more"
        ) from None


def _scaled(told: Array) -> Array:
    spread = float(told.std())
    return (told - told.mean()) / spread if spread > 0.0 else np.zeros(len(told))


def _by_ways(values: Array, told: Array, halves: list[list[Any]], seed: int) -> Array:
    """Importance of each number in each way to halve the units, shape (ways, P)."""
    if not told.any():
        return np.zeros((len(halves), values.shape[1]))
    return np.array(
        [
            np.mean([_added_error(values, told, learnt, seen, seed) for learnt, seen in (pair, pair[::-1])], axis=0)
            for pair in halves
        ]
    )


def _added_error(values: Array, told: Array, learnt: Any, asked: Any, seed: int) -> Array:
    """Mean squared error that exchanging each number's values among the asked units adds, shape (P,)."""
    small = int(seed % 2**31)
    forest = _forest(values[learnt], told[learnt], small)
    there, count = values[asked].astype(np.float32), values.shape[1]
    order = np.random.default_rng(small).permutation(len(asked))
    before, foretold = np.zeros(len(asked)), np.zeros((count, len(asked)))
    for tree in forest:  # what a tree does not split by moves nothing in it
        used = np.unique(tree.feature[tree.feature >= 0])
        exchanged = np.repeat(there[None], len(used) + 1, axis=0)
        exchanged[np.arange(len(used)), :, used] = there[order][:, used].T
        told_by = tree.predict(exchanged.reshape(-1, count))[:, 0].reshape(len(used) + 1, len(asked))
        before += told_by[-1]
        foretold += told_by[-1]
        foretold[used] += told_by[:-1] - told_by[-1]
    errors = ((np.vstack([foretold, before]) / len(forest) - told[asked]) ** 2).mean(axis=1)
    return np.asarray(errors[:-1] - errors[-1])


def _forest(values: Array, told: Array, seed: int) -> list[Any]:
    """Trees on resampled units, as `RandomForestRegressor` grows them.

    Hundreds of small forests are grown for reshuffled units, and most of their time would be its cost a forest.
    """
    from sklearn import config_context
    from sklearn.tree import DecisionTreeRegressor

    rng, narrow = np.random.default_rng(seed), values.astype(np.float32)
    trees = []
    with config_context(skip_parameter_validation=True):
        for at in range(_TREES):
            pick = rng.integers(0, len(told), len(told))
            tree = DecisionTreeRegressor(min_samples_leaf=_LEAF, max_features=_SHARE, random_state=(seed + at) % 2**31)
            trees.append(tree.fit(narrow[pick], told[pick], check_input=False).tree_)
    return trees
