"""Rides on public transport: which stops lie on one line, how often it comes, how long one waits and rides.

A `Rides` is made once a city: which stop can be reached from which without a change, and how long that takes. A
`Service` is what runs on one kind of day, of one arm: a measure changes departures, not where the stops are.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, STOP_KINDS, Headways
from simulator.foundation.records import records
from simulator.kernels.riding import FURTHER, NEAREST, RUNS_BETWEEN, RUNS_FROM, Departures

Array = np.ndarray[Any, Any]
_HOURS = 24
_MINUTES = 60.0
_RIDDEN = tuple(code for code, kind in enumerate(STOP_KINDS) if kind != "taxi")


@dataclasses.dataclass(frozen=True)
class Rides:
    """What does not change from day to day.

    Parameters
    ----------
    pair
        Ordered pairs of stops on one line, as from x stops + to (int64 (Q,), ascending).
    ride_min
        Minutes in the vehicle of each pair, on the quickest line (Q,).
    link_start, link
        Calls (codes of stop, line and direction) that serve each pair, as compressed rows.
    call
        Code of each stop, line and direction that anything runs on, (stop x lines + line) x 2 + direction (ascending).
    has_lines
        Whether it is known which stops of the city lie on one line; that of a line which a measure adds does not count.
    ridden, further
        Rows of the stops that anybody rides from, by key: those of the city, and those that measures add to them.
    """

    stops: int
    lines: int
    pair: Array
    ride_min: Array
    link_start: Array
    link: Array
    call: Array
    has_lines: bool
    ridden: Array
    further: Array
    stop_xy: Array

    @classmethod
    def of(cls, network: StreetNetwork, headways: Headways, before: "Rides | None" = None) -> "Rides":
        """Read the pairs off the order of stops along the lines; a stop without a line is still near somebody.

        Parameters
        ----------
        before
            The rides of the city to which measures have added stops and lines behind its own. People choose among as
            many of its own stops as ever, so that a stop that is served at night takes none away by day.
        """
        stops, lines, services = len(network.stops), max(len(network.lines), 1), network.services
        order = np.lexsort((services.stop_order, services.pattern, services.direction, services.line))
        key = np.stack([services.line, services.direction, services.pattern])[:, order].astype(np.int64)
        fresh = np.ones(order.size, bool)
        fresh[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
        ends = (
            np.append(np.flatnonzero(fresh)[1:], order.size)[np.cumsum(fresh) - 1] if order.size else np.zeros(0, int)
        )
        further = ends - np.arange(order.size) - 1
        one = np.repeat(np.arange(order.size), further)
        other = one + 1 + np.arange(one.size) - np.repeat(np.cumsum(further) - further, further)
        stop, since = services.stop[order].astype(np.int64), services.from_first_min[order]
        pairs = stop[one] * stops + stop[other]
        minutes = np.maximum(since[other] - since[one], 0.0)
        call_of = _call(stop[one], key[0][one], key[1][one], lines)
        keep = stop[one] != stop[other]
        pair, at = np.unique(pairs[keep], return_inverse=True)
        quickest = np.full(pair.size, np.inf)
        np.minimum.at(quickest, at, minutes[keep])
        calls = np.unique(_call(headways.stop, headways.line, headways.direction, lines))
        place = np.searchsorted(calls, call_of[keep]).clip(0, max(calls.size - 1, 0))
        known = calls[place] == call_of[keep] if calls.size else np.zeros(place.size, bool)
        links = np.unique(np.stack([at[known], place[known]]), axis=1)
        start = np.searchsorted(links[0], np.arange(pair.size + 1))
        xy = np.column_stack([network.stops.x_m, network.stops.y_m])
        ridden = np.flatnonzero(np.isin(network.stops.kind, _RIDDEN) & np.isin(np.arange(stops), headways.stop))
        ridden = ridden[np.argsort(network.stops.stop_id[ridden])]  # ties go by key, whatever the order of rows
        has_lines, usual = (pair.size > 0, ridden) if before is None else (before.has_lines, before.ridden)
        further = ridden[~np.isin(ridden, usual)]
        return cls(stops, lines, pair, quickest, start, links[1], calls, has_lines, usual, further, xy)

    def nearest(self, x_m: Array, y_m: Array) -> tuple[Array, Array]:
        """Stops near points (int64 (T, SLOTS), -1 beyond those there are) and metres to them in a straight line.

        First the `NEAREST` of the city's own, then the `FURTHER` of those that measures add.
        """
        points = np.column_stack([x_m, y_m])
        stops, metres = zip(
            *(self._nearest(points, rows, count) for rows, count in ((self.ridden, NEAREST), (self.further, FURTHER))),
            strict=True,
        )
        return np.hstack(stops), np.hstack(metres)

    def _nearest(self, points: Array, rows: Array, count: int) -> tuple[Array, Array]:
        if not rows.size or not len(points):
            return np.full((len(points), count), -1), np.full((len(points), count), np.inf)
        metres, row = cKDTree(self.stop_xy[rows]).query(points, count)
        there = np.isfinite(metres)
        return np.where(there, rows[np.where(there, row, 0)], -1), metres


def _call(stop: Array, line: Array, direction: Array, lines: int) -> Array:
    return (stop.astype(np.int64) * lines + line) * 2 + direction


@dataclasses.dataclass(frozen=True)
class Service:
    """What runs on one kind of day: departures by clock hour, of pairs of stops on one line and of stops.

    Parameters
    ----------
    of_pair, pair_last
        Departures an hour (float32 (Q, 24)) and minute within the hour of the last one (-1 without any).
    of_stop, stop_last
        The same of each stop in its better direction (stops, 24).
    """

    rides: Rides
    of_pair: Array
    pair_last: Array
    of_stop: Array
    stop_last: Array

    @classmethod
    def of(cls, rides: Rides, headways: Headways, day_kind: str) -> "Service":
        """The departures of a table of headways on one kind of day."""
        rows = np.flatnonzero(headways.day_kind == DAY_KINDS.index(day_kind))
        rows = rows[np.argsort(headways.headway_id[rows])]
        hour = (headways.service_hour[rows] % _HOURS).astype(np.int64)
        call = _call(headways.stop[rows], headways.line[rows], headways.direction[rows], rides.lines)
        place = np.searchsorted(rides.call, call)
        departures, last = np.zeros((rides.call.size, _HOURS)), np.full((rides.call.size, _HOURS), -1.0)
        np.add.at(departures, (place, hour), headways.departures[rows])
        within = headways.last_min[rows] - _MINUTES * headways.service_hour[rows]
        np.maximum.at(last, (place, hour), np.where(headways.departures[rows] > 0, within, -1.0))
        shape = (rides.pair.size, _HOURS)  # single floats: a city has hundreds of thousands of pairs
        of_pair, pair_last = np.zeros(shape, np.float32), np.full(shape, -1.0, np.float32)
        linked = np.flatnonzero(np.diff(rides.link_start))
        if linked.size:
            first = rides.link_start[linked]
            of_pair[linked] = np.add.reduceat(departures.astype(np.float32)[rides.link], first)
            pair_last[linked] = np.maximum.reduceat(last.astype(np.float32)[rides.link], first)
        by_way, way_last = np.zeros((2 * rides.stops, _HOURS)), np.full((2 * rides.stops, _HOURS), -1.0)
        way = rides.call // (2 * rides.lines) * 2 + rides.call % 2
        np.add.at(by_way, way, departures)
        np.maximum.at(way_last, way, last)
        of_stop = by_way.reshape(rides.stops, 2, _HOURS).max(axis=1)
        return cls(rides, of_pair, pair_last, of_stop, way_last.reshape(rides.stops, 2, _HOURS).max(axis=1))

    def midday(self) -> "Service":
        """The same with the departures of noon at every hour: service as by full daylight."""
        noon = [12] * _HOURS
        last = np.full_like
        return dataclasses.replace(
            self,
            of_pair=self.of_pair[:, noon],
            pair_last=last(self.pair_last, _MINUTES),
            of_stop=self.of_stop[:, noon],
            stop_last=last(self.stop_last, _MINUTES),
        )

    @cached_property
    def departures(self) -> Departures:
        """The same as the kernel of rides reads it."""
        best, last = (np.vstack([one, one.max(axis=0, initial=-1.0)]) for one in (self.of_stop, self.stop_last))
        return Departures(
            between=records(RUNS_BETWEEN, departures=self.of_pair, last_min=self.pair_last),
            at=records(RUNS_FROM, departures=np.maximum(best, 0.0), last_min=last),
        )
