"""What moves, by band: on the treated streets, on streets near them on foot, and on all others; by day and after dark.

Footfall is simulated: people choose other ways, so what treated streets gain may come from near by. Of incidents, only
what follows footfall, eyes and light is simulated; the share of averted hazard that moves is drawn, so these rows are
labelled assumed. Bands are those of the simulator, by metres on foot (`displacement_reach`). For each kind the weighted
displacement quotient (see `run_totals`) sets the change near by against that on the treated streets, both against all
other streets: below 0 what is counted moves between the two, at -1 all of it; above 0 both change alike.

By neighbourhood footfall is told by band too, incidents only for all streets of one together: no hazard is told below
zone. Neighbourhoods in which fewer than 30 agents are out are told together.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.by_zone import agents_by_gender, told_places, walked_in
from analysis.comparison.intervals import FEWEST_DRAWS, paired_differences, predictive_interval
from analysis.comparison.sums import in_order_of_draw
from analysis.indicators.indicator import PER_DAY
from analysis.indicators.run_totals import changes_against_control, displacement_quotient
from simulator.foundation.categories import INCIDENTS as KINDS
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]

BANDS = ("treated", "near", "elsewhere")
PERIODS = ("day", "dark", "all")
FOOTFALL, INCIDENTS, BOOKED = "footfall", "incidents", "booked"
QUOTIENT, OUTSIDE, ADVERSE = "quotient", "outside", "adverse"
EVERYWHERE = "all"
"""In place of a band: all three of them; in place of a zone: the whole simulated area, the ring included."""
SIMULATED, ASSUMED = "simulated", "assumed"
COLUMNS = ("what", "band", "zone", "period", "unit", "label", "before", "after", "difference", "low", "high", "draws")
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
        of measures that nobody has evaluated, and nothing at all where no street is treated. `zone` is `all`, or a
        neighbourhood: of its streets in the core footfall by band and in all, and incidents in all.
    """
    before, after = in_order_of_draw(baseline), in_order_of_draw(scenario)
    if not any(run.coded_segments("band").words["band"].isin(BANDS[:1]).any() for run in after):
        return pd.DataFrame(columns=list(COLUMNS))
    evaluated = not any(run.manifest.get("unevaluated") for run in after)
    places, crimes = _by_place(before, after)
    minutes = np.array([_minutes(*pair, places) for pair in zip(before, after, strict=True)])
    rows = _rows((FOOTFALL, EVERYWHERE), MINUTES, SIMULATED, minutes.sum(axis=3))
    told = [run.manifest.get("incidents_by_band") for run in after]
    if all(told) and evaluated:
        incidents = np.array([[[one[period][band] for band in BANDS] for period in PERIODS[:2]] for one in told if one])
        rows += _rows((INCIDENTS, EVERYWHERE), PER_DAY, ASSUMED, incidents)
        rows += _booked(comparison[comparison["scenario"] == name])
    for at, (place, _) in enumerate(places):
        by_band = minutes[:, :, :, at]
        whole = np.concatenate([by_band, by_band.sum(axis=2, keepdims=True)], axis=2)
        rows += _rows((FOOTFALL, place), MINUTES, SIMULATED, whole)
        if evaluated:
            rows += _rows((INCIDENTS, place), PER_DAY, ASSUMED, crimes[:, :, at : at + 1])
    return pd.DataFrame(rows, columns=list(COLUMNS))


Places = list[tuple[str, list[str]]]
_MET = [f"{who}incidents_{kind}" for who in ("", "staying_") for kind in KINDS]


def _by_place(before: Sequence[RunTables], after: Sequence[RunTables]) -> tuple[Places, Array]:
    """Neighbourhoods that are told, and expected incidents outdoors there by draw, period, neighbourhood and side."""
    sides = [[walked_in(run, _MET) for run in runs] for runs in (before, after)]
    agents = [agents_by_gender(rows).sum(axis=1) for side in sides for rows in side]
    places = told_places(pd.concat(agents, axis=1).fillna(0).min(axis=1).to_dict())
    met = np.zeros((len(before), 2, len(places), 2))
    for side, runs in enumerate(sides):
        for draw, rows in enumerate(runs):
            sums = rows[_MET].sum(axis=1).groupby([rows["neighbourhood"], rows["period"]]).sum()
            for at, (_, within) in enumerate(places):
                for row, period in enumerate(PERIODS[:2]):
                    met[draw, row, at, side] = sum(sums.get((name, period), 0.0) for name in within)
    return places, met


