"""Zones and population: checked by row, homes agree with the totals, and the file keeps both."""

import json

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from simulator.errors import InputError
from simulator.results import GENDERS
from simulator.zones import COUNTED_GENDERS
from street_networks import Layer, read_city, write_city
from street_networks.osm import City
from street_networks.population import add_population
from street_networks.zones import add_zones

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
    made = add_population(zoned, save(tmp_path, "zone,people\nWest,60\nFar,900\n")).network
    assert made.population.people.sum() == 60


def test_a_population_without_zones_is_explained(city, tmp_path):
    assert "--zones FILE" in faults_of(add_population, city, save(tmp_path, "zone,people\nWest,5\n"))
