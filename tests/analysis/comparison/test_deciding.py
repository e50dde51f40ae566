"""The table of how surely and what decides it, from whole runs whose answers are known beforehand."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.chances import chance_above
from analysis.comparison.deciding import COLUMNS, QUANTITIES, decide
from analysis.comparison.information import value_of_knowing
from analysis.comparison.paired import compare_runs

READ = {"simulator.a": ["light", "noise_1", "noise_2", "same"]}


def given_parameters(runs, light):
    """The same runs, telling numbers that were read: `light` as given, the others at random but for `same`."""
    noise = np.random.default_rng(3).normal(size=(len(runs), 2))
    for at, run in enumerate(runs):
        run.manifest["parameters"] = {"light": light[at], "noise_1": noise[at, 0], "noise_2": noise[at, 1], "same": 1.0}
        run.manifest["parameters"]["unread"] = light[at]
        run.manifest["parameters_read"] = READ
    return runs


def quantities(table, gender="woman", indicator="feels_safe_share"):
    rows = table[(table["indicator"] == indicator) & (table["gender"] == gender)]
    return rows.set_index("quantity")


def decided(pair, light, **scenarios):
    base, lamps = pair
    runs = {"lamps": given_parameters(lamps, light)} | scenarios
    comparison = compare_runs(base, runs)
    return comparison, decide(base, runs, comparison, {name: ["feels_safe_share"] for name in runs})


@pytest.fixture(scope="module")
def answered(make_pair):
    """Twelve draws in which women's gain grows with `light`, and is below zero in the first three."""
    steps = 0.1 * np.arange(-3.0, 9.0) + 0.05
    pushes = [{"woman": step, "man": 0.2, "another": 0.0} for step in steps]
    return *decided(make_pair(pushes), np.exp(steps)), make_pair(pushes)


def test_chances_and_gains_are_those_of_the_draws(answered):
    comparison, tables, _ = answered
    table = tables["lamps"]
    assert tuple(table.columns) == COLUMNS
    assert set(table["quantity"]) <= set(QUANTITIES)
    assert set(table["gender"]) == {"woman", "man", "all"}  # too few of another gender for a row of their own
    women = quantities(table)
    (row,) = comparison[
        (comparison["indicator"] == "feels_safe_share")
        & (comparison["gender"] == "woman")
        & (comparison["period"] == "dark")
        & (comparison[["age", "hour_band", "disability", "carer", "night_worker"]] == "all").all(axis=1)
    ].to_dict("records")
    assert women.loc["draws", "estimate"] == 12
    assert women.loc["draws_better", "estimate"] == 9 == round(12 * row["share_better"])
    assert women.loc["chance_better", "estimate"] == pytest.approx(9.5 / 13)
    assert women.loc["expected_gain", "estimate"] == pytest.approx(row["difference"])
    assert women.loc["chance_materially_better", "estimate"] <= women.loc["chance_better", "estimate"]
    everything = women.loc["value_of_everything"]
    assert 0.0 < everything["estimate"] <= everything["high"]


def test_what_decides_it_is_named_and_its_worth_is_nearly_all(answered):
    women = quantities(answered[1]["lamps"])
    assert women.loc["candidates", "estimate"] == 3  # what was not read, or never differs, is none
    assert women.loc["decides", "parameter"] == "light"
    assert women.loc["decides", "estimate"] == pytest.approx(1.0)  # the rank correlation
    assert women.loc["decides", "p"] < 0.01
    one, everything = (women.loc[name, "estimate"] for name in ("value_of_one", "value_of_everything"))
    assert 0.8 * everything < one <= everything
    assert "share_explained" not in women.index  # of twelve draws no share is told


def test_men_who_gain_the_same_in_every_draw_have_nothing_that_decides(answered):
    men = quantities(answered[1]["lamps"], "man")
    assert men.loc["expected_gain", "error"] == pytest.approx(0.0, abs=1e-12)
    assert men.loc["value_of_everything", ["estimate", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert "decides" not in men.index or men.loc["decides", "parameter"] != "noise_1"


def test_less_is_better_is_turned(make_pair, make_pushes):
    base, lamps = make_pair(make_pushes(4))
    for run, factor in zip(lamps, (0.9, 0.8, 0.9, 1.1), strict=True):
        run.summary["trips_not_made"] *= factor
    comparison = compare_runs(base, {"lamps": lamps})
    table = decide(base, {"lamps": lamps}, comparison, {"lamps": ["trips_not_made"]})["lamps"]
    women = quantities(table, indicator="trips_not_made")
    assert women.loc["draws_better", "estimate"] == 3
    assert women.loc["expected_gain", "estimate"] == pytest.approx(100.0 * (0.1 + 0.2 + 0.1 - 0.1) / 4)
    assert "candidates" not in women.index  # these runs do not tell what they read


def test_many_draws_tell_the_share(make_pair, make_pushes):
    pushes = make_pushes(64)
    table = decided(make_pair(pushes), [one["woman"] for one in pushes])[1]["lamps"]
    share = quantities(table).loc["share_explained"]
    assert share["estimate"] > 0.99
    assert share["low"] <= share["estimate"] <= share["high"] <= 1.0


def test_choice_among_several(make_pair):
    """What is best changes between two ideas that are both better in every draw."""
    steps = 0.05 * np.arange(8)
    up = [{"woman": 0.2 + step, "man": 0.1, "another": 0.0} for step in steps]
    down = [{"woman": 0.5 - step, "man": 0.1, "another": 0.0} for step in steps]
    base, lamps = make_pair(up)
    other = make_pair(down)[1]
    runs = {"lamps": lamps, "other": other}
    tables = decide(base, runs, compare_runs(base, runs), {name: ["feels_safe_share"] for name in runs})
    for table in tables.values():
        women = quantities(table)
        assert women.loc["value_of_everything", "estimate"] == 0.0
        assert women.loc["value_of_everything_in_choice", "estimate"] > 0.0
        assert quantities(table, "man").loc["value_of_everything_in_choice", "estimate"] == pytest.approx(0.0, abs=1e-9)
    gains = [quantities(table).loc["expected_gain", "estimate"] for table in tables.values()]
    worth = quantities(tables["lamps"]).loc["value_of_everything_in_choice", "estimate"]
    assert 0.0 < worth < max(gains)
    alone = decide(base, {"lamps": lamps}, compare_runs(base, {"lamps": lamps}), {"lamps": ["feels_safe_share"]})
    assert "value_of_everything_in_choice" not in set(alone["lamps"]["quantity"])


def test_few_draws_have_no_rows_and_order_of_runs_does_not_matter(make_pair, make_pushes, answered):
    base, lamps = make_pair(make_pushes(2))
    table = decide(base, {"lamps": lamps}, compare_runs(base, {"lamps": lamps}), {"lamps": ["feels_safe_share"]})
    assert table["lamps"].empty
    comparison, tables, (base, lamps) = answered
    given_parameters(lamps, np.exp(0.1 * np.arange(-3.0, 9.0) + 0.05))
    again = decide(base[::-1], {"lamps": lamps[::-1]}, comparison, {"lamps": ["feels_safe_share"]})
    pd.testing.assert_frame_equal(again["lamps"], tables["lamps"])


def test_twins():
    gains = np.array([0.4, -0.2, 0.1])
    assert chance_above(gains)[0] == pytest.approx(2.5 / 4)
    assert value_of_knowing(gains[None]) == pytest.approx(0.2 / 3)
