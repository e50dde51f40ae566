"""A drawn city on one line: homes at one end, a bar six kilometres away, a bus between them, nothing else.

::

    home 0 --100 m-- stop 1 ----- 6 km ----- stop 2 --100 m-- bar 3
"""

import dataclasses
import datetime
from unittest import mock

import numpy as np

from simulator.agenda.plans import PURPOSES, TRIP_PURPOSES, Planner, Tours, Trips
from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, Headways, Lines, Services, Stops
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.clock import HOUR_MS
from simulator.simulation import Simulation

from cities import make_city

NODES = [(0.0, 0.0), (100.0, 0.0), (6100.0, 0.0), (6200.0, 0.0)]
LINKS = [(0, 1), (1, 2), (2, 3)]
RIDE_MIN = 15.0
MONDAY = datetime.date(2026, 12, 21)
OUT_MS, BACK_MS = 20 * HOUR_MS, 25 * HOUR_MS
HOME, BAR, WORK, GATE = range(4)


def line_city(departures: float = 4.0, *, hours: range = range(6, 28), unlit: tuple[int, ...] = ()) -> StreetNetwork:
    """The city, with some departures an hour both ways in some hours of the day of service."""
    city = make_city(
        NODES,
        LINKS,
        places=[("home", 0, 100.0), ("nightlife", 3, 10.0), ("work", 3, 10.0), ("gateway", 3, 1.0)],
        unlit=unlit,
    )
    stops = Stops(
        stop_id=[1, 2],
        kind=[0, 0],
        x_m=[100.0, 6100.0],
        y_m=[0.0, 0.0],
        junction=[1, 2],
        segment=[0, 2],
        name=["A", "B"],
    )
    lines = Lines(line_id=[1], kind=[0], is_night=[False], name=["N1"])
    services = Services(
        service_id=[1, 2, 3, 4],
        line=[0] * 4,
        direction=[0, 0, 1, 1],
        pattern=[0] * 4,
        trips=[10] * 4,
        stop_order=[0, 1, 0, 1],
        stop=[0, 1, 1, 0],
        from_first_min=[0.0, RIDE_MIN, 0.0, RIDE_MIN],
        to_next_min=[RIDE_MIN, 0.0, RIDE_MIN, 0.0],
    )
    # a bus is boarded at stop 0 in direction 0, at stop 1 in direction 1
    rows = [(stop, stop, day, hour) for stop in (0, 1) for day in range(len(DAY_KINDS)) for hour in hours]
    stop, direction, day, hour = np.array(rows).T
    headway = 60.0 / departures
    headways = Headways(
        headway_id=np.arange(len(rows)),
        stop=stop,
        line=np.zeros(len(rows), int),
        direction=direction,
        day_kind=day,
        service_hour=hour,
        departures=np.full(len(rows), departures),
        headway_min=np.full(len(rows), headway),
        first_min=hour * 60.0,
        last_min=hour * 60.0 + 60.0 - headway,
        source=np.zeros(len(rows), int),
    )
    return dataclasses.replace(city, stops=stops, lines=lines, services=services, headways=headways)


def with_two_more_stops(city: StreetNetwork, hours: range = range(6, 21)) -> StreetNetwork:
    """The line goes on to a third stop by the bar, served in some hours only; another stop is on no line at all."""
    stops = Stops(
        stop_id=[1, 2, 3, 4],
        kind=[0] * 4,
        x_m=[100.0, 6100.0, 6150.0, 60.0],
        y_m=[0.0] * 4,
        junction=[1, 2, 2, 1],
        segment=[0, 2, 2, 0],
        name=["A", "B", "C", "D"],
    )
    services = Services(
        service_id=np.arange(6) + 1,
        line=[0] * 6,
        direction=[0, 0, 0, 1, 1, 1],
        pattern=[0] * 6,
        trips=[10] * 6,
        stop_order=[0, 1, 2] * 2,
        stop=[0, 1, 2, 2, 1, 0],
        from_first_min=[0.0, RIDE_MIN, RIDE_MIN + 1, 0.0, 1.0, RIDE_MIN + 1],
        to_next_min=[RIDE_MIN, 1.0, 0.0, 1.0, RIDE_MIN, 0.0],
    )
    was = city.headways
    more = {field.name: getattr(was, field.name) for field in dataclasses.fields(was)}
    for stop in (2, 3):
        rows = np.flatnonzero((was.stop == 1) & np.isin(was.service_hour, hours))
        copied = {name: column[rows] for name, column in more.items()} | {"stop": np.full(rows.size, stop)}
        copied["headway_id"] = more["headway_id"].max() + 1 + np.arange(rows.size)
        more = {name: np.concatenate([column, copied[name]]) for name, column in more.items()}
    return dataclasses.replace(city, stops=stops, services=services, headways=type(was)(**more))


class Evenings:
    """A planner by which everybody goes to the bar at eight and home at one."""

    def __init__(self, people, out_ms=OUT_MS, back_ms=BACK_MS):
        self.people, self.times = people, (out_ms, back_ms)

    def plan(self, day, inflation):
        count = len(self.people)
        row = np.arange(count)
        tours = Tours(
            person=row,
            number=np.zeros(count),
            purpose=np.full(count, PURPOSES.index("leisure")),
            start_ms=np.full(count, self.times[0]),
        )
        legs = {
            "tour": np.tile(row, 2),
            "person": np.tile(row, 2),
            "leg": np.repeat([0, 2], count),
            "origin": np.repeat([HOME, BAR], count),
            "destination": np.repeat([BAR, HOME], count),
            "depart_ms": np.repeat(self.times, count),
            "from_previous_day": np.zeros(2 * count, bool),
            "purpose": np.repeat([PURPOSES.index("leisure"), TRIP_PURPOSES.index("home")], count),
            "outside_m": np.zeros(2 * count),
            "with_child": np.zeros(2 * count, bool),
            "with_adult": np.zeros(2 * count, bool),
        }
        return tours, Trips(**legs)


def evening(city, *, agents=1500, placements=(), times=(OUT_MS, BACK_MS), **overrides):
    """An arm at the beginning of its first day on which everybody goes to the bar; overrides of parameters by name."""
    parameters = draw_parameters(1, -1, overrides)
    with mock.patch.object(Planner, "__init__", return_value=None):  # it would try four days, and is replaced here
        arm = Simulation.baseline(city, parameters, agents=agents, date=MONDAY)
    planner = Evenings(arm.setting.people, *times)
    arm = Simulation(dataclasses.replace(arm.setting, planner=planner), arm.conditions).fork(placements)
    arm.begin_day()
    return arm
