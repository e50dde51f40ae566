"""What people wish to do on a day: tours from home (or a way in) to one or two places and back, on foot.

Rates, hours, purposes, chains and durations follow the travel survey by gender and age band. A tour that would end
after 04:00 ends in the small hours of the same day: night shifts of yesterday come home this morning. Where streets
do not hang together, everybody keeps to the own island; who finds nowhere to go there stays at home.
"""

import dataclasses
import datetime
from typing import Any, ClassVar

import numpy as np

from simulator import draws
from simulator.columns import Table, column
from simulator.evidence import Parameters
from simulator.network import StreetNetwork
from simulator.opening_hours import places_open
from simulator.people import People
from simulator.profiles import load_table
from simulator.results import AGE_BANDS, GENDERS
from simulator.sun import FIRST_HOUR, HOURS

Array = np.ndarray[Any, Any]
PURPOSES = ("work", "study", "shop", "leisure", "care", "other")
PLACES_FOR = {
    "work": ("work",),
    "study": ("school",),
    "shop": ("shop",),
    "leisure": ("leisure", "culture", "nightlife", "open_space"),
    "care": ("care", "school"),
    "other": ("health", "worship", "culture", "shop", "leisure"),
}
"""Kinds of place that serve a purpose."""
TRIP_PURPOSES = (*PURPOSES, "home")
MOST_TOURS = 4
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
DAY_START_MS = FIRST_HOUR * HOUR_MS
DAY_END_MS = (FIRST_HOUR + HOURS) * HOUR_MS
_PARTS = ("morning", "midday", "evening", "night")
_PART_OF_HOUR = np.array([3] * 4 + [0] * 7 + [1] * 5 + [2] * 5 + [3] * 3)


@dataclasses.dataclass(frozen=True)
class Tours(Table):
    """Wished tours: out, perhaps to a second place, and back."""

    title: ClassVar[str] = "tours"
    person: Array = column("int32", unit="index", meaning="row of the person", low=0)
    number: Array = column("int8", unit="1", meaning="which tour of that person's day", low=0)
    purpose: Array = column("int8", unit="code", meaning="main purpose", words=PURPOSES)
    start_ms: Array = column("int64", unit="ms", meaning="wished departure since midnight", low=DAY_START_MS)


