"""Audits: what is kept, what is dropped, what is refused with its row."""

import datetime
import json

import numpy as np
import pyproj
import pytest

from simulator.city.audits import AUDIT_PARAMETERS
from simulator.errors import InputError
from street_networks import read_city, write_city
from street_networks.derive import City
from street_networks.ledger import entries_of
from street_networks.local_data.audits import add_audits

from cities import make_city

X, Y = 385_000.0, 6_672_000.0
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:32635", "EPSG:4326", always_xy=True)


@pytest.fixture
def city() -> City:
    """Two streets in a row, each 100 m: 0 -- 1 -- 2."""
    nodes = [(X + 100 * k, Y) for k in range(3)]
    return City(make_city(nodes, [(0, 1), (1, 2)], places=[("home", 0, 1.0)]), {})


def degrees(x, y):
    return TO_DEGREES.transform(X + x, Y + y)


def save(tmp_path, lines, heading="latitude,longitude,time,lighting,feeling"):
    path = tmp_path / "audits.csv"
    path.write_text("\n".join([heading, *lines]) + "\n")
    return path


def row(x, y, rest):
    longitude, latitude = degrees(x, y)
    return f"{latitude},{longitude},{rest}"


def faults_of(*arguments):
    with pytest.raises(InputError) as raised:
        add_audits(*arguments)
    return str(raised.value)


def test_points_are_snapped_and_those_too_far_are_counted(city, tmp_path):
    lines = [
        row(30, 10, "2024-05-17 21:40,1,2"),
        row(150, 29, "2024-05-17 09:10,3,"),
        row(50, 60, "2024-05-17 21:40,1,1"),
    ]
    network = add_audits(city, save(tmp_path, lines)).network
    audits = network.audits
    found = {
        (int(x - X), int(y - Y), int(s), AUDIT_PARAMETERS[p], float(r), int(h), str(m))
        for x, y, s, p, r, h, m in zip(
            audits.x_m,
            audits.y_m,
            audits.segment,
            audits.parameter,
            audits.rating,
            audits.hour,
            audits.month,
            strict=True,
        )
    }
    assert found == {
        (30, 10, 0, "lighting", 1, 21, "2024-05"),
        (30, 10, 0, "feeling", 2, 21, "2024-05"),
        (150, 29, 1, "lighting", 3, 9, "2024-05"),
    }
    assert "3 ratings of 2 audits" in network.metadata["audits"]
    assert "1 farther than 30 m" in network.metadata["audits"]
    read = entries_of(network.metadata)[-1]
    assert dict(read.by_rule) == {"farther than 30 m from any street": 1}
    assert read.used == read.read - 1


def test_nothing_of_who_audited_or_of_the_minute_is_in_the_file(city, tmp_path):
    heading = "id,auditor,email,phone,remarks,latitude,longitude,time,lighting"
    who = "device-8841,Amina Okoth,amina@example.org,+254700111222,walked home to Kaya Lane"
    longitude, latitude = degrees(30, 10)
    path = save(tmp_path, [f"{who},{latitude},{longitude},2024-05-17 21:47:33,1"], heading)
    made = add_audits(city, path)
    write_city(made.network, tmp_path / "city.gpkg", layers=made.layers)
    assert read_city(tmp_path / "city.gpkg").digest() == made.network.digest()
    held = (tmp_path / "city.gpkg").read_bytes() + repr(made).encode()
    for word in (*who.split(","), "Amina", "auditor", "email", "phone", "21:47", "2024-05-17", "05-17"):
        assert word.encode() not in held, word
    assert b"2024-05" in held


def test_order_of_rows_changes_nothing(city, tmp_path):
    lines = [
        row(30, 10, "2024-05-17 21:40,1,2"),
        row(150, 2, "2024-06-17 09:10,3,1"),
        row(30, 10, "2024-05-18 21:10,1,2"),
    ]
    one = add_audits(city, save(tmp_path, lines)).network
    assert len(one.audits) == 6  # the same rating twice in a month is two ratings
    assert add_audits(city, save(tmp_path, lines[::-1])).network.digest() == one.digest()


def test_an_hour_with_its_offset_is_put_on_the_citys_clock(city, tmp_path):
    made = add_audits(city, save(tmp_path, [row(30, 0, "2024-06-30T22:40:00Z,1,2")])).network
    assert set(made.audits.hour) == {1}
    assert set(made.audits.month) == {"2024-07"}
    assert datetime.datetime(2024, 7, 1, 1).month == 7


def test_a_walk_rates_the_segments_that_it_follows(city, tmp_path):
    line = [degrees(-5, 4), degrees(130, 4)]  # all of the first street, a third of the second
    properties = {"Lighting": 1, "who": "Amina", "when": "2024-05-17T20:10:00"}
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": line}}
    path = tmp_path / "walk.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    audits = add_audits(city, path, {"time": "when"}).network.audits
    assert audits.segment.tolist() == [0]
    assert (audits.x_m[0] - X, audits.rating[0], audits.hour[0]) == (50, 1, 20)


def test_any_csv_with_a_mapping_in_long_form(city, tmp_path):
    heading = "lat,lon,h,ym,aspect,score"
    lines = [row(30, 0, "22,2023-11,Walk Path,2"), row(30, 0, "22,2023-11,gender-usage,0")]
    mapping = {
        "latitude": "lat",
        "longitude": "lon",
        "hour": "h",
        "month": "ym",
        "parameter": "aspect",
        "rating": "score",
    }
    audits = add_audits(city, save(tmp_path, lines, heading), mapping).network.audits
    assert {AUDIT_PARAMETERS[code] for code in audits.parameter} == {"walk_path", "gender_usage"}


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("2024-05-17 21:40,7,2", "row 2: lighting '7', expected a rating from 0 to 3"),
        ("2024-05-17 21:40,good,2", "row 2: lighting 'good', expected a rating"),
        ("17 May at nine,1,2", "row 2: time '17 May at nine', expected such as"),
        ("2024-05-17,1,2", "row 2: time '2024-05-17', expected such as"),
        ("2024-05-17 21:40,,", "no ratings in any row"),
    ],
)
def test_bad_rows_are_refused(city, tmp_path, rest, told):
    assert told in faults_of(city, save(tmp_path, [row(30, 0, rest)]))


def test_an_unknown_parameter_names_the_nearest(city, tmp_path):
    path = save(tmp_path, [row(3, 0, "2024-05-17 21:40,1,2")], "latitude,longitude,time,lightning,feeling")
    assert "unknown parameter 'lightning', expected 'lighting'" in faults_of(city, path)
    path = save(tmp_path, [row(3, 0, "2024-05-17 21:40,felling,2")], "latitude,longitude,time,parameter,rating")
    assert "row 2: unknown parameter 'felling', expected one of the nine; nearest 'feeling'" in faults_of(city, path)
    assert "nearest 'lighting'" in faults_of(city, path, {"lightin": "time"})


def test_audits_of_another_place_are_explained(city, tmp_path):
    longitude, latitude = degrees(30, 0)
    swapped = save(tmp_path, [f"{longitude},{latitude},2024-05-17 21:40,1,2"])
    assert "are longitude and latitude swapped" in faults_of(city, swapped)
    assert "decimal degrees" in faults_of(city, save(tmp_path, ["60N,24E,2024-05-17 21:40,1,2"]))
    assert "columns latitude and longitude" in faults_of(city, save(tmp_path, ["2024-05-17 21:40,1"], "time,lighting"))


def test_a_city_without_audits_is_as_before(city):
    assert len(city.network.audits) == 0
    assert np.array_equal(city.network.audits.hour, [])
