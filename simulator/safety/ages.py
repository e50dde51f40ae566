"""Who of a gender meets how much of it: ages differ by person as published, totals by gender stay as they are.

Levels (`risk.solve_levels`) know gender only. Young people meet more harassment, robbery and assault than others, and
older people less, which time on the streets does not tell alone. A factor on exposure by type, gender and age makes the
incidents of the baseline, by person of an age, stand in the published ratios. Its mean over the baseline's exposure is
1, so that each gender meets in all what it met before; then it is frozen like the levels. It says who is met by what
happens, never who does it, and no factor of one person changes what anybody else meets.
"""

from typing import Any

import numpy as np

from simulator.city.conditions import HAZARDS
from simulator.evidence.parameters import Parameters
from simulator.foundation.categories import AGE_BANDS, GENDERS, RISK_AGE_OF_BAND, RISK_AGES

Array = np.ndarray[Any, Any]


def published_ratios(parameters: Parameters) -> Array:
    """Incidents by person of an age over those by person of 25 to 64 (float64 (3, RISK_AGES))."""
    return np.array([[parameters[f"age_young_{kind}"], 1.0, parameters[f"age_old_{kind}"]] for kind in HAZARDS])


def alike() -> Array:
    """The factor before levels are solved: 1 everywhere (float64 (3, G, AGE_BANDS))."""
    return np.ones((len(HAZARDS), len(GENDERS), len(AGE_BANDS)))


def solve_ages(ratios: Array, people: Array, exposure: Array) -> Array:
    """Factor on exposure by type, gender and age band (float64 (3, G, AGE_BANDS)).

    An age without people or exposure on the baseline keeps 1, and the other ages share what its gender meets.

    Parameters
    ----------
    ratios
        As `published_ratios` gives them.
    people
        Residents by gender and age band (G, AGE_BANDS).
    exposure
        Their person-seconds weighted by relative hazard, by type, gender and age band (3, G, AGE_BANDS).
    """
    count = len(RISK_AGES)
    living, met = (np.zeros((*whole.shape[:-1], count)) for whole in (people, exposure))
    for band, age in enumerate(RISK_AGE_OF_BAND):
        living[..., age] += people[..., band]
        met[..., age] += exposure[..., band]
    share = np.where((met > 0) & (living > 0), ratios[:, None, :] * living, 0.0)
    known = np.where(share > 0, met, 0.0)
    wanted = share * _over(known.sum(axis=-1, keepdims=True), share.sum(axis=-1, keepdims=True))
    factor = np.where(share > 0, _over(wanted, known), 1.0)
    return np.asarray(factor[..., RISK_AGE_OF_BAND])


def _over(one: Array, other: Array) -> Array:
    wide = np.broadcast_to(other, np.broadcast_shapes(one.shape, other.shape))
    return np.divide(one, wide, out=np.zeros(wide.shape), where=wide > 0)
