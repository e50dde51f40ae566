"""What workers of the page are asked for: a preview, or a whole comparison written to a folder."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.comparing import Plan, make_comparison
from experiments.workshop.preview import Preview, PreviewOrder, preview
from simulator.errors import AfterdarkError

Tell = Callable[[int], None]


@dataclasses.dataclass(frozen=True)
class CompareOrder:
    """A comparison to be made, and where its answer goes."""

    plan: Plan
    out: Path


Order = PreviewOrder | CompareOrder


@dataclasses.dataclass(frozen=True)
class Told:
    """What came of an order: a preview, the folder of an answer, or what was wrong in words."""

    preview: Preview | None = None
    folder: Path | None = None
    fault: str = ""


class Cancelled(BaseException):
    """Raised between simulated days when the order is no longer wanted."""


def work_off(order: Order, tell: Tell) -> Told:
    """Do what is asked; faults of ours come back in words."""
    try:
        if isinstance(order, PreviewOrder):
            return Told(preview=preview(order, tell))
        answer = make_comparison(order.plan, order.out, workers=1, progress=tell)
        return Told(preview=first_draw(order.plan, tell), folder=answer.folder)
    except AfterdarkError as error:
        return Told(fault=in_words(error))


def first_draw(plan: Plan, tell: Tell = lambda days: None) -> Preview:
    """Both nights of the first draw of a comparison: the same people and days, lived once more to be looked at."""
    options, (scenario,) = plan.options, plan.scenarios
    days = (options.settle_days, options.adapt_days)
    order = PreviewOrder(options.city, options.date, scenario, options.agents, options.seed, days, watched=True)
    return preview(order, tell, keep=False)


_DAYS_OF_PREVIEW = 9


def days_of(order: Order) -> int:
    """Simulated days that an order takes at most, for progress."""
    if isinstance(order, CompareOrder):
        return sum(job.simulated_days() for job in order.plan.all_jobs()) + _DAYS_OF_PREVIEW
    return _DAYS_OF_PREVIEW


def serve(pipe: Any, stop: Any, cancelled: Any) -> None:
    """Be a worker: take orders from a pipe until it is told to leave, and tell days lived and what came of them.

    Parameters
    ----------
    pipe
        The worker's end of a two-way connection; gets ("days", n) and ("done", Told).
    stop, cancelled
        Events: leave now; the present order is not wanted any more.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, and they tell us
    while not stop.is_set():
        try:
            if not pipe.poll(1.0):
                continue
            order = pipe.recv()
        except (EOFError, OSError):
            return

        def tell(days: int) -> None:
            if cancelled.is_set() or stop.is_set():
                raise Cancelled
            pipe.send(("days", days))

        try:
            told = work_off(order, tell)
        except Cancelled:
            told = Told(fault="")
        pipe.send(("done", told))


def in_words(error: AfterdarkError) -> str:
    """An error of ours as one text, its faults each on a line."""
    faults = getattr(error, "faults", ()) or ()
    return "\n".join([getattr(error, "message", str(error)), *map(str, faults)])
