"""What is told by zone: which zones are told alone, and what a comparison says of each.

Zones are the neighbourhoods of the city file that have streets in the core. What lies in none of them is in the whole
only.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.indicators.cells import MIN_AGENTS
from analysis.language import marked
from simulator.foundation.categories import ELSEWHERE
from simulator.results.schema import RunTables

IN_CORE = ("core", "core_treated")
WALKED_IN = "walked_in"
OTHERS = marked("other neighbourhoods")
"""Small ones together."""
WHOLE = ("all", "core")
"""Words of column `zone` that are no zone of their own: everything, and the core."""
TOTALS = ("age", "disability", "carer", "night_worker", "hour_band", "purpose")
"""Columns in which a zone's row has to be a total."""
FEWEST = 2
"""Zones that a map needs: one alone is in no comparison with another."""


def rows_of_zones(comparison: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """The rows of a comparison that tell of one zone each, for all its people or one gender of them."""
    kept = (comparison["scenario"] == scenario) & ~comparison["zone"].isin(WHOLE)
    for name in TOTALS:
        kept &= comparison[name] == "all"
    return comparison[kept]


def figures_of_zones(comparison: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """The figures that a map of zones shows, after dark (over the whole day where nothing is told of the dark).

    Returns
    -------
    pandas.DataFrame
        By zone: `gap_now` and `gap_change`, points by which men's share of walking time that feels safe is above
        women's, without the scenario, and how that changes; `trips_now` and `trips_change`, trips not made per 1000
        wished. NaN where a zone has too few people; without a row where no zone is told.
    """
    rows = rows_of_zones(comparison, scenario)
    zones = pd.Index(sorted(rows["zone"].unique()), name="zone")
    found = {}
    for name, indicator, factor in (("gap", "feels_safe_share", 100.0), ("trips", "trips_not_made", 1.0)):
        of = rows[rows["indicator"] == indicator]
        of = of[of["period"] == ("dark" if (of["period"] == "dark").any() else "all")]
        side = {
            gender: of[of["gender"] == gender].drop_duplicates("zone").set_index("zone").reindex(zones)
            for gender in ("woman", "man", "all")
        }
        for column, when in (("baseline", "now"), ("difference", "change")):
            values = side["man"][column] - side["woman"][column] if name == "gap" else side["all"][column]
            found[f"{name}_{when}"] = factor * values.to_numpy(dtype=np.float64)
    return pd.DataFrame(found, index=zones)


def told_places(sizes: Mapping[str, float]) -> list[tuple[str, list[str]]]:
    """Neighbourhoods that are told, and what each holds: those of fewer than `MIN_AGENTS` together, if that is enough.

    Parameters
    ----------
    sizes
        The fewest agents behind each in any run.

    Returns
    -------
    list
        Name and neighbourhoods of each, by name; none where fewer than `FEWEST` are known, or all are so small.
    """
    names = sorted(name for name in sizes if name != ELSEWHERE)
    if len(names) < FEWEST:
        return []
    few = [name for name in names if sizes[name] < MIN_AGENTS]
    if len(few) == len(names):
        return []
    places = [(name, [name]) for name in names if name not in few]
    return places + ([(OTHERS, few)] if few and sum(sizes[name] for name in few) >= MIN_AGENTS else [])


def walked_in(run: RunTables, values: Sequence[str]) -> pd.DataFrame:
    """Rows of a run by the neighbourhood of the street, as walked that day, in the core.

    Columns: neighbourhood, gender, period, age_band, zone, agents, and `values`.
    """
    keys = ("breakdown", "itinerary", "zone", "neighbourhood", "gender", "period", "age_band", "agents")
    table = run.summary_columns(*keys, *values)
    rows = (table["breakdown"] == WALKED_IN) & (table["itinerary"] == "realised") & table["zone"].isin(IN_CORE)
    return table[rows & (table["neighbourhood"] != ELSEWHERE)].drop(columns=["breakdown", "itinerary"])


def agents_by_gender(rows: pd.DataFrame) -> pd.DataFrame:
    """Agents of each gender who walk or wait in each neighbourhood; `rows` as of `walked_in`."""
    each = rows.groupby(["neighbourhood", "gender", "age_band", "zone"])["agents"].max()
    return each.groupby(["neighbourhood", "gender"]).sum().unstack(fill_value=0)


def places_walked(runs: Sequence[pd.DataFrame]) -> list[tuple[str, list[str]]]:
    """Neighbourhoods that are told by who is out there, of whom fewer, women or men, count; of rows of `walked_in`."""
    fewest = [agents_by_gender(rows).reindex(columns=["woman", "man"], fill_value=0).min(axis=1) for rows in runs]
    return told_places(pd.concat(fewest, axis=1).fillna(0).min(axis=1).to_dict())
