"""Sums of a day by further groups of people: who lives there or comes, means, newcomers, age by disability, labels.

The full cross of everything that people are would be rows of one agent and would grow with every attribute. So the
day's walks are taken once more by the same kernel, in whole numbers, with *combinations that occur* in the place of
demographic groups; each grouping is then a sum over combinations. Everybody stands once in each grouping, so that
every grouping adds up to the same total, to the bit of the whole numbers. Labels and neighbourhoods are taken by
themselves, so that neither moves any other sum: people by the neighbourhood that they live in, crowds near homes and
open venues by that of the street.

Stays (traders, hosts, drivers, young people, rough sleepers) have rows of their own (`stays_felt`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from simulator.accounting.day_sums import outcomes, route_lengths
from simulator.accounting.groupings import home_neighbourhood
from simulator.accounting.stays_felt import stays_felt
from simulator.city.neighbourhoods import neighbourhoods_of
from simulator.foundation.categories import ELSEWHERE, GENDERS, INCIDENTS, RISK_AGE_OF_BAND, RISK_AGES, ZONES
from simulator.foundation.clock import HOURS
from simulator.kernels.walking import HAZARD, KINDS, SAFE, SHARE_UNIT, STAY, TIME, WAIT, WALK
from simulator.people.labels import Labels
from simulator.people.population import People
from simulator.results.schema import GROUP_VALUES as VALUES
from simulator.simulation import Simulation, exposure_unit
from simulator.travel.day_walk import DayWalk, outdoors
from simulator.travel.outcomes import ACCOMPANIED
from simulator.travel.vehicles import InVehicle, person_seconds, ridden

Array = np.ndarray[Any, Any]
_AGE_OF_BAND = np.array([0, 1, 2, 2, 2, 2, 3, 3])
"""Girls and boys apart from young adults, people of working age together."""
IN_CORE = tuple(at for at, zone in enumerate(ZONES) if zone.startswith("core"))
LIVES_IN = "lives in"
MET = tuple(f"incidents_{kind}" for kind in INCIDENTS)


class Grouping(NamedTuple):
    """One way to tell people apart."""

    name: str
    words: tuple[str, ...]
    level: Array
    """Row of `words` of each person, -1 for none (int64 (P,))."""


def groupings_of(people: People) -> list[Grouping]:
    """Every further way to tell people apart, and everybody together."""
    comes = np.where(people.works | people.student, 1, 2)
    older = RISK_AGE_OF_BAND[people.age_band]
    with_disability = (people.disability > 0).astype(np.int64)
    crossed = tuple(f"{age}, {word}" for age in RISK_AGES for word in ("no disability", "with a disability"))
    return [
        Grouping("everybody", ("all",), np.zeros(len(people), np.int64)),
        Grouping("here as", ("resident", "commuter", "other visitor"), np.where(people.resident, 0, comes)),
        Grouping("means", ("cannot pay a taxi", "can pay a taxi"), people.can_afford_taxi.astype(np.int64)),
        Grouping("familiarity", ("knows the place", "newcomer"), people.newcomer.astype(np.int64)),
        Grouping("age", ("10-15", "16-24", "25-64", "65 and over"), _AGE_OF_BAND[people.age_band]),
        Grouping("age and disability", crossed, 2 * older + with_disability),
    ]


class Combined(NamedTuple):
    """Combinations of gender, age group and all groupings that occur among some people."""

    of_person: Array
    gender: Array
    levels: Array
    """Level of each combination in each grouping (int64 (C, groupings))."""
    age_group: Array

    @classmethod
    def of(cls, people: People, groupings: list[Grouping]) -> "Combined":
        """Number the combinations."""
        age = RISK_AGE_OF_BAND[people.age_band]
        columns = np.stack([people.gender.astype(np.int64), age, *(one.level for one in groupings)], axis=1)
        distinct, of_person = np.unique(columns, axis=0, return_inverse=True)
        return cls(of_person.ravel(), distinct[:, 0], distinct[:, 2:], distinct[:, 1])

    def __len__(self) -> int:
        """How many combinations occur."""
        return int(self.gender.size)


def group_sums(
    arm: Simulation, frozen: DayWalk, rides: InVehicle, answers: Array, labels: Labels | None = None
) -> dict[str, Any]:
    """The sums of one measured day, JSON-able.

    Parameters
    ----------
    frozen
        The baseline's trips on this arm's streets.
    rides
        The rides of those trips.
    answers
        What residents say who are asked about the streets near home after dark.
    labels
        Labels of the user's own.

    Returns
    -------
    dict
        `rows`: for each grouping and level, gender and period (day, dark) agents, people and `GROUP_VALUES`;
        `out_by_hour`: by gender person-hours outdoors by clock hour; `mix`: by period the chance that two people who
        are out are of different gender or age group; `stays`: by kind, gender and period [person-hours, of them
        those that feel safe];
        `crowd_hours_near_homes`; `open_venue_hours`; `sides_by_neighbourhood`: both of them by neighbourhood, those of
        streets that lie in none too; empty where a city has none.
    """
    assert arm.walk is not None
    people, dark = arm.setting.people, arm.conditions.dark_hours
    periods = {"day": ~dark, "dark": dark}
    groupings = groupings_of(people)
    combined = Combined.of(people, groupings)
    own = _again(arm, arm.walk, combined)
    by_hour = combined_sums(arm, combined, own, (frozen, rides), answers)
    rows = _rows(people, groupings, combined, by_hour, periods)
    for grouping in _by_themselves(arm, labels):  # so that no other sum is added up in another order
        among = Combined.of(people, [grouping])
        sums = combined_sums(arm, among, _again(arm, arm.walk, among), (frozen, rides), answers)
        rows |= _rows(people, [grouping], among, sums, periods)
    return {
        "rows": rows,
        "out_by_hour": _out_by_hour(own, combined, arm),
        "mix": {period: _mix(own[hours], combined) for period, hours in periods.items()},
        "stays": stays_felt(arm, periods),
        "crowd_hours_near_homes": _number(crowd_hours_near_homes(arm).sum()),
        "open_venue_hours": _number(open_venue_hours(arm).sum()),
        "sides_by_neighbourhood": _sides(arm),
    }


def _by_themselves(arm: Simulation, labels: Labels | None) -> Iterator[Grouping]:
    """The user's own labels, and the neighbourhoods in which people live; visitors live in none."""
    if labels is not None and labels.words:
        yield Grouping("label", labels.words, labels.of(arm.setting.people.person_id))
    there = neighbourhoods_of(arm.setting.network)
    if there.names:
        yield Grouping(LIVES_IN, (*there.names, ELSEWHERE), home_neighbourhood(arm, there))


