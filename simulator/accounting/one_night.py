"""One person's night with measures and without, in moments: an illustration of an arm, never a result.

Who it is follows a rule, not a choice: of the women who are affected (`simulator.accounting.affected`) and out on foot
or at a stop after dark in both arms on the same wished trip, the one whose share of that time that feels safe gains the
median. If any such trip passes changed streets while they are other, or is made by another mode, at another time or
with another wait, only those count. If no woman has such a trip, then among those who make it outdoors in one arm only.

What is kept is no way and no place: the first third of the time outdoors, the time on streets that are changed (the
middle third where she passes none) and the last third become a few rounded means each, so that neither a home nor a
street can be told from them. No age, no name, no number of the person.
"""

import dataclasses
import itertools
from typing import Any

import numpy as np

from simulator.accounting.affected import changed_streets, names_of
from simulator.agenda.plans import TRIP_PURPOSES
from simulator.foundation.categories import GENDERS, MODES
from simulator.foundation.clock import HOUR_MS, HOURS, MINUTE_MS
from simulator.kernels.choosing import NOT_GOING
from simulator.kernels.walking import SHARE_UNIT, STAY, WAIT, WALK, fear_table, ways_ms
from simulator.simulation import Simulation
from simulator.travel.chosen import DayChoices
from simulator.travel.day_walk import DayWalk

Array = np.ndarray[Any, Any]
PARTS, MIDDLE = 3, 1
"""Thirds of the time outdoors of a trip; the middle one gives way to the time on streets that are changed."""
_DECIMALS = {"feels_safe": 2} | dict.fromkeys(
    ("dark", "unlit", "people_in_view", "park", "tunnel", "changed", "waiting"), 1
)
_QUARTER_MS = 15 * MINUTE_MS


@dataclasses.dataclass(frozen=True)
class Night:
    """A measured day of an arm: its streets, what was chosen, how it was walked, and the arm itself."""

    arm: Simulation
    chosen: DayChoices
    walk: DayWalk
    streets: list[Any]


@dataclasses.dataclass(frozen=True)
class Outdoors:
    """What each wished trip of a day is outdoors.

    Attributes
    ----------
    share
        Share of its time on foot or at stops that feels safe; NaN where it has none after dark (T,).
    passes
        Whether it passes a changed street in an hour in which that is other (bool (T,)).
    trip
        Trip of each row of the day's walks, -1 for stays (W,).
    """

    share: Array
    passes: Array
    trip: Array


def one_night(with_it: Night, without: Night, affected: Array) -> dict[str, Any] | None:
    """The night of the person of the median gain, as plain values for a manifest; None where nobody qualifies.

    Parameters
    ----------
    with_it, without
        The same measured day in the arm with measures and in the baseline.
    affected
        Who is affected (bool (people,)).
    """
    changed = changed_streets(with_it.arm.conditions, without.arm.conditions)
    sides = (without, with_it)
    out = [outdoors(side, changed) for side in sides]
    names = [names_of(side.chosen) for side in sides]
    _, *rows = np.intersect1d(names[0], names[1], assume_unique=True, return_indices=True)
    person = without.chosen.trips.person[rows[0]]
    hers = affected[person] & (with_it.arm.setting.people.gender[person] == GENDERS.index("woman"))
    shares = np.array([one.share[at] for one, at in zip(out, rows, strict=True)])
    touched = np.any([one.passes[at] for one, at in zip(out, rows, strict=True)], axis=0)
    for name in ("mode", "depart_ms", "waits_ms"):
        one, other = (getattr(side.chosen, name)[at] for side, at in zip(sides, rows, strict=True))
        touched |= one != other
    found = median_of(hers, shares, touched, (person, without.chosen.trips.depart_ms[rows[0]]))
    if found is None:
        return None
    row, among = found
    told = {
        name: _told(side, one, int(at[row]), changed)
        for name, side, one, at in zip(("without", "with"), sides, out, rows, strict=True)
    }
    return {"women": among, **told}


def outdoors(night: Night, changed: Array) -> Outdoors:
    """Assign a day's walks and waits to the trips that they belong to, and sum them by trip."""
    trips, walks = night.chosen.trips, night.walk.walks
    size = len(trips)
    made = np.flatnonzero(night.chosen.made)
    span = int(max(night.chosen.depart_ms.max(initial=0), walks.start_ms.max(initial=0))) + 1
    begins = trips.person[made].astype(np.int64) * span + night.chosen.depart_ms[made]
    order = np.argsort(begins, kind="stable")
    which = np.flatnonzero(walks.kind != STAY)
    at = (
        np.searchsorted(begins[order], walks.person[which].astype(np.int64) * span + walks.start_ms[which], "right") - 1
    )
    trip = np.full(walks.person.size, -1)
    trip[which] = made[order][at] if made.size else -1
    hour = walks.start_ms // HOUR_MS % HOURS
    dark = (trip >= 0) & night.arm.conditions.dark_hours[hour]
    spent, safe = (
        np.bincount(trip[dark], value[dark], minlength=size) for value in (walks.walked_ms, walks.safe / SHARE_UNIT)
    )
    share = np.divide(safe, spent, out=np.full(size, np.nan), where=spent > 0)
    there = changed[np.repeat(hour, np.diff(walks.route_start)), walks.route]
    running = np.concatenate([[0], np.cumsum(there)])
    passing = dark & (running[walks.route_start[1:]] > running[walks.route_start[:-1]])
    passes = np.zeros(size, bool)
    passes[trip[passing]] = True
    return Outdoors(share, passes, trip)


