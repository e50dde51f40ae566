"""A stop that moves: its lines call at another place, and whoever walks to it goes there."""

import dataclasses
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import PLACE_KINDS, Places, StreetNetwork
from simulator.city.transit import Supply
from simulator.errors import InputError
from simulator.foundation.once import once_a_city
from simulator.foundation.short_lists import in_short
from simulator.foundation.spelling import nearest_told
from simulator.interventions.base import Area, Array, Latitude, Longitude, Placement, Priced
from simulator.interventions.timed import treated
from simulator.interventions.transit.further_stops import (
    FAR_M,
    Points,
    key_of,
    nearest_points,
    points_along,
    projected,
    rows_of,
    with_stops,
)

_WHERE = ("x_m", "y_m", "junction", "segment")
"""Columns that say where a stop stands, and where a place is."""
_MOVED = " (moved)"
_NAME = 72
"""Letters of a stop's name that are left before " (moved)"; a name has at most 80."""
_SAME_M = 0.01
"""Two places so near each other are the same: degrees are not written more exactly."""


class StopMoved(Priced):
    """A stop is moved to another place: all lines that call at it call there, in all hours.

    Of several that move the same stop the last one of the case counts, so that moving it there and back is nothing.
    """

    kind: Literal["stop_moved"] = "stop_moved"
    prices = ("stop_move_capital", "", "stop_shelter_lifetime")
    follows: ClassVar[int] = 2  # departures, and night lines that call there; request stops lie between its places
    where: Area = Field(
        Area(selector="segments", part="all"), description="streets on which it may stand: any, unless said otherwise"
    )
    stop: str | int | None = Field(
        None,
        description="the stop: its name, or its key stop_id where several have the name  "
        "[default: that which is nearest to the chosen streets, but not on them]",
    )
    least_m: float = Field(
        50.0, ge=0, le=5000, description="without a stop: how far from the chosen streets it stands at least (m)"
    )
    to: tuple[Longitude, Latitude] | None = Field(
        None,
        description="where it goes, [longitude, latitude]: the nearest place of the chosen streets  "
        "[default: that which is nearest to the stop]",
    )

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """One stop, on the street to which it moves; nothing if where it stands is the nearest place of all."""
        row = self._row(network) if self.stop is not None else _nearest_stop(network, segments, self.least_m)
        if not (np.isin(row, network.headways.stop) or np.isin(row, network.services.stop)):
            raise InputError(f"stop: found {self.stop!r}, which nothing serves, expected one at which a line calls")
        points, away, own_m = self._target(network, segments, row)
        stays = own_m <= away + _SAME_M and (self.to is not None or network.stops.segment[row] in segments)
        found = self.model_copy(update={"stop": int(network.stops.stop_id[row])})  # the same in a city with more stops
        if stays:
            return found.placed(network, segments[:0], 0.0, "stops")
        if self.to is not None and away > FAR_M:
            raise InputError(
                f"to: found {list(self.to)}, {away:.0f} m from the chosen streets, expected at most {FAR_M:g} m"
            )
        return found.placed(network, points.segment, 1.0, "stops")

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with the new stop behind its own, and lines that call there in place of where it was.

        That where it was stays in the table of stops, so that rows stay aligned; nothing serves it any more.
        """
        if placement.segments.size:
            return _with_moved(network, self, tuple(placement.segments.tolist()))
        row = self._row(network)
        family = _family(network, row)
        return None if family.size == 1 else _calling_at(network, family, row)

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Departures from where it was are from where it is in the city with all measures; hours stay as they are."""
        network, headways = draw.network, conditions.supply.headways
        family = _family(network, self._row(network))
        served = family[np.isin(family, network.headways.stop)]
        moved = np.isin(headways.stop, family) & ~np.isin(headways.stop, served)
        if moved.any() and served.size == 1:
            headways = dataclasses.replace(headways, stop=np.where(moved, served[0], headways.stop))
        elif not placement.segments.size:
            return conditions
        supply = Supply(network.stops, network.lines, headways)
        return treated(dataclasses.replace(conditions, supply=supply), placement.segments)

    def found(self, network: StreetNetwork, placement: Placement) -> str:
        """Which stop moves, how far, and from which street to which."""
        stops, row = network.stops, self._row(network)
        own = int(stops.segment[row])
        if not placement.segments.size:
            return f"{_named(network, row)} stays where it is, {_on_street(network, own)}"
        points, _, _ = self._target(network, placement.segments, row)
        metres = float(np.hypot(*(points.xy[0] - [stops.x_m[row], stops.y_m[row]])))
        streets = (_on_street(network, one) for one in (own, int(points.segment[0])))
        return f"{_named(network, row)} moves by {metres:.0f} m, {' to a place '.join(streets)}"

    @property
    def evaluated(self) -> bool:
        """No evaluation of a moved stop was found that has outcomes."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a moved stop reaches the model."""
        return (
            "the way on foot to and from the stop, and through it mode, time, company and not going",
            "people around, on the way to the stop and at it; where one waits, the light of that street counts",
            "minutes aboard stay as they are where the order of stops is known; a shelter stays where it was",
            "who comes through the stop from outside the city sets out where it is now; who comes by which stop stays",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a moved stop rest on."""
        effect = ("planned_over_straight", "longest_access_m", "wait_value", "longest_wait_min", "not_made_per_minute")
        return (*effect, *self.cost_evidence())

    def _row(self, network: StreetNetwork) -> int:
        """Row of the stop in a city, also in one with what measures have put behind its own."""
        stops = network.stops
        if isinstance(self.stop, int):
            ids = stops.stop_id.tolist()
            if self.stop in ids:
                return int(ids.index(self.stop))
            raise InputError(f"stop: found {self.stop}, expected the stop_id of a stop of {network.name}, or its name")
        rows = np.flatnonzero((np.char.lower(stops.name) == str(self.stop).lower()) & (stops.name != ""))
        if rows.size == 1:
            return int(rows[0])
        if not rows.size:
            near = nearest_told(str(self.stop), sorted(set(stops.name.tolist()) - {""}))
            raise InputError(f"stop: found {self.stop!r}, expected the name of a stop of {network.name}{near}")
        told = in_short([str(one) for one in sorted(stops.stop_id[rows].tolist())])
        raise InputError(f"stop: found {rows.size} stops called {self.stop!r}, expected one; give a stop_id: {told}")

    def _target(self, network: StreetNetwork, segments: Array, row: int) -> tuple[Points, float, float]:
        """The place (N = 1) on some streets nearest to where it is to go, and metres from there to it and the stop."""
        own = np.array([[network.stops.x_m[row], network.stops.y_m[row]]])
        there = own if self.to is None else projected(network, np.array([self.to]))
        points = points_along(network, tuple(segments.tolist()), "moved stops")
        found, away = nearest_points(points, there)
        return found, float(away[0]), float(np.hypot(*(there - own)[0]))


def _named(network: StreetNetwork, row: int) -> str:
    """A stop by its name and key."""
    name = str(network.stops.name[row])
    return (
        f"stop {name!r} (stop_id {int(network.stops.stop_id[row])})"
        if name
        else (f"the stop without a name of stop_id {int(network.stops.stop_id[row])}")
    )


def _on_street(network: StreetNetwork, segment: int) -> str:
    index = int(network.streets.name_index[segment])
    return f"on {network.street_names[index]}" if index >= 0 else "on a street without a name"


def _nearest_stop(network: StreetNetwork, segments: Array, least_m: float) -> int:
    """Row of the stop that something departs from and that is nearest to some streets but not on or at them."""
    stops = network.stops
    points = points_along(network, tuple(segments.tolist()), "moved stops")
    away, _ = nearest_points(points, np.column_stack([stops.x_m, stops.y_m]))[::-1]
    served = np.isin(np.arange(len(stops)), network.headways.stop)
    rows = np.flatnonzero(served & ~np.isin(stops.segment, segments) & (away >= least_m))
    if not rows.size:
        raise InputError(
            f"found no stop {least_m:g} m or more from the chosen streets, expected one; give stop, less least_m, or "
            "fewer streets"
        )
    return int(rows[np.lexsort((stops.stop_id[rows], np.round(away[rows], 3)))[0]])


def _family(network: StreetNetwork, row: int) -> Array:
    """Rows of a stop and of all places to which measures have moved it, in their order (int64 (N,))."""
    rows = [row]
    while (further := int(rows_of(_key(network, row, len(rows)), network.stops.stop_id)[0])) >= 0:
        rows.append(further)
    return np.array(rows)


def _key(network: StreetNetwork, row: int, number: int) -> Array:
    return key_of("moved stop", network.stops.stop_id[[row]], np.array([number]))


@once_a_city
def _with_moved(network: StreetNetwork, measure: StopMoved, segments: tuple[int, ...]) -> StreetNetwork:
    """The city with the stop at its new place, and lines that call there."""
    row = measure._row(network)
    found, _, _ = measure._target(network, np.array(segments), row)
    family = _family(network, row)
    new = Points(found.xy, found.segment, _key(network, row, family.size))
    name = f"{str(network.stops.name[row])[:_NAME]}{_MOVED}"
    city = with_stops(network, new, int(network.stops.kind[row]), np.array([name], "U80"))
    return _calling_at(city, family, len(network.stops))


def _calling_at(network: StreetNetwork, family: Array, row: int) -> StreetNetwork:
    """The city in which whatever calls at some stops calls at another in their place, and who comes in comes in there.

    The stop is a place too, by which people come from outside the city and leave it; the place goes with the stop.
    """
    changed: dict[str, Any] = {"places": _place_at(network, int(network.stops.stop_id[family[0]]), row)}
    for title in ("services", "headways"):
        table = getattr(network, title)
        changed[title] = dataclasses.replace(table, stop=np.where(np.isin(table.stop, family), row, table.stop))
    return dataclasses.replace(network, **changed)


def _place_at(network: StreetNetwork, stop_id: int, row: int) -> Places:
    """The city's places, that of a stop where another stop (row) stands; a city of the user's may have none of it."""
    places, stops = network.places, network.stops
    own = (places.place_id == stop_id) & (places.kind == PLACE_KINDS.index("stop"))
    there = {name: np.where(own, getattr(stops, name)[row], getattr(places, name)) for name in _WHERE}
    return dataclasses.replace(places, **there)
