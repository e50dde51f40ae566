"""The tables of a diagnosis, means over draws with predictive intervals, worked out of runs of the baseline."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.answer.levels import levels
from analysis.comparison.by_zone import IN_CORE, places_walked, walked_in
from analysis.comparison.group_tables import HOURS_OUT, group_table
from analysis.comparison.intervals import amount_interval, predictive_interval
from analysis.indicators.cells import HOUR_BANDS, MIN_AGENTS, band_label, pool_bands
from analysis.indicators.indicator import SHARES
from simulator.foundation.categories import AGE_BANDS, GENDERS
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
AS_IT_IS = "as it is"
ALL = "all"
AUDITED = ("sight", "upkeep")
"""Reasons that are known only where somebody audited."""
NIGHT = "night"
"""That it is night at all, which is the question itself in a survey of feeling safe after dark."""
QUANTITIES = {
    "walks": ("walking time after dark that feels safe", "walking_s", "safe_s"),
    "survey": (
        "residents 16+ who would feel safe alone after dark near home",
        "survey_respondents",
        "survey_feel_safe",
    ),
}
"""What a reason is held against: in words, what it is a share of, and the part that feels safe."""
REASON_COLUMNS = {
    "quantity": "walks or survey (`QUANTITIES`)",
    "gender": "woman, man, another, all",
    "age": "age in years, small bands merged with neighbours; all",
    "reason": "key of what is mended",
    "share": "share that feels safe as it is, mean over draws",
    "gain": "how much larger it were if this alone were mended, as a share, mean over draws",
    "low": "lower end of the gain's predictive 90 % interval",
    "high": "upper end of it",
    "agents": "fewest agents behind the row in any draw",
}
OUT_COLUMNS = {
    "hours": "clock hours",
    "women_walking_h": "hours that women walk in the core on one such day, mean over draws",
    "men_walking_h": "hours that men walk",
    "women_share": "women's share of both",
    "low": "lower end of its predictive 90 % interval",
    "high": "upper end of it",
}
WHERE_COLUMNS = {
    "neighbourhood": "zone of the city file; small ones together",
    "period": "day or dark",
    "women_walking_h": "hours that women walk there on one such day, mean over draws",
    "men_walking_h": "hours that men walk there",
    "women_share": "women's share of both",
    "low": "lower end of its predictive 90 % interval",
    "high": "upper end of it",
}
GROUP_COLUMNS = {
    "by": "how people are told apart: everybody, here as, means, familiarity, age, age and disability, label, lives in "
    "(neighbourhood of the home), out in (that of the street), stays",
    "level": "which group; what is done of `stays`",
    "zone": "neighbourhood of `lives in` and `out in`, small ones together; else core",
    "gender": "woman, man, another, all",
    "period": "day, dark, all; night: 22 to 6",
    "indicator": "what is told",
    "unit": "of value",
    "value": "mean over draws",
    "agents": "the fewest agents of any run behind it; empty of stays",
}
WHY_COLUMNS = {
    "neighbourhood": "zone of the city file; small ones together",
    "reason": "key of what is mended",
    "share": "share of everybody's walking time after dark there that feels safe as it is, mean over draws",
    "gain": "how much larger it were if this alone were mended, as a share, mean over draws",
    "low": "lower end of the gain's predictive 90 % interval",
    "high": "upper end of it",
}
IN_COLUMNS = {
    "gender": "woman, man, another, all",
    "age": "age in years, small bands merged with neighbours; all",
    "period": "day or dark, by wished hour",
    "not_made_share": "share of wished trips that are not made, mean over draws",
    "low": "lower end of its predictive 90 % interval",
    "high": "upper end of it",
    "agents": "fewest agents behind the row in any draw",
}
REACH = (
    *("sdg_11_2_1_proxy", "sdg_11_2_1_night_proxy", "transit_at_02", "open_at_02"),
    *("sdg_11_7_1_access_proxy", "sdg_11_7_1_night_proxy", "reach_safe_share"),
)
"""Indicators of what is in reach of homes."""


def reasons(draws: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What stands in the way of feeling safe, by gender and age: a table with `REASON_COLUMNS`, largest gain first.

    Parameters
    ----------
    draws
        `reasons.parquet` of one run a draw.
    """
    found = []
    for quantity, (_, whole, part) in QUANTITIES.items():
        of_it = [draw[(draw[whole] > 0) & (draw["period"].eq("dark") | (quantity == "survey"))] for draw in draws]
        for gender, genders, age, ages, agents in _groups(of_it):
            shares = [_shares(draw, genders, ages, whole, part) for draw in of_it]
            base = np.array([share[AS_IT_IS] for share in shares])
            for reason in shares[0].index.drop(AS_IT_IS):
                gain = np.array([share[reason] for share in shares]) - base
                if quantity == "survey" and reason == NIGHT:
                    continue  # the question is about the dark: asked by day it is another one
                if not gain.any() and reason in AUDITED:
                    continue  # nobody audited a street there
                # not on the log scale, on which no gain that each draw has would ever reach none
                low, high = _inside(predictive_interval(gain), gain, 1.0 - float(base.mean()))
                numbers = (float(base.mean()), float(gain.mean()), low, high, agents)
                found.append((quantity, gender, age, reason, *numbers))
    table = pd.DataFrame(found, columns=list(REASON_COLUMNS))
    keys = ["quantity", "gender", "age"]
    order = table.groupby(keys, sort=False).ngroup()
    return table.assign(order=order).sort_values(["order", "gain"], ascending=[True, False]).drop(columns="order")


