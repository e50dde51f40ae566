"""What a study will take, from a trial run that is measured: runs, time, disk, and cells with too few people."""

import dataclasses
import math
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.indicators.cells import MIN_AGENTS
from experiments.studies.outcomes import Spot
from experiments.studies.planning import Plan, Task
from experiments.studies.segments import close_all
from experiments.studies.store import begin
from experiments.studies.work import RunFunction, simulate, work_off
from simulator.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_ARMS = 2
"""Scenarios that are tried besides the baseline."""
_SOON_S = 60.0
"""A trial that took no longer is done a second time: the first of a process also loads compiled code."""
BYTES_A_RUN = 20_000
"""What a run takes at most, for the check of the disk that comes before any run."""
_SPARE = 50_000_000
"""Bytes that are left free."""


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What is to be expected of a study.

    Attributes
    ----------
    runs, tasks
        In all: rows, and settled baselines that they go on from.
    before_s, arm_s
        Seconds for a settled baseline, and for a scenario that goes on from it.
    bytes_a_run
        On disk.
    thin
        Outcomes behind which too few agents stand to be told.
    """

    runs: int
    tasks: int
    before_s: float
    arm_s: float
    bytes_a_run: float
    thin: tuple[Spot, ...]

    def seconds(self, workers: int, *, share: float = 1.0) -> float:
        """Seconds that a share of the study takes with so many workers, if each has a processor."""
        return share * (self.tasks * self.before_s + self.runs * self.arm_s) / workers

    def bytes(self, *, share: float = 1.0) -> float:
        """Bytes on disk of a share of the study."""
        return share * self.runs * self.bytes_a_run


def estimate(plan: Plan, *, run: RunFunction = simulate) -> Estimate:
    """Run a few scenarios in one draw, away from any store, and reckon from that.

    Raises
    ------
    InputError
        If they cannot be run: the study would not either.
    """
    with tempfile.TemporaryDirectory(prefix="afterdark-") as folder:
        for attempt in range(2):
            store = begin(Path(folder) / f"trial-{attempt}", plan)
            task = _trial(plan, store.folder)
            started = time.perf_counter()
            done = work_off(task, run)
            seconds = time.perf_counter() - started
            close_all(store.segments)
            if seconds > _SOON_S:
                break
        tables = store.read()
        if done.failed:
            cause = tables.failures.to_pylist()[0]
            raise InputError(f"the trial run of {cause['scenario']} failed at {cause['place']}: {cause['cause']}")
        size = sum(file.stat().st_size for file in store.segments.iterdir())
    timings = tables.timings.to_pandas()
    arms = max(float(timings["arm_s"].mean()), 0.0)
    before = float(timings["before_s"].min())
    return Estimate(
        plan.count(),
        len(plan.groups) * plan.study.replications,
        before if before > 0.0 else seconds / len(timings),
        arms,
        size / len(timings),
        _thin(tables.outcomes.to_pandas(), plan),
    )


def _trial(plan: Plan, store: Path) -> Task:
    draw = min(1, plan.study.replications - 1)  # draw 0 is one of the few that are watched for how they settle
    task = next(plan.tasks([draw], store, stored=(), workers=1))
    kept = set(task.job.ids[: _ARMS + 1])
    job = dataclasses.replace(task.job, ids=task.job.ids[: len(kept)], scenarios=task.job.scenarios[: len(kept)])
    return dataclasses.replace(task, job=job, rows=tuple(row for row in task.rows if row.content in kept))


def _thin(outcomes: "pd.DataFrame", plan: Plan) -> tuple[Spot, ...]:
    fewest = outcomes.groupby(["indicator", "gender", "age", "period"])["agents"].max()
    empty = outcomes.groupby(["indicator", "gender", "age", "period"])["value"].count() == 0
    return tuple(spot for spot in plan.spots if fewest[tuple(spot)] < MIN_AGENTS and empty[tuple(spot)])


def check_disk(folder: Path, runs: int, bytes_a_run: float = BYTES_A_RUN) -> None:
    """Refuse a disk on which so many runs would not fit: twice, since merging writes new files before it removes.

    Raises
    ------
    InputError
    """
    there = folder
    while not there.exists():
        there = there.parent
    needed, free = 2 * runs * bytes_a_run + _SPARE, shutil.disk_usage(there).free
    if free < needed:
        raise InputError(
            f"--store {folder}: found {_megabytes(free)} free on that disk, expected {_megabytes(needed)} for {runs} "
            "runs; make room, or choose a folder on another disk"
        )


def _megabytes(size: float) -> str:
    return f"{math.ceil(size / 1e6):,} MB"
