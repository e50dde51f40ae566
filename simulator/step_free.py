"""Ways without steps: wheelchair users have a graph of their own, in which steps cost more than anything else.

A route that goes over steps all the same has no other way: that trip cannot be made on foot, and says so.
"""

from typing import Any

import numpy as np

from simulator import choices
from simulator.choices import Routed
from simulator.kernels.routing import Graph, Wishes
from simulator.network import StreetNetwork

Array = np.ndarray[Any, Any]
STEPS_PRICE = 100.0
"""Metres that a metre of steps costs in a wheelchair: a flight of 20 m costs more than any detour of 2 km, so steps are
taken only for want of one. Much more, and the route search would no longer tell costs apart."""


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
    wishes: Wishes,
    rolling: Array,
    threads: int,
) -> Routed:
    """Route every wish, those of wheelchair users in the second graph.

    Parameters
    ----------
    graphs
        For those who take steps, and for those who do not (`step_free_graph`).
    rolling
        Whether each wish is of somebody in a wheelchair (bool).
    fear, network, wishes, threads
        As `choices.route_between` takes them.
    """
    if graphs[0] is graphs[1] or not rolling.any():
        return choices.route_between(graphs[0], fear, network, wishes, threads)
    rows = [np.flatnonzero(~rolling), np.flatnonzero(rolling)]
    parts = [
        choices.route_between(graph, fear, network, Wishes(*(column[chosen] for column in wishes)), threads)
        for graph, chosen in zip(graphs, rows, strict=True)
    ]
    return choices.join(parts).take(np.argsort(np.concatenate(rows), kind="stable"))


def takes_steps(network: StreetNetwork, routed: Routed) -> Array:
    """Whether each route goes over steps (bool)."""
    running = np.concatenate([[0], np.cumsum(network.streets.is_steps[routed.route])])
    return np.asarray(running[routed.start[1:]] > running[routed.start[:-1]])
