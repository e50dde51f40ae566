"""Places where people start, stay and end, out of tags, buildings, open spaces and the edge of the cut.

One table that anyone can edit, `place_kinds.csv` or a copy of it, says which tag makes which kind of place and
when such a place is usually open (local clock hours, past 24 for the hours after midnight; assumptions by
category). Rules:

1. Nodes and areas with a tag of the table become a place; the first row of the table that fits counts, and
   every word of a value such as ``nightclub;restaurant`` is tried. ``*`` stands for any value; a row without
   a kind makes none.
2. ``opening_hours`` goes into the file as it is written and is read for the simulated date (see
   `simulator.city.opening_hours`); the table's hours hold where there is none. A text that cannot be read stands in the
   column ``opening_hours_unread``, where somebody can mend it, and the table's hours hold.
3. Homes and work places are buildings with at least one resident or job; their size is residents and jobs.
4. Open spaces are parks, gardens, playgrounds and pitches of at least 300 m2 on the ground.
5. Gateways are junctions where walkable ways leave the cut, or dead ends within 15 m of its edge. Size: the
   sum of the weights of the ways that leave there (evidence `gateway_weight_*`). A gateway takes in lighter
   ones within 40 m.
6. Every place but a gateway is reached from the nearest segment and the nearest junction above ground. The size of
   places other than homes, work and gateways is 1: a relative pull without better knowledge; that of a taxi rank is 0,
   see `stops`, and that of toilets, for which nobody sets out; toilets that are not for everybody make none. A place
   is on an island only if the main network is more than 100 m farther: most islands within a town are gaps of the map
   (a lift, a passage not yet drawn), and who lives beside one does not stay at home for it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

from simulator.city.network import PLACE_KINDS
from simulator.city.opening_hours import hours_fault
from simulator.evidence.parameters import nominal
from simulator.foundation.clock import HOURS
from street_networks.keys import stable_key
from street_networks.places.homes import Buildings
from street_networks.places.stops import stop_kind
from street_networks.sources.areas import OPEN_SPACE_TAGS, Area, find_areas, has_tag
from street_networks.sources.extract import Extract, Tags
from street_networks.streets.walkable import Piece, WalkNetwork, islands_of
from street_networks.tables.tag_tables import first_rule, read_tag_table

GATEWAY_MERGE_M = 40.0
GATEWAY_EDGE_M = 15.0
OPEN_SPACE_M2 = 300.0
ISLAND_DETOUR_M = 100.0
TAGGED_KINDS = tuple(kind for kind in PLACE_KINDS if kind not in ("home", "work", "open_space", "gateway"))
"""Kinds that a tag makes; the others come from buildings, areas and the edge of the cut."""
NOT_PUBLIC = frozenset({"private", "no", "customers", "permit"})
"""Values of `access` with which a toilet is nobody's who walks by."""
_MINOR = frozenset({"path", "steps", "track", "service"})

Array = np.ndarray[Any, Any]
Position = tuple[float, float]


class KindRule(NamedTuple):
    """One row of the table: tag, kind and usual hours."""

    key: str
    value: str
    kind: str
    opens_h: float
    closes_h: float


class Place(NamedTuple):
    """One place before it is attached to the network."""

    key: int
    kind: str
    x_m: float
    y_m: float
    size: float
    opens_h: float
    closes_h: float
    name: str | None
    opening_hours: str | None = None
    opening_hours_unread: str | None = None


def read_kinds(path: Path | str | None = None) -> tuple[KindRule, ...]:
    """The rules of a user's table of kinds, or of `place_kinds.csv`.

    Raises
    ------
    InputError
        If the table cannot be read; listing every row that names an unknown kind or hours that are not hours.
    """
    return read_tag_table(path, "place_kinds.csv", ("kind", "opens_h", "closes_h"), rule_of=_kind_rule)


