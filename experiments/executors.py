"""Run jobs: in this process, on threads, or in spawned processes; one way to work tasks off wherever they are run."""

import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from typing import Any, Protocol, TypeVar

from experiments.interruption import count_kept, defer_ctrl_c, exit_on_request, stop_if_interrupted
from experiments.runs import Job, Progress, missing, run_job
from simulator.errors import AfterdarkError

_GRACE_S = 10.0
"""How long a worker that is told to leave may take to finish what it is writing."""
_LOOK_UP_S = 0.5
"""How often who waits for workers looks whether it is to stop."""
_AHEAD = 2
"""Tasks given for each worker: one at work and one that it begins with next."""
_Task = TypeVar("_Task")
_told: Any = None  # the worker's end of the progress queue, set once when the worker starts


def run_jobs(
    jobs: Sequence[Job], *, workers: int, progress: Progress, draw_done: Callable[[], None] = lambda: None
) -> None:
    """Run all jobs; whatever fails or is interrupted leaves finished runs in the store and nothing half-written.

    Parameters
    ----------
    workers
        Runs at once; 1 runs them in this process.
    progress
        Told how many simulated days have been lived since the last call.
    draw_done
        Told each time that a job is done, or found to be done already.

    Raises
    ------
    AfterdarkError
        If a worker was ended from outside.
    """

    def heeding(days: int) -> None:
        progress(days)
        stop_if_interrupted()

    count_kept(lambda: _kept(jobs))
    wanted = _wanted(jobs, progress)
    for _ in range(len(jobs) - len(wanted)):
        draw_done()
    if workers <= 1 or len(wanted) <= 1:
        for job in wanted:
            run_job(job, heeding)
            draw_done()
        return
    pool = ProcessPool(min(workers, len(wanted)), progress)
    try:
        with closed_at_end(pool):
            for _, future in drive(wanted, _work, pool):
                future.result()
                draw_done()
    except BrokenProcessPool:
        raise AfterdarkError(
            "a worker process was ended from outside, most often because memory ran out; give fewer --workers or "
            "--people. Finished runs are kept; the same command goes on from them"
        ) from None


class Pool(Protocol):
    """Where tasks are worked off: in this process, on threads, in processes, or on other machines."""

    ahead: int
    """Tasks that are given to it at once: those at work, and as many to begin with next."""

    def submit(self, work: Callable[[Any], Any], task: Any) -> "Future[Any]":
        """Begin with a task, now or as soon as a worker is free."""

    def close(self, *, finished: bool) -> None:
        """Give back what it holds; unless all is finished, do not wait for tasks."""


def drive(tasks: Iterable[_Task], work: Callable[[_Task], Any], pool: Pool) -> "Iterator[tuple[_Task, Future[Any]]]":
    """Give tasks to a pool, a few ahead of those that are worked at, and give each back with what came of it.

    The order is that in which they end. Between tasks it is looked whether somebody asked to stop.
    """
    left, waiting = iter(tasks), dict[Future[Any], _Task]()
    while True:
        for task in itertools.islice(left, max(0, pool.ahead - len(waiting))):
            waiting[pool.submit(work, task)] = task
        if not waiting:
            return
        done, _ = wait(waiting, timeout=_LOOK_UP_S, return_when=FIRST_COMPLETED)
        stop_if_interrupted()
        for future in done:
            yield waiting.pop(future), future


@contextmanager
def closed_at_end(pool: Pool) -> Iterator[Pool]:
    """A pool that is closed when the block ends: in peace, or at once after an error or Ctrl-C."""
    try:
        yield pool
    except BaseException:
        pool.close(finished=False)
        raise
    pool.close(finished=True)


class HerePool:
    """Work a task off in this process and thread, when it is given."""

    ahead = 1

    def submit(self, work: Callable[[Any], Any], task: Any) -> "Future[Any]":
        """Work the task off at once."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(task))
        except Exception as error:  # noqa: BLE001  # whoever asks for the result gets it
            future.set_exception(error)
        return future

    def close(self, *, finished: bool) -> None:
        """Nothing is held."""


class ThreadPool:
    """Threads of this process, which share a city; a task looks itself whether it is to stop (`stop_if_interrupted`).

    Parameters
    ----------
    workers
        Tasks at once.
    """

    def __init__(self, workers: int) -> None:
        self.ahead, self._pool = _AHEAD * workers, ThreadPoolExecutor(workers)

    def submit(self, work: Callable[[Any], Any], task: Any) -> "Future[Any]":
        """Begin with a task as soon as a thread is free."""
        return self._pool.submit(work, task)

    def close(self, *, finished: bool) -> None:
        """End the threads; what has not begun never will."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class ProcessPool:
    """Spawned processes, which end with this one, however that goes.

    Parameters
    ----------
    workers
        Tasks at once.
    progress
        Told what the workers tell (`_tell`): simulated days.
    """

    def __init__(self, workers: int, progress: Progress = lambda days: None) -> None:
        context = multiprocessing.get_context("spawn")  # a forked process would inherit locks of threads it has not
        self.ahead, self._queue = _AHEAD * workers, context.SimpleQueue()
        self._listener = threading.Thread(target=_listen, args=(self._queue, progress), daemon=True)
        self._listener.start()
        self._pool = ProcessPoolExecutor(
            workers, mp_context=context, initializer=_start_worker, initargs=(self._queue,)
        )

    def submit(self, work: Callable[[Any], Any], task: Any) -> "Future[Any]":
        """Begin with a task as soon as a process is free."""
        with defer_ctrl_c():  # workers inherit this, so that they do not hear it even while they start
            return self._pool.submit(work, task)

    def close(self, *, finished: bool) -> None:
        """End the processes; those at work are told to leave."""
        if not finished:
            _end(list((self._pool._processes or {}).values()))
        self._pool.shutdown(wait=True, cancel_futures=True)
        if finished:  # else a worker may have gone with the queue's lock in hand; the listener goes with this process
            self._queue.put(None)
            self._listener.join(timeout=5)


def _wanted(jobs: Sequence[Job], progress: Progress) -> list[Job]:
    """Jobs whose runs are not in the store: no process is started for what is there already."""
    wanted = []
    for job in jobs:
        stop_if_interrupted()
        if missing(job):
            wanted.append(job)
        else:
            progress(job.simulated_days())
    return wanted


def _kept(jobs: Sequence[Job]) -> tuple[int, int]:
    """Runs of some jobs that are stored, and all of them."""
    wanted = sum(len(set(job.ids)) for job in jobs)
    return wanted - sum(len(missing(job)) for job in jobs), wanted


def _end(processes: Sequence[Any]) -> None:
    """Ask processes to leave, and end those that do not."""
    for process in processes:
        process.terminate()
    left = {process.sentinel: process for process in processes}
    deadline = time.monotonic() + _GRACE_S
    while left and (gone := connection.wait(list(left), timeout=max(0.0, deadline - time.monotonic()))):
        for sentinel in gone:
            del left[sentinel]  # type: ignore[arg-type]  # what was waited for
    for process in left.values():
        process.kill()


def _listen(queue: Any, progress: Progress) -> None:
    while (days := queue.get()) is not None:
        progress(days)


def _start_worker(queue: Any) -> None:
    global _told  # noqa: PLW0603  # a worker has one queue for life
    _told = queue
    exit_on_request()


def _work(job: Job) -> None:
    run_job(job, _tell)


def _tell(days: int) -> None:
    _told.put(days)
    stop_if_interrupted()
