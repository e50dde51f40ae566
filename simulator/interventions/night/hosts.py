"""Hosts, stewards and staff who walk an area: people to turn to, seen by those who pass."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import GUARDIANS, HAZARDS, Conditions, Draw
from simulator.evidence.parameters import Parameters, once_a_draw
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array
from simulator.interventions.rounds import Rounds
from simulator.interventions.timed import with_hazard
from simulator.safety.reference_area import DARK, MAIN, solve_direct

_ASSAULT = HAZARDS.index("assault")


class Hosts(Rounds):
    """So many hosts at once who walk the chosen streets in some hours."""

    kind: Literal["hosts"] = "hosts"
    grows: ClassVar[str] = "hosts"
    prices = ("", "host_hour_cost", "")
    counted_in: ClassVar[str] = "host-hours a year"
    hosts: float = Field(2.0, ge=0, le=1000, description="hosts out at once on all of the chosen streets together")
    seen_as: Literal["host", "staff"] = Field(
        "host", description="host: mediating hosts, ambassadors, stewards; staff: of a park, a station, a safe space"
    )

    @property
    def groups(self) -> float:
        """Hosts, who go alone."""
        return self.hosts

    @property
    def felt_as(self) -> str:
        """What they are seen as."""
        return self.seen_as

    def in_view(self, changed: Conditions, before: Conditions, there: Array, draw: Draw) -> Conditions:
        """Fewer assaults after dark where nightlife is, as far as hosts are in view; nothing for other staff."""
        if self.seen_as != "host":
            return changed
        return with_hazard(changed, direct_of_hosts(draw.parameters), there * before.dark[:, None] * before.nightlife)

    @property
    def evaluated(self) -> bool:
        """Hosts on squares of nightlife were, without a control; staff of other kinds were not."""
        return self.seen_as == "host"

    def channels(self) -> tuple[str, ...]:
        """Through what hosts reach the model."""
        felt = f"{self.seen_as}s in view for a share of the time, and through it feeling safe, routes and trips made"
        own = "the hosts themselves are out: people around, and exposed"
        direct = "a direct ratio on assault after dark, as far as there is nightlife; none on harassment and robbery"
        return (felt, own, direct) if self.seen_as == "host" else (felt, own)

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of hosts rest on."""
        effect = (f"guardian_{self.seen_as}", "view_radius_m")
        direct = ("host_hazard_ratio",) if self.seen_as == "host" else ()
        return (*effect, *direct, *self.cost_evidence())


@once_a_draw
def direct_of_hosts(parameters: Parameters) -> Array:
    """Direct ratio of hosts by type (float64 (3,)), after dark, on a street of nightlife where one is always in view.

    The drawn total of violence holds what people do about hosts; harassment and robbery were not evaluated.
    """
    totals = np.ones((len(HAZARDS), 2))
    totals[_ASSAULT] = parameters.host_hazard_ratio
    guarded = np.zeros((len(GUARDIANS), HOURS, 2), np.float32)
    guarded[GUARDIANS.index("host"), DARK, MAIN] = 1.0
    solved = solve_direct(parameters, lambda streets: dataclasses.replace(streets, guardians=guarded), totals, MAIN)
    return np.where(np.arange(len(HAZARDS)) == _ASSAULT, solved[:, 1], 1.0)
