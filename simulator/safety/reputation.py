"""What people know of a street before they walk it: its reputation, spread by word of mouth and fading.

Of a share k of the people about, each street is known as it is; the others take it for what such streets are like. A
passage tells the walker and, by word of mouth, `told_by_each` others; what was told fades after
`reputation_fades_days`. With N passages a day and P people about, dk/dt = N (1 + told) (1 - k) / P - k / fades, which
settles at k = N (1 + told) fades / (N (1 + told) fades + P). So a new lamp on a path that nobody takes stays unknown.
"""

import math
from typing import Any

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation.once import once_a_city
from simulator.kernels.remembering import remember, typical

Array = np.ndarray[Any, Any]


def known_share(network: StreetNetwork, parameters: Parameters, passages: Array, people: float) -> Array:
    """Share (0 to 1) of the people about who know each street (float64 (S,)).

    Parameters
    ----------
    passages
        People who walk along each street a day, as remembered (float64 (S,)).
    people
        People of the whole simulated area.
    """
    told = passages * (1.0 + parameters.told_by_each) * parameters.reputation_fades_days
    return np.asarray(told / (told + _people_about(network, parameters, people)))


@once_a_city
def kinds_of_street(network: StreetNetwork) -> Array:
    """Code of the kind that a street counts as: class, in a park or not, tunnel or not (int64 (S,), from 0)."""
    streets = network.streets
    kind = (streets.street_class.astype(np.int64) * 2 + streets.in_park) * 2 + streets.is_tunnel
    return np.unique(kind, return_inverse=True)[1]


def typical_of(network: StreetNetwork, fear: Array) -> Array:
    """Mean fear on streets of each kind, by length (float64 (24, C, kinds)).

    Parameters
    ----------
    fear
        P(feel unsafe) of each class by clock hour and segment (float32 (24, C, S)).
    """
    kind = kinds_of_street(network)
    return np.asarray(typical(fear, kind, network.streets.length_m, int(kind.max()) + 1))


def remembered(network: StreetNetwork, fear: Array, known: Array, of_kind: Array) -> Array:
    """Fear as remembered: that of each street as far as it is known, else what is typical of its kind.

    Parameters
    ----------
    fear
        P(feel unsafe) of each class by clock hour and segment (float32 (24, C, S)); written over.
    known, of_kind
        As `known_share` and `typical_of` give them.
    """
    remember(fear, kinds_of_street(network), 1.0 - known, of_kind)
    return fear


def _people_about(network: StreetNetwork, parameters: Parameters, people: float) -> float:
    """People who may come by a street: those within reach of home on foot at the mean density, at most everybody."""
    span = np.ptp(np.column_stack([network.junctions.x_m, network.junctions.y_m]), axis=0)
    area = max(float(span[0] * span[1]), 1.0)
    return max(people * min(1.0, math.pi * parameters.home_reach_m**2 / area), 1.0)
