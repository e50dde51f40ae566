"""Visits by night: how long customers stay at which kind of venue, and how long is worked, from 20:00 to 06:00.

A visit lasts from the end of a trip that is made until the next trip of the tour sets out from there. Shops, leisure
and nightlife count visits that are not for work; work counts wherever it is done. A closing hour sends customers home
or elsewhere and shows here; it takes no shift from anybody: where people work is not changed by measures. Visits whose
way in or out leads along no street of the district (next door, or from outside) are not known.
"""

from typing import Any

import numpy as np

from simulator.agenda.plans import TRIP_PURPOSES
from simulator.city.network import PLACE_KINDS
from simulator.foundation.categories import VENUES, ZONES
from simulator.foundation.clock import DAY_MS, HOUR_MS, HOURS
from simulator.setting import GROUPS
from simulator.simulation import Simulation
from simulator.travel.chosen import DayChoices

Array = np.ndarray[Any, Any]
NIGHT = (*range(4, 6), *range(20, 30))
"""Hours of a day that begins at 04:00 which are from 20:00 to 06:00: its first two, and its evening and night."""
SPENT = tuple(f"night_{venue}_s" for venue in (*VENUES, "work"))
"""Columns of the summary."""
_KINDS_OF = {"nightlife": ("nightlife",), "leisure": ("leisure", "culture"), "shop": ("shop",)}
_OTHER = -1


def visits_of(chosen: DayChoices) -> tuple[Array, Array, Array]:
    """Rows of the trips that begin a visit, and its beginning and end (int64 ms since midnight before the day)."""
    trips = chosen.trips
    order = np.lexsort((trips.leg, trips.tour))
    here, onward = order[:-1], order[1:]
    visited = (trips.tour[here] == trips.tour[onward]) & chosen.made[here] & chosen.made[onward]
    visited &= trips.destination[here] == trips.origin[onward]
    here, onward = here[visited], onward[visited]
    begins = chosen.depart_ms[here] + chosen.taken_ms[here]
    next_day = trips.from_previous_day[onward] & ~trips.from_previous_day[here]
    ends = chosen.depart_ms[onward] + DAY_MS * next_day
    return here, begins, np.maximum(ends, begins)


def visited_ms(arm: Simulation) -> Array:
    """Time of visits by night (int64 (24, groups, Z, SPENT), ms in the run's unit), by the zone of the place."""
    assert arm.chosen is not None
    trips, places = arm.chosen.trips, arm.setting.network.places
    rows, begins, ends = visits_of(arm.chosen)
    venue = _venue_of(trips.purpose[rows], places.kind[trips.destination[rows]])
    known = venue != _OTHER
    rows, begins, ends, venue = rows[known], begins[known], ends[known], venue[known]
    walkers, person = arm.setting.walkers, trips.person[rows]
    zone = arm.streets[0].zone[places.segment[trips.destination[rows]]]
    sums = np.zeros((HOURS, GROUPS, len(ZONES), len(SPENT)), np.int64)
    for hour in NIGHT:
        within = np.maximum(np.minimum(ends, (hour + 1) * HOUR_MS) - np.maximum(begins, hour * HOUR_MS), 0)
        np.add.at(sums[hour % HOURS], (walkers.cell[person], zone, venue), walkers.weight[person] * within)
    return sums


def _venue_of(purpose: Array, kind: Array) -> Array:
    """Column of `SPENT` that each visit counts in, `_OTHER` for none."""
    venue = np.full(kind.size, _OTHER)
    for at, name in enumerate(VENUES):
        venue[np.isin(kind, [PLACE_KINDS.index(word) for word in _KINDS_OF[name]])] = at
    venue[purpose == TRIP_PURPOSES.index("work")] = len(VENUES)
    return venue
