"""How far it is from everywhere to the nearest of some places, for several kinds of place at once.

Axis letters: J junctions, S segments, N kinds.
"""

from typing import Any

import numpy as np

from simulator.kernels.policy import kernel
from simulator.kernels.queue import JUNCTION_MASK, NONE, entry_of, pop, push
from simulator.kernels.routing import Net

Array = np.ndarray[Any, Any]


@kernel
def metres_to_nearest(net: Net, price_m: Array, start: Array, sources: Array, limit_m: float) -> Array:
    """Cheapest cost from each junction to the nearest source of each kind, as Dijkstra finds it from all at once.

    Parameters
    ----------
    net
        Junctions and arcs, each of which is one segment that can be walked both ways.
    price_m
        float64 (S,): what each segment costs; infinite where nobody goes.
    start, sources
        Compressed rows a kind: int64 (N + 1,) and junctions (int64).
    limit_m
        Nothing farther away is looked for.

    Returns
    -------
    float64 (N, J)
        Infinite beyond the limit, and where no source of the kind is.
    """
    kinds, junctions = start.shape[0] - 1, net.start.shape[0] - 1
    out = np.full((kinds, junctions), np.inf)
    heap = np.full(2 * net.arcs.shape[0] + sources.shape[0] + 64, NONE, np.int64)  # as in `routing.route_trips`
    for kind in range(kinds):
        cost, count = out[kind], 0
        for at in range(start[kind], start[kind + 1]):
            if cost[sources[at]] > 0.0:
                cost[sources[at]] = 0.0
                push(heap, count, entry_of(0.0, sources[at]))
                count += 1
        while count > 0:
            entry = pop(heap, count)
            count -= 1
            here = entry & JUNCTION_MASK
            if entry > entry_of(cost[here], here):
                continue
            for at in range(net.start[here], net.start[here + 1]):
                reached = cost[here] + price_m[net.links[net.arcs[at]["first"]]]
                there = net.arcs[at]["head"]
                if reached <= limit_m and reached < cost[there] and count < heap.shape[0] - 4:
                    cost[there] = reached
                    push(heap, count, entry_of(reached, there))
                    count += 1
    return out
