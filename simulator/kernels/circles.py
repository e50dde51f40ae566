"""How much of straight streets lies within a circle."""

import math
from typing import Any

import numpy as np

from simulator.kernels.policy import kernel

Array = np.ndarray[Any, Any]


@kernel
def chords(centre: Array, radius: Array, start: Array, along: Array, length: Array) -> Array:
    """Length (m) of each straight part within a circle (float64 (N,)).

    Parameters
    ----------
    centre, radius
        Of each circle (float64 (N, 2) and (N,)).
    start, along, length
        Where each part begins, its unit vector (float64 (N, 2)) and its length (N,).
    """
    out = np.zeros(centre.shape[0])
    for row in range(out.shape[0]):
        x, y = centre[row, 0] - start[row, 0], centre[row, 1] - start[row, 1]
        foot = x * along[row, 0] + y * along[row, 1]
        half = math.sqrt(max(radius[row] ** 2 - (x * x + y * y - foot * foot), 0.0))
        until = min(max(foot + half, 0.0), length[row])
        out[row] = until - min(max(foot - half, 0.0), length[row])
    return out
