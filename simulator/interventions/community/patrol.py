"""Visible foot patrols of police in some hours."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import GUARDIANS, HAZARDS, Conditions, Draw, Gathering
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.evidence.parameters import Parameters, once_a_draw
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import (
    Timed,
    gathered,
    walked_by,
    with_hazard,
)
from simulator.safety.reference_area import QUIET, solve_direct

_HARASSMENT = HAZARDS.index("harassment")


class Patrol(Timed):
    """So many patrols on foot at once on the chosen streets; where they go is never taken from simulated risk."""

    kind: Literal["patrol"] = "patrol"
    prices = ("", "patrol_hour_cost", "")
    displaces: ClassVar[str] = "people who are stopped, searched or moved on, and their trust in the police"
    patrols: float = Field(1.0, ge=0, le=1000, description="patrols out at once on all of the chosen streets together")
    officers: int = Field(2, ge=1, le=20, description="officers in a patrol")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Officer-hours of a year."""
        there = segments if self.patrols > 0 else segments[:0]
        hours = self.patrols * self.officers * self.hours_a_year()
        return self.placed(network, there, hours, "officer-hours a year")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Patrols in view for a share of the time, with their direct ratios as far as they are in view."""
        network, on, where = draw.network, self.on(draw.date), placement.segments
        if not on.any() or not where.size:
            return conditions
        changed, there = walked_by(conditions, draw, where, on, self.patrols, "patrol")
        by_day, by_night = direct_of_patrols(draw.parameters).T
        dark = conditions.dark[:, None]
        changed = with_hazard(with_hazard(changed, by_night, there * dark), by_day, there * (1.0 - dark))
        stays = spread_stays(network, where, self.patrols * self.officers, on, (STAYS.index("patrol"), self.name))
        return gathered(changed, Gathering(stays))

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
