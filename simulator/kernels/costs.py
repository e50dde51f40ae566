"""What a tour costs by mode: minutes, and minutes on foot or at a stop that would feel unsafe, alone and in company.

Lengths outside the district are known only as metres; what they feel like is taken to be as inside.
Axis letters: N tours, T trips, M modes, V variants, S segments, R routes.
"""

from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.policy import part_of_kernel
from simulator.kernels.riding import HOURS, MODES, City, Departures, Ride, best_ride, meet_ends

Array = np.ndarray[Any, Any]
WALK, BICYCLE, DRIVER, PASSENGER, TRANSIT, TAXI = range(MODES)
HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
ALONE_OUT, ALONE_HOME, ALONE, TOGETHER = range(4)
"""Rows of the sums of a tour: the way out, the way home, both, and both in company."""
MINUTES, UNSAFE = 0, 1
VARIANTS = 6 + MODES
"""Ways of making a tour by one mode, see `kernels.choosing`."""


TOUR = np.dtype(
    [
        ("person", "i8"),
        ("first", "i8"),  # its trips are the rows first to end - 1
        ("end", "i8"),
        ("has_back", "?"),
        ("driver", "?"),  # somebody would drive
        ("companion", "?"),  # somebody would come along
        ("slowed", "f8"),  # factor on the own pace with that companion
        ("variate", "f8", (MODES + 1,)),  # Gumbel noise of each mode and of not going
        ("may_move", "i1", (VARIANTS,)),  # whether it may be taken at the time of a variant
    ],
    align=True,
)
"""Wished tours: what is the same in every arm."""
WAYS = np.dtype(
    [
        ("way", "i8"),  # route of the way itself, 0 for none
        ("to_stop", "i8"),
        ("from_stop", "i8"),
        ("over_steps", "i8"),  # the way itself if steps were taken
        ("barred", "?"),  # steps on the way for somebody who takes none
        ("inside", "?"),  # sets out from behind a closed gate, which one may leave by
        ("stop", "i8"),  # stops between which the ways lead
        ("last_stop", "i8"),
    ],
    align=True,
)
"""Ways on foot of trips as they were looked up, by rows of the table of trips."""


class OnFoot(NamedTuple):
    """Routes, and whose they are."""

    walk_m: Array  # float64 (S,)
    start: Array  # int64 (R + 1,); the first route is that of nobody
    route: Array  # int32
    ways: Array  # WAYS (T,)
    closed: Array  # bool (H, S): nobody may walk there; of no rows where all is open


class World(NamedTuple):
    """What a tour is evaluated with."""

    departures: Departures
    afraid: bool
    takes_steps: bool  # as if everybody did


class Cost(NamedTuple):
    """Minutes of a trip on foot and by public transport, and those that would feel unsafe, alone and in company."""

    walk: float
    walk_together: float
    transit: float
    transit_together: float
    walk_unsafe: float
    walk_unsafe_together: float
    transit_unsafe: float
    transit_unsafe_together: float


@part_of_kernel
def in_company(unsafe: float, odds: float) -> float:
    """P(feel unsafe) where the odds of feeling safe are so many times what they were."""
    return unsafe / (unsafe + (1.0 - unsafe) * odds)


