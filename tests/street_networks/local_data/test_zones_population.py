"""Zones and population: checked by row, homes agree with the totals, and the file keeps both."""

import dataclasses
import json

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from simulator.city.network import PLACE_KINDS
from simulator.city.zones import COUNTED_GENDERS, Zones, ZoneStreets
from simulator.errors import InputError
from simulator.foundation.categories import GENDERS
from street_networks import Layer, read_city, write_city
from street_networks.derive import City
from street_networks.inspection.inspection import inspect_city
from street_networks.ledger import entries_of
from street_networks.local_data.population import add_population
from street_networks.local_data.zones import add_zones

from cities import make_city

CRS = "EPSG:32635"
X, Y = 385_000.0, 6_672_000.0  # near Helsinki, so that degrees and back are exact enough


@pytest.fixture
def city() -> City:
    """West and east zones of 300 x 100 m; homes for 30 in the west, none mapped in the east.

    ::

        0 -- 1 -- 2 | 3 -- 4 -- 5      x = 0, 100, 200, 300, 400, 500; the border at 250
    """
    nodes = [(X + 100 * k, Y) for k in range(6)]
    places = [("home", 0, 10.0), ("home", 1, 20.0), ("shop", 4, 1.0), ("gateway", 5, 1.0)]
    network = make_city(nodes, [(k, k + 1) for k in range(5)], places=places)
    core = np.array([shapely.MultiPolygon([shapely.box(X + 50, Y - 50, X + 450, Y + 50)])], object)
    places = Layer(None, {"name": np.array(["a", "b", None, None], object)})
    return City(network, {"zones": Layer(core, {"zone": np.array(["core"], object)}), "places": places})


def box(west, east, *, south=-50, north=50):
    return shapely.box(X + west, Y + south, X + east, Y + north)


