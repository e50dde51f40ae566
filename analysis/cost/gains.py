"""What money is paid for: gains of everybody on one such day, draw by draw, over the same people as the cost.

Those affected are counted on all that they walk in the simulated area, and the cost is that of all that is placed.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.intervals import Array
from analysis.comparison.sums import pair_values
from analysis.indicators import cells
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.indicator import CellSums
from analysis.language import marked
from simulator.foundation.categories import AGE_BANDS, GENDERS, INCIDENTS
from simulator.results.schema import RunTables


@dataclasses.dataclass(frozen=True)
class Gain:
    """One thing that is gained.

    Attributes
    ----------
    title, unit
        In words; the unit is of one such day, but of residents, who are asked once.
    each
        What a cost is told for, in words.
    indicator
        Whose row of the comparison must exist (enough agents), and what is paired.
    sign
        +1 where more of the indicator is the gain, -1 where less is.
    count
        How many `each` stands for.
    is_count
        Whether it cannot be below zero.
    is_daily
        Whether it comes again on each such day.
    """

    title: str
    unit: str
    each: str
    indicator: str
    sign: float = 1.0
    count: float = 1.0
    is_count: bool = False
    is_daily: bool = True


GAINS = {
    "people_affected": Gain(
        marked("people affected"), "people", marked("person affected"), "affected_people", is_count=True, is_daily=False
    ),
    "safe_minutes": Gain(
        marked("person-minutes more that feel safe"),
        "person-minutes per such day",
        marked("1 000 person-minutes that feel safe"),
        "affected_safe_minutes",
        count=1000.0,
    ),
    "trips_won_back": Gain(
        marked("trips won back"), "trips per such day", marked("trip won back"), "affected_trips_not_made", sign=-1.0
    ),
    "residents_newly_safe": Gain(
        marked("residents who would newly feel safe"),
        "residents",
        marked("resident who would newly feel safe"),
        "near_sdg_16_1_4_proxy",
        is_daily=False,
    ),
}
"""What a cost is told for, in this order: effectiveness before any value in money."""


def gains_of(
    base: Sequence[cells.Tally],
    own: Sequence[cells.Tally],
    comparison: pd.DataFrame,
    *,
    against_measures: bool = False,
) -> dict[str, Array]:
    """Each of `GAINS` of everybody by draw, shape (R,).

    NaN where the comparison has too few agents for a row of it; zero where nobody at all is touched.

    Parameters
    ----------
    base, own
        Runs of the baseline and of one scenario added up, one a draw, in order.
    comparison
        The rows of that scenario.
    against_measures
        Whether the baseline has measures: nobody is counted as affected then.
    """
    sides = [_sums(runs) for runs in (base, own)]
    known = set(comparison[(comparison[_LABELS] == "all").all(axis=1)]["indicator"])
    found = {}
    for name, gain in GAINS.items():
        if gain.indicator not in known:
            behind = INDICATORS[gain.indicator].itinerary
            touched = against_measures or any(run.agents[behind].any() for run in own)
            found[name] = np.full(len(own), np.nan if touched else 0.0)
        elif name == "residents_newly_safe":
            found[name] = np.array([_newly_safe(sums) for sums in sides[1]])
        else:
            found[name] = gain.sign * pair_values(INDICATORS[gain.indicator], *sides).difference[0]
    return found


_LABELS = ["gender", "age", "period", "hour_band", "disability", "carer", "night_worker"]


def _newly_safe(sums: CellSums) -> float:
    """Residents who would feel safe with it less those who do without: people, not a share."""
    return float((sums.near["survey_feel_safe"] - sums.near_before["survey_feel_safe"])[0])


def _sums(runs: Sequence[cells.Tally]) -> list[CellSums]:
    everybody = cells.Cell(
        gender="all",
        age="all",
        period="all",
        hour_band="all",
        genders=tuple(range(len(GENDERS))),
        slots=tuple(range(len(AGE_BANDS))),
        hours=tuple(range(24)),
    )
    return [cells.cell_sums(run, [everybody]) for run in runs]


def incidents_averted(
    base: Sequence[cells.Tally], own: Sequence[cells.Tally], runs: Sequence[RunTables]
) -> dict[str, Array]:
    """Expected incidents fewer in the core on one such day by type and draw, shape (R,) each.

    What is displaced to streets near by is in it. What is displaced off the map is taken off all types, in proportion
    to what happens in the baseline (below zero: benefits that spread): nobody is to gain on paper by what happens
    elsewhere.

    Parameters
    ----------
    base, own
        As for `gains_of`.
    runs
        Runs of the scenario, in order of draw.
    """
    before, after = (
        np.array([[float(one.realised[f"incidents_{kind}"][0]) for one in _sums(side)] for kind in INCIDENTS])
        for side in (base, own)
    )
    share = np.divide(before, before.sum(axis=0), out=np.zeros_like(before), where=before.sum(axis=0) > 0.0)
    outside = np.array([_displaced_outside(run) for run in runs])
    return dict(zip(INCIDENTS, before - after - share * outside, strict=True))


def _displaced_outside(run: RunTables) -> float:
    told: Mapping[str, float] = run.manifest.get("displacement") or {}
    return float(told.get("outside", 0.0))
