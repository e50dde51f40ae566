"""Fit the residents of a city's homes to the people counted in its zones."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, Places, StreetNetwork, tables_of
from simulator.city.zones import COUNTED_GENDERS, Population
from simulator.foundation.columns import columns_of
from street_networks.city_file.geopackage import Layer
from street_networks.derive import City
from street_networks.keys import stable_key
from street_networks.local_data.zones import extent_of, street_lines
from street_networks.places.overlooking import overlooked_by_homes

RESIDENTIAL = frozenset({"residential", "living_street", "unclassified"})
"""Streets over which people are spread where homes are not mapped; any street of the zone if it has none."""
ESTIMATED_KEY = "residents_estimated"
"""Key of a city's metadata that says how the people of its population table were estimated, if nobody counted them."""
_WHOLE = 0.99  # a zone with this share of its area inside counts as wholly inside

Array = np.ndarray[Any, Any]


class Count(NamedTuple):
    """People of one zone, gender and span of ages, and the row that says so."""

    row: int
    zone: str
    gender: str
    age_from: int
    age_until: int
    people: float


def scale_homes(city: City, counts: Sequence[Count], shapes: Array) -> City:
    """A city with a population table, whose homes hold the people counted in each zone.

    Parameters
    ----------
    city
        A city with zones.
    counts
        People by zone, gender and age, nobody twice.
    shapes
        Polygons of the zones, object (Z,), in the order of `network.zones`.
    """
    network = city.network
    table = _table(network, counts)
    total = np.bincount(table.zone, weights=table.people, minlength=len(shapes))
    inside = _share_inside(network, shapes)
    homes = network.places_of("home")
    points = shapely.points(network.places.x_m[homes], network.places.y_m[homes])
    zone_of = _zone_of(points, shapes, table.zone)
    times = np.zeros(len(shapes))
    size = network.places.size.copy()
    added: list[dict[str, Any]] = []
    scaled, nowhere = 0, 0.0
    for zone in np.unique(table.zone):
        here = homes[zone_of == zone]
        people = float(total[zone] * inside[zone])
        if size[here].sum() > 0:
            times[zone] = people / size[here].sum()
            size[here] *= times[zone]
            scaled += 1
        elif people > 0:
            spread = _spread(network, int(zone), people)
            added.extend(spread)
            nowhere += 0.0 if spread else people
    outside = float(size[homes[zone_of < 0]].sum())
    told = (
        f"homes of {scaled} zones scaled to their totals; {len(added)} homes spread over residential streets of zones "
        f"without mapped ones; {outside:.0f} residents outside the counted zones left as they were; "
        f"{nowhere:.0f} people of zones without streets left out; zones partly inside the city: "
        f"{int((inside[np.unique(table.zone)] < 1).sum())}, counted by their share of area inside"
    )
    layers = dict(city.layers)
    places, order = _with_places(network.places, size, added)
    layers["places"] = _longer(layers.get("places"), len(added), order)
    names = np.array([str(name) for name in network.zones.zone[table.zone]], object)
    layers["population"] = Layer(None, {"zone": names})
    network = dataclasses.replace(
        network,
        places=places,
        population=table,
        metadata={**network.metadata, "population": told},
        **_moved(network, order),
    )
    if "buildings" in layers:
        layers["buildings"] = _scaled(layers["buildings"], shapes, table.zone, times)
    keys = np.array([place["place_id"] for place in added], np.int64)
    return City(overlooked_by_homes(network, layers.get("buildings"), keys), layers)


def _zone_of(points: Array, shapes: Array, counted: Array) -> Array:
    """The counted zone that each point lies in, -1 for none; on a border the first takes it."""
    row, zone = shapely.STRtree(shapes).query(points, predicate="intersects")
    among = np.isin(zone, counted)
    found = np.full(len(points), -1)
    found[row[among][::-1]] = zone[among][::-1]
    return found


