"""Light that changes by night: part-night lighting and dimming, from lamps' schedules and from the ``lit`` tag.

A clock hour counts as what holds at its middle. Lamps with a schedule give the share of their light that is left; at
hours in which the ``lit`` tag says a street is off, its own lamps give nothing, and without any in reach only spill
is left. ``lit=limited`` is off from evidence `part_night_off_from` to `part_night_off_until`; values such as
``sunset-23:00`` or ``sunset-00:30,05:00-sunrise`` are read; dusk and dawn follow from the date elsewhere.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from simulator.city.illuminance import lamp_light, reach_m
from simulator.city.network import LampSchedules, LightHours
from simulator.evidence.parameters import nominal
from street_networks.keys import stable_key

HOURS = 24
COLUMNS = ("lit_min_lx", "lit_mean_lx", "unlit_min_lx", "unlit_mean_lx")
_MIDDLES = np.arange(HOURS) + 0.5
_SPAN = re.compile(r"(?:mo-su\s+)?(sunset|dusk|\d{1,2}:\d\d)\s*-\s*(sunrise|dawn|\d{1,2}:\d\d)", re.IGNORECASE)
_NOON = 12.0  # lamps do not matter by day: any hour of it may stand for sunset and sunrise

Array = np.ndarray[Any, Any]


def between(from_h: Array | float, until_h: Array | float) -> Array:
    """Whether the middle of each clock hour lies between two hours (bool (24, ...)); equal hours mean never."""
    start, end = np.asarray(from_h, float), np.asarray(until_h, float)
    middle = _MIDDLES.reshape(-1, *[1] * start.ndim)
    return np.asarray((middle - start) % HOURS < (end - start) % HOURS)


def burning_share(schedules: LampSchedules, lamps: int) -> Array:
    """Share of its light that each of `lamps` lamps gives by clock hour, float64 (24, L)."""
    share = np.ones((HOURS, lamps))
    dimmed = np.where(between(schedules.dim_from_h, schedules.dim_until_h), schedules.dim_share, 1.0)
    off = between(schedules.off_from_h, schedules.off_until_h) | schedules.out_of_order
    share[:, schedules.lamp] = np.where(off, 0.0, dimmed)
    return share


def hours_of_tag(value: str) -> Array | None:
    """Hours (bool (24,)) in which a ``lit`` value lets lamps burn; None if it names no hours."""
    if value == "limited":
        return ~between(nominal("part_night_off_from"), nominal("part_night_off_until"))
    spans = [_SPAN.fullmatch(part.strip()) for part in re.split("[;,]", value)]
    if not all(spans):
        return None
    on = np.zeros(HOURS, bool)
    for span in spans:
        assert span is not None
        from_h, until_h = (_hour(word) for word in span.groups())
        on |= between(from_h, until_h) if from_h != until_h else True
    return on


def _hour(word: str) -> float:
    hours, _, minutes = word.partition(":")
    return int(hours) % HOURS + int(minutes) / 60 if minutes else _NOON


def spill_by_hour(lines: Array, lamps: Mapping[str, Array], share: Array, usual: Array) -> Array:
    """Minimum and mean (lx) that lamps give along each line by clock hour, float64 (24, S, 2).

    Parameters
    ----------
    lines
        S lines (array of shapely geometries) in projected metres.
    lamps
        x_m, y_m, height_m, flux_lm, each (L,).
    share
        Share of its light that each gives, (24, L).
    usual
        What they give when all burn, (S, 2): lines far from any lamp that changes keep it.
    """
    result = np.broadcast_to(usual, (HOURS, *usual.shape)).copy()
    changing = np.flatnonzero((share != share.max(axis=0)).any(axis=0))
    if changing.size:
        at = shapely.points(lamps["x_m"][changing], lamps["y_m"][changing])
        distance = reach_m(lamps["height_m"][changing])
        touched = np.unique(shapely.STRtree(lines).query(at, predicate="dwithin", distance=distance)[1])
        states, state_of = np.unique(share, axis=0, return_inverse=True)
        for state, each in enumerate(states):
            light = lamp_light(lines[touched], **{**lamps, "flux_lm": lamps["flux_lm"] * each})
            for hour in np.flatnonzero(state_of.ravel() == state):
                result[hour, touched] = light
    return result


def light_hours(by_hour: Array, usual: Array, segment_id: Array) -> LightHours:
    """Rows for the hours in which a segment's light is not the usual one, equal neighbouring hours in one.

    Parameters
    ----------
    by_hour
        Illuminance (24, S, 4) in the order of `COLUMNS`.
    usual
        The same of the streets table (S, 4).
    segment_id
        Stable keys (S,).
    """
    other = (by_hour != usual).any(axis=2)
    goes_on = np.zeros_like(other)
    goes_on[1:] = other[1:] & other[:-1] & (by_hour[1:] == by_hour[:-1]).all(axis=2)
    segment, hour = np.nonzero((other & ~goes_on).T)
    _, last = np.nonzero((other & ~np.concatenate([goes_on[1:], np.zeros_like(goes_on[:1])])).T)
    table = LightHours(
        light_hours_id=np.array(
            [
                stable_key("light hours", int(segment_id[row]), int(start))
                for row, start in zip(segment, hour, strict=True)
            ],
            np.int64,
        ),
        segment=segment,
        from_h=hour,
        until_h=last + 1,
        **{name: by_hour[hour, segment, at] for at, name in enumerate(COLUMNS)},
    )
    return table.take(np.argsort(table.light_hours_id))
