"""Stops that are better to wait at: shelter and information, light, staff."""

import dataclasses
import datetime
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array, Idle, Placement
from simulator.interventions.lighting.new_lamps import EN_13201_2_P
from simulator.interventions.timed import Timed, on_streets, treated, with_guardians


class StopCare(Timed):
    """Stops on the chosen streets get a shelter with information, light, or staff in some hours."""

    kind: Literal["stop_care"] = "stop_care"
    grows: ClassVar[str] = "streets"
    powered: ClassVar[Literal["no", "light", "all"]] = "light"
    shelter: bool = Field(False, description="true: a shelter with a seat and times of departure")
    standard: Literal["P1", "P2", "P3", "P4", "P5", "P6"] | None = Field(
        None, description="EN 13201-2 class of the light at the stop"
    )
    staffed: bool = Field(False, description="true: staff at the stop from from_hour to until_hour; give their cost")

    @property
    def prices(self) -> tuple[str, str, str]:  # type: ignore[override]  # of a shelter, else of a lamp, else nothing
        """Parameters that stand in for the cost of a stop: of a shelter, else of a lamp; staff are the user's own."""
        if self.shelter:
            return ("stop_shelter_capital", "stop_shelter_running", "stop_shelter_lifetime")
        return ("lamp_capital", "lamp_running", "lamp_lifetime") if self.standard else ("", "", "")

    @model_validator(mode="after")
    def _something(self) -> "StopCare":
        if self.staffed and self.running_each_year is None:
            raise ValueError("staffed = true: give running_each_year, the cost of a stop and year with its staff")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Stops and their segments."""
        stops = np.flatnonzero(np.isin(network.stops.segment, segments))
        if not stops.size:
            raise InputError("found no stop on the chosen streets, expected at least one; choose wider words")
        idle = not (self.shelter or self.standard or self.staffed)
        there = np.unique(network.stops.segment[stops])
        return self.placed(network, there[:0] if idle else there, 0 if idle else stops.size, "stops")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Waits that feel shorter, light where people stand, staff in view."""
        network, where = draw.network, placement.segments
        if not (self.shelter or self.standard or self.on(draw).any()):
            return conditions
        changed: dict[str, Any] = {}
        if self.shelter and where.size:
            factor = np.ones(len(network.stops)) if conditions.wait_factor is None else conditions.wait_factor.copy()
            factor[np.isin(network.stops.segment, where)] *= draw.parameters.stop_wait_better
            changed["wait_factor"] = factor
        if self.standard is not None:
            lit = on_streets(np.ones(HOURS, bool), where, network) > 0
            for name, target in zip(("light_min_lx", "light_mean_lx"), EN_13201_2_P[self.standard], strict=True):
                light = getattr(conditions, name)
                changed[name] = np.where(lit, np.maximum(light, np.float32(target)), light)
        better = treated(dataclasses.replace(conditions, **changed), where)
        if self.staffed and self.on(draw).any():
            better = with_guardians(better, "staff", on_streets(self.on(draw), where, network))
        return better

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """A shelter and its light are there every day; staff are not."""
        return None if self.shelter or self.standard else super().idle_on(date, network=network, placement=placement)

    @property
    def evaluated(self) -> bool:
        """No evaluation of incidents at stops that were renewed was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what better stops reach the model."""
        ways = []
        if self.shelter:
            ways.append("a minute at the stop weighs less, and through it mode, time and not going")
        if self.standard is not None:
            ways.append("minimum illuminance on the street of the stop, and through it feeling safe while waiting")
        if self.staffed:
            ways.append("staff in view at the stop, and through it feeling safe while waiting")
        return tuple(ways) or ("nothing: no shelter, light or staff is asked for",)

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of better stops rest on."""
        effect = ("wait_value", "wait_reported", *(("stop_wait_better",) if self.shelter else ()))
        light = ("light_relief_share", "light_relief_lx", "light_relief_reached") if self.standard else ()
        return (*effect, *light, *(("guardian_staff",) if self.staffed else ()), *self.cost_evidence())
