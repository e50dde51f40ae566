"""Ways that are known already: how long they are, some of them, whether streets on them have changed, which differ.

Axis letters: C perception classes, S segments, R routes, T ways that are asked about.
"""

from typing import Any

import numpy as np

from simulator.kernels.policy import kernel

Array = np.ndarray[Any, Any]


@kernel
def lengths(start: Array, route: Array, which: Array, walk_m: Array) -> Array:
    """Metres of some routes (float64 (T,)).

    Parameters
    ----------
    start, route
        int64 (R + 1,) and int32: the segments of route r are ``route[start[r]:start[r + 1]]``.
    which
        Routes by number (int64 (T,)).
    walk_m
        Metres of each segment (float64 (S,)).
    """
    out = np.zeros(which.shape[0])
    for row in range(which.shape[0]):
        for at in range(start[which[row]], start[which[row] + 1]):
            out[row] += walk_m[route[at]]
    return out


@kernel
def taken(start: Array, route: Array, which: Array) -> tuple[Array, Array]:
    """Some routes, one after the other: `start` (int64 (T + 1,)) and `route` (int32), parameters as in `lengths`."""
    begins = np.zeros(which.shape[0] + 1, np.int64)
    for row in range(which.shape[0]):
        begins[row + 1] = begins[row] + start[which[row] + 1] - start[which[row]]
    out = np.empty(begins[-1], np.int32)
    for row in range(which.shape[0]):
        first = start[which[row]] - begins[row]
        for at in range(begins[row], begins[row + 1]):
            out[at] = route[first + at]
    return begins, out


@kernel
def mark_touched(start: Array, route: Array, which: Array, group: Array, changed: Array, touched: Array) -> None:
    """Mark (bool (T,), written) the ways that lead along a street which has changed to those who go there.

    Parameters
    ----------
    group
        Perception class of whoever goes each way (int8 (T,)).
    changed
        bool (C, S).
    """
    for row in range(which.shape[0]):
        here = changed[group[row]]
        for at in range(start[which[row]], start[which[row] + 1]):
            touched[row] = touched[row] or here[route[at]]


@kernel
def mark_different(
    one: tuple[Array, Array], which: Array, other: tuple[Array, Array], other_which: Array, different: Array
) -> None:
    """Mark (bool (T,), written) where a route of one pool is not, segment by segment, that of the other.

    Parameters
    ----------
    one, other
        `start` and `route` of each pool, as in `lengths`.
    which, other_which
        Routes by number (int64 (T,) each).
    """
    for row in range(which.shape[0]):
        first, then = one[0][which[row]], other[0][other_which[row]]
        count = one[0][which[row] + 1] - first
        if count != other[0][other_which[row] + 1] - then:
            different[row] = True
            continue
        for at in range(count):
            different[row] = different[row] or one[1][first + at] != other[1][then + at]
