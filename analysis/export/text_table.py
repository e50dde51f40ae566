"""A layer as CSV, and what its columns mean as a second CSV beside it."""

from pathlib import Path

import pandas as pd

from analysis.export.layers import Layer, Meaning, Source

WKT = "geometry_wkt"
_ABOUT_WKT = Meaning("degrees", "course of the street as WKT, longitude before latitude (WGS 84)")
_DECIMALS = 6
"""Of degrees: a tenth of a metre."""


def write_csv(layer: Layer, source: Source, path: Path) -> None:
    """Write a layer as CSV in UTF-8 with Unix line ends and nine significant digits; geometry as the last column."""
    table = layer.table
    if layer.shapes is not None:
        import pyproj
        import shapely

        to_degrees = pyproj.Transformer.from_crs(source.crs, "EPSG:4326", always_xy=True)
        shapes = shapely.transform(layer.shapes, lambda at: _rounded(to_degrees, at))
        table = table.assign(**{WKT: shapely.to_wkt(shapes, rounding_precision=_DECIMALS)})
    table.to_csv(path, index=False, float_format="%.9g", lineterminator="\n", encoding="utf-8")


def write_meanings(layer: Layer, path: Path) -> None:
    """Write a row for each column: its name, unit and meaning."""
    meanings = {name: layer.meanings[name] for name in layer.table.columns}
    if layer.shapes is not None:
        meanings[WKT] = _ABOUT_WKT
    rows = [{"column": name, "unit": one.unit, "meaning": one.words} for name, one in meanings.items()]
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _rounded(to_degrees: "object", at: "object") -> "object":
    import numpy as np

    return np.column_stack(to_degrees.transform(*np.asarray(at).T))  # type: ignore[attr-defined]
