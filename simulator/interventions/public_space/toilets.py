"""Public toilets that are open by night: those there are keep longer hours, or new ones are put up."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw, with_open_places
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.errors import InputError
from simulator.foundation.once import once_a_city
from simulator.interventions.base import Amount, Array, Latitude, Longitude, Placement, amount_of, currency_of
from simulator.interventions.timed import Timed, spread_over, treated
from simulator.interventions.transit.further_stops import (
    FAR_M,
    key_of,
    nearest_points,
    points_along,
    projected,
    with_rows,
)

_KIND = PLACE_KINDS.index("toilets")
Joined = tuple[tuple[int, int], ...]
_NEVER = 0.0
"""Opening and closing hour of a new toilet in the city's table: its hours are those of the measure."""


class Toilets(Timed):
    """Public toilets on the chosen streets are open in these hours too; or new ones are, which are put up there."""

    kind: Literal["toilets"] = "toilets"
    grows: ClassVar[str] = "streets"
    from_hour: int = Field(20, ge=0, le=23, description="first clock hour in which they are open")
    until_hour: int = Field(6, ge=0, le=23, description="clock hour at which they close; equal to from_hour: all day")
    new: int | None = Field(
        None,
        ge=0,
        le=1000,
        description="how many are put up, spread over the chosen streets  "
        "[default: none; those there are stay open longer]",
    )
    at: tuple[tuple[Longitude, Latitude], ...] = Field(
        (),
        max_length=1000,
        description="where new ones are put up, [longitude, latitude] each: the nearest place of the chosen streets",
    )

    @model_validator(mode="after")
    def _one_way_to_say_where(self) -> "Toilets":
        if self.new is not None and self.at:
            raise ValueError("give new or at, not both: at says how many by itself")
        return self

    @property
    def _builds(self) -> bool:
        return self.new is not None or bool(self.at)

    @property
    def prices(self) -> tuple[str, str, str]:  # type: ignore[override]  # those there are cost only their further hours
        """Parameters that stand in for the cost of a toilet: it is built or there, and each open hour costs."""
        if self._builds:
            return ("toilet_capital", "toilet_hour_cost", "toilet_lifetime")
        return ("", "toilet_hour_cost", "")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Toilets, and the streets on which they are."""
        if not self._builds:
            where = network.places.segment[_there(network, segments)]
            if not where.size:
                raise InputError(
                    "found no public toilet on the chosen streets, expected at least one; choose wider words, "
                    "part = 'all', or say how many new ones (new)"
                )
        else:
            where = self._new_on(network, segments)
        placed = self.placed(network, np.unique(where), where.size, "toilets")
        at = network.streets.from_junction[where].tolist() if self._builds else ()
        running = self._running(network, placed)
        return dataclasses.replace(placed, running_per_year=running, joined=tuple((one, one) for one in at))

    def _running(self, network: StreetNetwork, placed: Placement) -> Amount:
        """Cost of a toilet and year: the user's own, else what an hour costs in all the hours of a year."""
        if self.running_each_year is not None:
            return placed.running_per_year
        _, factor = currency_of(network.country, self.currency, missing=("toilet_hour_cost",))
        return amount_of("toilet_hour_cost", None, factor * self.hours_a_year(network))

    def _new_on(self, network: StreetNetwork, segments: Array) -> Array:
        """Rows of the segments on which new ones stand, one each."""
        if not self.at:
            return spread_over(network, segments, self.new or 0)
        points = points_along(network, tuple(segments.tolist()), "toilets")
        found, away = nearest_points(points, projected(network, np.array(self.at)))
        if (away > FAR_M).any():
            worst = int(np.argmax(away))
            raise InputError(
                f"at: found {list(self.at[worst])}, {away[worst]:.0f} m from the chosen streets, "
                f"expected at most {FAR_M:g} m"
            )
        return np.asarray(found.segment)

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with the new toilets behind its places; None where those there are stay open longer."""
        if not placement.joined:
            return None
        return _with_toilets(network, self.name, placement.joined, tuple(placement.segments.tolist()))

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Toilets that are open in these hours."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        rows = _there(network, where)
        if self._builds:
            rows = rows[np.isin(network.places.place_id[rows], _keys(network, self.name, placement.joined))]
        open_at = conditions.open_at.copy()
        open_at[:, rows] |= on[:, None]
        return treated(with_open_places(conditions, network, draw.parameters, open_at), where)

    @property
    def evaluated(self) -> bool:
        """No evaluation of what people do, feel or meet where toilets open by night was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what toilets reach the model."""
        return (
            "how much of the time outdoors after dark there is an open public toilet in reach, by gender and age",
            "that people then go out, or stay out longer, is not modelled: half of older people asked say that want of "
            "toilets has kept them at home (Help the Aged 2006), but no effect of opening some was found",
            "fees, and whether one can be used with a wheelchair, are not known here",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the cost of toilets rests on."""
        return self.cost_evidence()


def _there(network: StreetNetwork, segments: Array) -> Array:
    """Rows of the toilets that a city has on some streets."""
    places = network.places
    return np.flatnonzero((places.kind == _KIND) & np.isin(places.segment, segments))


def _keys(network: StreetNetwork, name: str, joined: Joined) -> Array:
    """Stable keys of the new toilets of a measure, one for each of some junctions."""
    junctions = network.junctions.junction_id[[one for one, _ in joined]]
    return key_of(f"toilets {name}", junctions, np.arange(len(joined)))


@once_a_city
def _with_toilets(network: StreetNetwork, name: str, joined: Joined, segments: tuple[int, ...]) -> StreetNetwork:
    """The city with a toilet at each of some junctions, on one of some streets."""
    streets, at, rows = network.streets, np.array([one for one, _ in joined]), np.array(segments)
    touches = (streets.from_junction[rows] == at[:, None]) | (streets.to_junction[rows] == at[:, None])
    new = {
        "place_id": _keys(network, name, joined),
        "kind": _KIND,
        "x_m": network.junctions.x_m[at],
        "y_m": network.junctions.y_m[at],
        "junction": at,
        "segment": rows[touches.argmax(axis=1)],
        "size": 0.0,
        "opens_h": _NEVER,
        "closes_h": _NEVER,
        "hours_index": -1,
    }
    return dataclasses.replace(network, places=with_rows(network.places, new))
