"""A Dask cluster as a pool: the same tasks, on whatever machines its workers run."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from experiments.identity import code_version
from experiments.studies import segments
from experiments.studies.store import HEAD
from simulator.errors import InputError

_WAIT_S = 10
"""Seconds that a scheduler may take to answer."""
_AHEAD = 2
"""Tasks given for each thread of each worker."""


class DaskPool:
    """Workers of a Dask cluster; they must see the store's folder and have the same version of this program.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://127.0.0.1:8786``.
    store
        Folder of the store.

    Raises
    ------
    InputError
        If Dask is not installed, the scheduler does not answer or has no workers, or a worker cannot be used.
    """

    def __init__(self, address: str, store: Path) -> None:
        distributed = _distributed()
        self._folder = store.resolve() / segments.FOLDER
        try:
            self._client = distributed.Client(address, timeout=_WAIT_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"--scheduler {address}: does not answer ({str(error)[:200] or type(error).__name__}), expected the "
                "address of a running Dask scheduler such as tcp://127.0.0.1:8786; start one with `dask scheduler` and "
                "workers with `dask worker ADDRESS`"
            ) from None
        try:
            self.workers = self._checked(address, store.resolve())
        except InputError:
            self._client.close()
            raise
        self.ahead = _AHEAD * self.workers
        self._executor = self._client.get_executor(pure=False)

    def _checked(self, address: str, store: Path) -> int:
        threads = sum(self._client.nthreads().values())
        if not threads:
            raise InputError(
                f"--scheduler {address}: has no workers, expected at least one; start one: `dask worker {address}`"
            )
        for worker, told in self._client.run(probe, str(store), on_error="return").items():
            if isinstance(told, OSError):  # it left while it was asked: the scheduler gives its tasks to others
                continue
            if isinstance(told, BaseException):
                fault = f"cannot load this program ({told}); install afterdark in its environment"
            elif told[0] != code_version():
                fault = "has another version of the code or of its libraries; install the same there"
            elif not told[1]:
                fault = f"does not see {store}; give a folder that all machines share, at the same path"
            else:
                continue
            raise InputError(f"--scheduler {address}: worker {worker} {fault}")
        return int(threads)

    def submit(self, work: Callable[[Any], Any], task: Any) -> "Future[Any]":
        """Begin with a task as soon as a worker is free."""
        future: Future[Any] = self._executor.submit(work, task)
        return future

    def close(self, *, finished: bool) -> None:
        """Let go of the cluster, which stays; tasks that have not begun never will."""
        self._executor.shutdown(wait=False)
        if finished:
            self._client.run(segments.close_all, self._folder, on_error="ignore")
        self._client.close()


def probe(store: str) -> tuple[str, bool]:
    """What a worker says of itself: the version of its code, and whether it sees the store."""
    return code_version(), (Path(store) / HEAD).is_file()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError(
            "--scheduler: the package distributed (Dask) is not installed, expected it for a cluster; install it with "
            "`pip install 'afterdark[cluster]'`, or leave --scheduler away"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a user has to know of a cluster we say ourselves
    return distributed
