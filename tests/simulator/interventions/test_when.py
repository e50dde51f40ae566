"""When a measure is there and how much of it: one table for all kinds, by hand-computed days."""

import dataclasses
import datetime
import json

import numpy as np
import pytest
from every_measure import BEFORE, FRIDAY, GRID, PARAMETERS, draw_of, example, same, tried
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from experiments.studies.cases import with_value
from scenarios.dates import idle_measures
from scenarios.difference import differences
from scenarios.explanation import explain
from scenarios.toml import parse_scenario
from scenarios.writing import scenario_text
from simulator.city.conditions import Draw
from simulator.errors import ScenarioError
from simulator.interventions import MEASURES
from simulator.interventions.strength import first_streets, part_of, share_on, with_measure
from simulator.interventions.when import When, dark_hours
from simulator.simulation import Simulation, hazard_sums

MONDAY = datetime.date(2026, 1, 5)
LONG_AGO, LONG_AHEAD = datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)
EVERY = np.arange(len(GRID.streets), dtype=np.int32)
DRAW = Draw(GRID, PARAMETERS, FRIDAY)
CASE = """format = 1
title = "Hosts, slowly"
question = "Do they help?"
[[measures]]
kind = "hosts"
name = "hosts"
where = "segments"
hosts = 4
from_hour = 16
until_hour = 4
when = {when}
"""


def after(days: float) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def test_a_slow_onset_is_a_straight_line_from_its_date():
    when = When(begins=MONDAY, after_weeks=10, starts_at=0.2, reaches=0.8)
    assert when.share_on(after(-1)) == 0.0
    assert when.share_on(MONDAY) == pytest.approx(0.2)
    assert when.share_on(after(35)) == pytest.approx(0.5)  # half of the way from 0.2 to 0.8
    assert when.share_on(after(70)) == pytest.approx(0.8)
    assert when.share_on(after(7000)) == pytest.approx(0.8)


def test_decay_counts_from_the_end_of_the_onset():
    when = When(begins=MONDAY, after_weeks=10, reaches=0.8, decay_a_year=0.5)
    assert when.share_on(after(70)) == pytest.approx(0.8)
    assert when.share_on(after(70 + 1461)) == pytest.approx(0.8 * 0.5**4)  # four years
    assert When(begins=MONDAY, decay_a_year=1.0).share_on(after(1)) == 0.0


def test_phases_hold_until_the_next_one_and_multiply_with_the_onset():
    phases = ({"begins": MONDAY, "share": 0.5}, {"begins": after(70), "share": 1.0}, {"begins": after(140), "share": 0})
    when = When(phases=phases)
    assert [when.share_on(after(days)) for days in (-1, 0, 69, 70, 139, 140)] == [0.0, 0.5, 0.5, 1.0, 1.0, 0.0]
    both = When(begins=MONDAY, after_weeks=20, phases=phases)
    assert both.share_on(after(35)) == pytest.approx(0.25 * 0.5)
    assert both.share_on(after(105)) == pytest.approx(0.75)


