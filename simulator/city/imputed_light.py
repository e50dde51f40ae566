"""Which streets of unknown light are lit in a draw: random numbers that neighbours share.

Lamps come in runs, on one cable, so a street without a tag is likelier lit where the next one is. A Gaussian
copula does that and keeps each segment's own probability exactly: lit if Phi(z) < p, with

    z = sqrt(c) city + sqrt(1 - c) (sqrt(1 - n) field(x) + sqrt(n) own)
    field(x) = sum of w_k(x) node_k / sqrt(sum of w_k(x)^2)

`city`, `own` and `node` are standard normal hash draws: the first is one number for the whole city, since nobody knows
what share of the streets without a tag is lit: in some draws more are, in others fewer, and over draws as many as the
probabilities say. So z is standard normal at every place whatever the weights.
Nodes stand on a square lattice fixed on the ground, half a correlation length apart; w is a Gaussian of the
distance with a spread of as much. The correlation of the field then falls as exp(-d^2 / L^2): to 1/e at the
correlation length L.
"""

from typing import Any

import numpy as np
from scipy.special import ndtr

from simulator.foundation import draws

_SIDE = 4  # lattice steps on each side of a place: weights beyond are below 0.001

Array = np.ndarray[Any, Any]


def lit_in_draw(
    probability: Array,
    segment_id: Array,
    middles: Array,
    *,
    seed: int,
    draw: int,
    correlation_m: float,
    nugget: float,
    common: float,
) -> Array:
    """Whether each segment is lit in one draw.

    Parameters
    ----------
    probability
        Probability that it is lit (S,); 0 and 1 are never drawn.
    segment_id
        Stable keys (S,).
    middles
        Positions (S, 2) in projected metres.
    seed, draw
        What the random numbers are hashed from, together with keys and lattice positions: neither the order of rows
        nor what else is in the city matters.
    correlation_m, nugget
        Correlation length (m) and the share (0 to 1) of the variance that is each segment's own, of what is not
        common.
    common
        Share (0 to 1) of the variance that is common to the whole city.

    Returns
    -------
    bool (S,)
    """
    lit = np.asarray(probability) >= 1.0
    rows = np.flatnonzero((probability > 0.0) & (probability < 1.0))
    own = draws.normal(seed, "imputed light", draw, segment_id[rows])
    shared = shared_numbers(middles[rows], seed=seed, draw=draw, correlation_m=correlation_m)
    local = np.sqrt(1.0 - nugget) * shared + np.sqrt(nugget) * own
    city = draws.normal(seed, "imputed light of the city", draw, 0)
    lit[rows] = ndtr(np.sqrt(common) * city + np.sqrt(1.0 - common) * local) < probability[rows]
    return lit


def shared_numbers(places: Array, *, seed: int, draw: int, correlation_m: float) -> Array:
    """The field (float64 (S,)): standard normal everywhere, alike at places closer than the correlation length."""
    spacing = correlation_m / 2
    at = np.asarray(places, float) / spacing
    near = np.floor(at).astype(np.int64)[:, None, :] + np.arange(1 - _SIDE, _SIDE + 1)[None, :, None]
    weight = np.exp(-((at[:, None, :] - near) ** 2) / 2)
    weight /= np.sqrt((weight**2).sum(axis=1, keepdims=True))
    node = draws.normal(seed, "imputed light field", draw, near[:, :, None, 0], near[:, None, :, 1])
    each = node * weight[:, :, None, 0] * weight[:, None, :, 1]
    return np.asarray(each.reshape(len(at), (2 * _SIDE) ** 2).sum(axis=1))
