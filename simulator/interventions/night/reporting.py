"""Easier ways to report: an app, a line, a desk, and a campaign for them."""

import dataclasses
from typing import Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.interventions.base import Area, Array, Placement, Priced
from simulator.interventions.timed import treated
from simulator.safety.reporting import CHANNELS


class Reporting(Priced):
    """More of what happens is recorded; nothing else changes by it."""

    kind: Literal["reporting"] = "reporting"
    prices = ("", "reporting_channel_running", "")
    where: Area = Field(Area(selector="segments"), description="streets that count as reached, for the maps")
    channels_eased: tuple[Literal["app", "venue_log", "phone", "in_person"], ...] = Field(
        ("app",), min_length=1, description="ways of reporting that become easier"
    )
    more_reports: float | None = Field(
        None, ge=0.1, le=10, description="reports through them over those without it (ratio)  [default: the evidence's]"
    )

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """One programme, for the whole city."""
        idle = self.more_reports == 1.0
        return self.placed(network, segments[:0] if idle else segments, 0 if idle else 1, "programme")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """A higher chance that an incident is recorded through these channels."""
        ratio = draw.parameters.reporting_campaign_ratio if self.more_reports is None else self.more_reports
        return with_reports(treated(conditions, placement.segments), self.channels_eased, ratio)

    def channels(self) -> tuple[str, ...]:
        """Through what easier reporting reaches the model."""
        return ("the chance that an incident is recorded; expected incidents and feelings stay exactly as they are",)

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of easier reporting rest on."""
        effect = () if self.more_reports is not None else ("reporting_campaign_ratio",)
        return (*effect, *self.cost_evidence())


def with_reports(conditions: Conditions, channels: tuple[str, ...], ratio: float) -> Conditions:
    """The streets with so many times the chance that an incident is recorded through some channels."""
    if ratio == 1.0:
        return conditions
    factor = np.ones(len(CHANNELS)) if conditions.reporting_factor is None else conditions.reporting_factor.copy()
    factor[[CHANNELS.index(name) for name in channels]] *= ratio
    return dataclasses.replace(conditions, reporting_factor=factor)
