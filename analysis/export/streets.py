"""Layers of streets: footfall, feeling safe and light by period and by clock hour, with and without a scenario.

Everybody together, as `segments.parquet` has it: never one group on one street, never a hazard.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.export.layers import Layer, Meaning, Style
from analysis.maps.panels import scale_end
from analysis.maps.street_means import StreetMeans, street_means
from simulator.results.schema import Columns

Array = np.ndarray[Any, Any]


class Quantity(NamedTuple):
    """A quantity of streets: its field of `StreetMeans`, factor and units of levels and of changes."""

    key: str
    field: str
    factor: float
    unit: str
    unit_of_change: str
    words: str
    title: str
    least: float


QUANTITIES = (
    Quantity("footfall", "footfall", 1.0, "people", "people", "people passing", "Footfall after dark", 1.0),
    Quantity(
        "feels_safe", "safe_share", 100.0, "percent", "points",
        "share of the time walked that feels safe; empty where less than a minute is walked in a draw",
        "Walking time that feels safe after dark", 0.1,
    ),
    Quantity(
        "light", "light_lx", 1.0, "lx", "lx", "minimum horizontal illuminance by lamps, mean of those hours",
        "Light after dark", 0.1,
    ),
)  # fmt: skip
"""What is told of a street, in the order of the columns; `least` is the shortest scale of a style."""
OF_STREETS = {
    "segment_id": Meaning("", "stable key of the segment, as in the city file and in segments.parquet"),
    "name": Meaning("", "name of the street; empty where the map has none"),
    "street_class": Meaning("", "OpenStreetMap's kind of way"),
    "length_m": Meaning("m", "length along the way"),
    "in_core": Meaning("yes/no", "whether it lies in the core, for which answers are given"),
}
TREATED = Meaning("yes/no", "whether a measure stands on it, in any draw")


@dataclasses.dataclass(frozen=True)
class StreetFacts:
    """What the city file says of each street.

    Parameters
    ----------
    table
        Columns of `OF_STREETS`, one row a street.
    shapes
        Lines (S,) in projected metres.
    dark_hours
        For each of 24 clock hours whether the sun is down.
    """

    table: pd.DataFrame
    shapes: Array
    dark_hours: tuple[bool, ...]

    def groups(self) -> tuple[list[str], Array]:
        """Names of the groups of hours (`dark`, `day`, `00h` to `23h`), and bool (24, K) of their hours."""
        dark = np.asarray(self.dark_hours, dtype=bool)
        return ["dark", "day", *(f"{hour:02d}h" for hour in range(24))], np.column_stack([dark, ~dark, np.eye(24) > 0])


def compared_layer(
    facts: StreetFacts, name: str, title: str, runs: tuple[Sequence[Columns], Sequence[Columns]]
) -> Layer:
    """Streets before, after and the difference, means over draws.

    Parameters
    ----------
    name, title
        Of the layer; the scenario's title.
    runs
        `segments` tables of the baseline and of the scenario, one a draw each.

    Raises
    ------
    ResultsError
        If there are no runs, or they are of another city.
    """
    names, hours = facts.groups()
    before, after = (street_means(facts.table["segment_id"].to_numpy(), side, hours) for side in runs)
    columns: dict[str, Array] = {"treated": after.treated}
    meanings = {**OF_STREETS, "treated": TREATED}
    for group, at, one in _told(names, facts.dark_hours):
        levels = [one.factor * getattr(side, one.field)[:, at] for side in (before, after)]
        entries = (
            ("before", levels[0], one.unit, f"the baseline's {one.words}"),
            ("after", levels[1], one.unit, f"with the scenario: {one.words}"),
            ("change", levels[1] - levels[0], one.unit_of_change, f"change of: {one.words}"),
        )
        for when, values, unit, words in entries:
            column = f"{one.key}_{group}_{when}_{unit}"
            columns[column] = values
            meanings[column] = Meaning(unit, f"{words}; {_when(group)}, mean over draws")
    table = pd.concat([facts.table, pd.DataFrame(columns, index=facts.table.index)], axis=1)
    styles = tuple(_style(one, table) for one in (QUANTITIES[1], QUANTITIES[0], QUANTITIES[2]))
    return Layer(
        name, f"{title}: streets before, after and the difference", table, meanings, facts.shapes, styles=styles
    )


def run_layer(facts: StreetFacts, name: str, title: str, segments: pd.DataFrame) -> Layer:
    """Streets in one run."""
    names, hours = facts.groups()
    found: StreetMeans = street_means(facts.table["segment_id"].to_numpy(), [segments], hours)
    columns: dict[str, Array] = {"treated": found.treated}
    meanings: Mapping[str, Meaning] = {**OF_STREETS, "treated": TREATED}
    for group, at, one in _told(names, facts.dark_hours):
        column = f"{one.key}_{group}_{one.unit}"
        columns[column] = one.factor * getattr(found, one.field)[:, at]
        meanings = {**meanings, column: Meaning(one.unit, f"{one.words}; {_when(group)}, in one draw")}
    table = pd.concat([facts.table, pd.DataFrame(columns, index=facts.table.index)], axis=1)
    styles = tuple(
        Style(one.title, f"{one.key}_dark_{one.unit}", _end(table[f"{one.key}_dark_{one.unit}"], one), one.unit, False)
        for one in (QUANTITIES[1], QUANTITIES[0], QUANTITIES[2])
    )
    return Layer(name, f"{title}: streets in one run", table, meanings, facts.shapes, styles=styles)


def _told(names: Sequence[str], dark_hours: Sequence[bool]) -> Iterator[tuple[str, int, Quantity]]:
    """Groups of hours with their position and each quantity; light of lamps is told after dark only."""
    dark = {"dark", *(f"{hour:02d}h" for hour in range(24) if dark_hours[hour])}
    for at, group in enumerate(names):
        for one in QUANTITIES:
            if one.key != "light" or group in dark:
                yield group, at, one


def _when(group: str) -> str:
    spans = {"dark": "all hours after dark of one such day", "day": "all hours of daylight of one such day"}
    return spans.get(group) or f"clock hour {group[:2]}:00 to {(int(group[:2]) + 1) % 24:02d}:00"


def _style(one: Quantity, table: pd.DataFrame) -> Style:
    column = f"{one.key}_dark_change_{one.unit_of_change}"
    return Style(f"{one.title}, change", column, _end(table[column], one), one.unit_of_change)


def _end(values: "pd.Series[float]", one: Quantity) -> float:
    return scale_end(values.to_numpy(), one.least)
