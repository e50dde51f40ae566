"""Rows for the kernels: a table whose columns lie side by side, so that a kernel is handed one array, not dozens."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def records(kind: np.dtype[Any], **columns: Any) -> Array:
    """Rows of a structured type from its columns; a column of one value holds it in every row.

    Raises
    ------
    KeyError
        If columns are missing, or not of the type.
    """
    if set(columns) != set(kind.names or ()):
        raise KeyError(f"columns {sorted(columns)}, expected {sorted(kind.names or ())}")
    rows = max(len(np.atleast_1d(column)) for column in columns.values())
    table = np.zeros(rows if all(len(np.atleast_1d(column)) for column in columns.values()) else 0, kind)
    for name, column in columns.items():
        table[name] = column
    return table
