"""Daylight is a reason to be out: how many set out in an hour of a date over the same hour of the survey's days.

Fear is another thing: it acts when people choose (`simulator.travel.modes`). Here nobody is afraid; walks for their own
sake, sport, play and shopping go where the light is. What a survey says of an hour was true of the light that
hour had in the survey's season, so that only the difference from that light counts.
"""

import datetime
from typing import Any, NamedTuple

import numpy as np

from simulator.agenda.survey_tables import STOPS
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkness, solar_elevation
from simulator.evidence.parameters import Parameters
from simulator.evidence.profiles import load_table
from simulator.foundation.clock import HOURS

Array = np.ndarray[Any, Any]
CLOCK, SPORT, STROLL = range(3)
"""What a tour of leisure goes by: the clock; it holds sport, play or an evening out; a walk for its own sake."""


class Daylight(NamedTuple):
    """Starts by clock hour over those of the survey's season."""

    shop: Array  # float64 (24,): tours for shopping
    leisure: Array  # float64 (3, 24): tours of leisure by what they go by

    @classmethod
    def none(cls) -> "Daylight":
        """The light of the survey's own days."""
        return cls(np.ones(HOURS), np.ones((3, HOURS)))

    @classmethod
    def of(cls, network: StreetNetwork, parameters: Parameters, date: datetime.date) -> "Daylight":
        """Of a date in a city: (1 - (1 - r) dark) / (1 - (1 - r) dark in the survey), r the ratio of a purpose."""
        sun = solar_elevation(network.latitude, network.longitude, network.timezone, date)
        dark = darkness(sun, begins_deg=parameters.dark_begins_deg, complete_deg=parameters.dark_complete_deg)
        usual = load_table("survey_darkness")["darkness"]

        def over(ratio: float) -> Array:
            return np.asarray((1.0 - (1.0 - ratio) * dark) / (1.0 - (1.0 - ratio) * usual))

        ratios = (1.0, parameters.daylight_leisure_ratio, parameters.daylight_stroll_ratio)
        return cls(over(parameters.daylight_shop_ratio), np.stack([over(one) for one in ratios]))


def goes_by(stops: Array) -> Array:
    """What tours of leisure with such stops (words (N, 3)) go by (int64 (N,))."""
    strolls, sport = ((stops == STOPS.index(word)).any(axis=1) for word in ("stroll", "leisure"))
    return np.where(strolls, STROLL, np.where(sport, SPORT, CLOCK))
