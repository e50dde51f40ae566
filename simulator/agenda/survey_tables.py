"""What the travel survey says of tours by any mode, as arrays: rates, hours, stops, stays, distances, minutes.

Indices: gender g (3: another is the mean of the two), age band a (8), role r, kind of day d, kind of tour k, word for a
stop w.
"""

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from simulator.evidence.profiles import load_table
from simulator.foundation.categories import AGE_BANDS, GENDERS
from simulator.foundation.clock import HOURS

Array = np.ndarray[Any, Any]
PURPOSES = ("work", "study", "shop", "leisure", "care", "other")
ROLES = ("employed", "student", "other")
DAYS = ("at work", "at study", "off work", "off study", "other")
"""Kinds of day d: of the employed with work, of students with study, of both without, of everybody else."""
DAY_WITHOUT_MAIN = np.array([2, 3, 4])
"""Kind of day of each role without its main tour; that with it has the number of the role."""
STOPS = ("work", "study", "shop", "leisure", "stroll", "visit", "drop", "fetch", "other")
"""What is done at a stop; `drop` and `fetch` take somebody somewhere and fetch them again."""
PURPOSE_OF_STOP = np.array([PURPOSES.index(word) for word in ("work", "study", "shop", *["leisure"] * 3)] + [4, 4, 5])
KINDS = (
    *("work", "work_first", "work_second", "study", "study_first", "study_second"),
    *("drop", "fetch", "leisure", "shop", "other"),
)
"""What a tour is mainly for, in the order in which a day is filled."""
PURPOSE_OF_KIND = np.array([0, 0, 0, 1, 1, 1, 4, 4, 3, 2, 5])
MOST_STOPS = 3
CONTEXTS = ("single", "chain", "half", "before", "after")
AGES_OF_DISTANCE = ("under 18", "18-64", "65+")
EVENING_H, NIGHT_ENDS_H = 17, 4
"""Shifts that start from the one clock hour to the other are evening and night shifts."""


@dataclasses.dataclass(frozen=True)
class AgendaTables:
    """The survey's tables.

    Parameters
    ----------
    role_share
        Share of each role (g, a, r).
    rate
        Tours per person (g, a, d, k): to work and study on any weekday, others on such a kind of day.
    hours
        Shares of the clock hours of their start (g, a, d, k, 24).
    patterns
        Words of the stops of each pattern of a tour, -1 for none (N, 3).
    pattern_share
        Share of each pattern (g, r, k, N).
    several_share
        Share of tours with more than one stop by clock hour of their start (k, 24).
    start_share
        Mean share of the clock hour that has passed when tours begin (24,).
    stay_min
        Quantiles of minutes (w, context, block of arrival, 21).
    block_of_hour
        Block of arrival by clock hour (24,).
    distance
        Mean and spread of log metres along the way (2, w, from home or on the way, ages).
    minutes
        Log metres and minutes door to door (2, M).
    centre_pull
        How much likelier than others a tour of those who live elsewhere leads into a centre, by hour of start (k, 24).
    """

    role_share: Array
    rate: Array
    hours: Array
    patterns: Array
    pattern_share: Array
    several_share: Array
    start_share: Array
    stay_min: Array
    block_of_hour: Array
    distance: Array
    minutes: Array
    centre_pull: Array

    def travel_ms(self, metres: Array) -> Array:
        """Time that people plan with for a way of so many metres, by the modes of the survey (int64 ms)."""
        minutes = np.interp(np.log(np.maximum(metres, 1.0)), *self.minutes)
        return (60_000 * minutes).astype(np.int64)


@cache
def agenda_tables() -> AgendaTables:
    """Read the tables once."""
    role_share, rate, hours = _tours(load_table("montpellier2014_tours"))
    patterns, pattern_share = _patterns()
    stay_min, block_of_hour = _stays()
    several_share, start_share = _starts(block_of_hour)
    minutes = load_table("montpellier2014_minutes")
    return AgendaTables(
        role_share=role_share,
        rate=rate,
        hours=hours,
        patterns=patterns,
        pattern_share=pattern_share,
        several_share=several_share,
        start_share=start_share,
        stay_min=stay_min,
        block_of_hour=block_of_hour,
        distance=_distances(),
        minutes=np.array([np.log(minutes["metres"]), minutes["minutes"]]),
        centre_pull=_centre_pull(),
    )


def tables_of(tours: Mapping[str, Array]) -> AgendaTables:
    """The survey's tables with roles, rates and hours of another table of tours, of the same columns and words.

    What tours consist of, how long stays are and how far places lie stays as in the shipped survey.
    """
    role_share, rate, hours = _tours(tours)
    return dataclasses.replace(agenda_tables(), role_share=role_share, rate=rate, hours=hours)


def _codes(words: Array, of: tuple[str, ...]) -> Array:
    return np.array([of.index(word) for word in words])


