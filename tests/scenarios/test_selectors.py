"""Selectors on a drawn city and on the shipped one; binding, explaining, and the schema."""

import dataclasses
import json
import re
import tomllib
from typing import Any

import jsonschema
import numpy as np
import pytest

from scenarios import bind, explain, list_cases, load_scenario, parse_scenario, schema, select
from scenarios.selector_words import NARROWING, NOUNS
from scenarios.selectors import city_bounds, find, middles, parse_selector
from scenarios.toml import LIBRARY
from simulator.city.network import StreetNetwork
from simulator.city.waysides import WAYSIDE_CLASSES, Waysides
from simulator.errors import ScenarioError
from simulator.interventions import Area
from street_networks import load_city


@pytest.fixture(scope="module")
def helsinki() -> StreetNetwork:
    """The shipped city."""
    return load_city("helsinki-centre")


@pytest.mark.parametrize(
    ("phrase", "rows"),
    [
        ("segments", [0, 1, 2, 3, 4, 5, 6]),
        ("all streets", [0, 6]),
        ("paths", [1, 2, 3, 4, 5, 6]),
        ("unlit park paths", [1, 2]),
        ("dark Park PATHS", [1, 2]),
        ("lit park paths", [3]),
        ("lit segments", [0, 3, 5]),
        ("informal paths", [2]),
        ("footways", [1, 3, 5]),
        ("path segments", [2]),
        ("residential streets", [0]),
        ("pedestrian streets", [6]),
        ("steps", [4]),
        ("steps segments", [4]),
        ("lit tunnels", [5]),
        ("tunnel footways", [5]),
        ("unlit core segments", [1, 2]),
        ("unlit ring segments", [4, 6]),
    ],
)
def test_words(toy: StreetNetwork, phrase: str, rows: list[int]) -> None:
    chosen = select(Area(selector=phrase, part="all"), toy)
    assert chosen.dtype == np.int32
    assert chosen.tolist() == rows


def test_words_of_what_lies_along_streets(toy: StreetNetwork) -> None:
    at, kinds = [0, 3, 3, 5], ["car park", "wall", "police", "vacant front"]
    beside = Waysides(
        wayside_id=[1, 2, 3, 4],
        thing=[1, 2, 3, 4],
        kind=kinds,
        wayside_class=[WAYSIDE_CLASSES.index("attractor" if kind == "police" else "unease") for kind in kinds],
        x_m=np.zeros(4),
        y_m=np.zeros(4),
        segment=at,
        share=np.ones(4),
        alongside_m=np.ones(4),
    )
    city = dataclasses.replace(toy, waysides=beside)
    for phrase, rows in (("uneasy", [0, 3, 5]), ("walled", [3]), ("parking", [0]), ("vacant", [5]), ("unbuilt", [])):
        chosen, _ = find(Area(selector=f"{phrase} segments", part="all"), city)
        assert chosen.tolist() == rows


def test_every_word_is_understood(toy: StreetNetwork) -> None:
    for word in NARROWING:
        assert NARROWING[word].holds(toy).dtype == bool
        assert parse_selector(f"{word} segments")[0][0] == word
    for word in NOUNS:
        assert NOUNS[word].holds(toy).shape == (7,)
    assert parse_selector("living_street  segments")[0][0] == "living-street"


def fault(area: Area, network: StreetNetwork) -> str:
    with pytest.raises(ScenarioError) as caught:
        select(area, network)
    assert len(caught.value.faults) == 1
    assert "found" in caught.value.faults[0]
    assert "expected" in caught.value.faults[0]
    return caught.value.faults[0]


def test_names(toy: StreetNetwork) -> None:
    assert select(Area(names=("parkWAY", "ÄÄKKÖSEN KATU"), part="all"), toy).tolist() == [1, 3, 6]
    assert select(Area(names=("parkway",), selector="unlit segments"), toy).tolist() == [1]
    assert 'did you mean "Parkway"' in fault(Area(names=("Parkwey",)), toy)
    assert fault(Area(names=("Eiraway", "Parkwey")), toy).startswith("names")


