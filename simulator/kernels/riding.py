"""The ride on public transport that costs somebody least: which stops, how long the wait, how unsafe all of it feels.

Axis letters: P places, K stops near a place, N stops, Q ordered pairs of stops on one line, C perception classes,
S segments, T trips.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.policy import kernel, part_of_kernel

Array = np.ndarray[Any, Any]
OUTSIDE, NO_STOP = -1, -2
"""Instead of a stop: beyond the edge of the district, where stops are not known; and none within reach."""
HOURS, MODES = 24, 6
NEAREST, FURTHER = 4, 2
"""Stops near an end of a trip among which people choose: those of the city, and those that measures add to them."""
SLOTS = NEAREST + FURTHER
_HOUR_MIN, _MINUTE_MS = 60.0, 60_000.0
_DAY_ENDS_H = 4
_A_HAIR_LESS = 0.999999
"""So that rounding never makes a bound too large."""
_KM = 1000.0


PERSON = np.dtype(
    [
        ("speed_m_s", "f8"),
        ("women", "f8"),  # how much somebody waits as women do, 1 women, 0 men
        ("steps_bar", "?"),  # takes no steps
        ("group", "i8"),  # perception class
        ("rate", "f8"),  # minutes that somebody would travel rather than feel unsafe for one
        ("per_unsafe", "f8"),  # loss in log-odds a minute that would feel unsafe
        ("constant", "f8", (MODES,)),  # log-odds of each mode over walking, the same costs given
        ("has", "i1", (MODES,)),  # whether a mode is at hand at all, 1 or 0
        ("child", "?"),  # too young to be out alone
    ],
    align=True,
)
PLACE = np.dtype(
    [
        ("near", "i8", (SLOTS,)),  # stops near it, NO_STOP where there are fewer
        ("near_m", "f8", (SLOTS,)),  # metres to them in a straight line
        ("round_m", "f8", (SLOTS,)),  # how much longer the way is without steps, infinite where there is none
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("segment", "i8"),
    ],
    align=True,
)
STOP = np.dtype(
    [
        ("x_m", "f8"),
        ("y_m", "f8"),
        ("segment", "i8"),
        ("first_pair", "i8"),  # rows of the pairs that begin there
        ("end_pair", "i8"),
        ("wait_factor", "f8"),  # how much shorter a minute there feels than at a stop as it was
    ]
)
PAIR = np.dtype([("to", "i8"), ("ride_min", "f8")])
"""Pairs of stops on one line, by the first and then by the second; minutes in the vehicle on the quickest line."""
RUNS_FROM = np.dtype([("departures", "f8", (HOURS,)), ("last_min", "f8", (HOURS,))])
"""Departures of a stop by clock hour in its better direction, and the minute of the last one, -1 without any."""
RUNS_BETWEEN = np.dtype([("departures", "f4", (HOURS,)), ("last_min", "f4", (HOURS,))])
"""The same of a pair; single floats, since a city has hundreds of thousands of pairs."""
TRIP = np.dtype(
    [
        ("row", "i8"),  # in the table of trips
        ("person", "i8"),
        ("origin", "i8"),  # place
        ("destination", "i8"),  # place
        ("begins", "?"),  # begins outside the district
        ("ends", "?"),  # ends outside it
        ("back", "?"),  # is the way home of its tour
        ("outside_m", "f8"),
        ("depart_ms", "i8"),
        ("fixed", "f8", (MODES,)),  # minutes of the modes that neither hour nor fear changes
        ("saved", "f8"),  # minutes that a taxi is cheaper for those who can pay
    ],
    align=True,
)
"""Trips, tour by tour."""


class Rates(NamedTuple):
    """What a journey by public transport is reckoned with."""

    planned_over_straight: float
    outside_stop_min: float  # on foot to and from stops outside the district
    longest_wait_min: float  # nobody waits longer
    longest_stand_min: float  # who has longer to wait leaves home later
    ride_over_straight: float
    ride_speed: float  # km/h, where no line is known
    change_min: float
    wait_worth: float  # minutes of a ride that one at a stop is worth
    insecure_from_min: float  # from so many minutes on women who feel unsafe wait longer than they do
    insecure_more: float
    walk_weight: float  # minutes of a ride that one on foot is worth
    has_lines: bool


class City(NamedTuple):
    """What all rides of one arm have in common: rows of the types above."""

    places: Array
    stops: Array
    pairs: Array
    people: Array
    trips: Array
    fear: Array  # float32 (24, C, S): P(feel unsafe) as remembered
    rates: Rates


class Departures(NamedTuple):
    """What runs on a day."""

    between: Array  # RUNS_BETWEEN (Q,)
    at: Array  # RUNS_FROM (N + 1,): of the stops, and last of the stop that is served best in each hour


ENDS = np.dtype(
    [
        ("one", "i8", (SLOTS,)),  # where it may be boarded
        ("other", "i8", (SLOTS,)),  # where it may be left
        ("to_min", "f8", (SLOTS,)),  # on foot to the one
        ("from_min", "f8", (SLOTS,)),  # on foot from the other
        ("pair", "i8", (SLOTS, SLOTS)),  # row of the pair, -1 where no line leads
        ("anyhow_min", "f8", (SLOTS, SLOTS)),  # with a change, or where no line is known; infinite if impossible
        ("least_min", "f8", (SLOTS, SLOTS)),  # worth of walks and ride without any wait
    ]
)
"""The stops between which somebody chooses on one trip, and what does not depend on the hour: work space.

