"""Where a measure goes: what somebody drew on the map, or streets by name, as the area that a scenario file holds."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import shapely

from analysis.language import marked
from experiments.workshop.city_body import origin_of
from simulator.city.network import StreetNetwork
from simulator.errors import InputError

BESIDE_M = 8.0
"""A line takes the streets whose middle lies within so many metres beside it."""
MOST_CORNERS = 500
AROUND_M = 60.0
"""A point takes the streets whose middle lies within so many metres: a crossing with what meets there."""
_SIDES = 16
"""Corners of what is drawn around a point."""
STOP_NEAR_M = 60.0
"""A click takes the stop that is nearest, within so many metres: a finger on a phone is no finer."""
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
    if not shape.intersects(_box(network)):
        raise InputError(f"found a shape outside {network.name}, expected one on its streets; draw it again")
    return {"within": _degrees(shapely.get_coordinates(shape.exterior)[:-1], network)}


@dataclasses.dataclass(frozen=True)
class Points:
    """How many points a measure is drawn with, and what they are."""

    least: int
    most: int
    words: str


POINTS = {
    "night_line": Points(2, 60, marked("Click its stops in their order; Enter ends the line, Escape gives up.")),
    "new_links": Points(2, 2, marked("Click the two ends of the link; Escape gives up.")),
    "stop_moved": Points(2, 2, marked("Click the stop, then where it goes; Escape gives up.")),
}
"""Measures of which points are a part of their own."""
ONE_POINT = Points(1, 1, marked("Click a place: the streets around it are taken; Escape gives up."))
"""Points of all others."""


def points_for(kind: str) -> Points:
    """How many points a kind of measure is drawn with."""
    return POINTS.get(kind, ONE_POINT)


def placed_points(
    kind: str, points: Sequence[Sequence[float]], network: StreetNetwork
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The area of a measure that is drawn by points, and the keys that hold the points.

    Parameters
    ----------
    kind
        Of the measure: stops of a night line, ends of a link, a stop and where it goes; else one point, around which
        streets are taken.
    points
        Offsets from the middle of the city (m), as the page counts.
    network
        The city.

    Raises
    ------
    InputError
        If there are too few or too many, or they lie outside the city.
    """
    wanted = points_for(kind)
    spots = _numbers(points)
    if not wanted.least <= len(spots) <= wanted.most:
        told = f"{wanted.least}" if wanted.least == wanted.most else f"{wanted.least} to {wanted.most}"
        raise InputError(f"found {len(spots)} points, expected {told}; click them again")
    if not shapely.MultiPoint(spots).within(_box(network)):
        raise InputError(f"found a point outside {network.name}, expected all on its streets; click them again")
    if kind not in POINTS:
        ring = shapely.get_coordinates(shapely.Point(spots[0]).buffer(AROUND_M, quad_segs=_SIDES // 4).exterior)[:-1]
        return {"within": _degrees(ring, network)}, {}
    name = {"name": kind.replace("_", " ").capitalize()}  # the example's may tell how many there are of it
    if kind == "stop_moved":
        moved = {"stop": _stop_near(spots[0], network), "to": _degrees(spots[1:], network)[0]}
        return {"selector": "segments", "part": "all"}, name | moved
    if kind == "night_line":
        return {"selector": "segments", "part": "all"}, name | {"stops": _degrees(spots, network)}
    return {"selector": "segments"}, name | {"between": _degrees(spots, network), "links": 1}


def _stop_near(spot: np.ndarray[Any, Any], network: StreetNetwork) -> int:
    """Key of the stop at a click."""
    at = np.column_stack([network.stops.x_m, network.stops.y_m]) - origin_of(network)
    away = np.hypot(*(at - spot).T)
    if not away.size or away.min() > STOP_NEAR_M:
        raise InputError(f"found no stop within {STOP_NEAR_M:g} m of the first point; click a stop")
    return int(network.stops.stop_id[int(np.argmin(away))])


def _box(network: StreetNetwork) -> shapely.Polygon:
    origin = origin_of(network)
    return shapely.box(*(network.vertices.min(axis=0) - origin), *(network.vertices.max(axis=0) - origin))


def _degrees(offsets: np.ndarray[Any, Any], network: StreetNetwork) -> list[list[float]]:
    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    places = np.asarray(offsets) + origin_of(network)
    longitude, latitude = to_degrees.transform(places[:, 0], places[:, 1])
    return [[round(x, _DEGREES), round(y, _DEGREES)] for x, y in zip(longitude, latitude, strict=True)]


def _checked(form: str, points: Sequence[Sequence[float]]) -> np.ndarray[Any, Any]:
    least = {"line": 2, "area": 3}.get(form)
    if least is None:
        raise InputError(f"found {form!r}, expected a line or an area")
    corners = _numbers(points)
    if not least <= len(corners) <= MOST_CORNERS:
        raise InputError(f"found {len(corners)} corners, expected {least} to {MOST_CORNERS}; draw it again")
    return corners


def _numbers(points: Sequence[Sequence[float]]) -> np.ndarray[Any, Any]:
    """Corners as numbers (float64 (N, 2)), none of them absurd."""
    try:
        corners = np.asarray(points, float).reshape(-1, 2)
    except (TypeError, ValueError):
        raise InputError("found corners that are no numbers, expected east and north of each") from None
    if not np.isfinite(corners).all():
        raise InputError("found corners that are no numbers, expected east and north of each; draw it again")
    if corners.size and np.abs(corners).max() > _FARTHEST_M:
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
