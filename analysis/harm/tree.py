"""Many tests in a tree, with the share of false findings controlled on every level of it.

Leaves have p-values. A branch says "in none of my leaves is there anything": its p-value is Simes' of its children's
(Simes 1986, doi 10.1093/biomet/73.3.751), from the leaves up. Then, from the root down, the children of each branch
that was found are tested by Benjamini and Hochberg's procedure at the level q times the shares found among its
ancestors' siblings (TreeBH: Bogomolov, Peterson, Benjamini and Sabatti 2021, doi 10.1093/biomet/asaa086; the tree of
tests goes back to Yekutieli 2008, doi 10.1198/016214507000001373). Nothing is found below a branch that is not.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def tree_bh(p_values: Array, branches: Whole, level: float) -> Flags:
    """Which leaves are found.

    Parameters
    ----------
    p_values
        Of the leaves, shape (n,), none undefined.
    branches
        Code of the branch in which each leaf lies on each level, from the root down, shape (L, n). A code need only
        tell apart the branches of one parent.
    level
        Share of false findings that is borne on each level.

    Returns
    -------
    numpy.ndarray
        Whether each leaf is found, bool (n,).
    """
    if not p_values.size:
        return np.zeros(0, bool)
    parents: list[Whole] = [np.zeros(p_values.size, np.int64)]  # branch of each leaf, numbered over the whole level
    for codes in branches:
        parents.append(np.unique(np.stack([parents[-1], codes]), axis=1, return_inverse=True)[1].ravel())
    members: list[Whole] = [np.arange(p_values.size)]  # for each level from the leaves up: one leaf of each branch
    p_of: list[Array] = [np.asarray(p_values, float)]
    for numbers in reversed(parents[1:]):
        above, first = np.unique(numbers, return_index=True)
        p_of.append(simes(p_of[-1], numbers[members[-1]], above.size))
        members.append(first)
    found, share = np.ones(1, bool), np.ones(1)
    ordered = list(zip(reversed(members), reversed(p_of), strict=True))
    for depth, (leaf, p_here) in enumerate(ordered):
        parent = parents[depth][leaf]
        here = benjamini_hochberg(p_here, parent, np.where(found, level * share, -1.0))
        size = np.bincount(parent, minlength=found.size)
        share = (share * np.bincount(parent, weights=here, minlength=found.size) / size)[parent]
        found = here
    return found


def simes(p_values: Array, branch: Whole, count: int) -> Array:
    """Simes' p-value of each of `count` branches from those of its children: min over k of n x p(k) / k."""
    order, rank, size = _ranked(p_values, branch, count)
    whole = p_values[order] * size[branch[order]] / rank
    result = np.ones(count)
    np.minimum.at(result, branch[order], whole)
    return result


def benjamini_hochberg(p_values: Array, branch: Whole, levels: Array) -> Flags:
    """Which children are found in each branch, tested at the level of that branch (Benjamini and Hochberg 1995)."""
    order, rank, size = _ranked(p_values, branch, levels.size)
    inside = branch[order]
    passes = p_values[order] <= levels[inside] * rank / size[inside]
    last = np.zeros(levels.size)
    np.maximum.at(last, inside, np.where(passes, rank, 0))
    found = np.zeros(p_values.size, bool)
    found[order] = rank <= last[inside]
    return found


def _ranked(p_values: Array, branch: Whole, count: int) -> tuple[Whole, Whole, Whole]:
    """Order by branch and p-value, rank from 1 inside the branch (in that order), and children of each branch."""
    order = np.lexsort((p_values, branch))
    size = np.bincount(branch, minlength=count)
    begin = np.concatenate([[0], np.cumsum(size)[:-1]])
    return order, np.arange(p_values.size) - begin[branch[order]] + 1, size