def _booked(comparison: pd.DataFrame) -> list[dict[str, Any]]:
    """What is booked as displaced, off the map too; without a row if nothing is averted."""
    own = comparison.set_index("indicator")
    names = {f"displaced_{where}": where for where in (BANDS[1], OUTSIDE, ADVERSE)}
    if not all(name in own.index for name in names) or not own.loc[list(names), "difference"].any():
        return []
    fixed = {"what": BOOKED, "zone": EVERYWHERE, "period": "all", "unit": PER_DAY, "label": ASSUMED, "before": 0.0}
    numbers = own.loc[list(names), ["difference", "low", "high", "draws"]].to_dict("index")
    return [fixed | told | {"band": names[name], "after": told["difference"]} for name, told in numbers.items()]


def _minutes(before: RunTables, after: RunTables, places: Places) -> Array:
    """Person-minutes walked by period (day, dark), band, place (the last: in none of `places`) and side of one draw.

    Streets that are new had none before.
    """
    names = ("segment_id", "hour", "walking_s")
    earlier, later = before.coded_segments(*names), after.coded_segments(*names, "band", "neighbourhood")
    bands = later.words["band"].among(BANDS)
    bands[bands < 0] = len(BANDS) - 1
    place_of = {name: at for at, (_, within) in enumerate(places) for name in within}
    numbers = np.array([*place_of.values(), len(places)])
    shape = (2, len(BANDS), len(places) + 1)
    cells = bands * shape[2] + numbers[later.words["neighbourhood"].among(list(place_of))]
    nowhere = shape[1] * shape[2] - 1  # elsewhere, and in no place
    dark = np.array(after.manifest["dark_hours"], bool)
    result = np.zeros((2, len(BANDS), len(places) + 1, 2))
    for side, table in enumerate((earlier, later)):
        streets = later.numbers["segment_id"], table.numbers["segment_id"]
        cell = cells if np.array_equal(*streets) else _looked_up(*streets, cells, nowhere)
        period = dark[table.numbers["hour"].astype(np.int64)]
        minutes = table.numbers["walking_s"].astype(float) / 60.0
        added = np.bincount(period * (nowhere + 1) + cell, weights=minutes, minlength=int(np.prod(shape)))
        result[..., side] = added.reshape(shape)
    return result


def _looked_up(known: Whole, asked: Whole, cells: Whole, nowhere: int) -> Whole:
    """Cells of streets as those known have them, in all hours the same; of one that is not known: nowhere."""
    streets, first = np.unique(known, return_index=True)
    at = np.minimum(np.searchsorted(streets, asked), max(streets.size - 1, 0))
    if not streets.size:
        return np.full(asked.shape, nowhere)
    return np.where(streets[at] == asked, cells[first][at], nowhere)


def _rows(what_where: tuple[str, str], unit: str, label: str, counted: Array) -> list[dict[str, Any]]:
    """Rows of what is counted somewhere, given by draw, period (day, dark), band (all of them: alone or last), side."""
    what, zone = what_where
    bands = (*BANDS, EVERYWHERE)[: counted.shape[2]] if counted.shape[2] > 1 else (EVERYWHERE,)
    whole = np.concatenate([counted, counted.sum(axis=1, keepdims=True)], axis=1)
    rows: list[dict[str, Any]] = []
    for at, period in enumerate(PERIODS):
        if not whole[:, at].any():
            continue
        fixed = {"what": what, "zone": zone, "period": period, "label": label}
        for place, band in enumerate(bands):
            before, after = whole[:, at, place].T
            if zone != EVERYWHERE and not (before.any() or after.any()):
                continue  # a neighbourhood without a treated street
            difference = paired_differences(before, after)
            low, high = predictive_interval(difference)
            numbers = {"before": before.mean(), "after": after.mean(), "difference": difference.mean()}
            rows.append(fixed | {"band": band, "unit": unit, "low": low, "high": high, "draws": len(whole)} | numbers)
        if zone == EVERYWHERE:
            rows += [fixed | told for told in _quotient_row(what, whole[:, at])]
    return rows


def _quotient_row(what: str, counted: Array) -> list[dict[str, Any]]:
    """The weighted quotient of what is counted by draw, band and side; none where too few draws have one."""
    quotients = np.array([_quotient(what, dict(zip(BANDS, one, strict=True))) for one in counted])
    known = quotients[np.isfinite(quotients)]
    if known.size < max(FEWEST_DRAWS, len(counted) / 2):
        return []
    low, high = predictive_interval(known)
    told = {"band": QUOTIENT, "unit": "ratio", "before": np.nan, "after": np.nan, "draws": known.size}
    return [told | {"difference": known.mean(), "low": low, "high": high}]


def _quotient(what: str, areas: dict[str, Array]) -> float:
    if what == INCIDENTS:
        return displacement_quotient(areas)
    treated, near = changes_against_control(areas)
    return near / treated if treated else float("nan")
