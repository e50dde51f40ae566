"""Sums by what trips are for and by neighbourhood: for women, men and everybody, by day and after dark.

`purpose` tells trips apart by what is done at their end; `walked_in` what is walked, waited and met by the
neighbourhood of the street; `lives_in` trips and answers by that of the home. Which of them an indicator has says its
`groupings`. Neighbourhoods are the zones of the city file, so far as they lie in the core.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.indicators.summed import REPEATED, ZONES_COUNTED, Trimmed, Whole, added_at, codes_of, values_of
from analysis.language import marked_values, tr, tr_if_known
from simulator.foundation.categories import ELSEWHERE, GENDERS, GROUPINGS, ITINERARIES
from simulator.results.coded import Coded
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
_WORD_OF = dict(zip(GROUPINGS, ("purpose", "neighbourhood", "neighbourhood"), strict=True))
"""The column with the words of each grouping."""


class Grouped(NamedTuple):
    """Sums by itinerary."""

    sums: Mapping[str, Trimmed]
    """By gender, level, period, column (G, L, 2, columns)."""
    heads: Mapping[str, Array]
    """Agents and people behind (2, G, L)."""


def levels_of(runs: Iterable[RunTables]) -> tuple[Level, ...]:
    """Every purpose and neighbourhood that some of the runs have rows of, by grouping and name."""
    found: set[Level] = set()
    for run in runs:
        summary = run.coded_summary("breakdown", *dict.fromkeys(_WORD_OF.values()))
        for grouping, column in _WORD_OF.items():
            rows, words = summary.words["breakdown"].isin((grouping,)), summary.words[column]
            met = np.unique(words.codes[rows])
            found |= {(grouping, words.kinds[code]) for code in met if code >= 0 and words.kinds[code] != ELSEWHERE}
    return tuple(sorted(found, key=lambda level: (GROUPINGS.index(level[0]), level[1])))


def grouped_sums(summary: Coded, levels: Sequence[Level]) -> Grouped:
    """Add up rows of the groupings over the core.

    Parameters
    ----------
    summary
        Rows of a run's summary whose breakdown is a grouping.
    levels
        Which of them to keep.
    """
    level = _levels_at(summary, levels)
    kept = (level >= 0) & summary.words["zone"].isin(ZONES_COUNTED)
    rows, level = summary[kept], level[kept]
    itinerary = codes_of(rows, "itinerary", ITINERARIES)
    who = codes_of(rows, "gender", GENDERS) * len(levels) + level
    place = who * len(_PERIODS) + codes_of(rows, "period", _PERIODS)
    shape, sums, heads = (len(GENDERS), len(levels)), {}, {}
    for code, name in enumerate(ITINERARIES):
        own = np.flatnonzero(itinerary == code)
        used, values = values_of(rows, own, name)
        added = added_at(place[own], values, len(GENDERS) * len(levels) * len(_PERIODS))
        sums[name] = Trimmed.of(added.reshape(*shape, len(_PERIODS), used.size), used)
        people = np.zeros((len(REPEATED), len(GENDERS) * len(levels)))
        for into, column in zip(people, REPEATED, strict=True):
            np.maximum.at(into, who[own], rows.numbers[column][own].astype(float))
        heads[name] = people.reshape(len(REPEATED), *shape)
    if not (itinerary == ITINERARIES.index("frozen")).any():
        sums["frozen"] = sums["realised"]  # a baseline's own trips are the frozen ones
    return Grouped(sums, heads)


def _levels_at(summary: Coded, levels: Sequence[Level]) -> Whole:
    """Which of the levels each row is of, (N,); -1 where of none."""
    breakdown, level = summary.words["breakdown"], np.full(len(summary.words["breakdown"].codes), -1, np.int64)
    for grouping, column in _WORD_OF.items():
        own = [at for at, one in enumerate(levels) if one[0] == grouping]
        at = np.array([*own, -1])[summary.words[column].among([levels[at][1] for at in own])]
        level = np.where(breakdown.isin((grouping,)), at, level)
    return level


def grouping_in_words(row: Mapping[str, object]) -> str:
    """What a row of a comparison is of besides who, behind a comma: what trips are for, or the zone."""
    if row.get("purpose", "all") != "all":
        return f", {tr_if_known(PURPOSES.get(str(row['purpose']), str(row['purpose'])))}"
    return "" if row.get("zone", "core") == "core" else f", {tr('zone {zone}', zone=row['zone'])}"
