"""A GTFS feed as checked arrays: numbers for text, rows for identifiers, seconds for times of the day.

What the format leaves open is settled here. Calls on demand, in areas or windows of time, have no timetable: they are
left out and counted. Empty times between two known ones are interpolated by the place in the sequence. A time before
that of the stop before it is set to that one and counted. A trip with frequencies stands for its copies; any other runs
once. Route types follow the format's short list and the extended one; flights are left out.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulator.city.transit import STOP_KINDS
from street_networks.ledger import Entry
from street_networks.transit.gtfs_files import Faults

MOST_COPIES = 2_000_000
_SHORT_TYPES = {0: "tram", 1: "metro", 2: "train", 3: "bus", 4: "ferry", 5: "tram", 6: "tram", 7: "tram", 11: "bus"}
_SHORT_TYPES[12] = "metro"
_HUNDREDS = {1: "train", 2: "bus", 3: "train", 4: "metro", 5: "metro", 6: "metro", 7: "bus", 8: "bus", 9: "tram"}
_HUNDREDS |= {10: "ferry", 12: "ferry", 13: "tram", 14: "tram", 15: "taxi", 17: "bus"}
_FLIGHTS = 11
_TIME = r"^\s*(\d{1,2}):([0-5]\d):([0-5]\d)\s*$"

Array = np.ndarray[Any, Any]


class StopRows(NamedTuple):
    """Stops of a feed."""

    id: Array  # object (P,)
    name: Array  # object (P,)
    longitude: Array  # float64 (P,), degrees; nan where nothing stops
    latitude: Array


class LineRows(NamedTuple):
    """Lines of a feed."""

    id: Array  # object (L,)
    name: Array
    kind: Array  # int64 (L,), code of `STOP_KINDS`, -1 for a flight


class TripRows(NamedTuple):
    """Trips of a feed."""

    line: Array  # int64 (T,)
    service: Array  # int64 (T,), row of `Timetable.services`
    direction: Array  # int64 (T,), -1 where the feed does not say


class CallRows(NamedTuple):
    """Calls at stops, in order of trip and sequence."""

    trip: Array  # int64 (R,)
    stop: Array
    arrival_s: Array  # float64 (R,), seconds since the midnight on which the day of the feed begins
    departure_s: Array
    boards: Array  # bool (R,): not the last call of its trip, and boarding is allowed


class RunRows(NamedTuple):
    """Runs: trips, or copies of trips with frequencies."""

    trip: Array  # int64 (N,)
    shift_s: Array  # float64 (N,): added to the times of the trip


class Timetable(NamedTuple):
    """A feed as arrays; rows of one table point into another."""

    stops: StopRows
    lines: LineRows
    trips: TripRows
    services: Array  # object (V,)
    calls: CallRows
    runs: RunRows
    repaired: int  # times that went back
    ledger: tuple[Entry, ...]


def read_timetable(tables: dict[str, pd.DataFrame], faults: Faults) -> Timetable:
    """Check the tables of `read_files` and turn them into arrays.

    Raises
    ------
    InputError
        With every fault: file, line, what was found, what was expected.
    """
    stops, routes, trips = (_with_own_keys(tables, *pair, faults) for pair in _KEYS)
    every_call = tables["stop_times"]
    calls = _on_schedule(every_call)
    for name, table in (("stops", stops), ("routes", routes), ("trips", trips), ("stop_times", calls)):
        if not len(table):
            faults.lines.append(f"{name}.txt: no rows, expected at least one")
    faults.raise_any()
    stop = _rows_of("stop_times", calls, "stop_id", stops, faults)
    trip = _rows_of("stop_times", calls, "trip_id", trips, faults)
    trip_line = _rows_of("trips", trips, "route_id", routes, faults)
    longitude, latitude = _degrees(stops, np.unique(stop[stop >= 0]), faults)
    direction = _numbers("trips", trips, "direction_id", faults, limits=(0, 1), blank=-1)
    kinds = _kinds(routes, faults)
    ordered = _calls(calls, trip, faults)
    order, arrival, departure, boards, repaired = ordered
    begins = np.zeros(len(trips))
    begins[trip[order][::-1]] = departure[::-1]  # the first call of a trip is written last
    runs = _runs(tables["frequencies"], trips, begins, faults)
    faults.raise_any()
    services, trip_service = np.unique(trips["service_id"].to_numpy(object), return_inverse=True)
    return Timetable(
        StopRows(stops["stop_id"].to_numpy(object), stops["stop_name"].to_numpy(object), longitude, latitude),
        LineRows(routes["route_id"].to_numpy(object), _line_names(routes), kinds),
        TripRows(trip_line, trip_service, direction.astype(np.int64)),
        services,
        CallRows(trip[order], stop[order], arrival, departure, boards),
        RunRows(*runs),
        repaired,
        (_calls_read(faults.path, len(every_call), len(calls)), _trips_read(faults.path, tables, trips)),
    )


def _on_schedule(calls: pd.DataFrame) -> pd.DataFrame:
    """Calls without those on demand; of trips that have such calls, without those that have no time either."""
    area = (calls["location_id"] != "") | (calls["location_group_id"] != "")
    untimed = (calls["arrival_time"] == "") & (calls["departure_time"] == "")
    demand = (area & (calls["stop_id"] == "")) | (untimed & (calls["start_pickup_drop_off_window"] != ""))
    if not demand.any():
        return calls
    return calls[~(demand | (untimed & calls["trip_id"].isin(calls["trip_id"][demand])))]


def _calls_read(path: Path, read: int, used: int) -> Entry:
    return Entry(f"{path.name}: stop_times.txt", read, {}, {"on demand, without a timetable": read - used})


def _trips_read(path: Path, tables: dict[str, pd.DataFrame], trips: pd.DataFrame) -> Entry:
    """Trips whose service no calendar knows run on no date, and none runs that calls nowhere."""
    known = pd.concat([tables[name]["service_id"] for name in ("calendar", "calendar_dates")])
    unknown = ~trips["service_id"].isin(known).to_numpy(bool)
    called = trips["trip_id"].isin(tables["stop_times"]["trip_id"]).to_numpy(bool)
    faulty = {
        "service_id in no calendar": int(unknown.sum()),
        "without a call in stop_times.txt": int((~called & ~unknown).sum()),
    }
    return Entry(f"{path.name}: trips.txt", len(trips), faulty)


_KEYS = (("stops", "stop_id"), ("routes", "route_id"), ("trips", "trip_id"))


def seconds_of(file: str, column: str, values: "pd.Series[Any]", faults: Faults) -> Array:
    """Seconds since midnight of texts such as 25:10:00, nan where empty; float64, one a row."""
    codes, texts = pd.factorize(values)
    parts = pd.Series(texts, dtype="str").str.extract(_TIME).astype("float64").to_numpy().reshape(-1, 3)
    seconds = (parts @ np.array([3600.0, 60.0, 1.0]))[codes]
    bad = np.isnan(seconds) & (values.str.strip() != "").to_numpy()
    faults.rows(file, column, values, bad, "a time such as 07:05:00 or 25:05:00")
    return seconds


def _with_own_keys(tables: dict[str, pd.DataFrame], name: str, key: str, faults: Faults) -> pd.DataFrame:
    table = tables[name]
    values = table[key]
    faults.rows(name, key, values, (values == "").to_numpy(), "a name of its own, found none")
    repeated = values.duplicated().to_numpy()
    faults.rows(name, key, values, repeated & (values != "").to_numpy(), "a name of its own, found twice")
    return table[~repeated]


def _rows_of(name: str, table: pd.DataFrame, key: str, other: pd.DataFrame, faults: Faults) -> Array:
    rows = pd.Index(other[key]).get_indexer(table[key])
    where = {"stop_id": "stops.txt", "trip_id": "trips.txt", "route_id": "routes.txt"}[key]
    faults.rows(name, key, table[key], rows < 0, f"a {key} of {where}")
    return rows.astype(np.int64)


def _numbers(
    file: str, table: pd.DataFrame, column: str, faults: Faults, *, limits: tuple[int, int], blank: int | None = None
) -> Array:
    """Whole numbers of a column; `blank` for empty cells, which are faults without it."""
    values = table[column]
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    empty = (values.str.strip() == "").to_numpy()
    if blank is not None:
        numbers = np.where(empty, blank, numbers)
    with np.errstate(invalid="ignore"):
        bad = ~((numbers >= limits[0]) & (numbers <= limits[1]) & (np.floor(numbers) == numbers))
    if blank is not None:
        bad &= ~empty
    faults.rows(file, column, values, bad, f"a whole number from {limits[0]} to {limits[1]}")
    return np.where(bad, limits[0], numbers)


def _degrees(stops: pd.DataFrame, used: Array, faults: Faults) -> tuple[Array, Array]:
    """Longitude and latitude of the stops that anything calls at; others may lack them."""
    found = []
    for column, limit in (("stop_lon", 180.0), ("stop_lat", 90.0)):
        degrees = pd.to_numeric(stops[column], errors="coerce").to_numpy(float)
        of_used = stops.iloc[used][column]
        with np.errstate(invalid="ignore"):
            bad = ~(np.abs(degrees[used]) <= limit)
        faults.rows("stops", column, of_used, bad, f"degrees from -{limit:g} to {limit:g}")
        found.append(degrees)
    return found[0], found[1]


def _line_names(routes: pd.DataFrame) -> Array:
    """The short name, else the long one, else the identifier."""
    short, long = (routes[column].str.strip() for column in ("route_short_name", "route_long_name"))
    return short.where(short != "", long.where(long != "", routes["route_id"])).to_numpy(object)


def _kinds(routes: pd.DataFrame, faults: Faults) -> Array:
    types = _numbers("routes", routes, "route_type", faults, limits=(0, 1799)).astype(int)
    words = [_SHORT_TYPES.get(number, _HUNDREDS.get(number // 100)) for number in types.tolist()]
    flight = types // 100 == _FLIGHTS
    unknown = np.array([word is None for word in words], bool) & ~flight
    faults.rows("routes", "route_type", routes["route_type"], unknown, "a route type of GTFS")
    return np.array([STOP_KINDS.index(word) if word else -1 for word in words], np.int64)


def _calls(calls: pd.DataFrame, trip: Array, faults: Faults) -> tuple[Array, Array, Array, Array, int]:
    """Order of the rows by trip and sequence; in it arrival, departure, boarding; and how many were repaired."""
    sequence = _numbers("stop_times", calls, "stop_sequence", faults, limits=(0, 1_000_000))
    arrival = seconds_of("stop_times", "arrival_time", calls["arrival_time"], faults)
    departure = seconds_of("stop_times", "departure_time", calls["departure_time"], faults)
    pickup = _numbers("stop_times", calls, "pickup_type", faults, limits=(0, 3), blank=0)
    order = np.lexsort((sequence, trip))
    first = np.ones(order.size, bool)
    first[1:] = trip[order][1:] != trip[order][:-1]
    last = np.append(first[1:], True)
    again = ~first & (sequence[order] == np.roll(sequence[order], 1))
    told = calls.iloc[order]
    faults.rows("stop_times", "stop_sequence", told["stop_sequence"], again, "a number of its own within the trip")
    arrival, departure = arrival[order], departure[order]
    arrival, departure = (
        np.where(np.isnan(arrival), departure, arrival),
        np.where(np.isnan(departure), arrival, departure),
    )
    blank = np.isnan(arrival)
    faults.rows("stop_times", "departure_time", told["departure_time"], blank & (first | last), "a time at both ends")
    if (blank & (first | last)).any():
        return order, arrival, departure, ~last, 0  # told already
    arrival, departure = _filled(blank, arrival, departure)
    arrival, departure, repaired = _never_back(arrival, departure, np.cumsum(first) - 1)
    return order, arrival, departure, ~last & (pickup[order] != 1), repaired


def _filled(blank: Array, arrival: Array, departure: Array) -> tuple[Array, Array]:
    """Times with those that are missing put between the departure before and the arrival after, evenly by stop."""
    at = np.arange(blank.size)
    known = at[~blank]
    after = np.searchsorted(known, at[blank]).clip(1, known.size - 1)
    left, right = known[after - 1], known[after]
    share = (at[blank] - left) / (right - left)
    between = departure[left] + share * (arrival[right] - departure[left])
    arrival, departure = arrival.copy(), departure.copy()
    arrival[blank] = departure[blank] = between
    return arrival, departure


def _never_back(arrival: Array, departure: Array, group: Array) -> tuple[Array, Array, int]:
    """Times that never fall along a trip, and how many rows that changed."""
    both = np.column_stack([arrival, departure])
    lift = group[:, None] * 1e7  # more than any time of a day, so that no trip reaches into the next
    risen = np.maximum.accumulate((both + lift).ravel()).reshape(-1, 2) - lift
    return risen[:, 0], risen[:, 1], int((np.abs(risen - both) > 0.5).any(axis=1).sum())


def _runs(frequencies: pd.DataFrame, trips: pd.DataFrame, begins: Array, faults: Faults) -> tuple[Array, Array]:
    """Trip and shift of every run; `begins` says when each trip leaves its first stop by stop_times.txt."""
    every = np.arange(len(trips))
    if not len(frequencies):
        return every, np.zeros(every.size)
    trip = _rows_of("frequencies", frequencies, "trip_id", trips, faults)
    start = seconds_of("frequencies", "start_time", frequencies["start_time"], faults)
    end = seconds_of("frequencies", "end_time", frequencies["end_time"], faults)
    headway = _numbers("frequencies", frequencies, "headway_secs", faults, limits=(1, 86_400))
    bad = ~(end > start)
    faults.rows("frequencies", "end_time", frequencies["end_time"], bad, "a time after its start_time")
    faults.raise_any()
    copies = np.ceil((end - start) / headway).astype(np.int64)
    if copies.sum() > MOST_COPIES:
        faults.lines.append(f"frequencies.txt: stands for {copies.sum():,} trips, expected at most {MOST_COPIES:,}")
        faults.raise_any()
    number = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    leaves = np.repeat(start, copies) + number * np.repeat(headway, copies)
    copied = np.repeat(trip, copies)
    single = np.setdiff1d(every, trip)
    return np.concatenate([single, copied]), np.concatenate([np.zeros(single.size), leaves - begins[copied]])
