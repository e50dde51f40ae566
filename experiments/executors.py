"""Run jobs one after the other on threads of one run, or several at once in spawned processes."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from typing import Any

from experiments.runs import Job, Progress, run_job

_told: Any = None  # the worker's end of the progress queue, set once when the worker starts


def run_jobs(jobs: Sequence[Job], *, workers: int, progress: Progress) -> None:
    """Run all jobs; whatever fails or is interrupted leaves finished runs in the store and nothing half-written.

    Parameters
    ----------
    workers
        Runs at once; 1 runs them in this process.
    progress
        Told how many simulated days have been lived since the last call.
    """
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            run_job(job, progress)
        return
    context = multiprocessing.get_context("spawn")  # a forked process would inherit locks of threads that it has not
    queue = context.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(queue, progress), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(
        min(workers, len(jobs)), mp_context=context, initializer=_start_worker, initargs=(queue,)
    )
    finished = False
    try:
        futures = [pool.submit(_work, job) for job in jobs]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in futures:
            if future in done:
                future.result()
        finished = True
    finally:
        if not finished:  # an error or Ctrl-C: tell workers to clean up and go, do not wait for their jobs
            for process in list((pool._processes or {}).values()):
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        queue.put(None)
        listener.join(timeout=5)


def _listen(queue: Any, progress: Progress) -> None:
    while (days := queue.get()) is not None:
        progress(days)


def _start_worker(queue: Any) -> None:
    global _told  # noqa: PLW0603  # a worker has one queue for life
    _told = queue
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and ends us
    signal.signal(signal.SIGTERM, _leave)


def _leave(*_: object) -> None:
    raise SystemExit(130)  # unwinds through the writers, which remove what is half-written


def _work(job: Job) -> None:
    tell: Callable[[int], None] = _told.put
    run_job(job, tell)
