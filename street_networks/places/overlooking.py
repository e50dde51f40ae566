"""Homes that overlook a street: who lives within sight of it, per 100 m.

1. Residents of a building are spread evenly along its outline; a segment is overlooked by those along the outline
   within 25 m of it. The figure is per 100 m of street, where 25 m are added at either end, as far as such windows
   see, lest short segments get absurd figures. Tunnels are overlooked by nobody.
2. Residents of homes in no known building, such as those that a population table spreads over the streets of a zone
   without mapped homes, live evenly along their own segment.
"""

import dataclasses
from typing import Any

import numpy as np
import shapely

from simulator.city.network import StreetNetwork
from street_networks.city_file.geopackage import Layer, street_lines

OVERLOOKING_REACH_M = 25.0
_IN_BUILDING_M = 0.05  # positions are rounded to centimetres

Array = np.ndarray[Any, Any]


def overlooking_residents(lines: Array, outlines: Array, residents: Array, *, is_tunnel: Array) -> Array:
    """Residents who overlook each segment, per 100 m of street (float64 (S,)).

    Parameters
    ----------
    lines
        Segments, object (S,).
    outlines
        Lines (B,) along which people live: outlines of buildings, or streets.
    residents
        Those who live along each, float64 (B,).
    is_tunnel
        bool (S,): segments that are not above ground.
    """
    seen = np.zeros(len(lines))
    if len(outlines):
        zones = shapely.buffer(lines, OVERLOOKING_REACH_M)
        rows, which = shapely.STRtree(outlines).query(lines, predicate="dwithin", distance=OVERLOOKING_REACH_M)
        part = shapely.length(shapely.intersection(zones[rows], outlines[which])) / shapely.length(outlines)[which]
        np.add.at(seen, rows, part * residents[which])
    length = shapely.length(lines) + 2 * OVERLOOKING_REACH_M
    return np.where(is_tunnel, 0.0, 100 * seen / length).round(3)


def overlooked_by_homes(network: StreetNetwork, buildings: Layer | None, spread: Array) -> StreetNetwork:
    """The network with its streets overlooked by the people that its homes and buildings now have.

    Parameters
    ----------
    network
        A city whose homes have changed.
    buildings
        Its layer of buildings with their residents as they are now.
    spread
        Keys of homes that are in no building, whatever lies there.
    """
    lines, places = street_lines(network), network.places
    homes = network.places_of("home")
    shapes = np.zeros(0, object) if buildings is None or buildings.shapes is None else buildings.shapes
    at = shapely.points(places.x_m[homes], places.y_m[homes])
    inside, _ = shapely.STRtree(shapes).query(at, predicate="dwithin", distance=_IN_BUILDING_M)
    along = np.isin(places.place_id[homes], spread)
    along |= ~np.isin(np.arange(homes.size), inside)
    homes = homes[along]
    residents = buildings.columns["residents"] if len(shapes) and buildings is not None else np.zeros(0)
    seen = overlooking_residents(
        lines,
        np.concatenate([shapely.boundary(shapes), lines[places.segment[homes]]]),
        np.concatenate([residents, places.size[homes]]),
        is_tunnel=network.streets.is_tunnel,
    )
    return dataclasses.replace(network, streets=dataclasses.replace(network.streets, overlooking_residents=seen))
