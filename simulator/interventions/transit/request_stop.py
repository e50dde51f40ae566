"""Request stops: at night vehicles stop between stops where somebody asks, so that ways from the door are shorter."""

import dataclasses
import datetime
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, STOP_KINDS, Headways, Services, Supply, day_kind_of
from simulator.errors import InputError
from simulator.foundation.once import once_a_city
from simulator.interventions.base import Array, Idle, Placement
from simulator.interventions.timed import Timed, treated
from simulator.interventions.transit.further_stops import (
    Points,
    columns_at,
    in_hours,
    key_of,
    points_along,
    rows_of,
    with_rows,
    with_stops,
)

ON_REQUEST = "on request"
"""What stops of this kind are called, and what stands behind the names of lines that stop at them."""
_NAME = 66
"""Letters of a line's name that are left before " on request"; a name has at most 80."""


class RequestStop(Timed):
    """In some hours people may get on and off between stops, at places so far apart along the chosen streets.

    Where the order of stops along lines is known, a place counts that lies beside the straight way from one stop to the
    next; times aboard stay as they are. Where it is not known, a place is served like the nearest stop within reach.
    """

    kind: Literal["request_stop"] = "request_stop"
    prices = ("", "request_stop_running", "")
    follows: ClassVar[int] = 3  # departures, lines by night, and where stops stand
    vehicles: tuple[Literal["bus", "tram"], ...] = Field(("bus",), min_length=1, description="what stops on request")
    spacing_m: float = Field(
        150.0, ge=25, le=2000, description="least distance between two places (m), and half of it to a usual stop"
    )
    beside_m: float = Field(
        40.0, gt=0, le=500, description="how far from the straight way between two stops of a line a place may lie (m)"
    )
    reach_m: float = Field(
        300.0, gt=0, le=5000, description="where no line is known: how far from the stop that it is served like (m)"
    )
    places: int | None = Field(
        None, ge=0, le=10_000, description="at most so many places, those farthest from a usual stop; all if not given"
    )

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """The places, on the streets where they lie."""
        if self.places == 0:
            return self.placed(network, segments[:0], 0.0, "places")
        found, _ = self._found(network, segments)
        if not len(found.key):
            vehicles, near = " or ".join(self.vehicles), f"{self.reach_m:g} m from one of their stops"
            where = f"beside the way of a {vehicles} line" if len(network.services) else f"at most {near}"
            raise InputError(
                f"found no place on the chosen streets {where} and {self.spacing_m / 2.0:g} m or more from every stop; "
                "choose streets that such lines run along, or a shorter spacing_m"
            )
        return self.placed(network, np.unique(found.segment), float(len(found.key)), "places")

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with these stops behind its own, and each line that stops there on request behind its lines.

        Its headways name whatever may ever serve them; what does is in the conditions.
        """
        if not placement.segments.size:
            return None
        found, after = self._found(network, placement.segments)
        if not len(found.key):  # another measure has built them
            return None
        return _with_request_stops(network, self, tuple(placement.segments.tolist()), after is not None)

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """In these hours the lines stop there too; at other hours nothing changes."""
        on = self.on(draw)
        if not placement.segments.size or not on.any():
            return conditions
        network, supply = draw.network, conditions.supply
        then = in_hours(supply.headways, DAY_KINDS.index(day_kind_of(draw.date)), on)
        headways = self.on_request(network, supply.headways, then, placement.segments)
        return treated(
            dataclasses.replace(conditions, supply=Supply(network.stops, network.lines, headways)), placement.segments
        )

    def on_request(self, network: StreetNetwork, headways: Headways, then: Array, segments: Array) -> Headways:
        """Departures with those at the places of this measure, in some rows (bool) of a table."""
        ours = _own_stops(network, self, segments)
        if not ours.size:
            return headways
        if not len(network.services):
            return _as_nearest(network, headways, then, (self, ours))
        copies = _copies(network, self)
        return _moved(network, headways, then, copies) if len(copies) else headways

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Other kinds of day are meant, or nothing stops there in these hours."""
        idle = super().idle_on(date, network=network, placement=placement)
        city = self.built_on(network, placement)
        if idle is not None or city is None:
            return idle
        then = in_hours(network.headways, DAY_KINDS.index(day_kind_of(date)), self.hours())
        if len(self.on_request(city, network.headways, then, placement.segments)) > len(network.headways):
            return None
        return Idle("has its hours when no such vehicle stops near there on that day", by_itself=True)

    @property
    def evaluated(self) -> bool:
        """No evaluation of request stops was found that has outcomes."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what request stops reach the model."""
        return (
            "the way on foot to and from the stop in these hours, and through it mode, time, company and not going",
            "people around, on the way to stops and at them; where one waits, the light of that street counts",
            "the time that the vehicle loses by stopping once more is not counted",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of request stops rest on."""
        effect = ("planned_over_straight", "longest_access_m", "wait_value", "longest_wait_min", "not_made_per_minute")
        return (*effect, *self.cost_evidence())

    @property
    def _stream(self) -> str:
        """What tells the stops of this measure from those of another with other levers."""
        levers = self.model_dump(include={"name", "spacing_m", "beside_m", "reach_m", "places", "vehicles"})
        return f"request stop {levers}"

    def _lines(self, network: StreetNetwork) -> Array:
        return np.isin(network.lines.kind, [STOP_KINDS.index(kind) for kind in self.vehicles])

    def _found(self, network: StreetNetwork, segments: Array) -> tuple[Points, "_Legs | None"]:
        """Places that may be added, and between which stops they lie where that is known."""
        points = points_along(network, tuple(segments.tolist()), self._stream)
        lines, headways = self._lines(network), network.headways
        stops = network.stops
        usual = np.unique(headways.stop[lines[headways.line]])
        if not usual.size or not len(points.key):
            return _some(points, points.key < 0), None
        away, _ = cKDTree(np.column_stack([stops.x_m, stops.y_m])[usual]).query(points.xy)
        legs = _legs(network, lines) if len(network.services) else None
        served = away <= self.reach_m if legs is None else _beside(network, legs, points, self.beside_m)[0].any(axis=1)
        free = (away >= self.spacing_m / 2.0) & (_away_from_others(network, points) >= self.spacing_m)
        kept = _thinned(points, served & free, self.spacing_m)
        if self.places is not None:
            kept = np.sort(kept[np.lexsort((points.key[kept], -np.round(away[kept], 3)))][: self.places])
        return _some(points, kept), legs


class _Legs(NamedTuple):
    """Ways from a stop of a line to the next: rows of the services (L,) of the first and of the second."""

    first: Array
    second: Array


def _legs(network: StreetNetwork, lines: Array) -> _Legs:
    services = network.services
    order = np.lexsort((services.stop_order, services.pattern, services.direction, services.line))
    one, other = order[:-1], order[1:]
    same = lines[services.line[one]]
    for column in (services.line, services.direction, services.pattern):
        same = same & (column[one] == column[other])
    return _Legs(one[same], other[same])


def _beside(network: StreetNetwork, legs: _Legs, points: Points, beside_m: float) -> tuple[Array, Array]:
    """Whether each point lies beside each leg (bool (N, L)), and what share of the leg lies before it."""
    at = np.column_stack([network.stops.x_m, network.stops.y_m])
    start, end = (at[network.services.stop[rows]] for rows in legs)
    step = end - start
    length = np.maximum(np.hypot(*step.T), 1e-9)
    offset = points.xy[:, None, :] - start[None]
    share = (offset * step[None]).sum(axis=2) / length[None] ** 2
    away = np.abs(offset[..., 0] * step[None, :, 1] - offset[..., 1] * step[None, :, 0]) / length[None]
    return (share > 0.0) & (share < 1.0) & (away <= beside_m), share


def _some(points: Points, rows: Array) -> Points:
    return Points(*(column[rows] for column in points))


def _away_from_others(network: StreetNetwork, points: Points) -> Array:
    """Metres from each point to the nearest place of another measure of this kind, infinite where there is none."""
    stops = network.stops
    there = stops.name == ON_REQUEST
    if not there.any():
        return np.full(len(points.key), np.inf)
    away, _ = cKDTree(np.column_stack([stops.x_m, stops.y_m])[there]).query(points.xy)
    return np.asarray(away)


def _thinned(points: Points, may: Array, spacing_m: float) -> Array:
    """Rows of the points that may be taken, in their order, each at least so far from those taken before."""
    rows = np.flatnonzero(may)
    if not rows.size:
        return rows
    near = cKDTree(points.xy[rows]).query_ball_point(points.xy[rows], spacing_m * (1.0 - 1e-9))
    free, taken = np.ones(rows.size, bool), []
    for row in range(rows.size):
        if free[row]:
            taken.append(row)
            free[near[row]] = False
    return rows[np.array(taken)]


@once_a_city
def _with_request_stops(
    network: StreetNetwork, measure: RequestStop, segments: tuple[int, ...], known: bool
) -> StreetNetwork:
    """The city with stops of a measure on some segments; `known`: with lines that stop there on request."""
    found, legs = measure._found(network, np.array(segments))
    kind = STOP_KINDS.index(measure.vehicles[0])
    city = with_stops(network, found, kind, np.array([ON_REQUEST]))
    if known and legs is not None:
        city = _with_lines(city, measure, found, legs)
    every = np.ones(len(city.headways), bool)
    copied = dataclasses.replace(city, headways=measure.on_request(city, city.headways, every, np.array(segments)))
    return dataclasses.replace(city, headways=_both(city.headways, copied.headways))


def _both(one: Headways, other: Headways) -> Headways:
    """A table, and behind it the rows of another of what it lacks: whatever stop, line and direction may ever run."""
    names = ("stop", "line", "direction")
    calls = np.stack([np.concatenate([getattr(table, name) for table in (one, other)]) for name in names])
    _, call = np.unique(calls, axis=1, return_inverse=True)
    more = np.flatnonzero(~np.isin(call[len(one) :], call[: len(one)]))
    return with_rows(one, columns_at(other, more)) if more.size else one


def _with_lines(city: StreetNetwork, measure: RequestStop, found: Points, legs: _Legs) -> StreetNetwork:
    """Each line that has places between two stops once more, with those stops too."""
    services, lines = city.services, city.lines
    beside, share = _beside(city, legs, found, measure.beside_m)
    point, leg = np.nonzero(beside)
    before, after = legs.first[leg], legs.second[leg]
    copied = np.unique(services.line[before])
    stop = len(city.stops) - len(found.key) + point
    since = services.from_first_min[before]
    since = since + share[point, leg] * (services.from_first_min[after] - since)
    old = np.flatnonzero(np.isin(services.line, copied))
    rows = np.concatenate([old, before])
    place = np.concatenate([services.stop_order[old], services.stop_order[before] + share[point, leg]])
    table = columns_at(services, rows)
    table["stop"] = np.concatenate([services.stop[old], stop])
    table["from_first_min"] = np.concatenate([services.from_first_min[old], since])
    table["line"] = len(lines) + np.searchsorted(copied, services.line[rows])
    order = np.lexsort((place, table["pattern"], table["direction"], table["line"]))
    table = _renumbered({name: column[order] for name, column in table.items()})
    names = np.array([f"{name[:_NAME]} {ON_REQUEST}" for name in lines.name[copied].tolist()])
    keys = key_of(measure._stream, lines.line_id[copied])
    further = columns_at(lines, copied, name=names) | {"line_id": keys}
    return dataclasses.replace(city, lines=with_rows(lines, further), services=with_rows(services, table))


def _renumbered(table: dict[str, Any]) -> dict[str, Any]:
    """Services in order with places in their sequence and minutes to the next stop that fit it."""
    key = np.stack([table["line"], table["direction"], table["pattern"]])
    same = (key[:, 1:] == key[:, :-1]).all(axis=0)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    count = np.diff(np.append(first, key.shape[1]))
    since = table["from_first_min"]
    ahead = np.append(np.where(same, np.maximum(since[1:] - since[:-1], 0.0), 0.0), 0.0)
    return table | {"stop_order": np.arange(since.size) - np.repeat(first, count), "to_next_min": ahead}


def _own_stops(network: StreetNetwork, measure: RequestStop, segments: Array) -> Array:
    """Rows of the stops of a measure in a city that has them."""
    rows = rows_of(points_along(network, tuple(segments.tolist()), measure._stream).key, network.stops.stop_id)
    return rows[rows >= 0]


def _copies(network: StreetNetwork, measure: RequestStop) -> Array:
    """Lines of which a measure has made another that stops on request: rows of both (int (N, 2))."""
    copy = rows_of(key_of(measure._stream, network.lines.line_id), network.lines.line_id)
    return np.stack([np.flatnonzero(copy >= 0), copy[copy >= 0]], axis=1)


def _as_nearest(network: StreetNetwork, headways: Headways, then: Array, whose: tuple[RequestStop, Array]) -> Headways:
    """Each own stop has, in some rows, the departures of the nearest stop of the city that such vehicles serve."""
    measure, ours = whose
    lines, city, stops = measure._lines(network), network.headways, network.stops
    served = np.unique(city.stop[lines[city.line]])
    served = served[served < ours.min()]  # no stop that another measure has put behind
    served = served[np.argsort(stops.stop_id[served])]
    at = np.column_stack([stops.x_m, stops.y_m])
    _, nearest = cKDTree(at[served]).query(at[ours])
    return _repeated(headways, then & lines[headways.line], (served[nearest], ours))


def _repeated(headways: Headways, then: Array, stops: tuple[Array, Array]) -> Headways:
    """Some rows (bool) of the first stops once more, at the second ones in their stead."""
    like, ours = stops
    own, rows = np.nonzero(like[:, None] == np.where(then, headways.stop, -1)[None, :])
    return with_rows(headways, columns_at(headways, rows, stop=ours[own])) if rows.size else headways


def _moved(network: StreetNetwork, headways: Headways, then: Array, copies: Array) -> Headways:
    """In some rows (bool) the copies run in place of their lines, and stop at the stops that only they have too."""
    copy_of = np.arange(len(network.lines))
    copy_of[copies[:, 0]] = copies[:, 1]
    moved = then & (copy_of[headways.line] != headways.line)
    table = columns_at(headways, np.arange(len(headways)), line=np.where(moved, copy_of[headways.line], headways.line))
    headways = Headways(headway_id=headways.headway_id, **table)
    own, like = _stops_before(network.services, copies)
    match = np.isin(headways.line, copies[:, 1]) & moved
    rows = np.flatnonzero(match)
    call = np.stack([headways.stop, headways.line, headways.direction])[:, rows]
    which, row = np.nonzero((like[:, :, None] == call[:, None, :]).all(axis=0))
    return with_rows(headways, columns_at(headways, rows[row], stop=own[which])) if row.size else headways


def _stops_before(services: Services, copies: Array) -> tuple[Array, Array]:
    """Stops that only copies have (N,), and the call (stop, line, direction: (3, N)) of the usual stop before each.

    Each stands once a line and direction, as in the sequence that is run most often.
    """
    own, like, seen = [], [], set()
    for line, copy in copies.tolist():
        rows = np.flatnonzero(services.line == copy)
        rows = rows[np.lexsort((services.stop_order[rows], services.pattern[rows], services.direction[rows]))]
        usual = np.isin(services.stop[rows], services.stop[services.line == line])
        before = np.maximum.accumulate(np.where(usual, np.arange(rows.size), 0))
        for at in np.flatnonzero(~usual):
            call = (int(services.stop[rows[at]]), copy, int(services.direction[rows[at]]))
            if call not in seen:
                seen.add(call)
                own.append(call[0])
                like.append((int(services.stop[rows[before[at]]]), copy, call[2]))
    return np.array(own, np.int64), np.array(like, np.int64).reshape(-1, 3).T
