"""Whether two cities are one but for the last digits that another processor or another build of a library gives."""

import dataclasses

import numpy as np

from simulator.city.network import StreetNetwork, tables_of
from simulator.foundation.columns import columns_of

CLOSE = 0.011
"""Positions, lengths and light are rounded to 0.01; a value that lies between two may be rounded to the other one."""


def parts_that_differ(one: StreetNetwork, other: StreetNetwork) -> list[str]:
    """Names of what differs: numbers with a fraction by more than `CLOSE`, anything else at all."""
    found = []
    tables = tables_of(StreetNetwork)
    for field in dataclasses.fields(StreetNetwork):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name in tables:
            columns = [
                (f"{field.name}.{c.name}", getattr(mine, c.name), getattr(theirs, c.name))
                for c in columns_of(type(mine))
            ]
        else:
            columns = [(field.name, mine, theirs)]
        found += [name for name, left, right in columns if not _alike(left, right)]
    return found


def _alike(left: object, right: object) -> bool:
    if isinstance(left, (np.ndarray, float)):
        one, other = np.asarray(left), np.asarray(right)
        if one.shape != other.shape:
            return False
        return np.allclose(one, other, rtol=1e-9, atol=CLOSE) if one.dtype.kind == "f" else bool((one == other).all())
    return left == right
