"""One day on the streets: walks and stays become movement and exposure, step by step, in whole numbers."""

import dataclasses
from typing import Any

import numpy as np

from simulator.city.conditions import HAZARDS
from simulator.errors import InputError
from simulator.foundation.blocks import BLOCKS, edges, run_blocks
from simulator.foundation.categories import ZONES
from simulator.foundation.clock import DAY_END_MS, DAY_START_MS, FIRST_HOUR, HOUR_MS, HOURS
from simulator.foundation.stages import stage
from simulator.kernels.walking import (
    HAZARD,
    KINDS,
    PASSED,
    PERSON_UNIT,
    SEGMENT_SUMS,
    SHARE_UNIT,
    STOOD,
    WALKED,
    walk,
)
from simulator.kernels.walking import People as Walkers
from simulator.kernels.walking import Streets as HourStreets
from simulator.kernels.walking import Trips as Walks
from simulator.travel.itineraries import Itineraries

Array = np.ndarray[Any, Any]
_LONGEST_MS = 3 * HOUR_MS
"""Whoever still walks at 04:00 is walked home under the light of the last hour, for at most this long."""


@dataclasses.dataclass
class DayWalk:
    """Trips on their way through a day, and the sums of what they met.

    Attributes
    ----------
    cells
        int64 (24, C, Z, 3 (4 + K)): by clock hour, demographic group and zone, walks, waits and stays; units as in
        `kernels.walking`.
    segments
        int64 (24, S, 4): people passed, time walked, time walked that felt safe, time stood.
    """

    walks: Walks
    walkers: Walkers
    threads: int
    cells: Array
    segments: Array
    unit: int
    """Parts of a person in which people are counted."""
    now_ms: int = DAY_START_MS

    @classmethod
    def begin(
        cls, rows: Itineraries, walkers: Walkers, sizes: tuple[int, int], threads: int, unit: int = PERSON_UNIT
    ) -> "DayWalk":
        """Put walks and stays at their start.

        Parameters
        ----------
        rows
            In any order. Stays of people who are out without travelling are put behind those of the trips
            (`itineraries.together`).
        sizes
            Number of demographic groups and of segments.
        unit
            Parts of a person in which weights are given (`person_unit`).
        """
        rows = rows.take(np.argsort(rows.start_ms, kind="stable"))
        company, slowed = np.asarray(rows.company, np.float64), np.asarray(rows.slowed, np.float64)
        weight = np.where(rows.weight > 0, rows.weight, walkers.weight[rows.person])
        zeros = [np.zeros(len(rows), np.int64) for _ in range(4)]
        walks = Walks(
            rows.person.astype(np.int32),
            rows.start_ms,
            rows.routed.start,
            rows.routed.route,
            rows.kind,
            rows.stay_ms,
            company,
            slowed,
            weight,
            *zeros,
        )
        stood_for = np.bincount(rows.person, np.maximum(weight - walkers.weight[rows.person], 0), walkers.weight.size)
        check_fits(walkers.weight + stood_for, unit)
        cells = np.zeros((HOURS, sizes[0], len(ZONES), KINDS * (HAZARD + len(HAZARDS))), np.int64)
        return cls(walks, walkers, threads, cells, np.zeros((HOURS, sizes[1], SEGMENT_SUMS), np.int64), unit)

    def again(self, cell: Array, groups: int, zones: int) -> "DayWalk":
        """The same walks at their start, to be added up by other groups of people (one each, (P,)) and other zones."""
        zeros = {name: np.zeros_like(getattr(self.walks, name)) for name in ("step", "left_ms", "walked_ms", "safe")}
        walkers = self.walkers._replace(cell=np.asarray(cell, np.int32))
        cells = np.zeros((HOURS, groups, zones, self.cells.shape[-1]), np.int64)
        walks, segments = self.walks._replace(**zeros), np.zeros_like(self.segments)
        return DayWalk(walks, walkers, self.threads, cells, segments, self.unit)

    def advance(self, until_ms: int, streets: HourStreets) -> None:
        """Walk on until a time within the present clock hour (or to the end of all walks, after the day's end)."""
        hour = min(self.now_ms, DAY_END_MS - 1) // HOUR_MS % HOURS
        rows = np.flatnonzero((self.walks.start_ms < until_ms) & (self.walks.step < np.diff(self.walks.route_start)))
        interval = (self.now_ms, until_ms)
        with stage("walk") as told:
            self._walk(streets, rows, interval, hour)
            told.out(rows.size)
        self.now_ms = until_ms

    def _walk(self, streets: HourStreets, rows: Array, interval: tuple[int, int], hour: int) -> None:
        if self.threads == 1 or rows.size <= 16 * BLOCKS:  # whole numbers: the same sums as block by block
            walk(streets, self.walkers, self.walks, rows, interval, self.cells[hour], self.segments[hour])
        else:
            self._in_blocks(streets, rows, interval, hour)

    def _in_blocks(self, streets: HourStreets, rows: Array, interval: tuple[int, int], hour: int) -> None:
        bound = edges(rows.size)

        def one(block: int) -> tuple[Array, Array]:
            cells = np.zeros(self.cells.shape[1:], np.int64)
            segments = np.zeros(self.segments.shape[1:], np.int64)
            mine = rows[bound[block] : bound[block + 1]]
            walk(streets, self.walkers, self.walks, mine, interval, cells, segments)
            return cells, segments

        for cells, segments in run_blocks(one, self.threads):
            self.cells[hour] += cells
            self.segments[hour] += segments

    def walk_out(self, streets: HourStreets) -> None:
        """After the day's end: let everybody still walking arrive."""
        last_ms = max(DAY_END_MS, int(self.walks.start_ms.max(initial=0)))  # a long ride may end in the morning
        self.advance(last_ms + _LONGEST_MS, streets)

    def cross_hours(self, until_ms: int, streets: list[HourStreets]) -> None:
        """Walk on until a time of the day (ms since midnight) on the streets of each clock hour."""
        while self.now_ms < until_ms:
            next_hour = (self.now_ms // HOUR_MS + 1) * HOUR_MS
            self.advance(min(until_ms, next_hour), streets[self.now_ms // HOUR_MS % HOURS])

    def to_the_end(self, streets: list[HourStreets]) -> "DayWalk":
        """Let everybody walk through the day's streets by the hour, and the last of them arrive; itself."""
        self.cross_hours(DAY_END_MS, streets)
        self.walk_out(streets[FIRST_HOUR - 1])
        return self

    def walking_now(self) -> Array:
        """Rows of the trips that are on their way at this moment."""
        left = self.walks.step < np.diff(self.walks.route_start)
        return np.flatnonzero(left & (self.walks.start_ms <= self.now_ms))


def person_unit(people: float) -> int:
    """Parts of a person (a power of two from 256 down to 1) in which a population can be counted exactly.

    Sums are 64-bit whole numbers: people times milliseconds of an hour times 1/16384 of a probability. The unit follows
    from the population alone, so results do not depend on threads or order, and half of the room is left for those who
    are out without travelling. Weights grow with the population, so what rounding to the unit does to a weight stays
    about the same: below one part in 100 000 of an agent that stands for 1 000 people in a city of ten million.

    Parameters
    ----------
    people
        Residents and visitors of the whole simulated area.

    Raises
    ------
    InputError
        If there are more than about 78 million people, who could not be counted even as whole people.
    """
    room = 2.0**62 / (HOUR_MS * SHARE_UNIT)
    if people > room:
        raise InputError(
            f"population: found {people:.0f} people, expected at most {room:.0f} in one run; cut the area into several "
            "(`afterdark network build --within`)"
        )
    return min(PERSON_UNIT, 2 ** int(np.floor(np.log2(room / max(people, 1.0)))))


def check_fits(weight: Array, unit: int = PERSON_UNIT) -> None:
    """Refuse weights whose sums over an hour could pass the largest 64-bit whole number.

    Raises
    ------
    InputError
        If more people are out than one sum can hold: many more than the population from which the unit follows.
    """
    if float(weight.sum()) * HOUR_MS * SHARE_UNIT > 2.0**63:
        most = 2.0**63 / (HOUR_MS * SHARE_UNIT * unit)
        people = float(weight.sum()) / unit
        raise InputError(
            f"population: found {people:.0f} people outdoors at once, expected at most {most:.0f}; cut the area"
        )


def outdoors(walk: DayWalk) -> Array:
    """Time walked and stayed by clock hour and segment, everybody together (int64 (24, S), ms in the day's unit)."""
    return np.asarray(walk.segments[:, :, (WALKED, STOOD)].sum(axis=2))


def passages_of(walk: DayWalk) -> Array:
    """People who walk along each segment in the day (float64 (S,)); who stands there has come on foot."""
    return np.asarray(walk.segments[:, :, PASSED].sum(axis=0) / float(walk.unit))
