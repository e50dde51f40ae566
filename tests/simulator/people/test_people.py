"""People: margins are met, keys are stable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import AGE_BANDS
from simulator.people.population import age_bands_of, make_people, population_of

from cities import grid_city

CITY = grid_city(6)


@pytest.mark.slow
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
