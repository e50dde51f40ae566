"""Margins of the population: who lives in which zone by gender and age, and how many of them work, care, drive.

Residents by zone, gender and single year of age come from the city's population table where it has one, else from the
default country's structure (`profiles/montpellier2014_population.csv`). Rates of attributes by gender and age come from
`profiles/montpellier2014_roles.csv` and `profiles/margins.csv`; a draw scales those that are borrowed.
"""

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from simulator.city.network import StreetNetwork
from simulator.city.zones import COUNTED_GENDERS
from simulator.errors import InputError
from simulator.evidence.parameters import Parameters
from simulator.evidence.profiles import load_table
from simulator.foundation.categories import AGE_BAND_FROM, AGE_BANDS, GENDERS

Array = np.ndarray[Any, Any]
OLDEST = 99
YOUNGEST = 10
"""Younger children do not walk alone here and are not simulated."""
ADULT = 18
"""Age from which people drive and pay for taxis."""
YEARS = OLDEST + 1
_MOST = 0.97
"""No rate is scaled beyond this: some of every group do without."""


class Residents(NamedTuple):
    """Who lives where.

    Parameters
    ----------
    homes
        Rows of the places that are homes (H,).
    zone
        Zone of each home (int64 (H,)), a row of `people`.
    people
        Residents of 10 and over by zone, gender and single year of age (float64 (Z, 3, 100)).
    counted
        Whether a population table of the city says so.
    """

    homes: Array
    zone: Array
    people: Array
    counted: bool


@dataclasses.dataclass(frozen=True)
class Rates:
    """Shares of people by gender and single year of age (float64 (3, 100) each), and shares of all.

    Parameters
    ----------
    works, studies
        Exclude each other; who does neither is retired, looks for work or is at home.
    night
        Of those who work, by gender (3,).
    walking, sight
        Disabilities, the first where both hold; `wheelchair` of those who have difficulty walking.
    child, older
        Carers, the first where both hold.
    car
        Of everybody who sees well enough to drive.
    taxi
        Of adults.
    """

    works: Array
    studies: Array
    night: Array
    walking: Array
    sight: Array
    wheelchair: float
    child: Array
    older: Array
    car: Array
    taxi: float
    newcomer: float


def age_bands_of(age: Array) -> Array:
    """Index of the reporting band (int8) of ages in years."""
    return (np.searchsorted(np.array(AGE_BAND_FROM), age, side="right") - 1).astype(np.int8)


def residents_of(network: StreetNetwork, parameters: Parameters) -> Residents:
    """Residents of 10 and over of the whole simulated area: as many as homes hold, of the ages that were counted."""
    homes = network.places_of("home")
    size = network.places.size[homes]
    if not len(network.population):
        shares = _with_another(country_structure(), parameters.another_gender_share)
        people = float(size.sum()) * parameters.share_10_and_over * shares / shares.sum()
        return Residents(homes, np.zeros(homes.size, np.int64), people[None], counted=False)
    counted, people = _counted_structure(network, parameters.another_gender_share)
    zone = zone_of_homes(network, homes, counted)
    held = np.bincount(zone, weights=size, minlength=len(people))
    return Residents(homes, zone, people * held[:, None, None], counted=True)


def _counted_structure(network: StreetNetwork, another: float) -> tuple[Array, Array]:
    """Zones that were counted, and for each of them, and for all together, shares of all its people (Z + 1, 3, 100)."""
    table = network.population
    counted, row = np.unique(table.zone, return_inverse=True)
    shape = country_structure(from_birth=True)
    people = np.zeros((counted.size, len(GENDERS), YEARS))
    everybody = COUNTED_GENDERS.index("all")
    for at in range(len(table)):  # rows of a table, some thousands at most: not people
        genders = np.array([0, 1] if table.gender[at] == everybody else [table.gender[at]], np.int64)
        years = np.arange(min(table.age_from[at], OLDEST), min(table.age_until[at], OLDEST) + 1)
        pull = shape[np.ix_(genders, years)] + 1e-12  # nobody that old in the survey: evenly
        people[row[at]][np.ix_(genders, years)] += table.people[at] * pull / pull.sum()
    total = people.sum(axis=(1, 2))
    if not (table.gender == COUNTED_GENDERS.index("another")).any():
        people[:, 2] = another * (people[:, 0] + people[:, 1])
        people[:, :2] *= 1.0 - another
    people = np.concatenate([people, people.sum(axis=0, keepdims=True)])
    total = np.append(total, total.sum())
    people[:, :, :YOUNGEST] = 0.0
    return counted, people / np.where(total > 0, total, 1.0)[:, None, None]


