"""What people do on the streets on one day: rows that are a walk along a route or a stay at one segment."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.city.stays import Stays
from simulator.foundation import draws
from simulator.kernels.walking import PERSON_UNIT, STAY, WALK
from simulator.people.margins import ADULT
from simulator.people.population import People
from simulator.travel.routes import Routed, join

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Itineraries:
    """Walks and stays, in any order.

    Parameters
    ----------
    person
        Row of the person (R,).
    start_ms
        When it begins, since midnight before the day (int64 (R,)).
    routed
        The route of each row; of a stay the one segment where it is.
    kind
        `kernels.walking.WALK`, `WAIT` or `STAY` (int8 (R,)).
    stay_ms
        0 for a walk, else how long it is stayed (int64 (R,)).
    company
        Log-odds of feeling safe that company adds (float64 (R,)).
    slowed
        Factor on the person's pace: 1, or more with somebody slower (float64 (R,)).
    weight
        People stood for in the run's unit, 0 for as many as the person does (int64 (R,)).
    """

    person: Array
    start_ms: Array
    routed: Routed
    kind: Array
    stay_ms: Array
    company: Array
    slowed: Array
    weight: Array

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.person.size)

    @classmethod
    def walks(
        cls,
        person: Array,
        start_ms: Array,
        routed: Routed,
        *,
        company: Array | None = None,
        slowed: Array | None = None,
    ) -> "Itineraries":
        """Walks, alone and at the own pace unless said otherwise."""
        whole = np.zeros(person.size, np.int64)
        alone = np.zeros(person.size) if company is None else company
        own = np.ones(person.size) if slowed is None else slowed
        return cls(person, start_ms, routed, np.full(person.size, WALK, np.int8), whole, alone, own, whole)

    @classmethod
    def stays(
        cls,
        person: Array,
        start_ms: Array,
        stay_ms: Array,
        segment: Array,
        *,
        company: Array | None = None,
        weight: Array | None = None,
        kind: int = STAY,
    ) -> "Itineraries":
        """Waits or stays at segments; those of no length leave no row."""
        kept = np.flatnonzero(stay_ms > 0)
        at = Routed(np.arange(kept.size + 1, dtype=np.int64), segment[kept].astype(np.int32), np.zeros(kept.size))
        alone = np.zeros(kept.size) if company is None else company[kept]
        stood_for = np.zeros(kept.size, np.int64) if weight is None else weight[kept]
        start, stay = start_ms[kept].astype(np.int64), stay_ms[kept].astype(np.int64)
        kinds = np.full(kept.size, kind, np.int8)
        return cls(person[kept], start, at, kinds, stay, alone, np.ones(kept.size), stood_for)

    def take(self, rows: Array) -> "Itineraries":
        """Some rows, in the order given."""
        columns = {
            field.name: getattr(self, field.name)[rows] for field in dataclasses.fields(self) if field.name != "routed"
        }
        return Itineraries(routed=self.routed.take(rows), **columns)


def together(parts: Sequence[Itineraries]) -> Itineraries:
    """The rows of several, one after the other."""
    routed = join([part.routed for part in parts])
    names = [field.name for field in dataclasses.fields(Itineraries) if field.name != "routed"]
    return Itineraries(
        routed=routed, **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


def staying_rows(
    stays: Stays, people: People, seed: int, unit: int = PERSON_UNIT, among: Array | None = None
) -> Itineraries:
    """The stays as rows of a day; each is felt and met as by somebody drawn among those simulated.

    Of most who stay neither gender nor age is known; they are taken to be as mixed as all adults.

    Parameters
    ----------
    among
        Who they may be (bool (people,)); all adults by default, and where nobody else is like that.
    """
    adults = np.flatnonzero(people.age >= ADULT) if among is None or not among.any() else np.flatnonzero(among)
    adults = adults[np.argsort(people.person_id[adults])]  # the same in any order of people
    edges = np.cumsum(people.weight[adults])
    variate = draws.uniform(seed, "who stays", stays.stay_key)
    who = adults[np.searchsorted(edges, variate * edges[-1]).clip(0, adults.size - 1)]
    weight = np.rint(stays.weight * unit).astype(np.int64)
    return Itineraries.stays(who, stays.start_ms, stays.end_ms - stays.start_ms, stays.segment, weight=weight)
