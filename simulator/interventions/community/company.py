"""Company for the way: walking groups and escorts for those who would go alone."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.interventions.base import Area, Array, Placement
from simulator.interventions.timed import Timed, treated


class WalkingGroup(Timed):
    """A share of those who find no company for the way is offered some, in some hours, wherever they go."""

    kind: Literal["walking_group"] = "walking_group"
    grows: ClassVar[str] = "offered"
    prices = ("", "group_hour_cost", "")
    where: Area = Field(Area(selector="segments"), description="streets that count as reached, for the maps")
    offered: float = Field(
        0.1, ge=0, le=1, description="share of tours without company for which it is offered (0 to 1); your assumption"
    )
    organisers: float = Field(2.0, ge=0, le=1000, description="paid organisers at once")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Hours of organisers a year."""
        there = segments if self.offered > 0 else segments[:0]
        hours = self.organisers * self.hours_a_year(network) if self.offered > 0 else 0.0
        return self.placed(network, there, hours, "organiser-hours a year")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Company is at hand for more tours that set out in these hours; arranging it costs time as ever."""
        if not placement.segments.size or not self.on(draw).any():
            return conditions
        company = conditions.offers.company
        more = 1.0 - (1.0 - company) * (1.0 - self.offered * self.on(draw))
        offers = dataclasses.replace(conditions.offers, company=np.where(self.on(draw), more, company))
        return treated(dataclasses.replace(conditions, offers=offers), placement.segments)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation of walking groups was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what company reaches the model."""
        return (
            "company at hand for more tours: feeling safe together, at the slower pace, after time to arrange it",
            "companions are not added to the people around, and their own time is not counted",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of company rest on."""
        return ("company", "companion_at_hand", "company_arranging_min", "companion_speed", *self.cost_evidence())
