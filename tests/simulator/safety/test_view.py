"""Who is in view: closed forms, random points, and however the streets are cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.safety.view import share_in_view

from cities import make_city

RADIUS = 60.0


def seen(nodes, links):
    return share_in_view(make_city(nodes, links), RADIUS).toarray()


def test_along_one_straight_street():
    """From x one sees what lies between x - 60 and x + 60 on it: (2 x 60 x 600 - 60^2) / 600^2 on average."""
    assert seen([(0, 0), (600, 0)], [(0, 1)])[0, 0] == pytest.approx(0.19, rel=1e-3)


def test_a_short_street_is_wholly_in_view_of_itself_and_far_ones_not_at_all():
    found = seen([(0, 0), (50, 0), (111, 0), (150, 0)], [(0, 1), (2, 3)])
    assert found == pytest.approx(np.eye(2))


def test_parallel_pavements_at_thirty_metres():
    """Half a chord is sqrt(60^2 - 30^2) = 52 m: (2 x 52 x 400 - 52^2) / 400^2 of the one in view of the other."""
    half = np.sqrt(60.0**2 - 30.0**2)
    found = seen([(0, 0), (400, 0), (0, 30), (400, 30)], [(0, 1), (2, 3)])
    assert found[0, 1] == pytest.approx((2 * half * 400 - half**2) / 400**2, rel=1e-3)
    assert found[0, 1] == pytest.approx(found[1, 0])


def test_against_points_at_random():
    nodes = [(0, 0), (170, 40), (90, 130), (60, -45), (180, 60)]
    links = [(0, 1), (1, 2), (0, 3), (3, 4)]
    found, ends = seen(nodes, links), np.array(nodes, float)[np.array(links)]
    variate = np.random.default_rng(7).random((2, len(links), 200_000, 1))
    one, other = (ends[:, :1] + share * (ends[:, 1:] - ends[:, :1]) for share in variate)
    for row in range(len(links)):
        for column in range(len(links)):
            near = np.hypot(*(one[row] - other[column]).T) <= RADIUS
            assert found[row, column] == pytest.approx(near.mean(), abs=0.006)


@settings(max_examples=25, deadline=None)
@given(
    cut=st.floats(0.05, 0.95),
    bend=st.tuples(st.floats(-200, 200), st.floats(-200, 200)),
    people=st.tuples(st.floats(0, 50), st.floats(0, 50)),
)
def test_it_does_not_hang_on_where_a_street_is_cut(cut, bend, people):
    """People spread evenly on two streets, the first of which is one segment or two."""
    middle = (300 * cut, 0.0)
    end = (300 + bend[0], 250 + bend[1])
    whole = seen([(0, 0), (300, 0), end], [(0, 1), (1, 2)])
    parts = seen([(0, 0), middle, (300, 0), end], [(0, 1), (1, 2), (2, 3)])
    around = whole @ people
    around_parts = parts @ [cut * people[0], (1 - cut) * people[0], people[1]]
    assert around[1] == pytest.approx(around_parts[2], rel=0.02, abs=0.02)
    assert around[0] == pytest.approx(cut * around_parts[0] + (1 - cut) * around_parts[1], rel=0.02, abs=0.02)
