"""Read an OpenStreetMap extract (.osm.pbf) into plain dictionaries, repairing what the cut left behind.

An extract is cut out of a larger map, so its ways may refer to nodes that are not in the file. Nothing is
fatal: `present_runs` strips missing nodes and keeps the pieces. pyosmium is imported only when a file is read.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import shapely

from simulator.errors import CityError
from street_networks.sources.extract_checks import Box, check_positions

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
        Longitude and latitude (degrees, WGS 84) of every node by id.
    node_tags
        Tags of the nodes that have any.
    ways, relations
        By id.
    box
        West, south, east, north (degrees) of the cut: the file's own, else that of its nodes.
    newest
        ISO date and time (UTC) of the data: as the file's head says, else of the youngest object.
    outline
        Where areas end, in projected metres, once the extract has been cut (`cutting`); None before.
    """

    nodes: dict[int, tuple[float, float]]
    node_tags: dict[int, Tags]
    ways: dict[int, Way]
    relations: dict[int, Relation]
    box: tuple[float, float, float, float]
    newest: str
    outline: shapely.Geometry | None = None


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

    nodes: dict[int, tuple[float, float]] = {}
    node_tags: dict[int, Tags] = {}
    ways: dict[int, Way] = {}
    relations: dict[int, Relation] = {}
    newest = ""
    try:
        with osmium.io.Reader(str(path)) as reader:
            header_box, dated = reader.header().box(), reader.header().get("osmosis_replication_timestamp")
        for item in osmium.FileProcessor(str(path)):
            if not isinstance(item, osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation):
                continue
            tags = dict(item.tags)
            newest = max(newest, item.timestamp.strftime("%Y-%m-%dT%H:%M:%SZ"))
            if isinstance(item, osmium.osm.Node):
                nodes[item.id] = (item.lon, item.lat)
                if tags:
                    node_tags[item.id] = tags
            elif isinstance(item, osmium.osm.Way):
                ways[item.id] = Way(tuple(node.ref for node in item.nodes), tags)
            else:
                members = tuple((member.type, member.ref, member.role) for member in item.members)
                relations[item.id] = Relation(members, tags)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as error:
        raise CityError(
            f"{path}: cannot be read as OpenStreetMap data ({error}); expected a whole .osm.pbf, .osm, "
            ".osm.gz or .osm.bz2 file: fetch it again"
        ) from error
    if not nodes:
        raise CityError(f"{path}: holds no nodes, expected an OpenStreetMap extract with streets")
    stated = _stated_box(header_box)
    check_positions(path, nodes, stated)
    box = stated or _box(nodes)
    return Extract(nodes, node_tags, ways, relations, box, dated or newest)


def _stated_box(header_box: object) -> Box | None:
    """The cut as the file's header states it, if it does."""
    if not getattr(header_box, "valid", bool)():
        return None
    low, high = header_box.bottom_left, header_box.top_right  # type: ignore[attr-defined]
    return low.lon, low.lat, high.lon, high.lat


def _box(nodes: dict[int, tuple[float, float]]) -> Box:
    lon = [position[0] for position in nodes.values()]
    lat = [position[1] for position in nodes.values()]
    return min(lon), min(lat), max(lon), max(lat)


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