def polygon(network: StreetNetwork, west_m: float, east_m: float, *, swap: bool = False) -> Any:
    """A rectangle round part of the toy city, as longitudes and latitudes."""
    import pyproj

    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    x = 385_000 + np.array([west_m, east_m, east_m, west_m])
    corners = np.column_stack(to_degrees.transform(x, 6_672_000 + np.array([-50.0, -50.0, 50.0, 50.0])))
    return tuple((float(lat), float(lon)) if swap else (float(lon), float(lat)) for lon, lat in corners)


def test_polygons_choose_by_the_middle_of_a_segment(toy: StreetNetwork) -> None:
    assert np.allclose(middles(toy)[:, 0], 385_050 + 100 * np.arange(7))
    assert select(Area(within=polygon(toy, 60, 340)), toy).tolist() == [1, 2]
    assert select(Area(within=polygon(toy, 140, 360), selector="lit paths"), toy).tolist() == [3]


def test_polygons_that_cannot_be_used(toy: StreetNetwork) -> None:
    assert "outside the city, expected longitudes 24.9" in fault(Area(within=((1, 1), (2, 1), (2, 2))), toy)
    assert "look swapped" in fault(Area(within=polygon(toy, 0, 300, swap=True)), toy)
    crossed = polygon(toy, 0, 300)
    assert "crosses itself" in fault(Area(within=(crossed[0], crossed[2], crossed[1], crossed[3])), toy)
    assert "the polygon holds for 0" in fault(Area(within=polygon(toy, 10, 40)), toy)


