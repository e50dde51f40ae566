"""Where straight ways leave the district, which is taken for the points within its reach in each direction."""

from typing import Any

import numpy as np

from simulator.kernels.policy import kernel

Array = np.ndarray[Any, Any]


@kernel
def share_inside(start: Array, away: Array, compass: Array, reach: Array) -> Array:
    """Share (0 to 1) of each straight way that lies inside, from its start on (float64 (N,)).

    Parameters
    ----------
    start, away
        Easting and northing of the start, and of the end from there (float64 (2, N)).
    compass
        Unit vectors (float64 (D, 2)).
    reach
        Farthest that the district reaches in each of those directions (D,).
    """
    out = np.ones(start.shape[1])
    for row in range(out.shape[0]):
        for direction in range(reach.shape[0]):
            x, y = compass[direction, 0], compass[direction, 1]
            along = x * away[0, row] + y * away[1, row]
            if along > 0.0:
                left = reach[direction] - (x * start[0, row] + y * start[1, row])
                out[row] = min(out[row], max(left, 0.0) / max(along, 1e-9))
    return out
