"""Counter-based draws: every random number is a hash of (seed, stream, stable ids), never the next of a sequence.

So the same person on the same night gets the same random numbers with and without the lamp, a draw added to one stream
moves no other, and no result depends on order or threads. The mixer is the finaliser of SplitMix64 (Steele, Lea and
Flood 2014, doi 10.1145/2660193.2660195), applied once a word.
"""

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import ndtri

Array = np.ndarray[Any, Any]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)


@lru_cache(maxsize=256)
def word(name: str) -> int:
    """A stable 64-bit number for a name (the first eight bytes of its BLAKE2b hash)."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _mix(z: Array) -> Array:
    z = (z ^ (z >> np.uint64(30))) * _MIX1
    z = (z ^ (z >> np.uint64(27))) * _MIX2
    return z ^ (z >> np.uint64(31))


def bits(seed: int, stream: str | Array, *ids: Array | int) -> Array:
    """Hash to uint64, broadcast over `ids` (integer arrays or numbers, in a fixed order).

    `stream` is a name, or an array of the numbers (`word`) of several, which is broadcast too.
    """
    with np.errstate(over="ignore"):  # wrapping is what a hash wants
        state = _mix(np.asarray(seed & 0xFFFFFFFFFFFFFFFF, np.uint64) + _GOLDEN)
        name = np.asarray(word(stream) if isinstance(stream, str) else stream, np.uint64)
        state = _mix((state ^ name) + _GOLDEN)
        for part in ids:
            key = np.asarray(part).astype(np.int64).view(np.uint64)
            state = _mix((state ^ _mix(key + _GOLDEN)) + _GOLDEN)
    return state


def uniform(seed: int, stream: str | Array, *ids: Array | int) -> Array:
    """Uniform float64 strictly between 0 and 1, shaped as the broadcast of `ids`."""
    return ((bits(seed, stream, *ids) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normal(seed: int, stream: str, *ids: Array | int) -> Array:
    """Standard normal float64 by inversion."""
    return np.asarray(ndtri(uniform(seed, stream, *ids)))