def _kind_rule(row: Mapping[str, str], faults: list[str]) -> KindRule | None:
    if row["kind"] and row["kind"] not in TAGGED_KINDS:
        faults.append(f"kind {row['kind']!r}, expected none or one of {', '.join(TAGGED_KINDS)}")
    try:
        opens, closes = float(row["opens_h"] or 0), float(row["closes_h"] or 24)
    except ValueError:
        faults.append(f"hours {row['opens_h']!r} to {row['closes_h']!r}, expected numbers")
        return None
    if not (0 <= opens < closes <= 48 and opens < HOURS):
        faults.append(f"opens {opens:g}, closes {closes:g}, expected 0 <= opens < 24 and opens < closes <= 48")
    return KindRule(row["key"], row["value"], row["kind"], opens, closes)


def kind_of(tags: Tags, rules: Sequence[KindRule]) -> KindRule | None:
    """The rule that makes a place of these tags, or None."""
    rule = first_rule(tags, rules)
    return rule if rule is not None and rule.kind else None


def find_places(
    extract: Extract,
    position: Mapping[int, Position],
    *,
    buildings: Buildings,
    walks: WalkNetwork,
    edge: shapely.Geometry,
    rules: Sequence[KindRule],
) -> tuple[list[Place], dict[str, int]]:
    """Every place of the city, sorted by key, and counts of what was read of opening hours.

    Parameters
    ----------
    extract, position
        The extract and the projected metres of its nodes.
    buildings, walks
        Buildings with residents and jobs, and the street network.
    edge
        Outline of the cut, projected.
    rules
        Which tag makes which kind of place (`read_kinds`).
    """
    counts = Counter(opening_hours_read=0, opening_hours_not_understood=0, opening_hours_usual_for_kind=0)
    venues = [("n", node, tags, *position[node]) for node, tags in sorted(extract.node_tags.items())]
    areas, _ = find_areas(extract, position, lambda tags: kind_of(tags, rules) is not None)
    for area in areas:
        middle = shapely.point_on_surface(area.shape)
        venues.append((area.letter, area.osm_id, area.tags, middle.x, middle.y))
    places = [place for venue in venues if (place := _venue(venue, rules, counts)) is not None]
    places += _in_buildings(buildings)
    places += [_open_space(area, counts) for area in find_open_spaces(extract, position)]
    places += _gateways(walks, position, edge)
    return sorted(places, key=lambda place: place.key), dict(counts)


def _venue(venue: tuple[str, int, Tags, float, float], rules: Sequence[KindRule], counts: Counter[str]) -> Place | None:
    letter, osm_id, tags, x_m, y_m = venue
    rule = kind_of(tags, rules)
    if rule is None:
        return None
    if rule.kind == "toilets" and tags.get("access") in NOT_PUBLIC:
        return None
    key = stable_key("place", rule.kind, letter, osm_id)
    pull = 0.0 if rule.kind == "toilets" or (rule.kind == "stop" and stop_kind(tags) == "taxi") else 1.0
    place = Place(key, rule.kind, x_m, y_m, pull, rule.opens_h, rule.closes_h, tags.get("name"))
    return _with_hours(place, tags, counts)


def _with_hours(place: Place, tags: Tags, counts: Counter[str]) -> Place:
    """The place with its written hours, if they can be read, and counted."""
    text = tags.get("opening_hours", "").strip()
    counted = place.kind != "stop"  # it is the timetable that says when a stop is of use
    if not text:
        counts["opening_hours_usual_for_kind"] += counted
        return place
    if hours_fault(text) is None:
        counts["opening_hours_read"] += counted
        return place._replace(opening_hours=text)
    counts["opening_hours_not_understood"] += counted
    return place._replace(opening_hours_unread=text)


def _in_buildings(buildings: Buildings) -> list[Place]:
    places = []
    for area, residents, jobs in zip(buildings.areas, buildings.residents, buildings.jobs, strict=True):
        middle = shapely.point_on_surface(area.shape)
        for kind, size in (("home", float(residents)), ("work", float(jobs))):
            if size >= 1:
                key = stable_key("place", kind, area.letter, area.osm_id)
                places.append(Place(key, kind, middle.x, middle.y, size, 0.0, 24.0, area.tags.get("name")))
    return places


