"""A first look at a scenario: few people, one draw, both nights; it says a direction at most, and never how sure.

A worker keeps the settled baseline of the city, so that only the arm with the measures is lived anew.
"""

import dataclasses
import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from experiments.runs import Progress, city_of
from experiments.workshop.night import NightSide, side_of
from scenarios import Scenario, bind
from simulator.accounting.affected import Lived, affected_people
from simulator.accounting.day_sums import quickest_ways
from simulator.accounting.one_night import Night, one_night
from simulator.accounting.tables import answers_of, summary_table
from simulator.evidence.parameters import draw_parameters
from simulator.foundation.categories import GENDERS
from simulator.foundation.clock import HOUR_MS, HOURS
from simulator.kernels.walking import STAY
from simulator.settling import settle
from simulator.simulation import Simulation

AGENTS, SEED, DRAW = 4000, 1, 0
"""How large a preview is: it answers in seconds."""
FEW = 1000
"""People of the first look at the city as it is, for which everybody waits."""
SETTLE_DAYS, ADAPT_DAYS = 3, 2
GENDERS_TOLD = ("woman", "man")
FEWEST_AGENTS = 30
"""Fewer agents behind a figure are not told."""


@dataclasses.dataclass(frozen=True)
class PreviewOrder:
    """What is to be looked at, in which city, on which day."""

    city: str
    date: datetime.date
    scenario: Scenario | None = None
    """None: only the city as it is."""
    agents: int = AGENTS
    seed: int = SEED
    days: tuple[int, int] = (SETTLE_DAYS, ADAPT_DAYS)
    """Days until people know the streets, and after the fork before the day that is shown."""
    watched: bool = False
    """Whether a second arm says when it has settled, as in the first draw of a comparison; takes twice as long."""


@dataclasses.dataclass(frozen=True)
class Figure:
    """Of ten minutes walked after dark, how many feel safe, before and after, to one gender."""

    where: str
    gender: str
    before: float
    after: float
    agents: int


@dataclasses.dataclass(frozen=True)
class Preview:
    """Both nights and the first figures."""

    before: NightSide
    after: NightSide | None
    figures: tuple[Figure, ...] = ()
    night: dict[str, Any] | None = None
    """One woman's night in both arms, as `one_night` tells it."""


@dataclasses.dataclass(frozen=True)
class _Before:
    """A settled baseline, and the arm of it that went on."""

    baseline: Simulation
    reference: Simulation
    side: NightSide


def preview(order: PreviewOrder, progress: Progress = lambda days: None, *, keep: bool = True) -> Preview:
    """Live the night with a scenario, and without if that is not known yet.

    Parameters
    ----------
    order
        What is asked.
    progress
        Told how many simulated days have been lived since the last call.
    keep
        Whether the settled baseline is kept for the next one, which then goes on from it.

    Raises
    ------
    InputError
        If the scenario does not fit the city.
    """
    network = city_of(order.city)
    placements = bind(order.scenario, network) if order.scenario is not None else ()
    live = _before if keep else _before.__wrapped__
    before = live(dataclasses.replace(order, scenario=None), _Told(progress))
    if not placements:
        return Preview(before.side, None)
    arm = before.baseline.fork(placements)
    _go_on(arm, order, progress)
    return Preview(before.side, side_of(arm, network), _figures(arm, before), _night(arm, before.reference))


class _Told:
    """Somebody to be told of progress, of whom a cache takes no notice."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Told)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=2)
def _before(order: PreviewOrder, told: _Told) -> _Before:
    network = city_of(order.city)
    parameters = draw_parameters(order.seed, DRAW, {}, country=network.country)
    baseline = Simulation.baseline(network, parameters, agents=order.agents, date=order.date)
    settle(baseline, order.days[0], check=order.watched, progress=told.progress)
    reference = baseline.fork()
    _go_on(reference, order, told.progress)
    return _Before(baseline, reference, side_of(reference, network))


def _go_on(arm: Simulation, order: PreviewOrder, progress: Progress) -> None:
    for _ in range(order.days[1] + 1):
        arm.simulate_day()
        progress(1)


def _figures(arm: Simulation, before: _Before) -> tuple[Figure, ...]:
    """How the baseline's walks feel on this arm's streets, so that staying at home improves nothing."""
    reference = before.reference
    assert reference.chosen is not None
    assert reference.walk is not None
    trips = reference.chosen.itineraries()
    zoned = [was._replace(zone=now.zone) for was, now in zip(reference.streets, arm.streets, strict=True)]
    walks = {"frozen": arm.walk_through(trips, arm.streets), "before": arm.walk_through(trips, zoned)}
    lived = Lived(before.baseline.conditions, reference.chosen, reference.walk, answers_of(before.baseline))
    table = summary_table(arm, walks, reference.chosen.aboard, lived)
    return tuple(figures_of(table, _agents_there(arm, reference)))


def _agents_there(arm: Simulation, reference: Simulation) -> dict[str, int]:
    """Agents of each gender who set out after dark in the baseline along touched streets of the core."""
    assert reference.walk is not None
    walks, streets = reference.walk.walks, reference.setting.network.streets
    touched = arm.conditions.treated[: len(streets)] & streets.in_core
    own = np.repeat(np.arange(walks.person.size), np.diff(walks.route_start))
    dark = reference.conditions.dark_hours[walks.start_ms // HOUR_MS % HOURS]
    rows = np.unique(own[touched[walks.route] & (dark & (walks.kind != STAY))[own]])
    gender = reference.setting.people.gender[np.unique(walks.person[rows])]
    return {name: int((gender == at).sum()) for at, name in enumerate(GENDERS)}


def figures_of(table: pd.DataFrame, there: Mapping[str, int]) -> list[Figure]:
    """The figures of a run's summary: on the streets that are touched in the core, and on all of its streets.

    Parameters
    ----------
    table
        As `summary_table` gives it.
    there
        Agents of each gender on touched streets; of too few nothing is told there.
    """
    rows = table[(table["breakdown"] == "age_band") & (table["period"] == "dark")]
    told = []
    for where, zones in (("touched", ["core_treated"]), ("all", ["core", "core_treated"])):
        for gender in GENDERS_TOLD:
            here = rows[rows["zone"].isin(zones) & (rows["gender"] == gender)]
            sides = [here[here["itinerary"] == name] for name in ("before", "frozen")]
            walked = [float(side["walking_s"].sum()) for side in sides]
            people = sides[0].groupby("age_band", observed=True)["agents"].max().sum() if len(sides[0]) else 0
            people = min(people, there[gender]) if where == "touched" else people
            if min(walked) > 0 and people >= FEWEST_AGENTS:
                minutes = [
                    10.0 * float(side["safe_s"].sum()) / all_of for side, all_of in zip(sides, walked, strict=True)
                ]
                told.append(Figure(where, gender, minutes[0], minutes[1], int(people)))
    return told


def _night(arm: Simulation, reference: Simulation) -> dict[str, Any] | None:
    """One woman's night with the measures and without (`one_night`)."""
    sides = []
    for one in (arm, reference):
        assert one.chosen is not None
        assert one.walk is not None
        sides.append(Night(one, one.chosen, one.walk, one.streets))
    nobody = np.zeros(0)  # what residents answer does not say who is affected
    lived = [Lived(one.arm.conditions, one.chosen, one.walk, nobody) for one in sides]
    within_reach = np.flatnonzero(np.diff(sides[0].chosen.routed.start) > 0)
    affected = affected_people(arm, (lived[0], lived[1]), within_reach, quickest_ways(arm, within_reach))
    return one_night(sides[0], sides[1], affected)
