"""Whether what is tried meets the day that is simulated: a weekend's night bus does nothing on a Monday."""

import dataclasses
import datetime
from collections.abc import Sequence

from scenarios.binding import bind
from scenarios.scenario import Scenario
from simulator.city.network import StreetNetwork
from simulator.city.transit import day_kind_of
from simulator.errors import ScenarioError
from simulator.interventions import Idle, Placement
from simulator.interventions.strength import idle_on

_LOOK_AHEAD = 366
"""Days among which the first one is looked for on which a measure acts: seasons come round in a year."""


@dataclasses.dataclass(frozen=True)
class IdleMeasure:
    """A measure that does nothing on a day.

    Parameters
    ----------
    name
        What the report calls it.
    why
        In words that follow its name.
    exactly
        Whether every number would be exactly the baseline's.
    first
        The first later date on which it acts; None if there is none within a year, or no date matters.
    is_nowhere
        Whether nothing of it is placed at all.
    """

    name: str
    why: str
    exactly: bool
    first: datetime.date | None
    is_nowhere: bool = False

    def told(self, date: datetime.date) -> str:
        """The measure, why it does nothing, and the date to try."""
        text = f"“{self.name}” {self.why}"
        if self.first is None:
            return text
        if day_kind_of(date) == day_kind_of(self.first):
            return f"{text} on {date}: try --date {self.first}"
        return f"{text}; {date} is a {date:%A}: try --date {self.first} (a {self.first:%A})"


def idle_measures(scenario: Scenario, network: StreetNetwork, date: datetime.date) -> list[IdleMeasure]:
    """The measures of a scenario of which nothing shows on the day that a date begins.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city; see `bind`.
    """
    found, families_before = [], list[str]()
    for placement in bind(scenario, network):
        if not placement.segments.size:
            why = f"is placed nowhere in {network.name}: nothing is missing on the chosen streets"
            found.append(IdleMeasure(placement.measure.name, why, True, None, is_nowhere=True))
            continue
        idle = _idle(placement, network, date)
        family = type(placement.measure).__module__.rpartition(".")[0]
        joined = family in families_before
        families_before.append(family)
        if idle is not None and not (idle.by_itself and joined):
            first = _first_date(placement, network, date)
            found.append(IdleMeasure(placement.measure.name, idle.why, idle.exactly, first))
    return found


def dates_in_words(scenario: Scenario, network: StreetNetwork, date: datetime.date) -> list[str]:
    """A note on each measure that does nothing on a date, with the date to try; see `idle_measures`."""
    return [f"{scenario.name}: {measure.told(date)}" for measure in idle_measures(scenario, network, date)]


def check_dates(scenarios: Sequence[Scenario], network: StreetNetwork, date: datetime.date) -> list[str]:
    """Notes on measures that do nothing on a date, of all scenarios.

    Raises
    ------
    ScenarioError
        If no scenario that has measures can change anything then, though one could on another date; or if nothing at
        all would be built by one that is not a placebo.
    """
    told = [note for one in scenarios for note in dates_in_words(one, network, date)]
    idle = [idle_measures(one, network, date) for one in scenarios]
    nowhere = [
        f"{one.name}: {measure.told(date)}"
        for one, none in zip(scenarios, idle, strict=True)
        if not one.placebo and len(one.measures) == sum(measure.is_nowhere for measure in none)
        for measure in none
    ]
    if nowhere:
        raise ScenarioError(
            "nothing would be built: choose other streets or ask for more, or write placebo = true if that is meant",
            nowhere,
        )
    acts = any(
        len(one.measures) > sum(measure.exactly for measure in none) for one, none in zip(scenarios, idle, strict=True)
    )
    if not acts and any(measure.first is not None for none in idle for measure in none):
        raise ScenarioError(f"nothing would change on {date}: every difference would be exactly zero", told)
    return told


def first_date_of(scenario: Scenario, network: StreetNetwork, date: datetime.date) -> datetime.date:
    """The first date from one on at which every measure acts that acts at all within a year; else the date itself."""
    placements = [one for one in bind(scenario, network) if one.segments.size]
    placements = [one for one in placements if _first_date(one, network, date) is not None]
    for ahead in range(_LOOK_AHEAD):
        day = date + datetime.timedelta(days=ahead)
        if all(_idle(one, network, day) is None for one in placements):
            return day
    return date


def _idle(placement: Placement, network: StreetNetwork, date: datetime.date) -> Idle | None:
    return idle_on(placement, network, date)


def _first_date(placement: Placement, network: StreetNetwork, date: datetime.date) -> datetime.date | None:
    when = placement.measure.when
    if when is not None and when.begins is not None:
        date = max(date, when.begins)
    days = (date + datetime.timedelta(days=ahead) for ahead in range(_LOOK_AHEAD))
    return next((day for day in days if _idle(placement, network, day) is None), None)
