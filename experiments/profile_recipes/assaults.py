"""Shape over the hours of street assaults, net of darkness and of footfall: a proxy put together from three places.

Incidents are Chicago's (time and kind of place only), walking is Montpellier's and Auckland's, darkness is Chicago's
sun. Nothing about levels, people or places is taken from it.
"""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.profile_recipes.auckland import weekday_shares
from simulator.city.sun import darkness, solar_elevation
from simulator.evidence.parameters import load_evidence
from simulator.foundation.clock import FIRST_HOUR

Array = np.ndarray[Any, Any]
STREET_LIKE = "street"
"""The one kind of place taken: parks, stations, shops, homes and vehicles are other categories of the file."""
CHICAGO = (41.8781, -87.6298, "America/Chicago")
YEAR = 2015
"""The middle of 2010-2019 stands for all its years' sun."""
CAP = 10.0
"""No hour is given more than ten times, or less than a tenth of, the mean hazard of a walking minute."""
_Z90 = 1.6448536269514722  # 90 % interval of a normal


def _is_weekday(moment: pd.Series) -> pd.Series:
    """Monday to Friday as the survey has it: a day begins at 04:00."""
    return (moment - pd.Timedelta(hours=FIRST_HOUR)).dt.day_of_week < 5


def incident_shares(folder: Path) -> tuple[Array, Array]:
    """Share of street assaults by clock hour on survey weekdays, and their number, (24,) each."""
    raw = pd.read_csv(folder / "crime" / "chicago_aggravated_assaults_2010_2019.csv.gz", parse_dates=["date"])
    street = raw.loc[(raw["loc_cat"] == STREET_LIKE) & _is_weekday(raw["date"]), "date"]
    counts = np.bincount(street.dt.hour, minlength=24)
    return counts / counts.sum(), counts


def walking_time_shares(trips: pd.DataFrame) -> tuple[Array, Array]:
    """Share of the survey's walking person-time by clock hour, and the standard error of its log, (24,) each.

    A person's minutes stay together in the error, since the person and not the trip was sampled.
    """
    walks = trips[trips["on_foot"]]
    length = (walks["end"] - walks["start"]).to_numpy()
    row = np.repeat(np.arange(len(walks)), length)
    minute = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    hour = (walks["start"].to_numpy()[row] + minute) // 60 % 24
    time = pd.DataFrame({"person": walks["person"].to_numpy()[row], "hour": hour, "w": walks["weight"].to_numpy()[row]})
    by_person = time.groupby(["hour", "person"])["w"].sum()
    total = by_person.groupby("hour").sum().reindex(range(24), fill_value=0.0).to_numpy()
    square = (by_person**2).groupby("hour").sum().reindex(range(24), fill_value=0.0).to_numpy()
    return total / total.sum(), np.sqrt(square) / total


def dark_fractions() -> Array:
    """Mean darkness (0 to 1) of each clock hour over the days of a year at Chicago, summer time included (24,)."""
    evidence = load_evidence()
    begins, complete = evidence["dark_begins_deg"].value, evidence["dark_complete_deg"].value
    first = datetime.date(YEAR, 1, 1)
    days = [first + datetime.timedelta(days=number) for number in range(365)]
    elevation = np.array([solar_elevation(*CHICAGO, day) for day in days])
    return np.asarray(darkness(elevation, begins_deg=begins, complete_deg=complete).mean(axis=0))


def multipliers(incidents: Array, walking: Array, dark: Array, ratio: float) -> Array:
    """Incidents over (walking x darkness), held within `CAP`, its walking-weighted mean 1 (24,)."""
    shape = incidents / (walking * (1.0 + (ratio - 1.0) * dark))
    for _ in range(100):  # each turn moves the mean less: to 1 within 1e-9 after a few
        shape = np.clip(shape / np.average(shape, weights=walking), 1.0 / CAP, CAP)
    return np.asarray(shape)


def _geometric(first: Array, second: Array) -> Array:
    middle = np.sqrt(first * second)
    return np.asarray(middle / middle.sum())


def street_assault_hours(folder: Path, trips: pd.DataFrame) -> pd.DataFrame:
    """Multiplier by hour, with the ends of what the two sources of walking and the darkness ratio's range allow."""
    incidents, counts = incident_shares(folder)
    surveyed, error = walking_time_shares(trips)
    counted = weekday_shares()
    dark = dark_fractions()
    ratio = load_evidence()["darkness_ratio_robbery"]
    walking = _geometric(surveyed, counted)
    thin, thick = surveyed * np.exp(-_Z90 * error), surveyed * np.exp(_Z90 * error)
    ends = np.array(
        [
            multipliers(incidents, exposure, dark, end)
            for exposure in (surveyed, counted, thin / thin.sum(), thick / thick.sum())
            for end in (ratio.low, ratio.high)
        ]
    )
    return pd.DataFrame(
        {
            "hour": range(24),
            "incidents": counts,
            "incident_share": incidents,
            "survey_walking_share": surveyed,
            "counted_walking_share": counted,
            "walking_share": walking,
            "dark_fraction": dark,
            "hour_multiplier": multipliers(incidents, walking, dark, ratio.value),
            "low": ends.min(axis=0),
            "high": ends.max(axis=0),
        }
    )