def save_zones(path, shapes, names, *, crs="EPSG:4326"):
    to = pyproj.Transformer.from_crs(CRS, crs, always_xy=True)
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": json.loads(
                shapely.to_geojson(shapely.transform(shape, lambda xy: np.column_stack(to.transform(*xy.T))))
            ),
        }
        for shape, name in zip(shapes, names, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def zoned(city, tmp_path) -> City:
    path = save_zones(tmp_path / "zones.geojson", [box(-50, 250), box(250, 550)], ["West", "East"])
    return add_zones(city, path)


def homes_of(network, low, high):
    homes = network.places_of("home")
    x = network.places.x_m[homes] - X
    return network.places.size[homes][(x > low) & (x < high)].sum()


def save(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text)
    return path


def faults_of(call, *arguments):
    with pytest.raises(InputError) as raised:
        call(*arguments)
    return str(raised.value)


def test_genders_counted_are_those_of_results_first():
    assert COUNTED_GENDERS[:3] == GENDERS


def test_segments_lie_in_zones_by_their_length_and_the_core_remains(zoned):
    network = zoned.network
    assert sorted(network.zones.zone) == ["East", "West", "core"]
    found = {
        (int(network.streets.segment_id[s]), str(network.zones.zone[z])): float(share)
        for s, z, share in zip(
            network.zone_streets.segment, network.zone_streets.zone, network.zone_streets.share, strict=True
        )
    }
    expected = {(1000, "West"): 1, (1001, "West"): 1, (1002, "West"): 0.5, (1002, "East"): 0.5, (1003, "East"): 1,
                (1004, "East"): 1}  # fmt: skip
    assert found == pytest.approx(expected, abs=0.001)


def test_homes_agree_with_the_totals_and_unmapped_ones_are_spread(zoned, tmp_path):
    text = "zone,gender,age_from,age_until,people\nWest,woman,0,120,100\nWest,man,0,120,50\nEast,all,0,120,80\n"
    made = add_population(zoned, save(tmp_path, text)).network
    assert homes_of(made, -50, 250) == pytest.approx(150)
    homes = made.places_of("home")
    assert made.places.size[homes].sum() == pytest.approx(230)
    mapped = np.isin(made.places.place_id, (1, 2))
    assert made.places.size[mapped] == pytest.approx([50, 100])  # still one to two
    assert made.population.people.sum() == 230
    assert "3 homes spread" in made.metadata["population"]


@pytest.fixture
def built(zoned) -> City:
    """The western home at 0 as a building of 20 x 10 m, 5 m from the street, with its 10 residents and a shed with 0.4."""
    shapes = np.array([shapely.MultiPolygon([box(0, 20, south=5, north=15)]),
                       shapely.MultiPolygon([box(140, 160, south=5, north=15)])], object)  # fmt: skip
    layer = Layer(shapes, {"use": np.array(["house", "yes"], object), "residents": np.array([10.0, 0.4])})
    network = zoned.network
    places = dataclasses.replace(
        network.places,
        x_m=network.places.x_m + np.where(network.places.place_id == 1, 10, 0),
        y_m=network.places.y_m + np.where(network.places.place_id == 1, 10, 0),
        size=np.where(network.places.place_id == 2, 0.0, network.places.size),
    )
    return City(dataclasses.replace(network, places=places), {**zoned.layers, "buildings": layer})


def test_streets_are_overlooked_by_the_people_that_were_counted(built, tmp_path):
    """West: 10 residents become 40. East: nobody is mapped, 60 people live along 250 m of street."""
    layer = built.layers["buildings"]  # and an office over the middle of segment 3, in which nobody lives
    shapes = np.append(layer.shapes, shapely.MultiPolygon([box(340, 360, south=-5, north=5)]))
    columns = {"use": np.array(["house", "yes", "office"], object), "residents": np.array([10.0, 0.4, 0.0])}
    built = City(built.network, {**built.layers, "buildings": Layer(shapes, columns)})
    text = "zone,people\nWest,40\nEast,60\n"
    made = add_population(built, save(tmp_path, text))
    streets = made.network.streets
    assert made.layers["buildings"].columns["residents"] == pytest.approx([40, 1.6, 0])
    # of segment 0 (100 m and 25 m at either end) the whole outline of the first building is in sight, 60 of 60 m
    assert streets.overlooking_residents[0] == pytest.approx(100 * 40 / 150, abs=0.001)
    # segment 1 begins 80 m away; it sees the whole shed, and a quarter of the 12 people of segment 2
    assert streets.overlooking_residents[1] == pytest.approx(100 * (1.6 + 3) / 150, abs=0.001)
    # half of segment 2, all of 3 and 4: 60 people over 250 m, so 12, 24 and 24; each sees 25 m of its neighbour
    own, beside = 24 * 100 / 150, 100 * 25 / 100 / 150
    assert streets.overlooking_residents[4] == pytest.approx(own + 24 * beside, abs=0.01)
    assert streets.overlooking_residents[3] == pytest.approx(own + (12 + 24) * beside, abs=0.01)
    assert streets.overlooking_residents[2] == pytest.approx(12 * 100 / 150 + 24 * beside, abs=0.01)


def test_homes_that_were_counted_are_known_and_those_elsewhere_are_imputed(built, tmp_path):
    """West is counted: 40 residents. In the east one home of 10 stands in a building that says nothing of its use."""
    network = built.network
    places = dataclasses.replace(
        network.places,
        kind=np.where(
            network.places.place_id == 3, PLACE_KINDS.index("home"), network.places.kind
        ),  # the shop at 400 m
        size=np.where(network.places.place_id == 3, 10.0, network.places.size),
    )
    buildings = built.layers["buildings"]
    shapes = np.append(buildings.shapes, shapely.MultiPolygon([box(390, 410, south=-5, north=5)]))
    columns = {"use": np.array(["yes", "yes", "yes"], object), "residents": np.array([10.0, 0.4, 10.0])}
    there = City(dataclasses.replace(network, places=places), {**built.layers, "buildings": Layer(shapes, columns)})
    known = {}
    for text in ("zone,people\nWest,40\n", "zone,people\nWest,40\nEast,60\n"):
        made = add_population(there, save(tmp_path, text))
        write_city(made.network, tmp_path / "a.gpkg", layers=made.layers)
        told = inspect_city(tmp_path / "a.gpkg").confidence
        known[text] = {row.zone: (row.known, row.amount) for row in told if row.attribute == "homes"}
    west, both = known.values()
    assert west["city"] == (0.8, 50)
    assert (west["West"], west["East"]) == ((1, 40), (0, 10))
    assert (both["city"], both["East"]) == ((1, 100), (1, 60))
    write_city(there.network, tmp_path / "b.gpkg", layers=there.layers)
    (before,) = (
        row.known
        for row in inspect_city(tmp_path / "b.gpkg").confidence
        if (row.attribute, row.zone) == ("homes", "city")
    )
    assert before == 0


def test_overlooking_of_the_shipped_city_follows_the_people_counted(tmp_path):
    """One zone around central Helsinki, with about as many residents as its homes have, then with twice as many."""
    from street_networks import find_city
    from street_networks.city_file.contents import read_city_file

    read = read_city_file(find_city("helsinki-centre"))
    network = read.network
    west, south, east, north = shapely.total_bounds(shapely.points(network.vertices))
    network = dataclasses.replace(network, zones=Zones.empty(), zone_streets=ZoneStreets.empty())
    buildings = Layer(read.buildings.shapes, dict(read.buildings.columns))
    layers = {"buildings": buildings, "zones": Layer(read.zones.shapes, {"zone": np.array(["core"], object)})}
    around = shapely.box(west - 60, south - 60, east + 60, north + 60)
    zoned = add_zones(City(network, layers), save_zones(tmp_path / "z.geojson", [around], ["All"]))
    lived_in = network.places.size[network.places_of("home")].sum()
    before = network.streets.overlooking_residents
    for times in (1, 2):
        made = add_population(zoned, save(tmp_path, f"zone,people\nAll,{times * lived_in}\n")).network
        ratio = (
            made.places.size[made.places_of("home")].sum() / lived_in
        )  # the zone reaches a little beyond the streets
        assert ratio == pytest.approx(times, rel=0.1)
        assert made.streets.overlooking_residents == pytest.approx(ratio * before, abs=0.002 * times)


def test_a_file_keeps_zones_and_population(zoned, tmp_path):
    made = add_population(zoned, save(tmp_path, "zone,women_0_14,women_15_plus,men\nWest,5,20,30\n"))
    write_city(made.network, tmp_path / "city.gpkg", layers=made.layers)
    assert read_city(tmp_path / "city.gpkg").digest() == made.network.digest()
    info = pyogrio.read_info(tmp_path / "city.gpkg", layer="zones")
    assert info["geometry_type"] == "MultiPolygon"
    assert info["features"] == 3


def test_totals_beside_their_parts_count_nobody_twice(zoned, tmp_path):
    text = "zone,total,women,women_0_14,women_15_plus,men\nWest,55,25,5,20,30\n"
    made = add_population(zoned, save(tmp_path, text)).network
    assert sorted(made.population.people) == [5, 20, 30]
    assert homes_of(made, -50, 250) == pytest.approx(55)


def test_a_zone_partly_outside_counts_by_its_area_inside(city, tmp_path):
    path = save_zones(tmp_path / "z.geojson", [box(-50, 250, south=-50, north=150)], ["West"])
    made = add_population(add_zones(city, path), save(tmp_path, "zone,people\nWest,100\n")).network
    assert homes_of(made, -50, 250) == pytest.approx(50, rel=0.001)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("zone,people\nWset,5\n", "row 2: zone 'Wset', expected a zone of the city; nearest 'West'"),
        ("zone,people\nWest,-5\n", "row 2: people '-5', expected a number of people"),
        ("zone,people\nWest,many\n", "row 2: people 'many', expected a number of people"),
        ("zone,people,age_from,age_until\nWest,5,0,200\n", "row 2: age '200', expected whole years from 0 to 120"),
        ("zone,people,gender\nWest,5,wman\n", "row 2: gender 'wman', expected one of woman, man"),
        ("zone,people\nWest,5\nWest,6\n", "row 3: 'West', all, 0 to 120 again (row 2)"),
        ("zone,women,men,total\nWest,5,6,30\n", "row 2: 'West', all, 0 to 120: 30 people, expected 11"),
        ("zone,women_0_20,women_15_30\nWest,5,6\n", "overlap"),
        ("zone,what\nWest,5\n", "or headings such as women_0_14"),
        ("zone,people\nWest,5,6\n", "row 2: 3 cells, expected 2"),
        ("zone,people\nWest,5\nEast,0\n", "row 3: zone 'East' with nobody in it, expected somebody, or no row"),
        ("zone,gender,share,zone_people\nWest,f,0.5,9\nWest,m,0.4,9\n", "row 3: shares of 'West' that sum to 0.9"),
        ("zone,gender,share,zone_people\nWest,f,1.5,9\nWest,m,-0.5,9\n", "row 2: share '1.5', expected a share"),
        ("zone,share,zone_people\nWest,1,many\n", "row 2: people 'many', expected a number of people"),
        ("zone,share\nWest,1\n", "expected how many people the shares of a zone are of"),
        ("", "is empty"),
        ("zone,people\n", "holds no rows"),
    ],
)
def test_bad_populations_are_refused_with_the_row(zoned, tmp_path, text, told):
    assert told in faults_of(add_population, zoned, save(tmp_path, text))


