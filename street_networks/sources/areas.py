"""Polygons of an extract: parks, buildings and land use, closed and made valid.

A ring that the cut has opened is closed by the straight line between its ends; where the whole ring is known, it is
cut at the outline of the city. An invalid polygon (self-crossing) is repaired with `shapely.make_valid`. Relations use
their outer and inner member ways that are present. Repairs are counted.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import shapely

from street_networks.sources.extract import Extract, Tags

PARK_TAGS = {
    "leisure": frozenset({"park", "garden", "nature_reserve", "common"}),
    "landuse": frozenset({"recreation_ground", "village_green", "cemetery", "forest", "allotments"}),
    "natural": frozenset({"wood", "heath"}),
}
"""What counts as a park for `in_park`. Not `landuse=grass`: in town that is verges along streets."""
OPEN_SPACE_TAGS = {**PARK_TAGS, "leisure": PARK_TAGS["leisure"] | {"playground", "pitch"}}
_AREAS = frozenset({"multipolygon", "boundary"})
"""Types of relations whose members draw an area: parks and reserves are mapped as either."""

Position = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Area:
    """A polygon of the map: "w" or "r" and its id, tags and shape in projected metres."""

    letter: str
    osm_id: int
    tags: Tags
    shape: shapely.Geometry


def has_tag(tags: Tags, wanted: Mapping[str, frozenset[str]]) -> bool:
    """Whether any of the wanted key=value pairs stands among the tags."""
    return any(tags.get(key) in values for key, values in wanted.items())


def find_areas(
    extract: Extract, position: Mapping[int, Position], wanted: Callable[[Tags], bool]
) -> tuple[list[Area], Counter[str]]:
    """Valid polygons whose tags are wanted, ways before relations, by id, and counts of repairs and of what is none."""
    areas: list[Area] = []
    counts: Counter[str] = Counter()
    for way_id in sorted(extract.ways):
        way = extract.ways[way_id]
        if wanted(way.tags):
            shape = _ring(way.nodes, position, counts)
            if shape is not None:
                areas.append(Area("w", way_id, way.tags, shape))
            counts["polygons_unclosed"] += shape is None
    for relation_id in sorted(extract.relations):
        relation = extract.relations[relation_id]
        if relation.tags.get("type") in _AREAS and wanted(relation.tags):
            shape = _relation_shape(extract, relation_id, position, counts)
            if shape is not None:
                areas.append(Area("r", relation_id, relation.tags, shape))
            counts["polygons_unclosed"] += shape is None
    return _cut(areas, extract.outline, counts), counts


def _cut(areas: list[Area], outline: shapely.Geometry | None, counts: Counter[str]) -> list[Area]:
    """Areas without what lies beyond the outline of the city."""
    if outline is None or not areas:
        return areas
    shapes = np.array([area.shape for area in areas], object)
    shapely.prepare(outline)
    whole = shapely.contains(outline, shapes)
    kept: list[Area] = []
    for area, inside in zip(areas, whole.tolist(), strict=True):
        shape = area.shape if inside else _polygonal(shapely.intersection(area.shape, outline), counts)
        if shape is not None:
            counts["polygons_cut"] += not inside
            kept.append(dataclasses.replace(area, shape=shape))
    return kept


def _polygonal(shape: shapely.Geometry, counts: Counter[str]) -> shapely.Geometry | None:
    if not shape.is_valid:
        counts["polygons_repaired"] += 1
        shape = shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    merged = shapely.union_all(parts) if parts else None
    return merged if merged is not None and merged.area > 0 else None


def _ring(nodes: tuple[int, ...], position: Mapping[int, Position], counts: Counter[str]) -> shapely.Geometry | None:
    left = [position[node] for node in nodes if node in position]
    if len(left) < 3:
        return None
    if nodes[0] != nodes[-1] and len(left) == len(nodes):
        return None  # an open way is a line, not an area
    if len(left) < len(nodes):
        counts["polygons_cut"] += 1
    if left[0] != left[-1]:
        left.append(left[0])
    return _polygonal(shapely.Polygon(left), counts) if len(left) > 3 else None


def _relation_shape(
    extract: Extract, relation_id: int, position: Mapping[int, Position], counts: Counter[str]
) -> shapely.Geometry | None:
    lines: dict[str, list[shapely.LineString]] = {"outer": [], "inner": []}
    for letter, way_id, role in extract.relations[relation_id].members:
        way = extract.ways.get(way_id) if letter == "w" else None
        points = [position[node] for node in way.nodes if node in position] if way else []
        if len(points) > 1:
            lines["inner" if role == "inner" else "outer"].append(shapely.LineString(points))
    shapes = {role: _closed(role_lines, counts) for role, role_lines in lines.items()}
    if shapes["outer"] is None:
        return None
    if shapes["inner"] is None:
        return shapes["outer"]
    return _polygonal(shapely.difference(shapes["outer"], shapes["inner"]), counts)


def _closed(lines: list[shapely.LineString], counts: Counter[str]) -> shapely.Geometry | None:
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines))) if lines else []
    rings = []
    for line in merged:
        points = list(line.coords)
        if points[0] != points[-1]:
            counts["polygons_cut"] += 1
            points.append(points[0])
        if len(points) > 3:
            ring = _polygonal(shapely.Polygon(points), counts)
            rings.extend([ring] if ring is not None else [])
    return shapely.union_all(rings) if rings else None
