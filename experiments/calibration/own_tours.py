"""Who sets out when and for what, fitted to a city's own travel survey as far as it says it, else as shipped.

Rates of tours: first, how many more or fewer tours of a kind there are than the shipped survey expects of these very
respondents, then the same for each gender, then for each gender and age. A ratio is (found + c * broader) / (expected +
c) with c = `LENT_TOURS` expected tours lent by the broader level (1 at the top): the mean of a Poisson rate's ratio
whose prior is a gamma distribution worth c. Hours of the start go down the same levels: effective tours found, and
`LENT_TOURS_OF_HOURS` lent by the broader level's hours. Shares of roles: `LENT_PERSONS` are lent. Groups of fewer than
`FEWEST` respondents are never fitted alone: they take what is fitted to all ages of the gender. What tours consist of,
how long stays last, how far places lie and by which mode people go stays as in the shipped survey.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.calibration.own_travel import FEWEST, TravelSurvey, read_travel
from experiments.calibration.tours_file import HOUR_COLUMNS, KEYS, KIND, NUMBERS, TABLE, shipped_tours
from experiments.folders import write_once
from experiments.profile_recipes.smoothing import effective_counts, shrink
from experiments.profile_recipes.survey import AGE_BANDS, GENDERS
from experiments.profile_recipes.tours import AGE_GROUPS, DAYS_OF_ROLE, day_of, hourly, sums_by_group, tours_of
from simulator.evidence.profiles import Array
from simulator.foundation.clock import HOURS

LENT_TOURS = 100.0
"""Expected tours lent by the broader level: between cities a rate then differs by about 1 / sqrt(100), 10 %.

Chosen by the three rings of the shipped survey, each fitted as if it were another city and held against persons kept
aside (docs/use.md): about half of what is best there, since cities differ more than rings of one do. An
assumption as far as other cities go.
"""
LENT_TOURS_OF_HOURS = 200.0
"""The same of the hours at which tours begin: hours of the night are thin, and with 20 they came out worse than the
shipped ones."""
LENT_PERSONS = 20.0
_NIGHT = [*range(20, 24), *range(4)]


@dataclasses.dataclass(frozen=True)
class OwnTours:
    """What a travel survey says.

    Parameters
    ----------
    table
        A row for each gender, age band, kind of day and kind of tour, with the columns of the shipped table.
    cells
        A row a group of gender and age: cell, asked, and tours a day and share that begins at night (20-04 h):
        found, shipped, fitted.
    """

    table: pd.DataFrame
    cells: pd.DataFrame


def fit_tours(survey: TravelSurvey) -> OwnTours:
    """Put a survey and the shipped table together."""
    shipped = shipped_tours()
    persons, found = _persons_and_tours(survey)
    share = _role_shares(shipped, persons, survey.weights_cost)
    fitted = []
    for (day, kind), rows in shipped.groupby(["day", "kind"], sort=False):
        role = next(name for name, days in DAYS_OF_ROLE.items() if day in days)
        main = str(kind).startswith(("work", "study"))
        people = persons[persons["role"] == role] if main else persons[persons["day"] == day]
        mine = found[(found["day"] == day) & (found["kind"] == kind)]
        cell = _Cell.of(rows, people, mine, survey.weights_cost)
        rate, hours = cell.rates(), cell.hours()
        for row, g, a in zip(rows.index, *_where(rows), strict=True):
            fitted.append((row, share[role][g, a], rate[g, a], *hours[g, a]))
    made = pd.DataFrame(fitted, columns=["row", *NUMBERS]).set_index("row").sort_index()
    table = pd.concat([shipped[list(KEYS)], made], axis=1)
    return OwnTours(table, _cells(persons, found, {"shipped": shipped, "fitted": table}))


def cells_of(survey: TravelSurvey, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What a survey finds by group, and what tables by name expect of its respondents, as `OwnTours.cells`."""
    return _cells(*_persons_and_tours(survey), tables)


