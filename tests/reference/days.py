"""The slow twin of `kernels.days`: all people at once, slot by slot and attempt by attempt."""

import numpy as np

from simulator.foundation import draws
from simulator.kernels.days import (
    ATTEMPTS,
    FIRST_FREE_SLOT,
    FIRST_HOUR,
    LONGEST_STAY_MS,
    LONGEST_TOUR_MS,
    MAIN_ATTEMPTS,
    NIGHT_ENDS_H,
    NIGHT_SHIFT_H,
    OLDER,
    SHIFT,
    STROLL,
    TIMES,
    WHOLE_DAYS,
)

HOURS, MINUTE_MS, HOUR_MS = 24, 60_000, 3_600_000
DAY_MS = HOURS * HOUR_MS


class Twin:
    """Fills days from what the kernel is handed; the random numbers are drawn anew by seed and stream."""

    def __init__(self, tables, seed, day, wishes):
        self.tables, self.seed, self.day, self.wishes = tables, seed, day, wishes
        self.times = np.zeros(len(wishes), TIMES)
        self.person = np.unique(wishes["person_id"], return_inverse=True)[1]
        slots = wishes["slot"].max() + 1
        self.begun, self.taken = (np.zeros((self.person.max() + 1, slots), np.int64) for _ in range(2))

    def drawn(self, stream, rows, attempt):
        """Uniform random numbers of tours in an attempt."""
        wishes = self.wishes[rows]
        return draws.uniform(self.seed, stream, wishes["person_id"], self.day, wishes["slot"], attempt)

    def draw(self, rows, attempt):
        """When tours would be under way."""
        wishes, tables = self.wishes[rows], self.tables
        edges = tables.running[wishes["several"], wishes["cell"]]
        hour = (self.drawn("start hour", rows, attempt)[:, None] * edges[:, -1:] > edges).sum(axis=1).clip(0, HOURS - 1)
        spot = self.drawn("start minute", rows, attempt) ** (1.0 / tables.start_share[hour] - 1.0)
        times = np.zeros(rows.size, TIMES)
        now = (((hour - FIRST_HOUR) % HOURS + FIRST_HOUR + spot) * HOUR_MS).astype(np.int64)
        times["start"] = now
        for stop in range(3):
            now = now + wishes["travel_ms"][:, stop]
            times["reach"][:, stop] = now
            there = wishes["word"][:, stop] >= 0
            now = now + np.where(there, self.stay_ms(rows, attempt, stop, now), 0)
            times["leave"][:, stop] = now
        times["end"] = now + wishes["travel_ms"][:, 3]
        return times

    def stay_ms(self, rows, attempt, stop, reach):
        """Time at a stop by what it is for and when it is reached."""
        wishes, tables = self.wishes[rows], self.tables
        hour, kind = reach // HOUR_MS % HOURS, wishes["stay"][:, stop]
        variate = self.drawn("stay", rows, attempt)
        variate = 1.0 - variate if stop % 2 else variate
        words, contexts = wishes["word"][:, stop], wishes["context"][:, stop]
        quantiles = tables.stay_min[words, contexts, tables.block_of_hour[hour]]
        place = variate * (quantiles.shape[1] - 1)
        low, row = place.astype(np.int64), np.arange(rows.size)
        minutes = quantiles[row, low] + (place - low) * (quantiles[row, low + 1] - quantiles[row, low])
        spread = np.zeros(rows.size)
        asks = wishes["spread"] >= 0
        spread[asks] = tables.spread[wishes["spread"][asks], attempt, stop]
        by_night = (hour >= NIGHT_SHIFT_H) | (hour < NIGHT_ENDS_H)
        minutes = np.where((kind == SHIFT) & by_night, tables.shift_min + tables.shift_sd_min * spread, minutes)
        minutes = np.where(kind == OLDER, tables.older_min * np.exp(tables.older_spread * spread), minutes)
        minutes = np.where(kind == STROLL, 1.0, minutes)
        return np.clip((minutes * MINUTE_MS).astype(np.int64), MINUTE_MS, LONGEST_STAY_MS)

    def enter(self, rows, times):
        """Put tours of different people down where they meet none; which they are (bool)."""
        who, slot = self.person[rows], self.wishes["slot"][rows]
        start, length = times["start"], times["end"] - times["start"]
        begun, taken = self.begun[who], self.taken[who]
        after = (start[:, None] - begun) % DAY_MS < taken
        before = (begun - start[:, None]) % DAY_MS <= length[:, None]
        free = ~((after | before) & (taken > 0)).any(axis=1) & (length < LONGEST_TOUR_MS)
        self.begun[who[free], slot[free]] = start[free]
        self.taken[who[free], slot[free]] = length[free] + MINUTE_MS
        return free

    def keep(self, rows, times):
        """These are planned."""
        self.times[rows] = times
        self.times["planned"][rows] = True

    def try_tours(self, rows, attempt):
        """Draw one tour for each of some people; the rows of those that meet others are returned."""
        times = self.draw(rows, attempt)
        free = self.enter(rows, times)
        self.keep(rows[free], times[free])
        return rows[~free]

    def try_whole_days(self, rows, attempt):
        """Draw all free tours of some people; the rows of those whose tours meet are returned."""
        times, free = self.draw(rows, attempt), np.ones(rows.size, bool)
        for slot in range(FIRST_FREE_SLOT, self.taken.shape[1]):
            at = np.flatnonzero(self.wishes["slot"][rows] == slot)
            free[at] = self.enter(rows[at], times[at])
        busy = np.unique(self.person[rows[~free]])
        self.taken[busy, FIRST_FREE_SLOT:] = 0
        again = np.isin(self.person[rows], busy)
        self.keep(rows[~again], times[~again])
        return rows[again]

    def filled(self):
        """The times of all tours."""
        slot = self.wishes["slot"]
        for one in range(FIRST_FREE_SLOT):
            left = np.flatnonzero(slot == one)
            for attempt in range(MAIN_ATTEMPTS):
                left = self.try_tours(left, attempt)
        waiting = np.flatnonzero(slot >= FIRST_FREE_SLOT)
        for attempt in range(WHOLE_DAYS):
            waiting = self.try_whole_days(waiting, attempt)
        for one in range(FIRST_FREE_SLOT, self.taken.shape[1]):
            left = waiting[slot[waiting] == one]
            for attempt in range(WHOLE_DAYS, WHOLE_DAYS + ATTEMPTS):
                left = self.try_tours(left, attempt)
        return self.times
