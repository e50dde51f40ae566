"""People that a user brings along: a ready table of persons, in which what is missing is drawn from margins."""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.city.zones import OLDEST_COUNTED
from simulator.errors import CityError
from simulator.foundation import draws
from simulator.foundation.categories import CARERS, DISABILITIES, GENDERS
from simulator.foundation.columns import Table, column
from simulator.people.margins import Rates, zone_of_homes
from simulator.people.strata import Oversampling, Roles, draw_roles

Array = np.ndarray[Any, Any]
MISSING = -1
FLAGS = ("wheelchair", "works", "night_worker", "student", "has_car", "can_afford_taxi", "newcomer")
ROLES = ("disability", "carer", *FLAGS)
"""What may be given of a person besides gender, age, home and weight."""


def _flag(meaning: str) -> Any:
    return column("int8", unit="code", meaning=f"{meaning}: 1 yes, 0 no, -1 not given", low=MISSING, high=1)


@dataclasses.dataclass(frozen=True)
class GivenIdentity(Table):
    """Who given persons are and where they live."""

    person_id: Array = column("int64", unit="key", meaning="stable key of the person", unique=True)
    gender: Array = column("int8", unit="code", meaning="gender", words=GENDERS)
    age: Array = column("int16", unit="years", meaning="age", low=10, high=OLDEST_COUNTED)
    resident: Array = column("bool", unit="yes/no", meaning="lives in the district")
    home: Array = column("int32", unit="index", meaning="home, or way in of a visitor; -1 not given", low=MISSING)
    zone: Array = column("int32", unit="index", meaning="zone of the home; -1 not given", low=MISSING)
    weight: Array = column("float64", unit="people", meaning="people stood for; 0 not given", low=0)


@dataclasses.dataclass(frozen=True)
class GivenPeople(GivenIdentity):
    """Persons as a user gave them, in the order of their keys; -1 stands for what was not given."""

    title: ClassVar[str] = "persons"
    disability: Array = column(
        "int8", unit="code", meaning=f"disability ({', '.join(DISABILITIES)}); -1 not given", low=MISSING, high=2
    )
    carer: Array = column(
        "int8", unit="code", meaning=f"looks after somebody ({', '.join(CARERS)}); -1 not given", low=MISSING, high=2
    )
    wheelchair: Array = _flag("uses a wheelchair")
    works: Array = _flag("has a job")
    night_worker: Array = _flag("has a job with evening or night shifts")
    student: Array = _flag("pupil or student")
    has_car: Array = _flag("drives, and has a car at hand")
    can_afford_taxi: Array = _flag("can pay a taxi")
    newcomer: Array = _flag("does not know the place well")

    @property
    def drawn(self) -> tuple[str, ...]:
        """What is not given of everybody, and drawn for those of whom it is missing."""
        missing = [name for name in ROLES if (getattr(self, name) == MISSING).any()]
        homes = ["home"] if (self.resident & (self.home < 0)).any() else []
        return (*homes, *(["weight"] if not self.weight.all() else []), *missing)


def roles_given(seed: int, given: GivenPeople, rates: Rates) -> Roles:
    """Roles of the persons: as given, else drawn by their gender and age, so that they fit what was given.

    A wheelchair means difficulty walking, shifts mean a job; who is given a job is not drawn a student, nor the other
    way round; who is given a disability of sight is not drawn a driver.
    """
    even = Oversampling(np.ones(len(GENDERS)), np.ones(len(GENDERS)))
    ages = np.minimum(given.age.astype(np.int64), rates.works.shape[1] - 1)
    drawn = draw_roles(seed, given.person_id, (given.gender.astype(np.int64), ages), rates, even)
    told = {name: getattr(given, name) for name in ROLES}
    values = {name: np.where(told[name] == MISSING, getattr(drawn, name), told[name]) for name in ROLES}
    disability = np.where((told["disability"] == MISSING) & (told["wheelchair"] == 1), 1, values["disability"])
    works, student = values["works"] == 1, values["student"] == 1
    shifts = told["night_worker"] == 1
    works = np.where(told["works"] == MISSING, shifts | (works & ~((told["student"] == 1) & student)), works)
    student = np.where(told["student"] == MISSING, student & ~works, student)
    return Roles(
        disability=disability,
        wheelchair=(values["wheelchair"] == 1) & (disability == DISABILITIES.index("walking")),
        carer=values["carer"],
        works=works,
        night_worker=(values["night_worker"] == 1) & works,
        student=student,
        has_car=(values["has_car"] == 1) & ((told["has_car"] == 1) | (disability != DISABILITIES.index("sight"))),
        can_afford_taxi=values["can_afford_taxi"] == 1,
        newcomer=values["newcomer"] == 1,
        factor=np.ones(len(given)),
    )


def homes_in_zones(seed: int, given: GivenPeople, network: StreetNetwork) -> Array:
    """Place of the home (int64) of those who were given a zone and no home: one of its homes, by size; -1 for others.

    Raises
    ------
    CityError
        If a zone has no homes.
    """
    chosen = np.full(len(given), MISSING, np.int64)
    homes = network.places_of("home")
    every = np.arange(len(network.zones))
    of_home = zone_of_homes(network, homes, every[~network.zones.is_core])
    of_home = np.append(every[~network.zones.is_core], -1)[of_home]
    wanted = given.resident & (given.home == MISSING) & (given.zone != MISSING)
    for zone in np.unique(given.zone[wanted]):
        doors = homes[of_home == zone]
        size = network.places.size[doors]
        if not size.sum() > 0:
            raise CityError(
                f"city {network.name}: nobody's home lies in zone {network.zones.zone[zone]}, in which persons live; "
                "give them another zone or place_id"
            )
        rows = np.flatnonzero(wanted & (given.zone == zone))
        spot = draws.uniform(seed, "home", given.person_id[rows]) * size.sum()
        chosen[rows] = doors[np.searchsorted(np.cumsum(size), spot).clip(0, doors.size - 1)]
    return chosen
