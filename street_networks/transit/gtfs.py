"""Public transport of a city out of a GTFS feed: stops on its streets, lines, sequences of stops, headways.

Rules:

1. A stop is one at which some trip calls. It lies at the nearest segment and the nearest junction above ground;
   one farther than 250 m from any street of the city is counted and left out.
2. A departure is a call that is not the last of its trip and where boarding is allowed.
3. The day of service is from 04:00 to 04:00: departures of the date itself, of the date before it that are past
   28:00, and of the next date before 04:00. Dates: see `gtfs_calendar`.
4. Headway is 60 minutes over the departures of the hour.
5. Where the feed gives no direction, a pattern of stops that leads against the line's commonest one (the angle
   between the straight lines from first to last stop is more than 90 degrees) has direction 1.
6. Times are those of the clock of the feed (`agency_timezone`), turned into those of the city's.
7. In-vehicle minutes are the median over the trips of a pattern, from the first stop within the city.
"""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, HEADWAY_SOURCES, STOP_KINDS, Headways, Lines, Services, Stops
from simulator.foundation.local_time import local_moment
from street_networks.keys import stable_key
from street_networks.ledger import Entry
from street_networks.transit.gtfs_calendar import typical_days
from street_networks.transit.gtfs_calls import (
    Calls,
    Patterns,
    Runs,
    calls_in_city,
    check_calls,
    find_patterns,
    in_service,
    runs_of_day,
)
from street_networks.transit.gtfs_files import Faults, read_files
from street_networks.transit.gtfs_stops import NearStops, near_stops
from street_networks.transit.gtfs_timetable import Timetable, read_timetable

_NIGHT_HOURS = (4, 23, 24, 25, 26, 27)
_NO_TIME = datetime.timedelta()
_HEADWAY_KEYS = ["stop", "line", "direction", "day_kind", "service_hour"]

Array = np.ndarray[Any, Any]


class Feed(NamedTuple):
    """What a feed says of one city; indices point into its own stops and lines."""

    stops: Stops
    lines: Lines
    services: Services
    headways: Headways
    metadata: dict[str, str]
    ledger: tuple[Entry, ...] = ()


def read_feed(path: Path | str, network: StreetNetwork, *, week_of: str | None = None) -> Feed:
    """Read a GTFS feed for a city.

    Parameters
    ----------
    path
        A zip or a folder.
    network
        The city's streets.
    week_of
        ISO date of a Monday: take the seven days from it, not the typical ones of the feed's whole period.

    Raises
    ------
    InputError
        If the feed is broken, with every fault; if nothing runs; or if no stop lies in the city.
    """
    path = Path(path)
    faults = Faults(path)
    tables = read_files(path, faults)
    table = read_timetable(tables, faults)
    operator = next((name.strip() for name in tables["agency"]["agency_name"] if name.strip()), "")
    near = near_stops(path, table, network, operator=operator)
    calls = calls_in_city(table, near)
    serving = table.runs.trip[calls.per_trip[table.runs.trip] > 0]
    weights = np.bincount(table.trips.service[serving], minlength=len(table.services)).astype(float)
    days = typical_days(tables, table.services, weights, faults, week_of=week_of)
    zone, later = _clock_of(tables["agency"], network, faults)
    runs = [runs_of_day(table, running, later(date)) for running, date in zip(days.running, days.dates, strict=True)]
    check_calls(path, calls, runs)
    patterns = find_patterns(table, calls, runs, near)
    services = _services(calls, patterns)
    headways = _headways(table, calls, runs, patterns)
    served = [bool((headways["day_kind"] == kind).any()) for kind in range(len(DAY_KINDS))]
    dates = {f"transit_date_{DAY_KINDS[kind]}": days.dates[kind] or "" for kind in np.flatnonzero(served)}
    metadata = {
        "transit_feed": path.name,
        "transit_operator": operator,
        "transit_timezone": zone or f"not stated: taken for {network.timezone}",
        "transit_period": " to ".join(days.period),
        **{f"transit_date_{word}": "nothing runs" for word in DAY_KINDS},
        **dates,
        "transit_stops_beyond_reach": str(near.beyond),
        "transit_times_repaired": str(table.repaired),
    }
    beyond = {"beyond reach of a street of the city": near.beyond}
    ledger = (*table.ledger, Entry(f"{path.name}: stops with calls", near.key.size + near.beyond, {}, beyond))
    return _feed(table, near, services, headways, operator=operator, metadata=metadata)._replace(ledger=ledger)


def _clock_of(
    agency: pd.DataFrame, network: StreetNetwork, faults: Faults
) -> tuple[str, Callable[[str | None], float]]:
    """The time zone of a feed's clock ("" if not stated), and seconds by which the city's clock is later on a date.

    Raises
    ------
    InputError
        If agencies have several time zones, or one that does not exist.
    """
    zones = sorted({zone for zone in agency["agency_timezone"] if zone})
    if len(zones) > 1:
        faults.lines.append(f"agency.txt: agency_timezone is {', '.join(zones)}, expected one time zone for the feed")
    for zone in zones:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            faults.lines.append(f"agency.txt: agency_timezone is {zone!r}, expected a time zone such as Europe/Paris")
    faults.raise_any()

    def later(date: str | None) -> float:
        if date is None or not zones:
            return 0.0
        day = datetime.date.fromisoformat(date)
        ours, theirs = (local_moment(zone, day, 12).utcoffset() for zone in (network.timezone, zones[0]))
        return ((ours or _NO_TIME) - (theirs or _NO_TIME)).total_seconds()

    return (zones[0] if zones else ""), later


