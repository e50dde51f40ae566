"""Run scenarios: one job a draw, in which the baseline is settled once and every arm goes on from it."""

import dataclasses
import datetime
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.calibration.tours_file import agenda_of, identity_of_tours
from experiments.grades import grades_of_indicators, together
from experiments.identity import code_version, digest_of, digest_of_array, library_versions
from experiments.light_extremes import with_light
from experiments.overlays import identity_of, shocks_of
from experiments.store import Store
from scenarios import Scenario, bind
from simulator.accounting import tables as accounting
from simulator.accounting.affected import Lived, affected_in_a_month, affected_people, month_of_ways
from simulator.accounting.day_sums import quickest_ways
from simulator.accounting.displaced_incidents import displaced_incidents, incidents_by_band
from simulator.accounting.group_sums import group_sums
from simulator.accounting.means_of_days import mean_of, mean_segments, mean_summary
from simulator.accounting.one_night import Night, one_night
from simulator.accounting.reasons import reasons_tables
from simulator.city.network import StreetNetwork
from simulator.city.sun import darkest_working_day
from simulator.evidence.parameters import borrowed_figures, draw_parameters
from simulator.evidence.prices import EURO, money_of
from simulator.foundation import stages
from simulator.foundation.categories import INCIDENTS
from simulator.foundation.columns import columns_of
from simulator.interventions import Placement
from simulator.people.given_people import GivenPeople
from simulator.people.labels import Labels
from simulator.people.weights import design_effect
from simulator.results.schema import RunTables
from simulator.safety.perception import FEELINGS_OF
from simulator.settling import Settled, settle
from simulator.simulation import Simulation
from simulator.travel.chosen import DayChoices
from street_networks import load_city
from street_networks.catalogue import find_city
from street_networks.city_file.contents import open_space_share
from street_networks.local_data.persons import read_labels, read_persons

KEEP = {"summary": (), "people": ("people",), "all": ("people", "trips"), "reasons": ("reasons", "reasons_by_street")}
"""Tables that each `--keep` adds to those that are always kept."""
CHECKED_DRAWS = 8
"""Of so many draws one is watched by a second arm that begins with full streets (all with `check_settling`)."""
Progress = Callable[[int], None]
"""Told how many simulated days are done."""


@dataclasses.dataclass(frozen=True)
class Length:
    """How many days are lived: until people know the streets, after the fork, and measured."""

    days: int = 1
    settle_days: int = 3
    adapt_days: int = 2
    check_settling: bool = False


@dataclasses.dataclass(frozen=True)
class Options(Length):
    """How scenarios are run; everything here but `threads` and `keep` is part of a run's identity."""

    city: str = "helsinki-centre"
    agents: int = 8000
    date: datetime.date = darkest_working_day(60.0)
    seed: int = 1
    threads: int = 1
    keep: str = "summary"
    values: tuple[tuple[str, float], ...] = ()
    persons: str = ""
    persons_columns: str = ""
    tours: str = ""
    """File of `calibrate people --survey`; else tours are those of the shipped survey."""
    light: str = ""
    """A word of `LIGHT` where streets of unknown light are all lit or unlit; else draws decide."""
    overlays: tuple[Scenario, ...] = ()
    """Cases of shocks that befall the baseline and every other case."""

    def identity(self) -> dict[str, Any]:
        """The part that numbers follow from, JSON-able; files of persons and tours: `run_id`."""
        return {
            "agents": self.agents,
            "date": self.date.isoformat(),
            "seed": self.seed,
            "days": [self.settle_days, self.adapt_days, self.days, self.check_settling],
            "values": dict(self.values),
        } | identity_of(self.overlays)


@lru_cache(maxsize=2)
def _persons_of(city: str, file: str, columns: str) -> tuple[GivenPeople, str]:
    return read_persons(file, columns or None, city_of(city))


@lru_cache(maxsize=2)
def _labels_of(file: str, columns: str) -> Labels:
    return read_labels(file, columns or None)


def labels_of(options: Options) -> Labels | None:
    """The user's own labels of the persons that the options name; None where there are none."""
    labels = _labels_of(options.persons, options.persons_columns) if options.persons else None
    return labels if labels is not None and labels.words else None


