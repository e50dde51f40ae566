"""A real survey as the tables that `calibrate people --survey` takes: words, rings and days that are read back."""

import pandas as pd
import pytest

from experiments.calibration.own_travel import read_travel
from experiments.profile_recipes.as_survey import RINGS, as_survey, write_survey
from simulator.errors import InputError

from rawdata import raw_file


def answers():
    """Forty people as `read_persons` and `read_trips` give them: all shop, one takes and fetches a child, one is late."""
    persons = pd.DataFrame(
        {
            "person": [f"p{at}" for at in range(40)],
            "gender": ["woman", "man"] * 20,
            "age": [15, 40] * 20,
            "weight": 2.5,
            "occupation": pd.array([None, "1"] * 20, dtype="string"),
            "home_ring": ["1"] * 30 + ["3"] * 10,
        }
    )
    legs = [("home", "shop", "33", 600, 610), ("shop", "home", "01", 700, 710)]
    rows = [(f"p{at}", *leg) for at in range(40) for leg in legs]
    rows += [("p1", "home", "care", "61", 480, 490), ("p1", "care", "home", "01", 495, 505)]
    rows += [("p3", "home", "leisure", "54", 1600, 2400)]
    trips = pd.DataFrame(rows, columns=["person", "origin", "purpose", "code", "start", "end"])
    return persons, trips


def test_words_are_those_of_the_command_and_days_are_read_back(tmp_path):
    persons, trips = as_survey(*answers())
    assert persons["role"].tolist() == ["student", "employed"] * 20  # a minor without occupation is a pupil
    assert trips[trips["start"] == 480]["purpose"].tolist() == ["drop"]
    assert trips[trips["start"] == 495]["origin"].tolist() == ["drop"]
    assert trips[trips["start"] == 1600][["purpose", "end"]].to_numpy().tolist() == [["visit", 2159]]
    for name, table in (("persons", persons), ("trips", trips)):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    survey = read_travel(tmp_path / "trips.csv", tmp_path / "persons.csv")
    assert len(survey.persons) == 40
    assert len(survey.days) == 83
    assert survey.weights_cost == pytest.approx(1.0)


def test_a_ring_keeps_those_who_live_there_and_their_trips():
    persons, trips = as_survey(*answers(), ring="3")
    assert len(persons) == 10
    assert set(trips["person"]) == set(persons["person"])


def test_another_ring_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected one of 1, 2, 3"):
        write_survey(tmp_path, tmp_path / "out", "4")


@pytest.mark.rawdata
def test_the_real_survey_is_taken_whole(tmp_path):
    pytest.importorskip("pyreadr")
    folder = raw_file("travel/montpellier2014_BD_mobiliscope_pers.RDS").parents[1]
    write_survey(folder, tmp_path / "all")
    survey = read_travel(tmp_path / "all" / "trips.csv", tmp_path / "all" / "persons.csv")
    assert (len(survey.persons), len(survey.days)) == (12477, 49337)
    assert len(RINGS) == 3
