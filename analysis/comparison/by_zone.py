"""What a comparison says of each zone: the gap between men and women in feeling safe, and trips not made."""

import numpy as np
import pandas as pd

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
