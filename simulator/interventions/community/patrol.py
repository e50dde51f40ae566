"""Visible foot patrols of police in some hours."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import GUARDIANS, HAZARDS, Conditions, Draw
from simulator.evidence.parameters import Parameters, once_a_draw
from simulator.interventions.base import Array
from simulator.interventions.rounds import Rounds
from simulator.interventions.timed import with_hazard
from simulator.safety.reference_area import QUIET, solve_direct

_HARASSMENT = HAZARDS.index("harassment")


class Patrol(Rounds):
    """So many patrols on foot at once on the chosen streets; where they go is never taken from simulated risk."""

    kind: Literal["patrol"] = "patrol"
    grows: ClassVar[str] = "patrols"
    prices = ("", "patrol_hour_cost", "")
    counted_in: ClassVar[str] = "officer-hours a year"
    out_as: ClassVar[str] = "patrol"
    displaces: ClassVar[str] = "people who are stopped, searched or moved on, and their trust in the police"
    patrols: float = Field(1.0, ge=0, le=1000, description="patrols out at once on all of the chosen streets together")
    officers: int = Field(2, ge=1, le=20, description="officers in a patrol")

    @property
    def groups(self) -> float:
        """Patrols at once."""
        return self.patrols

    @property
    def in_a_group(self) -> int:
        """Officers who go together."""
        return self.officers

    @property
    def felt_as(self) -> str:
        """Felt as police, in an unknown direction."""
        return "patrol"

    def in_view(self, changed: Conditions, before: Conditions, there: Array, draw: Draw) -> Conditions:
        """Their direct ratios as far as they are in view, by day and by night."""
        by_day, by_night = direct_of_patrols(draw.parameters).T
        dark = before.dark[:, None]
        return with_hazard(with_hazard(changed, by_night, there * dark), by_day, there * (1.0 - dark))

    def channels(self) -> tuple[str, ...]:
        """Through what patrols reach the model."""
        return (
            "patrols in view for a share of the time: feeling safe may rise or fall, its sign is drawn",
            "as far as they are in view a direct ratio on robbery and assault, and one on harassment about no effect",
            "the officers themselves are out: people around, and exposed",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of patrols rest on."""
        effect = ("guardian_patrol", "view_radius_m", "patrol_hazard_ratio", "patrol_harassment_ratio")
        return (*effect, *self.cost_evidence())


@once_a_draw
def direct_of_patrols(parameters: Parameters) -> Array:
    """Direct ratios of a patrol that is always in view by type, by day and by night (float64 (3, 2))."""
    totals = np.full((len(HAZARDS), 2), parameters.patrol_hazard_ratio)
    totals[_HARASSMENT] = parameters.patrol_harassment_ratio

    def guarded(streets: Conditions) -> Conditions:
        there = streets.guardians.copy()
        there[GUARDIANS.index("patrol"), :, QUIET] = 1.0
        return dataclasses.replace(streets, guardians=there)

    return solve_direct(parameters, guarded, totals)
