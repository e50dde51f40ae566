"""`afterdark validate perception`: how places feel here, held against ratings of the same streets at the same hours.

Ratings are those of safety audits, or of images, from 0 (poor) to 3 (good). Only ranks are compared: raters' scales
differ. The ratings act on nothing, so they must not be those that the city was built with.
"""

import datetime
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm, spearmanr

from analysis.validation import NOT_YET, Target, assess_target, unassessed_row, write_validation
from experiments.runs import Progress
from simulator.city.audits import AUDIT_PARAMETERS, Audits
from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters
from simulator.evidence.profiles import Array
from simulator.kernels.walking import fear_table
from simulator.simulation import Simulation
from street_networks.derive import City
from street_networks.local_data.audits import add_audits

PATTERN = "J how streets feel, against ratings of the same streets and hours"
SIMULATED = {
    "feeling": "share who would feel safe there",
    "lighting": "minimum light (lx)",
    "people": "people in view",
}
"""What each rated parameter is held against."""
TABLE = "ratings.csv"
FEWEST = 10
"""Streets and hours: with fewer, ranks agree by chance too often to say anything."""
SETTLE_DAYS = 3
_CHANCE = 0.95
"""A rank correlation counts as found if chance alone would be below it so often."""


def read_ratings(network: StreetNetwork, path: Path) -> Audits:
    """Ratings of a file, on the streets of a city.

    Raises
    ------
    InputError
        If it cannot be read, rates nothing that is simulated, or the city was built with the same ratings.
    """
    found = add_audits(City(network, {}), path).network.audits
    if np.isin(found.audit_id, network.audits.audit_id).any():
        raise InputError(
            f"{path}: the city {network.name} was built with some of these ratings, which act on how it feels there; "
            "expected ratings that the city does not know: build it without them, or keep some aside"
        )
    known = np.isin(found.parameter, [AUDIT_PARAMETERS.index(name) for name in SIMULATED])
    if not known.any():
        raise InputError(
            f"{path}: found no ratings of {', '.join(SIMULATED)}; expected a column of at least one of them"
        )
    return found.take(np.flatnonzero(known))


def date_of(ratings: Audits) -> datetime.date:
    """A weekday round the middle of the month in which most was rated: it sets how dark each hour is."""
    month = min(Counter(ratings.month.tolist()).items(), key=lambda one: (-one[1], one[0]))[0]
    middle = datetime.date.fromisoformat(f"{month}-15")
    return middle + datetime.timedelta(max(0, 7 - middle.weekday()) if middle.weekday() > 4 else 0)


def simulated(arm: Simulation) -> dict[str, Array]:
    """What is held against ratings, by clock hour and street (float64 (24, S)); feelings over all people alike."""
    parts, people = arm.setting.class_parts, arm.setting.people
    number = np.bincount(arm.setting.who[0], weights=people.weight, minlength=parts.shape[0])
    shape = arm.expected_on.shape
    feeling = np.empty(shape)
    for hour, streets in enumerate(arm.streets):
        fear = np.empty((parts.shape[0], shape[1]), np.float32)
        fear_table(streets, parts, fear)
        feeling[hour] = 1.0 - np.average(fear, axis=0, weights=number)
    return {
        "feeling": feeling,
        "lighting": np.asarray(arm.conditions.light_min_lx, float),
        "people": arm.people_in_view(),
    }


def validate_perception(
    network: StreetNetwork,
    out: Path,
    *,
    ratings: Audits,
    agents: int,
    replications: int,
    seed: int,
    progress: Progress,
) -> pd.DataFrame:
    """Hold streets against ratings; write `validation.csv` and `ratings.csv`, whole or not at all.

    Returns
    -------
    The table: rank correlation over streets and hours, one row for each rated parameter.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    places = _places(ratings)
    found = []
    for draw in range(replications):
        parameters = draw_parameters(seed, draw, country=network.country)
        arm = Simulation.baseline(network, parameters, agents=agents, date=date_of(ratings))
        arm.settle(SETTLE_DAYS)
        arm.begin_day()
        progress(SETTLE_DAYS)
        found.append(simulated(arm))
    rows, told = [], []
    for name, mine in places.groupby("parameter", sort=False):
        at = mine["hour"].to_numpy(), mine["segment"].to_numpy()
        values = [one[name][at] for one in found]
        told.append(mine.assign(segment_id=network.streets.segment_id[at[1]], simulated=np.mean(values, axis=0)))
        group = f"{name}: {SIMULATED[str(name)]}"
        if len(mine) < FEWEST:
            few = f"{len(mine)} streets and hours were rated, at least {FEWEST} are needed"
            rows.append(unassessed_row(PATTERN, group, NOT_YET, few))
            continue
        least = float(norm.ppf(_CHANCE) / np.sqrt(len(mine) - 1))
        target = Target(PATTERN, group, "rank correlation", least, 1.0)
        rows.append(assess_target(target, [_rank(mine["rating"].to_numpy(), one) for one in values]))
    columns = ["segment_id", "hour", "parameter", "rating", "ratings", "simulated"]
    text = pd.concat(told)[columns].to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return write_validation(rows, out, {TABLE: text})


def _places(ratings: Audits) -> pd.DataFrame:
    """Mean rating of each parameter by street and hour, and how many: what one street says often counts once."""
    table = pd.DataFrame(
        {
            "parameter": np.array(AUDIT_PARAMETERS)[ratings.parameter],
            "segment": ratings.segment.astype(np.int64),
            "hour": ratings.hour.astype(np.int64),
            "rating": ratings.rating,
        }
    )
    means = table.groupby(["parameter", "segment", "hour"])["rating"].agg(["mean", "size"]).reset_index()
    return means.rename(columns={"mean": "rating", "size": "ratings"})


def _rank(rated: Array, found: Array) -> float:
    """Spearman's rank correlation; NaN where all are alike."""
    if np.ptp(rated) == 0.0 or np.ptp(found) == 0.0:
        return float("nan")
    return float(spearmanr(rated, found).statistic)