def find_open_spaces(extract: Extract, position: Mapping[int, Position]) -> list[Area]:
    """Parks, gardens, playgrounds and pitches of at least 300 m2."""
    areas, _ = find_areas(extract, position, lambda tags: has_tag(tags, OPEN_SPACE_TAGS))
    return [area for area in areas if area.shape.area >= OPEN_SPACE_M2]


def _open_space(area: Area, counts: Counter[str]) -> Place:
    middle = shapely.point_on_surface(area.shape)
    key = stable_key("place", "open_space", area.letter, area.osm_id)
    place = Place(key, "open_space", middle.x, middle.y, 1.0, 0.0, 24.0, area.tags.get("name"))
    return _with_hours(place, area.tags, counts)


def _gateways(walks: WalkNetwork, position: Mapping[int, Position], edge: shapely.Geometry) -> list[Place]:
    leaving = {node: list(kinds) for node, kinds in walks.leaving.items()}
    degree = Counter(node for piece in walks.pieces for node in (piece.nodes[0], piece.nodes[-1]))
    for piece in walks.pieces:
        for node in (piece.nodes[0], piece.nodes[-1]):
            near = shapely.dwithin(shapely.Point(position[node]), edge, GATEWAY_EDGE_M)
            if degree[node] == 1 and node not in leaving and near:
                leaving[node] = [piece.street_class]
    weight = {
        node: sum(nominal("gateway_weight_minor" if kind in _MINOR else "gateway_weight_main") for kind in kinds)
        for node, kinds in leaving.items()
    }
    kept: dict[int, float] = {}
    for node in sorted(weight, key=lambda node: (-weight[node], node)):
        away = {other: np.hypot(*np.subtract(position[node], position[other])) for other in kept}
        nearest = min(away, key=lambda other: away[other], default=None)
        if nearest is not None and away[nearest] <= GATEWAY_MERGE_M:
            kept[nearest] += weight[node]
        else:
            kept[node] = weight[node]
    return [
        Place(
            stable_key("place", "gateway", node),
            "gateway",
            *position[node],
            round(size, 3),
            0.0,
            24.0,
            None,
        )
        for node, size in kept.items()
    ]


def attach(
    places: list[Place], pieces: list[Piece], junctions: Mapping[int, int], *, is_tunnel: Array
) -> tuple[Array, Array]:
    """Rows of the nearest junction and segment above ground of each place, int64 (P,) each (rule 6).

    Parameters
    ----------
    places, pieces
        Places and segments.
    junctions
        Row of each junction by OSM node id.
    is_tunnel
        bool (S,): segments that are not above ground.
    """
    at = shapely.points([place.x_m for place in places], [place.y_m for place in places])
    moored = np.array([place.kind == "gateway" for place in places], bool)
    above, island = np.flatnonzero(~is_tunnel), np.array(islands_of(pieces))
    ends: dict[int, tuple[shapely.Point, int]] = {}
    for row in above:
        for node, where in ((pieces[row].nodes[0], 0), (pieces[row].nodes[-1], -1)):
            ends[node] = shapely.get_point(pieces[row].line, where), int(island[row])
    nodes = sorted(ends)
    points = np.array([ends[node][0] for node in nodes], object)
    junction = _nearest(at, points, np.array([ends[node][1] for node in nodes]), moored)
    lines = np.array([pieces[row].line for row in above], object)
    return np.array([junctions[nodes[row]] for row in junction]), above[_nearest(at, lines, island[above], moored)]


def _nearest(at: Array, shapes: Array, island: Array, moored: Array) -> Array:
    """Row of the nearest shape, or of the nearest of the main network where that is hardly farther."""
    nearest = shapely.STRtree(shapes).nearest(at)
    main = np.flatnonzero(island == 0)
    if main.size in (0, island.size) or not at.size:
        return nearest
    ashore = main[shapely.STRtree(shapes[main]).nearest(at)]
    extra = shapely.distance(at, shapes[ashore]) - shapely.distance(at, shapes[nearest])
    return np.where((extra <= ISLAND_DETOUR_M) & ~moored, ashore, nearest)
