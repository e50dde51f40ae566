"""Adaptive lamps: dimmed while nobody is near, in full light where somebody is."""

import dataclasses
from typing import Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import nominal
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array, Placement
from simulator.interventions.lighting.lamp_hours import LampHours, direct_of_darkening, times, with_lamp_light
from simulator.interventions.timed import on_streets, treated, with_hazard
from simulator.safety.view import share_in_view


class AdaptiveLamps(LampHours):
    """The lamps of the chosen streets give a share of their light while nobody is near, in some hours of the night.

    Who walks there has full light as far ahead as the lamps rise; what lies beyond, and is still in view, is dimmed
    unless somebody else is there: with n people expected there, for exp(-n) of the time.
    """

    kind: Literal["adaptive_lamps"] = "adaptive_lamps"  # type: ignore[assignment]  # a kind of its own
    light: float = Field(0.3, ge=0, le=1, description="share of their light while nobody is near (1: as it was)")
    ahead_m: float = Field(
        50.0, ge=0, le=500, description="how far ahead of somebody, and behind, lamps rise to full light (m)"
    )
    near_share: float | None = Field(
        None,
        ge=0,
        le=1,
        description="share of these hours for which somebody is near a lamp, for its energy  [default: the evidence's]",
    )

    @property
    def observes(self) -> bool:
        """It acts on how many people are counted."""
        return True

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """The lamps; energy is saved for the share of the time for which nobody is near."""
        placed = super().place(network, segments)
        if self.running_each_year is not None:
            return placed
        near = nominal("adaptive_near_share") if self.near_share is None else self.near_share
        return dataclasses.replace(placed, running_per_year=times(placed.running_per_year, 1.0 - near))

    def dimmed_share(self, draw: Draw) -> Array:
        """Share of the time for which what is in view of somebody is dimmed in part (float64 (24, S))."""
        view, network = draw.parameters.view_radius_m, draw.network
        shape = (HOURS, len(network.streets))
        if self.ahead_m >= view:
            return np.zeros(shape)
        if draw.observed is None:
            return np.ones(shape)
        beyond = share_in_view(network, view)
        if self.ahead_m > 0:
            beyond = beyond - share_in_view(network, self.ahead_m)
        return np.asarray(np.exp(-np.maximum(beyond @ draw.observed.people.T, 0.0))).T

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Less light in these hours, by how often somebody has to look on dimmed lamps; never less than without any."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        there = on_streets(on, where, draw.network)
        lost = self.dimmed_share(draw) * (1.0 - self.light)
        changed = with_lamp_light(treated(conditions, where), draw.network, there, 1.0 - lost)
        fell = changed.light_min_lx < conditions.light_min_lx
        acts = there * conditions.dark[:, None] * lost * fell
        return with_hazard(changed, direct_of_darkening(draw.parameters), acts)

    @property
    def evaluated(self) -> bool:
        """Lamps that go out or are dimmed for everybody were; none of those that rise for who comes."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what adaptive lamps reach the model."""
        return (
            "minimum illuminance in view after dark as it is on average, and through it feeling safe, routes and trips",
            "people counted without it say how often others raise the lamps; who walks raises those near",
            "a direct ratio after dark, drawn about no effect, for the share of light that is lost",
            "energy that is saved; how a dimmed street looks from afar is not told apart",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of adaptive lamps rest on."""
        return ("view_radius_m", *super().evidence())

    def cost_evidence(self) -> tuple[str, ...]:
        """Prices, and how often somebody is near, where the case does not say so."""
        near = () if self.near_share is not None or self.running_each_year is not None else ("adaptive_near_share",)
        return (*near, *super().cost_evidence())