Whoever makes it holds the array: a row taken out of it does not keep it alive."""


class Ride(NamedTuple):
    """One ride; infinite minutes where there is none."""

    minutes: float  # walks, wait as it is valued, ride and change
    unsafe_min: float  # on the way to, at and from stops that would feel unsafe
    access_min: float
    egress_min: float
    unsafe_at_stop: float  # P(feel unsafe) there, 0 outside the district
    put_off_min: float  # how much later people leave, to stand less at the stop
    wait_min: float  # at the stop
    ride_min: float  # in the vehicle and changing
    stop: int  # where it is boarded, below 0 outside the district
    last_stop: int  # where it is left, below 0 outside the district


RIDE = np.dtype([(name, "f8" if name not in ("stop", "last_stop") else "i8") for name in Ride._fields])
"""Rides of trips, one row each."""


@part_of_kernel
def wait_min(runs: Any, when_min: float, longest_min: float) -> float:
    """Minutes until the next departure, on average over whatever minute it leaves; infinite if it is too long.

    Half the mean headway of the hour. In an hour without any departure, the rest of it and half the headway of the
    next. After the last departure of all, and where nothing runs in the next hour either, infinite.

    Parameters
    ----------
    runs
        A row of `RUNS_FROM` or `RUNS_BETWEEN`.
    when_min
        Minute since midnight at which the stop is reached.
    """
    since = math.floor(when_min / _HOUR_MIN)
    into = when_min - _HOUR_MIN * since
    hour = int(since) % HOURS
    after = (hour + 1) % HOURS
    here, then = np.float64(runs["departures"][hour]), np.float64(runs["departures"][after])
    wait: Any = _HOUR_MIN / 2.0 / here
    half_then = _HOUR_MIN / 2.0 / then if then > 0.0 and after != _DAY_ENDS_H else np.inf  # then it is another day
    if not (here > 0.0 and (into <= runs["last_min"][hour] or half_then < np.inf)):
        wait = _HOUR_MIN - into + half_then
    return wait if wait <= longest_min else np.inf


@part_of_kernel
def _pair_of(pairs: Array, first: int, end: int, other: int) -> int:
    """Row of the pair that leads to a stop, among rows first to end - 1; -1 where no line leads there."""
    low, high = first, end
    while low < high:
        middle = (low + high) >> 1
        if pairs[middle]["to"] < other:
            low = middle + 1
        else:
            high = middle
    return low if low < end and pairs[low]["to"] == other else -1


@part_of_kernel
def _near(rates: Rates, place: Any, person: Any, how: tuple[bool, bool], stop: Array, on_foot: Array) -> None:
    """Stops that may be taken at one end of a trip, and minutes on foot to them.

    Parameters
    ----------
    how
        Whether the end lies outside the district, and whether steps bar the way.
    """
    outside, level = how
    for k in range(SLOTS):
        if outside:
            stop[k], on_foot[k] = NO_STOP if k > 0 else OUTSIDE, rates.outside_stop_min
            continue
        per_m = 1.0 / (person["speed_m_s"] * 60.0)
        stop[k] = place["near"][k]
        on_foot[k] = place["near_m"][k] * rates.planned_over_straight * per_m
        if level and place["round_m"][k] > 0.0:
            on_foot[k] += place["round_m"][k] * per_m
            stop[k] = stop[k] if place["round_m"][k] < np.inf else NO_STOP


@part_of_kernel
def meet_ends(city: City, at: int, level: bool, space: Array, row: int) -> None:
    """Look up what rides of a trip (row `at`) have at every hour; `level` bars steps; written to a row of `space`."""
    ends = space[row]
    rates, trip = city.rates, city.trips[at]
    origin, destination, person = city.places[trip["origin"]], city.places[trip["destination"]], trip["person"]
    _near(rates, origin, city.people[person], (trip["begins"], level), ends["one"], ends["to_min"])
    _near(rates, destination, city.people[person], (trip["ends"], level), ends["other"], ends["from_min"])
    for k in range(SLOTS):
        one = ends["one"][k]
        from_x, from_y = origin["x_m"], origin["y_m"]
        if one >= 0:
            from_x, from_y = city.stops[one]["x_m"], city.stops[one]["y_m"]
        for m in range(SLOTS):
            other = ends["other"][m]
            ends["pair"][k, m], ends["anyhow_min"][k, m], ends["least_min"][k, m] = -1, np.inf, np.inf
            if NO_STOP in (one, other) or (one == other and one >= 0):
                continue
            there = one >= 0 and other >= 0
            to_x, to_y = destination["x_m"], destination["y_m"]
            if other >= 0:
                to_x, to_y = city.stops[other]["x_m"], city.stops[other]["y_m"]
            if there:
                first, end = city.stops[one]["first_pair"], city.stops[one]["end_pair"]
                ends["pair"][k, m] = _pair_of(city.pairs, first, end, other)
            metres = rates.ride_over_straight * math.hypot(from_x - to_x, from_y - to_y)
            metres += 0.0 if there else trip["outside_m"]
            change = rates.change_min if there and rates.has_lines else 0.0
            ends["anyhow_min"][k, m] = 60.0 * metres / _KM / rates.ride_speed + change
            pair, least = ends["pair"][k, m], ends["anyhow_min"][k, m]
            least = min(least, city.pairs[pair]["ride_min"]) if pair >= 0 else least
            ends["least_min"][k, m] = rates.walk_weight * (ends["to_min"][k] + ends["from_min"][m]) + least


@part_of_kernel
def _first_wait(departures: Departures, stop: int, when_min: float, longest_min: float) -> float:
    """Wait for whatever comes first; at a stop that is not known as at the one that is served best."""
    row = stop if stop >= 0 else departures.at.shape[0] - 1
    return wait_min(departures.at[row], when_min, longest_min)


@part_of_kernel
def _wait_and_ride(
    city: City, departures: Departures, ends: Any, which: tuple[int, int], board: tuple[float, float]
) -> tuple[float, float]:
    """Minutes waited and ridden: on one line, or with a change where that is quicker.

    Parameters
    ----------
    board
        When the stop is reached (minute since midnight), and the wait for whatever comes there first.
    """
    k, m = which
    board_min, first = board
    one, other, pair, longest = ends["one"][k], ends["other"][m], ends["pair"][k, m], city.rates.longest_wait_min
    wait, ride = np.inf, np.inf
    if pair >= 0:
        wait = wait_min(departures.between[pair], board_min, longest)
        ride = city.pairs[pair]["ride_min"]
    anyhow = ends["anyhow_min"][k, m]
    if one < 0 <= other:  # who comes from outside waits for what stops here
        first = _first_wait(departures, other, board_min, longest)
    if first + anyhow < wait + ride:
        there = one >= 0 and other >= 0
        if not there or _first_wait(departures, other, board_min, longest) < np.inf:
            wait, ride = first, anyhow
    return wait, ride


@part_of_kernel
def valued_wait(rates: Rates, wait: float, unsafe: float, women: float) -> float:
    """What minutes at a stop are worth in minutes of a ride: more, and still more for women who feel unsafe.

    Fan, Guthrie and Levinson (2016): waits feel longer than they are, those of women of more than ten minutes
    where they feel insecure far longer.
    """
    beyond = max(wait - rates.insecure_from_min, 0.0)
    return rates.wait_worth * (wait + beyond * unsafe * women * rates.insecure_more)


@part_of_kernel
def _hour(minute: float) -> int:
    return int(math.floor(minute / _HOUR_MIN)) % HOURS  # noqa: RUF046  # compiled, floor gives a float


@part_of_kernel
def best_ride(city: City, departures: Departures, ends: Any, at: int, depart_ms: int, afraid: bool) -> Ride:
    """The ride that costs least with what is feared, if anything is (`afraid`)."""
    rates, trip = city.rates, city.trips[at]
    person = city.people[trip["person"]]
    group, rate = person["group"], person["rate"] if afraid else 0.0
    home, goal = city.places[trip["origin"]]["segment"], city.places[trip["destination"]]["segment"]
    best: Any = np.inf
    none: Any = np.int64(NO_STOP)
    found = Ride(np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, none, none)
    for k in range(SLOTS):
        one = ends["one"][k]
        if one == NO_STOP:
            continue
        to_min = ends["to_min"][k]
        board_min = depart_ms / _MINUTE_MS + to_min
        fear = city.fear[_hour(board_min), group]
        at_stop = np.float64(fear[city.stops[one]["segment"]]) if afraid and one >= 0 else 0.0
        to_unsafe = to_min * (fear[home] + at_stop) / 2.0 if afraid else 0.0
        first = _first_wait(departures, one, board_min, rates.longest_wait_min)
        for m in range(SLOTS):
            other = ends["other"][m]
            if not ends["least_min"][k, m] * _A_HAIR_LESS < best:
                continue  # even if the vehicle were there already; also where there is no ride
            wait, ride = _wait_and_ride(city, departures, ends, (k, m), (board_min, first))
            if not (wait < np.inf and ride < np.inf):
                continue
            stand = min(wait, rates.longest_stand_min)
            from_min, from_unsafe = ends["from_min"][m], 0.0
            if afraid:
                later = city.fear[_hour(board_min + wait + ride), group]
                at_last = np.float64(later[city.stops[other]["segment"]]) if other >= 0 else 0.0
                from_unsafe = from_min * (later[goal] + at_last) / 2.0
            valued = valued_wait(rates, stand, at_stop, person["women"])
            if afraid and one >= 0:  # what was planned knows no measure
                valued *= city.stops[one]["wait_factor"]
            minutes = rates.walk_weight * (to_min + from_min) + valued + (wait - stand) + ride
            unsafe = to_unsafe + stand * at_stop + from_unsafe
            if minutes + rate * unsafe < best:
                best = minutes + rate * unsafe
                found = Ride(minutes, unsafe, to_min, from_min, at_stop, wait - stand, stand, ride, one, other)
    return found


@part_of_kernel
def _put(rides: Array, row: int, ride: Ride) -> None:
    rides[row]["minutes"], rides[row]["unsafe_min"] = ride.minutes, ride.unsafe_min
    rides[row]["access_min"], rides[row]["egress_min"] = ride.access_min, ride.egress_min
    rides[row]["unsafe_at_stop"], rides[row]["put_off_min"] = ride.unsafe_at_stop, ride.put_off_min
    rides[row]["wait_min"], rides[row]["ride_min"] = ride.wait_min, ride.ride_min
    rides[row]["stop"], rides[row]["last_stop"] = ride.stop, ride.last_stop


@kernel
def rides_of_trips(city: City, departures: Departures, which: Array, by_ms: Array, rides: Array, worse: Array) -> None:
    """The ride of each of some trips with what is feared, put off by some time.

    Parameters
    ----------
    which, by_ms
        Rows of `city.trips`, and ms each.
    rides, worse
        RIDE (T,) and bool (T,) by rows of the table of trips, written: the ride, and whether somebody who takes no
        steps would ride better over some.
    """
    ends = np.empty(1, ENDS)
    only = ends.shape[0] - 1  # as a number that is not known when compiling: one version of each part will do
    for number in range(which.shape[0]):
        at = which[number]
        trip = city.trips[at]
        level = city.people[trip["person"]]["steps_bar"]
        depart_ms = trip["depart_ms"] + by_ms[number]
        meet_ends(city, at, level, ends, only)
        ride = best_ride(city, departures, ends[only], at, depart_ms, True)
        _put(rides, trip["row"], ride)
        if level:
            meet_ends(city, at, not level, ends, only)
            free = best_ride(city, departures, ends[only], at, depart_ms, True)
            worse[trip["row"]] = free.minutes < ride.minutes or free.unsafe_min < ride.unsafe_min
