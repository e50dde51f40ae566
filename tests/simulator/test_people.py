"""People and plans: margins are met, keys are stable, everybody comes back."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.evidence import draw_parameters
from simulator.people import age_bands_of, make_people, population_of
from simulator.plans import AGE_GROUPS, DAY_END_MS, DAY_START_MS, MINUTE_MS, Planner
from simulator.results import AGE_BANDS, GENDERS

from cities import grid_city

DECEMBER = datetime.date(2026, 12, 21)
CITY = grid_city(6)
NO_INFLATION = np.ones((len(GENDERS), AGE_GROUPS, 24))


@given(st.integers(100, 5000), st.integers(0, 50))
def test_weights_stand_for_the_population_whatever_the_agents(agents, draw):
    parameters = draw_parameters(1, draw)
    people = make_people(CITY, parameters, agents)
    residents, visitors = population_of(CITY, parameters)
    assert len(people) == agents
    assert people.weight[people.resident].sum() == pytest.approx(residents)
    assert people.weight[~people.resident].sum() == pytest.approx(visitors)
    another = people.weight[people.gender == 2].sum() / people.weight.sum()
    assert another == pytest.approx(parameters.another_gender_share)


def test_age_bands_are_those_of_the_words():
    for age, word in (
        (10, "under 16"),
        (15, "under 16"),
        (16, "16-24"),
        (64, "55-64"),
        (65, "65-74"),
        (75, "75+"),
        (99, "75+"),
    ):
        assert AGE_BANDS[int(age_bands_of(np.array([age]))[0])] == word


def test_too_few_agents_are_refused():
    with pytest.raises(InputError, match="expected at least 100"):
        make_people(CITY, draw_parameters(1, -1), 0)


def test_women_walk_at_the_pace_of_the_evidence():
    people = make_people(CITY, draw_parameters(1, -1), 20_000)
    seventies = (people.gender == 0) & (people.age >= 70) & (people.age < 80) & (people.disability == 0)
    assert people.speed_m_s[seventies].mean() == pytest.approx(1.27, abs=0.02)


@pytest.fixture(scope="module")
def planned():
    parameters = draw_parameters(1, 0)
    people = make_people(CITY, parameters, 3000)
    return people, *Planner(CITY, people, parameters, date=DECEMBER).plan(0, NO_INFLATION)


def test_every_tour_starts_at_home_and_comes_back_or_crosses_the_district(planned):
    people, _, trips = planned
    order = np.lexsort((trips.leg, trips.tour))
    tour, origin, destination = trips.tour[order], trips.origin[order], trips.destination[order]
    junction = CITY.places.junction
    same = tour[1:] == tour[:-1]
    assert (junction[destination[:-1]][same] == junction[origin[1:]][same]).all()
    first, last = np.r_[True, ~same], np.r_[~same, True]
    home = junction[people.home[trips.person[order]]]
    assert (junction[origin[first]] == home[first]).all()
    away = junction[destination[last]] != home[last]
    crossing = ~people.resident[trips.person[order]][last]
    assert (away <= crossing).all()


def test_departures_lie_within_the_day_and_in_order(planned):
    trips = planned[2]
    assert (trips.depart_ms >= DAY_START_MS).all()
    assert (trips.depart_ms < DAY_END_MS).all()
    assert (np.diff(trips.depart_ms) >= 0).all()


def test_nobody_is_on_two_tours_at_once(planned):
    _, tours, trips = planned
    start = tours.start_ms
    ends = np.maximum(start, 0)
    awake = ~trips.wrapped
    np.maximum.at(ends, trips.tour[awake], trips.depart_ms[awake])
    same = tours.person[1:] == tours.person[:-1]
    assert (start[1:][same] >= ends[:-1][same]).all()


def test_a_stay_is_as_long_as_where_it_begins_not_where_the_way_to_it_does(monkeypatch):
    # the survey's table of durations goes by the part of the day in which people arrive
    parameters = draw_parameters(1, 0)
    planner = Planner(CITY, make_people(CITY, parameters, 1000), parameters, date=DECEMBER)
    walking, begun = 20 * MINUTE_MS, {}
    monkeypatch.setattr(planner, "_walk_ms", lambda origin, destination, person: np.full(len(person), walking))

    def half_an_hour(keys, tours, purpose, reached_ms, stop):
        begun[stop] = reached_ms - tours.start_ms
        return np.full(len(tours), 30 * MINUTE_MS)

    monkeypatch.setattr(planner, "_stay_ms", half_an_hour)
    planner.plan(0, NO_INFLATION)
    assert set(begun[0]) == {walking}
    assert begun[1].max() == 2 * walking + 30 * MINUTE_MS


def test_order_of_people_changes_nobodys_plans(planned):
    people, tours, _ = planned
    shuffled = np.random.default_rng(0).permutation(len(people))
    other = people.take(shuffled)
    again, _ = Planner(CITY, other, draw_parameters(1, 0), date=DECEMBER).plan(0, NO_INFLATION)
    one = sorted(zip(people.person_id[tours.person], tours.start_ms, tours.purpose, strict=True))
    two = sorted(zip(other.person_id[again.person], again.start_ms, again.purpose, strict=True))
    assert one == two


def test_more_wishes_are_more_tours(planned):
    people, tours, _ = planned
    many, _ = Planner(CITY, people, draw_parameters(1, 0), date=DECEMBER).plan(0, 1.5 * NO_INFLATION)
    assert 1.2 < len(many) / len(tours) < 1.6
