"""Whether the nodes of an extract lie where a city can be: in the file's own box, within UTM, near each other."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from simulator.errors import CityError

Box = tuple[float, float, float, float]
WIDEST_DEG = 3.0
"""Latitude and longitude that nine tenths of the nodes may span: far more than any city, far less than a country."""
UTM_DEG = 84.0
"""UTM ends at this latitude."""


def check_positions(path: Path, nodes: Mapping[int, tuple[float, float]], stated: Box | None) -> None:
    """Refuse an extract that cannot be one of a city.

    Parameters
    ----------
    path
        The file, for messages.
    nodes
        Longitude and latitude (degrees) by id; at least one.
    stated
        West, south, east, north of the cut as the file states it, if it does.

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


def _inside(at: np.ndarray, box: Box) -> np.ndarray:  # type: ignore[type-arg]
    west, south, east, north = box
    return np.asarray((at[:, 0] >= west) & (at[:, 0] <= east) & (at[:, 1] >= south) & (at[:, 1] <= north))
