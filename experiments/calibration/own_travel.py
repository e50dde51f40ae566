"""A city's own travel survey, as it is read: who was asked, and the trips of one weekday of each.

Two tables: persons (those who stayed at home too) and trips. A day begins at 04:00. Trips are put in order by when they
begin; the first one leaves from home unless `origin` says otherwise, each further one from where the last one ended.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.profile_recipes.survey import AGE_BANDS, YOUNGEST
from experiments.profile_recipes.tours import ROLES, chained
from simulator.errors import InputError
from simulator.foundation.categories import AGE_BAND_FROM
from simulator.foundation.spelling import GENDER_WORDS, gender_fault
from street_networks.tables.column_mapping import read_mapping
from street_networks.tables.rows import RowFaults, number_in, read_rows

Array = np.ndarray[Any, Any]
PERSON_COLUMNS = ("person", "gender", "age", "role", "weight")
"""Columns of persons; all but weight must be there."""
TRIP_COLUMNS = ("person", "start", "purpose", "end", "origin")
"""Columns of trips; the first three must be there."""
PLACES = ("home", "work", "study", "shop", "leisure", "stroll", "visit", "drop", "fetch", "other")
"""Words for what is done at the end of a trip, and for where it begins."""
FEWEST = 30
"""Fewer respondents than this are refused, and cells of fewer are put together: as everywhere in this program."""
_DAY_MIN, _DAY_BEGINS, _MOST_MIN, _OLDEST = 24 * 60, 4 * 60, 36 * 60, 120
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")


@dataclasses.dataclass(frozen=True)
class TravelSurvey:
    """A travel survey as read.

    Parameters
    ----------
    persons
        A row a respondent: person, gender (woman or man), age, age_band, role, weight.
    days
        Their trips as `experiments.profile_recipes.tours.chained` gives them.
    left_out
        Respondents who are not used, by why.
    """

    persons: pd.DataFrame
    days: pd.DataFrame
    left_out: Mapping[str, int]

    @property
    def weights_cost(self) -> float:
        """Variance that weights cost: 1 where all weigh alike (Kish 1965)."""
        weight = self.persons["weight"].to_numpy(float)
        return float(len(weight) * (weight**2).sum() / weight.sum() ** 2)


def read_travel(
    trips: Path, persons: Path, *, columns: str | None = None, persons_columns: str | None = None
) -> TravelSurvey:
    """Read a travel survey.

    Parameters
    ----------
    trips
        Table with `person`, `start` (07:45, 25:10 for after midnight, or minutes since midnight) and `purpose` (one of
        `PLACES`; home for a way back); maybe `end` and `origin`.
    persons
        Table with `person`, `gender`, `age` (years) and `role` (employed, student, other); maybe `weight`.
    columns, persons_columns
        What the files call them, as `read_mapping` takes it; words that differ in its tables `[values.purpose]`.

    Raises
    ------
    InputError
        With every row that cannot be used, trips of people who are not among the persons, or fewer than `FEWEST`
        respondents.
    """
    asked, left_out = _persons(persons, persons_columns)
    made = _trips(trips, columns)
    strangers = sorted(set(made["person"]) - set(asked["person"]))
    if strangers:
        found = ", ".join(strangers[:3]) + (", ..." if len(strangers) > 3 else "")
        raise InputError(
            f"{trips}: found trips of {len(strangers)} persons who are not in {persons} ({found}), expected every "
            "person there, those who stayed at home too"
        )
    used = asked[asked["used"]].drop(columns="used").reset_index(drop=True)
    if len(used) < FEWEST:
        raise InputError(
            f"{persons}: found {len(used)} women and men of {YOUNGEST} and over, expected {FEWEST} at least; ask more "
            "people, or keep the shipped survey"
        )
    joined = made.merge(used, on="person", validate="many_to_one")
    joined = joined.sort_values(["person", "start", "row"], kind="stable", ignore_index=True)
    before = joined.groupby("person")["purpose"].shift(1).fillna("home")
    origin = joined["origin"].where(joined["origin"] != "", before)
    return TravelSurvey(used, chained(joined.assign(origin=origin, stop=joined["purpose"])), left_out)


class _Table:
    """Rows of one file by our names."""

    def __init__(self, path: Path, columns: str | None, names: Sequence[str], *, option: str, needed: int) -> None:
        required = names[:needed]
        what = f"a table with columns {', '.join(required)}"
        self.rows = read_rows(path, what=what)
        mapping = read_mapping(columns, names, option=option, theirs=self.rows.headings)
        self.faults = RowFaults(path, "this table")
        self._columns, self._values = mapping.columns, mapping.values
        for name in required:
            if name not in self._columns:
                found = f"columns {', '.join(self.rows.headings)}"
                self.faults.add(None, found, f"a column {name}, or {option} {name}=...")
        self.faults.raise_any()

    def words(self, name: str) -> list[str]:
        """Texts of a column, as mapped; empty ones where there is none."""
        if name not in self._columns:
            return [""] * len(self.rows.cells)
        texts = [cell[self._columns[name]].strip() for cell in self.rows.cells]
        return [self._values.get(name, {}).get(text, text) for text in texts]

    def number(self, text: str, name: str) -> float | None:
        """A finite number; None if it is none."""
        return number_in(text, decimal_comma=self.rows.decimal_comma.get(self._columns.get(name, ""), False))


def _persons(path: Path, columns: str | None) -> tuple[pd.DataFrame, dict[str, int]]:
    table = _Table(path, columns, PERSON_COLUMNS, option="--persons-columns", needed=4)
    kept, why = [], Counter[str]()
    every = zip(table.rows.numbers, *(table.words(name) for name in PERSON_COLUMNS), strict=True)
    for row, person, gender_word, age_word, role, weight_word in every:
        gender = GENDER_WORDS.get(gender_word.casefold(), "")
        age = table.number(age_word, "age")
        weight = table.number(weight_word, "weight") if weight_word else 1.0
        if not gender:
            table.faults.lines.append(f"row {row}: {gender_fault(gender_word)}")
        if age is None or not 0 <= age <= _OLDEST:
            table.faults.add(row, f"age {age_word!r}", f"years from 0 to {_OLDEST}")
            age = 0.0
        if role not in ROLES:
            table.faults.add(row, f"role {role!r}", f"one of {', '.join(ROLES)}, or a mapping with [values.role]")
        if weight is None or weight <= 0:
            table.faults.add(row, f"weight {weight_word!r}", "a number above 0")
        left = _why_not(gender, age)
        why[left] += 1
        kept.append((person, gender, int(age), role, weight, not left))
    frame = pd.DataFrame(kept, columns=["person", "gender", "age", "role", "weight", "used"])
    twice = frame.loc[frame["person"].duplicated(), "person"]
    if len(twice):
        table.faults.add(None, f"person {twice.iloc[0]!r} more than once", "each respondent once")
    table.faults.raise_any()
    del why[""]
    band = np.searchsorted(np.array(AGE_BAND_FROM), frame["age"], side="right") - 1
    return frame.assign(age_band=np.array(AGE_BANDS)[np.maximum(band, 0)]), dict(why)


def _why_not(gender: str, age: float) -> str:
    if gender == "another":
        return "people of another gender: the model takes them to lie between women and men"
    return f"younger than {YOUNGEST}" if age < YOUNGEST else ""


def _trips(path: Path, columns: str | None) -> pd.DataFrame:
    table = _Table(path, columns, TRIP_COLUMNS, option="--columns", needed=3)
    kept = []
    every = zip(table.rows.numbers, *(table.words(name) for name in TRIP_COLUMNS), strict=True)
    for row, person, start_word, purpose, end_word, origin in every:
        start, end = (minutes_of(word) for word in (start_word, end_word or start_word))
        for name, word, found in (("start", start_word, start), ("end", end_word, end)):
            if found is None:
                table.faults.add(row, f"{name} {word!r}", "a time such as 07:45, or minutes since midnight")
        for name, word in (("purpose", purpose), ("origin", origin)):
            if word not in PLACES and (word or name == "purpose"):
                table.faults.add(
                    row, f"{name} {word!r}", f"one of {', '.join(PLACES)}, or a mapping with [values.{name}]"
                )
        late = start or 0
        kept.append((row, person, late, (end or 0) + (_DAY_MIN if (end or 0) < late else 0), purpose, origin))
    table.faults.raise_any()
    return pd.DataFrame(kept, columns=["row", "person", "start", "end", "purpose", "origin"])


def minutes_of(word: str) -> int | None:
    """Minutes since midnight of the survey's day, which begins at 04:00: earlier ones belong to its end."""
    if found := _CLOCK.fullmatch(word):
        minutes = 60 * int(found[1]) + int(found[2]) if int(found[2]) < 60 else _MOST_MIN
    elif word.isdecimal():
        minutes = int(word)
    else:
        return None
    minutes += _DAY_MIN if minutes < _DAY_BEGINS else 0
    return minutes if minutes < _MOST_MIN else None
