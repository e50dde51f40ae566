"""Places of the shipped city and of Las Palmas: how many opening hours there are and how many are read."""

import datetime
import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
import shapely

from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.city.opening_hours import hours_fault, places_open
from simulator.errors import InputError
from street_networks.places.homes import Buildings
from street_networks.places.places import NOT_PUBLIC, TAGGED_KINDS, find_places, kind_of, read_kinds
from street_networks.sources.extract import Extract, Way
from street_networks.streets.walkable import walk_network

FRIDAY, TUESDAY = datetime.date(2026, 6, 5), datetime.date(2026, 6, 2)
DATA = os.environ.get("AFTERDARK_DATA")
needs_osmium = pytest.mark.skipif(importlib.util.find_spec("osmium") is None, reason="needs the extra 'recipe'")


def test_hours_of_the_shipped_city(helsinki: StreetNetwork) -> None:
    figures = {key: int(value) for key, value in helsinki.metadata.items() if key.startswith("opening_hours")}
    stops = helsinki.places_of("stop")
    written = np.setdiff1d(np.flatnonzero(helsinki.places.hours_index >= 0), stops)
    assert figures["opening_hours_read"] == written.size == 503
    assert figures["opening_hours_not_understood"] == 11
    assert not [text for text in helsinki.opening_hours if hours_fault(text)]


def test_a_bar_closes_later_on_friday_than_on_tuesday(helsinki: StreetNetwork) -> None:
    text = "Mo,Tu 15:00-23:00; We,Th 15:00-01:00; Fr,Sa 15:00-02:00; PH off"
    rows = np.flatnonzero(helsinki.places.hours_index == helsinki.opening_hours.index(text))
    assert rows.size
    friday, tuesday = (places_open(helsinki, date)[:, rows[0]] for date in (FRIDAY, TUESDAY))
    assert set(np.flatnonzero(friday)) == {*range(15, 24), 0, 1}
    assert set(np.flatnonzero(tuesday)) == set(range(15, 23))


@needs_osmium
@pytest.mark.skipif(DATA is None, reason="set AFTERDARK_DATA to the folder with osm/las_palmas_2023.osm.pbf")
def test_most_hours_of_las_palmas_are_read() -> None:
    """Every text of a tagged node or way, counted with osmium and not with our own reader."""
    import osmium

    path = Path(str(DATA)) / "osm" / "las_palmas_2023.osm.pbf"
    texts = [
        thing.tags["opening_hours"]
        for thing in osmium.FileProcessor(path).with_filter(osmium.filter.KeyFilter("opening_hours"))
    ]
    faulty = [text for text in texts if hours_fault(text)]
    assert (len(texts), len(faulty)) == (252, 5)
    assert "Lunes a Viernes de 8:00 a 16:00" in faulty


def test_every_kind_that_a_tag_makes_is_in_the_table() -> None:
    assert {rule.kind for rule in read_kinds()} - {""} == set(TAGGED_KINDS)
    assert set(PLACE_KINDS) - set(TAGGED_KINDS) == {"home", "work", "open_space", "gateway"}


@pytest.mark.parametrize("access", ["", "yes", "permissive", "private", "no", "customers", "permit"])
def test_toilets_for_everybody_are_places_for_which_nobody_sets_out(access: str) -> None:
    tags = {"amenity": "toilets", "opening_hours": "Mo-Su 09:30-16:00"} | ({"access": access} if access else {})
    nodes = {1: (0.0, 0.0), 2: (200.0, 0.0), 3: (100.0, 5.0)}
    extract = Extract(nodes, {3: tags}, {10: Way((1, 2), {"highway": "residential"})}, {}, (0, 0, 1, 1), "")
    walks = walk_network(extract, nodes)
    nobody = Buildings([], *(np.zeros(0) for _ in range(3)), {})
    edge = shapely.box(-500, -500, 500, 500)
    places, counts = find_places(extract, nodes, buildings=nobody, walks=walks, edge=edge, rules=read_kinds())
    found = [place for place in places if place.kind == "toilets"]
    if access in NOT_PUBLIC:
        assert not found
        assert counts["opening_hours_read"] == 0
    else:
        assert [(one.x_m, one.size, one.opening_hours) for one in found] == [(100.0, 0.0, "Mo-Su 09:30-16:00")]
        assert (found[0].opens_h, found[0].closes_h) == (7.0, 21.0)  # the usual ones, were none tagged


def test_the_shipped_city_has_the_toilets_of_its_map(helsinki: StreetNetwork) -> None:
    """18 in the extract, none of them for customers alone, two with hours; from 21:00 none is open."""
    rows = helsinki.places_of("toilets")
    assert rows.size == 18
    assert (helsinki.places.hours_index[rows] >= 0).sum() == 2
    open_now = places_open(helsinki, FRIDAY)[:, rows]
    assert open_now[12].all()
    assert not open_now[[*range(7), 21, 22, 23]].any()


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    table = tmp_path / "kinds.csv"
    table.write_text("\ufeffkey,value,kind,opens_h,closes_h\namenity,shebeen,nightlife,12,28\n", encoding="utf-8")
    rules = read_kinds(table)
    rule = kind_of({"amenity": "cafe;shebeen"}, rules)
    assert rule is not None
    assert (rule.kind, rule.opens_h, rule.closes_h) == ("nightlife", 12, 28)
    assert kind_of({"amenity": "bar"}, rules) is None


def test_every_fault_of_a_table_is_told_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "kinds.csv"
    rows = ["key,value,kind,opens_h,closes_h", "amenity,bar,pub,16,26", ",,shop,9,18", "shop,*,shop,nine,18"]
    rows += ["shop,kiosk,shop,7,23", "amenity,cafe,leisure,20,8", "amenity,club,leisure,20,26,more"]
    table.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_kinds(table)
    told = [fault.split(":")[0] for fault in caught.value.faults]
    assert told == [f"line {number}" for number in range(2, 8)]
    assert "line 5: shop,kiosk never counts: line 4 takes it" in caught.value.faults[3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"", "no column key, value"),
        (b"key,value\n", "no column kind"),
        (b"key,value,kind,opens_h,closes_h\n", "no rows"),
        (b"\xff\xfe\x00", "no column key"),
        (b'key,value,kind,opens_h,closes_h\namenity,"bar,nightlife,1,2', "unexpected end of data"),
    ],
)
def test_a_table_that_is_none(content: bytes | None, message: str, tmp_path: Path) -> None:
    table = tmp_path / "kinds.csv"
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_kinds(table)
