"""The core of the streets: junctions at which one may choose, begin or end, and the ways from one to the next.

A junction of two ways leaves no choice, and a way that ends blind leads nowhere unless somebody goes there. Searches on
the core look at fewer junctions; the ways found are the same.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.foundation.once import once_a_city

Array = np.ndarray[Any, Any]


class Chains(NamedTuple):
    """Arcs by the junction that they leave, in a fixed order."""

    start: Array
    """int32 (J + 1,)"""
    head: Array
    """int32 (A,)"""
    bound: Array
    """int64 (A + 1,): the segments of each arc are links[bound[a]:bound[a + 1]], in walking order"""
    links: Array
    """int32"""


@once_a_city
def every_segment(network: StreetNetwork) -> Chains:
    """Both directions of every segment, each an arc."""
    arcs = network.arcs
    return Chains(arcs.start, arcs.head, np.arange(arcs.head.size + 1), arcs.segment)


@once_a_city
def kept_junctions(network: StreetNetwork) -> Array:
    """Whether each junction lies on the core (bool (J,)): trips begin or end there, or there is a choice of ways."""
    ends = _ends(network)
    degree, alive = _without_blind_ways(network.arcs, ends)
    return ends | (alive & (degree != 2))


def _ends(network: StreetNetwork) -> Array:
    ends = np.zeros(len(network.junctions), bool)
    ends[network.places.junction] = True
    ends[network.stops.junction] = True
    return ends


def _without_blind_ways(arcs: Any, ends: Array) -> tuple[Array, Array]:
    """Ways at each junction, and which junctions are left (bool), once ways that end blind are taken away."""
    degree, alive = np.diff(arcs.start).astype(np.int64), np.ones(ends.size, bool)
    blind = list(np.flatnonzero((degree <= 1) & ~ends))
    while blind:
        junction = blind.pop()
        if alive[junction]:
            alive[junction] = False
            for other in arcs.head[arcs.start[junction] : arcs.start[junction + 1]]:
                degree[other] -= 1
                if alive[other] and degree[other] <= 1 and not ends[other]:
                    blind.append(other)
    return degree, alive


@once_a_city
def core_of(network: StreetNetwork) -> Chains:
    """The arcs of the core; one that comes back to where it began is left out."""
    arcs, kept = network.arcs, kept_junctions(network)
    _, alive = _without_blind_ways(arcs, _ends(network))
    start, head, bound, links = [0], [], [0], []
    for junction in range(kept.size):
        ways = range(arcs.start[junction], arcs.start[junction + 1]) if kept[junction] else ()
        for way in ways:
            found = _followed(arcs, alive, kept, way) if alive[arcs.head[way]] else None
            if found and found[0] != junction:
                head.append(found[0])
                links += found[1]
                bound.append(len(links))
        start.append(len(head))
    return Chains(*(np.array(one, kind) for one, kind in ((start, "i4"), (head, "i4"), (bound, "i8"), (links, "i4"))))


def _followed(arcs: Any, alive: Array, kept: Array, way: int) -> tuple[int, list[int]]:
    """Follow a way past junctions without a choice: where it leads, and its segments."""
    links = [int(arcs.segment[way])]
    here = int(arcs.head[way])
    while not kept[here]:
        onward = [
            other
            for other in range(arcs.start[here], arcs.start[here + 1])
            if alive[arcs.head[other]] and arcs.segment[other] != links[-1]
        ]
        way = onward[0]
        links.append(int(arcs.segment[way]))
        here = int(arcs.head[way])
    return here, links
