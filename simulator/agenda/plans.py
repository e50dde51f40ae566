"""What people wish to do on a day: tours from home to one, two or three places and back, by whatever mode.

How many, for what, when, with which stops and how far follow the travel survey (`wishes.py`); where, the city
(`destinations.py`). What lies too far to be in the district is reached through a gateway, and `outside_m` says how far
it is from there. Customers leave when doors close. A tour that would end after 04:00 ends in the small hours of the
same day: night shifts of yesterday come home this morning. Everybody keeps to the own island of streets.
"""

import copy
import dataclasses
import datetime
from typing import Any, ClassVar, NamedTuple

import numpy as np

from simulator.agenda import survey_tables
from simulator.agenda.calendar import SLOTS, Times, Wishes
from simulator.agenda.daylight import Daylight
from simulator.agenda.destinations import WANTS, Destinations, two_draws
from simulator.agenda.survey_tables import MOST_STOPS, PURPOSE_OF_KIND, PURPOSE_OF_STOP, PURPOSES, STOPS
from simulator.agenda.weekend import tours_over_weekday
from simulator.agenda.wishes import Agenda
from simulator.city.network import StreetNetwork
from simulator.city.opening_hours import places_open
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.categories import AGE_GROUPS, CARERS, GENDERS
from simulator.foundation.clock import DAY_END_MS, DAY_MS, DAY_START_MS, HOUR_MS, HOURS
from simulator.foundation.columns import Table, column
from simulator.people.population import People

Array = np.ndarray[Any, Any]
TRIP_PURPOSES = (*PURPOSES, "home")
_PAST_THE_WAY_OUT = 1.1  # who finds all closed goes on at least this much farther than the way out
TRIALS, MOST_TRIED = 4, 15_000
"""Days that are tried before the first, and by how many, to see what a day has no time for."""
HOME, _DROP, _FETCH = TRIP_PURPOSES.index("home"), STOPS.index("drop"), STOPS.index("fetch")
_STABLE = np.array([STOPS.index(word) for word in ("work", "study", "drop", "fetch")])  # at the same place every day
_WANT_OF_STOP = np.array(
    [WANTS.index(word) for word in ("work", "study", "shop", "leisure", "stroll", "visit", "escort", "escort", "other")]
)


@dataclasses.dataclass(frozen=True)
class Tours(Table):
    """Wished tours: out, to one, two or three stops, and back."""

    title: ClassVar[str] = "tours"
    person: Array = column("int32", unit="index", meaning="row of the person", low=0)
    number: Array = column("int8", unit="1", meaning="which tour of that person's day", low=0, high=SLOTS - 1)
    purpose: Array = column("int8", unit="code", meaning="main purpose", words=PURPOSES)
    start_ms: Array = column("int64", unit="ms", meaning="wished departure since midnight", low=DAY_START_MS)


