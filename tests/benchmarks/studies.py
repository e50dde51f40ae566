"""Studies: two worker processes beside one, what the machinery adds to the runs, and the opening of ten thousand runs."""

import json
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np

from experiments.executors import HerePool, ProcessPool
from experiments.studies import segments
from experiments.studies.outcomes import Value
from experiments.studies.planning import Plan, Task
from experiments.studies.reading import load_study
from experiments.studies.running import run_study
from experiments.studies.store import begin
from experiments.studies.work import Result, simulate, work_off

from benchmarks.machine import seconds

STUDY = "first-look"
_NUMBERS = 150
"""Drawn numbers of a run that costs nothing: as many as the evidence has, about."""


def in_processes(workers: int, draws: int) -> float:
    """Seconds of a study of the model in spawned processes, their start and the merging of the store included."""
    plan = _plan(draws)
    with tempfile.TemporaryDirectory() as folder:
        store = begin(Path(folder) / "store", plan)
        return seconds(lambda: run_study(plan, store, lambda: ProcessPool(workers), workers=workers))


def runs_of(draws: int) -> int:
    """Runs of that study, baselines among them."""
    return _plan(draws).count()


def added_by_machinery(draws: int) -> tuple[float, float]:
    """Seconds within runs of the model, and seconds that planning, writing and merging add, in this process."""
    plan, within = _plan(draws), [0.0]

    def timed(task: Task) -> Generator[Result]:
        results = simulate(task)
        while True:
            started = time.perf_counter()
            try:
                result = next(results, None)
            finally:
                within[0] += time.perf_counter() - started
            if result is None:
                return
            yield result

    with tempfile.TemporaryDirectory() as folder:
        store = begin(Path(folder) / "store", plan)
        whole = seconds(lambda: run_study(plan, store, HerePool, run=timed))
    return within[0], whole - within[0]


def opening(runs: int) -> dict[str, float]:
    """Seconds to read so many runs as workers left them and as merged, bytes a run, and files.

    The runs cost nothing: numbers of the right size in the place of the model's.
    """
    each = _plan(1).count()
    plan = _plan(-(-runs // each))
    random = np.random.default_rng(1)
    manifest = json.dumps({f"entry_{at}": int(number) for at, number in enumerate(random.integers(0, 10**9, 200))})

    def cheap(task: Task) -> Generator[Result]:
        drawn = {f"parameter_{at}": value for at, value in enumerate(random.random(_NUMBERS).tolist())}
        for _ in task.job.ids:
            values = [Value(*random.random(3).tolist(), 100) for _ in task.spots]
            yield Result(values, drawn, manifest)

    told = {}
    with tempfile.TemporaryDirectory() as folder:
        store = begin(Path(folder) / "store", plan)
        for task in plan.tasks(range(plan.study.replications), store.folder, stored=(), workers=2):
            work_off(task, cheap)
        segments.close_all(store.segments)
        told["raw s"] = seconds(store.read)
        store.compact()
        told["compacted s"] = seconds(store.read)
        told["bytes"] = sum(file.stat().st_size for file in store.files()) / plan.count()
        told["files"] = float(len(store.files()))
        assert len(store.read().runs) == plan.count()
    return told


def _plan(draws: int) -> Plan:
    return Plan.of(load_study(STUDY).model_copy(update={"replications": draws}))
