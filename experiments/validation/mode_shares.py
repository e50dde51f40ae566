"""Modes by day and by night, and beside them what the survey has: its day is fitted, its night is a check.

Pattern F: by night more women ride along in cars (14 to 25 % of trips in the survey), men hardly more (10 to 11 %).
"""

import pandas as pd

from simulator.evidence.profiles import load_table
from simulator.foundation.categories import GENDERS, MODES

DAY_HOURS = tuple(range(6, 20))
"""Clock hours of departure that count as day, as in the table `montpellier2014_modes`."""


def mode_shares(summary: pd.DataFrame) -> pd.DataFrame:
    """Share of each mode of the trips made in one run, by period and gender, beside the survey's.

    Parameters
    ----------
    summary
        summary.parquet of a run; every zone counts.

    Returns
    -------
    DataFrame
        period (day: departure from 06 to 20), gender (woman, man), mode, trips (people's, a day), share (NaN where
        nobody travels) and surveyed (share of the survey's weighted trips).
    """
    rows = summary[(summary["itinerary"] == "realised") & summary["gender"].isin(GENDERS[:2])]
    period = rows["hour"].isin(DAY_HOURS).map({True: "day", False: "night"})
    columns = {f"trips_{mode}": mode for mode in MODES}
    trips = rows.groupby([period.rename("period"), "gender"])[list(columns)].sum().rename(columns=columns)
    trips.columns.name = "mode"
    table = trips.stack().rename("trips").reset_index()
    whole = table.groupby(["period", "gender"])["trips"].transform("sum")
    table["share"] = table["trips"] / whole.where(whole > 0)
    return table.merge(surveyed_shares(), on=["period", "gender", "mode"], how="left")


def surveyed_shares() -> pd.DataFrame:
    """Share of each mode in the survey's trips by period and gender: period, gender, mode, surveyed."""
    table = pd.DataFrame(dict(load_table("montpellier2014_modes")))
    keys = ["period", "gender"]
    weight = table.groupby([*keys, "mode"])["weight"].sum().unstack(fill_value=0.0).stack().rename("weight")
    found = weight.reset_index()
    found["surveyed"] = found["weight"] / found.groupby(keys)["weight"].transform("sum")
    return found[[*keys, "mode", "surveyed"]]


def night_over_day(shares: pd.DataFrame, column: str, mode: str = "passenger") -> dict[str, float]:
    """Share of a mode by night over its share by day, by gender; of the columns of `mode_shares`."""
    rows = shares[shares["mode"] == mode].set_index(["gender", "period"])[column]
    return {
        str(gender): float(rows[gender, "night"] / rows[gender, "day"])
        for gender in dict.fromkeys(shares["gender"])
        if rows.get((gender, "day"), 0.0) > 0
    }
