"""What the score is made of, term by term."""

import dataclasses
import datetime
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.city.audits import AUDIT_PARAMETERS, Audits
from simulator.city.conditions import GUARDIANS, conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.kernels.walking import feels_safe
from simulator.people.margins import margin
from simulator.safety.perception import crowd_score, disabled_share, solve_perception, street_score
from simulator.simulation import Simulation

from cities import grid_city
from reference.called import called

feels_safe = called(feels_safe)

DECEMBER = datetime.date(2026, 12, 21)
CITY = grid_city(4)
FLAGS = (np.zeros(len(CITY.streets), bool), np.zeros(len(CITY.streets), bool))
NIGHT, NOON = 22, 12


def drawn(draw=-1, values=None):
    parameters = draw_parameters(1, draw, values or {})
    return parameters, solve_perception(parameters), conditions_of(CITY, parameters, DECEMBER)


def lit(conditions, lux):
    return dataclasses.replace(conditions, light_min_lx=np.full_like(conditions.light_min_lx, lux))


@settings(max_examples=60, deadline=None)
@given(draw=st.integers(-1, 300), low=st.floats(0, 30), more=st.floats(0, 30), hour=st.integers(0, 23))
def test_more_minimum_light_never_lowers_the_score(draw, low, more, hour):
    _, perception, conditions = drawn(draw)
    dim, bright = (street_score(perception, lit(conditions, lux), FLAGS, hour) for lux in (low, low + more))
    assert (bright >= dim).all()


@pytest.mark.parametrize("mu", [0.01, 0.5, 3.0, 40.0])
def test_crowding_is_the_mean_over_poisson_counts(mu):
    _, perception, _ = drawn()
    n = np.arange(1, 400)
    chance = np.exp(n * math.log(mu) - mu - np.cumsum(np.log(n)))
    mean = (chance * (1 - np.exp(-n / perception.crowd_people))).sum()
    assert perception.crowding(np.array(mu)) == pytest.approx(mean, rel=1e-9)
    assert perception.crowding_if_any(np.array(mu)) == pytest.approx(mean / (1 - math.exp(-mu)), rel=1e-6)


def test_nobody_in_view_is_the_limit_and_one_person_is_what_any_means_there():
    _, perception, _ = drawn()
    one = 1 - math.exp(-1 / perception.crowd_people)
    assert perception.crowding_if_any(np.zeros(1))[0] == pytest.approx(one, rel=1e-6)
    assert perception.crowding(np.zeros(1))[0] == 0.0


def safe_at(in_view, *, nightlife=0.0, values=None):
    """P(feel safe) of a woman of 40 on a dark plain street with so many people expected in view."""
    _, perception, conditions = drawn(values=values)
    conditions = dataclasses.replace(conditions, nightlife=np.full_like(conditions.nightlife, nightlife))
    view = np.full(len(CITY.streets), in_view)
    arm = Simulation.baseline(CITY, drawn()[0], agents=200, date=DECEMBER)
    arm.simulate_day()
    streets = arm.streets[NIGHT]._replace(
        score=street_score(perception, conditions, FLAGS, NIGHT),
        crowd=crowd_score(perception, conditions, view, NIGHT),
        alone=conditions.dark[NIGHT] * perception.alone,
        nobody=np.exp(-view),
    )
    return feels_safe(streets, 0, 0, perception.level_at(0, 40.0))


@pytest.mark.slow
def test_some_are_better_than_nobody_and_a_drinking_crowd_is_worse_than_some():
    assert safe_at(0.0) < safe_at(3.0)
    assert safe_at(60.0, nightlife=1.0) < safe_at(3.0, nightlife=1.0)
    assert safe_at(60.0, nightlife=1.0) < safe_at(60.0)
    # the turning point: rises, then falls
    along = np.array([safe_at(mu, nightlife=1.0) for mu in (0.0, 0.5, 2.0, 8.0, 60.0)])
    assert 0 < int(np.argmax(along)) < 4


