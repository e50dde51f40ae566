"""Who lives within a walk of public transport: SDG 11.2.1, by the network, by day and by night.

Walks follow the streets: from a door straight to the nearest point of its segment, along the streets, and straight
from the nearest point of the stop's segment to the stop. Residents are the sizes of the places of kind home.
"""

from typing import Any, NamedTuple

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from simulator.city.network import StreetNetwork
from simulator.city.transit import STOP_KINDS, headway_at
from simulator.errors import InputError
from simulator.evidence.parameters import nominal

LOW_CAPACITY = ("bus", "tram")
HIGH_CAPACITY = ("train", "metro", "ferry")
_SHORTEST_M = 1e-6  # a sparse graph takes a length of nothing for no street

Array = np.ndarray[Any, Any]


class Access(NamedTuple):
    """Residents of the homes of a city, and those of them within reach."""

    residents: float
    within_reach: float

    @property
    def share(self) -> float:
        """Share of residents within reach; 0 where nobody lives."""
        return self.within_reach / self.residents if self.residents else 0.0


def transit_access(
    network: StreetNetwork, *, day_kind: str | None = None, hour: int | None = None, headway_min: float = 60.0
) -> Access:
    """Residents within 500 m on foot of a bus or tram stop, or 1 000 m of a train, metro or ferry (SDG 11.2.1).

    Parameters
    ----------
    network
        A city with stops; distances are `access_reach_low_m` and `access_reach_high_m` of the evidence file.
    day_kind, hour
        Count only stops with departures in that hour: a word of `DAY_KINDS` and an hour on the clock, 2 for the
        night that follows. Without both, every stop counts.
    headway_min
        Longest mean headway (min) that counts then, all lines in the better served direction together.

    Raises
    ------
    InputError
        If only one of kind of day and hour is given, or one is not known.
    """
    if (day_kind is None) != (hour is None):
        raise InputError("access at an hour: expected both a kind of day and an hour, found only one")
    stops = network.stops
    counts = np.ones(len(stops), bool)
    if day_kind is not None and hour is not None:
        counts = headway_at(network.headways, len(stops), day_kind=day_kind, hour=hour).min(axis=1) <= headway_min
    homes = network.places_of("home")
    reached = np.zeros(homes.size, bool)
    for kinds, name in ((LOW_CAPACITY, "access_reach_low_m"), (HIGH_CAPACITY, "access_reach_high_m")):
        of_kind = np.isin(stops.kind, [STOP_KINDS.index(kind) for kind in kinds])
        reached |= walks_to_stops(network, np.flatnonzero(counts & of_kind), limit_m=nominal(name)) <= nominal(name)
    size = network.places.size[homes]
    return Access(float(size.sum()), float(size[reached].sum()))


def walks_to_stops(network: StreetNetwork, stops: Array, *, limit_m: float = np.inf) -> Array:
    """Walk (m) from every home to the nearest of some stops, infinite beyond the limit.

    Parameters
    ----------
    network
        The city.
    stops
        Rows of stops.
    limit_m
        Walks that are longer are not looked for.

    Returns
    -------
    float64 (H,)
        One a home, in the order of ``network.places_of("home")``.
    """
    homes = network.places_of("home")
    if not len(stops) or not homes.size:
        return np.full(homes.size, np.inf)
    streets, places, table = network.streets, network.places, network.stops
    at_stop = _Doors.of(network, table.segment[stops], table.x_m[stops], table.y_m[stops])
    at_home = _Doors.of(network, places.segment[homes], places.x_m[homes], places.y_m[homes])
    # stops are nodes behind the junctions, so that the search starts at all of them at once
    junctions, source = len(network.junctions), len(network.junctions) + np.arange(len(stops))
    tail = [streets.from_junction, streets.to_junction, source, source]
    head = [streets.to_junction, streets.from_junction, at_stop.ends[:, 0], at_stop.ends[:, 1]]
    length = [streets.length_m, streets.length_m, at_stop.metres[:, 0], at_stop.metres[:, 1]]
    graph = _graph(*(np.concatenate(parts) for parts in (tail, head, length)), nodes=junctions + len(stops))
    walked = dijkstra(graph, indices=source, min_only=True, limit=limit_m)
    walk = (walked[at_home.ends] + at_home.metres).min(axis=1)
    return np.minimum(walk, _on_the_same_street(at_home, at_stop))


class _Doors(NamedTuple):
    """Where positions meet their segments."""

    segment: Array
    ends: Array  # int64 (N, 2): junctions
    metres: Array  # float64 (N, 2): walk to either junction
    along: Array  # float64 (N,): metres from the start of the segment
    away: Array  # float64 (N,): metres to the segment

    @classmethod
    def of(cls, network: StreetNetwork, segment: Array, x_m: Array, y_m: Array) -> "_Doors":
        """Walks from positions to the ends of their segments."""
        start, streets = network.vertex_start, network.streets
        count = start[segment + 1] - start[segment]
        of = np.repeat(np.arange(segment.size), count)
        vertex = np.arange(of.size) - np.repeat(np.cumsum(count) - count, count) + np.repeat(start[segment], count)
        lines = shapely.linestrings(network.vertices[vertex], indices=of)
        at = shapely.points(x_m, y_m)
        # by share: the length on record may differ a little from that of the drawn line
        share = shapely.line_locate_point(lines, at, normalized=True)
        away, length = shapely.distance(lines, at), streets.length_m[segment]
        metres = np.column_stack([share * length + away, (1 - share) * length + away])
        ends = np.column_stack([streets.from_junction[segment], streets.to_junction[segment]])
        return cls(segment, ends, metres, share * length, away)


def _graph(tail: Array, head: Array, length: Array, *, nodes: int) -> csr_matrix:
    """The shortest of parallel streets each; sparse matrices would add them up."""
    order = np.lexsort((length, head, tail))
    tail, head, length = tail[order], head[order], length[order]
    first = np.ones(tail.size, bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return csr_matrix((np.maximum(length[first], _SHORTEST_M), (tail[first], head[first])), shape=(nodes, nodes))


def _on_the_same_street(homes: _Doors, stops: _Doors) -> Array:
    """Walk to the nearest stop on one's own segment, infinite without one."""
    walk = np.full(homes.segment.size, np.inf)
    order = np.argsort(stops.segment, kind="stable")
    low, high = (np.searchsorted(stops.segment[order], homes.segment, side=side) for side in ("left", "right"))
    count = high - low
    home = np.repeat(np.arange(count.size), count)
    stop = order[np.arange(home.size) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)]
    metres = np.abs(homes.along[home] - stops.along[stop]) + homes.away[home] + stops.away[stop]
    np.minimum.at(walk, home, metres)
    return walk
