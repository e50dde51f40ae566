"""The second look: what one arm decided on a day holds in another arm wherever nothing that it followed from differs.

Arms of one draw wish for the same tours, by the same random numbers. Where the streets of an arm differ from those of
the first arm that lived the day on a few segments only, most ways and most choices are the same. Which ones is decided
by two bounds that are sure: what they let pass is equal *to the bit* to what the whole search and choice would give, so
results do not depend on whether somebody looked before. What they cannot be sure of is searched and decided anew.

**Ways.** A segment counts as changed if P(feel unsafe) there differs, in the least digit, at any hour for any class.
A search is asked for the way from o to d at an hour h, for a class c and a willingness w; it costs

    C = sum over its segments of length x (1 + w x fear[h, c]).

Let `least` be the least fear of any segment at h and c in either arm. A path through a changed segment e passes both
ends of e, so by the triangle inequality it is at least D(o) + D(d) metres long, D(x) being the metres from x to the
nearest changed segment; in both arms it costs at least B = (D(o) + D(d)) (1 + w least). With the changed segments in
groups by position, each with a D of its own, B is the least over the groups.

If B > C, no path of cost up to C leads along a changed segment, in either arm: so these paths, their costs and the ties
between them are the same in both. The way found (the cheapest, of equals the one that comes to each junction from the
lowest one, `kernels.routing`) follows from these paths alone, however the search looks ahead. So it is the same. A hair
more than the rounding of any sum is left between B and C (`_HAIR`, `_HAIR_M`). Where nothing has changed at h for c,
prices are the same and so is the way. Gates must be shut at the same hours, else nothing is taken over.

**Tours.** What is chosen for a tour (`kernels.choosing`) follows from its wishes, its person and random numbers, which
are shared; and for each of its trips from

- the ways on foot that were looked up, the stops between which they lead, what bars them, and the fear on them;
- the fear at its ends and at the stops near them, and the departures and comfort of these stops and of the pairs of
  stops that begin there; of who comes from outside, those of the stop that is served best.

A tour is taken over if all of this is the same at all hours (it may be put off by hours) for the class of its person.

After the first day people have learnt, and fear may differ on many segments by a hair: the same bounds hold, and let
less pass.
Axis letters: H clock hours, C perception classes, S segments, J junctions, N tours, T trips, G groups of segments.
"""

import dataclasses
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from simulator.city.walking_graph import metres_between
from simulator.kernels import choosing
from simulator.kernels.looking_again import lengths, mark_different, mark_touched
from simulator.travel.day_tours import DayTours
from simulator.travel.journeys import Walks
from simulator.travel.legs import OnFoot
from simulator.travel.modes import Tastes
from simulator.travel.service import Service

Array = np.ndarray[Any, Any]
_HAIR, _HAIR_M = 0.999999, 0.01
"""Bounds are made smaller by this factor, and costs larger by so many metres: far more than sums are rounded."""
_GROUPS = 16
"""Groups of changed segments: more tell better who may be affected, and cost a search of the whole city each."""
_NEARLY_ALL = 0.25
"""Share of segments beyond which no group is made: changes lie near every way."""
_JUNCTIONS_A_WALK = 20
"""A group costs as much as is saved by one walk for so many junctions (measured)."""
MOST_KEPT_BYTES = 2**29
"""Room for what was decided on days after the first, which is kept whatever it takes."""


@dataclasses.dataclass(frozen=True)
class Given:
    """Everything that a day's choice depends on besides the wished tours.

    Parameters
    ----------
    persons
        PERSON (people,), as the kernels read them.
    service, at_noon
        What runs in this arm; and by the city's own tables at noon, taken to run at any hour.
    fear
        P(feel unsafe) as remembered (float32 (H, C, S)).
    who
        Perception class of each person, and metres walked extra per metre that would surely feel unsafe.
    pace
        Milliseconds a metre of each person.
    closed
        Streets that nobody may walk along (bool (H, S)); None where all are open.
    wait_factor
        How much shorter a minute at each stop feels than it did (float64 (stops,)).
    """

    persons: Array
    tastes: Tastes
    service: Service
    at_noon: Service
    fear: Array
    who: tuple[Array, Array]
    pace: Array
    threads: int
    closed: Array | None = None
    wait_factor: Array | None = None


class Anew(NamedTuple):
    """How much of a day was decided anew in an arm, the rest being taken over from the first arm that lived it."""

    people: int
    of_people: int
    tours: int
    of_tours: int
    ways: int
    of_ways: int


