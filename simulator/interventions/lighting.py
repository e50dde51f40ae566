"""New lamps: raise the light on chosen segments after dark to a standard or to given illuminances."""

import dataclasses
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.conditions import HAZARDS, Conditions
from simulator.evidence import Parameters
from simulator.interventions.base import Array, Measure, Placement, amount_of
from simulator.network import StreetNetwork
from simulator.sun import HOURS

EN_13201_2_P = {
    "P1": (3.0, 15.0),
    "P2": (2.0, 10.0),
    "P3": (1.5, 7.5),
    "P4": (1.0, 5.0),
    "P5": (0.6, 3.0),
    "P6": (0.4, 2.0),
}
"""Minimum and mean maintained horizontal illuminance (lx) of the classes for pedestrian areas, EN 13201-2:2015."""


class Lighting(Measure):
    """New lamps along the chosen segments, burning after dark between two clock hours."""

    kind: Literal["lighting"] = "lighting"
    standard: Literal["P1", "P2", "P3", "P4", "P5", "P6"] | None = Field(
        None, description="EN 13201-2 class; gives min_lx and mean_lx"
    )
    min_lx: float | None = Field(None, ge=0, le=200, description="minimum horizontal illuminance (lx)")
    mean_lx: float | None = Field(None, ge=0, le=500, description="mean horizontal illuminance (lx)")
    spacing_m: float | None = Field(None, ge=5, le=200, description="metres between lamps")
    from_hour: int = Field(0, ge=0, le=23, description="first clock hour of each night in which they may burn")
    until_hour: int = Field(
        0, ge=0, le=23, description="clock hour at which they go out; equal to from_hour: all night"
    )
    capital_per_lamp: float | None = Field(None, ge=0, description="your own cost of a lamp (currency)")
    running_per_lamp_year: float | None = Field(None, ge=0, description="your own cost of a lamp and year (currency)")
    lifetime_years: float | None = Field(None, gt=0, le=200, description="years over which capital is spread")
    currency: str = Field("EUR", min_length=1, max_length=8)

    @model_validator(mode="after")
    def _one_target(self) -> "Lighting":
        given = (self.min_lx is not None, self.mean_lx is not None)
        if self.standard is not None and any(given):
            raise ValueError("give either standard, or min_lx and mean_lx, not both")
        if self.standard is None and not all(given):
            raise ValueError("give standard (P1 to P6), or both min_lx and mean_lx")
        if self.min_lx is not None and self.mean_lx is not None and self.min_lx > self.mean_lx:
            raise ValueError(f"min_lx {self.min_lx} is above mean_lx {self.mean_lx}")
        return self

    @property
    def target_lx(self) -> tuple[float, float]:
        """Minimum and mean horizontal illuminance (lx) that the lamps give."""
        if self.standard is not None:
            return EN_13201_2_P[self.standard]
        assert self.min_lx is not None
        assert self.mean_lx is not None
        return self.min_lx, self.mean_lx

    def burns(self) -> Array:
        """Clock hours (bool (24,)) in which the lamps may burn."""
        if self.from_hour == self.until_hour:
            return np.ones(HOURS, bool)
        hour = np.arange(HOURS)
        return (hour - self.from_hour) % HOURS < (self.until_hour - self.from_hour) % HOURS

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Lamps stand where the light known before building is below the target minimum or mean."""
        streets = network.streets
        known_min = np.where(streets.lit_probability >= 1, streets.lit_min_lx, streets.unlit_min_lx)[segments]
        known_mean = np.where(streets.lit_probability >= 1, streets.lit_mean_lx, streets.unlit_mean_lx)[segments]
        short = (known_min < self.target_lx[0]) | (known_mean < self.target_lx[1])
        spacing = amount_of("lamp_spacing", self.spacing_m).value
        return Placement(
            measure=self,
            segments=segments[short],
            quantity=float(np.ceil(streets.length_m[segments[short]].sum() / spacing)),
            unit="lamps",
            capital=amount_of("lamp_capital", self.capital_per_lamp),
            running_per_year=amount_of("lamp_running", self.running_per_lamp_year),
            lifetime_years=amount_of("lamp_lifetime", self.lifetime_years),
            currency=self.currency,
        )

    def change(self, conditions: Conditions, placement: Placement, parameters: Parameters) -> Conditions:
        """Raise light to the target where it is lower, and apply the drawn direct ratio where it was raised."""
        where = np.ix_(self.burns().nonzero()[0], placement.segments)
        target_min, target_mean = self.target_lx
        raised = (conditions.light_min_lx[where] < target_min) | (conditions.light_mean_lx[where] < target_mean)
        light_min, light_mean = conditions.light_min_lx.copy(), conditions.light_mean_lx.copy()
        light_min[where] = np.maximum(light_min[where], np.float32(target_min))
        light_mean[where] = np.maximum(light_mean[where], np.float32(target_mean))
        hazard = conditions.hazard_ratio.copy()
        after_dark = raised & (conditions.dark_hours[where[0].ravel()][:, None])
        for kind in range(len(HAZARDS)):
            hazard[kind][where] *= np.where(after_dark, parameters.lamp_hazard_ratio, 1.0).astype(np.float32)
        treated = conditions.treated.copy()
        treated[placement.segments] = True
        return dataclasses.replace(
            conditions, light_min_lx=light_min, light_mean_lx=light_mean, hazard_ratio=hazard, treated=treated
        )

    def channels(self) -> tuple[str, ...]:
        """Through what lamps reach the model."""
        return (
            "minimum illuminance after dark, and through it feeling safe, routes and trips made",
            "people around, who follow the routes",
            "a direct ratio on harassment, robbery and assault, drawn symmetrically about no effect",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of lamps rest on."""
        effect = ("light_relief_share", "light_relief_lx", "light_relief_reached", "lamp_hazard_ratio")
        return (*effect, "darkness_distance", "lamp_spacing", "lamp_capital", "lamp_running", "lamp_lifetime")
