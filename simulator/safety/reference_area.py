"""A small drawn district, on which published totals are taken apart into a direct effect and what people do.

::

      main street: lit, venues, way round of `reference_way_round` metres
    M ================================================================== M
    |                                                                    |
    A ------------------------------------------------------------------ B
      quiet street: dark, `reference_street` metres, where the measure is

Two streets, walls between them, a day of twelve hours of light (06:00 to 18:00) and twelve of darkness. People go
from A to B, or stay at home by the minutes that feel unsafe. A share `reference_bound_share` of them live or have to do
on the quiet street and cannot avoid it, as in the areas whose streets were relit one and all; the rest choose between
both streets as in the city, by their own willingness to go round. Others keep to the main street. All choices have
closed forms, so that nothing is drawn and no number depends on a shipped city. Footfall and fear feed each other until
they agree.

A published rate ratio compares incidents counted before and after on the streets that were treated: it holds the
direct effect and everything that people did about it. The direct ratio is therefore

    direct = drawn total / feedback,    feedback = hazard met after / hazard met before, without the direct ratio

by type and by day and night; hazard is nobody's reason to go or stay, so that feedback does not depend on it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtr

from simulator.city.conditions import GUARDIANS, HAZARDS, Conditions
from simulator.city.transit import Supply
from simulator.evidence.parameters import Parameters, once_a_draw
from simulator.evidence.profiles import load_table
from simulator.foundation.clock import HOURS
from simulator.safety.perception import Perception, crowd_score, solve_perception, street_score
from simulator.safety.presence import presence_ratio

Array = np.ndarray[Any, Any]
QUIET, MAIN = 0, 1
"""Rows of the two streets."""
DARK = np.array([not 6 <= hour < 18 for hour in range(HOURS)])
"""Whether each clock hour is fully dark; the others are full daylight."""
NIGHTLIFE_HOURS = (18, 19, 20, 21, 22, 23, 0, 1, 2, 3)
AGES = (25.0, 49.5, 74.0)
"""Years of age of the walkers, women and men in equal parts."""
ROUNDS = 60


class Footfall(NamedTuple):
    """Who is on the two streets once footfall and fear agree."""

    people: Array  # float64 (24, 2): mean number of people on each street
    nobody: Array  # float64 (24, 2): probability that nobody is in view
    crowding: Array  # float64 (24, 2): share of a full crowd in view


def reference_streets(parameters: Parameters) -> Conditions:
    """The two streets without any measure."""
    shape = (HOURS, 2)
    minimum = np.tile(np.array([parameters.reference_dark_min, parameters.reference_lit_min], np.float32), (HOURS, 1))
    venues = np.zeros(shape, np.float32)
    venues[:, MAIN] = parameters.reference_frontage
    nightlife = np.zeros(shape, np.float32)
    nightlife[list(NIGHTLIFE_HOURS), MAIN] = parameters.reference_frontage
    return Conditions(
        light_min_lx=minimum,
        light_mean_lx=5.0 * minimum,
        frontage=venues,
        nightlife=nightlife,
        overlooking=np.full(2, 1.0 - np.exp(-1.0), np.float32),
        visibility=np.zeros(2, np.float32),
        condition=np.zeros(2, np.float32),
        guardians=np.zeros((len(GUARDIANS), *shape), np.float32),
        eased=np.zeros(shape, np.float32),
        hazard_ratio=np.ones((len(HAZARDS), *shape), np.float32),
        dark=DARK.astype(float),
        treated=np.zeros(2, bool),
        supply=Supply.none(),
        open_at=np.zeros((HOURS, 0), bool),
    )


def settled_footfall(conditions: Conditions, parameters: Parameters) -> Footfall:
    """Footfall on the two streets, from empty streets on until it agrees with the fear that it gives rise to."""
    perception = solve_perception(parameters)
    wished = parameters.reference_walkers * load_table("street_assault_hours")["walking_share"]
    passing = parameters.reference_passers * load_table("street_assault_hours")["walking_share"]
    minutes = np.array([parameters.reference_street, parameters.reference_way_round]) / parameters.reference_speed / 60
    people, flags = np.zeros((HOURS, 2)), (np.zeros(2, bool), np.zeros(2, bool))
    scores = [street_score(perception, conditions, flags, hour) for hour in range(HOURS)]
    for _ in range(ROUNDS):
        fear = _fear(conditions, perception, scores, people)
        on_quiet, on_main = _walking(fear, perception, parameters)
        people = np.stack([wished * on_quiet, wished * on_main + passing], axis=1) * minutes / 60.0
    return Footfall(people, np.exp(-people), perception.crowding(people))


def hazard_exposure(conditions: Conditions, parameters: Parameters, street: int = QUIET) -> Array:
    """Expected incidents on one street by day and by night, in any unit that is the same for both (3, 2).

    Darkness is the same in all hours of one period, so that it falls out of every ratio and is left out.
    """
    return _hazard_met(conditions, settled_footfall(conditions, parameters), parameters, street)


def solve_direct(
    parameters: Parameters, change: Callable[[Conditions], Conditions], totals: Array, street: int = QUIET
) -> Array:
    """Direct ratios by type, by day and by night (float64 (3, 2)), with which the published totals come out.

    Parameters
    ----------
    change
        What the measure does to the streets but for its direct ratio.
    totals
        Published or drawn ratio of incidents on the treated street (3, 2): by day, by night.
    street
        The treated street: `QUIET` or `MAIN`.
    """
    before = reference_streets(parameters)
    met = [hazard_exposure(one, parameters, street) for one in (before, change(before))]
    return np.asarray(totals * met[0] / met[1])


@once_a_draw
def presence_by_hour(parameters: Parameters) -> Array:
    """Mean over walkers of what people around do to hazard, by clock hour of the reference district (24,).

    Incidents by hour hold it already, so the multiplier of an hour is taken net of it.
    """
    streets = reference_streets(parameters)
    footfall = settled_footfall(streets, parameters)
    ratio = np.array([_presence(streets, footfall, parameters, hour) for hour in range(HOURS)])
    return np.asarray((ratio * footfall.people).sum(axis=1) / footfall.people.sum(axis=1))


@once_a_draw
def hour_multiplier(parameters: Parameters) -> Array:
    """Hazard by clock hour net of footfall, darkness and people around (24,), as far as it is believed.

    The table is incidents over walking and darkness in one city; what is left once isolation, guardianship and the
    closing crowd are taken out as well is raised to `hour_shape_weight`, between not believed (0) and believed (1).
    """
    table = load_table("street_assault_hours")
    shape = np.ones(HOURS)
    shape[table["hour"].astype(int)] = table["hour_multiplier"]
    return np.asarray((shape / presence_by_hour(parameters)) ** parameters.hour_shape_weight)


def _hazard_met(conditions: Conditions, footfall: Footfall, parameters: Parameters, street: int) -> Array:
    met = np.zeros((len(HAZARDS), 2))
    shape = hour_multiplier(parameters)
    for hour in range(HOURS):
        presence = _presence(conditions, footfall, parameters, hour)[street]
        ratio = conditions.hazard_ratio[:, hour, street].astype(np.float64)
        met[:, int(DARK[hour])] += shape[hour] * presence * footfall.people[hour, street] * ratio
    return met


def _presence(conditions: Conditions, footfall: Footfall, parameters: Parameters, hour: int) -> Array:
    closing = conditions.dark[hour] * conditions.nightlife[hour]
    return presence_ratio(parameters, footfall.nobody[hour], footfall.crowding[hour], closing)


def _fear(conditions: Conditions, perception: Perception, scores: list[Array], people: Array) -> Array:
    """P(feel unsafe) by hour, class of walkers and street (float64 (24, 6, 2)), with the model's own formula."""
    from simulator.kernels.walking import Streets as HourStreets  # here, because to check a case needs no kernels
    from simulator.kernels.walking import fear_table

    own = np.array([(gender, perception.level_at(gender, age)) for gender in (0, 1) for age in AGES])
    fear = np.empty((HOURS, len(own), 2), np.float32)
    for hour in range(HOURS):
        dark = conditions.dark[hour]
        streets = HourStreets(
            walk_m=np.ones(2),
            score=scores[hour],
            crowd=crowd_score(perception, conditions, people[hour], hour),
            alone=dark * perception.alone,
            nobody=np.exp(-people[hour]),
            unlit=np.zeros(2, bool),
            hazard=np.zeros((len(HAZARDS), 2), np.int32),
            zone=np.zeros(2, np.int8),
        )
        fear_table(streets, own, fear[hour])
    return fear.astype(np.float64)


