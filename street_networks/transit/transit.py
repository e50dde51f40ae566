"""Public transport added to a city: a feed, or the stops of OpenStreetMap with assumed or written headways.

A feed's stops take the place of OpenStreetMap's stops of the same kind within 50 m. OpenStreetMap's other stops
stay, without departures: they are those of operators that are not in the feed. A further feed can be added to
what there is. Places of kind stop, where people arrive, are kept the same as the stops.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from simulator.city.network import PLACE_KINDS, Places, StreetNetwork
from simulator.city.transit import STOP_KINDS, Stops
from simulator.errors import InputError
from simulator.foundation.columns import columns_of
from street_networks.city_file.geopackage import Layer
from street_networks.derive import City
from street_networks.ledger import with_entries
from street_networks.transit.gtfs import Feed, read_feed
from street_networks.transit.headway_table import apply_headway_table, assume_headways
from street_networks.transit.tables import in_order, joined, without_number

SAME_STOP_M = 50.0

Array = np.ndarray[Any, Any]


def add_transit(
    city: City,
    feed: Path | str | None = None,
    *,
    headways: Path | str | None = None,
    week_of: str | None = None,
) -> City:
    """Add stops, lines and headways to a city.

    Parameters
    ----------
    city
        The city, with the stops of OpenStreetMap if it has any.
    feed
        A GTFS feed, a zip or a folder. Without one every stop gets the assumed headway of its kind.
    headways
        A CSV of headways, laid over the feed's or the assumed ones; see `headway_table`.
    week_of
        ISO date: read the feed for the seven days from it, not for typical days of its period.

    Returns
    -------
    City
        A new city; what was matched, replaced and assumed stands in the metadata of its network.

    Raises
    ------
    InputError
        If the feed or the table cannot be used, with every fault.
    """
    if feed is not None:
        city = _with_feed(city, read_feed(feed, city.network, week_of=week_of))
    network = city.network if feed is not None else assume_headways(city.network)
    if headways is not None:
        network = apply_headway_table(network, headways)
    stops = int((network.stops.kind != STOP_KINDS.index("taxi")).sum())
    served = np.unique(network.headways.stop).size
    counts = {
        "transit_stops": str(stops),
        "transit_stops_without_departures": str(stops - served),
    }
    if feed is None:
        counts["transit_feed"] = "none: headways are assumed by kind of stop"
    if headways is not None:
        counts["transit_headway_table"] = Path(headways).name
    metadata = {**network.metadata, **counts}
    return dataclasses.replace(city, network=dataclasses.replace(network, metadata=metadata))


def _with_feed(city: City, feed: Feed) -> City:
    network = city.network
    twice = [np.intersect1d(network.lines.line_id, feed.lines.line_id)]
    twice.append(np.intersect1d(network.stops.stop_id, feed.stops.stop_id))
    if any(keys.size for keys in twice):
        raise InputError(
            f"{feed.metadata['transit_feed']}: a line or stop of it is in the city already; expected a feed of another "
            "operator (agency_name of agency.txt tells them apart), and each feed once"
        )
    replaced = _replaced(network, feed.stops)
    kept = np.flatnonzero(~replaced)
    stops = joined(network.stops.take(kept), feed.stops)
    row = np.full(len(network.stops), -1)
    row[kept] = np.arange(kept.size)
    lines = joined(network.lines, feed.lines)
    tables = []
    for old, new in ((network.services, feed.services), (network.headways, feed.headways)):
        before, after = without_number(old), without_number(new)
        before["stop"] = row[before["stop"]]
        after["stop"], after["line"] = after["stop"] + kept.size, after["line"] + len(network.lines)
        tables.append({name: np.concatenate([before[name], after[name]]) for name in before})
    gone = network.stops.stop_id[replaced]
    places, order = _places(network.places, gone, feed.stops)
    network = in_order(
        dataclasses.replace(network, places=places), stops=stops, lines=lines, services=tables[0], headways=tables[1]
    )
    counts = {
        "transit_stops_matched": str(len(feed.stops)),
        "transit_osm_stops_replaced": str(int(replaced.sum())),
    }
    metadata = with_entries({**network.metadata, **feed.metadata, **counts}, feed.ledger)
    layers = dict(city.layers)
    if "places" in layers:
        columns = _place_columns(layers["places"].columns, ~np.isin(city.network.places.place_id, gone), feed.stops)
        layers["places"] = Layer(None, {name: values[order] for name, values in columns.items()})
    return dataclasses.replace(city, network=dataclasses.replace(network, metadata=metadata), layers=layers)


def _replaced(network: StreetNetwork, new: Stops) -> Array:
    """Which stops of the city have a stop of the feed of their kind within 50 m, and neither line nor headway yet."""
    old = network.stops
    replaced = np.zeros(len(old), bool)
    for kind in np.unique(new.kind):
        rows = np.flatnonzero(old.kind == kind)
        same = new.kind == kind
        tree = shapely.STRtree(shapely.points(new.x_m[same], new.y_m[same]))
        near, _ = tree.query(shapely.points(old.x_m[rows], old.y_m[rows]), predicate="dwithin", distance=SAME_STOP_M)
        replaced[rows[np.unique(near)]] = True
    timed = np.union1d(network.services.stop, network.headways.stop).astype(np.int64)
    replaced[timed] = False
    return replaced


def _places(places: Places, gone: Array, new: Stops) -> tuple[Places, Array]:
    """Places with those of the stops that are gone taken out and the new ones put in, and the order of their keys."""
    kept = places.take(~np.isin(places.place_id, gone))
    count = len(new)
    # what a stop does not have is zero, as for the stops of OpenStreetMap
    columns = {declared.name: np.zeros(count, declared.dtype) for declared in columns_of(Places)}
    columns |= {name: getattr(new, name) for name in ("x_m", "y_m", "junction", "segment")}
    columns |= {
        "place_id": new.stop_id,
        "kind": np.full(count, PLACE_KINDS.index("stop")),
        "size": np.ones(count),
        "closes_h": np.full(count, 24.0),
        "hours_index": np.full(count, -1),
    }
    both = joined(kept, Places(**columns))
    order = np.argsort(both.place_id)
    return both.take(order), order


def _place_columns(columns: Mapping[str, Array], kept: Array, new: Stops) -> dict[str, Array]:
    """The further columns of places, in the order of `_places` before it is sorted: empty but for the name."""
    result = {}
    for name, values in columns.items():
        added = np.zeros(len(new), values.dtype) if values.dtype.kind != "O" else np.full(len(new), None)
        if name == "name":
            added = np.array([str(text) or None for text in new.name], object)
        result[name] = np.concatenate([values[kept], added])
    return result
