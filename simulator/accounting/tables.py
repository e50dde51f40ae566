"""From a measured day to the tables of a run: who walked when and where, how it felt, what was not done."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.accounting.access import living_rows
from simulator.accounting.affected import Lived, affected_rows
from simulator.accounting.day_sums import (
    aged,
    of_groups,
    outcomes,
    quickest_ways,
    route_lengths,
    told_apart,
    trip_values,
    walked_values,
)
from simulator.accounting.groupings import grouping_rows
from simulator.accounting.rows import WORDS, Columns, group_sizes, keys_of, table_of
from simulator.accounting.toilets import toilet_time, toilet_values
from simulator.accounting.visits import SPENT, visited_ms
from simulator.agenda.plans import TRIP_PURPOSES
from simulator.city.neighbourhoods import neighbourhoods_of
from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import (
    CARERS,
    DISABILITIES,
    ELSEWHERE,
    GENDERS,
    INCIDENTS,
    MODES,
    OUTCOMES,
    ZONES,
)
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.interventions import Placement
from simulator.kernels.walking import (
    FELT_SAFE,
    PASSED,
    SHARE_UNIT,
    WAIT,
    WALK,
    WALKED,
)
from simulator.people.given_people import FLAGS
from simulator.results.schema import PLACEMENT_COLUMNS
from simulator.safety.displacement import AREAS
from simulator.safety.survey import ASKED_HOUR, ask
from simulator.setting import GROUPS
from simulator.simulation import Simulation
from simulator.travel.day_walk import DayWalk
from simulator.travel.outcomes import REASONS
from simulator.travel.vehicles import InVehicle, in_vehicle_hazard, person_seconds, ridden

Array = np.ndarray[Any, Any]

_USED = ("walking_s", "waiting_s", "staying_s", "in_vehicle_s", "trips_planned")
"""A row is told if one of these is not zero, or a visit by night."""


def summary_table(
    arm: Simulation, beside: Mapping[str, DayWalk], rides: InVehicle | None = None, baseline: Lived | None = None
) -> pd.DataFrame:
    """The summary of a measured day: rows `realised`, `asked`, and one kind for each other walk through the day.

    Everybody stands in it by gender and age band, where the other attributes read `all`; and once more by gender and
    each other attribute, where age and the rest read `all`. The full cross would be rows of one agent. What trips are
    for and neighbourhoods are further breakdowns (`groupings`).

    Parameters
    ----------
    beside
        `frozen`: the baseline's trips on this arm's streets; `before`: the same on the baseline's streets.
    rides
        The rides of those trips; none if not given.
    baseline
        The same day in the baseline, with which the affected are compared; none are told if it is not given.
    """
    assert arm.walk is not None
    assert arm.chosen is not None
    lengths, answers = route_lengths(arm), _answers(arm)
    visited, toilets = visited_ms(arm), toilet_time(arm)
    own, others = _ridden(arm, arm.chosen.aboard), None if rides is None else _ridden(arm, rides)
    parts = []
    for by in WORDS:
        level = getattr(arm.setting.people, by)[arm.chosen.trips.person]
        values = _walked(arm, arm.walk, by) | _aboard(arm, own, by) | trip_values(arm, lengths, level, len(WORDS[by]))
        values |= _visits(arm, visited, by) | toilet_values(arm, toilets, by)
        parts.append(_rows("realised", values, arm, by))
        for itinerary, walk in beside.items():
            values = _walked(arm, walk, by) | ({} if others is None else _aboard(arm, others, by))
            parts.append(_rows(itinerary, values, arm, by))
        parts.append(_asked(arm, answers, by))
    walks = {"realised": arm.walk} | {name: walk for name, walk in beside.items() if name == "frozen"}
    parts += grouping_rows(arm, walks, lengths, answers)
    parts += living_rows(arm, own[..., 0])
    if baseline is not None and arm.conditions.treated.any():
        days = (Lived(arm.conditions, arm.chosen, arm.walk, answers[1]), baseline)
        within_reach = np.flatnonzero(np.diff(arm.chosen.routed.start) > 0)
        parts += affected_rows(arm, days, within_reach, quickest_ways(arm, within_reach))
    return table_of(parts, neighbourhoods_of(arm.setting.network).names)


def answers_of(arm: Simulation) -> Array:
    """What residents say who are asked about the streets near home after dark, in the order of those asked."""
    return _answers(arm)[1]


def passed_by_hour(arm: Simulation) -> Array:
    """People who pass each segment on the day that was walked, by clock hour (24, S)."""
    assert arm.walk is not None
    return np.asarray(arm.walk.segments[:, :, PASSED] / arm.walk.unit)


def segments_table(arm: Simulation) -> pd.DataFrame:
    """Every segment by clock hour, everybody together."""
    assert arm.walk is not None
    streets, conditions, sums = arm.setting.network.streets, arm.conditions, arm.walk.segments
    count, seconds = len(streets), person_seconds(arm.walk.unit)
    there = neighbourhoods_of(arm.setting.network)
    return pd.DataFrame(
        {
            "segment_id": np.tile(streets.segment_id, HOURS),
            "hour": np.repeat(np.arange(HOURS, dtype=np.int8), count),
            "footfall_people": passed_by_hour(arm).ravel(),
            "walking_s": (sums[:, :, WALKED] / seconds).ravel(),
            "safe_s": (sums[:, :, FELT_SAFE] / (seconds * SHARE_UNIT)).ravel(),
            "illuminance_min_lx": conditions.light_min_lx.ravel(),
            "illuminance_mean_lx": conditions.light_mean_lx.ravel(),
            "treated": np.tile(conditions.treated, HOURS),
            "in_core": np.tile(streets.in_core, HOURS),
            "band": pd.Categorical.from_codes(np.tile(arm.bands, HOURS), categories=list(AREAS)),
            "neighbourhood": pd.Categorical.from_codes(
                np.tile(there.of_street, HOURS), categories=[*there.names, ELSEWHERE]
            ),
        }
    )


def placements_table(placements: tuple[Placement, ...], parameters: Parameters) -> pd.DataFrame:
    """What the measures take, in this draw; capital is spread as an annuity at the social discount rate."""
    rows = []
    for placed in placements:
        amounts = (placed.capital, placed.running_per_year, placed.lifetime_years)
        capital, running, lifetime = (amount.in_draw(parameters) for amount in amounts)
        yearly = placed.quantity * (capital * annuity(parameters.discount_rate, lifetime) + running)
        rows.append(
            (
                placed.measure.name,
                placed.quantity,
                placed.unit,
                placed.quantity * capital,
                placed.quantity * running,
                lifetime,
                yearly,
                placed.currency,
            )
        )
    return pd.DataFrame(rows, columns=list(PLACEMENT_COLUMNS))


def people_table(arm: Simulation) -> pd.DataFrame:
    """Everybody with what their day was like; no place of anybody's home."""
    assert arm.walk is not None
    assert arm.chosen is not None
    people, walks = arm.setting.people, arm.walk.walks
    size, on_foot = len(people), walks.kind == WALK
    walked = np.bincount(walks.person, weights=walks.walked_ms * on_foot, minlength=size)
    safe = np.bincount(walks.person, weights=walks.safe * on_foot / SHARE_UNIT, minlength=size)
    stood = np.bincount(walks.person, weights=walks.walked_ms * (walks.kind == WAIT), minlength=size)
    return pd.DataFrame(
        {
            "person_id": people.person_id,
            "gender": np.array(GENDERS)[people.gender],
            "age": people.age,
            "resident": people.resident,
            "disability": np.array(DISABILITIES)[people.disability],
            "carer": np.array(CARERS)[people.carer],
            **{name: getattr(people, name) for name in FLAGS},
            "weight_people": people.weight,
            "trips_made": np.bincount(arm.chosen.trips.person, weights=arm.chosen.made, minlength=size).astype(int),
            "walking_s": walked / 1000.0,
            "waiting_s": stood / 1000.0,
            "feels_safe_share": np.divide(safe, walked, out=np.full(size, np.nan), where=walked > 0),
        }
    )


