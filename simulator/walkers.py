"""How people walk: comfortable speeds, and waits to cross main roads."""

from typing import Any

import numpy as np

from simulator import draws
from simulator.evidence import Parameters
from simulator.network import STREET_CLASSES, StreetNetwork
from simulator.population_margins import YEARS
from simulator.profiles import load_table
from simulator.results import DISABILITIES, GENDERS

Array = np.ndarray[Any, Any]
SLOWEST_M_S, FASTEST_M_S = 0.3, 2.2
MAIN_ROADS = ("primary", "secondary")
_PACE_AT_CROSSINGS = 1.3  # m/s: what a wait counts in metres of walking; of an average adult


def comfortable_speed(
    who: tuple[Array, Array], impaired: tuple[Array, Array], luck: Array, parameters: Parameters
) -> Array:
    """Comfortable speed (m/s): mean by gender and decade of age, slower with a disability, normal spread.

    Parameters
    ----------
    who
        Gender and age in years; under 20 as in the twenties, another gender as the mean of women and men.
    impaired
        Disability (code), and whether a wheelchair is used.
    luck
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
    speed = slower * np.clip(means[who] + luck * parameters.walking_speed_sd, 0.5, FASTEST_M_S)
    return np.asarray(np.clip(speed, SLOWEST_M_S, FASTEST_M_S))


def crossing_metres(network: StreetNetwork, parameters: Parameters) -> Array:
    """Waits to cross main roads as metres of walking (float64 (S,)): half of one at each end of a side street or path.

    Each junction with a main road has a wait of its own, drawn evenly from 0 to twice `crossing_delay_s`. Who comes to
    it and goes on across waits once, who turns into the main road half of it, who walks along the main road never.
    """
    streets = network.streets
    main = np.isin(streets.street_class, [STREET_CLASSES.index(word) for word in MAIN_ROADS])
    busy = np.zeros(len(network.junctions), bool)
    busy[streets.from_junction[main]] = True
    busy[streets.to_junction[main]] = True
    luck = draws.uniform(parameters.seed, "crossing", network.junctions.junction_id)
    metres = np.where(busy, 2.0 * luck * parameters.crossing_delay_s * _PACE_AT_CROSSINGS, 0.0)
    return np.where(main, 0.0, (metres[streets.from_junction] + metres[streets.to_junction]) / 2.0)
