"""`afterdark validate people`: whether people are about as surveyed, held against the half of the survey kept aside.

Every figure takes trips that are made: those planned, or those that mode choice has left (`made`).
"""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.maps.hours_figure import hours_figure
from analysis.validation import IMPOSED, Target, assess_target, unassessed_row, write_validation
from experiments.runs import Progress
from experiments.validation.likeness import likeness
from experiments.validation.passing import NIGHT, ByKind, by_counts, passers_by
from simulator.agenda.plans import TRIP_PURPOSES, Trips
from simulator.agenda.survey_tables import PURPOSES
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import Parameters, draw_parameters
from simulator.evidence.profiles import Array, load_table
from simulator.foundation.categories import AGE_BANDS, AGE_GROUP_OF_BAND, CARERS, GENDERS
from simulator.foundation.clock import HOURS, MINUTE_MS
from simulator.people.population import People
from simulator.simulation import Simulation

FIGURE = "trip-starts-by-hour.svg"
_LATER_DAYS = ("Friday", "Saturday", "Sunday")
GROUPS_OF_AGE = ("all", "under 35", "35-64", "65+")
_C1 = "C1 trip starts by hour, gender and age against the other half of the survey"
_C2 = "C2 trips per person and day"
_C3 = "C3 trips that start 21-04"
_C4 = "C4 trips that take or fetch somebody, of trips not home"
_C5 = "C5 median stay"
_C6 = "C6 trips that start 21-04, of visitors' tours (surveyed: into the centre by those who live elsewhere)"
LEAST_CORRELATION = 0.95
SETTLE_DAYS = 2
"""Days after which wishes make up for what is not made."""
_CARE = PURPOSES.index("care")


@dataclasses.dataclass(frozen=True)
class Travelled:
    """Trips of one day with the people who make them.

    Parameters
    ----------
    people, trips
        As planned, trips outside the district included.
    made
        Whether each trip is made (bool, or a probability); all of them before mode choice.
    stay_ms
        Time at each destination, -1 at home.
    """

    people: People
    trips: Trips
    made: Array
    stay_ms: Array

    @property
    def weight(self) -> Array:
        """Real trips of residents that each trip stands for."""
        person = self.trips.person
        return np.asarray(self.people.weight[person] * self.people.resident[person] * self.made)

    def by_hour(self) -> Array:
        """Trips per person by gender, age band and clock hour of their start, float64 (3, 8, 24)."""
        people, person = self.people, self.trips.person
        trips = np.zeros((len(GENDERS), len(AGE_BANDS), HOURS))
        np.add.at(trips, (people.gender[person], people.age_band[person], self.trips.hour), self.weight)
        number = np.zeros(trips.shape[:2])
        np.add.at(number, (people.gender, people.age_band), people.weight * people.resident)
        return np.divide(trips, number[..., None], out=np.zeros_like(trips), where=number[..., None] > 0)

    def rows_of(self, gender: str, ages: str) -> Array:
        """Trips of a gender and age group (bool)."""
        mine = self.people.gender == GENDERS.index(gender)
        if ages != "all":
            mine &= AGE_GROUP_OF_BAND[self.people.age_band] == GROUPS_OF_AGE.index(ages) - 1
        return np.asarray(mine[self.trips.person])

    def figure(self, name: str, gender: str, ages: str) -> float:
        """A figure of the survey's check table, as it comes out here."""
        trips, weight = self.trips, self.weight
        if name.startswith("stay_"):
            purpose = PURPOSES.index(name.removeprefix("stay_"))
            rows = (trips.purpose == purpose) & (self.stay_ms >= 0) & (weight > 0)
            rows &= (purpose != PURPOSES.index("leisure")) | (self.stay_ms > MINUTE_MS)  # strolls are no stays
            if purpose == _CARE:  # the survey counts care of older people among visits
                rows &= self.people.carer[trips.person] != CARERS.index("older person")
            return _median(self.stay_ms[rows] / MINUTE_MS, weight[rows])
        if name == "centre_night_share":
            weight = self.people.weight[trips.person] * ~self.people.resident[trips.person] * self.made
        else:
            weight = weight * self.rows_of(gender, ages)
        if name in ("night_share", "centre_night_share"):
            return float(weight[NIGHT[trips.hour]].sum() / weight.sum())
        if name == "care_share":
            away = trips.purpose != TRIP_PURPOSES.index("home")
            return float(weight[trips.purpose == _CARE].sum() / weight[away].sum())
        people = self.people
        mine = people.resident & (people.gender == GENDERS.index(gender))
        if ages != "all":
            mine &= AGE_GROUP_OF_BAND[people.age_band] == GROUPS_OF_AGE.index(ages) - 1
        return float(weight.sum() / people.weight[mine].sum())


def _median(values: Array, weights: Array) -> float:
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)]) if values.size else float("nan")