def trips_table(arm: Simulation) -> pd.DataFrame:
    """Every wished trip with its outcome; no origin and no destination, as they would tell where people live."""
    assert arm.chosen is not None
    chosen, people = arm.chosen, arm.setting.people
    length, shortest = route_lengths(arm)
    words = {bits: ", ".join(word for flag, word in REASONS.items() if bits & flag) for bits in np.unique(chosen.why)}
    return pd.DataFrame(
        {
            "person_id": people.person_id[chosen.trips.person],
            "tour": chosen.tours.number[chosen.trips.tour],
            "leg": chosen.trips.leg,
            "purpose": np.array(TRIP_PURPOSES)[chosen.trips.purpose],
            "depart_h": chosen.depart_ms / HOUR_MS,
            "mode": np.where(chosen.made, np.array(MODES)[chosen.mode], "none"),
            "outcome": np.array(OUTCOMES)[outcomes(chosen, length - shortest, arm.setting.parameters)],
            "why": np.array([words[bits] for bits in chosen.why], dtype=object),
            "made_probability": chosen.probability_made[chosen.trips.tour],
            "waited_min": chosen.waits_ms / 60_000.0,
            "length_m": length,
            "detour_m": length - shortest,
        }
    )


def _walked(arm: Simulation, walk: DayWalk, by: str) -> dict[str, Array]:
    return walked_values(arm, walk, told_apart(walk.cells, by), told_apart(aged(arm, walk.cells), by))


