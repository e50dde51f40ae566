"""A night line: stops in their order, served both ways every so many minutes in some hours."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.city.transit import DAY_KINDS, STOP_KINDS, Supply, day_kind_of
from simulator.errors import InputError
from simulator.evidence.parameters import nominal
from simulator.foundation.once import once_a_city
from simulator.foundation.spelling import nearest_told
from simulator.interventions.base import Area, Array, Latitude, Longitude, Placement
from simulator.interventions.timed import Timed, treated
from simulator.interventions.transit.further_stops import (
    FAR_M,
    Points,
    evenly,
    key_of,
    nearest_points,
    points_along,
    projected,
    rows_of,
    service_hours,
    with_rows,
    with_stops,
)

_NAME = 80


class NightLine(Timed):
    """A line of its own with stops in their order, both ways, in some hours.

    A stop is the name of one that the city has, or a point, which becomes a stop on the nearest of the chosen streets.
    Without stops the line is a sketch: stops of the chosen streets along the axis on which they lie farthest apart.
    """

    kind: Literal["night_line"] = "night_line"
    prices = ("", "bus_hour_cost", "")
    has_hours: ClassVar[bool] = False  # its timetable is one for all dates of a kind
    follows: ClassVar[int] = 1  # a change of departures is of the lines that are there
    where: Area = Field(
        Area(selector="segments", part="all"), description="streets on which stops given as points may stand"
    )
    stops: tuple[str | tuple[Longitude, Latitude], ...] = Field(
        (),
        max_length=200,
        description="its stops in order: names of stops, or points [longitude, latitude]; a sketch if not given",
    )
    spacing_m: float = Field(400.0, ge=50, le=5000, description="metres along the axis a stop, of a sketch (m)")
    vehicle: Literal["bus", "tram"] = Field("bus", description="what runs on it")
    headway_min: float = Field(gt=0, le=120, description="minutes between departures, each way")
    from_hour: int = Field(0, ge=0, le=23, description="first clock hour in which it runs")
    until_hour: int = Field(4, ge=0, le=23, description="clock hour at which it ends; equal to from_hour: all day")
    speed_km_h: float | None = Field(
        None, gt=0, le=100, description="speed from stop to stop, stops included (km/h)  [default: the evidence's]"
    )

    @model_validator(mode="after")
    def _each_stop_once(self) -> "NightLine":
        if len(self.stops) == 1:
            raise ValueError("stops: found 1, expected at least 2, or none for a sketch")
        told = [stop.casefold() if isinstance(stop, str) else stop for stop in self.stops]
        again = next((stop for number, stop in enumerate(told) if stop in told[:number]), None)
        if again is not None:
            raise ValueError(
                f"stops: found {again!r} twice, expected each stop once; the line runs both ways by itself"
            )
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Vehicle-hours of a year on the road, both ways; standing at the ends is not in them."""
        rows, new = self._found(network, segments)
        at = np.where(rows >= 0, network.stops.segment[rows] if len(network.stops) else -1, -1)
        at[rows < 0] = new.segment
        hours = 2.0 * self._minutes(_positions(network, rows, new)).sum() / 60.0
        departures = 60.0 / self.headway_min * self.hours_a_year(network)
        return self.placed(network, np.unique(at), departures * hours, "vehicle-hours a year")

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with the line and its new stops behind its own; its headways name all hours of all days."""
        if rows_of(self._key, network.lines.line_id)[0] >= 0:
            return None
        return _with_line(network, self, tuple(placement.segments.tolist()))

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """The line runs in these hours."""
        network, on = draw.network, self.on(draw)
        if not on.any():
            return conditions
        line = rows_of(self._key, network.lines.line_id)[0]
        headways = conditions.supply.headways
        if line >= 0:
            day = np.array([DAY_KINDS.index(day_kind_of(draw.date))])
            new = evenly(_calls(network, int(line)), day, service_hours(on), self.headway_min)
            headways = with_rows(headways, new)
        supply = Supply(network.stops, network.lines, headways)
        return treated(dataclasses.replace(conditions, supply=supply), placement.segments)

    @property
    def evaluated(self) -> bool:
        """What was evaluated are whole night networks, without figures that carry over to one line."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a night line reaches the model."""
        return (
            "waiting and rides from its stops in these hours, and through them mode, time, company and not going",
            "people around, on the way to stops and at them",
            "beyond the edge of the district it is taken to go on to wherever people go, as every line is; "
            "where no line of the city is known, from its stops to those of other lines too",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a night line rest on."""
        speed = () if self.speed_km_h is not None else ("ride_speed",)
        effect = ("ride_over_straight", "wait_value", "longest_wait_min", "longest_access_m", "not_made_per_minute")
        return (*effect, *speed, *self.cost_evidence())

    @property
    def _stream(self) -> str:
        levers = self.model_dump(include={"name", "stops", "vehicle", "speed_km_h", "spacing_m"})
        return f"night line {levers}"

    @property
    def _key(self) -> Array:
        return key_of(self._stream, np.zeros(1, np.int64))

    def _minutes(self, at: Array) -> Array:
        """Minutes aboard from each stop to the next, from their positions (N, 2)."""
        speed = nominal("ride_speed") if self.speed_km_h is None else self.speed_km_h
        km = nominal("ride_over_straight") * np.hypot(*np.diff(at, axis=0).T) / 1000.0
        return np.asarray(60.0 * km / speed)

    def _found(self, network: StreetNetwork, segments: Array) -> tuple[Array, Points]:
        """Rows of its stops (int64 (N,)), -1 for those that are new, and where the new ones stand."""
        if not self.stops:
            return self._sketch(network, segments), points_along(network, (), self._stream)
        rows, faults = np.full(len(self.stops), -1), []
        for number, stop in enumerate(self.stops):
            if isinstance(stop, str):
                rows[number] = _stop_named(network, stop, STOP_KINDS.index(self.vehicle))
                if rows[number] < 0:
                    near = nearest_told(stop, sorted(set(network.stops.name.tolist()) - {""}))
                    faults.append(f"stops: found {stop!r}, expected the name of a stop of {network.name}{near}")
        new = self._new(network, segments, faults)
        if not faults and len(set(rows[rows >= 0].tolist())) + len(set(new.key.tolist())) < len(rows):
            faults.append("stops: found two that stand at the same place, expected each stop once; move one of them")
        if faults:
            raise InputError("the night line cannot be put on the streets", faults)
        return rows, new

    def _sketch(self, network: StreetNetwork, segments: Array) -> Array:
        """Rows of stops of the chosen streets: of each stretch of the axis through them the one nearest to it."""
        stops = network.stops
        kind = STOP_KINDS.index(self.vehicle)
        rows = np.flatnonzero(np.isin(stops.segment, segments) & (stops.kind != STOP_KINDS.index("taxi")))
        rows = rows[stops.kind[rows] == kind] if (stops.kind[rows] == kind).any() else rows
        if rows.size:
            at = np.column_stack([stops.x_m, stops.y_m])[rows]
            at = at - at.mean(axis=0)
            axis = np.linalg.svd(at, full_matrices=False)[2][0]
            along, beside = at @ axis, np.abs(at @ np.array([-axis[1], axis[0]]))
            along = along * (1.0 if axis[np.argmax(np.abs(axis))] > 0 else -1.0)
            stretch = np.floor(np.round((along - along.min()) / self.spacing_m, 6)).astype(np.int64)
            order = np.lexsort((stops.stop_id[rows], np.round(beside, 3), stretch))
            rows = rows[order][np.unique(stretch[order], return_index=True)[1]]
        if rows.size < 2:
            told = f"stops: found {rows.size} on the chosen streets {self.spacing_m:g} m apart, expected at least 2"
            raise InputError(f"{told}; choose wider words, a shorter spacing_m, or give stops")
        return rows

    def _new(self, network: StreetNetwork, segments: Array, faults: list[str]) -> Points:
        """Where the stops stand that are given as points."""
        points = points_along(network, tuple(segments.tolist()), self._stream)
        given = np.array([stop for stop in self.stops if not isinstance(stop, str)], np.float64).reshape(-1, 2)
        if not len(given):
            return Points(*(column[:0] for column in points))
        found, away = nearest_points(points, projected(network, given))
        for point, metres in zip(given[away > FAR_M].tolist(), away[away > FAR_M].tolist(), strict=True):
            faults.append(f"stops: found {point}, {metres:.0f} m from the chosen streets, expected at most {FAR_M:g} m")
        return found


def _stop_named(network: StreetNetwork, name: str, kind: int) -> int:
    """Row of the stop of a name: of this kind if there is one, and the one in the middle of several; -1 for none."""
    stops = network.stops
    same = np.flatnonzero(np.char.lower(stops.name) == name.lower())
    of_kind = same[stops.kind[same] == kind]
    same = of_kind if of_kind.size else same
    if not same.size:
        return -1
    at = np.column_stack([stops.x_m, stops.y_m])[same]
    away = np.hypot(*(at - at.mean(axis=0)).T)
    return int(same[np.lexsort((stops.stop_id[same], np.round(away, 3)))[0]])


def _positions(network: StreetNetwork, rows: Array, new: Points) -> Array:
    """Where the stops of a line stand (float64 (N, 2), projected metres)."""
    at = np.zeros((rows.size, 2))
    known = rows >= 0
    at[known] = np.column_stack([network.stops.x_m, network.stops.y_m])[rows[known]]
    at[~known] = new.xy
    return at


@once_a_city
def _with_line(network: StreetNetwork, measure: NightLine, segments: tuple[int, ...]) -> StreetNetwork:
    """The city with the line, its services both ways, its new stops, and all departures that it may have."""
    rows, new = measure._found(network, np.array(segments))
    minutes = measure._minutes(_positions(network, rows, new))
    kind, name = STOP_KINDS.index(measure.vehicle), measure.name[:_NAME]
    stops = rows.copy()
    stops[rows < 0] = len(network.stops) + np.arange(len(new.key))
    city = with_stops(network, new, kind, np.array([name] * len(new.key), "U80")) if len(new.key) else network
    line, count = len(city.lines), rows.size
    lines = with_rows(city.lines, {"line_id": measure._key, "kind": kind, "is_night": True, "name": name})
    both = (stops, minutes), (stops[::-1], minutes[::-1])
    table = {
        "line": line,
        "direction": np.repeat([0, 1], count),
        "pattern": 0,
        "trips": int(np.ceil(60.0 / measure.headway_min * measure.hours().sum())),
        "stop_order": np.tile(np.arange(count), 2),
        "stop": np.concatenate([at for at, _ in both]),
        "from_first_min": np.concatenate([np.append(0.0, np.cumsum(ahead)) for _, ahead in both]),
        "to_next_min": np.concatenate([np.append(ahead, 0.0) for _, ahead in both]),
    }
    city = dataclasses.replace(city, lines=lines, services=with_rows(city.services, table))
    every = service_hours(np.ones(24, bool))
    calls = evenly(_calls(city, line), np.arange(len(DAY_KINDS)), every, measure.headway_min)
    return dataclasses.replace(city, headways=with_rows(city.headways, calls))


def _calls(network: StreetNetwork, line: int) -> Array:
    """Stop, line and direction of each departure of a line (int64 (3, N)): from every stop but the last of each way."""
    services = network.services
    rows = np.flatnonzero(services.line == line)
    last = np.array([services.stop_order[rows[services.direction[rows] == way]].max() for way in (0, 1)])
    rows = rows[services.stop_order[rows] < last[services.direction[rows]]]
    return np.stack([services.stop[rows], services.line[rows], services.direction[rows]]).astype(np.int64)