def _tours(table: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    g, a, d, k = (
        _codes(table[name], of)
        for name, of in (("gender", GENDERS), ("age_band", AGE_BANDS), ("day", DAYS), ("kind", KINDS))
    )
    role_share = np.zeros((len(GENDERS), len(AGE_BANDS), len(ROLES)))
    rate = np.zeros((*role_share.shape[:2], len(DAYS), len(KINDS)))
    by_hour = np.zeros((*rate.shape, HOURS))
    role_share[g, a, np.array([0, 1, 0, 1, 2])[d]] = table["role_share"]
    rate[g, a, d, k] = table["tours_per_person"]
    by_hour[g, a, d, k] = np.stack([table[f"h{hour:02d}"] for hour in range(HOURS)], axis=1)
    by_hour *= rate[..., None]
    for array in (role_share, rate, by_hour):
        array[2] = (array[0] + array[1]) / 2
    total = by_hour.sum(axis=-1, keepdims=True)
    hours = np.divide(by_hour, total, out=np.full_like(by_hour, 1.0 / HOURS), where=total > 0)
    return role_share, rate, hours


def _patterns() -> tuple[Array, Array]:
    table = load_table("montpellier2014_tour_stops")
    words = list(zip(table["first"], table["second"], table["third"], strict=True))
    known = sorted(set(words))
    codes = np.array([[STOPS.index(word) if word else -1 for word in names] for names in known])
    share = np.zeros((len(GENDERS), len(ROLES), len(KINDS), len(known)))
    at = _codes(table["gender"], GENDERS), _codes(table["role"], ROLES), _codes(table["kind"], KINDS)
    share[(*at, np.array([known.index(names) for names in words]))] = table["share"]
    share[2] = (share[0] + share[1]) / 2
    return codes, share


def _stays() -> tuple[Array, Array]:
    table = load_table("montpellier2014_stays")
    starts = np.unique(table["from_hour"]).astype(int)
    quantiles = [name for name in table if name.startswith("q")]
    minutes = np.ones((len(STOPS), len(CONTEXTS), starts.size, len(quantiles)))
    stop, context = _codes(table["stop"], STOPS), _codes(table["context"], CONTEXTS)
    block = np.searchsorted(starts, table["from_hour"])
    minutes[stop, context, block] = np.stack([table[name] for name in quantiles], axis=1)
    only_two = ~np.isin(np.arange(len(STOPS)), stop[context == CONTEXTS.index("half")])
    for name, same in (("half", "single"), ("before", "chain"), ("after", "chain")):
        minutes[only_two, CONTEXTS.index(name)] = minutes[only_two, CONTEXTS.index(same)]
    return minutes, _block_of_hour(starts)


def _block_of_hour(starts: Array) -> Array:
    """Block of each clock hour; the first begins when nights end."""
    hour = (np.arange(HOURS) - NIGHT_ENDS_H) % HOURS + NIGHT_ENDS_H
    return np.searchsorted(starts, hour, side="right") - 1


def _centre_pull() -> Array:
    table = load_table("montpellier2014_centre")
    starts = np.unique(table["from_hour"]).astype(int)
    pull = {
        purpose: table["pull"][table["purpose"] == purpose][_block_of_hour(starts)]
        for purpose in np.unique(table["purpose"])
    }
    purposes = [{"drop": "escort", "fetch": "escort"}.get(kind, kind.split("_")[0]) for kind in KINDS]
    return np.stack([pull[purpose] for purpose in purposes])


def _starts(block_of_hour: Array) -> tuple[Array, Array]:
    stops, minutes = load_table("montpellier2014_several_stops"), load_table("montpellier2014_start_minutes")
    share = np.zeros((len(KINDS), minutes["from_hour"].size))
    share[_codes(stops["kind"], KINDS), np.searchsorted(minutes["from_hour"], stops["from_hour"])] = stops["share"]
    return share[:, block_of_hour], (minutes["minutes"] / 60.0)[block_of_hour]


def _distances() -> Array:
    table = load_table("montpellier2014_distances")
    found = np.zeros((2, len(STOPS), 2, len(AGES_OF_DISTANCE)))
    at = (
        _codes(table["stop"], STOPS),
        _codes(table["leg"], ("from home", "on the way")),
        _codes(table["ages"], AGES_OF_DISTANCE),
    )
    found[0][at], found[1][at] = np.log(table["median_m"]), table["sd_log"]
    return found


@cache
def weekend_ratios(day: str) -> tuple[Array, Array]:
    """Evening and night counts of a day (Friday, Saturday, Sunday) over a weekday's, of all places and of nightlife.

    Two float64 (24,), the second relative to the first: 1 in all other hours and on other days.
    """
    table = load_table("auckland_hours")
    count = {
        (place, name): table["relative_count"][(table["place"] == place) & (table["day"] == name)]
        for place in ("all", "nightlife")
        for name in ("weekday", day)
    }
    everywhere, nightlife = np.ones(HOURS), np.ones(HOURS)
    if day in ("Friday", "Saturday"):
        late = (np.arange(HOURS) >= EVENING_H + 1) | (np.arange(HOURS) < NIGHT_ENDS_H)
        everywhere[late] = (count["all", day] / count["all", "weekday"])[late]
        nightlife[late] = (count["nightlife", day] / count["nightlife", "weekday"])[late] / everywhere[late]
    return everywhere, nightlife
