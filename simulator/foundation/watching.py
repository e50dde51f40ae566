"""Progress for whoever watches a terminal; never a letter to anybody else, and never a change of what is computed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar_on_terminals(what: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """A bar with time left on standard error, which goes away at the end; what it yields is called after each part.

    Parameters
    ----------
    what
        What is being done.
    total
        Parts that it takes, about: the bar waits at its end if there are more.
    quiet
        Show nothing on terminals either.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():  # there is none under pythonw
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("left, about:"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
