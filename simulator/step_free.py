"""Ways without steps: wheelchair users have a graph of their own, in which steps cost more than anything else.

A route that goes over steps all the same has no other way: that trip cannot be made on foot, and says so.
"""

from typing import Any

import numpy as np

from simulator import choices
from simulator.choices import Routed
from simulator.kernels.routing import Graph
from simulator.network import StreetNetwork
from simulator.people import People
from simulator.plans import Trips

Array = np.ndarray[Any, Any]
STEPS_PRICE = 10_000.0
"""Metres that a metre of steps costs in a wheelchair: more than any detour, so steps are taken only for want of one."""


def step_free_graph(network: StreetNetwork, graph: Graph) -> Graph:
    """The street graph as wheelchair users find it; the very same where a city has no steps."""
    steps = network.streets.is_steps
    if not steps.any():
        return graph
    return choices.graph_of(network, np.where(steps, STEPS_PRICE, 1.0) * graph.walk_m)


def route_everybody(
    graphs: tuple[Graph, Graph],
    fear: Array,
    *,
    network: StreetNetwork,
    trips: Trips,
    who: tuple[Array, Array],
    wheelchair: Array,
    threads: int,
) -> Routed:
    """Route every trip, those of wheelchair users in the second graph.

    Parameters
    ----------
    graphs
        For those who take steps, and for those who do not (`step_free_graph`).
    wheelchair
        Whether each person uses a wheelchair (bool (P,)).
    fear, network, trips, who, threads
        As `choices.route` takes them.
    """
    rolling = wheelchair[trips.person]
    if graphs[0] is graphs[1] or not rolling.any():
        return choices.route(graphs[0], fear, network, trips, who, threads)
    rows = [np.flatnonzero(~rolling), np.flatnonzero(rolling)]
    parts = [
        choices.route(graph, fear, network, trips.take(chosen), who, threads)
        for graph, chosen in zip(graphs, rows, strict=True)
    ]
    start = np.concatenate([parts[0].start, parts[0].start[-1] + parts[1].start[1:]])
    both = Routed(start, *(np.concatenate([getattr(part, name) for part in parts]) for name in ("route", "unsafe_m")))
    return both.take(np.argsort(np.concatenate(rows), kind="stable"))


def takes_steps(network: StreetNetwork, routed: Routed) -> Array:
    """Whether each route goes over steps (bool)."""
    running = np.concatenate([[0], np.cumsum(network.streets.is_steps[routed.route])])
    return np.asarray(running[routed.start[1:]] > running[routed.start[:-1]])


def blocked_by_steps(network: StreetNetwork, people: People, trips: Trips, routed: Routed) -> Array:
    """Trips (bool) that cannot be made on foot: those of wheelchair users whose only way goes over steps."""
    return np.asarray(people.wheelchair[trips.person] & takes_steps(network, routed))
