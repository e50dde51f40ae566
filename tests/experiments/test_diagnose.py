"""The command that looks at a city before any measure."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.diagnose import walk_points
from street_networks import load_city

from .conftest import content_of
from cities import grid_city


def test_a_night_walk_sees_the_whole_core_and_names_streets():
    city = load_city("helsinki-centre")
    luck = np.random.default_rng(1)
    walked = pd.DataFrame(
        {"segment_id": city.streets.segment_id, "walking_s": luck.uniform(0, 5000, len(city.streets))}
    )
    points = walk_points(city, [walked])
    assert points["point"].tolist() == list(range(1, 13))
    assert points["street"].str.len().gt(0).all()
    assert points["latitude"].between(60.1, 60.3).all()
    apart = points[["latitude", "longitude"]].drop_duplicates()
    assert len(apart) == 12
    assert walk_points(city, [walked.sample(frac=1.0, random_state=1)]).equals(points)


def test_a_city_without_walkers_has_no_walk():
    city = grid_city(6)
    nobody = pd.DataFrame({"segment_id": city.streets.segment_id, "walking_s": 0.0})
    assert walk_points(city, [nobody]).empty


@pytest.mark.slow
def test_the_command_diagnoses_writes_whole_and_reads_back(afterdark, tmp_path):
    words = ("diagnose", "--people", "400", "--replications", "3", "--store", "store", "--out", "found", "--quiet")
    told = afterdark(*words)
    assert told.status == 0
    assert "before any measure" in told.out
    assert {path.name for path in (tmp_path / "found").iterdir()} == {
        *(
            "reasons.csv",
            "out.csv",
            "where.csv",
            "groups.csv",
            "stays_in.csv",
            "levels.csv",
            "map.png",
            "manifest.json",
        ),
        *("diagnosis.html", "audit-sheet.html", "audit-points.csv"),
    }
    made = content_of(tmp_path / "store")
    again = afterdark(*words, "--json")
    assert content_of(tmp_path / "store") == made
    assert set(json.loads(again.out)) == {"reasons", "out", "where", "stays_in", "groups", "levels"}
    other = afterdark(*words, "--seed", "2")
    assert other.status == 2
