"""Public transport of a city: stops, lines, the order of stops along a line, and departures by hour.

A day of service begins at 04:00 and its hours count from 4 to 27, so that the night belongs to the day on which
it began: the hour from 02:00 of a Friday night is hour 26 of kind ``friday``, whatever date the clock shows.
"""

import dataclasses
import datetime
from typing import Any, ClassVar

import numpy as np

from simulator.errors import InputError
from simulator.foundation.clock import FIRST_HOUR
from simulator.foundation.columns import Table, column

STOP_KINDS = ("bus", "tram", "train", "metro", "ferry", "taxi")
"""Kinds of stop and of line, in the order of their codes."""

DAY_KINDS = ("weekday", "friday", "saturday", "sunday")
"""Kinds of day, in the order of their codes; a weekday is Monday to Thursday."""

HEADWAY_SOURCES = ("timetable", "table", "assumed")
"""Where a headway is from: a feed, a table that somebody wrote, or a default by kind of stop."""

LAST_HOUR = 27

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Stops(Table):
    """Public transport stops."""

    title: ClassVar[str] = "stops"
    stop_id: Array = column("int64", unit="key", meaning="stable key of the stop", unique=True)
    kind: Array = column("int8", unit="code", meaning="what stops there", words=STOP_KINDS)
    x_m: Array = column("float64", unit="m", meaning="easting in the city's projected CRS")
    y_m: Array = column("float64", unit="m", meaning="northing in the city's projected CRS")
    junction: Array = column("int32", unit="index", meaning="the nearest junction", refers="junctions", low=0)
    segment: Array = column("int32", unit="index", meaning="the nearest segment", refers="streets", low=0)
    name: Array = column("U80", unit="text", meaning="what it is called")


@dataclasses.dataclass(frozen=True)
class Lines(Table):
    """Lines of public transport."""

    title: ClassVar[str] = "lines"
    line_id: Array = column("int64", unit="key", meaning="stable key of the line", unique=True)
    kind: Array = column("int8", unit="code", meaning="what runs on it", words=STOP_KINDS)
    is_night: Array = column("bool", unit="yes/no", meaning="more than half of its departures are from 23:00 to 05:00")
    name: Array = column("U80", unit="text", meaning="what it is called")


@dataclasses.dataclass(frozen=True)
class Services(Table):
    """The stops of a line in their order, once for each way that it runs; in order of line, direction, pattern."""

    title: ClassVar[str] = "services"
    service_id: Array = column("int64", unit="key", meaning="number of the row", unique=True)
    line: Array = column("int32", unit="index", meaning="the line", refers="lines", low=0)
    direction: Array = column("int8", unit="code", meaning="direction of travel, 0 or 1", low=0, high=1)
    pattern: Array = column("int16", unit="number", meaning="sequence of stops, 0 for the one run most often", low=0)
    trips: Array = column("int32", unit="trips", meaning="trips of the pattern over one day of each kind", low=0)
    stop_order: Array = column("int16", unit="number", meaning="place in the sequence, from 0", low=0)
    stop: Array = column("int32", unit="index", meaning="the stop", refers="stops", low=0)
    from_first_min: Array = column("float64", unit="min", meaning="in the vehicle since the first stop", low=0)
    to_next_min: Array = column("float64", unit="min", meaning="in the vehicle to the next stop, 0 at the last", low=0)


@dataclasses.dataclass(frozen=True)
class Headways(Table):
    """Departures by stop, line, direction, kind of day and hour of service; an hour without any has no row."""

    title: ClassVar[str] = "headways"
    headway_id: Array = column("int64", unit="key", meaning="number of the row", unique=True)
    stop: Array = column("int32", unit="index", meaning="the stop", refers="stops", low=0)
    line: Array = column("int32", unit="index", meaning="the line", refers="lines", low=0)
    direction: Array = column("int8", unit="code", meaning="direction of travel, 0 or 1", low=0, high=1)
    day_kind: Array = column("int8", unit="code", meaning="kind of day on which the night began", words=DAY_KINDS)
    service_hour: Array = column(
        "int8", unit="h", meaning="hour of the day of service, past 24 by night", low=FIRST_HOUR, high=LAST_HOUR
    )
    departures: Array = column("float64", unit="departures", meaning="departures in the hour", low=0)
    headway_min: Array = column("float64", unit="min", meaning="mean headway: 60 over departures", low=0)
    first_min: Array = column(
        "float64", unit="min", meaning="first departure of the hour, since 00:00", low=240, high=1680
    )
    last_min: Array = column(
        "float64", unit="min", meaning="last departure of the hour, since 00:00", low=240, high=1680
    )
    source: Array = column("int8", unit="code", meaning="where the headway is from", words=HEADWAY_SOURCES)


@dataclasses.dataclass(frozen=True)
class Supply:
    """What runs: the stops and lines of a city, and departures, which a measure may change."""

    stops: Stops
    lines: Lines
    headways: Headways

    @classmethod
    def none(cls) -> "Supply":
        """A place that nothing serves."""
        return cls(Stops.empty(), Lines.empty(), Headways.empty())


def service_hour(hour: int) -> int:
    """Hour of the day of service (4 to 27) of an hour on the clock (0 to 23) or of one that is past 24 already.

    Raises
    ------
    InputError
        If it is no hour from 0 to 27.
    """
    if not 0 <= hour <= LAST_HOUR:
        raise InputError(f"hour {hour}: expected 0 to 23, or 24 to {LAST_HOUR} for the hours after midnight")
    return hour if hour >= FIRST_HOUR else hour + 24


def day_kind_of(date: datetime.date) -> str:
    """The word of `DAY_KINDS` for a date."""
    return DAY_KINDS[max(date.weekday() - 3, 0)]


def departures_at(headways: Headways, stops: int, *, day_kind: str, hour: int) -> Array:
    """Departures from each stop in an hour, all lines together, by direction.

    Parameters
    ----------
    headways
        The city's table.
    stops
        Number of stops.
    day_kind
        A word of `DAY_KINDS`: the day on which the night began.
    hour
        Hour on the clock: 2 is the night that follows the day.

    Returns
    -------
    float64 (stops, 2)
        Departures in the hour in direction 0 and 1.

    Raises
    ------
    InputError
        If there is no such kind of day or hour.
    """
    if day_kind not in DAY_KINDS:
        raise InputError(f"kind of day {day_kind!r}: expected one of {', '.join(DAY_KINDS)}")
    rows = (headways.day_kind == DAY_KINDS.index(day_kind)) & (headways.service_hour == service_hour(hour))
    cell = headways.stop[rows] * 2 + headways.direction[rows]
    return np.bincount(cell, headways.departures[rows], minlength=2 * stops).reshape(stops, 2)


def headway_at(headways: Headways, stops: int, *, day_kind: str, hour: int) -> Array:
    """Mean headway (min) at each stop in an hour, all lines in one direction together, infinite without departures.

    Parameters and errors are those of `departures_at`; returns float64 (stops, 2).
    """
    departures = departures_at(headways, stops, day_kind=day_kind, hour=hour)
    return np.divide(60.0, departures, out=np.full(departures.shape, np.inf), where=departures > 0)
