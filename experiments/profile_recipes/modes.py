"""Modes of trips by gender and length, read off the Montpellier travel survey (see `_survey`).

The survey has no lengths: minutes times an assumed speed of the mode (`survey_speed_*`) stand for them.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.profile_recipes.survey import YOUNGEST, read_table
from simulator.evidence.parameters import nominal

BAND_KM = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, np.inf)
"""Edges of the bands of length."""
DAY_FROM, DAY_UNTIL = 6, 20
"""Clock hours of departure that count as day."""
_GENDERS = {"1": "man", "2": "woman"}
_SPEED_OF = {"walk": "walk", "bicycle": "bicycle", "transit": "transit"}


def mode_of(code: str) -> str | None:
    """Our mode for the survey's code of the main mode (MODP); None for what we do not have.

    Motorised two-wheelers count as cars, coaches and trains as transit.
    """
    number = int(code)
    for mode, codes in (
        ("walk", (1,)),
        ("bicycle", (11, 12)),
        ("driver", (*range(13, 17), 21)),
        ("passenger", (22,)),
        ("transit", (*range(31, 40), 41, 42, 51)),
        ("taxi", (61,)),
    ):
        if number in codes:
            return mode
    return None


def mode_shares(folder: Path) -> pd.DataFrame:
    """Trips by period, gender, band of length and mode: trips counted, weight, share, mean length (km).

    `share` is of the weighted trips of that period, gender and band; `km` is the mean length of the band's trips.
    """
    persons, raw = read_table(folder, "pers"), read_table(folder, "depl")
    persons = persons.assign(person=persons["ID_IND"].astype(str), gender=persons["SEX"].map(_GENDERS))
    persons = persons[persons["AGE"].astype(int) >= YOUNGEST][["person", "gender", "W_IND"]]
    start = raw["H_START"].astype(int) * 60 + raw["M_START"].astype(int)
    minutes = raw["H_END"].astype(int) * 60 + raw["M_END"].astype(int) - start
    trips = pd.DataFrame(
        {
            "person": raw["ID_IND"].astype(str),
            "mode": raw["MODP"].astype(str).map(mode_of),
            "minutes": minutes,
            "hour": start // 60 % 24,
        }
    ).merge(persons, on="person", validate="many_to_one")
    trips = trips[trips["mode"].notna() & (trips["minutes"] > 0)]
    speed = trips["mode"].map(lambda mode: nominal(f"survey_speed_{_SPEED_OF.get(mode, 'car')}"))
    trips = trips.assign(km=trips["minutes"] * speed / 60.0, weight=trips["W_IND"].astype(float))
    by_day = (trips["hour"] >= DAY_FROM) & (trips["hour"] < DAY_UNTIL)
    band = np.searchsorted(BAND_KM, trips["km"], side="right") - 1
    trips = trips.assign(period=np.where(by_day, "day", "night"), km_from=np.array(BAND_KM)[band])
    trips = trips.assign(weighted_km=trips["weight"] * trips["km"])
    keys = ["period", "gender", "km_from"]
    found = trips.groupby([*keys, "mode"], as_index=False).agg(trips=("weight", "size"), weight=("weight", "sum"))
    whole = trips.groupby(keys, as_index=False).agg(all=("weight", "sum"), weighted_km=("weighted_km", "sum"))
    found = found.merge(whole, on=keys, validate="many_to_one")
    found = found.assign(share=found["weight"] / found["all"], km=found["weighted_km"] / found["all"])
    return found[[*keys, "mode", "trips", "weight", "share", "km"]].reset_index(drop=True)
