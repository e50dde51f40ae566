"""Who is there: residents and visitors by gender and age in years, each agent standing for a number of people.

The city fixes the population, `agents` how many stand for it. Gender and age follow the survey's margins; strata
(resident or visitor, by gender) are filled evenly over age, so that few agents still cover all ages.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from simulator import draws
from simulator.columns import Table, column
from simulator.errors import InputError
from simulator.evidence import Parameters
from simulator.network import StreetNetwork
from simulator.profiles import load_table
from simulator.results import AGE_BAND_FROM, AGE_BANDS, GENDERS

Array = np.ndarray[Any, Any]
OLDEST = 99
YOUNGEST = 10
"""Younger children do not walk alone here and are not simulated."""
LEAST_SHARE_OF_AGENTS = 0.0375
"""Agents kept for each gender, so that a small group has 300 among the default 8 000; weights make up for it."""
_ID_BLOCK = 100_000_000
DISABILITIES = ("none", "walking", "sight")
CARERS = ("no", "child", "older person")


@dataclasses.dataclass(frozen=True)
class People(Table):
    """Everybody simulated, residents first."""

    title: ClassVar[str] = "people"
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
    disability: Array = column("int8", unit="code", meaning="disability that bears on walking", words=DISABILITIES)
    wheelchair: Array = column("bool", unit="yes/no", meaning="uses a wheelchair: takes no steps")
    carer: Array = column("int8", unit="code", meaning="looks after somebody", words=CARERS)
    works: Array = column("bool", unit="yes/no", meaning="has a job")
    night_worker: Array = column("bool", unit="yes/no", meaning="has a job with evening or night shifts")
    student: Array = column("bool", unit="yes/no", meaning="pupil or student")
    has_car: Array = column("bool", unit="yes/no", meaning="drives, and has a car at hand")
    pays_taxi: Array = column("bool", unit="yes/no", meaning="can pay a taxi")
    newcomer: Array = column("bool", unit="yes/no", meaning="does not know the place well")


def age_bands_of(age: Array) -> Array:
    """Index of the reporting band (int8) of ages in years."""
    return (np.searchsorted(np.array(AGE_BAND_FROM), age, side="right") - 1).astype(np.int8)


def population_of(network: StreetNetwork, parameters: Parameters) -> tuple[float, float]:
    """Residents of 10 and over, and visitors on a working day, of the whole simulated area."""
    residents = float(network.places.size[network.places_of("home")].sum()) * parameters.share_10_and_over
    return residents, residents * parameters.visitors_per_resident


def make_people(network: StreetNetwork, parameters: Parameters, agents: int) -> People:
    """Draw the people: half of the agents residents, half visitors.

    Raises
    ------
    InputError
        If the city has no homes or no way in, or there are too few agents.
    """
    if agents < 100:
        raise InputError(f"people: {agents} agents found, expected at least 100 (2 000 or more for usable groups)")
    homes, ways_in = network.places_of("home"), _ways_in(network, parameters)
    living = float(network.places.size[homes].sum())
    if living <= 0 or not ways_in[0].size:
        found = f"found {living:.0f} residents in {homes.size} homes, and {ways_in[0].size} gateways and stops"
        raise InputError(f"city {network.name}: {found}; expected somebody who lives there and a way in")
    seed = parameters.seed
    parts = []
    for resident, people_there in zip((True, False), population_of(network, parameters), strict=True):
        ages = _age_shares(resident)
        shares = _gender_shares(ages, parameters.another_gender_share)
        counts = _allot(agents // 2 if resident else agents - agents // 2, shares)
        for gender in range(len(GENDERS)):
            key = _ID_BLOCK * (gender + len(GENDERS) * (not resident)) + np.arange(counts[gender])
            rank = (np.arange(counts[gender]) + 0.5) / counts[gender]
            part = _stratum(seed, key, gender, rank, ages)
            doors, pull = (homes, network.places.size[homes]) if resident else ways_in
            part["home"] = _choose(doors, pull, draws.uniform(seed, "home", key))
            part["resident"] = np.full(key.size, resident)
            part["weight"] = np.full(key.size, people_there * shares[gender] / counts[gender])
            part["speed_m_s"] = _speeds(gender, part["age"], draws.normal(seed, "speed", key), parameters)
            part |= _roles(seed, key, part["age"])
            parts.append(part)
    return People(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _stratum(seed: int, key: Array, gender: int, rank: Array, ages: Array) -> dict[str, Array]:
    age = np.searchsorted(np.cumsum(ages[gender]) / ages[gender].sum(), rank).clip(YOUNGEST, OLDEST)
    return {
        "person_id": key,
        "gender": np.full(key.size, gender),
        "age": age,
        "age_band": age_bands_of(age),
        "feeling": draws.normal(seed, "feeling", key),
        "willing": draws.normal(seed, "willing", key),
    }


def _roles(seed: int, key: Array, age: Array) -> dict[str, Array]:
    """Interim: replaced by the population synthesis (issue 5, point 1)."""
    luck = {
        name: draws.uniform(seed, name, key) for name in ("disability", "carer", "works", "night", "car", "taxi", "new")
    }
    works = (age >= 18) & (age < 65) & (luck["works"] < 0.65)
    old = np.where(age >= 65, 0.3, 0.08)
    disability = np.where(luck["disability"] < old, 1, 0) + (luck["disability"] < 0.2 * old)
    return {
        "disability": disability,
        "wheelchair": (disability == 1) & (luck["disability"] > 0.9 * old),
        "carer": np.where((age >= 25) & (age < 55) & (luck["carer"] < 0.4), 1, np.where(luck["carer"] > 0.93, 2, 0)),
        "works": works,
        "night_worker": works & (luck["night"] < 0.27),
        "student": (age < 18) | ((age < 25) & ~works),
        "has_car": (age >= 18) & (luck["car"] < 0.6),
        "pays_taxi": (age >= 18) & (luck["taxi"] < 0.6),
        "newcomer": luck["new"] < 0.1,
    }


def _age_shares(resident: bool) -> Array:
    """Shares (float64 (3, 100)) of people by gender and single year; another gender is the mean of the two.

    Residents follow the survey's population; visitors follow it times their visits to places away from home.
    """
    table = load_table("montpellier2014_population")
    shares = np.zeros((len(GENDERS), OLDEST + 1))
    for gender, low, high, share in zip(
        table["gender"], table["age_from"], table["age_to"], table["population_share"], strict=True
    ):
        years = np.arange(int(low), min(int(high), OLDEST) + 1)
        shares[GENDERS.index(gender), years] = float(share) / years.size
    if not resident:
        visits = load_table("montpellier2014_visits")
        rate = np.zeros((2, len(AGE_BANDS)))
        gender = np.array([GENDERS.index(word) for word in visits["gender"]])
        band = np.array([AGE_BANDS.index(word) for word in visits["age_band"]])
        np.add.at(rate, (gender, band), visits["visits_per_person"].astype(float))
        shares[:2] *= rate[:, age_bands_of(np.arange(OLDEST + 1))]
    shares[2] = shares[0] + shares[1]
    return shares


def _gender_shares(ages: Array, another: float) -> Array:
    women = ages[0].sum() / ages[:2].sum()
    return np.array([women * (1 - another), (1 - women) * (1 - another), another])


def _allot(agents: int, shares: Array) -> Array:
    """Agents a gender: by share, but none below its least share."""
    least = max(1, int(LEAST_SHARE_OF_AGENTS * agents))
    another = max(least, round(shares[2] * agents))
    women = round((agents - another) * shares[0] / (shares[0] + shares[1]))
    return np.array([women, agents - another - women, another])


def _ways_in(network: StreetNetwork, parameters: Parameters) -> tuple[Array, Array]:
    """Places at which visitors come in, and their pull."""
    gateways, stops = network.places_of("gateway"), network.places_of("stop")
    pull = [
        (1 - parameters.arrive_at_stop_share) * _normed(network.places.size[gateways]),
        parameters.arrive_at_stop_share * _normed(network.places.size[stops]),
    ]
    return np.concatenate([gateways, stops]), np.concatenate(pull)


def _normed(pull: Array) -> Array:
    return pull / pull.sum() if pull.any() else pull


def _choose(rows: Array, pull: Array, luck: Array) -> Array:
    edges = np.cumsum(pull)
    return rows[np.searchsorted(edges, luck * edges[-1]).clip(0, rows.size - 1)]


def _speeds(gender: int, age: Array, luck: Array, parameters: Parameters) -> Array:
    """Comfortable speed (m/s): mean by sex and decade of age, normal spread; under 20 as in the twenties."""
    table = load_table("walking_speed")
    means = np.zeros((2, OLDEST + 1))
    for word, low, high, mean in zip(
        table["gender"], table["age_from"], table["age_to"], table["mean_m_s"], strict=True
    ):
        means[GENDERS.index(word), int(low) : int(high) + 1] = float(mean)
    means[:, :20] = means[:, 20:21]
    mean = means[gender] if gender < 2 else means.mean(axis=0)
    return np.asarray(np.clip(mean[age] + luck * parameters.walking_speed_sd, 0.5, 2.2))
