"""The sun over a place on a date, hour by hour, and how dark that is."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from astral import Observer
from astral.sun import elevation

from simulator.foundation.clock import HOURS

Array = np.ndarray[Any, Any]
DARK_FROM = 0.5
"""An hour counts as `dark` when its darkness at the half hour is at least this."""


def solar_elevation(latitude: float, longitude: float, timezone: str, date: datetime.date) -> Array:
    """Solar elevation (deg, float64 (24,)) at the middle of each local clock hour of `date`.

    Hours 0 to 3 belong to the night that follows; the sun of the same date stands for them.
    """
    observer = Observer(latitude, longitude)
    zone = ZoneInfo(timezone)
    moments = [datetime.datetime(date.year, date.month, date.day, hour, 30, tzinfo=zone) for hour in range(HOURS)]
    return np.array([elevation(observer, moment) for moment in moments])


def darkness(elevation_deg: Array, *, begins_deg: float, complete_deg: float) -> Array:
    """Darkness from 0 (sun above `begins_deg`) to 1 (below `complete_deg`), linear between them."""
    return np.clip((begins_deg - elevation_deg) / (begins_deg - complete_deg), 0.0, 1.0)
