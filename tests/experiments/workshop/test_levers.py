"""Levers are read off the measures' own declarations."""

from experiments.workshop.levers import Lever, levers_of, templates, title_of
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
