"""Why walks do not feel safe: a planted cause is found where it was planted, and nothing else is blamed."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.accounting.reasons import AS_IT_IS, REASON_COLUMNS, REASONS, reasons_tables
from simulator.evidence.parameters import draw_parameters
from simulator.simulation import Simulation

from cities import grid_city

DATE = datetime.date(2026, 12, 21)


def lived(city, **overrides):
    """A baseline after one lived day, at central values but for some parameters."""
    arm = Simulation.baseline(city, draw_parameters(1, -1, overrides), agents=400, date=DATE)
    arm.settle(1)
    arm.simulate_day()
    return arm


@pytest.fixture(scope="module")
def half_dark():
    """A city that is lit like day but for some streets, and what stands in the way there."""
    city = grid_city(6)
    dark = np.isin(np.arange(len(city.streets)), range(30))
    light = np.where(dark, 0.0, 50.0)
    columns = dict.fromkeys(("lit_min_lx", "lit_mean_lx"), light)
    city = dataclasses.replace(city, streets=dataclasses.replace(city.streets, **columns))
    arm = lived(city)
    return dark, arm, reasons_tables(arm)


def test_a_dark_street_is_explained_by_its_darkness(half_dark):
    dark, _, tables = half_dark
    streets = tables["reasons_by_street"]
    walked = streets["walking_s"] > 0
    gain = (streets["safe_s_light"] - streets["safe_s"]) / streets["walking_s"].where(walked)
    there = streets[walked & dark]
    assert (there["safe_s_light"] - there["safe_s"]).sum() / there["walking_s"].sum() > 0.1
    assert (gain[walked & dark] > 0.02).all()  # who alone walks there at dusk has little to gain
    assert gain[walked & ~dark].abs().max() < 1e-3, "a street that is lit like day has all that light can give"


def test_light_is_all_that_light_can_give_by_hand(half_dark):
    """Every walker's feeling on one dark street, with and without light, is the formula's."""
    dark, arm, _ = half_dark
    perception = arm.setting.perception
    in_view = arm.people_in_view()
    hour = 22
    row = int(np.flatnonzero(dark)[0])
    lit, seen = REASONS["light"].mended(arm, in_view)
    before, after = (one.streets_by_hour(view)[hour] for one, view in ((arm, in_view), (lit, seen)))
    for gender in range(3):
        expected = arm.conditions.dark[hour] * perception.dark[gender] * perception.relief
        assert after.score[gender, row] - before.score[gender, row] == pytest.approx(expected, rel=1e-5)
    np.testing.assert_array_equal(before.nobody, after.nobody)


def test_as_it_is_agrees_with_the_same_walks(half_dark):
    _, arm, tables = half_dark
    rows = tables["reasons"]
    walk = arm.walk_through(arm.chosen.itineraries(), arm.streets_by_hour(arm.people_in_view()))
    streets = tables["reasons_by_street"]
    dark_hours = rows[rows["period"] == "dark"]
    told = dark_hours[dark_hours["reason"] == AS_IT_IS][["walking_s", "safe_s"]].sum()
    core = streets[streets["in_core"]]
    assert told["walking_s"] == pytest.approx(core["walking_s"].sum())
    assert told["safe_s"] == pytest.approx(core["safe_s"].sum(), rel=1e-4)
    assert walk.segments.shape[1] == len(streets)


def test_nothing_that_is_mended_makes_walks_longer_and_light_never_makes_them_worse(half_dark):
    *_, tables = half_dark
    rows = tables["reasons"]
    assert list(rows.columns) == list(REASON_COLUMNS)
    sums = rows.groupby("reason")[["walking_s", "safe_s", "survey_respondents", "survey_feel_safe"]].sum()
    assert set(sums.index) == {AS_IT_IS, *REASONS}
    assert sums["walking_s"].nunique() == 1
    assert sums["survey_respondents"].nunique() == 1
    for key in ("light", "fronts", "night"):
        assert sums.loc[key, "safe_s"] >= sums.loc[AS_IT_IS, "safe_s"]
        assert sums.loc[key, "survey_feel_safe"] >= sums.loc[AS_IT_IS, "survey_feel_safe"]


def test_what_nobody_audited_is_not_blamed(half_dark):
    *_, tables = half_dark
    sums = tables["reasons"].groupby("reason")["safe_s"].sum()
    assert sums["sight"] == sums[AS_IT_IS]
    assert sums["upkeep"] == sums[AS_IT_IS]


def test_asking_why_changes_nothing_of_the_arm(half_dark):
    _, arm, _ = half_dark
    before = (arm.expected_on.copy(), arm.passages.copy(), arm.day)
    again = reasons_tables(arm)
    np.testing.assert_array_equal(before[0], arm.expected_on)
    np.testing.assert_array_equal(before[1], arm.passages)
    assert before[2] == arm.day
    assert again["reasons"].equals(reasons_tables(arm)["reasons"])


def test_a_city_without_fear_of_the_dark_blames_no_darkness():
    city = grid_city(6)
    fearless = lived(city, dark_odds_women=1.001, dark_odds_men=1.001, feel_park=0.0)
    sums = reasons_tables(fearless)["reasons"].groupby("reason")["safe_s"].sum()
    assert sums["light"] == pytest.approx(sums[AS_IT_IS], rel=1e-3)


@pytest.mark.parametrize(
    ("reason", "name", "bad", "good"),
    [
        ("fronts", "frontage", 0.0, 1.0),
        ("drinking", "nightlife", 1.0, 0.0),
        ("sight", "visibility", -1.0, 1.0),
        ("upkeep", "condition", -1.0, 1.0),
    ],
)
def test_a_planted_cause_is_found_where_it_was_planted(half_dark, monkeypatch, reason, name, bad, good):
    """On the first thirty streets one thing is as bad as can be, elsewhere as good; all streets were audited."""
    planted, arm, _ = half_dark
    before = getattr(arm.conditions, name)
    changed = np.broadcast_to(np.where(planted, bad, good), before.shape).astype(before.dtype)
    there = Simulation(arm.setting, dataclasses.replace(arm.conditions, **{name: changed}))
    there.chosen, there.walk, there.expected_on = arm.chosen, arm.walk, arm.expected_on + 0.05  # a crowd everywhere
    monkeypatch.setattr("simulator.accounting.reasons._audited", lambda setting: np.ones(planted.size, bool))
    streets = reasons_tables(there)["reasons_by_street"]
    gain = (streets[f"safe_s_{reason}"] - streets["safe_s"]) / streets["walking_s"].where(streets["walking_s"] > 0)
    blamed, elsewhere = gain[planted].dropna(), gain[~planted].dropna()
    assert blamed.min() >= -1e-9
    assert blamed.mean() > 0.001
    assert elsewhere.abs().max() < 1e-6
