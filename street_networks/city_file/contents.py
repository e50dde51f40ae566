"""A city file with everything that is in it: the network, and the layers that only people and maps read.

The simulator needs the network alone (`geopackage.read_city`). Inspecting and drawing a city also need what
stands beside it: names and opening hours as tagged, buildings, open spaces, zones. None of that has to be there.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from simulator.city.network import StreetNetwork
from simulator.city.zones import CORE
from street_networks.city_file import checks
from street_networks.city_file.geopackage import read_city

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Areas:
    """Polygons (A,) in projected metres and the columns of their layer."""

    shapes: Array
    columns: Mapping[str, Array]

    def __len__(self) -> int:
        """Number of areas."""
        return len(self.shapes)

    def texts(self, column: str) -> list[str]:
        """A text column, "" for empty cells and where there is no such column."""
        values = self.columns.get(column)
        return [""] * len(self) if values is None else ["" if value is None else str(value) for value in values]

    def numbers(self, column: str) -> Array:
        """A number column (float64), 0 where a cell is empty or no number and where there is no such column."""
        values = self.columns.get(column)
        if values is None or values.dtype.kind not in "biuf":
            return np.zeros(len(self))
        return np.nan_to_num(values.astype(float), nan=0.0, posinf=0.0, neginf=0.0)


@dataclasses.dataclass(frozen=True)
class CityFile:
    """A network and what its file holds beside it.

    Parameters
    ----------
    path
        The file.
    network
        The network.
    place_columns
        Columns of the layer places that the network does not read (name, opening_hours), in the order of
        `network.places`.
    buildings, open_spaces, water, zones
        Areas and their columns; without rows where the file has no such layer.
    further
        Rows of every other layer or table by its name.
    """

    path: Path
    network: StreetNetwork
    place_columns: Mapping[str, Array]
    buildings: Areas
    open_spaces: Areas
    water: Areas
    zones: Areas
    further: Mapping[str, int]


def read_city_file(path: Path | str) -> CityFile:
    """Read and check a city file with the layers beside the network.

    Raises
    ------
    CityError
        As `read_city`; what is wrong in a layer that the simulator does not need is left out instead.
    """
    path = Path(path)
    network = read_city(path)
    present = checks.layers_of(path)
    areas = ("buildings", "open_spaces", "water", "zones")
    own = {"streets", "junctions", "places", "lamps", "stops", "waysides", "wayside_kinds", "metadata", *areas}
    rows = {name: int(pyogrio.read_info(path, layer=name)["features"]) for name in sorted(present - own)}
    further = {name: count for name, count in rows.items() if count}
    read = {name: read_areas(path, name) for name in areas}
    return CityFile(path, network, _place_columns(path, network), further=further, **read)


def open_space_share(path: Path | str) -> float | None:
    """Share of the core's area that is open space for public use, None where the file has no core or no such layer.

    Raises
    ------
    CityError
        If the file cannot be read.
    """
    path = Path(path)
    spaces, zones = read_areas(path, "open_spaces"), read_areas(path, "zones")
    named = zip(zones.texts("zone"), zones.shapes, strict=True)
    core = shapely.union_all([shape for name, shape in named if name == CORE])
    if not len(spaces) or not core.area > 0:
        return None
    return float(shapely.union_all(spaces.shapes).intersection(core).area / core.area)


def read_areas(path: Path, name: str) -> Areas:
    """Polygons of a layer with their columns; features that are no areas are left out.

    Parameters
    ----------
    path
        A city file.
    name
        The layer (buildings, open_spaces, water, zones); without rows where the file has none of that name.

    Raises
    ------
    CityError
        If it is no such file.
    """
    if name not in checks.layers_of(path):
        return Areas(np.zeros(0, object), {})
    meta, _, wkb, values = pyogrio.raw.read(path, layer=name)
    if wkb is None:
        return Areas(np.zeros(0, object), {})
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), object)
    usable = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)  # (multi)polygons
    shapes = shapely.make_valid(shapely.force_2d(shapes[usable]))
    columns = dict(zip(map(str, meta["fields"]), (column[usable] for column in values), strict=True))
    return Areas(np.asarray(shapes, object), columns)


def _place_columns(path: Path, network: StreetNetwork) -> dict[str, Array]:
    wanted = ["place_id", "name", "opening_hours"]
    meta, _, _, values = pyogrio.raw.read(path, layer="places", columns=wanted, read_geometry=False)
    columns = dict(zip(map(str, meta["fields"]), values, strict=True))
    keys = columns.pop("place_id").astype(np.int64)  # checked by read_city: whole numbers, each once
    order = np.argsort(keys, kind="stable")
    return {name: np.array([text or None for text in column[order]], object) for name, column in columns.items()}
