"""Public transport stops out of OpenStreetMap: the places of kind stop, with what stops there.

Taxi ranks (`amenity=taxi`) are stops of kind taxi, for a choice of modes to come. Nothing runs there to a timetable, so
they have no headways and do not count in SDG 11.2.1; their place has size 0, so that no visitor arrives there: a
taxi sets its people down at their door.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from simulator.city.network import PLACE_KINDS, Places
from simulator.city.transit import STOP_KINDS, Stops
from street_networks.keys import stable_key
from street_networks.sources.extract import Extract, Tags

_RULES = (
    ("railway", "tram_stop", "tram"),
    ("railway", "subway_entrance", "metro"),
    ("station", "subway", "metro"),
    ("station", "light_rail", "tram"),
    ("railway", "station", "train"),
    ("amenity", "ferry_terminal", "ferry"),
    ("highway", "bus_stop", "bus"),
    ("amenity", "bus_station", "bus"),
    ("amenity", "taxi", "taxi"),
)
"""Key, value and kind; the first that fits counts, and a stop that none fits is one of buses."""
STOP_KEYS = tuple(sorted({key for key, _, _ in _RULES}))
"""Keys of the tags that say what stops at a stop."""


def stop_kind(tags: Tags) -> str:
    """What stops at a stop with these tags: a word of `STOP_KINDS`."""
    return next((kind for key, value, kind in _RULES if tags.get(key) == value), "bus")


def osm_stops(extract: Extract, table: Places, names: Sequence[str | None]) -> Stops:
    """The table of stops: every place of kind stop, with its key, position and name.

    Parameters
    ----------
    extract
        Where the tags are.
    table
        The city's places.
    names
        Their names, one a row.
    """
    rows = np.flatnonzero(table.kind == PLACE_KINDS.index("stop"))
    kinds = {stable_key("place", "stop", letter, osm_id): stop_kind(tags) for letter, osm_id, tags in _tagged(extract)}
    same = {name: getattr(table, name)[rows] for name in ("x_m", "y_m", "junction", "segment")}
    return Stops(
        stop_id=table.place_id[rows],
        kind=np.array([STOP_KINDS.index(kinds.get(int(key), "bus")) for key in table.place_id[rows]], np.int8),
        name=np.array([(names[int(row)] or "")[:80] for row in rows], str),
        **same,
    )


def _tagged(extract: Extract) -> Iterator[tuple[str, int, Tags]]:
    """Whatever may be a stop: type letter, id and tags."""
    keys = set(STOP_KEYS)
    yield from (("n", node, tags) for node, tags in extract.node_tags.items() if keys & tags.keys())
    for letter, things in (("w", extract.ways), ("r", extract.relations)):
        yield from ((letter, number, thing.tags) for number, thing in things.items() if keys & thing.tags.keys())
