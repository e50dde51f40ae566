"""Who is there: residents and visitors, each agent standing for a number of people.

The city fixes the population, `agents` how many stand for it. Gender and age follow the city's population table by
zone, else the default country's; what people are besides (disability, carer, work, study, car ...) follows rates by
gender and age. Rare groups get more agents than their share, and weights make up for it.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.categories import AGE_BANDS, CARERS, DISABILITIES, GENDERS
from simulator.foundation.columns import Table, column
from simulator.people.given_people import GivenPeople, homes_in_zones, roles_given
from simulator.people.margins import (
    OLDEST,
    YOUNGEST,
    Rates,
    Residents,
    age_bands_of,
    rates_of,
    residents_of,
    visitor_ratio,
    visitors_of,
)
from simulator.people.speeds import comfortable_speed
from simulator.people.strata import Oversampling, Roles, ages_of, allocate_agents, draw_roles, keys_of, oversampling_of
from simulator.people.weights import margin_of_zones, margins_of, rake

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class PeopleIdentity(Table):
    """Who people are, where they live, and how they walk."""

    person_id: Array = column("int64", unit="key", meaning="stable key: stratum and number in it", unique=True)
    gender: Array = column("int8", unit="code", meaning="gender", words=GENDERS)
    age: Array = column("int16", unit="years", meaning="age", low=YOUNGEST, high=120)
    age_band: Array = column("int8", unit="code", meaning="age band for reporting", words=AGE_BANDS)
    resident: Array = column("bool", unit="yes/no", meaning="lives in the district")
    home: Array = column("int32", unit="index", meaning="place: home of residents, way in of visitors", low=0)
    weight: Array = column("float64", unit="people", meaning="people stood for", low=0)
    speed_m_s: Array = column("float64", unit="m/s", meaning="comfortable walking speed", low=0.3, high=2.5)
    feeling: Array = column("float64", unit="sd", meaning="person effect on feeling safe, standard normal")
    willing: Array = column("float64", unit="sd", meaning="person effect on willingness to detour, standard normal")


@dataclasses.dataclass(frozen=True)
class People(PeopleIdentity):
    """Everybody simulated, residents first."""

    title: ClassVar[str] = "people"
    disability: Array = column("int8", unit="code", meaning="disability that bears on walking", words=DISABILITIES)
    wheelchair: Array = column("bool", unit="yes/no", meaning="uses a wheelchair: takes no steps")
    carer: Array = column("int8", unit="code", meaning="looks after somebody", words=CARERS)
    works: Array = column("bool", unit="yes/no", meaning="has a job")
    night_worker: Array = column("bool", unit="yes/no", meaning="has a job with evening or night shifts")
    student: Array = column("bool", unit="yes/no", meaning="pupil or student")
    has_car: Array = column("bool", unit="yes/no", meaning="drives, and has a car at hand")
    can_afford_taxi: Array = column("bool", unit="yes/no", meaning="can pay a taxi")
    newcomer: Array = column("bool", unit="yes/no", meaning="does not know the place well")


def population_of(network: StreetNetwork, parameters: Parameters) -> tuple[float, float]:
    """Residents of 10 and over, and visitors on a working day, of the whole simulated area."""
    residents = residents_of(network, parameters)
    living = float(residents.people.sum())
    return living, living * visitor_ratio(network, residents, parameters)


def make_people(
    network: StreetNetwork, parameters: Parameters, agents: int, given: GivenPeople | None = None
) -> People:
    """Draw the people: half of the agents residents, half visitors; all residents where there is no way in.

    Parameters
    ----------
    given
        Persons of the user's own. They take the place of the residents, and of the visitors too if any are given.

    Raises
    ------
    InputError
        If nobody lives in the city, or there are too few agents.
    """
    if agents < 100:
        raise InputError(f"people: {agents} agents found, expected at least 100 (2 000 or more for usable groups)")
    residents, ways_in = residents_of(network, parameters), ways_into(network)
    living = float(residents.people.sum())
    if living <= 0:
        found = f"found {living:.0f} residents of 10 and over in {residents.homes.size} homes"
        raise InputError(f"city {network.name}: {found}, expected somebody who lives there")
    visitors = visitors_of(network, residents, parameters)
    some_come = bool(visitors.sum() > 0)
    rates = [rates_of(network.country, parameters, resident=resident) for resident in (True, False)]
    people = [residents.people.sum(axis=0), visitors]
    tilt = oversampling_of(list(zip(people, rates, strict=True))[: 2 if some_come else 1])
    if given is None:
        counts = allocate_agents(agents // 2 if some_come else agents, people[0])
        parts = [_part(parameters, counts, people[0], (rates[0], tilt), homes=(network, residents))]
    else:
        parts = [
            _given_part(network, parameters, given.take(given.resident == resident), told, residents)
            for resident, told in zip((True, False), rates, strict=True)
        ]
        parts[1]["home"] = np.where(parts[1]["home"] >= 0, parts[1]["home"], _way_in(parameters, ways_in, parts[1]))
        visitors = visitors * parts[0]["weight"].sum() / living
    if some_come and (given is None or given.resident.all()):
        coming = _part(parameters, allocate_agents(agents - agents // 2, visitors), visitors, (rates[1], tilt))
        parts = [parts[0], coming | {"home": _way_in(parameters, ways_in, coming)}]
    return People(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _way_in(parameters: Parameters, ways_in: tuple[Array, Array], coming: dict[str, Array]) -> Array:
    return _choose(*ways_in, draws.uniform(parameters.seed, "home", coming["person_id"]))


def _given_part(
    network: StreetNetwork, parameters: Parameters, given: GivenPeople, rates: Rates, residents: Residents
) -> dict[str, Array]:
    """Columns of the given residents, or visitors (whose home is -1 where they did not say how they come in)."""
    who = given.gender.astype(np.int64), np.minimum(given.age, OLDEST).astype(np.int64)
    part = described(parameters.seed, given.person_id, who, roles_given(parameters.seed, given, rates), parameters)
    home = np.where(given.home >= 0, given.home, homes_in_zones(parameters.seed, given, network))
    drawn, _ = homes_of(parameters.seed, given.person_id, who, residents, network.places.size[residents.homes])
    ratio = 1.0 if given.resident.any() else visitor_ratio(network, residents, parameters)
    total = float(residents.people.sum()) * ratio
    return part | {
        "resident": given.resident,
        "home": np.where(given.resident & (home < 0), drawn, home),
        "weight": np.where(given.weight > 0, given.weight, total / max(len(given), 1)),
    }


def _part(
    parameters: Parameters,
    counts: Array,
    people: Array,
    drawn_with: tuple[Rates, Oversampling],
    homes: tuple[StreetNetwork, Residents] | None = None,
) -> dict[str, Array]:
    """Columns of the residents (with their homes) or of the visitors (without)."""
    seed = parameters.seed
    key, stratum, number = keys_of(counts, resident=homes is not None)
    who = ages_of(stratum, number, people)
    rates, tilt = drawn_with
    roles = draw_roles(seed, key, who, rates, tilt)
    margins = margins_of(who, roles, people, rates)
    part = described(seed, key, who, roles, parameters)
    part["resident"] = np.full(key.size, homes is not None)
    if homes is not None:
        network, residents = homes
        part["home"], zone = homes_of(seed, key, who, residents, network.places.size[residents.homes])
        if residents.counted:
            margins.append(margin_of_zones(zone, residents.people.sum(axis=(1, 2))))
    start = (margins[0].people / np.maximum(counts, 1))[stratum] * roles.factor
    part["weight"] = rake(start, margins)
    return part


def described(
    seed: int, key: Array, who: tuple[Array, Array], roles: Roles, parameters: Parameters
) -> dict[str, Array]:
    """Columns of people that follow from their keys, gender, age and roles."""
    gender, age = who
    part = {name: value for name, value in roles._asdict().items() if name != "factor"}
    variate = draws.normal(seed, "speed", key)
    return part | {
        "person_id": key,
        "gender": gender,
        "age": age,
        "age_band": age_bands_of(age),
        "feeling": draws.normal(seed, "feeling", key),
        "willing": draws.normal(seed, "willing", key),
        "speed_m_s": comfortable_speed(who, (roles.disability, roles.wheelchair), variate, parameters),
    }


def homes_of(seed: int, key: Array, who: tuple[Array, Array], residents: Residents, size: Array) -> tuple[Array, Array]:
    """Place and zone of the home of each resident: a zone by the people of one's gender and age, a home by its size.

    Who is of a gender and age that nobody was counted of lives where most people do.
    """
    zones = residents.people.shape[0]
    held = np.bincount(residents.zone, weights=size, minlength=zones)
    cells = residents.people.reshape(zones, -1).T  # gender and age by zone
    running = np.cumsum(np.where(cells.sum(axis=1, keepdims=True) > 0, cells, held), axis=1)
    share = running / running[:, -1:] + np.arange(len(cells))[:, None]
    cell = who[0] * residents.people.shape[2] + who[1]
    spot = np.searchsorted(share.ravel(), draws.uniform(seed, "home zone", key) + cell, side="right")
    zone = (spot - cell * zones).clip(0, zones - 1)
    order = np.argsort(residents.zone, kind="stable")
    ends = np.cumsum(size[order])
    last = np.searchsorted(residents.zone[order], np.arange(zones), side="right") - 1
    begins = np.concatenate([[0.0], ends])[np.searchsorted(residents.zone[order], np.arange(zones))]
    spot = begins[zone] + draws.uniform(seed, "home", key) * held[zone]
    at = np.minimum(np.searchsorted(ends, spot, side="left"), last[zone])
    return residents.homes[order[at]], zone


def ways_into(network: StreetNetwork) -> tuple[Array, Array]:
    """Places at which visitors come in, and their pull: gateways by size, and stops of islands that have no gateway.

    Such stops together pull as much as their island's share of all streets by length.
    """
    places, streets = network.places, network.streets
    gateways, stops = network.places_of("gateway"), network.places_of("stop")
    island = network.islands[places.junction]
    stops = stops[~np.isin(island[stops], island[gateways])]
    metres = np.bincount(network.islands[streets.from_junction], weights=streets.length_m)
    beyond = metres[np.unique(island[stops])].sum() / metres.sum() if gateways.size else 1.0
    stops_pull = metres[island[stops]] / np.bincount(island[stops], minlength=metres.size)[island[stops]]
    pull = [(1.0 - beyond) * _normed(places.size[gateways]), beyond * _normed(stops_pull)]
    return np.concatenate([gateways, stops]), np.concatenate(pull)


def _normed(pull: Array) -> Array:
    return pull / pull.sum() if pull.any() else pull


def _choose(rows: Array, pull: Array, variate: Array) -> Array:
    edges = np.cumsum(pull)
    return rows[np.searchsorted(edges, variate * edges[-1]).clip(0, rows.size - 1)]
