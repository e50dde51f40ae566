"""What residents have within reach of home on foot: stops, open spaces, places open by night, and what feels safe.

Distances are along streets, without steps for wheelchair users and without streets that are closed at that hour; what
is reached in 15 minutes depends on how fast each person walks. Who lives in the core is told; what lies in the ring
counts as reached, what lies beyond the map is not known.

The rules of the Sustainable Development Goals are definitions, not parameters: a stop within 500 m, 1 km for those of
high capacity (metadata of indicator 11.2.1, UN-Habitat), an open space within 400 m (metadata of 11.7.1, UN-Habitat).
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.accounting.groupings import home_neighbourhood
from simulator.accounting.rows import WORDS, Columns, keys_of
from simulator.accounting.year import met_within_a_year
from simulator.city.neighbourhoods import neighbourhoods_of
from simulator.city.transit import DAY_KINDS, LAST_HOUR, STOP_KINDS, day_kind_of, service_hour
from simulator.foundation.categories import GENDERS, ZONES
from simulator.kernels.reaching import metres_to_nearest
from simulator.kernels.walking import fear_table
from simulator.safety.survey import ASKED_AGE, ASKED_HOUR
from simulator.simulation import Simulation

Array = np.ndarray[Any, Any]
STOP_M, RAIL_M, OPEN_SPACE_M = 500.0, 1000.0, 400.0
RAIL = ("train", "metro", "ferry")
"""Stops of high capacity; taxis are no public transport."""
WALK_S = 15 * 60.0
"""Fifteen minutes, as in the plans of cities that want everything within a quarter of an hour on foot."""
LATE_FROM = 22
"""Hour of service from which on a stop is served late."""
NIGHT_HOUR, NOON = 2, 12
VENUE_KINDS = ("care", "shop", "leisure", "culture", "nightlife", "health")
"""Kinds of place that may be open at 02:00: not homes, jobs, schools and toilets."""
REACHED_KINDS = ("care", "shop", "leisure", "culture", "nightlife", "worship", "health", "open_space", "stop")
"""Kinds of place of which it is counted how many are within reach."""
SAFE_FROM = 0.5
"""P(feel safe) from which on a street counts as felt safe: likelier than not."""
ALIKE = 0.5
"""Step (log-odds) to which own parts are rounded, so that many people are looked at together: six points at most."""


@dataclasses.dataclass(frozen=True)
class Homes:
    """Residents of the core and the streets that they walk on.

    Parameters
    ----------
    arm
        The arm, after a lived day.
    rows
        Rows of the residents.
    """

    arm: Simulation
    rows: Array

    @classmethod
    def of(cls, arm: Simulation) -> "Homes":
        """All who live on a street of the core."""
        people, network = arm.setting.people, arm.setting.network
        inside = network.streets.in_core[network.places.segment[people.home]]
        return cls(arm, np.flatnonzero(people.resident & inside))

    def within(self, sources: list[Array], metres: Array, lengths: Array, barred: Array) -> Array:
        """Whether each has one of some junctions within so many metres (bool (sources, residents)).

        Parameters
        ----------
        sources
            Junctions; some may be none.
        metres
            How far each resident goes (float64 (residents,)).
        lengths, barred
            What each street counts (m), and whether nobody goes there (bool (S,)).
        """
        setting = self.arm.setting
        home = setting.network.places.junction[setting.people.home[self.rows]]
        found = np.zeros((len(sources), self.rows.size), bool)
        start = np.cumsum([0, *(one.size for one in sources)]).astype(np.int64)
        price_m, every = np.where(barred, np.inf, lengths), np.concatenate(sources).astype(np.int64)
        steps_bar = setting.journeys.steps_bar[self.rows]
        for level, graph in enumerate((setting.graph, setting.step_free)):
            mine = np.flatnonzero(steps_bar == bool(level))
            if mine.size:
                away = metres_to_nearest(graph.every, price_m, start, every, float(metres[mine].max()))
                found[:, mine] = away[:, home[mine]] <= metres[mine]
        return found

    def closed(self, hour: int) -> Array:
        """Streets that nobody may walk along at an hour (bool (S,))."""
        closed = self.arm.conditions.closed
        return np.zeros(len(self.arm.setting.network.streets), bool) if closed is None else closed[hour]

    @property
    def reach_m(self) -> Array:
        """Metres that each walks in `WALK_S`, steps and crossings counted by the time that they take."""
        return np.asarray(self.arm.setting.people.speed_m_s[self.rows] * WALK_S)

    def junctions(self, kind: str, hour: int) -> Array:
        """Junctions of the places of a kind open at an hour; of stops those that are served, where that is known."""
        network, conditions = self.arm.setting.network, self.arm.conditions
        if kind == "stop" and len(conditions.supply.headways):
            return np.asarray(conditions.supply.stops.junction[self.served(hour, hour + 1)])
        rows = network.places_of(kind)
        return np.asarray(network.places.junction[rows[conditions.open_at[hour, rows]]])

    def served(self, since: int, until: int) -> Array:
        """Stops of public transport (bool) with departures in some hours (of the clock, past 24 by night)."""
        supply, kind = self.arm.conditions.supply, day_kind_of(self.arm.setting.date)
        hours = [service_hour(hour) for hour in range(since, until)]
        rows = (supply.headways.day_kind == DAY_KINDS.index(kind)) & np.isin(supply.headways.service_hour, hours)
        found = np.zeros(len(supply.stops), bool)
        found[supply.headways.stop[rows & (supply.headways.departures > 0)]] = True
        return found & _public(supply.stops.kind)


def _public(kind: Array) -> Array:
    return np.asarray(kind != STOP_KINDS.index("taxi"))


def stops_near(homes: Homes) -> Columns:
    """Who has a stop near by the rule of SDG 11.2.1, any and one served late, and one served at 02:00."""
    supply, lengths = homes.arm.conditions.supply, homes.arm.setting.network.streets.length_m
    everybody = np.ones(homes.rows.size)
    has_stops, has_departures = _public(supply.stops.kind).any(), len(supply.headways) > 0
    found = {"home_stop_known": everybody * has_stops, "home_late_known": everybody * has_departures}
    rail = np.isin(supply.stops.kind, [STOP_KINDS.index(word) for word in RAIL])
    near = {}
    for name, some, hour in (
        ("home_stop", _public(supply.stops.kind), NOON),
        ("home_stop_late", homes.served(LATE_FROM, LAST_HOUR + 1), LATE_FROM),
    ):
        by_rule = ((some & ~rail, STOP_M), (some & rail, RAIL_M))
        parts = [
            homes.within([supply.stops.junction[which]], everybody * far, lengths, homes.closed(hour))[0]
            for which, far in by_rule
        ]
        near[name] = parts[0] | parts[1]
    at_night = [supply.stops.junction[homes.served(NIGHT_HOUR, NIGHT_HOUR + 1)]]
    walk_m = homes.arm.setting.graph.walk_m
    near["home_transit_at_02"] = homes.within(at_night, homes.reach_m, walk_m, homes.closed(NIGHT_HOUR))[0]
    return found | {name: one.astype(float) for name, one in near.items()}


def spaces_and_venues_near(homes: Homes) -> Columns:
    """Who has an open space near by the rule of SDG 11.7.1, by day and after dark, and a place open at 02:00."""
    network, everybody = homes.arm.setting.network, np.ones(homes.rows.size)
    known = {
        "home_space_known": everybody * (network.places_of("open_space").size > 0),
        "home_venue_known": everybody * any(network.places_of(kind).size for kind in VENUE_KINDS),
    }
    near = {}
    for name, hour in (("home_space", NOON), ("home_space_dark", ASKED_HOUR)):
        sources = [homes.junctions("open_space", hour)]
        near[name] = homes.within(sources, everybody * OPEN_SPACE_M, network.streets.length_m, homes.closed(hour))[0]
    sources = [np.concatenate([homes.junctions(kind, NIGHT_HOUR) for kind in VENUE_KINDS])]
    walk_m = homes.arm.setting.graph.walk_m
    near["home_open_at_02"] = homes.within(sources, homes.reach_m, walk_m, homes.closed(NIGHT_HOUR))[0]
    return known | {name: one.astype(float) for name, one in near.items()}


def kinds_within_reach(homes: Homes) -> Columns:
    """How many kinds of place open after dark are within 15 minutes, by any street and by streets that feel safe."""
    arm = homes.arm
    asked = arm.setting.people.age[homes.rows] >= ASKED_AGE
    sources = [homes.junctions(kind, ASKED_HOUR) for kind in REACHED_KINDS]
    walk_m, closed = arm.setting.graph.walk_m, homes.closed(ASKED_HOUR)
    kinds = homes.within(sources, homes.reach_m, walk_m, closed).sum(axis=0)
    safe = np.zeros(homes.rows.size)
    for mine, unsafe in _where_it_feels_unsafe(homes):
        some = dataclasses.replace(homes, rows=homes.rows[mine])
        safe[mine] = some.within(sources, some.reach_m, walk_m, closed | unsafe).sum(axis=0)
    return {"home_asked": asked.astype(float), "home_kinds": kinds * asked, "home_kinds_safe": safe * asked}


def _where_it_feels_unsafe(homes: Homes) -> Iterator[tuple[Array, Array]]:
    """Residents (rows of `homes`) who are alike, and the streets (bool (S,)) that more likely than not feel unsafe.

    Alike are people of one gender whose own parts of the score round to the same multiple of `ALIKE`.
    """
    setting = homes.arm.setting
    own, gender = setting.walkers.own[homes.rows], setting.people.gender[homes.rows]
    step = np.rint(own / ALIKE)
    kinds, which = np.unique(np.column_stack([gender, step]), axis=0, return_inverse=True)
    parts = np.column_stack([kinds[:, 0], kinds[:, 1] * ALIKE])
    fear = np.empty((len(parts), len(setting.network.streets)), np.float32)
    fear_table(homes.arm.streets_if_dark(ASKED_HOUR), parts, fear)
    for row, unsafe in enumerate(fear > 1.0 - SAFE_FROM):
        yield np.flatnonzero(which.ravel() == row), unsafe


def living_rows(arm: Simulation, ridden_ms: Array) -> list[Columns]:
    """Rows of the summary for residents of the core, by each attribute and by neighbourhood; at the hour of the survey.

    Parameters
    ----------
    ridden_ms
        Time that everybody rides, by hour, group and zone (24, groups, Z).
    """
    homes = Homes.of(arm)
    values = {"home_residents": np.ones(homes.rows.size)}
    values |= stops_near(homes) | spaces_and_venues_near(homes) | kinds_within_reach(homes)
    met, people, there = met_within_a_year(arm, ridden_ms), arm.setting.people, neighbourhoods_of(arm.setting.network)
    parts = [_rows(homes, values, by, getattr(people, by)[homes.rows], len(words)) for by, words in WORDS.items()]
    cell = (parts[0]["gender"], parts[0]["age_band"])
    parts[0] |= {name: value[cell] for name, value in met.items()}
    if there.names:
        level = home_neighbourhood(arm, there)[homes.rows]
        parts.append(_rows(homes, values, "lives_in", level, len(there.names) + 1))
    return parts


def _rows(homes: Homes, values: Columns, by: str, level: Array, levels: int) -> Columns:
    """A row for each gender and level, also where nobody lives: residents elsewhere may meet something in a year."""
    people, shape = homes.arm.setting.people, (len(GENDERS), levels)
    cell = np.ravel_multi_index((people.gender[homes.rows].astype(np.int64), level.astype(np.int64)), shape)
    weight, size = people.weight[homes.rows], shape[0] * levels
    gender, code = np.unravel_index(np.arange(size), shape)
    zone = np.full(size, ZONES.index("core"))
    columns = keys_of("living", np.full(size, ASKED_HOUR), (gender, by, code), zone, homes.arm)
    return columns | {
        "agents": np.bincount(cell, minlength=size),
        "population": np.bincount(cell, weight, minlength=size),
        **{name: np.bincount(cell, weight * value, minlength=size) for name, value in values.items()},
    }
