"""Small GTFS feeds drawn for tests, and a street that they run along."""

from pathlib import Path

import numpy as np
import pyproj

from simulator.city.network import StreetNetwork

from cities import make_city

Files = dict[str, str]
STOPS_X = {"a": 0.0, "b": 400.0, "c": 800.0, "d": 1600.0}
"""Stops by their metres along the street."""


def street() -> StreetNetwork:
    """One straight street with homes at both ends and in the middle.

    ::

        0 --400 m-- 1 --400 m-- 2 --400 m-- 3 --400 m-- 4
        10          0           20                      70 residents
        a           b           c                       d  stops of the feeds
    """
    nodes = [(400.0 * number, 0.0) for number in range(5)]
    links = [(number, number + 1) for number in range(4)]
    return make_city(nodes, links, places=[("home", 0, 10.0), ("home", 2, 20.0), ("home", 4, 70.0), ("stop", 1, 1.0)])


def degrees(x_m: float, y_m: float = 0.0) -> str:
    """Latitude and longitude of a position in the drawn city, as two columns of a feed."""
    longitude, latitude = pyproj.Transformer.from_crs("EPSG:32635", "EPSG:4326", always_xy=True).transform(x_m, y_m)
    return f"{latitude:.8f},{longitude:.8f}"


def trip(trip_id: str, calls: str) -> str:
    """Rows of stop_times.txt: ``trip("t", "a 14:00:00, b 14:05:00")``; a stop without a time has none."""
    rows = []
    for number, call in enumerate(calls.split(","), start=1):
        stop, _, time = call.strip().partition(" ")
        rows.append(f"{trip_id},{time},{time},{stop},{number}\n")
    return "".join(rows)


def feed(trips: dict[str, str], *, service: str = "all", line: str = "1", direction: str | None = None) -> Files:
    """A feed of one line that runs in January 2023 (the first is a Sunday).

    Parameters
    ----------
    trips
        Trip id -> calls, see `trip`.
    service
        all, or wd (Monday to Friday), fri, sat, sun.
    direction
        direction_id of all trips; None leaves the column out.
    """
    stops = "".join(f"{name},Stop {name},{degrees(x_m)}\n" for name, x_m in STOPS_X.items())
    column, value = ("", "") if direction is None else (",direction_id", f",{direction}")
    return {
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        "routes": f"route_id,route_short_name,route_type\nL{line},{line},3\n",
        "trips": f"route_id,service_id,trip_id{column}\n"
        + "".join(f"L{line},{service},{name}{value}\n" for name in trips),
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        + "".join(trip(name, calls) for name, calls in trips.items()),
        "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "all,1,1,1,1,1,1,1,20230101,20230131\nwd,1,1,1,1,1,0,0,20230101,20230131\n"
        "fri,0,0,0,0,1,0,0,20230101,20230131\nsat,0,0,0,0,0,1,0,20230101,20230131\n"
        "sun,0,0,0,0,0,0,1,20230101,20230131\n",
    }


def write(files: Files, folder: Path) -> Path:
    """Write the text files of a feed into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def hourly(found: object, stop: str, day_kind: str) -> dict[int, float]:
    """Departures by hour of service at a stop of a drawn feed, all lines and directions together."""
    from simulator.city.transit import DAY_KINDS

    row = np.flatnonzero(found.stops.name == f"Stop {stop}")
    table = found.headways
    rows = np.isin(table.stop, row) & (table.day_kind == DAY_KINDS.index(day_kind))
    hours = {}
    for hour, count in zip(table.service_hour[rows].tolist(), table.departures[rows].tolist(), strict=True):
        hours[hour] = hours.get(hour, 0) + count
    return hours
