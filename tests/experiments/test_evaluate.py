"""Pilot and control streets, and the command that plans an evaluation."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.evaluate import STREET_COLUMNS, pilot_and_control
from simulator.errors import InputError
from simulator.results.schema import RunTables

from cities import grid_city

DARK = [hour < 6 or hour > 17 for hour in range(24)]


@pytest.fixture(scope="module")
def city():
    return grid_city(6)


def run_of(city, *, treated, near=(), people=None, light=None):
    """A run of which only the segments are told, alike at every hour."""
    keys = city.streets.segment_id
    band = np.full(keys.size, "elsewhere", dtype=object)
    band[list(near)], band[list(treated)] = "near", "treated"
    people = np.ones(keys.size) if people is None else np.asarray(people, float)
    light = np.ones(keys.size) if light is None else np.asarray(light, float)
    frame = pd.DataFrame(
        {
            "segment_id": np.tile(keys, 24),
            "hour": np.repeat(np.arange(24), keys.size),
            "footfall_people": np.tile(people, 24),
            "illuminance_mean_lx": np.tile(light, 24),
            "treated": np.tile(np.isin(np.arange(keys.size), list(treated)), 24),
            "in_core": np.tile(city.streets.in_core, 24),
            "band": np.tile(band, 24),
        }
    )
    return RunTables(pd.DataFrame(), frame, pd.DataFrame(), {"dark_hours": DARK})


def core(city, count):
    rows = np.flatnonzero(city.streets.in_core)
    assert rows.size >= count, "the drawn city must have room for this test"
    return [int(row) for row in rows]


def test_each_pilot_street_gets_the_street_that_is_most_like_it(city):
    rows = core(city, 4)
    one, two, *others = rows
    people = np.full(len(city.streets), 3.0)
    people[one], people[two] = 100.0, 10.0
    people[others[0]], people[others[1]] = 11.0, 95.0
    runs = [run_of(city, treated=[one, two], people=people)]
    pilot, control, table = pilot_and_control(city, runs, runs)
    assert pilot.tolist() == [one, two]
    assert control.tolist() == [others[1], others[0]]
    assert list(table.columns) == list(STREET_COLUMNS)
    of_control = table[table["area"] == "control"]
    assert of_control["like"].tolist() == city.streets.segment_id[[one, two]].tolist()
    assert of_control["people_passing"].tolist() == [95.0 * sum(DARK), 11.0 * sum(DARK)]


def test_where_controls_run_out_each_is_like_the_pilot_that_it_stands_for(city):
    one, two, three, *_ = core(city, 3)
    people = np.full(len(city.streets), 3.0)
    people[one], people[two], people[three] = 1000.0, 10.0, 11.0
    others = [row for row in range(len(city.streets)) if row not in (one, two, three)]
    runs = [run_of(city, treated=[one, two], near=others, people=people)]
    pilot, control, table = pilot_and_control(city, runs, runs)
    assert (pilot.tolist(), control.tolist()) == ([one, two], [three])
    assert table[table["area"] == "control"]["like"].tolist() == [city.streets.segment_id[two]]


def test_streets_within_reach_are_no_control(city):
    one, two = core(city, 2)[:2]
    runs = [run_of(city, treated=[one], near=[two])]
    _, control, _ = pilot_and_control(city, runs, runs)
    assert two not in control.tolist()
    assert one not in control.tolist()
    everywhere = [run_of(city, treated=[one], near=[row for row in range(len(city.streets)) if row != one])]
    with pytest.raises(InputError, match="no street of the map lies beyond the reach"):
        pilot_and_control(city, everywhere, everywhere)


def test_a_case_that_touches_no_walked_street_has_nothing_to_evaluate(city):
    runs = [run_of(city, treated=[])]
    with pytest.raises(InputError, match="nothing to evaluate"):
        pilot_and_control(city, runs, runs)


@pytest.mark.slow
def test_the_command_plans_and_reads_back(afterdark, tmp_path):
    words = (
        "evaluate",
        "light-the-park-paths",
        "--people",
        "300",
        "--replications",
        "3",
        "--store",
        "store",
        "--quiet",
    )
    told = afterdark(*words, "--out", "plan")
    assert told.status == 0
    assert "how to find out whether it works" in told.out
    assert {path.name for path in (tmp_path / "plan").iterdir()} == {
        *("evaluation.csv", "streets.csv", "streets.png", "manifest.json")
    }
    again = afterdark(*words, "--out", "plan", "--json")
    rows = json.loads(again.out)
    assert rows == json.loads(pd.read_csv(tmp_path / "plan" / "evaluation.csv").to_json(orient="records")) or len(rows)
    other = afterdark(*words, "--out", "plan", "--asked", "500")
    assert other.status == 2
    assert "holds something else" in other.err or "another" in other.err
