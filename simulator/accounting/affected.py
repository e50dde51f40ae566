"""The people whom a measure can touch, and what one day was like for them with it and without.

Somebody is affected who, on the measured day and in an hour in which the measures change anything on the streets,

- walks along a touched street or waits at a stop on one, in the baseline or with the measures; or
- would walk there on the quickest way of a trip that is wished and within reach on foot, whether or not it is made.

Of measures that change nothing on the streets (rides, stops, places) those are affected whose choices differ: the mode,
the time, the wait, or the chance that a tour is made by more than `NOTICED`. Of residents also those are asked who live
within evidence `affected_reach` of a touched street on foot.

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


NOTICED = 0.001
"""Change in the chance that a tour is made from which on somebody counts as affected."""
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


def month_of_ways(baseline: Simulation) -> MonthOfWays:
    """Plan further days like the one that is simulated, and route what is wished: as long as some lived days take."""
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
    """How many different people would pass touched streets on their quickest ways within `NIGHTS` days, by gender.

    Nothing of measures that change nothing on the streets.
    """
    acts, people = acting_hours(arm.conditions, before), arm.setting.people
    if not acts.any():
        return {}
    here = passes(month.routed.start, month.routed.route, arm.conditions.treated) & acts[month.hour]
    hit = np.zeros(len(people), bool)
    hit[month.person[here]] = True
    counts = np.bincount(people.gender[hit], people.weight[hit], minlength=len(GENDERS))
    return dict(zip(GENDERS, counts.tolist(), strict=True))


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
    touched, acts = arm.conditions.treated, acting_hours(*(day.conditions for day in days))
    hit = np.zeros(len(arm.setting.people), bool)
    if not acts.any():
        hit[_who_chooses_otherwise(*(day.chosen for day in days))] = True
        return hit
    for day in days:
        walks = day.walk.walks
        here = passes(walks.route_start, walks.route, touched) & (walks.kind != STAY)
        here &= acts[walks.start_ms // HOUR_MS % HOURS]
        hit[walks.person[here]] = True
    trips = days[0].chosen.trips.take(within_reach)
    hit[trips.person[passes(quickest.start, quickest.route, touched) & acts[trips.hour]]] = True
    return hit


def _who_chooses_otherwise(one: DayChoices, other: DayChoices) -> Array:
    """Rows of the people whose choices differ between two days of the same wishes; of other wishes, whose wishes do."""
    trips, others = one.trips, other.trips
    if len(trips) != len(others) or (trips.destination != others.destination).any():
        known = set(zip(others.person.tolist(), others.depart_ms.tolist(), others.destination.tolist(), strict=True))
        mine = zip(trips.person.tolist(), trips.depart_ms.tolist(), trips.destination.tolist(), strict=True)
        return np.array([trip[0] for trip in mine if trip not in known], np.int64)
    chance = np.abs(one.probability_made - other.probability_made)[trips.tour] > NOTICED
    differs = chance | (one.mode != other.mode) | (one.depart_ms != other.depart_ms) | (one.waits_ms != other.waits_ms)
    return np.asarray(trips.person[differs])


def acting_hours(after: Conditions, before: Conditions) -> Array:
    """Clock hours (bool (24,)) in which touched streets are other than in the baseline; light counts after dark."""
    rows = np.flatnonzero(after.treated[: before.treated.size])
    acts = np.zeros(HOURS, bool)
    for field in dataclasses.fields(Surroundings):
        one, other = getattr(after, field.name), getattr(before, field.name)
        differs = one[..., rows] != other[..., rows]
        by_hour = differs.any(axis=-1) if differs.ndim > 1 else np.full(HOURS, differs.any())
        by_hour = by_hour.any(axis=0) if by_hour.ndim > 1 else by_hour
        acts |= by_hour & (before.dark > 0) if field.name.startswith("light") else by_hour
    if after.closed is not None:
        acts |= after.closed.any(axis=1)
    return acts


def passes(start: Array, route: Array, touched: Array) -> Array:
    """Whether each route (rows `start`, `route`) has a touched segment (bool (S,)); those added later count too."""
    running = np.concatenate([[0], np.cumsum(touched[route])])
    return np.asarray(running[start[1:]] > running[start[:-1]])


def near_home(arm: Simulation) -> Array:
    """Residents (bool (people,)) whose home is within reach of a touched street, by the length of the way there."""
    setting, people = arm.setting, arm.setting.people
    streets, touched = setting.network.streets, np.flatnonzero(arm.conditions.treated)
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
    asked = hit | near_home(arm)
    return [
        _rows(name, arm, day, (hit, asked), by) for by in WORDS for name, day in zip(ITINERARIES, days, strict=True)
    ]


def _rows(itinerary: str, arm: Simulation, day: Lived, who: tuple[Array, Array], by: str) -> Columns:
    people, (hit, asked) = arm.setting.people, who
    shape = (HOURS, len(GENDERS), len(WORDS[by]))
    values = _walked(arm, day, hit, by, shape) | _wished(arm, day, hit, by, shape) | _asked(arm, day, asked, by, shape)
    agents, population = group_sizes(people.take(np.flatnonzero(hit)), by)
    kept = np.flatnonzero(np.any([value.ravel() for value in values.values()], axis=0))
    hour, gender, level = np.unravel_index(kept, shape)
    zone = np.full(kept.size, ZONES.index("core"))
    columns = keys_of(itinerary, hour, (gender, by, level), zone, arm)
    columns |= {"agents": agents[gender, level], "population": population[gender, level]}
    return columns | {name: value.ravel()[kept] for name, value in values.items()}


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