def persons_of(options: Options) -> tuple[GivenPeople | None, str]:
    """The persons that the options name, and what there is to say of them; None where people are drawn."""
    if not options.persons:
        return None, ""
    return _persons_of(options.city, options.persons, options.persons_columns)


@dataclasses.dataclass(frozen=True)
class Job:
    """Some scenarios in one draw, and the identities under which they are stored.

    The identities are worked out once: a worker that starts while sources are being edited stores under no other one.
    """

    options: Options
    draw: int
    scenarios: tuple[Scenario, ...]
    ids: tuple[str, ...]
    store: Path

    @classmethod
    def plan(cls, options: Options, draw: int, scenarios: tuple[Scenario, ...], store: Path) -> "Job":
        """A job with the identities of its runs."""
        return cls(options, draw, scenarios, tuple(run_id(options, one, draw) for one in scenarios), store)

    def simulated_days(self) -> int:
        """Simulated days that it takes at most, for progress."""
        arms = len(self.scenarios) + 1
        return self.options.settle_days + arms * (self.options.adapt_days + self.options.days)


@lru_cache(maxsize=2)
def city_of(name: str) -> StreetNetwork:
    """A city, read once a process."""
    city: StreetNetwork = load_city(name)
    return city


@lru_cache(maxsize=2)
def _open_space_share(city: str) -> float | None:
    return open_space_share(find_city(city))


@lru_cache(maxsize=2)
def _city_with_light(name: str, light: str) -> StreetNetwork:
    return with_light(city_of(name), light)


def network_of(options: Options) -> StreetNetwork:
    """The city that the options name, with the light that they assume, made once a process."""
    return _city_with_light(options.city, options.light) if options.light else city_of(options.city)


@lru_cache(maxsize=4096)
def _treated(scenario: Scenario, city: str, light: str) -> tuple[str, ...]:
    """What the measures of a scenario stand on: the same in all draws of it."""
    network = _city_with_light(city, light) if light else city_of(city)
    return tuple(digest_of_array(placed.segments) for placed in bind(scenario, network))


@lru_cache(maxsize=4)
def _city_digest(city: str, light: str) -> str:
    return (_city_with_light(city, light) if light else city_of(city)).digest()


def run_id(options: Options, scenario: Scenario, draw: int) -> str:
    """Identity of one run; where the measures stand is part of it, so that a changed selector is another run."""
    content = options.identity() | {
        "scenario": scenario.canonical(),
        "treated": [
            digest for one in (*options.overlays, scenario) for digest in _treated(one, options.city, options.light)
        ],
        "city": _city_digest(options.city, options.light),
        "draw": draw,
        "code": code_version(),
    }
    given, _ = persons_of(options)
    if given is not None:
        columns = [getattr(given, declared.name) for declared in columns_of(GivenPeople)]
        content["persons"] = [digest_of_array(column) for column in columns]
    if (labels := labels_of(options)) is not None:
        content["labels"] = [labels.words, digest_of_array(labels.code)]
    content |= identity_of_tours(options.tours)
    return digest_of(content)


def missing(job: Job) -> dict[str, Scenario]:
    """The scenarios of a job that are not in the store yet, by identity."""
    store, extra = Store(job.store), KEEP[job.options.keep]
    named = dict(zip(job.ids, job.scenarios, strict=True))
    return {identity: one for identity, one in named.items() if not store.has(identity, extra)}


def run_job(job: Job, progress: Progress = lambda days: None) -> None:
    """Run what is missing of a job and write it to the store."""
    wanted = missing(job)
    if not wanted:
        progress(job.simulated_days())
        return
    with closing(live(job, wanted, progress)) as arms:
        for tables, extra in arms:
            Store(job.store).write(tables, extra)


def live(
    job: Job, wanted: Mapping[str, Scenario], progress: Progress = lambda days: None, *, month: bool = True
) -> Generator[tuple[RunTables, dict[str, pd.DataFrame]]]:
    """Live the wanted scenarios of a job, by identity: the tables of each as soon as it is done, in this order.

    The baseline is lived whatever is wanted, and once: levels and frozen itineraries come from it.

    Parameters
    ----------
    month
        Whether it is told, in draw 0, how many different people pass in a month; that takes as long as several days.
    """
    with stages.recorded() as spent:
        with stages.stage("load") as told:
            network = network_of(job.options)
            told.out(len(network.streets))
        placed = {identity: (one, bind(one, network)) for identity, one in wanted.items()}  # faults before any work
        yield from _live(job, placed, spent, progress, month)