def _walking(fear: Array, perception: Perception, parameters: Parameters) -> tuple[Array, Array]:
    """Shares of those who wish to go that walk on the quiet street, and on the main street, by hour (24,) each.

    Of those who can choose, the quiet street is taken by those whose willingness w is below that at which both cost
    the same: quiet (1 + w U_quiet) = round (1 + w U_main), with w lognormal.
    """
    length, way_round = parameters.reference_street, parameters.reference_way_round
    unsafe = length * fear[:, :, QUIET], way_round * fear[:, :, MAIN]
    unlit = [expit(perception.dark[gender] - perception.level_at(gender, age)) for gender in (0, 1) for age in AGES]
    median = parameters.darkness_distance / max(float(np.mean(unlit)), 0.05)
    gain = np.maximum(unsafe[0] - unsafe[1], 1e-300)  # where the quiet street is no worse, everybody takes it
    log_break_even = np.log(max(way_round - length, 1e-9) / gain)
    quiet = ndtr((log_break_even - np.log(median)) / parameters.darkness_distance_spread)
    chooses = quiet * unsafe[0] + (1.0 - quiet) * unsafe[1]
    bound = parameters.reference_bound_share
    goes_bound, goes_free = (_goes(unsafe_m, parameters) for unsafe_m in (unsafe[0], chooses))
    on_quiet = bound * goes_bound + (1.0 - bound) * goes_free * quiet
    return on_quiet.mean(axis=1), ((1.0 - bound) * goes_free * (1.0 - quiet)).mean(axis=1)


def _goes(unsafe_m: Array, parameters: Parameters) -> Array:
    """P(going) by the metres one way that would feel unsafe, as for every tour, there and back."""
    minutes = 2.0 * unsafe_m / parameters.reference_speed / 60.0
    return np.asarray(1.0 - expit(logit(parameters.not_made_share) + parameters.not_made_per_minute * minutes))
