"""The table of harm of one scenario: every judged cell of the comparison with its test, and what else may do harm."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import BREAK_EVEN, predictive_interval
from analysis.comparison.sums import ComparedSums, Paired, in_order_of_draw
from analysis.harm.families import indicators_at_stake
from analysis.harm.losses import (
    CANNOT_TELL,
    FOUND,
    LABELS,
    NONE_FOUND,
    POSSIBLE,
    POSSIBLY,
    excess_of,
    judge_losses,
    weigh_losses,
)
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import PER_DAY
from simulator.results.schema import RunTables

ADVERSE, NOT_ASSESSED = "incidents_near_adverse", "not assessed"
"""What stands in the place of an indicator: incidents near by at the adverse end of displacement, and losses of people
whom no indicator shows."""
_OF_COMPARISON = ("indicator", "unit", *LABELS, "baseline", "difference", "low", "high", "verdict")
COLUMNS = (*_OF_COMPARISON, "margin", "p_value", "chance", "harm", "note")


def harm_of(name: str, comparison: pd.DataFrame, compared: ComparedSums, runs: Sequence[RunTables]) -> pd.DataFrame:
    """Every row of a comparison that is tested for harm, with its test; see `losses` for what is tested.

    Parameters
    ----------
    name
        The scenario.
    comparison
        As `compare_runs` gives it.
    compared
        The sums behind it.
    runs
        Runs of the scenario, one a draw.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. One row of `ADVERSE` (everybody near by) can be no worse
        than possible harm, as what moves is assumed; one of `NOT_ASSESSED` for each measure that may displace somebody
        says whom in `note`.
    """
    own = comparison[comparison["scenario"] == name]
    tests = pd.concat([_tests_of(one, *compared.pairs(name, one), compared.cells) for one in indicators_at_stake()])
    rows = own.merge(tests, on=["indicator", *LABELS], how="inner")
    rows = rows[rows["verdict"] != BREAK_EVEN].reset_index(drop=True)  # nobody knows what they do to incidents
    rows["harm"] = judge_losses(rows)
    rows["note"] = ""
    beside = pd.DataFrame([*_at_adverse_end(runs), *_not_assessed(runs)])
    parts = [part.reindex(columns=list(COLUMNS)) for part in (rows, beside) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _tests_of(one: Any, keep: Sequence[int], paired: Paired, chosen: Sequence[cells.Cell]) -> pd.DataFrame:
    """Tests of one indicator: what names each cell, margin, mean excess, p-value, chance, whether nothing differs."""
    table = pd.DataFrame([cells.labels(chosen[at]) for at in keep], columns=list(LABELS))
    changed = np.nan_to_num(paired.difference).any(axis=1)
    there = np.isfinite(paired.baseline)
    counts = there.sum(axis=1)
    together = np.where(there, paired.baseline, 0.0).sum(axis=1)
    mean = np.divide(together, counts, out=np.zeros(len(keep)), where=counts > 0)
    told = weigh_losses(excess_of(one, paired))
    margins = one.margin * np.abs(mean) if one.margin_is_relative else np.full(len(keep), one.margin)
    return table.assign(indicator=one.name, margin=margins, **told, unchanged=~changed)


def _at_adverse_end(runs: Sequence[RunTables]) -> list[dict[str, Any]]:
    """Incidents a day near by, had most of what could move moved there: everybody together, in a row or none."""
    told = [run.manifest.get("displacement") or {} for run in in_order_of_draw(runs)]
    unknown = any(run.manifest.get("unevaluated") for run in runs)
    if unknown or not told or not all(one.get("areas") for one in told):
        return []
    before, after = np.array([one["areas"]["near"] for one in told], float).T
    moved = np.array([one["adverse"] - one["near"] for one in told], float)
    one = INDICATORS["incidents_expected"]
    paired = Paired(before[None], (after + moved)[None])
    test = {key: float(value[0]) for key, value in weigh_losses(excess_of(one, paired)).items()}
    difference = paired.difference[0]
    low, high = predictive_interval(difference)
    possible = test["excess"] > 0.0 and test["chance"] >= POSSIBLE
    return [
        dict.fromkeys(LABELS, cells.ALL)
        | {
            "indicator": ADVERSE,
            "unit": PER_DAY,
            "baseline": float(before.mean()),
            "difference": float(difference.mean()),
            "low": low,
            "high": high,
            "verdict": "",
            "margin": one.margin_at(float(before.mean())),
            "p_value": test["p_value"],
            "chance": test["chance"],
            "harm": CANNOT_TELL if np.isnan(test["chance"]) else POSSIBLY if possible else NONE_FOUND,
            "note": "",
        }
    ]


def _not_assessed(runs: Sequence[RunTables]) -> list[dict[str, Any]]:
    displaced = runs[0].manifest.get("displaces") or {} if runs else {}
    return [
        dict.fromkeys(LABELS, cells.ALL)
        | {"indicator": NOT_ASSESSED, "unit": "", "verdict": "", "harm": NOT_ASSESSED, "note": f"{whom} ({measure})"}
        for measure, whom in displaced.items()
    ]


def anybody_harmed(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table in which harm is found, greatest loss in margins first."""
    rows = table[table["harm"] == FOUND]
    return rows.iloc[np.argsort(-in_margins(rows), kind="stable")]


def in_margins(rows: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """How many material margins each row's mean difference is away from none; infinite where the margin is zero."""
    size, margin = rows["difference"].abs().to_numpy(float), rows["margin"].to_numpy(float)
    return np.divide(size, margin, out=np.full(len(rows), np.inf), where=margin > 0)
