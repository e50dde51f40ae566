"""How ways of OpenStreetMap become street segments.

Which ways can be walked is said in `walking_rules`.

Ways are split where they share a node or leave the cut; nodes of one way between two splits form one segment. Where
two ways are drawn over each other (a footway along a square's outline, a cycleway on a pavement), there is one street:
of segments with the same ends and the same course one stays, and the others are counted.

Parts of the network that do not hang together are kept as islands: a village beyond the river has people too. Only
fragments are dropped, which are gaps in the map and no settlements: parts shorter than 500 m that lie within 100 m of
a part which is kept, and parts shorter than 100 m anywhere. Islands and what is dropped are counted and go into the
metadata.
"""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

import numpy as np
import shapely

from simulator.city.network import STREET_CLASSES
from street_networks.keys import stable_key
from street_networks.ledger import Entry
from street_networks.sources.areas import find_areas
from street_networks.sources.extract import Extract, Tags, Way, present_runs
from street_networks.streets.squares import Square, ways_across
from street_networks.streets.walking_rules import (
    FOOT_CLASSES,
    GATES,
    ROADS,
    has_hours,
    is_closed_gate,
    street_class,
    ways_read,
)

PAVEMENT_REACH_M = 15.0
PAVEMENT_SHARE = 0.5
FRAGMENT_M, LEAST_ISLAND_M = 500.0, 100.0
FRAGMENT_REACH_M = 100.0

Position = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Piece:
    """One segment before it gets its attributes.

    `way` is the number of its way in OpenStreetMap; of a line across a square, which nobody mapped, the number of the
    square with its sign turned.
    """

    way: int
    street_class: str
    tags: Tags
    nodes: tuple[int, ...]
    line: shapely.LineString
    key: int


@dataclasses.dataclass
class WalkNetwork:
    """Segments, nodes at which ways leave the cut, what was dropped, and which ways were not walked."""

    pieces: list[Piece]
    leaving: dict[int, list[str]]
    counts: dict[str, float]
    ledger: tuple[Entry, ...] = ()


def walk_network(extract: Extract, position: Mapping[int, Position]) -> WalkNetwork:
    """Segments that can be walked, sorted by key.

    Parameters
    ----------
    extract
        The extract.
    position
        Projected metres of every node, by id.
    """
    counts: dict[str, float] = defaultdict(float)
    squares = _squares(extract, position)
    outlines = _outlines(extract, squares)
    extract = dataclasses.replace(extract, ways=extract.ways | outlines)
    runs = _walkable_runs(extract, position, counts)
    use = Counter(node for _, _, nodes, _ in runs for node in nodes)
    ends = {node for _, _, nodes, _ in runs for node in (nodes[0], nodes[-1])}
    across = _across(squares, runs, position)
    ends |= {node for _, pairs in across for pair in pairs for node in pair}
    pieces: list[Piece] = []
    seen: Counter[tuple[int, int, int]] = Counter()
    for way, kind, nodes, _ in runs:
        for part in _split(nodes, {n for n in nodes if use[n] > 1 or n in ends}):
            line = shapely.LineString([position[node] for node in part])
            if line.length < 0.01:
                counts["segments_without_length"] += 1
                continue
            ident = (way, part[0], part[-1])
            key = stable_key("segment", *ident, seen[ident])
            seen[ident] += 1
            pieces.append(Piece(way, kind, extract.ways[way].tags, tuple(part), line, key))
    counts["square_outlines_m"] = sum(piece.line.length for piece in pieces if piece.way in outlines)
    drawn = set(outlines)
    for square, pairs in across:
        drawn.add(-square.osm_id)
        for one, other in pairs:
            line = shapely.LineString([position[one], position[other]])
            key = stable_key("across", square.letter, square.osm_id, *sorted((one, other)))
            pieces.append(Piece(-square.osm_id, square.kind, square.tags, (one, other), line, key))
            counts["ways_across_squares"] += 1
            counts["ways_across_squares_m"] += line.length
    counts["copies_of_squares_m"] = 0.0
    pieces = _without_copies(pieces, drawn, counts)
    counts["walkable_m"] = sum(piece.line.length for piece in pieces)
    kept = _without_fragments(pieces, counts)
    on_network = {node for piece in kept for node in (piece.nodes[0], piece.nodes[-1])}
    leaving: dict[int, list[str]] = defaultdict(list)
    for _, kind, nodes, gaps in runs:
        for node, gap in zip((nodes[0], nodes[-1]), gaps, strict=True):
            if gap and node in on_network:
                leaving[node].append(kind)
    kept.sort(key=lambda piece: piece.key)
    mapped = (way.tags for number, way in extract.ways.items() if number not in outlines)
    return WalkNetwork(kept, dict(leaving), dict(counts), (ways_read(mapped),))


