"""`afterdark network inspect --hot-spots`: where conditions that a city can mend cluster, never people or incidents."""

import dataclasses
from pathlib import Path

import numpy as np

from analysis.maps.context import context_of
from analysis.maps.hot_spots import Condition, draw_hot_spots, hot_spots, middles
from analysis.maps.panels import Streets
from simulator.city.conditions import conditions_of
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.evidence.parameters import draw_parameters, nominal

_SEED, _CENTRAL = 0, -1


def conditions_told(network: StreetNetwork) -> list[Condition]:
    """Conditions of every street after dark on the darkest working day, by the central values of the evidence.

    Returns
    -------
    list of Condition
        Darkness: the probability that the least light is below evidence `unlit_threshold_lx`. Shut fronts: one less
        the share of a full open frontage, mean of the dark hours. Upkeep: audits of the pavement, turned round; left
        out where nobody audited.
    """
    streets, least = network.streets, nominal("unlit_threshold_lx")
    chance = streets.lit_probability
    dark = chance * (streets.lit_min_lx < least) + (1.0 - chance) * (streets.unlit_min_lx < least)
    day = darkest_working_day(network.latitude)
    conditions = conditions_of(network, draw_parameters(_SEED, _CENTRAL, country=network.country), day)
    shut = 1.0 - conditions.frontage[conditions.dark_hours].mean(axis=0)
    told = [
        Condition("Darkness", dark, f"probability of less than {least:g} lx"),
        Condition("Shut fronts", shut, "venues shut or none, hours after dark"),
        Condition("Poor upkeep", -conditions.condition, "pavement, by audits"),
    ]
    return [one for one in told if np.ptp(one.values) > 0.0]


def draw_hot_spots_of(city: Path, network: StreetNetwork, path: Path) -> list[tuple[str, int, float]]:
    """Draw the hot spots of a city's conditions, and say how many segments and metres each has.

    Raises
    ------
    InputError
        If PySAL's `esda` is not installed, or the file cannot be written.
    """
    streets = Streets(network.streets.segment_id, network.vertices, network.vertex_start)
    at = middles(streets)
    found = [(one, hot_spots(at, one.values)) for one in conditions_told(network)]
    context = context_of(city, network)
    nowhere = np.zeros((0, 2))
    draw_hot_spots(
        streets,
        network.streets.in_core,
        found,
        path,
        title=f"{network.name}: hot spots of conditions after dark",
        attribution=network.metadata.get("attribution", "source not stated"),
        context=dataclasses.replace(context, venues=nowhere, stops=nowhere),
    )
    return [(one.name, int(hot.sum()), float(network.streets.length_m[hot].sum())) for one, hot in found]
