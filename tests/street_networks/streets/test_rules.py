"""Rules that make streets, areas, homes and places out of tags, on drawn extracts."""

import numpy as np
import pytest
import shapely

from street_networks.keys import stable_key
from street_networks.places import homes, overlooking, places
from street_networks.sources import areas
from street_networks.sources.extract import Extract, Relation, Way, present_runs
from street_networks.streets import walkable


def _extract(nodes: dict[int, tuple[float, float]], ways: dict[int, Way], **more: dict) -> Extract:
    return Extract(
        nodes=nodes,
        node_tags=more.get("node_tags", {}),
        ways=ways,
        relations=more.get("relations", {}),
        box=(0, 0, 1, 1),
        newest="2019-04-21T00:00:00Z",
    )


def _walk(nodes: dict[int, tuple[float, float]], ways: dict[int, Way]) -> walkable.WalkNetwork:
    return walkable.walk_network(_extract(nodes, ways), nodes)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway"}, "footway"),
        ({"highway": "footway", "footway": "sidewalk"}, "footway"),
        ({"highway": "crossing"}, "footway"),
        ({"highway": "steps"}, "steps"),
        ({"highway": "living_street"}, "living_street"),
        ({"highway": "cycleway"}, "cycleway"),
        ({"highway": "cycleway", "foot": "no"}, None),
        ({"highway": "residential"}, "residential"),
        ({"highway": "primary_link"}, "primary"),
        ({"highway": "primary", "sidewalk": "separate"}, None),
        ({"highway": "motorway"}, None),
        ({"highway": "trunk", "sidewalk": "both"}, "primary"),
        ({"highway": "footway", "access": "private"}, None),
        ({"highway": "footway", "access": "no", "foot": "permissive"}, "footway"),
        ({"highway": "footway", "indoor": "yes"}, None),
        ({"highway": "service", "service": "parking_aisle"}, None),
        ({"highway": "service", "tunnel": "yes"}, None),
        ({"highway": "service", "tunnel": "building_passage"}, "service"),
        *(
            ({"highway": word}, None)
            for word in ("trail", "corridor", "elevator", "proposed", "construction", "platform")
        ),
        ({"building": "yes"}, None),
    ],
)
def test_what_can_be_walked(tags: dict[str, str], expected: str | None) -> None:
    assert walkable.street_class(tags) == expected


def test_missing_nodes_are_stripped_and_pieces_kept() -> None:
    runs = present_runs(Way((1, 2, 90, 3, 4, 4, 5, 91, 6), {}), dict.fromkeys(range(1, 7), 0))
    assert runs == [([1, 2], False, True), ([3, 4, 5], True, True)]


def test_streets_are_split_where_ways_meet_and_ways_keep_their_bends() -> None:
    r"""Way 10 runs 1-2-3-4, way 11 leaves it at 3 for 5; node 2 is only a bend."""
    nodes = {1: (0.0, 0.0), 2: (50.0, 5.0), 3: (100.0, 0.0), 4: (150.0, 0.0), 5: (100.0, 60.0)}
    found = _walk(nodes, {10: Way((1, 2, 3, 4), {"highway": "footway"}), 11: Way((3, 5), {"highway": "path"})})
    assert sorted(piece.nodes for piece in found.pieces) == [(1, 2, 3), (3, 4), (3, 5)]
    assert found.counts["walkable_m"] == pytest.approx(sum(piece.line.length for piece in found.pieces))


def test_islands_are_kept_and_fragments_dropped_and_both_counted() -> None:
    """Way 10 is the town; 11 a stub far away; 12 a gap in the map beside the town; 13 a village over the river."""
    ends = {10: ((0, 0), (900, 0)), 11: ((2000, 0), (2030, 0)), 12: ((0, 50), (400, 50)), 13: ((0, 300), (400, 300))}
    nodes = {10 * way + end: tuple(map(float, at)) for way, both in ends.items() for end, at in enumerate(both)}
    found = _walk(nodes, {way: Way((10 * way, 10 * way + 1), {"highway": "footway"}) for way in ends})
    assert sorted(piece.way for piece in found.pieces) == [10, 13]
    assert (found.counts["fragments_dropped"], found.counts["fragments_dropped_m"]) == (2, 430)
    assert (found.counts["islands"], found.counts["islands_m"]) == (1, 400)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, False),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "gate", "foot": "no"}, True),
        ({"barrier": "lift_gate", "access": "private"}, False),  # a bar for cars
        ({"barrier": "bollard", "access": "no"}, False),
        ({"barrier": "gate", "opening_hours": "8:00-17:00"}, False),
    ],
)
def test_which_gates_are_closed(tags: dict[str, str], expected: bool) -> None:
    assert walkable.is_closed_gate(tags) is expected