def _ridden(arm: Simulation, rides: InVehicle) -> Array:
    return ridden(rides, arm.setting.walkers, arm.streets[0].zone, GROUPS)[..., None]


def _aboard(arm: Simulation, ridden_ms: Array, by: str) -> dict[str, Array]:
    assert arm.in_vehicle_levels is not None
    unit = person_seconds(arm.setting.person_unit)
    values = {"in_vehicle_s": told_apart(ridden_ms, by)[..., 0] / unit}
    by_type = told_apart(ridden_ms * of_groups(arm.by_age_in_vehicle)[None, :, None, :], by) / unit
    met = by_type * in_vehicle_hazard(arm.setting.parameters)[:, None, None, None, None]
    for kind, (word, level) in enumerate(zip(INCIDENTS, arm.in_vehicle_levels, strict=True)):
        values[f"in_vehicle_incidents_{word}"] = met[..., kind] * level[None, :, None, None]
    return values


def _visits(arm: Simulation, visited: Array, by: str) -> dict[str, Array]:
    seconds = told_apart(visited, by) / person_seconds(arm.setting.person_unit)
    return {name: seconds[..., at] for at, name in enumerate(SPENT)}


def _rows(itinerary: str, values: dict[str, Array], arm: Simulation, by: str) -> Columns:
    agents, population = group_sizes(arm.setting.people, by)
    shape = (HOURS, len(GENDERS), len(WORDS[by]), len(ZONES))
    used = [name for name in (*_USED, *SPENT) if name in values]
    kept = np.flatnonzero(np.any([values[name].ravel() for name in used], axis=0))
    hour, gender, level, zone = np.unravel_index(kept, shape)
    columns = keys_of(itinerary, hour, (gender, by, level), zone, arm)
    columns |= {"agents": agents[gender, level], "population": population[gender, level]}
    return columns | {name: value.ravel()[kept] for name, value in values.items()}


def _answers(arm: Simulation) -> tuple[Array, Array]:
    asked = arm.setting.asked
    return asked.rows, ask(asked, arm.setting.walkers.own, arm.streets_if_dark(ASKED_HOUR))


def _asked(arm: Simulation, asked_of: tuple[Array, Array], by: str) -> Columns:
    setting, people = arm.setting, arm.setting.people
    rows, answers = asked_of
    ring = ~setting.network.streets.in_core[setting.network.places.segment[people.home[rows]]]
    shape = (len(GENDERS), len(WORDS[by]), 2)
    levels = getattr(people, by)[rows].astype(np.int64)
    cell = np.ravel_multi_index((people.gender[rows].astype(np.int64), levels, ring.astype(int)), shape)
    weight, size = people.weight[rows], int(np.prod(shape))
    sizes = [group_sizes(people.take(rows[ring == outside]), by) for outside in (False, True)]
    agents, population = (np.stack(size, axis=-1) for size in zip(*sizes, strict=True))
    asked = np.bincount(cell, weights=weight, minlength=size)
    safe = np.bincount(cell, weights=weight * answers, minlength=size)
    there = np.flatnonzero(asked > 0)
    gender, level, outside = np.unravel_index(there, shape)
    zone = np.where(outside == 1, ZONES.index("ring"), ZONES.index("core"))
    columns = keys_of("asked", np.full(there.size, ASKED_HOUR), (gender, by, level), zone, arm)
    return columns | {
        "period": np.ones(there.size, np.int64),  # asked as if dark
        "agents": agents[gender, level, outside],  # who is not asked, or lives elsewhere, stands behind no answer
        "population": population[gender, level, outside],
        "survey_respondents": asked[there],
        "survey_feel_safe": safe[there],
    }


def annuity(rate: float, years: float) -> float:
    """Yearly payment per unit of capital: rate / (1 - (1 + rate)^-years), as in HM Treasury's Green Book.

    Parameters
    ----------
    rate
        A year, as a share.
    years
        Over which the capital is spread.
    """
    return rate / (1.0 - (1.0 + rate) ** -years) if rate > 0 else 1.0 / years
