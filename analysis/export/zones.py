"""Layers of zones: the indicators of a comparison for each zone of the city that has rows of its own."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.by_zone import rows_of_zones
from analysis.export.layers import Layer, Meaning, multi
from analysis.indicators.catalogue import INDICATORS

Array = np.ndarray[Any, Any]
_VALUES = {"baseline": "before", "value": "after", "difference": "change", "low": "low", "high": "high"}
_TOLD = {
    "before": "without the scenario",
    "after": "with the scenario",
    "change": "the difference",
    "low": "lower end of the 90 % interval of the difference",
    "high": "upper end of the 90 % interval of the difference",
    "verdict": "the verdict on the difference",
}
MEANINGS_OF_COLUMNS = {
    "indicator": "what is told; afterdark's documentation has the list",
    "unit": "unit of baseline, value and difference",
    "gender": "woman, man, another, or all together",
    "baseline": "without the scenario, mean over draws",
    "value": "with the scenario, mean over draws",
    "difference": "value minus baseline, mean over draws",
    "low": "lower end of the predictive 90 % interval of the difference",
    "high": "upper end of it",
    "share_better": "share of draws in which the scenario is better",
    "people": "agents behind the cell",
    "grade": "the weakest evidence that it rests on",
    "verdict": "better, worse, negligible, inconclusive, zero by assumption, break-even only; empty: not judged",
    "scenario": "name of the case that is compared with the baseline",
    "city": "name of the city",
    "date": "the simulated day",
    "seed": "seed of all random numbers",
    "given_values": "parameters that were given instead of drawn",
    "period": "day or dark by the sun, or all",
    "draws": "draws of everything uncertain",
}


def zones_layer(
    comparison: pd.DataFrame, scenario: tuple[str, str], name: str, zones: tuple[list[str], Array]
) -> Layer | None:
    """Zones with a column for each indicator, gender and period that they have; None where no zone has rows.

    Parameters
    ----------
    comparison
        As `read_comparison_table` gives it.
    scenario
        Its name and title.
    name
        Of the layer.
    zones
        Names and shapes of the city's zones.
    """
    rows = rows_of_zones(comparison, scenario[0])
    names, shapes = zones
    rows = rows[rows["zone"].isin(names)]
    if rows.empty:
        return None
    told = [at for at, zone in enumerate(names) if zone in set(rows["zone"])]
    columns: dict[str, Any] = {"zone": [names[at] for at in told]}
    meanings = {"zone": Meaning("", "what the zone is called in the city file")}
    for (indicator, gender, period), found in rows.groupby(["indicator", "gender", "period"], sort=False):
        by_zone = found.drop_duplicates("zone").set_index("zone")
        unit, title = str(found["unit"].iloc[0]), INDICATORS[indicator].title if indicator in INDICATORS else indicator
        for source, word in {**_VALUES, "verdict": "verdict"}.items():
            column = f"{indicator}_{gender}_{period}_{word}"
            columns[column] = by_zone[source].reindex(columns["zone"]).to_numpy()
            meanings[column] = Meaning(
                unit if word != "verdict" else "", f"{title}; gender: {gender}; period: {period}; {_TOLD[word]}"
            )
    polygons = np.array([multi(shapes[at]) for at in told], dtype=object)
    return Layer(name, f"{scenario[1]}: zones", pd.DataFrame(columns), meanings, polygons, "MultiPolygon")


def comparison_layer(comparison: pd.DataFrame) -> Layer:
    """The whole table of a comparison, without geometry."""
    return Layer("comparison", "Every cell of the comparison, as comparison.csv", comparison, _meanings(comparison))


def levels_layer(levels: pd.DataFrame) -> Layer:
    """The indicators of one run, without geometry."""
    meanings = _meanings(levels) | {"value": Meaning("", "level of the indicator, in its unit")}
    return Layer("indicators", "Every indicator of the run", levels, meanings)


def _meanings(table: pd.DataFrame) -> dict[str, Meaning]:
    words = {str(name): MEANINGS_OF_COLUMNS.get(str(name), f"{name} of the cell; all: a total") for name in table}
    return {name: Meaning("", told) for name, told in words.items()}
