"""Where a measure goes: what somebody drew on the map, or streets by name, as the area that a scenario file holds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import shapely

from experiments.workshop.city_body import origin_of
from simulator.city.network import StreetNetwork
from simulator.errors import InputError

BESIDE_M = 8.0
"""A line takes the streets whose middle lies within so many metres beside it."""
MOST_CORNERS = 500
_FARTHEST_M = 200_000.0
_DEGREES = 7


def drawn_area(form: str, points: Sequence[Sequence[float]], network: StreetNetwork) -> dict[str, Any]:
    """The area of a line or polygon that was drawn, in degrees.

    Parameters
    ----------
    form
        line or area.
    points
        Corners as offsets from the middle of the city (m), as the page counts.
    network
        The city.

    Raises
    ------
    InputError
        If it is too small, too long, crosses itself, or lies outside the city.
    """
    corners = _checked(form, points)
    shape: Any = shapely.LineString(corners) if form == "line" else shapely.Polygon(corners)
    if form == "line":
        shape = shape.buffer(BESIDE_M, cap_style="flat", quad_segs=2).simplify(0.5)
    if not shape.is_valid or shape.area == 0 or shape.geom_type != "Polygon" or len(shape.interiors):
        raise InputError("found a shape that crosses itself or closes a ring, expected a simple one; draw it again")
    origin = origin_of(network)
    city = shapely.box(*(network.vertices.min(axis=0) - origin), *(network.vertices.max(axis=0) - origin))
    if not shape.intersects(city):
        raise InputError(f"found a shape outside {network.name}, expected one on its streets; draw it again")
    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    ring = shapely.get_coordinates(shape.exterior)[:-1] + origin
    longitude, latitude = to_degrees.transform(ring[:, 0], ring[:, 1])
    return {"within": [[round(x, _DEGREES), round(y, _DEGREES)] for x, y in zip(longitude, latitude, strict=True)]}


def _checked(form: str, points: Sequence[Sequence[float]]) -> np.ndarray[Any, Any]:
    least = {"line": 2, "area": 3}.get(form)
    if least is None:
        raise InputError(f"found {form!r}, expected a line or an area")
    try:
        corners = np.asarray(points, float).reshape(-1, 2)
    except (TypeError, ValueError):
        raise InputError("found corners that are no numbers, expected east and north of each") from None
    if not least <= len(corners) <= MOST_CORNERS or not np.isfinite(corners).all():
        raise InputError(f"found {len(corners)} corners, expected {least} to {MOST_CORNERS}; draw it again")
    if np.abs(corners).max() > _FARTHEST_M:
        raise InputError("found corners far outside the city, expected a shape on its streets; draw it again")
    return corners


def named_streets(names: Sequence[str]) -> dict[str, Any]:
    """The area of streets by their names.

    Raises
    ------
    InputError
        If none is named.
    """
    if not names:
        raise InputError("no street is chosen; type a part of its name and choose it from the list")
    return {"names": list(names)}