def test_a_closed_gate_parts_a_way_but_not_the_outline_of_a_square() -> None:
    """Way 10 runs 1-2-3-4-5 through a gate at 3; 11 is a square that the gate stands at; 12 leaves the cut after 7."""
    nodes = {1: (0.0, 0.0), 2: (600.0, 0.0), 3: (605.0, 0.0), 4: (610.0, 0.0), 5: (1210.0, 0.0)}
    nodes |= {6: (605.0, 300.0), 7: (0.0, -600.0)}
    ways = {
        10: Way((1, 2, 3, 4, 5), {"highway": "footway", "opening_hours": "8:00-17:00"}),
        11: Way((3, 4, 6, 3), {"highway": "pedestrian", "area": "yes"}),
        12: Way((1, 7, 99), {"highway": "footway"}),
    }
    gates = {3: {"barrier": "gate", "access": "private"}, 7: {"barrier": "gate", "opening_hours": "8:00-17:00"}}
    found = walkable.walk_network(_extract(nodes, ways, node_tags=gates), nodes)
    walked = {(piece.way, piece.nodes) for piece in found.pieces}
    assert {nodes for way, nodes in walked if way == 10} == {(1, 2), (4, 5)}
    assert sum(piece.line.length for piece in found.pieces if piece.way == 11) == pytest.approx(5 + 2 * 300, abs=1)
    assert found.leaving == {7: ["footway"]}
    assert [found.counts[f"{word}_with_hours"] for word in ("gates", "ways")] == [1, 1]
    assert found.counts["gates_closed"] == 1


def test_of_segments_drawn_twice_one_stays() -> None:
    """A square's outline with a footway on one side of it, the other way round; a footway between the same ends stays."""
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (100.0, 80.0), 4: (0.0, 80.0), 5: (200.0, 0.0), 6: (50.0, -20.0)}
    ways = {
        10: Way((1, 2, 3, 4, 1), {"highway": "pedestrian", "area": "yes", "lit": "yes"}),
        11: Way((2, 1), {"highway": "footway"}),
        12: Way((1, 6, 2), {"highway": "footway"}),
        13: Way((2, 5), {"highway": "footway"}),
        14: Way((2, 5), {"highway": "cycleway", "lit": "no"}),
    }
    found = _walk(nodes, ways)
    assert sorted((piece.way, piece.nodes) for piece in found.pieces) == [
        (10, (2, 3, 4, 1)),
        (11, (2, 1)),
        (12, (1, 6, 2)),
        (14, (2, 5)),
    ]
    assert (found.counts["copies_dropped"], found.counts["copies_dropped_m"]) == (2, 200)
    assert found.counts["walkable_m"] == pytest.approx(100 + 80 + 100 + 80 + 100 + 2 * np.hypot(50, 20))


def test_a_road_with_mapped_pavements_is_not_walked_but_one_without_is() -> None:
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (0.0, 8.0), 4: (100.0, 8.0), 5: (300.0, 0.0)}
    ways = {
        10: Way((1, 2), {"highway": "primary"}),
        11: Way((3, 4), {"highway": "footway"}),
        12: Way((4, 2), {"highway": "footway"}),
        13: Way((2, 5), {"highway": "primary"}),
    }
    found = _walk(nodes, ways)
    assert sorted(piece.way for piece in found.pieces) == [11, 12, 13]
    assert found.counts["roads_with_mapped_pavements_m"] == 100


def test_ways_that_leave_the_cut_are_ways_in() -> None:
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0)}
    found = _walk(nodes, {10: Way((1, 2, 99), {"highway": "footway"})})
    assert found.leaving == {2: ["footway"]}


def test_keys_are_stable_and_doubles_hold_them() -> None:
    assert (
        stable_key("segment", 10, 1, 3, 0) == stable_key("segment", 10, 1, 3, 0) != stable_key("segment", 10, 1, 4, 0)
    )
    assert 0 <= stable_key("segment", 10, 1, 3, 0) < 2**52


def test_a_polygon_that_crosses_itself_is_repaired() -> None:
    nodes = {1: (0.0, 0.0), 2: (10.0, 10.0), 3: (10.0, 0.0), 4: (0.0, 10.0)}
    extract = _extract(nodes, {10: Way((1, 2, 3, 4, 1), {"leisure": "park"})})
    found, counts = areas.find_areas(extract, nodes, lambda tags: "leisure" in tags)
    assert found[0].shape.is_valid
    assert found[0].shape.area == pytest.approx(50)
    assert counts["polygons_repaired"] == 1


