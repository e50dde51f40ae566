"""Rows of the summary: what names them, and how parts of it become one table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulator.agenda.plans import TRIP_PURPOSES
from simulator.foundation.categories import AGE_BANDS, ATTRIBUTES, ELSEWHERE, GENDERS, GROUPINGS, ITINERARIES, ZONES
from simulator.people.population import People
from simulator.results.schema import SUMMARY_KEYS, SUMMARY_VALUES
from simulator.simulation import Simulation

Array = np.ndarray[Any, Any]
Columns = dict[str, Array]
WORDS = {"age_band": AGE_BANDS, **ATTRIBUTES}
"""What results are told apart by besides gender, one at a time, and the words of each."""


BREAKDOWNS = (*WORDS, *GROUPINGS)
"""All that rows are told apart by besides gender, hour and zone of the results, one at a time."""


def table_of(parts: Sequence[Columns], neighbourhoods: Sequence[str] = ()) -> pd.DataFrame:
    """The rows of all parts as one table in words; a value that a part does not know is 0.

    `neighbourhoods` are the names of those that rows may be of.
    """
    words: dict[str, Sequence[str]] = {"itinerary": ITINERARIES, "gender": GENDERS, "period": ("day", "dark")}
    words |= {name: (*told, "all") for name, told in WORDS.items()}  # the last stands for -1
    words |= {"purpose": (*TRIP_PURPOSES, "all"), "neighbourhood": (*neighbourhoods, ELSEWHERE, "all")}
    words |= {"zone": ZONES, "breakdown": BREAKDOWNS}
    columns: dict[str, Array] = {}
    for name in (*SUMMARY_KEYS, *SUMMARY_VALUES):
        whole = np.concatenate([part[name] if name in part else np.zeros(part["hour"].size) for part in parts])
        columns[name] = np.array(words[name])[whole] if name in words else whole
    return pd.DataFrame(columns)


def keys_of(itinerary: str, hour: Array, group: tuple[Array, str, Array], zone: Array, arm: Simulation) -> Columns:
    """Codes of what names rows; of what is not told apart -1."""
    gender, by, level = group
    everybody = np.full(hour.size, -1)
    return {
        "itinerary": np.full(hour.size, ITINERARIES.index(itinerary)),
        "gender": gender,
        "breakdown": np.full(hour.size, BREAKDOWNS.index(by)),
        **{name: level if name == by else everybody for name in (*WORDS, "purpose")},
        "neighbourhood": level if by in ("walked_in", "lives_in") else everybody,
        "hour": hour.astype(np.int8),
        "period": arm.conditions.dark_hours[hour].astype(np.int64),
        "zone": zone,
    }


def group_sizes(people: People, by: str) -> tuple[Array, Array]:
    """Agents and people that they stand for by gender and level of an attribute."""
    shape = (len(GENDERS), len(WORDS[by]))
    cell = np.ravel_multi_index((people.gender.astype(np.int64), getattr(people, by).astype(np.int64)), shape)
    size = shape[0] * shape[1]
    agents = np.bincount(cell, minlength=size).reshape(shape)
    return agents, np.bincount(cell, weights=people.weight, minlength=size).reshape(shape)
