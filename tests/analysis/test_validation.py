"""Statistics of validation, by hand."""

import numpy as np
import pytest

from analysis.validation import (
    COLUMNS,
    HOLDS,
    IMPOSED,
    MISSES,
    NOT_YET,
    Target,
    as_table,
    assess_target,
    share_holding_half,
    unassessed_row,
)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [([0.5, 0.7], HOLDS), ([0.9, 1.1], MISSES), ([np.nan, 0.6], HOLDS), ([np.nan, np.nan], NOT_YET)],
)
def test_the_mean_is_held_against_the_range(results, verdict):
    row = assess_target(Target("D", "woman", "ratio", 0.5, 0.7), results)
    assert row["verdict"] == verdict
    assert row["target"] == "0.5 to 0.7"


def test_fitted_is_never_called_checked():
    table = as_table(
        [
            assess_target(Target("A", "woman", "%", 60, 70, fitted=True), [65.0, 66.0]),
            assess_target(Target("D", "woman", "%", 60, 70), [65.0, 66.0]),
            unassessed_row("light", "all", IMPOSED, "an input"),
        ]
    )
    assert tuple(table.columns) == COLUMNS
    assert table["fitted"].tolist() == ["fitted", "checked", ""]
    assert table["result"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("counts", "share"),
    [([10, 0, 0, 0], 25.0), ([1, 1, 1, 1], 50.0), ([3, 2, 2, 1], 50.0), ([5, 2, 2, 1], 25.0)],
)
def test_few_segments_hold_half(counts, share):
    assert share_holding_half(np.array(counts)) == share


def test_nothing_counted_is_no_share():
    assert np.isnan(share_holding_half(np.zeros(5)))
