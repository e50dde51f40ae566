"""Levels of one run: each stands where a comparison has its baseline, with the same number."""

import numpy as np
import pytest

from analysis.answer.levels import levels, run_table
from analysis.comparison.paired import compare_runs
from analysis.indicators.catalogue import INDICATORS


def test_levels_are_the_baseline_of_a_comparison(make_run):
    found = levels(make_run())
    told = compare_runs([make_run()], {"same": [make_run()]})
    told = told[told["indicator"].map(lambda name: INDICATORS[name].baseline_from != "before")]
    keys = ["indicator", "gender", "age", "disability", "carer", "night_worker", "hour_band", "period"]
    both = told.merge(found, on=keys, how="left", suffixes=("_told", ""))
    assert len(both) == len(told) > 200
    assert both["value"].to_numpy() == pytest.approx(both["baseline"].to_numpy(), rel=1e-9)


def test_levels_have_every_indicator_that_is_defined(make_run):
    one = make_run()
    found = levels(one)
    titles = {row[0] for row in run_table(one).rows if any(str(cell) != "–" for cell in row[1:4])}
    assert {INDICATORS[name].title for name in found["indicator"]} >= titles
    assert np.isfinite(found["value"]).all()
    assert not found.duplicated(list(found.columns.difference(["value", "unit"]))).any()
