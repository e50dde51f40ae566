"""Lamps that fail and are repaired sooner or later: inspection rounds and repair times."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters, nominal
from simulator.foundation.clock import HOURS
from simulator.interventions.base import Array, Placement, Priced
from simulator.interventions.lighting.lamp_hours import with_lamp_light
from simulator.interventions.timed import known_lit, on_streets, treated

_YEAR_DAYS = 365.25


class LampRepair(Priced):
    """Failed lamps of the chosen streets are dark for another number of days.

    Failures come at a constant rate, so that in the long run a share of the lamps is out that is the failures a lamp
    and day times the days until repair. The light that is known of a street holds the outages of today.
    """

    kind: Literal["lamp_repair"] = "lamp_repair"
    grows: ClassVar[str] = "streets"
    powered: ClassVar[Literal["no", "light", "all"]] = "all"
    prices = ("", "lamp_rounds_running", "")
    days_then: float = Field(
        ge=0, le=365, description="days from failure to repair: half the days between rounds, and the repair itself"
    )
    days_now: float | None = Field(None, ge=0, le=365, description="the same today  [default: the evidence's]")
    outages_per_lamp_year: float | None = Field(
        None, ge=0, le=10, description="failures a lamp and year  [default: the evidence's]"
    )

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """The lamps of streets that are known to be lit; slower repair costs nothing and its saving is not counted."""
        streets = network.streets
        lit = known_lit(network, segments)
        lit = lit[:0] if self.days_then == self.days_now else lit
        lamps = float(np.ceil(streets.length_m[lit].sum() / nominal("lamp_spacing")))
        sooner = self.days_then < (nominal("lamp_outage_days") if self.days_now is None else self.days_now)
        return self.placed(network, lit, lamps if sooner else 0.0, "lamps")

    def light_left(self, parameters: Parameters) -> float:
        """Light of lamps over that of today: (1 - share out then) / (1 - share out now)."""
        rate = parameters.lamp_outages if self.outages_per_lamp_year is None else self.outages_per_lamp_year
        now = parameters.lamp_outage_days if self.days_now is None else self.days_now
        burns_then, burns_now = (1.0 - min(rate * days / _YEAR_DAYS, 0.95) for days in (self.days_then, now))
        return burns_then / burns_now

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """More or less of the light of lamps; where one is out, the light of a street is that without lamps."""
        where = placement.segments
        left = self.light_left(draw.parameters)
        if not where.size or left == 1.0:
            return conditions
        every = on_streets(np.ones(HOURS, bool), where, draw.network)
        return with_lamp_light(treated(conditions, where), draw.network, every, left)

    def channels(self) -> tuple[str, ...]:
        """Through what repairs reach the model."""
        return (
            "light after dark by the share of lamps that burn, and through it feeling safe, routes and trips made",
            "no direct ratio on incidents: outages in Chicago did not change those on the same street",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of repairs rest on."""
        own = {"lamp_outages": self.outages_per_lamp_year, "lamp_outage_days": self.days_now}
        assumed = tuple(name for name, given in own.items() if given is None)
        effect = ("light_relief_share", "light_relief_lx", "light_relief_reached", "lamp_spacing")
        return (*effect, *assumed, *self.cost_evidence())
