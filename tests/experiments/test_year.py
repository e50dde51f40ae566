"""A year of sixteen days: they stand for all its days and nights, what does nothing on some of them is no fault."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from analysis.answer.year import DAY_COLUMNS, by_day_table, days_table, in_words, mean_day_table
from experiments.cli.main import app
from experiments.comparing import Plan
from experiments.runs import Options
from experiments.year import KINDS_OF_DAY, SEASONS, YearPlan, make_year, read_year, representative_days
from scenarios import load_scenario, parse_scenario
from simulator.city.sun import darkness, solar_elevation
from simulator.errors import InputError, ScenarioError

DATE = datetime.date(2026, 12, 18)


def test_sixteen_days_stand_for_all_days_of_a_year():
    days = representative_days(2026)
    assert len(days) == len(SEASONS) * len(KINDS_OF_DAY)
    assert sum(day.days for day in days) == pytest.approx(365.25)
    assert sum(day.days for day in days if day.kind == "working day") == pytest.approx(365.25 * 4 / 7)
    for day in days:
        assert day.kind == "working day" or f"{day.date:%A}" == day.kind
        assert abs((day.date - datetime.date(2026, SEASONS[day.season], 15)).days) <= 6


@pytest.mark.parametrize("latitude", [60.17, -33.45, 1.29])
def test_their_nights_are_as_long_as_those_of_the_year(latitude):
    def dark_hours(date):
        return float(darkness(solar_elevation(latitude, 0.0, "UTC", date), begins_deg=0.0, complete_deg=-6.0).sum())

    every = [dark_hours(datetime.date(2026, 1, 1) + datetime.timedelta(days=day)) for day in range(0, 365, 3)]
    weight = [day.days for day in representative_days(2026)]
    ours = np.average([dark_hours(day.date) for day in representative_days(2026)], weights=weight)
    assert ours == pytest.approx(np.mean(every), abs=0.15)


FRIDAYS = """
format = 1
title = "Hosts on Fridays in winter"
[[measures]]
kind = "hosts"
name = "Hosts"
where = "nightlife segments"
hosts = 2
from_hour = 22
until_hour = 4
days = ["friday"]
[measures.when]
months = [12, 1, 2]
"""


def plan_of(tmp_path, text=FRIDAYS, **options):
    case = parse_scenario(text)
    usual = Options(agents=300, settle_days=1, adapt_days=1, date=DATE, **options)
    return YearPlan(Plan(load_scenario("baseline"), (case,), usual, 1, tmp_path / "store"))


def test_what_does_nothing_on_some_days_is_no_fault_and_never_acting_is(tmp_path):
    plan_of(tmp_path).check()
    never = FRIDAYS.replace("[12, 1, 2]", "[3]")
    with pytest.raises(ScenarioError, match="nothing would change"):
        plan_of(tmp_path, never).check()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("year")
    year = plan_of(folder)
    return year, make_year(year, folder / "out", workers=1), folder


@pytest.mark.slow
def test_days_on_which_it_does_not_act_are_the_baseline_and_the_mean_is_theirs(made):
    _, answer, _ = made
    assert list(answer.days.columns) == list(DAY_COLUMNS)
    days = answer.days[(answer.days["indicator"] == "trips_made") & (answer.days["gender"] == "all")]
    days = days[days["period"] == "all"]
    acts = (days["season"] == "January") & (days["kind_of_day"] == "Friday")
    assert len(days) == 16
    assert (days.loc[~acts, "difference"] == 0.0).all()
    mean = answer.mean
    rows = mean[(mean["indicator"] == "trips_made") & (mean["gender"] == "all") & (mean["period"] == "all")]
    rows = rows[(rows["age"] == "all") & (rows["hour_band"] == "all") & (rows["purpose"] == "all")]
    rows = rows[(rows["zone"] == "core") & (rows[["disability", "carer", "night_worker"]] == "all").all(axis=1)]
    (base,) = rows["baseline"]
    assert base == pytest.approx(np.average(days["baseline"], weights=days["days_a_year"]), rel=1e-6)


@pytest.mark.slow
def test_the_same_year_is_read_and_not_made_again(made):
    year, answer, folder = made
    again = make_year(year, folder / "out", workers=1)
    pd.testing.assert_frame_equal(again.mean, answer.mean)
    assert (folder / "out" / "year.png").stat().st_size > 10_000
    shown = CliRunner().invoke(app, ["show", str(folder / "out")])
    assert shown.exit_code == 0, shown.output
    assert "mean day of 2026" in shown.output
    assert "Hosts on Fridays in winter" in shown.output


def test_another_folder_is_not_read_as_a_year(tmp_path):
    (tmp_path / "manifest.json").write_text('{"kind": "comparison"}')
    with pytest.raises(InputError, match="holds no year"):
        read_year(tmp_path)


@pytest.mark.parametrize("option", [("--fail-on-harm",), ("--equity-weight", "0.5"), ("--profile",)])
def test_options_of_one_day_are_refused_with_what_to_do(option, tmp_path):
    words = ["compare", "light-the-park-paths", "--calendar", "year", *option, "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code
    assert option[0] in str(result.exception)
    assert "leave it out" in str(result.exception)
    assert not (tmp_path / "out").exists()


# Words about days, by hand


def day_rows(difference, low, high):
    """A comparison of one day that says one thing of women after dark."""
    cell = dict.fromkeys(("age", "disability", "carer", "night_worker", "hour_band", "purpose"), "all")
    row = {
        "scenario": "a",
        "indicator": "feels_safe_share",
        "unit": "share of walking time",
        "gender": "woman",
        "period": "dark",
    }
    numbers = {"baseline": 0.5, "value": 0.5 + difference, "difference": difference, "low": low, "high": high}
    return pd.DataFrame(
        [cell | row | numbers | {"zone": "core", "share_better": 1.0, "verdict": "better", "people": 99}]
    )


@pytest.mark.parametrize(
    ("winter", "summer", "said"),
    [
        ((0.05, 0.04, 0.06), (0.01, 0.0, 0.02), "largest on a Friday around the middle of January"),
        ((0.05, 0.0, 0.1), (0.04, 0.0, 0.08), "not distinguishable"),
        ((0.05, math.nan, math.nan), (0.04, 0.0, 0.08), "Fewer than two days"),
    ],
)
def test_days_are_named_only_where_draws_tell_them_apart(winter, summer, said):
    which = [("January", "Friday", "2026-01-16", 13.0), ("July", "Sunday", "2026-07-19", 13.0)]
    table = days_table(which, [day_rows(*winter), day_rows(*summer)])
    assert said in in_words(table, "a")
    rows = by_day_table(table, "a", "Lamps").rows
    assert [row[:3] for row in rows] == [day[:3] for day in which]
    assert rows[0][-1] == "nobody to tell of"  # no row of men


def test_the_table_of_the_mean_day_has_a_row_for_each_gender():
    mean = day_rows(0.05, 0.04, 0.06).assign(date="mean day of 2026")
    table = mean_day_table(mean, {"a": "Lamps"})
    assert len(table.rows) == 3
    assert "+5.0 (+4.0 to +6.0)" in str(table.rows[0][-2])
