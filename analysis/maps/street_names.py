"""Where names of streets are written on a map: along them, larger streets first, none over another."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely

from analysis.maps.furniture import Extent

Array = np.ndarray[Any, np.dtype[Any]]

_LETTER = 0.56
"""Mean breadth of a letter, in sizes of the type."""
_TALL = 1.5
"""Height that a name keeps free, in sizes of the type."""
_STRAIGHT = 0.96
"""Least straightness (chord over course) of a street under its name; on sharper bends nothing is written."""
_STEPS = 24


@dataclasses.dataclass(frozen=True)
class Name:
    """A name with its middle (projected metres), the angle (degrees, upright), and the ground that it covers."""

    text: str
    x_m: float
    y_m: float
    angle: float
    box: Any


def place_names(
    names: Sequence[str],
    rank: Array,
    lines: Sequence[Array],
    *,
    extent: Extent,
    type_m: float,
    most: int,
) -> list[Name]:
    """Choose names and their places.

    Parameters
    ----------
    names, rank, lines
        Of each street: its name ("" for none), its class (0 the largest), its course (n, 2) in projected metres.
    extent
        What the map shows.
    type_m
        Size of the type in metres of the map.
    most
        How many names at most.
    """
    if not any(names):
        return []
    left, right, bottom, top = extent
    frame = shapely.box(left + type_m, bottom + type_m, right - type_m, top - type_m)
    placed = list(_corners(extent, type_m))
    found: list[Name] = []
    for text, course in _by_size(names, rank, lines, frame):
        name = _best(text, course, type_m)
        if name is None or not frame.covers(name.box) or any(name.box.intersects(other) for other in placed):
            continue
        placed.append(name.box)
        found.append(name)
        if len(found) == most:
            break
    return found


def _corners(extent: Extent, type_m: float) -> Iterator[Any]:
    """Ground of the scale bar, the source and the north arrow."""
    left, right, bottom, top = extent
    width, height = right - left, top - bottom
    yield shapely.box(left, bottom, left + 0.3 * width, bottom + 0.02 * height + 3 * type_m)
    yield shapely.box(left + 0.3 * width, bottom, right, bottom + 0.01 * height + 2 * type_m)
    yield shapely.box(right - 0.06 * width, top - 0.14 * height, right, top)


def _by_size(names: Sequence[str], rank: Array, lines: Sequence[Array], frame: Any) -> Iterator[tuple[str, Any]]:
    """Names with the longest piece of their streets within the frame; larger classes first, then longer streets."""
    within: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        if name:
            within.setdefault(name, []).append(at)
    told = []
    for name, rows in within.items():
        pieces = shapely.intersection(shapely.multilinestrings([shapely.linestrings(lines[at]) for at in rows]), frame)
        if pieces.is_empty:
            continue
        parts = [part for part in shapely.get_parts(shapely.line_merge(pieces)) if part.geom_type == "LineString"]
        if parts:
            longest = max(parts, key=lambda part: part.length)
            told.append((int(min(rank[at] for at in rows)), -pieces.length, name, longest))
    for *_, name, longest in sorted(told, key=lambda one: one[:3]):
        yield name, longest


def _best(text: str, course: Any, type_m: float) -> Name | None:
    """The straightest place along a course, of equally straight ones that nearest its middle; None where it bends."""
    long = (len(text) + 1) * _LETTER * type_m
    if course.length < long:
        return None
    starts = np.linspace(0.0, course.length - long, _STEPS)
    ends = shapely.get_coordinates(shapely.line_interpolate_point(course, np.concatenate([starts, starts + long])))
    first, last = ends[:_STEPS], ends[_STEPS:]
    straight = np.hypot(*(last - first).T) / long
    off_middle = np.abs(starts - (course.length - long) / 2) / course.length
    best = int(np.argmax(np.round(straight, 2) - 0.02 * off_middle))
    if straight[best] < _STRAIGHT:
        return None
    (x, y), (dx, dy) = (first[best] + last[best]) / 2, last[best] - first[best]
    angle = math.degrees(math.atan2(dy, dx))
    angle = angle - 180.0 if angle > 90.0 else angle + 180.0 if angle <= -90.0 else angle
    box = shapely.box(-long / 2, -_TALL * type_m / 2, long / 2, _TALL * type_m / 2)
    turn = math.radians(angle)
    rotation = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return Name(text, float(x), float(y), angle, shapely.transform(box, lambda at: at @ rotation + (x, y)))
