"""What people around do to hazard: isolation, guardianship by those who are no crowd, and the closing-time crowd."""

from typing import Any

import numpy as np

from simulator.evidence.parameters import Parameters

Array = np.ndarray[Any, Any]


def presence_ratio(parameters: Parameters, nobody: Array, crowding: Array, closing: Array | float) -> Array:
    """Hazard by the people around over that with somebody in view who neither watches nor crowds (float64 (S,)).

    Three terms. Isolation raises hazard as far as nobody is in view. Some people in view watch over a place; they do
    so less, the more they are a crowd at closing time, which raises hazard by itself. So isolation and the crowd stand
    at the two ends of the same scale, and neither counts where the other does.

    Parameters
    ----------
    nobody
        Probability that nobody is in view (S,): exp(-mu) with mu people expected.
    crowding
        Share of a full crowd in view (S,).
    closing
        Share (0 to 1) of a full closing-time setting: darkness x nightlife (S,).
    """
    crowd = closing * crowding
    isolation = 1.0 + (parameters.isolation_ratio - 1.0) * nobody
    eyes = 1.0 - nobody ** (1.0 / parameters.guardian_people)  # 1 - exp(-mu / guardian_people)
    watched = 1.0 + (parameters.guardianship_ratio - 1.0) * eyes * (1.0 - crowd)
    return np.asarray(isolation * watched * (1.0 + (parameters.closing_crowd_ratio - 1.0) * crowd))
