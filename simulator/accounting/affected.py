"""The people whom a measure can touch, and what one day was like for them with it and without.

Somebody is affected who, on the measured day,

- walks along a street or waits at a stop on one in an hour in which it is other than in the baseline, in either arm; or
- would walk there on the quickest way of a trip that is wished and within reach on foot, whether or not it is made; or
- chooses otherwise: the mode, the time, the wait, or the chance that a tour is made by more than `NOTICED`.

Of residents also those are asked who live within evidence `affected_reach` of such a street on foot.

Averaged over a whole district what changes for a few hundred people vanishes; here it does not. The same people are
counted in both arms, so that nobody comes or goes between them. Who is out without travelling (traders, hosts) stands
for many whose days are not simulated, and is not among them.
"""

import dataclasses
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from simulator.accounting.rows import WORDS, Columns, group_sizes, keys_of
from simulator.agenda.plans import Trips
from simulator.city.conditions import Conditions, Surroundings
from simulator.city.walking_graph import metres_between
from simulator.foundation.categories import GENDERS, ZONES
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.kernels.walking import SHARE_UNIT, STAY, WAIT, WALK
from simulator.safety.survey import ASKED_HOUR
from simulator.setting import Setting
from simulator.simulation import Simulation
from simulator.travel.chosen import DayChoices
from simulator.travel.day_walk import DayWalk
from simulator.travel.routes import Routed, join

Array = np.ndarray[Any, Any]
ITINERARIES = ("affected", "affected_before")
"""The affected in an arm, and the same people on the same day in the baseline."""
ASKED = ("near", "near_before")
"""What residents answer in both who are affected or live near."""


_MOST_TOURS, _MOST_LEGS, _BY_HOUR, _NEARLY_ALL = 64, 64, 2, 0.9
NOTICED = 0.001
"""Change in the chance that a tour is made from which on somebody counts as affected."""
MOST_PLANNED = 30_000
NIGHTS = 30
"""Days over which different people are counted."""


@dataclasses.dataclass(frozen=True)
class MonthOfWays:
    """The quickest ways on foot of all trips that are wished on `NIGHTS` days and are within reach.

    Parameters
    ----------
    person, hour
        Who wishes for each, and at which clock hour.
    routed
        The ways.
    """

    person: Array
    hour: Array
    routed: Routed


def month_of_ways(baseline: Simulation) -> MonthOfWays | None:
    """Plan further days like the one that is simulated, and route what is wished: as long as some lived days take.

    None with more than `MOST_PLANNED` agents, whose ways of a month would fill the memory.
    """
    if len(baseline.setting.people) > MOST_PLANNED:
        return None
    setting, parts = baseline.setting, []
    for day in range(baseline.day, baseline.day + NIGHTS):
        _, trips = setting.planner.plan(day, baseline.inflation)  # not by `days`, which would forget those of the arms
        minutes = setting.journeys.metres(trips) / setting.people.speed_m_s[trips.person] / 60.0
        trips = trips.take(np.flatnonzero(minutes <= setting.parameters.longest_walk_min))
        parts.append((trips.person, trips.hour, quickest_of(setting, trips)))
    person, hour = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
    return MonthOfWays(person, hour, join([part[2] for part in parts]))


def quickest_of(setting: Setting, trips: Trips) -> Routed:
    """The ways that trips would take on foot without any fear."""
    fearless = (np.zeros_like(setting.who[0]), np.zeros(len(setting.people)))
    fear = np.zeros((HOURS, 1, len(setting.network.streets)), np.float32)
    return setting.route(trips, fear, fearless)


def affected_in_a_month(arm: Simulation, before: Conditions, month: MonthOfWays) -> dict[str, float]:
    """How many different people would pass changed streets on their quickest ways within `NIGHTS` days, by gender.

    Nothing of measures that change nothing on the streets, and nothing where nearly all of a gender would: who comes in
    is the same people every day here, so that a city's true number is not known then.
    """
    changed, people = changed_streets(arm.conditions, before), arm.setting.people
    if not changed.any():
        return {}
    hit = np.zeros(len(people), bool)
    hit[month.person[passes(month.routed, month.hour, changed)]] = True
    counts, every = (
        np.bincount(people.gender[rows], people.weight[rows], minlength=len(GENDERS)) for rows in (hit, hit | True)
    )
    told = dict(zip(GENDERS, zip(counts.tolist(), every.tolist(), strict=True), strict=True))
    return {gender: count for gender, (count, of_all) in told.items() if count < _NEARLY_ALL * of_all}


