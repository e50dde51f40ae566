"""How fast people walk: comfortable speeds by gender, age and disability."""

from typing import Any

import numpy as np

from simulator.evidence.parameters import Parameters
from simulator.evidence.profiles import load_table
from simulator.foundation.categories import DISABILITIES, GENDERS
from simulator.people.margins import YEARS

Array = np.ndarray[Any, Any]
SLOWEST_M_S, FASTEST_M_S = 0.3, 2.2


def comfortable_speed(
    who: tuple[Array, Array], impaired: tuple[Array, Array], variate: Array, parameters: Parameters
) -> Array:
    """Comfortable speed (m/s): mean by gender and decade of age, slower with a disability, normal spread.

    Parameters
    ----------
    who
        Gender and age in years; under 20 as in the twenties, another gender as the mean of women and men.
    impaired
        Disability (code), and whether a wheelchair is used.
    variate
        Standard normal.
    """
    table = load_table("walking_speed")
    means = np.zeros((len(GENDERS), YEARS))
    for word, low, high, mean in zip(
        table["gender"], table["age_from"], table["age_to"], table["mean_m_s"], strict=True
    ):
        means[GENDERS.index(word), int(low) : int(high) + 1] = float(mean)
    means[:, :20] = means[:, 20:21]
    means[2] = means[:2].mean(axis=0)
    disability, wheelchair = impaired
    factors = np.ones(len(DISABILITIES))
    factors[DISABILITIES.index("walking")] = parameters.speed_walking_disability
    factors[DISABILITIES.index("sight")] = parameters.speed_sight_disability
    slower = np.where(wheelchair, parameters.speed_wheelchair, factors[disability])
    speed = slower * np.clip(means[who] + variate * parameters.walking_speed_sd, 0.5, FASTEST_M_S)
    return np.asarray(np.clip(speed, SLOWEST_M_S, FASTEST_M_S))
