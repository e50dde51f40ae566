"""Stays: levels are kept, shut places have nobody at the door, keys and not rows decide."""

import dataclasses

import numpy as np
import pytest

from simulator.city.stays import STAYS, make_stays, spread_stays, where_open
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import FIRST_HOUR, HOUR_MS, HOURS

from cities import grid_city, make_city

CENTRAL = draw_parameters(1, -1)


def street(shops=0, bars=0, squares=0, residents=1000.0):
    places = [("home", 0, residents), ("stop", 1, 1.0)]
    places += [("shop", 0, 1.0)] * shops + [("nightlife", 1, 1.0)] * bars + [("open_space", 1, 1.0)] * squares
    return make_city([(0, 0), (100, 0)], [(0, 1)], places=places)


def always(city):
    return np.ones((HOURS, len(city.places)), bool)


def fixed(**levels):
    names = ("traders", "hosts", "drivers", "young_people", "rough_sleepers")
    return draw_parameters(1, -1, {f"stays_{name}": levels.get(name, 0.0) for name in names})


def test_levels_are_people_per_open_venue_by_the_hour():
    city = street(shops=3, bars=2, squares=4)
    stays = make_stays(city, fixed(traders=2.0, hosts=1.0, young_people=3.0), always(city), 0)
    out = stays.people_by_hour()
    assert out[STAYS.index("trader"), [7, 8, 21, 22]].tolist() == [0, 6, 6, 0]
    assert out[STAYS.index("host"), [19, 20, 3, 4]].tolist() == [0, 2, 2, 0]
    assert out[STAYS.index("young people"), [15, 16, 22, 23]].tolist() == [0, 12, 12, 0]


def test_levels_by_residents_are_spread_over_places():
    city = street(bars=1, residents=50_000.0)
    stays = make_stays(city, fixed(drivers=0.4), always(city), 0)
    assert stays.people_by_hour()[STAYS.index("driver")].tolist() == [20.0] * HOURS


def test_a_shop_that_closes_at_noon_has_two_stretches():
    city = street(shops=1)
    hours = always(city)
    hours[[12, 13], 2] = False
    stays = make_stays(city, fixed(traders=1.0), hours, 0)
    assert sorted(zip((stays.start_ms // HOUR_MS).tolist(), (stays.end_ms // HOUR_MS).tolist(), strict=True)) == [
        (8, 12),
        (14, 22),
    ]


def test_fractions_are_met_over_many_days():
    city = street(shops=40)
    level = np.mean([len(make_stays(city, fixed(traders=0.25), always(city), day)) for day in range(50)])
    assert level == pytest.approx(10.0, rel=0.1)


def test_stays_lie_within_the_day_and_keys_decide():
    city = grid_city(8)
    order = np.random.default_rng(0).permutation(len(city.places))
    other = dataclasses.replace(city, places=city.places.take(order))
    plain, shuffled = (make_stays(one, CENTRAL, always(one), 3) for one in (city, other))
    assert len(plain)
    assert (plain.start_ms >= FIRST_HOUR * HOUR_MS).all()
    assert (plain.start_ms < plain.end_ms).all()
    told = [
        sorted(zip(stays.stay_key, stays.segment, stays.start_ms, stays.end_ms, strict=True))
        for stays in (plain, shuffled)
    ]
    assert told[0] == told[1]


def test_nobody_stays_where_a_gate_is_shut():
    city = make_city([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)])
    on = np.isin(np.arange(HOURS), [20, 21, 22, 23, 0, 1])
    stays = spread_stays(city, np.array([0, 1]), 4.0, on, (STAYS.index("host"), "hosts"))
    closed = np.zeros((HOURS, 2), bool)
    closed[[22, 23], 0] = True
    out = where_open(stays, closed)
    assert sorted(zip(out.segment.tolist(), out.start_ms.tolist(), out.end_ms.tolist(), strict=True)) == [
        (0, 20 * HOUR_MS, 22 * HOUR_MS),
        (0, 24 * HOUR_MS, 26 * HOUR_MS),
        (1, 20 * HOUR_MS, 26 * HOUR_MS),
    ]
    assert out.people_by_hour()[STAYS.index("host"), [20, 22, 1, 2]].tolist() == [4.0, 2.0, 4.0, 0.0]
    assert out.stay_key[out.segment == 1].tolist() == stays.stay_key[stays.segment == 1].tolist()
    assert where_open(stays, None) is stays
    assert where_open(stays, np.zeros((HOURS, 2), bool)) is stays
    closed[:] = True
    assert not len(where_open(stays, closed))
