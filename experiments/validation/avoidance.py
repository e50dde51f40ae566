"""Who stops walking in quiet places after dark, as the ONS asked, and what that says of fear's two weights.

`not_made_per_minute` (how much fear keeps from going on foot) and `darkness_distance` (how far people go round) have no
source of their own. Runs with a month of nights at many draws of all parameters say how the share of those who stopped
hangs on them; what the survey found then narrows both (Bayes linear, `history_matching`). All else that draws
vary is error there, so that nothing is solved to the digit.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit, ndtr

from experiments.calibration.history_matching import normal_scores, posterior
from experiments.runs import Progress
from experiments.validation.after_dark import clock_change
from simulator.accounting.day_sums import quickest_ways
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Evidence, draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.kernels.costs import WALK
from simulator.results.files import whole_folder
from simulator.simulation import Simulation
from simulator.travel.outcomes import FEAR, SHIFTED
from simulator.travel.routes import metres_of

STOPPED = "E stopped walking in quiet places after dark in a month (ONS OPN)"
ONCE = f"{STOPPED}, at least once"
SURVEYED = {"woman": (32.0, 37.0), "man": (18.0, 24.0)}
"""Percent of adults in June 2021 and in February and March 2022; which of them are asked is our reading: all."""
PRIOR = {"not_made_per_minute": (0.15, 0.05, 0.3), "darkness_distance": (0.5, 0.1, 2.0)}
"""What was assumed of each before: value and 90 % range, split lognormal."""
MONTH_NIGHTS = 30
QUIET_M = 50.0
"""A way with less than this of a park, tunnel or informal path is not one through a quiet place."""
DETOUR_M = 10.0
"""A way that is longer than the quickest by this much was chosen to avoid something; equals are chosen by chance."""
RUNS, FIT = "avoidance_runs", "avoidance_fit"
TOLERANCE = 1e-5
SETTLE_DAYS, _SEED, _Z90 = 2, 7, 1.6448536269514722


def of_a_month(arm: Simulation, progress: Progress) -> Iterator[tuple[tuple[str, str], float]]:
    """Share of residents (%) who in a month, for fear, stop walking after dark where it is quiet.

    A walk counts that would go through parks, tunnels or informal paths on the quickest way. It is given up if it goes
    another way, by another mode, at another hour, or not at all. Who gives up half of them has stopped. Nights
    of one settled memory; nothing is walked or learnt.
    """
    people, streets = arm.setting.people, arm.setting.network.streets
    quiet_m = (streets.in_park | streets.is_tunnel | streets.is_informal) * streets.length_m
    walk_m = arm.setting.graph.walk_m
    walks, given_up = np.zeros(len(people)), np.zeros(len(people))
    for _ in range(MONTH_NIGHTS):
        arm.begin_day()
        arm.day += 1
        progress(1)
        assert arm.chosen is not None
        chosen, trips = arm.chosen, arm.chosen.trips
        rows = np.flatnonzero(arm.conditions.dark_hours[trips.hour] & (chosen.mode_without_fear == WALK))
        quickest = quickest_ways(arm, rows)
        through = metres_of(quickest, quiet_m) >= QUIET_M
        rows, least_m = rows[through], metres_of(quickest, walk_m)[through]
        for_fear = (chosen.why[rows] & FEAR) > 0
        gone = for_fear & (~chosen.walked[rows] | (chosen.outcome[rows] == SHIFTED))
        way = chosen.routed.take(rows)
        around = chosen.walked[rows] & (metres_of(way, quiet_m) < QUIET_M)
        around &= metres_of(way, walk_m) - least_m >= DETOUR_M
        walks += np.bincount(trips.person[rows], minlength=len(people))
        given_up += np.bincount(trips.person[rows], weights=gone | around, minlength=len(people))
    of_age = people.resident & (people.age >= 16)
    for gender in range(2):
        rows = np.flatnonzero(of_age & (people.gender == gender))
        for pattern, happens in ((STOPPED, given_up >= np.maximum(walks / 2, 1)), (ONCE, given_up >= 1)):
            if rows.size:
                share = np.average(happens[rows], weights=people.weight[rows])
                yield (pattern, GENDERS[gender]), 100.0 * float(share)


def lived_runs(network: StreetNetwork, *, agents: int, draws: int, progress: Progress) -> pd.DataFrame:
    """Runs of a month: draw, the two parameters as they were assumed before, and share (%) who stopped by gender."""
    dates = clock_change(network, 2026) or (datetime.date(2026, 6, 21), datetime.date(2026, 12, 21))
    ranges: dict[str, float] = {}
    for name, (value, low, high) in PRIOR.items():
        ranges |= {name: value, f"{name}.low": low, f"{name}.high": high}
    rows = []
    for draw in range(draws):
        parameters = draw_parameters(_SEED, draw, ranges, country=network.country)
        arm = Simulation.baseline(network, parameters, agents=agents, date=dates[1])
        arm.settle(SETTLE_DAYS)
        progress(SETTLE_DAYS)
        found = dict(of_a_month(arm.fork(), progress))
        stopped = {gender: found.get((STOPPED, gender), np.nan) for gender in SURVEYED}
        rows.append({"draw": draw, **{name: parameters[name] for name in PRIOR}, **stopped})
    return pd.DataFrame(rows)


def fit(runs: pd.DataFrame) -> pd.DataFrame:
    """What the survey says of both parameters, given runs as `lived_runs` gives them.

    Returns
    -------
    One row a parameter: prior and posterior with their 90 % ranges, and the contraction (1 - posterior over prior
    variance, of normal scores). Shares are taken as linear in the scores on the scale of log-odds; the survey's error
    is what its two waves differ by, as the ends of a 90 % range.
    """
    names = list(PRIOR)
    scores = normal_scores(runs[names].to_numpy(float))
    half = 0.5  # percent: a share of none or all has no log-odds
    outputs = logit(np.clip(runs[list(SURVEYED)].to_numpy(float), half, 100.0 - half) / 100.0)
    ends = logit(np.array(list(SURVEYED.values())) / 100.0)
    error = np.diag(((ends[:, 1] - ends[:, 0]) / (2.0 * _Z90)) ** 2)
    mean, covariance, _ = posterior(scores, outputs, ends.mean(axis=1), error)
    sd = np.sqrt(np.diag(covariance))
    rows = []
    for name, middle, spread in zip(names, mean, sd, strict=True):
        prior = Evidence(name, *PRIOR[name], "split lognormal", "", "assumption", "", "", "")
        value, low, high = (prior.at(float(ndtr(middle + z * spread))) for z in (0.0, -_Z90, _Z90))
        told = dict(zip(("prior", "prior_low", "prior_high"), PRIOR[name], strict=True))
        rows.append(
            {"parameter": name, **told, "fitted": value, "low": low, "high": high, "contraction": 1 - spread**2}
        )
    return pd.DataFrame(rows)


def calibrate_avoidance(
    network: StreetNetwork, out: Path, *, agents: int, draws: int, progress: Progress
) -> pd.DataFrame:
    """Live the runs, fit, and write both tables, whole or not at all; `fit` says what comes back.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    runs = lived_runs(network, agents=agents, draws=draws, progress=progress)
    fitted = fit(runs)
    with whole_folder(out) as folder:
        for name, table in ((RUNS, runs), (FIT, fitted)):
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6f", lineterminator="\n")
    return fitted