def _inside(interval: tuple[float, float], draws: Array, most: float = 1.0) -> tuple[float, float]:
    """An interval cut where there is nothing: below zero if no draw is, and above what there is at most."""
    low, high = interval
    return (max(low, 0.0) if (draws >= 0.0).all() else low), min(high, most)


def _shares(draw: pd.DataFrame, genders: Sequence[str], ages: Sequence[str], whole: str, part: str) -> pd.Series:
    rows = draw[draw["gender"].isin(genders) & draw["age_band"].isin(ages)]
    sums = rows.groupby("reason", sort=False)[[whole, part]].sum()
    return sums[part] / sums[whole]


def _groups(draws: Sequence[pd.DataFrame]) -> Iterator[tuple[str, Sequence[str], str, Sequence[str], int]]:
    """Genders and pooled ages with `MIN_AGENTS` agents in every draw: labels, what they hold, fewest agents."""
    everyone = {"index": GENDERS, "columns": AGE_BANDS, "fill_value": 0}
    sizes = [
        draw.groupby(["gender", "age_band"])["agents"].max().unstack(fill_value=0).reindex(**everyone) for draw in draws
    ]
    fewest = np.min([size.to_numpy() for size in sizes], axis=0)
    pools = [pool for pool in pool_bands(fewest) if len(pool) < len(AGE_BANDS)]
    everybody = tuple(range(len(AGE_BANDS)))
    for gender, rows in (("woman", (0,)), ("man", (1,)), ("another", (2,)), (ALL, (0, 1, 2))):
        for pool in (everybody, *pools):
            agents = int(fewest[np.ix_(rows, pool)].sum())
            if agents >= MIN_AGENTS:
                names = [GENDERS[row] for row in rows]
                yield gender, names, band_label(pool), [AGE_BANDS[band] for band in pool], agents


def who_is_out(runs: Sequence[RunTables]) -> pd.DataFrame:
    """Hours that women and men walk in the core by clock hour: a table with `OUT_COLUMNS`."""
    walked = [_by_age(run).groupby(["gender", "hour"])["walking_s"].sum() / 3600.0 for run in runs]
    rows = []
    for band, hours in HOUR_BANDS.items():
        women, men = (
            np.array([float(draw.reindex([(who, hour) for hour in hours]).fillna(0.0).sum()) for draw in walked])
            for who in ("woman", "man")
        )
        if not (women + men > 0).all():
            continue
        share = women / (women + men)
        rows.append((band, float(women.mean()), float(men.mean()), float(share.mean()), *_share_interval(share)))
    return pd.DataFrame(rows, columns=list(OUT_COLUMNS))


def _share_interval(shares: Array) -> tuple[float, float]:
    """Predictive interval of shares on the log-odds scale, so that it stays between none and all."""
    if ((shares > 0.0) & (shares < 1.0)).all() and np.ptp(shares) > 0.0:
        low, high = predictive_interval(np.log(shares / (1.0 - shares)))
        return 1.0 / (1.0 + float(np.exp(-low))), 1.0 / (1.0 + float(np.exp(-high)))
    low, high = predictive_interval(shares)
    return max(low, 0.0), min(high, 1.0)


def who_is_where(runs: Sequence[RunTables]) -> pd.DataFrame:
    """Women's share of the time walked by women and men, by neighbourhood and period: `WHERE_COLUMNS`.

    Neighbourhoods in which fewer than `MIN_AGENTS` women or men walk in any draw are told together, if that is enough.
    """
    draws = [walked_in(run, ("walking_s",)) for run in runs]
    rows = []
    for place, within in places_walked(draws):
        for period in ("day", "dark"):
            women, men = (
                np.array([_walked_h(draw, within, who, period) for draw in draws]) for who in ("woman", "man")
            )
            if (women + men > 0).all():
                share = women / (women + men)
                hours = float(women.mean()), float(men.mean())
                rows.append((place, period, *hours, float(share.mean()), *_share_interval(share)))
    return pd.DataFrame(rows, columns=list(WHERE_COLUMNS))


