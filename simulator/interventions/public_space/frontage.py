"""Open fronts where there were none: let shops, stalls and markets, by hour."""

from typing import ClassVar, Literal

from pydantic import Field

from simulator.city.conditions import Conditions, Draw, Gathering, with_venues
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, gathered, length_of, on_streets, treated


class Frontage(Timed):
    """Vacant or closed fronts become open ones in some hours."""

    kind: Literal["frontage"] = "frontage"
    grows: ClassVar[str] = "venues_per_100m"
    prices = ("frontage_grant", "frontage_running", "frontage_lifetime")
    venues_per_100m: float = Field(2.0, ge=0, le=50, description="further open fronts (venues per 100 m)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Fronts that are opened."""
        there = segments if self.venues_per_100m > 0 else segments[:0]
        return self.placed(network, there, self.venues_per_100m * length_of(network, there) / 100.0, "fronts")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """More open frontage in these hours; who works or shops there is not added to the people out."""
        if not self.on(draw).any():
            return conditions
        on = on_streets(self.on(draw), placement.segments, draw.network)
        changed = with_venues(conditions, draw.parameters, self.venues_per_100m * on)
        return treated(changed, placement.segments)

    @property
    def evaluated(self) -> bool:
        """No evaluation of open fronts by themselves was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what open fronts reach the model."""
        return (
            "open frontage by hour, and through it feeling safe after dark, routes and trips made",
            "no trips of their own: that people come for them is not modelled",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of open fronts rest on."""
        return ("open_frontage", "frontage_venues_100m", *self.cost_evidence())


class Market(Timed):
    """Stalls along the chosen streets in some hours, with their traders."""

    kind: Literal["market"] = "market"
    grows: ClassVar[str] = "stalls_per_100m"
    prices = ("", "stall_running", "")
    displaces: ClassVar[str] = "traders and hawkers who are there already, and those who get no stall"
    stalls_per_100m: float = Field(10.0, ge=0, le=200, description="stalls (stalls per 100 m)")
    traders_per_stall: float = Field(1.5, ge=0, le=10, description="traders at a stall (people)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Stalls."""
        there = segments if self.stalls_per_100m > 0 else segments[:0]
        return self.placed(network, there, self._stalls(network, there), "stalls")

    def _stalls(self, network: StreetNetwork, segments: Array) -> float:
        return self.stalls_per_100m * length_of(network, segments) / 100.0

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Stalls are open fronts in part, and their traders are people around, exposed themselves."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        fronts = self.stalls_per_100m * draw.parameters.stall_frontage * on_streets(on, where, network)
        changed = treated(with_venues(conditions, draw.parameters, fronts), where)
        traders = self._stalls(network, where) * self.traders_per_stall
        stays = spread_stays(network, where, traders, on, (STAYS.index("trader"), self.name))
        return gathered(changed, Gathering(stays, from_age=16, until_age=80))

    @property
    def evaluated(self) -> bool:
        """No evaluation of market hours was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a market reaches the model."""
        return (
            "open frontage by hour, each stall in part, and through it feeling safe after dark, routes and trips made",
            "traders who are there: people around, and exposed themselves; customers are not added",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a market rest on."""
        return ("open_frontage", "frontage_venues_100m", "stall_frontage", *self.cost_evidence())
