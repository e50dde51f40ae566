"""A lived night as the map shows it: light, feeling and footfall by hour and street, and the walks that were made.

How safe a street feels is what somebody of a gender and age would feel there; it is no count of people. Footfall is of
everybody together. Of each walk the first and the last street are left out, so that no home can be seen.
"""

import dataclasses
from typing import Any

import numpy as np

from experiments.workshop.binary import pack
from experiments.workshop.city_body import origin_of
from simulator.city.network import StreetNetwork
from simulator.foundation.categories import AGE_GROUP_OF_BAND, AGE_GROUPS, GENDERS
from simulator.foundation.clock import HOURS
from simulator.kernels.walking import PASSED, WALK, fear_table, ways_ms
from simulator.simulation import Simulation

Array = np.ndarray[Any, Any]
MOST_LX, MOST_PEOPLE = 30.0, 3000.0
"""Ends of the scales of light and footfall: what is above has the colour of the end."""
FEELING, LIGHT, FOOTFALL = "feeling", "light", "footfall"
_TOP = 255
_FEWEST_STREETS = 3
"""Streets of the shortest walk that is shown."""


@dataclasses.dataclass(frozen=True)
class Walks:
    """Walks on foot, in compressed rows: of each entry of a street which, from which end, and when."""

    start: Array  # uint32 (W + 1,)
    street: Array  # int32 (E,): row of the street, below zero (-1 - row) if walked from its end to its start
    enters_s: Array  # float32 (E,): seconds since midnight of the day
    leaves_s: Array  # float32 (W,): when the last street that is shown is left
    gender: Array  # uint8 (W,)
    age: Array  # uint8 (W,): age group
    people: Array  # float32 (W,): how many people the walk stands for


@dataclasses.dataclass(frozen=True)
class Added:
    """Streets that measures add behind those of the city, as the page draws them."""

    start: Array  # uint32 (N + 1,): where the line of each begins
    line: Array  # float32 (V, 2): offsets from the middle of the city (m)
    length: Array  # float32 (N,)


NOTHING_ADDED = Added(np.zeros(1, np.uint32), np.zeros((0, 2), np.float32), np.zeros(0, np.float32))


@dataclasses.dataclass(frozen=True)
class NightSide:
    """One arm's measured day; S are the streets of the arm, those that its measures add behind the others.

    Attributes
    ----------
    light, footfall
        uint8 (24, S): codes of illuminance (minimum, lx) and people an hour, on logarithmic scales.
    feeling
        uint8 (9, 24, S): P(feel safe) of each gender and age group, 255 is one.
    people
        float64 (9,): people of each gender and age group in the population.
    dark
        float32 (24,): darkness by the sun.
    """

    light: Array
    footfall: Array
    feeling: Array
    people: Array
    dark: Array
    walks: Walks
    added: Added = NOTHING_ADDED

    def layer(self, name: str, gender: str = "all", age: str = "all") -> Array:
        """Codes (uint8 (24, S)) of a layer; feeling of several groups is their mean, weighted by their people.

        Raises
        ------
        KeyError
            If there is no such layer or group.
        """
        if name == LIGHT:
            return self.light
        if name == FOOTFALL:
            return self.footfall
        if name != FEELING:
            raise KeyError(name)
        rows = groups_of(gender, age)
        weight = self.people[rows]
        mean = np.tensordot(weight / weight.sum() if weight.sum() else weight, self.feeling[rows], axes=1)
        return np.asarray(np.rint(mean), np.uint8)

    def walks_body(self) -> bytes:
        """The walks as the page reads them."""
        return _body(self.walks)

    def added_body(self) -> bytes:
        """The added streets as the page reads them."""
        return _body(self.added)


def _body(told: Walks | Added) -> bytes:
    return pack({}, {field.name: getattr(told, field.name) for field in dataclasses.fields(told)})


def groups_of(gender: str, age: str) -> list[int]:
    """Rows of `NightSide.feeling` of a gender and an age group, each of which may be "all".

    Raises
    ------
    KeyError
        If there is no such gender or age group.
    """
    genders = [at for at, name in enumerate(GENDERS) if gender in ("all", name)]
    ages = [at for at in range(AGE_GROUPS) if age in ("all", str(at))]
    if not genders or not ages:
        raise KeyError(f"{gender}, {age}")
    return [one * AGE_GROUPS + other for one in genders for other in ages]