def _persons_and_tours(survey: TravelSurvey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Respondents with their kind of day, and their tours with the same."""
    found = _all_trips_counted(tours_of(survey.days), survey.days)
    persons = survey.persons.assign(day=day_of(found, survey.persons))
    return persons, found.merge(persons[["person", "day"]], on="person", validate="many_to_one")


def _where(rows: pd.DataFrame) -> tuple[Array, Array]:
    """Codes of gender and age band of each row."""
    return (
        np.array([GENDERS.index(word) for word in rows["gender"]]),
        np.array([AGE_BANDS.index(word) for word in rows["age_band"]]),
    )


def _all_trips_counted(found: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    """Tours other than to work and study weighed so that all trips are counted, as in the shipped tables.

    What tours leave out (rare stops, days that did not begin at home) is laid on them in equal parts.
    """
    trips = found["weight"] * (1 + (found[["first", "second", "third"]] != "").sum(axis=1))
    main = found["kind"].str.startswith(("work", "study"))
    free = trips[~main].sum()
    factor = (days["weight"].sum() - trips[main].sum()) / free if free > 0 else 1.0
    return found.assign(weight=found["weight"] * np.where(main, 1.0, max(factor, 0.0)))


def _role_shares(shipped: pd.DataFrame, persons: pd.DataFrame, cost: float) -> dict[str, Array]:
    """Share of each role by gender and age band, float64 (2, 8) each; together 1."""
    weight, count = sums_by_group(persons), sums_by_group(persons.assign(one=1.0), "one") / cost
    known = count * cost >= FEWEST
    mixed = {}
    for role, days in DAYS_OF_ROLE.items():
        rows = shipped[shipped["day"] == days[-1]].drop_duplicates(["gender", "age_band"])
        before = np.zeros_like(weight)
        before[_where(rows)] = rows["role_share"]
        own = np.divide(
            sums_by_group(persons[persons["role"] == role]), weight, out=np.zeros_like(weight), where=weight > 0
        )
        ratio = ((own * count).sum() + LENT_PERSONS) / ((before * count).sum() + LENT_PERSONS)
        broad = before * ratio
        mixed[role] = np.where(known, (own * count + LENT_PERSONS * broad) / (count + LENT_PERSONS), broad)
    total = sum(mixed.values(), np.zeros_like(weight))
    return {role: share / total for role, share in mixed.items()}


@dataclasses.dataclass(frozen=True)
class _Cell:
    """One kind of tour on one kind of day, by gender and age band: effective persons, found and shipped."""

    persons: Array  # (2, 8)
    count: Array  # respondents (2, 8)
    found: Array  # tours, effective (2, 8)
    expected: Array  # tours (2, 8)
    rate: Array  # shipped, tours a person (2, 8)
    shipped_hours: Array  # (2, 8, 24)
    sums: tuple[Array, Array]  # weights and squared weights by hour (2, 8, 24)

    @classmethod
    def of(cls, rows: pd.DataFrame, people: pd.DataFrame, mine: pd.DataFrame, cost: float) -> "_Cell":
        rate, hours = np.zeros((2, len(AGE_BANDS))), np.zeros((2, len(AGE_BANDS), HOURS))
        at = _where(rows)
        rate[at], hours[at] = rows["tours_per_person"], rows[list(HOUR_COLUMNS)]
        mass, count = sums_by_group(people), sums_by_group(people.assign(one=1.0), "one")
        a_person = np.divide(sums_by_group(mine), mass, out=np.zeros_like(mass), where=mass > 0)
        persons = count / cost
        return cls(persons, count, a_person * persons, rate * persons, rate, hours, hourly(mine))

    @property
    def _gender_known(self) -> Array:
        return (self.count.sum(axis=1) >= FEWEST)[:, None]

    def rates(self) -> Array:
        """Tours a person, float64 (2, 8)."""
        both = _ratio(self.found.sum(), self.expected.sum(), 1.0)
        gender = _ratio(self.found.sum(axis=1), self.expected.sum(axis=1), both)[:, None]
        gender = np.where(self._gender_known, gender, both)
        own = _ratio(self.found, self.expected, gender)
        return self.rate * np.where(self.count >= FEWEST, own, gender)

    def hours(self) -> Array:
        """Shares of the hours at which tours begin, float64 (2, 8, 24)."""
        weight = (self.expected if self.expected.sum() > 0 else self.rate)[..., None]
        shipped = weight * self.shipped_hours
        both = _tilted(self.shipped_hours, shipped.sum(axis=(0, 1)), [one.sum(axis=(0, 1)) for one in self.sums])
        gender = both.copy()
        for g in np.flatnonzero(self._gender_known):
            gender[g] = _tilted(both[g], (weight * both)[g].sum(axis=0), [one[g].sum(axis=0) for one in self.sums])
        own = shrink(effective_counts(*self.sums), gender, LENT_TOURS_OF_HOURS)
        return np.where((self.count >= FEWEST)[..., None], own, gender)


def _ratio(found: Array, expected: Array, broader: Array | float) -> Array:
    return np.asarray((found + LENT_TOURS * broader) / (expected + LENT_TOURS))


def _tilted(profiles: Array, expected: Array, sums: Sequence[Array]) -> Array:
    """Profiles (..., 24), each hour times what a survey found of it over what was expected, all of them together."""
    if not expected.sum() > 0:
        return profiles
    before = expected / expected.sum()
    now = shrink(effective_counts(*sums), before, LENT_TOURS_OF_HOURS)
    tilted = profiles * np.divide(now, before, out=np.ones_like(now), where=before > 0)
    total = tilted.sum(axis=-1, keepdims=True)
    return np.divide(tilted, total, out=np.zeros_like(tilted), where=total > 0)


def _cells(persons: pd.DataFrame, found: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tours a day and share that begins at night by gender and age group; groups under `FEWEST` go together."""
    low = np.array([first for first, _ in AGE_GROUPS.values()])
    words = np.array(list(AGE_GROUPS))
    cell = persons["gender"] + " " + words[np.searchsorted(low, persons["age"], side="right") - 1]
    few = cell.map(cell.value_counts()) < FEWEST
    cell = cell.where(~few, persons["gender"] + ", other ages")
    cell = cell.where(cell.map(cell.value_counts()) >= FEWEST, "all others")
    persons = persons.assign(cell=cell)
    mine = found.merge(persons[["person", "cell"]], on="person", validate="many_to_one")
    rows = []
    for name, people in persons.groupby("cell"):
        if len(people) < FEWEST:
            continue
        row: dict[str, Any] = {"cell": name, "asked": len(people)}
        tours = mine[mine["cell"] == name]
        by_hour = np.bincount((tours["start"] // 60 % HOURS).astype(int), tours["weight"], HOURS)
        row |= _told("found", by_hour / people["weight"].sum())
        row |= {key: value for word, table in tables.items() for key, value in _told(word, _of(people, table)).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def _told(word: str, by_hour: Array) -> dict[str, float]:
    total = float(by_hour.sum())
    return {f"{word}_tours": total, f"{word}_night": float(by_hour[_NIGHT].sum()) / total if total > 0 else 0.0}


def _of(people: pd.DataFrame, table: pd.DataFrame) -> Array:
    """Tours a person by hour (24,) that a table expects of people with their roles and kinds of day."""
    main = table["kind"].str.startswith(("work", "study"))
    role = table["day"].map({day: role for role, days in DAYS_OF_ROLE.items() for day in days})
    by_role = people.groupby(["gender", "age_band", "role"])["weight"].sum()
    by_day = people.groupby(["gender", "age_band", "day"])["weight"].sum()
    keys = zip(table["gender"], table["age_band"], role, table["day"], main, strict=True)
    weight = [
        by_role.get((gender, band, of), 0.0) if first else by_day.get((gender, band, day), 0.0)
        for gender, band, of, day, first in keys
    ]
    tours = np.array(weight) * table["tours_per_person"].to_numpy(float)
    return np.asarray(tours @ table[list(HOUR_COLUMNS)].to_numpy(float) / people["weight"].sum())


def calibrate_tours(
    trips: Path, persons: Path, out: Path, *, columns: str | None = None, persons_columns: str | None = None
) -> tuple[TravelSurvey, OwnTours]:
    """Fit a travel survey and write one file that `--tours` takes, its manifest in the first line.

    Raises
    ------
    InputError
        If the survey cannot be used, the file holds something else already, or cannot be written.
    """
    survey = read_travel(trips, persons, columns=columns, persons_columns=persons_columns)
    made = fit_tours(survey)
    manifest = {
        "kind": KIND,
        "respondents": len(survey.persons),
        "trips": len(survey.days),
        "trips_file": {"name": trips.name, "sha256": _digest(trips)},
        "persons_file": {"name": persons.name, "sha256": _digest(persons)},
        "leans_on": TABLE,
        "lent": {"tours": LENT_TOURS, "tours_of_hours": LENT_TOURS_OF_HOURS, "persons": LENT_PERSONS, "fewest": FEWEST},
    }
    text = made.table.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    write_once(out, f"# {json.dumps(manifest)}\n{text}")
    return survey, made


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def told(survey: TravelSurvey, made: OwnTours) -> list[str]:
    """Lines that say what was used, and what is found, shipped and fitted."""
    lines = [f"{len(survey.persons)} respondents with {len(survey.days)} trips used"]
    lines += [f"  {count} left out: {why}" for why, count in survey.left_out.items()]
    if survey.weights_cost > 1.0 + 1e-9:
        lines.append(f"  weights cost as much as asking {survey.weights_cost:.2f} times fewer people")
    lines.append("                            tours a day            of these from 20 to 04 h")
    lines.append("                     asked  found shipped fitted   found shipped  fitted")
    lines += [
        f"  {row.cell:18s} {row.asked:5d} {row.found_tours:6.2f} {row.shipped_tours:7.2f} {row.fitted_tours:6.2f} "
        f"{100 * row.found_night:5.1f} % {100 * row.shipped_night:5.1f} % {100 * row.fitted_night:5.1f} %"
        for row in made.cells.itertuples()
    ]
    lines.append(
        f"(Each rate leans on the shipped survey by {LENT_TOURS:g} expected tours, its hours by "
        f"{LENT_TOURS_OF_HOURS:g}, each share of roles by {LENT_PERSONS:g} persons; groups of fewer than {FEWEST} "
        "respondents are not fitted alone.)"
    )
    lines.append("(What tours consist of, lengths of stays and ways, and modes stay those of the shipped survey.)")
    return lines