def test_a_polygon_that_the_cut_opened_is_closed() -> None:
    nodes = {1: (0.0, 0.0), 2: (10.0, 0.0), 3: (10.0, 10.0), 4: (0.0, 10.0)}
    extract = _extract(nodes, {10: Way((1, 2, 3, 4, 99, 1), {"leisure": "park"})})
    found, counts = areas.find_areas(extract, nodes, lambda tags: "leisure" in tags)
    assert found[0].shape.area == pytest.approx(100)
    assert counts["polygons_cut"] == 1


def test_a_relation_has_holes() -> None:
    nodes = dict(enumerate([(0, 0), (10, 0), (10, 10), (0, 10), (4, 4), (6, 4), (6, 6), (4, 6)], 1))
    ways = {10: Way((1, 2, 3), {}), 11: Way((3, 4, 1), {}), 12: Way((5, 6, 7, 8, 5), {})}
    members = (("w", 10, "outer"), ("w", 11, "outer"), ("w", 12, "inner"))
    relation = Relation(members, {"type": "multipolygon", "leisure": "park"})
    extract = _extract(nodes, ways, relations={7: relation})
    found, _ = areas.find_areas(extract, nodes, lambda tags: "leisure" in tags)
    assert found[0].shape.area == pytest.approx(96)


def test_residents_follow_from_floor_area() -> None:
    nodes = {1: (0.0, 0.0), 2: (20.0, 0.0), 3: (20.0, 20.0), 4: (0.0, 20.0)}
    tags = {"building": "apartments", "building:levels": "4"}
    found = homes.find_buildings(_extract(nodes, {10: Way((1, 2, 3, 4, 1), tags)}), nodes)
    assert found.residents[0] == pytest.approx(1600 * 0.75 / 41, abs=0.06)
    assert found.jobs[0] == 0


@pytest.mark.parametrize(
    ("stated", "assumed", "levels"), [("4", 1.5, 4.0), ("many", 1.5, 1.5), ("0", 1.5, 1.5), ("", None, 5.0)]
)
def test_levels_that_the_user_knows_hold_where_a_building_states_none(stated, assumed, levels) -> None:
    nodes = {1: (0.0, 0.0), 2: (20.0, 0.0), 3: (20.0, 20.0), 4: (0.0, 20.0)}
    tags = {"building": "house", "building:levels": stated}
    found = homes.find_buildings(_extract(nodes, {10: Way((1, 2, 3, 4, 1), tags)}), nodes, assumed)
    assert found.levels[0] == levels
    assert found.residents[0] == pytest.approx(400 * levels * 0.75 / 41, abs=0.06)


def test_overlooking_counts_the_windows_within_reach() -> None:
    outlines = np.array([shapely.boundary(shapely.box(0, 0, 20, 20))], object)
    near, far = shapely.LineString([(0, -10), (20, -10)]), shapely.LineString([(0, -90), (20, -90)])
    lines, residents = np.array([near, far], object), np.array([40.0])
    seen = overlooking.overlooking_residents(lines, outlines, residents, is_tunnel=np.array([False, False]))
    # the south front (20 m) and 15 m of both sides: 50 of 80 m of outline, seen from 20 + 2 x 25 m
    assert seen[0] == pytest.approx(40 * 50 / 80 * 100 / 70, rel=1e-3)
    assert seen[1] == 0
    below = overlooking.overlooking_residents(lines, outlines, residents, is_tunnel=np.array([True, True]))
    assert not below.any()


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "pub"}, "nightlife"),
        ({"amenity": "nightclub;restaurant"}, "nightlife"),
        ({"amenity": "restaurant;bar"}, "nightlife"),
        ({"amenity": "restaurant"}, "leisure"),
        ({"amenity": "kindergarten"}, "care"),
        ({"amenity": "university"}, "school"),
        ({"shop": "clothes"}, "shop"),
        ({"shop": "vacant"}, None),
        ({"highway": "bus_stop"}, "stop"),
        ({"tourism": "museum"}, "culture"),
        ({"amenity": "bench"}, None),
    ],
)
def test_kinds_of_place(tags: dict[str, str], kind: str | None) -> None:
    rule = places.kind_of(tags, places.read_kinds())
    assert (rule.kind if rule else None) == kind
