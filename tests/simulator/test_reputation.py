"""What people know of streets that few use."""

import numpy as np
import pytest

from simulator.evidence import draw_parameters
from simulator.reputation import known_share, remembered, typical_of

from cities import grid_city

CITY = grid_city(4)
COUNT = len(CITY.streets)
PARAMETERS = draw_parameters(1, -1, {"told_by_each": 1.0, "reputation_fades_days": 50.0})


def test_the_share_who_know_a_street_by_hand():
    # the grid is far smaller than a reach: everybody is about. 100 passages x 2 told x 50 days = 10 000 against 10 000
    on = np.zeros((24, COUNT))
    on[20] = 100.0 * CITY.streets.length_m / (3600.0 * 1.3)
    np.testing.assert_allclose(known_share(CITY, PARAMETERS, on, 10_000.0), 0.5)
    np.testing.assert_allclose(known_share(CITY, PARAMETERS, 3 * on, 10_000.0), 0.75)


def test_nobody_knows_a_street_that_nobody_takes_and_use_makes_known():
    assert not known_share(CITY, PARAMETERS, np.zeros((24, COUNT)), 500.0).any()
    some = known_share(CITY, PARAMETERS, np.full((24, COUNT), 0.1), 500.0)
    more = known_share(CITY, PARAMETERS, np.full((24, COUNT), 0.2), 500.0)
    assert (more > some).all()
    assert (more < 1).all()


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
