"""The streets as a graph to walk on: lengths that count steps and waits at crossings, and metres between junctions."""

from typing import Any

import numpy as np
from scipy import sparse

from simulator.city.network import STREET_CLASSES, StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws

Array = np.ndarray[Any, Any]
MAIN_ROADS = ("primary", "secondary")
_PACE_AT_CROSSINGS = 1.3  # m/s: what a wait counts in metres of walking; of an average adult


def walking_metres(network: StreetNetwork, parameters: Parameters) -> Array:
    """Length of each segment (float64), stretched by the extra time that steps and crossings of main roads take."""
    stretched = np.where(network.streets.is_steps, parameters.steps_time_factor, 1.0) * network.streets.length_m
    return np.asarray(stretched + crossing_metres(network, parameters))


def crossing_metres(network: StreetNetwork, parameters: Parameters) -> Array:
    """Waits to cross main roads as metres of walking (float64 (S,)): half of one at each end of a side street or path.

    Each junction with a main road has a wait of its own, drawn evenly from 0 to twice `crossing_delay_s`. Who comes to
    it and goes on across waits once, who turns into the main road half of it, who walks along the main road never.
    """
    streets = network.streets
    main = np.isin(streets.street_class, [STREET_CLASSES.index(word) for word in MAIN_ROADS])
    busy = np.zeros(len(network.junctions), bool)
    busy[streets.from_junction[main]] = True
    busy[streets.to_junction[main]] = True
    variate = draws.uniform(parameters.seed, "crossing", network.junctions.junction_id)
    metres = np.where(busy, 2.0 * variate * parameters.crossing_delay_s * _PACE_AT_CROSSINGS, 0.0)
    return np.where(main, 0.0, (metres[streets.from_junction] + metres[streets.to_junction]) / 2.0)


def metres_between(network: StreetNetwork, walk_m: Array) -> sparse.csr_matrix:
    """Metres between neighbouring junctions as a sparse matrix; of parallel segments the shortest counts."""
    streets, count = network.streets, len(network.junctions)
    low = np.minimum(streets.from_junction, streets.to_junction)
    high = np.maximum(streets.from_junction, streets.to_junction)
    order = np.lexsort((walk_m, high, low))
    first = np.ones(order.size, bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    kept = order[first]
    return sparse.csr_matrix((walk_m[kept], (low[kept], high[kept])), shape=(count, count))
