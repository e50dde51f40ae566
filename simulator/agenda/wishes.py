"""How many tours people wish to make, for what, with which stops, and when: a day without being in two places.

Rates go by gender, age band and role; only who works goes to work, who studies to school. Visitors make the tours that
lead people to a centre who live elsewhere, so far as the place is one. Among all, night workers
take the evening and night shifts and carers most of the escorts, so that gender and age keep the survey's margins. A
day is filled in order: work or study, then escorts, then the rest, each begun at an hour at which the person is free.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.agenda.calendar import FREE_KINDS, MOST_ALIKE, Calendar, Times, Wishes
from simulator.agenda.daylight import CLOCK, Daylight, goes_by
from simulator.agenda.survey_tables import (
    AGES_OF_DISTANCE,
    DAY_WITHOUT_MAIN,
    DAYS,
    EVENING_H,
    KINDS,
    MOST_STOPS,
    NIGHT_ENDS_H,
    ROLES,
    STOPS,
    AgendaTables,
    agenda_tables,
)
from simulator.agenda.weekend import MAIN_KINDS, rates_of_day
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters
from simulator.foundation import draws
from simulator.foundation.categories import AGE_BANDS, AGE_GROUP_OF_BAND, GENDERS
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.kernels.days import FIRST_FREE_SLOT
from simulator.people.margins import centrality
from simulator.people.population import People

Array = np.ndarray[Any, Any]
_LEISURE, _SHOP = KINDS.index("leisure"), KINDS.index("shop")
_WEIGHT_UNIT = 4096.0
_MOST_FACTOR = 6.0


class Agenda:
    """Draws the wished tours of any day for the same people.

    Parameters
    ----------
    network, people, parameters
        The city, who lives in and visits it, and one draw of the parameters.
    late
        Leisure by clock hour over that of a usual weekday (24,): Friday and Saturday nights.
    ratios
        Tours of each kind over those of a usual weekday (K,): Saturdays and Sundays.
    tables
        What a city's own survey says of tours; None takes the shipped survey.
    daylight
        Starts over those of the survey's season; None takes the light of the survey's own days.
    """

    def __init__(
        self,
        network: StreetNetwork,
        people: People,
        parameters: Parameters,
        late: Array,
        *,
        ratios: Array | None = None,
        tables: AgendaTables | None = None,
        daylight: Daylight | None = None,
    ) -> None:
        self.people, self.parameters = people, parameters
        self._daylight = daylight or Daylight.none()
        self.tables: AgendaTables = agenda_tables() if tables is None else tables
        self.role = np.where(people.works, 0, np.where(people.student, 1, 2))
        self._care = self._care_factors()
        central = centrality(network, float(people.weight[people.resident].sum()), parameters)
        pull = self.tables.centre_pull ** (central * parameters.centre_pull_share)
        self._hours = self._start_hours(late, self._daylight.shop, pull)
        usual = self._start_hours(np.ones(HOURS), np.ones(HOURS), pull)
        self._usual_share = _ratio(usual.sum(axis=-1), self._hours.sum(axis=-1))
        flat = self.in_the_light(self._hours).reshape(-1, HOURS)
        self._usual = flat / np.maximum(flat.sum(axis=1, keepdims=True), 1e-12)
        self._calendar = Calendar(people, self.tables, parameters)
        self._made_up = np.ones((len(DAYS), len(KINDS)))
        # Friday nights add to the rates, darkness takes from those of shopping
        self._rates = (self.tables.rate * self._margins())[None] * self._hours.sum(axis=-1)
        self._usual_rates = self._rates * self._usual_share
        self._ratios = np.ones(len(KINDS)) if ratios is None else ratios
        if (self._ratios != 1.0).any():
            on_weekday = self._start_hours(np.ones(HOURS), self._daylight.shop, pull)  # as dark as on this date
            then = self._rates * _ratio(on_weekday.sum(axis=-1), self._hours.sum(axis=-1))
            factor = rates_of_day(self._rates[0], then[0], self._ratios, self._residents_by_role())
            self._rates = self._rates * factor

    def rows(self, kind_of_day: Array) -> Array:
        """Row in the flat tables by visiting, night work, gender, age band and kind of day of each person."""
        people = self.people
        shape = (2, 2, len(GENDERS), len(AGE_BANDS), len(DAYS))
        at = (~people.resident, people.night_worker, people.gender, people.age_band, kind_of_day)
        return np.ravel_multi_index(tuple(np.asarray(code).astype(int) for code in at), shape)

    def _shares(self, flag: Array, of: Array) -> Array:
        """Share of people with a flag among some, by gender and age band (3, 8), weighed in whole numbers."""
        people = self.people
        mine = people.resident & of
        cell = people.gender.astype(np.int64) * len(AGE_BANDS) + people.age_band
        weight = np.rint(people.weight * _WEIGHT_UNIT)
        size = len(GENDERS) * len(AGE_BANDS)
        found, total = (
            np.bincount(cell[rows], weights=weight[rows], minlength=size).reshape(len(GENDERS), -1).astype(float)
            for rows in (mine & flag, mine)
        )
        return np.divide(found, total, out=np.zeros_like(found), where=total > 0)

    def _margins(self) -> Array:
        """What rates are multiplied by so that gender and age keep the survey's totals of each kind (3, 8, D, K)."""
        everybody, tables = np.ones(len(self.people), bool), self.tables
        share = np.stack([self._shares(self.role == role, everybody) for role in range(len(ROLES))], axis=-1)
        ratio = np.divide(tables.role_share, share, out=np.ones_like(share), where=share > 0)
        main = np.clip(ratio[..., :2], 0.5, 2.0)  # of the roles that have a main tour
        firsts = [KINDS.index(word) for word in ("work", "work_first", "study", "study_first")]
        goes = tables.rate[:, :, [0, 0, 1, 1], firsts].reshape(*share.shape[:2], 2, 2).sum(axis=-1)
        wanted, found = (
            self._per_person(role, np.minimum(goes * lift, 1.0))
            for role, lift in ((tables.role_share, np.ones_like(main)), (share, main))
        )
        free = np.clip(np.divide(wanted, found, out=np.ones_like(found), where=found > 0), 0.5, 2.0)
        factor = np.repeat(free[:, :, None], len(DAYS), axis=2)
        factor[:, :, :2, : FREE_KINDS[0]] = main[..., None]
        return factor

    def _residents_by_role(self) -> Array:
        """Whole-number weights of residents by night work, gender, age band and role (2, 3, 8, R)."""
        people, shape = self.people, (2, len(GENDERS), len(AGE_BANDS), len(ROLES))
        rows = np.flatnonzero(people.resident)
        at = (people.night_worker, people.gender, people.age_band, self.role)
        cell = np.ravel_multi_index(tuple(np.asarray(code).astype(int)[rows] for code in at), shape)
        weight = np.rint(people.weight[rows] * _WEIGHT_UNIT)
        return np.bincount(cell, weights=weight, minlength=int(np.prod(shape))).astype(float).reshape(shape)

    def _per_person(self, role: Array, goes: Array) -> Array:
        """Tours of each kind per person of a gender and age, by shares of roles and of those who go (3, 8, K)."""
        days = [role[..., 0] * goes[..., 0], role[..., 1] * goes[..., 1]]
        days += [role[..., 0] - days[0], role[..., 1] - days[1], role[..., 2]]
        return np.asarray((np.stack(days, axis=-1)[..., None] * self.tables.rate).sum(axis=2))

    def _care_factors(self) -> Array:
        """Escorts of people who are nobody's carer, and of carers, over the mean of their gender and age (2, 3, 8)."""
        share = self._shares(self.people.carer > 0, np.ones(len(self.people), bool))
        others = self.parameters.care_by_others_share
        carer = np.minimum(np.divide(1 - others, share, out=np.ones_like(share), where=share > 0), _MOST_FACTOR)
        rest = 1.0 - share
        nobody = np.divide(1.0 - share * carer, rest, out=np.ones_like(share), where=rest > 0)
        return np.stack([np.maximum(nobody, 0.0), np.where(rest > 0, carer, 1.0)])

    def in_the_light(self, hours: Array) -> Array:
        """Weights of the hours of start (..., K, 24) by what leisure goes by (3, ..., K, 24)."""
        found = np.stack([hours] * len(self._daylight.leisure))
        found[..., _LEISURE, :] *= self._daylight.leisure.reshape(-1, *[1] * (found.ndim - 3), HOURS)
        return found

    def _start_hours(self, late: Array, shop: Array, pull: Array) -> Array:
        """Weights of the hours at which tours begin (2, 2, 3, 8, D, K, 24): residents' and visitors', by night work."""
        hours = np.stack([self.tables.hours] * 2)
        evening = (np.arange(HOURS) >= EVENING_H) | (np.arange(HOURS) < NIGHT_ENDS_H)
        share = self._shares(self.people.night_worker, self.people.works)
        for kind in (KINDS.index("work"), KINDS.index("work_first")):
            usual = hours[0, :, :, 0, kind].copy()
            by_night = usual[..., evening].sum(axis=-1)
            takes = np.minimum(1.0, np.divide(by_night, share, out=np.zeros_like(share), where=share > 0))
            left = np.divide(by_night - share * takes, 1 - share, out=np.zeros_like(share), where=share < 1)
            for flag, wanted in enumerate((left, takes)):
                late_ratio = np.divide(wanted, by_night, out=np.ones_like(wanted), where=by_night > 0)
                ratio = np.where(evening, late_ratio[..., None], ((1 - wanted) / (1 - by_night))[..., None])
                hours[flag, :, :, 0, kind] = usual * ratio
        hours[..., _LEISURE, :] *= late
        hours[..., _SHOP, :] *= shop
        return np.stack([hours, hours * pull])

    def wishes(self, day: int, inflation: Array) -> Wishes:
        """Who wishes which tours on a day.

        Parameters
        ----------
        inflation
            float64 (3, 3, 24): wished over realised tours by gender, age group and hour.
        """
        lift = _ratio(self.inflated(inflation).sum(axis=-1), self._hours.sum(axis=-1))
        rates, usual = (one.reshape(-1, len(KINDS)) for one in (self._rates * lift, self._usual_rates))
        main, kind_of_day = self._mains(day, rates)
        weekday = (main, kind_of_day) if (self._ratios == 1.0).all() else self._mains(day, usual)
        of_day = ((rates, kind_of_day), (usual, weekday[1]))
        free = [table[self.rows(day)][:, FREE_KINDS[0] :] * self._escort_factor() for table, day in of_day]
        parts = [self._residents(day, main, free[0]), self._visitors(day, main, weekday[0], free)]
        person, slot, kind = (np.concatenate([part[at] for part in parts]) for at in range(3))
        order = np.lexsort((slot, person))
        person, slot, kind = person[order], slot[order], kind[order]
        return Wishes(person, slot, kind, kind_of_day[person], self._stops(day, person, slot, kind))

    def _mains(self, day: int, rates: Array) -> tuple[Array, Array]:
        """Kind of the main tour of each person, -1 for none, and kind of day, by flat tables of rates."""
        people = self.people
        with_main = np.minimum(self.role, 1)
        running = np.cumsum(rates[self.rows(with_main)][:, MAIN_KINDS], axis=1) * (self.role < 2)[:, None]
        running /= np.maximum(running[:, -1:], 1.0)
        variate = draws.uniform(self.parameters.seed, "main tour", people.person_id, day)
        which = (variate[:, None] > running).sum(axis=1)
        goes = which < len(MAIN_KINDS)
        main = np.where(goes, np.array([*MAIN_KINDS, 0])[which], -1)
        return main, np.where(goes, with_main, DAY_WITHOUT_MAIN[self.role])

    def make_up(self, wishes: Wishes, planned: Array, start: Array) -> None:
        """Learn from a day that was tried: what found no free time is wished more often, and at the hours that lost.

        Residents alone: a visitor's one tour is in the way of nothing.

        Parameters
        ----------
        planned
            Rows of the wishes for which there was time.
        start
            When those begin (ms).
        """
        size = (len(DAYS), len(KINDS))
        cell = np.ravel_multi_index((wishes.day, wishes.kind), size)
        mine = self.people.resident[wishes.person]
        rows = np.flatnonzero(mine)
        profile = np.bincount(self.rows_of(wishes)[rows], minlength=self._usual.shape[0])[:, None] * self._usual
        wished = profile.reshape(-1, *size, HOURS).sum(axis=0) / self._made_up[..., None] + 2.0
        ours = mine[planned]
        hour = start[ours] // HOUR_MS % HOURS
        found = np.bincount(cell[planned[ours]] * HOURS + hour, minlength=wished.size).reshape(wished.shape) + 2.0
        free = np.s_[:, FREE_KINDS[0] :]  # who goes to work goes to work
        ratio = np.ones(size)
        ratio[free] = np.clip(wished.sum(axis=-1) / found.sum(axis=-1), 0.8, 1.5)[free]
        shape = wished / found / (wished.sum(axis=-1) / found.sum(axis=-1))[..., None]
        hours = self._hours[0].copy()
        hours[..., FREE_KINDS[0] :, :] *= np.clip(shape, 0.4, 2.5)[free]
        total, before = hours.sum(axis=-1, keepdims=True), self._hours[0].sum(axis=-1, keepdims=True)
        self._hours[0] = np.divide(hours * before, total, out=hours, where=total > 0)
        self._made_up = self._made_up * ratio
        self._rates[0] *= ratio

    def rows_of(self, wishes: Wishes) -> Array:
        """Row in the flat tables by what leisure goes by and kind of tour of each wish."""
        kind_of_day = np.zeros(len(self.people), np.int64)
        kind_of_day[wishes.person] = wishes.day
        by = np.where(wishes.kind == _LEISURE, goes_by(wishes.stops), CLOCK) * (self._hours.size // HOURS)
        return np.asarray(by + self.rows(kind_of_day)[wishes.person] * len(KINDS) + wishes.kind)

    def inflated(self, inflation: Array) -> Array:
        """Weights of the hours at which tours begin, with what wishes are inflated by (2, 2, 3, 8, D, K, 24)."""
        return np.asarray(self._hours * inflation[:, AGE_GROUP_OF_BAND][:, :, None, None, :])

    def _escort_factor(self) -> Array:
        """What the rates of each free kind are multiplied by for each person (P, free kinds)."""
        people = self.people
        factor = np.ones((len(people), len(FREE_KINDS)))
        carer = (people.carer > 0).astype(int)
        factor[:, :2] = self._care[carer, people.gender, people.age_band][:, None]
        return factor

    def _residents(self, day: int, main: Array, free: Array) -> tuple[Array, Array, Array]:
        rows = np.flatnonzero(self.people.resident)
        ids, seed = self.people.person_id[rows], self.parameters.seed
        goes = rows[main[rows] >= 0]
        twice = goes[np.isin(main[goes], [KINDS.index("work_first"), KINDS.index("study_first")])]
        found: list[tuple[Array, int, Array | int]] = [(goes, 0, main[goes]), (twice, 1, main[twice] + 1)]
        for at, kind in enumerate(FREE_KINDS):
            stream = "escorts" if KINDS[kind] in ("drop", "fetch") else KINDS[kind]  # who takes also fetches
            count = _poisson(free[rows, at], draws.uniform(seed, f"tours {stream}", ids, day))
            first = FIRST_FREE_SLOT + MOST_ALIKE * at
            found += [(rows[count > number], first + number, kind) for number in range(MOST_ALIKE)]
        return _filled(found)

    def _visitors(self, day: int, main: Array, on_weekday: Array, rates: list[Array]) -> tuple[Array, Array, Array]:
        """One tour a visitor in the mean of weekdays; more to make up for trips not made and on busier days.

        Of a gender and age, who makes many tours a day comes often: else tours of those who make few, as to work,
        would be too few of all.
        """
        rows = np.flatnonzero(~self.people.resident)
        ids, seed = self.people.person_id[rows], self.parameters.seed
        free, usual = rates
        goes, would = ((one[rows] >= 0).astype(float) for one in (main, on_weekday))
        mean = (goes + free[rows].sum(axis=1)) / self._mean_of_alike(rows, would + usual[rows].sum(axis=1))
        count = np.minimum(np.floor(mean + draws.uniform(seed, "visits", ids, day)), FIRST_FREE_SLOT)
        found = []
        for number in range(FIRST_FREE_SLOT):
            who = np.flatnonzero(count > number)
            running = np.cumsum(np.column_stack([goes[who], free[rows[who]]]), axis=1)
            variate = draws.uniform(seed, "visit kind", ids[who], day, number) * running[:, -1]
            pick = (variate[:, None] > running).sum(axis=1).clip(0, len(FREE_KINDS))
            kind = np.where(pick == 0, main[rows[who]], FREE_KINDS[0] + pick - 1)
            found.append((rows[who], number, kind))
        return _filled(found)

    def _mean_of_alike(self, rows: Array, values: Array) -> Array:
        """Mean over people of the same gender and age band, for each; in whole numbers, so that order is nothing."""
        people = self.people
        cell = people.gender[rows].astype(np.int64) * len(AGE_BANDS) + people.age_band[rows]
        weight = np.rint(people.weight[rows] * _WEIGHT_UNIT)
        sums = (weight * np.rint(values * _WEIGHT_UNIT), weight)
        total, number = (np.bincount(cell, weights=one).astype(float) for one in sums)  # of nobody they are integers
        return np.asarray(_ratio(total, number * _WEIGHT_UNIT)[cell])

    def _stops(self, day: int, person: Array, slot: Array, kind: Array) -> Array:
        """Words of the stops of each tour; carers' tours have more escorts on the way than others'."""
        people, tables = self.people, self.tables
        escorts = np.isin(tables.patterns, [STOPS.index("drop"), STOPS.index("fetch")]).any(axis=1)
        variate = draws.uniform(self.parameters.seed, "stops", people.person_id[person], day, slot)
        found = np.full((person.size, MOST_STOPS), -1)
        carer = (people.carer[person] > 0).astype(int)
        factor = self._care[carer, people.gender[person], people.age_band[person]] * self._ratios[KINDS.index("drop")]
        role = self.role[person]
        shape = (len(GENDERS), 3, len(KINDS))
        group = np.ravel_multi_index((people.gender[person].astype(int), role, kind), shape)
        for code in np.unique(group):
            at = np.flatnonzero(group == code)
            share = tables.pattern_share[np.unravel_index(code, shape)]
            with_escort, without = share * escorts, share * ~escorts
            many, few = with_escort.sum(), without.sum()
            # a random number below the share of tours with an escort picks among those, stretched to that share
            part = np.minimum(many * factor[at], 0.9) if few > 0 < many else np.full(at.size, many)
            takes = variate[at] < part
            inner = np.where(
                takes, variate[at] / np.maximum(part, 1e-12), (variate[at] - part) / np.maximum(1 - part, 1e-12)
            )
            for rows, weights in ((takes, with_escort), (~takes, without)):
                edges = np.cumsum(weights)
                pick = np.searchsorted(edges, inner[rows] * edges[-1], side="right").clip(0, edges.size - 1)
                found[at[rows]] = tables.patterns[pick]
        return found

    def metres(self, person: Array, word: Array, from_home: Array, variate: Array) -> Array:
        """Wished way (m) to a stop, by what it is for, whether from home, and age; `variate` is standard normal."""
        age = self.people.age[person]
        ages = np.searchsorted((18, 65), age, side="right")
        assert len(AGES_OF_DISTANCE) == 3
        mean, spread = self.tables.distance[:, word, np.where(from_home, 0, 1), ages]
        return np.asarray(self.parameters.survey_distance_factor * np.exp(mean + spread * np.clip(variate, -3, 3)))

    def place_in_time(self, day: int, wishes: Wishes, travel: Array, inflation: Array) -> tuple[Array, Times]:
        """Begin each tour at an hour at which the person is free, or not at all (`calendar.Calendar.fill`).

        Parameters
        ----------
        travel
            Planned time (int64 ms) to each stop and home (N, 4); 0 where there is no stop.

        Returns
        -------
        Rows of the wishes that are planned, and their times.
        """
        hours = self.in_the_light(self.inflated(inflation))
        return self._calendar.fill(day, wishes, travel, (hours, self.rows_of(wishes)))


def _ratio(above: Array, below: Array) -> Array:
    """A ratio, 1 where nothing stands below."""
    return np.divide(above, below, out=np.ones_like(above), where=below > 0)


def _filled(found: Sequence[tuple[Array, int, Array | int]]) -> tuple[Array, Array, Array]:
    """Rows, slots and kinds one after the other."""
    rows = [part[0] for part in found]
    return (
        np.concatenate(rows),
        np.repeat([part[1] for part in found], [one.size for one in rows]),
        np.concatenate([np.broadcast_to(part[2], part[0].shape) for part in found]),
    )


def _poisson(mean: Array, variate: Array) -> Array:
    """Poisson counts by inversion, at most `MOST_ALIKE`."""
    count = np.zeros(mean.size, np.int64)
    term = np.exp(-mean)
    below = term.copy()
    for number in range(1, MOST_ALIKE + 1):
        count += variate > below
        term = term * mean / number
        below = below + term
    return count