@pytest.mark.parametrize("phrase", ["Mannerheimintie", "Calle de Triana", "Rue d'Orchampt"])
def test_the_name_of_a_street_gets_one_hint(phrase: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_selector(phrase)
    (fault,) = refused.value.faults
    assert f'if it is the name of a street, write where = {{ names = ["{phrase}"] }}' in fault


def test_words_in_capitals_are_words(toy: StreetNetwork) -> None:
    assert parse_selector("Unlit Park Paths") == parse_selector("unlit park paths")
    with pytest.raises(ScenarioError) as refused:
        parse_selector("Unlit Park Path")  # nearly a word: told so, and not taken for a name
    assert "write paths" in str(refused.value.faults)


def test_nothing_chosen_counts_each_word(toy: StreetNetwork) -> None:
    text = fault(Area(selector="informal residential paths", part="all"), toy)
    assert '"informal" holds for 1, "residential" holds for 1 and "paths" holds for 6' in text


def test_middles_lie_half_way_along_bent_streets(helsinki: StreetNetwork) -> None:
    import shapely

    found = middles(helsinki)
    start = helsinki.vertex_start
    for row in range(0, len(helsinki.streets), 50):
        line = shapely.LineString(helsinki.vertices[start[row] : start[row + 1]])
        assert np.allclose(found[row], line.interpolate(0.5, normalized=True).coords[0], atol=1e-6)


def test_shipped_city_and_cases(helsinki: StreetNetwork) -> None:
    assert bind(load_scenario("baseline"), helsinki) == ()
    (lamps,) = bind(load_scenario("light-the-park-paths"), helsinki)
    streets = helsinki.streets
    assert lamps.segments.size == 40
    assert streets.in_park[lamps.segments].all()
    no_tag = streets.tagged_lit[lamps.segments] == -1
    assert (streets.tagged_lit[lamps.segments] <= 0).all()
    assert (streets.lamps_in_reach[lamps.segments][no_tag] == 0).all()
    assert streets.in_core[lamps.segments].all()  # cost and effect over the same streets
    assert lamps.quantity == np.ceil(streets.length_m[lamps.segments].sum() / 30)
    (nothing,) = bind(load_scenario("nothing-changes"), helsinki)
    assert nothing.segments.size == 0
    assert nothing.quantity == 0
    west, south, east, north = city_bounds(helsinki)
    assert west < helsinki.longitude < east
    assert south < helsinki.latitude < north


def test_binding_tells_all_faults_with_their_lines(toy: StreetNetwork) -> None:
    text = """format = 1
title = "t"
[[measures]]
kind = "lighting"
name = "a"
standard = "P4"
where = "primary streets"
[[measures]]
kind = "lighting"
name = "b"
standard = "P4"
[measures.where]
within = [[1, 1], [2, 1], [2, 2]]
names = [
  "Parkway",
  "Nowhere"]
"""
    with pytest.raises(ScenarioError) as caught:
        bind(parse_scenario(text, file="f.toml"), toy)
    starts = [re.match(r"f.toml:\d+: [^:]*", one) for one in caught.value.faults]
    assert [one[0] for one in starts if one] == [
        "f.toml:7: measures[1].where",
        "f.toml:16: measures[2].where.names[2]",
        "f.toml:13: measures[2].where.within",
    ]


def test_explanation_says_what_where_cost_and_grounds(toy: StreetNetwork) -> None:
    text = explain(load_scenario("light-the-park-paths"), toy)
    for phrase in ("0.20 km on 2 segments, 100% of it in the core", "7 lamps", "17,500 EUR (7,000 to 28,000; weak)"):
        assert phrase in text
    for phrase in ('standard = "P4"', "mostly in a park", "lamp_hazard_ratio", "assumption", "at home", "Sources"):
        assert phrase in text
    assert max(map(len, text.splitlines())) <= 100
    assert "no cost" in explain(load_scenario("nothing-changes"), toy)
    assert "No measures" in explain(load_scenario("baseline"), toy)
    assert "--city" in explain(load_scenario("light-the-park-paths"))


def as_json(name: str) -> Any:
    """A shipped case as JSON: dates become text."""
    return json.loads(json.dumps(tomllib.loads((LIBRARY / f"{name}.toml").read_text()), default=str))


def test_schema_accepts_the_shipped_cases_and_refuses_faults() -> None:
    written = json.loads(json.dumps(schema()))
    jsonschema.Draft202012Validator.check_schema(written)
    validator = jsonschema.Draft202012Validator(written)
    for name in list_cases():
        assert list(validator.iter_errors(as_json(name))) == []
    base = as_json("light-the-park-paths")
    changes: list[dict[str, Any]] = [
        {"min_lx": -1},
        {"kind": "lightning"},
        {"where": {}},
        {"where": 3},
        {"spacing": 30},
        {"standard": "P9"},
    ]
    for change in changes:
        assert not validator.is_valid({**base, "measures": [{**base["measures"][0], **change}]}), change
    without = {key: value for key, value in base["measures"][0].items() if key != "kind"}
    assert not validator.is_valid({**base, "measures": [without]})
    table = {"selector": "all paths", "within": [[24.9, 60.1], [25, 60.1], [25, 60.2]]}
    assert validator.is_valid({**base, "date": "2026-12-21", "measures": [{**base["measures"][0], "where": table}]})


def test_schema_describes_every_key() -> None:
    described = schema()
    for table in (described, described["$defs"]["Lighting"], described["$defs"]["Area"]["anyOf"][1]):
        for key, one in table["properties"].items():
            assert "description" in one or key == "currency", key
    assert "lx" in described["$defs"]["Lighting"]["properties"]["min_lx"]["description"]
    assert "unlit (tagged as unlit" in described["$defs"]["Area"]["anyOf"][0]["description"]


def test_the_core_is_meant_unless_the_case_says_otherwise(toy: StreetNetwork) -> None:
    core = select(Area(selector="segments"), toy)
    assert toy.streets.in_core[core].all()
    assert set(core) < set(select(Area(selector="segments", part="all"), toy))
    ring = select(Area(selector="ring segments"), toy)
    assert not toy.streets.in_core[ring].any()
    assert 'part = "all"' in fault(Area(selector="steps"), toy)


def test_streets_near_places_of_a_kind(helsinki: StreetNetwork) -> None:
    near = select(Area(near="school", reach_m=80.0, part="all"), helsinki)
    at = helsinki.places_of("school")
    schools = np.column_stack([helsinki.places.x_m[at], helsinki.places.y_m[at]])
    away = np.array([np.hypot(*(schools - middle).T).min() for middle in middles(helsinki)])
    assert near.tolist() == np.flatnonzero(away <= 80.0).tolist()
    lit = select(Area(near="school", reach_m=80.0, selector="lit streets", part="all"), helsinki)
    assert set(lit) < set(near)


def test_words_for_what_lies_along_a_street(helsinki: StreetNetwork) -> None:
    for word, kinds in (("nightlife", ["nightlife"]), ("school", ["school"]), ("care", ["care", "health"])):
        rows = np.concatenate([helsinki.places_of(kind) for kind in kinds])
        found = select(Area(selector=f"{word} segments", part="all"), helsinki)
        assert found.tolist() == np.unique(helsinki.places.segment[rows]).tolist()
    seldom = select(Area(selector="seldom-served stops", part="all"), helsinki)  # nothing departs there after midnight
    assert seldom.tolist() == np.unique(helsinki.stops.segment).tolist()
    assert select(Area(selector="stops", part="all"), helsinki).tolist() == np.unique(helsinki.stops.segment).tolist()


def layer_of(folder, shape, crs="EPSG:4326", name="area.geojson"):
    import geopandas

    path = folder / name
    geopandas.GeoDataFrame(geometry=shape, crs=crs).to_file(path)
    return path


CASE = """
format = 1
title = "In a layer"
[[measures]]
kind = "frontage"
name = "fronts"
where = { layer = "area.geojson", part = "all" }
"""


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3067"])
def test_an_area_may_be_drawn_in_a_file_beside_the_case(helsinki, tmp_path, crs):
    import pyproj
    import shapely

    box = shapely.box(24.938, 60.171, 24.951, 60.179)
    corners = Area(within=tuple(box.exterior.coords)[:-1], part="all")
    to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    dense = shapely.segmentize(box, 0.001)
    drawn = shapely.transform(dense, to.transform, interleaved=False)
    name = "area.geojson" if crs == "EPSG:4326" else "area.gpkg"
    layer_of(tmp_path, [drawn], crs, name)
    (tmp_path / "case.toml").write_text(CASE.replace("area.geojson", name))
    (measure,) = load_scenario(tmp_path / "case.toml").measures
    assert select(measure.where, helsinki).tolist() == select(corners, helsinki).tolist()
    (tmp_path / "other.toml").write_text(CASE.replace("layer =", "within =").replace("area.geojson", name))
    (other,) = load_scenario(tmp_path / "other.toml").measures
    assert other.where == measure.where


def test_a_layer_that_cannot_be_used_is_told_on_its_line(tmp_path):
    import shapely

    (tmp_path / "case.toml").write_text(CASE)
    with pytest.raises(ScenarioError, match=r"1 fault") as error:
        load_scenario(tmp_path / "case.toml")
    assert re.search(r"case.toml:7: .*no such file; expected a layer of polygons", error.value.faults[0])
    layer_of(tmp_path, [shapely.Point(24.94, 60.17)])
    with pytest.raises(ScenarioError) as error:
        load_scenario(tmp_path / "case.toml")
    assert "found Point, expected polygons only" in error.value.faults[0]


def test_a_layer_elsewhere_is_refused(helsinki, tmp_path):
    import shapely

    layer_of(tmp_path, [shapely.box(10.0, 50.0, 10.1, 50.1)])
    (tmp_path / "case.toml").write_text(CASE)
    with pytest.raises(ScenarioError, match="does not fit") as error:
        bind(load_scenario(tmp_path / "case.toml"), helsinki)
    assert "found a polygon outside the city" in error.value.faults[0]
