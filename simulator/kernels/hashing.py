"""The counter-based random numbers of `foundation.draws` inside kernels, to the bit."""

from typing import Any

import numpy as np

from simulator.kernels.policy import part_of_kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


@part_of_kernel
def _mix(z: Any) -> Any:
    z = (z ^ (z >> _30)) * _MIX1
    z = (z ^ (z >> _27)) * _MIX2
    return z ^ (z >> _31)


@part_of_kernel
def hashed(state: Any, key: int) -> Any:
    """The state (uint64) with one more whole number mixed in; `draws.bits(seed, stream)` is the first."""
    return _mix((state ^ _mix(np.uint64(np.int64(key)) + _GOLDEN)) + _GOLDEN)


@part_of_kernel
def uniform(state: Any) -> float:
    """Uniform strictly between 0 and 1."""
    return (np.float64(state >> _11) + 0.5) * 2.0**-53
