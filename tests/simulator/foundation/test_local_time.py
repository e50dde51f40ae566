"""Local times of every day of two years, in time zones that change their clocks in all the ways that there are."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.city.opening_hours import open_by_hour
from simulator.city.sun import solar_elevation
from simulator.foundation.local_time import local_moment

from cities import make_city

DAYS = [datetime.date(2026, 1, 1) + datetime.timedelta(days) for days in range(730)]
PLACES = {
    "Europe/Helsinki": (60.17, 24.94),
    "America/New_York": (40.71, -74.01),
    "Africa/Cairo": (30.04, 31.24),  # clocks change at midnight
    "Australia/Lord_Howe": (-31.55, 159.08),  # by half an hour
    "America/Santiago": (-33.45, -70.67),  # the southern summer, at midnight
    "Arctic/Longyearbyen": (78.22, 15.65),  # polar night and midnight sun
}


@pytest.mark.parametrize("timezone", PLACES)
def test_every_time_of_two_years_exists(timezone):
    for day in DAYS:
        moments = [local_moment(timezone, day, hour, 30) for hour in range(28)]
        for hour, moment in enumerate(moments):
            again = moment.astimezone(datetime.UTC).astimezone(moment.tzinfo)
            assert again.isoformat() == moment.isoformat()  # a time that does not exist comes back as another
            away = moment.replace(tzinfo=None) - datetime.datetime.combine(day, datetime.time())
            assert away - datetime.timedelta(hours=hour, minutes=30) in (
                datetime.timedelta(),
                datetime.timedelta(minutes=30),
                datetime.timedelta(hours=1),
            )
        since = [moment.timestamp() for moment in moments]
        assert since == sorted(since)


def test_a_time_left_out_is_an_hour_later_and_of_two_the_first_is_meant():
    march, october = datetime.date(2026, 3, 29), datetime.date(2026, 10, 25)
    assert local_moment("Europe/Helsinki", march, 3, 30).isoformat() == "2026-03-29T04:30:00+03:00"
    assert local_moment("Europe/Helsinki", march, 2, 30).isoformat() == "2026-03-29T02:30:00+02:00"
    assert local_moment("Europe/Helsinki", october, 3, 30).isoformat() == "2026-10-25T03:30:00+03:00"
    assert local_moment("Europe/Helsinki", october, 28).isoformat() == "2026-10-26T04:00:00+02:00"
    assert local_moment("America/New_York", datetime.date(2027, 3, 13), 26, 30).isoformat() == (
        "2027-03-14T03:30:00-04:00"
    )


@pytest.mark.slow
@pytest.mark.parametrize("timezone", PLACES)
def test_places_open_and_the_sun_stands_on_every_day_of_two_years(timezone):
    latitude, longitude = PLACES[timezone]
    street = dataclasses.replace(
        make_city([(0, 0), (100, 0)], [(0, 1)]), timezone=timezone, latitude=latitude, longitude=longitude
    )
    texts = ("24/7", "22:00-04:00", "Sa 22:00-04:00", "sunrise-sunset", "dusk-02:00")
    night = np.isin(np.arange(24), (22, 23, 0, 1, 2, 3))
    for day in DAYS:
        always, nights, saturdays, by_day, _ = open_by_hour(texts, street, day).T
        assert always.all()
        assert np.array_equal(nights, night)  # clocks say so, also in the night on which they change
        assert np.array_equal(saturdays, night & (day.weekday() == 5))
        up = solar_elevation(latitude, longitude, timezone, day)
        assert by_day[4:][up[4:] > 3].all()
        assert not by_day[4:][up[4:] < -3].any()
