"""Figures read off the Montpellier household travel survey of 2014 (EDGT; ODbL, Montpellier Mediterranee Metropole)."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.profile_recipes.smoothing import smooth_profiles

Array = np.ndarray[Any, Any]
GENDERS = ("woman", "man")
AGE_BANDS = ("under 16", "16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
PURPOSES = ("work", "study", "shop", "leisure", "care", "other")
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
    """Respondents of 10 and over, stay-at-homes too: gender, age, band, weight, occupation (`OCC`), where they live.

    `home_sector` is the survey's sector, `home_ring` its ring: 3 holds the centre.
    """
    raw = read_table(folder, "pers")
    persons = pd.DataFrame(
        {
            "person": raw["ID_IND"].astype(str),
            "gender": raw["SEX"].map(_GENDER_OF),
            "age": raw["AGE"].astype(int),
            "weight": raw["W_IND"].astype(float),
            "occupation": raw["OCC"].astype("string"),
            "home_sector": raw["RES_SEC"].astype(str),
            "home_ring": raw["ZONAGE_SEC"].astype(int).astype(str),
        }
    )
    persons = persons[persons["age"] >= YOUNGEST].reset_index(drop=True)
    bands = np.searchsorted(_BAND_EDGES, persons["age"], side="right") - 1
    return persons.assign(age_band=np.array(AGE_BANDS)[bands])


def read_trips(folder: Path, persons: pd.DataFrame) -> pd.DataFrame:
    """Trips of those persons in order: origin; purpose, code and sector of the destination; mode; start, end (min).

    Minutes count from 00:00 of the survey day, which begins at 04:00: they pass 1440 after midnight.
    """
    raw = read_table(folder, "depl")
    trips = pd.DataFrame(
        {
            "person": raw["ID_IND"].astype(str),
            "number": raw["NDEP"].astype(int),
            "origin": raw["D2"].astype(str).map(purpose_of),
            "purpose": raw["D5"].astype(str).map(purpose_of),
            "code": raw["D5"].astype(str),
            "mode": raw["MODP"].astype(str),
            "on_foot": raw["MODP"].astype(str) == WALK,
            "start": raw["H_START"].astype(int) * 60 + raw["M_START"].astype(int),
            "end": raw["H_END"].astype(int) * 60 + raw["M_END"].astype(int),
            "to_sector": raw["D_SEC"].astype(str),
        }
    )
    trips = trips.merge(persons, on="person", validate="many_to_one")
    return trips.sort_values(["person", "number"], kind="stable", ignore_index=True)


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
