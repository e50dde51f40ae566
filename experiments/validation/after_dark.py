"""Footfall after dark over the same clock hour by daylight, and what each of two reasons does to it.

People are fewer after dark because some are afraid, and because daylight itself is a reason to be out. The model has
both (`simulator.travel.modes`, `simulator.agenda.daylight`); each is told by a run without the other.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.validation import Target, assess_target, unassessed_row
from simulator.accounting import tables as accounting
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters, load_evidence
from simulator.foundation.categories import GENDERS
from simulator.foundation.local_time import local_moment
from simulator.simulation import Simulation

PATHS = "D footfall after dark / same clock hour in daylight, across the clock change"
CENTRE = f"{PATHS}, against counts in a centre (Auckland)"
SETTLE_DAYS, COUNTED_DAYS = 4, 3
SETTLE_DAYS_ALONE = 2
"""Parts are told for comparison only."""
ALONE = {
    "daylight alone": {"not_made_per_minute": 0.0, "darkness_distance": 1e-9},
    "fear alone": {f"daylight_{purpose}_ratio": 1.0 for purpose in ("stroll", "leisure", "shop")},
}
"""Parameters of a world in which one of the two reasons is away."""
DAYS = 2 * (SETTLE_DAYS + COUNTED_DAYS) + 2 * len(ALONE) * (SETTLE_DAYS_ALONE + COUNTED_DAYS)
"""Days lived in a draw: two dates, with both reasons and with either alone."""
Draw = Callable[[Mapping[str, float]], Parameters]


class Lived(NamedTuple):
    """Two dates lived by the same people with the same wishes and luck."""

    light: Simulation
    dark: Simulation
    sums: tuple[pd.DataFrame, pd.DataFrame]
    """summary tables of all days counted, one below the other"""


def clock_change(network: StreetNetwork, year: int) -> tuple[datetime.date, datetime.date] | None:
    """Weekdays a week apart round the night on which clocks go back, or None where they stay."""
    days = (datetime.date(year, 1, 1) + datetime.timedelta(days) for days in range(365))
    noons = [local_moment(network.timezone, day, 12) for day in days]
    for before, after in pairwise(noons):
        if (after.utcoffset() or datetime.timedelta()) < (before.utcoffset() or datetime.timedelta()):
            sunday = after.date()
            return sunday - datetime.timedelta(days=4), sunday + datetime.timedelta(days=3)
    return None


def live_both(
    network: StreetNetwork,
    parameters: Parameters,
    agents: int,
    progress: Callable[[int], None],
    *,
    settle_days: int = SETTLE_DAYS,
) -> Lived:
    """A light and a dark date, each settled, then lived for some days.

    Wishes are those of the light date on both: if each date made up for what its own darkness keeps people from, the
    ratio would not show it.
    """
    dates = clock_change(network, 2026) or (datetime.date(2026, 6, 21), datetime.date(2026, 12, 21))
    arms: list[Simulation] = []
    sums = []
    for date in dates:
        arm = Simulation.baseline(network, parameters, agents=agents, date=date)
        if arms:
            arm.inflation = arms[0].inflation.copy()
        for _ in range(settle_days):
            arm.simulate_day(learn_wishes=not arms)
            progress(1)
        arm.freeze_levels()
        arms.append(arm.fork())
        told = []
        for _ in range(COUNTED_DAYS):
            arms[-1].simulate_day()
            told.append(accounting.summary_table(arms[-1], {}))
            progress(1)
        sums.append(pd.concat(told))
    return Lived(arms[0], arms[1], (sums[0], sums[1]))


def footfall_ratio(lived: Lived) -> dict[str, float]:
    """Time walked in the clock hours that are light on one date and dark on the other, by gender, and of all."""
    hours = np.flatnonzero(lived.dark.conditions.dark_hours & (lived.light.conditions.dark == 0.0))
    walked = []
    for table in lived.sums:
        rows = table[(table["itinerary"] == "realised") & table["hour"].isin(hours)]
        by_gender = rows.groupby("gender")["walking_s"].sum()
        walked.append(pd.concat([by_gender, pd.Series({"all": by_gender.sum()})]))
    return {
        str(gender): float(walked[1][gender] / walked[0][gender]) for gender in walked[0].index if walked[0][gender]
    }


def each_alone(
    network: StreetNetwork, draw: Draw, agents: int, progress: Callable[[int], None]
) -> dict[tuple[str, str], float]:
    """The ratio with one reason only, by that reason and gender; `draw` gives the parameters with some of its own."""
    found: dict[tuple[str, str], float] = {}
    for reason, values in ALONE.items():
        lived = live_both(network, draw(values), agents, progress, settle_days=SETTLE_DAYS_ALONE)
        found |= {(reason, gender): ratio for gender, ratio in footfall_ratio(lived).items()}
    return found


def rows_of(both: list[dict[str, float]], alone: list[dict[tuple[str, str], float]]) -> Iterator[dict[str, object]]:
    """Rows of the table: what was found in each draw against counts on paths and in a centre, and the two parts."""
    women_and_men = GENDERS[:2]
    for gender in women_and_men:
        # the ratio of strolls was set with these counts in view: they are no check of it
        target = Target(PATHS, gender, "ratio", 0.50, 0.70, fitted=True)
        yield assess_target(target, [one.get(gender, np.nan) for one in both])
    counted = load_evidence()["count_dark_ratio"]
    target = Target(CENTRE, "all", "ratio", counted.low, counted.high)
    yield assess_target(target, [one.get("all", np.nan) for one in both])
    for reason in ALONE:
        for gender in women_and_men:
            found = np.nanmean([one.get((reason, gender), np.nan) for one in alone])
            yield unassessed_row(PATHS, f"{gender}, {reason}", "for comparison", f"{found:.3g}")