def _scaled(buildings: Layer, shapes: Array, counted: Array, times: Array) -> Layer:
    """The layer buildings with residents as their homes have them now."""
    if buildings.shapes is None or not len(buildings.shapes):
        return buildings
    zone = _zone_of(shapely.point_on_surface(buildings.shapes), shapes, counted)
    residents = buildings.columns["residents"] * np.where(zone < 0, 1.0, times[zone])
    return Layer(buildings.shapes, {**buildings.columns, "residents": residents.round(3)})


def _table(network: StreetNetwork, counts: Sequence[Count]) -> Population:
    row_of = {str(name): row for row, name in enumerate(network.zones.zone)}
    keyed = sorted(
        (stable_key("population", c.zone, c.gender, c.age_from, c.age_until), row_of[c.zone], c) for c in counts
    )
    return Population(
        population_id=np.array([key for key, _, _ in keyed], np.int64),
        zone=np.array([zone for _, zone, _ in keyed], np.int32),
        gender=np.array([COUNTED_GENDERS.index(c.gender) for _, _, c in keyed], np.int8),
        age_from=np.array([c.age_from for _, _, c in keyed], np.int16),
        age_until=np.array([c.age_until for _, _, c in keyed], np.int16),
        people=np.array([c.people for _, _, c in keyed], float),
    )


def _share_inside(network: StreetNetwork, shapes: Array) -> Array:
    whole = shapely.area(shapes)  # the core of a very small city is empty
    share = shapely.area(shapely.intersection(shapes, extent_of(network))) / np.where(whole > 0, whole, 1.0)
    return np.where(share >= _WHOLE, 1.0, share)


def _spread(network: StreetNetwork, zone: int, people: float) -> list[dict[str, Any]]:
    """Homes in the middle of the zone's residential streets, by length; none if the zone has no streets."""
    streets, within = network.streets, network.zone_streets
    rows = within.segment[within.zone == zone]
    share = within.share[within.zone == zone]
    above = ~streets.is_tunnel[rows]
    codes = [STREET_CLASSES.index(word) for word in sorted(RESIDENTIAL)]
    lived_in = above & np.isin(streets.street_class[rows], codes)
    chosen = lived_in if lived_in.any() else above
    rows, share = rows[chosen], share[chosen]
    metres = share * streets.length_m[rows]
    middles = shapely.line_interpolate_point(street_lines(network)[rows], 0.5, normalized=True)
    return [
        {
            "place_id": stable_key("home", "zone", int(network.zones.zone_id[zone]), int(streets.segment_id[row])),
            "kind": PLACE_KINDS.index("home"),
            "x_m": round(middle.x, 2),
            "y_m": round(middle.y, 2),
            "junction": int(streets.from_junction[row]),
            "segment": int(row),
            "size": people * length / float(metres.sum()),
            "opens_h": 0.0,
            "closes_h": 24.0,
            "hours_index": -1,
        }
        for row, middle, length in zip(rows, middles, metres, strict=True)
    ]


def _with_places(places: Places, size: Array, added: Sequence[dict[str, Any]]) -> tuple[Places, Array]:
    """The places with new sizes and further homes, in the order of keys, and where each row came from."""
    columns = {}
    for declared in columns_of(Places):
        old = size if declared.name == "size" else getattr(places, declared.name)
        columns[declared.name] = np.concatenate([old, [place[declared.name] for place in added]]).astype(declared.dtype)
    order = np.argsort(columns["place_id"], kind="stable")
    return Places(**{name: values[order] for name, values in columns.items()}), order


def _longer(layer: Layer | None, more: int, order: Array) -> Layer:
    columns = {} if layer is None else layer.columns
    empty = {name: np.concatenate([values, np.full(more, None, object)])[order] for name, values in columns.items()}
    return Layer(None, empty)


def _moved(network: StreetNetwork, order: Array) -> dict[str, Any]:
    """Tables that point at places, pointing at the same ones in their new order."""
    row_of = np.argsort(order, kind="stable")
    moved = {}
    for name in tables_of(network):
        table = getattr(network, name)
        here = [declared.name for declared in columns_of(type(table)) if declared.refers == "places"]
        if here:
            moved[name] = dataclasses.replace(table, **{column: row_of[getattr(table, column)] for column in here})
    return moved
