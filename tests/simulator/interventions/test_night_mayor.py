"""The night mayor's office: it acts on reports alone, in the same way on the same reports, and says why."""

import dataclasses
import datetime

import numpy as np
import pytest

from simulator.city.conditions import Draw, Observed, conditions_of
from simulator.evidence.parameters import draw_parameters
from simulator.interventions.night.night_mayor import NightMayor, areas_of, seen_in
from simulator.interventions.night.office import Office, Week, shared_out
from simulator.model import Institution, SafetyModel
from simulator.simulation import Simulation

from cities import grid_city

FRIDAY = datetime.date(2026, 12, 18)
CITY = grid_city(6)
EVERY = np.arange(len(CITY.streets), dtype=np.int32)
PARAMETERS = draw_parameters(3, 0)
STREETS = conditions_of(CITY, PARAMETERS, FRIDAY)
NOTHING = np.zeros((24, len(CITY.streets)))


def week(*by_area, hour=23):
    reports = np.zeros((len(by_area), 24), np.int64)
    reports[:, hour] = by_area
    return Week(reports, reports)


def office(**levers):
    usual = {"hosts": 4, "mandate": ("hosts", "hours", "repairs"), "delay_weeks": 1, "ask_from": 3}
    return Office(("north", "south"), **(usual | levers))


def acted(observed, conditions=STREETS, **levers):
    measure = NightMayor(name="office", where="segments", ask_from=1, **levers)
    return measure.change(conditions, measure.place(CITY, EVERY), Draw(CITY, PARAMETERS, FRIDAY, observed))


def some_reports(per_day=0.05):
    recorded = NOTHING.copy()
    recorded[22:, :20] = per_day
    return Observed(recorded, recorded)


def test_hosts_are_shared_out_by_reports_whole():
    assert shared_out(np.array([3, 1]), 4).tolist() == [3, 1]
    assert shared_out(np.array([2, 1, 1]), 2).tolist() == [1, 1, 0]
    assert shared_out(np.array([5, 5, 5]), 7).sum() == 7


def test_it_acts_only_on_what_has_arrived_and_remembers_four_weeks():
    one = office(delay_weeks=2)
    for reports in ((4, 0), (0, 4), (0, 0)):
        one.meet(week(*reports))
    assert one.sent.tolist() == [4, 0]  # in its third meeting the reports of the first week are there
    assert "no report has arrived" in one.log[0]
    assert "no report has arrived" in one.log[1]
    one.meet(week(0, 0))
    assert one.sent.tolist() == [2, 2]
    for _ in range(6):
        one.meet(week(0, 0))
    assert one.sent.tolist() == [0, 0]


def test_it_asks_from_so_many_reports_on_and_it_takes_its_time():
    one = office()
    one.meet(week(3, 0, hour=1))
    assert not one.done("hours").any()
    one.meet(week(0, 0))
    assert "north: 3 reports from 0 to 4 h; asks its venues" in " ".join(one.log)
    assert not one.done("hours").any()
    one.meet(week(0, 0))
    assert one.done("hours").tolist() == [True, False]
    assert one.done("repairs").tolist() == [True, False]
    few = office(ask_from=4)
    for _ in range(3):
        few.meet(week(1, 0, hour=1))
    assert not few.done("hours").any()


def test_its_mandate_bounds_it():
    one = office(mandate=("repairs",))
    for _ in range(3):
        one.meet(week(5, 5, hour=1))
    assert not one.sent.any()
    assert not one.done("hours").any()
    assert one.done("repairs").any()


def test_on_the_same_reports_it_acts_the_same():
    one, other = acted(some_reports()), acted(some_reports())
    assert one.log == other.log
    assert np.array_equal(one.guardians, other.guardians)
    assert one.guardians.any()


def test_with_no_reports_it_does_nothing():
    found = acted(Observed(NOTHING, NOTHING + 100.0))
    assert len(found.log) == 8
    assert all("no report has arrived; nothing is done" in line for line in found.log)
    for name in ("guardians", "light_min_lx", "open_at", "hazard_ratio", "treated"):
        assert np.array_equal(getattr(found, name), getattr(STREETS, name)), name
    assert not found.gatherings


def test_hiding_the_true_risk_from_it_changes_nothing_of_what_it_does():
    hidden = dataclasses.replace(STREETS, hazard_ratio=np.full_like(STREETS.hazard_ratio, 7.0))
    one, other = acted(some_reports()), acted(some_reports(), hidden)
    assert one.log == other.log
    assert np.array_equal(one.guardians, other.guardians)
    assert np.array_equal(one.open_at, other.open_at)


def test_reports_are_whole_and_as_many_as_recorded_on_average():
    names, areas = areas_of(CITY, EVERY, 250.0)
    assert sum(area.size for area in areas) == EVERY.size
    assert len(set(names)) == len(areas)
    observed = some_reports(0.02)
    weeks = [seen_in(number, areas, observed, 1) for number in range(400)]
    mean = np.mean([one.reports.sum() for one in weeks])
    assert mean == pytest.approx(7.0 * observed.recorded_a_day.sum(), rel=0.05)
    assert weeks[0].reports.dtype == np.int64


def test_what_is_recorded_is_expected_incidents_times_the_chance_of_a_record():
    arm = Simulation.baseline(CITY, PARAMETERS, agents=300, date=FRIDAY)
    arm.settle(1)
    seen = arm.observed()
    assert (seen.recorded_a_day >= 0).all()
    assert seen.recorded_a_day.sum() > 0
    arm.levels = 2.0 * arm.levels
    assert arm.observed().recorded_a_day == pytest.approx(2.0 * seen.recorded_a_day)


def test_the_office_is_a_mesa_agent_with_its_log():
    measure = NightMayor(name="office", where="segments", weeks=2)
    model = SafetyModel(CITY, agents=300, date=FRIDAY, placements=[measure.place(CITY, EVERY)], settle_days=1)
    model.advance(60)
    (office_agent,) = model.agents_by_type[Institution]
    assert office_agent.name == "office"
    assert office_agent.log == model.simulation.conditions.log
    assert len(office_agent.log) >= 2
