"""How like two shapes are."""

import numpy as np

from simulator.evidence.profiles import Array


def likeness(found: Array, wanted: Array, weight: Array) -> tuple[float, float]:
    """Weighted correlation, and weighted mean absolute error over the mean wanted (%)."""
    means = [np.average(one, weights=weight) for one in (found, wanted)]
    first, second = (one - mean for one, mean in zip((found, wanted), means, strict=True))
    cross, own, other = ((weight * product).sum() for product in (first * second, first**2, second**2))
    error = np.average(np.abs(found - wanted), weights=weight)
    correlation = np.clip(cross / np.sqrt(own * other), -1.0, 1.0)  # rounding alone leads beyond
    return float(correlation), float(100.0 * error / means[1])
