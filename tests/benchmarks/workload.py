"""What every tool is asked to do: the same walks between random places, on the same streets, at the same paces.

Places are drawn evenly, origin and destination at different junctions; departures are spread evenly over two hours of
the evening. Each walk has a walker of its own, with a comfortable speed drawn as the simulator draws it.
"""

import dataclasses
from typing import Any

import numpy as np

from simulator.agenda.plans import Trips
from simulator.city.network import PLACE_KINDS, Places, StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.evidence.parameters import draw_parameters
from simulator.foundation import draws
from simulator.foundation.clock import DAY_END_MS, HOUR_MS, HOURS
from simulator.kernels.walking import fear_table
from simulator.setting import Setting
from simulator.simulation import Simulation
from simulator.travel import routes
from simulator.travel.day_walk import DayWalk
from simulator.travel.itineraries import Itineraries

Array = np.ndarray[Any, Any]
SEED = 1
FROM_HOUR, HOURS_OF_DEPARTURE = 20, 2


@dataclasses.dataclass(frozen=True)
class Walks:
    """Walks to make, in order of departure.

    Parameters
    ----------
    walk_m
        Length of every segment as it is walked (steps take longer).
    origin, destination
        Rows of places.
    depart_ms, speed_m_s
        Departure since midnight, and walking speed.
    """

    network: StreetNetwork
    walk_m: Array
    origin: Array
    destination: Array
    depart_ms: Array
    speed_m_s: Array

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def from_junction(self) -> Array:
        return self.network.places.junction[self.origin]

    @property
    def to_junction(self) -> Array:
        return self.network.places.junction[self.destination]

    def sample(self, every: int) -> "Walks":
        """Every so many-th walk, spread over the same two hours."""
        own = ("origin", "destination", "depart_ms", "speed_m_s")
        return dataclasses.replace(self, **{name: getattr(self, name)[::every] for name in own})

    def trips(self) -> Trips:
        """The walks as the simulator's trips: person t makes trip t."""
        row = np.arange(len(self))
        return Trips(
            tour=row,
            person=row,
            leg=np.zeros(len(self)),
            origin=self.origin,
            destination=self.destination,
            depart_ms=self.depart_ms,
            from_previous_day=np.zeros(len(self), bool),
            purpose=np.zeros(len(self)),
            outside_m=np.zeros(len(self)),
            with_child=np.zeros(len(self), bool),
            with_adult=np.zeros(len(self), bool),
        )

    def metres(self, routed: routes.Routed) -> Array:
        """Length of each route as it is walked."""
        along = np.concatenate([[0.0], np.cumsum(self.walk_m[routed.route])])
        return along[routed.start[1:]] - along[routed.start[:-1]]


def draw_walks(
    network: StreetNetwork, walk_m: Array, speed_m_s: Array, *, reach_m: tuple[float, float] | None = None
) -> Walks:
    """As many walks as there are speeds.

    Parameters
    ----------
    reach_m
        Only walks whose ends are this far apart as the crow flies.
    """
    count, places = len(speed_m_s), network.places
    parts: list[tuple[Array, Array]] = []
    have = block = 0
    while have < count:
        row = np.arange(20 * count) + 20 * count * block
        variate = [draws.uniform(SEED, f"benchmark {end}", row) for end in ("origin", "destination")]
        ends = [np.floor(each * len(places)).astype(np.int64) for each in variate]
        keep = places.junction[ends[0]] != places.junction[ends[1]]
        if reach_m is not None:
            away = np.hypot(*(column[ends[0]] - column[ends[1]] for column in (places.x_m, places.y_m)))
            keep &= (away >= reach_m[0]) & (away < reach_m[1])
        parts.append((ends[0][keep], ends[1][keep]))
        have += int(keep.sum())
        block += 1
    origin, destination = (np.concatenate([part[end] for part in parts])[:count] for end in (0, 1))
    spread = draws.uniform(SEED, "benchmark departure", np.arange(count)) * HOURS_OF_DEPARTURE
    depart_ms = np.sort(((FROM_HOUR + spread) * HOUR_MS).astype(np.int64))
    return Walks(network, walk_m, origin, destination, depart_ms, speed_m_s)


def with_drawn_places(network: StreetNetwork, count: int = 2000) -> StreetNetwork:
    """The streets with places drawn evenly over the junctions of the main network, between which there is a way."""
    key = np.arange(count)
    main = np.flatnonzero(network.islands == 0)
    junction = main[np.floor(draws.uniform(SEED, "benchmark place", key) * main.size).astype(np.int64)].astype(np.int32)
    segment_of = np.zeros(len(network.junctions), np.int32)
    segment_of[network.streets.to_junction] = np.arange(len(network.streets))
    segment_of[network.streets.from_junction] = np.arange(len(network.streets))
    kinds = np.array([PLACE_KINDS.index("home")] * 5 + list(range(len(PLACE_KINDS))))  # a third homes, all kinds there
    places = Places(
        place_id=1 + key,
        kind=kinds[key % len(kinds)],
        x_m=network.junctions.x_m[junction],
        y_m=network.junctions.y_m[junction],
        junction=junction,
        segment=segment_of[junction],
        size=np.full(count, 10.0),
        opens_h=np.zeros(count),
        closes_h=np.full(count, 24.0),
        hours_index=np.full(count, -1),
    )
    return dataclasses.replace(network, places=places)


@dataclasses.dataclass(frozen=True)
class Ready:
    """People who know their streets after a few days, what they remember of them, and a walk for each to make."""

    simulation: Simulation
    walks: Walks
    fear: Array  # float32 (24, classes, S)

    @property
    def setting(self) -> Setting:
        return self.simulation.setting

    def route(self, *, personal: bool, threads: int) -> routes.Routed:
        """Routes by each walker's own willingness to detour around what feels unsafe, or by length alone."""
        group, willing = self.setting.who
        who = (group, willing if personal else np.zeros_like(willing))
        return routes.route(self.setting.graph, self.fear, self.walks.network, self.walks.trips(), who, threads)

    def move(self, routed: routes.Routed, *, threads: int, step_ms: int = HOUR_MS) -> DayWalk:
        """Walk the routes to their ends, with everything that walkers meet."""
        setting = dataclasses.replace(self.setting, threads=threads)
        arm = Simulation(setting, self.simulation.conditions)
        arm.streets = self.simulation.streets
        arm.walk = walk = arm.walk_of(Itineraries.walks(np.arange(len(self.walks)), self.walks.depart_ms, routed))
        walk.now_ms = FROM_HOUR * HOUR_MS
        while walk.now_ms < DAY_END_MS and (walk.walks.step < np.diff(walk.walks.route_start)).any():
            arm.advance(walk.now_ms + step_ms)
        return walk


def make_ready(network: StreetNetwork, count: int, *, settle_days: int = 2, threads: int = 1) -> Ready:
    """As many people as walks are wanted, some days of life, and the walks."""
    parameters = draw_parameters(SEED, -1)
    simulation = Simulation.baseline(
        network, parameters, agents=count, date=darkest_working_day(network.latitude), threads=threads
    )
    simulation.settle(settle_days)
    simulation.begin_day()
    setting = simulation.setting
    fear = np.empty((HOURS, len(setting.class_parts), len(network.streets)), np.float32)
    for hour in range(HOURS):
        fear_table(simulation.streets[hour], setting.class_parts, fear[hour])
    return Ready(simulation, draw_walks(network, setting.graph.walk_m, setting.people.speed_m_s), fear)
