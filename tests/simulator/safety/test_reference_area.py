"""The reference district: direct effect times what people do is the drawn total; nothing of it is taken twice."""

import dataclasses

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm

from simulator.city.conditions import HAZARDS, Draw
from simulator.evidence.parameters import draw_parameters
from simulator.evidence.profiles import load_table
from simulator.interventions import Lighting
from simulator.interventions.base import Amount, Placement
from simulator.interventions.lighting.new_lamps import direct_of_lamps
from simulator.safety.perception import solve_perception, street_score
from simulator.safety.presence import presence_ratio
from simulator.safety.reference_area import (
    AGES,
    DARK,
    MAIN,
    QUIET,
    hazard_exposure,
    hour_multiplier,
    presence_by_hour,
    reference_streets,
    settled_footfall,
)
from simulator.safety.risk import relative_hazard

NO_FLAGS = (np.zeros(2, bool), np.zeros(2, bool))
NO_COST = Amount(0.0, 0.0, 0.0, "measured")


def relit(streets, parameters, **options):
    """Lamps of class P4 on the quiet street, as a city would get them."""
    given = {"min_lx": parameters.reference_relit_min, "mean_lx": 5 * parameters.reference_relit_min}
    measure = Lighting(name="lamps", where="anywhere", **(given | options))
    rows = np.array([QUIET], np.int32)
    placed = Placement(measure, rows, 7.0, "lamps", NO_COST, NO_COST, NO_COST, "EUR")
    return measure.change(streets, placed, Draw(None, parameters, None))


def incidents(streets, parameters):
    """Hazard met on the quiet street by type, by day and night, added up from the city's own formula."""
    footfall = settled_footfall(streets, parameters)
    met = np.zeros((len(HAZARDS), 2))
    for hour in range(24):
        hazard = relative_hazard(streets, parameters, hour, footfall.nobody[hour], footfall.crowding[hour])
        met[:, int(DARK[hour])] += footfall.people[hour, QUIET] * hazard[:, QUIET]
    return met


@pytest.mark.slow
@pytest.mark.parametrize("draw", [-1, *range(30)])
def test_direct_times_feedback_is_the_drawn_total(draw):
    parameters = draw_parameters(5, draw)
    streets = reference_streets(parameters)
    simulated = incidents(relit(streets, parameters), parameters) / incidents(streets, parameters)
    np.testing.assert_allclose(simulated[:, 0], parameters.lamp_care_ratio, rtol=1e-6)
    np.testing.assert_allclose(simulated[:, 1], parameters.lamp_hazard_ratio, rtol=1e-6)


def test_lamps_bring_people_so_their_direct_ratio_is_not_their_total():
    parameters = draw_parameters(1, -1)  # totals are 1 by day and by night
    streets = reference_streets(parameters)
    before = settled_footfall(streets, parameters)
    after = settled_footfall(relit(streets, parameters), parameters)
    assert (after.people[DARK, QUIET] > before.people[DARK, QUIET]).all()
    assert (after.people[DARK, MAIN] < before.people[DARK, MAIN]).all()
    np.testing.assert_array_equal(after.people[~DARK], before.people[~DARK])
    direct = direct_of_lamps(parameters)
    np.testing.assert_allclose(direct[:, 0], 1.0, rtol=1e-12)
    assert (direct[:, 1] < 0.99).all()  # more people there, so more hazard met, unless each minute is safer


def test_where_nobody_minds_darkness_direct_is_total():
    fearless = {"light_relief_share": 1e-9, "lamp_hazard_ratio": 0.9}
    direct = direct_of_lamps(draw_parameters(1, -1, fearless))
    np.testing.assert_allclose(direct[:, 1], 0.9, rtol=1e-6)


def test_footfall_and_fear_agree():
    for draw in range(5):
        parameters = draw_parameters(2, draw)
        streets = reference_streets(parameters)
        people = settled_footfall(streets, parameters).people
        again = settled_footfall(dataclasses.replace(streets), parameters).people
        np.testing.assert_array_equal(people, again)
        wished = parameters.reference_walkers * load_table("street_assault_hours")["walking_share"]
        at_most = wished * parameters.reference_street / parameters.reference_speed / 3600.0
        assert (people[:, QUIET] <= at_most).all()
        assert (people[:, QUIET] >= 0.3 * at_most).all()


