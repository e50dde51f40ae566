"""Rides home that somebody else pays for in part: subsidised taxis at night."""

import dataclasses
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw
from simulator.city.network import StreetNetwork
from simulator.foundation.categories import GENDERS
from simulator.interventions.base import Area, Array, Placement
from simulator.interventions.timed import Timed, treated


class RideHome(Timed):
    """A share of the taxi fare is paid in some hours, up to a budget of rides that the case states."""

    kind: Literal["ride_home"] = "ride_home"
    grows: ClassVar[str] = "paid_share"
    prices = ("", "ride_home_cost", "")
    where: Area = Field(Area(selector="segments"), description="streets that count as reached, for the maps")
    paid_share: float = Field(0.5, ge=0, le=1, description="share of the fare that is paid (0 to 1)")
    rides_a_year: float = Field(
        ge=0, description="rides that the budget is for (rides a year); compare with the taxi trips that the run tells"
    )
    trips: Literal["all", "work"] = Field(
        "all", description="work: only on the ways to work and back, as an employer pays for late shifts; all: any"
    )
    genders: tuple[Literal["woman", "man", "another"], ...] = Field((), description="for whom; everybody by default")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Rides of the budget; the price of a ride is that of the paid share."""
        there = segments if self.paid_share > 0 else segments[:0]
        placed = self.placed(network, there, self.rides_a_year if self.paid_share > 0 else 0.0, "rides a year")
        if self.running_each_year is not None:
            return placed
        paid, share = placed.running_per_year, self.paid_share
        scaled = {name: getattr(paid, name) * share for name in ("value", "low", "high", "factor")}
        return dataclasses.replace(placed, running_per_year=dataclasses.replace(paid, **scaled))

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Taxis are cheaper for tours that set out in these hours."""
        on = self.on(draw)
        if not placement.segments.size or not on.any():
            return conditions
        name = "taxi_paid" if self.trips == "all" else "shift_paid"
        paid = getattr(conditions.offers, name).copy()
        rows = np.array([GENDERS.index(word) for word in self.genders or GENDERS])
        at = np.ix_(on.nonzero()[0], rows)
        paid[at] = 1.0 - (1.0 - paid[at]) * (1.0 - self.paid_share)
        offers = dataclasses.replace(conditions.offers, **{name: paid})
        return treated(dataclasses.replace(conditions, offers=offers), placement.segments)

    @property
    def evaluated(self) -> bool:
        """No outcome evaluation of subsidised rides was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what paid rides reach the model."""
        return (
            "the fare of a taxi, and through it mode, time, company and not going; fewer people on foot late at night",
            "the budget does not end rides in the model: where more are taken than it is for, the cost is too low",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of paid rides rest on."""
        return ("taxi_fare_start", "taxi_fare_km", "taxi_wait_min", "time_value", "taxi_dearer", *self.cost_evidence())