def _services(calls: Calls, patterns: Patterns) -> pd.DataFrame:
    """Stops of every pattern in order, with median minutes; lines are rows of the timetable, stops of `near`."""
    pattern = patterns.of_trip[calls.trip]
    begins = calls.departure_s[calls.start[calls.trip]]
    minutes = np.maximum(calls.arrival_s - begins, 0) / 60
    told = pd.DataFrame({"pattern": pattern, "position": calls.position, "stop": calls.stop, "minutes": minutes})
    rows = (
        told[pattern >= 0]
        .groupby(["pattern", "position"], as_index=False)
        .agg(stop=("stop", "first"), from_first_min=("minutes", "median"))
    )
    of = rows["pattern"].to_numpy()
    since = rows["from_first_min"].to_numpy().round(1)
    follows = np.append(of[1:] == of[:-1], False)
    return pd.DataFrame(
        {
            "line": patterns.line[of],
            "direction": patterns.direction[of],
            "pattern": patterns.number[of],
            "trips": patterns.runs[of],
            "stop_order": rows["position"],
            "stop": rows["stop"],
            "from_first_min": since,
            "to_next_min": np.where(follows, np.append(since[1:], 0) - since, 0).round(1),
        }
    )


def _headways(table: Timetable, calls: Calls, runs: list[Runs], patterns: Patterns) -> pd.DataFrame:
    """Departures by stop, line, direction, kind of day and hour; line and stop as in `_services`."""
    found = []
    for kind, day in enumerate(runs):
        count = calls.per_trip[day.trip]
        run = np.repeat(np.arange(count.size), count)
        call = np.arange(run.size) - np.repeat(np.cumsum(count) - count, count) + calls.start[day.trip][run]
        leaves = calls.departure_s[call] + day.shift_s[run]
        kept = calls.boards[call] & in_service(leaves) & (patterns.of_trip[calls.trip[call]] >= 0)
        call, leaves = call[kept], leaves[kept]
        columns = {
            "stop": calls.stop[call],
            "line": table.trips.line[calls.trip[call]],
            "direction": patterns.direction[patterns.of_trip[calls.trip[call]]],
            "day_kind": np.full(call.size, kind),
            "service_hour": (leaves // 3600).astype(np.int64),
            "leaves": leaves / 60,
        }
        grouped = pd.DataFrame(columns).groupby(_HEADWAY_KEYS, as_index=False)["leaves"]
        found.append(grouped.agg(["size", "min", "max"]))
    return pd.concat(found, ignore_index=True)


def _feed(
    table: Timetable,
    near: NearStops,
    services: pd.DataFrame,
    headways: pd.DataFrame,
    *,
    operator: str,
    metadata: dict[str, str],
) -> Feed:
    """The tables, with the lines and stops that are used in the order of their keys."""
    lines = np.unique(np.concatenate([services["line"], headways["line"]]))
    line_key = np.array([stable_key("gtfs line", operator, str(table.lines.id[line])) for line in lines], np.int64)
    lines = lines[np.argsort(line_key)]
    used = np.unique(np.concatenate([services["stop"], headways["stop"]]))  # rows of `near` are in order already
    row_of_line, row_of_stop = np.zeros(len(table.lines.id), int), np.zeros(near.key.size, int)
    row_of_line[lines], row_of_stop[used] = np.arange(lines.size), np.arange(used.size)
    for frame in (services, headways):
        frame["line"], frame["stop"] = row_of_line[frame["line"]], row_of_stop[frame["stop"]]
    services = services.sort_values(["line", "direction", "pattern", "stop_order"])
    headways = headways.sort_values(_HEADWAY_KEYS)
    kind = table.lines.kind[lines]
    by_night = headways["size"].where(headways["service_hour"].isin(_NIGHT_HOURS), 0)
    night, all_day = (
        np.bincount(headways["line"], size, minlength=lines.size) for size in (by_night, headways["size"])
    )
    called = np.zeros((used.size, len(STOP_KINDS)))
    np.add.at(called, (services["stop"], kind[services["line"]]), services["trips"])
    return Feed(
        stops=Stops(
            stop_id=near.key[used],
            kind=called.argmax(axis=1),
            **{name: getattr(near, name)[used] for name in ("x_m", "y_m", "junction", "segment", "name")},
        ),
        lines=Lines(
            line_id=np.sort(line_key),
            kind=kind,
            is_night=2 * night > all_day,
            name=np.array([str(table.lines.name[line])[:80] for line in lines], str),
        ),
        services=Services(
            service_id=np.arange(len(services)), **{str(name): services[name].to_numpy() for name in services}
        ),
        headways=Headways(
            headway_id=np.arange(len(headways)),
            departures=headways["size"],
            headway_min=(60 / headways["size"]).round(2),
            first_min=headways["min"].round(1),
            last_min=headways["max"].round(1),
            source=np.full(len(headways), HEADWAY_SOURCES.index("timetable")),
            **{name: headways[name] for name in _HEADWAY_KEYS},
        ),
        metadata=metadata,
    )
