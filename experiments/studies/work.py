"""What a worker does with a task: it runs what is missing, and appends each run to its segment as soon as it is done.

The seam for other models is `RunFunction`: `simulate` is the model; a test, or a function of your own, takes a `Task`
and yields one `Result` for each identity of `task.job.ids`, in this order, the baseline first.
"""

import dataclasses
import datetime
import os
import platform
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from experiments.identity import code_version, digest_of
from experiments.interruption import stop_if_interrupted
from experiments.studies import segments
from experiments.studies.outcomes import Value, values_at
from experiments.studies.planning import Row, Task
from experiments.studies.segments import CannotWriteError
from experiments.studies.tables import told_of
from simulator.foundation.stages import stage_of


@dataclasses.dataclass(frozen=True)
class Result:
    """What one simulated scenario gives.

    Parameters
    ----------
    values
        One for each of the task's spots.
    parameters
        Values of all parameters that are drawn or set, by name.
    manifest
        What is the same for this scenario in every draw, as JSON.
    currency
        Of costs.
    before_s, arm_s
        Seconds for what is shared with others of the draw, and for itself.
    """

    values: Sequence[Value]
    parameters: Mapping[str, float]
    manifest: str = "{}"
    currency: str = ""
    before_s: float = 0.0
    arm_s: float = 0.0


RunFunction = Callable[[Task], Generator[Result]]
_LONGEST = 2000
"""Letters of a cause that are kept."""


class Done(NamedTuple):
    """What became of a task: rows that are stored, and rows that failed."""

    stored: tuple[str, ...]
    failed: tuple[str, ...]


def simulate(task: Task) -> Generator[Result]:
    """Run the model: the settled baseline once, and every scenario from there."""
    from analysis.indicators.cells import tally
    from experiments.runs import live
    from simulator.evidence.parameters import load_evidence

    wanted = dict(zip(task.job.ids, task.job.scenarios, strict=True))
    fixed = {row.name for row in load_evidence().values() if row.distribution == "fixed"}
    fixed -= {name for name, _ in task.job.options.values}
    baseline = None
    with closing(live(task.job, wanted, lambda days: stop_if_interrupted(), month=False)) as arms:
        for tables, _ in arms:
            told, sums = tables.manifest, tally(tables)
            baseline = baseline or sums
            yield Result(
                values_at(task.spots, baseline, sums, told["dark_hours"]),
                {name: value for name, value in told["parameters"].items() if name not in fixed},
                told_of(told),
                ", ".join(sorted({str(word) for word in tables.placements["currency"]})),
                told["durations_s"]["before"],
                told["durations_s"]["arm"],
            )


def work_off(task: Task, run: RunFunction = simulate) -> Done:
    """Run a task and store what comes of it; an error is stored as a failure of the run that it came up in.

    Raises
    ------
    AfterdarkError
        If nothing can be written any more.
    """
    keeper, job = _Keeper(task), task.job
    while True:
        reached = 0
        try:
            with closing(run(dataclasses.replace(task, job=job))) as results:
                for identity, result in zip(job.ids, results, strict=True):
                    keeper.keep(identity, result)
                    reached += 1
            return keeper.done()
        except CannotWriteError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a run does wrong is told of that run
            if reached == 0:  # the baseline, which all others go on from
                keeper.fail(job.ids, error)
                return keeper.done()
            keeper.fail(job.ids[reached : reached + 1], error)
            places = [0, *range(reached + 1, len(job.ids))]
            if len(places) == 1:
                return keeper.done()
            ids, scenarios = tuple(job.ids[at] for at in places), tuple(job.scenarios[at] for at in places)
            job = dataclasses.replace(job, ids=ids, scenarios=scenarios)


class _Keeper:
    """Writes down what comes of a task, each row once."""

    def __init__(self, task: Task) -> None:
        self._task, self._segment = task, segments.segment_in(task.store / segments.FOLDER)
        self._left = {row.run: row for row in task.rows}
        self._stored: list[str] = []
        self._failed: list[str] = []

    def keep(self, content: str, result: Result) -> None:
        """Store the rows that simulate this."""
        for row in self._rows([content]):
            if not self._stored:
                sample = {"kind": "sample", "sample": self._task.sample, "values": dict(result.parameters)}
                self._segment.append(sample)
            self._segment.append(_record(row, result))
            self._stored.append(row.run)

    def fail(self, contents: Sequence[str], error: Exception) -> None:
        """Store that the rows which simulate these could not be finished, and why."""
        for row in self._rows(contents):
            self._segment.append(failure_record(row, error))
            self._failed.append(row.run)

    def _rows(self, contents: Sequence[str]) -> list[Row]:
        found = [row for row in self._left.values() if row.content in contents]
        for row in found:
            del self._left[row.run]
        return found

    def done(self) -> Done:
        """What became of it."""
        return Done(tuple(self._stored), tuple(self._failed))


def _record(row: Row, result: Result) -> dict[str, Any]:
    told = {"currency": result.currency, "manifest": digest_of({"manifest": result.manifest})}
    timing = {
        "run": row.run,
        "worker": f"{platform.node()} {os.getpid()}",
        "finished_at": _now(),
        "before_s": result.before_s,
        "arm_s": result.arm_s,
    }
    return {
        "kind": "run",
        "run": {**row.told, **told},
        "outcomes": [list(value) for value in result.values],
        "manifest": result.manifest,
        "timing": timing,
    }


def failure_record(row: Row, error: BaseException, stage: str = "") -> dict[str, Any]:
    """What is stored of a run that could not be finished."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{'/'.join(Path(frames[-1].filename).parts[-3:])}:{frames[-1].lineno}" if frames else ""
    failure = {
        "run": row.run,
        "scenario": row.scenario.name,
        "draw": row.told["draw"],
        "stage": stage or stage_of(error) or "begin",
        "cause": f"{type(error).__name__}: {error}"[:_LONGEST],
        "place": place,
        "code_version": code_version(),
        "failed_at": _now(),
    }
    return {"kind": "failure", "failure": failure}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
