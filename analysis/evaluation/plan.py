"""The plan of an evaluation: what to ask and count in the pilot and the control area, and what that could show.

The expected effect is that of the comparison, draw by draw, so that the chance to show it knows how unsure it is.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import predictive_interval
from analysis.comparison.sums import (
    Paired,
    cells_of_everybody,
    check_pairing,
    in_order_of_draw,
    pair_in_cells,
    tally_runs,
)
from analysis.evaluation import power
from simulator.foundation.categories import INCIDENTS
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
DAYS_A_YEAR = 365.25
COLUMNS = {
    "what": "what is asked or counted",
    "who": "of whom",
    "unit": "unit of baseline, expected change and detectable change",
    "baseline": "mean over draws before the measure",
    "expected": "expected change, mean over draws; of counts and incidents as a ratio less 1",
    "low": "lower end of its predictive 90 % interval",
    "high": "upper end of it",
    "size": "size of the evaluation",
    "size_unit": "what the size counts",
    "detectable": "smallest change that this size shows in 80 of 100 evaluations, in the expected direction",
    "chance": "chance that this size shows the change, over the draws of the effect (assurance)",
    "size_needed": "size with a chance of 80 %; empty if none up to a million has it",
    "note": "what stands in the way",
}
"""Columns of `evaluation.csv` with their meaning."""
WORDS = ("what", "who", "unit", "size_unit", "note")
ASKED = (
    ("feels_safe_share_treated", "walk there after dark and feel safe", "dark"),
    ("near_sdg_16_1_4_proxy", "live near and would feel safe alone after dark", "all"),
)
"""Indicators that a survey asks for: name, in words, period."""
_NAN = float("nan")
_UNKNOWN = (
    "no outcome of such measures was ever evaluated, so no effect is expected here; records also change with reporting"
)
_RECORDS = "records also change with reporting; incidents that follow each other in one place make it longer"
_WHO = {"woman": "women", "man": "men", "all": "everybody"}


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How large the evaluation is, and what its errors depend on.

    Parameters
    ----------
    asked
        People of each group asked in each area, before and again after.
    nights, sites
        Nights and places (pilot, control) of counts, before and again after.
    years
        Years of recorded incidents before, and as many after.
    design_effect, night_spread, year_spread
        Evidence `survey_design_effect`, `count_night_sd`, `count_year_sd`.
    """

    asked: int
    nights: int
    sites: tuple[int, int]
    years: float
    design_effect: float
    night_spread: float
    year_spread: float


