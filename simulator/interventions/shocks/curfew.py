"""A curfew: venues shut in some hours, and streets closed if so ordered."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.interventions.base import Array, Measure, Placement
from simulator.interventions.shocks.base import Shock
from simulator.interventions.shocks.flood import closed_streets, shut_places
from simulator.interventions.timed import treated

Kind = Literal["nightlife", "leisure", "culture", "shop", "health", "school", "care", "worship", "open_space"]


class Curfew(Shock):
    """Places of some kinds are shut in some hours; with `streets` nobody may pass there either."""

    kind: Literal["curfew"] = "curfew"
    displaces: ClassVar[str] = (
        "night workers, who has no home, and whoever is stopped; how a curfew is enforced is not modelled"
    )
    venues: tuple[Kind, ...] = Field(("nightlife", "leisure", "culture", "shop"), description="kinds of place")
    streets: bool = Field(False, description="true: nobody may pass the chosen streets then; who is inside may leave")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """All streets that are meant."""
        there = segments if self.venues or self.streets else segments[:0]
        return self.placed(network, there, float(there.size), "segments")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Shut venues, and closed streets if so ordered."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        shut = shut_places(conditions, on, self._places(draw.network, where), draw)
        return closed_streets(shut, draw.network, on, where) if self.streets else treated(shut, where)

    def _places(self, network: StreetNetwork, where: Array) -> Array:
        kinds = [PLACE_KINDS.index(kind) for kind in self.venues]
        return np.flatnonzero(np.isin(network.places.segment, where) & np.isin(network.places.kind, kinds))

    def hold(
        self, before: Conditions, after: Conditions, measure: Measure, placed: tuple[Placement, Draw]
    ) -> Conditions:
        """No measure opens a place that the curfew shuts."""
        shock, draw = placed
        on = self.on(draw)
        return shut_places(after, on, self._places(draw.network, shock.segments), draw) if on.any() else after

    def channels(self) -> tuple[str, ...]:
        """Through what a curfew reaches the model."""
        venues = "where people can go, open fronts, nightlife and the crowd at closing time; how often they wish to"
        ways = (f"{venues} go out stays",)
        if not self.streets:
            return ways
        return (*ways, "ways on foot: people go round, choose another mode, or stay; who is inside may leave")

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect rests on."""
        venues = ("open_frontage", "drinking_crowd", "frontage_reach_m", "frontage_venues_100m")
        return (*venues, "darkness_distance", "not_made_per_minute") if self.streets else venues
