"""Figures read off the Montpellier household travel survey of 2014 (EDGT; ODbL, Montpellier Mediterranee Metropole)."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.profiles._smoothing import smooth_profiles

Array = np.ndarray[Any, Any]
GENDERS = ("woman", "man")
AGE_BANDS = ("under 16", "16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
PURPOSES = ("work", "study", "shop", "leisure", "care", "other")
PARTS = ("morning", "midday", "evening", "night")
YOUNGEST = 10
_BAND_EDGES = (10, 16, 25, 35, 45, 55, 65, 75, 200)
_GENDER_OF = {"1": "man", "2": "woman"}
_PURPOSE_OF_TENS = {
    "0": "home",
    "1": "work",
    "2": "study",
    "3": "shop",
    "4": "other",
    "5": "leisure",
    "6": "care",
}
_PURPOSE_OF = {
    "81": "work",
    "82": "shop",
    "71": "care",
    "72": "care",
    "73": "care",
    "74": "care",
    "91": "other",
}
STROLL = "52"
WALK = "01"
LEAST_ROWS = 20


def purpose_of(code: str) -> str:
    """Our purpose for a detailed code of the survey (French standard EDGT coding of D5A)."""
    return _PURPOSE_OF.get(code) or _PURPOSE_OF_TENS[code[0]]


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """The survey's table of persons (`pers`) or of trips (`depl`), as it is."""
    reader = importlib.import_module("pyreadr")  # AGPL: needed to run the recipe again, never by the model
    (table,) = reader.read_r(str(folder / "travel" / f"montpellier2014_BD_mobiliscope_{name}.RDS")).values()
    return pd.DataFrame(table)


def read_persons(folder: Path) -> pd.DataFrame:
    """Respondents aged 10 or more, those who stayed at home included: person, gender, age, age_band, weight."""
    raw = read_table(folder, "pers")
    persons = pd.DataFrame(
        {
            "person": raw["ID_IND"].astype(str),
            "gender": raw["SEX"].map(_GENDER_OF),
            "age": raw["AGE"].astype(int),
            "weight": raw["W_IND"].astype(float),
        }
    )
    persons = persons[persons["age"] >= YOUNGEST].reset_index(drop=True)
    bands = np.searchsorted(_BAND_EDGES, persons["age"], side="right") - 1
    return persons.assign(age_band=np.array(AGE_BANDS)[bands])


def read_trips(folder: Path, persons: pd.DataFrame) -> pd.DataFrame:
    """Trips of those persons in order: origin, purpose (of destination), on_foot, stroll, start and end (min).

    Minutes count from 00:00 of the survey day, which begins at 04:00: they pass 1440 after midnight.
    """
    raw = read_table(folder, "depl")
    trips = pd.DataFrame(
        {
            "person": raw["ID_IND"].astype(str),
            "number": raw["NDEP"].astype(int),
            "origin": raw["D2"].astype(str).map(purpose_of),
            "purpose": raw["D5"].astype(str).map(purpose_of),
            "stroll": raw["D5"].astype(str) == STROLL,
            "on_foot": raw["MODP"].astype(str) == WALK,
            "start": raw["H_START"].astype(int) * 60 + raw["M_START"].astype(int),
            "end": raw["H_END"].astype(int) * 60 + raw["M_END"].astype(int),
        }
    )
    trips = trips.merge(persons, on="person", validate="many_to_one")
    return trips.sort_values(["person", "number"], kind="stable", ignore_index=True)


def home_based_walks(trips: pd.DataFrame) -> pd.DataFrame:
    """Trips that leave home on foot for somewhere else: each begins a walking tour."""
    return trips[(trips["origin"] == "home") & trips["on_foot"] & (trips["purpose"] != "home")]


