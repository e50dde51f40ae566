"""Small tables of figures read off real data; `SOURCES.md` beside them says from what, how and under which licence."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np

from simulator.errors import InputError

Array = np.ndarray[Any, Any]
TABLES: tuple[str, ...] = (
    "auckland_hours",
    "avoidance_fit",
    "avoidance_runs",
    "csew_16_1_4",
    "disabled_gb",
    "margins",
    "mode_constants",
    "montpellier2014_centre",
    "montpellier2014_check_figures",
    "montpellier2014_check_hours",
    "montpellier2014_distances",
    "montpellier2014_minutes",
    "montpellier2014_modes",
    "montpellier2014_population",
    "montpellier2014_roles",
    "montpellier2014_several_stops",
    "montpellier2014_start_minutes",
    "montpellier2014_stays",
    "montpellier2014_tour_stops",
    "montpellier2014_tours",
    "montpellier2014_visits",
    "nhts2009_days",
    "perception_cells",
    "perception_ensemble",
    "perception_fit",
    "street_assault_hours",
    "survey_darkness",
    "walking_speed",
)
"""Names that `load_table` knows; each is a CSV file in this folder."""

_TEXT = frozenset(
    {
        "age_band",
        "age_group",
        "ages",
        "attribute",
        "basis",
        "cell",
        "context",
        "country",
        "day",
        "disability",
        "figure",
        "first",
        "gender",
        "grade",
        "kind",
        "leg",
        "mode",
        "parameter",
        "period",
        "place",
        "purpose",
        "role",
        "second",
        "source",
        "stop",
        "third",
        "year",
    }
)


def _as_array(name: str, words: list[str]) -> Array:
    values = np.array(words) if name in _TEXT else np.array([float(word) for word in words])
    values.flags.writeable = False
    return values


@cache
def load_table(name: str) -> Mapping[str, Array]:
    """Columns of one table: text columns as strings, all others as float64, read-only, rows in the file's order.

    Raises
    ------
    InputError
        If there is no table of that name.
    """
    if name not in TABLES:
        raise InputError(f"profiles: found no table {name!r}; expected one of {', '.join(TABLES)}")
    text = (resources.files(__package__) / f"{name}.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    return MappingProxyType({key: _as_array(key, [row[at] for row in rows]) for at, key in enumerate(header)})
