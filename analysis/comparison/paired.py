"""The paired comparison of scenarios with the baseline: one row a cell, with interval and verdict.

Baseline and scenario of one draw share every uncertain parameter and every random number, so the difference
within a draw is the measure's doing. `comparison.csv` holds these rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.comparison.intervals import BREAK_EVEN, amount_interval, judge, paired_differences, predictive_interval
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.groupings import levels_of
from analysis.indicators.indicator import CellSums, Indicator
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
_SAME_IN_ALL = ("date", "agents", "code_version", "days", "dark_hours")


INCIDENTS = "incidents_"
"""Beginning of the names of indicators of incidents."""


class Paired(NamedTuple):
    """Values of one indicator by cell and draw: `baseline` and `value`, shape (cells, R)."""

    baseline: np.ndarray[Any, np.dtype[np.float64]]
    value: np.ndarray[Any, np.dtype[np.float64]]

    @property
    def difference(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Value minus baseline, free of rounding residue."""
        return paired_differences(self.baseline, self.value)


class ComparedSums(NamedTuple):
    """Sums behind every cell of runs that are compared, in order of draw: whoever asks more than verdicts needs them.

    `behind` has for each scenario the fewest agents behind each cell in any run, by itinerary.
    """

    cells: list[cells.Cell]
    baseline: list[CellSums]
    scenarios: dict[str, list[CellSums]]
    behind: dict[str, Mapping[str, Any]]

    def pairs(self, name: str, one: Indicator) -> tuple[list[int], Paired]:
        """Positions of the cells that an indicator is told for in a scenario, and its values there, (cells, R)."""
        keep = list(cells.reported(one, self.cells, self.behind[name]))
        paired = pair_values(one, self.baseline, self.scenarios[name])
        return keep, Paired(paired.baseline[keep], paired.value[keep])


def sum_cells(baseline: Sequence[RunTables], scenarios: Mapping[str, Sequence[RunTables]]) -> ComparedSums:
    """Add up what stands behind every cell of a comparison, by run.

    Parameters
    ----------
    baseline, scenarios
        As for `compare_runs`.

    Raises
    ------
    ResultsError
        If runs cannot be paired; every reason is listed.
    """
    check_pairing(baseline, scenarios)
    levels = levels_of(run for runs in (baseline, *scenarios.values()) for run in runs)
    base = [cells.tally(run, levels) for run in in_order_of_draw(baseline)]
    others = {name: [cells.tally(run, levels) for run in in_order_of_draw(runs)] for name, runs in scenarios.items()}
    every = base + [run for runs in others.values() for run in runs]
    fewest = {name: np.min([run.agents[name] for run in every], axis=0) for name in every[0].agents}
    chosen = cells.choose_cells(fewest["realised"], baseline[0].manifest["dark_hours"], levels)
    behind = {name: cells.agents_behind(agents, chosen) for name, agents in fewest.items()}
    return ComparedSums(
        chosen,
        [cells.cell_sums(run, chosen) for run in base],
        {name: [cells.cell_sums(run, chosen) for run in runs] for name, runs in others.items()},
        {name: behind | _behind_of_measures(runs, chosen, baseline[0].manifest) for name, runs in others.items()},
    )


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
                    rows.append(fixed | row | {"people": int(compared.behind[name][cells.behind_of(one)][at])})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _behind_of_measures(
    runs: Sequence[cells.Tally], chosen: Sequence[cells.Cell], baseline: Mapping[str, Any]
) -> dict[str, Any]:
    """The fewest agents behind each cell of those whom measures can touch, in the runs of one scenario.

    Nobody where the baseline has measures itself: those people are held against a city without any.
    """
    has_measures = bool(baseline["scenario"].get("measures"))
    fewest = {name: np.min([run.agents[name] for run in runs], axis=0) for name in cells.OF_MEASURES}
    return {name: cells.agents_behind(agents * (not has_measures), chosen) for name, agents in fewest.items()}


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


def pair_values(one: Indicator, base: Sequence[Any], scenario: Sequence[Any]) -> Paired:
    """Values of an indicator by cell and draw, given each run's `CellSums` in the same order."""
    value = np.array([one.formula(sums) for sums in scenario]).T
    if one.baseline_from == "nothing":
        return Paired(np.zeros_like(value), value)
    if one.baseline_from == "before":
        return Paired(np.array([one.formula(sums.as_before()) for sums in scenario]).T, value)
    return Paired(np.array([one.formula(sums) for sums in base]).T, value)


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


def in_order_of_draw(runs: Sequence[RunTables]) -> list[RunTables]:
    """The runs sorted by draw, so that no sum depends on the order in which they were finished."""
    return sorted(runs, key=lambda run: int(run.manifest["draw"]))


def check_pairing(baseline: Sequence[RunTables], scenarios: Mapping[str, Sequence[RunTables]]) -> None:
    """Refuse runs that cannot be compared draw by draw.

    Raises
    ------
    ResultsError
        Listing every reason: no runs, draws missing or twice, another city, date, seed, number of agents,
        days or code version.
    """
    if not baseline or not scenarios:
        raise ResultsError("nothing to compare: expected runs of the baseline and of at least one scenario")
    faults = []
    expected = sorted(int(run.manifest["draw"]) for run in baseline)
    if len(set(expected)) != len(expected):
        faults.append(f"baseline: draws {expected}, expected each draw once")
    first = baseline[0].manifest
    seeds = {int(run.manifest["draw"]): run.manifest["seed"] for run in baseline}
    for name, runs in {"baseline": baseline, **scenarios}.items():
        found = sorted(int(run.manifest["draw"]) for run in runs)
        if found != expected:
            faults.append(f"{name}: draws {found}, expected the baseline's {expected}")
        for run in runs:
            draw = int(run.manifest["draw"])
            where = f"{name}, draw {draw}"
            faults.extend(_disagreements(where, run.manifest, first))
            if run.manifest["seed"] != seeds.get(draw, run.manifest["seed"]):
                faults.append(f"{where}: seed {run.manifest['seed']}, the baseline has {seeds[draw]}")
    if faults:
        raise ResultsError("these runs cannot be compared; run baseline and scenarios alike", sorted(set(faults)))


def _disagreements(where: str, manifest: Mapping[str, Any], first: Mapping[str, Any]) -> Iterator[str]:
    if manifest["city"]["digest"] != first["city"]["digest"]:
        yield f"{where}: city {_city(manifest)}, the baseline has {_city(first)}"
    for key in _SAME_IN_ALL:
        if manifest.get(key) != first.get(key):
            yield f"{where}: {key} {manifest.get(key)}, the baseline has {first.get(key)}"


def _city(manifest: Mapping[str, Any]) -> str:
    return f"{manifest['city']['name']} ({str(manifest['city']['digest'])[:12]})"


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


def read_comparison(path: Path | str) -> pd.DataFrame:
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
