"""What `segments.parquet` says of each street, added up over hours and averaged over draws.

All walkers together, never one group on one street, and never a hazard.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.errors import ResultsError
from simulator.results.schema import Columns

Array = np.ndarray[Any, np.dtype[Any]]
COLUMNS = ("segment_id", "hour", "footfall_people", "walking_s", "safe_s", "illuminance_min_lx", "treated", "in_core")
"""Columns of a `segments` table that are read."""
WALKED_S = 60.0
"""Below a minute of walking, the share that feels safe is not told: it speaks of nobody."""


@dataclasses.dataclass(frozen=True)
class StreetMeans:
    """Means over draws by street and by group of hours, each (S, K); see `street_means`.

    Parameters
    ----------
    footfall
        People passing in those hours of one such day.
    safe_share
        Share of the time walked that feels safe; NaN where less than a minute is walked in some draw.
    light_lx
        Minimum horizontal illuminance by lamps (lx), mean of the hours; NaN where a street has no row.
    treated, in_core
        bool (S,): whether a measure stands on it in any draw; whether it lies in the core.
    """

    footfall: Array
    safe_share: Array
    light_lx: Array
    treated: Array
    in_core: Array

    def of_groups(self, groups: slice) -> "StreetMeans":
        """The means of some of the groups of hours."""
        footfall, safe, light = (one[:, groups] for one in (self.footfall, self.safe_share, self.light_lx))
        return StreetMeans(footfall, safe, light, self.treated, self.in_core)


def street_means(segment_id: Array, runs: Sequence[Columns], hours: Array) -> StreetMeans:
    """Average the `segments` tables of several draws.

    Parameters
    ----------
    segment_id
        Streets in the order of the result, (S,). Streets that a table leaves out count as empty.
    runs
        The tables, one a draw; each is looked at once, in turn (`SegmentsOf` reads it then).
    hours
        bool (24, K): the clock hours of each of K groups.

    Raises
    ------
    ResultsError
        If there are no runs, or a table has streets that are not of this city.
    """
    if not runs:
        raise ResultsError("streets: found no runs, expected one a draw at least")
    groups, rows = np.asarray(hours, dtype=bool), _Rows(segment_id)
    sums, flags = [np.zeros((len(segment_id), groups.shape[1])) for _ in range(3)], np.zeros((2, len(segment_id)), bool)
    for table in runs:  # one at a time: hundreds of them do not fit into memory
        *values, treated, in_core = _one(table, rows, groups)
        sums = [so_far + one for so_far, one in zip(sums, values, strict=True)]
        flags |= (treated, in_core)
    return StreetMeans(*(one / len(runs) for one in sums), *flags)


class _Rows:
    """Where the rows of a table stand among streets and hours: mostly the same in all draws, and then found once."""

    def __init__(self, segment_id: Array) -> None:
        self.streets = len(segment_id)
        self._segment_id, self._order = segment_id, np.argsort(segment_id, kind="stable")
        self._seen = self._kept = self._row = np.zeros(0, np.int64)

    def of(self, keys: Array) -> tuple[Array, Array]:
        """Rows of streets of this city, and the place of each of these streets."""
        if not np.array_equal(keys, self._seen):
            known = np.isin(keys, self._segment_id)
            if not known.all() and not np.isin(self._segment_id, keys).all():
                raise ResultsError(
                    "streets: a run has segments that the city has not; give the city that it was run with"
                )
            self._seen = keys
            self._kept = np.flatnonzero(known)  # links that a measure adds have no place on the city's own map
            found = np.searchsorted(self._segment_id, keys[known], sorter=self._order)
            self._row = self._order[found] if len(keys) else np.zeros(0, np.int64)
        return self._kept, self._row


def _one(table: Columns, rows: _Rows, groups: Array) -> tuple[Array, ...]:
    kept, row = rows.of(np.asarray(table["segment_id"]))
    columns = {name: np.asarray(table[name])[kept] for name in COLUMNS[1:]}
    place = row * 24 + columns["hour"].astype(np.int64)  # each row of a table is one street in one hour
    by_hour = {}
    for name in ("footfall_people", "walking_s", "safe_s"):
        values = np.zeros(rows.streets * 24)
        values[place] = columns[name]
        by_hour[name] = values.reshape(rows.streets, 24)
    light = np.full(rows.streets * 24, np.nan)
    light[place] = columns["illuminance_min_lx"]
    sums = {name: np.stack([values[:, of].sum(axis=1) for of in groups.T], axis=1) for name, values in by_hour.items()}
    share = np.full(sums["walking_s"].shape, np.nan)
    np.divide(sums["safe_s"], sums["walking_s"], out=share, where=sums["walking_s"] >= WALKED_S)
    flags = []
    for name in ("treated", "in_core"):
        flag = np.zeros(rows.streets, dtype=bool)
        flag[row[columns[name].astype(bool)]] = True
        flags.append(flag)
    return sums["footfall_people"], share, _mean_of_hours(light.reshape(rows.streets, 24), groups), *flags


def _mean_of_hours(values: Array, groups: Array) -> Array:
    """Mean over each group's hours (S, K); NaN where a group has no hour or one of its hours is not known."""
    out = np.full((len(values), groups.shape[1]), np.nan)
    for at, chosen in enumerate(groups.T):
        if chosen.any():
            out[:, at] = values[:, chosen].mean(axis=1)
    return out
