"""Headways without a feed: defaults by kind of stop, and a table that anyone can write.

The table is a CSV with the columns ``stop``, ``line``, ``day_kind``, ``from_hour``, ``until_hour`` and
``headway_min``. A row names a stop (its name, its key, or a kind such as ``bus`` for all of that kind) or a line,
never both; a kind of day or ``all``; hours on the clock, of which those from 00 to 04 belong to the night that
follows the day; and the headway, or ``none`` for no departures. It replaces whatever there was in those hours: at
a stop all lines together, on a line at each of its stops. Later rows go over earlier ones.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, HEADWAY_SOURCES, LAST_HOUR, STOP_KINDS, Lines, service_hour
from simulator.errors import InputError
from simulator.evidence.parameters import nominal
from street_networks.keys import stable_key
from street_networks.tables.rows import number_in
from street_networks.tables.texts import cells_of, read_text_rows
from street_networks.transit.tables import in_order, joined, without_number

_COLUMNS = ("stop", "line", "day_kind", "from_hour", "until_hour", "headway_min")
_LONGEST_MIN = 1440.0
_EVENING_H = 20
_WEEKEND = ("saturday", "sunday")

Array = np.ndarray[Any, Any]


class Rule(NamedTuple):
    """One row of the table, for rows of stops or of lines."""

    stops: Array
    lines: Array
    day_kinds: tuple[int, ...]
    from_hour: int
    until_hour: int
    headway_min: float | None


def assume_headways(network: StreetNetwork) -> StreetNetwork:
    """Give every stop that has no departures the default of its kind, marked as assumed.

    Values are those of the evidence file: `assumed_headway_bus` and so on. Taxi ranks get none.
    """
    stops = network.stops
    bare = ~np.isin(np.arange(len(stops)), network.headways.stop)
    kinds = [kind for kind in np.unique(stops.kind[bare]) if STOP_KINDS[kind] != "taxi"]
    lines, own = _own_lines(network, kinds, "assumed")
    hour = np.arange(round(nominal("assumed_service_begins_h")), round(nominal("assumed_service_ends_h")))
    late = np.where(hour >= _EVENING_H, nominal("assumed_headway_evening_factor"), 1.0)
    frames = [pd.DataFrame(without_number(network.headways))]
    for kind in kinds:
        rows = np.flatnonzero(bare & (stops.kind == kind))
        for day, name in enumerate(DAY_KINDS):
            weekend = nominal("assumed_headway_weekend_factor") if name in _WEEKEND else 1.0
            headway = nominal(f"assumed_headway_{STOP_KINDS[kind]}") * late * weekend
            frames.append(_cells(rows, own[kind], day, hour, headway_min=headway, source="assumed"))
    return _with_headways(network, lines, pd.concat(frames, ignore_index=True))


def apply_headway_table(network: StreetNetwork, path: Path | str) -> StreetNetwork:
    """Put the headways of a CSV in the place of those that the city has.

    Parameters
    ----------
    network
        A city with stops.
    path
        The table.

    Raises
    ------
    InputError
        With every fault of the table: line, column, what was found, what was expected.
    """
    rules = read_headway_table(path, network)
    kinds = np.unique(np.concatenate([network.stops.kind[rule.stops] for rule in rules]))
    lines, own = _own_lines(network, kinds, "table")
    frame = pd.DataFrame(without_number(network.headways))
    for rule in rules:
        frame = _applied(frame, rule, network.stops.kind, own)
    return _with_headways(network, lines, frame)


def read_headway_table(path: Path | str, network: StreetNetwork) -> list[Rule]:
    """Read and check the table; see `apply_headway_table`."""
    path = Path(path)
    rows = read_text_rows(path, what=f"a CSV with {', '.join(_COLUMNS)}")
    missing = [name for name in _COLUMNS if name not in rows.headings]
    if missing:
        there = ", ".join(rows.headings) or "no line at all"
        raise InputError(f"{path}: no column {', '.join(missing)}, found {there}; expected {', '.join(_COLUMNS)}")
    faults: list[str] = []
    rules = []
    for number, row in zip(rows.numbers, cells_of(rows), strict=True):
        found: list[str] = []
        rules.append(_rule({name: row[name] for name in _COLUMNS}, network, found))
        faults += [f"line {number}: {fault}" for fault in found]
    if not rules:
        faults.append("no rows, expected at least one")
    if faults:
        raise InputError(f"{path}: this headway table cannot be used", faults)
    return rules


def _rule(told: dict[str, str], network: StreetNetwork, faults: list[str]) -> Rule:
    stops, lines = network.stops, network.lines
    at, on = np.zeros(0, np.int64), np.zeros(0, np.int64)
    if bool(told["stop"]) == bool(told["line"]):
        faults.append("stop and line are both filled or both empty, expected one of them")
    elif told["stop"] in STOP_KINDS:
        at = np.flatnonzero(stops.kind == STOP_KINDS.index(told["stop"]))
    elif told["stop"]:
        at = np.flatnonzero((stops.name == told["stop"]) | (stops.stop_id.astype(str) == told["stop"]))
    else:
        on = np.flatnonzero((lines.name == told["line"]) | (lines.line_id.astype(str) == told["line"]))
    for name, rows in (("stop", at), ("line", on)):
        if told[name] and not rows.size and not (told["stop"] and told["line"]):
            faults.append(f"{name} is {told[name]!r}, expected the name or key of a {name} of {network.name}")
    if (stops.kind[at] == STOP_KINDS.index("taxi")).any():
        faults.append(f"stop is {told['stop']!r}, a taxi rank; expected a stop where something runs to a headway")
    if told["day_kind"] not in (*DAY_KINDS, "all"):
        faults.append(f"day_kind is {told['day_kind']!r}, expected one of {', '.join(DAY_KINDS)}, all")
    days = [number for number, word in enumerate(DAY_KINDS) if told["day_kind"] in (word, "all")]
    first, until = (_hour(told[name], name, faults) for name in ("from_hour", "until_hour"))
    first = service_hour(min(first, LAST_HOUR))
    until = until if until > 4 else until + 24  # 04:00 at the end is the end of the night
    if until <= first:
        faults.append(
            f"until_hour is {told['until_hour']}, expected an hour after from_hour, until 04:00 at the latest"
        )
    return Rule(at, on, tuple(days), first, until, _minutes(told["headway_min"], faults))


def _hour(text: str, name: str, faults: list[str]) -> int:
    if text.isdecimal() and int(text) <= LAST_HOUR + 1:
        return int(text)
    faults.append(f"{name} is {text!r}, expected a whole hour from 0 to {LAST_HOUR + 1}")
    return 4 if name == "from_hour" else LAST_HOUR + 1


def _minutes(text: str, faults: list[str]) -> float | None:
    if text == "none":
        return None
    read = number_in(text, decimal_comma=True)  # no headway has thousands of minutes
    minutes = np.nan if read is None else read
    if not 0 < minutes <= _LONGEST_MIN:
        faults.append(f"headway_min is {text!r}, expected minutes above 0 and up to {_LONGEST_MIN:g}, or none")
    return minutes


def _applied(old: pd.DataFrame, rule: Rule, kind_of_stop: Array, own: dict[int, int]) -> pd.DataFrame:
    hours = np.arange(rule.from_hour, rule.until_hour)
    in_time = old["day_kind"].isin(rule.day_kinds) & old["service_hour"].isin(hours)
    frames = [old[~(in_time & (old["stop"].isin(rule.stops) | old["line"].isin(rule.lines)))]]
    if rule.headway_min is None:
        return frames[0]
    headway = np.full(hours.size, rule.headway_min)
    served = [(rule.stops[kind_of_stop[rule.stops] == kind], line, 0) for kind, line in own.items()]
    for line in rule.lines:
        for direction in (0, 1):
            calls = old["stop"][(old["line"] == line) & (old["direction"] == direction)]
            served.append((np.unique(calls), int(line), direction))
    for stops, line, direction in served:
        for day in rule.day_kinds:
            cells = _cells(stops, line, day, hours, headway_min=headway, source="table")
            frames.append(cells.assign(direction=np.full(len(cells), direction)))
    return pd.concat(frames, ignore_index=True)


def _cells(stops: Array, line: int, day: int, hours: Array, *, headway_min: Array, source: str) -> pd.DataFrame:
    """Rows for every stop and hour, with departures spread evenly from the full hour."""
    stop, hour = (grid.ravel() for grid in np.meshgrid(stops, hours, indexing="ij"))
    headway = np.tile(headway_min, len(stops))
    further = np.ceil(60 / headway) - 1  # departures within the hour after the first
    return pd.DataFrame(
        {
            "stop": stop,
            "line": np.full(stop.size, line),
            "direction": np.zeros(stop.size, np.int64),
            "day_kind": np.full(stop.size, day),
            "service_hour": hour,
            "departures": 60 / headway,
            "headway_min": headway,
            "first_min": hour * 60.0,
            "last_min": (hour * 60.0 + further * headway).round(1),
            "source": np.full(stop.size, HEADWAY_SOURCES.index(source)),
        }
    )


def _own_lines(network: StreetNetwork, kinds: Iterable[int], word: str) -> tuple[Lines, dict[int, int]]:
    """The city's lines and behind them one that stands for all of each kind, and its row by kind."""
    lines = network.lines
    rows = {}
    for kind in map(int, kinds):
        key = stable_key(f"{word} line", STOP_KINDS[kind])
        if key not in lines.line_id:
            one = Lines(
                line_id=np.array([key]),
                kind=np.array([kind]),
                is_night=np.array([False]),
                name=np.array([f"{STOP_KINDS[kind]} ({word})"]),
            )
            lines = joined(lines, one)
        rows[kind] = int(np.flatnonzero(lines.line_id == key)[0])
    return lines, rows


def _with_headways(network: StreetNetwork, lines: Lines, frame: pd.DataFrame) -> StreetNetwork:
    return in_order(
        network,
        stops=network.stops,
        lines=lines,
        services=without_number(network.services),
        headways={str(name): frame[name].to_numpy() for name in frame},
    )