def median_of(hers: Array, shares: Array, touched: Array, order: tuple[Array, Array]) -> tuple[int, int] | None:
    """Row of the trip of the woman with the median gain, and among how many women; the lower one of two in the middle.

    Each woman counts with the first of her trips that qualifies.
    """
    known = np.isfinite(shares)
    for wanted in (known.all(axis=0) & touched, known.all(axis=0), known.any(axis=0)):
        rows = np.flatnonzero(hers & wanted)
        if rows.size:
            break
    else:
        return None
    person, depart = (one[rows] for one in order)
    rows = rows[np.lexsort((depart, person))]
    rows = rows[np.unique(order[0][rows], return_index=True)[1]]
    gain = np.nan_to_num(shares[1, rows]) - np.nan_to_num(shares[0, rows])
    ordered = rows[np.lexsort((order[0][rows], gain))]
    return int(ordered[(ordered.size - 1) // 2]), int(ordered.size)


def _told(night: Night, out: Outdoors, trip: int, changed: Array) -> dict[str, Any]:
    """One trip in one arm: how it is made, and what each third of it outdoors is like."""
    chosen, trips = night.chosen, night.chosen.trips
    mode, made = int(chosen.mode[trip]), bool(chosen.made[trip])
    walks = night.walk.walks
    rows = np.flatnonzero(out.trip == trip)
    parts = _parts(night, rows, changed) if made and rows.size else []
    spent, safe = int(walks.walked_ms[rows].sum()), float(walks.safe[rows].sum() / SHARE_UNIT)
    return {
        "goes": made and mode != NOT_GOING,
        "mode": MODES[mode] if mode < len(MODES) else "",
        "accompanied": bool((walks.company[rows] > 0).any()),
        "sets_out_min": int(round(int(chosen.depart_ms[trip]) / _QUARTER_MS) * 15) % (24 * 60),
        "origin": _origin(chosen, trip, night),
        "destination": TRIP_PURPOSES[int(trips.purpose[trip])],
        "minutes": round(spent / MINUTE_MS),
        "feels_safe": round(safe / spent, 2) if spent else None,
        "parts": parts,
    }


def _origin(chosen: DayChoices, trip: int, night: Night) -> str:
    """What is done where a trip begins, as far as its tour tells."""
    trips = chosen.trips
    if trips.origin[trip] == night.arm.setting.people.home[trips.person[trip]]:
        return "home"
    before = np.flatnonzero((trips.tour == trips.tour[trip]) & (trips.leg == trips.leg[trip] - 1))
    return TRIP_PURPOSES[int(trips.purpose[before[0]])] if before.size else "other"


def _parts(night: Night, rows: Array, changed: Array) -> list[dict[str, float]]:
    """Means over the parts of the time outdoors, rounded so that no street can be told from them."""
    walks, people = night.walk.walks, night.arm.setting.people
    person = int(walks.person[rows[0]])
    rows = rows[np.argsort(walks.start_ms[rows], kind="stable")]
    pieces = [pieces_of(night, int(row)) for row in rows]
    segment, begins, spent, own, kind = (np.concatenate([piece[at] for piece in pieces]) for at in range(5))
    hour = begins // HOUR_MS % HOURS
    safe = np.empty(segment.size)
    for now in np.unique(hour):
        for mine in np.unique(own[hour == now]):
            here = (hour == now) & (own == mine)
            safe[here] = _feels_safe(night.streets[now], int(people.gender[person]), float(mine))[segment[here]]
    conditions, streets = night.arm.conditions, night.arm.setting.network.streets
    seen = {
        "feels_safe": safe,
        "dark": conditions.dark[hour],
        "unlit": np.stack([one.unlit for one in night.streets])[hour, segment],
        "people_in_view": -np.log(np.stack([one.nobody for one in night.streets])[hour, segment]),
        "park": streets.in_park[segment],
        "tunnel": streets.is_tunnel[segment],
        "changed": changed[hour, segment],
        "waiting": kind == WAIT,
    }
    ends = np.cumsum(spent)
    edges = np.linspace(0, ends[-1], PARTS + 1)
    within = [
        np.clip(np.minimum(ends, high) - np.maximum(ends - spent, low), 0, None)
        for low, high in itertools.pairwise(edges)
    ]
    if seen["changed"].any():
        within[MIDDLE] = spent * seen["changed"]
    return [
        {
            name: round(float(np.average(np.asarray(value, float), weights=weight)), _DECIMALS[name])
            for name, value in seen.items()
        }
        for weight in within
    ]


def pieces_of(night: Night, row: int) -> tuple[Array, Array, Array, Array, Array]:
    """Segments of one walk or wait: which, when entered (ms), how long (ms), the person's own score, and its kind."""
    walks = night.walk.walks
    route = walks.route[walks.route_start[row] : walks.route_start[row + 1]]
    each = np.arange(route.size, dtype=np.int64)
    pace = night.walk.walkers.pace[walks.person[row]] * walks.slowed[row]
    spent = np.full(route.size, walks.stay_ms[row])
    if walks.kind[row] == WALK:
        spent = ways_ms(
            night.streets[0].walk_m, np.append(each, route.size), route, each, np.full(route.size, float(pace))
        )
    own = night.walk.walkers.own[walks.person[row]] + walks.company[row]
    begins = walks.start_ms[row] + np.cumsum(spent) - spent
    return route, begins, spent, np.full(route.size, own), np.full(route.size, walks.kind[row])


def _feels_safe(streets: Any, gender: int, own: float) -> Array:
    """P(feel safe) of one person on every segment in one hour (S,)."""
    unsafe = np.empty((1, streets.walk_m.size), np.float32)
    fear_table(streets, np.array([[gender, own]]), unsafe)
    return 1.0 - unsafe[0].astype(np.float64)
