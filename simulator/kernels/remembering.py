"""Streets as they are remembered: as they are as far as they are known, else as such streets are.

Axis letters: H clock hours, C perception classes, S segments, K kinds of street.
"""

from typing import Any

import numpy as np

from simulator.kernels.policy import kernel

Array = np.ndarray[Any, Any]


@kernel
def typical(fear: Array, kind: Array, length_m: Array, kinds: int) -> Array:
    """Mean fear on streets of each kind, by length (float64 (H, C, K)).

    Parameters
    ----------
    fear
        P(feel unsafe) (float32 (H, C, S)).
    kind
        Kind of each street, below `kinds` (int64 (S,)).
    """
    out, whole = np.zeros((fear.shape[0], fear.shape[1], kinds)), np.zeros(kinds)
    for segment in range(kind.shape[0]):
        whole[kind[segment]] += length_m[segment]
    for hour in range(fear.shape[0]):
        for group in range(fear.shape[1]):
            for segment in range(kind.shape[0]):
                out[hour, group, kind[segment]] += fear[hour, group, segment] * length_m[segment]
            for one in range(kinds):
                out[hour, group, one] /= whole[one]
    return out


@kernel
def remember(fear: Array, kind: Array, unknown: Array, of_kind: Array) -> None:
    """Pull fear (float32 (H, C, S), written over) towards that of each kind (H, C, K), as far as it is unknown (S,)."""
    for hour in range(fear.shape[0]):
        for group in range(fear.shape[1]):
            for segment in range(kind.shape[0]):
                as_it_is = fear[hour, group, segment]
                pull = unknown[segment] * (of_kind[hour, group, kind[segment]] - as_it_is)
                fear[hour, group, segment] = as_it_is + np.float32(pull)
