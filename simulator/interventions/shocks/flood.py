"""A flood: nobody passes some streets in some hours, and what lies on them is shut."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np

from simulator.city.conditions import Conditions, Draw, with_open_places
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.interventions.base import Array, Measure, Placement
from simulator.interventions.shocks.base import Shock
from simulator.interventions.timed import on_streets, treated


def closed_streets(conditions: Conditions, network: StreetNetwork, on: Array, where: Array) -> Conditions:
    """The streets with some closed to everybody in some hours (bool (24,)); who is inside may leave."""
    closed = on_streets(on, where, network) > 0
    if conditions.closed is not None:
        closed |= conditions.closed
    return treated(dataclasses.replace(conditions, closed=closed), where)


def shut_places(conditions: Conditions, on: Array, rows: Array, draw: Draw) -> Conditions:
    """The streets with some places (rows) shut in some hours (bool (24,)); the same object if they are shut already."""
    open_at = conditions.open_at.copy()
    open_at[np.ix_(on.nonzero()[0], rows)] = False
    if np.array_equal(open_at, conditions.open_at):
        return conditions
    return with_open_places(conditions, draw.network, draw.parameters, open_at)


class Flood(Shock):
    """Nobody may pass the chosen streets in some hours, not even where there are doors, and places there are shut."""

    kind: Literal["flood"] = "flood"
    displaces: ClassVar[str] = "who lives on flooded streets, and whom help does not reach there"

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """All streets that are meant."""
        return self.placed(network, segments, float(segments.size), "segments")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Nobody may walk there in these hours; who is inside may leave."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        shut = shut_places(conditions, on, self._places(draw.network, where), draw)
        return closed_streets(shut, draw.network, on, where)

    def _places(self, network: StreetNetwork, where: Array) -> Array:
        home = network.places.kind == PLACE_KINDS.index("home")
        return np.flatnonzero(np.isin(network.places.segment, where) & ~home)

    def hold(
        self, before: Conditions, after: Conditions, measure: Measure, placed: tuple[Placement, Draw]
    ) -> Conditions:
        """No measure opens a place that is flooded."""
        shock, draw = placed
        on = self.on(draw)
        return shut_places(after, on, self._places(draw.network, shock.segments), draw) if on.any() else after

    def channels(self) -> tuple[str, ...]:
        """Through what a flood reaches the model."""
        return (
            "ways on foot: people go round, choose another mode, or stay; who is inside may leave",
            "places on flooded streets are shut, and nobody is out there",
            "traffic and transit go on as before: give a transit measure in the case where they do not",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect rests on."""
        return ("darkness_distance", "not_made_per_minute")
