"""`--within` and boxes of extracts: streets and areas end exactly at the cut, the ring stays, nothing beyond does."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import osmium
import pytest
import shapely

from simulator.city.network import PLACE_KINDS
from street_networks.build import Order, build_city
from street_networks.sources.areas import find_areas
from street_networks.sources.extract import Extract, Relation, Way, present_runs
from street_networks.streets.cutting import cut_extract
from street_networks.streets.frame import CORE_MARGIN_M, read_polygon, utm_crs

from ..test_build import BASE, polygon_file
from rawdata import raw_file


class _Here:
    """A projection in which degrees are metres already."""

    @staticmethod
    def transform(x, y, direction="FORWARD"):
        return x, y


STREET = {"highway": "footway"}
SQUARE = shapely.box(0, 0, 100, 100)


def cut(nodes, ways, *, outline=SQUARE, relations=None, node_tags=None):
    """An extract cut at an outline; and the course of each street in it."""
    places = {node: (float(x), float(y)) for node, (x, y) in nodes.items()}
    whole = Extract(places, node_tags or {}, ways, relations or {}, (0, 0, 1, 1), "")
    found = cut_extract(whole, outline, _Here)
    courses = {
        number: [([found.nodes[node] for node in run], *gaps) for run, *gaps in present_runs(way, found.nodes)]
        for number, way in found.ways.items()
        if "highway" in way.tags
    }
    return SimpleNamespace(extract=found, courses=courses)


def test_a_street_ends_where_the_outline_runs():
    found = cut({1: (20, 50), 2: (80, 50), 3: (180, 50), 4: (300, 50)}, {10: Way((1, 2, 3, 4), STREET)})
    assert found.courses == {10: [([(20, 50), (80, 50), (100, 50)], False, True)]}


def test_a_street_with_no_node_within_is_cut_on_both_sides():
    found = cut({1: (-50, 50), 2: (150, 50)}, {10: Way((1, 2), STREET), 11: Way((2, 1), STREET)})
    assert found.courses[10] == [([(0, 50), (100, 50)], True, True)]
    assert found.courses[11] == [([(100, 50), (0, 50)], True, True)]
    assert set(found.extract.ways[10].nodes) == set(found.extract.ways[11].nodes)  # drawn twice, cut at the same nodes


def test_a_street_that_leaves_and_comes_back_is_two():
    bay = shapely.difference(SQUARE, shapely.box(40, 40, 60, 100))
    found = cut({1: (10, 80), 2: (90, 80), 3: (90, 10)}, {10: Way((1, 2, 3), STREET)}, outline=bay)
    assert found.courses[10] == [([(10, 80), (40, 80)], False, True), ([(60, 80), (90, 80), (90, 10)], True, False)]


def test_streets_beyond_are_gone_and_those_within_are_untouched():
    ways = {10: Way((1, 2), STREET), 11: Way((3, 4), STREET), 12: Way((2, 1, 1, 99, 2), STREET)}
    found = cut({1: (10, 10), 2: (20, 10), 3: (210, 10), 4: (220, 10)}, ways)
    assert found.extract.ways[10] == ways[10]
    assert 11 not in found.extract.ways
    assert found.courses[12] == [([(20, 10), (10, 10)], False, True)]  # a node of it was missing before
    assert set(found.extract.nodes) == {1, 2}


def test_areas_are_cut_as_shapes_even_if_all_their_corners_lie_beyond():
    nodes = {
        1: (-100, 50),
        2: (300, 50),
        3: (300, 300),
        4: (-100, 300),
        5: (95, 10),
        6: (110, 10),
        7: (110, 20),
        8: (95, 20),
    }
    ways = {10: Way((1, 2, 3, 4, 1), {"leisure": "park"}), 11: Way((5, 6, 7, 8, 5), {"building": "yes"})}
    far = {node + 20: (x + 1000, y) for node, (x, y) in nodes.items()}
    ways[12] = Way((21, 22, 23, 24, 21), {"leisure": "park"})
    found = cut(nodes | far, ways)
    areas, counts = find_areas(found.extract, found.extract.nodes, lambda tags: True)
    assert {area.osm_id: area.shape.area for area in areas} == {10: 100 * 50, 11: 5 * 10}
    assert counts["polygons_cut"] == 2


def test_parts_of_areas_that_lie_beyond_are_needed_for_the_whole():
    nodes = {1: (50, 10), 2: (300, 10), 3: (300, 90), 4: (50, 90)}
    ways = {10: Way((1, 2), {}), 11: Way((2, 3), {}), 12: Way((3, 4, 1), {})}
    parts = Relation(tuple(("w", way, "outer") for way in ways), {"type": "multipolygon", "landuse": "forest"})
    found = cut(nodes, ways, relations={7: parts})
    areas, _ = find_areas(found.extract, found.extract.nodes, lambda tags: "landuse" in tags)
    assert [area.shape.area for area in areas] == [50 * 80]


def test_lamps_and_venues_beyond_are_gone():
    tags = {1: {"amenity": "pub"}, 2: {"highway": "street_lamp"}}
    found = cut({1: (50, 50), 2: (150, 50)}, {10: Way((1, 2), STREET)}, node_tags=tags)
    assert found.extract.node_tags == {1: tags[1]}


def test_an_extract_whose_ways_were_kept_whole_is_cut_at_its_box(tmp_path):
    """As osmium and most services make them: a street of 2 km, of which the box holds the first half."""
    path = tmp_path / "whole.osm.pbf"
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(BASE[0] - 0.02, BASE[1] - 0.01, BASE[0] + 0.02, BASE[1] + 0.01))
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for node, east in enumerate((0.0, 0.01, 0.05)):
            writer.add_node(osmium.osm.mutable.Node(id=node + 1, location=(BASE[0] + east, BASE[1]), version=1))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2, 3], tags={"highway": "residential"}, version=1))
    city = build_city(Order(osm=path, out=tmp_path / "city.gpkg")).network
    metres_a_degree = (
        6_378_137 * np.cos(np.radians(BASE[1])) / np.sqrt(1 - 0.00669438 * np.sin(np.radians(BASE[1])) ** 2)
    )
    assert city.streets.length_m.sum() == pytest.approx(0.02 * np.radians(metres_a_degree), rel=1e-3)
    assert (city.places.kind == PLACE_KINDS.index("gateway")).sum() == 1


@pytest.mark.slow
@pytest.mark.rawdata
def test_a_real_city_within_a_polygon_is_that_of_the_whole_up_to_the_ring(tmp_path):
    """Every street of the whole city within 250 m of the polygon is there, to the metre, and nothing beyond."""
    path = raw_file("osm/monaco_2023_quackosm.osm.pbf")
    ring = [[7.418, 43.731], [7.428, 43.731], [7.426, 43.739], [7.423, 43.735], [7.418, 43.738], [7.418, 43.731]]
    polygon = polygon_file(tmp_path / "p.geojson", ring)
    part = build_city(Order(osm=path, out=tmp_path / "part.gpkg", within=polygon, name="m")).network
    whole = build_city(Order(osm=path, out=tmp_path / "whole.gpkg", name="m")).network
    assert part.crs == whole.crs == utm_crs(7.42, 43.73)
    import pyproj

    project = pyproj.Transformer.from_crs("EPSG:4326", part.crs, always_xy=True)
    asked = shapely.transform(read_polygon(polygon), lambda at: np.column_stack(project.transform(*at.T)))
    around = shapely.buffer(asked, CORE_MARGIN_M)

    def lines(city):
        return np.array([shapely.LineString(city.vertices[a:b]) for a, b in pairwise(city.vertex_start)])

    mine, all_lines = lines(part), lines(whole)
    assert shapely.covers(shapely.buffer(around, 0.02), mine).all()
    expected = shapely.intersection(all_lines, around)
    missing = shapely.length(
        shapely.difference(shapely.union_all(expected), shapely.buffer(shapely.union_all(mine), 0.1))
    )
    assert missing < 0.015 * shapely.length(expected).sum()  # fragments that the cut makes are left out
    assert part.streets.length_m.sum() == pytest.approx(shapely.length(expected).sum(), rel=0.015)
    middles = shapely.line_interpolate_point(mine, 0.5, normalized=True)
    assert (part.streets.in_core == shapely.intersects(asked, middles)).mean() > 0.999
    gateways = part.places.kind == PLACE_KINDS.index("gateway")
    at = shapely.points(part.places.x_m[gateways], part.places.y_m[gateways])
    assert gateways.sum() > 10
    assert (shapely.distance(at, shapely.boundary(around)) < 15).mean() > 0.9
