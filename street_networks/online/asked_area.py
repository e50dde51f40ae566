"""The area that a user asks for online: a place by name, a box, or a point and a radius; checked before a download."""

import dataclasses

import numpy as np
import pyproj
import shapely

from simulator.errors import CityError
from street_networks.sources.extract_checks import UTM_DEG
from street_networks.sources.osm_xml import Box
from street_networks.streets.frame import CORE_MARGIN_M, utm_crs

LARGEST_KM2 = 200.0
"""Largest rectangle to fetch: about what a free Overpass server gives in one answer; a convention of ours."""
LEAST_RADIUS_M = 100.0
OFFLINE = (
    "Offline: get an extract of the area (any rectangle: extract.bbbike.org; regions: download.geofabrik.de) and build "
    "with --osm FILE, cut with --within POLYGON."
)
_SLACK_M = 50.0
"""Fetched beyond the ring, so that what is rounded or bent on the way does not matter."""


@dataclasses.dataclass(frozen=True)
class Ask:
    """One of `place`, `bbox` ("W,S,E,N", degrees) or `point` ("LAT,LON", degrees) with `radius` (m)."""

    place: str | None = None
    bbox: str | None = None
    point: str | None = None
    radius: float | None = None

    @property
    def given(self) -> list[str]:
        """Which of the three are given."""
        return [word for word in ("place", "bbox", "point") if getattr(self, word) is not None]


def ask_faults(ask: Ask) -> list[str]:
    """What is wrong with an ask for an area, one line a fault."""
    faults = []
    if (ask.point is None) != (ask.radius is None):
        faults.append("--point and --radius: found one of them, expected both, as --point 60.17,24.94 --radius 800")
    if ask.radius is not None and not LEAST_RADIUS_M <= ask.radius <= _largest_radius():
        faults.append(f"--radius {ask.radius:g}: expected metres from {LEAST_RADIUS_M:g} to {_largest_radius():.0f}")
    if ask.place is not None and not ask.place.strip():
        faults.append("--place: found nothing, expected a name such as 'Kallio, Helsinki'")
    if ask.point is not None:
        faults += _point_faults(ask.point)
    if ask.bbox is not None:
        faults += _bbox_faults(ask.bbox)
    return faults


def _largest_radius() -> float:
    return float(LARGEST_KM2**0.5 * 500 - CORE_MARGIN_M - _SLACK_M)


def _numbers(text: str, count: int) -> list[float] | None:
    try:
        found = [float(word) for word in text.split(",")]
    except ValueError:
        return None
    return found if len(found) == count and all(np.isfinite(found)) else None


def _point_faults(text: str) -> list[str]:
    found = _numbers(text, 2)
    if found is None:
        return [f"--point {text}: expected latitude,longitude in degrees, such as 60.17,24.94"]
    if abs(found[0]) <= UTM_DEG and abs(found[1]) <= 180:
        return []
    swapped = abs(found[1]) <= UTM_DEG and abs(found[0]) <= 180
    hint = f"; {swapped_told(Ask(point=text))}" if swapped else ""
    return [f"--point {text}: expected a latitude to {UTM_DEG:g} and a longitude to 180 degrees{hint}"]


def swapped_told(ask: Ask) -> str:
    """What a box or a point would be with longitude and latitude swapped, as a question; empty for a place."""
    if ask.point is not None:
        first, second = (word.strip() for word in ask.point.split(","))
        return f"--point takes latitude,longitude; did you mean --point {second},{first}?"
    if ask.bbox is not None:
        west, south, east, north = (word.strip() for word in ask.bbox.split(","))
        return f"--bbox takes west,south,east,north; did you mean --bbox {south},{west},{north},{east}?"
    return ""


def _bbox_faults(text: str) -> list[str]:
    found = _numbers(text, 4)
    if found is None:
        return [f"--bbox {text}: expected west,south,east,north in degrees, such as 24.93,60.16,24.96,60.18"]
    west, south, east, north = found
    if max(abs(south), abs(north)) > UTM_DEG or max(abs(west), abs(east)) > 180:
        swapped = max(abs(west), abs(east)) <= UTM_DEG and max(abs(south), abs(north)) <= 180
        hint = f"; {swapped_told(Ask(bbox=text))}" if swapped else ""
        return [
            f"--bbox {text}: expected longitudes to 180 and latitudes to {UTM_DEG:g} degrees, as west,south,east,north"
            f"{hint}"
        ]
    if not (west < east and south < north):
        return [
            f"--bbox {text}: found west {west:g}, south {south:g}, east {east:g}, north {north:g}, expected west < "
            "east and south < north, in the order west,south,east,north"
        ]
    return []


def area_of(ask: Ask) -> shapely.Geometry:
    """The polygon (degrees) that a box or a point and a radius ask for; it must have no faults."""
    if ask.bbox is not None:
        return shapely.box(*(float(word) for word in ask.bbox.split(",")))
    latitude, longitude = (float(word) for word in (ask.point or "").split(","))
    there = _local(longitude, latitude)
    circle = shapely.buffer(shapely.Point(there.transform(longitude, latitude)), ask.radius or 0)
    return _moved(circle, there, "INVERSE")


def box_to_fetch(area: shapely.Geometry, asked: str, *, hint: str = "") -> Box:
    """West, south, east, north (degrees) of an area with the ring around it, rounded to a metre.

    Parameters
    ----------
    area
        Polygons in degrees.
    asked
        Names the area in errors.
    hint
        Said with an area that is too large: what may have been meant.

    Raises
    ------
    CityError
        If it is larger than one answer of a server.
    """
    west, south, east, north = area.bounds
    if east - west > 1 or north - south > 1:
        raise _too_large(asked, None, hint)
    there = _local((west + east) / 2, (south + north) / 2)
    around = shapely.buffer(_moved(area, there, "FORWARD"), CORE_MARGIN_M + _SLACK_M)
    low_x, low_y, high_x, high_y = around.bounds
    km2 = (high_x - low_x) * (high_y - low_y) / 1e6
    if km2 > LARGEST_KM2:
        raise _too_large(asked, km2, "")
    west, south, east, north = _moved(around, there, "INVERSE").bounds
    return round(west, 5), round(south, 5), round(east, 5), round(north, 5)


def _too_large(asked: str, km2: float | None, hint: str) -> CityError:
    found = "more than a degree across" if km2 is None else f"{km2:.0f} km2 with the ring around it"
    return CityError(
        f"{asked}: is {found}, expected at most {LARGEST_KM2:g} km2, about what a free server gives; {hint}ask for a "
        f"district of it. {OFFLINE}"
    )


def _local(longitude: float, latitude: float) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", utm_crs(longitude, latitude), always_xy=True)


def _moved(shape: shapely.Geometry, there: pyproj.Transformer, direction: str) -> shapely.Geometry:
    return shapely.transform(
        shape, lambda at: np.column_stack(there.transform(at[:, 0], at[:, 1], direction=direction))
    )
