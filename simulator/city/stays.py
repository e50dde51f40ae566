"""Who is out without travelling: traders, hosts at doors, drivers at ranks, young people on squares, rough sleepers.

They count as people around and are exposed themselves. How many there are is assumed: so many per open venue, per open
space or per 1 000 residents, by hour. A row is one place taken at a time; the people there may change.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.clock import FIRST_HOUR, HOUR_MS, HOURS
from simulator.foundation.columns import Table, column

Array = np.ndarray[Any, Any]
STAYS = ("trader", "host", "driver", "young people", "rough sleeper", "participant", "patrol")
_LAST_HOUR = FIRST_HOUR + HOURS
_MOST_A_PLACE = 1000
"""Keys of the people at one place are this many apart."""


class _Kind(NamedTuple):
    """Where people of one kind are, and when: from and until a clock hour, past 24 by night."""

    level: str
    per: str  # "place", or "1 000 residents"
    at: tuple[str, ...]
    from_h: int
    until_h: int
    while_open: bool


_KINDS = {
    "trader": _Kind("stays_traders", "place", ("shop",), 8, 22, while_open=True),
    "host": _Kind("stays_hosts", "place", ("nightlife",), 20, 28, while_open=True),
    "driver": _Kind("stays_drivers", "1 000 residents", ("stop", "nightlife"), 4, 28, while_open=False),
    "young people": _Kind("stays_young_people", "place", ("open_space",), 16, 23, while_open=False),
    "rough sleeper": _Kind("stays_rough_sleepers", "1 000 residents", ("open_space", "shop"), 22, 28, while_open=False),
}


@dataclass(frozen=True)
class Stays(Table):
    """People who are out on a street without travelling, one row a person and stretch of time."""

    title: ClassVar[str] = "stays"
    stay_key: Array = column("int64", unit="key", meaning="stable key of kind, place, person and stretch", unique=True)
    segment: Array = column("int32", unit="index", meaning="street where they are", low=0)
    start_ms: Array = column("int64", unit="ms", meaning="since midnight", low=FIRST_HOUR * HOUR_MS)
    end_ms: Array = column("int64", unit="ms", meaning="since midnight", high=_LAST_HOUR * HOUR_MS)
    kind: Array = column("int8", unit="code", meaning="what they do there", words=STAYS)
    weight: Array = column("float64", unit="people", meaning="people stood for", low=0)

    def people_by_hour(self) -> Array:
        """Mean number of people out by kind and clock hour, float64 (kinds, 24)."""
        found = np.zeros((len(STAYS), HOURS))
        for hour in range(FIRST_HOUR, _LAST_HOUR):
            within = np.minimum(self.end_ms, (hour + 1) * HOUR_MS) - np.maximum(self.start_ms, hour * HOUR_MS)
            share = np.maximum(within, 0) / HOUR_MS * self.weight
            found[:, hour % HOURS] = np.bincount(self.kind, weights=share, minlength=len(STAYS))
        return found


def make_stays(
    network: StreetNetwork, parameters: Parameters, open_by_hour: Array, day: int, closed: Array | None = None
) -> Stays:
    """Draw who stays out on one day.

    Parameters
    ----------
    open_by_hour
        Whether each place is open, bool (24, P).
    day
        Number of the simulated day.
    closed
        Streets on which nobody may be, bool (24, S).
    """
    columns = [_of_kind(network, parameters, (open_by_hour, closed), day, code) for code in range(len(_KINDS))]
    return Stays(**{name: np.concatenate([part[name] for part in columns]) for name in columns[0]})


def where_open(stays: Stays, closed: Array | None) -> Stays:
    """The stays without the hours in which nobody may be on their street (bool (24, S)); the same if none is lost."""
    if closed is None or not len(stays):
        return stays
    hours = np.arange(FIRST_HOUR, _LAST_HOUR)
    begins, ends = hours * HOUR_MS, (hours + 1) * HOUR_MS
    within = np.asarray(np.minimum(stays.end_ms[:, None], ends) > np.maximum(stays.start_ms[:, None], begins))
    barred = within & closed[hours % HOURS][:, stays.segment].T
    if not barred.any():
        return stays
    edge = np.diff((within & ~barred).astype(np.int8), axis=1, prepend=0, append=0)
    row, first = np.nonzero(edge == 1)
    _, last = np.nonzero(edge == -1)
    whole = ~np.any(barred, axis=1, keepdims=True)[row, 0]
    words = draws.bits(0, "stay cut", stays.stay_key[row], first)
    return Stays(
        stay_key=np.where(whole, stays.stay_key[row], (words >> np.uint64(1)).astype(np.int64)),
        segment=stays.segment[row],
        start_ms=np.maximum(stays.start_ms[row], begins[first]),
        end_ms=np.minimum(stays.end_ms[row], ends[last - 1]),
        kind=stays.kind[row],
        weight=stays.weight[row],
    )


def _of_kind(
    network: StreetNetwork, parameters: Parameters, by_hour: tuple[Array, Array | None], day: int, code: int
) -> dict[str, Array]:
    open_by_hour, closed = by_hour
    kind, places = _KINDS[STAYS[code]], network.places
    rows = np.concatenate([network.places_of(word) for word in kind.at])
    rows = rows[np.argsort(places.place_id[rows])]
    level = np.full(rows.size, parameters[kind.level])
    if kind.per != "place" and rows.size:
        residents = float(places.size[network.places_of("home")].sum())
        level = level * residents / 1000.0 / rows.size
    variate = draws.uniform(parameters.seed, f"stays {STAYS[code]}", places.place_id[rows], day)
    number = np.minimum(np.floor(level + variate), _MOST_A_PLACE - 1).astype(np.int64)
    hours = np.arange(FIRST_HOUR, _LAST_HOUR)
    out = np.broadcast_to((hours >= kind.from_h) & (hours < kind.until_h), (rows.size, HOURS))
    if kind.while_open:
        out = out & open_by_hour[hours % HOURS][:, rows].T
    if closed is not None:
        out = out & ~closed[hours % HOURS][:, places.segment[rows]].T
    edge = np.diff(out.astype(np.int8), axis=1, prepend=0, append=0)
    place, begins = np.nonzero(edge == 1)
    _, ends = np.nonzero(edge == -1)
    stretch = np.repeat(np.arange(place.size), number[place])
    person = np.arange(stretch.size) - np.searchsorted(stretch, stretch)
    of_place = rows[place[stretch]]
    key = _key_of(network, of_place, person, begins[stretch], code)
    return {
        "stay_key": key,
        "segment": places.segment[of_place],
        "start_ms": hours[begins[stretch]] * HOUR_MS,
        "end_ms": (FIRST_HOUR + ends[stretch]) * HOUR_MS,
        "kind": np.full(stretch.size, code),
        "weight": np.ones(stretch.size),
    }


def _key_of(network: StreetNetwork, place: Array, person: Array, begins: Array, code: int) -> Array:
    """Keys that depend on the place's own key, not on its row."""
    words = draws.bits(0, f"stay key {code}", network.places.place_id[place], person, begins)
    return (words >> np.uint64(1)).astype(np.int64)


def spread_stays(network: StreetNetwork, segments: Array, people: float, on: Array, what: tuple[int, str]) -> Stays:
    """So many people at once, spread over streets by their length, in some hours of a day.

    Parameters
    ----------
    segments
        Rows of the streets.
    people
        How many are out at once on all of them together.
    on
        Whether they are out, by clock hour (bool (24,)).
    what
        Code of the kind of stay, and a name of those people of their own, so that keys differ.
    """
    hours = np.arange(FIRST_HOUR, _LAST_HOUR)
    edge = np.diff(on[hours % HOURS].astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    length = network.streets.length_m[segments]
    row, stretch = (grid.ravel() for grid in np.meshgrid(np.arange(segments.size), np.arange(begins.size)))
    kind, name = what
    words = draws.bits(0, f"spread stay {kind} {name}", network.streets.segment_id[segments[row]], begins[stretch])
    return Stays(
        stay_key=(words >> np.uint64(1)).astype(np.int64),
        segment=segments[row],
        start_ms=hours[begins[stretch]] * HOUR_MS,
        end_ms=(FIRST_HOUR + ends[stretch]) * HOUR_MS,
        kind=np.full(row.size, kind),
        weight=people * length[row] / max(float(length.sum()), 1e-9),
    )
