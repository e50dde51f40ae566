"""Runs that are compared, added up: by run, by cell of the comparison, and paired draw by draw."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.comparison.intervals import paired_differences
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.groupings import levels_of
from analysis.indicators.indicator import CellSums, Indicator
from simulator.errors import ResultsError
from simulator.results.schema import RunTables

_SAME_IN_ALL = ("date", "agents", "code_version", "days", "dark_hours")


class Paired(NamedTuple):
    """Values of one indicator by cell and draw: `baseline` and `value`, shape (cells, R)."""

    baseline: np.ndarray[Any, np.dtype[np.float64]]
    value: np.ndarray[Any, np.dtype[np.float64]]

    @property
    def difference(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Value minus baseline, free of rounding residue."""
        return paired_differences(self.baseline, self.value)


class Tallies(NamedTuple):
    """Runs added up, one a draw in their order: of the baseline, and of each scenario by its name."""

    baseline: Sequence[cells.Tally]
    scenarios: Mapping[str, Sequence[cells.Tally]]


def tally_runs(baseline: Sequence[RunTables], scenarios: Mapping[str, Sequence[RunTables]]) -> Tallies:
    """Add up runs that can be paired.

    Raises
    ------
    ResultsError
        If they cannot be paired.
    """
    check_pairing(baseline, scenarios)
    levels = levels_of(run for runs in (baseline, *scenarios.values()) for run in runs)
    base, *others = (
        [cells.tally(run, levels) for run in in_order_of_draw(runs)] for runs in (baseline, *scenarios.values())
    )
    return Tallies(base, dict(zip(scenarios, others, strict=True)))


class ComparedSums(NamedTuple):
    """Sums behind every cell of runs that are compared, in order of draw: whoever asks more than verdicts needs them.

    `behind` has for each scenario the fewest agents behind each cell in any run, by itinerary.
    """

    cells: list[cells.Cell]
    baseline: list[CellSums]
    scenarios: dict[str, list[CellSums]]
    behind: dict[str, Mapping[str, Any]]
    tallies: Tallies

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
    base, others = tallies = tally_runs(baseline, scenarios)
    every = [*base, *(run for runs in others.values() for run in runs)]
    fewest = {name: np.min([run.agents[name] for run in every], axis=0) for name in every[0].agents}
    chosen = cells.choose_cells(fewest["realised"], baseline[0].manifest["dark_hours"], base[0].levels)
    behind = {name: cells.agents_behind(agents, chosen) for name, agents in fewest.items()}
    return ComparedSums(
        chosen,
        [cells.cell_sums(run, chosen) for run in base],
        {name: [cells.cell_sums(run, chosen) for run in runs] for name, runs in others.items()},
        {name: behind | _behind_of_measures(runs, chosen, baseline[0].manifest) for name, runs in others.items()},
        tallies,
    )


def _behind_of_measures(
    runs: Sequence[cells.Tally], chosen: Sequence[cells.Cell], baseline: Mapping[str, Any]
) -> dict[str, Any]:
    """The fewest agents behind each cell of those whom measures can touch, in the runs of one scenario.

    Nobody where the baseline has measures itself: those people are held against a city without any.
    """
    has_measures = bool(baseline["scenario"].get("measures"))
    fewest = {name: np.min([run.agents[name] for run in runs], axis=0) for name in cells.OF_MEASURES}
    return {name: cells.agents_behind(agents * (not has_measures), chosen) for name, agents in fewest.items()}


def pair_values(one: Indicator, base: Sequence[Any], scenario: Sequence[Any]) -> Paired:
    """Values of an indicator by cell and draw, given each run's `CellSums` in the same order."""
    value = np.array([one.formula(sums) for sums in scenario]).T
    if one.baseline_from == "nothing":
        return Paired(np.zeros_like(value), value)
    if one.baseline_from == "before":
        return Paired(np.array([one.formula(sums.as_before()) for sums in scenario]).T, value)
    return Paired(np.array([one.formula(sums) for sums in base]).T, value)


def pair_in_cells(
    names: Sequence[str],
    base: Sequence[cells.Tally],
    scenario: Sequence[cells.Tally],
    chosen: Sequence[cells.Cell],
) -> dict[str, Paired]:
    """Values of several indicators in given cells, given each run's tally in the same order of draws."""
    sums = [[cells.cell_sums(run, chosen) for run in side] for side in (base, scenario)]
    return {name: pair_values(INDICATORS[name], *sums) for name in names}


def cells_of_everybody(runs: Sequence[cells.Tally], dark_hours: Sequence[bool], period: str) -> list[cells.Cell]:
    """The cells that tell only genders apart, in one period, as `compare_runs` chooses them."""
    fewest = np.min([run.agents["realised"] for run in runs], axis=0)
    return [
        cell
        for cell in cells.choose_cells(fewest, dark_hours)
        if (cell.age, cell.hour_band, cell.period, cell.attribute) == (cells.ALL, cells.ALL, period, "")
    ]


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
