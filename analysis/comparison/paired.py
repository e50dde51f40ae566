"""The paired comparison of scenarios with the baseline: one row a cell, with interval and verdict.

Baseline and scenario of one draw share every uncertain parameter and every random number, so the difference
within a draw is the measure's doing. `comparison.csv` holds these rows.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import BREAK_EVEN, amount_interval, judge, predictive_interval
from analysis.comparison.sums import ComparedSums, Paired, sum_cells
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import Indicator
from simulator.errors import ResultsError
from simulator.results.files import whole_file
from simulator.results.schema import RunTables

AFTER_DARK_ONLY = frozenset({"lighting"})
"""Kinds of measure that change nothing by day but incidents, by the care that they signal."""
COLUMNS = (
    "scenario",
    "indicator",
    "unit",
    "gender",
    "age",
    "disability",
    "carer",
    "night_worker",
    "hour_band",
    "zone",
    "purpose",
    "period",
    "baseline",
    "value",
    "difference",
    "low",
    "high",
    "share_better",
    "verdict",
    "people",
    "grade",
    "city",
    "date",
    "seed",
    "draws",
    "given_values",
)
GRADES = ("measured", "review", "single study", "recalled", "weak", "assumption")
"""Grades of evidence from the surest to the least sure, as in the evidence file."""
_COUNTS = ("people", "seed", "draws")


INCIDENTS = "incidents_"
"""Beginning of the names of indicators of incidents."""


def compare_runs(
    baseline: Sequence[RunTables], scenarios: Mapping[str, Sequence[RunTables]], sums: ComparedSums | None = None
) -> pd.DataFrame:
    """Compare runs of scenarios with runs of the baseline, draw by draw.

    Parameters
    ----------
    baseline
        One run a draw.
    scenarios
        For each scenario's name one run for each of the baseline's draws, in any order.
    sums
        As `sum_cells` gives them of the same runs, where they are added up already.

    Returns
    -------
    pandas.DataFrame
        The columns of `comparison.csv` (`COLUMNS`), one row a cell: scenarios as given, indicators as
        registered, cells as `choose_cells` orders them. `baseline`, `value` and `difference` are means over
        draws, `low` and `high` the ends of the predictive 90 % interval (NaN with one draw; that of costs and the
        like never passes zero where no draw does), `share_better` the share of draws in which the scenario is better,
        `people` the fewest agents behind the cell in any run. A cell that is not defined in any draw (nobody walks) has
        no row; one that is defined in at least half of them tells of those. `cost` has one row, without a verdict:
        whether a cost is worth paying is not for the model to say.

    Raises
    ------
    ResultsError
        If runs cannot be paired; every reason is listed.
    """
    compared, origin = sums or sum_cells(baseline, scenarios), _origin(baseline)
    currency = _currency([run for runs in (baseline, *scenarios.values()) for run in runs])
    rows: list[dict[str, Any]] = []
    for name, runs in scenarios.items():
        manifests = [run.manifest for run in (*baseline, *runs)]
        first = runs[0].manifest
        for one in INDICATORS.values():
            keep, paired = compared.pairs(name, one)
            fixed = {
                "scenario": name,
                "indicator": one.name,
                "unit": f"{currency} {one.unit}".strip() if one.name == "cost" else one.unit,
                "grade": _weakest_grade(manifests, one.name),
                **origin,
            }
            for at, baseline_values, values in zip(keep, *paired, strict=True):
                cell = compared.cells[at]
                unaffected_by_assumption = not one.name.startswith(INCIDENTS) and _out_of_reach(cell, first)
                row = _row(one, cell, Paired(baseline_values, values), unaffected_by_assumption)
                if row is not None:
                    row["verdict"] = _unjudged(one, first) or row["verdict"]
                    behind = compared.behind[name]
                    people = int(behind[cells.behind_of(one, behind)][at])
                    rows.append(fixed | row | {"people": people})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _origin(baseline: Sequence[RunTables]) -> dict[str, Any]:
    """What tells tables of several comparisons apart when they are put below each other."""
    first = baseline[0].manifest
    given = first.get("given_values") or {}
    return {
        "city": str(first["city"]["name"]),
        "date": str(first["date"]),
        "seed": int(first["seed"]),
        "draws": len(baseline),
        "given_values": "; ".join(f"{name}={value:g}" for name, value in sorted(given.items())),
    }


def _out_of_reach(cell: cells.Cell, manifest: Mapping[str, Any]) -> bool:
    """Whether no path leads from the scenario's measures to a cell: they act after dark only, and it is by day."""
    kinds = {str(measure.get("kind")) for measure in manifest["scenario"].get("measures") or ()}
    if not kinds or kinds - AFTER_DARK_ONLY or cell.period == "dark":
        return False
    band = range(24) if cell.hour_band == cells.ALL else cells.HOUR_BANDS[cell.hour_band]
    return cell.period == "day" or not any(manifest["dark_hours"][hour] for hour in band)


