"""Vehicles in which people feel safer: staff aboard, or a part kept for women."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.foundation.categories import GENDERS
from simulator.interventions.base import Area, Array, Placement
from simulator.interventions.timed import Timed, treated


class Carriage(Timed):
    """In some hours vehicles have staff aboard, or a part for women: some who felt unsafe aboard no longer do."""

    kind: Literal["carriage"] = "carriage"
    grows: ClassVar[str] = "reassured"
    prices = ("", "host_hour_cost", "")
    displaces: ClassVar[str] = "people turned away from a part kept for others, and those blamed for not using it"
    where: Area = Field(
        Area(selector="segments", part="all"), description="streets whose stops count as reached, for the maps"
    )
    reassured: float = Field(
        ge=0,
        le=1,
        description="share of those who feel unsafe aboard who do not with it (0 to 1); your assumption",
    )
    genders: tuple[Literal["woman", "man", "another"], ...] = Field(
        (), description="for whom; a part for women: woman, another; everybody by default"
    )
    staff: float = Field(0.0, ge=0, le=10_000, description="staff aboard at once, on all vehicles together")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Hours of staff a year, and the segments of the stops."""
        there = np.unique(network.stops.segment[np.isin(network.stops.segment, segments)])
        if not there.size:
            raise InputError("found no stop on the chosen streets, expected at least one; choose wider words")
        idle = self.reassured == 0.0
        hours = 0.0 if idle else self.staff * self.hours_a_year(network)
        return self.placed(network, there[:0] if idle else there, hours, "staff-hours a year")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Fewer who feel unsafe in vehicles in these hours."""
        on = self.on(draw)
        if not placement.segments.size or not on.any():
            return conditions
        rows = np.array([GENDERS.index(word) for word in self.genders or GENDERS])
        at, both = np.ix_(on.nonzero()[0], rows), conditions.offers.reassured.copy()
        both[at] = 1.0 - (1.0 - both[at]) * (1.0 - self.reassured)
        offers = dataclasses.replace(conditions.offers, reassured=both)
        return treated(dataclasses.replace(conditions, offers=offers), placement.segments)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation that carries over was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what safer vehicles reach the model."""
        return (
            "share of the time aboard that feels safe, from the survey's share who feel unsafe in public transport",
            "nothing else: how it feels aboard moves neither the choice of mode nor incidents in vehicles here",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of safer vehicles rest on."""
        aboard = tuple(f"aboard_unsafe_{when}_{who}" for when in ("day", "dark") for who in ("women", "men"))
        return (*aboard, *self.cost_evidence())