def test_guardians_of_each_kind_act_by_their_own_sign_and_after_dark_only():
    values = {"guardian_host": 0.5, "guardian_staff": 0.1, "guardian_patrol": -0.3}
    _, perception, conditions = drawn(values=values)
    plain = [street_score(perception, conditions, FLAGS, hour) for hour in (NIGHT, NOON)]
    for number, kind in enumerate(GUARDIANS):
        there = np.zeros_like(conditions.guardians)
        there[number] = 1.0
        guarded = dataclasses.replace(conditions, guardians=there)
        night, noon = (street_score(perception, guarded, FLAGS, hour) for hour in (NIGHT, NOON))
        np.testing.assert_allclose(night - plain[0], values[f"guardian_{kind}"], atol=1e-5)
        np.testing.assert_array_equal(noon, plain[1])


def audited(ratings):
    """The city with ratings (parameter, points) at the first segment."""
    rows = len(ratings)
    audits = Audits(
        audit_id=np.arange(rows),
        x_m=np.zeros(rows),
        y_m=np.zeros(rows),
        segment=np.zeros(rows, np.int32),
        parameter=np.array([AUDIT_PARAMETERS.index(name) for name, _ in ratings]),
        rating=np.array([float(points) for _, points in ratings]),
        hour=np.full(rows, 22),
        month=np.full(rows, "2024-05"),
    )
    return dataclasses.replace(CITY, audits=audits)


def test_audits_inform_as_one_voice_beside_what_is_assumed():
    parameters = draw_parameters(1, -1, {"condition_audited": 0.6, "visibility_audited": 0.4, "prior_audits": 1.0})
    perception = solve_perception(parameters)
    plain = street_score(perception, conditions_of(CITY, parameters, DECEMBER), FLAGS, NIGHT)
    poor = conditions_of(audited([("walk_path", 0)]), parameters, DECEMBER)
    assert poor.condition[0] == pytest.approx(-0.5)  # one audit against one of a middling street
    assert -0.5 < poor.condition[1:].max() <= 0.0
    np.testing.assert_allclose(street_score(perception, poor, FLAGS, NIGHT)[:, 0] - plain[:, 0], -0.5 * 0.6, atol=1e-6)
    open_view = conditions_of(audited([("openness", 3), ("openness", 3), ("visibility", 3)]), parameters, DECEMBER)
    assert open_view.visibility[0] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert not open_view.condition.any()
    by_day = [
        street_score(perception, one, FLAGS, NOON) for one in (open_view, conditions_of(CITY, parameters, DECEMBER))
    ]
    np.testing.assert_array_equal(*by_day)


def test_disability_moves_nobodys_mean_at_any_age():
    parameters, perception, _ = drawn()
    people = Simulation.baseline(CITY, parameters, agents=400, date=DECEMBER).setting.people
    same = dataclasses.replace(people, feeling=np.zeros(len(people)), newcomer=np.zeros(len(people), bool))
    none, all_of_them = (dataclasses.replace(same, disability=np.full(len(people), code, np.int8)) for code in (0, 1))
    age = np.maximum(people.age, 16)
    walking, sight = (margin(name, "GB")[people.gender, age] for name in ("walking", "sight"))
    share = walking + sight * (1 - walking)
    assert (share <= disabled_share(age)).all()
    mean = share * perception.own_part(all_of_them) + (1 - share) * perception.own_part(none)
    level = [perception.level_at(int(g), float(max(age, 16))) for g, age in zip(people.gender, people.age, strict=True)]
    np.testing.assert_allclose(mean, level, atol=1e-9)
    assert perception.disabled < -0.5


def test_whether_others_know_the_place_changes_only_their_own_part():
    parameters, perception, _ = drawn()
    people = Simulation.baseline(CITY, parameters, agents=400, date=DECEMBER).setting.people
    other = people.newcomer.copy()
    other[::2] = ~other[::2]
    before, after = perception.own_part(people), perception.own_part(dataclasses.replace(people, newcomer=other))
    np.testing.assert_array_equal(before[1::2], after[1::2])
    assert (before[::2] != after[::2]).all()
