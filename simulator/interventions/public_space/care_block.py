"""Care services gathered at one place: nursery, health, day care, so that care trips chain on a short way."""

import dataclasses
from typing import Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw, midpoints
from simulator.city.network import PLACE_KINDS, StreetNetwork
from simulator.foundation.once import once_a_city
from simulator.interventions.base import Array, Placement, Priced
from simulator.interventions.timed import treated


class CareBlock(Priced):
    """Further places of care at the junction in the middle of the chosen streets, open for so many hours."""

    kind: Literal["care_block"] = "care_block"
    prices = ("care_block_capital", "care_block_running", "care_block_lifetime")
    services: tuple[Literal["care", "health", "school"], ...] = Field(
        ("care", "health"), description="kinds of service that are gathered, one place of each"
    )
    pull: float = Field(
        2.0, ge=0, le=100, description="size of each, as a multiple of the middle one of its kind in the city"
    )
    opens_h: float = Field(7.0, ge=0, le=24, description="clock hour at which it opens (h)")
    closes_h: float = Field(20.0, ge=0, le=48, description="hour at which it closes, past 24 if by night (h)")

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """One block; the streets at its junction are what it touches."""
        if not self.services or self.pull == 0:
            return self.placed(network, segments[:0], 0.0, "blocks")
        junction = _middle(network, segments)
        ends = (network.streets.from_junction == junction) | (network.streets.to_junction == junction)
        placed = self.placed(network, np.flatnonzero(ends), 1.0, "blocks")
        return dataclasses.replace(placed, joined=((junction, junction),))

    def built_on(self, network: StreetNetwork, placement: Placement) -> StreetNetwork | None:
        """The city with the further places behind those that there are; None where there are none."""
        if not placement.joined:
            return None
        hours = (self.opens_h, self.closes_h)
        return with_places(network, placement.joined[0][0], self.services, self.pull, hours)

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """The streets at the block are touched; who goes there is up to what people wish."""
        return treated(conditions, placement.segments)

    @property
    def evaluated(self) -> bool:
        """No evaluation of incidents or feeling safe round a care block was found."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a care block reaches the model."""
        return (
            "where care and health trips lead, and through it ways on foot, modes and people around",
            "how many care trips people wish to make does not change; time that carers gain is not counted",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a care block rest on."""
        return ("destination_tolerance", *self.cost_evidence())


@once_a_city
def with_places(
    network: StreetNetwork, junction: int, services: tuple[str, ...], pull: float, hours: tuple[float, float]
) -> StreetNetwork:
    """The city with one place of each kind at a junction appended to its places, so that rows and keys stay aligned."""
    places, streets = network.places, network.streets
    count = len(services)
    at = np.flatnonzero((streets.from_junction == junction) | (streets.to_junction == junction))[0]
    usual = [
        np.median(places.size[network.places_of(kind)]) if network.places_of(kind).size else 1.0 for kind in services
    ]
    new = {
        "place_id": places.place_id.max() + 1 + np.arange(count),
        "kind": np.array([PLACE_KINDS.index(kind) for kind in services]),
        "x_m": np.full(count, network.junctions.x_m[junction]),
        "y_m": np.full(count, network.junctions.y_m[junction]),
        "junction": np.full(count, junction),
        "segment": np.full(count, at),
        "size": pull * np.array(usual),
        "opens_h": np.full(count, hours[0]),
        "closes_h": np.full(count, hours[1]),
        "hours_index": np.full(count, -1),
    }
    columns = {name: np.concatenate([getattr(places, name), column]) for name, column in new.items()}
    return dataclasses.replace(network, places=type(places)(**columns))


def _middle(network: StreetNetwork, segments: Array) -> int:
    """Row of the junction of the chosen streets that lies nearest to the middle of them, by length."""
    streets, junctions = network.streets, network.junctions
    metres = streets.length_m[segments]
    centre = (midpoints(network)[segments] * metres[:, None]).sum(axis=0) / metres.sum()
    ends = np.unique(np.concatenate([streets.from_junction[segments], streets.to_junction[segments]]))
    away = np.hypot(junctions.x_m[ends] - centre[0], junctions.y_m[ends] - centre[1])
    return int(ends[np.lexsort((junctions.junction_id[ends], np.round(away, 3)))[0]])
