"""The walking kernel against its slow twin; steps of any length add up to the same bits."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.kernels.walking import (
    KINDS,
    SEGMENT_SUMS,
    STAY,
    STOOD,
    WAIT,
    WALK,
    WALKED,
    People,
    Streets,
    Trips,
    ask_residents,
    fear_table,
    feels_safe,
    segment_ms,
    walk,
)

from reference import twins
from reference.called import called

feels_safe = called(feels_safe)
segment_ms = called(segment_ms)

GROUPS, ZONES, HAZARDS = 3, 4, 2
HOUR = 3_600_000


@st.composite
def hours(draw):
    """A few streets, people and trips within one hour."""
    count, people, trips = draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(0, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    streets = Streets(
        walk_m=random.uniform(0.01, 400.0, count),
        score=random.normal(0, 2, (3, count)).astype(np.float32),
        crowd=random.normal(0, 1, (3, count)).astype(np.float32),
        alone=random.normal(0, 1, 3),
        nobody=random.uniform(0, 1, count),
        unlit=random.uniform(size=count) < 0.5,
        hazard=random.integers(0, 5000, (HAZARDS, count)).astype(np.int32),
        zone=random.integers(0, ZONES, count).astype(np.int8),
    )
    walkers = People(
        own=random.normal(0, 1, people),
        gender=random.integers(0, 3, people).astype(np.int8),
        cell=random.integers(0, GROUPS, people).astype(np.int32),
        weight=random.integers(1, 5000, people),
        pace=random.uniform(500, 1500, people),
    )
    length = random.integers(0, 8, trips)
    start = np.zeros(trips + 1, np.int64)
    np.cumsum(length, out=start[1:])
    zeros = [np.zeros(trips, np.int64) for _ in range(4)]
    kind = random.integers(0, KINDS, trips).astype(np.int8)
    journeys = Trips(
        random.integers(0, people, trips).astype(np.int32),
        np.sort(random.integers(0, HOUR, trips)),
        start,
        random.integers(0, count, start[-1]).astype(np.int32),
        kind,
        np.where(kind == WALK, 0, random.integers(1, HOUR, trips)),
        random.choice([0.0, 0.8], trips),
        random.choice([1.0, 1.2], trips),
        random.integers(1, 5000, trips),
        *zeros,
    )
    return streets, walkers, journeys


def fresh(trips: Trips) -> Trips:
    zeros = [np.zeros(len(trips.start_ms), np.int64) for _ in range(4)]
    return Trips(*trips[:9], *zeros)


def run(case, stops):
    streets, people, trips = case
    trips = fresh(trips)
    cells = np.zeros((GROUPS, ZONES, KINDS * (4 + HAZARDS)), np.int64)
    segments = np.zeros((len(streets.walk_m), SEGMENT_SUMS), np.int64)
    for interval in itertools.pairwise(stops):
        walk(streets, people, trips, np.arange(len(trips.start_ms)), interval, cells, segments)
    return cells, segments, trips


@given(hours())
def test_sums_are_those_of_the_slow_twin(case):
    cells, segments, _ = run(case, [0, HOUR])
    expected_cells, expected_segments = twins.walk(*case, HOUR)
    for key, row in expected_cells.items():
        np.testing.assert_allclose(cells[key], row, rtol=1e-9)  # a share may round the other way in the last digit
    assert cells[:, :, 0].sum() == sum(row[0] for row in expected_cells.values())
    for key, row in expected_segments.items():
        np.testing.assert_allclose(segments[key], row, rtol=1e-9)


@given(hours(), st.lists(st.integers(1, HOUR - 1), max_size=20))
def test_steps_of_any_length_add_up_to_the_same_bits(case, cuts):
    whole = run(case, [0, HOUR])
    stepped = run(case, [0, *sorted(set(cuts)), HOUR])
    for one, other in zip(whole[:2], stepped[:2], strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(whole[2], stepped[2], strict=True):
        np.testing.assert_array_equal(one, other)


@given(hours())
def test_time_is_conserved(case):
    cells, segments, trips = run(case, [0, HOUR])
    spent = [(trips.walked_ms * trips.weight)[trips.kind == kind].sum() for kind in (WALK, WAIT, STAY)]
    for kind, part in enumerate(np.split(cells, KINDS, axis=2)):
        assert part[:, :, 0].sum() == spent[kind]
        assert (part[:, :, 1] <= part[:, :, 0] * 16384).all()
    assert segments[:, WALKED].sum() == spent[WALK]
    assert segments[:, STOOD].sum() == spent[WAIT] + spent[STAY]


@given(hours())
def test_twice_the_weight_is_twice_of_everything(case):
    streets, people, trips = case
    doubled = (streets, people, trips._replace(weight=2 * trips.weight))
    for one, other in zip(run(case, [0, HOUR])[:2], run(doubled, [0, HOUR])[:2], strict=True):
        np.testing.assert_array_equal(2 * one, other)


@given(st.floats(-8, 8), st.floats(-2, 2), st.floats(-2, 2), st.floats(0, 1))
def test_feeling_safe_is_that_of_the_slow_twin(score, alone, crowd, nobody):
    streets = Streets(
        np.ones(1),
        np.array([[score]], np.float32),
        np.array([[crowd]], np.float32),
        np.array([alone]),
        np.array([nobody]),
        np.zeros(1, bool),
        np.zeros((1, 1), np.int32),
        np.zeros(1, np.int8),
    )
    expected = twins.feels_safe(float(streets.score[0, 0]), alone, float(streets.crowd[0, 0]), nobody)
    assert abs(feels_safe(streets, 0, 0, 0.0) - expected) < 1e-12


@given(hours())
def test_the_table_of_fear_is_that_of_the_slow_twin(case):
    streets, people, _ = case
    own = np.column_stack([people.gender, people.own]).astype(np.float64)
    out = np.zeros((len(own), len(streets.walk_m)), np.float32)
    fear_table(streets, own, out)
    for group, segment in np.ndindex(out.shape):
        safe = twins.feels_safe_on(streets, int(people.gender[group]), segment, float(people.own[group]))
        assert abs(out[group, segment] - (1.0 - safe)) < 1e-6  # single floats


@given(hours(), st.integers(0, 2**32 - 1))
def test_residents_answer_as_the_slow_twin_says(case, seed):
    streets, people, _ = case
    random, count = np.random.default_rng(seed), len(streets.walk_m)
    near = []
    for _ in range(3):  # homes near some of the streets; one may be near none
        some = np.flatnonzero(random.uniform(size=count) < 0.6)
        weight = random.uniform(0.1, 1.0, some.size)
        near.append(dict(zip(some.tolist(), (weight / max(weight.sum(), 1e-9)).tolist(), strict=True)))
    start = np.cumsum([0, *map(len, near)])
    segment = np.array([row for home in near for row in home], np.int32)
    weight = np.array([share for home in near for share in home.values()], np.float64)
    home = random.integers(0, 3, len(people.own))
    answers = ask_residents(streets, (start, segment, weight), (home, people.gender, people.own))
    asked = list(zip(home.tolist(), people.gender.tolist(), people.own.tolist(), strict=True))
    np.testing.assert_allclose(answers, twins.asked_at_home(streets, near, asked), rtol=0, atol=1e-12)


def test_a_street_takes_at_least_a_millisecond():
    assert segment_ms(0.0001, 500.0) == 1
    assert segment_ms(140.0, 1000.0 / 1.4) == 100_000
