"""`afterdark rank`, and what users give for the analysis, through the command line."""

import json

import pandas as pd

from ..conftest import SMALL

RANK = ("rank", "light-the-park-paths", "nothing-changes", *SMALL)
VALUES = """
[appraisal]
years = 10
[such_days]
all = 200
[feels_safe_minute]
value = 0.05
currency = "EUR"
source = "a test"
"""


def test_two_cases_side_by_side(afterdark, made, tmp_path):
    told = afterdark(*RANK, "--store", made / "store", "--budget", "35000", "--out", "ranked")
    assert told.status == 0, told.err
    for words in (
        "Cost beside gain",
        "within 35 000 EUR",
        "For whom",
        "is dominated: none costs more",
        "not a forecast",
    ):
        assert words in told.out.replace("\u202f", " ")
    assert (tmp_path / "ranked" / "front.png").read_bytes().startswith(b"\x89PNG")
    again = afterdark(*RANK, "--store", made / "store", "--budget", "100", "--out", "ranked", "--json")
    lamps, nothing = json.loads(again.out)
    assert nothing["annual_cost"] == nothing["gain"] == 0.0  # a placebo costs nothing and gains nothing
    assert (lamps["within_budget"], nothing["within_budget"]) == (False, True)
    assert lamps["years"] > 1
    costs = pd.read_csv(tmp_path / "ranked" / "cost.csv")
    total = costs[(costs["scenario"] == "light-the-park-paths") & (costs["quantity"] == "annual_cost")]
    rows = pd.read_csv(tmp_path / "ranked" / "comparison.csv")
    row = rows[(rows["scenario"] == "light-the-park-paths") & (rows["indicator"] == "cost")]
    assert abs(total["estimate"].iloc[0] / row["difference"].iloc[0] - 1) < 1e-6
    assert lamps["annual_cost"] == total["estimate"].iloc[0]


def test_values_and_observations_are_part_of_the_answer(afterdark, made, tmp_path):
    (tmp_path / "values.toml").write_text(VALUES)
    seen = "scenario,indicator,period,year,value,source\nlight-the-park-paths,trips_not_made,dark,1,12,diaries\n"
    (tmp_path / "seen.csv").write_text(seen)
    words = ("compare", "light-the-park-paths", *SMALL, "--store", made / "store")
    plain = afterdark(*words)
    told = afterdark(*words, "--unit-values", "values.toml", "--observed", "seen.csv", "--full")
    assert told.status == 0, told.err
    assert "What it is worth a year at the values given" in told.out
    assert "diaries" in told.out
    assert len(list(tmp_path.glob("runs/compare-light-the-park-paths-*"))) == 2
    folder = next(tmp_path.glob("runs/compare-light-the-park-paths-*"))
    shown = afterdark("show", folder, "--full", "--observed", "seen.csv")
    assert "Observed beside expected" in shown.out
    assert "no benefit-cost ratio" not in plain.out  # that is for the report and --full


def test_what_cannot_be_used_is_refused_before_any_work(refused, tmp_path):
    (tmp_path / "values.toml").write_text(VALUES.replace("EUR", "BRL"))
    (tmp_path / "seen.csv").write_text("scenario,indicator,year,value,source\nlamps,trips_not_made,1,12,diaries\n")
    assert "found one case, expected two or more" in refused("rank", "light-the-park-paths")
    assert "--budget: found -1.0" in refused(*RANK, "--budget", "-1")
    assert "found no --budget" in refused(*RANK, "--currency", "EUR")
    assert "found BRL, expected EUR" in refused(*RANK, "--budget", "9", "--currency", "BRL")
    assert "expected 'EUR', in which the costs are" in refused(*RANK, "--unit-values", "values.toml")
    assert "found scenario lamps" in refused(*RANK, "--observed", "seen.csv")
    assert "expected an option of `afterdark rank`" in refused(*RANK, "--full")


def test_help_shows_the_example(afterdark):
    told = afterdark("rank", "--help")
    assert "Example: afterdark rank light-the-park-paths square-hosts --budget 35000" in told.out
    for option in ("--budget", "--currency", "--unit-values", "--people", "--replications", "--store"):
        assert option in told.out
