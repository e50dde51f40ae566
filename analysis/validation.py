"""What the model must reproduce: targets, how results are held against them, and the table of it.

A pattern is fitted (parameters were chosen for it), checked (nothing was chosen for it), imposed (an input gives it, so
that it says nothing), or not simulated yet, which is said and never left out.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import predictive_interval
from simulator.results.files import whole_folder

Array = np.ndarray[Any, Any]
TABLE = "validation.csv"
COLUMNS = ("pattern", "group", "unit", "target", "result", "low", "high", "fitted", "verdict")
HOLDS, MISSES, IMPOSED, NOT_YET = "holds", "misses", "imposed", "not simulated yet"
FITTED, CHECKED = "fitted", "checked"


@dataclasses.dataclass(frozen=True)
class Target:
    """One figure to reproduce.

    Parameters
    ----------
    pattern
        Letter and words.
    group
        For whom.
    unit
        Of target and result.
    low, high
        The range that counts as reproduced.
    fitted
        Whether parameters were chosen for it.
    """

    pattern: str
    group: str
    unit: str
    low: float
    high: float
    fitted: bool = False


def assess_target(target: Target, results: Sequence[float] | Array) -> dict[str, object]:
    """One row of the table: the mean over draws is held against the target's range.

    Parameters
    ----------
    results
        One a draw; draws in which it is not defined (NaN) are left out.
    """
    found = np.asarray(results, float)
    found = found[np.isfinite(found)]
    result = float(found.mean()) if found.size else float("nan")
    low, high = predictive_interval(found)
    row = _row(target, f"{target.low:.3g} to {target.high:.3g}", FITTED if target.fitted else CHECKED)
    verdict = HOLDS if target.low <= result <= target.high else MISSES if found.size else NOT_YET
    return {**row, "result": result, "low": low, "high": high, "verdict": verdict}


def unassessed_row(pattern: str, group: str, verdict: str, why: str) -> dict[str, object]:
    """A row without a result: what is imposed by inputs, or not simulated yet, and why."""
    row = _row(Target(pattern, group, "", np.nan, np.nan), why, "")
    return {**row, "verdict": verdict}


def _row(target: Target, told: str, fitted: str) -> dict[str, object]:
    empty = dict.fromkeys(("result", "low", "high"), float("nan"))
    return {
        "pattern": target.pattern,
        "group": target.group,
        "unit": target.unit,
        "target": told,
        **empty,
        "fitted": fitted,
    }


def as_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """The rows as the table that is written."""
    return pd.DataFrame(list(rows))[list(COLUMNS)]


def write_validation(
    rows: Sequence[dict[str, object]], out: Path, figures: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Write the rows as `validation.csv`, and figures (text by file name) beside it, whole or not at all.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    table = as_table(rows)
    with whole_folder(out) as folder:
        table.to_csv(folder / TABLE, index=False, float_format="%.6g", lineterminator="\n")
        for name, drawn in (figures or {}).items():
            (folder / name).write_text(drawn, encoding="utf-8")
    return table


def share_holding_half(counts: Array) -> float:
    """Smallest share (%) of street segments that holds half of what was counted on them; NaN if there is nothing."""
    total = counts.sum()
    if total <= 0:
        return float("nan")
    running = np.cumsum(np.sort(counts)[::-1])
    return 100.0 * float(np.searchsorted(running, total / 2) + 1) / counts.size
