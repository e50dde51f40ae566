"""A blackout: lamps are out in an area and some hours, those of measures too."""

import dataclasses
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.interventions.base import Array, Measure, Placement
from simulator.interventions.lighting.lamp_hours import with_lamp_light
from simulator.interventions.shocks.base import Shock
from simulator.interventions.timed import on_streets, treated


class Blackout(Shock):
    """Lamps on the chosen streets give no light in some hours; whatever a measure adds to them is out too."""

    kind: Literal["blackout"] = "blackout"
    displaces: ClassVar[str] = "who depends on power at home: lifts, telephones, medical devices, heating"
    light: float = Field(0.0, ge=0, le=1, description="share of their light that is left (0: out, 1: as it was)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """All streets that are meant: which of them have lamps may differ from draw to draw."""
        there = segments if self.light < 1.0 else segments[:0]
        return self.placed(network, there, float(there.size), "segments")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """No light from lamps; risk follows from who is about, without a ratio of its own: none was found."""
        where, on = placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        there = on_streets(on, where, draw.network)
        return with_lamp_light(treated(conditions, where), draw.network, there, self.light)

    def hold(
        self, before: Conditions, after: Conditions, measure: Measure, placed: tuple[Placement, Draw]
    ) -> Conditions:
        """Of what a measure with lamps changes there and then, the share of light that is left is left."""
        shock, draw = placed
        where, on = shock.segments, self.on(draw) & (before.dark > 0)  # by day a lamp stands there as ever
        if measure.powered == "no" or not where.size or not on.any():
            return after
        out = on_streets(on, where, draw.network) > 0
        left: dict[str, Any] = {}
        for word in ("min", "mean"):
            was, full = (getattr(one, f"light_{word}_lx") for one in (before, after))
            without = getattr(draw.network.streets, f"unlit_{word}_lx")[None, :]
            less = np.maximum(was, without + self.light * (full - without))
            left[f"light_{word}_lx"] = np.where(out & (full > was), less, full).astype(np.float32)
        if measure.powered == "all":
            direct = before.hazard_ratio * _ratio(after.hazard_ratio, before.hazard_ratio) ** self.light
            left["hazard_ratio"] = np.where(out, direct, after.hazard_ratio).astype(np.float32)
        return dataclasses.replace(after, **left)

    def channels(self) -> tuple[str, ...]:
        """Through what a blackout reaches the model."""
        return (
            "minimum illuminance after dark, and through it feeling safe, routes and trips made",
            "lamps that a measure adds, dims or repairs are out as well, and with them their direct ratio on incidents",
            "venues, stops and traffic go on as before: give a curfew beside it where they do not",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect rests on."""
        return ("light_relief_share", "light_relief_lx", "light_relief_reached")


def _ratio(one: Array, other: Array) -> Array:
    return np.divide(one, other, out=np.ones_like(one), where=other > 0)
