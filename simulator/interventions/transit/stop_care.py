"""Stops that are better to wait at: shelter and information, a sign alone, light, staff."""

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
    """Stops on the chosen streets get a shelter with information, a sign alone, light, or staff in some hours."""

    kind: Literal["stop_care"] = "stop_care"
    grows: ClassVar[str] = "streets"
    powered: ClassVar[Literal["no", "light", "all"]] = "light"
    shelter: bool = Field(False, description="true: a shelter with a seat and times of departure")
    sign: bool = Field(
        False, description="true: a sign that tells how long until the next departures, without a shelter"
    )
    standard: Literal["P1", "P2", "P3", "P4", "P5", "P6"] | None = Field(
        None, description="EN 13201-2 class of the light at the stop"
    )
    staffed: bool = Field(False, description="true: staff at the stop from from_hour to until_hour; give their cost")

    @property
    def prices(self) -> tuple[str, str, str]:  # type: ignore[override]  # of a shelter, else of a sign or a lamp
        """Parameters that stand in for the cost of a stop: of a shelter, a sign or a lamp; staff are the user's own."""
        if self.shelter:
            return ("stop_shelter_capital", "stop_shelter_running", "stop_shelter_lifetime")
        if self.sign:
            return ("stop_sign_capital", "stop_sign_running", "stop_sign_lifetime")
        return ("lamp_capital", "lamp_running", "lamp_lifetime") if self.standard else ("", "", "")

    @model_validator(mode="after")
    def _something(self) -> "StopCare":
        if self.sign and (self.shelter or self.standard):
            raise ValueError(
                "sign = true: found it beside shelter or standard, expected it alone, or with staff; a shelter has "
                "times of departure already, and a sign beside a lamp is a measure of its own"
            )
        if self.staffed and self.running_each_year is None:
            raise ValueError("staffed = true: give running_each_year, the cost of a stop and year with its staff")
        return self

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Stops and their segments."""
        stops = np.flatnonzero(np.isin(network.stops.segment, segments))
        if not stops.size:
            raise InputError("found no stop on the chosen streets, expected at least one; choose wider words")
        idle = not (self._stands or self.staffed)
        there = np.unique(network.stops.segment[stops])
        return self.placed(network, there[:0] if idle else there, 0 if idle else stops.size, "stops")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Waits that feel shorter, light where people stand, staff in view."""
        network, where = draw.network, placement.segments
        if not (self._stands or self.on(draw).any()):
            return conditions
        changed: dict[str, Any] = {}
        if (self.shelter or self.sign) and where.size:
            better = draw.parameters.stop_wait_better if self.shelter else draw.parameters.stop_sign_wait
            factor = np.ones(len(network.stops)) if conditions.wait_factor is None else conditions.wait_factor.copy()
            factor[np.isin(network.stops.segment, where)] *= better
            changed["wait_factor"] = factor
        if self.standard is not None:
            lit = on_streets(np.ones(HOURS, bool), where, network) > 0
            for name, target in zip(("light_min_lx", "light_mean_lx"), EN_13201_2_P[self.standard], strict=True):
                light = getattr(conditions, name)
                changed[name] = np.where(lit, np.maximum(light, np.float32(target)), light)
        changed_streets = treated(dataclasses.replace(conditions, **changed), where)
        if self.staffed and self.on(draw).any():
            return with_guardians(changed_streets, "staff", on_streets(self.on(draw), where, network))
        return changed_streets

    @property
    def _stands(self) -> bool:
        """Whether something of it stands there day and night."""
        return self.shelter or self.sign or self.standard is not None

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """A shelter, a sign and a light are there every day; staff are not."""
        return None if self._stands else super().idle_on(date, network=network, placement=placement)

    @property
    def evaluated(self) -> bool:
        """No evaluation of incidents at stops that were renewed was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what better stops reach the model."""
        ways = []
        if self.shelter:
            ways.append("a minute at the stop weighs less, and through it mode, time and not going")
        if self.sign:
            ways.append(
                "a minute at the stop weighs less, as waits seem shorter to who sees how long they are, and through it "
                "mode, time and not going; who comes later because they know more is not counted"
            )
        if self.standard is not None:
            ways.append("minimum illuminance on the street of the stop, and through it feeling safe while waiting")
        if self.staffed:
            ways.append("staff in view at the stop, and through it feeling safe while waiting")
        return tuple(ways) or ("nothing: no shelter, sign, light or staff is asked for",)

    @property
    def _weights(self) -> tuple[str, ...]:
        if self.shelter:
            return ("stop_wait_better",)
        return ("stop_sign_wait",) if self.sign else ()

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of better stops rest on."""
        effect = ("wait_value", "wait_reported", *self._weights)
        light = ("light_relief_share", "light_relief_lx", "light_relief_reached") if self.standard else ()
        return (*effect, *light, *(("guardian_staff",) if self.staffed else ()), *self.cost_evidence())
