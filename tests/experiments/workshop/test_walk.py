"""A safety walk: marks that cannot be are refused, nobody is in its file, and a city takes it in."""

import csv
import datetime
import io

import numpy as np
import pytest

from experiments.workshop.city_body import origin_of
from experiments.workshop.walk import MOST_MARKS, RATED, Mark, add, audits_csv, mark_of
from simulator.city.audits import AUDIT_PARAMETERS
from simulator.errors import InputError
from street_networks import load_city
from street_networks.derive import City
from street_networks.local_data.audits import add_audits

TODAY = datetime.date(2026, 11, 28)
WHEN = (22, "2026-11")


@pytest.fixture(scope="module")
def city():
    return load_city("helsinki-centre")


def on_street(city, row):
    """The first point of a street as the page counts."""
    return tuple(map(float, city.vertices[city.vertex_start[row]] - origin_of(city)))


def test_everything_that_audits_know_can_be_rated():
    assert tuple(RATED) == AUDIT_PARAMETERS


def test_a_city_takes_the_file_in(city, tmp_path):
    one = mark_of(on_street(city, 100), WHEN, {"lighting": 0, "feeling": 1}, city, TODAY)
    other = mark_of(on_street(city, 2000), (0, "2026-10"), {"visibility": 3}, city, TODAY)
    file = tmp_path / "walk.csv"
    file.write_text(audits_csv([one, other], city), encoding="utf-8")
    taken = add_audits(City(city, {}), file).network.audits
    rated = {
        (AUDIT_PARAMETERS[code], float(rating), int(hour), str(month))
        for code, rating, hour, month in zip(taken.parameter, taken.rating, taken.hour, taken.month, strict=True)
    }
    assert rated == {("lighting", 0, 22, "2026-11"), ("feeling", 1, 22, "2026-11"), ("visibility", 3, 0, "2026-10")}
    there = np.column_stack([taken.x_m, taken.y_m])[taken.hour == 0][0]
    assert there == pytest.approx(np.add(other.place, origin_of(city)), abs=1.5)  # to the metre


def test_the_file_does_not_tell_who_came_first_and_holds_no_names(city):
    marks = [mark_of(on_street(city, row), WHEN, {"people": row % 4}, city, TODAY) for row in (5, 900, 40, 3000)]
    text = audits_csv(marks, city)
    assert text == audits_csv(marks[::-1], city)
    heads, *rows = csv.reader(io.StringIO(text))
    assert heads == ["latitude", "longitude", "hour", "month", *AUDIT_PARAMETERS]
    assert len(rows) == 4
    assert all(len(cell.partition(".")[2]) <= 5 for found in rows for cell in found[:2])
    assert audits_csv([], city).count("\n") == 1


@pytest.mark.parametrize(
    ("place", "when", "ratings", "said"),
    [
        ((0, 0), WHEN, {}, "nothing is rated"),
        ((0, 0), WHEN, {"feeling": 4}, "0 to 3"),
        ((0, 0), WHEN, {"smell": 1}, "smell"),
        ((0, 0), (24, "2026-11"), {"feeling": 1}, "hour 24"),
        ((0, 0), (22, "2026-12"), {"feeling": 1}, "not later"),
        ((0, 0), (22, "November"), {"feeling": 1}, "month"),
        ((90_000, 0), WHEN, {"feeling": 1}, "outside"),
        ((float("nan"), 0), WHEN, {"feeling": 1}, "outside"),
        (("a", 0), WHEN, {"feeling": 1}, "no place"),
        ((0,), WHEN, {"feeling": 1}, "no place"),
    ],
)
def test_what_is_no_mark_is_told(city, place, when, ratings, said):
    with pytest.raises(InputError, match=said):
        mark_of(place, when, ratings, city, TODAY)


def test_marks_are_bounded():
    marks = [Mark((0.0, 0.0), *WHEN, {"feeling": 1})] * MOST_MARKS
    with pytest.raises(InputError, match="more than"):
        add(marks, marks[0])
    assert len(marks) == MOST_MARKS
