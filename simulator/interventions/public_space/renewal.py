"""Streets and paths put in order: sight lines opened, pavements and greenery kept up."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.interventions.base import Array, Placement, Priced
from simulator.interventions.timed import length_of, treated


class Renewal(Priced):
    """What safety audits note of sight lines and of the way is raised, as far as it is worse."""

    kind: Literal["renewal"] = "renewal"
    grows: ClassVar[str] = "streets"
    prices = ("renewal_capital", "renewal_running", "renewal_lifetime")
    sight_lines: float | None = Field(
        None, ge=-1, le=1, description="sight lines after it, as audits score them: -1 poor, 0 middling, 1 good"
    )
    upkeep: float | None = Field(
        None, ge=-1, le=1, description="pavement and upkeep after it, as audits score them: -1 poor, 0 middling, 1 good"
    )

    @model_validator(mode="after")
    def _something(self) -> "Renewal":
        if self.sight_lines is None and self.upkeep is None:
            raise ValueError("give sight_lines, upkeep, or both (-1 poor to 1 good)")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Metres that are renewed."""
        idle = self.sight_lines in (None, -1.0) and self.upkeep in (None, -1.0)
        there = segments[:0] if idle else segments
        return self.placed(network, there, length_of(network, there), "metres")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Better sight lines and a better way where they were worse."""
        where, changed = placement.segments, {}
        for name, target in (("visibility", self.sight_lines), ("condition", self.upkeep)):
            if target is not None:
                column = getattr(conditions, name).copy()
                column[where] = np.maximum(column[where], np.float32(target))
                changed[name] = column
        return treated(dataclasses.replace(conditions, **changed), where)

    @property
    def evaluated(self) -> bool:
        """The trial of greening was of vacant lots; none was found of paths and streets."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what renewal reaches the model."""
        ways = []
        if self.sight_lines is not None:
            ways.append("sight lines, and through them feeling safe after dark, routes and trips made")
        if self.upkeep is not None:
            ways.append("state of the way, and through it feeling safe at any hour, routes and trips made")
        return tuple(ways)

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of renewal rest on."""
        given = (("visibility_audited", self.sight_lines), ("condition_audited", self.upkeep))
        return (*(name for name, target in given if target is not None), *self.cost_evidence())