def test_who_walks_on_the_quiet_street_at_midnight_by_hand():
    # start from the fear that the settled streets give rise to, and work the closed forms out again, class by class
    parameters = draw_parameters(1, -1)
    streets = reference_streets(parameters)
    people = settled_footfall(streets, parameters).people
    perception = solve_perception(parameters)
    shares = []
    for gender, age in ((g, a) for g in (0, 1) for a in AGES):
        unsafe = []
        for street in (QUIET, MAIN):
            none = np.exp(-people[0, street])
            score = perception.level_at(gender, age) + street_score(perception, streets, NO_FLAGS, 0)[gender, street]
            some = 1 - np.exp(
                -people[0, street] * (1 - np.exp(-1 / perception.crowd_people))
            )  # mean over Poisson counts
            drinking = perception.drinking[gender] * streets.nightlife[0, street]
            company = (perception.crowd[gender] + drinking) * some / (1 - none)
            unsafe.append(none * expit(-score - perception.alone[gender]) + (1 - none) * expit(-score - company))
        shares.append(unsafe)
    fear = np.array(shares)
    unlit = np.mean([expit(perception.dark[g] - perception.level_at(g, a)) for g in (0, 1) for a in AGES])
    break_even = 100.0 / (200.0 * fear[:, 0] - 300.0 * fear[:, 1])  # extra metres, over metres that feel worse
    sure = (np.log(break_even) - np.log(parameters.darkness_distance / unlit)) / 0.6
    takes = np.where(break_even > 0, norm.cdf(sure), 1.0)

    def goes(metres):
        return 1 - expit(logit(0.005) + parameters.not_made_per_minute * 2 * metres / 1.3 / 60)

    chooses = takes * 200 * fear[:, 0] + (1 - takes) * 300 * fear[:, 1]
    walking = 0.7 * goes(200 * fear[:, 0]) + 0.3 * takes * goes(chooses)
    wished = 600.0 * load_table("street_assault_hours")["walking_share"][0]
    assert people[0, QUIET] == pytest.approx(wished * walking.mean() * 200 / 1.3 / 3600, rel=1e-5)


def test_a_lamp_counts_as_far_as_it_is_dark_and_care_at_any_hour():
    parameters = draw_parameters(1, -1, {"lamp_hazard_ratio": 0.8, "lamp_care_ratio": 0.96})
    streets = reference_streets(parameters)
    twilight = streets.dark.copy()
    twilight[[6, 7, 8]] = 0.25, 0.5, 0.75
    streets = dataclasses.replace(streets, dark=twilight)
    ratio = relit(streets, parameters).hazard_ratio
    by_day, by_night = direct_of_lamps(parameters)[0]
    for hour, dark in ((12, 0.0), (6, 0.25), (7, 0.5), (8, 0.75), (0, 1.0)):
        expected = by_day ** (1 - dark) * by_night**dark
        np.testing.assert_allclose(ratio[:, hour, QUIET], expected, rtol=1e-6)
    assert (ratio[:, :, MAIN] == 1.0).all()
    off_at_one = relit(streets, parameters, from_hour=18, until_hour=1).hazard_ratio
    np.testing.assert_allclose(off_at_one[:, 2, QUIET], by_day, rtol=1e-6)  # the lamp stands there, but does not burn
    np.testing.assert_allclose(off_at_one[:, 0, QUIET], by_night, rtol=1e-6)


def test_light_that_is_there_already_changes_nothing():
    parameters = draw_parameters(1, 3)
    streets = reference_streets(parameters)
    same = relit(streets, parameters, min_lx=0.05, mean_lx=0.2)
    np.testing.assert_array_equal(same.hazard_ratio, streets.hazard_ratio)
    np.testing.assert_array_equal(same.light_min_lx, streets.light_min_lx)


def test_the_hours_are_net_of_darkness_and_of_people_around():
    # believed fully, an hour's multiplier times what people around do there is the table again
    parameters = draw_parameters(1, 4, {"hour_shape_weight": 1.0})
    table = load_table("street_assault_hours")["hour_multiplier"]
    np.testing.assert_allclose(hour_multiplier(parameters) * presence_by_hour(parameters), table, rtol=1e-12)
    flat = draw_parameters(1, 4, {"hour_shape_weight": 0.0})
    np.testing.assert_array_equal(hour_multiplier(flat), np.ones(24))


def test_isolation_and_the_closing_crowd_stand_at_two_ends():
    parameters = draw_parameters(1, -1)
    empty, some, crowd = (
        presence_ratio(parameters, np.array([p]), np.array([c]), 1.0)[0]
        for p, c in ((1.0, 0.0), (np.exp(-4.0), 0.2), (0.0, 1.0))
    )
    assert empty == pytest.approx(parameters.isolation_ratio)
    assert crowd == pytest.approx(parameters.closing_crowd_ratio)  # nobody in it watches
    eyes = 1 - np.exp(-4.0 / parameters.guardian_people)
    by_hand = (1 + 0.5 * np.exp(-4.0)) * (1 - 0.1 * eyes * 0.8) * (1 + 1.0 * 0.2)
    assert some == pytest.approx(by_hand, rel=1e-12)
    by_day = presence_ratio(parameters, np.array([0.0]), np.array([1.0]), 0.0)[0]
    assert by_day == pytest.approx(parameters.guardianship_ratio)


def test_hazard_met_is_the_citys_own_formula():
    parameters = draw_parameters(1, 2)
    streets = relit(reference_streets(parameters), parameters)
    darkness = np.array([[1.0, parameters[f"darkness_ratio_{kind}"]] for kind in HAZARDS])
    np.testing.assert_allclose(
        hazard_exposure(streets, parameters) * darkness, incidents(streets, parameters), rtol=1e-12
    )
