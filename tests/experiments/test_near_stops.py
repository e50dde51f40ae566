"""Residents with a stop near home: on a line where it is known, and as a run tells it."""

import dataclasses
import json

import numpy as np
import pytest

from analysis.indicators.cells import MIN_AGENTS
from experiments.near_stops import COLUMNS, residents_near_stops

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
def test_the_command_tells_it_and_agrees_with_the_indicator_of_a_run(afterdark):
    told = json.loads(afterdark("network", "inspect", "helsinki-centre", "--stops", "--json").out)
    rows = {row["group"]: row for row in told["residents_near_stops"]}
    done = afterdark("run", "baseline", "--people", "500", "--quiet", "--out", "run")
    assert done.status == 0, done.err
    shown = json.loads(afterdark("show", "run", "--json").out)
    text = json.dumps(shown)
    assert "sdg_11_2_1_proxy" in text
    assert rows["everybody"]["near"] > 0.95
    assert rows["woman"]["agents"] + rows["man"]["agents"] + rows["another"]["agents"] == rows["everybody"]["agents"]
