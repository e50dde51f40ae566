"""Run jobs one after the other on threads of one run, or several at once in spawned processes."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import Any

from experiments.interruption import count_kept, defer_ctrl_c, exit_on_request, stop_if_interrupted
from experiments.runs import Job, Progress, missing, run_job
from simulator.errors import AfterdarkError

_GRACE_S = 10.0
"""How long a worker that is told to leave may take to finish what it is writing."""
_LOOK_UP_S = 0.5
"""How often who waits for workers looks whether it is to stop."""
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
    else:
        _run_in_processes(wanted, workers, progress, draw_done)


def _run_in_processes(wanted: Sequence[Job], workers: int, progress: Progress, draw_done: Callable[[], None]) -> None:
    context = multiprocessing.get_context("spawn")  # a forked process would inherit locks of threads that it has not
    queue = context.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(queue, progress), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(
        min(workers, len(wanted)), mp_context=context, initializer=_start_worker, initargs=(queue,)
    )
    finished = False
    try:
        with defer_ctrl_c():  # workers inherit this, so that they do not hear it even while they start
            waiting = {pool.submit(_work, job) for job in wanted}
        while waiting:
            done, waiting = wait(waiting, timeout=_LOOK_UP_S, return_when=FIRST_COMPLETED)
            stop_if_interrupted()
            for future in done:
                future.result()
                draw_done()
        finished = True
    except BrokenProcessPool:
        raise AfterdarkError(
            "a worker process was ended from outside, most often because memory ran out; give fewer --workers or "
            "--people. Finished runs are kept; the same command goes on from them"
        ) from None
    finally:
        if not finished:  # an error or Ctrl-C: do not wait for jobs
            _end(list((pool._processes or {}).values()))
        pool.shutdown(wait=True, cancel_futures=True)
        if finished:  # else a worker may have gone with the queue's lock in hand; the listener goes with this process
            queue.put(None)
            listener.join(timeout=5)


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
