"""`network build` online: the same city as from a file, kept for offline use, and one clear error for each failure."""

import dataclasses
import sys

import pytest
import shapely

from simulator.errors import CityError, DownloadError, InputError
from street_networks import read_city
from street_networks.build import Order, build_city, check_order
from street_networks.online import download
from street_networks.online.asked_area import Ask, area_of, ask_faults, box_to_fetch
from street_networks.online.download import tags_to_fetch
from street_networks.places.places import read_kinds
from street_networks.places.waysides import read_wayside_kinds
from street_networks.sources.extract import read_extract

from overpass import DATE, Servers, serving
from rawdata import raw_file

pytest.importorskip("osmnx", reason="needs OSMnx: pip install osmnx")

from ..test_build import BASE, polygon_file, written

EAST, NORTH = BASE
BBOX = f"{EAST - 0.001},{NORTH - 0.001},{EAST + 0.007},{NORTH + 0.004}"


def place(name, shape, **facts):
    """One result of Nominatim."""
    west, south, east, north = shape.bounds
    middle = shape.representative_point()
    return {
        "place_id": 1,
        "osm_type": "relation",
        "osm_id": 7,
        "lat": str(middle.y),
        "lon": str(middle.x),
        "class": "boundary",
        "type": "administrative",
        "importance": 0.5,
        "name": name,
        "display_name": f"{name}, Testland",
        "boundingbox": [str(south), str(north), str(west), str(east)],
        "geojson": shapely.geometry.mapping(shape),
        **facts,
    }


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return written(tmp_path_factory.mktemp("town") / "town.osm.pbf", village=True, margin=0.1)


@pytest.fixture
def servers(town, monkeypatch):
    square = shapely.box(*map(float, BBOX.split(",")))
    places = {
        "Ringdorf": [place("Ringdorf", square)],
        "Zum Löwen": [place("Zum Löwen", shapely.Point(EAST, NORTH))],
        "Testland": [place("Testland", shapely.box(20, 59, 31, 70))],
    }
    with serving(Servers(read_extract(town), places)) as running:
        monkeypatch.setenv("AFTERDARK_OVERPASS", f"{running.url}/api")
        monkeypatch.setenv("AFTERDARK_NOMINATIM", f"{running.url}/")
        monkeypatch.setattr(download, "PAUSES_S", (0.01, 0.02))
        monkeypatch.setattr(download, "TIMEOUT_S", 1)
        yield running


@pytest.fixture
def order(tmp_path):
    return Order(out=tmp_path / "city.gpkg", ask=Ask(bbox=BBOX), cache=tmp_path / "kept", name="town")


def test_online_gives_the_city_that_the_file_gives(servers, order, town, tmp_path):
    online = build_city(order).network
    polygon = shapely.get_coordinates(shapely.box(*map(float, BBOX.split(",")))).tolist()
    within = polygon_file(tmp_path / "p.geojson", polygon)
    offline = build_city(Order(out=tmp_path / "f.gpkg", osm=town, within=within, name="town")).network
    for name in ("streets", "junctions", "places", "lamps", "stops"):
        one, two = getattr(online, name), getattr(offline, name)
        for field in dataclasses.fields(one):
            assert getattr(one, field.name).tolist() == getattr(two, field.name).tolist(), field.name
    assert not online.islands.any()  # the village lies beyond the ring
    assert online.metadata["data_date"] == DATE
    assert online.metadata["source"] == f"OpenStreetMap by Overpass, the box {BBOX}"
    assert "OpenStreetMap contributors" in online.metadata["attribution"]
    assert "ODbL" in online.metadata["licence"]
    assert all(agent.startswith("afterdark") for agent in servers.agents)


def test_what_was_fetched_is_kept_and_the_second_build_needs_no_network(servers, order, tmp_path):
    stages = []
    build_city(order, stages.append)
    assert stages[0] == "asking Overpass"
    assert servers.asked == ["/api/interpreter"]
    servers.failing = ["500"]
    again = dataclasses.replace(order, out=tmp_path / "again.gpkg")
    build_city(again)
    assert servers.asked == ["/api/interpreter"]
    assert again.out.read_bytes() == order.out.read_bytes()
    (kept,) = (tmp_path / "kept").iterdir()
    by_hand = build_city(Order(out=tmp_path / "hand.gpkg", osm=kept, name="town")).network
    assert by_hand.crs == read_city(order.out).crs  # what is kept is an extract like any other


