"""Destinations on drawn cities: ways out lie in the direction that was drawn, places near the point that was wished."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from simulator.agenda.destinations import WANTS, Destinations, hours_left
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import HOUR_MS, HOURS

from cities import grid_city, make_city

CENTRAL = draw_parameters(1, -1)
EVER = np.ones(HOURS)


def line_city():
    r"""One street of 2 km with a way out at each end, two shops, and homes in the middle.

    ::

        gateway -- shop -- home -- big shop -- gateway
          0        500     1000      1500        2000
    """
    nodes = [(500.0 * at, 0.0) for at in range(5)]
    places = [("gateway", 0, 1.0), ("shop", 1, 1.0), ("home", 2, 100.0), ("shop", 3, 9.0), ("gateway", 4, 1.0)]
    return make_city(nodes, [(0, 1), (1, 2), (2, 3), (3, 4)], places=places)


def destinations(city, shut=()):
    is_open = np.ones((HOURS, len(city.places)), bool)
    for place, hour in shut:
        is_open[hour, place] = False
    return Destinations(city, CENTRAL, is_open, EVER)


def many(value, count=1):
    return np.full(count, value)


@pytest.mark.parametrize(("x", "gateway"), [(-5000.0, 0), (9000.0, 4), (2100.0, 4)])
def test_the_way_out_lies_in_the_direction_of_where_one_goes(x, gateway):
    start, end = (many(1000.0), many(0.0)), (many(x), many(0.0))
    assert destinations(line_city()).way_out(start, end, many(0)).tolist() == [gateway]


def test_no_way_leads_out_over_the_sea():
    start, end = (many(1000.0), many(0.0)), (many(1000.0), many(5000.0))
    found = destinations(line_city()).way_out(start, end, many(0), near_only=True)
    assert found.tolist() == [-1]


def test_a_wish_within_the_district_stays_in_it_and_a_longer_one_leaves():
    variate = np.random.default_rng(0).random((2, 500))
    here = (many(1000.0, 500), many(0.0, 500))
    shop, island = many(WANTS.index("shop"), 500), many(0, 500)
    near = destinations(line_city()).towards(here, many(500.0, 500), shop, island, (variate[0], variate[1]))
    assert near.inside.mean() > 0.95
    east = (near.x_m > 1000.0)[near.inside].mean()
    assert 0.8 < east < 0.98, "nine tenths of the shops lie to the east"
    far = destinations(line_city()).towards(here, many(4000.0, 500), shop, island, (variate[0], variate[1]))
    assert not far.inside.any()
    np.testing.assert_allclose(np.hypot(far.x_m - 1000.0, far.y_m), 4000.0)
    along = np.abs(far.y_m) < 0.25 * np.abs(far.x_m - 1000.0)
    assert along.mean() > 2 * 4 * np.arctan(0.25) / (2 * np.pi), "along the street rather than into the sea"


def test_the_nearest_open_place_is_taken():
    city = line_city()
    point, one = (many(500.0, 300), many(0.0, 300)), np.ones(300, int)
    variate = np.random.default_rng(1).random(300)
    shop = many(WANTS.index("shop"), 300)
    usual = destinations(city).near(point, shop, 0 * one, 12 * one, variate, not_at=2 * one)
    pull = 1.0, 9.0 / (1.0 + (1000.0 / CENTRAL.destination_tolerance) ** 2)
    assert (usual == 1).mean() == pytest.approx(pull[0] / sum(pull), abs=0.06)
    shut = destinations(city, shut=[(1, 12)])
    assert set(shut.near(point, shop, 0 * one, 12 * one, variate, not_at=2 * one)) == {3}
    both = destinations(city, shut=[(1, 12), (3, 12)])
    assert set(both.near(point, shop, 0 * one, 12 * one, variate, not_at=2 * one)) == {-1}
    assert set(destinations(city).near(point, shop, 0 * one, 12 * one, variate, not_at=one)) == {3}, (
        "not where one stands"
    )


def test_staff_get_in_before_a_shop_opens():
    city = line_city()
    shut = [(place, hour) for place in (1, 3) for hour in range(9)]
    found = {
        (want, hour): int(
            destinations(city, shut).near(
                (many(500.0), many(0.0)), many(WANTS.index(want)), many(0), many(hour), many(0.1), not_at=many(2)
            )[0]
        )
        for want in ("work", "shop")
        for hour in (6, 7, 9)
    }
    assert found == {("work", 6): -1, ("work", 7): 1, ("work", 9): 1} | {
        ("shop", 6): -1,
        ("shop", 7): -1,
        ("shop", 9): 1,
    }


def test_through_walkers_leave_by_another_way():
    one = many(0, 50)
    variate = np.random.default_rng(2).random((2, 50))
    found = destinations(line_city()).another_way(one, many(1500.0, 50), (variate[0], variate[1]))
    assert set(found.tolist()) <= {4, -1}
    assert (found == 4).mean() > 0.7


def test_the_order_of_places_changes_no_choice():
    city = grid_city(6)
    order = np.random.default_rng(3).permutation(len(city.places))
    other = dataclasses.replace(city, places=city.places.take(order))
    variate = np.random.default_rng(4).random((2, 200))
    start = (many(250.0, 200), many(250.0, 200))
    shop, island, metres = many(WANTS.index("shop"), 200), many(0, 200), np.linspace(50, 1500, 200)
    wished = [destinations(one).towards(start, metres, shop, island, (variate[0], variate[1])) for one in (city, other)]
    np.testing.assert_array_equal(wished[0].x_m, wished[1].x_m)
    np.testing.assert_array_equal(wished[0].inside, wished[1].inside)
    at = wished[0].inside
    found = [
        one.places.place_id[
            destinations(one).near(
                (wished[0].x_m[at], wished[0].y_m[at]),
                shop[at],
                island[at],
                many(12, at.sum()),
                variate[1][at],
                not_at=many(-1, at.sum()),
            )
        ]
        for one in (city, other)
    ]
    np.testing.assert_array_equal(*found)


@given(arrays(bool, (24, 3)))
def test_hours_left_are_those_counted_hour_by_hour(open_by_hour):
    left = hours_left(open_by_hour)
    for hour in range(24):
        for place in range(3):
            count = 0
            while count < 24 and open_by_hour[(hour + count) % 24, place]:
                count += 1
            assert left[hour, place] == count


def test_customers_leave_when_doors_close_and_nobody_else():
    """Doors are open from 18 to 2; of a place that never closes, or whose hours are unknown, nobody is sent away."""
    there = destinations(line_city(), [(0, hour) for hour in range(2, 18)])
    want = {name: WANTS.index(name) for name in ("leisure", "work")}
    for place, wanted, come, wish, leaves in (
        (0, "leisure", 20.5, 23.0, 23.0),
        (0, "leisure", 20.5, 27.5, 26.0),
        (0, "leisure", 25.5, 26.5, 26.0),
        (0, "leisure", 26.5, 27.0, 27.0),
        (0, "work", 20.5, 27.5, 27.5),
        (1, "leisure", 20.5, 27.5, 27.5),
        (-1, "leisure", 20.5, 27.5, 27.5),
    ):
        stay = tuple(np.array([int(hour * HOUR_MS)]) for hour in (come, wish))
        found = there.until_closing(np.array([place]), np.array([want[wanted]]), stay)
        assert found.tolist() == [leaves * HOUR_MS]
