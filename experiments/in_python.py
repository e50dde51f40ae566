"""Comparisons and studies from Python and notebooks, with tidy tables: `compare` and `study` of `experiments`."""

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.answer.stored import Comparison, read_comparison
from experiments.cli.options import STORE
from experiments.cli.runs import answer_of
from experiments.executors import HerePool, ProcessPool
from experiments.folders import check_folders
from experiments.studies.planning import Plan
from experiments.studies.reading import load_study
from experiments.studies.running import run_study
from experiments.studies.store import begin
from experiments.studies.tables import COLUMNS
from experiments.studies.trial import check_disk
from simulator.errors import InputError
from simulator.foundation.spelling import nearest_told

_LABELS = ("scenario", "is_baseline", "draw")
"""Columns of `runs` that stand in a study's tidy table, before levers and uncertainties."""
_NOT_ASKED: dict[str, Any] = {
    "threads": 1,
    "check_settling": False,
    "light_extremes": True,
    "equity_weight": 0.0,
    **dict.fromkeys(("persons", "persons_columns", "tours", "unit_values", "observed", "overlay")),
}
"""What the command line asks for and `compare` does not: as the command has it by default."""


def compare(
    cases: str | Sequence[str],
    *,
    baseline: str = "baseline",
    city: str | None = None,
    people: int = 8000,
    replications: int = 32,
    days: int = 1,
    date: str | datetime.date | None = None,
    seed: int = 1,
    values: Path | str | None = None,
    workers: int = 1,
    store: Path | str = STORE,
    out: Path | str | None = None,
    quiet: bool = True,
) -> Comparison:
    """Compare cases with a baseline in the same draws, as `afterdark compare` does; what is stored is only read.

    Parameters
    ----------
    cases
        Short names or TOML files, one or several.
    baseline, city, people, replications, days, date, seed, values, store, out, quiet
        As on the command line, with its defaults. A run that is in `store` is not computed again: a stopped call goes
        on.
    workers
        Runs at once, in processes of their own if there are several: a script must then keep its call below
        ``if __name__ == "__main__":``.

    Returns
    -------
    What `analysis.read_comparison` gives: `table`, `affected`, `answer`, `map`, and `frame`, every cell with the
    columns that docs/use.md lists. Units stand in the column `unit`.

    Raises
    ------
    InputError
        If a case, city or option cannot be used, or `out` holds something else.

    """
    if not cases:
        raise InputError("compare: found no case, expected a name or a file; `afterdark scenario list` shows them")
    whole = {"replications": replications, "days": days, "workers": workers}
    asked = _NOT_ASKED | {name: _at_least_one(name, number) for name, number in whole.items()}
    asked |= {"baseline": baseline, "city": city, "people": people, "seed": seed, "quiet": quiet}
    asked |= {
        "cases": [cases] if isinstance(cases, str) else list(cases),
        "date": date.isoformat() if isinstance(date, datetime.date) else date,
        "values": None if values is None else Path(values),
        "store": Path(store),
        "out": None if out is None else Path(out),
    }
    answer, _ = answer_of(asked)
    return read_comparison(answer.folder)


@dataclasses.dataclass(frozen=True, repr=False)
class StudyTables:
    """What a study has come to, as tables of pandas; `columns` says what each column means.

    Parameters
    ----------
    name
        Short name of the study.
    folder
        Its store.
    runs, outcomes, parameters, failures
        A row a run; an outcome of a run; a parameter of a sample; a run that failed.
    """

    name: str
    folder: Path
    runs: pd.DataFrame
    outcomes: pd.DataFrame
    parameters: pd.DataFrame
    failures: pd.DataFrame

    @property
    def columns(self) -> dict[str, str]:
        """The meaning of each column of `table`."""
        factors = dict.fromkeys(self.factors, "value of this lever or uncertainty; empty where it moves nothing")
        return {name: COLUMNS["runs"][name] for name in _LABELS} | factors | COLUMNS["outcomes"]

    @property
    def factors(self) -> tuple[str, ...]:
        """Columns of levers and uncertainties."""
        return tuple(name for name in self.runs if name.startswith(("lever_", "uncertain_")))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Indicators that are kept."""
        return tuple(map(str, self.outcomes["indicator"].unique()))

    def table(self, indicator: str | None = None) -> pd.DataFrame:
        """A row for each outcome of each run, the baselines left out.

        Parameters
        ----------
        indicator
            One of `indicators`; all by default.

        Returns
        -------
        pandas.DataFrame
            scenario, is_baseline, draw, levers and uncertainties, then the columns of `outcomes` (`columns` tells
            them). Value, baseline and difference are in `unit`.

        Raises
        ------
        InputError
            If the indicator is not kept.
        """
        if indicator is not None and indicator not in self.indicators:
            near = nearest_told(indicator, self.indicators)
            raise InputError(f"indicator: found {indicator!r}, expected one of {', '.join(self.indicators)}{near}")
        kept = self.outcomes if indicator is None else self.outcomes[self.outcomes["indicator"] == indicator]
        runs = self.runs.loc[~self.runs["is_baseline"], ["run", *_LABELS, *self.factors]]
        whole = runs.merge(kept, on="run")
        order = [*_LABELS[:1], *self.factors, "draw", "indicator", "gender", "age", "period"]
        return whole.sort_values(order, ignore_index=True)[list(self.columns)]

    def __repr__(self) -> str:
        """Say what there is."""
        return f"<StudyTables of {self.name}: {len(self.runs)} runs, {len(self.failures)} failed, in {self.folder}>"


def study(name: Path | str, *, store: Path | str | None = None, workers: int = 1) -> StudyTables:
    """Run what is missing of a study, as `afterdark study run` does, and give its tables.

    Parameters
    ----------
    name
        Short name or TOML file of a study.
    store
        Folder of its store; ``runs/study-NAME`` by default. A stopped call goes on.
    workers
        Runs at once; see `compare`.

    Returns
    -------
    StudyTables
        Of the study's runs. Runs that failed stand in `failures`.

    Raises
    ------
    InputError
        If the study cannot be used, the store is another's, or the disk is too small.
    """
    read = load_study(name)
    plan, folder = Plan.of(read), Path(store or Path("runs") / f"study-{read.name}").resolve()
    at_once = _at_least_one("workers", workers)
    check_folders(folder, folder, own=True)
    check_disk(folder, plan.count())
    opened = begin(folder, plan)
    run_study(plan, opened, (lambda: ProcessPool(at_once)) if at_once > 1 else HerePool, workers=at_once)
    tables = opened.read()
    wanted = set(plan.run_ids())
    runs, outcomes, failures = (
        frame[frame["run"].isin(wanted)].reset_index(drop=True)
        for frame in (tables.runs.to_pandas(), tables.outcomes.to_pandas(), tables.failures.to_pandas())
    )
    parameters = tables.parameters.to_pandas()
    parameters = parameters[parameters["sample"].isin(runs["sample"])].reset_index(drop=True)
    return StudyTables(read.name, folder, runs, outcomes, parameters, failures)


def _at_least_one(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{name}: found {value!r}, expected a whole number from 1 on")
    return value
