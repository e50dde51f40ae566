"""Where on its distribution each draw takes a parameter: spread evenly over it, and nested, so that draws can be added.

The first 1, 2, 4, 8, ... draws are a Latin hypercube each (McKay, Beckman and Conover 1979, doi
10.1080/00401706.1979.10489755): of 2^k draws exactly one lies in each of the 2^k equal shares of a parameter's
distribution, in an order that is every parameter's own. When they are doubled each share is halved; one half holds its
old draw, and a new one falls into the other (the refinement of Sallaberry, Helton and Hora 2008, doi
10.1016/j.ress.2007.04.002). Each draw by itself lies anywhere with the same chance, so other numbers of draws are fair
too, if less even.

It is still a hash of (seed, parameter, draw): a new parameter moves no other, and no draw depends on how many others
there are.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from simulator.foundation import draws

Array = np.ndarray[Any, Any]


def quantile(seed: int, name: str, draw: int) -> float:
    """A number strictly between 0 and 1 for one parameter in a draw."""
    return float(quantiles(seed, (name,), draw)[0])


def quantiles(seed: int, names: tuple[str, ...], draw: int) -> Array:
    """A number strictly between 0 and 1 for each parameter in a draw.

    Parameters
    ----------
    names
        Names of parameters, (N,).
    draw
        From 0 on.

    Returns
    -------
    float64 (N,)
    """
    words = _words(names)
    at, steps = np.full(len(names), draw), []
    for level in range(draw.bit_length() - 1, -1, -1):  # down to draw 0: whose share did each halve
        new = np.flatnonzero(at >= 1 << level)
        steps.append((level, new, at[new]))
        at[new] = _order(seed, names, level)[new, at[new] - (1 << level)]
    found = draws.uniform(seed, words, 0)
    for level, new, its_draw in reversed(steps):
        shares = 1 << (level + 1)
        share = (found[new] * shares).astype(np.int64) ^ 1  # the half beside that of the old draw
        inside = (share + draws.uniform(seed, words[new], its_draw)) / shares
        found[new] = np.minimum(inside, np.nextafter((share + 1) / shares, 0.0))
    return found


@lru_cache(maxsize=64)
def _words(names: tuple[str, ...]) -> Array:
    return np.array([draws.word(f"parameter/{name}") for name in names], np.uint64)


@lru_cache(maxsize=256)
def _order(seed: int, names: tuple[str, ...], level: int) -> Array:
    """Old draw whose share each new one of a level halves: for each name an order of 0 to 2^level - 1, by hashes."""
    keys = draws.bits(seed, _words(names)[:, None], -1 - level, np.arange(1 << level))
    return np.argsort(keys, axis=1, kind="stable").astype(np.int32)
