"""The logistic function out of a table: two exponentials for every street passed would cost more than all the rest.

Between its points it is interpolated in a straight line. The error is at most step^2 / 8 times the largest second
derivative (1 / (6 sqrt 3)), 1.2e-6 here, and 6e-6 beyond the ends: far below the 1/16384 in which chances are counted.
"""

from typing import Any

import numpy as np

from simulator.kernels.policy import part_of_kernel

Array = np.ndarray[Any, Any]
ENDS = 12.0
"""Beyond these log-odds the value at the end holds."""
STEPS_PER_UNIT = 100
_TABLE = 1.0 / (1.0 + np.exp(-np.arange(-ENDS * STEPS_PER_UNIT, ENDS * STEPS_PER_UNIT + 2) / STEPS_PER_UNIT))


@part_of_kernel
def logistic(log_odds: float) -> float:
    """1 / (1 + exp(-log-odds)), within 6e-6."""
    place = (min(max(log_odds, -ENDS), ENDS) + ENDS) * STEPS_PER_UNIT
    low = int(place)
    return _TABLE[low] + (place - low) * (_TABLE[low + 1] - _TABLE[low])