@dataclasses.dataclass(frozen=True)
class Trips(Table):
    """Wished trips: the legs of the tours."""

    title: ClassVar[str] = "trips"
    tour: Array = column("int32", unit="index", meaning="row of the tour", low=0)
    person: Array = column("int32", unit="index", meaning="row of the person", low=0)
    leg: Array = column("int8", unit="1", meaning="number of the leg in its tour", low=0)
    origin: Array = column("int32", unit="index", meaning="place left", low=0)
    destination: Array = column("int32", unit="index", meaning="place walked to", low=0)
    depart_ms: Array = column("int64", unit="ms", meaning="wished departure since midnight", low=DAY_START_MS)
    wrapped: Array = column("bool", unit="yes/no", meaning="the way back of a tour begun the day before")
    purpose: Array = column("int8", unit="code", meaning="what is done at the destination", words=TRIP_PURPOSES)
    beyond_m: Array = column("float64", unit="m", meaning="way outside the district, 0 for a trip within it", low=0)

    @property
    def hour(self) -> Array:
        """Clock hour of departure (int8)."""
        return (self.depart_ms // HOUR_MS % HOURS).astype(np.int8)


class Planner:
    """Draws the wished tours and trips of any day for the same people.

    Parameters
    ----------
    network, people, parameters
        The city, who lives in and visits it, and one draw of the parameters.
    date
        The date whose opening hours hold on every day.
    """

    def __init__(self, network: StreetNetwork, people: People, parameters: Parameters, *, date: datetime.date) -> None:
        self._network, self._people, self._parameters = network, people, parameters
        self._rates = {True: _rates("montpellier2014_walk_tours", "tours_per_person")}
        self._rates[False] = _rates("montpellier2014_visits", "visits_per_person")
        self._durations = {
            True: _durations("montpellier2014_durations_on_foot"),
            False: _durations("montpellier2014_durations"),
        }
        self._chains = _by_group("montpellier2014_chains", "chain_on_foot_share")
        self._strolls = _by_group("montpellier2014_strolls", "stroll_share")
        self._second = _second_purposes()
        self._island = network.islands[network.places.junction]
        gateways, stops = network.places_of("gateway"), network.places_of("stop")
        elsewhere = stops[~np.isin(self._island[stops], self._island[gateways])]  # by bus or boat where no way leaves
        self._ways_out = np.concatenate([gateways, elsewhere])
        self._origins, self._origin = np.unique(people.home, return_inverse=True)
        self._island = network.islands[network.places.junction]
        self._pull = {purpose: self._pull_of(purpose) for purpose in PURPOSES}
        self._open = places_open(network, date)

    def plan(self, day: int, inflation: Array) -> tuple[Tours, Trips]:
        """Wished tours and trips of one day.

        Parameters
        ----------
        inflation
            float64 (3, 3, 24): wished over realised tours by gender, age group and hour, so that what is
            realised on the baseline matches the survey.
        """
        tours = self._tours(day, inflation)
        tours = tours.take(self._has_place(tours, tours.purpose))
        _, end_ms = self._trips(day, tours)
        tours = tours.take(_one_at_a_time(tours, end_ms))
        return tours, self._trips(day, tours)[0]

    def _tours(self, day: int, inflation: Array) -> Tours:
        people, seed = self._people, self._parameters.seed
        columns: list[dict[str, Array]] = []
        for resident in (True, False):
            rows = np.flatnonzero(people.resident == resident)
            rates = self._rates[resident] * np.repeat(inflation[:, AGE_GROUP_OF_BAND], len(PURPOSES), 1).reshape(
                len(GENDERS), len(AGE_BANDS), len(PURPOSES), HOURS
            )
            if not resident:  # a visitor is somebody who comes: one tour, more only to make up for trips not made
                rates = rates / self._rates[False].sum(axis=(2, 3), keepdims=True)
            group = people.gender[rows].astype(np.int64) * len(AGE_BANDS) + people.age_band[rows]
            flat = rates.reshape(len(GENDERS) * len(AGE_BANDS), -1)
            mean = flat.sum(axis=1)[group]
            luck = draws.uniform(seed, "tours", people.person_id[rows], day)
            count = _poisson(mean, luck) if resident else np.floor(mean + luck).astype(np.int64)
            for number in range(MOST_TOURS):
                who = np.flatnonzero(count > number)
                pick = draws.uniform(seed, "tour kind", people.person_id[rows[who]], day, number)
                cell = _pick_rows(flat, group[who], pick)
                spot = draws.uniform(seed, "tour minute", people.person_id[rows[who]], day, number)
                hour = (cell % HOURS - FIRST_HOUR) % HOURS + FIRST_HOUR
                columns.append(
                    {
                        "person": rows[who],
                        "number": np.full(who.size, number),
                        "purpose": cell // HOURS,
                        "start_ms": ((hour + spot) * HOUR_MS).astype(np.int64),
                    }
                )
        tours = {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}
        order = np.lexsort((tours["number"], tours["start_ms"], tours["person"]))
        return Tours(**{name: values[order] for name, values in tours.items()})

    def _trips(self, day: int, tours: Tours) -> tuple[Trips, Array]:
        """The legs of all tours, and when each tour ends (int64 ms, by the time that people plan with)."""
        people, seed, parameters = self._people, self._parameters.seed, self._parameters
        ids = people.person_id[tours.person]
        keys = (ids, day, tours.number.astype(np.int64))
        home = people.home[tours.person]
        resident = people.resident[tours.person]
        leaves = draws.uniform(seed, "leaves district", *keys) < np.where(
            resident, parameters.leave_share, parameters.through_share
        )
        gateway = self._gateway(keys, self._island[home])
        leaves &= gateway >= 0
        first = np.where(leaves, gateway, self._place(keys, tours, 0, tours.purpose))
        group = people.gender[tours.person], people.age_band[tours.person]
        chained = (draws.uniform(seed, "chain", *keys) < self._chains[group]) & ~leaves
        second_purpose = _pick_rows(self._second, tours.purpose, draws.uniform(seed, "second purpose", *keys))
        chained &= self._has_place(tours, second_purpose)
        second = self._place(keys, tours, 1, second_purpose)
        strolls = resident & (tours.purpose == PURPOSES.index("leisure"))
        strolls &= draws.uniform(seed, "stroll", *keys) < self._strolls[group]
        back = resident | ~leaves  # through-walkers do not come back the same way
        to_first = self._walk_ms(home, first, tours.person)
        reach_first = tours.start_ms + to_first
        # a walk for its own sake turns round where it gets to
        stay_first = np.where(strolls, MINUTE_MS, self._stay_ms(keys, tours, tours.purpose, reach_first, 0))
        leave_first = reach_first + stay_first
        reach_second = leave_first + self._walk_ms(first, second, tours.person)
        stay_second = self._stay_ms(keys, tours, second_purpose, reach_second, 1)
        leave_last = np.where(chained, reach_second + stay_second, leave_first)
        last = np.where(chained, second, first)
        everybody = np.ones(len(tours), bool)
        # interim: replaced by distances of the survey (issue 5, point 2)
        beyond = np.where(leaves, 3000.0 * np.exp(0.8 * draws.normal(seed, "beyond", *keys)), 0.0)
        at_home = np.full(len(tours), TRIP_PURPOSES.index("home"))
        legs = [
            _leg(tours, 0, everybody, home, first, tours.start_ms) | {"purpose": tours.purpose, "beyond_m": beyond},
            _leg(tours, 1, chained, first, second, leave_first)
            | {"purpose": second_purpose[chained], "beyond_m": beyond[chained]},
            _leg(tours, 2, back, last, home, leave_last) | {"purpose": at_home[back], "beyond_m": beyond[back]},
        ]
        columns = {name: np.concatenate([leg[name] for leg in legs]) for name in legs[0]}
        walks = (
            self._network.places.junction[columns["origin"]] != self._network.places.junction[columns["destination"]]
        )
        order = np.lexsort((columns["leg"], columns["tour"], columns["depart_ms"]))
        end_ms = leave_last + np.where(back, self._walk_ms(last, home, tours.person), 0)
        return Trips(**{name: values[order][walks[order]] for name, values in columns.items()}), end_ms

    def _pull_of(self, purpose: str) -> tuple[Array, Array]:
        """Places of a purpose, and the running sum of their pull from each origin (float64 (O, places))."""
        places = self._network.places
        rows = np.concatenate([self._network.places_of(kind) for kind in PLACES_FOR[purpose]])
        ashore = np.isin(self._island[self._origins], self._island[rows])
        if not ashore.all():  # a district without a school still has pupils: they leave it
            rows = np.concatenate([rows, self._ways_out])
        within = self._island[self._origins, None] == self._island[rows]
        if not ashore.all():
            within[ashore, rows.size - self._ways_out.size :] = False
        away = np.hypot(
            places.x_m[self._origins, None] - places.x_m[rows], places.y_m[self._origins, None] - places.y_m[rows]
        )
        pull = np.maximum(places.size[rows], 1e-9) * np.exp(-away / self._parameters.destination_decay_m)
        pull[(away < 1.0) | ~within] = 0.0
        alone = pull.sum(axis=1) == 0
        pull[alone] = within[alone]
        return rows, np.cumsum(pull, axis=1)

    def _has_place(self, tours: Tours, purpose: Array) -> Array:
        """Whether the island of each tour's origin has a place (or a way out) for a purpose (bool)."""
        found = np.array([self._pull[word][1][:, -1] > 0 for word in PURPOSES])
        return np.asarray(found[purpose, self._origin[tours.person]])

    def _place(self, keys: tuple[Array, int, Array], tours: Tours, stop: int, purpose: Array) -> Array:
        """A place for each tour, open at the hour of its start; after four closed doors the next is taken as it is."""
        hour = tours.start_ms // HOUR_MS % HOURS
        chosen = np.zeros(len(tours), np.int64)
        closed = np.ones(len(tours), bool)
        for attempt in range(5):
            luck = draws.uniform(self._parameters.seed, f"place {stop} {attempt}", *keys)
            for code, word in enumerate(PURPOSES):
                at = np.flatnonzero(closed & (purpose == code))
                rows, running = self._pull[word]
                chosen[at] = rows[_pick_running(running, self._origin[tours.person[at]], luck[at])]
            closed &= ~self._open[hour, chosen]
        return chosen

    def _gateway(self, keys: tuple[Array, int, Array], island: Array) -> Array:
        """A way out of the island of each tour, by size; -1 where there is none."""
        chosen = np.full(island.size, -1)
        luck = draws.uniform(self._parameters.seed, "gateway", *keys)
        for one in np.unique(self._island[self._ways_out]):
            rows = self._ways_out[self._island[self._ways_out] == one]
            at = np.flatnonzero(island == one)
            edges = np.cumsum(self._network.places.size[rows])
            chosen[at] = rows[np.searchsorted(edges, luck[at] * edges[-1]).clip(0, rows.size - 1)]
        return chosen

    def _walk_ms(self, origin: Array, destination: Array, person: Array) -> Array:
        """Walking time that people plan with."""
        places = self._network.places
        away = np.hypot(places.x_m[origin] - places.x_m[destination], places.y_m[origin] - places.y_m[destination])
        metres = self._parameters.planned_over_straight * away
        return (1000.0 * metres / self._people.speed_m_s[person]).astype(np.int64)

    def _stay_ms(
        self, keys: tuple[Array, int, Array], tours: Tours, purpose: Array, reached_ms: Array, stop: int
    ) -> Array:
        """Time at a place (int64 ms), by the part of the day in which it is reached, as the survey's table has it."""
        part = _PART_OF_HOUR[reached_ms // HOUR_MS % HOURS]
        luck = draws.normal(self._parameters.seed, f"stay {stop}", *keys)
        on_foot = self._people.resident[tours.person]
        mean, spread = (
            np.where(on_foot, walked[purpose, part], anyhow[purpose, part])
            for walked, anyhow in zip(self._durations[True], self._durations[False], strict=True)
        )
        return (np.clip(np.exp(mean + luck * spread), 1, 14 * 60) * MINUTE_MS).astype(np.int64)


AGE_GROUP_OF_BAND = np.array([0, 0, 0, 1, 1, 1, 2, 2])
"""Age groups in which people remember the streets and wish is inflated: under 35, 35 to 64, 65 and over."""
AGE_GROUPS = 3


def _one_at_a_time(tours: Tours, end_ms: Array) -> Array:
    """Which tours (bool) begin after the earlier ones of the same person have ended: nobody is in two places.

    Tours stand in order of person and start; a wish that overlaps what is already going on gives way.
    """
    keep = np.ones(len(tours), bool)
    busy_until = np.zeros(tours.person.max() + 1 if len(tours) else 0, np.int64)
    rank = np.arange(len(tours)) - np.searchsorted(tours.person, tours.person)
    for number in range(MOST_TOURS):
        rows = np.flatnonzero(rank == number)
        who = tours.person[rows]
        keep[rows] = tours.start_ms[rows] > busy_until[who]
        kept = rows[keep[rows]]
        busy_until[tours.person[kept]] = end_ms[kept]
    return keep


def _leg(tours: Tours, leg: int, used: Array, origin: Array, destination: Array, depart: Array) -> dict[str, Array]:
    rows = np.flatnonzero(used)
    wrapped = depart[rows] >= DAY_END_MS
    return {
        "tour": rows,
        "person": tours.person[rows],
        "leg": np.full(rows.size, leg),
        "origin": origin[rows],
        "destination": destination[rows],
        "depart_ms": np.where(wrapped, depart[rows] - HOURS * HOUR_MS, depart[rows]),
        "wrapped": wrapped,
    }


def _poisson(mean: Array, luck: Array) -> Array:
    """Poisson counts by inversion, at most MOST_TOURS."""
    count = np.zeros(mean.size, np.int64)
    term = np.exp(-mean)
    below = term.copy()
    for number in range(1, MOST_TOURS + 1):
        count += luck > below
        term = term * mean / number
        below = below + term
    return count


def _pick_rows(weights: Array, row: Array, luck: Array) -> Array:
    """Column drawn with the weights of each given row."""
    return _pick_running(np.cumsum(weights, axis=1), row, luck)


def _pick_running(running: Array, row: Array, luck: Array) -> Array:
    """Column drawn from running sums (R, N) of each given row, by one bisection over all of them."""
    width = running.shape[1]
    total = running[:, -1:]  # a row without any weight is never asked for, but must not disturb its neighbours
    scaled = running / np.where(total > 0, total, 1.0) + np.arange(running.shape[0])[:, None]
    place = np.searchsorted(scaled.ravel(), luck + row, side="right")
    return (place - row * width).clip(0, width - 1)


def _rates(name: str, value: str) -> Array:
    """Tours per person and day, float64 (3, 8, 6, 24); another gender is the mean of women and men."""
    table = load_table(name)
    rates = np.zeros((len(GENDERS), len(AGE_BANDS), len(PURPOSES), HOURS))
    place = (
        np.array([GENDERS.index(word) for word in table["gender"]]),
        np.array([AGE_BANDS.index(word) for word in table["age_band"]]),
        np.array([PURPOSES.index(word) for word in table["purpose"]]),
        table["hour"].astype(int),
    )
    rates[place] = table[value].astype(float)
    rates[2] = (rates[0] + rates[1]) / 2
    return rates


def _durations(name: str) -> tuple[Array, Array]:
    """Mean and spread of log minutes by purpose and part of day, float64 (6, 4) each."""
    table = load_table(name)
    mean, spread = np.full((len(PURPOSES), 4), np.log(30.0)), np.zeros((len(PURPOSES), 4))
    for purpose, part, median, sd in zip(
        table["purpose"], table["part_of_day"], table["median_min"], table["sd_log"], strict=True
    ):
        at = PURPOSES.index(purpose), _PARTS.index(part)
        mean[at], spread[at] = np.log(float(median)), float(sd)
    return mean, spread


def _by_group(name: str, value: str) -> Array:
    """A share by gender and age band, float64 (3, 8); another gender is the mean of women and men."""
    table = load_table(name)
    shares = np.zeros((len(GENDERS), len(AGE_BANDS)))
    for gender, band, share in zip(table["gender"], table["age_band"], table[value], strict=True):
        shares[GENDERS.index(gender), AGE_BANDS.index(band)] = float(share)
    shares[2] = (shares[0] + shares[1]) / 2
    return shares


def _second_purposes() -> Array:
    """Share of each purpose among second stops by the purpose of the first, float64 (6, 6)."""
    table = load_table("montpellier2014_second_stops")
    shares = np.zeros((len(PURPOSES), len(PURPOSES)))
    for first, second, share in zip(table["purpose"], table["second_purpose"], table["share"], strict=True):
        shares[PURPOSES.index(first), PURPOSES.index(second)] = float(share)
    return shares
