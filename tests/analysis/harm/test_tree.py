"""Tests in a tree: Simes and Benjamini-Hochberg by hand, the fast way like a slow twin, false findings in few sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.harm.tree import benjamini_hochberg, simes, tree_bh

ONE = np.zeros(3, np.int64)


def test_simes_by_hand():
    p_values, branch = np.array([0.04, 0.01, 0.5, 0.3]), np.array([0, 0, 0, 1])
    # of three: 3 x 0.01 / 1 = 0.03, 3 x 0.04 / 2 = 0.06, 0.5
    assert simes(p_values, branch, 2) == pytest.approx([0.03, 0.3])


def test_benjamini_hochberg_by_hand():
    # thresholds at 0.1: 0.033, 0.067, 0.1: the second passes and takes the first with it
    assert benjamini_hochberg(np.array([0.06, 0.05, 0.2]), ONE, np.array([0.1])).tolist() == [True, True, False]
    assert benjamini_hochberg(np.array([0.07, 0.05, 0.2]), ONE, np.array([0.1])).tolist() == [False, False, False]


def test_a_tree_by_hand():
    # two families of two leaves; Simes: 0.02 and 0.9; one of two families is found at 0.1, so 0.05 is left inside it
    p_values, branches = np.array([0.01, 0.06, 0.9, 0.95]), np.array([[0, 0, 1, 1]])
    assert tree_bh(p_values, branches, 0.1).tolist() == [True, False, False, False]
    # as one family of four leaves: thresholds 0.025, 0.05, ...
    assert tree_bh(p_values, np.zeros((1, 4), np.int64), 0.1).tolist() == [True, False, False, False]
    # nothing is found in a family that is not found itself, however small one p-value is within many
    many = np.array([0.06, *[1.0] * 9, 0.001])
    assert tree_bh(many, np.array([[0] * 10 + [1]]), 0.1).tolist() == [False] * 10 + [True]
    assert tree_bh(np.zeros(0), np.zeros((2, 0), np.int64), 0.1).size == 0


def slow(p_values, paths, level):
    """The definition, branch by branch: paths name the branches above each leaf, from the root down."""

    def children(prefix):
        return list(dict.fromkeys(path[: len(prefix) + 1] for path in paths if path[: len(prefix)] == prefix))

    def p_of(node):
        if len(node) == len(paths[0]):
            return p_values[paths.index(node)]
        below = sorted(p_of(child) for child in children(node))
        return min(len(below) * p / rank for rank, p in enumerate(below, 1))

    found = set()

    def descend(node, share):
        if len(node) == len(paths[0]):
            found.add(node)
            return
        below = children(node)
        ordered = sorted(p_of(child) for child in below)
        passing = [p for rank, p in enumerate(ordered, 1) if p <= level * share * rank / len(below)]
        chosen = [child for child in below if passing and p_of(child) <= passing[-1]]
        for child in chosen:
            descend(child, share * len(chosen) / len(below))

    descend((), 1.0)
    return [path in found for path in paths]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_fast_way_finds_what_the_definition_does(data):
    count = data.draw(st.integers(1, 25))
    codes = data.draw(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=count, max_size=count))
    p_values = data.draw(
        st.lists(st.sampled_from([0.0, 1e-4, 0.001, 0.004, 0.01, 0.03, 0.05, 0.2, 1.0]), min_size=count, max_size=count)
    )
    paths = [(*code, leaf) for leaf, code in enumerate(codes)]
    found = tree_bh(np.array(p_values), np.array(codes).T, 0.1)
    assert found.tolist() == slow(p_values, paths, 0.1)


def test_few_sets_without_anything_have_a_finding():
    rng, branches = np.random.default_rng(1), np.array([np.arange(400) // 100, np.arange(400) // 20])
    sets = [tree_bh(rng.random(400), branches, 0.1).any() for _ in range(400)]
    assert np.mean(sets) <= 0.13  # 10 % and two standard errors
