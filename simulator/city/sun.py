"""The sun over a place on a date, hour by hour, and how dark that is."""

import datetime
from typing import Any

import numpy as np
from astral import Observer
from astral.sun import elevation

from simulator.foundation.clock import HOURS
from simulator.foundation.local_time import local_moment

Array = np.ndarray[Any, Any]
DARK_FROM = 0.5
"""An hour counts as `dark` when its darkness at the half hour is at least this."""


DEFAULT_YEAR = 2026
"""The year of the default date; nothing but the weekday of the solstice depends on it."""
_MONDAY_TO_THURSDAY = range(4)


def darkest_working_day(latitude: float, year: int = DEFAULT_YEAR) -> datetime.date:
    """The Monday to Thursday with the longest night at a latitude: the one nearest to the winter solstice there.

    North of the equator, and on it, that is 21 December, south of it 21 June. Near the equator nights hardly differ,
    and the same rule holds. Of two days equally near the later one is taken. Public holidays are not known here.

    Parameters
    ----------
    latitude
        In degrees, south below 0.
    """
    solstice = datetime.date(year, 12, 21) if latitude >= 0 else datetime.date(year, 6, 21)
    near = (solstice + datetime.timedelta(days=away) for away in (0, 1, -1, 2, -2))
    return next(day for day in near if day.weekday() in _MONDAY_TO_THURSDAY)


def solar_elevation(latitude: float, longitude: float, timezone: str, date: datetime.date) -> Array:
    """Solar elevation (deg, float64 (24,)) at the middle of each local clock hour of `date`.

    Hours 0 to 3 belong to the night that follows; the sun of the same date stands for them.
    """
    observer = Observer(latitude, longitude)
    return np.array([elevation(observer, local_moment(timezone, date, hour, 30)) for hour in range(HOURS)])


def darkness(elevation_deg: Array, *, begins_deg: float, complete_deg: float) -> Array:
    """Darkness from 0 (sun above `begins_deg`) to 1 (below `complete_deg`), linear between them."""
    return np.clip((begins_deg - elevation_deg) / (begins_deg - complete_deg), 0.0, 1.0)