@part_of_kernel
def _along(city: City, foot: OnFoot, way: int, who: tuple[int, int], company: float) -> tuple[float, float]:
    """Metres of a way that would feel unsafe to a person at a moment (ms), alone and in company."""
    person, moment_ms = who
    afraid = city.fear[moment_ms // HOUR_MS % HOURS, city.people[person]["group"]]
    alone, together = 0.0, 0.0
    for at in range(foot.start[way], foot.start[way + 1]):
        segment = foot.route[at]
        unsafe = np.float64(afraid[segment])
        alone += unsafe * foot.walk_m[segment]
        together += in_company(unsafe, company) * foot.walk_m[segment]
    return alone, together


@part_of_kernel
def _shut(foot: OnFoot, way: int, moment_ms: int) -> bool:
    """Whether a way leads along a street that is closed at a moment (ms)."""
    hour = moment_ms // HOUR_MS % HOURS
    shut = False
    for at in range(foot.start[way], foot.start[way + 1]):
        shut = shut or foot.closed[hour, foot.route[at]]
    return shut


@part_of_kernel
def _cut_off(foot: OnFoot, known: Any, ride: Ride, depart_ms: int) -> bool:
    """Whether a gate is closed on the way to the stop or from the last one, as far as these ways were looked up."""
    if not len(foot.closed) or not ride.minutes < np.inf:
        return False
    if ride.stop != known["stop"] or ride.last_stop != known["last_stop"]:
        return False
    before = (ride.access_min + ride.put_off_min + ride.wait_min + ride.ride_min) * _MINUTE_MS
    to_stop = not known["inside"] and _shut(foot, known["to_stop"], depart_ms)
    return to_stop or _shut(foot, known["from_stop"], depart_ms + np.int64(before))


@part_of_kernel
def _length(foot: OnFoot, way: int) -> float:
    metres = 0.0
    for at in range(foot.start[way], foot.start[way + 1]):
        metres += foot.walk_m[foot.route[at]]
    return metres


@part_of_kernel
def _unsafe_ride(city: City, foot: OnFoot, ride: Ride, at: int, depart_ms: int, company: float) -> tuple[float, float]:
    """Minutes on foot of a ride that would feel unsafe, alone and in company, and at the stop alone.

    Along the ways that were looked up; where other stops are taken, as at their ends.
    """
    trip = city.trips[at]
    known, person = foot.ways[trip["row"]], trip["person"]
    if (
        ride.stop == known["stop"]
        and ride.last_stop == known["last_stop"]
        and known["to_stop"] + known["from_stop"] > 0
    ):
        per_m = 1.0 / (city.people[person]["speed_m_s"] * 60.0)
        before = (ride.access_min + ride.put_off_min + ride.wait_min + ride.ride_min) * _MINUTE_MS
        there = _along(city, foot, known["to_stop"], (person, depart_ms), company)
        back = _along(city, foot, known["from_stop"], (person, depart_ms + np.int64(before)), company)
        return (there[0] + back[0]) * per_m, (there[1] + back[1]) * per_m
    walked = ride.access_min + ride.egress_min
    share = max(ride.unsafe_min - ride.wait_min * ride.unsafe_at_stop, 0.0) / walked if walked > 0.0 else 0.0
    share = min(share, 1.0)
    return walked * share, walked * in_company(share, company)


@part_of_kernel
def _cost(city: City, foot: OnFoot, world: World, company: float, at: int, tour: tuple[float, int], ride: Ride) -> Cost:
    """What a trip costs; `tour` is how much a companion slows down, and the departure (ms)."""
    slowed, depart_ms = tour
    trip = city.trips[at]
    person, known = trip["person"], foot.ways[trip["row"]]
    per_m = 1.0 / (city.people[person]["speed_m_s"] * 60.0)
    way = known["over_steps"] if world.takes_steps else known["way"]
    way_m, beyond_m = _length(foot, way), trip["outside_m"]
    walk = city.rates.walk_weight * (way_m + beyond_m) * per_m
    if way == 0 or (known["barred"] and not world.takes_steps):
        walk = np.inf
    transit = np.inf if _cut_off(foot, known, ride, depart_ms) else ride.minutes
    longer = city.rates.walk_weight * (slowed - 1.0) * (ride.access_min + ride.egress_min)
    if not world.afraid:
        return Cost(walk, walk * slowed, transit, transit + longer, 0.0, 0.0, 0.0, 0.0)
    felt = _along(city, foot, way, (person, depart_ms), company)
    stretch = (way_m + beyond_m) / way_m * per_m if way_m > 0.0 else per_m
    unsafe = _unsafe_ride(city, foot, ride, at, depart_ms, company)
    standing = ride.wait_min * ride.unsafe_at_stop
    together = ride.wait_min * in_company(ride.unsafe_at_stop, company)
    return Cost(
        walk,
        walk * slowed,
        transit,
        transit + longer,
        felt[0] * stretch,
        felt[1] * stretch * slowed,
        standing + unsafe[0],
        together + slowed * unsafe[1],
    )


@part_of_kernel
def _add(sums: Array, part: int, trip_cost: tuple[float, float, float, float]) -> None:
    walk, walk_unsafe, transit, transit_unsafe = trip_cost
    sums[part, MINUTES, WALK] += walk
    sums[part, UNSAFE, WALK] += walk_unsafe
    sums[part, MINUTES, TRANSIT] += transit
    sums[part, UNSAFE, TRANSIT] += transit_unsafe


@part_of_kernel
def sum_up(
    city: City, foot: OnFoot, world: World, company: float, tour: Any, by_ms: int, ends: Array, sums: Array
) -> bool:
    """Add up what the trips of a tour cost by mode, put off by some time; whether each of them can be ridden.

    Parameters
    ----------
    ends
        The stops of each trip (ENDS).
    sums
        float64 (4, 2, M), written: the way out, the way home and both alone, and both in company; minutes, and those
        that would feel unsafe.
    """
    for part in range(sums.shape[0]):
        for mode in range(MODES):
            sums[part, MINUTES, mode], sums[part, UNSAFE, mode] = 0.0, 0.0
    served = True
    for at in range(tour["first"], tour["end"]):
        trip = city.trips[at]
        depart_ms = trip["depart_ms"] + by_ms
        ride = best_ride(city, world.departures, ends[at - tour["first"]], at, depart_ms, world.afraid)
        served = served and ride.minutes < np.inf
        cost = _cost(city, foot, world, company, at, (tour["slowed"], depart_ms), ride)
        alone = cost.walk, cost.walk_unsafe, cost.transit, cost.transit_unsafe
        own = ALONE_HOME if trip["back"] else ALONE_OUT
        _add(sums, own, alone)
        _add(sums, ALONE, alone)
        together = cost.walk_together, cost.walk_unsafe_together, cost.transit_together, cost.transit_unsafe_together
        _add(sums, TOGETHER, together)
        for mode in range(MODES):
            if mode not in (WALK, TRANSIT):
                sums[own, MINUTES, mode] += trip["fixed"][mode]
    return served


@part_of_kernel
def meet_all_ends(city: City, tour: Any, level: bool, ends: Array) -> None:
    """Look up the stops of each trip of a tour (`riding.meet_ends`)."""
    for at in range(tour["first"], tour["end"]):
        meet_ends(city, at, level, ends, at - tour["first"])
