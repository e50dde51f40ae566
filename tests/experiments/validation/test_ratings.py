"""`validate perception`: streets held against ratings of the same streets and hours."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pyproj
import pytest

from experiments.validation import ratings
from simulator.city.audits import AUDIT_PARAMETERS, Audits
from simulator.errors import InputError

from cities import grid_city

CITY = grid_city(4)
QUIET = lambda days: None


def audits_of(parameter, segment, rating, hour=21, month="2024-11"):
    """Ratings of some segments at one hour."""
    count = len(segment)
    return Audits(
        audit_id=np.arange(count),
        x_m=np.zeros(count),
        y_m=np.zeros(count),
        segment=np.asarray(segment),
        parameter=np.full(count, AUDIT_PARAMETERS.index(parameter)),
        rating=np.asarray(rating, float),
        hour=np.full(count, hour),
        month=np.full(count, month),
    )


def told_by(monkeypatch, tmp_path, given, values, name="feeling"):
    """The table where every draw simulates `values` for one parameter; nothing is lived."""
    found = {one: np.zeros((24, len(CITY.streets))) for one in ratings.SIMULATED} | {
        name: np.broadcast_to(np.asarray(values, float), (24, len(CITY.streets)))
    }
    monkeypatch.setattr(ratings, "simulated", lambda arm: found)
    monkeypatch.setattr(ratings.Simulation, "settle", lambda self, days: None)
    monkeypatch.setattr(ratings.Simulation, "begin_day", lambda self: None)
    return ratings.validate_perception(
        CITY, tmp_path / "out", ratings=given, agents=100, replications=2, seed=1, progress=QUIET
    )


def test_streets_that_are_rated_as_they_are_simulated_agree_and_others_do_not(monkeypatch, tmp_path):
    streets = np.arange(len(CITY.streets))
    given = audits_of("feeling", streets, 3.0 * streets / streets[-1])
    made = told_by(monkeypatch, tmp_path, given, np.linspace(0.2, 0.9, streets.size))
    assert made["result"].tolist() == pytest.approx([1.0])
    assert made["verdict"].tolist() == ["holds"]
    stored = pd.read_csv(tmp_path / "out" / "ratings.csv")
    assert stored["segment_id"].tolist() == CITY.streets.segment_id.tolist()
    assert (stored["ratings"] == 1).all()
    turned = dataclasses.replace(given, rating=given.rating[::-1].copy())
    made = told_by(monkeypatch, tmp_path / "turned", turned, np.linspace(0.2, 0.9, streets.size))
    assert made["result"].tolist() == pytest.approx([-1.0])
    assert made["verdict"].tolist() == ["misses"]


def test_many_ratings_of_one_street_and_hour_count_once_and_few_streets_say_nothing(monkeypatch, tmp_path):
    given = audits_of("feeling", [0] * 20 + [1, 2], [3.0] * 20 + [1.0, 2.0])
    made = told_by(monkeypatch, tmp_path, given, np.arange(len(CITY.streets)))
    assert made["verdict"].tolist() == ["not simulated yet"]
    assert "3 streets and hours were rated" in made["target"].iloc[0]


def test_the_date_is_a_weekday_of_the_month_in_which_most_was_rated():
    months = np.array(["2024-06", "2024-06", "2024-11"])
    given = dataclasses.replace(audits_of("feeling", [0, 1, 2], [1, 2, 3]), month=months)
    assert ratings.date_of(given) == datetime.date(2024, 6, 17)  # the 15th is a Saturday
    assert ratings.date_of(audits_of("feeling", [0], [1])) == datetime.date(2024, 11, 15)


def test_feelings_are_shares_over_all_people_and_light_is_that_of_the_hour():
    from simulator.evidence.parameters import draw_parameters
    from simulator.simulation import Simulation

    arm = Simulation.baseline(CITY, draw_parameters(1, -1), agents=150, date=datetime.date(2026, 12, 21))
    arm.begin_day()
    found = ratings.simulated(arm)
    assert found["feeling"].shape == (24, len(CITY.streets))
    assert ((found["feeling"] > 0) & (found["feeling"] < 1)).all()
    assert found["feeling"][22].mean() < found["feeling"][12].mean()
    np.testing.assert_allclose(found["lighting"], arm.conditions.light_min_lx)


class TestAFile:
    """Ratings come from a file of audits or of rated images."""

    def save(self, tmp_path, heading, cells):
        back = pyproj.Transformer.from_crs(CITY.crs, "EPSG:4326", always_xy=True)
        first = CITY.vertices[CITY.vertex_start[0]]
        longitude, latitude = back.transform(*first)
        path = tmp_path / "ratings.csv"
        path.write_text(f"latitude,longitude,time,{heading}\n{latitude},{longitude},2024-11-05 21:40,{cells}\n")
        return path

    def test_what_is_not_simulated_is_left_out(self, tmp_path):
        read = ratings.read_ratings(CITY, self.save(tmp_path, "feeling,openness", "2,1"))
        assert read.parameter.tolist() == [AUDIT_PARAMETERS.index("feeling")]
        assert (read.hour.tolist(), read.month.tolist()) == ([21], ["2024-11"])

    def test_a_file_without_what_is_simulated_is_refused(self, tmp_path):
        with pytest.raises(InputError, match="found no ratings of feeling, lighting, people"):
            ratings.read_ratings(CITY, self.save(tmp_path, "openness", "1"))

    def test_ratings_that_the_city_was_built_with_are_refused(self, tmp_path):
        path = self.save(tmp_path, "feeling", "2")
        known = dataclasses.replace(CITY, audits=ratings.read_ratings(CITY, path))
        with pytest.raises(InputError, match="was built with some of these ratings"):
            ratings.read_ratings(known, path)
