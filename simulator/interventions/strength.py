"""How much of a measure there is on a day, and what that part of it does: the same for all measures (`when`)."""

import dataclasses
import datetime

import numpy as np

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.interventions.base import Array, Idle, Measure, Placement

STREETS = "streets"
"""The word of `Measure.grows` for those that are put on one street after the other."""


def share_on(measure: Measure, date: datetime.date) -> float:
    """How much of a measure there is on the day from 04:00 of a date (0 to 1)."""
    return 1.0 if measure.when is None else measure.when.share_on(date)


def with_measure(conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
    """The streets with as much of a measure as there is on the draw's date; the same object with nothing of it."""
    part = part_of(placement, share_on(placement.measure, draw.date), draw.network)
    return conditions if part is None else part.measure.change(conditions, part, draw)


def part_of(placement: Placement, share: float, network: StreetNetwork) -> Placement | None:
    """A share (0 to 1) of what a measure is: a lever times the share, or its first streets; None for nothing.

    Quantity and cost stay those of the whole measure, which is what is decided on. A kind that is there or not
    (`Measure.grows` is empty) is there as a whole, since `when` holds no parts for it.
    """
    measure = placement.measure
    if share <= 0.0:
        return None
    if share >= 1.0 or not measure.grows:
        return placement
    if measure.grows == STREETS:
        first = first_streets(network, placement.segments, share)
        return dataclasses.replace(placement, segments=first) if first.size else None
    less = measure.model_copy(update={measure.grows: share * getattr(measure, measure.grows)})
    return dataclasses.replace(placement, measure=less)


def first_streets(network: StreetNetwork, segments: Array, share: float) -> Array:
    """The segments (rows, sorted) that are done once a share of their metres is, street after street by name.

    A segment is done once its far end is reached, so that a later day has all that an earlier one has.
    """
    streets = network.streets
    order = segments[np.lexsort((streets.segment_id[segments], streets.name_index[segments]))]
    along = np.cumsum(streets.length_m[order], dtype=np.float64)
    return np.sort(order[along <= share * along[-1] * (1.0 + 1e-12)]) if order.size else order


def idle_on(placement: Placement, network: StreetNetwork, date: datetime.date) -> Idle | None:
    """Why nothing of a measure shows on a day; None if it acts."""
    measure = placement.measure
    why = "" if measure.when is None else measure.when.why_not(date)
    return Idle(why) if why else measure.idle_on(date, network=network, placement=placement)
