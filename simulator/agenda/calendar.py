"""A day is filled: tours begin at hours at which their people are free, tried until no two are at once."""

from typing import Any, NamedTuple, Protocol

import numpy as np

from simulator.agenda.survey_tables import (
    KINDS,
    AgendaTables,
)
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.clock import DAY_MS, FIRST_HOUR, HOUR_MS, HOURS, MINUTE_MS
from simulator.people.population import People

Array = np.ndarray[Any, Any]


MOST_ALIKE = 3
"""Most tours of one kind a day."""
FREE_KINDS = tuple(range(KINDS.index("drop"), len(KINDS)))
FIRST_FREE_SLOT = 2
SLOTS = FIRST_FREE_SLOT + MOST_ALIKE * len(FREE_KINDS)
"""Numbers of a person's tours: 0 and 1 work or study, then up to three a kind."""
LONGEST_TOUR_MS = 20 * HOUR_MS


class Wishes(NamedTuple):
    """Tours wished on a day, before it is known when (N,)."""

    person: Array
    slot: Array
    kind: Array
    day: Array  # kind of day of the person
    stops: Array  # words, -1 for none (N, 3)

    def take(self, rows: Array) -> "Wishes":
        """Some of them."""
        return Wishes(*(column[rows] for column in self))


class Times(NamedTuple):
    """When tours are under way (ms since midnight): begin, arrival at and leaving of each stop, end."""

    start: Array  # (N,)
    reach: Array  # (N, 3)
    leave: Array  # (N, 3)
    end: Array  # (N,)


class Timing(Protocol):
    """What filling a day asks of the agenda: people, tables, and how long tours take (`wishes.Agenda` has them)."""

    people: People
    tables: AgendaTables
    parameters: Parameters

    def inflated(self, inflation: Array) -> Array:
        """Tours by cell and hour, inflated."""
        ...

    def rows_of(self, wishes: Wishes) -> Array:
        """Rows of these cells."""
        ...

    def times(self, when: tuple[int, int], wishes: Wishes, travel: Array, start: Array) -> Times:
        """When tours that begin at some moments reach and leave their stops."""
        ...


class Calendar:
    """Who is out when, while a day is being filled."""

    def __init__(self, agenda: Timing, day: int, wishes: Wishes, travel: Array, inflation: Array) -> None:
        self._agenda, self._day, self._wishes, self._travel = agenda, day, wishes, travel
        hours, several = agenda.inflated(inflation), agenda.tables.several_share
        by_stops = np.stack([hours * (1.0 - several), hours * several])
        self._running = np.cumsum(by_stops.reshape(2, -1, HOURS), axis=2)
        self._row = (wishes.stops[:, 1] >= 0).astype(int), agenda.rows_of(wishes)
        self._begun = np.zeros((len(agenda.people), SLOTS), np.int64)
        self._taken = np.zeros((len(agenda.people), SLOTS), np.int64)
        self._parts: list[tuple[Array, Times]] = []

    def _draw(self, rows: Array, attempt: int) -> Times:
        tried = self._wishes.take(rows)
        seed = self._agenda.parameters.seed
        keys = (self._agenda.people.person_id[tried.person], self._day, tried.slot, attempt)
        edges = self._running[self._row[0][rows], self._row[1][rows]]
        variate = draws.uniform(seed, "start hour", *keys) * edges[:, -1]
        hour = (variate[:, None] > edges).sum(axis=1).clip(0, HOURS - 1)
        mean = self._agenda.tables.start_share[hour]
        spot = draws.uniform(seed, "start minute", *keys) ** (1.0 / mean - 1.0)  # more begin just past the full hour
        start = (((hour - FIRST_HOUR) % HOURS + FIRST_HOUR + spot) * HOUR_MS).astype(np.int64)
        return self._agenda.times((self._day, attempt), tried, self._travel[rows], start)

    def _enter(self, rows: Array, times: Times) -> Array:
        """Put tours of different people down where they meet none; which they are (bool)."""
        who, slot = self._wishes.person[rows], self._wishes.slot[rows]
        length = times.end - times.start
        free = ~_meets(self._begun[who], self._taken[who], times.start, length) & (length < LONGEST_TOUR_MS)
        self._begun[who[free], slot[free]] = times.start[free]
        self._taken[who[free], slot[free]] = length[free] + MINUTE_MS
        return free

    def try_whole_days(self, rows: Array, attempt: int) -> Array:
        """Draw all tours of some people; the rows of those whose tours meet are returned, the others are planned."""
        times = self._draw(rows, attempt)
        free = np.ones(rows.size, bool)
        for slot in range(FIRST_FREE_SLOT, SLOTS):
            at = np.flatnonzero(self._wishes.slot[rows] == slot)
            free[at] = self._enter(rows[at], Times(*(column[at] for column in times)))
        busy = np.unique(self._wishes.person[rows[~free]])
        self._taken[busy, FIRST_FREE_SLOT:] = 0
        again = np.isin(self._wishes.person[rows], busy)
        self._parts.append((rows[~again], Times(*(column[~again] for column in times))))
        return rows[again]

    def try_tours(self, rows: Array, attempt: int) -> Array:
        """Draw one tour for each of some people; the rows of those that meet others are returned."""
        times = self._draw(rows, attempt)
        free = self._enter(rows, times)
        self._parts.append((rows[free], Times(*(column[free] for column in times))))
        return rows[~free]

    def planned(self) -> tuple[Array, Times]:
        """Rows of the wishes that are planned, in order, and their times."""
        rows = np.concatenate([part[0] for part in self._parts])
        order = np.argsort(rows)
        times = (np.concatenate([part[1][at] for part in self._parts])[order] for at in range(4))
        return rows[order], Times(*times)


def _meets(begun: Array, taken: Array, start: Array, length: Array) -> Array:
    """Whether a tour would be under way at once with one already planned, round the clock (bool (N,))."""
    after = (start[:, None] - begun) % DAY_MS < taken
    before = (begun - start[:, None]) % DAY_MS <= length[:, None]
    return np.asarray(((after | before) & (taken > 0)).any(axis=1))
