"""Read an OpenStreetMap extract (.osm.pbf) into plain dictionaries, repairing what the cut left behind.

An extract is cut out of a larger map, so its ways may refer to nodes that are not in the file. Nothing is
fatal: `present_runs` strips missing nodes and keeps the pieces. Where ways carry the locations of their nodes, these
are used. Objects that are deleted are left out. pyosmium is imported only when a file is read.
"""

import dataclasses
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import shapely

from simulator.errors import CityError
from street_networks.ledger import Entry
from street_networks.sources.extract_checks import beside_each_other, check_positions, fitting_box
from street_networks.sources.osm_xml import Box, read_xml_facts

if TYPE_CHECKING:
    import osmium.osm

Tags = Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Way:
    """A way: node ids in order and tags."""

    nodes: tuple[int, ...]
    tags: Tags


@dataclasses.dataclass(frozen=True)
class Relation:
    """A relation: (type letter, id, role) of each member and tags."""

    members: tuple[tuple[str, int, str], ...]
    tags: Tags


@dataclasses.dataclass(frozen=True)
class Extract:
    """Everything of an extract that a city is made of.

    Parameters
    ----------
    nodes
        Longitude and latitude (degrees, WGS 84) of every node by id; longitudes east of the 180th meridian may go on
        beyond 180.
    node_tags
        Tags of the nodes that have any.
    ways, relations
        By id.
    box
        West, south, east, north (degrees) of the cut: what the file states, else that of its nodes.
    newest
        ISO date and time (UTC) of the data: as the file's head says, else of the youngest object.
    outline
        Where areas end, in projected metres, once the extract has been cut (`cutting`); None before.
    ledger
        What was read of the source, and what of it cannot be used.
    """

    nodes: dict[int, tuple[float, float]]
    node_tags: dict[int, Tags]
    ways: dict[int, Way]
    relations: dict[int, Relation]
    box: tuple[float, float, float, float]
    newest: str
    outline: shapely.Geometry | None = None
    ledger: tuple[Entry, ...] = ()


def read_extract(path: Path | str) -> Extract:
    """Read an .osm.pbf (or .osm, .osm.gz, .osm.bz2) file wholly into memory.

    Raises
    ------
    CityError
        If pyosmium is missing, the file cannot be read, or it holds no nodes.
    """
    path = Path(path)
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "no such file"
        raise CityError(f"{path}: {found}; expected an OpenStreetMap extract such as city.osm.pbf")
    import osmium

    try:
        read = _read_objects(path)
    except (
        RuntimeError,
        ValueError,
        OSError,
        EOFError,
        zlib.error,
        ElementTree.ParseError,
        osmium.InvalidLocationError,
    ) as error:
        raise CityError(
            f"{path}: cannot be read as OpenStreetMap data ({error}); expected a whole .osm.pbf, .osm, "
            ".osm.gz or .osm.bz2 file: fetch it again"
        ) from error
    if not read.nodes:
        raise CityError(f"{path}: holds no nodes, expected an OpenStreetMap extract with streets")
    nodes, boxes = beside_each_other(read.nodes, read.boxes)
    box = fitting_box(nodes, check_positions(path, nodes, boxes))
    return Extract(nodes, read.node_tags, read.ways, read.relations, box, read.dated, ledger=_ledger(path, read))


@dataclasses.dataclass
class _Read:
    """Objects of a file as they are gathered."""

    nodes: dict[int, tuple[float, float]] = dataclasses.field(default_factory=dict)
    node_tags: dict[int, Tags] = dataclasses.field(default_factory=dict)
    ways: dict[int, Way] = dataclasses.field(default_factory=dict)
    relations: dict[int, Relation] = dataclasses.field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    dated: str = ""


def _read_objects(path: Path) -> _Read:
    import osmium

    read, newest = _Read(), ""
    facts = read_xml_facts(path)
    with osmium.io.Reader(str(path)) as reader:
        header_box, dated = reader.header().box(), reader.header().get("osmosis_replication_timestamp")
    read.boxes = facts.boxes or _stated_box(header_box)
    for item in osmium.FileProcessor(str(path)):
        if not isinstance(item, osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation):
            continue
        if item.deleted or (type(item).__name__.lower(), item.id) in facts.deleted:
            continue
        tags = dict(item.tags)
        newest = max(newest, item.timestamp.strftime("%Y-%m-%dT%H:%M:%SZ"))
        if isinstance(item, osmium.osm.Node):
            read.nodes[item.id] = (item.lon, item.lat)
            if tags:
                read.node_tags[item.id] = tags
        elif isinstance(item, osmium.osm.Way):
            read.ways[item.id] = Way(_nodes_of(item, read.nodes), tags)
        else:
            members = tuple((member.type, member.ref, member.role) for member in item.members)
            read.relations[item.id] = Relation(members, tags)
    read.dated = dated or newest
    return read


def _nodes_of(way: "osmium.osm.Way", nodes: dict[int, tuple[float, float]]) -> tuple[int, ...]:
    """Nodes of a way; those that the file has with their ways only are added to `nodes`."""
    found = tuple(node.ref for node in way.nodes)
    if any(node not in nodes for node in found):
        for node in way.nodes:
            if node.ref not in nodes and node.location.valid():
                nodes[node.ref] = (node.lon, node.lat)
    return found


def _ledger(path: Path, read: _Read) -> tuple[Entry, ...]:
    """What of the file can be used at all."""
    streets = [way for way in read.ways.values() if "highway" in way.tags]
    bare = sum(not any(node in read.nodes for node in way.nodes) for way in streets)
    return (Entry(f"{path.name}: ways with highway=*", len(streets), {"none of their nodes is in the file": bare}),)


def _stated_box(header_box: object) -> tuple[Box, ...]:
    """The cut as the file's header states it, if it does."""
    if not getattr(header_box, "valid", bool)():
        return ()
    low, high = header_box.bottom_left, header_box.top_right  # type: ignore[attr-defined]
    return ((low.lon, low.lat, high.lon, high.lat),)


def present_runs(way: Way, nodes: Mapping[int, object]) -> list[tuple[list[int], bool, bool]]:
    """Pieces of a way whose nodes are all in the extract.

    Returns
    -------
    list of (node ids, begins at a gap, ends at a gap)
        Pieces of at least two nodes; a gap is where a node is missing because the way leaves the cut.
    """
    runs: list[tuple[list[int], bool, bool]] = []
    run: list[int] = []
    after_gap = False
    for node in way.nodes:
        if node in nodes:
            if not run or run[-1] != node:
                run.append(node)
            continue
        if len(run) > 1:
            runs.append((run, after_gap, True))
        run, after_gap = [], True
    if len(run) > 1:
        runs.append((run, after_gap, False))
    return runs
