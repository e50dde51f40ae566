"""Water of a city, for its maps alone: lakes, rivers and basins that are mapped as areas, and the sea by its coastline.

Nothing that is simulated reads it. OpenStreetMap draws a coastline as a line with land on its left and the sea on its
right (https://wiki.openstreetmap.org/wiki/Tag:natural%3Dcoastline); its sea is what lies to the right of one inside the
outline of the city. Where coastlines do not divide the city, because a piece of one is missing, no sea is told.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import shapely

from street_networks.keys import stable_key
from street_networks.sources.areas import Area, find_areas, has_tag
from street_networks.sources.extract import Extract, Tags

WATER_TAGS = {
    "natural": frozenset({"water"}),
    "waterway": frozenset({"riverbank", "dock"}),
    "landuse": frozenset({"reservoir", "basin"}),
}
"""What is water as an area."""
LAKE, SEA = "inland", "sea"
_ASIDE_M = 0.5
"""How far beside a coastline it is looked on which side a piece of the city lies; finer than any map shows."""

_REACH_M = 100.0
"""How far from the outline a coastline that leaves the city may end: longer than nearly all stretches of one."""

Position = tuple[float, float]


def find_water(
    extract: Extract, position: Mapping[int, Position], cut: shapely.Geometry
) -> list[tuple[int, str, str | None, shapely.Geometry]]:
    """Key, kind (`LAKE` or `SEA`), name and shape of each water, by key; without dry basins.

    Parameters
    ----------
    extract, position
        The extract and the projected metres of its nodes.
    cut
        Outline of the city, a polygon in projected metres.
    """
    areas, _ = find_areas(extract, position, _is_water)
    found = [(stable_key("water", area.letter, area.osm_id), LAKE, *_named(area)) for area in areas]
    found += [(stable_key("sea", at), SEA, None, shape) for at, shape in enumerate(_sea(extract, position, cut))]
    return sorted(found, key=lambda one: one[0])


def _is_water(tags: Tags) -> bool:
    return has_tag(tags, WATER_TAGS) and tags.get("intermittent") != "yes"


def _named(area: Area) -> tuple[str | None, shapely.Geometry]:
    return area.tags.get("name"), area.shape


def _sea(extract: Extract, position: Mapping[int, Position], cut: shapely.Geometry) -> list[shapely.Geometry]:
    """Pieces of the city to the right of a coastline, from the west to the east."""
    coasts = [
        shapely.LineString([position[node] for node in way.nodes if node in position])
        for _, way in sorted(extract.ways.items())
        if way.tags.get("natural") == "coastline" and sum(node in position for node in way.nodes) > 1
    ]
    if not coasts or cut.is_empty:
        return []
    edge = shapely.boundary(cut)
    lines = [edge, *coasts, *_last_stretches(coasts, edge)]
    pieces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    inside = pieces[shapely.contains(shapely.buffer(cut, _ASIDE_M), pieces)]
    right, left = (np.concatenate([_beside(line, side) for line in coasts]) for side in (1.0, -1.0))
    sea = [piece for piece in inside if _holds(piece, right) > _holds(piece, left)]
    return sorted(sea, key=lambda piece: shapely.bounds(piece).tolist())


def _last_stretches(coasts: list[shapely.LineString], edge: shapely.Geometry) -> list[shapely.Geometry]:
    """From where a coastline ends to the outline near by: the cut leaves out the stretch that crosses it."""
    ends = Counter(end for line in coasts for end in (line.coords[0], line.coords[-1]))
    loose = [shapely.Point(end) for end, count in ends.items() if count == 1]
    short = [shapely.shortest_line(end, edge) for end in loose]
    return [_led_across(line) for line in short if 0.0 < line.length <= _REACH_M]


def _led_across(line: shapely.LineString) -> shapely.LineString:
    """A line that goes on beyond its end, lest rounding let it end just before what it is to cross."""
    start, end = shapely.get_coordinates(line)
    return shapely.LineString([start, end + (end - start) * (_ASIDE_M / line.length)])


def _beside(line: shapely.LineString, side: float) -> np.ndarray:
    """A point beside the middle of each stretch of a line, to its right (`side` 1) or left (-1), (n - 1, 2)."""
    ends = shapely.get_coordinates(line)
    along = np.diff(ends, axis=0)
    across = np.column_stack([along[:, 1], -along[:, 0]])
    long = np.hypot(*along.T)
    kept = long > 0.0
    return (ends[:-1] + along / 2.0)[kept] + side * _ASIDE_M * across[kept] / long[kept, None]


def _holds(piece: shapely.Geometry, points: np.ndarray) -> int:
    """How many points lie in a piece."""
    shapely.prepare(piece)
    return int(shapely.contains_xy(piece, points).sum())