def test_days_months_and_the_last_date():
    when = When(ends=after(10), days=("weekday", "saturday"), months=(1,))
    assert [when.share_on(after(days)) for days in (0, 3, 4, 5, 6, 9, 10)] == [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    assert when.share_on(datetime.date(2025, 12, 29)) == 0.0  # a Monday of another month
    assert "Mondays to Thursdays and Saturdays" in when.why_not(after(4))
    assert "has ended (on 2026-01-15)" in when.why_not(after(10))


@given(
    weeks=st.floats(0, 200), first=st.floats(0, 1), reaches=st.floats(0, 1), decay=st.floats(0, 1), day=st.integers(0)
)
@settings(max_examples=200, deadline=None)
def test_a_share_lies_between_nothing_and_all(weeks, first, reaches, decay, day):
    when = When(
        begins=MONDAY,
        after_weeks=weeks,
        starts_at=first if weeks else 0.0,
        reaches=reaches,
        decay_a_year=decay,
    )
    assert 0.0 <= when.share_on(after(day % 20_000)) <= 1.0


@pytest.mark.parametrize(
    ("levers", "told"),
    [
        ({"after_weeks": 4}, "count from begins"),
        ({"begins": MONDAY, "ends": MONDAY}, "expected a date after begins"),
        ({"begins": MONDAY, "starts_at": 0.5}, "give after_weeks"),
        ({"phases": [{"begins": after(1), "share": 1}, {"begins": MONDAY, "share": 0}]}, "out of order"),
    ],
)
def test_what_does_not_hold_together_is_refused(levers, told):
    with pytest.raises(ValidationError, match=told):
        When(**levers)


@pytest.mark.parametrize("kind", MEASURES)
def test_of_every_kind_nothing_is_there_before_it_begins_to_the_bit(kind):
    measure = example(kind, when={"begins": LONG_AHEAD})
    city, found, before, _ = tried(measure)
    assert found.segments.size
    assert with_measure(before, found, Draw(city, PARAMETERS, FRIDAY)) is before


@pytest.mark.parametrize("kind", MEASURES)
def test_of_every_kind_all_is_there_once_it_has_begun(kind):
    city, found, before, whole = tried(example(kind))
    _, dated, _, _ = tried(example(kind, when={"begins": LONG_AGO}))
    observed = draw_of(city)
    assert same(with_measure(before, dated, observed), with_measure(before, found, observed))
    assert same(whole, with_measure(before, found, observed))


@pytest.mark.parametrize("kind", [kind for kind in MEASURES if MEASURES[kind].grows])
def test_a_part_lies_between_nothing_and_all_and_costs_what_the_whole_does(kind):
    measure = example(kind, when={"reaches": 0.5})
    city, found, before, whole = tried(measure)
    draw = draw_of(city)
    half = with_measure(before, found, draw)
    assert not same(half, whole)
    part = part_of(found, 0.5, city)
    if part is not None:  # two streets of unequal length hold no half
        assert not same(half, before)
        assert part.quantity == found.quantity
        assert (part.running_per_year, part.capital) == (found.running_per_year, found.capital)


@pytest.mark.parametrize("kind", [kind for kind in MEASURES if not MEASURES[kind].grows])
def test_what_is_there_or_not_takes_no_part(kind):
    with pytest.raises(ValidationError, match="there or not"):
        example(kind, when={"reaches": 0.5})


def test_the_words_of_what_grows_are_levers_or_streets():
    for kind, measure in MEASURES.items():
        assert measure.grows in ("", "streets", *measure.model_fields), kind


def test_half_of_four_hosts_are_two():
    four = example("hosts", hosts=4.0, when={"reaches": 0.5}).place(GRID, EVERY)
    two = example("hosts", hosts=2.0).place(GRID, EVERY)
    before = BEFORE[id(GRID)]
    half = with_measure(before, four, DRAW)
    assert same(half, with_measure(before, two, DRAW))
    metres = float(GRID.streets.length_m.sum())
    seen = 1.0 - np.exp(-2.0 * 2.0 * PARAMETERS.view_radius_m / metres)
    was = before.guardians[0, 22].astype(np.float64)
    assert half.guardians[0, 22] == pytest.approx(1.0 - (1.0 - was) * (1.0 - seen), rel=1e-6)


@given(one=st.floats(0, 1), other=st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_a_later_day_has_the_streets_of_an_earlier_one(one, other):
    less, more = (first_streets(GRID, EVERY, share) for share in sorted((one, other)))
    assert np.isin(less, more).all()
    assert GRID.streets.length_m[more].sum() <= max(one, other) * GRID.streets.length_m.sum() * (1 + 1e-9)


def test_streets_are_done_one_after_the_other_by_name():
    named = dataclasses.replace(
        GRID,
        street_names=("Ash", "Birch"),
        streets=dataclasses.replace(
            GRID.streets, name_index=np.tile([1, 0], len(EVERY))[: len(EVERY)].astype(np.int32)
        ),
    )
    half = first_streets(named, EVERY, 0.5)
    assert half.tolist() == np.flatnonzero(named.streets.name_index == 0).tolist()  # all of Ash, nothing of Birch


def test_dusk_to_dawn_keeps_the_dark_hours_of_the_date_only():
    sun = example("hosts", from_hour=12, until_hour=12, when={"dusk_to_dawn": True})
    assert sun.on(DRAW).tolist() == (BEFORE[id(GRID)].dark > 0).tolist()
    june = Draw(GRID, PARAMETERS, datetime.date(2026, 6, 19))
    assert sun.on(june).sum() < sun.on(DRAW).sum() < 24
    evening = example("hosts", from_hour=12, until_hour=20, when={"dusk_to_dawn": True})
    assert evening.on(DRAW).tolist() == [bool(dark) and 12 <= hour < 20 for hour, dark in enumerate(sun.on(DRAW))]


def test_hours_a_year_follow_the_sun_and_what_both_tables_name():
    measure = example(
        "hosts", from_hour=0, until_hour=0, months=(6, 12), when={"dusk_to_dawn": True, "months": (12, 1)}
    )
    dark = int(dark_hours(GRID, datetime.date(2026, 12, 15)).sum())
    assert measure.hours_a_year(GRID) == pytest.approx(365.25 / 12 * dark)  # December is what both name
    never = example("hosts", days=("friday",), when={"days": ("sunday",)})
    assert never.hours_a_year(GRID) == 0.0
    assert example("hosts", when={"days": ("sunday",)}).days_a_year() == pytest.approx(365.25 / 7)


def test_kinds_without_hours_refuse_dusk_to_dawn():
    for kind in ("renewal", "new_links", "transit", "night_line", "lamp_repair"):
        with pytest.raises(ValidationError, match="no such hours"):
            example(kind, when={"dusk_to_dawn": True})


def test_before_it_begins_the_city_has_no_further_streets_and_the_day_is_the_same():
    arm = Simulation.baseline(GRID, PARAMETERS, agents=100, date=FRIDAY)
    arm.settle(1)
    links = example("new_links", when={"begins": LONG_AHEAD}).place(GRID, EVERY)
    assert links.joined
    plain, later = arm.fork(), arm.fork([links])
    assert len(later.setting.network.streets) == len(GRID.streets)
    for one in (plain, later):
        one.simulate_day()
    assert np.array_equal(hazard_sums(plain.walk), hazard_sums(later.walk))
    assert np.array_equal(plain.passages, later.passages)
    assert np.array_equal(plain.expected_on, later.expected_on)


def case(when: str):
    return parse_scenario(CASE.replace("{when}", when), file="hosts.toml", name="hosts")


def test_a_case_reads_explains_and_compares_it():
    slow = case("{ begins = 2026-01-05, after_weeks = 10, reaches = 0.8, days = ['friday'] }")
    assert share_on(slow.measures[0], datetime.date(2026, 2, 13)) == pytest.approx(0.8 * 39 / 70)
    text = " ".join(explain(slow).split())
    assert "from 2026-01-05; from 0% it reaches 80% of the whole after 10 weeks" in text
    assert "0% on 2026-01-05, 40% on 2026-02-09, 80% on 2026-03-16" in text
    assert "on Fridays" in text
    told = differences(case("{}"), slow)
    assert len(told) == 1
    assert told[0].startswith("'hosts': when: always -> from 2026-01-05; from 0%")


def test_it_is_written_hashed_and_moved_by_studies_as_other_levers_are():
    slow = case("{ begins = 2026-01-05, phases = [{ begins = 2026-03-01, share = 0.5 }] }")
    again = parse_scenario(scenario_text(slow), file="again.toml", name="hosts")
    assert again.measures == slow.measures
    assert json.dumps(again.canonical()) == json.dumps(slow.canonical()) != json.dumps(case("{}").canonical())
    assert with_value(slow, 0, "when.reaches", 0.5).measures[0].when.reaches == 0.5


def test_a_fault_in_it_is_told_with_its_line():
    with pytest.raises(ScenarioError) as caught:
        case("{ after_weeks = 10 }")
    assert "hosts.toml:11" in str(caught.value)
    with pytest.raises(ScenarioError, match="begns"):
        case("{ begns = 2026-01-05 }")


def test_a_day_without_it_is_told_with_the_first_date():
    told = idle_measures(case("{ begins = 2028-01-07, days = ['friday'] }"), GRID, FRIDAY)
    assert [one.first for one in told] == [datetime.date(2028, 1, 7)]
    assert "begins on 2028-01-07" in told[0].why
