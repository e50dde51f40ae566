"""What moves, by band: on the treated streets, on streets near them on foot, and on all others; by day and after dark.

Footfall is simulated: people choose other ways, so what treated streets gain may come from near by. Of incidents, only
what follows footfall, eyes and light is simulated; the share of averted hazard that moves is drawn, so these rows are
labelled assumed. Bands are those of the simulator, by metres on foot (`displacement_reach`). For each kind the weighted
displacement quotient (see `run_totals`) sets the change near by against that on the treated streets, both against all
other streets: below 0 what is counted moves between the two, at -1 all of it; above 0 both change alike.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import FEWEST_DRAWS, paired_differences, predictive_interval
from analysis.comparison.sums import in_order_of_draw
from analysis.indicators.indicator import PER_DAY
from analysis.indicators.run_totals import changes_against_control, displacement_quotient
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]

BANDS = ("treated", "near", "elsewhere")
PERIODS = ("day", "dark", "all")
FOOTFALL, INCIDENTS, BOOKED = "footfall", "incidents", "booked"
QUOTIENT, OUTSIDE, ADVERSE = "quotient", "outside", "adverse"
SIMULATED, ASSUMED = "simulated", "assumed"
COLUMNS = ("what", "band", "period", "unit", "label", "before", "after", "difference", "low", "high", "draws")
MINUTES = "person-minutes walked per day"


def displacement_of(
    name: str, baseline: Sequence[RunTables], scenario: Sequence[RunTables], comparison: pd.DataFrame
) -> pd.DataFrame:
    """Footfall and expected incidents by band and period, with and without measures, their quotients, what is booked.

    Parameters
    ----------
    name
        The scenario.
    baseline, scenario
        Runs paired by draw, as for `compare_runs`.
    comparison
        As `compare_runs` gives it.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: means over draws, predictive 90 % intervals of the difference. Rows with band `quotient` have the
        weighted displacement quotient in `difference`, over `draws` draws: of incidents those in which the treated
        streets gain, of footfall those in which it changes there; without a row where fewer than half of the draws
        have one. Rows `booked` are incidents displaced to near, outside, or at the adverse end. Incidents are not told
        of measures that nobody has evaluated, and nothing at all where no street is treated.
    """
    before, after = in_order_of_draw(baseline), in_order_of_draw(scenario)
    if not any(run.coded_segments("band").words["band"].isin(BANDS[:1]).any() for run in after):
        return pd.DataFrame(columns=list(COLUMNS))
    minutes = np.array([_minutes(*pair) for pair in zip(before, after, strict=True)])
    rows = _rows(FOOTFALL, MINUTES, SIMULATED, minutes)
    told = [run.manifest.get("incidents_by_band") for run in after]
    if all(told) and not any(run.manifest.get("unevaluated") for run in after):
        incidents = np.array([[[one[period][band] for band in BANDS] for period in PERIODS[:2]] for one in told if one])
        rows += _rows(INCIDENTS, PER_DAY, ASSUMED, incidents)
        rows += _booked(comparison[comparison["scenario"] == name])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _booked(comparison: pd.DataFrame) -> list[dict[str, Any]]:
    """What is booked as displaced, off the map too; without a row if nothing is averted."""
    own = comparison.set_index("indicator")
    names = {f"displaced_{where}": where for where in (BANDS[1], OUTSIDE, ADVERSE)}
    if not all(name in own.index for name in names) or not own.loc[list(names), "difference"].any():
        return []
    fixed = {"what": BOOKED, "period": "all", "unit": PER_DAY, "label": ASSUMED, "before": 0.0}
    numbers = own.loc[list(names), ["difference", "low", "high", "draws"]].to_dict("index")
    return [fixed | told | {"band": names[name], "after": told["difference"]} for name, told in numbers.items()]


def _minutes(before: RunTables, after: RunTables) -> Array:
    """Person-minutes walked by period (day, dark), band, and side (before, after) of one draw; new streets had none."""
    names = ("segment_id", "hour", "walking_s")
    earlier, later = before.coded_segments(*names), after.coded_segments(*names, "band")
    elsewhere = len(BANDS) - 1
    bands = later.words["band"].among(BANDS)
    bands[bands < 0] = elsewhere
    dark = np.array(after.manifest["dark_hours"], bool)
    result = np.zeros((2, len(BANDS), 2))
    for side, table in enumerate((earlier, later)):
        streets = later.numbers["segment_id"], table.numbers["segment_id"]
        band = bands if np.array_equal(*streets) else _looked_up(*streets, bands, elsewhere)
        period = dark[table.numbers["hour"].astype(np.int64)]
        minutes = table.numbers["walking_s"].astype(float) / 60.0
        added = np.bincount(period * len(BANDS) + band, weights=minutes, minlength=2 * len(BANDS))
        result[:, :, side] = added.reshape(2, len(BANDS))
    return result


def _looked_up(known: Whole, asked: Whole, bands: Whole, elsewhere: int) -> Whole:
    """Bands of streets as those known have them, in all hours the same; of one that is not known: elsewhere."""
    streets, first = np.unique(known, return_index=True)
    at = np.minimum(np.searchsorted(streets, asked), max(streets.size - 1, 0))
    if not streets.size:
        return np.full(asked.shape, elsewhere)
    return np.where(streets[at] == asked, bands[first][at], elsewhere)


def _rows(what: str, unit: str, label: str, counted: Array) -> list[dict[str, Any]]:
    """Rows of what is counted, given by draw, period (day, dark), band and side."""
    whole = np.concatenate([counted, counted.sum(axis=1, keepdims=True)], axis=1)
    rows = []
    for at, period in enumerate(PERIODS):
        if not whole[:, at].any():
            continue
        fixed = {"what": what, "period": period, "label": label}
        for place, band in enumerate(BANDS):
            before, after = whole[:, at, place].T
            difference = paired_differences(before, after)
            low, high = predictive_interval(difference)
            numbers = {"before": before.mean(), "after": after.mean(), "difference": difference.mean()}
            rows.append(fixed | {"band": band, "unit": unit, "low": low, "high": high, "draws": len(whole)} | numbers)
        quotients = np.array([_quotient(what, dict(zip(BANDS, one, strict=True))) for one in whole[:, at]])
        known = quotients[np.isfinite(quotients)]
        if known.size >= max(FEWEST_DRAWS, len(whole) / 2):
            low, high = predictive_interval(known)
            told = {"band": QUOTIENT, "unit": "ratio", "before": np.nan, "after": np.nan, "draws": known.size}
            rows.append(fixed | told | {"difference": known.mean(), "low": low, "high": high})
    return rows


def _quotient(what: str, areas: dict[str, Array]) -> float:
    if what == INCIDENTS:
        return displacement_quotient(areas)
    treated, near = changes_against_control(areas)
    return near / treated if treated else float("nan")
