"""From a study to its runs: points, the scenarios at each, and which of them share a settled baseline.

All runs of one draw with the same values of the uncertainties have one baseline: it is settled once, and every
scenario and lever goes on from it. So they are handed to a worker together, as one task, or as a few where there would
be fewer tasks than workers.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.cautions import cautions
from experiments.identity import code_version, digest_of
from experiments.runs import Job, Options, city_of
from experiments.studies import cases
from experiments.studies.designs import Point, points_of
from experiments.studies.factors import Factor, factors_of, split
from experiments.studies.outcomes import Spot, spots_of
from experiments.studies.study import Lever, Study
from experiments.studies.tables import kind_of
from experiments.values import fault_together
from scenarios import Scenario
from simulator.city.sun import darkest_working_day
from simulator.errors import InputError

_TASKS_A_WORKER = 4
"""Tasks that each worker should get at least, so that none waits long for the last."""
_FEWEST_ARMS = 4
"""Scenarios that a task keeps together even so: each task settles its baseline again."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One run of a plan: what stands of it in `runs`."""

    run: str
    content: str
    scenario: Scenario
    told: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Task:
    """Runs of one draw and the same uncertainties, as a worker gets them: the baseline first.

    Parameters
    ----------
    job
        What is simulated; where one simulates the same as another, it is there once.
    rows
        What is to be stored, in the order of the job.
    spots
        The outcomes that are kept.
    sample
        Identity of the values of all parameters.
    store
        Folder of the store.
    """

    job: Job
    rows: tuple[Row, ...]
    spots: tuple[Spot, ...]
    sample: str
    store: Path


@dataclasses.dataclass(frozen=True)
class Arm:
    """A scenario at some levers: `settings` are the values of those that move something in it."""

    scenario: Scenario
    settings: tuple[tuple[str, Any], ...]


@dataclasses.dataclass(frozen=True)
class Group:
    """What shares a baseline in every draw: values of the uncertainties, and the arms there."""

    options: Options
    uncertain: tuple[tuple[str, float], ...]
    arms: tuple[Arm, ...]