def test_a_place_is_the_core_and_asked_for_once(servers, order, tmp_path):
    order = dataclasses.replace(order, ask=Ask(place="Ringdorf"))
    city = build_city(order).network
    assert city.streets.in_core.all()
    assert city.metadata["source"] == "OpenStreetMap by Overpass, the area of Ringdorf, Testland"
    assert servers.asked == ["/search", "/api/interpreter"]
    again = dataclasses.replace(order, out=tmp_path / "again.gpkg")
    build_city(again)
    assert len(servers.asked) == 2
    assert again.out.read_bytes() == order.out.read_bytes()


def test_a_point_and_a_radius_are_a_circle():
    ask = Ask(point="60.17,24.94", radius=500.0)
    assert ask_faults(ask) == []
    circle = area_of(ask)
    assert circle.centroid.x == pytest.approx(24.94, abs=1e-4)
    assert circle.centroid.y == pytest.approx(60.17, abs=1e-4)
    north_south = (circle.bounds[3] - circle.bounds[1]) * 111_412  # metres of a degree at this latitude
    assert north_south == pytest.approx(1000, abs=3)
    west, south, east, north = box_to_fetch(circle, "it")
    assert (north - south) * 111_412 == pytest.approx(1000 + 2 * 300, abs=8)
    assert (east - west) * 55_800 == pytest.approx(1000 + 2 * 300, abs=8)


def nothing_is_left(order):
    kept = [file.name for file in order.cache.iterdir()] if order.cache.exists() else []
    return not order.out.exists() and kept == []


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        (["slow"], "no answer within 1 s"),
        (["429"], "is busy (status 429), asked 3 times"),
        (["504"], "is busy (status 504), asked 3 times"),
        (["500"], "answered with status 500"),
        (["cut"], "cannot be read, cut off on the way or no map data"),
        (["text"], "cannot be read, cut off on the way or no map data"),
        (["remark"], "gave up halfway (runtime error: Query timed out)"),
    ],
)
@pytest.mark.parametrize("ask", [Ask(bbox=BBOX), Ask(place="Ringdorf")], ids=["bbox", "place"])
def test_each_failure_is_one_error_that_names_the_way_offline(servers, order, failing, said, ask):
    if ask.place and failing == ["remark"]:
        pytest.skip("Nominatim does not remark")
    servers.failing = failing
    with pytest.raises(DownloadError) as caught:
        build_city(dataclasses.replace(order, ask=ask))
    text = str(caught.value)
    assert said in text
    assert "--osm FILE" in text
    assert "extract.bbbike.org" in text
    assert nothing_is_left(order)


def test_a_busy_server_is_asked_again(servers, order):
    servers.failing = ["429", "504", ""]
    told = []
    build_city(order, told.append)
    assert told[:3] == ["asking Overpass", "Overpass is busy, waiting 0.01 s", "Overpass is busy, waiting 0.02 s"]
    assert order.out.is_file()


def test_without_a_network_the_way_offline_is_named(servers, order, monkeypatch):
    monkeypatch.setenv("AFTERDARK_OVERPASS", "http://127.0.0.1:9/api")  # nobody listens there
    with pytest.raises(DownloadError, match=r"cannot be reached.*--osm FILE"):
        build_city(order)
    assert nothing_is_left(order)


