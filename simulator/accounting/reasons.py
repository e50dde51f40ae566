"""Why a day's walks do not feel safe: the same walks once more on streets of which one thing is as good as it can be.

What each reason takes away is what people would gain if it alone were mended, so that what several do together is not
their sum: where it is dark *and* empty, neither alone may help. Nobody goes another way or out more often because of
it: it says what the score is made of, not what a measure would do.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from simulator.accounting.day_sums import told_apart
from simulator.foundation.categories import AGE_BANDS, GENDERS, ZONES
from simulator.kernels.walking import FELT_SAFE, SAFE, SHARE_UNIT, TIME, WALKED
from simulator.kernels.walking import Streets as HourStreets
from simulator.safety.survey import ASKED_HOUR, ask
from simulator.setting import Setting
from simulator.simulation import Simulation
from simulator.travel.day_walk import DayWalk
from simulator.travel.vehicles import person_seconds

Array = np.ndarray[Any, Any]
SOMEBODY = 3.0
"""People in view where it is not empty: with three expected there is nobody in 5 % of the time."""
_ALL_THE_LIGHT_LX = 1e3
"""So much minimum light relieves all that light can (`Perception.light_effect` is flat from some lux on)."""
AS_IT_IS = "as it is"
_SHAPE = (len(GENDERS), len(AGE_BANDS))
_SIZE = len(GENDERS) * len(AGE_BANDS)


@dataclasses.dataclass(frozen=True)
class Reason:
    """One thing about streets, and how they would be without it."""

    words: str
    mended: Callable[[Simulation, Array], tuple[Simulation, Array]]


def _with(arm: Simulation, in_view: Array, **changed: Any) -> tuple[Simulation, Array]:
    return Simulation(arm.setting, dataclasses.replace(arm.conditions, **changed)), in_view


def _light(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    lit = np.maximum(arm.conditions.light_min_lx, np.float32(_ALL_THE_LIGHT_LX))
    return _with(arm, in_view, light_min_lx=lit)


def _company(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    return arm, np.maximum(in_view, SOMEBODY)


def _no_drinking(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    return _with(arm, in_view, nightlife=np.zeros_like(arm.conditions.nightlife))


def _fronts(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    return _with(arm, in_view, frontage=np.ones_like(arm.conditions.frontage))


def _sight(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    return _with(arm, in_view, visibility=_better(arm.conditions.visibility, _audited(arm.setting)))


def _upkeep(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    return _with(arm, in_view, condition=_better(arm.conditions.condition, _audited(arm.setting)))


def _day(arm: Simulation, in_view: Array) -> tuple[Simulation, Array]:
    return _with(arm, in_view, dark=np.zeros_like(arm.conditions.dark))


def _better(score: Array, audited: Array) -> Array:
    return np.where(audited, np.maximum(score, 1.0), score).astype(score.dtype)


def _audited(setting: Setting) -> Array:
    there = np.zeros(len(setting.network.streets), bool)
    there[setting.network.audits.segment] = True
    return there


REASONS = {
    "light": Reason("dim or no light", _light),
    "company": Reason("nobody about", _company),
    "drinking": Reason("a drinking crowd", _no_drinking),
    "fronts": Reason("closed fronts", _fronts),
    "sight": Reason("poor sight lines, where audited", _sight),
    "upkeep": Reason("poor pavements, where audited", _upkeep),
    "night": Reason("that it is night at all", _day),
}
"""What may be in the way of feeling safe, by its key; the last cannot be mended and bounds the others."""

REASON_COLUMNS = {
    "reason": "as it is, or the key of what is mended: light, company, drinking, fronts, sight, upkeep, night",
    "gender": "woman, man, another",
    "age_band": "age in years",
    "hour": "local clock hour, 0 to 23; 21 for the survey's answers",
    "period": "day or dark, by the sun at the half hour",
    "agents": "agents in the demographic group, the same on each of its rows",
    "walking_s": "person-seconds walked in the core",
    "safe_s": "person-seconds of these that feel safe (expected)",
    "survey_respondents": "residents of the core of 16 and over who are asked",
    "survey_feel_safe": "those who would feel safe alone after dark near home (expected)",
}
"""Columns of reasons.parquet."""
STREET_COLUMNS = {
    "segment_id": "stable key",
    "in_core": "whether it lies in the core",
    "walking_s": "person-seconds walked after dark",
    "safe_s": "of these, person-seconds that feel safe (expected)",
    **{f"safe_s_{key}": f"the same without {reason.words}" for key, reason in REASONS.items()},
}
"""Columns of reasons_by_street.parquet: everybody together, after dark."""


def reasons_tables(arm: Simulation) -> dict[str, pd.DataFrame]:
    """The two tables of why a lived day feels as it does, by name: `reasons` and `reasons_by_street`."""
    assert arm.chosen is not None
    in_view, trips = arm.people_in_view(), arm.chosen.itineraries()
    walk = arm.walk_through(trips, arm.streets_by_hour(in_view))  # the day's own streets knew other people in view
    streets = arm.setting.network.streets
    by_street = {
        "segment_id": streets.segment_id,
        "in_core": streets.in_core,
        "walking_s": _after_dark(arm, walk, WALKED),
        "safe_s": _after_dark(arm, walk, FELT_SAFE),
    }
    rows = [_walked(arm, AS_IT_IS, walk), _answers(arm, AS_IT_IS, arm.streets_if_dark(ASKED_HOUR))]
    for key, reason in REASONS.items():
        other, seen = reason.mended(arm, in_view)
        walk = arm.walk_through(trips, other.streets_by_hour(seen))
        rows += [_walked(arm, key, walk), _answers(arm, key, other.streets_if_dark(ASKED_HOUR, seen[ASKED_HOUR]))]
        by_street[f"safe_s_{key}"] = _after_dark(arm, walk, FELT_SAFE)
    return {"reasons": pd.concat(rows, ignore_index=True), "reasons_by_street": pd.DataFrame(by_street)}


def _after_dark(arm: Simulation, walk: DayWalk, what: int) -> Array:
    per = person_seconds(walk.unit) * (SHARE_UNIT if what == FELT_SAFE else 1)
    return np.asarray(walk.segments[arm.conditions.dark_hours][:, :, what].sum(axis=0) / per)


def _walked(arm: Simulation, reason: str, walk: DayWalk) -> pd.DataFrame:
    """What is walked in the core by gender, age and hour."""
    people, seconds = arm.setting.people, person_seconds(walk.unit)
    core = [ZONES.index(zone) for zone in ("core", "core_treated")]
    sums = told_apart(walk.cells, "age_band")[:, :, :, core].sum(axis=3)
    walking = sums[..., TIME] / seconds
    kept = np.flatnonzero(walking.ravel() > 0)
    hour, gender, age = np.unravel_index(kept, walking.shape)
    agents = np.bincount(_cell(people.gender, people.age_band), minlength=_SIZE).reshape(_SHAPE)
    values = {
        "agents": agents[gender, age],
        "walking_s": walking.ravel()[kept],
        "safe_s": (sums[..., SAFE] / (seconds * SHARE_UNIT)).ravel()[kept],
    }
    return _table(arm, reason, (hour, gender, age), values)


def _answers(arm: Simulation, reason: str, asked_on: HourStreets) -> pd.DataFrame:
    """What residents of the core answer who are asked about the streets near home."""
    people, asked, network = arm.setting.people, arm.setting.asked, arm.setting.network
    answers = ask(asked, arm.setting.walkers.own, asked_on)
    here = network.streets.in_core[network.places.segment[people.home[asked.rows]]]
    rows = asked.rows[here]
    cell, weight = _cell(people.gender[rows], people.age_band[rows]), people.weight[rows]
    told = np.bincount(cell, weights=weight, minlength=_SIZE)
    safe = np.bincount(cell, weights=weight * answers[here], minlength=_SIZE)
    there = np.flatnonzero(told > 0)
    gender, age = np.unravel_index(there, _SHAPE)
    values = {
        "agents": np.bincount(cell, minlength=_SIZE)[there],
        "survey_respondents": told[there],
        "survey_feel_safe": safe[there],
    }
    return _table(arm, reason, (np.full(there.size, ASKED_HOUR), gender, age), values)


def _cell(gender: Array, age_band: Array) -> Array:
    return np.asarray(np.ravel_multi_index((gender.astype(np.int64), age_band.astype(np.int64)), _SHAPE))


def _table(arm: Simulation, reason: str, keys: tuple[Array, Array, Array], values: dict[str, Array]) -> pd.DataFrame:
    hour, gender, age = keys
    columns = {
        "reason": np.full(hour.size, reason),
        "gender": np.array(GENDERS)[gender],
        "age_band": np.array(AGE_BANDS)[age],
        "hour": hour.astype(np.int8),
        "period": np.array(["day", "dark"])[arm.conditions.dark_hours[hour].astype(int)],
        **values,
    }
    return pd.DataFrame({name: columns.get(name, np.zeros(hour.size)) for name in REASON_COLUMNS})
