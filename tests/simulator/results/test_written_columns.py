"""The tables of agents and of trips have the columns that are described, and the words that are listed."""

import pandas as pd

from simulator.accounting.tables import people_table, trips_table
from simulator.agenda.plans import TRIP_PURPOSES
from simulator.foundation.categories import CARERS, DISABILITIES, GENDERS, MODES, OUTCOMES
from simulator.results.schema import PEOPLE_COLUMNS, TRIP_COLUMNS
from simulator.travel.outcomes import REASONS

from linecity import evening, line_city


def words_of(meaning):
    """The words that a description lists after its colon, or all of it."""
    return set(meaning.rpartition(": ")[2].split("; ")[0].split(", "))


def test_tables_have_the_columns_that_are_described():
    arm = evening(line_city(), agents=300)
    people, trips = people_table(arm), trips_table(arm)
    assert list(people.columns) == list(PEOPLE_COLUMNS)
    assert list(trips.columns) == list(TRIP_COLUMNS)
    for table, columns, name in (
        (people, PEOPLE_COLUMNS, "gender"),
        (people, PEOPLE_COLUMNS, "disability"),
        (people, PEOPLE_COLUMNS, "carer"),
        (trips, TRIP_COLUMNS, "purpose"),
        (trips, TRIP_COLUMNS, "outcome"),
    ):
        assert set(table[name]) <= words_of(columns[name]), name
    assert pd.api.types.is_integer_dtype(people["trips_made"])


def test_the_words_that_are_listed_are_all_there_are():
    told = PEOPLE_COLUMNS | TRIP_COLUMNS
    assert [words_of(told[name]) for name in ("gender", "disability", "carer")] == [
        *(set(GENDERS), set(DISABILITIES), set(CARERS))
    ]
    assert words_of(told["purpose"]) == set(TRIP_PURPOSES)
    assert words_of(told["outcome"]) == set(OUTCOMES)
    assert set(told["mode"].split("; ")[0].split(", ")) == set(MODES)
    assert all(word in told["why"] for word in REASONS.values())