def coded(values: Array, most: float) -> Array:
    """Numbers from 0 to `most` on a logarithmic scale as codes from 0 to 255 (uint8); the page knows the same scale."""
    share = np.log1p(np.clip(values, 0, most)) / np.log1p(most)
    return np.asarray(np.rint(share * _TOP), np.uint8)


def side_of(arm: Simulation, city: StreetNetwork) -> NightSide:
    """What a lived arm looks like; its streets are those of the city, and behind them what measures add."""
    assert arm.walk is not None
    parts = arm.setting.class_parts
    feeling = np.empty((parts.shape[0], HOURS, len(arm.setting.network.streets)), np.uint8)
    for hour, streets in enumerate(arm.streets):
        unsafe = np.empty((parts.shape[0], streets.walk_m.size), np.float32)
        fear_table(streets, parts, unsafe)
        feeling[:, hour] = np.rint((1.0 - unsafe) * _TOP)
    people = arm.setting.people
    group = people.gender.astype(np.int64) * AGE_GROUPS + AGE_GROUP_OF_BAND[people.age_band]
    footfall = arm.walk.segments[:, :, PASSED] / float(arm.walk.unit)
    dark = arm.conditions.dark
    return NightSide(
        light=coded(arm.conditions.light_min_lx, MOST_LX),
        footfall=coded(footfall, MOST_PEOPLE),
        feeling=feeling,
        people=np.bincount(group, people.weight, minlength=parts.shape[0]),
        dark=np.asarray(dark, np.float32),
        walks=walks_of(arm),
        added=added_to(city, arm.setting.network),
    )


def added_to(city: StreetNetwork, network: StreetNetwork) -> Added:
    """What a network has behind the streets of a city."""
    count, first = len(city.streets), int(city.vertex_start[-1])
    if len(network.streets) == count:
        return NOTHING_ADDED
    return Added(
        (network.vertex_start[count:] - first).astype(np.uint32),
        (network.vertices[first:] - origin_of(city)).astype(np.float32),
        network.streets.length_m[count:].astype(np.float32),
    )


def walks_of(arm: Simulation) -> Walks:
    """The walks of a lived day without their first and last street."""
    assert arm.walk is not None
    day, walkers = arm.walk.walks, arm.walk.walkers
    size = np.diff(day.route_start)
    own = np.repeat(np.arange(size.size), size)
    pace = (walkers.pace[day.person] * day.slowed)[own]
    each = np.arange(day.route.size, dtype=np.int64)
    spent = ways_ms(arm.streets[0].walk_m, np.append(each, day.route.size), day.route, each, pace)
    total = np.concatenate([[0], np.cumsum(spent)])
    enters = day.start_ms[own] + total[:-1] - total[day.route_start[:-1]][own]
    place = each - day.route_start[:-1][own]
    kept = (day.kind == WALK) & (size >= _FEWEST_STREETS)
    shown = kept[own] & (place > 0) & (place < size[own] - 1)
    rows = np.flatnonzero(kept)
    last = day.route_start[rows + 1] - 2
    people = arm.setting.people
    return Walks(
        start=np.concatenate([[0], np.cumsum(size[rows] - 2)]).astype(np.uint32),
        street=np.where(_forward(arm, own), day.route, -1 - day.route)[shown].astype(np.int32),
        enters_s=(enters[shown] / 1000.0).astype(np.float32),
        leaves_s=((enters[last] + spent[last]) / 1000.0).astype(np.float32),
        gender=people.gender[day.person[rows]].astype(np.uint8),
        age=AGE_GROUP_OF_BAND[people.age_band[day.person[rows]]].astype(np.uint8),
        people=(day.weight[rows] / float(arm.walk.unit)).astype(np.float32),
    )


def _forward(arm: Simulation, own: Array) -> Array:
    """Whether each street of a route is walked from its start (bool): it ends where the next one begins or ends."""
    assert arm.walk is not None
    streets, route = arm.setting.network.streets, arm.walk.walks.route
    begins, ends = streets.from_junction[route], streets.to_junction[route]
    forward = np.ones(route.size, bool)
    if route.size > 1:
        goes_on = own[1:] == own[:-1]
        leaves = (ends[:-1] == begins[1:]) | (ends[:-1] == ends[1:])
        forward[:-1] = leaves | ~goes_on
    return forward


def hours_after_dark(dark: Array) -> list[int]:
    """Clock hours in which it is at least half dark."""
    return [hour for hour in range(HOURS) if dark[hour] >= 0.5]
