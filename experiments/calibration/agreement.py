"""How far freshly fitted tables are from those that ship.

The last digits that an optimiser or a linear solver gives depend on the processor (another BLAS kernel, another
`exp`). Fitted tables are therefore compared by value within a stated tolerance, and never by bytes.
"""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype


def farthest_from_shipped(folder: Path, tables: Sequence[str]) -> float:
    """Largest absolute difference of any number in tables of a folder from the tables that the simulator reads.

    Infinite where a table is missing or unreadable, or where columns, rows or words differ.

    Parameters
    ----------
    folder
        Holds `NAME.csv` for each table.
    tables
        Names of tables in `simulator.evidence.profiles`.
    """
    return max(_farthest(folder / f"{name}.csv", name) for name in tables)


def in_words(farthest: float, tolerance: float) -> str:
    """Whether tables agree with those that ship, for a person who has just fitted them."""
    if farthest <= tolerance:
        return f"agree with the shipped tables: largest difference {farthest:.1g}, tolerance {tolerance:g}"
    if np.isinf(farthest):
        return "other rows or columns than the shipped tables"
    return f"differ from the shipped tables by up to {farthest:.3g}, tolerance {tolerance:g}"


def _farthest(path: Path, name: str) -> float:
    with (resources.files("simulator.evidence.profiles") / f"{name}.csv").open(encoding="utf-8") as file:
        shipped = pd.read_csv(file)
    try:
        made = pd.read_csv(path)
    except (OSError, ValueError):
        return float("inf")
    if list(made.columns) != list(shipped.columns) or len(made) != len(shipped):
        return float("inf")
    apart = 0.0
    for column in shipped:
        one, other = shipped[column], made[column]
        if is_numeric_dtype(one) and is_numeric_dtype(other):
            apart = max(apart, float(np.abs(one - other).max(skipna=False)))
        elif not one.equals(other):
            return float("inf")
    return apart if np.isfinite(apart) else float("inf")
