"""A charter for safety at night that venues sign: trained staff at doors, and their log of what happens."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.interventions.base import Array, Placement
from simulator.interventions.night.reporting import with_reports
from simulator.interventions.timed import Timed, treated, with_guardians


class Charter(Timed):
    """Venues of nightlife sign, train their staff, and keep it up: uptake x trained x what is left of it."""

    kind: Literal["charter"] = "charter"
    grows: ClassVar[str] = "uptake"
    prices = ("venue_training_cost", "", "venue_training_years")
    uptake: float = Field(0.5, ge=0, le=1, description="share of the venues that sign (0 to 1); an assumption of yours")
    trained: float = Field(0.7, ge=0, le=1, description="share of their staff that is trained (0 to 1); an assumption")
    decay_a_year: float = Field(0.3, ge=0, le=1, description="share of it that is lost in a year: staff leave (0 to 1)")
    years_since: float = Field(0.5, ge=0, le=50, description="years since the training, on the day that is simulated")

    @property
    def reached(self) -> float:
        """Share (0 to 1) of full effect that is reached: uptake x training x decay."""
        return self.uptake * self.trained * (1.0 - self.decay_a_year) ** self.years_since

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Venues that sign, and the segments of all that could."""
        rows = network.places_of("nightlife")
        rows = rows[np.isin(network.places.segment[rows], segments)]
        if not rows.size:
            raise InputError("found no venue of nightlife on the chosen streets, expected some; choose wider words")
        there = np.unique(network.places.segment[rows])
        return self.placed(network, there if self.reached > 0 else there[:0], self.uptake * rows.size, "venues")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Trained staff in view in front of open venues, and more incidents in the venues' logs."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        there = np.zeros(conditions.nightlife.shape)
        there[:, where] = self.reached * conditions.nightlife[:, where] * on[:, None]
        changed = with_guardians(treated(conditions, where), "staff", there)
        more = 1.0 + self.reached * (draw.parameters.reporting_campaign_ratio - 1.0)
        return with_reports(changed, ("venue_log",), more)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation of a charter was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a charter reaches the model."""
        return (
            "trained staff in view in front of open nightlife, and through it feeling safe, routes and trips made",
            "more incidents recorded in the logs of venues; what happens inside venues is outside the model",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a charter rest on."""
        return ("guardian_staff", "reporting_campaign_ratio", "reporting_share_venue_log", *self.cost_evidence())
