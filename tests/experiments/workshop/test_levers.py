"""Levers are read off the measures' own declarations."""

from analysis.language import Language
from experiments.workshop.levers import Lever, levers_of, name_of, templates, title_of, words_of_levers
from simulator.interventions import MEASURES


def by_key(kind):
    return {one.key: one for one in levers_of(kind)}


def test_a_number_has_its_range_and_a_choice_its_words():
    hosts = by_key("hosts")
    assert (hosts["hosts"].form, hosts["hosts"].low, hosts["hosts"].high, hosts["hosts"].whole) == (
        "number",
        0,
        1000,
        False,
    )
    assert (hosts["from_hour"].low, hosts["from_hour"].high, hosts["from_hour"].whole) == (0, 23, True)
    assert hosts["seen_as"].words == ("host", "staff")
    assert hosts["days"].form == "choices"
    assert by_key("lighting")["standard"].may_be_empty
    assert by_key("stop_care")["shelter"].form == "switch"


def test_prices_stand_apart():
    assert {one.key for one in levers_of("hosts") if one.is_cost} == {
        "capital_each",
        "running_each_year",
        "lifetime_years",
    }
    assert not any(one.is_cost for one in levers_of("hosts") if one.key == "hosts")


def test_every_measure_that_is_chosen_has_an_example_and_shocks_have_none():
    assert set(templates()) == {kind for kind, measure in MEASURES.items() if not measure.is_shock}


def test_names_and_places_are_no_levers():
    for kind in MEASURES:
        assert not {"kind", "name", "where"} & {one.key for one in levers_of(kind)}
        assert all(isinstance(one, Lever) and one.meaning for one in levers_of(kind))
        assert title_of(kind)


def test_whatever_a_measure_says_of_itself_has_a_translation():
    words = set(words_of_levers())
    assert {title_of(kind) for kind in templates()} <= words
    assert "P4" not in words  # the name of a class is the same everywhere
    for code in ("es", "fr"):
        say = Language(code)
        assert [one for one in words if not say.knows(one)] == []
        assert name_of("from_hour", say) != "from hour"
        assert name_of("P4", say) == "P4"
