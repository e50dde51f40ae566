"""When enough draws have been run: how far chance moves the ends of an interval."""

from typing import Any

import numpy as np
import pyarrow.compute as pc

from analysis.comparison.intervals import amount_interval, predictive_interval
from analysis.indicators.catalogue import INDICATORS
from experiments.studies.planning import Plan
from experiments.studies.tables import Tables

_RESAMPLES = 400
"""Of the draws, with replacement: the standard error that they give is itself within about 4 %."""


def error_of_ends(plan: Plan, tables: Tables, draws: int) -> float:
    """Largest standard error of an end of the interval of the outcome that decides, over all scenarios and points.

    Parameters
    ----------
    plan
        A plan whose study has a stopping rule.
    tables
        What is stored.
    draws
        How many draws count.

    Returns
    -------
    float
        In the indicator's unit; infinite where an interval is not defined.
    """
    stop = plan.study.stop
    assert stop is not None
    runs = tables.runs.filter(pc.and_(pc.invert(tables.runs["is_baseline"]), pc.less(tables.runs["draw"], draws)))
    spot = [("indicator", stop.indicator), ("gender", stop.gender), ("age", stop.age), ("period", stop.period)]
    there = tables.outcomes
    for column, word in spot:
        there = there.filter(pc.equal(there[column], word))
    told = runs.to_pandas().merge(there.select(["run", "difference"]).to_pandas(), on="run").sort_values("draw")
    points = [column for column in told.columns if column.startswith(("lever_", "uncertain_"))]
    worst = 0.0
    for _, rows in told.groupby(["scenario", *points], dropna=False, sort=True):
        worst = max(worst, standard_error(rows["difference"].to_numpy(float), stop.indicator, plan.options.seed))
    return worst if len(told) else float("inf")


def standard_error(differences: np.ndarray[Any, Any], indicator: str, seed: int) -> float:
    """Standard error of the less sure end of the predictive interval, by bootstrap over draws.

    Parameters
    ----------
    differences
        One a draw; those that are not defined are left out.
    seed
        Of the resampling, so that the same draws always give the same answer.
    """
    one = INDICATORS[indicator]
    interval = amount_interval if one.is_amount or one.is_ratio else predictive_interval
    sample = differences[np.isfinite(differences)]
    if len(sample) < 3:
        return float("inf")
    picks = np.random.default_rng(seed).integers(0, len(sample), (_RESAMPLES, len(sample)))
    ends = np.array([interval(sample[pick]) for pick in picks])
    return float(np.nanstd(ends, axis=0, ddof=1).max())
