"""The command that looks at a city before any measure."""

import json

import numpy as np
import pandas as pd
import pyproj
import pytest

from experiments.diagnose import audits_in_words, walk_points
from scenarios.selectors import middles
from street_networks import load_city
from street_networks.derive import City
from street_networks.local_data.audits import add_audits

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


def rated(city, tmp_path, told, time="2026-12-12 21:40"):
    """The city with a sheet for a night walk filled in: what `told` says of each street that is rated, in points."""
    walked = pd.DataFrame({"segment_id": city.streets.segment_id, "walking_s": 2000.0})
    points = walk_points(city, [walked])
    near = ratings_of(city, points)
    sheet = points.assign(time=time, feeling=[told[row] for row in near])
    sheet.drop(columns=["point", "street"]).to_csv(tmp_path / "walk.csv", index=False)
    return add_audits(City(city, {}), tmp_path / "walk.csv").network


def ratings_of(city, points):
    """Row of the street on whose middle each point lies."""
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", city.crs, always_xy=True)
    x, y = to_metres.transform(points["longitude"].to_numpy(), points["latitude"].to_numpy())
    every = middles(city)
    return [int(np.argmin(np.hypot(*(every - at).T))) for at in zip(x, y, strict=True)]


def test_a_walk_that_was_rated_is_held_against_what_is_simulated_and_only_after_dark(tmp_path):
    """The printed sheet's points come back as audits: full agreement, its opposite, and nothing by day."""
    city = load_city("helsinki-centre")
    luck = np.random.default_rng(2)
    felt = luck.uniform(0.2, 0.95, len(city.streets))
    simulated = pd.DataFrame({"segment_id": city.streets.segment_id, "walking_s": 1000.0, "safe_s": 1000.0 * felt})
    agreed = audits_in_words(rated(city, tmp_path, 3.0 * felt), [simulated, simulated])
    assert "rated after dark on 12 streets" in agreed
    assert "rank correlation 1.00" in agreed
    opposed = audits_in_words(rated(city, tmp_path, 3.0 - 3.0 * felt), [simulated])
    assert "rank correlation -1.00" in opposed
    by_day = audits_in_words(rated(city, tmp_path, 3.0 * felt, time="2026-12-12 12:10"), [simulated])
    assert by_day.startswith("Fewer than 10 streets were rated after dark")
    nobody = simulated.assign(walking_s=0.0, safe_s=0.0)
    assert audits_in_words(rated(city, tmp_path, 3.0 * felt), [nobody]).startswith("Fewer than 10")


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
            "why_where.csv",
            "groups.csv",
            "stays_in.csv",
            "levels.csv",
            "map.png",
            "manifest.json",
        ),
        *("diagnosis.html", "audit-sheet.html", "audit-points.csv"),
    }
    doubts = [line.lower() for line in told.out.split("\n") if line.startswith("- ")]
    assert len(doubts) == len(set(doubts)) > 1  # each is told once
    made = content_of(tmp_path / "store")
    again = afterdark(*words, "--json")
    assert content_of(tmp_path / "store") == made
    assert set(json.loads(again.out)) == {"reasons", "out", "where", "why_where", "stays_in", "groups", "levels"}
    other = afterdark(*words, "--seed", "2")
    assert other.status == 2
