"""Inspection: figures against sums made in SQL on the file, a drawn city with an island, words and zones."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
import shapely

from simulator.city.network import StreetNetwork
from street_networks import Layer, find_city, write_city
from street_networks.city_file.contents import read_city_file
from street_networks.inspection.inspection import RULES, component_of, confidence_word, inspect_city

from cities import make_city


@pytest.fixture(scope="module")
def told():
    return inspect_city(find_city("helsinki-centre"))


def ask(question: str) -> list[tuple]:
    with sqlite3.connect(find_city("helsinki-centre")) as file:
        return file.execute(question).fetchall()


def known(told, attribute: str, zone: str) -> float | None:
    (share,) = (row.known for row in told.confidence if (row.attribute, row.zone) == (attribute, zone))
    return share


def test_lengths_are_those_of_the_file(told) -> None:
    figures = told.figures["network"]
    for name, condition in (
        ("walkable_km", "1"),
        ("in_core_km", "in_core"),
        ("in_ring_km", "NOT in_core"),
        ("in_parks_km", "in_park"),
        ("steps_km", "is_steps"),
        ("tunnels_km", "is_tunnel"),
    ):
        ((km,),) = ask(f"SELECT sum(length_m) / 1000 FROM streets WHERE {condition}")
        assert figures[name] == pytest.approx(km, abs=0.006), name
    classes = dict(ask("SELECT street_class, sum(length_m) / 1000 FROM streets GROUP BY street_class"))
    assert told.streets_km == pytest.approx(classes, abs=0.006)


def test_shares_of_light_are_those_of_the_file(told) -> None:
    light = told.figures["light"]
    for name, condition in (
        ("tagged_lit", "tagged_lit = 'yes'"),
        ("tagged_unlit", "tagged_lit = 'no'"),
        ("lamp_near_untagged", "tagged_lit = 'unknown' AND lamps_in_reach > 0"),
        ("imputed", "tagged_lit = 'unknown' AND lamps_in_reach = 0"),
    ):
        ((share,),) = ask(f"SELECT sum(length_m * ({condition})) / sum(length_m) FROM streets")
        assert light[f"{name}_share"] == pytest.approx(share, abs=0.0001), name
    parts = ("tagged_lit", "tagged_unlit", "lamp_near_untagged", "imputed")
    assert sum(light[f"{name}_share"] for name in parts) == pytest.approx(1, abs=0.0003)


def test_venues_with_and_without_hours(told) -> None:
    for kind, count, tagged in ask("SELECT kind, count(*), count(opening_hours) FROM places GROUP BY kind"):
        assert told.places[kind]["places"] == count
        if "with_opening_hours" in told.places[kind]:
            assert told.places[kind]["with_opening_hours"] == tagged
            assert told.places[kind]["without_opening_hours"] == count - tagged
    assert "with_opening_hours" not in told.places["home"]


def test_confidence_is_a_share_known_by_zone(told) -> None:
    for zone, where in (("city", "1"), ("core", "in_core"), ("ring", "NOT in_core")):
        ((light,),) = ask(f"SELECT sum(length_m * NOT light_imputed) / sum(length_m) FROM streets WHERE {where}")
        assert known(told, "light", zone) == pytest.approx(light, abs=0.0001)
        ((hours,),) = ask(
            "SELECT avg(opening_hours IS NOT NULL) FROM places JOIN streets USING (segment_id) WHERE kind NOT IN "
            f"('home', 'work', 'stop', 'open_space', 'gateway') AND {where}"
        )
        assert known(told, "venue hours", zone) == pytest.approx(hours, abs=0.0001)
        stops = "stops s JOIN streets USING (segment_id) WHERE s.kind != 'taxi'"
        ((names,),) = ask(f"SELECT avg(s.name IS NOT NULL) FROM {stops} AND {where}")
        assert known(told, "stop names", zone) == pytest.approx(names, abs=0.0001)
    ((homes,),) = ask("SELECT sum(residents * (use NOT IN ('yes', 'block'))) / sum(residents) FROM buildings")
    assert known(told, "homes", "city") == pytest.approx(homes, abs=0.0001)
    assert {row.attribute for row in told.confidence} == set(RULES)
    assert told.zones == ("city", "core", "ring")


def test_words_have_thresholds() -> None:
    shares = (1.0, 0.8, 0.7999, 0.5, 0.4999, 0.0, None)
    assert [confidence_word(share) for share in shares] == ["good", "good", "fair", "fair", "poor", "poor", "nothing"]


@pytest.fixture
def archipelago() -> StreetNetwork:
    """A main street of 300 m with 10 residents, an island of 50 m with 4, one of 20 m, and a lonely junction.

    ::

        0 --- 1 --- 2 --- 3      4 - 5      6-7      8
    """
    nodes = [(0, 0), (100, 0), (200, 0), (300, 0), (0, 200), (50, 200), (0, 400), (20, 400), (900, 900)]
    return make_city(
        nodes,
        [(4, 5), (0, 1), (1, 2), (2, 3), (6, 7)],
        places=[("home", 0, 10.0), ("home", 5, 4.0), ("nightlife", 2, 1.0)],
        core=(2,),
    )


def test_islands_and_the_people_on_them(archipelago: StreetNetwork, tmp_path: Path) -> None:
    assert component_of(archipelago)[:8].tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    write_city(archipelago, tmp_path / "a.gpkg")
    figures = inspect_city(tmp_path / "a.gpkg").figures["network"]
    assert (figures["islands"], figures["on_islands_km"], figures["residents_on_islands"]) == (2, 0.07, 4.0)


def test_what_is_not_there_is_not_invented(archipelago: StreetNetwork, tmp_path: Path) -> None:
    write_city(archipelago, tmp_path / "a.gpkg")
    told = inspect_city(tmp_path / "a.gpkg")
    assert known(told, "homes", "city") == 0.0  # 14 residents, and no building says where from
    assert known(told, "building levels", "city") is None
    assert known(told, "timetable", "city") is None
    assert known(told, "venue hours", "city") == 0.0
    assert known(told, "venue hours", "ring") is None or known(told, "venue hours", "core") is None
    assert told.provenance.get("licence") is None
    assert told.as_dict()["places"]["nightlife"]["places"] == 1


def test_zones_of_the_file_are_judged_too(archipelago: StreetNetwork, tmp_path: Path) -> None:
    west = shapely.MultiPolygon([shapely.box(-10, -10, 120, 600)])
    empty = shapely.MultiPolygon([shapely.box(5000, 5000, 5001, 5001)])
    layers = {
        "zones": Layer(np.array([west, empty], object), {"zone": np.array(["West", "Nowhere"], object)}),
        "notes": Layer(np.array([west], object), {"text": np.array(["mine"], object)}),
    }
    write_city(archipelago, tmp_path / "a.gpkg", layers=layers)
    told = inspect_city(tmp_path / "a.gpkg")
    assert told.zones == ("city", "core", "ring", "West")
    (row,) = (row for row in told.confidence if (row.attribute, row.zone) == ("light", "West"))
    assert (row.known, row.amount, row.unit) == (1.0, pytest.approx(0.2, abs=0.05), "km")
    assert told.further_layers == {"notes": 1}


def test_layers_that_cannot_be_used_are_left_out(archipelago: StreetNetwork, tmp_path: Path) -> None:
    bow = shapely.MultiPolygon([shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])])
    layers = {"buildings": Layer(np.array([bow, None], object), {"use": np.array([None, "house"], object)})}
    write_city(archipelago, tmp_path / "a.gpkg", layers=layers)
    read = read_city_file(tmp_path / "a.gpkg")
    assert len(read.buildings) == 1
    assert read.buildings.shapes[0].is_valid
    assert read.buildings.texts("use") == [""]
    assert read.buildings.numbers("residents").tolist() == [0.0]
