"""Streets, stairs and parks that nobody may pass in some hours."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np

from simulator.city.conditions import Conditions, Draw, with_open_places
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, on_streets, treated


class Closure(Timed):
    """Gates are shut in some hours: people walk round, or are inside no longer."""

    kind: Literal["closure"] = "closure"
    prices = ("", "gate_running", "")
    displaces: ClassVar[str] = "young people and rough sleepers who are there now, and where they go instead"

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Gates: junctions at which a closed street meets an open one; streets with doors stay open."""
        places = network.places
        doors = np.unique(places.segment[places.kind != PLACE_KINDS.index("open_space")])
        stops = network.stops.segment
        closed = np.setdiff1d(segments, np.concatenate([doors, stops])).astype(np.int32)
        return self.placed(network, closed, float(ends_of(network, closed)), "gates")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Nobody may walk there in these hours, and nobody is out there."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        closed = on_streets(on, where, network) > 0
        if conditions.closed is not None:
            closed |= conditions.closed
        rows = np.flatnonzero(np.isin(network.places.segment, where))
        open_at = conditions.open_at.copy()
        open_at[np.ix_(on.nonzero()[0], rows)] = False
        changed = with_open_places(conditions, network, draw.parameters, open_at)
        return treated(dataclasses.replace(changed, closed=closed), where)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation of closing a park at night was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a closed gate reaches the model."""
        return (
            "ways on foot: people go round, choose another mode, or stay; who is inside may leave",
            "people around on the streets that they take instead, and nobody out inside",
            "feeling safe near home is asked of the same streets as before, the closed ones included",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of closed gates rest on."""
        return ("darkness_distance", "not_made_per_minute", *self.cost_evidence())


def ends_of(network: StreetNetwork, segments: Array) -> int:
    """How many junctions there are at which some streets (rows) meet others."""
    streets = network.streets
    chosen = np.isin(np.arange(len(streets)), segments)
    ends = np.concatenate([streets.from_junction, streets.to_junction])
    inside, outside = (
        np.bincount(ends, np.tile(one, 2), minlength=len(network.junctions)) for one in (chosen, ~chosen)
    )
    return int(((inside > 0) & (outside > 0)).sum())
