"""The frame of a city: what part of an extract it is, its projection, core, time zone and country."""

import dataclasses
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyproj
import shapely

from simulator.errors import CityError, InputError
from street_networks.sources.extract import Extract
from street_networks.sources.osm_xml import Box
from street_networks.streets.cutting import cut_extract
from street_networks.tables.layers import read_map_layer

CORE_MARGIN_M = 250.0
"""Width of the ring round the core; it is simulated for its footfall and left out of results."""
_BENDS = 16
"""Parts of each side of a box."""


_HALF_ROUND = 180.0
_ALL_OF_IT = 0.995
"""A share that rounds to the whole."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """Where a city lies.

    Parameters
    ----------
    extract
        What of the extract belongs to it: cut exactly at `cut` (see `cutting`).
    crs, longitude, latitude, timezone
        Projected CRS (the UTM zone of the place), centre (degrees), IANA time zone.
    project
        From degrees to the CRS.
    cut, core
        Outline of everything, and of what results are reported for; projected.
    core_share
        Share of the polygon asked for that lies in the core; 1 if none was.
    """

    extract: Extract
    crs: str
    longitude: float
    latitude: float
    timezone: str
    project: pyproj.Transformer
    cut: shapely.Geometry
    core: shapely.Geometry
    core_share: float

    @property
    def told(self) -> dict[str, float]:
        """What the metadata say of the cut: how much of a polygon lies in the core, where that is not all of it."""
        return {"polygon_in_core_percent": 100.0 * self.core_share} if self.core_share < _ALL_OF_IT else {}


def frame_of(extract: Extract, within: shapely.Geometry | None, path: Path | str) -> Frame:
    """The frame of a whole extract, or of a polygon in it and a ring around it.

    Parameters
    ----------
    within
        Polygon in degrees (WGS 84), or None.
    path
        The extract's file, for messages.

    Raises
    ------
    CityError
        If the polygon has nothing in common with the extract, or with what lies 250 m inside its edge.
    """
    if within is not None and extract.box[2] > _HALF_ROUND:
        within = shapely.transform(within, lambda at: at + np.where(at[:, :1] < 0, (2 * _HALF_ROUND, 0.0), 0.0))
    west, south, east, north = _filled(extract) if within is None else within.bounds
    longitude, latitude = round(_wrapped((west + east) / 2), 6), round((south + north) / 2, 6)
    crs = utm_crs(longitude, latitude)
    project = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    box = _box(extract.box, project)
    cut, core = box, shapely.buffer(box, -CORE_MARGIN_M, join_style="mitre")
    ends, share = [box] if _reaches_out(extract) else [], 1.0
    if within is not None:
        _check_overlap(extract, within, path)
        asked = shapely.transform(within, lambda at: np.column_stack(project.transform(at[:, 0], at[:, 1])))
        ends.append(shapely.buffer(asked, CORE_MARGIN_M))
        cut, core = shapely.intersection(box, ends[-1]), shapely.intersection(asked, core)
        share = core.area / asked.area
        if not share:
            raise CityError(
                f"{path}: the polygon lies within {CORE_MARGIN_M:g} m of the extract's edge, where nobody comes from "
                "beyond; take an extract that reaches farther"
            )
    if ends:
        extract = cut_extract(extract, shapely.intersection_all(ends), project)
    return Frame(extract, crs, longitude, latitude, timezone_of(longitude, latitude), project, cut, core, share)


def _filled(extract: Extract) -> Box:
    """What of an extract's box its nodes lie in: a city stands where its streets are."""
    west, south, east, north = extract.box
    degrees = np.array(list(extract.nodes.values()))
    low, high = np.maximum(degrees.min(axis=0), (west, south)), np.minimum(degrees.max(axis=0), (east, north))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _wrapped(longitude: float) -> float:
    return longitude - 2 * _HALF_ROUND if longitude > _HALF_ROUND else longitude


def _check_overlap(extract: Extract, within: shapely.Geometry, path: Path | str) -> None:
    if not shapely.intersects(within, shapely.box(*extract.box)):
        raise CityError(
            f"{path}: holds longitude {_span(extract.box[::2])}, latitude {_span(extract.box[1::2])}; the polygon "
            f"to cut it lies at longitude {_span(within.bounds[::2])}, latitude {_span(within.bounds[1::2])}; give "
            "a polygon inside the extract (are longitude and latitude swapped?)"
        )


def _box(box: tuple[float, float, float, float], project: pyproj.Transformer) -> shapely.Polygon:
    """The cut of an extract: lines of latitude are curves here, so that each side has bends."""
    corners = shapely.get_coordinates(shapely.box(*box))
    sides = [np.linspace(one, two, _BENDS, endpoint=False) for one, two in pairwise(corners)]
    return shapely.Polygon(np.column_stack(project.transform(*np.concatenate(sides).T)).round(2))


def _reaches_out(extract: Extract) -> bool:
    """Whether an extract holds more than its box: ways kept whole, as most services do that cut extracts."""
    degrees = np.array(list(extract.nodes.values()))
    west, south, east, north = extract.box
    return bool((degrees < (west - 1e-7, south - 1e-7)).any() or (degrees > (east + 1e-7, north + 1e-7)).any())


def _span(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.4f} to {ends[1]:.4f}"


def utm_crs(longitude: float, latitude: float) -> str:
    """EPSG code of the UTM zone of a place."""
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"


def timezone_of(longitude: float, latitude: float) -> str:
    """IANA time zone of a place, from the boundaries in the package tzfpy."""
    import tzfpy

    return str(tzfpy.get_tz(longitude, latitude))


def country_of(timezone: str) -> str:
    """ISO 3166 code of the country that a time zone is named for, by the table in the package tzdata.

    Raises
    ------
    CityError
        If it names no country for it.
    """
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#") and line.split("\t")[2] == timezone:
            return line.split("\t")[0]
    raise CityError(f"time zone {timezone}: found no country for it; give --country, such as FI")


def read_polygon(path: Path | str) -> shapely.Geometry:
    """The one area that a file of polygons covers, in degrees (WGS 84).

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile or whatever else GDAL reads; its first layer, all polygons together.

    Raises
    ------
    InputError
        If it cannot be read, has no coordinate reference system, or holds no polygon.
    """
    read = read_map_layer(Path(path), what="polygons")
    shapes = [shape for shape in (read.shapes if read.shapes is not None else []) if shape is not None]
    areas = [part for shape in shapes for part in shapely.get_parts(shape) if "Polygon" in part.geom_type]
    if not areas:
        kinds = sorted({shape.geom_type for shape in shapes}) or ["nothing"]
        raise InputError(f"{path}: found {', '.join(kinds)}, expected at least one polygon")
    if not read.crs:
        raise InputError(
            f"{path}: found no coordinate reference system, expected one; save it as GeoJSON, or with its .prj"
        )
    area = shapely.union_all([shapely.make_valid(shape) for shape in areas])
    project = pyproj.Transformer.from_crs(read.crs, "EPSG:4326", always_xy=True)
    return shapely.transform(shapely.force_2d(area), lambda at: np.column_stack(project.transform(at[:, 0], at[:, 1])))
