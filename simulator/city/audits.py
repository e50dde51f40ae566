"""Safety audits: what people on foot rated, where and at which hour.

An audit is dated evidence, never the sole input: perception reads openness, visibility and the walk path as one voice
beside what is assumed; risk reads nothing. Who audited is not known here, and of the time only hour and month are.
"""

import dataclasses
from typing import Any, ClassVar

import numpy as np

from simulator.foundation.columns import Table, column

AUDIT_PARAMETERS = (
    "lighting",
    "openness",
    "visibility",
    "people",
    "security",
    "walk_path",
    "public_transport",
    "gender_usage",
    "feeling",
)
"""What is rated, each from 0 (poor) to 3 (good), in the order of the codes."""
BEST_RATING = 3

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Audits(Table):
    """One rating of one parameter at one point."""

    title: ClassVar[str] = "audits"
    audit_id: Array = column("int64", unit="key", meaning="key of the rating, made of what is kept", unique=True)
    x_m: Array = column("float64", unit="m", meaning="easting in the city's projected CRS, to the metre")
    y_m: Array = column("float64", unit="m", meaning="northing in the city's projected CRS, to the metre")
    segment: Array = column("int32", unit="index", meaning="the nearest segment", refers="streets", low=0)
    parameter: Array = column("int8", unit="code", meaning="what was rated", words=AUDIT_PARAMETERS)
    rating: Array = column("float64", unit="points", meaning="0 poor to 3 good", low=0, high=BEST_RATING)
    hour: Array = column("int8", unit="h", meaning="local clock hour of the audit", low=0, high=23)
    month: Array = column("U7", unit="text", meaning="year and month of the audit, such as 2024-05")