def _sides(arm: Simulation) -> dict[str, dict[str, float]]:
    """Crowds near homes and open venues by the neighbourhood of the street."""
    there = neighbourhoods_of(arm.setting.network)
    sides = {"crowd_hours_near_homes": crowd_hours_near_homes(arm), "open_venue_hours": open_venue_hours(arm)}
    names = (*there.names, ELSEWHERE) if there.names else ()
    return {
        side: {name: _number(of_street[there.of_street == at].sum()) for at, name in enumerate(names)}
        for side, of_street in sides.items()
    }


def _rows(
    people: People, groupings: list[Grouping], combined: Combined, by_hour: Array, periods: Mapping[str, Array]
) -> dict[str, Any]:
    """Sums by grouping, level, gender and period, behind the agents and people of each."""
    told: dict[str, Any] = {}
    for at, grouping in enumerate(groupings):
        told[grouping.name] = {}
        for level, word in enumerate(grouping.words):
            told[grouping.name][word] = {}
            for code, gender in enumerate(GENDERS):
                of = (combined.levels[:, at] == level) & (combined.gender == code)
                who = (grouping.level == level) & (people.gender == code)
                heads = [int(who.sum()), _number(people.weight[who].sum())]
                told[grouping.name][word][gender] = {
                    period: heads + [_number(one) for one in by_hour[hours][:, of].sum(axis=(0, 1))]
                    for period, hours in periods.items()
                }
    return told


