"""Streets out of layers and graphs that others made: drawn ones with known answers."""

from pathlib import Path

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely

from simulator.city.network import STREET_CLASSES
from simulator.errors import CityError, InputError
from street_networks.build import Order, build_city
from street_networks.sources.graphml import read_graphml
from street_networks.sources.street_layer import read_streets
from street_networks.tables.column_mapping import read_mapping

LINES = [  # a street, one that meets its end 0.3 m off, one that meets its middle vertex, and one that only crosses it
    [(0, 0), (200, 0), (400, 0)],
    [(400.3, 0), (400, 300)],
    [(200, 0.2), (200, 100)],
    [(100, -300), (100, 300)],
]


@pytest.fixture(params=[("gpkg", "GPKG", 3067), ("geojson", "GeoJSON", 4326), ("shp", "ESRI Shapefile", 3067)])
def layer(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    ending, driver, crs = request.param
    path = tmp_path / f"streets.{ending}"
    move = pyproj.Transformer.from_crs("EPSG:3067", crs, always_xy=True)
    lines = [np.column_stack(move.transform(*np.add(line, (385_000, 6_672_000)).T)) for line in LINES]
    shapes = np.array([shapely.LineString(line) for line in lines], object)
    columns = [np.array(["Road", "Walk", "Walk", "Walk"], object), np.array([1, 0, 1, 0], np.int32)]
    fields, wkb = np.array(["kind", "lamps"], object), shapely.to_wkb(shapes)
    pyogrio.raw.write(path, wkb, columns, fields, driver=driver, geometry_type="LineString", crs=f"EPSG:{crs}")
    return path


@pytest.fixture
def words(tmp_path: Path) -> str:
    path = tmp_path / "map.toml"
    path.write_text(
        '[columns]\nclass = "kind"\nlit = "lamps"\n[values.class]\nRoad = "residential"\nWalk = "footway"\n'
    )
    return str(path)


def test_ends_within_half_a_metre_are_joined_and_crossings_are_not(layer: Path, words: str, tmp_path: Path) -> None:
    city = build_city(Order(streets=layer, columns=words, out=tmp_path / "city.gpkg")).network
    streets = city.streets
    assert len(streets) == 5  # the first is split where the third meets it; what only crosses is an island
    assert sorted(city.islands[streets.from_junction].tolist()) == [0, 0, 0, 0, 1]
    assert streets.length_m.sum() == pytest.approx(1400, rel=2e-3)
    residential = streets.street_class == STREET_CLASSES.index("residential")
    assert streets.length_m[residential].sum() == pytest.approx(400, rel=2e-3)
    assert streets.length_m[streets.tagged_lit == 1].sum() == pytest.approx(500, rel=2e-3)


def test_words_that_are_not_known_are_told(layer: Path) -> None:
    with pytest.raises(CityError, match=r"'Road', 'Walk'.*values\.class"):
        read_streets(layer, "class=kind")


def test_both_sides_of_a_map_are_checked_at_once() -> None:
    with pytest.raises(InputError) as told:
        read_mapping("clas=kind,lit=lamp", ["class", "lit"], theirs=["kind", "lamps"], option="--columns")
    assert len(told.value.faults) == 2
    assert "did you mean class?" in str(told.value)
    assert "did you mean lamps?" in str(told.value)
    with pytest.raises(InputError, match="expected ours=theirs"):
        read_mapping("class", ["class"], theirs=["kind"], option="--columns")
    same = read_mapping(None, ["class", "lit"], theirs=["lit", "other"], option="--columns")
    assert same.columns == {"lit": "lit"}


def test_a_layer_of_points_is_no_layer_of_streets(tmp_path: Path) -> None:
    path = tmp_path / "points.geojson"
    path.write_text('{"type": "Point", "coordinates": [24.9, 60.2]}')
    with pytest.raises(CityError, match="found no lines"):
        read_streets(path)


GRAPH = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="graph" attr.name="crs" attr.type="string"/>
  <key id="d1" for="graph" attr.name="created_date" attr.type="string"/>
  <key id="d2" for="node" attr.name="y" attr.type="string"/>
  <key id="d3" for="node" attr.name="x" attr.type="string"/>
  <key id="d4" for="edge" attr.name="highway" attr.type="string"/>
  <key id="d5" for="edge" attr.name="lit" attr.type="string"/>
  <key id="d6" for="edge" attr.name="geometry" attr.type="string"/>
  <graph edgedefault="directed">
    <data key="d0">epsg:4326</data><data key="d1">2024-05-01 12:00:00</data>
    <node id="11"><data key="d2">60.20</data><data key="d3">24.90</data></node>
    <node id="12"><data key="d2">60.20</data><data key="d3">24.91</data></node>
    <node id="13"><data key="d2">60.21</data><data key="d3">24.91</data></node>
    <edge source="11" target="12" id="0"><data key="d4">['footway', 'path']</data><data key="d5">yes</data>
      <data key="d6">LINESTRING (24.90 60.20, 24.905 60.201, 24.91 60.20)</data></edge>
    <edge source="12" target="11" id="0"><data key="d4">['footway', 'path']</data><data key="d5">yes</data>
      <data key="d6">LINESTRING (24.91 60.20, 24.905 60.201, 24.90 60.20)</data></edge>
    <edge source="12" target="13" id="0"><data key="d4">residential</data></edge>
  </graph>
</graphml>
"""


def test_a_graph_of_osmnx_becomes_streets_once_with_its_curves(tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text(GRAPH)
    city = build_city(Order(graphml=path, out=tmp_path / "city.gpkg")).network
    geod = pyproj.Geod(ellps="WGS84")
    curve = geod.line_length([24.90, 24.905, 24.91], [60.20, 60.201, 60.20])
    straight = geod.line_length([24.91, 24.91], [60.20, 60.21])
    assert sorted(city.streets.length_m.tolist()) == pytest.approx(sorted([curve, straight]), rel=1e-3)
    assert sorted(city.streets.tagged_lit.tolist()) == [-1, 1]
    assert city.metadata["data_date"] == "2024-05-01T12:00:00Z"


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("['motorway', 'residential']", {"highway": "residential"}),  # of joined ways that which people may walk
        ("['motorway_link', 'trunk']", {"highway": "motorway_link"}),
        ("['steps', 'footway']", {"highway": "steps"}),
        ("[]", {}),
        ("footway", {"highway": "footway"}),
    ],
)
def test_of_several_classes_one_that_is_walked_counts(tmp_path: Path, value: str, tags: dict[str, str]) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text(GRAPH.replace("['footway', 'path']", value))
    extract = read_graphml(path)
    assert extract.ways[1].tags == tags | {"lit": "yes"}
    assert (extract.ledger[0].read, extract.ledger[0].used, len(extract.ways)) == (3, 3, 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[path to the lake]", "[path to the lake]"),
        ("[1, 2", "[1, 2"),
        ("['yes', 'no']", "yes;no"),
        ("['yes', 'yes']", "yes"),
        ("[" * 5000, "[" * 5000),
        ("[__import__('os').getcwd()]", "[__import__('os').getcwd()]"),
    ],
)
def test_text_in_brackets_is_a_list_only_if_it_is_one(tmp_path: Path, text: str, value: str) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text(GRAPH.replace('<data key="d5">yes</data>', f'<data key="d5">{text}</data>'))
    assert read_graphml(path).ways[1].tags["lit"] == value


@pytest.mark.parametrize(
    ("column", "word", "tag"),
    [
        ("foot", "nein", "no"),
        ("foot", "Designated", "designated"),
        ("access", "Private", "private"),
        ("access", "NO", "no"),
        ("sidewalk", "true", "yes"),
        ("sidewalk", "Both", "both"),
        ("lit", "sí", "yes"),
        ("tunnel", "0", "no"),
    ],
)
def test_words_of_access_and_pavements_are_read_in_any_case_and_language(
    tmp_path: Path, column: str, word: str, tag: str
) -> None:
    path = tmp_path / "streets.geojson"
    line = '{"type": "LineString", "coordinates": [[24.9, 60.2], [24.9, 60.21]]}'
    feature = f'{{"type": "Feature", "properties": {{"said": "{word}"}}, "geometry": {line}}}'
    path.write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    assert read_streets(path, f"{column}=said").ways[1].tags[column] == tag


def test_what_is_no_line_in_a_layer_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "streets.geojson"
    lines = [f'{{"type": "LineString", "coordinates": [[24.9{row}, 60.2], [24.9{row}, 60.21]]}}' for row in range(3)]
    shapes = [
        *lines,
        '{"type": "Point", "coordinates": [24.9, 60.2]}',
        "null",
        '{"type": "LineString", "coordinates": []}',
    ]
    features = ",".join(f'{{"type": "Feature", "properties": {{}}, "geometry": {shape}}}' for shape in shapes)
    path.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}')
    (entry,) = read_streets(path).ledger
    assert (entry.source, entry.read, entry.used) == ("streets.geojson: features", 6, 3)
    assert dict(entry.faulty) == {"no line": 2, "a line of less than two points": 1}


@pytest.mark.parametrize("cut", [40, 700, 1200])
def test_a_graph_cut_short_is_explained(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text(GRAPH[:cut])
    with pytest.raises(CityError, match=r"osmnx\.save_graphml"):
        read_graphml(path)
