"""Toilets that open by night on a drawn line, reckoned by hand: who has one in reach, what they cost, what stays."""

import dataclasses
import datetime

import numpy as np
import pytest
from every_measure import FRIDAY, PARAMETERS, same, to_degrees

from simulator.accounting.tables import placements_table, summary_table
from simulator.accounting.toilets import TOILET_M, toilets_in_reach
from simulator.city.conditions import Draw, conditions_of
from simulator.errors import InputError
from simulator.interventions import MEASURES
from simulator.simulation import Simulation

from cities import make_city

# streets of 200, 200, 200 and 400 m on one line; a toilet stands at its beginning
ALONG = [(0.0, 0.0), (200.0, 0.0), (400.0, 0.0), (600.0, 0.0), (1000.0, 0.0)]
LINKS = [(0, 1), (1, 2), (2, 3), (3, 4)]
PLACES = [("home", 1, 100.0), ("home", 3, 100.0), ("shop", 0, 1.0), ("work", 4, 100.0), ("gateway", 4, 1.0)]
EVERY = np.arange(4, dtype=np.int32)
BY_DAY = range(7, 21)


def line(*more):
    city = make_city(ALONG, LINKS, places=[*PLACES, *more])
    rows = city.places_of("toilets")
    opens, closes = city.places.opens_h.copy(), city.places.closes_h.copy()
    opens[rows], closes[rows] = 7.0, 21.0
    return dataclasses.replace(city, places=dataclasses.replace(city.places, opens_h=opens, closes_h=closes))


CITY, WITHOUT = line(("toilets", 0, 0.0)), line()
TOILET = CITY.places_of("toilets")[0]


def toilets(city=CITY, segments=EVERY, **levers):
    measure = MEASURES["toilets"](**({"name": "by night", "where": "segments"} | levers))
    return measure.place(city, segments)


@pytest.fixture(scope="module")
def baseline():
    arm = Simulation.baseline(CITY, PARAMETERS, agents=300, date=FRIDAY)
    arm.settle(1)
    return arm


def lived(baseline, *placements):
    arm = baseline.fork(list(placements))
    arm.simulate_day()
    return arm


def test_those_there_are_open_in_these_hours_too_and_nothing_else_changes():
    placed = toilets()
    before = conditions_of(CITY, PARAMETERS, FRIDAY)
    after = placed.measure.change(before, placed, Draw(CITY, PARAMETERS, FRIDAY))
    assert [hour for hour in range(24) if before.open_at[hour, TOILET]] == list(BY_DAY)
    assert [hour for hour in range(24) if after.open_at[hour, TOILET]] == [*range(6), *range(7, 24)]
    others = np.arange(len(CITY.places)) != TOILET
    assert np.array_equal(before.open_at[:, others], after.open_at[:, others])
    assert same(dataclasses.replace(after, open_at=before.open_at, treated=before.treated), before)
    assert after.treated.tolist() == [True, False, False, False]


def test_a_toilet_is_in_reach_of_the_streets_whose_middle_is_at_most_300_m_away(baseline):
    """Middles lie 100, 300, 500 and 800 m from it: two streets while it is open, none while it is closed."""
    assert TOILET_M == 300.0
    found = toilets_in_reach(baseline)
    assert found.tolist() == [[hour in BY_DAY, hour in BY_DAY, False, False] for hour in range(24)]
    by_night = toilets_in_reach(lived(baseline, toilets()))
    assert by_night.tolist() == [[hour != 6, hour != 6, False, False] for hour in range(24)]


def test_a_new_one_stands_where_it_is_put_and_is_open_in_its_hours_alone(baseline):
    placed = toilets(segments=EVERY[2:3], new=1, from_hour=22, until_hour=5)
    arm = lived(baseline, placed)
    network = arm.setting.network
    new = network.places_of("toilets")[-1]
    assert (network.places.junction[new], network.places.segment[new]) == (2, 2)
    assert np.flatnonzero(arm.conditions.open_at[:, new]).tolist() == [0, 1, 2, 3, 4, 22, 23]
    night, day = toilets_in_reach(arm)[23], toilets_in_reach(arm)[12]
    assert night.tolist() == [True, True, True, False]  # middles 300, 100, 100 and 400 m away
    assert day.tolist() == [True, True, False, False]


