"""Lengths of known ways, streets on them that changed, and ways that differ: against slow twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.kernels.looking_again import lengths, mark_different, mark_touched, taken

STREETS, CLASSES = 6, 2
route_lists = st.lists(st.lists(st.integers(0, STREETS - 1), max_size=4), min_size=1, max_size=5)


def pool(routes):
    start = np.cumsum([0, *map(len, routes)]).astype(np.int64)
    return start, np.array([segment for route in routes for segment in route], np.int32)


@st.composite
def asked(draw):
    routes, others = draw(route_lists), draw(route_lists)
    count = draw(st.integers(0, 6))
    picked = [
        np.array(draw(st.lists(st.integers(0, len(one) - 1), min_size=count, max_size=count)), np.int64)
        for one in (routes, others)
    ]
    group = np.array(draw(st.lists(st.integers(0, CLASSES - 1), min_size=count, max_size=count)), np.int8)
    flags = draw(st.lists(st.booleans(), min_size=CLASSES * STREETS, max_size=CLASSES * STREETS))
    return routes, others, picked, group, np.array(flags).reshape(CLASSES, STREETS)


@given(asked())
def test_marks_are_those_of_slow_twins(case):
    routes, others, (which, other_which), group, changed = case
    walk_m = 10.0 * np.arange(1, STREETS + 1)
    expected_m = [sum(walk_m[segment] for segment in routes[one]) for one in which]
    np.testing.assert_array_equal(lengths(*pool(routes), which, walk_m), expected_m)

    for left, right in zip(taken(*pool(routes), which), pool([routes[one] for one in which]), strict=True):
        np.testing.assert_array_equal(left, right)
        assert left.dtype == right.dtype

    touched, different = np.zeros(which.size, bool), np.zeros(which.size, bool)
    mark_touched(*pool(routes), which, group, changed, touched)
    assert touched.tolist() == [
        any(changed[who, s] for s in routes[one]) for one, who in zip(which, group, strict=True)
    ]
    mark_different(pool(routes), which, pool(others), other_which, different)
    assert different.tolist() == [routes[one] != others[other] for one, other in zip(which, other_which, strict=True)]


def test_what_is_marked_stays_marked():
    marks = np.array([True, True])
    mark_touched(*pool([[0], [1]]), np.arange(2), np.zeros(2, np.int8), np.zeros((1, 2), bool), marks)
    mark_different(pool([[0], [1]]), np.arange(2), pool([[0], [1]]), np.arange(2), marks)
    assert marks.all()
