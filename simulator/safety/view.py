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
    middle = parts.middle
    pairs = cKDTree(middle).query_pairs(radius_m + _PART_M / 2, output_type="ndarray")
    own = np.arange(len(middle))
    one = np.concatenate([own, pairs[:, 0], pairs[:, 1]])
    other = np.concatenate([own, pairs[:, 1], pairs[:, 0]])
    metres = parts.length[one] * chord(middle[one], radius_m, parts, other)
    drawn = np.bincount(parts.segment, parts.length, minlength=count)
    row, column = parts.segment[one], parts.segment[other]
    points = np.flatnonzero(drawn == 0)  # a segment without extent is in view of itself
    share = np.concatenate([metres / (drawn[row] * drawn[column]), np.ones(points.size)])
    at = np.concatenate([row, points]), np.concatenate([column, points])
    return sparse.coo_matrix((share, at), shape=(count, count)).tocsr()
