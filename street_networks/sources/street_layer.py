"""Streets out of any layer of lines: GeoPackage, GeoJSON or Shapefile, with a map of columns.

Rules: each line is a way; lines are joined where an end meets an end or a vertex of another within 0.5 m, never where
they merely cross (it may be a bridge). `class` takes OpenStreetMap's words for `highway`, others are mapped by
``[values.class]``; a line without one counts as a street of unknown kind (`unclassified`). The layer has no
buildings and no venues: a city made of it has streets alone.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from simulator.city.network import STREET_CLASSES
from simulator.errors import CityError
from simulator.foundation.short_lists import in_short
from street_networks.ledger import Entry
from street_networks.sources.extract import Extract, Way
from street_networks.tables.column_mapping import ColumnMapping, read_mapping
from street_networks.tables.layers import read_map_layer
from street_networks.tables.texts import truth_of

JOIN_M = 0.5
OURS = {
    "class": "highway",
    "name": "name",
    "lit": "lit",
    "surface": "surface",
    "tunnel": "tunnel",
    "sidewalk": "sidewalk",
    "foot": "foot",
    "access": "access",
}
"""Columns that are read, and the tag of OpenStreetMap that each stands for."""
_YES_OR_NO = frozenset({"lit", "tunnel", "sidewalk", "foot", "access"})
_UNWALKED = frozenset(
    {"motorway", "trunk", "construction", "proposed", "platform", "bridleway", "raceway", "busway", "elevator"}
)
"""Words of `highway` that are understood and not walked (or only under conditions)."""

Array = np.ndarray[Any, Any]


def read_streets(path: Path, columns: str | None = None) -> Extract:
    """Read a layer of lines.

    Parameters
    ----------
    path
        The file.
    columns
        A map of columns (`column_mapping`).

    Raises
    ------
    CityError
        If the file cannot be read, has no lines or no coordinate reference system, or words that are not known.
    InputError
        If the map of columns does not fit.
    """
    lines, table, crs, features = _read_lines(path)
    mapping = read_mapping(columns, OURS, option="--columns", theirs=list(table))
    tags = _tags(table, mapping, len(lines), path)
    parts, row = shapely.get_parts(lines, return_index=True)
    usable = ~shapely.is_empty(parts) & (shapely.get_num_coordinates(parts) > 1)
    parts, row = shapely.force_2d(parts[usable]), row[usable]
    nodes, chains = _join(parts, crs, path)
    ways = {number + 1: Way(tuple(chain), tags[row[number]]) for number, chain in enumerate(chains)}
    lon, lat = np.array(list(nodes.values())).T
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    left_out = {"no line": features - len(lines), "a line of less than two points": len(lines) - len(np.unique(row))}
    read = Entry(f"{path.name}: features", features, left_out)
    return Extract(nodes, {}, ways, {}, box, "", ledger=(read,))


def _read_lines(path: Path) -> tuple[Array, dict[str, Array], str, int]:
    """Lines, their columns, the reference system, and how many features there are in all."""
    read = read_map_layer(path, what="streets", error=CityError)
    shapes = read.shapes if read.shapes is not None else np.zeros(0, object)
    is_line = np.isin(shapely.get_type_id(shapes), (1, 5))
    if not is_line.any():
        raise CityError(f"{path}: found no lines among {len(shapes)} features, expected a layer of streets")
    if read.crs is None:
        raise CityError(f"{path}: has no coordinate reference system; set it in QGIS and save the layer again")
    table = {name: column[is_line] for name, column in read.columns.items()}
    return shapes[is_line], table, read.crs, len(shapes)


def _tags(table: dict[str, Array], mapping: ColumnMapping, rows: int, path: Path) -> list[dict[str, str]]:
    tags = [{"highway": "unclassified"} for _ in range(rows)]
    for ours, theirs in mapping.columns.items():
        words = mapping.values.get(ours, {})
        for row, value in enumerate(table[theirs]):
            text = "" if value is None or value != value else str(value).strip()  # noqa: PLR0124  (nan)
            text = words.get(text, text)
            if ours in _YES_OR_NO:
                truth = truth_of(text)
                text = text.lower() if truth is None else "yes" if truth else "no"
            if text:
                tags[row][OURS[ours]] = text
    if "class" in mapping.columns:
        _check_classes(tags, path, mapping.columns["class"])
    return tags


def _check_classes(tags: list[dict[str, str]], path: Path, column: str) -> None:
    known = {*STREET_CLASSES, *_UNWALKED}
    found = sorted({tag["highway"] for tag in tags})
    unknown = [word for word in found if word.removesuffix("_link") not in known]
    if unknown:
        raise CityError(
            f"{path}: column {column} holds {in_short(map(repr, unknown))}, expected words of "
            "OpenStreetMap such as residential or footway; map them with --columns MAP.toml and its [values.class]"
        )


def _join(parts: Array, crs: str, path: Path) -> tuple[dict[int, tuple[float, float]], list[list[int]]]:
    """Degrees of each node, and the nodes of each line, with ends brought together."""
    degrees = shapely.get_coordinates(parts)
    degrees = np.column_stack(pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*degrees.T))
    if not (np.abs(degrees) <= (180, 90)).all():
        raise CityError(f"{path}: its lines do not lie on Earth in {crs[:40]}; set the right reference system in QGIS")
    middle = degrees.mean(axis=0)
    local = pyproj.Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lon_0={middle[0]:.4f} +lat_0={middle[1]:.4f}", always_xy=True
    )
    at = np.column_stack(local.transform(*degrees.T))
    stop = np.cumsum(shapely.get_num_coordinates(parts))
    start = np.concatenate([[0], stop[:-1]])
    ends = np.unique(np.concatenate([start, stop - 1]))
    pairs = cKDTree(at[ends]).query_pairs(JOIN_M, output_type="ndarray")
    links = (np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1]))
    _, group = connected_components(sparse.csr_matrix(links, shape=(len(ends), len(ends))), directed=False)
    first = ends[np.unique(group, return_index=True)[1]]
    node = np.arange(len(at))
    away, near = cKDTree(at[ends]).query(at, distance_upper_bound=JOIN_M)
    met = np.isfinite(away)
    node[met] = first[group[near[met]]]
    chains = [_without_repeats(node[a:b].tolist()) for a, b in zip(start, stop, strict=True)]
    used = sorted({one for chain in chains for one in chain})
    return {one: (float(degrees[one - 1, 0]), float(degrees[one - 1, 1])) for one in used}, chains


def _without_repeats(chain: list[int]) -> list[int]:
    return [node + 1 for number, node in enumerate(chain) if not number or node != chain[number - 1]]
