"""New lamps: raise the light on chosen segments after dark to a standard, to illuminances, or to what lamps give."""

import dataclasses
import datetime
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from simulator.city.conditions import HAZARDS, Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.city.sun import solar_elevation
from simulator.evidence.parameters import Parameters, nominal, once_a_draw
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array, Idle, Measure, Placement, amount_of, currency_of, not_given
from simulator.safety.reference_area import QUIET, solve_direct

EN_13201_2_P = {
    "P1": (3.0, 15.0),
    "P2": (2.0, 10.0),
    "P3": (1.5, 7.5),
    "P4": (1.0, 5.0),
    "P5": (0.6, 3.0),
    "P6": (0.4, 2.0),
}
"""Minimum and mean maintained horizontal illuminance (lx) of the classes for pedestrian areas, EN 13201-2:2015."""

MOST_MEAN_LX = 500.0
"""More is no street by night; a city's table of streets holds no more either."""


class Lighting(Measure):
    """New lamps along the chosen segments, burning after dark between two clock hours."""

    kind: Literal["lighting"] = "lighting"
    grows: ClassVar[str] = "streets"
    powered: ClassVar[Literal["no", "light", "all"]] = "all"
    standard: Literal["P1", "P2", "P3", "P4", "P5", "P6"] | None = Field(
        None, description="EN 13201-2 class; gives min_lx and mean_lx"
    )
    min_lx: float | None = Field(None, ge=0, le=200, description="minimum horizontal illuminance (lx)")
    mean_lx: float | None = Field(None, ge=0, le=MOST_MEAN_LX, description="mean horizontal illuminance (lx)")
    height_m: float | None = Field(
        None, ge=0.5, le=40, description="mounting height of the lamps (m); with flux_lm it gives min_lx and mean_lx"
    )
    flux_lm: float | None = Field(
        None, ge=0, le=200_000, description="luminous flux that leaves a lamp (lm); 0: a lamp that gives no light"
    )
    spacing_m: float | None = Field(
        None, ge=5, le=200, description="metres between lamps  [default: the evidence's lamp_spacing]"
    )
    from_hour: int = Field(0, ge=0, le=23, description="first clock hour of each night in which they may burn")
    until_hour: int = Field(
        0, ge=0, le=23, description="clock hour at which they go out; equal to from_hour: all night"
    )
    capital_per_lamp: float | None = Field(None, ge=0, description="your own cost of a lamp (currency)")
    running_per_lamp_year: float | None = Field(None, ge=0, description="your own cost of a lamp and year (currency)")
    lifetime_years: float | None = Field(None, gt=0, le=200, description="years over which capital is spread")
    currency: str | None = Field(
        None, min_length=1, max_length=8, description="currency of costs  [default: that of the city's country]"
    )

    @model_validator(mode="after")
    def _one_target(self) -> "Lighting":
        ways = {
            "standard": (self.standard,),
            "min_lx and mean_lx": (self.min_lx, self.mean_lx),
            "height_m and flux_lm": (self.height_m, self.flux_lm),
        }
        told = [way for way, levers in ways.items() if any(lever is not None for lever in levers)]
        if len(told) != 1:
            raise ValueError(
                f"found {', '.join(told) or 'nothing'} to say how bright, expected exactly one of: standard (P1 to "
                "P6); min_lx and mean_lx; height_m and flux_lm"
            )
        if None in ways[told[0]]:
            raise ValueError(f"found only one of {told[0]}, expected both")
        if self.min_lx is not None and self.mean_lx is not None and self.min_lx > self.mean_lx:
            raise ValueError(f"min_lx {self.min_lx} is above mean_lx {self.mean_lx}")
        if self.target_lx[1] > MOST_MEAN_LX:
            raise ValueError(
                f"height_m and flux_lm: found lamps that give {self.target_lx[1]:.0f} lx in the mean, expected at most "
                f"{MOST_MEAN_LX:g} lx; give less flux_lm, higher lamps or a wider spacing_m"
            )
        return self

    @property
    def target_lx(self) -> tuple[float, float]:
        """Minimum and mean horizontal illuminance (lx) that the lamps give.

        From height and flux they are those of a straight row of such lamps above the street, as those of mapped lamps.
        """
        if self.standard is not None:
            return EN_13201_2_P[self.standard]
        if self.height_m is not None and self.flux_lm is not None:
            from simulator.city.illuminance import lamp_row_light  # shapes only where somebody asks for them

            return lamp_row_light(self.height_m, self.flux_lm, self._spacing_m)
        assert self.min_lx is not None
        assert self.mean_lx is not None
        return self.min_lx, self.mean_lx

    @property
    def _spacing_m(self) -> float:
        return amount_of("lamp_spacing", self.spacing_m).value

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
        currency, factor = currency_of(network.country, self.currency, missing=self._own_costs_missing())
        return Placement(
            measure=self,
            segments=segments[short],
            quantity=float(np.ceil(streets.length_m[segments[short]].sum() / self._spacing_m)),
            unit="lamps",
            capital=amount_of("lamp_capital", self.capital_per_lamp, factor),
            running_per_year=amount_of("lamp_running", self.running_per_lamp_year, factor),
            lifetime_years=amount_of("lamp_lifetime", self.lifetime_years),
            currency=currency,
        )

    def _own_costs_missing(self) -> tuple[str, ...]:
        given = {"capital_per_lamp": self.capital_per_lamp, "running_per_lamp_year": self.running_per_lamp_year}
        return not_given(given)

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Raise light to the target where it is lower, and apply the direct ratios where it was raised."""
        burns = self.burns().nonzero()[0]
        where = np.ix_(burns, placement.segments)
        target_min, target_mean = self.target_lx
        raised = (conditions.light_min_lx[where] < target_min) | (conditions.light_mean_lx[where] < target_mean)
        relit = placement.segments[raised.any(axis=0)]
        by_day, by_night = direct_of_lamps(draw.parameters).T[:, :, None]
        hazard = conditions.hazard_ratio.astype(np.float64)
        hazard[:, :, relit] *= by_day[:, :, None]  # that somebody cares is seen at any hour
        seen = raised * conditions.dark[burns][:, None]  # what is seen by lamplight counts as far as it is dark
        hazard[:, where[0], where[1]] *= (by_night / by_day)[:, :, None] ** seen
        treated = conditions.treated.copy()
        treated[placement.segments] = True
        lit = _raised(conditions, where, self.target_lx)
        return dataclasses.replace(lit, hazard_ratio=hazard.astype(np.float32), treated=treated)

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Lamps that burn in no dark hour of the day light nothing; that somebody cares is still seen."""
        sun = solar_elevation(network.latitude, network.longitude, network.timezone, date)
        if (sun[self.burns()] < nominal("dark_begins_deg")).any():
            return None
        return Idle("burns in no dark hour, so that only the sign of care is left", exactly=False)

    def channels(self) -> tuple[str, ...]:
        """Through what lamps reach the model."""
        return (
            "minimum illuminance after dark, and through it feeling safe, routes and trips made",
            "people around, who follow the routes",
            "a direct ratio on harassment, robbery and assault after dark, with which their total on a reference "
            "street is the drawn one, symmetric about no effect",
            "a signal of care on the same, by day too, drawn apart and symmetrically about no effect",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of lamps rest on."""
        effect = (
            "light_relief_share",
            "light_relief_lx",
            "light_relief_reached",
            "lamp_hazard_ratio",
            "lamp_care_ratio",
            "reference_relit_min",
        )
        return (*effect, "darkness_distance", *self.cost_evidence())

    def cost_evidence(self) -> tuple[str, ...]:
        """Prices of lamps and how many there are, where the case does not say so itself."""
        own = {
            "lamp_spacing": self.spacing_m,
            "lamp_capital": self.capital_per_lamp,
            "lamp_running": self.running_per_lamp_year,
            "lamp_lifetime": self.lifetime_years,
        }
        return (*not_given(own), "discount_rate")


@once_a_draw
def direct_of_lamps(parameters: Parameters) -> Array:
    """Direct ratios of lamps by type of incident, by day and by night (float64 (3, 2)), solved once a draw.

    By day lamps signal that somebody cares; by night they do so too, and are seen by. Totals are those of evaluated
    relighting, from a dark street to `reference_relit_min`; what people do about other lamps is left to the city.
    """
    totals = np.tile([parameters.lamp_care_ratio, parameters.lamp_hazard_ratio], (len(HAZARDS), 1))
    where, target = np.ix_(np.arange(HOURS), np.array([QUIET])), parameters.reference_relit_min
    return solve_direct(parameters, lambda streets: _raised(streets, where, (target, 5.0 * target)), totals)


def _raised(conditions: Conditions, where: tuple[Array, ...], target_lx: tuple[float, float]) -> Conditions:
    """Streets with at least a minimum and mean illuminance in some hours on some segments (an open mesh of rows)."""
    light = (conditions.light_min_lx.copy(), conditions.light_mean_lx.copy())
    for lx, target in zip(light, target_lx, strict=True):
        lx[where] = np.maximum(lx[where], np.float32(target))
    return dataclasses.replace(conditions, light_min_lx=light[0], light_mean_lx=light[1])