def _squares(extract: Extract, position: Mapping[int, Position]) -> list[Square]:
    """Areas that can be walked all over, with the chains of nodes of their outlines."""

    def is_square(tags: Tags) -> bool:
        return (tags.get("area") == "yes" or tags.get("type") == "multipolygon") and _crossed(tags) is not None

    found, _ = find_areas(extract, position, is_square)
    squares = []
    for area in found:
        if area.letter == "w":
            chains = [extract.ways[area.osm_id].nodes]
        else:
            members = extract.relations[area.osm_id].members
            chains = [extract.ways[way].nodes for letter, way, _ in members if letter == "w" and way in extract.ways]
        kind = _crossed(area.tags)
        assert kind is not None
        tags = {**area.tags, "area": "yes"}
        squares.append(Square(area.letter, area.osm_id, kind, tags, area.shape, tuple(chains)))
    return squares


def _crossed(tags: Tags) -> str | None:
    """The class of an area that people may cross, or None: those made for walking, not carriageways."""
    kind = street_class(tags)
    return kind if kind in ("footway", "pedestrian", "living_street", "path") else None


def _outlines(extract: Extract, squares: Sequence[Square]) -> dict[int, Way]:
    """Member ways of squares that are relations, which say nothing of themselves, as outlines of these squares."""
    ways: dict[int, Way] = {}
    for square in squares:
        if square.letter == "r":
            for letter, way, _ in extract.relations[square.osm_id].members:
                if letter == "w" and way in extract.ways and "highway" not in extract.ways[way].tags:
                    ways[way] = Way(extract.ways[way].nodes, square.tags)
    return ways


def _across(
    squares: Sequence[Square],
    runs: Sequence[tuple[int, str, list[int], tuple[bool, bool]]],
    position: Mapping[int, Position],
) -> list[tuple[Square, list[tuple[int, int]]]]:
    """Pairs of nodes between which ways lead across each square."""
    ways_at: dict[int, set[frozenset[int]]] = defaultdict(set)
    for _, _, nodes, _ in runs:
        course = frozenset(nodes)
        for node in nodes:
            ways_at[node].add(course)
    found = []
    for square in squares:
        own = {node for chain in square.chains for node in chain}
        met = {node for node in own if any(not course <= own for course in ways_at[node])}
        pairs = ways_across(square, position, met)
        if pairs:
            found.append((square, pairs))
    return found


def _walkable_runs(
    extract: Extract, position: Mapping[int, Position], counts: dict[str, float]
) -> list[tuple[int, str, list[int], tuple[bool, bool]]]:
    found: list[tuple[int, str, list[int], tuple[bool, bool]]] = []
    gates = {node: tags for node, tags in extract.node_tags.items() if tags.get("barrier") in GATES}
    closed = {node for node, tags in gates.items() if is_closed_gate(tags)}
    met: set[int] = set()
    for way_id in sorted(extract.ways):
        way = extract.ways[way_id]
        kind = street_class(way.tags)
        if kind is None:
            continue
        runs = present_runs(way, extract.nodes)
        missing = any(node not in extract.nodes for node in way.nodes)
        counts["ways_leaving_the_cut"] += missing
        counts["walkable_ways"] += bool(runs)
        counts["ways_with_hours"] += has_hours(way.tags)
        met.update(gates.keys() & set(way.nodes))
        shut = closed if way.tags.get("area") != "yes" else set()
        found.extend((way_id, kind, *part) for run in runs for part in _between_gates(*run, shut))
    counts["gates_closed"] += len(met & closed)
    counts["gates_with_hours"] += sum(has_hours(gates[node]) for node in met - closed)
    beside = shapely.STRtree([_line(nodes, position) for _, kind, nodes, _ in found if kind in FOOT_CLASSES])
    kept = []
    for run in found:
        if run[1] in ROADS and _has_pavements(_line(run[2], position), beside):
            counts["roads_with_mapped_pavements_m"] += _line(run[2], position).length
        else:
            kept.append(run)
    return kept


