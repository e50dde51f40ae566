"""Ways that are open by the hour: gates, ways and parks with `opening_hours` or `access:conditional`.

1. `opening_hours` says when a way is open. Of `foot:conditional`, `access:conditional` and `access` with "@" the first
   clause whose value is no or private says when it is closed. One of `access` itself whose value is yes, permissive or
   designated says when it is open, since there is no other access; other clauses say nothing here.
2. A way's own hours hold for all its segments; those of a park for segments of which at least half lie in it, those
   of a gate for the segment on which it stands, or where just two meet at it for the shorter one. A gate at a
   crossing of several ways is counted, for nobody can tell which of them it closes.
3. A text that is no opening hours (see `simulator.city.opening_hours`) is counted, and the way is open at all hours.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from simulator.city.network import LONGEST_HOURS, WayHours
from simulator.city.opening_hours import hours_fault
from street_networks.keys import stable_key
from street_networks.sources.areas import Area
from street_networks.sources.extract import Tags
from street_networks.streets.walkable import Piece
from street_networks.streets.walking_rules import GATES, has_hours, is_closed_gate

_CLAUSE = re.compile(r"([\w-]+)\s*@\s*(?:\(([^()]*)\)|([^;()]+))")
_CONDITIONAL = ("foot:conditional", "access:conditional", "access")
_BARRED, _INVITED = frozenset({"no", "private"}), frozenset({"yes", "permissive", "designated"})

Array = np.ndarray[Any, Any]
Hours = tuple[str, bool]
"""A text of opening hours, and whether it says when a way is open (else when it is closed)."""


def hours_of(tags: Tags) -> Hours | None:
    """When a gate, way or park may be walked by its tags (rules 1 and 3); None if nothing can be read."""
    found: list[Hours] = []
    if "opening_hours" in tags:
        found.append((tags["opening_hours"].strip(), True))
    for key in _CONDITIONAL:
        for value, within, bare in _CLAUSE.findall(tags.get(key, "")):
            if value in _BARRED or (key == "access" and value in _INVITED):
                found.append(((within or bare).strip(), value in _INVITED))
    readable = (one for one in found if len(one[0]) <= LONGEST_HOURS and hours_fault(one[0]) is None)
    return next(readable, None)


def way_hours(
    pieces: Sequence[Piece], node_tags: Mapping[int, Tags], parks: Sequence[Area], is_tunnel: Array
) -> tuple[WayHours, dict[str, int]]:
    """The table of a city, and counts of what was read (rules 1 to 3).

    Parameters
    ----------
    pieces
        Segments, in the order of their rows.
    node_tags
        Tags of the nodes of the map, by number.
    is_tunnel
        bool (S,): segments that no park closes.
    """
    counts = Counter(way_hours_read=0, way_hours_not_understood=0, gates_by_hour_at_crossings=0)
    counts["parks_with_hours"] = sum(has_hours(park.tags) for park in parks)
    found: dict[int, tuple[int, Hours]] = {}
    for rows, tags in (*_of_ways(pieces), *_of_gates(pieces, node_tags, counts), *_of_parks(pieces, parks, is_tunnel)):
        hours = hours_of(tags)
        counts["way_hours_read" if hours else "way_hours_not_understood"] += 1
        for row in rows if hours else ():
            found[stable_key("way hours", pieces[row].key, *map(str, hours or ()))] = row, hours or ("", True)
    keys = sorted(found)
    told = [found[key] for key in keys]
    return WayHours(
        way_hours_id=np.array(keys, np.int64),
        segment=np.array([row for row, _ in told], np.int32),
        hours=np.array([text for _, (text, _) in told], f"U{LONGEST_HOURS}"),
        says_open=np.array([says_open for _, (_, says_open) in told], bool),
    ), dict(counts)


def _of_ways(pieces: Sequence[Piece]) -> Iterator[tuple[list[int], Tags]]:
    """Rows of the segments of each way with hours."""
    rows: dict[int, list[int]] = {}
    for row, piece in enumerate(pieces):
        if has_hours(piece.tags):
            rows.setdefault(piece.way, []).append(row)
    yield from ((one, pieces[one[0]].tags) for one in rows.values())


def _of_gates(
    pieces: Sequence[Piece], node_tags: Mapping[int, Tags], counts: Counter[str]
) -> Iterator[tuple[list[int], Tags]]:
    """The row of the segment that each gate with hours closes."""
    gates = {
        node: tags
        for node, tags in node_tags.items()
        if tags.get("barrier") in GATES and has_hours(tags) and not is_closed_gate(tags)
    }
    within: dict[int, list[int]] = {}
    ending: dict[int, list[int]] = {}
    for row, piece in enumerate(pieces):
        for place, node in enumerate(piece.nodes):
            if node in gates:
                at = ending if place in (0, len(piece.nodes) - 1) else within
                at.setdefault(node, []).append(row)
    for node, tags in sorted(gates.items()):
        ends = ending.get(node, [])
        if len(ends) > 2:
            counts["gates_by_hour_at_crossings"] += 1
        elif ends:
            yield [min(ends, key=lambda row: (pieces[row].line.length, pieces[row].key))], tags
        elif node in within:
            yield within[node], tags


def _of_parks(pieces: Sequence[Piece], parks: Sequence[Area], is_tunnel: Array) -> Iterator[tuple[list[int], Tags]]:
    """Rows of the segments above ground of which at least half lie in each park with hours."""
    with_hours = [park for park in parks if has_hours(park.tags)]
    if not with_hours:
        return
    lines = np.array([piece.line for piece in pieces], object)
    for park in with_hours:
        inside = shapely.length(shapely.intersection(lines, park.shape)) >= shapely.length(lines) / 2
        yield np.flatnonzero(inside & ~is_tunnel).tolist(), park.tags
