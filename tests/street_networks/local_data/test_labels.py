"""Labels of the user's own on persons: read by key, few, and no part of the people whom the model knows."""

import dataclasses

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.people.given_people import GivenPeople
from street_networks.local_data.persons import read_labels, read_persons

from cities import grid_city

CITY = grid_city(4)


def table(folder, labels, heading="label"):
    file = folder / "persons.csv"
    rows = [f"p{at},woman,{20 + at},{label}" for at, label in enumerate(labels)]
    file.write_text("\n".join([f"id,gender,age,{heading}", *rows]) + "\n")
    return file


def test_everybody_keeps_the_own_label_whatever_the_order(tmp_path):
    labels = read_labels(table(tmp_path, ["b", "", "a", "b"]), None)
    assert labels.words == ("a", "b")
    people, _ = read_persons(tmp_path / "persons.csv", None, CITY)
    told = {int(age): int(code) for age, code in zip(people.age, labels.of(people.person_id), strict=True)}
    assert told == {20: 1, 21: -1, 22: 0, 23: 1}


def test_a_column_of_another_name_is_mapped_and_none_is_no_label(tmp_path):
    assert read_labels(table(tmp_path, ["x"], heading="tenure"), None).words == ()
    assert read_labels(tmp_path / "persons.csv", "label=tenure").words == ("x",)


def test_other_labels_are_the_same_people(tmp_path):
    one, _ = read_persons(table(tmp_path, ["a", "b", "a"]), None, CITY)
    other, _ = read_persons(table(tmp_path, ["b", "z", ""]), None, CITY)
    for field in dataclasses.fields(GivenPeople):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


def test_too_many_labels_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"found 21 labels .*expected at most 20"):
        read_labels(table(tmp_path, [f"l{at:02}" for at in range(21)]), None)