def zone_of_homes(network: StreetNetwork, homes: Array, counted: Array) -> Array:
    """Row of `counted` in which the street of each home mostly lies; the row after the last where in none of them."""
    within = network.zone_streets
    known = np.isin(within.zone, counted)
    rows = np.flatnonzero(~network.zones.is_core[within.zone] | known)
    order = rows[np.lexsort((within.zone[rows], ~known[rows], -within.share[rows], within.segment[rows]))]
    first = np.ones(order.size, bool)
    first[1:] = np.diff(within.segment[order]) != 0
    mostly = order[first]
    zone_of_segment = np.full(len(network.streets), counted.size)
    place = np.searchsorted(counted, within.zone[mostly])
    zone_of_segment[within.segment[mostly]] = np.where(known[mostly], place, counted.size)
    return np.asarray(zone_of_segment[network.places.segment[homes]])


def country_structure(*, from_birth: bool = False) -> Array:
    """Shares (float64 (3, 100)) of people by gender and single year of age; another gender as women and men together.

    Parameters
    ----------
    from_birth
        Whether to add children under 10, in each year as many as at 10 to 14: the survey did not ask them.
    """
    table = load_table("montpellier2014_population")
    shares = np.zeros((len(GENDERS), YEARS))
    for gender, low, high, share in zip(
        table["gender"], table["age_from"], table["age_to"], table["population_share"], strict=True
    ):
        years = np.arange(int(low), min(int(high), OLDEST) + 1)
        shares[GENDERS.index(gender), years] = float(share) / years.size
    if from_birth:
        shares[:, :YOUNGEST] = shares[:, YOUNGEST : YOUNGEST + 1]
    shares[2] = shares[0] + shares[1]
    return shares


def visitor_ratio(network: StreetNetwork, residents: Residents, parameters: Parameters) -> float:
    """Visitors on a working day per resident of 10 and over, by the size and the kind of the area; 0 without a way in.

    `visitors_per_resident` is that of a small central district. It is cut down in two ways, both assumptions of ours:

    - by size: who comes from outside crosses the edge of the area, and edge per area falls with the square root of the
      area (km2, of the convex hull of the streets) above `visitors_area_km2`;
    - by kind: with fewer jobs per resident than `visitors_jobs_per_resident` fewer people come, in proportion, but not
      fewer than the share `visitors_without_jobs_share`: guests, deliveries, people passing through.
    """
    if not network.places_of("gateway").size and not network.places_of("stop").size:
        return 0.0
    return parameters.visitors_per_resident * centrality(network, float(residents.people.sum()), parameters)


def centrality(network: StreetNetwork, living: float, parameters: Parameters) -> float:
    """How much an area is a small centre (over 0, to 1): what visitors per resident are cut down by; see there.

    Parameters
    ----------
    living
        Residents of 10 and over.
    """
    places = network.places
    jobs_per_resident = float(places.size[network.places_of("work")].sum()) / max(living, 1.0)
    by_size = min(1.0, math.sqrt(parameters.visitors_area_km2 / max(area_km2(network), 1e-9)))
    by_kind = min(1.0, jobs_per_resident / parameters.visitors_jobs_per_resident)
    by_kind = max(parameters.visitors_without_jobs_share, by_kind)
    return by_size * by_kind


