"""Streets are found without accents or with a part of their name, when only one can be meant."""

import dataclasses

import numpy as np
import pytest

from scenarios.selectors import find, streets_meant
from simulator.foundation.spelling import plainly
from simulator.interventions import Area

from cities import grid_city

NAMES = (
    "Avenida São João",
    "Calle de Pedro",
    "Rua Dom Pedro IV",
    "Rua Dom Pedro V",
    "Straße der Einheit",
    "Øster Allé",
)


def city():
    made = grid_city(3)
    index = np.arange(len(made.streets)) % len(NAMES)
    return dataclasses.replace(made, street_names=NAMES, streets=dataclasses.replace(made.streets, name_index=index))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Avenida São João", "Avenida São João"),
        ("avenida sao joao", "Avenida São João"),
        ("João", "Avenida São João"),
        ("rua dom pedro-iv", "Rua Dom Pedro IV"),
        ("Pedro V", "Rua Dom Pedro V"),
        ("Rua Pedro V", "Rua Dom Pedro V"),  # all of its words, though not in one piece
        ("strasse der einheit", "Straße der Einheit"),
        ("Oster Alle", "Øster Allé"),
    ],
)
def test_a_name_that_can_mean_one_street_only_finds_it(said, meant):
    assert [NAMES[row] for row in streets_meant(said, NAMES)] == [meant]
    rows, faults = find(Area(names=(said,)), city())
    assert faults == []
    assert {NAMES[row] for row in city().streets.name_index[rows]} == {meant}


def test_a_name_that_can_mean_several_is_refused_with_all_of_them():
    rows, ((path, text),) = find(Area(names=("dom pedro",)), city())
    assert rows.size == 0
    assert path == ("names", 0)
    assert 'which may be "Rua Dom Pedro IV" and "Rua Dom Pedro V"' in text or "Rua Dom Pedro V" in text
    assert "write more of its name" in text


def test_a_part_of_a_word_is_no_word():
    assert streets_meant("Ped", NAMES) == []
    _, ((_, text),) = find(Area(names=("Rua Don Pedro IV",)), city())
    assert "did you mean" in text
    assert "Rua Dom Pedro IV" in text


def test_plain_names_keep_letters_and_numbers_only():
    assert plainly("  São-João St. 3 ") == "sao joao st 3"
    assert plainly("İstiklal Caddesi") == plainly("istiklal caddesi")
    assert plainly("駅前通り") == "駅前通り"