def population(persons: pd.DataFrame) -> pd.DataFrame:
    """Weighted shares by gender and five-year band (top 85-99), and the number of respondents."""
    start = np.minimum(persons["age"] // 5 * 5, 85)
    cells = persons.assign(age_from=start).groupby(["gender", "age_from"])["weight"].agg(["sum", "size"])
    table = cells.reset_index().sort_values(["gender", "age_from"], ascending=[False, True], ignore_index=True)
    return pd.DataFrame(
        {
            "gender": table["gender"],
            "age_from": table["age_from"],
            "age_to": np.where(table["age_from"] == 85, 99, table["age_from"] + 4),
            "population_share": table["sum"] / table["sum"].sum(),
            "persons": table["size"],
        }
    )


def people_by_cell(persons: pd.DataFrame) -> Array:
    """Weighted people by gender and age band, float64 (2, 8)."""
    sums = persons.groupby(["gender", "age_band"])["weight"].sum()
    return np.array([[sums[gender, band] for band in AGE_BANDS] for gender in GENDERS])


def counts_by_hour(trips: pd.DataFrame, minute: str, value: str = "weight") -> Array:
    """Sums of `value` by gender, age band, purpose and clock hour of `minute`, float64 (2, 8, 6, 24)."""
    sums = np.zeros((len(GENDERS), len(AGE_BANDS), len(PURPOSES), 24))
    at = (
        pd.Categorical(trips["gender"], GENDERS).codes,
        pd.Categorical(trips["age_band"], AGE_BANDS).codes,
        pd.Categorical(trips["purpose"], PURPOSES).codes,
        (trips[minute] // 60 % 24).to_numpy(),
    )
    np.add.at(sums, at, trips[value].to_numpy())
    return sums


def hourly_rates(
    trips: pd.DataFrame, persons: pd.DataFrame, minute: str, column: str
) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    """Trips per person and weekday by gender, age band, purpose and hour; hours smoothed, totals as surveyed.

    Returns
    -------
    table
        One row a cell, every cell present.
    strengths
        By purpose: effective trips lent to an age and to a gender (see `smooth_profiles`).
    """
    weights = counts_by_hour(trips, minute)
    squares = counts_by_hour(trips.assign(square=trips["weight"] ** 2), minute, "square")
    rates, strengths = np.zeros_like(weights), {}
    per_person = weights.sum(axis=-1) / people_by_cell(persons)[:, :, np.newaxis]
    for at, purpose in enumerate(PURPOSES):
        profiles, strengths[purpose] = smooth_profiles(weights[:, :, at], squares[:, :, at])
        rates[:, :, at] = profiles * per_person[:, :, at, np.newaxis]
    index = pd.MultiIndex.from_product(
        [GENDERS, AGE_BANDS, PURPOSES, range(24)], names=["gender", "age_band", "purpose", "hour"]
    )
    return pd.DataFrame({column: rates.ravel()}, index=index).reset_index(), strengths


def weighted_median(values: Array, weights: Array) -> float:
    """Smallest value with at least half of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)])


def stays(trips: pd.DataFrame) -> pd.DataFrame:
    """Stays away from home that end within the survey day: the trip that led there, minutes, part_of_day.

    Strolls are left out (a stroll is its own activity), and so are the last trips of a day.
    """
    leaves = trips.groupby("person")["start"].shift(-1)
    hour = trips["end"] // 60 % 24
    part = np.select(
        [(hour >= 4) & (hour < 11), (hour >= 11) & (hour < 16), (hour >= 16) & (hour < 21)],
        PARTS[:3],
        PARTS[3],
    )
    found = trips.assign(minutes=leaves - trips["end"], part_of_day=part)
    return found[leaves.notna() & (trips["purpose"] != "home") & ~trips["stroll"]]


def _duration_row(found: pd.DataFrame) -> dict[str, float]:
    minutes = np.maximum(found["minutes"].to_numpy(dtype=float), 1.0)
    weights = found["weight"].to_numpy()
    logs = np.log(minutes)
    mean = np.average(logs, weights=weights)
    spread = np.sqrt(np.average((logs - mean) ** 2, weights=weights))
    return {"median_min": weighted_median(minutes, weights), "sd_log": float(spread), "n": len(found)}


def durations(found: pd.DataFrame) -> pd.DataFrame:
    """Median and log spread of minutes by purpose and part of the day of arrival, of some of the `stays`.

    Below `LEAST_ROWS` stays a row holds the figures of the purpose's whole day (`basis` says so); n stays the cell's.
    """
    rows = []
    for purpose in PURPOSES:
        whole_day = found[found["purpose"] == purpose]
        for part in PARTS:
            cell = whole_day[whole_day["part_of_day"] == part]
            thin = len(cell) < LEAST_ROWS
            figures = _duration_row(whole_day if thin else cell) | {"n": len(cell)}
            basis = "whole day" if thin else "part of day"
            rows.append({"purpose": purpose, "part_of_day": part, **figures, "basis": basis})
    return pd.DataFrame(rows)


def walk_tours(trips: pd.DataFrame) -> pd.DataFrame:
    """Home-based walking tours seen to end at home: first purpose, second purpose if any, whether walked there."""
    away = trips["purpose"] != "home"
    following = trips.groupby("person")[["purpose", "on_foot"]].shift(-1)
    tours = trips.assign(second_purpose=following["purpose"], second_on_foot=following["on_foot"].eq(True))
    closes = (~away)[::-1].groupby(trips["person"][::-1]).cummax()[::-1]  # a return home still lies ahead
    walks = home_based_walks(tours[closes])
    return walks.assign(chained=walks["second_purpose"] != "home")


def _share(values: pd.Series, weights: pd.Series) -> float:
    return float((values * weights).sum() / weights.sum())


def chains(trips: pd.DataFrame) -> pd.DataFrame:
    """Share of home-based walking tours with two stops or more, and with the second stop reached on foot too."""
    rows = []
    for (gender, band), tours in _cells(walk_tours(trips)):
        on_foot = tours["chained"] & tours["second_on_foot"]
        rows.append(
            {
                "gender": gender,
                "age_band": band,
                "chain_share": _share(tours["chained"], tours["weight"]),
                "chain_on_foot_share": _share(on_foot, tours["weight"]),
                "n": len(tours),
            }
        )
    return pd.DataFrame(rows)


def _cells(trips: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    return [
        ((gender, band), trips[(trips["gender"] == gender) & (trips["age_band"] == band)])
        for gender in GENDERS
        for band in AGE_BANDS
    ]


def second_stops(trips: pd.DataFrame) -> pd.DataFrame:
    """What the second stop of a walking chain is for, by the purpose of the first; shares sum to 1 over each first."""
    tours = walk_tours(trips)
    chained = tours[tours["chained"]]
    rows = []
    for purpose in PURPOSES:
        first = chained[chained["purpose"] == purpose]
        for second in PURPOSES:
            same = first["second_purpose"] == second
            share = _share(same, first["weight"])
            rows.append({"purpose": purpose, "second_purpose": second, "share": share, "n": int(same.sum())})
    return pd.DataFrame(rows)


def strolls(trips: pd.DataFrame) -> pd.DataFrame:
    """Share of home-based leisure walking tours that are strolls: a walk for its own sake, no place to stay at."""
    walks = home_based_walks(trips)
    return pd.DataFrame(
        [
            {
                "gender": gender,
                "age_band": band,
                "stroll_share": _share(cell["stroll"], cell["weight"]),
                "n": len(cell),
            }
            for (gender, band), cell in _cells(walks[walks["purpose"] == "leisure"])
        ]
    )


def walk_minutes(trips: pd.DataFrame) -> pd.DataFrame:
    """Minutes of walking trips from home by purpose, and of walks home (`home`), strolls apart."""
    on_foot = trips[trips["on_foot"]]
    from_home = home_based_walks(trips)
    groups = {purpose: from_home[(from_home["purpose"] == purpose) & ~from_home["stroll"]] for purpose in PURPOSES}
    groups |= {"stroll": from_home[from_home["stroll"]], "home": on_foot[on_foot["purpose"] == "home"]}
    rows = []
    for purpose, cell in groups.items():
        minutes, weights = (cell["end"] - cell["start"]).to_numpy(dtype=float), cell["weight"].to_numpy()
        mean = float(np.average(minutes, weights=weights))
        median = weighted_median(minutes, weights)
        rows.append({"purpose": purpose, "median_min": median, "mean_min": mean, "n": len(cell)})
    return pd.DataFrame(rows)
