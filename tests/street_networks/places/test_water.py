"""Water for maps: areas by their tags, the sea to the right of coastlines, by hand on a square of one kilometre."""

import dataclasses

import pytest
import shapely

from street_networks.places.water import LAKE, SEA, find_water
from street_networks.sources.extract import Way

CUT = shapely.box(0.0, 0.0, 1000.0, 1000.0)


@dataclasses.dataclass
class Map:
    """What of an extract is read."""

    ways: dict[int, Way]
    relations: dict[int, object] = dataclasses.field(default_factory=dict)
    outline: object = None


def water_of(*lines, cut=CUT):
    """Water of lines, each its points and tags; points of the same place are one node."""
    points = sorted({point for line, _ in lines for point in line})
    nodes = {point: at for at, point in enumerate(points, start=1)}
    ways = {at: Way(tuple(nodes[point] for point in line), tags) for at, (line, tags) in enumerate(lines, start=1)}
    return find_water(Map(ways), {node: point for point, node in nodes.items()}, cut)


RING = ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0), (100.0, 100.0))
COAST = {"natural": "coastline"}


@pytest.mark.parametrize(
    "tags", [{"natural": "water"}, {"waterway": "riverbank"}, {"landuse": "reservoir"}, {"landuse": "basin"}]
)
def test_areas_of_water_are_found_with_their_name(tags):
    ((_, kind, name, shape),) = water_of((RING, {**tags, "name": "Pond"}))
    assert (kind, name, shape.area) == (LAKE, "Pond", 10_000.0)


@pytest.mark.parametrize(
    "tags", [{"leisure": "park"}, {"natural": "water", "intermittent": "yes"}, {"waterway": "river"}]
)
def test_what_is_no_water_or_mostly_dry_is_left_out(tags):
    assert water_of((RING, tags)) == []


def test_the_sea_lies_to_the_right_of_a_coastline():
    """A coast from south to north has land in the west (left) and the sea in the east; turned, the other way."""
    north = ((300.0, -50.0), (300.0, 500.0), (300.0, 1050.0))
    ((_, kind, name, sea),) = water_of((north, COAST))
    assert (kind, name, sea.bounds) == (SEA, None, (300.0, 0.0, 1000.0, 1000.0))
    ((_, _, _, sea),) = water_of((north[::-1], COAST))
    assert sea.bounds == (0.0, 0.0, 300.0, 1000.0)


def test_a_coast_that_the_cut_shortened_is_led_on_to_the_outline():
    ((_, _, _, sea),) = water_of((((300.0, 40.0), (300.0, 500.0), (300.0, 930.0)), COAST))
    assert sea.area == pytest.approx(700.0 * 1000.0)


def test_a_bay_between_two_ends_at_a_slanting_outline():
    """Ends a few metres short of an outline that no coordinate lies on exactly: the bay, about 400 by 300 m, is found."""
    cut = shapely.Polygon([(0.1, 0.3), (1000.7, 13.9), (993.3, 1007.1), (-11.7, 991.3)])
    bay = ((993.0, 300.3), (600.1, 300.7), (600.3, 600.1), (991.0, 600.9))
    ((_, kind, _, sea),) = water_of((bay, COAST), cut=cut)
    assert kind == SEA
    assert sea.area == pytest.approx(300.0 * 398.0, rel=0.02)


def test_two_ways_of_one_coast_are_one():
    first, second = ((300.0, -50.0), (300.0, 500.0)), ((300.0, 500.0), (300.0, 1050.0))
    assert [one[3].area for one in water_of((first, COAST), (second, COAST))] == [pytest.approx(700_000.0)]


def test_an_island_is_land_in_the_sea():
    """Land is on the left of a ring against the clock."""
    coast = ((300.0, -50.0), (300.0, 1050.0))
    island = ((600.0, 400.0), (700.0, 400.0), (700.0, 500.0), (600.0, 500.0), (600.0, 400.0))
    ((_, _, _, sea),) = water_of((coast, COAST), (island, COAST))
    assert sea.area == pytest.approx(700_000.0 - 10_000.0)


def test_a_coast_that_divides_nothing_tells_no_sea():
    assert water_of((((300.0, 400.0), (300.0, 600.0)), COAST)) == []
