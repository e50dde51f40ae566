"""How many people live and work in buildings, from footprints, levels and use.

Rules:

1. Floor area = footprint x levels (``building:levels``, without basements; else those that the user knows of the
   place, else evidence `building_levels`).
   Roofs, sheds, garages, kiosks and the like hold nobody. A building whose middle lies in a larger one is
   part of it and is not counted twice.
2. Share of the floor area that is lived in: apartments, residential, house and the like 1; offices, shops,
   schools, churches and buildings tagged with an amenity, office, shop or tourism 0; buildings without a use
   take the share usual in the land use around them (evidence `residential_share_*`: residential, commercial,
   else).
3. Residents = lived-in floor area x `dwelling_share_of_floor` / `dwelling_area_per_person`.
4. Jobs = the other floor area / `floor_area_per_job`.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from simulator.evidence.parameters import nominal
from street_networks.sources.areas import Area, find_areas
from street_networks.sources.extract import Extract, Tags

DWELLINGS = frozenset(
    {
        "apartments",
        "residential",
        "house",
        "detached",
        "semidetached_house",
        "terrace",
        "dormitory",
        "bungalow",
    }
)
"""Values of ``building`` that are lived in, wholly."""
LEVELS_KEY = "building_levels_assumed"
"""Key of a city's metadata that holds the levels which its user knows better than the evidence."""
UNTYPED_USES = frozenset({"yes", "block"})
"""Values of ``building`` that do not say what it is used for."""
_EMPTY = frozenset(
    {
        "no",
        "roof",
        "shed",
        "garage",
        "garages",
        "carport",
        "hut",
        "kiosk",
        "ship",
        "bridge",
        "tower",
        "utility",
        "service",
        "entrance",
        "underpass_entrance",
        "atrium",
        "glasshouse",
        "greenhouse",
        "ruins",
        "construction",
        "transformer_tower",
        "toilets",
        "pavilion",
    }
)
_BUSY_KEYS = ("amenity", "office", "shop", "tourism")
_COMMERCIAL = frozenset({"commercial", "retail", "industrial", "civil", "railway", "military", "institutional"})
LAND_USES = _COMMERCIAL | {"residential"}
"""Values of ``landuse`` that are read for buildings that do not say their use."""

Array = np.ndarray[Any, Any]
Position = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Buildings:
    """Buildings that count, with residents and jobs (float64), in order of type and id."""

    areas: list[Area]
    levels: Array
    residents: Array
    jobs: Array
    counts: dict[str, int]

    @property
    def shapes(self) -> Array:
        """Footprints."""
        return np.array([area.shape for area in self.areas], object)


def find_buildings(
    extract: Extract, position: Mapping[int, Position], assumed_levels: float | None = None
) -> Buildings:
    """Buildings of the extract with residents and jobs by the rules of this module.

    Parameters
    ----------
    extract, position
        The data, and metres by node.
    assumed_levels
        Levels of buildings that do not state their own; evidence `building_levels` if none is given.
    """
    assumed = nominal("building_levels") if assumed_levels is None else assumed_levels
    found, repairs = find_areas(extract, position, lambda tags: tags.get("building", "no") not in _EMPTY)
    areas = _outermost(found)
    around = _land_use(extract, position, areas)
    levels = np.array([_levels(area.tags, assumed) for area in areas])
    floor = np.array([area.shape.area for area in areas]) * levels
    lived_in = np.array([_lived_in_share(area.tags, use) for area, use in zip(areas, around, strict=True)])
    per_resident = nominal("dwelling_area_per_person") / nominal("dwelling_share_of_floor")
    return Buildings(
        areas=areas,
        levels=levels,
        residents=(floor * lived_in / per_resident).round(1),
        jobs=(floor * (1 - lived_in) / nominal("floor_area_per_job")).round(1),
        counts={
            "buildings_inside_others": len(found) - len(areas),
            **{f"buildings_{k}": n for k, n in repairs.items()},
        },
    )


def _outermost(areas: list[Area]) -> list[Area]:
    shapes = np.array([area.shape for area in areas], object)
    size = shapely.area(shapes)
    inner, outer = shapely.STRtree(shapes).query(shapely.point_on_surface(shapes), predicate="within")
    swallowed = set(inner[size[outer] > size[inner] * 1.001].tolist())
    return [area for row, area in enumerate(areas) if row not in swallowed]


def _land_use(extract: Extract, position: Mapping[int, Position], areas: list[Area]) -> list[str]:
    zones, _ = find_areas(extract, position, lambda tags: tags.get("landuse") in LAND_USES)
    around = [""] * len(areas)
    if zones and areas:
        middles = shapely.point_on_surface(np.array([area.shape for area in areas], object))
        rows, which = shapely.STRtree([zone.shape for zone in zones]).query(middles, predicate="within")
        for row, zone in zip(rows, which, strict=True):
            around[row] = "residential" if zones[zone].tags["landuse"] == "residential" else "commercial"
    return around


def _levels(tags: Tags, assumed: float) -> float:
    try:
        levels = float(tags.get("building:levels", "").replace(",", "."))
    except ValueError:
        return assumed
    return levels if 0 < levels <= 120 else assumed


def _lived_in_share(tags: Tags, land_use: str) -> float:
    if tags["building"] in DWELLINGS:
        return 1.0
    if tags["building"] not in UNTYPED_USES or any(key in tags for key in _BUSY_KEYS):
        return 0.0
    return nominal(f"residential_share_{land_use or 'untyped'}")
