"""Zones of a city and the people counted in them: what a census or a statistics office gives, carried unchanged.

The polygons of zones stay in the city file's layer `zones`; in memory stand their names, which streets lie in
them, and the totals. The zone `core`, for which results are reported, is one of them and overlaps the others.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from simulator.foundation.columns import Table, column

CORE = "core"
COUNTED_GENDERS = ("woman", "man", "another", "all")
"""Genders of a population table, those of results first; `all` where the source does not tell them apart."""
OLDEST_COUNTED = 120
"""Last year of an open age band: 85 and over is 85 to 120."""

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Zones(Table):
    """Named parts of a city."""

    title: ClassVar[str] = "zones"
    zone_id: Array = column("int64", unit="key", meaning="stable key of the zone", unique=True)
    zone: Array = column("U80", unit="text", meaning="what it is called", unique=True)
    is_core: Array = column("bool", unit="yes/no", meaning="the core, for which results are reported")


@dataclasses.dataclass(frozen=True)
class ZoneStreets(Table):
    """How much of each segment lies in which zone; the core is told by `streets.in_core`."""

    title: ClassVar[str] = "zone_streets"
    segment: Array = column("int32", unit="index", meaning="the segment", refers="streets", low=0)
    zone: Array = column("int32", unit="index", meaning="the zone it lies in", refers="zones", low=0)
    share: Array = column("float64", unit="share", meaning="share of its length in the zone", low=0, high=1)


@dataclasses.dataclass(frozen=True)
class Population(Table):
    """People counted by zone, gender and age; rows of a zone never count anybody twice."""

    title: ClassVar[str] = "population"
    population_id: Array = column("int64", unit="key", meaning="stable key of the row", unique=True)
    zone: Array = column("int32", unit="index", meaning="the zone", refers="zones", low=0)
    gender: Array = column("int8", unit="code", meaning="gender", words=COUNTED_GENDERS)
    age_from: Array = column("int16", unit="years", meaning="youngest age counted", low=0, high=OLDEST_COUNTED)
    age_until: Array = column("int16", unit="years", meaning="oldest age counted", low=0, high=OLDEST_COUNTED)
    people: Array = column("float64", unit="people", meaning="residents counted", low=0)
