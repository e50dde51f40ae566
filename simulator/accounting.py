"""From a measured day to the tables of a run: who walked when and where, how it felt, what was not done."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator import choices
from simulator.day_choices import AS_WISHED, DETOURED, FLAGS, DayChoices
from simulator.evidence import Parameters
from simulator.interventions import Placement
from simulator.kernels.walking import (
    ALONE,
    FELT_SAFE,
    HAZARD,
    KINDS,
    PASSED,
    PERSON_UNIT,
    SAFE,
    SHARE_UNIT,
    TIME,
    UNLIT,
    WAIT,
    WALK,
    WALKED,
)
from simulator.people import People
from simulator.plans import HOUR_MS, TRIP_PURPOSES
from simulator.results import (
    AGE_BANDS,
    GENDERS,
    INCIDENTS,
    MODES,
    OUTCOMES,
    PLACEMENT_COLUMNS,
    SUMMARY_KEYS,
    SUMMARY_VALUES,
    ZONES,
)
from simulator.simulation import EXPOSURE_UNIT, Simulation
from simulator.sun import HOURS
from simulator.survey import ASKED_HOUR, ask
from simulator.walking import DayWalk

Array = np.ndarray[Any, Any]
_TIME_UNIT = PERSON_UNIT * 1000.0
_OUTCOME_COLUMNS = ("as_wished", "detoured", "shifted", "switched", "accompanied")
"""Columns of the outcomes of trips made, in the order of their codes."""
_SHAPE = (HOURS, len(GENDERS), len(AGE_BANDS), len(ZONES))


def summary_table(arm: Simulation, beside: Mapping[str, DayWalk]) -> pd.DataFrame:
    """The summary of a measured day: rows `realised`, `asked`, and one kind for each other walk through the day.

    Parameters
    ----------
    beside
        `frozen`: the baseline's trips on this arm's streets; `before`: the same on the baseline's streets.
    """
    assert arm.walk is not None
    realised = _walked(arm, arm.walk) | _trips(arm)
    parts = [_rows("realised", realised, arm)]
    parts += [_rows(itinerary, _walked(arm, walk), arm) for itinerary, walk in beside.items()]
    parts.append(_asked(arm))
    table = pd.concat(parts, ignore_index=True)
    for name in SUMMARY_VALUES:
        if name not in table:
            table[name] = 0.0
        elif name != "agents":
            table[name] = table[name].fillna(0.0)
    return table[[*SUMMARY_KEYS, *SUMMARY_VALUES]]


def segments_table(arm: Simulation) -> pd.DataFrame:
    """Every segment by clock hour, everybody together."""
    assert arm.walk is not None
    streets, conditions, sums = arm.setting.network.streets, arm.conditions, arm.walk.segments
    count = len(streets)
    return pd.DataFrame(
        {
            "segment_id": np.tile(streets.segment_id, HOURS),
            "hour": np.repeat(np.arange(HOURS, dtype=np.int8), count),
            "footfall_people": (sums[:, :, PASSED] / PERSON_UNIT).ravel(),
            "walking_s": (sums[:, :, WALKED] / _TIME_UNIT).ravel(),
            "safe_s": (sums[:, :, FELT_SAFE] / (_TIME_UNIT * SHARE_UNIT)).ravel(),
            "illuminance_min_lx": conditions.light_min_lx.ravel(),
            "illuminance_mean_lx": conditions.light_mean_lx.ravel(),
            "treated": np.tile(conditions.treated, HOURS),
            "in_core": np.tile(streets.in_core, HOURS),
        }
    )


def placements_table(placements: tuple[Placement, ...], parameters: Parameters) -> pd.DataFrame:
    """What the measures take, in this draw; capital is spread as an annuity at the social discount rate."""
    rows = []
    for placed in placements:
        amounts = (placed.capital, placed.running_per_year, placed.lifetime_years)
        capital, running, lifetime = (amount.in_draw(parameters) for amount in amounts)
        yearly = placed.quantity * (capital * _annuity(parameters.discount_rate, lifetime) + running)
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
    words = {bits: ", ".join(word for flag, word in FLAGS.items() if bits & flag) for bits in np.unique(chosen.why)}
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


def outcomes(chosen: DayChoices, detour_m: Array, parameters: Parameters) -> Array:
    """Primary outcome of each trip (codes of `OUTCOMES`), detours included."""
    longer = (chosen.outcome == AS_WISHED) & (detour_m >= parameters.detour_noticed_m)
    return np.where(longer, DETOURED, chosen.outcome)


def _walked(arm: Simulation, walk: DayWalk) -> dict[str, Array]:
    assert arm.levels is not None
    sums = walk.cells.reshape(HOURS, 2, len(GENDERS), len(AGE_BANDS), len(ZONES), -1).sum(axis=1)
    parts = np.split(sums, KINDS, axis=-1)
    values: dict[str, Array] = {}
    for word, part in zip(("", "waiting_", "staying_"), parts, strict=True):
        values |= {
            f"{word or 'walking_'}s": part[..., TIME] / _TIME_UNIT,
            f"{word}safe_s": part[..., SAFE] / (_TIME_UNIT * SHARE_UNIT),
            f"{word}unlit_s": part[..., UNLIT] / _TIME_UNIT,
            f"{word}alone_s": part[..., ALONE] / (_TIME_UNIT * SHARE_UNIT),
        }
    for kind, word in enumerate(INCIDENTS):
        exposure = sum(part[..., HAZARD + kind] for part in parts) / EXPOSURE_UNIT
        values[f"incidents_{word}"] = exposure * arm.levels[kind][None, :, None, None]
    return values


def _trips(arm: Simulation) -> dict[str, Array]:
    assert arm.chosen is not None
    chosen, people = arm.chosen, arm.setting.people
    trips, network = chosen.trips, arm.setting.network
    length, shortest = route_lengths(arm)
    zone = arm.streets[0].zone[network.places.segment[trips.origin]]
    cell = np.ravel_multi_index(
        (trips.hour.astype(np.int64), people.gender[trips.person], people.age_band[trips.person], zone), _SHAPE
    )
    weight, outcome = people.weight[trips.person], outcomes(chosen, length - shortest, arm.setting.parameters)
    values = {
        "trips_wished": weight,
        "trips_made": weight * chosen.made,
        "trips_not_made": weight * (1.0 - chosen.probability_made[trips.tour]),
        "detour_m": weight * (length - shortest),
    }
    values |= {f"trips_{mode}": weight * (chosen.mode == code) for code, mode in enumerate(MODES)}
    values |= {f"trips_{word}": weight * (outcome == code) for code, word in enumerate(_OUTCOME_COLUMNS)}
    size = int(np.prod(_SHAPE))
    return {name: np.bincount(cell, weights=value, minlength=size).reshape(_SHAPE) for name, value in values.items()}


def route_lengths(arm: Simulation) -> tuple[Array, Array]:
    """Metres of each trip made on foot and of the quickest way, which a walker would take who fears nothing.

    Steps count by the time that they take, as in the choice of routes, so that no detour is below zero. Trips
    that are not walked have no metres here.
    """
    assert arm.chosen is not None
    setting, trips, rows = arm.setting, arm.chosen.trips, np.flatnonzero(arm.chosen.walked)
    fearless = (np.zeros_like(setting.who[0]), np.zeros(len(setting.people)))
    fear = np.zeros((HOURS, 1, len(setting.network.streets)), np.float32)
    quickest = choices.route(setting.graph, fear, setting.network, trips.take(rows), fearless, setting.threads)
    lengths = np.zeros((2, len(trips)))
    for metres, routed in zip(lengths, (arm.chosen.routed.take(rows), quickest), strict=True):
        metres[rows] = _route_lengths(routed, setting.graph.walk_m)
    return lengths[0], lengths[1]


def _route_lengths(routed: choices.Routed, length_m: Array) -> Array:
    running = np.concatenate([[0.0], np.cumsum(length_m[routed.route])])
    return np.asarray(running[routed.start[1:]] - running[routed.start[:-1]])


def _rows(itinerary: str, values: dict[str, Array], arm: Simulation) -> pd.DataFrame:
    agents, population = _group_sizes(arm.setting.people)
    hour, gender, band, zone = (index.ravel() for index in np.indices(_SHAPE))
    frame = _keys(itinerary, hour, gender, band, np.array(ZONES)[zone], arm)
    frame["agents"] = agents[gender, band]
    frame["population"] = population[gender, band]
    for name, value in values.items():
        frame[name] = value.ravel()
    used = [name for name in values if name in ("walking_s", "waiting_s", "staying_s", "trips_wished")]
    return frame[frame[used].to_numpy().any(axis=1)].reset_index(drop=True)


def _asked(arm: Simulation) -> pd.DataFrame:
    setting, people = arm.setting, arm.setting.people
    rows, answers = ask(
        setting.network,
        people,
        setting.walkers.own,
        arm.streets_if_dark(ASKED_HOUR),
        reach_m=setting.parameters.home_reach_m,
    )
    ring = ~setting.network.streets.in_core[setting.network.places.segment[people.home[rows]]]
    shape = (len(GENDERS), len(AGE_BANDS), 2)
    cell = np.ravel_multi_index((people.gender[rows].astype(np.int64), people.age_band[rows], ring.astype(int)), shape)
    weight, size = people.weight[rows], int(np.prod(shape))
    sizes = [_group_sizes(people.take(rows[ring == outside])) for outside in (False, True)]
    agents, population = (np.stack(size, axis=-1) for size in zip(*sizes, strict=True))
    asked = np.bincount(cell, weights=weight, minlength=size)
    safe = np.bincount(cell, weights=weight * answers, minlength=size)
    there = np.flatnonzero(asked > 0)
    gender, band, outside = np.unravel_index(there, shape)
    frame = _keys("asked", np.full(there.size, ASKED_HOUR), gender, band, np.array(["core", "ring"])[outside], arm)
    frame["period"] = "dark"
    return frame.assign(
        agents=agents[gender, band, outside],  # who is not asked, or lives elsewhere, stands behind no answer
        population=population[gender, band, outside],
        asked_people=asked[there],
        asked_safe=safe[there],
    )


def _keys(itinerary: str, hour: Array, gender: Array, band: Array, zone: Array, arm: Simulation) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "itinerary": itinerary,
            "gender": np.array(GENDERS)[gender],
            "age_band": np.array(AGE_BANDS)[band],
            "disability": "all",
            "carer": "all",
            "night_worker": "all",
            "hour": hour.astype(np.int8),
            "period": np.where(arm.conditions.dark_hours[hour], "dark", "day"),
            "zone": zone,
        }
    )


def _group_sizes(people: People) -> tuple[Array, Array]:
    shape = (len(GENDERS), len(AGE_BANDS))
    cell = np.ravel_multi_index((people.gender.astype(np.int64), people.age_band), shape)
    size = shape[0] * shape[1]
    agents = np.bincount(cell, minlength=size).reshape(shape)
    return agents, np.bincount(cell, weights=people.weight, minlength=size).reshape(shape)


def _annuity(rate: float, years: float) -> float:
    """Yearly payment per unit of capital: rate / (1 - (1 + rate)^-years), as in HM Treasury's Green Book."""
    return rate / (1.0 - (1.0 + rate) ** -years) if rate > 0 else 1.0 / years
