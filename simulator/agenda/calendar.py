"""A day is filled: tours begin at hours at which their people are free (`kernels.days` tries them)."""

from typing import Any, NamedTuple

import numpy as np

from simulator.agenda.survey_tables import CONTEXTS, KINDS, STOPS, AgendaTables
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.blocks import edges, run_blocks
from simulator.foundation.categories import CARERS
from simulator.foundation.clock import HOURS
from simulator.foundation.records import records
from simulator.kernels.days import (
    FIRST_FREE_SLOT,
    MAIN_ATTEMPTS,
    MOST_STOPS,
    OLDER,
    SHIFT,
    STROLL,
    TIMES,
    USUAL,
    WISH,
    Draws,
    Tables,
    fill_days,
)
from simulator.people.population import People

Array = np.ndarray[Any, Any]
MOST_ALIKE = 3
"""Most tours of one kind a day."""
FREE_KINDS = tuple(range(KINDS.index("drop"), len(KINDS)))
SLOTS = FIRST_FREE_SLOT + MOST_ALIKE * len(FREE_KINDS)
"""Numbers of a person's tours: 0 and 1 work or study, then up to three a kind."""
_SHIFT_SD_MIN, _OLDER_SPREAD = 30.0, 0.6


class Wishes(NamedTuple):
    """Tours wished on a day, before it is known when (N,), in order of person and slot."""

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


class Calendar:
    """Fills the days of the same people.

    Parameters
    ----------
    people, tables, parameters
        Who they are, how the survey's tours begin and last, and one draw of the parameters.
    """

    def __init__(self, people: People, tables: AgendaTables, parameters: Parameters) -> None:
        self._people, self._tables, self._parameters = people, tables, parameters

    def fill(self, day: int, wishes: Wishes, travel: Array, starts: tuple[Array, Array]) -> tuple[Array, Times]:
        """Begin each tour at an hour at which the person is free, or not at all.

        Parameters
        ----------
        travel
            Planned time (int64 ms) to each stop and home (N, 4); 0 where there is no stop.
        starts
            Weights of the hours of start (..., kinds, 24), and the row of each wish in them.

        Returns
        -------
        Rows of the wishes that are planned, and their times.
        """
        hours, several = starts[0], self._tables.several_share
        running = np.cumsum(np.stack([hours * (1.0 - several), hours * several]).reshape(2, -1, HOURS), axis=2)
        stays = _kinds_of_stay(self._people, wishes)
        spread = self._spread(day, wishes, stays)
        rows = records(
            WISH,
            person_id=self._people.person_id[wishes.person],
            slot=wishes.slot,
            several=wishes.stops[:, 1] >= 0,
            cell=starts[1],
            word=wishes.stops,
            context=np.stack([_contexts(wishes, stop) for stop in range(MOST_STOPS)], axis=1),
            stay=stays,
            travel_ms=travel,
            spread=np.where(spread[0], np.cumsum(spread[0]) - 1, -1),
        )
        times = np.zeros(len(rows), TIMES)
        self._fill(self._tables_of(running, spread[1]), self._draws(day), rows, times)
        planned = np.flatnonzero(times["planned"])
        return planned, Times(*(times[name][planned] for name in Times._fields))

    def _fill(self, tables: Tables, drawn: Draws, rows: Array, times: Array) -> None:
        fresh = np.flatnonzero(np.diff(rows["person_id"], prepend=-1)) if len(rows) else np.zeros(0, np.int64)
        bounds = np.append(fresh, len(rows))
        block = edges(fresh.size)
        run_blocks(lambda b: fill_days(tables, drawn, rows, times, bounds[block[b] : block[b + 1] + 1]), 1)

    def _tables_of(self, running: Array, spread: Array) -> Tables:
        tables, parameters = self._tables, self._parameters
        return Tables(
            running=running,
            start_share=tables.start_share,
            stay_min=tables.stay_min,
            block_of_hour=tables.block_of_hour,
            spread=spread,
            shift_min=60.0 * parameters.night_shift_hours,
            shift_sd_min=_SHIFT_SD_MIN,
            older_min=parameters.older_care_stay,
            older_spread=_OLDER_SPREAD,
        )

    def _draws(self, day: int) -> Draws:
        seed = self._parameters.seed
        hour, minute, stay = (draws.bits(seed, stream)[()] for stream in ("start hour", "start minute", "stay"))
        return Draws(hour, minute, stay, day)

    def _spread(self, day: int, wishes: Wishes, stays: Array) -> tuple[Array, Array]:
        """Tours of which a stay asks for a spread (bool (N,)), and its random numbers (those, attempts, stops)."""
        asks = np.asarray(np.isin(stays, (SHIFT, OLDER)).any(axis=1))
        keys = self._people.person_id[wishes.person[asks]][:, None, None], day, wishes.slot[asks][:, None, None]
        tried = np.arange(MAIN_ATTEMPTS)[None, :, None], np.arange(MOST_STOPS)[None, None, :]
        return asks, draws.normal(self._parameters.seed, "stay spread", *keys, *tried)


def _kinds_of_stay(people: People, wishes: Wishes) -> Array:
    """Kind of each stay (N, 3): as surveyed, a shift if it begins by night, care for an older person, a stroll."""
    works = people.night_worker[wishes.person][:, None] & (wishes.stops == STOPS.index("work"))
    older = (people.carer == CARERS.index("older person"))[wishes.person][:, None]
    escorts = np.isin(wishes.stops, (STOPS.index("drop"), STOPS.index("fetch")))
    found = np.where(works, SHIFT, np.where(older & escorts, OLDER, USUAL))
    return np.where(wishes.stops == STOPS.index("stroll"), STROLL, found)


def _contexts(wishes: Wishes, stop: int) -> Array:
    """What a stay is in its tour and day, as the survey's table of stays tells them apart (index in `CONTEXTS`)."""
    word = wishes.stops[:, stop]
    same = wishes.stops == word[:, None]
    # a break away from it lies between
    earlier, later = same[:, : max(stop - 1, 0)].any(axis=1), same[:, stop + 2 :].any(axis=1)
    halves = [KINDS.index(name) for name in KINDS if "_" in name]
    several = (wishes.stops >= 0).sum(axis=1) > 1
    found = np.where(several, CONTEXTS.index("chain"), CONTEXTS.index("single"))
    found = np.where(earlier, CONTEXTS.index("after"), np.where(later, CONTEXTS.index("before"), found))
    return np.where(np.isin(wishes.kind, halves), CONTEXTS.index("half"), found)
