"""Sums by what trips are for and by neighbourhood: for women, men and everybody, by day and after dark.

`purpose` tells trips apart by what is done at their end; `walked_in` what is walked, waited and met by the
neighbourhood of the street; `lives_in` trips and answers by that of the home. Which of them an indicator has says its
`groupings`. Neighbourhoods are the zones of the city file, so far as they lie in the core.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.indicators.summed import REPEATED, SUMMED, ZONES_COUNTED, Trimmed, codes_of, values_of
from analysis.language import marked_values, tr, tr_if_known
from simulator.foundation.categories import ELSEWHERE, GENDERS, GROUPINGS, ITINERARIES
from simulator.results.schema import RunTables

Array = np.ndarray[Any, np.dtype[np.float64]]
Level = tuple[str, str]
"""A grouping and one of its words: (purpose, shop), (walked_in, name of a neighbourhood)."""
OF_PLACE = ("walked_in", "lives_in")
"""Groupings by neighbourhood."""
GENDERS_OF_LEVELS = ("woman", "man", "all")
PURPOSES = marked_values(
    {
        "work": "trips to work",
        "study": "trips to school or studies",
        "shop": "trips for shopping",
        "leisure": "trips for leisure",
        "care": "trips for care",
        "other": "other trips",
        "home": "trips home",
    }
)
"""What trips are for, in words."""
_PERIODS = ("day", "dark")


class Grouped(NamedTuple):
    """Sums by itinerary."""

    sums: Mapping[str, Trimmed]
    """By gender, level, period, column (G, L, 2, SUMMED)."""
    heads: Mapping[str, Array]
    """Agents and people behind (2, G, L)."""


def levels_of(runs: Iterable[RunTables]) -> tuple[Level, ...]:
    """Every purpose and neighbourhood that some of the runs have rows of, by grouping and name."""
    found: set[Level] = set()
    for run in runs:
        summary = run.summary_columns("breakdown", "purpose", "neighbourhood")
        rows = summary[summary["breakdown"].isin(GROUPINGS)]
        for grouping, column in zip(GROUPINGS, ("purpose", "neighbourhood", "neighbourhood"), strict=True):
            words = rows.loc[rows["breakdown"] == grouping, column].astype(str).unique()
            found |= {(grouping, str(word)) for word in words if word != ELSEWHERE}
    return tuple(sorted(found, key=lambda level: (GROUPINGS.index(level[0]), level[1])))


def grouped_sums(summary: Any, levels: Sequence[Level]) -> Grouped:
    """Add up rows of the groupings over the core.

    Parameters
    ----------
    summary
        Rows of a run's summary whose breakdown is a grouping.
    levels
        Which of them to keep.
    """
    shape = (len(ITINERARIES), len(GENDERS), len(levels))
    sums, heads = np.zeros((*shape, len(_PERIODS), len(SUMMED))), np.zeros((2, *shape))
    place = {level: at for at, level in enumerate(levels)}
    word = np.where(summary["breakdown"] == "purpose", summary["purpose"], summary["neighbourhood"])
    named = zip(summary["breakdown"].astype(str), word.astype(str), strict=True)
    level = np.array([place.get(name, -1) for name in named], np.int64)
    kept = (level >= 0) & summary["zone"].isin(ZONES_COUNTED).to_numpy(dtype=bool)
    rows, level = summary[kept], level[kept]
    itinerary = codes_of(rows, "itinerary", ITINERARIES)
    at = (itinerary, codes_of(rows, "gender", GENDERS), level)
    values, _ = values_of(rows, itinerary)
    np.add.at(sums, (*at, codes_of(rows, "period", _PERIODS)), values)
    for into, name in zip(heads, REPEATED, strict=True):
        np.maximum.at(into, at, rows[name].to_numpy(dtype=float))
    first, frozen = ITINERARIES.index("realised"), ITINERARIES.index("frozen")
    if not (itinerary == frozen).any():
        sums[frozen] = sums[first]  # a baseline's own trips are the frozen ones
    names = dict(enumerate(ITINERARIES))
    trimmed = {name: Trimmed.of(sums[code]) for code, name in names.items()}
    return Grouped(trimmed, {name: heads[:, code] for code, name in names.items()})


def grouping_in_words(row: Mapping[str, object]) -> str:
    """What a row of a comparison is of besides who, behind a comma: what trips are for, or the zone."""
    if row.get("purpose", "all") != "all":
        return f", {tr_if_known(PURPOSES.get(str(row['purpose']), str(row['purpose'])))}"
    return "" if row.get("zone", "core") == "core" else f", {tr('zone {zone}', zone=row['zone'])}"
