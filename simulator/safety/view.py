"""Who is in view: which share of the people on each segment somebody sees who is somewhere on another.

People are spread evenly along a segment, so the share is the mean over the points of the one segment of how much of
the other lies within the radius. It does not depend on where segments are cut: the parts of a segment add up.
Parallel pavements and both sides of a square fall into one view; walls between them are not known.
"""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from simulator.city.network import StreetNetwork
from simulator.city.street_parts import chord, parts_of
from simulator.foundation.once import once_a_city

Array = np.ndarray[Any, Any]
_PART_M = 10.0
"""Longest part of a street of which one point stands for all: a sixth of the radius."""
_AT_ONCE = 2**20
"""Pairs of parts that are looked at in one go: a city has tens of millions."""


@once_a_city
def share_in_view(network: StreetNetwork, radius_m: float) -> sparse.csr_matrix:
    """Share (0 to 1) of the people on each segment (column) in view of somebody on another (row), on average.

    Parameters
    ----------
    radius_m
        How far one sees (m).

    Returns
    -------
    float64 (S, S); times the number of people on each segment it gives the number of people in view.
    """
    parts, count = parts_of(network, _PART_M), len(network.streets)
    middle, segment = parts.middle, parts.segment.astype(np.int32)
    pairs = cKDTree(middle).query_pairs(radius_m + _PART_M / 2, output_type="ndarray").astype(np.int32)
    own = np.arange(len(middle), dtype=np.int32)
    one = np.concatenate([own, pairs[:, 0], pairs[:, 1]])
    other = np.concatenate([own, pairs[:, 1], pairs[:, 0]])
    del pairs
    drawn = np.bincount(segment, parts.length, minlength=count)
    points = np.flatnonzero(drawn == 0).astype(np.int32)  # a segment without extent is in view of itself
    share = np.ones(one.size + points.size)
    for first in range(0, one.size, _AT_ONCE):
        some = slice(first, min(first + _AT_ONCE, one.size))
        from_here, there = one[some], other[some]
        metres = parts.length[from_here] * chord(middle[from_here], radius_m, parts, there)
        share[some] = metres / (drawn[segment[from_here]] * drawn[segment[there]])
    at = np.concatenate([segment[one], points]), np.concatenate([segment[other], points])
    del one, other
    return sparse.coo_matrix((share, at), shape=(count, count)).tocsr()