def combined_sums(
    arm: Simulation, combined: Combined, own: Array, frozen: tuple[DayWalk, InVehicle], answers: Array
) -> Array:
    """Every value by clock hour and combination, in the core (float64 (24, C, VALUES)); `own` as `_again` gives it."""
    assert arm.walk is not None
    assert arm.levels is not None
    sums = np.zeros((HOURS, len(combined), len(VALUES)))
    walk, rides = frozen
    cells = own if walk is arm.walk else _again(arm, walk, combined)
    seconds = person_seconds(walk.unit)
    for kind, name in ((WALK, "walking"), (WAIT, "waiting")):
        part = np.split(cells, KINDS, axis=-1)[kind]
        sums[..., VALUES.index(f"{name}_s")] = part[..., TIME] / seconds
        sums[..., VALUES.index(f"{name}_safe_s")] = part[..., SAFE] / (seconds * SHARE_UNIT)
    walkers = arm.setting.walkers._replace(cell=combined.of_person.astype(np.int32))
    aboard = ridden(rides, walkers, arm.streets[0].zone, len(combined))[..., list(IN_CORE)].sum(axis=-1) / seconds
    sums[..., VALUES.index("aboard_s")] = aboard
    sums[..., VALUES.index("aboard_safe_s")] = aboard * feels_safe_aboard(arm)[:, combined.gender]
    band = np.array([np.flatnonzero(age == RISK_AGE_OF_BAND)[0] for age in combined.age_group])
    factor = arm.by_age[:, combined.gender, band]
    moving = np.sum(np.split(own, KINDS, axis=-1)[:STAY], axis=0)
    for kind, name in enumerate(MET):
        level = arm.levels[kind][combined.gender] * factor[kind] / exposure_unit(arm.walk)
        sums[..., VALUES.index(name)] = moving[..., HAZARD + kind] * level
    for name, hour, combination, amount in (*_trips(arm, combined), *_asked(arm, combined, answers)):
        np.add.at(sums[..., VALUES.index(name)], (hour, combination), amount)
    return sums


def feels_safe_aboard(arm: Simulation) -> Array:
    """Share of people who feel safe in a vehicle by clock hour and gender (float64 (24, G)), between day and dark."""
    parameters, dark = arm.setting.parameters, arm.conditions.dark[:, None].astype(np.float64)
    mix = parameters.another_gender_mix
    told = []
    for when in ("day", "dark"):
        women, men = parameters[f"aboard_unsafe_{when}_women"], parameters[f"aboard_unsafe_{when}_men"]
        told.append(1.0 - np.array([women, men, mix * women + (1.0 - mix) * men]))
    usual = np.asarray(told[0] + dark * (told[1] - told[0]))
    return usual + (1.0 - usual) * arm.conditions.offers.reassured


def _number(value: Any) -> float:
    """A number with twelve figures, so that a manifest stays small."""
    return float(f"{float(value):.12g}")


def _again(arm: Simulation, walk: DayWalk, combined: Combined) -> Array:
    """A day's walks added up by hour and combination in the core (int64 (24, C, K))."""
    again = walk.again(combined.of_person, len(combined), len(ZONES))
    return np.asarray(again.to_the_end(arm.streets).cells[:, :, list(IN_CORE)].sum(axis=2))


Amounts = Iterator[tuple[str, Array, Array, Array]]
"""Name of a value, then hour, combination and amount of each entry."""


