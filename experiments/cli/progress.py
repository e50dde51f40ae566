"""What is told while runs are computed: a bar with draws done and time left, or lines for a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.cli import logs

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_LINES_APART_S = 5.0


class Watching:
    """Hears of simulated days and of draws that are done, and shows nothing: for runs that nobody watches.

    Parameters
    ----------
    what
        What is computed, as the user reads it.
    draws
        How many draws there are; 0 where they are not counted.
    told
        Where a line goes for each draw that is done; None for nowhere.
    """

    def __init__(self, what: str, draws: int = 0, told: "Callable[[str], None] | None" = None) -> None:
        self.what, self.draws, self.done, self._told = what, draws, 0, told

    def __call__(self, days: int) -> None:
        """Hear that so many simulated days have been lived."""
        logs.detail(f"{self.what}: {days} simulated days more", "days", days=days)

    def draw_done(self) -> None:
        """Hear that a draw is done."""
        self.done += 1
        if self._told is not None:
            self._told(f"{self.what}: {self.done} of {self.draws} draws done")


class _Bar(Watching):
    """A bar on the terminal."""

    def __init__(self, what: str, draws: int, bar: "RichProgress", total: int) -> None:
        super().__init__(what, draws)
        self._bar, self._task = bar, bar.add_task(self._told_so_far(), total=total)

    def __call__(self, days: int) -> None:
        self._bar.advance(self._task, days)

    def draw_done(self) -> None:
        super().draw_done()
        self._bar.update(self._task, description=self._told_so_far())

    def _told_so_far(self) -> str:
        return f"{self.what}, {self.done} of {self.draws} draws" if self.draws else self.what


@contextmanager
def progress_bar(what: str, total: int, *, draws: int = 0, quiet: bool) -> Iterator[Watching]:
    """A progress bar with draws done and time left on standard error; into a file a line for each draw.

    Parameters
    ----------
    what
        What is computed.
    total
        Simulated days in all.
    draws
        Draws in all, if they are counted.
    quiet
        Whether nothing is shown.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or logs.as_json() or not console.is_terminal:
        if not quiet:
            logs.note(f"{what}: {total} simulated days ...", days=total, draws=draws)
        yield Watching(what, draws, None if quiet else logs.note)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days, left:"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        yield _Bar(what, draws, bar, total)


@contextmanager
def counting_runs(what: str, total: int, *, quiet: bool) -> Iterator["Callable[[int], None]"]:
    """Progress of many runs on standard error: a bar with time left; into a file a line now and then.

    Yields a function that is told how many runs more are done; those that it hears of first were done before.

    Parameters
    ----------
    what
        What is run.
    total
        Runs in all.
    quiet
        Whether nothing is shown.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or logs.as_json() or not console.is_terminal:
        yield RunsLog(what, total, lambda text: None if quiet else logs.note(text))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("runs, left:"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda runs: bar.advance(task, runs)


class RunsLog:
    """Tells of runs that are done in lines, a few seconds apart.

    Parameters
    ----------
    what, total
        What is run, and how many runs there are.
    told
        Where a line goes.
    clock
        Seconds, from anywhere.
    """

    def __init__(
        self, what: str, total: int, told: "Callable[[str], None]", clock: "Callable[[], float]" = time.monotonic
    ) -> None:
        self._what, self._total, self._told, self._clock = what, total, told, clock
        self._done = self._before = 0
        self._begun: float | None = None
        self._last = 0.0

    def __call__(self, runs: int) -> None:
        """Hear that so many runs more are done."""
        now = self._clock()
        self._done += runs
        if self._begun is None:
            self._begun, self._before = now, self._done
        elif now - self._last < _LINES_APART_S and self._done < self._total:
            return
        self._last = now
        self._told(f"{self._what}: {self._done} of {self._total} runs done{self._left(now - self._begun)}")

    def _left(self, seconds: float) -> str:
        fresh = self._done - self._before
        if not fresh or self._done >= self._total:
            return ""
        return f", about {in_time(seconds / fresh * (self._total - self._done))} left"


def in_time(seconds: float) -> str:
    """A length of time as people say it: 40 s, 12 min, 3 h, 2 days."""
    for size, word in ((172_800, "days"), (7200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3600, 'min': 60}[word]:.0f} {word}"
    return f"{seconds:.0f} s"