@dataclasses.dataclass(frozen=True)
class Lived:
    """A measured day of an arm.

    Parameters
    ----------
    conditions
        The streets of the arm.
    chosen, walk
        What was chosen, and how it was walked.
    answers
        What residents say who are asked (see `safety.survey.ask`), in the order of those asked.
    """

    conditions: Conditions
    chosen: DayChoices
    walk: DayWalk
    answers: Array


def affected_people(arm: Simulation, days: tuple[Lived, Lived], within_reach: Array, quickest: Routed) -> Array:
    """Who is affected (bool (people,)); see this module.

    Parameters
    ----------
    arm
        The arm with measures.
    days
        The same day in the arm and in the baseline.
    within_reach, quickest
        Rows of the day's trips that are within reach on foot, and the quickest way of each.
    """
    changed = changed_streets(*(day.conditions for day in days))
    hit = np.zeros(len(arm.setting.people), bool)
    for day in days:
        walks = day.walk.walks
        routed = Routed(walks.route_start, walks.route, np.zeros(0))
        here = passes(routed, walks.start_ms // HOUR_MS % HOURS, changed) & (walks.kind != STAY)
        hit[walks.person[here]] = True
    trips = days[0].chosen.trips.take(within_reach)
    hit[trips.person[passes(quickest, trips.hour, changed)]] = True
    hit[_who_chooses_otherwise(*(day.chosen for day in days))] = True
    return hit


def _who_chooses_otherwise(one: DayChoices, other: DayChoices) -> Array:
    """Rows of the people whose choices differ between two days; wishes that only one of them has are a difference."""
    mine, theirs = names_of(one), names_of(other)
    _, rows, others = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
    alone = [
        choices.trips.person[np.setdiff1d(np.arange(names.size), known)]
        for choices, names, known in ((one, mine, rows), (other, theirs, others))
    ]
    chance, its = (day.probability_made[day.trips.tour[at]] for day, at in ((one, rows), (other, others)))
    differs = np.abs(chance - its) > NOTICED
    for name in ("mode", "depart_ms", "waits_ms"):
        differs |= getattr(one, name)[rows] != getattr(other, name)[others]
    differs |= one.trips.destination[rows] != other.trips.destination[others]
    return np.concatenate([one.trips.person[rows[differs]], *alone])


def names_of(chosen: DayChoices) -> Array:
    """A number for each trip of a day: by person, tour and leg."""
    trips, number = chosen.trips, chosen.tours.number[chosen.trips.tour].astype(np.int64)
    return (
        (trips.person.astype(np.int64) * _MOST_TOURS + number) * _MOST_LEGS * 2
        + trips.leg * 2
        + trips.from_previous_day
    )


def changed_streets(after: Conditions, before: Conditions) -> Array:
    """Hours and segments (bool (24, S)) in which a street is other than before; light counts after dark only.

    Streets that measures add are other in every hour.
    """
    known = before.treated.size
    changed = np.zeros((HOURS, after.treated.size), bool)
    changed[:, known:] = True
    for field in dataclasses.fields(Surroundings):
        one, other = getattr(after, field.name)[..., :known], getattr(before, field.name)
        differs = one != other
        differs = differs.any(axis=0) if differs.ndim > _BY_HOUR else differs  # kinds of guardian
        if field.name.startswith("light"):
            differs = differs & (before.dark > 0)[:, None]
        changed[:, :known] |= differs
    if after.closed is not None:
        changed |= after.closed
        if before.closed is not None:  # gates that close by themselves are no change
            changed[:, :known] &= ~(before.closed & after.closed[:, :known])
    return changed


def passes(routed: Routed, hour: Array, changed: Array) -> Array:
    """Whether each route has a segment that is other (bool (24, S)) in the clock hour in which the route begins."""
    there = changed[np.repeat(hour, np.diff(routed.start)), routed.route]
    running = np.concatenate([[0], np.cumsum(there)])
    return np.asarray(running[routed.start[1:]] > running[routed.start[:-1]])


def near_home(arm: Simulation, before: Conditions) -> Array:
    """Residents (bool (people,)) whose home is within reach of a touched street, by the length of the way there."""
    setting, people = arm.setting, arm.setting.people
    changed = changed_streets(arm.conditions, before).any(axis=0)
    streets, touched = setting.network.streets, np.flatnonzero(changed if changed.any() else arm.conditions.treated)
    if not touched.size:
        return np.zeros(len(people), bool)
    ends = np.unique(np.concatenate([streets.from_junction[touched], streets.to_junction[touched]]))
    graph = metres_between(setting.network, streets.length_m)
    away = dijkstra(graph, directed=False, indices=ends, min_only=True, limit=setting.parameters.affected_reach)
    home = setting.network.places.junction[people.home]
    return np.asarray(people.resident & np.isfinite(away[home]))


def affected_rows(arm: Simulation, days: tuple[Lived, Lived], within_reach: Array, quickest: Routed) -> list[Columns]:
    """Rows of the summary for the affected in the arm and in the baseline, by each breakdown.

    Parameters are those of `affected_people`. Hours are those in which a walk or wait begins; all rows stand in the
    zone `core`.
    """
    hit = affected_people(arm, days, within_reach, quickest)
    asked = np.zeros(len(hit), bool)
    asked[arm.setting.asked.rows] = True
    asked &= hit | near_home(arm, days[1].conditions)
    parts = []
    for by in WORDS:
        shape = (HOURS, len(GENDERS), len(WORDS[by]))
        for name, near, day in zip(ITINERARIES, ASKED, days, strict=True):
            lived = _walked(arm, day, hit, by, shape) | _wished(arm, day, hit, by, shape) | _heads(arm, hit, by, shape)
            parts.append(_rows(name, arm, hit, lived, by))
            parts.append(_rows(near, arm, asked, _asked(arm, day, asked, by, shape), by))
    return parts


def _rows(itinerary: str, arm: Simulation, who: Array, values: Columns, by: str) -> Columns:
    agents, population = group_sizes(arm.setting.people.take(np.flatnonzero(who)), by)
    shape = (HOURS, len(GENDERS), len(WORDS[by]))
    kept = np.flatnonzero(np.any([value.ravel() for value in values.values()], axis=0))
    hour, gender, level = np.unravel_index(kept, shape)
    zone = np.full(kept.size, ZONES.index("core"))
    columns = keys_of(itinerary, hour, (gender, by, level), zone, arm)
    columns |= {"agents": agents[gender, level], "population": population[gender, level]}
    return columns | {name: value.ravel()[kept] for name, value in values.items()}


def _heads(arm: Simulation, hit: Array, by: str, shape: tuple[int, ...]) -> Columns:
    """How many they are, in the hour in which residents are asked: once a day, so that days can be averaged."""
    heads = np.zeros(shape)
    heads[ASKED_HOUR] = group_sizes(arm.setting.people.take(np.flatnonzero(hit)), by)[1]
    return {"people_affected": heads}


def _cells(arm: Simulation, hour: Array, person: Array, by: str, shape: tuple[int, ...]) -> Array:
    people = arm.setting.people
    level = getattr(people, by)[person].astype(np.int64)
    return np.ravel_multi_index((hour.astype(np.int64), people.gender[person].astype(np.int64), level), shape)


def _walked(arm: Simulation, day: Lived, hit: Array, by: str, shape: tuple[int, ...]) -> Columns:
    """Person-seconds by hour of beginning, summed as whole numbers, so that no order of rows matters."""
    walks, walk = day.walk.walks, day.walk
    safe_ms = np.rint(walks.safe / SHARE_UNIT).astype(np.int64)
    columns: Columns = {}
    for kind, word in ((WALK, ""), (WAIT, "waiting_")):
        rows = np.flatnonzero(hit[walks.person] & (walks.kind == kind))
        cell = _cells(arm, walks.start_ms[rows] // HOUR_MS % HOURS, walks.person[rows], by, shape)
        for name, spent in ((f"{word or 'walking_'}s", walks.walked_ms), (f"{word}safe_s", safe_ms)):
            sums = np.zeros(int(np.prod(shape)), np.int64)
            np.add.at(sums, cell, walks.weight[rows] * spent[rows])
            columns[name] = (sums / (walk.unit * 1000.0)).reshape(shape)
    return columns


def _wished(arm: Simulation, day: Lived, hit: Array, by: str, shape: tuple[int, ...]) -> Columns:
    trips, people = day.chosen.trips, arm.setting.people
    rows = np.flatnonzero(hit[trips.person])
    cell = _cells(arm, trips.hour[rows], trips.person[rows], by, shape)
    weight = people.weight[trips.person[rows]]
    not_made = 1.0 - day.chosen.probability_made[trips.tour[rows]]
    sums = {"trips_planned": weight, "trips_not_made": weight * not_made}
    size = int(np.prod(shape))
    return {name: np.bincount(cell, value, minlength=size).reshape(shape) for name, value in sums.items()}


def _asked(arm: Simulation, day: Lived, hit: Array, by: str, shape: tuple[int, ...]) -> Columns:
    rows = arm.setting.asked.rows
    here = np.flatnonzero(hit[rows])
    cell = _cells(arm, np.full(here.size, ASKED_HOUR), rows[here], by, shape)
    weight, size = arm.setting.people.weight[rows[here]], int(np.prod(shape))
    sums = {"survey_respondents": weight, "survey_feel_safe": weight * day.answers[here]}
    return {name: np.bincount(cell, value, minlength=size).reshape(shape) for name, value in sums.items()}
