"""Gates, ways and parks that open by the hour, on a drawn map."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import shapely

from simulator.errors import CityError
from street_networks.city_file.geopackage import read_city, write_city
from street_networks.sources.areas import Area
from street_networks.streets.walkable import Piece
from street_networks.streets.way_hours import hours_of, way_hours


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"opening_hours": "Mo-Su 06:00-22:00"}, ("Mo-Su 06:00-22:00", True)),
        ({"access:conditional": "no @ (22:00-06:00)"}, ("22:00-06:00", False)),
        ({"foot:conditional": "private @ 22:00-06:00"}, ("22:00-06:00", False)),
        ({"access": "no @ (22:00-06:00)"}, ("22:00-06:00", False)),
        ({"access:conditional": "yes @ (Sa,Su); no @ (22:00-06:00)"}, ("22:00-06:00", False)),
        ({"access": "conditional=yes @ (Mo-Fr 08:00-20:00)"}, ("Mo-Fr 08:00-20:00", True)),
        ({"access:conditional": "yes @ (Mo-Fr 08:00-20:00)"}, None),
        ({"access:conditional": "destination @ (08:00-10:00)"}, None),
        ({"opening_hours": "when the keeper is there"}, None),
        ({"access:conditional": "no @ (weight > 3.5)"}, None),
        ({"opening_hours": "when the keeper is there", "foot:conditional": "no @ (0:00-5:00)"}, ("0:00-5:00", False)),
        ({"access": "private"}, None),
    ],
)
def test_what_tags_say(tags, expected):
    assert hours_of(tags) == expected


def piece(key, nodes, points, **tags):
    return Piece(key, "footway", tags, tuple(nodes), shapely.LineString(points), key)


PIECES = [
    piece(1, (1, 2, 3), [(0, 0), (50, 0), (100, 0)]),
    piece(2, (3, 4), [(100, 0), (130, 0)]),
    piece(3, (4, 5), [(130, 0), (200, 0)]),
    piece(4, (4, 6), [(130, 0), (130, 90)], opening_hours="07:00-21:00"),
]
NIGHT = {"barrier": "gate", "opening_hours": "06:00-22:00"}
NO_TUNNEL = np.zeros(4, bool)


def closes(gates=None, parks=(), is_tunnel=NO_TUNNEL):
    table, counts = way_hours(PIECES, gates or {}, parks, is_tunnel)
    return sorted(zip(table.segment.tolist(), table.hours.tolist(), table.says_open.tolist(), strict=True)), counts


OWN = (3, "07:00-21:00", True)


def test_a_way_s_own_hours():
    assert closes()[0] == [OWN]


def test_a_gate_closes_the_segment_on_which_it_stands():
    assert closes({2: NIGHT})[0] == [(0, "06:00-22:00", True), OWN]


def test_a_gate_where_two_meet_closes_the_shorter_one():
    assert closes({3: NIGHT})[0] == [(1, "06:00-22:00", True), OWN]


def test_a_gate_at_a_crossing_is_counted_and_so_is_what_cannot_be_read():
    found, counts = closes({4: NIGHT, 2: {"barrier": "gate", "opening_hours": "ask"}})
    assert found == [OWN]
    read = {"way_hours_read": 1, "way_hours_not_understood": 1, "gates_by_hour_at_crossings": 1, "parks_with_hours": 0}
    assert counts == read


@pytest.mark.parametrize(
    "tags", [{"barrier": "bollard", "opening_hours": "06:00-22:00"}, NIGHT | {"access": "private"}, {"barrier": "gate"}]
)
def test_what_is_no_gate_or_always_closed_or_always_open_has_no_hours(tags):
    assert closes({2: tags})[0] == [OWN]


def test_a_park_closes_the_segments_of_which_half_lie_in_it():
    park = Area("w", 9, {"leisure": "park", "opening_hours": "05:00-23:00"}, shapely.box(-1, -1, 60, 1))
    assert closes(parks=[park])[0] == [(0, "05:00-23:00", True), OWN]
    assert closes(parks=[park], is_tunnel=np.array([True, False, False, False]))[0] == [OWN]


def test_they_come_back_from_a_file_and_are_checked_there(small, tmp_path: Path):
    table, _ = way_hours(PIECES, {2: NIGHT}, [], NO_TUNNEL)
    some = table.take(table.segment == 0)
    city = dataclasses.replace(small, way_hours=some)
    write_city(city, tmp_path / "c.gpkg")
    assert read_city(tmp_path / "c.gpkg").way_hours.hours.tolist() == ["06:00-22:00"]
    wrong = dataclasses.replace(some, hours=np.array(["ask the keeper"]))
    write_city(dataclasses.replace(small, way_hours=wrong), tmp_path / "d.gpkg")
    with pytest.raises(CityError, match="way_hours"):
        read_city(tmp_path / "d.gpkg")
    write_city(small, tmp_path / "e.gpkg")
    assert not len(read_city(tmp_path / "e.gpkg").way_hours)
