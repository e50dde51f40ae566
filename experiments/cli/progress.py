"""What is told while runs are computed: a bar with draws done and time left, or lines for a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


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
    if quiet or not console.is_terminal:
        if not quiet:
            typer.echo(f"{what}: {total} simulated days ...", err=True)
        yield Watching(what, draws, None if quiet else lambda text: typer.echo(text, err=True))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days, left:"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        yield _Bar(what, draws, bar, total)
