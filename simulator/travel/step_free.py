"""Ways without steps: wheelchair users have a graph of their own, which has none.

Where two junctions hang together by steps alone, the way found goes over them: it cannot be taken, and says so.
"""

import dataclasses
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from simulator.city.network import StreetNetwork
from simulator.kernels.routing import Graph, Wishes
from simulator.travel import routes
from simulator.travel.looking_ahead import graph_of
from simulator.travel.routes import Routed

Array = np.ndarray[Any, Any]


def step_free_graph(network: StreetNetwork, graph: Graph) -> Graph:
    """The street graph as wheelchair users find it; the very same where a city has no steps."""
    streets = network.streets
    if not streets.is_steps.any():
        return graph
    nowhere = np.where(streets.is_steps, streets.from_junction, streets.to_junction)  # steps lead back to their foot
    level = dataclasses.replace(network, streets=dataclasses.replace(streets, to_junction=nowhere))
    return graph_of(level, graph.walk_m)


def route_everybody(
    graphs: tuple[Graph, Graph],
    fear: Array,
    *,
    network: StreetNetwork,
    wishes: Wishes,
    uses_wheelchair: Array,
    threads: int,
) -> Routed:
    """Route every wish, those of wheelchair users in the second graph where it leads there.

    Parameters
    ----------
    graphs
        For those who take steps, and for those who do not (`step_free_graph`).
    uses_wheelchair
        Whether each wish is of somebody in a wheelchair (bool).
    fear, network, wishes, threads
        As `routes.route_between` takes them.
    """
    if graphs[0] is graphs[1] or not uses_wheelchair.any():
        return routes.route_between(graphs[0], fear, network, wishes, threads)
    part = level_parts(graphs[1])
    level = uses_wheelchair & (part[wishes.origin] == part[wishes.destination])
    rows = [np.flatnonzero(~level), np.flatnonzero(level)]
    parts = [
        routes.route_between(graph, fear, network, Wishes(*(column[chosen] for column in wishes)), threads)
        for graph, chosen in zip(graphs, rows, strict=True)
    ]
    return routes.join(parts).take(np.argsort(np.concatenate(rows), kind="stable"))


def level_parts(graph: Graph) -> Array:
    """Which junctions hang together in a graph (one number each, int32 (J,))."""
    size, net = graph.kept.size, graph.every
    links = sparse.csr_matrix((np.ones(len(net.arcs), bool), net.arcs["head"], net.start), shape=(size, size))
    return np.asarray(connected_components(links, directed=False)[1])


def takes_steps(network: StreetNetwork, routed: Routed) -> Array:
    """Whether each route goes over steps (bool)."""
    running = np.concatenate([[0], np.cumsum(network.streets.is_steps[routed.route])])
    return np.asarray(running[routed.start[1:]] > running[routed.start[:-1]])
