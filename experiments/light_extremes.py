"""What unknown light does to an answer: the same comparison with every such street lit, and with none.

Where the map tells of less than half of the streets whether they are lit, draws sample that, but nobody knows from
which distribution. So the two ends that cannot be passed are run as well, in as many draws as settle a mean.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.answer.leads import headlines_of
from analysis.answer.wording import change, level, select, unit_of_change
from analysis.indicators.catalogue import INDICATORS
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import nominal
from street_networks.inspection.soundness import share_of_guessed_light
from street_networks.light.imputation import assumed_rows

LIGHT = {"lit": "every one of them lit", "unlit": "none of them lit"}
"""The two ends, as options of a run call them, and in words."""
MOST_DRAWS = 4
COLUMNS = ("scenario", "light", "indicator", "unit", "gender", "baseline", "value", "difference", "draws")


def light_decides(network: StreetNetwork) -> bool:
    """Whether so much light is guessed that both ends are run: more than evidence `light_imputed_doubtful`."""
    return share_of_guessed_light(network) > nominal("light_imputed_doubtful")


def with_light(network: StreetNetwork, light: str) -> StreetNetwork:
    """The city with all streets of unknown light lit or unlit, by a word of `LIGHT`; informal paths stay unlit."""
    streets = network.streets
    guessed = streets.light_imputed & ~assumed_rows(network) & (streets.lit_probability > 0.0)
    known = np.where(guessed, float(light == "lit"), streets.lit_probability)
    return dataclasses.replace(network, streets=dataclasses.replace(streets, lit_probability=known))


def rows_of_light(
    comparisons: Mapping[str, pd.DataFrame], kinds: Mapping[str, Sequence[str]], draws: int
) -> pd.DataFrame:
    """What each scenario's answer leads with after dark, at each end: a table with `COLUMNS`.

    Parameters
    ----------
    comparisons
        By a word of `LIGHT`, as `compare_runs` gives them.
    kinds
        Kinds of measures by scenario.
    draws
        In how many draws they were run.
    """
    numbers = ["baseline", "value", "difference"]
    tables = (
        [pd.DataFrame(columns=list(COLUMNS))]
        if not comparisons
        else [
            select(comparison, name, indicator=headlines_of(given)[0].indicator, period="dark", gender="*")
            .loc[:, ["scenario", "indicator", "unit", "gender", *numbers]]
            .assign(light=light, draws=draws)
            for light, comparison in comparisons.items()
            for name, given in kinds.items()
        ]
    )
    return pd.concat(tables, ignore_index=True).loc[:, list(COLUMNS)]


def sentences_of_light(table: pd.DataFrame, network: StreetNetwork) -> Iterator[str]:
    """A caution for each scenario, with what both ends give for women; without a stop at the end."""
    of_women = table[table["gender"] == "woman"]
    for name, rows in of_women.groupby("scenario", sort=False):
        ends = {str(row["light"]): row for _, row in rows.iterrows()}
        if set(ends) != set(LIGHT):
            continue  # so few women walk after dark that there is no such row
        told, indicator = ends["lit"], INDICATORS[str(ends["lit"]["indicator"])]
        spread = abs(float(ends["lit"]["difference"]) - float(ends["unlit"]["difference"]))
        much = "moves" if spread > indicator.margin_at(float(told["baseline"])) else "hardly moves"
        clauses = [f"{_change(row)} with {LIGHT[light]}" for light, row in ends.items()]
        count = int(told["draws"])
        yield (
            f"{name}: whether streets are lit {much} this answer, and on {share_of_guessed_light(network):.0%} of "
            f"their length in the core it is guessed. {indicator.title}, women after dark: {'; '.join(clauses)} "
            f"({count} {'draw' if count == 1 else 'draws'} each)"
        )


def _change(row: pd.Series) -> str:
    unit = str(row["unit"])
    before, after = (level(float(row[name]), unit) for name in ("baseline", "value"))
    return f"{change(float(row['difference']), unit)} {unit_of_change(unit)} ({before} to {after})"