@dataclasses.dataclass(frozen=True)
class Trips(Table):
    """Wished trips: the legs of the tours."""

    title: ClassVar[str] = "trips"
    tour: Array = column("int32", unit="index", meaning="row of the tour", low=0)
    person: Array = column("int32", unit="index", meaning="row of the person", low=0)
    leg: Array = column("int8", unit="1", meaning="number of the leg in its tour", low=0)
    origin: Array = column("int32", unit="index", meaning="place left, or way in", low=0)
    destination: Array = column("int32", unit="index", meaning="place gone to, or way out", low=0)
    depart_ms: Array = column("int64", unit="ms", meaning="wished departure since midnight", low=DAY_START_MS)
    from_previous_day: Array = column(
        "bool", unit="yes/no", meaning="a leg, past 04:00, of a tour begun the day before"
    )
    purpose: Array = column("int8", unit="code", meaning="what is done at the destination", words=TRIP_PURPOSES)
    outside_m: Array = column("float64", unit="m", meaning="way outside the district, 0 for a trip within it", low=0)
    with_child: Array = column("bool", unit="yes/no", meaning="a carer takes a child along")
    with_adult: Array = column("bool", unit="yes/no", meaning="a child too young to go alone, with a grown-up")

    @property
    def hour(self) -> Array:
        """Clock hour of departure (int8)."""
        return (self.depart_ms // HOUR_MS % HOURS).astype(np.int8)


class AllTrips(NamedTuple):
    """A day's plans with the trips that do not touch the district: what the survey counts."""

    tours: Tours
    trips: Trips
    outside: Array  # bool, one a trip: wholly outside the district
    stay_ms: Array  # int64, one a trip: planned time at the destination, -1 at home


class _Spots(NamedTuple):
    """Where somebody is, as arrays: true point, and place inside the district (-1 outside it)."""

    x_m: Array
    y_m: Array
    place: Array


class Planner:
    """Draws the wished tours and trips of any day for the same people.

    Parameters
    ----------
    network, people, parameters
        The city, who lives in and visits it, and one draw of the parameters.
    date, tours
        The date whose hours, weekday and light hold on every day; a city's own survey (None takes the shipped one).
    """

    def __init__(
        self,
        network: StreetNetwork,
        people: People,
        parameters: Parameters,
        *,
        date: datetime.date,
        tours: survey_tables.AgendaTables | None = None,
    ) -> None:
        self._network, self._people, self._parameters = network, people, parameters
        (late, nightlife), light = survey_tables.weekend_ratios(f"{date:%A}"), Daylight.of(network, parameters, date)
        weekend = tours_over_weekday(f"{date:%A}", parameters)
        self._agenda = Agenda(network, people, parameters, late, ratios=weekend, tables=tours, daylight=light)
        self._destinations = Destinations(network, parameters, places_open(network, date), nightlife)
        self._island = self._destinations.island[people.home]
        child = people.carer == CARERS.index("child")
        self._escorts = np.where(
            child, WANTS.index("escort child"), np.where(people.carer > 0, WANTS.index("care older"), -1)
        )
        variate = draws.uniform(parameters.seed, "tried", people.person_id)
        tried = people.resident & (variate * people.resident.sum() < MOST_TRIED)
        for trial in range(-TRIALS, 0):
            wishes, rows, times, *_ = self._planned(trial, np.ones((len(GENDERS), AGE_GROUPS, HOURS)), tried)
            self._agenda.make_up(wishes, rows, times.start)

    def on(self, network: StreetNetwork, open_by_hour: Array) -> "Planner":
        """The same people and wishes where places keep other hours (bool (24, P)), or there are further ones."""
        other = copy.copy(self)
        other._network = network
        other._destinations = self._destinations.on(network, open_by_hour)
        return other

    def plan(self, day: int, inflation: Array) -> tuple[Tours, Trips]:
        """Wished tours and trips of one day, of the trips those that lead through the district.

        Parameters
        ----------
        inflation
            float64 (3, 3, 24): wished over realised tours by gender, age group and hour, so that what is
            realised on the baseline matches the survey.
        """
        tours, trips, outside, _ = self.everything(day, inflation)
        junction = self._network.places.junction
        return tours, trips.take(~outside & (junction[trips.origin] != junction[trips.destination]))

    def everything(self, day: int, inflation: Array) -> AllTrips:
        """As `plan`, with trips between places at one junction and trips from outside to outside as well."""
        wishes, rows, times, where, through = self._planned(day, inflation)
        return self._trips(day, (wishes.take(rows), times), where, through)

    def _planned(
        self, day: int, inflation: Array, of: Array | None = None
    ) -> tuple[Wishes, Array, Times, tuple[Array, Array], Array]:
        """Wishes (of some people); and of those for which there is time: rows, times, points and ways through."""
        wishes = self._agenda.wishes(day, inflation)
        if of is not None:
            wishes = wishes.take(np.flatnonzero(of[wishes.person]))
        through = self._through(day, wishes)
        points, inside = self._points(day, wishes)
        travel = self._agenda_travel(wishes, points, through)
        rows, times = self._agenda.place_in_time(day, wishes, travel, inflation)
        return wishes, rows, times, (points[rows], inside[rows]), through[rows]

    def _keys(self, day: int, wishes: Wishes, stop: int) -> tuple[Array | int, ...]:
        """What the random numbers of a stop depend on: work, school and nursery are at the same place every day."""
        word = wishes.stops[:, stop]
        stable = self._is_stable(wishes, stop)
        kind = np.where(word == _FETCH, _DROP, word)
        ids = self._people.person_id[wishes.person]
        return ids, *(np.where(stable, own, other) for own, other in ((-1, day), (-1, wishes.slot), (kind, stop + 100)))

    def _is_stable(self, wishes: Wishes, stop: int) -> Array:
        words = np.where(wishes.stops == _FETCH, _DROP, wishes.stops)
        again = np.zeros(len(words), bool) if stop == 0 else words[:, stop - 1] == words[:, stop]
        return np.isin(words[:, stop], _STABLE) & ~again

    def _wants(self, wishes: Wishes, stop: int) -> Array:
        word = wishes.stops[:, stop]
        escorts = self._escorts[wishes.person]
        own = (word == _DROP) | (word == _FETCH)
        return np.where(own & (escorts >= 0), escorts, _WANT_OF_STOP[word])

    def _through(self, day: int, wishes: Wishes) -> Array:
        """Row of the way out of visitors who cross the district without a stop, else -1."""
        people, parameters, seed = self._people, self._parameters, self._parameters.seed
        keys = (people.person_id[wishes.person], day, wishes.slot)
        crosses = ~people.resident[wishes.person]
        crosses &= draws.uniform(seed, "crosses", *keys) < parameters.through_share
        rows = np.flatnonzero(crosses)
        found = np.full(crosses.size, -1)
        keys = (keys[0][rows], day, keys[2][rows])
        metres = self._straight(wishes.take(rows), 0, draws.normal(seed, "crosses far", *keys))
        gateway = people.home[wishes.person[rows]]
        found[rows] = self._destinations.another_way(gateway, metres, two_draws(seed, "crosses to", keys))
        return found

    def _straight(self, wishes: Wishes, stop: int, variate: Array) -> Array:
        """Wished distance in a straight line (m)."""
        stable = self._is_stable(wishes, stop)
        word = np.where(stable & (wishes.stops[:, stop] == _FETCH), _DROP, wishes.stops[:, stop])
        from_home = stable | (stop == 0)
        metres = self._agenda.metres(wishes.person, word, from_home, variate)
        return np.asarray(metres / self._parameters.planned_over_straight)

    def _points(self, day: int, wishes: Wishes) -> tuple[Array, Array]:
        """Where stops are wished, and where the tour begins: (N, 4, 2) with the home last, and inside (N, 3)."""
        seed, people = self._parameters.seed, self._people
        points, inside = np.zeros((wishes.person.size, MOST_STOPS + 1, 2)), np.zeros((wishes.person.size, 3), bool)
        places, way_in = self._network.places, people.home[wishes.person]
        home = np.column_stack([places.x_m[way_in], places.y_m[way_in]])
        points[:, MOST_STOPS] = home
        lives_here = people.resident[wishes.person]
        for stop in range(MOST_STOPS):
            rows = np.flatnonzero(wishes.stops[:, stop] >= 0)
            mine = wishes.take(rows)
            keys = self._keys(day, mine, stop)
            metres = self._straight(mine, stop, draws.normal(seed, "distance", *keys))
            start = points[rows, stop - 1] if stop else home[rows].copy()
            stable = self._is_stable(mine, stop) & lives_here[rows]
            start[stable] = home[rows[stable]]
            variate = two_draws(seed, "direction", keys)
            walked = metres.copy()
            if stop == 0:  # visitors come from outside: part of the way is behind them when they come in
                comes = ~lives_here[rows]
                share = draws.uniform(seed, "way within", *keys)
                walked[comes] = (share * np.minimum(metres, self._destinations.across_m))[comes]
            wished = self._destinations.towards(
                (start[:, 0], start[:, 1]), walked, self._wants(mine, stop), self._island[mine.person], variate
            )
            points[rows, stop] = np.column_stack([wished.x_m, wished.y_m])
            inside[rows, stop] = wished.inside
            if stop == 0:
                inside[rows[comes], 0] = True
                back = start - points[rows, 0]
                away = np.maximum(np.hypot(back[:, 0], back[:, 1]), 1e-9)
                beyond = ((metres - walked) / away)[:, None] * back
                points[rows[comes], MOST_STOPS] = (start + beyond)[comes]
        return points, inside

    def _agenda_travel(self, wishes: Wishes, points: Array, through: Array) -> Array:
        """Planned time (int64 ms) to each stop and home (N, 4); 0 where there is no stop."""
        travel = np.zeros((wishes.person.size, MOST_STOPS + 1), np.int64)
        at = points[:, MOST_STOPS].copy()
        for stop in range(MOST_STOPS):
            there = wishes.stops[:, stop] >= 0
            travel[there, stop] = self._travel_ms(at[there], points[there, stop])
            at[there] = points[there, stop]
        travel[:, MOST_STOPS] = self._travel_ms(at, points[:, MOST_STOPS])
        travel[through >= 0, MOST_STOPS] = 0
        return travel

    def _travel_ms(self, start: Array, end: Array) -> Array:
        # minutes were asked and distances are assumed: with longer distances people are taken to be faster
        factor = self._parameters.planned_over_straight / self._parameters.survey_distance_factor
        away = np.hypot(*(end - start).T) * factor
        return self._agenda.tables.travel_ms(away)

    def _trips(self, day: int, planned: tuple[Wishes, Times], where: tuple[Array, Array], through: Array) -> AllTrips:
        """The legs of the tours, with the places that they lead to."""
        wishes, times = planned
        points, _ = where
        x, y = points[:, MOST_STOPS].T
        home = _Spots(x, y, np.where(self._people.resident[wishes.person], self._people.home[wishes.person], -1))
        spot, word = home, np.full(wishes.person.size, -1)
        leaves = times.start
        legs = []
        for stop in range(MOST_STOPS):
            rows = np.flatnonzero((wishes.stops[:, stop] >= 0) & ((stop == 0) | (through < 0)))
            there, found = self._stop(day, (wishes.take(rows), stop), times.reach[rows, stop], where, rows, spot)
            rows = rows[found]
            here = _Spots(*(known[found] for known in there))
            leg = self._leg(wishes, rows, _Spots(*(known[rows] for known in spot)), here)
            goes = wishes.stops[rows, stop]
            leg |= {"leg": np.full(rows.size, stop), "depart": leaves[rows], "purpose": PURPOSE_OF_STOP[goes]}
            leg["child"] = (goes == _DROP) | (word[rows] == _FETCH)
            reach, leave = times.reach[rows, stop], times.leave[rows, stop]
            leave = self._destinations.until_closing(here.place, _WANT_OF_STOP[goes], (reach, leave))
            leg["stay"] = leave - reach
            legs.append(leg)
            spot = _Spots(*(known.copy() for known in spot))
            for known, new in zip(spot, here, strict=True):
                known[rows] = new
            word, leaves = word.copy(), leaves.copy()
            word[rows], leaves[rows] = goes, leave
        rows = np.flatnonzero((through < 0) & (word >= 0))
        leg = self._leg(wishes, rows, *(_Spots(*(known[rows] for known in one)) for one in (spot, home)))
        leg |= {"leg": np.full(rows.size, MOST_STOPS), "depart": leaves[rows], "purpose": np.full(rows.size, HOME)}
        leg["child"], leg["stay"] = word[rows] == _FETCH, np.full(rows.size, -1)
        legs.append(leg)
        gone = {name: np.concatenate([one[name] for one in legs]) for name in legs[0]}
        self._cross(wishes, points, through, gone)
        return self._tables_of(wishes, times.start, gone)

    def _cross(self, wishes: Wishes, points: Array, through: Array, gone: dict[str, Array]) -> None:
        """Send through-walkers from way in to way out; what is left of their wished way lies outside the district."""
        at = np.flatnonzero(through[gone["tour"]] >= 0)
        tour = gone["tour"][at]
        start, end = self._people.home[wishes.person[tour]], through[tour]
        places, wished = self._network.places, points[tour, 0] - points[tour, MOST_STOPS]
        inside = np.hypot(places.x_m[start] - places.x_m[end], places.y_m[start] - places.y_m[end])
        left = np.maximum(np.hypot(wished[:, 0], wished[:, 1]) - inside, 0.0)
        gone["origin"][at], gone["destination"][at] = start, end
        gone["beyond"][at] = self._parameters.planned_over_straight * left
        gone["outside"][at] = False

    def _stop(
        self,
        day: int,
        what: tuple[Wishes, int],
        reach: Array,
        where: tuple[Array, Array],
        rows: Array,
        spot: _Spots,
    ) -> tuple[_Spots, Array]:
        """Places found for a stop, and for whom one was found: an open place near the point, else somewhere outside."""
        mine, stop = what
        points, inside = (array[rows, stop] for array in where)
        destinations, island = self._destinations, self._island[mine.person]
        stands = np.where(spot.place[rows] >= 0, self._network.places.junction[spot.place[rows]], -1)
        place = np.full(rows.size, -1)
        at = np.flatnonzero(inside)
        place[at] = destinations.near(
            (points[at, 0], points[at, 1]),
            self._wants(mine, stop)[at],
            island[at],
            reach[at] // HOUR_MS % HOURS,
            draws.uniform(self._parameters.seed, "place", *self._keys(day, mine, stop))[at],
            not_at=stands[at],
        )
        places = self._network.places
        x = np.where(place >= 0, places.x_m[place], points[:, 0])
        y = np.where(place >= 0, places.y_m[place], points[:, 1])
        shut = np.flatnonzero(inside & (place < 0))  # nothing open around: they go as far, out of the district
        before = spot.x_m[rows[shut]], spot.y_m[rows[shut]]
        way = destinations.way_out(before, (x[shut], y[shut]), island[shut])
        out_x, out_y = places.x_m[way] - before[0], places.y_m[way] - before[1]
        away = np.maximum(np.hypot(out_x, out_y), 1e-9)
        stretch = np.maximum(np.hypot(x[shut] - before[0], y[shut] - before[1]) / away, _PAST_THE_WAY_OUT)
        x[shut], y[shut] = before[0] + stretch * out_x, before[1] + stretch * out_y
        leaves = np.ones(rows.size, bool)
        leaves[shut] = way >= 0
        at = np.flatnonzero(~inside & self._people.resident[mine.person])
        leaves[at] = destinations.way_out((x[at], y[at]), (x[at], y[at]), island[at]) >= 0
        return _Spots(x, y, place), leaves

    def _leg(self, wishes: Wishes, rows: Array, start: _Spots, end: _Spots) -> dict[str, Array]:
        """From one spot to another: places or ways out, metres beyond them, and whether all of it lies outside."""
        people, places = self._people, self._network.places
        person = wishes.person[rows]
        visits, island = ~people.resident[person], self._island[person]
        ends = {"origin": start.place.copy(), "destination": end.place.copy()}
        beyond = np.zeros(rows.size)
        outside = (start.place < 0) & (end.place < 0)
        for name, far, near in (("origin", start, end), ("destination", end, start)):
            at = np.flatnonzero((far.place < 0) & ~outside)
            way = self._destinations.way_out((near.x_m[at], near.y_m[at]), (far.x_m[at], far.y_m[at]), island[at])
            way = np.where(visits[at], people.home[person[at]], way)
            ends[name][at] = way
            beyond[at] = np.hypot(places.x_m[way] - far.x_m[at], places.y_m[way] - far.y_m[at])
        at = np.flatnonzero(outside)
        for end_of in ends.values():
            end_of[at] = people.home[person[at]]
        beyond[at] = np.hypot(start.x_m[at] - end.x_m[at], start.y_m[at] - end.y_m[at])
        return {"tour": rows, **ends, "beyond": self._parameters.planned_over_straight * beyond, "outside": outside}

    def _tables_of(self, wishes: Wishes, start: Array, gone: dict[str, Array]) -> AllTrips:
        """Tours in order of person and start, trips in order of departure; tours without a trip are no tours."""
        people = self._people
        made = np.zeros(wishes.person.size, bool)
        made[gone["tour"]] = True
        order = np.lexsort((wishes.slot, start, wishes.person))
        order = order[made[order]]
        row = np.zeros(made.size, np.int64)
        row[order] = np.arange(order.size)
        person = wishes.person[gone["tour"]]
        from_previous_day = gone["depart"] >= DAY_END_MS
        depart = np.where(from_previous_day, gone["depart"] - DAY_MS, gone["depart"])
        tours = Tours(wishes.person[order], wishes.slot[order], PURPOSE_OF_KIND[wishes.kind[order]], start[order])
        trips = Trips(
            tour=row[gone["tour"]],
            person=person,
            leg=gone["leg"],
            origin=gone["origin"],
            destination=gone["destination"],
            depart_ms=depart,
            from_previous_day=from_previous_day,
            purpose=gone["purpose"],
            outside_m=gone["beyond"],
            with_child=gone["child"] & (people.carer[person] == CARERS.index("child")),
            with_adult=people.age[person] < self._parameters.walks_alone_from_age,
        )
        order = np.lexsort((trips.leg, trips.tour, trips.depart_ms))
        return AllTrips(tours, trips.take(order), gone["outside"][order], gone["stay"][order])
