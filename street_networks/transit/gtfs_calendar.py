"""Which services of a GTFS feed run on a typical day of each kind, and on the days around it.

A feed tells dates, a simulator wants kinds of day. For each kind, the dates of the feed's period are sorted by
how many trips run on them and on the next day (whose early trips are the night's end): not by the names of services,
of which some feeds have one a date. The commonest pair of numbers is the typical one, so that holidays drop out; of
several that are as common, that nearest to the median number. The middle one of its dates stands for the kind. The
period is that of
feed_info.txt; without one that of the calendars, and if that is longer than a year, the last year up to the last
exception of calendar_dates.txt (calendars are often opened for decades, exceptions are kept for the time that
is really planned), or the first year if there are no exceptions.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulator.city.transit import DAY_KINDS
from simulator.errors import InputError
from street_networks.transit.gtfs_files import Faults

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KIND_OF_WEEKDAY = np.array([0, 0, 0, 0, 1, 2, 3])
_YEAR = 366
_DAY = np.timedelta64(1, "D")

Array = np.ndarray[Any, Any]


class TypicalDays(NamedTuple):
    """The dates that stand for the kinds of day."""

    dates: tuple[str | None, ...]  # one a kind of day, ISO; None where nothing runs
    running: Array  # bool (4, 3, V): kind of day; the day before, the day, the next; service
    period: tuple[str, str]  # first and last date that was looked at


def typical_days(
    tables: dict[str, pd.DataFrame], services: Array, weights: Array, faults: Faults, *, week_of: str | None = None
) -> TypicalDays:
    """Choose a date for each kind of day.

    Parameters
    ----------
    tables
        What `read_files` gave.
    services
        object (V,): identifiers of the services, sorted.
    weights
        float64 (V,): runs of each service in the city; one without any has no say.
    faults
        Takes what is wrong with the calendars.
    week_of
        ISO date: choose among the seven days from it, not the whole period.

    Raises
    ------
    InputError
        If a calendar cannot be read, or nothing runs on any date.
    """
    weekly, single = _weekly(tables["calendar"], services, faults), _single(tables["calendar_dates"], services, faults)
    told = _told_period(tables["feed_info"], faults)
    faults.raise_any()
    start, end = _period(weekly, single, told) if week_of is None else _week(week_of)
    days = np.arange(start - _DAY, end + 2 * _DAY)
    running: Array = _running(days, weekly, single, len(services)) & (weights > 0)
    kind_of_day = _KIND_OF_WEEKDAY[(days.astype(int) + 3) % 7]  # 1970-01-01 was a Thursday
    dates: list[str | None] = []
    chosen = np.zeros((len(DAY_KINDS), 3, len(services)), bool)
    for kind in range(len(DAY_KINDS)):
        rows = _candidates(np.equal(kind_of_day, kind), running)
        day = _commonest(running, rows, weights)
        dates.append(None if day is None else str(days[day]))
        if day is not None:
            chosen[kind] = running[day - 1 : day + 2]
    if not any(dates):
        raise InputError(
            f"{faults.path}: no service runs on any date from {start} to {end} at a stop of the city; expected "
            "calendar.txt or calendar_dates.txt with dates on which trips run"
        )
    return TypicalDays(tuple(dates), chosen, (str(start), str(end)))


def _candidates(of_kind: Array, running: Array) -> Array:
    """Days of a kind on which something runs; else those beside which it does, for what passes midnight."""
    inside = np.flatnonzero(of_kind[1:-1]) + 1
    any_runs: Array = np.logical_or.reduce(running, axis=1)
    own = inside[any_runs[inside]]
    return own if own.size else inside[any_runs[inside - 1] | any_runs[inside + 1]]


class _Weekly(NamedTuple):
    service: Array
    weekdays: Array  # bool (C, 7)
    start: Array  # datetime64[D]
    end: Array


class _Single(NamedTuple):
    service: Array
    date: Array
    added: Array  # bool


def _commonest(running: Array, rows: Array, weights: Array) -> int | None:
    """The middle row of those whose trips of that day and the next are the commonest in number; None without rows."""
    if not rows.size:
        return None
    trips = np.column_stack([running[rows] @ weights, running[rows + 1] @ weights]).round()
    pairs, first, group, count = np.unique(trips, axis=0, return_index=True, return_inverse=True, return_counts=True)
    away = np.abs(pairs[:, 0] - np.median(trips[:, 0]))
    best = np.lexsort((first, away, -count))[0]
    alike = rows[group.ravel() == best]
    return int(alike[alike.size // 2])


def _running(days: Array, weekly: _Weekly, single: _Single, services: int) -> Array:
    """Which services run on each day, bool (days, services)."""
    running = np.zeros((days.size, services), bool)
    weekday = (days.astype(int) + 3) % 7
    by_rule = weekly.weekdays[:, weekday] & (weekly.start[:, None] <= days) & (days <= weekly.end[:, None])
    row, day = np.nonzero(by_rule)
    running[day, weekly.service[row]] = True
    at = np.searchsorted(days, single.date)
    inside = (single.date >= days[0]) & (single.date <= days[-1])
    running[at[inside], single.service[inside]] = single.added[inside]
    return running


def _period(weekly: _Weekly, single: _Single, told: tuple[Array, Array]) -> tuple[Any, Any]:
    first = [*weekly.start, *single.date[single.added]]
    last = [*weekly.end, *single.date[single.added]]
    if not first:
        return np.datetime64("1970-01-01"), np.datetime64("1970-01-01")  # nothing runs
    start, end = max([min(first), *told[0]]), min([max(last), *told[1]])
    if start > end:  # the feed's own dates deny its calendars: believe what runs
        start, end = min(first), max(last)
    if (end - start) / _DAY > _YEAR:
        planned = single.date.max() if single.date.size else start + _YEAR * _DAY
        end = min(max(planned, start + _YEAR * _DAY), end)
        start = max(start, end - _YEAR * _DAY)
    return start, end


def _week(week_of: str) -> tuple[Any, Any]:
    try:
        start = np.datetime64(week_of, "D")
    except ValueError as error:
        raise InputError(f"week of {week_of!r}: expected a date such as 2023-05-08") from error
    return start, start + 6 * _DAY


def _dates(file: str, table: pd.DataFrame, column: str, faults: Faults, *, blank: bool = False) -> Array:
    values = table[column].str.strip()
    dates = pd.to_datetime(values, format="%Y%m%d", errors="coerce")
    bad = dates.isna().to_numpy() | ~values.str.fullmatch(r"\d{8}").to_numpy(bool)
    faults.rows(file, column, table[column], bad & ~((values == "").to_numpy() & blank), "a date such as 20230131")
    return dates[~bad].to_numpy("datetime64[D]") if blank else dates.to_numpy("datetime64[D]")


def _known(table: pd.DataFrame, services: Array) -> tuple[pd.DataFrame, Array]:
    """The rows whose service has trips, and the rows of their services."""
    row = pd.Index(services).get_indexer(table["service_id"])
    return table[row >= 0], row[row >= 0]


def _weekly(calendar: pd.DataFrame, services: Array, faults: Faults) -> _Weekly:
    calendar, row = _known(calendar, services)
    flags = []
    for name in _WEEKDAYS:
        values = calendar[name].str.strip()
        faults.rows("calendar", name, calendar[name], ~values.isin(["0", "1"]).to_numpy(bool), "0 or 1")
        flags.append((values == "1").to_numpy(bool))
    start, end = (_dates("calendar", calendar, column, faults) for column in ("start_date", "end_date"))
    return _Weekly(row, np.column_stack(flags), start, end)


def _single(table: pd.DataFrame, services: Array, faults: Faults) -> _Single:
    table, row = _known(table, services)
    values = table["exception_type"].str.strip()
    bad = ~values.isin(["1", "2"]).to_numpy(bool)
    faults.rows("calendar_dates", "exception_type", table["exception_type"], bad, "1 (added) or 2 (removed)")
    return _Single(row, _dates("calendar_dates", table, "date", faults), (values == "1").to_numpy(bool))


def _told_period(info: pd.DataFrame, faults: Faults) -> tuple[Array, Array]:
    columns = ("feed_start_date", "feed_end_date")
    start, end = (_dates("feed_info", info, column, faults, blank=True) for column in columns)
    return start[:1], end[:1]
