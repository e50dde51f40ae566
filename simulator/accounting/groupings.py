"""Rows of the summary by what trips are for, by the neighbourhood that is walked in, and by that which people live in.

- `purpose`: trips by what is done at their end, in the zone of the results where they begin.
- `walked_in`: time walked, waited and stayed, and what is met there, by the neighbourhood of the street. The day's
  walks are taken once more by the same kernel, street by street and in whole numbers, with neighbourhoods in the place
  of the zones of the results: so what is added up over all neighbourhoods and `(none)` is the core's sum to the bit.
- `lives_in`: trips by the neighbourhood in which who wishes for them lives, and the answers of residents.

Everybody stands in each once. Behind a row stand the agents who wish for such a trip, who walk or wait there on that
day, or who live there; fewer than 30 are not told (`analysis.indicators.cells`). Hazard is told by neighbourhood, as
by zone, and never by street. Without neighbourhoods (`simulator.city.neighbourhoods`) only purposes are told apart.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulator.accounting.day_sums import met_of, trip_values, walked_values
from simulator.accounting.rows import Columns, keys_of
from simulator.agenda.plans import TRIP_PURPOSES
from simulator.city.neighbourhoods import Neighbourhoods, neighbourhoods_of
from simulator.foundation.categories import GENDERS, RISK_AGE_OF_BAND, RISK_AGES, ZONES
from simulator.foundation.clock import HOURS
from simulator.kernels.walking import STAY
from simulator.safety.survey import ASKED_HOUR
from simulator.simulation import Simulation
from simulator.travel.day_walk import DayWalk

Array = np.ndarray[Any, Any]
_BAND_OF_AGE = [int(np.flatnonzero(age == RISK_AGE_OF_BAND)[0]) for age in range(len(RISK_AGES))]
_CORE, _RING = ZONES.index("core"), ZONES.index("ring")


def grouping_rows(
    arm: Simulation, walks: Mapping[str, DayWalk], lengths: tuple[Array, Array], answers: tuple[Array, Array]
) -> list[Columns]:
    """Rows by purpose and neighbourhood of a measured day.

    Parameters
    ----------
    walks
        Walks through the day by the name of their itinerary, all on this arm's streets.
    lengths
        Metres of each trip, as `day_sums.route_lengths` gives them.
    answers
        Rows of the people asked, and what each of them says.
    """
    assert arm.chosen is not None
    trips, people = arm.chosen.trips, arm.setting.people
    parts = [_trips(arm, lengths, "purpose", trips.purpose, len(TRIP_PURPOSES))]
    there = neighbourhoods_of(arm.setting.network)
    if not there.names:
        return parts
    of_home = home_neighbourhood(arm, there)
    parts.append(_trips(arm, lengths, "lives_in", of_home[trips.person], len(there.names) + 1, of_home))
    parts.append(_asked(arm, answers, of_home, len(there.names) + 1))
    gender = people.gender.astype(np.int64)
    for itinerary, walk in walks.items():
        parts.append(_walked_in(arm, itinerary, walk, there, gender))
    return parts


def home_neighbourhood(arm: Simulation, there: Neighbourhoods) -> Array:
    """Neighbourhood (row, one past the last for none) that each person lives in, visitors in none (int64 (P,))."""
    people, places = arm.setting.people, arm.setting.network.places
    return np.where(people.resident, there.of_street[places.segment[people.home]], len(there.names))


def walked_by_neighbourhood(
    walk: DayWalk, streets: list[Any], of_street: Array, who: tuple[Array, int], count: int
) -> DayWalk:
    """The same walks added up by group (code of each person, and how many there are) and by neighbourhood.

    `cells` are int64 (24, groups, count, K).
    """
    kind = (
        np.int8 if count <= np.iinfo(np.int8).max else np.int16
    )  # of the kernel's two, that which is compiled already
    zone = of_street.astype(kind)
    return walk.again(*who, count).to_the_end([hour._replace(zone=zone) for hour in streets])


def _walked_in(arm: Simulation, itinerary: str, walk: DayWalk, there: Neighbourhoods, gender: Array) -> Columns:
    count = len(there.names) + 1
    ages = len(RISK_AGES)
    who = (gender * ages + RISK_AGE_OF_BAND[arm.setting.people.age_band], len(GENDERS) * ages)
    cells = walked_by_neighbourhood(walk, arm.streets, _told_of(arm, there), who, count + 1).cells[:, :, :count]
    by_age = cells.reshape(HOURS, len(GENDERS), ages, *cells.shape[2:])
    met = met_of(by_age).astype(np.float64)
    met[..., 0, :] *= np.moveaxis(arm.by_age[:, :, _BAND_OF_AGE], 0, -1)[None, :, :, None, :]
    sums = by_age.sum(axis=2)[:, :, :, None], met.sum(axis=2)[:, :, :, None]
    values = {name: value[..., 0] for name, value in walked_values(arm, walk, *sums).items()}
    out = np.zeros((len(arm.setting.people), count + 1), bool)
    walks = walk.walks
    moves = np.repeat(walks.kind != STAY, np.diff(walks.route_start))
    person = np.repeat(walks.person, np.diff(walks.route_start))[moves]
    out[person, _told_of(arm, there)[walks.route[moves]]] = True
    heads = _sizes(arm, np.nonzero(out[:, :count]), count)
    used = [f"{word}_s" for word in ("walking", "waiting", "staying")]
    kept = np.flatnonzero(np.any([values[name].ravel() for name in used], axis=0))
    hour, code, level = np.unravel_index(kept, (HOURS, len(GENDERS), count))
    columns = keys_of(itinerary, hour, (code, "walked_in", level), np.full(kept.size, _CORE), arm)
    columns |= {"agents": heads[0][code, level], "population": heads[1][code, level]}
    return columns | {name: value.ravel()[kept] for name, value in values.items()}


def _told_of(arm: Simulation, there: Neighbourhoods) -> Array:
    """As `of_street`, with the streets of the ring one further on, where nothing is told."""
    return np.where(arm.setting.network.streets.in_core, there.of_street, len(there.names) + 1)


def _trips(
    arm: Simulation, lengths: tuple[Array, Array], by: str, level: Array, levels: int, of_all: Array | None = None
) -> Columns:
    """Rows of trips; behind them stand those of a level (`of_all`, one a person), else who wishes for such a trip."""
    assert arm.chosen is not None
    person = arm.chosen.trips.person
    values = trip_values(arm, lengths, level, levels)
    if of_all is None:
        wishes = np.zeros((len(arm.setting.people), levels), bool)
        wishes[person, level] = True
        who: tuple[Array, ...] = np.nonzero(wishes)
    else:
        who = (np.arange(of_all.size), of_all)
    agents, population = _sizes(arm, who, levels)
    kept = np.flatnonzero(values["trips_planned"].ravel())
    hour, gender, code, zone = np.unravel_index(kept, (HOURS, len(GENDERS), levels, len(ZONES)))
    columns = keys_of("realised", hour, (gender, by, code), zone, arm)
    columns |= {"agents": agents[gender, code], "population": population[gender, code]}
    return columns | {name: value.ravel()[kept] for name, value in values.items()}


def _asked(arm: Simulation, answers: tuple[Array, Array], of_home: Array, count: int) -> Columns:
    rows, safe = answers
    people, network = arm.setting.people, arm.setting.network
    inside = network.streets.in_core[network.places.segment[people.home[rows]]]
    rows, safe = rows[inside], safe[inside]
    agents, population = _sizes(arm, (rows, of_home[rows]), count)
    cell = np.ravel_multi_index((people.gender[rows].astype(np.int64), of_home[rows]), (len(GENDERS), count))
    sure = np.bincount(cell, people.weight[rows] * safe, minlength=len(GENDERS) * count)
    gender, level = np.nonzero(agents)
    columns = keys_of(
        "asked", np.full(gender.size, ASKED_HOUR), (gender, "lives_in", level), np.full(gender.size, _CORE), arm
    )
    return columns | {
        "period": np.ones(gender.size, np.int64),  # asked as if dark
        "agents": agents[gender, level],
        "population": population[gender, level],
        "survey_respondents": population[gender, level],
        "survey_feel_safe": sure.reshape(agents.shape)[gender, level],
    }


def _sizes(arm: Simulation, who: tuple[Array, ...], levels: int) -> tuple[Array, Array]:
    """Agents and people that they stand for by gender and level (G, L), from people and the level of each."""
    person, level = who
    people, shape = arm.setting.people, (len(GENDERS), levels)
    cell = np.ravel_multi_index((people.gender[person].astype(np.int64), level), shape)
    size = shape[0] * levels
    counts = np.bincount(cell, minlength=size), np.bincount(cell, people.weight[person], minlength=size)
    return counts[0].reshape(shape), counts[1].reshape(shape)
