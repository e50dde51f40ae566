"""`validate people`: figures are worked out by hand, misses are printed as misses, files come whole."""

import dataclasses
import datetime
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from analysis.maps.hours_figure import hours_figure
from analysis.validation import COLUMNS
from experiments.validation import patterns_people
from experiments.validation.likeness import likeness
from experiments.validation.patterns_people import Travelled, surveyed_hours, validate_people
from simulator.agenda.plans import HOME, Trips
from simulator.agenda.survey_tables import PURPOSES
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import HOUR_MS, HOURS, MINUTE_MS
from simulator.people.population import make_people

from cities import grid_city

CITY = grid_city(6)
PARAMETERS = draw_parameters(1, -1)


def travelled(hours, purposes, stays, made=None):
    """One woman of a hundred agents, with a trip at each hour given."""
    people = make_people(CITY, PARAMETERS, 100)
    woman = int(np.flatnonzero(people.resident & (people.gender == 0) & (people.age_band == 3))[0])
    count = len(hours)
    trips = Trips(
        tour=np.zeros(count),
        person=np.full(count, woman),
        leg=np.arange(count),
        origin=np.zeros(count),
        destination=np.zeros(count),
        depart_ms=(np.array(hours) + 24 * (np.array(hours) < 4)) * HOUR_MS,
        from_previous_day=np.zeros(count, bool),
        purpose=np.array(purposes),
        outside_m=np.zeros(count),
        with_child=np.zeros(count, bool),
        with_adult=np.zeros(count, bool),
    )
    whole = np.ones(count) if made is None else np.array(made)
    return people, woman, Travelled(people, trips, whole, np.array(stays) * MINUTE_MS)


def test_figures_by_hand():
    work, care = PURPOSES.index("work"), PURPOSES.index("care")
    people, woman, found = travelled([8, 12, 22, 1], [work, care, HOME, HOME], [240, 5, -1, -1])
    assert found.figure("night_share", "woman", "all") == pytest.approx(0.5)
    assert found.figure("care_share", "woman", "35-64") == pytest.approx(0.5)
    assert found.figure("stay_work", "all", "all") == 240.0
    women = people.resident & (people.gender == 0)
    trips = 4 * people.weight[woman] / people.weight[women].sum()
    assert found.figure("trips_per_person", "woman", "all") == pytest.approx(trips)
    band = women & (people.age_band == 3)
    share = people.weight[woman] / people.weight[band].sum()
    assert found.by_hour()[0, 3, [8, 9]].tolist() == pytest.approx([share, 0.0])


def test_visitors_are_told_apart():
    people, _, found = travelled([8, 22, 23], [HOME, HOME, HOME], [-1, -1, -1])
    visitor = int(np.flatnonzero(~people.resident)[0])
    persons = np.where(np.arange(3) < 2, visitor, found.trips.person)
    found = dataclasses.replace(found, trips=dataclasses.replace(found.trips, person=persons))
    assert found.figure("centre_night_share", "all", "all") == pytest.approx(0.5)
    assert found.figure("night_share", "woman", "all") == pytest.approx(1.0)


def test_trips_that_are_not_made_do_not_count():
    work = PURPOSES.index("work")
    found = travelled([8, 22], [work, HOME], [240, -1], made=[1.0, 0.0])[2]
    assert found.figure("night_share", "woman", "all") == 0.0
    assert found.by_hour()[0, 3].sum() == pytest.approx(found.by_hour()[0, 3, 8])


def test_likeness_of_the_same_and_of_a_shape_turned_round():
    day = np.sin(np.arange(HOURS))
    assert likeness(day + 2, day + 2, np.ones(HOURS)) == pytest.approx((1.0, 0.0))
    assert likeness(2 - day, day + 2, np.ones(HOURS))[0] == pytest.approx(-1.0)


def test_the_half_kept_aside_has_as_many_trips_as_its_figures_say():
    rates, persons = surveyed_hours()
    assert persons.sum() == 6350
    assert 3.5 < np.average(rates.sum(axis=-1), weights=persons) < 4.5


def test_the_command_s_table_and_figure(tmp_path):
    table = validate_people(CITY, tmp_path / "out", agents=300, replications=2, seed=1, progress=lambda days: None)
    assert list(table.columns) == list(COLUMNS)
    written = pd.read_csv(tmp_path / "out" / "validation.csv")
    assert len(written) == len(table) > 40
    assert set(table["verdict"]) <= {"holds", "misses", "imposed", "for comparison"}
    told = table[table["verdict"].isin(["holds", "misses"])]
    for row in told.itertuples():
        low, high = (float(word) for word in row.target.split(" to "))
        slack = 0.006 * max(abs(low), abs(high))  # targets are shown with three digits
        assert (low - slack <= row.result <= high + slack) or row.verdict == "misses"
    assert "see `afterdark validate safety`" in set(table["target"])
    ET.fromstring((tmp_path / "out" / patterns_people.FIGURE).read_text(encoding="utf-8"))


def test_friday_is_a_friday():
    assert f"{datetime.date(2026, 10, 23):%A}" == "Friday"
    rates = np.tile(np.linspace(0.0, 0.3, HOURS), (2, 1))
    drawn = ET.fromstring(hours_figure(rates, rates))
    points = [node for node in drawn.iter() if node.tag.endswith("circle")]
    assert len(points) == 2 * HOURS
