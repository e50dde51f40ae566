"""Which streets a venue fronts, and how much of it each: by geometry, so that a corner bar fronts both of its streets.

A venue fronts every street above ground within a distance r of it, where r^2 = d^2 + reach^2 and d is the distance to
the segment that it is attached to: a circle that cuts a straight street `reach` to either side of the door. Walls are
not known. Its front is spread evenly over the metres of street in the circle, and over 2 reach at least: where there
are fewer, at the end of a stub, part of it faces no street, lest a stub of 3 m have dozens of venues per 100 m.

So a venue has one value at each point of the streets, which does not depend on where segments are cut;
a segment has the mean along it.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from simulator.city.network import StreetNetwork
from simulator.city.street_parts import Parts, chord, parts_of

_PART_M = 25.0
"""Longest part of a straight piece of street that is looked up as one point."""

Array = np.ndarray[Any, Any]


class Fronts(NamedTuple):
    """Pairs of venue and segment (N,): row of the venue among those asked for, row of the segment, venues per 100 m."""

    venue: Array
    segment: Array
    per_100m: Array


def fronts_of(network: StreetNetwork, places: Array, reach_m: float) -> Fronts:
    """What each venue adds to the venues per 100 m of each segment, in the order of venue and segment.

    Parameters
    ----------
    network
        The city.
    places
        Rows (V,) of the venues in `network.places`.
    reach_m
        Metres of a straight street to either side of a venue's door that it fronts.
    """
    parts = parts_of(network, _PART_M)
    own = network.places.segment[places].astype(np.int64)
    at = np.column_stack([network.places.x_m[places], network.places.y_m[places]])
    reach = np.hypot(_distance(at, own, parts), reach_m)
    venue, part = _near(at, reach, parts)
    segment = parts.segment[part]
    seen = ~network.streets.is_tunnel[segment] | (segment == own[venue])
    venue, part, segment = venue[seen], part[seen], segment[seen]
    pair, row = np.unique(venue * len(network.streets) + segment, return_inverse=True)
    metres = np.bincount(row, chord(at[venue], reach[venue], parts, part), minlength=pair.size)
    venue, segment = np.divmod(pair, len(network.streets))
    spread = np.maximum(np.bincount(venue, metres, minlength=len(at)), 2 * reach_m)
    drawn = np.bincount(parts.segment, parts.length, minlength=len(network.streets))
    touched = metres > 0
    venue, segment, metres = venue[touched], segment[touched], metres[touched]
    return Fronts(venue, segment, 100.0 * metres / spread[venue] / drawn[segment])


def _distance(at: Array, own: Array, parts: Parts) -> Array:
    """Distance (m) of each position to the segment that is its own."""
    low, high = (np.searchsorted(parts.segment, own, side=side) for side in ("left", "right"))
    which = np.repeat(np.arange(len(own)), high - low)
    part = np.arange(which.size) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[which]
    offset = at[which] - parts.start[part]
    foot = np.clip((offset * parts.along[part]).sum(axis=1), 0.0, parts.length[part])
    away = np.full(len(own), np.inf)
    np.minimum.at(away, which, np.hypot(*(offset - foot[:, None] * parts.along[part]).T))
    return np.where(np.isfinite(away), away, 0.0)


def _near(at: Array, reach: Array, parts: Parts) -> tuple[Array, Array]:
    """Rows of positions and of the parts that may be in their reach, by position and part."""
    if not len(at) or not len(parts.length):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    middle = parts.start + parts.along * parts.length[:, None] / 2
    found = cKDTree(middle).query_ball_point(at, reach + _PART_M / 2, return_sorted=True)
    count = np.array([len(one) for one in found], np.int64)
    return np.repeat(np.arange(len(at)), count), np.concatenate([np.asarray(one, np.int64) for one in found])
