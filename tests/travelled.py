"""Rides of an arm's trips for tests, without fear."""

import numpy as np

from simulator.city.conditions import Offers
from simulator.kernels.riding import RIDE, rides_of_trips
from simulator.travel.day_tours import DayTours


def calm_rides(arm, trips):
    """The rides of trips where nobody fears anything (RIDE)."""
    setting = arm.setting
    wished = DayTours.of(0, (arm.chosen.tours, trips), setting.journeys, setting.open_at, Offers.none())
    calm = np.zeros((24, len(setting.class_parts), len(setting.network.streets)), np.float32)
    city = setting.journeys.city(setting.persons, wished.trips_in_kernel, calm)
    rides, rows = np.zeros(len(trips), RIDE), np.arange(len(trips))
    rides_of_trips(
        city, arm.service.departures, rows, np.zeros(len(trips), np.int64), rides, np.zeros(len(trips), bool)
    )
    return rides
