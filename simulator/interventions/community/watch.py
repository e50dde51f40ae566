"""A watch of neighbours who go round their streets together in some hours."""

from typing import ClassVar, Literal

from pydantic import Field

from simulator.city.conditions import Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, gathered, walked_by


class Watch(Timed):
    """So many rounds of neighbours at once on the chosen streets, unpaid; where they go is not taken from risk."""

    kind: Literal["watch"] = "watch"
    grows: ClassVar[str] = "rounds"
    prices = ("", "watch_hour_cost", "")
    displaces: ClassVar[str] = "young people and others who are taken for strangers, and are watched or moved on"
    rounds: float = Field(1.0, ge=0, le=1000, description="groups out at once on all of the chosen streets together")
    neighbours: int = Field(3, ge=1, le=20, description="neighbours in a group (people)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Hours of neighbours a year; they are not paid, what supports them is."""
        there = segments if self.rounds > 0 else segments[:0]
        hours = self.rounds * self.neighbours * self.hours_a_year(network)
        return self.placed(network, there, hours, "volunteer-hours a year")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Neighbours in view for a share of the time, out themselves; no direct ratio on incidents."""
        network, on, where = draw.network, self.on(draw), placement.segments
        if not on.any() or not where.size:
            return conditions
        changed, _ = walked_by(conditions, draw, where, on, self.rounds, "host")
        stays = spread_stays(network, where, self.rounds * self.neighbours, on, (STAYS.index("host"), self.name))
        return gathered(changed, Gathering(stays))

    @property
    def evaluated(self) -> bool:
        """Watches were, for all crime on residential streets, most of it burglary: that is not applied to people."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a watch reaches the model."""
        return (
            "neighbours in view for a share of the time, felt as hosts are: feeling safe, routes, trips made",
            "the neighbours themselves are out: people around, and exposed; their time is not counted",
            "no direct ratio on incidents: what was evaluated is burglary and theft for the most part",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a watch rest on."""
        return ("guardian_host", "view_radius_m", *self.cost_evidence())
