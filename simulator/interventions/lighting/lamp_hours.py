"""Lamps that are there already, burning less: part-night, dimmed, or off."""

import dataclasses
import datetime
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import HAZARDS, Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.city.sun import solar_elevation
from simulator.evidence.parameters import Parameters, nominal, once_a_draw
from simulator.interventions.base import Amount, Array, Idle, Placement
from simulator.interventions.timed import Timed, known_lit, on_streets, treated, with_hazard
from simulator.safety.reference_area import DARK, MAIN, solve_direct


class LampHours(Timed):
    """The lamps of the chosen streets give a share of their light in some hours of the night."""

    kind: Literal["lamp_hours"] = "lamp_hours"
    grows: ClassVar[str] = "streets"
    powered: ClassVar[Literal["no", "light", "all"]] = "all"
    prices = ("lamp_control_capital", "energy_price", "lamp_lifetime")
    light: float = Field(0.0, ge=0, le=1, description="share of their light that is left (0: off, 1: as it was)")
    lamp_watts: float | None = Field(None, gt=0, le=1000, description="power of a lamp (W)  [default: the evidence's]")
    lamps: int | None = Field(None, ge=0, description="how many lamps  [default: one each lamp_spacing of lit street]")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """The lamps of streets that are known to be lit; their energy is saved, so that running costs are negative."""
        streets = network.streets
        lit = known_lit(network, segments)
        lit = lit[:0] if self.light == 1.0 else lit
        spacing = nominal("lamp_spacing")
        count = float(np.ceil(streets.length_m[lit].sum() / spacing)) if self.lamps is None else float(self.lamps)
        placed = self.placed(network, lit, count if lit.size else 0.0, "lamps")
        if self.running_each_year is not None:  # the user says what a lamp then costs a year
            return placed
        saved = -(1.0 - self.light) * self.dark_hours_a_year(network) * self._watts() / 1000.0
        return dataclasses.replace(placed, running_per_year=times(placed.running_per_year, saved))

    def _watts(self) -> float:
        return nominal("lamp_power") if self.lamp_watts is None else self.lamp_watts

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Less light from lamps in these hours, down to that of the street without them."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        changed = with_lamp_light(
            treated(conditions, where), draw.network, on_streets(on, where, draw.network), self.light
        )
        lost = on_streets(on, where, draw.network) * conditions.dark[:, None] * (1.0 - self.light)
        fell = changed.light_min_lx < conditions.light_min_lx
        return with_hazard(changed, direct_of_darkening(draw.parameters), lost * fell)

    def idle_on(self, date: datetime.date, *, network: StreetNetwork, placement: Placement) -> Idle | None:
        """Hours without darkness are no hours of lamps."""
        idle = super().idle_on(date, network=network, placement=placement)
        if idle is not None:
            return idle
        sun = solar_elevation(network.latitude, network.longitude, network.timezone, date)
        if (sun[self.hours()] < nominal("dark_begins_deg")).any():
            return None
        return Idle("holds in no dark hour", exactly=False)

    def channels(self) -> tuple[str, ...]:
        """Through what less light reaches the model."""
        return (
            "minimum illuminance after dark, and through it feeling safe, routes and trips made",
            "a direct ratio on harassment, robbery and assault in these hours, drawn about no effect: "
            "no change was found where lamps were switched off for part of the night",
            "energy saved; wear, glare and nature are not counted",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and saving rest on."""
        effect = ("light_relief_share", "light_relief_lx", "light_relief_reached", "darkening_ratio")
        lamps = () if self.lamps is not None else ("lamp_spacing",)
        return (*effect, *lamps, *(() if self.lamp_watts else ("lamp_power",)), *self.cost_evidence())


def with_lamp_light(conditions: Conditions, network: StreetNetwork, there: Array, share: float | Array) -> Conditions:
    """The streets with a share (0 or more, one or (24, S)) of the light of lamps where `there` (24, S) is 1."""
    changed = {}
    for word in ("min", "mean"):
        light = getattr(conditions, f"light_{word}_lx")
        without = getattr(network.streets, f"unlit_{word}_lx")[None, :]
        of_lamps = np.maximum(light - without, 0.0)
        changed[f"light_{word}_lx"] = np.where(
            (there > 0) & (of_lamps > 0), np.minimum(light, without) + share * of_lamps, light
        ).astype(np.float32)
    return dataclasses.replace(conditions, **changed)


@once_a_draw
def direct_of_darkening(parameters: Parameters) -> Array:
    """Direct ratio by type (float64 (3,)) after dark where lamps go out in a lit street."""
    totals = np.full((len(HAZARDS), 2), parameters.darkening_ratio)

    def darkened(streets: Conditions) -> Conditions:
        light = {}
        for name, times in (("light_min_lx", 1.0), ("light_mean_lx", 5.0)):
            column = getattr(streets, name).copy()
            column[DARK, MAIN] = times * parameters.reference_dark_min
            light[name] = column
        return dataclasses.replace(streets, **light)

    return np.asarray(solve_direct(parameters, darkened, totals, MAIN)[:, 1])


def times(amount: Amount, by: float) -> Amount:
    """An amount times a number, which may be negative: then the ends change places."""
    low, high = sorted((amount.low * by, amount.high * by))
    return dataclasses.replace(amount, value=amount.value * by, low=low, high=high, factor=amount.factor * by)
