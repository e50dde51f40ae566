"""`afterdark compare --calendar year`: the same comparison on sixteen days that stand for a year, and on its mean day.

A season is the week around the middle of January, April, July and October; of each week a Wednesday stands for the four
working days, and Friday, Saturday and Sunday for themselves.
"""

import dataclasses
import datetime
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.answer.year import DAYS, YEAR, days_table
from analysis.comparison.mean_day import Day, compare_days
from analysis.comparison.paired import read_comparison_table, write_comparison
from analysis.indicators.run_totals import DAYS_PER_YEAR
from analysis.maps.year import draw_year
from experiments.comparing import Plan, run_plan
from experiments.executors import run_jobs
from experiments.folders import check_folders, holds
from experiments.identity import digest_of
from experiments.runs import Job, Progress
from experiments.store import write_manifest
from simulator.errors import InputError, ResultsError, ScenarioError
from simulator.results.files import whole_folder
from simulator.results.schema import MANIFEST, read_manifest

KIND, PICTURE = "year", "year.png"
SEASONS = {"January": 1, "April": 4, "July": 7, "October": 10}
"""The middle months of the seasons, whose nights are about as long as the season's in the mean."""
KINDS_OF_DAY = {"working day": (2, 4), "Friday": (4, 1), "Saturday": (5, 1), "Sunday": (6, 1)}
"""Weekday that stands for each kind of day (Monday is 0), and how many days of a week it stands for."""


class Representative(NamedTuple):
    """A date that stands for some days of the year."""

    season: str
    kind: str
    date: datetime.date
    days: float


def representative_days(year: int) -> list[Representative]:
    """The sixteen dates of a year, and how many of its days each stands for: together 365.25."""
    found = []
    for season, month in SEASONS.items():
        middle = datetime.date(year, month, 15)
        monday = middle - datetime.timedelta(days=middle.weekday())
        for kind, (weekday, of_week) in KINDS_OF_DAY.items():
            share = of_week / 7.0 / len(SEASONS)
            found.append(Representative(season, kind, monday + datetime.timedelta(days=weekday), DAYS_PER_YEAR * share))
    return found


@dataclasses.dataclass(frozen=True)
class YearPlan:
    """A comparison on the representative days of the year of its date."""

    plan: Plan

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.plan.options.date.year

    def days(self) -> list[tuple[Representative, Plan]]:
        """The days and the comparison of each."""
        return [
            (one, dataclasses.replace(self.plan, options=dataclasses.replace(self.plan.options, date=one.date)))
            for one in representative_days(self.year)
        ]

    def all_jobs(self) -> list[Job]:
        """Everything that is to be run: for each day one job a draw."""
        return [job for _, plan in self.days() for job in plan.jobs()]

    def identity(self) -> str:
        """Identity of the year: that of the comparisons of its days."""
        return digest_of({"days": [plan.identity() for _, plan in self.days()]})

    def check(self) -> tuple[str, ...]:
        """Refuse before any work what cannot work, and give the cautions of a day on which most of it acts.

        Raises
        ------
        InputError
            As `Plan.check`; a case that does nothing on some days is no fault, one that does so on all of them is.
        """
        told: list[tuple[str, ...]] = []
        faults: list[ScenarioError] = []
        for _, plan in self.days():
            try:
                told.append(plan.check())
            except ScenarioError as fault:
                faults.append(fault)
        if not told:
            raise faults[0]
        return min(told, key=len)


@dataclasses.dataclass(frozen=True)
class Year:
    """A comparison over a year, as stored: the mean day as `comparison.csv` tells a day, and a table of the days."""

    mean: pd.DataFrame
    days: pd.DataFrame
    folder: Path

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the cases by name."""
        return dict(read_manifest(self.folder)["titles"])

    @property
    def cautions(self) -> Sequence[str]:
        """What the answer comes with."""
        return tuple(read_manifest(self.folder)["cautions"])


def make_year(
    year: YearPlan,
    out: Path,
    *,
    workers: int,
    progress: Progress = lambda days: None,
    draw_done: Callable[[], None] = lambda: None,
) -> Year:
    """Run what is missing on each day, add the days up, and write the folder whole; the same one is only read.

    Raises
    ------
    InputError
        If the plan cannot work, or `out` holds something else.
    """
    told = year.check()
    identity = year.identity()
    if holds(out, identity):
        return read_year(out)
    check_folders(out, year.plan.store)
    run_jobs(year.all_jobs(), workers=workers, progress=progress, draw_done=draw_done)
    days = list(_runs_of_days(year))
    mean, each = compare_days(days, label=f"mean day of {year.year}")
    table = days_table([(*one[:2], one.date.isoformat(), one.days) for one, _ in year.days()], each)
    titles = {one.name: one.title for one in year.plan.scenarios}
    manifest = {
        "id": identity,
        "kind": KIND,
        "year": year.year,
        "baseline": year.plan.baseline.name,
        "titles": titles,
        "replications": year.plan.replications,
        "options": year.plan.options.identity() | {"city": year.plan.options.city},
        "cautions": told,
    }
    try:
        with whole_folder(out) as part:
            write_comparison(mean, part / YEAR)
            table.to_csv(part / DAYS, index=False, float_format="%.9g", lineterminator="\n")
            draw_year(table, titles, part / PICTURE)
            write_manifest(manifest, part / MANIFEST)
    except InputError:
        if not holds(out, identity):  # else another process was quicker with the same year
            raise
    return read_year(out)


def _runs_of_days(year: YearPlan) -> Iterator[Day]:
    for one, plan in year.days():
        baseline, scenarios = run_plan(plan, workers=1)
        yield Day(one.days, baseline, scenarios)


def read_year(folder: Path) -> Year:
    """A stored year.

    Raises
    ------
    ResultsError
        If the folder does not hold one, or a part of it is missing.
    """
    if read_manifest(folder)["kind"] != KIND:
        raise ResultsError(f"{folder}: holds no year; expected a folder written by `afterdark compare --calendar year`")
    file = folder / DAYS
    if not file.is_file():
        raise ResultsError(f"{file}: no such file; remove {folder} and compare again")
    return Year(read_comparison_table(folder / YEAR), pd.read_csv(file, keep_default_na=False, na_values=[""]), folder)
