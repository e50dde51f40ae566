"""Rows are added up by place as adding them one after the other does, to the bit, whether places repeat or not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.indicators.summed import added_at

ROWS = st.lists(st.tuples(st.integers(0, 6), st.floats(0.0, 1e9), st.floats(-1.0, 1.0)), max_size=30)


@pytest.mark.parametrize("once", [True, False])
@given(rows=ROWS)
def test_rows_are_added_in_their_order(once, rows):
    rows = list({row[0]: row for row in rows}.values()) if once else rows
    place = np.array([row[0] for row in rows], np.int64)
    values = np.array([row[1:] for row in rows], np.float64).reshape(len(rows), 2)
    expected = np.zeros((7, 2))
    for at, row in zip(place, values, strict=True):
        expected[at] += row
    assert np.array_equal(added_at(place, values, 7), expected)