def _trips(arm: Simulation, combined: Combined) -> Amounts:
    """Trips that begin in the core, by wished hour; companions' time is one person's, there and back.

    That a share of companions goes back alone, in the time that the way there took, is an assumption; the others stay
    or were going there. Nobody knows who the companions are: the gender told is that of those who are accompanied.
    """
    assert arm.chosen is not None
    chosen, people = arm.chosen, arm.setting.people
    trips, network = chosen.trips, arm.setting.network
    length, shortest = route_lengths(arm)
    inside = network.streets.in_core[network.places.segment[trips.origin]]
    person = trips.person[inside]
    hour, combination, weight = trips.hour[inside].astype(np.int64), combined.of_person[person], people.weight[person]
    detour_m = (length - shortest)[inside]
    outcome = outcomes(chosen, length - shortest, arm.setting.parameters)[inside]
    made = chosen.made[inside]
    there = weight * (made & (outcome == ACCOMPANIED)) * chosen.taken_ms[inside] / 1000.0
    amounts = {
        "trips_planned": weight,
        "trips_not_made": weight * (1.0 - chosen.probability_made[trips.tour[inside]]),
        "trips_made": weight * made,
        "companion_s": there,
        "companion_back_s": arm.setting.parameters.companion_back_share * there,
        "detour_s": weight * detour_m / people.speed_m_s[person],
    }
    for name, amount in amounts.items():
        yield name, hour, combination, amount


def _asked(arm: Simulation, combined: Combined, answers: Array) -> Amounts:
    """Residents of the core who are asked about the streets near home, as if dark: in an hour that is dark."""
    setting, people = arm.setting, arm.setting.people
    rows, network = setting.asked.rows, setting.network
    inside = network.streets.in_core[network.places.segment[people.home[rows]]]
    rows, safe = rows[inside], answers[inside]
    hour = np.full(rows.size, int(np.argmax(arm.conditions.dark)))
    yield "asked", hour, combined.of_person[rows], people.weight[rows]
    yield "asked_safe", hour, combined.of_person[rows], people.weight[rows] * safe


def _out_by_hour(own: Array, combined: Combined, arm: Simulation) -> dict[str, list[float]]:
    out = _outdoors(own) / (arm.setting.person_unit * 3_600_000.0)
    return {
        gender: [_number(one) for one in out[:, combined.gender == code].sum(axis=1)]
        for code, gender in enumerate(GENDERS)
    }


def _outdoors(own: Array) -> Array:
    """Time walked, waited and stayed by hour and combination, as counted."""
    return np.sum([part[..., TIME] for part in np.split(own, KINDS, axis=-1)], axis=0)


def _mix(own: Array, combined: Combined) -> float | None:
    """Chance that two people out, met at random, differ in gender or age group (Simpson's index); None without any."""
    group = combined.gender * len(RISK_AGES) + combined.age_group
    out = np.bincount(group, _outdoors(own).sum(axis=0), minlength=len(GENDERS) * len(RISK_AGES))
    return 1.0 - float(((out / out.sum()) ** 2).sum()) if out.sum() > 0 else None


NIGHT = (22, 23, 0, 1, 2, 3, 4, 5)
"""Clock hours that count as night for those who want to sleep: 22 to 6."""


def open_venue_hours(arm: Simulation) -> Array:
    """Hours by night (22 to 6) that nightlife venues of the core are open, by street (float64 (S,)).

    One an open venue and clock hour: what an earlier closing hour takes from venues, in the unit that jobs and takings
    go by; neither is priced.
    """
    network = arm.setting.network
    venues = network.places_of("nightlife")
    segment = network.places.segment[venues]
    open_h = arm.conditions.open_at[list(NIGHT)][:, venues].sum(axis=0) * network.streets.in_core[segment]
    return np.bincount(segment, open_h, minlength=len(network.streets))


def crowd_hours_near_homes(arm: Simulation) -> Array:
    """Person-hours by night of people out where drinking goes on, by street of the core that homes look on.

    A stand-in for noise and for nothing else: people outdoors times the share of a full nightlife frontage there. How
    loud they are, what walls keep out and who sleeps is not modelled. float64 (S,).
    """
    assert arm.walk is not None
    streets = arm.setting.network.streets
    heard = streets.in_core & (streets.overlooking_residents > 0)
    hours = outdoors(arm.walk)[list(NIGHT)] / (arm.walk.unit * 3_600_000.0)
    return np.asarray((hours * arm.conditions.nightlife[list(NIGHT)] * heard).sum(axis=0))
