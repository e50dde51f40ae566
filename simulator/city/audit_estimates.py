"""What audits say of streets that nobody audited: ratings carried along the streets, fading with distance on foot.

The weight of a rating on a segment is exp(-d / L) with d the way on foot from the middle of the audited segment to the
middle of the other, and L the evidence parameter `audit_decay`. The estimate is the weighted mean, its support the
sum of weights: 1 is one audit right there. Below `audit_least_support` there is no estimate. Day and dark are kept
apart by the sun at the audit's hour on the 15th of its month. An audit is dated evidence, never the sole input: the
youngest month stands beside each estimate, and nothing in perception or risk reads them.
"""

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from simulator.city.audits import AUDIT_PARAMETERS, BEST_RATING
from simulator.city.network import StreetNetwork
from simulator.city.sun import DARK_FROM, darkness, solar_elevation
from simulator.evidence.parameters import nominal

COLUMNS = ("segment_id", "parameter", "period", "estimate_points", "support", "audits", "youngest_month")
_REACH = 5.0
"""Ways longer than so many decay lengths weigh less than one in a hundred and are left out."""
_AT_ONCE = 256

Array = np.ndarray[Any, Any]


def signs(network: StreetNetwork, rated: Sequence[str], *, prior_audits: float) -> Array:
    """What audits say of each street, from -1 (poor) to 1 (good), and 0 where nobody audited near (float32 (S,)).

    Each of the parameters `rated` gives its estimate, by day and dark together, drawn towards the middle of the scale
    as if `prior_audits` audits had found a middling street; their mean is the sign.
    """
    audits = network.audits
    found = np.zeros((len(rated), len(network.streets)), np.float32)
    if len(audits):
        order, row_of, weight = _weights(network)
        for number, parameter in enumerate(rated):
            rows = order[audits.parameter[order] == AUDIT_PARAMETERS.index(parameter)]
            over = 2.0 * audits.rating[rows] / BEST_RATING - 1.0
            found[number] = (over @ weight[row_of[rows]]) / (weight[row_of[rows]].sum(axis=0) + prior_audits)
    return np.asarray(found.mean(axis=0))


def _weights(network: StreetNetwork) -> tuple[Array, Array, Array]:
    """Ratings in the order of their keys, the audited segment of each, and its weights on all segments (A, S)."""
    order = np.argsort(network.audits.audit_id)  # sums must not depend on the order of rows
    audited, row_of = np.unique(network.audits.segment, return_inverse=True)
    away = _ways_between(network, audited)
    weight = np.exp(-away / nominal("audit_decay"))
    weight[away > _REACH * nominal("audit_decay")] = 0.0
    return order, row_of, weight


def audit_estimates(network: StreetNetwork) -> pd.DataFrame:
    """Estimates by segment, parameter and period, for the segments with enough support.

    Returns
    -------
    Columns `COLUMNS`, sorted; ratings run from 0 (poor) to 3 (good). No rows for a city without audits.
    """
    audits = network.audits
    if not len(audits):
        return pd.DataFrame({name: [] for name in COLUMNS})
    order, row_of, weight = _weights(network)
    dark = made_after_dark(network)
    tables = []
    for code, parameter in enumerate(AUDIT_PARAMETERS):
        for period, wanted in (("day", False), ("dark", True)):
            rows = order[(audits.parameter[order] == code) & (dark[order] == wanted)]
            if rows.size:
                tables.append(_estimated(network, rows, weight[row_of[rows]], parameter, period))
    told = pd.concat(tables)[list(COLUMNS)]
    return told.sort_values(["segment_id", "parameter", "period"], ignore_index=True)


def _estimated(network: StreetNetwork, rows: Array, weight: Array, parameter: str, period: str) -> pd.DataFrame:
    audits = network.audits
    support = weight.sum(axis=0)
    kept = np.flatnonzero(support >= nominal("audit_least_support"))
    reached = weight[:, kept] > 0
    months = np.where(reached, audits.month[rows][:, None], "")
    return pd.DataFrame(
        {
            "segment_id": network.streets.segment_id[kept],
            "parameter": parameter,
            "period": period,
            "estimate_points": (audits.rating[rows] @ weight)[kept] / support[kept],
            "support": support[kept],
            "audits": reached.sum(axis=0),
            "youngest_month": np.sort(months, axis=0)[-1] if kept.size else np.zeros(0, str),
        }
    )


def _ways_between(network: StreetNetwork, audited: Array) -> Array:
    """Metres on foot (A, S) from the middle of each audited segment to the middle of every segment; inf if too far."""
    from scipy.sparse.csgraph import dijkstra  # here, because it is slow to load, and few cities have audits

    streets, count = network.streets, len(network.junctions)
    ends = np.column_stack([streets.from_junction, streets.to_junction])
    loose = sparse.coo_matrix((streets.length_m, ends.T), shape=(count, count))
    order = np.lexsort((loose.data, loose.col, loose.row))  # of parallel streets the shorter, not their sum
    pairs = np.column_stack([loose.row, loose.col])[order]
    first = np.ones(len(pairs), bool)
    first[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    graph = sparse.csr_matrix((loose.data[order][first], pairs[first].T), shape=(count, count))
    half, limit = streets.length_m / 2, _REACH * nominal("audit_decay")
    away = np.full((audited.size, len(streets)), np.inf)
    for part in np.array_split(np.arange(audited.size), max(1, audited.size // _AT_ONCE)):
        for end in range(2):
            reach = dijkstra(graph, directed=False, indices=ends[audited[part], end], limit=limit)
            nearest = np.minimum(reach[:, ends[:, 0]], reach[:, ends[:, 1]])
            away[part] = np.minimum(away[part], half[audited[part], None] + nearest + half)
    away[np.arange(audited.size), audited] = 0.0
    return away


def made_after_dark(network: StreetNetwork) -> Array:
    """Whether each audit was made after dark (bool (A,))."""
    audits = network.audits
    dark = np.zeros(len(audits), bool)
    for month in np.unique(audits.month):
        year, number = (int(word) for word in str(month).split("-"))
        sun = solar_elevation(network.latitude, network.longitude, network.timezone, datetime.date(year, number, 15))
        by_hour = darkness(sun, begins_deg=nominal("dark_begins_deg"), complete_deg=nominal("dark_complete_deg"))
        rows = audits.month == month
        dark[rows] = by_hour[audits.hour[rows]] >= DARK_FROM
    return dark