def plan_rows(
    baseline: Sequence[RunTables], scenario: Sequence[RunTables], sizes: Sizes, *, control_share: float
) -> pd.DataFrame:
    """What surveys, counts and records of some sizes could show of one scenario: a table with `COLUMNS`.

    Parameters
    ----------
    baseline, scenario
        Runs paired by draw.
    sizes
        How much is asked and counted.
    control_share
        Length of the control streets over that of the pilot streets: how many times more incidents they have is taken
        from that.

    Raises
    ------
    ResultsError
        If the runs cannot be paired.
    """
    check_pairing(baseline, {"scenario": scenario})
    base, runs = in_order_of_draw(baseline), in_order_of_draw(scenario)
    rows = [*_asked(base, runs, sizes), *_counted(base, runs, sizes), *_recorded(runs, sizes, control_share)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _asked(base: Sequence[RunTables], runs: Sequence[RunTables], sizes: Sizes) -> Iterator[dict[str, Any]]:
    for name, words, period in ASKED:
        for who, paired in paired_draws(base, runs, name, period).items():
            change = paired.difference
            if who not in _WHO or not np.isfinite(change).all():
                continue
            before = float(paired.baseline.mean())

            def chance(asked: float, change: Array = change, paired: Paired = paired, before: float = before) -> float:
                error = power.error_of_shares(
                    (paired.baseline, paired.value), (before, before), asked, sizes.design_effect
                )
                return power.chance_to_show(change, error)

            up = float(change.mean()) >= 0.0
            detectable = power.detectable_change_of_share(before, before, sizes.asked, sizes.design_effect, up=up)
            told = "" if np.isfinite(detectable) else "too few are asked to show any change"
            yield _row(
                (words, _WHO[who], "share"),
                before,
                change,
                (sizes.asked, "people asked in each area, before and again after"),
                (detectable, chance(sizes.asked), power.size_needed(chance)),
                told,
            )


def paired_draws(
    base: Sequence[RunTables], runs: Sequence[RunTables], indicator: str, period: str
) -> dict[str, Paired]:
    """Values of an indicator by gender, for all ages, draw by draw ((R,) each); no gender with too few agents."""
    before, after = tally_runs(base, {"scenario": runs})
    chosen = cells_of_everybody(after["scenario"], base[0].manifest["dark_hours"], period)
    paired = pair_in_cells([indicator], before, after["scenario"], chosen)[indicator]
    return {cell.gender: Paired(paired.baseline[at], paired.value[at]) for at, cell in enumerate(chosen)}


def _counted(base: Sequence[RunTables], runs: Sequence[RunTables], sizes: Sizes) -> Iterator[dict[str, Any]]:
    before, after = (
        np.array([_passing(run, others) for run, others in zip(side, runs, strict=True)]) for side in (base, runs)
    )
    if not (before > 0).all() or not (after > 0).all():
        return
    effect, people = np.log(after / before), float(before.mean())
    spread = (sizes.night_spread, sizes.year_spread)

    def chance(nights: float) -> float:
        return power.chance_to_show(effect, power.error_of_counts(nights, sizes.sites, people, spread))

    error = power.error_of_counts(sizes.nights, sizes.sites, people, spread)
    detectable = power.detectable_ratio(error, up=float(effect.mean()) >= 0.0) - 1.0
    places = f"{sizes.sites[0]} places of the pilot and {sizes.sites[1]} of the control"
    yield _row(
        ("people who pass a street of it after dark", "everybody", "people a night; changes as a share"),
        people,
        effect,
        (sizes.nights, f"nights at {places}, before and again after"),
        (detectable, chance(sizes.nights), power.size_needed(chance)),
        "more places help more than more nights: streets drift from year to year by themselves",
        ratio=True,
    )


def _passing(run: RunTables, scenario: RunTables) -> float:
    """People who pass a treated street of the core after dark on one such day, mean over streets."""
    dark = np.flatnonzero(scenario.manifest["dark_hours"])
    touched = scenario.segment_columns("segment_id", "treated", "in_core")
    keys = touched.loc[touched["treated"] & touched["in_core"], "segment_id"].unique()
    streets = run.segment_columns("segment_id", "hour", "footfall_people")
    rows = streets[streets["segment_id"].isin(keys) & streets["hour"].isin(dark)]
    return float(rows["footfall_people"].sum()) / max(len(keys), 1)


def _recorded(runs: Sequence[RunTables], sizes: Sizes, control_share: float) -> Iterator[dict[str, Any]]:
    yearly = np.array([[_yearly(run, itinerary) for itinerary in ("before", "realised")] for run in runs])
    before, after = yearly.T
    if not (before > 0).all() or not (after > 0).all():
        return
    unknown = runs[0].manifest.get("unevaluated")
    effect, mean = np.log(after / before), float(before.mean())

    def chance(years: float) -> float:
        counts = (before * years, after * years)
        return power.chance_to_show(effect, power.error_of_incidents(counts, before * years * control_share))

    recorded = mean * sizes.years
    error = power.error_of_incidents((recorded, recorded), recorded * control_share)
    detectable = power.detectable_ratio(float(error), up=float(effect.mean()) > 0.0) - 1.0
    shown = (_NAN, _NAN) if unknown else (chance(sizes.years), power.size_needed(chance))
    yield _row(
        ("incidents recorded on its streets", "everybody", "incidents a year; changes as a share"),
        mean,
        np.full(effect.shape, _NAN) if unknown else effect,
        (sizes.years, "years of records before, and as many after"),
        (detectable, *shown),
        _UNKNOWN if unknown else _RECORDS,
        ratio=True,
    )


def _yearly(run: RunTables, itinerary: str) -> float:
    """Expected recorded incidents a year on treated streets of the core."""
    summary, year = run.summary, run.manifest["year_over_day"]
    once = (summary["breakdown"] == "age_band") & (summary["zone"] == "core_treated")
    rows = summary[once & (summary["itinerary"] == itinerary)]
    return float(sum(rows[f"recorded_{kind}"].sum() * year[kind] for kind in INCIDENTS) * DAYS_A_YEAR)


def _row(
    what: tuple[str, str, str],
    baseline: float,
    effect: Array,
    size: tuple[float, str],
    shown: tuple[float, float, float],
    note: str,
    *,
    ratio: bool = False,
) -> dict[str, Any]:
    ends = (float(effect.mean()), *predictive_interval(effect))
    expected, low, high = (float(np.expm1(end)) if ratio else end for end in ends)
    detectable, chance, needed = shown
    return {
        **dict(zip(("what", "who", "unit"), what, strict=True)),
        "baseline": baseline,
        "expected": expected,
        "low": low,
        "high": high,
        **dict(zip(("size", "size_unit"), size, strict=True)),
        "detectable": detectable,
        "chance": chance,
        "size_needed": needed if np.isfinite(needed) else float("nan"),
        "note": note,
    }