def why_where(by_street: Sequence[pd.DataFrame], runs: Sequence[RunTables]) -> pd.DataFrame:
    """What stands in the way by neighbourhood, everybody together: a table with `WHY_COLUMNS`, largest gain first.

    Parameters
    ----------
    by_street
        `reasons_by_street.parquet` of one run a draw.
    runs
        The runs themselves, which say where streets lie and how many walk there.
    """
    streets = runs[0].segment_columns("segment_id", "neighbourhood").drop_duplicates("segment_id")
    lies_in = streets.set_index("segment_id")["neighbourhood"].astype(str)
    sums = [
        draw.groupby(draw["segment_id"].map(lies_in)).sum(numeric_only=True).drop(columns="segment_id")
        for draw in by_street
    ]
    rows = []
    for place, within in places_walked([walked_in(run, ()) for run in runs]):
        here = pd.DataFrame([draw.reindex(within).fillna(0.0).sum() for draw in sums])
        if not (here["walking_s"] > 0).all():
            continue
        base = (here["safe_s"] / here["walking_s"]).to_numpy(float)
        found = []
        for column in (name for name in here if str(name).startswith("safe_s_")):
            reason = str(column).removeprefix("safe_s_")
            gain = (here[column] / here["walking_s"]).to_numpy(float) - base
            if gain.any() or reason not in AUDITED:
                ends = _inside(predictive_interval(gain), gain, 1.0 - float(base.mean()))
                found.append((place, reason, float(base.mean()), float(gain.mean()), *ends))
        rows += sorted(found, key=lambda row: -row[3])
    return pd.DataFrame(rows, columns=list(WHY_COLUMNS))


def _walked_h(draw: pd.DataFrame, within: Sequence[str], who: str, period: str) -> float:
    rows = draw[draw["neighbourhood"].isin(within) & (draw["gender"] == who) & (draw["period"] == period)]
    return float(rows["walking_s"].sum()) / 3600.0


def groups(runs: Sequence[RunTables]) -> pd.DataFrame:
    """What runs tell of further groups, journeys, stayers and crowds, as the city is: `GROUP_COLUMNS`."""
    told = group_table(runs, runs)
    told = told[told["by"] != HOURS_OUT]
    return told.rename(columns={"before": "value"})[list(GROUP_COLUMNS)].reset_index(drop=True)


def who_stays_in(runs: Sequence[RunTables]) -> pd.DataFrame:
    """Share of wished trips that are not made, by gender, age and period: a table with `IN_COLUMNS`."""
    draws = [_by_age(run) for run in runs]
    rows = []
    for gender, genders, age, ages, agents in _groups(draws):
        for period in ("day", "dark"):
            shares = []
            for draw in draws:
                of_it = draw[draw["gender"].isin(genders) & draw["age_band"].isin(ages) & (draw["period"] == period)]
                planned = float(of_it["trips_planned"].sum())
                shares.append(float(of_it["trips_not_made"].sum()) / planned if planned else np.nan)
            if np.isfinite(shares).all():
                told = np.array(shares)
                rows.append((gender, age, period, float(told.mean()), *_inside(amount_interval(told), told), agents))
    return pd.DataFrame(rows, columns=list(IN_COLUMNS))


def _by_age(run: RunTables) -> pd.DataFrame:
    summary = run.summary
    rows = (summary["breakdown"] == "age_band") & (summary["itinerary"] == "realised") & summary["zone"].isin(IN_CORE)
    return summary[rows]


def mean_levels(runs: Sequence[RunTables]) -> pd.DataFrame:
    """Every indicator of the baseline by cell, mean over draws with predictive interval: columns value, low, high."""
    every = pd.concat([levels(run).assign(draw=at) for at, run in enumerate(runs)], ignore_index=True)
    keys = [name for name in every.columns if name not in ("value", "draw")]
    rows = []
    for labels, cell in every.groupby(keys, sort=False):
        if len(cell) == len(runs):  # else it is not defined in every draw
            values, unit = cell["value"].to_numpy(float), labels[keys.index("unit")]
            ends = _inside(amount_interval(values), values, 1.0 if unit in SHARES else np.inf)
            rows.append((*labels, float(values.mean()), *ends))
    return pd.DataFrame(rows, columns=[*keys, "value", "low", "high"])


def most_in_the_way(
    by_street: Sequence[pd.DataFrame], *, least_gain: float, least_walked_s: float
) -> Mapping[str, Array]:
    """Keys of the streets of the core on which mending one thing helps most after dark, by the key of that thing.

    Parameters
    ----------
    by_street
        `reasons_by_street.parquet` of one run a draw.
    least_gain
        How much larger the share that feels safe must be at least with it, mean over draws.
    least_walked_s
        How long people must walk there at least after dark, person-seconds a day, mean over draws.
    """
    mean = pd.concat(by_street).groupby("segment_id", sort=True).mean(numeric_only=True)
    gains = {
        name.removeprefix("safe_s_"): (mean[name] - mean["safe_s"]) / mean["walking_s"].where(mean["walking_s"] > 0)
        for name in mean.columns
        if name.startswith("safe_s_") and name != "safe_s_night"
    }
    table = pd.DataFrame(gains)[(mean["in_core"] > 0) & (mean["walking_s"] >= least_walked_s)]
    table = table[table.max(axis=1) >= least_gain]
    best = table.idxmax(axis=1)
    return {name: best.index[best == name].to_numpy() for name in gains if (best == name).any()}
