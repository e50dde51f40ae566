"""A city as the map of the page draws it: streets, areas, points and names, in metres around the middle of the city."""

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from analysis.maps.context import Context, context_of
from experiments.workshop.binary import pack
from simulator.city.network import StreetNetwork

Array = np.ndarray[Any, Any]
AREAS = ("water", "parks", "buildings")
POINTS = ("venues", "stops", "lamps")


def city_body(file: Path, network: StreetNetwork) -> bytes:
    """Everything that the map shows of a city and that no run changes, as `pack` puts it.

    Parameters
    ----------
    file
        The city file.
    network
        The network that is in it.
    """
    context = context_of(file, network)
    origin = origin_of(network)
    arrays: dict[str, Array] = {
        "start": network.vertex_start.astype(np.uint32),
        "line": _around(network.vertices, origin),
        "length": network.streets.length_m.astype(np.float32),
        "name": network.streets.name_index.astype(np.int32),
        "core": network.streets.in_core.astype(np.uint8),
    }
    for kind in AREAS:
        rings = _rings(getattr(context, kind))
        sizes = [len(ring) for ring in rings]
        arrays[f"{kind}_start"] = np.concatenate([[0], np.cumsum(sizes)]).astype(np.uint32)
        arrays[kind] = _around(np.concatenate([np.zeros((0, 2)), *rings]), origin)
    for kind in POINTS:
        arrays[kind] = _around(_points(kind, context, network), origin)
    told = {
        "city": network.name,
        "names": list(network.street_names),
        "attribution": network.metadata.get("attribution", ""),
    }
    return pack(told, arrays)


def origin_of(network: StreetNetwork) -> Array:
    """The middle of the city's streets, projected metres (float64 (2,)); what the page knows is counted from there."""
    return np.asarray((network.vertices.min(axis=0) + network.vertices.max(axis=0)) / 2)


def _around(points: Array, origin: Array) -> Array:
    """Points as offsets (float32, centimetres kept within 80 km)."""
    return np.asarray(points.reshape(-1, 2) - origin, np.float32)


def _points(kind: str, context: Context, network: StreetNetwork) -> Array:
    if kind == "lamps":
        return np.column_stack([network.lamps.x_m, network.lamps.y_m])
    return np.asarray(getattr(context, kind), float)


def _rings(shapes: Array) -> list[Array]:
    """Outlines of areas, holes too: drawn by the even-odd rule, so that holes stay empty."""
    parts = shapely.get_parts(shapes)
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(parts[shapely.get_type_id(parts) == 3])]
