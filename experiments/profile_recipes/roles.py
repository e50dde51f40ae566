"""Who works, studies and drives, by gender and age: read off the Montpellier household travel survey of 2014."""

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.profile_recipes import survey

_WORKS, _STUDIES = "1", "2"
"""Codes of `OCC`; 3 looks for work, 4 is retired, 5 at home, as the ages of their people tell."""
_DRIVES = "21"
"""Code of `MODP`, the main mode of a trip: driver of a car."""
_FROM = (10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85)
_OLDEST = 99
DRIVING_AGE = 18


def roles(folder: Path, persons: pd.DataFrame) -> pd.DataFrame:
    """Weighted shares of respondents by gender and age who work, who study, and who drove a car on the survey day."""
    raw = survey.read_table(folder, "pers")
    trips = survey.read_table(folder, "depl")
    drove = set(trips.loc[trips["MODP"].astype(str) == _DRIVES, "ID_IND"].astype(str))
    occupation = dict(zip(raw["ID_IND"].astype(str), raw["OCC"].astype(str), strict=True))
    row = np.searchsorted(_FROM, persons["age"], side="right") - 1
    told = persons.assign(
        age_from=np.array(_FROM)[row],
        works=persons["person"].map(occupation) == _WORKS,
        studies=persons["person"].map(occupation) == _STUDIES,
        drives=persons["person"].isin(drove) & (persons["age"] >= DRIVING_AGE),
    )
    rows = []
    for (gender, age_from), cell in told.groupby(["gender", "age_from"]):
        weight = cell["weight"] / cell["weight"].sum()
        last = _FROM.index(age_from) == len(_FROM) - 1
        rows.append(
            {
                "gender": gender,
                "age_from": age_from,
                "age_to": _OLDEST if last else _FROM[_FROM.index(age_from) + 1] - 1,
                **{f"{name}_share": float((weight * cell[name]).sum()) for name in ("works", "studies", "drives")},
                "persons": len(cell),
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values(["gender", "age_from"], ascending=[False, True], ignore_index=True)