def test_without_osmnx_it_is_said(order, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmnx", None)
    with pytest.raises(DownloadError, match="need OSMnx"):
        build_city(order)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (Ask(place="Nowhere at all"), "knows no such place"),
        (Ask(place="Zum Löwen"), "--point 60.17000,24.94000 --radius 800"),
        (Ask(place="Testland"), "--place Testland, Testland: is more than a degree across"),
        (Ask(bbox="24,60,24.9,60.9"), "expected at most 200 km2"),
        (Ask(bbox="60.16,24.93,60.18,24.96"), "no streets there"),
        (Ask(point="24.94,60.17", radius=300.0), "did you mean --point 60.17,24.94?"),
        (Ask(bbox="60.16,24.93,60.18,24.96"), "did you mean --bbox 24.93,60.16,24.96,60.18?"),
        (Ask(bbox="24.93,24.96,60.16,60.18"), "the order is west,south,east,north"),
    ],
)
def test_areas_that_make_no_city_are_explained(servers, order, ask, said):
    with pytest.raises(CityError) as caught:
        build_city(dataclasses.replace(order, ask=ask))
    assert said in str(caught.value)
    assert not order.out.exists()
    assert not order.cache.exists() or not list(order.cache.glob("area*"))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (Ask(bbox="1,2,3"), "west,south,east,north"),
        (Ask(bbox="a,b,c,d"), "west,south,east,north"),
        (Ask(bbox="24.96,60.16,24.93,60.18"), "west < east"),
        (Ask(bbox="24.93,160.16,24.96,160.18"), "did you mean --bbox 160.16,24.93,160.18,24.96?"),
        (Ask(point="60.17"), "expected both"),
        (Ask(point="100.5,13.7", radius=500.0), "did you mean --point 13.7,100.5?"),
        (Ask(point="nan,13.7", radius=500.0), "expected latitude,longitude"),
        (Ask(point="13.7,100.5", radius=-5.0), "--radius -5: expected metres from 100 to"),
        (Ask(point="13.7,100.5", radius=float("nan")), "--radius nan: expected"),
        (Ask(place="  "), "--place: found nothing"),
        (Ask(place="Kallio", bbox=BBOX), "found --place and --bbox"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_network(order, ask, said):
    with pytest.raises(InputError) as caught:
        check_order(dataclasses.replace(order, ask=ask))
    assert said in str(caught.value)


def test_a_cache_that_cannot_be_written_is_told(servers, order, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="another folder with --cache"):
        build_city(dataclasses.replace(order, cache=tmp_path / "file"))
    assert servers.asked == []


@pytest.mark.slow
@pytest.mark.rawdata
def test_a_real_city_is_the_same_online_and_offline(monkeypatch, tmp_path):
    """Monaco from an Overpass that gives only what is asked for by tag, and from the whole extract."""
    path = raw_file("osm/monaco_2023_quackosm.osm.pbf")
    bbox = "7.418,43.730,7.430,43.742"
    polygon = shapely.get_coordinates(shapely.box(*map(float, bbox.split(",")))).tolist()
    with serving(Servers(read_extract(path))) as running:
        monkeypatch.setenv("AFTERDARK_OVERPASS", f"{running.url}/api")
        online = build_city(Order(out=tmp_path / "on.gpkg", ask=Ask(bbox=bbox), cache=tmp_path, name="m")).network
    within = polygon_file(tmp_path / "p.geojson", polygon)
    offline = build_city(Order(out=tmp_path / "off.gpkg", osm=path, within=within, name="m")).network
    assert len(online.streets) > 1000
    assert online.street_names == offline.street_names
    for name in ("streets", "junctions", "places", "lamps", "stops", "light_hours"):
        one, two = getattr(online, name), getattr(offline, name)
        for field in dataclasses.fields(one):
            assert getattr(one, field.name).tolist() == getattr(two, field.name).tolist(), (name, field.name)


def test_whatever_a_city_is_made_of_is_asked_for():
    """Piers, walls and building sites too: a city that is fetched lacks nothing that one out of a file has."""
    tags = tags_to_fetch(read_kinds(), read_wayside_kinds())
    assert tags["man_made"] == ["pier"]
    assert {"wall", "fence", "city_wall"} <= set(tags["barrier"])
    assert {"construction", "brownfield", "residential", "cemetery"} <= set(tags["landuse"])
    for rule in (*read_kinds(), *read_wayside_kinds()):
        assert tags[rule.key] is True or rule.value in tags[rule.key], rule
