"""One after the other: over a whole day nobody sets out before the trip before has ended."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.agenda.plans import Trips
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import DAY_END_MS, DAY_START_MS, MINUTE_MS
from simulator.kernels.walking import STAY
from simulator.simulation import Simulation
from simulator.travel.legs import one_after_the_other

from linecity import MONDAY, line_city

MANY = st.integers(0, 40)


def some_trips(person, tour, leg, depart_ms):
    none = np.zeros(len(person))
    return Trips(
        tour=tour,
        person=person,
        leg=leg,
        origin=none,
        destination=none,
        depart_ms=depart_ms,
        from_previous_day=none,
        purpose=none,
        outside_m=none,
        with_child=none,
        with_adult=none,
    )


def by_hand(trips, wished, taken, made):
    """The rule in words: in order of wished departure, wait for the one before."""
    depart, free_at = wished.copy(), {}
    for row in sorted(range(len(trips)), key=lambda one: (wished[one], trips.tour[one], trips.leg[one])):
        if made[row]:
            depart[row] = max(wished[row], free_at.get(trips.person[row], 0))
            free_at[trips.person[row]] = depart[row] + taken[row] + MINUTE_MS
    return depart


@settings(max_examples=150, deadline=None)
@given(count=MANY, people=st.integers(1, 6), longest_min=st.integers(1, 900), seed=st.integers(0, 2**32 - 1))
def test_nobody_is_in_two_places_at_once(count, people, longest_min, seed):
    random = np.random.default_rng(seed)
    person = random.integers(0, people, count)
    tour, leg = random.integers(0, 8, count), random.integers(0, 4, count)
    wished = random.integers(DAY_START_MS // MINUTE_MS, DAY_END_MS // MINUTE_MS, count) * MINUTE_MS
    taken, made = random.integers(0, longest_min * MINUTE_MS, count), random.random(count) < 0.8
    trips = some_trips(person, tour, leg, wished)
    depart = one_after_the_other(trips, wished, taken, made)
    np.testing.assert_array_equal(depart, by_hand(trips, wished, taken, made))
    assert (depart >= wished).all()
    np.testing.assert_array_equal(depart[~made], wished[~made])
    for who in range(people):
        rows = np.flatnonzero((person == who) & made)
        rows = rows[np.lexsort((leg[rows], tour[rows], wished[rows]))]
        assert (depart[rows][1:] >= depart[rows][:-1] + taken[rows][:-1] + MINUTE_MS).all()
        if not (wished[rows][1:] < wished[rows][:-1] + taken[rows][:-1] + MINUTE_MS).any():
            np.testing.assert_array_equal(depart[rows], wished[rows])


def test_a_tour_that_takes_too_long_puts_off_the_next_and_that_of_nobody_else():
    hour = 60 * MINUTE_MS
    trips = some_trips([0, 0, 0, 0, 1], [0, 0, 1, 1, 2], [0, 2, 0, 2, 0], np.array([8, 9, 10, 12, 9]) * hour)
    taken = np.array([90, 90, 30, 5, 20]) * MINUTE_MS
    depart = one_after_the_other(trips, trips.depart_ms, taken, np.ones(5, bool))
    assert (depart / MINUTE_MS).tolist() == [480, 571, 662, 720, 540]
    stays = one_after_the_other(trips, trips.depart_ms, taken, np.array([False, False, True, True, True]))
    np.testing.assert_array_equal(stays, trips.depart_ms)


def test_what_is_put_off_past_the_end_of_the_day_stays_in_it_and_this_mornings_way_home_comes_first():
    late = DAY_END_MS - 10 * MINUTE_MS
    first = DAY_START_MS + 5 * MINUTE_MS
    # rows: the way home this morning from a tour of last night, that tour's way out late this evening, one before it
    trips = some_trips([0, 0, 0], [1, 1, 0], [2, 0, 2], np.array([first, late, late - 20 * MINUTE_MS]))
    depart = one_after_the_other(trips, trips.depart_ms, np.full(3, 60 * MINUTE_MS), np.ones(3, bool))
    assert depart.tolist() == [first, late + 41 * MINUTE_MS, late - 20 * MINUTE_MS]


def test_over_a_lived_day_with_waits_and_company_nobody_is_on_two_streets_at_once():
    """People who make all their tours on a line with a bus an hour; once, some were out twice."""
    arm = Simulation.baseline(line_city(1.0), draw_parameters(1, -1), agents=3000, date=MONDAY)
    arm.begin_day()
    arm.advance(DAY_END_MS)
    walks = arm.walk.walks
    order = np.flatnonzero(walks.kind != STAY)  # those who stay all evening are people drawn twice
    order = order[np.lexsort((walks.start_ms[order], walks.person[order]))]
    ends = (walks.start_ms + walks.walked_ms)[order]
    same = walks.person[order][1:] == walks.person[order][:-1]
    assert same.sum() > 1000
    early = (walks.start_ms[order][1:] < ends[:-1])[same]
    assert not early.any(), f"{early.sum()} of {early.size}"
