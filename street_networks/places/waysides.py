"""What lies along the streets beside open venues, out of OpenStreetMap's tags.

One table that anyone can edit, `wayside_kinds.csv` or a copy of it, says which tag makes which kind of wayside, to
which class a kind is assumed to belong (attractor, unease or neutral) and on what basis. Rules:

1. Nodes, areas and open lines with a tag of the table are things; the first row of the table that fits counts. A row
   without a kind makes none. Barriers are lines even where they close. Lines that are ways (`highway`) are none.
2. Rows on the keys of `OF_WAYS` are of the ways that people walk: the way itself is the thing, along its own segments.
3. Anything else lies along the streets above ground near it: those within a distance r of its shape, where
   r^2 = d^2 + `frontage_reach_m`^2 and d is the distance to the nearest. So a point is shared over `frontage_reach_m`
   of the nearest street to either side, and over other streets as near (`simulator.city.frontage` does so for venues).
   A thing farther than `wayside_reach_m` from every street is not along any: it is counted and left out.
4. A thing has one row for each segment, placed where its shape is nearest to it; the shares of its rows go by the
   length of street within reach and make 1. A wall of 200 m is one thing: see `alongside_m` for its length.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

from simulator.city.waysides import LONGEST_KIND, WAYSIDE_CLASSES, Waysides, waysides_on
from simulator.evidence.parameters import nominal
from street_networks.city_file.geopackage import Layer
from street_networks.keys import stable_key
from street_networks.sources.areas import find_areas
from street_networks.sources.extract import Extract, Tags, present_runs
from street_networks.streets.walkable import Piece
from street_networks.tables.tag_tables import first_rule, read_tag_table

OF_WAYS = frozenset({"tunnel", "covered"})
"""Keys that say something of the way itself that people walk."""
_LEAST_M = 0.05
"""A street that is touched over less than this is not along the thing."""
_SHARE_DIGITS = 6

Array = np.ndarray[Any, Any]
Position = tuple[float, float]


class WaysideRule(NamedTuple):
    """One row of the table: tag, kind, class, and on what basis it is of that class."""

    key: str
    value: str
    kind: str
    wayside_class: str
    basis: str


class Beside(NamedTuple):
    """Waysides of a city, further columns of their layer, the rules of the kinds found, and counts of what was read."""

    table: Waysides
    columns: dict[str, Array]
    kinds: tuple[WaysideRule, ...]
    counts: dict[str, int]

    def with_columns(self, layers: Mapping[str, Layer], segments: int) -> dict[str, Layer]:
        """Layers with columns and a table for people and maps, which nothing reads again.

        On each wayside where it is from; on each street how many attractors and how much unease lie along it; and of
        each rule by which something was found, its tag, kind and class, and on what basis it is of that class.
        """
        words = {"attractors": "attractor", "unease": "unease"}
        on_streets = {name: waysides_on(self.table, segments, of_class=word).round(3) for name, word in words.items()}
        streets = Layer(None, {**layers["streets"].columns, **on_streets})
        rules = {
            name: np.array([rule[column] for rule in self.kinds], object)
            for column, name in enumerate(("key", "value", "kind", "wayside_class", "basis"))
        }
        return {
            **layers,
            "streets": streets,
            "waysides": Layer(None, self.columns),
            **({"wayside_kinds": Layer(None, rules)} if self.kinds else {}),
        }


class _Thing(NamedTuple):
    letter: str
    osm_id: int
    rule: WaysideRule
    tags: Tags
    shape: shapely.Geometry


class _Row(NamedTuple):
    key: int
    thing: _Thing
    at: shapely.Point
    segment: int
    share: float
    alongside_m: float


def read_wayside_kinds(path: Path | str | None = None) -> tuple[WaysideRule, ...]:
    """The rules of a user's table of waysides, or of `wayside_kinds.csv`.

    Raises
    ------
    InputError
        If the table cannot be read; listing every row with an unknown class, without a basis, or whose kind is of
        another class in an earlier row.
    """
    rule_of = partial(_wayside_rule, {})
    return read_tag_table(path, "wayside_kinds.csv", ("kind", "class", "basis"), rule_of=rule_of)


def things_of(waysides: Waysides, of_class: str) -> Array:
    """The row with the largest share of each thing of a class, to mark it once (int64)."""
    order = np.lexsort((-waysides.share, waysides.thing))
    order = order[waysides.wayside_class[order] == WAYSIDE_CLASSES.index(of_class)]
    return order[np.unique(waysides.thing[order], return_index=True)[1]]


def _wayside_rule(class_of: dict[str, str], row: Mapping[str, str], faults: list[str]) -> WaysideRule:
    kind, word = row["kind"], row["class"]
    if kind:
        if word not in WAYSIDE_CLASSES:
            faults.append(f"class {word!r}, expected one of {', '.join(WAYSIDE_CLASSES)}")
        elif class_of.setdefault(kind, word) != word:
            faults.append(f"kind {kind!r} is of class {word}, in an earlier row of class {class_of[kind]}; give it one")
        if len(kind) > LONGEST_KIND:
            faults.append(f"kind {kind!r} has {len(kind)} letters, expected at most {LONGEST_KIND}")
        if not row["basis"]:
            faults.append("no basis, expected why the kind is of its class, such as assumption: audit of 2024")
    return WaysideRule(row["key"], row["value"], kind, word, row["basis"])


def find_waysides(
    extract: Extract,
    position: Mapping[int, Position],
    pieces: Sequence[Piece],
    *,
    is_tunnel: Array,
    rules: Sequence[WaysideRule],
) -> Beside:
    """Everything along the streets that the rules name, in the order of keys.

    Parameters
    ----------
    extract, position
        The extract and the projected metres of its nodes.
    pieces
        Segments.
    is_tunnel
        bool (S,): segments that are not above ground.
    rules
        Which tag makes which kind (`read_wayside_kinds`).
    """
    rows = list(_own_ways(pieces, [rule for rule in rules if rule.key in OF_WAYS]))
    things = list(_things(extract, position, [rule for rule in rules if rule.key not in OF_WAYS]))
    counts = {"waysides_read": len({(row.thing.letter, row.thing.osm_id) for row in rows}) + len(things)}
    lines = np.array([piece.line for piece in pieces], object)
    beside = _beside_streets(things, lines, np.flatnonzero(~is_tunnel), [piece.key for piece in pieces])
    counts["waysides_off_the_streets"] = len(things) - len({row.thing[:2] for row in beside})
    rows = sorted(rows + beside, key=lambda row: row.key)
    used = {row.thing.rule for row in rows}
    return Beside(_table(rows), _columns(rows), tuple(rule for rule in rules if rule in used), counts)


def _own_ways(pieces: Sequence[Piece], rules: Sequence[WaysideRule]) -> Iterator[_Row]:
    """Ways that are things themselves, over all of their segments."""
    found: list[tuple[int, Piece, WaysideRule]] = []
    for segment, piece in enumerate(pieces):
        rule = first_rule(piece.tags, rules)
        if rule is not None and rule.kind and piece.tags[rule.key] != "no":
            found.append((segment, piece, rule))
    ways, way = np.unique([piece.way for _, piece, _ in found], return_inverse=True)
    shares = _shares(way, np.array([piece.line.length for _, piece, _ in found]), ways.size)
    for (segment, piece, rule), share in zip(found, shares, strict=True):
        thing = _Thing("w", piece.way, rule, piece.tags, piece.line)
        middle = shapely.line_interpolate_point(piece.line, 0.5, normalized=True)
        yield _row(thing, middle, segment, piece.key, share=float(share), alongside_m=piece.line.length)


def _row(thing: _Thing, at: shapely.Point, segment: int, segment_key: int, *, share: float, alongside_m: float) -> _Row:
    key = stable_key("wayside", thing.rule.kind, thing.letter, thing.osm_id, segment_key)
    return _Row(key, thing, at, segment, share, round(alongside_m, 2))


def _things(extract: Extract, position: Mapping[int, Position], rules: Sequence[WaysideRule]) -> Iterator[_Thing]:
    def rule_of(tags: Tags) -> WaysideRule | None:
        rule = first_rule(tags, rules)
        return rule if rule is not None and rule.kind else None

    def is_area(tags: Tags) -> bool:
        rule = rule_of(tags)
        return rule is not None and rule.key != "barrier"

    for node, tags in sorted(extract.node_tags.items()):
        rule = rule_of(tags)
        if rule is not None and rule.key != "barrier":  # a barrier at a point is a gate or bollard
            yield _Thing("n", node, rule, tags, shapely.Point(position[node]))
    areas, _ = find_areas(extract, position, is_area)
    for area in areas:
        rule = rule_of(area.tags)
        if rule is not None:
            yield _Thing(area.letter, area.osm_id, rule, area.tags, area.shape)
    taken = {area.osm_id for area in areas if area.letter == "w"}
    for way_id in sorted(extract.ways.keys() - taken):
        way = extract.ways[way_id]
        rule = rule_of(way.tags)
        if rule is None or "highway" in way.tags:
            continue
        runs = [[position[node] for node in nodes] for nodes, _, _ in present_runs(way, extract.nodes)]
        if runs:
            yield _Thing("w", way_id, rule, way.tags, shapely.MultiLineString(runs))


def _beside_streets(things: Sequence[_Thing], lines: Array, above: Array, keys: Sequence[int]) -> list[_Row]:
    """A row for each thing and segment above ground that is within its reach (rules 3 and 4)."""
    if not things or not above.size:
        return []
    tree = shapely.STRtree(lines[above])
    shapes = np.array([thing.shape for thing in things], object)
    away = shapely.distance(shapes, lines[above][tree.nearest(shapes)])
    reach = np.hypot(away, nominal("frontage_reach_m"))
    within = shapely.buffer(shapes, reach, quad_segs=16)
    near = np.flatnonzero(away <= nominal("wayside_reach_m"))
    one, other = tree.query(within[near], predicate="intersects")
    thing, segment = near[one], above[other]
    metres = shapely.length(shapely.intersection(lines[segment], within[thing]))
    kept = metres >= _LEAST_M
    thing, segment, metres = thing[kept], segment[kept], metres[kept]
    share = _shares(thing, metres, len(things))
    spots = shapely.get_point(shapely.shortest_line(shapes[thing], lines[segment]), 0)
    return [
        _row(things[row], spot, int(street), keys[street], share=float(part), alongside_m=float(length))
        for row, spot, street, part, length in zip(thing, spots, segment, share, metres, strict=True)
    ]


def _shares(thing: Array, metres: Array, count: int) -> Array:
    """Shares by length, rounded so that those of a thing still make 1: its longest takes what rounding leaves."""
    total = np.bincount(thing, metres, minlength=count)
    share = (metres / total[thing]).round(_SHARE_DIGITS)
    longest = np.lexsort((-metres, thing))
    first = longest[np.unique(thing[longest], return_index=True)[1]]
    rest = 1.0 - np.bincount(thing, share, minlength=count)
    share[first] = (share[first] + rest[thing[first]]).round(_SHARE_DIGITS)
    return share


def _table(rows: Sequence[_Row]) -> Waysides:
    at = shapely.get_coordinates([row.at for row in rows])
    return Waysides(
        wayside_id=np.array([row.key for row in rows], np.int64),
        thing=np.array([stable_key("thing", *row.thing[:2]) for row in rows], np.int64),
        kind=np.array([row.thing.rule.kind for row in rows], str),
        wayside_class=np.array([WAYSIDE_CLASSES.index(row.thing.rule.wayside_class) for row in rows], np.int8),
        x_m=at[:, 0].round(2),
        y_m=at[:, 1].round(2),
        segment=np.array([row.segment for row in rows], np.int64),
        share=np.array([row.share for row in rows], float),
        alongside_m=np.array([row.alongside_m for row in rows], float),
    )


def _columns(rows: Sequence[_Row]) -> dict[str, Array]:
    """What each thing is called, and where it is from."""
    texts: dict[str, list[str | None]] = {
        "name": [row.thing.tags.get("name") for row in rows],
        "osm_id": [f"{row.thing.letter}{row.thing.osm_id}" for row in rows],
    }
    return {name: np.array([text or None for text in column], object) for name, column in texts.items()}