def _unjudged(one: Indicator, manifest: Mapping[str, Any]) -> str:
    """The verdict that holds whatever comes out: of measures that nobody evaluated incidents say nothing."""
    if one.always and manifest["scenario"].get("measures"):
        return one.always
    nobody_knows = manifest.get("unevaluated") and one.name.startswith(INCIDENTS) and one.better
    return BREAK_EVEN if nobody_knows else ""


def _row(one: Indicator, cell: cells.Cell, paired: Paired, unaffected_by_assumption: bool) -> dict[str, Any] | None:
    difference = paired.difference
    defined = np.isfinite(difference)
    if not defined.any():
        return None
    unused = np.isnan(paired.baseline) & np.isnan(paired.value)
    if (defined | unused).all() and not difference[defined].any():
        difference = np.zeros_like(difference)  # where nobody walks with or without it, nothing differs either
    enough = defined.sum() >= max(2, difference.size / 2)
    if enough:  # a share of nobody's time is not defined: the interval is over the draws in which somebody walks there
        difference = difference[defined]
    centre, interval = _centre_and_interval(one, difference)
    baseline = float(paired.baseline[defined].mean())
    verdict = judge(
        difference,
        interval,
        better=one.better,
        margin=one.margin_at(baseline),
        unaffected_by_assumption=unaffected_by_assumption,
    )
    share = float((difference[np.isfinite(difference)] * one.better > 0).mean()) if one.better else float("nan")
    return {
        **cells.labels(cell),
        "baseline": baseline,
        "value": centre if one.is_ratio else float(paired.value[defined].mean()),
        "difference": centre,
        "low": interval[0],
        "high": interval[1],
        "share_better": share,
        "verdict": verdict,
    }


def _centre_and_interval(
    one: Indicator, difference: np.ndarray[Any, np.dtype[np.float64]]
) -> tuple[float, tuple[float, float]]:
    """Mean over draws and predictive interval; that of amounts and ratios stays on their side of zero."""
    interval = amount_interval(difference) if one.is_amount or one.is_ratio else predictive_interval(difference)
    if one.is_ratio and (difference > 0.0).all():
        return float(np.exp(np.log(difference).mean())), interval
    return float(difference[np.isfinite(difference)].mean()), interval


def _weakest_grade(manifests: Sequence[Mapping[str, Any]], name: str) -> str:
    found = {_grade_of(manifest.get("grades", {}), name) for manifest in manifests} - {""}
    unknown = found - set(GRADES)
    if unknown:
        raise ResultsError(f"grades.{name}: found {sorted(unknown)}, expected one of {', '.join(GRADES)}")
    return max(found, key=GRADES.index, default="")


def _grade_of(grades: Mapping[str, str], name: str) -> str:
    """A run may grade a whole family once: incidents_expected stands for incidents_expected_robbery."""
    return grades.get(name) or next((grades[key] for key in grades if name.startswith(f"{key}_")), "")


def _currency(runs: Sequence[RunTables]) -> str:
    found = {str(word) for run in runs for word in run.placements["currency"].unique()}
    if len(found) > 1:
        raise ResultsError(f"placements.currency: found {sorted(found)}, expected one currency; give costs in one")
    return found.pop() if found else ""


def write_comparison(comparison: pd.DataFrame, path: Path | str) -> None:
    """Write `comparison.csv`: nine significant digits, Unix line ends, rows as given.

    The same numbers give the same bytes. Nothing is written if it fails.
    """
    table = comparison.copy()
    for name in table.columns:
        if table[name].dtype.kind == "f":
            table[name] = table[name] + 0.0  # no negative zero
    with whole_file(path) as part:
        table.to_csv(part, index=False, float_format="%.9g", lineterminator="\n", encoding="utf-8")


def read_comparison_table(path: Path | str) -> pd.DataFrame:
    """Read a `comparison.csv` back.

    Raises
    ------
    ResultsError
        If the file is missing or has other columns.
    """
    file = Path(path)
    if not file.is_file():
        raise ResultsError(f"{file}: no such file; expected one written by `afterdark compare`")
    numbers = {"baseline", "value", "difference", "low", "high", "share_better"}
    kinds: Any = {name: "float64" if name in numbers else "str" for name in COLUMNS} | dict.fromkeys(_COUNTS, "int64")
    try:
        table = pd.read_csv(file, dtype=kinds, keep_default_na=False, na_values={name: [""] for name in numbers})
    except (OSError, ValueError) as error:
        raise ResultsError(f"{file}: cannot be read ({error}); compare again") from error
    if tuple(table.columns) != COLUMNS:
        raise ResultsError(f"{file}: has columns {list(table.columns)}, expected {list(COLUMNS)}; compare again")
    return table
