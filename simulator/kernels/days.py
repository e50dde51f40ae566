"""A day is filled, person by person: tours begin at hours at which somebody is free, tried until no two are at once.

Work and study come first. The other tours of a day are drawn together until no two are at once; who has none found so
gets them one after the other, each at an hour that is left. Axis letters: N tours, R rows of the tables, Q quantiles.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.hashing import hashed, uniform
from simulator.kernels.policy import kernel, part_of_kernel

Array = np.ndarray[Any, Any]
HOURS, MOST_STOPS = 24, 3
FIRST_HOUR = 4
"""The day begins."""
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_DAY_MS = HOURS * _HOUR_MS
LONGEST_TOUR_MS = 20 * _HOUR_MS
LONGEST_STAY_MS = 14 * _HOUR_MS
FIRST_FREE_SLOT = 2
"""Tours of the slots before are work or study."""
ATTEMPTS = 6
"""Starts that are tried for a tour before it gives way to what is already planned."""
MAIN_ATTEMPTS = 4 * ATTEMPTS
"""The same of work and study."""
WHOLE_DAYS = 8
"""Whole days that are tried for a person before tours are put one after the other where there is time left."""
NIGHT_SHIFT_H, NIGHT_ENDS_H = 20, 4
"""Night workers who reach work from this hour on stay for a shift; earlier stays are known to the survey."""
USUAL, SHIFT, OLDER, STROLL = range(4)
"""Kinds of stay: as the survey has it; a shift if it begins by night; care for an older person; none, a turn round."""

WISH = np.dtype(
    [
        ("person_id", "i8"),
        ("slot", "i8"),
        ("several", "i8"),  # 1 if it has more than one stop
        ("cell", "i8"),  # row of the tables of starts
        ("word", "i8", (MOST_STOPS,)),  # what each stop is for, -1 for none
        ("context", "i8", (MOST_STOPS,)),  # what each stay is in its tour
        ("stay", "i8", (MOST_STOPS,)),  # kind of each stay
        ("travel_ms", "i8", (MOST_STOPS + 1,)),  # planned time to each stop, and home
        ("spread", "i8"),  # row of the spreads, -1 where no stay asks for one
    ],
    align=True,
)
"""Wished tours in order of person and slot."""
TIMES = np.dtype(
    [
        ("start", "i8"),
        ("reach", "i8", (MOST_STOPS,)),
        ("leave", "i8", (MOST_STOPS,)),
        ("end", "i8"),
        ("planned", "?"),  # whether there was time for it
    ],
    align=True,
)
"""When tours are under way (ms since midnight)."""


class Tables(NamedTuple):
    """How tours begin and how long stays are."""

    running: Array  # float64 (2, R, 24): running weights of the hours of start, of tours with one stop and several
    start_share: Array  # float64 (24,): mean share of the hour that has gone by at a start
    stay_min: Array  # float64 (words, contexts, blocks, Q): quantiles of stays
    block_of_hour: Array  # int64 (24,)
    spread: Array  # float64 (rows, attempts, stops): standard normal
    shift_min: float
    shift_sd_min: float
    older_min: float
    older_spread: float


class Draws(NamedTuple):
    """States of the random numbers, of the day."""

    start_hour: Any
    start_minute: Any
    stay: Any
    day: int


@part_of_kernel
def _drawn(state: Any, draws: Draws, wish: Any, attempt: int) -> float:
    return uniform(hashed(hashed(hashed(hashed(state, wish["person_id"]), draws.day), wish["slot"]), attempt))


@part_of_kernel
def _start(tables: Tables, draws: Draws, wish: Any, attempt: int) -> int:
    """When a tour begins; more begin just past the full hour."""
    edges = tables.running[wish["several"], wish["cell"]]
    variate = _drawn(draws.start_hour, draws, wish, attempt) * edges[HOURS - 1]
    hour = 0
    while hour < HOURS - 1 and variate > edges[hour]:
        hour += 1
    spot = _drawn(draws.start_minute, draws, wish, attempt) ** (1.0 / tables.start_share[hour] - 1.0)
    return int(((hour - FIRST_HOUR) % HOURS + FIRST_HOUR + spot) * _HOUR_MS)


@part_of_kernel
def _stay_ms(tables: Tables, wish: Any, stop: int, reach: int, drawn: tuple[float, int]) -> int:
    """Time at a stop by what it is for and when it is reached; `drawn` is uniform, and the attempt."""
    variate, attempt = drawn
    hour, word, kind = reach // _HOUR_MS % HOURS, wish["word"][stop], wish["stay"][stop]
    if stop % 2:
        variate = 1.0 - variate  # who stays long at one stop has the less time for the next
    quantiles = tables.stay_min[word, wish["context"][stop], tables.block_of_hour[hour]]
    place = variate * (quantiles.shape[0] - 1)
    low = int(place)
    minutes = quantiles[low] + (place - low) * (quantiles[low + 1] - quantiles[low])
    if kind == STROLL:
        minutes = 1.0
    elif kind == SHIFT and (hour >= NIGHT_SHIFT_H or hour < NIGHT_ENDS_H):
        minutes = tables.shift_min + tables.shift_sd_min * tables.spread[wish["spread"], attempt, stop]
    elif kind == OLDER:
        minutes = tables.older_min * math.exp(tables.older_spread * tables.spread[wish["spread"], attempt, stop])
    return min(max(int(minutes * _MINUTE_MS), _MINUTE_MS), LONGEST_STAY_MS)


@part_of_kernel
def _try(tables: Tables, draws: Draws, wish: Any, attempt: int, times: Any) -> None:
    """Draw when a tour is under way."""
    now = _start(tables, draws, wish, attempt)
    variate = _drawn(draws.stay, draws, wish, attempt)
    times["start"] = now
    for stop in range(MOST_STOPS):
        now += wish["travel_ms"][stop]
        times["reach"][stop] = now
        if wish["word"][stop] >= 0:
            now += _stay_ms(tables, wish, stop, now, (variate, attempt))
        times["leave"][stop] = now
    times["end"] = now + wish["travel_ms"][MOST_STOPS]


@part_of_kernel
def _enter(times: Array, person: tuple[int, int], row: int) -> bool:
    """Put a tour down where it meets none of the person's others (rows first to last - 1), round the clock."""
    start, length = times[row]["start"], times[row]["end"] - times[row]["start"]
    free = length < LONGEST_TOUR_MS
    for other in range(person[0], person[1]):
        if other != row and times[other]["planned"]:
            begun, taken = times[other]["start"], times[other]["end"] - times[other]["start"] + _MINUTE_MS
            free = free and (start - begun) % _DAY_MS >= taken and (begun - start) % _DAY_MS > length
    times[row]["planned"] = free
    return free


