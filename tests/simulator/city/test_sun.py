"""The default date: the darkest Monday to Thursday of the place, held against the sun itself."""

import datetime

import numpy as np
import pytest

from simulator.city.sun import darkest_working_day, darkness, solar_elevation

PLACES = [
    ("Helsinki", 60.17, 24.94, "Europe/Helsinki", "2026-12-21"),
    ("Porto Alegre", -30.03, -51.22, "America/Sao_Paulo", "2026-06-22"),
    ("Lima", -12.05, -77.04, "America/Lima", "2026-06-22"),
    ("Durban", -29.86, 31.02, "Africa/Johannesburg", "2026-06-22"),
    ("Las Palmas", 28.12, -15.43, "Atlantic/Canary", "2026-12-21"),
]


@pytest.mark.parametrize(("latitude", "longitude", "timezone", "expected"), [row[1:] for row in PLACES], ids=str)
def test_it_is_as_dark_as_any_day_of_the_year(latitude, longitude, timezone, expected):
    day = darkest_working_day(latitude)
    assert day.isoformat() == expected

    def dark_hours(date):
        sun = solar_elevation(latitude, longitude, timezone, date)
        return darkness(sun, begins_deg=0.0, complete_deg=-6.0).sum()

    year = [datetime.date(2026, 1, 1) + datetime.timedelta(days=step) for step in range(0, 365, 7)]
    darkest = max(dark_hours(date) for date in year)
    # the twilight of one hour or the other falls on a half hour: a tenth of an hour is no other season
    assert dark_hours(day) >= darkest - 0.35
    lightest = min(dark_hours(date) for date in year)
    assert dark_hours(day) - lightest > 0.9 * (darkest - lightest) - 0.35


@pytest.mark.parametrize("year", range(2024, 2034))
@pytest.mark.parametrize("latitude", [60.0, 0.0, -1e-9, -45.0])
def test_it_is_a_working_day_next_to_the_solstice(year, latitude):
    day = darkest_working_day(latitude, year)
    assert day.weekday() < 4
    assert abs(day - datetime.date(year, 12 if latitude >= 0 else 6, 21)) <= datetime.timedelta(days=2)
    assert np.sign(day.month - 9) == (1 if latitude >= 0 else -1)
