"""What was chosen on one day: modes, times, company and ways of every wished trip."""

import dataclasses
from typing import Any

import numpy as np

from simulator.agenda.plans import Tours, Trips
from simulator.kernels.costs import WALK
from simulator.travel.itineraries import Itineraries
from simulator.travel.routes import Routed
from simulator.travel.second_look import Anew
from simulator.travel.vehicles import InVehicle

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class ChosenTours:
    """What was wished, by which way, and how likely each tour is made."""

    tours: Tours
    trips: Trips
    routed: Routed
    probability_made: Array
    made: Array
    mode: Array
    outcome: Array


@dataclasses.dataclass(frozen=True)
class DayChoices(ChosenTours):
    """What was wished and chosen on one day.

    Parameters
    ----------
    routed
        The way on foot of each trip, empty where that is out of reach (by the wished hour, whatever is chosen).
    probability_made
        P(a tour is made by whatever mode) (N,).
    made, mode, outcome, why, variant
        Of each trip: whether it is made, by which of `results.MODES`, its primary outcome, bits of `outcomes.REASONS`,
        and how (`modes.SHIFTS_MS`).
    mode_without_fear
        By which mode each trip would be made at noon's departures, without fear or steps in the way, -1 for none.
    depart_ms, taken_ms, rows
        When each trip sets out, how long it takes from door to door (0 if not made), and the walks and waits of those
        made.
    waits_ms
        Standing at a stop of each trip made.
    aboard
        Rides of the trips made by public transport.
    anew
        How much of it was not taken over from another arm.
    """

    why: Array
    mode_without_fear: Array
    depart_ms: Array
    taken_ms: Array
    rows: Itineraries
    waits_ms: Array
    aboard: InVehicle
    anew: Anew

    def itineraries(self) -> Itineraries:
        """Walks and waits of the trips that are made."""
        return self.rows

    @property
    def walked(self) -> Array:
        """Trips that are made on foot all the way (bool)."""
        return np.asarray(self.made & (self.mode == WALK))
