"""Measures: one file each in the folder of its family, and one line here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Field

from simulator.interventions.base import Amount, Area, Idle, Measure, Placement
from simulator.interventions.community.company import WalkingGroup
from simulator.interventions.community.patrol import Patrol
from simulator.interventions.community.watch import Watch
from simulator.interventions.lighting.adaptive import AdaptiveLamps
from simulator.interventions.lighting.lamp_hours import LampHours
from simulator.interventions.lighting.lamp_repair import LampRepair
from simulator.interventions.lighting.new_lamps import Lighting
from simulator.interventions.night.charter import Charter
from simulator.interventions.night.hosts import Hosts
from simulator.interventions.night.night_mayor import NightMayor
from simulator.interventions.night.reporting import Reporting
from simulator.interventions.night.venue_hours import VenueHours
from simulator.interventions.programmes.gathering import Programme
from simulator.interventions.public_space.care_block import CareBlock
from simulator.interventions.public_space.closure import Closure
from simulator.interventions.public_space.frontage import Frontage, Market
from simulator.interventions.public_space.links import NewLinks
from simulator.interventions.public_space.pedestrian_street import PedestrianStreet
from simulator.interventions.public_space.renewal import Renewal
from simulator.interventions.public_space.screening import Screening
from simulator.interventions.public_space.seating import Seating
from simulator.interventions.public_space.toilets import Toilets
from simulator.interventions.shocks.blackout import Blackout
from simulator.interventions.shocks.crowds import Arrivals, Event
from simulator.interventions.shocks.curfew import Curfew
from simulator.interventions.shocks.flood import Flood
from simulator.interventions.transit.carriage import Carriage
from simulator.interventions.transit.headways import Transit
from simulator.interventions.transit.night_line import NightLine
from simulator.interventions.transit.request_stop import RequestStop
from simulator.interventions.transit.ride_home import RideHome
from simulator.interventions.transit.stop_care import StopCare
from simulator.interventions.transit.stop_moved import StopMoved
from simulator.interventions.transit.taxi_rank import TaxiRank

MEASURES: dict[str, type[Measure]] = {
    "lighting": Lighting,
    "lamp_hours": LampHours,
    "adaptive_lamps": AdaptiveLamps,
    "lamp_repair": LampRepair,
    "transit": Transit,
    "night_line": NightLine,
    "request_stop": RequestStop,
    "stop_care": StopCare,
    "stop_moved": StopMoved,
    "carriage": Carriage,
    "ride_home": RideHome,
    "taxi_rank": TaxiRank,
    "hosts": Hosts,
    "venue_hours": VenueHours,
    "charter": Charter,
    "night_mayor": NightMayor,
    "reporting": Reporting,
    "closure": Closure,
    "frontage": Frontage,
    "market": Market,
    "pedestrian_street": PedestrianStreet,
    "renewal": Renewal,
    "seating": Seating,
    "screening": Screening,
    "new_links": NewLinks,
    "care_block": CareBlock,
    "toilets": Toilets,
    "programme": Programme,
    "watch": Watch,
    "patrol": Patrol,
    "walking_group": WalkingGroup,
    "blackout": Blackout,
    "flood": Flood,
    "curfew": Curfew,
    "arrivals": Arrivals,
    "event": Event,
}
"""Every kind of measure by the word that stands behind `kind` in a scenario."""


def any_of(measures: Mapping[str, type[Measure]]) -> Any:
    """The type of a measure in a scenario file: a union over some kinds, told apart by `kind`."""
    kinds = tuple(measures.values())
    return kinds[0] if len(kinds) == 1 else Annotated[Union[kinds], Field(discriminator="kind")]  # noqa: UP007


if TYPE_CHECKING:
    AnyMeasure = Measure
else:
    AnyMeasure = Annotated[any_of(MEASURES), Field(description="a measure; `kind` says which")]

__all__ = [
    "MEASURES",
    "Amount",
    "AnyMeasure",
    "Area",
    "Idle",
    "Lighting",
    "Measure",
    "NightMayor",
    "Placement",
    "Transit",
    "any_of",
]
