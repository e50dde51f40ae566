"""Run jobs one after the other on threads of one run, or several at once in spawned processes."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from typing import Any

from experiments.runs import Job, Progress, missing, run_job
from simulator.errors import AfterdarkError

_GRACE_S = 10.0
"""How long a worker that is told to leave may take to remove what is half-written."""
_INTERRUPTED = 130
_told: Any = None  # the worker's end of the progress queue, set once when the worker starts


def run_jobs(jobs: Sequence[Job], *, workers: int, progress: Progress) -> None:
    """Run all jobs; whatever fails or is interrupted leaves finished runs in the store and nothing half-written.

    Parameters
    ----------
    workers
        Runs at once; 1 runs them in this process.
    progress
        Told how many simulated days have been lived since the last call.

    Raises
    ------
    AfterdarkError
        If a worker was ended from outside.
    """
    wanted = []
    for job in jobs:  # no process is started for what is there already
        if missing(job):
            wanted.append(job)
        else:
            progress(job.live_days())
    if workers <= 1 or len(wanted) <= 1:
        for job in wanted:
            run_job(job, progress)
        return
    context = multiprocessing.get_context("spawn")  # a forked process would inherit locks of threads that it has not
    queue = context.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(queue, progress), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(
        min(workers, len(wanted)), mp_context=context, initializer=_start_worker, initargs=(queue,)
    )
    finished = False
    try:
        with _ctrl_c_held():  # workers inherit this, so that they do not hear Ctrl-C even while they start
            futures = [pool.submit(_work, job) for job in wanted]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in futures:
            if future in done:
                future.result()
        finished = True
    except BrokenProcessPool:
        raise AfterdarkError(
            "a worker process was ended from outside, most often because memory ran out; give fewer --workers or "
            "--people. Finished runs are kept; the same command goes on from them"
        ) from None
    finally:
        if not finished:  # an error or Ctrl-C: tell workers to clean up and go, do not wait for their jobs
            _end(list((pool._processes or {}).values()))
        pool.shutdown(wait=True, cancel_futures=True)
        queue.put(None)
        listener.join(timeout=5)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Keep Ctrl-C waiting until the block ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and ends us
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """Leave when the parent is gone, however it went: nobody waits for our results any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told twice, we still clean up in peace
    raise SystemExit(_INTERRUPTED)  # unwinds through the writers, which remove what is half-written


def _work(job: Job) -> None:
    tell: Callable[[int], None] = _told.put
    try:
        run_job(job, tell)
    except SystemExit:  # the pool would take it for the job's answer, and go on with the next job
        os._exit(_INTERRUPTED)
