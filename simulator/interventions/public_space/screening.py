"""What causes unease beside daily routes: screened, or moved to other hours, by as much as the case can show."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, length_of, on_streets, treated


class Screening(Timed):
    """Something beside the way is screened, or kept apart from those who pass in some hours.

    How much it weighs is not known in general: the case has to state it, with its source, or the measure is refused.
    """

    kind: Literal["screening"] = "screening"
    grows: ClassVar[str] = "streets"
    prices = ("screen_capital", "screen_running", "screen_lifetime")
    displaces: ClassVar[str] = "those who work or stay in what is screened or moved, and what they earn"
    odds: float = Field(
        ge=1, le=10, description="odds of feeling safe there with it over those without (ratio); yours, from a survey"
    )
    odds_source: str = Field(
        min_length=8,
        max_length=300,
        description="where that ratio is from: a survey before and after, a study",
    )

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Metres of street along which it is done."""
        there = segments if self.odds > 1.0 else segments[:0]
        return self.placed(network, there, length_of(network, there), "metres")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Feeling safe there in these hours, by the stated odds."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        more = np.log(self.odds) * on_streets(on, where, draw.network)
        return treated(dataclasses.replace(conditions, eased=(conditions.eased + more).astype(np.float32)), where)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what screening reaches the model."""
        return (
            f"odds of feeling safe there times {self.odds:g}, as the case states ({self.odds_source}), "
            "and through it routes and trips made",
            "the model gives what causes unease no weight of its own, so that nothing is taken off twice",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the cost of screening rests on; its effect is the case's own."""
        return self.cost_evidence()