@dataclasses.dataclass(frozen=True)
class Looked:
    """Ways that were looked up at once.

    Parameters
    ----------
    key
        Whose each is, ascending (int64): part x trips + trip.
    walks
        What was asked.
    number
        The route of each in the pool (int64).
    """

    key: Array
    walks: Walks
    number: Array

    def known(self, key: Array, walks: Walks) -> Array:
        """Row here of each walk that was asked here too, -1 for the others (int64); there must be some here."""
        row = np.searchsorted(self.key, key).clip(0, self.key.size - 1)
        same = self.key[row] == key
        for name in ("origin", "destination", "hour"):
            same &= getattr(self.walks, name)[row] == getattr(walks, name)
        return np.where(same, row, -1)


@dataclasses.dataclass(frozen=True)
class Decided:
    """What an arm decided on a day, and from what.

    Parameters
    ----------
    looked
        Ways that were looked up, by what for.
    foot
        Routes, all those found on the day.
    ways
        Routes of each trip as the choice was made by them (WAYS (T,)).
    hindered
        Tours with steps in the way of somebody who takes none (bool (N,)).
    """

    given: Given
    wished: DayTours
    looked: dict[str, Looked]
    foot: OnFoot
    ways: Array
    hindered: Array
    chosen: choosing.Chosen

    @property
    def nbytes(self) -> int:
        """Bytes that are kept for it."""
        parts = [self.given.fear, self.ways, self.hindered, *self.chosen, self.foot.barred]
        parts += [self.foot.pool.start, self.foot.pool.route, self.foot.pool.unsafe_m]
        for one in self.looked.values():
            parts += [one.key, one.number, *one.walks]
        return sum(part.nbytes for part in parts)


class KnownDays:
    """Days that the arms forked from one memory live: each as the first of them decided it."""

    def __init__(self) -> None:
        self._kept: dict[int, Decided] = {}
        self._bytes = 0

    def of(self, given: Given, wished: DayTours) -> "Again | None":
        """What differs from the same day as it is known; None if it is not known, or nothing can be told of it."""
        known = self._kept.get(wished.day)
        return Again(known, given) if known is not None and _comparable(known, given, wished) else None

    def keep(self, decided: Decided) -> None:
        """Keep a day that was not known, as long as there is room for it."""
        day, size = decided.wished.day, decided.nbytes
        if day not in self._kept and (not self._kept or self._bytes + size <= MOST_KEPT_BYTES):
            self._kept[day] = decided
            self._bytes += size


def _comparable(known: Decided, given: Given, wished: DayTours) -> bool:
    """Whether two arms have the same people and wishes, on the same streets with the same gates."""
    before = known.given
    shared = known.wished is wished and all(
        getattr(before, name) is getattr(given, name) for name in ("persons", "tastes", "at_noon", "who")
    )
    if not shared or before.fear.shape != given.fear.shape:
        return False
    if before.closed is None or given.closed is None:
        return before.closed is given.closed
    return np.array_equal(before.closed, given.closed)


