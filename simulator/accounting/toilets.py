"""Time outdoors with an open public toilet in reach: walked, waited at stops and stayed, by hour, group and zone.

The day's walks are taken once more by the same kernel, in whole numbers, with streets from which a toilet is in reach
as further zones. Only where the city has toilets: where it has none, either nobody has mapped them or there is none.
"""

from typing import Any

import numpy as np

from simulator.accounting.day_sums import told_apart
from simulator.foundation.categories import ZONES
from simulator.foundation.clock import HOURS
from simulator.kernels.reaching import metres_to_nearest
from simulator.kernels.walking import KINDS, TIME
from simulator.setting import GROUPS
from simulator.simulation import Simulation
from simulator.travel.vehicles import person_seconds

Array = np.ndarray[Any, Any]
TOILET_M = 300.0
"""How far a toilet may be on foot to be in reach: five minutes at 1 m/s; ours, as no rule says."""


def toilets_in_reach(arm: Simulation) -> Array:
    """Streets from whose middle an open toilet is at most `TOILET_M` away on foot, by clock hour (bool (24, S)).

    Nobody is taken through a closed street; steps count by the time that they take, and nobody is kept from them.
    """
    network, conditions, graph = arm.setting.network, arm.conditions, arm.setting.graph
    streets, places = network.streets, network.places
    found = np.zeros((HOURS, len(streets)), bool)
    rows = network.places_of("toilets")
    shut = np.zeros((HOURS, len(streets)), bool) if conditions.closed is None else conditions.closed
    seen = np.concatenate([conditions.open_at[:, rows], shut], axis=1)
    for hour in np.unique(seen, axis=0, return_index=True)[1]:  # most hours of a day are alike
        at = places.junction[rows[conditions.open_at[hour, rows]]].astype(np.int64)
        price = np.where(shut[hour], np.inf, graph.walk_m)
        away = metres_to_nearest(graph.every, price, np.array([0, at.size]), at, TOILET_M)[0]
        nearer = np.minimum(away[streets.from_junction], away[streets.to_junction])
        near = (nearer + graph.walk_m / 2.0 <= TOILET_M) & ~shut[hour]
        found[(seen == seen[hour]).all(axis=1)] = near
    return found


def toilet_time(arm: Simulation) -> Array:
    """Time outdoors and the part of it with a toilet in reach (int64 (24, groups, Z, 2), ms in the run's unit)."""
    assert arm.walk is not None
    count = len(ZONES)
    if not arm.setting.network.places_of("toilets").size:
        return np.zeros((HOURS, GROUPS, count, 2), np.int64)
    near = toilets_in_reach(arm)
    zones = [
        hour._replace(zone=(hour.zone + count * reached).astype(np.int8))
        for hour, reached in zip(arm.streets, near, strict=True)
    ]
    walk = arm.walk.again(arm.setting.walkers.cell, GROUPS, 2 * count).to_the_end(zones)
    time = np.sum([part[..., TIME] for part in np.split(walk.cells, KINDS, axis=-1)], axis=0)
    apart = time.reshape(HOURS, GROUPS, 2, count)
    return np.stack([apart.sum(axis=2), apart[:, :, 1]], axis=-1)


def toilet_values(arm: Simulation, time: Array, by: str) -> dict[str, Array]:
    """Values of the summary (24, G, L, Z) of what `toilet_time` gives."""
    seconds = told_apart(time, by) / person_seconds(arm.setting.person_unit)
    return {"toilet_known_s": seconds[..., 0], "toilet_near_s": seconds[..., 1]}
