"""An example of every kind of measure, and what it does on a drawn city: for the tests of what all kinds keep to."""

import dataclasses
import datetime

import numpy as np
import pyproj

from simulator.city.conditions import Draw, Observed, conditions_of
from simulator.city.network import STREET_CLASSES
from simulator.evidence.parameters import draw_parameters
from simulator.interventions import MEASURES

from cities import grid_city
from linecity import line_city


def with_cars(city):
    residential = np.full(len(city.streets), STREET_CLASSES.index("residential"))
    return dataclasses.replace(city, streets=dataclasses.replace(city.streets, street_class=residential))


FRIDAY = datetime.date(2026, 12, 18)
PARAMETERS = draw_parameters(3, 0)
GRID, LINE = with_cars(grid_city(6)), line_city()
BEFORE = {id(city): conditions_of(city, PARAMETERS, FRIDAY) for city in (GRID, LINE)}


def to_degrees(x_m, y_m):
    """Longitude and latitude of a point of the drawn cities."""
    return pyproj.Transformer.from_crs(LINE.crs, "EPSG:4326", always_xy=True).transform(x_m, y_m)


GIVEN = {
    "lighting": {"standard": "P3"},
    "lamp_hours": {"from_hour": 0, "until_hour": 5},
    "adaptive_lamps": {"from_hour": 22, "until_hour": 5, "ahead_m": 30.0},
    "lamp_repair": {"days_then": 2.0, "days_now": 30.0},
    "transit": {"headway_min": 15},
    "request_stop": {"spacing_m": 1000.0, "from_hour": 22, "until_hour": 4},
    "night_line": {"stops": ("A", "B"), "headway_min": 30},
    "stop_care": {"shelter": True, "standard": "P2"},
    "stop_moved": {"stop": "A", "to": to_degrees(3000.0, 0.0)},
    "carriage": {"reassured": 0.4, "staff": 2.0, "from_hour": 20, "until_hour": 4},
    "ride_home": {"paid_share": 0.5, "rides_a_year": 1000.0, "from_hour": 22, "until_hour": 4},
    "taxi_rank": {"from_hour": 22, "until_hour": 4},
    "hosts": {"hosts": 3.0, "from_hour": 20, "until_hour": 4},
    "venue_hours": {"closes_later_h": -1},
    "charter": {},
    "night_mayor": {"ask_from": 1},
    "reporting": {"more_reports": 1.5},
    "closure": {"from_hour": 21, "until_hour": 5},
    "frontage": {"from_hour": 16, "until_hour": 22},
    "market": {"from_hour": 16, "until_hour": 21},
    "pedestrian_street": {"from_hour": 17, "until_hour": 2},
    "renewal": {"sight_lines": 1.0, "upkeep": 1.0},
    "seating": {"benches_per_100m": 2.0},
    "screening": {"odds": 1.5, "odds_source": "our survey of 2026"},
    "new_links": {"longest_m": 150.0, "cuts_off_m": 50.0},
    "care_block": {},
    "toilets": {"new": 2},
    "programme": {"from_hour": 17, "until_hour": 21},
    "watch": {"from_hour": 20, "until_hour": 0},
    "patrol": {"patrols": 2.0, "from_hour": 20, "until_hour": 4},
    "walking_group": {"offered": 0.3, "from_hour": 20, "until_hour": 4},
    "blackout": {"from_hour": 18, "until_hour": 6},
    "flood": {"from_hour": 20, "until_hour": 4},
    "curfew": {"from_hour": 16, "until_hour": 5, "streets": True},
    "arrivals": {"times": 2.0},
    "event": {"attendance": 100.0, "from_hour": 19, "until_hour": 23},
}
"""A plain example of each kind."""
ON_LINES = ("transit", "request_stop", "night_line", "stop_care", "stop_moved", "carriage")
"""Those that need stops."""
ZERO = {
    "lighting": {"standard": None, "min_lx": 0.0, "mean_lx": 0.0},
    "lamp_hours": {"light": 1.0},
    "adaptive_lamps": {"light": 1.0},
    "lamp_repair": {"days_then": 30.0},
    "request_stop": {"places": 0},
    "stop_care": {"shelter": False, "standard": None},
    "stop_moved": {"to": to_degrees(100.0, 0.0)},
    "ride_home": {"paid_share": 0.0},
    "taxi_rank": {"ranks": 0},
    "hosts": {"hosts": 0.0},
    "venue_hours": {"closes_later_h": 0},
    "charter": {"uptake": 0.0},
    "night_mayor": {"weeks": 0},
    "reporting": {"more_reports": 1.0},
    "frontage": {"venues_per_100m": 0.0},
    "market": {"stalls_per_100m": 0.0},
    "renewal": {"sight_lines": -1.0, "upkeep": -1.0},
    "seating": {"benches_per_100m": 0.0},
    "screening": {"odds": 1.0},
    "carriage": {"reassured": 0.0},
    "new_links": {"links": 0},
    "care_block": {"pull": 0.0},
    "toilets": {"new": 0},
    "programme": {"attendance": 0.0, "staff": 0.0},
    "watch": {"rounds": 0.0},
    "patrol": {"patrols": 0.0},
    "walking_group": {"offered": 0.0},
    "blackout": {"light": 1.0},
    "curfew": {"venues": (), "streets": False},
    "arrivals": {"times": 1.0},
    "event": {"attendance": 0.0},
}
"""The same with nothing of it; headways, closed gates and streets and a flood have no zero."""


def example(kind, **more):
    return MEASURES[kind](**({"name": "one", "where": "segments"} | GIVEN[kind] | more))


def tried(measure):
    """The measure on all streets of a drawn city that has what it is about: city, placement, streets before and after."""
    city = LINE if measure.kind in ON_LINES else GRID
    found = measure.place(city, np.arange(len(city.streets), dtype=np.int32))
    before = BEFORE[id(city)]
    return city, found, before, measure.change(before, found, draw_of(city))


def draw_of(city):
    """A draw in which little is recorded and counted everywhere, on a Friday."""
    some = np.full((24, len(city.streets)), 0.05)
    return Draw(city, PARAMETERS, FRIDAY, Observed(some, some))


def same(one, other):
    """Whether two conditions, or what they are made of, are the same to the bit."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, tuple):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)
