"""The virtual survey: every resident of 16 and over is asked about feeling safe alone after dark near home.

A proxy for SDG 16.1.4. Streets within reach of home on foot count with fixed weights (their length, falling linearly
with distance), so the answer never depends on who went out; those who never go out are asked too.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from simulator.city.network import StreetNetwork
from simulator.city.walking_graph import metres_between
from simulator.foundation.blocks import BLOCKS, edges, run_blocks
from simulator.kernels.walking import Streets as HourStreets
from simulator.kernels.walking import ask_residents
from simulator.people.population import People

Array = np.ndarray[Any, Any]
ASKED_HOUR = 21
"""Clock hour that the question stands for; it is asked as if fully dark."""
ASKED_AGE = 16


class Asked(NamedTuple):
    """Who is asked, and about which streets."""

    rows: Array
    """Rows of the people asked (int64 (N,))."""
    home: Array
    """Row of each one's home in `near` (int64 (N,))."""
    gender: Array
    near: tuple[Array, Array, Array]
    """Streets near homes, as `streets_near` gives them."""


def who_is_asked(network: StreetNetwork, people: People, *, reach_m: float) -> Asked:
    """The residents of 16 and over, and the streets within so many metres on foot from their homes."""
    rows = np.flatnonzero(people.resident & (people.age >= ASKED_AGE))
    junctions, home = np.unique(network.places.junction[people.home[rows]], return_inverse=True)
    return Asked(rows, home.astype(np.int64), people.gender[rows], streets_near(network, junctions, reach_m))


def ask(asked: Asked, own: Array, streets: HourStreets) -> Array:
    """Mean P(feel safe) of each person asked (float64 (N,)).

    Parameters
    ----------
    own
        Own part of the score of everybody (float64 (P,)).
    streets
        The streets after dark at ASKED_HOUR.
    """
    bound = edges(asked.rows.size)

    def one(block: int) -> Array:
        part = slice(bound[block], bound[block + 1])
        told = (asked.home[part], asked.gender[part], own[asked.rows[part]])
        return np.asarray(ask_residents(streets, asked.near, told))

    return np.concatenate(run_blocks(one, BLOCKS if asked.rows.size > 100_000 else 1))


def streets_near(network: StreetNetwork, junctions: Array, reach_m: float) -> tuple[Array, Array, Array]:
    """Segments within reach of each junction as compressed rows: start (int64), segment (int32), weight (float64)."""
    streets = network.streets
    graph = metres_between(network, streets.length_m)
    starts, segments, weights = [np.zeros(1, np.int64)], [], []
    for part in np.array_split(junctions, max(1, junctions.size // 256)):
        away = dijkstra(graph, directed=False, indices=part, limit=reach_m)
        middle = (away[:, streets.from_junction] + away[:, streets.to_junction]) / 2
        pull = streets.length_m * np.clip(1.0 - middle / reach_m, 0.0, None)
        pull[~np.isfinite(pull)] = 0.0
        alone = pull.sum(axis=1) == 0
        pull[alone] = streets.length_m  # a home whose own streets are all longer than the reach: the whole network
        pull /= pull.sum(axis=1, keepdims=True)
        row, segment = np.nonzero(pull)
        starts.append(np.bincount(row, minlength=part.size))
        segments.append(segment.astype(np.int32))
        weights.append(pull[row, segment])
    return np.cumsum(np.concatenate(starts)), np.concatenate(segments), np.concatenate(weights)
