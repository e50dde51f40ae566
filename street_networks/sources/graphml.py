"""Streets out of a GraphML file as OSMnx saves it: edges become ways again, curves and tags kept.

An edge that OSMnx has merged out of several ways has lists of tags: the first of each counts. Both directions of a
street are one way here.
"""

import ast
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyproj
import shapely

from simulator.errors import CityError
from street_networks.ledger import Entry
from street_networks.sources.extract import Extract, Way

_SPACE = "{http://graphml.graphdrawing.org/xmlns}"
_TAGS = (
    *("highway", "name", "lit", "surface", "tunnel", "foot", "access", "service", "covered"),
    *("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"),
)
_FAST = ("motorway", "trunk")


def read_graphml(path: Path) -> Extract:
    """Read a graph saved by OSMnx, simplified or not, in degrees or projected.

    Raises
    ------
    CityError
        If it cannot be read or is no graph of streets.
    """
    if not path.is_file():
        raise CityError(f"{path}: no such file; expected a .graphml saved with osmnx.save_graphml")
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314  (expat bounds the expansion of entities by itself)
    except (ElementTree.ParseError, OSError, UnicodeDecodeError) as error:
        raise CityError(
            f"{path}: cannot be read as GraphML ({error}); save it again with osmnx.save_graphml"
        ) from error
    names = {key.get("id"): key.get("attr.name", "") for key in root.iter(f"{_SPACE}key")}
    graph = root.find(f"{_SPACE}graph")
    if graph is None:
        raise CityError(f"{path}: found no graph in it, expected a .graphml saved with osmnx.save_graphml")

    def data(item: ElementTree.Element) -> dict[str, str]:
        return {names.get(one.get("key"), ""): one.text or "" for one in item.findall(f"{_SPACE}data")}

    told = data(graph)
    try:
        rows = {item.get("id", ""): data(item) for item in graph.iter(f"{_SPACE}node")}
        nodes = {name: (float(row["x"]), float(row["y"])) for name, row in rows.items()}
        edges = [(e.get("source", ""), e.get("target", ""), data(e)) for e in graph.iter(f"{_SPACE}edge")]
        lines = [_points(nodes[one], nodes[two], row) for one, two, row in edges]
    except (KeyError, ValueError, shapely.errors.GEOSException) as error:
        raise CityError(
            f"{path}: a node or an edge lacks {error}; expected a graph of streets saved by OSMnx"
        ) from error
    if not edges:
        raise CityError(f"{path}: found no edges, expected a graph of streets saved by OSMnx")
    return _extract(path, nodes, edges, lines, told)


def _points(one: tuple[float, float], two: tuple[float, float], row: dict[str, str]) -> list[tuple[float, float]]:
    if "geometry" not in row:
        return [one, two]
    return [(x, y) for x, y in shapely.get_coordinates(shapely.from_wkt(row["geometry"])).tolist()]


def _extract(
    path: Path,
    nodes: dict[str, tuple[float, float]],
    edges: list[tuple[str, str, dict[str, str]]],
    lines: list[list[tuple[float, float]]],
    told: dict[str, str],
) -> Extract:
    number = {name: row + 1 for row, name in enumerate(sorted(nodes))}
    at = {number[name]: where for name, where in nodes.items()}
    ways: dict[int, Way] = {}
    seen: set[tuple[tuple[float, float], ...]] = set()
    for (one, two, row), line in zip(edges, lines, strict=True):
        way = tuple(line)
        if way in seen or way[::-1] in seen:
            continue
        seen.add(way)
        between = []
        for point in line[1:-1]:
            between.append(len(at) + 1)
            at[len(at) + 1] = point
        tags = {tag: word for tag in _TAGS if (word := _word(tag, _values(row.get(tag, ""))))}
        ways[len(ways) + 1] = Way((number[one], *between, number[two]), tags)
    crs = told.get("crs", "epsg:4326")
    places = np.array(list(at.values()))
    if crs.lower() != "epsg:4326":
        places = np.column_stack(pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*places.T))
    degrees = dict(zip(at, map(tuple, places.tolist()), strict=True))
    box = (*places.min(axis=0).tolist(), *places.max(axis=0).tolist())
    date = told.get("created_date", "")
    newest = f"{date.replace(' ', 'T')[:19]}Z" if len(date) >= len("2024-05-17 12:00:00") else ""
    read = Entry(f"{path.name}: edges, in both directions one street", len(edges))
    return Extract(degrees, {}, ways, {}, box, newest, ledger=(read,))


def _values(text: str) -> list[str]:
    """The values of a tag: several where OSMnx writes a list, else one; other text in brackets is a value itself."""
    if not text.startswith("["):
        return [text]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return [text]
    return [str(value) for value in found] if isinstance(found, list) else [text]


def _word(tag: str, values: list[str]) -> str:
    """One value for several, of ways that were joined: of classes one that people may walk, else all of them."""
    if tag != "highway":
        return ";".join(dict.fromkeys(filter(None, values)))
    return next((value for value in values if value.removesuffix("_link") not in _FAST), next(iter(values), ""))