Placed = Mapping[str, tuple[Scenario, tuple[Placement, ...]]]
"""Scenarios and where their measures stand, by the identities of their runs."""


def _live(
    job: Job, placed: Placed, spent: stages.Table, progress: Progress, month: bool
) -> Generator[tuple[RunTables, dict[str, pd.DataFrame]]]:
    options, network, started = job.options, network_of(job.options), time.perf_counter()
    parameters = draw_parameters(options.seed, job.draw, dict(options.values), country=network.country)
    baseline = Simulation.baseline(
        network,
        parameters,
        agents=options.agents,
        date=options.date,
        threads=options.threads,
        given=persons_of(options)[0],
        tours=agenda_of(options.tours),
    )
    check = options.check_settling or job.draw % CHECKED_DRAWS == 0
    settled = settle(baseline, options.settle_days, check=check, progress=progress)
    shaken = baseline.under(shocks_of(options.overlays, network))
    reference = shaken.fork()
    itineraries = _go_on(reference, options, progress)
    # one draw tells how many different people pass in a month: that takes as long as several lived days
    monthly = month and job.draw == 0 and any(placements for _, placements in placed.values())
    ways = month_of_ways(reference) if monthly else None
    of_baseline, before = parameters.reads(), dict(spent)
    for identity, (scenario, placements) in placed.items():
        begun, so_far = time.perf_counter(), dict(spent)
        parameters.forget_reads()
        arm = reference if not placements else shaken.fork(placements)
        days = itineraries if not placements else _go_on(arm, options, progress)
        with stages.stage("account"):
            tables, extra, groups = _tables(arm, days, itineraries, placements, options, reference)
            manifest = {"id": identity, "groups": groups} | _manifest(job, scenario, arm, settled, placements)
            if ways is not None and placements:
                manifest["affected_in_30_days"] = affected_in_a_month(arm, reference.conditions, ways)
            if job.draw == 0 and placements:
                manifest["night"] = _night(arm, reference, days[-1], itineraries[-1])
            sides = [[(day.walk, day.streets) for day in side] for side in (days, itineraries)]
            manifest["displacement"] = displaced_incidents(arm, *sides)
            manifest["incidents_by_band"] = incidents_by_band(arm, *sides)
        reads = together(of_baseline, parameters.reads())
        manifest |= {"parameters_read": reads, "grades": grades_of_indicators(scenario, reads)}
        manifest["durations_s"] = {"before": round(begun - started, 3), "arm": round(time.perf_counter() - begun, 3)}
        manifest["stages"] = {"before": stages.told(before), "arm": stages.told(stages.less(spent, so_far))}
        yield RunTables(*tables, manifest), extra


@dataclasses.dataclass(frozen=True)
class MeasuredDay:
    """A measured day: what was chosen and what came of it."""

    chosen: DayChoices
    walk: Any
    streets: list[Any]


def _night(arm: Simulation, reference: Simulation, day: MeasuredDay, before: MeasuredDay) -> dict[str, Any] | None:
    """One person's night with the measures and without, for the picture story of the answer (`one_night`)."""
    with_it = Night(arm, day.chosen, day.walk, day.streets)
    without = Night(reference, before.chosen, before.walk, before.streets)
    nobody = np.zeros(0)  # what residents answer does not say who is affected
    lived = [Lived(one.arm.conditions, one.chosen, one.walk, nobody) for one in (with_it, without)]
    within_reach = np.flatnonzero(np.diff(day.chosen.routed.start) > 0)
    quickest = quickest_ways(arm, within_reach)
    return one_night(with_it, without, affected_people(arm, (lived[0], lived[1]), within_reach, quickest))


def _go_on(arm: Simulation, options: Options, progress: Progress) -> list[MeasuredDay]:
    """Live the days of adapting, then the measured ones."""
    measured = []
    for day in range(options.adapt_days + options.days):
        arm.simulate_day()
        progress(1)
        if day >= options.adapt_days:
            assert arm.chosen is not None
            measured.append(MeasuredDay(arm.chosen, arm.walk, arm.streets))
    return measured


