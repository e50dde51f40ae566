"""A layer to be written: a table, what its columns mean, its geometry and its styles."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]


class Meaning(NamedTuple):
    """What a column says: its unit, and one sentence."""

    unit: str
    words: str

    def __str__(self) -> str:
        """The sentence with its unit."""
        return f"{self.words} ({self.unit})" if self.unit else self.words


@dataclasses.dataclass(frozen=True)
class Style:
    """How one column is drawn: lines or areas in colours from `-end` to `end`, grey where it counts as none.

    Parameters
    ----------
    name
        What a user chooses it by.
    column
        Of the layer's table.
    end
        Where the scale ends, above zero, in the column's unit.
    unit
        For the legend.
    diverging
        Whether values below zero have colours of their own; else the scale begins at zero.
    """

    name: str
    column: str
    end: float
    unit: str
    diverging: bool = True


@dataclasses.dataclass(frozen=True)
class Layer:
    """One table of an export.

    Parameters
    ----------
    name
        Of the layer.
    table
        Its rows.
    meanings
        What each column says; every column has an entry.
    shapes
        Geometries in the city's projected metres, one a row; None for a table without.
    geometry_type
        "LineString" or "MultiPolygon".
    styles
        The first is the one that a layer opens with.
    title
        One sentence.
    colour
        Of the whole layer ("#rrggbb"), where no column says more: then it needs no styles.
    """

    name: str
    title: str
    table: pd.DataFrame
    meanings: Mapping[str, Meaning]
    shapes: Array | None = None
    geometry_type: str = "LineString"
    styles: tuple[Style, ...] = ()
    colour: str = ""

    def __post_init__(self) -> None:
        """Refuse a column that nobody explains."""
        unknown = [name for name in self.table.columns if name not in self.meanings]
        if unknown or (self.shapes is not None and len(self.shapes) != len(self.table)):
            raise ValueError(f"{self.name}: columns without a meaning: {unknown}")


@dataclasses.dataclass(frozen=True)
class Source:
    """Where an export comes from: coordinates, the day it speaks of (ISO), and whom the map data are owed to."""

    crs: str
    date: str
    attribution: str
    words: str


def multi(shape: Any) -> Any:
    """A polygon as one of several parts: a layer holds one kind of geometry."""
    import shapely

    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
