"""Whether the nodes of an extract lie where a city can be: in the file's own box, within UTM, near each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from simulator.errors import CityError
from street_networks.sources.osm_xml import Box

WIDEST_DEG = 3.0
"""Latitude and longitude that nine tenths of the nodes may span: far more than any city, far less than a country."""
UTM_DEG = 84.0
"""UTM ends at this latitude."""
_FILLED = 0.1
"""Share of a stated box that the nodes of any town in it span, one way or the other."""


def beside_each_other(
    nodes: dict[int, tuple[float, float]], boxes: Sequence[Box]
) -> tuple[dict[int, tuple[float, float]], tuple[Box, ...]]:
    """Nodes and boxes of a place across the 180th meridian, with longitudes that go on beyond 180 there."""
    longitudes = np.array([place[0] for place in nodes.values()])
    if not ((longitudes > 180 - WIDEST_DEG).any() and (longitudes < WIDEST_DEG - 180).any()):
        return nodes, tuple(boxes)
    east = {node: (_on(lon), lat) for node, (lon, lat) in nodes.items()}
    return east, tuple((_on(west), south, _on(far), north) for west, south, far, north in boxes)


def _on(longitude: float) -> float:
    """A longitude that goes on beyond 180."""
    return longitude + 360 if longitude < 0 else longitude


def fitting_box(nodes: Mapping[int, tuple[float, float]], stated: Box | None) -> Box:
    """West, south, east, north (degrees) of an extract.

    That is the stated box, unless the nodes span less than a tenth of it both ways: then it is the box of a larger
    file, from which this one was cut, and that of the nodes is taken. So it is where none is stated.
    """
    found = _bounds(np.array(list(nodes.values())))
    if stated is None:
        return found
    west, south, east, north = (
        *(max(found[side], stated[side]) for side in (0, 1)),
        *(min(found[side], stated[side]) for side in (2, 3)),
    )
    fills = east - west >= _FILLED * (stated[2] - stated[0]) or north - south >= _FILLED * (stated[3] - stated[1])
    return stated if fills or west >= east or south >= north else (west, south, east, north)


def _bounds(at: np.ndarray) -> Box:  # type: ignore[type-arg]
    (west, south), (east, north) = at.min(axis=0).tolist(), at.max(axis=0).tolist()
    return west, south, east, north


def check_positions(path: Path, nodes: Mapping[int, tuple[float, float]], boxes: Sequence[Box]) -> Box | None:
    """Refuse an extract that cannot be one of a city; else the box round all boxes that it states.

    Parameters
    ----------
    path
        The file, for messages.
    nodes
        Longitude and latitude (degrees) by id; at least one.
    boxes
        West, south, east, north of the cut as the file states it: one, several or none.

    Raises
    ------
    CityError
        If all nodes lie on one spot, none in the stated box, some beyond UTM, or if they span more than any city.
    """
    at = np.array(list(nodes.values()))
    (west, south), (east, north) = np.quantile(at, 0.05, axis=0), np.quantile(at, 0.95, axis=0)
    where = f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}"
    if len(np.unique(at, axis=0)) == 1:
        raise CityError(f"{path}: its nodes lie all on one spot ({where}), expected streets")
    stated = None
    if boxes:
        stated = _bounds(np.array(boxes).reshape(-1, 2))
    if stated is not None and not _inside(at, stated).any():
        flipped = _inside(at[:, ::-1], stated).any()
        hint = "latitude and longitude are swapped" if flipped else "was it put together from two places?"
        box = f"longitude {stated[0]:g} to {stated[2]:g}, latitude {stated[1]:g} to {stated[3]:g}"
        raise CityError(f"{path}: its nodes lie at {where}, expected within the box that it states, {box}; {hint}")
    if np.abs(at[:, 1]).max() > UTM_DEG:
        raise CityError(f"{path}: its nodes lie at {where}, expected latitudes from -{UTM_DEG:g} to {UTM_DEG:g}")
    if max(east - west, north - south) > WIDEST_DEG:
        raise CityError(
            f"{path}: its nodes lie at {where}, expected one city, less than {WIDEST_DEG:g} degrees across; "
            "cut it out first, as with osmium extract --bbox"
        )
    return stated


def _inside(at: np.ndarray, box: Box) -> np.ndarray:  # type: ignore[type-arg]
    west, south, east, north = box
    return np.asarray((at[:, 0] >= west) & (at[:, 0] <= east) & (at[:, 1] >= south) & (at[:, 1] <= north))
