"""Worker processes of the page: a few for all groups, spawned, kept warm, and replaced when one crashes."""

import asyncio
import dataclasses
import multiprocessing
from collections.abc import Callable
from typing import Any

from experiments.workshop.work import Order, Told, serve

CRASHED = "The worker process was ended, most often because memory ran out. Your draft is kept; run again."


@dataclasses.dataclass
class Ticket:
    """An order that waits or is worked at; set `cancelled` to have it stopped between two simulated days."""

    cancelled: bool = False
    days: int = 0
    begun: bool = False


class Worker:
    """One spawned process and our end of the connection with it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.stop, self.cancelled = context.Event(), context.Event()
        self.process = context.Process(target=serve, args=(theirs, self.stop, self.cancelled), daemon=True)
        self.process.start()
        theirs.close()

    def end(self) -> None:
        """Ask it to leave, and end it if it does not."""
        self.stop.set()
        self.process.join(timeout=2.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(timeout=2.0)


class Crew:
    """Hands orders to workers in the order in which they come.

    Parameters
    ----------
    size
        Worker processes.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._all: list[Worker] = []

    def start(self) -> None:
        """Start the workers; called once, where the event loop runs."""
        for _ in range(self.size):
            self._hire()

    def _hire(self) -> None:
        worker = Worker()
        self._all.append(worker)
        self._idle.put_nowait(worker)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """All workers that there are."""
        return tuple(self._all)

    async def run(self, order: Order, ticket: Ticket, heard: Callable[[], None] = lambda: None) -> Told:
        """Have an order worked off; a crash is told as a fault, and another worker takes the place.

        Parameters
        ----------
        order
            What is wanted.
        ticket
            By which it can be cancelled, and says how far it is.
        heard
            Called when the ticket has changed.
        """
        worker = await self._idle.get()
        told = Told(fault=CRASHED)
        try:
            if not ticket.cancelled:
                told = await self._watch(worker, order, ticket, heard)
        finally:
            if worker.process.is_alive():
                self._idle.put_nowait(worker)
            else:
                self._all.remove(worker)
                self._hire()
        return Told(fault="") if ticket.cancelled else told

    async def _watch(self, worker: Worker, order: Order, ticket: Ticket, heard: Callable[[], None]) -> Told:
        worker.cancelled.clear()
        ticket.begun = True
        heard()
        try:
            worker.pipe.send(order)
            while True:
                if ticket.cancelled:
                    worker.cancelled.set()
                message = await asyncio.to_thread(_hear, worker)
                if message is None:
                    if not worker.process.is_alive():
                        return Told(fault=CRASHED)
                    continue
                kind, value = message
                if kind == "done":
                    return value if isinstance(value, Told) else Told(fault=CRASHED)
                ticket.days += int(value)
                heard()
        except (EOFError, OSError):
            worker.process.join(timeout=2.0)
            return Told(fault=CRASHED)

    def close(self) -> None:
        """End all workers."""
        for worker in self._all:
            worker.stop.set()
        for worker in self._all:
            worker.end()
        self._all.clear()


def _hear(worker: Worker) -> Any:
    """The next message of a worker; None if there was none for a little while."""
    return worker.pipe.recv() if worker.pipe.poll(0.2) else None
