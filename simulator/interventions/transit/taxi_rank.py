"""Taxi ranks: cabs that stand ready in some hours, so that nobody near waits long for one."""

import dataclasses
from typing import Literal

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree

from simulator.city.conditions import Conditions, Draw, Gathering, midpoints
from simulator.city.network import StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.interventions.base import Array, Placement
from simulator.interventions.timed import Timed, gathered, spread_over, treated


class TaxiRank(Timed):
    """Ranks on the chosen streets: who sets out within reach of one waits less for a taxi."""

    kind: Literal["taxi_rank"] = "taxi_rank"
    prices = ("rank_capital", "rank_running", "rank_lifetime")
    ranks: int = Field(1, ge=0, le=1000, description="how many ranks, spread over the chosen streets")
    cabs: float = Field(2.0, ge=0, le=100, description="cabs that stand at a rank, with their drivers")
    wait_saved_share: float = Field(
        0.75,
        ge=0,
        le=1,
        description="share of the wait for a taxi that is saved (0 to 1); an assumption of yours",
    )
    reach_m: float = Field(200.0, gt=0, le=2000, description="from how far people come to the rank (m, straight)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Ranks."""
        there = segments if self.ranks else segments[:0]
        return self.placed(network, there, float(self.ranks), "ranks")

    def stands(self, network: StreetNetwork, segments: Array) -> Array:
        """Rows of the segments with a rank (as many as ranks), evenly spread over the length of the chosen streets."""
        return spread_over(network, segments, self.ranks)

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Shorter waits for taxis from places in reach, and drivers who stand there."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not where.size or not on.any():
            return conditions
        places = network.places
        away, _ = cKDTree(midpoints(network)[self.stands(network, where)]).query(
            np.column_stack([places.x_m, places.y_m])
        )
        saved = self.wait_saved_share * on[:, None] * (away <= self.reach_m)[None, :]
        known = conditions.offers.taxi_nearer
        both = saved if not known.shape[1] else 1.0 - (1.0 - known) * (1.0 - saved)
        offers = dataclasses.replace(conditions.offers, taxi_nearer=both)
        changed = treated(dataclasses.replace(conditions, offers=offers), where)
        if not self.cabs:
            return changed
        stays = spread_stays(network, where, self.ranks * self.cabs, on, (STAYS.index("driver"), self.name))
        return gathered(changed, Gathering(stays))

    @property
    def evaluated(self) -> bool:
        """No usable outcome evaluation of ranks or marshals was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what ranks reach the model."""
        return (
            "the wait for a taxi of those who set out within reach, and through it mode, time, company and not going",
            "drivers who stand there: people around, and exposed themselves",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of ranks rest on."""
        return ("taxi_wait_min", "taxi_fare_start", "taxi_fare_km", "time_value", *self.cost_evidence())