def _between_gates(
    nodes: list[int], begin: bool, end: bool, closed: set[int]
) -> list[tuple[list[int], tuple[bool, bool]]]:
    """Parts of a run between closed gates, and whether each begins and ends at a gap."""
    shut = [-1, *(row for row, node in enumerate(nodes) if node in closed), len(nodes)]
    parts = [(one + 1, two) for one, two in pairwise(shut) if two - one > 2]
    return [(nodes[one:two], (begin and one == 0, end and two == len(nodes))) for one, two in parts]


def _line(nodes: list[int], position: Mapping[int, Position]) -> shapely.LineString:
    return shapely.LineString([position[node] for node in nodes])


def _has_pavements(road: shapely.LineString, beside: shapely.STRtree) -> bool:
    near = beside.geometries[beside.query(road, predicate="dwithin", distance=PAVEMENT_REACH_M)]
    if not len(near) or not road.length:
        return False
    steps = np.linspace(0, road.length, max(int(road.length // 5), 2) + 1)
    points = shapely.line_interpolate_point(road, steps)
    covered = shapely.dwithin(points, shapely.union_all(near), PAVEMENT_REACH_M)
    return bool(covered.mean() >= PAVEMENT_SHARE)


def _split(nodes: list[int], cuts: set[int]) -> list[list[int]]:
    parts: list[list[int]] = []
    part = [nodes[0]]
    for node in nodes[1:]:
        part.append(node)
        if node in cuts:
            parts.append(part)
            part = [node]
    return parts


def _without_copies(pieces: list[Piece], drawn: Set[int], counts: dict[str, float]) -> list[Piece]:
    """One of the segments with the same ends and course: lines before outlines, then what tells of light."""
    kept: dict[tuple[object, ...], Piece] = {}
    for piece in sorted(
        pieces, key=lambda piece: (piece.tags.get("area") == "yes", "lit" not in piece.tags, piece.way)
    ):
        ends, course = (piece.nodes[0], piece.nodes[-1]), tuple(piece.line.coords)
        other = kept.get((ends, course)) or kept.get((ends[::-1], course[::-1]))
        if other is None:
            kept[ends, course] = piece
            continue
        counts["copies_dropped"] += 1
        counts["copies_dropped_m"] += piece.line.length
        if not drawn.isdisjoint((piece.way, other.way)):  # an outline or a way across that no mapper drew
            counts["copies_of_squares_m"] += piece.line.length
    return list(kept.values())


def _without_fragments(pieces: list[Piece], counts: dict[str, float]) -> list[Piece]:
    """All parts of the network but fragments near longer ones; the longest first, so that they are held against it."""
    parts = _parts(pieces)
    kept: list[Piece] = []
    tree = shapely.STRtree([])
    for number, part in enumerate(parts):
        length = sum(piece.line.length for piece in part)
        lines = [piece.line for piece in part]
        if number and length < FRAGMENT_M:
            near, _ = tree.query(lines, predicate="dwithin", distance=FRAGMENT_REACH_M)
            if length < LEAST_ISLAND_M or len(set(near.tolist())) == len(part):
                counts["fragments_dropped"] += 1
                counts["fragments_dropped_m"] += length
                continue
        kept += part
        counts["islands"] += number > 0
        counts["islands_m"] += length if number else 0.0
        tree = shapely.STRtree([piece.line for piece in kept])
    return kept


def islands_of(pieces: list[Piece]) -> list[int]:
    """Number of the part of the network that each piece belongs to; 0 is the longest."""
    number = {piece.key: island for island, part in enumerate(_parts(pieces)) for piece in part}
    return [number[piece.key] for piece in pieces]


def _parts(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces that hang together by their junctions, the longest part first."""
    root: dict[int, int] = {}

    def find(node: int) -> int:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for piece in pieces:
        root[find(piece.nodes[0])] = find(piece.nodes[-1])
    parts: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        parts[find(piece.nodes[0])].append(piece)
    return sorted(parts.values(), key=lambda part: (-sum(piece.line.length for piece in part), part[0].key))


def class_code(word: str) -> int:
    """Code of a street class."""
    return STREET_CLASSES.index(word)
