"""Words that people write, against what a reader would have meant."""

import pytest

from experiments.values import read_values
from simulator.errors import InputError
from simulator.evidence.parameters import load_evidence
from simulator.foundation.categories import GENDERS
from simulator.foundation.spelling import GENDER_WORDS, gender_of, near_ones, nearest, nearest_told
from simulator.model import SafetyModel
from street_networks import load_city

STREETS = ["Mannerheimintie", "Aleksanterinkatu", "Runeberginkatu", "Esplanadi"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("wooman", "woman"),
        ("mna", "man"),
        ("ANOTHR", "another"),
        ("x", None),
        ("", None),
        ("nonsense", None),
        ("any", None),
    ],
)
def test_only_what_is_near_is_offered(wrong, right):
    assert nearest(wrong, GENDERS) == right


def test_a_part_stands_for_the_shortest_word_that_holds_it():
    assert nearest("lamp_cap", load_evidence()) == "lamp_capital"
    assert nearest("helsinki", ["helsinki-centre", "helsinki-centre-and-north"]) == "helsinki-centre"
    assert nearest("lam", ["lamp_capital"]) is None


def test_several_come_best_first_and_none_that_is_far():
    assert near_ones("MANERHEIMINTIE", STREETS) == ["Mannerheimintie"]
    assert near_ones("katu", STREETS) == ["Runeberginkatu", "Aleksanterinkatu"]
    assert near_ones("Broadway", STREETS) == []
    assert nearest_told("Broadway", STREETS) == ""
    assert nearest_told("Esplanade", STREETS) == "; nearest 'Esplanadi'"


def test_genders_are_taken_however_they_are_written():
    assert tuple(dict.fromkeys(GENDER_WORDS.values())) == GENDERS
    assert [gender_of(word) for word in (" Female", "MALE", "x", "women", "Non-Binary")] == [
        *("woman", "man", "another", "woman", "another")
    ]
    with pytest.raises(InputError, match="gender 'femme', expected one of woman, man, another"):
        gender_of("femme")


def test_values_of_a_gender_may_be_given_under_any_of_its_names(tmp_path):
    file = tmp_path / "values.toml"
    file.write_text("[female]\ntunnel = -1.0\n[Male]\ntunnel = -0.5\n")
    assert read_values(file) == (("man.tunnel", -0.5), ("woman.tunnel", -1.0))
    file.write_text("[female]\ntunnel = -1.0\n[woman]\ntunnel = -1.0\n[femme]\ntunnel = -1.0\n")
    with pytest.raises(InputError) as refused:
        read_values(file)
    assert "[woman]: woman.tunnel is given a second time" in str(refused.value)
    assert "[femme]: found a table of gender 'femme', expected one of woman, man, another" in str(refused.value)


def test_people_are_selected_by_words_that_exist():
    people = SafetyModel(load_city("helsinki-centre"), agents=200, settle_days=0).people
    women = people.select(gender="woman")
    assert 0 < women.count() < people.count()
    assert (people.select(gender="female").rows == women.rows).all()
    both = people.select(gender=("female", "m"))
    assert both.count() == women.count() + people.select(gender="man").count()
    with pytest.raises(InputError, match="gender 'femme', expected one of woman"):
        people.select(gender="femme")
    with pytest.raises(InputError, match="disability 'wheelchair', expected one of none, walking, sight"):
        people.select(disability="wheelchair")
    with pytest.raises(InputError, match="nearest '25-34'"):
        people.select(age_band="25-35")
