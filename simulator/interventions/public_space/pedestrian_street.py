"""Streets that are closed to cars in some hours, with terraces on the carriageway."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from simulator.city.conditions import Conditions, Draw, Gathering, with_venues
from simulator.city.network import STREET_CLASSES, StreetNetwork
from simulator.city.stays import STAYS, spread_stays
from simulator.errors import InputError
from simulator.interventions.base import Array, Placement
from simulator.interventions.public_space.closure import ends_of
from simulator.interventions.timed import Timed, gathered, length_of, on_streets, treated

_WITH_CARS = (
    *("primary", "secondary", "tertiary", "residential", "unclassified", "service", "living_street"),
    "pedestrian",  # many let cars in at some hours
)


class PedestrianStreet(Timed):
    """Nobody drives along the chosen streets in some hours; terraces stand there, with their guests."""

    kind: Literal["pedestrian_street"] = "pedestrian_street"
    grows: ClassVar[str] = "streets"
    prices = ("", "gate_running", "")
    displaces: ClassVar[str] = "drivers, deliveries, disabled people who come by car, and the streets that cars move to"
    terraces_per_100m: float = Field(2.0, ge=0, le=50, description="terraces on the carriageway (terraces per 100 m)")
    guests_per_terrace: float = Field(
        6.0, ge=0, le=100, description="guests who sit at one at once (people); an assumption of yours"
    )

    def place(self, network: StreetNetwork, segments: Array) -> Placement:
        """Entrances that are closed to cars: junctions at which such a street meets another way."""
        with_cars = [STREET_CLASSES.index(one) for one in _WITH_CARS]
        there = segments[np.isin(network.streets.street_class[segments], with_cars)]
        if not there.size:
            raise InputError("found no street for cars among the chosen ways, expected one; choose other words")
        return self.placed(network, there, float(ends_of(network, there)), "entrances")

    def change(self, conditions: Conditions, placement: Placement, draw: Draw) -> Conditions:
        """Terraces are open fronts in part, and their guests are people around, exposed themselves."""
        network, where, on = draw.network, placement.segments, self.on(draw)
        if not on.any():
            return conditions
        fronts = self.terraces_per_100m * draw.parameters.terrace_frontage * on_streets(on, where, network)
        changed = treated(with_venues(conditions, draw.parameters, fronts), where)
        guests = self.terraces_per_100m * length_of(network, where) / 100.0 * self.guests_per_terrace
        if not guests:
            return changed
        stays = spread_stays(network, where, guests, on, (STAYS.index("participant"), self.name))
        return gathered(changed, Gathering(stays, from_age=16))

    @property
    def evaluated(self) -> bool:
        """No evaluation of incidents to people was found of streets that are closed to cars by the hour."""
        return False

    def channels(self) -> tuple[str, ...]:
        """Through what a street without cars reaches the model."""
        return (
            "open frontage by hour, each terrace in part, and through it feeling safe after dark, routes and trips",
            "guests who are there: people around, and exposed themselves; how they come and go is not modelled",
            "cars are not simulated on streets: crossing, noise, accidents, parking and where cars go are not modelled",
        )

    def evidence(self) -> tuple[str, ...]:
        """Parameters that the effect and cost of a street without cars rest on."""
        return ("open_frontage", "frontage_venues_100m", "terrace_frontage", *self.cost_evidence())