@part_of_kernel
def _try_in_turn(
    tables: Tables,
    draws: Draws,
    wishes: Array,
    times: Array,
    person: tuple[int, int],
    row: int,
    attempts: tuple[int, int],
) -> None:
    """Put one tour down in one of some attempts (first to last - 1)."""
    for attempt in range(attempts[0], attempts[1]):
        _try(tables, draws, wishes[row], attempt, times[row])
        if _enter(times, person, row):
            return


@part_of_kernel
def _try_whole_day(
    tables: Tables, draws: Draws, wishes: Array, times: Array, person: tuple[int, int], free: int, attempt: int
) -> bool:
    """Draw all of a person's free tours (from row `free` on); false, and none is planned, where two would meet."""
    fits = True
    for row in range(free, person[1]):
        if fits:
            _try(tables, draws, wishes[row], attempt, times[row])
            fits = _enter(times, person, row)
    if not fits:
        for row in range(free, person[1]):
            times[row]["planned"] = False
    return fits


@kernel
def fill_days(tables: Tables, draws: Draws, wishes: Array, times: Array, bounds: Array) -> None:
    """Plan the tours of some people.

    Parameters
    ----------
    wishes, times
        WISH and TIMES (N,), in order of person and slot; the times are written.
    bounds
        int64 (people + 1,): the tours of each person are the rows from one bound to the next.
    """
    for number in range(bounds.shape[0] - 1):
        person, free = (bounds[number], bounds[number + 1]), bounds[number]
        while free < person[1] and wishes[free]["slot"] < FIRST_FREE_SLOT:
            _try_in_turn(tables, draws, wishes, times, person, free, (0, MAIN_ATTEMPTS))
            free += 1
        attempt, fits = 0, False
        while attempt < WHOLE_DAYS and not fits:
            fits = _try_whole_day(tables, draws, wishes, times, person, free, attempt)
            attempt += 1
        if not fits:
            for row in range(free, person[1]):
                attempts = WHOLE_DAYS, WHOLE_DAYS + ATTEMPTS
                _try_in_turn(tables, draws, wishes, times, person, row, attempts)