def test_the_share_of_time_in_reach_is_that_of_the_streets_by_hour(baseline):
    """Against the sums by street, which know nothing of groups; and what is known is all time outdoors."""
    arm = lived(baseline, toilets())
    rows = summary_table(arm, {})
    own = rows[(rows["itinerary"] == "realised") & (rows["breakdown"] == "age_band")]
    out = own[["walking_s", "waiting_s", "staying_s"]].sum(axis=1)
    np.testing.assert_allclose(own["toilet_known_s"], out)
    on_streets = arm.walk.segments[:, :, 1] + arm.walk.segments[:, :, 3]
    near = (on_streets * toilets_in_reach(arm)).sum(axis=1) / (arm.walk.unit * 1000.0)
    by_hour = own.groupby("hour")["toilet_near_s"].sum().reindex(range(24), fill_value=0.0)
    np.testing.assert_allclose(by_hour, near)
    assert near[22] > 0.0
    levels = rows[(rows["itinerary"] == "realised") & (rows["breakdown"] == "disability")]
    assert levels["toilet_near_s"].sum() == pytest.approx(own["toilet_near_s"].sum())


def test_nobody_does_anything_else_because_of_it(baseline):
    one, other = lived(baseline), lived(baseline, toilets(), toilets(name="new", new=3))
    for name in ("made", "mode", "depart_ms"):
        assert np.array_equal(getattr(one.chosen, name), getattr(other.chosen, name)), name
    assert one.walk.cells.sum() == other.walk.cells.sum()


def test_where_a_city_has_none_nothing_is_told():
    arm = Simulation.baseline(WITHOUT, PARAMETERS, agents=100, date=FRIDAY)
    arm.settle(1)
    assert not summary_table(arm, {})[["toilet_known_s", "toilet_near_s"]].to_numpy().any()


def test_those_there_cost_their_hours_and_new_ones_their_building_too():
    there = placements_table((toilets(),), PARAMETERS).iloc[0]
    assert there["quantity"] == 1.0
    assert there["capital"] == 0.0
    assert there["running_per_year"] == pytest.approx(10 * 365.25 * PARAMETERS.toilet_hour_cost, rel=0.01)
    fridays = placements_table((toilets(days=("friday",)),), PARAMETERS).iloc[0]
    assert 0.1 < fridays["running_per_year"] / there["running_per_year"] < 0.2
    new = placements_table((toilets(new=3),), PARAMETERS).iloc[0]
    assert new["capital"] == pytest.approx(3 * PARAMETERS.toilet_capital)
    assert new["running_per_year"] == pytest.approx(3 * there["running_per_year"])
    own = placements_table((toilets(new=3, capital_each=10.0, running_each_year=20.0),), PARAMETERS).iloc[0]
    assert (own["capital"], own["running_per_year"]) == (30.0, 60.0)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="no public toilet on the chosen streets"):
        toilets(WITHOUT)
    with pytest.raises(ValueError, match="give new or at"):
        toilets(new=1, at=((25.0, 60.0),))
    with pytest.raises(InputError, match="m from the chosen streets, expected at most 100 m"):
        toilets(at=(to_degrees(0.0, 900.0),))


def test_one_at_a_point_stands_at_the_nearest_of_the_chosen_streets():
    placed = toilets(at=(to_degrees(310.0, 40.0), to_degrees(790.0, 0.0)))
    assert placed.segments.tolist() == [1, 3]
    built = placed.measure.built_on(CITY, placed)
    assert built.places.junction[built.places_of("toilets")].tolist() == [0, 1, 3]
    assert np.array_equal(built.places.place_id[: len(CITY.places)], CITY.places.place_id)


def test_on_other_days_they_are_as_they_were():
    measure = toilets(days=("sunday",)).measure
    idle = measure.idle_on(datetime.date(2026, 12, 18), network=CITY, placement=toilets())
    assert "Sundays" in idle.why
