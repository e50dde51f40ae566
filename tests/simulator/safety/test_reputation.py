"""What people know of streets that few use."""

import datetime

import numpy as np
import pytest

from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import HOUR_MS
from simulator.kernels.walking import WAIT, WALK
from simulator.safety.reputation import known_share, remembered, typical_of
from simulator.simulation import Simulation
from simulator.travel.day_walk import passages_of
from simulator.travel.itineraries import Itineraries
from simulator.travel.routes import Routed

from cities import grid_city

CITY = grid_city(4)
COUNT = len(CITY.streets)
PARAMETERS = draw_parameters(1, -1, {"told_by_each": 1.0, "reputation_fades_days": 50.0})


def test_the_share_who_know_a_street_by_hand():
    # the grid is far smaller than a reach: everybody is about. 100 passages x 2 told x 50 days = 10 000 against 10 000
    passages = np.full(COUNT, 100.0)
    np.testing.assert_allclose(known_share(CITY, PARAMETERS, passages, 10_000.0), 0.5)
    np.testing.assert_allclose(known_share(CITY, PARAMETERS, 3 * passages, 10_000.0), 0.75)


def test_nobody_knows_a_street_that_nobody_takes_and_use_makes_known():
    assert not known_share(CITY, PARAMETERS, np.zeros(COUNT), 500.0).any()
    some = known_share(CITY, PARAMETERS, np.full(COUNT, 1.0), 500.0)
    more = known_share(CITY, PARAMETERS, np.full(COUNT, 2.0), 500.0)
    assert (more > some).all()
    assert (more < 1).all()


def test_who_stands_in_a_street_is_counted_when_they_come_and_no_more():
    """A waits for a minute and B for an hour at the same place: the street is as well known by either."""
    arm = Simulation.baseline(CITY, PARAMETERS, agents=100, date=datetime.date(2026, 12, 21))
    arm.begin_day()
    walks = Routed(np.array([0, 2, 3]), np.array([0, 1, 1], np.int32), np.zeros(2))
    known = []
    for minutes in (1, 60):
        rows = Itineraries(
            person=np.zeros(2, np.int32),
            start_ms=np.array([12, 13]) * HOUR_MS,
            routed=walks,
            kind=np.array([WALK, WAIT], np.int8),
            stay_ms=np.array([0, minutes * 60_000]),
            weight=np.zeros(2, np.int64),
            company=np.zeros(2),
            slowed=np.ones(2),
        )
        known.append(passages_of(arm.walk_through(rows, arm.streets)))
    np.testing.assert_array_equal(*known)
    weight = arm.setting.walkers.weight[0] / 256
    np.testing.assert_array_equal(known[0], weight * np.isin(np.arange(COUNT), [0, 1]))


def test_a_known_street_is_remembered_as_it_is_and_others_as_their_kind():
    fear = np.random.default_rng(1).random((24, 2, COUNT)).astype(np.float32)
    np.testing.assert_array_equal(remembered(CITY, fear.copy(), np.ones(COUNT), typical_of(CITY, fear)), fear)
    unknown = remembered(CITY, fear.copy(), np.zeros(COUNT), typical_of(CITY, fear))
    kind = np.unique(CITY.streets.street_class * 2 + CITY.streets.in_park, return_inverse=True)[1]
    for one in np.unique(kind):
        rows = kind == one
        mean = np.average(fear[7, 1, rows], weights=CITY.streets.length_m[rows])
        np.testing.assert_allclose(unknown[7, 1, rows], mean, rtol=1e-5)


def test_what_is_known_lies_between():
    fear = np.random.default_rng(2).random((24, 1, COUNT)).astype(np.float32)
    known, unknown = fear.copy(), remembered(CITY, fear.copy(), np.zeros(COUNT), typical_of(CITY, fear))
    half = remembered(CITY, fear.copy(), np.full(COUNT, 0.5), typical_of(CITY, fear))
    assert half == pytest.approx((known + unknown) / 2, abs=1e-6)
