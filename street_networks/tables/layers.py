"""Read a layer of a map, whatever GDAL reads: GeoJSON, GeoPackage, Shapefile."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyogrio
import pyogrio.raw
import pyproj
import shapely

from simulator.errors import InputError

Array = np.ndarray[Any, Any]


class MapLayer(NamedTuple):
    """A layer as read.

    Parameters
    ----------
    columns
        Values by name; dates and times are text.
    shapes
        A geometry a feature, None where there is none or it is broken; None for a table without geometry.
    crs
        Reference system, if the file says.
    """

    columns: dict[str, Array]
    shapes: Array | None
    crs: str | None

    def __len__(self) -> int:  # type: ignore[override]
        """How many features there are."""
        return len(self.shapes) if self.shapes is not None else len(next(iter(self.columns.values()), ()))


def read_map_layer(
    path: Path, *, what: str, layer: str | None = None, error: type[InputError] = InputError
) -> MapLayer:
    """Read one layer of a file.

    Parameters
    ----------
    path
        The file.
    what
        What is expected, for messages, such as "a layer of streets".
    layer
        The name of the layer; the first if None.
    error
        The class to raise.

    Raises
    ------
    InputError
        If the file is not there or cannot be read, has several layers with features, or a reference system that is
        not known.
    """
    if not path.is_file():
        raise error(f"{path}: no such file; expected {what}")
    try:
        layer = layer if layer is not None else _only_layer(path, what, error)
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, datetime_as_string=True)
        shapes = None if wkb is None else np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        shapely.errors.ShapelyError,
        ValueError,
    ) as cause:
        raise error(
            f"{path}: cannot be read as a map layer ({cause}); expected {what} as GeoJSON, GeoPackage or Shapefile"
        ) from cause
    columns = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
    return MapLayer(columns, shapes, _known_crs(path, meta["crs"], error))


def _only_layer(path: Path, what: str, error: type[InputError]) -> str | None:
    """The one layer of a file that has features; None for the first, if none has."""
    names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if len(names) < 2:
        return None
    filled = [name for name in names if pyogrio.read_info(path, layer=name, force_feature_count=True)["features"]]
    if len(filled) > 1:
        raise error(
            f"{path}: holds {len(filled)} layers ({', '.join(filled)}); expected one with {what}: save it alone"
        )
    return filled[0] if filled else None


def _known_crs(path: Path, crs: str | None, error: type[InputError]) -> str | None:
    if crs:
        try:
            pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        except pyproj.exceptions.ProjError as cause:
            raise error(f"{path}: unknown coordinate reference system {crs[:40]} ({cause})") from cause
    return crs or None