@dataclasses.dataclass
class Again:
    """A known day beside what an arm is given for the same day."""

    known: Decided
    given: Given

    @cached_property
    def _changed(self) -> Array:
        """Whether fear differs (bool (H, C, S))."""
        return np.asarray(self.given.fear != self.known.given.fear)

    @cached_property
    def _changed_for(self) -> Array:
        """Whether fear differs at any hour (bool (C, S))."""
        return np.asarray(self._changed.any(axis=0))

    @cached_property
    def _changed_at(self) -> Array:
        """Whether fear differs anywhere (bool (H, C))."""
        return np.asarray(self._changed.any(axis=2))

    @cached_property
    def _least(self) -> Array:
        """Least fear in either arm (float64 (H, C))."""
        both = self.given.fear.min(axis=2), self.known.given.fear.min(axis=2)
        return np.minimum(*both).astype(np.float64)

    @cached_property
    def _away_m(self) -> Array:
        """Metres from each junction to the nearest changed segment of each group (float64 (G, J))."""
        wished, changed = self.known.wished, np.flatnonzero(self._changed_for.any(axis=0))
        network, walk_m = wished.journeys.network, wished.journeys.graphs[0].walk_m
        if changed.size > _NEARLY_ALL * walk_m.size:
            return np.zeros((1, len(network.junctions)))
        ends = np.stack([network.streets.from_junction[changed], network.streets.to_junction[changed]])
        walks = sum(one.key.size for one in self.known.looked.values())
        groups = int(np.clip(walks * _JUNCTIONS_A_WALK / len(network.junctions), 1, _GROUPS))
        where = np.column_stack([network.junctions.x_m, network.junctions.y_m])[ends[0]]
        group, metres = groups_of(where, groups), metres_between(network, walk_m)
        found = [
            dijkstra(metres, directed=False, indices=np.unique(ends[:, group == one]), min_only=True)
            for one in range(int(group.max(initial=-1)) + 1)
        ]
        return np.array(found) if found else np.full((1, len(network.junctions)), np.inf)

    def ways_that_hold(self, name: str, key: Array, walks: Walks) -> Array:
        """Route in the known pool of each walk whose way is surely the same here; -1 for others (int64).

        Parameters
        ----------
        name, key, walks
            As they would be kept (`Looked`).
        """
        looked = self.known.looked.get(name)
        if looked is None or not looked.key.size:
            return np.full(key.size, -1)
        row = looked.known(key, walks)
        group, willing = (one[walks.person] for one in self.given.who)
        holds = (row >= 0) & ~self._changed_at[walks.hour, group]
        asked = np.flatnonzero((row >= 0) & ~holds)
        number, pool = looked.number[row[asked]], self.known.foot.pool
        walk_m = self.known.wished.journeys.graphs[0].walk_m
        cost = lengths(pool.start, pool.route, number, walk_m) + willing[asked] * pool.unsafe_m[number]
        away = np.full(asked.size, np.inf)
        for metres in self._away_m if asked.size else ():
            np.minimum(away, metres[walks.origin[asked]] + metres[walks.destination[asked]], out=away)
        least = away * (1.0 + willing[asked] * self._least[walks.hour[asked], group[asked]])
        holds[asked] = least * _HAIR > cost + _HAIR_M
        return np.where(holds, looked.number[row], -1)

    def tours_that_differ(self, pool: tuple[Array, Array], ways: Array, hindered: Array) -> Array:
        """Tours (bool (N,)) that may be chosen otherwise than they were.

        Parameters
        ----------
        pool, ways, hindered
            Routes, those of each trip and who is hindered, as here the choice is made by them.
        """
        known, trips = self.known, self.known.wished.trips
        before, group = known.ways, self.given.who[0][trips.person]
        differs = self._ends_differ(group)
        for name in ("barred", "inside", "stop", "last_stop"):
            differs |= before[name] != ways[name]
        of_known = known.foot.pool.start, known.foot.pool.route
        for name in ("way", "to_stop", "from_stop", "over_steps"):
            which = np.ascontiguousarray(ways[name])
            mark_different(pool, which, of_known, np.ascontiguousarray(before[name]), differs)
            mark_touched(*pool, which, group, self._changed_for, differs)
        tours = np.bincount(trips.tour, weights=differs, minlength=len(known.wished.tours)) > 0
        return np.asarray(tours | (hindered != known.hindered))

    def _ends_differ(self, group: Array) -> Array:
        """Trips (bool (T,)) at whose ends, or at a stop near them, something differs."""
        wished, trips = self.known.wished, self.known.wished.trips
        places, stops = wished.journeys.places, wished.journeys.stops
        serves, elsewhere = self._stops_differ(stops)
        begins, ends = wished.journeys.outside(trips)
        differs = (begins | ends) & elsewhere
        near, is_near = np.maximum(places["near"], 0), places["near"] >= 0
        at = (serves[near] & is_near).any(axis=1) if serves.size else np.zeros(len(places), bool)
        felt = self._changed_for[:, places["segment"]]
        if serves.size:
            felt |= (self._changed_for[:, stops["segment"]][:, near] & is_near).any(axis=2)
        for place in (trips.origin, trips.destination):
            differs |= at[place] | felt[group, place]
        return np.asarray(differs)

    def _stops_differ(self, stops: Array) -> tuple[Array, bool]:
        """Stops (bool) where departures or comfort differ; and whether those of the best in some hour do."""
        arms = self.known.given, self.given
        one, other = (given.service.departures for given in arms)
        at = _rows_differ(one.at, other.at)
        serves = at[:-1].copy()
        begins = np.repeat(np.arange(stops.size), stops["end_pair"] - stops["first_pair"])
        serves[begins[_rows_differ(one.between, other.between)]] = True
        comfort = [np.ones(stops.size) if given.wait_factor is None else given.wait_factor for given in arms]
        return serves | (comfort[0] != comfort[1]), bool(at[-1])


def _rows_differ(one: Array, other: Array) -> Array:
    """Which rows of two tables of departures differ (bool)."""
    differ = np.zeros(one.size, bool)
    for name in ("departures", "last_min"):
        differ |= (one[name] != other[name]).any(axis=1)
    return differ


def groups_of(where: Array, most: int) -> Array:
    """Number of the group of each point (int64, below `most`), by position.

    The first point of each group is the one farthest from those of the groups before; each point belongs to the
    nearest of them.

    Parameters
    ----------
    where
        float64 (points, 2).
    """
    group, nearest = np.zeros(len(where), np.int64), np.full(len(where), np.inf)
    for number in range(min(most, len(where))):
        at = where[int(np.argmax(nearest)) if number else 0]
        away = np.hypot(*(where - at).T)
        if number and not nearest.max() > 0.0:
            break
        group[away < nearest] = number
        nearest = np.minimum(nearest, away)
    return group
