"""The year behind one simulated day: exposure to hazard, weighted over the seasons.

One day of some date is lived. The same walking, hour by hour and street by street, is then put under the sun of one
day in the middle of each month, and what it meets is the mean over those. So a run in June and one in December solve
the same levels, but for what darkness does to who walks where.
"""

import dataclasses
import datetime
from functools import partial
from typing import Any

import numpy as np

from simulator.city.conditions import HAZARDS, Conditions
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkness, solar_elevation
from simulator.evidence.parameters import Parameters
from simulator.foundation.clock import HOURS
from simulator.safety.risk import relative_hazard

Array = np.ndarray[Any, Any]
MIDDLE_OF_MONTH = 15


def darkness_of_year(network: StreetNetwork, parameters: Parameters, year: int) -> Array:
    """Darkness by clock hour in the middle of each month (float64 (12, 24)), summer time included."""
    days = [datetime.date(year, month, MIDDLE_OF_MONTH) for month in range(1, 13)]
    sun = np.array([solar_elevation(network.latitude, network.longitude, network.timezone, day) for day in days])
    return darkness(sun, begins_deg=parameters.dark_begins_deg, complete_deg=parameters.dark_complete_deg)


def year_over_day(
    conditions: Conditions, parameters: Parameters, seasons: Array, *, walked: Array, around: tuple[Array, Array]
) -> Array:
    """Hazard that the day's walking would meet over the year, over what it met that day (float64 (3, 24)).

    Parameters
    ----------
    seasons
        Darkness by clock hour on representative days (D, 24), each counting alike.
    walked
        Time walked by hour and segment (24, S), in any unit.
    around
        Probability that nobody is in view, and share of a full crowd in view, by hour and segment (24, S) each.
    """
    ratio = np.ones((len(HAZARDS), HOURS))
    for hour in range(HOURS):
        met = partial(_met, conditions, parameters, hour, walked[hour], (around[0][hour], around[1][hour]))
        levels, count = np.unique(seasons[:, hour], return_counts=True)
        other = np.average([met(dark) for dark in levels], axis=0, weights=count)
        today = met(conditions.dark[hour])
        np.divide(other, today, out=ratio[:, hour], where=today > 0)
    return ratio


def _met(
    conditions: Conditions, parameters: Parameters, hour: int, walked: Array, around: tuple[Array, Array], dark: float
) -> Array:
    """Hazard met by one hour's walking if it were that dark (3,)."""
    under_that_sun = conditions.dark.copy()
    under_that_sun[hour] = dark
    streets = dataclasses.replace(conditions, dark=under_that_sun)
    hazard = relative_hazard(streets, parameters, hour, *around)
    return np.asarray((hazard * walked).sum(axis=1))  # no matrix product: those differ with a library's threads
