"""Neighbourhoods of a city: its zones by which results are told apart, and which of them each street lies in.

A street lies in the zone that holds most of it, if that is more than what lies in no zone; so each street is in one
neighbourhood or in none, and what is added up over all of them and over none is the whole. Results are reported for
the core: a street of the ring is in none. Where fewer than two zones have streets in the core there are none.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.foundation.once import once_a_city

Array = np.ndarray[Any, Any]
FEWEST = 2


class Neighbourhoods(NamedTuple):
    """Names of neighbourhoods, and which one each street lies in."""

    names: tuple[str, ...]
    of_street: Array
    """Row of `names` of each segment, one past the last where it is in none (int64 (S,))."""


@once_a_city
def neighbourhoods_of(network: StreetNetwork) -> Neighbourhoods:
    """The neighbourhoods of a city in the order of its zones; without names where it has fewer than two."""
    zones, shares, count = network.zones, network.zone_streets, len(network.streets)
    named = np.flatnonzero(~zones.is_core[shares.zone])
    segment, zone, share = (column[named] for column in (shares.segment, shares.zone, shares.share))
    order = np.lexsort((zone, -share, segment))  # of equal shares the first zone
    best = order[np.unique(segment[order], return_index=True)[1]]
    in_none = 1.0 - np.bincount(segment, share, minlength=count)
    most = np.full(count, len(zones))
    most[segment[best]] = np.where(share[best] >= in_none[segment[best]], zone[best], len(zones))
    most[~network.streets.in_core] = len(zones)
    there = np.unique(most[most < len(zones)])
    if there.size < FEWEST:
        return Neighbourhoods((), np.zeros(count, np.int64))
    row = np.full(len(zones) + 1, there.size)
    row[there] = np.arange(there.size)
    return Neighbourhoods(tuple(str(name) for name in zones.zone[there]), row[most])