def _tables(
    arm: Simulation,
    days: Sequence[MeasuredDay],
    reference: Sequence[MeasuredDay],
    placements: tuple[Placement, ...],
    options: Options,
    baseline: Simulation,
) -> tuple[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], dict[str, pd.DataFrame], Any]:
    """The tables of an arm and its sums by group, averaged over measured days; extra tables are of the last day."""
    summaries, segments, groups = [], [], []
    answers_before = accounting.answers_of(baseline) if placements else np.zeros(0)
    for day, before in zip(days, reference, strict=True):
        arm.chosen, arm.walk, arm.streets = day.chosen, day.walk, day.streets
        trips = before.chosen.itineraries()
        zoned = [was._replace(zone=now.zone) for was, now in zip(before.streets, day.streets, strict=True)]
        walks = {"frozen": arm.walk_through(trips, day.streets), "before": arm.walk_through(trips, zoned)}
        lived = Lived(baseline.conditions, before.chosen, before.walk, answers_before) if placements else None
        summaries.append(accounting.summary_table(arm, walks, before.chosen.aboard, lived))
        segments.append(accounting.segments_table(arm))
        answers = accounting.answers_of(arm)
        groups.append(group_sums(arm, walks["frozen"], before.chosen.aboard, answers, labels_of(options)))
    extra = {}
    if "people" in KEEP[options.keep]:
        extra["people"] = accounting.people_table(arm)
    if "trips" in KEEP[options.keep]:
        extra["trips"] = accounting.trips_table(arm)
    if "reasons" in KEEP[options.keep]:
        extra |= reasons_tables(arm)
    tables = (mean_summary(summaries), mean_segments(segments))
    return (*tables, accounting.placements_table(placements, arm.setting.parameters)), extra, mean_of(groups)


def _unit_costs(arm: Simulation, currencies: set[str]) -> dict[str, Any]:
    """What an incident costs society, in the currency of the measures' costs where the evidence can be put into it."""
    there, parameters = money_of(arm.setting.network.country), arm.setting.parameters
    currency, factor = (there.currency, there.factor) if currencies <= {there.currency} else (EURO, 1.0)
    costs = {kind: parameters[f"unit_cost_{kind}"] * factor for kind in INCIDENTS}
    return {"unit_costs": costs, "unit_cost_currency": currency}


def _manifest(
    job: Job, scenario: Scenario, arm: Simulation, settled: Settled, placements: Sequence[Placement]
) -> dict[str, Any]:
    options, people = job.options, arm.setting.people
    network = network_of(options)  # without what measures add to it
    return {
        "kind": "run",
        "scenario": scenario.canonical()
        | {"name": scenario.name, "title": scenario.title, "question": scenario.question},
        "city": {
            "name": network.name,
            "digest": network.digest(),
            "attribution": network.metadata.get("attribution", ""),
            "country": network.country,
            "feelings_of": "" if "feel_level" in dict(options.values) else FEELINGS_OF,
            "borrowed": borrowed_figures(network.country),
            "open_space_share": _open_space_share(options.city),
        },
        "date": options.date.isoformat(),
        "seed": options.seed,
        "given_values": dict(options.values),
        "draw": job.draw,
        "agents": len(people),
        "population": float(people.weight.sum()),
        "design_effect": round(design_effect(people.weight), 4),
        "persons": persons_of(options)[1],
        "tours": Path(options.tours).name,
        "days": {"settle": options.settle_days, "adapt": options.adapt_days, "measured": options.days},
        "settled": settled.as_dict(),
        "anew": [anew._asdict() for anew in arm.anew],
        "dark_hours": [bool(dark) for dark in arm.conditions.dark_hours],
        "parameters": arm.setting.parameters.as_dict(),
        "year_over_day": dict(zip(INCIDENTS, arm.year_over_day.tolist(), strict=True)),
        **_unit_costs(arm, {placed.currency for placed in placements}),
        "log": list(arm.conditions.log),
        "displaces": {one.name: one.displaces for one in scenario.measures if one.displaces},
        "unevaluated": sorted({one.kind for one in scenario.measures if not one.evaluated}),
        "code_version": code_version(),
        "versions": library_versions(),
    }
