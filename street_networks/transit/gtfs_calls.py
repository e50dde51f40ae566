"""Calls of a GTFS feed within a city, the runs of one day of service, and the sequences of stops that they follow."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulator.city.transit import LAST_HOUR
from simulator.errors import InputError
from simulator.foundation.clock import FIRST_HOUR
from street_networks.transit.gtfs_stops import NearStops
from street_networks.transit.gtfs_timetable import Timetable

MOST_CALLS = 50_000_000

Array = np.ndarray[Any, Any]


class Calls(NamedTuple):
    """Calls within the city, in order of trip and sequence."""

    trip: Array
    stop: Array  # rows of `NearStops`
    position: Array  # in the trip, from 0
    arrival_s: Array
    departure_s: Array
    boards: Array
    start: Array  # int64 (T,): first call of each trip
    per_trip: Array  # int64 (T,)


class Runs(NamedTuple):
    """Runs that may fall into one day of service."""

    trip: Array
    shift_s: Array


def calls_in_city(table: Timetable, near: NearStops) -> Calls:
    """The calls at stops within reach; flights are left out."""
    rows = np.flatnonzero(
        (near.row[table.calls.stop] >= 0) & (table.lines.kind[table.trips.line[table.calls.trip]] >= 0)
    )
    trip = table.calls.trip[rows]
    count = np.bincount(trip, minlength=len(table.trips.line))
    start = np.cumsum(count) - count
    return Calls(
        trip=trip,
        stop=near.row[table.calls.stop[rows]],
        position=np.arange(rows.size) - start[trip],
        arrival_s=table.calls.arrival_s[rows],
        departure_s=table.calls.departure_s[rows],
        boards=table.calls.boards[rows],
        start=start,
        per_trip=count,
    )


def runs_of_day(table: Timetable, running: Array, later_s: float = 0.0) -> Runs:
    """Runs of the day before, the day itself and the next, on one clock; bool (3, V) says which services run.

    `later_s` is added to all times: the clock of the city is so much later than that of the feed.
    """
    service = table.trips.service[table.runs.trip]
    rows = [np.flatnonzero(running[day, service]) for day in range(3)]
    shifts = [table.runs.shift_s[rows[day]] + (day - 1) * 86_400.0 + later_s for day in range(3)]
    return Runs(table.runs.trip[np.concatenate(rows)], np.concatenate(shifts))


def check_calls(path: Path, calls: Calls, runs: list[Runs]) -> None:
    """Refuse a feed with more calls a day than memory holds."""
    most = max(int(calls.per_trip[day.trip].sum()) for day in runs)
    if most > MOST_CALLS:
        raise InputError(f"{path}: {most:,} calls at stops of the city on a day, expected at most {MOST_CALLS:,}")


def in_service(time_s: Array) -> Array:
    """Whether times (s) fall into the day of service, from 04:00 to 28:00."""
    return (time_s >= FIRST_HOUR * 3600) & (time_s < (LAST_HOUR + 1) * 3600)


class Patterns(NamedTuple):
    """Sequences of stops that trips of a line follow in one direction, in the order of line, direction and number."""

    of_trip: Array  # int64 (T,), -1 for a trip that does not run on the typical days
    example: Array  # int64 (N,): one trip of each
    line: Array
    direction: Array
    number: Array  # from 0, the one run most often first
    runs: Array  # over one day of each kind


def find_patterns(table: Timetable, calls: Calls, runs: list[Runs], near: NearStops) -> Patterns:
    """Group the trips that run by line, direction and sequence of stops."""
    times = np.zeros(len(table.trips.line), np.int64)
    for day in runs:
        called = calls.per_trip[day.trip] > 0
        trip = day.trip[called]
        begins = calls.departure_s[calls.start[trip]] + day.shift_s[called]
        ends = calls.departure_s[calls.start[trip] + calls.per_trip[trip] - 1] + day.shift_s[called]
        times += np.bincount(trip[in_service(begins) | in_service(ends)], minlength=times.size)
    trips = np.flatnonzero(times)
    mixed = pd.util.hash_array(calls.stop * 1_000_000 + calls.position)
    mark = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed)])  # wraps around: only differences count
    prints = mark[calls.start[trips] + calls.per_trip[trips]] - mark[calls.start[trips]]
    told = pd.DataFrame(
        {
            "line": table.trips.line[trips],
            "direction": table.trips.direction[trips],
            "length": -calls.per_trip[trips],
            "print": prints,
            "trip": trips,
            "runs": times[trips],
        }
    )
    groups = told.groupby(["line", "direction", "length", "print"], as_index=False)
    found = groups.agg(trip=("trip", "first"), runs=("runs", "sum"))
    found["group"] = np.arange(len(found))
    found["direction"] = _directions(found, calls, near)
    found = found.sort_values(
        ["line", "direction", "runs", "length", "print"], ascending=[True, True, False, True, True]
    )
    of_trip = np.full(len(table.trips.line), -1)
    row_of_group = np.argsort(found["group"].to_numpy())
    of_trip[trips] = row_of_group[groups.ngroup().to_numpy()]
    return Patterns(
        of_trip=of_trip,
        example=found["trip"].to_numpy(),
        line=found["line"].to_numpy(),
        direction=found["direction"].to_numpy(),
        number=found.groupby(["line", "direction"]).cumcount().to_numpy(),
        runs=found["runs"].to_numpy(),
    )


def _directions(found: pd.DataFrame, calls: Calls, near: NearStops) -> Array:
    """Direction of each pattern: as told, else 1 if it leads against the commonest one of its line."""
    trip = found["trip"].to_numpy()
    first, last = (calls.stop[calls.start[trip] + step] for step in (0, calls.per_trip[trip] - 1))
    along = np.column_stack([near.x_m[last] - near.x_m[first], near.y_m[last] - near.y_m[first]])
    by_use = found.sort_values(["line", "runs", "length", "print"], ascending=[True, False, True, True])
    main = by_use.drop_duplicates("line").set_index("line")["group"]
    against = (along * along[main[found["line"]].to_numpy()]).sum(axis=1) < 0
    told = found["direction"].to_numpy()
    return np.where(told >= 0, told, against)
