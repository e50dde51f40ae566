"""The mean day of a year: several days of the same scenarios, added up by how often each comes, and compared.

What happens on a day (minutes, trips, incidents) is summed over days, each weighed by how many days of the year it
stands for; shares and rates are those of the sums. So a summer night of one hour counts as one hour. People behind a
group are a stock: their mean. Where a day has no dark hour, nothing happens in its dark hours.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.comparison.paired import compare_runs
from analysis.comparison.sums import ComparedSums, sum_cells
from analysis.indicators import cells
from analysis.indicators.indicator import CellSums
from simulator.results.schema import RunTables

Array = np.ndarray[Any, Any]
STOCKS = ("population",)
"""Columns of `CellSums` that count people and not what happens."""


class Day(NamedTuple):
    """Runs of one date, of the baseline and of each scenario, one a draw; how many days of the year it stands for."""

    weight: float
    baseline: Sequence[RunTables]
    scenarios: Mapping[str, Sequence[RunTables]]


class _Added(NamedTuple):
    """A day whose runs are added up already."""

    weight: float
    sums: ComparedSums
    rows: Mapping[tuple[str, ...], int]


def compare_days(days: Sequence[Day], *, label: str) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Compare the scenarios on the mean of some days, and on each of them.

    Parameters
    ----------
    days
        Days with the same draws and scenarios; their weights need not add up to anything.
    label
        What stands in the column `date` of the mean day.

    Returns
    -------
    A table as `compare_runs` gives it for the mean day, with the cells that all days have in common (small groups are
    pooled by the fewest agents of a day), and one a day.

    Raises
    ------
    ResultsError
        If runs of a day cannot be paired.
    """
    added, tables = [], []
    for day in days:
        sums = sum_cells(day.baseline, day.scenarios)
        tables.append(compare_runs(day.baseline, day.scenarios, sums))
        rows = {_key(cell): at for at, cell in enumerate(sums.cells)}
        added.append(_Added(day.weight, sums, rows))
    dark = np.any([day.baseline[0].manifest["dark_hours"] for day in days], axis=0).tolist()
    named = {"date": label, "dark_hours": dark}
    baseline = _under(named, [run for day in days for run in day.baseline])
    scenarios = {
        name: _under(named, [run for day in days for run in day.scenarios[name]]) for name in days[0].scenarios
    }
    table = compare_runs(baseline, scenarios, mean_sums(added))
    return table.assign(draws=len(days[0].baseline)), tables


def _under(named: dict[str, Any], runs: Sequence[RunTables]) -> list[RunTables]:
    return [run._replace(manifest=run.manifest | named) for run in runs]


def _key(cell: cells.Cell) -> tuple[str, ...]:
    return tuple(cells.labels(cell).values())


def mean_sums(added: Sequence[_Added]) -> ComparedSums:
    """The sums behind the cells that all days have, of the mean day."""
    most = max(added, key=lambda day: len(day.sums.cells)).sums.cells
    chosen = [cell for cell in most if all(_has(day, cell) for day in added)]
    places = [_Places.of(day, chosen) for day in added]
    weight = np.array([day.weight for day in added])
    weight = weight / weight.sum()
    first = added[0].sums

    def of(sums: Sequence[Sequence[CellSums]]) -> list[CellSums]:
        return [
            _mean([place.take(one) for place, one in zip(places, of_draw, strict=True)], weight)
            for of_draw in zip(*sums, strict=True)
        ]

    behind: dict[str, Mapping[str, Any]] = {
        name: {
            itinerary: np.min([day.sums.behind[name][itinerary][place.people] for day, place in both], axis=0)
            for itinerary in first.behind[name]
        }
        for name in first.scenarios
        for both in [list(zip(added, places, strict=True))]
    }
    return ComparedSums(
        chosen,
        of([day.sums.baseline for day in added]),
        {name: of([day.sums.scenarios[name] for day in added]) for name in first.scenarios},
        behind,
        first.tallies,
    )


def _has(day: _Added, cell: cells.Cell) -> bool:
    """Whether a day tells of a cell, or has no hour of its period and tells of the same people at all hours."""
    if _key(cell) in day.rows:
        return True
    no_such_hours = not any(one.period == cell.period for one in day.sums.cells)
    return no_such_hours and _key(cell._replace(period=cells.ALL)) in day.rows


class _Places(NamedTuple):
    """Where chosen cells stand among those of a day, -1 for nowhere; and where their people do."""

    happens: Array
    people: Array

    @classmethod
    def of(cls, day: _Added, chosen: Sequence[cells.Cell]) -> "_Places":
        happens = np.array([day.rows.get(_key(cell), -1) for cell in chosen])
        whole = [day.rows.get(_key(cell._replace(period=cells.ALL)), -1) for cell in chosen]
        return cls(happens, np.where(happens < 0, whole, happens))

    def take(self, sums: CellSums) -> CellSums:
        def of(table: Mapping[str, Array]) -> dict[str, Array]:
            return {
                name: column[self.people] if name in STOCKS else np.where(self.happens < 0, 0.0, column[self.happens])
                for name, column in table.items()
            }

        tables: dict[str, Any] = {name: of(value) for name, value in _fields(sums).items() if name in _TABLES}
        return dataclasses.replace(sums, **tables)


_TABLES = tuple(field.name for field in dataclasses.fields(CellSums) if field.name not in ("annual_cost", "totals"))


def _fields(sums: CellSums) -> dict[str, Any]:
    return {field.name: getattr(sums, field.name) for field in dataclasses.fields(sums)}


def _mean(days: Sequence[CellSums], weight: Array) -> CellSums:
    """The weighted mean of the sums of one run over days."""

    def of(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {name: sum(share * one[name] for share, one in zip(weight, tables, strict=True)) for name in tables[0]}

    fields = [_fields(day) for day in days]
    means = {name: of([one[name] for one in fields]) for name in (*_TABLES, "totals")}
    cost = float(np.dot(weight, [day.annual_cost for day in days]))
    return dataclasses.replace(days[0], **means, annual_cost=cost)
