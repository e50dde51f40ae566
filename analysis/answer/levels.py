"""The levels of one run: every indicator by group and hour, and the short table of them."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.answer import wording
from analysis.answer.tables import Entry, Table
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import OF_MEASURES, agents_behind, cell_sums, choose_cells, labels, reported, tally
from analysis.indicators.groupings import levels_of
from simulator.results.schema import RunTables


def levels(tables: RunTables) -> pd.DataFrame:
    """Every indicator of one run in every cell that has one: a row each, as in `comparison.csv`.

    Returns
    -------
    pandas.DataFrame
        indicator, unit, the labels of the cell (`labels`), and value in that unit; no row where nobody stands behind
        it, or so few agents that the cell is not told.
    """
    added = tally(tables, levels_of([tables]))
    chosen = choose_cells(added.agents["realised"], tables.manifest["dark_hours"], added.levels)
    sums = cell_sums(added, chosen)
    behind = {name: agents_behind(agents, chosen) for name, agents in added.agents.items()}
    rows: list[dict[str, Any]] = []
    for one in INDICATORS.values():
        values = one.formula(sums)
        rows += [
            {"indicator": one.name, "unit": one.unit, **labels(chosen[at]), "value": float(values[at])}
            for at in reported(one, chosen, behind)
            if np.isfinite(values[at])
        ]
    return pd.DataFrame(rows)


def run_table(tables: RunTables) -> Table:
    """Levels of every indicator in one run, for women, men and everybody over the whole day."""
    added = tally(tables)
    chosen = [
        cell
        for cell in choose_cells(added.agents["realised"], tables.manifest["dark_hours"])
        if (cell.age, cell.period, cell.hour_band, cell.attribute) == ("all", "all", "all", "")
    ]
    at = {cell.gender: position for position, cell in enumerate(chosen)}
    sums = cell_sums(added, chosen)
    body: list[tuple[Entry, ...]] = []
    for one in INDICATORS.values():
        if one.itinerary in OF_MEASURES and not sums.near["population"].any() | sums.affected["population"].any():
            continue  # a baseline affects nobody
        values = one.formula(sums)
        shown = ("all",) if one.breakdown == "total" else ("woman", "man", "all")
        levels = [
            wording.level(float(values[at[gender]]), one.unit) if gender in at and gender in shown else "–"
            for gender in ("woman", "man", "all")
        ]
        body.append((one.title, *levels, one.unit))
    return Table(
        title="One run, whole day",
        columns=("indicator", "value, women", "value, men", "value, everybody", "unit"),
        rows=tuple(body),
        notes=(
            "One draw of the uncertain parameters: it says nothing of how sure this is.",
            "Levels are assumptions; `afterdark compare` gives differences with intervals.",
        ),
    )
