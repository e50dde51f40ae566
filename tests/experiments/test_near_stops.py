"""Residents with a stop near home: on a line where it is known, and as a run tells it."""

import dataclasses
import json

import numpy as np
import pytest

from analysis.indicators.cells import MIN_AGENTS
from experiments.near_stops import COLUMNS, residents_near_stops
from simulator.results.schema import read_run

from linecity import line_city


def test_on_a_line_everybody_lives_100_m_from_the_stop():
    told = residents_near_stops(line_city(), agents=400)
    assert list(told) == list(COLUMNS)
    everybody = told.set_index("group").loc["everybody"]
    assert everybody["near"] == 1.0
    assert everybody["near_late"] == 1.0  # served from 6 to 28 o'clock
    few = told[(told["agents"] < MIN_AGENTS) & (told["by"] != "all")]
    assert few["near"].isna().all()
    assert set(told["by"]) == {"all", "gender", "age", "disability"}


def test_a_line_that_ends_by_evening_is_near_but_not_late():
    everybody = residents_near_stops(line_city(hours=range(6, 20)), agents=400).set_index("group").loc["everybody"]
    assert (everybody["near"], everybody["near_late"]) == (1.0, 0.0)


def test_a_stop_600_m_away_is_not_near():
    city = line_city()
    far = dataclasses.replace(
        city.streets, length_m=np.where(city.streets.length_m < 200, 600.0, city.streets.length_m)
    )
    everybody = (
        residents_near_stops(dataclasses.replace(city, streets=far), agents=400).set_index("group").loc["everybody"]
    )
    assert everybody["near"] == 0.0


@pytest.mark.slow
def test_the_command_tells_it_and_a_run_says_the_same(afterdark, made):
    told = json.loads(afterdark("network", "inspect", "helsinki-centre", "--stops", "--json").out)
    rows = {row["group"]: row for row in told["residents_near_stops"]}
    assert sum(rows[gender]["agents"] for gender in ("woman", "man", "another")) == rows["everybody"]["agents"]
    summary = read_run(next((made / "store").iterdir())).summary
    living = summary[(summary["itinerary"] == "living") & (summary["breakdown"] == "age_band")]
    for ours, theirs in (("near", "home_stop"), ("near_late", "home_stop_late")):
        share = living[theirs].sum() / living["home_stop_known"].sum()
        assert rows["everybody"][ours] == pytest.approx(share, abs=0.04)  # other people, drawn alike
    shown = afterdark("network", "inspect", "helsinki-centre", "--stops").out
    assert "Stops near home (SDG 11.2.1 proxy)" in shown
    assert max(map(len, shown.splitlines())) <= 100