def test_shares_of_a_zones_people_are_people(zoned, tmp_path):
    text = "zone,gender,share,zone_people\nWest,f,0.75,80\nWest,m,0.25,80\nEast,all,1,10\n"
    made = add_population(zoned, save(tmp_path, text)).network
    assert sorted(made.population.people) == [10, 20, 60]
    assert homes_of(made, -50, 250) == pytest.approx(80)


def test_all_faults_come_at_once(zoned, tmp_path):
    told = faults_of(add_population, zoned, save(tmp_path, "zone,people\nWest,-1\nWest,x\nNorth,5\n"))
    assert "3 faults" in told
    assert all(f"row {row}" in told for row in (2, 3, 4))


@pytest.mark.parametrize(
    ("shapes", "names", "told"),
    [
        ([box(-50, 250), box(200, 550)], ["a", "b"], "row 2: 'b' overlaps 'a' (row 1) by 17% of the smaller"),
        ([box(-50, 250), box(250, 550)], ["a", "a"], "row 2: zone 'a' again (row 1 has it)"),
        ([box(-50, 250)], ["Core"], "another name: the core is made with the city"),
        ([box(9000, 9500)], ["a"], "all zones lie outside the city"),
        ([shapely.Point(X, Y)], ["a"], "row 1: a Point, expected a polygon"),
        ([box(-50, 250)], [""], "1 to 80 characters"),
    ],
)
def test_bad_zones_are_refused_with_the_row(city, tmp_path, shapes, names, told):
    assert told in faults_of(add_zones, city, save_zones(tmp_path / "z.geojson", shapes, names))


def test_zones_outside_are_left_out_and_so_are_their_people(city, tmp_path):
    path = save_zones(tmp_path / "z.geojson", [box(-50, 250), box(9000, 9500)], ["West", "Far"])
    zoned = add_zones(city, path)
    assert set(zoned.network.zones.zone) == {"West", "core"}
    assert "1 outside the city left out" in zoned.network.metadata["zones"]
    assert dict(entries_of(zoned.network.metadata)[-1].by_rule) == {"outside the city": 1}
    made = add_population(zoned, save(tmp_path, "zone,people\nWest,60\nFar,900\n")).network
    assert made.population.people.sum() == 60


def test_a_population_without_zones_is_explained(city, tmp_path):
    assert "--zones FILE" in faults_of(add_population, city, save(tmp_path, "zone,people\nWest,5\n"))
