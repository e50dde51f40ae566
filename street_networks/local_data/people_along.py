"""Residents spread along streets where no building is mapped: so many per km, which the user states."""

import dataclasses

import numpy as np
import shapely

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, Places
from street_networks.city_file.geopackage import street_lines
from street_networks.derive import City
from street_networks.keys import stable_key

LIVED_ON = ("residential", "living_street", "unclassified", "tertiary", "secondary", "primary", "pedestrian")
"""Classes of street along which people usually live; pavements and paths beside them would count people twice."""
NEAR_M = 100.0
"""A street whose middle is this near to a mapped home has buildings: nobody is added there."""


def add_people_along(city: City, per_km: float) -> City:
    """The city with a home in the middle of each street of a class in `LIVED_ON` that has no mapped home near.

    Streets in parks, tunnels and steps get none. The number is the user's; that people live evenly along such streets
    is an assumption, and the city's metadata says so.

    Parameters
    ----------
    per_km
        Residents per km of such streets.
    """
    network = city.network
    streets, places = network.streets, network.places
    lines = street_lines(network)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True)).round(2)
    lived_on = np.isin(streets.street_class, [STREET_CLASSES.index(word) for word in LIVED_ON])
    lived_on &= ~(streets.in_park | streets.is_tunnel | streets.is_steps | streets.is_informal)
    homes = network.places_of("home")
    if homes.size:
        tree = shapely.STRtree(shapely.points(places.x_m[homes], places.y_m[homes]))
        near, _ = tree.query(shapely.points(middle), predicate="dwithin", distance=NEAR_M)
        lived_on[near] = False
    rows = np.flatnonzero(lived_on)
    added = rows.size
    ends = np.array([stable_key("home along", int(key)) for key in streets.segment_id[rows]], np.int64)
    more = Places(
        place_id=np.concatenate([places.place_id, ends]),
        kind=np.concatenate([places.kind, np.full(added, PLACE_KINDS.index("home"))]),
        x_m=np.concatenate([places.x_m, middle[rows, 0]]),
        y_m=np.concatenate([places.y_m, middle[rows, 1]]),
        junction=np.concatenate([places.junction, streets.from_junction[rows]]),
        segment=np.concatenate([places.segment, rows]),
        size=np.concatenate([places.size, (streets.length_m[rows] * per_km / 1000.0).round(2)]),
        opens_h=np.concatenate([places.opens_h, np.zeros(added)]),
        closes_h=np.concatenate([places.closes_h, np.full(added, 24.0)]),
        hours_index=np.concatenate([places.hours_index, np.full(added, -1)]),
    )
    told = {
        "people_per_km": f"{per_km:g} residents per km along {added} streets without a mapped home within "
        f"{NEAR_M:g} m: stated by the builder, an assumption"
    }
    network = dataclasses.replace(network, places=more, metadata={**network.metadata, **told})
    layer = city.layers["places"]
    columns = {
        name: np.concatenate([np.asarray(values, object), np.full(added, None, object)])
        for name, values in layer.columns.items()
    }
    return dataclasses.replace(
        city, network=network, layers={**city.layers, "places": dataclasses.replace(layer, columns=columns)}
    )
