"""Ctrl-C, a kill or a closed terminal: heard once, never lost, and nothing is left half-written.

A signal handler that raises is not enough: compiled code runs callbacks in which Python drops exceptions, or makes
other errors of them. So what was heard is kept, and `stop_if_interrupted` stops at the next safe point.
"""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

INTERRUPTED = 130
"""Exit status."""
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _State:
    """What this process has heard: one for all of it, as signals are."""

    asked = False
    busy = False
    stop: Callable[[], NoReturn]
    kept: Callable[[], tuple[int, int]] | None = None


def _raise() -> NoReturn:
    raise KeyboardInterrupt


def _exit() -> NoReturn:
    os._exit(INTERRUPTED)


_State.stop = staticmethod(_raise)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt on the first signal; further ones do not disturb the cleaning up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    hook, before = sys.unraisablehook, {one: signal.getsignal(one) for one in _SIGNALS}
    _State.asked = False
    _listen([one for one, handler in before.items() if handler != signal.SIG_IGN])  # as under nohup
    sys.unraisablehook = lambda lost: None if _State.asked and lost.exc_type is KeyboardInterrupt else hook(lost)
    try:
        yield
    except Exception as error:
        if _State.asked:  # compiled code makes errors of its own of what a handler raises
            raise KeyboardInterrupt from error
        raise
    finally:
        if not _State.asked:  # else the program ends, and should do so in peace
            sys.unraisablehook = hook
            for one, handler in before.items():
                signal.signal(one, handler)


def count_kept(count: Callable[[], tuple[int, int]]) -> None:
    """Say how to count the runs that are stored, and those that were asked for, should somebody stop us."""
    _State.kept = staticmethod(count)


def kept_in_words() -> str:
    """What is kept of the work that was stopped, as a sentence."""
    if _State.kept is None:
        return "Finished runs are stored."
    kept, wanted = _State.kept()
    runs = "run" if wanted == 1 else "runs"
    return f"{kept} of {wanted} {runs} {'is' if kept == 1 else 'are'} stored."


def ignore_interrupts_at_exit() -> None:
    """Let no Ctrl-C change how a program ends that has done its work: Python takes long to take itself down."""
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def exit_on_request() -> None:
    """Make this worker process end at once when it is told to or its parent is gone, but never within a write."""
    _State.stop = staticmethod(_exit)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and ends us
    _listen([one for one in _SIGNALS if one != signal.SIGINT])
    threading.Thread(target=_follow_parent, daemon=True).start()


@contextmanager
def defer_interrupts() -> Iterator[None]:
    """Finish what the block does before stopping; for short blocks."""
    _State.busy = True
    try:
        yield
    finally:
        _State.busy = False
    stop_if_interrupted()


def stop_if_interrupted() -> None:
    """Stop here if stopping was asked for."""
    if _State.asked:
        _State.stop()


@contextmanager
def defer_ctrl_c() -> Iterator[None]:
    """Keep Ctrl-C waiting until the block ends; processes started in it never hear it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _listen(signals: list[signal.Signals]) -> None:
    for one in signals:
        signal.signal(one, _hear)


def _hear(*_: Any) -> None:
    for one in _SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    _State.asked = True
    if not _State.busy:
        _State.stop()


def _follow_parent() -> None:
    """Wait for the parent to be gone, however it went: nobody waits for our results any more."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