def surveyed_hours() -> tuple[Array, Array]:
    """Trips per person by gender (2), age band and hour in the half kept aside, and persons asked (2, 8)."""
    table = load_table("montpellier2014_check_hours")
    at = (
        np.array([GENDERS.index(word) for word in table["gender"]]),
        np.array([AGE_BANDS.index(word) for word in table["age_band"]]),
    )
    rates, persons = np.zeros((2, len(AGE_BANDS), HOURS)), np.zeros((2, len(AGE_BANDS)))
    rates[at] = np.stack([table[f"h{hour:02d}"] for hour in range(HOURS)], axis=1)
    persons[at] = table["persons"]
    return rates, persons


def by_survey(travelled: list[Travelled]) -> Iterator[dict[str, object]]:
    """Rows of the patterns that are held against the half of the survey kept aside; one `Travelled` a draw."""
    wanted, persons = surveyed_hours()
    weight = np.repeat(persons[..., None], HOURS, axis=-1)
    for g, gender in enumerate(GENDERS[:2]):
        both = [likeness(one.by_hour()[g].ravel(), wanted[g].ravel(), weight[g].ravel()) for one in travelled]
        yield assess_target(Target(_C1, gender, "correlation", LEAST_CORRELATION, 1.0), [one[0] for one in both])
        yield assess_target(Target(_C1, gender, "% mean error", 0.0, 25.0), [one[1] for one in both])
    table = load_table("montpellier2014_check_figures")
    patterns = {
        "trips_per_person": (_C2, "trips", 1.0),
        "night_share": (_C3, "%", 100.0),
        "care_share": (_C4, "%", 100.0),
        "centre_night_share": (_C6, "%", 100.0),
    }
    rows = zip(*(table[name] for name in ("figure", "gender", "age_group", "low", "high")), strict=True)
    for name, gender, ages, low, high in rows:
        pattern, unit, factor = patterns.get(name, (_C5, "min", 1.0))
        group = name.removeprefix("stay_") if pattern == _C5 else "visitors" if pattern == _C6 else f"{gender} {ages}"
        target = Target(pattern, group, unit, factor * low, factor * high)
        yield assess_target(target, [factor * one.figure(name, gender, ages) for one in travelled])


def lived(
    network: StreetNetwork, parameters: Parameters, agents: int, date: datetime.date
) -> tuple[Travelled, dict[str, Array]]:
    """A day's trips as mode choice leaves them, once wishes make up for what is not made; who passes on streets.

    Trips that do not touch the district's streets are made as planned.
    """
    arm = Simulation.baseline(network, parameters, agents=agents, date=date)
    arm.settle(SETTLE_DAYS)
    every = arm.setting.planner.everything(arm.day, arm.inflation)
    arm.simulate_day()
    assert arm.chosen is not None
    junction, trips = network.places.junction, every.trips
    made = np.ones(len(trips))
    made[~every.outside & (junction[trips.origin] != junction[trips.destination])] = arm.chosen.made
    return Travelled(arm.setting.people, trips, made, every.stay_ms), passers_by(arm)


def validate_people(
    network: StreetNetwork, out: Path, *, agents: int, replications: int, seed: int, progress: Progress
) -> pd.DataFrame:
    """Hold the days of people against their targets; write `validation.csv` and a figure, whole or not at all.

    Returns
    -------
    The table; `verdict` is holds, misses, imposed, or not simulated yet.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    rows, drawn = people_rows(network, agents=agents, replications=replications, seed=seed, progress=progress)
    return write_validation(rows, out, {FIGURE: drawn})


def people_rows(
    network: StreetNetwork, *, agents: int, replications: int, seed: int, progress: Progress
) -> tuple[list[dict[str, object]], str]:
    """Every pattern of people's days, a row each, and the figure of the hours at which trips start (SVG)."""
    wednesday = datetime.date(2026, 10, 21)
    days = {day: wednesday + datetime.timedelta(days=later) for later, day in enumerate(_LATER_DAYS, start=2)}
    usual, passing = [], []
    others: dict[str, list[ByKind]] = {day: [] for day in days}
    for draw in range(replications):
        parameters = draw_parameters(seed, draw, country=network.country)
        travelled, passed = lived(network, parameters, agents, wednesday)
        usual.append(travelled)
        passing.append(passed)
        for day, date in days.items():
            others[day].append(lived(network, parameters, agents, date)[1])
        progress(1)
    rows = [*by_survey(usual), *by_counts(passing, others), *_untold()]
    found = np.mean([one.by_hour()[:2] for one in usual], axis=0)
    wanted, persons = surveyed_hours()
    drawn = hours_figure(*(np.average(one, axis=1, weights=_spread(persons)) for one in (wanted, found)))
    return rows, drawn


def _spread(persons: Array) -> Array:
    return np.repeat(persons[..., None], HOURS, axis=-1)


def _untold() -> list[dict[str, object]]:
    elsewhere = "see `afterdark validate safety`"
    return [
        unassessed_row("F car passengers by night", "woman, man", "for comparison", elsewhere),
        unassessed_row(
            "D footfall after dark over the same hour in daylight", "woman, man", "for comparison", elsewhere
        ),
        unassessed_row(
            "I Friday and Saturday nights of leisure", "all", IMPOSED, "ratios of counts in Auckland are inputs"
        ),
    ]