def area_km2(network: StreetNetwork) -> float:
    """Area (km2) of the convex hull of all junctions; 0 where they lie on one line."""
    try:
        hull = ConvexHull(np.column_stack([network.junctions.x_m, network.junctions.y_m]))
    except QhullError:
        return 0.0
    return float(hull.volume) / 1e6  # in the plane, Qhull's volume is the area


def visitors_of(network: StreetNetwork, residents: Residents, parameters: Parameters) -> Array:
    """Visitors on a working day by gender and age (float64 (3, 100)): the country's people by their visits."""
    visits = load_table("montpellier2014_visits")
    rate = np.zeros((2, len(AGE_BANDS)))
    gender = np.array([GENDERS.index(word) for word in visits["gender"]])
    band = np.array([AGE_BANDS.index(word) for word in visits["age_band"]])
    np.add.at(rate, (gender, band), visits["visits_per_person"].astype(float))
    shares = country_structure()
    shares[:2] *= rate[:, age_bands_of(np.arange(YEARS))]
    shares = _with_another(shares, parameters.another_gender_share)
    return shares / shares.sum() * float(residents.people.sum()) * visitor_ratio(network, residents, parameters)


def _with_another(shares: Array, another: float) -> Array:
    """Women and men as they are, and a share of everybody of another gender, with the ages of both."""
    both = shares[0] + shares[1]
    return np.stack([shares[0] * (1.0 - another), shares[1] * (1.0 - another), both * another])


def rates_of(country: str, parameters: Parameters, *, resident: bool) -> Rates:
    """Rates of one draw: those that are borrowed are scaled by what the draw says."""
    roles = load_table("montpellier2014_roles")
    works, studies, drives = (_by_age(roles, roles[f"{name}_share"]) for name in ("works", "studies", "drives"))
    sight = _scaled(margin("sight", country), parameters.disability_sight_level)
    child = _scaled(margin("child", country), parameters.carers_child_level)
    walking = _scaled(margin("walking", country), parameters.disability_walking_level)
    drives = _scaled(drives, parameters.car_over_drivers)
    drives[:, :ADULT] = 0.0
    workers = (country_structure() * works)[:2].sum(axis=1)
    men = parameters.night_worker_men_share
    night = parameters.night_worker_share * workers.sum() * np.array([1.0 - men, men]) / workers
    return Rates(
        works=works,
        studies=studies,
        night=np.clip(np.append(night, night.mean()), 0.0, _MOST),
        walking=walking,
        sight=sight * (1.0 - walking),
        wheelchair=parameters.wheelchair_share,
        child=child,
        older=_scaled(margin("older", country), parameters.carers_older_level) * (1.0 - child),
        car=drives,
        taxi=parameters.pays_taxi_share,
        newcomer=parameters.newcomer_share_residents if resident else parameters.newcomer_share_visitors,
    )


def margin(attribute: str, country: str) -> Array:
    """Shares (float64 (3, 100)) of an attribute by gender and age: the country's own, else those of the first listed.

    Raises
    ------
    InputError
        If the table has no such attribute.
    """
    table = load_table("margins")
    rows = np.flatnonzero(table["attribute"] == attribute)
    if not rows.size:
        known = ", ".join(sorted(set(table["attribute"])))
        raise InputError(f"margins: found no attribute {attribute!r}, expected one of {known}")
    own = table["country"][rows] == country
    rows = rows[own] if own.any() else rows[table["country"][rows] == table["country"][rows[0]]]
    return _by_age({name: column[rows] for name, column in table.items()}, table["share"][rows])


def _by_age(table: Any, share: Array) -> Array:
    """A column of shares by gender and span of ages as (3, 100); another gender is the mean of women and men."""
    rates = np.zeros((len(GENDERS), YEARS))
    for gender, low, high, value in zip(table["gender"], table["age_from"], table["age_to"], share, strict=True):
        rates[GENDERS.index(gender), int(low) : int(high) + 1] = value
    rates[2] = (rates[0] + rates[1]) / 2
    return rates


def _scaled(shares: Array, level: float) -> Array:
    return np.minimum(shares * level, np.maximum(shares, _MOST))
