"""Displacement of offending, assumed: where a drawn share of the hazard that measures avert goes.

Whether offending moves on when a place gets harder, or benefits spread, cannot be predicted: over 102 evaluations both
are about as frequent (Guerette and Bowers 2009, doi 10.1111/j.1745-9125.2009.00177.x). So a share is drawn, as likely
below zero (benefits spread) as above (hazard moves). It is a share of *averted hazard*: what the direct ratios of
measures take away at the footfall of the baseline, not incidents that fall away because people stay away. The share
is laid on untreated segments near by, each by exp(-network distance / `displacement_distance`) times the hazard met
there (its opportunity); what lies beyond the gateways takes part by what is met at the gateway, and is booked outside.
Nothing gets lost: near + outside = share x averted, by type and hour.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from simulator.city.conditions import Conditions
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.city.walking_graph import metres_between
from simulator.evidence.parameters import Parameters, load_evidence

Array = np.ndarray[Any, Any]
TREATED, NEAR, ELSEWHERE = 0, 1, 2
"""Areas of a displacement quotient: where measures act, where displacement may reach, and all other streets."""
AREAS = ("treated", "near", "elsewhere")
_AT_ONCE = 256


class Displacement(NamedTuple):
    """What was averted, and where its share went, in people x relative hazard (mean over each hour)."""

    area: Array  # int8 (S,): code of `AREAS`
    ratio: Array  # float64 (3, 24, S): what it does to hazard, 1 where it does not reach
    averted: Array  # float64 (3, 24): by the direct ratios, at the baseline's footfall
    near: Array  # float64 (3, 24): laid on segments near by (negative: benefits that spread)
    outside: Array  # float64 (3, 24): booked outside the map
    adverse: Array  # float64 (3, 24): most that could be laid elsewhere, at the end of the share's range


def displace(
    network: StreetNetwork, before: Conditions, after: Conditions, opportunity: Array, parameters: Parameters
) -> Displacement | None:
    """Where the drawn share of averted hazard goes; None if no direct ratio differs.

    Parameters
    ----------
    before, after
        The streets without and with measures.
    opportunity
        Hazard met on each segment without measures: expected people x relative hazard (3, 24, S).
    """
    changed = after.hazard_ratio != before.hazard_ratio
    treated = np.flatnonzero(changed.any(axis=(0, 1)))
    if not treated.size:
        return None
    kept = np.divide(after.hazard_ratio[:, :, treated], before.hazard_ratio[:, :, treated], dtype=np.float64)
    averted = opportunity[:, :, treated] * (1.0 - kept)
    untreated = np.ones(len(network.streets), bool)
    untreated[treated] = False
    pull, pull_outside = pulls(network, treated, untreated, parameters)
    change = _laid_ratio(averted, opportunity, (pull, pull_outside), parameters)
    near = (opportunity * change).sum(axis=2)
    area = _areas(treated, np.isin(np.arange(len(untreated)), pull.indices))
    most = load_evidence()["displacement_share"].high
    return Displacement(
        area=area,
        ratio=1.0 + change,
        averted=averted.sum(axis=2),
        near=near,
        outside=parameters.displacement_share * averted.sum(axis=2) - near,
        adverse=most * np.abs(averted).sum(axis=2),
    )


def bands_of(network: StreetNetwork, treated: Array, parameters: Parameters) -> Array:
    """Code of `AREAS` of each segment (int8 (S,)): where measures act, within `displacement_reach` on foot, all others.

    Parameters
    ----------
    treated
        Where measures act (bool (S,)).
    """
    rows, within = np.flatnonzero(treated), np.zeros(treated.size, bool)
    for _, metres in _metres_from(network, rows, ~treated, parameters):
        within |= (metres <= parameters.displacement_reach).any(axis=0)
    return _areas(rows, within)


def _areas(treated: Array, within: Array) -> Array:
    area = np.where(within, NEAR, ELSEWHERE).astype(np.int8)
    area[treated] = TREATED
    return area


def with_displacement(conditions: Conditions, displaced: Displacement | None) -> Conditions:
    """The streets with what is displaced laid on them; the same object if nothing is."""
    if displaced is None or (displaced.ratio == 1.0).all():
        return conditions
    hazard = (conditions.hazard_ratio * displaced.ratio).astype(np.float32)
    return dataclasses.replace(conditions, hazard_ratio=hazard)


def pulls(
    network: StreetNetwork, treated: Array, untreated: Array, parameters: Parameters
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """How strongly each segment draws from each treated one, and how strongly what lies beyond the map does.

    Returns
    -------
    tuple
        Two sparse matrices (treated, S) of exp(-metres / `displacement_distance`), zero beyond
        `displacement_reach`: to the middle of each untreated segment, and to the gateways, by the segment at each.
    """
    streets, places = network.streets, network.places
    gateways = np.flatnonzero(places.kind == PLACE_KINDS.index("gateway"))
    rows: list[sparse.csr_matrix] = []
    beyond: list[sparse.csr_matrix] = []
    for away, metres in _metres_from(network, treated, untreated, parameters):
        rows.append(_pull(metres, parameters))
        to_gateway = _pull(away[:, places.junction[gateways]], parameters)
        at = sparse.csr_matrix(
            (np.ones(gateways.size), (np.arange(gateways.size), places.segment[gateways])),
            shape=(gateways.size, len(streets)),
        )
        beyond.append(to_gateway @ at)
    return sparse.vstack(rows, format="csr"), sparse.vstack(beyond, format="csr")


def _metres_from(
    network: StreetNetwork, treated: Array, untreated: Array, parameters: Parameters
) -> Iterator[tuple[Array, Array]]:
    """Metres on foot from the middle of treated segments, some at a time; infinite beyond `displacement_reach`.

    Yields
    ------
    tuple
        To every junction, and to the middle of every untreated segment.
    """
    streets, graph = network.streets, _metres(network)
    for first in range(0, treated.size, _AT_ONCE):
        some = treated[first : first + _AT_ONCE]
        ends, place = np.unique(
            np.concatenate([streets.from_junction[some], streets.to_junction[some]]), return_inverse=True
        )
        reach = dijkstra(graph, directed=False, indices=ends, limit=parameters.displacement_reach)
        away = np.minimum(reach[place[: some.size]], reach[place[some.size :]])
        away += streets.length_m[some][:, None] / 2.0
        metres = np.minimum(away[:, streets.from_junction], away[:, streets.to_junction]) + streets.length_m / 2.0
        metres[:, ~untreated] = np.inf
        yield away, metres


def _metres(network: StreetNetwork) -> sparse.csr_matrix:
    """Metres between neighbouring junctions; of parallel segments the shortest counts."""
    return metres_between(network, np.maximum(network.streets.length_m, 1e-3))


def _pull(metres: Array, parameters: Parameters) -> sparse.csr_matrix:
    within = metres <= parameters.displacement_reach
    return sparse.csr_matrix(np.where(within, np.exp(-metres / parameters.displacement_distance), 0.0))


def _laid_ratio(
    averted: Array, opportunity: Array, pull: tuple[sparse.csr_matrix, sparse.csr_matrix], parameters: Parameters
) -> Array:
    """Relative change of hazard on every segment (3, 24, S); what a segment cannot take goes outside."""
    kinds, hours, count = opportunity.shape
    flat = opportunity.reshape(-1, count).T
    drawn = np.asarray((pull[0] + pull[1]) @ flat)  # (treated, 3 x 24)
    moved = parameters.displacement_share * averted.reshape(kinds * hours, -1).T
    each = np.divide(moved, drawn, out=np.zeros_like(moved), where=drawn > 0)
    change = np.asarray(pull[0].T @ each).T.reshape(kinds, hours, count)
    most = parameters.displacement_most
    return np.where(opportunity > 0, np.clip(change, 1.0 / most - 1.0, most - 1.0), 0.0)
