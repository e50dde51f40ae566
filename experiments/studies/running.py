"""Run a study: what is missing is worked off by a pool, in batches of draws, until all is there or enough is known."""

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, NamedTuple

from experiments.executors import Pool, closed_at_end, drive
from experiments.interruption import count_kept
from experiments.studies import segments
from experiments.studies.planning import Plan, Task
from experiments.studies.stopping import error_of_ends
from experiments.studies.store import StudyStore
from experiments.studies.work import RunFunction, failure_record, simulate, work_off
from simulator.errors import AfterdarkError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from experiments.studies.work import Done

Told = Callable[[int], None]
"""Told how many runs more are done, or found to be done already."""


class Finished(NamedTuple):
    """What a study has come to."""

    stored: int
    """Runs of the plan that are stored."""
    failed: int
    """Runs of the plan that failed."""
    draws: int
    """Draws that all points have."""
    error: float
    """Monte Carlo error of the interval's ends, where the study has a stopping rule; else NaN."""


def run_study(
    plan: Plan,
    store: StudyStore,
    pool: Callable[[], Pool],
    *,
    workers: int = 1,
    told: Told = lambda runs: None,
    run: RunFunction = simulate,
    again: bool = False,
) -> Finished:
    """Run what is missing, and merge what came of it.

    Parameters
    ----------
    pool
        Makes the pool; it may be asked again if a worker process is ended from outside.
    workers
        How many there are, so that there are tasks for all.
    told
        Hears of progress.
    run
        What runs a task (see `experiments.studies.work`).
    again
        Whether runs that failed before are tried again; else they are left alone.

    Raises
    ------
    AfterdarkError
        If nothing can be written any more, or workers keep being ended from outside.
    """
    done, failed = store.ids()
    known = set(done) if again else done | failed
    wanted = set(plan.run_ids())
    count_kept(lambda: (len(wanted & known), len(wanted)))
    told(len(wanted & known))
    draws, error = 0, float("nan")
    for draws in batches(plan):
        batch = functools.partial(_missing, plan, store, known, workers, draws)
        _work_off(batch, pool, run, known, told)
        segments.close_all(store.segments)
        if plan.study.stop is not None:
            error = error_of_ends(plan, store.read(), draws)
            if error <= plan.study.stop.error:
                break
    store.compact()
    done, failed = store.ids()
    return Finished(len(wanted & done), len(wanted & failed), draws, error)


def batches(plan: Plan) -> Iterator[int]:
    """Numbers of draws after which it is asked whether they are enough; the last is all of them."""
    stop, most = plan.study.stop, plan.study.replications
    if stop is not None:
        yield from range(stop.at_least, most, stop.every)
    yield most


def _missing(plan: Plan, store: StudyStore, known: Collection[str], workers: int, draws: int) -> list[Task]:
    return list(plan.tasks(range(draws), store.folder, stored=known, workers=workers))


def _work_off(
    missing: Callable[[], Sequence[Task]], pool: Callable[[], Pool], run: RunFunction, known: set[str], told: Told
) -> None:
    """Work off what is missing; where a worker process was ended from outside, begin again with what is left."""
    work, lost = functools.partial(work_off, run=run), 0
    while tasks := missing():
        before = len(known)
        try:
            with closed_at_end(pool()) as workers:
                for task, future in drive(tasks, work, workers):
                    known |= _rows_of(task, future)
                    told(len(task.rows))
            return
        except CancelledError:
            raise AfterdarkError(
                "the scheduler or all of its workers are gone; start them again. Finished runs are kept; the same "
                "command goes on from them"
            ) from None
        except BrokenProcessPool:
            lost = lost + 1 if len(known) == before else 0
            if lost:
                raise AfterdarkError(
                    "worker processes are ended from outside again and again, most often because memory ran out; give "
                    "fewer --workers, or fewer people in the study. Finished runs are kept; the same command goes on"
                ) from None


def _rows_of(task: Task, future: "Future[Done]") -> set[str]:
    """The rows of a task, stored or failed; a task whose worker died with it has failed."""
    try:
        done = future.result()
    except (AfterdarkError, BrokenProcessPool, CancelledError):
        raise
    except Exception as error:  # noqa: BLE001  # as Dask tells of a worker that keeps dying
        segment = segments.segment_in(task.store / segments.FOLDER)
        for row in task.rows:
            segment.append(failure_record(row, error, stage="worker"))
        return {row.run for row in task.rows}
    return {*done.stored, *done.failed}