@dataclasses.dataclass(frozen=True)
class Plan:
    """A study with all that its runs follow from.

    Attributes
    ----------
    factors, points
        What the design varies, and its points in order.
    groups
        The points by their uncertainties, in the order in which these come up first.
    cautions
        What the answer comes with.
    """

    study: Study
    options: Options
    baseline: Scenario
    factors: tuple[Factor, ...]
    points: tuple[Point, ...]
    groups: tuple[Group, ...]
    spots: tuple[Spot, ...]
    cautions: tuple[str, ...]

    @classmethod
    def of(cls, study: Study) -> "Plan":
        """Work out what a study is to run, on its city and date.

        Raises
        ------
        InputError
            If the city cannot be read, a case does not fit it or does nothing on the date, or a point cannot be used.
        """
        network = city_of(study.city)
        date = study.date or darkest_working_day(network.latitude)
        options = Options(city=study.city, agents=study.people, date=date, seed=study.seed, days=study.days)
        baseline, loaded = cases.load_case(study.baseline, Path(study.folder)), cases.cases_of(study)
        told = cautions((baseline, *loaded.values()), network, date)
        factors = factors_of(study, network.country)
        points = tuple(points_of(study, factors))
        groups = _grouped(points, factors, loaded, options)
        return cls(study, options, baseline, factors, points, groups, spots_of(study.outcomes), told)

    def with_points(self, points: Sequence[Point]) -> "Plan":
        """The same study at other points.

        Raises
        ------
        InputError
            If one of them cannot be run.
        """
        groups = _grouped(points, self.factors, cases.cases_of(self.study), self.options)
        return dataclasses.replace(self, points=tuple(points), groups=groups)

    @property
    def column_kinds(self) -> dict[str, str]:
        """Columns of levers and uncertainties, and their types."""
        return {
            factor.column: kind_of(factor.choices) if isinstance(factor.source, Lever) and factor.choices else "number"
            for factor in self.factors
        }

    def count(self) -> int:
        """Runs at all draws, baselines among them."""
        return self.study.replications * sum(len(group.arms) + 1 for group in self.groups)

    def rows(self, group: Group, draw: int, store: Path) -> tuple[Job, tuple[Row, ...]]:
        """What a group runs in a draw, and the rows of it; the baseline first."""
        arms = (Arm(self.baseline, ()), *group.arms)
        job = Job.plan(group.options, draw, tuple(arm.scenario for arm in arms), store)
        shared = {
            "draw": draw,
            "seed": self.options.seed,
            "sample": self.sample(group, draw),
            "city": self.options.city,
            "date": self.options.date.isoformat(),
            "people": self.options.agents,
            "days": self.options.days,
            "code_version": code_version(),
        }
        own = {f"uncertain_{name}": value for name, value in group.uncertain}
        names = [
            digest_of({"content": content, "scenario": arm.scenario.name, "levers": dict(arm.settings)})
            for content, arm in zip(job.ids, arms, strict=True)
        ]
        rows = []
        for place, (name, content, arm) in enumerate(zip(names, job.ids, arms, strict=True)):
            told = {
                "run": name,
                "content": content,
                "scenario": arm.scenario.name,
                "is_baseline": place == 0,
                "baseline_run": names[0],
                **shared,
                **{f"lever_{lever}": value for lever, value in arm.settings},
                **own,
            }
            rows.append(Row(name, content, arm.scenario, told))
        return job, tuple(rows)

    def sample(self, group: Group, draw: int) -> str:
        """Identity of the values of all parameters in a draw of a group."""
        return digest_of(
            {
                "seed": self.options.seed,
                "draw": draw,
                "values": dict(group.options.values),
                "country": city_of(self.options.city).country,
                "code": code_version(),
            }
        )

    def tasks(self, draws: Sequence[int], store: Path, *, stored: Collection[str], workers: int) -> Iterator[Task]:
        """What is not stored yet, in the order of draws and then of groups."""
        groups = len(self.groups) * len(draws)
        for draw in draws:
            for group in self.groups:
                job, rows = self.rows(group, draw, store)
                left = [row for row in rows if row.run not in stored]
                arms = max(_FEWEST_ARMS, -(-len(left) * groups // (_TASKS_A_WORKER * workers)))
                for begin in range(0, len(left), arms):
                    yield self._task(job, rows[0], left[begin : begin + arms], self.sample(group, draw))

    def _task(self, job: Job, baseline: Row, rows: Sequence[Row], sample: str) -> Task:
        by_content = {row.content: row.scenario for row in (baseline, *rows)}
        part = dataclasses.replace(job, scenarios=tuple(by_content.values()), ids=tuple(by_content))
        return Task(part, tuple(rows), self.spots, sample, job.store)

    def run_ids(self) -> list[str]:
        """The rows of all points and draws, baselines among them."""
        every = (self.rows(group, draw, Path())[1] for draw in range(self.study.replications) for group in self.groups)
        return list(dict.fromkeys(row.run for rows in every for row in rows))


def _grouped(
    points: Sequence[Point], factors: Sequence[Factor], loaded: Mapping[str, Scenario], options: Options
) -> tuple[Group, ...]:
    found: dict[tuple[tuple[str, float], ...], dict[Arm, None]] = {}
    for point in points:
        levers, parameters = split(factors, point)
        if together := fault_together(parameters):
            raise InputError(f"design: a point cannot be run: {together}; give the two ranges that do not meet")
        arms = found.setdefault(tuple(sorted(parameters.items())), {})
        for words, scenario in loaded.items():
            try:
                moved, settings = cases.with_levers(scenario, levers, words)
            except InputError as error:
                told = ", ".join(f"{lever.name} {value}" for lever, value in levers.items())
                raise InputError(f"design: the point with {told} cannot be run: {error.message}") from None
            arms[Arm(moved, tuple(settings.items()))] = None
    return tuple(
        Group(dataclasses.replace(options, values=values), values, tuple(arms)) for values, arms in found.items()
    )
