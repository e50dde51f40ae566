"""Figures of the half of the travel survey that is kept aside, against which people's days are held."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.profile_recipes import centre
from experiments.profile_recipes.survey import AGE_BANDS, GENDERS
from experiments.profile_recipes.tours import AGE_GROUPS, hourly, sums_by_group


def check_hours(days: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """Trips per person and clock hour of their start by gender and age band, as surveyed."""
    weights, _ = hourly(days)
    people, number = sums_by_group(persons), sums_by_group(persons.assign(one=1.0), "one")
    return pd.DataFrame(
        [
            {"gender": gender, "age_band": band, "persons": int(number[g, a])}
            | {f"h{hour:02d}": weights[g, a, hour] / people[g, a] for hour in range(24)}
            for g, gender in enumerate(GENDERS)
            for a, band in enumerate(AGE_BANDS)
        ]
    )


def check_figures(days: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """Figures with 95 % sampling intervals by person: trips, share by night, share that accompany, minutes of stays."""
    return pd.DataFrame(list(_figures(days, persons)))


def _figures(days: pd.DataFrame, persons: pd.DataFrame) -> Iterator[dict[str, object]]:
    hour = days["start"] // 60 % 24
    marked = days.assign(
        one=1.0, night=((hour >= 21) | (hour < 4)).astype(float), away=(days["purpose"] != "home").astype(float)
    )
    marked = marked.assign(care=(days["purpose"] == "care").astype(float))
    sums = marked.groupby("person")[["one", "night", "away", "care"]].sum()
    each = persons.merge(sums, left_on="person", right_index=True, how="left").fillna(dict.fromkeys(sums, 0.0))
    each = each.assign(person_one=1.0)
    for gender in GENDERS:
        for ages, (low, high) in {"all": (10, 120), **AGE_GROUPS}.items():
            cell = each[(each["gender"] == gender) & each["age"].between(low, high)]
            who = {"gender": gender, "age_group": ages}
            yield {"figure": "trips_per_person", **who, **_ratio(cell, "one", "person_one")}
            yield {"figure": "night_share", **who, **_ratio(cell, "night", "one")}
            yield {"figure": "care_share", **who, **_ratio(cell, "care", "away")}
    ways = centre.ways_into(days)
    late = marked["night"].reindex(ways.index)
    sums = ways.assign(one=1.0, night=late).groupby("person").agg({"one": "sum", "night": "sum", "weight": "first"})
    yield {"figure": "centre_night_share", "gender": "all", "age_group": "all", **_ratio(sums, "night", "one")}
    stays_ = days[days["stay"].notna() & (days["purpose"] != "home") & (days["stop"] != "stroll")]
    for purpose in ("work", "study", "shop", "leisure", "care", "other"):
        cell = stays_[stays_["purpose"] == purpose]
        yield {"figure": f"stay_{purpose}", "gender": "all", "age_group": "all", **_median(cell)}


def _ratio(cell: pd.DataFrame, above: str, below: str) -> dict[str, float]:
    """A ratio of weighted sums with its interval by linearisation: the person was sampled, not the trip."""
    w, y, x = (cell[name].to_numpy(float) for name in ("weight", above, below))
    value = (w * y).sum() / (w * x).sum()
    error = np.sqrt(((w * (y - value * x)) ** 2).sum()) / (w * x).sum()
    return {"value": value, "low": value - 1.96 * error, "high": value + 1.96 * error, "n": len(cell)}


def _median(cell: pd.DataFrame) -> dict[str, float]:
    """A weighted median with Woodruff's interval: quantiles at one half give or take its sampling error."""
    minutes, weights = cell["stay"].to_numpy(float), cell["weight"].to_numpy()
    by_person = cell.groupby("person")["weight"].sum().to_numpy()
    error = 0.98 * np.sqrt((by_person**2).sum()) / by_person.sum()
    order = np.argsort(minutes, kind="stable")
    running = np.cumsum(weights[order]) / weights.sum()
    low, value, high = (
        float(minutes[order][np.searchsorted(running, at).clip(0, len(order) - 1)])
        for at in (0.5 - error, 0.5, 0.5 + error)
    )
    return {"value": value, "low": low, "high": high, "n": len(cell)}
