"""What a finished study says at its points and in its draws, in the order of its design.

Two things differ between the runs of a scenario: the *point*, which the design chose, and the *draw*, which chance
chose the same for all points. So an outcome is a table of points by draws, and what is asked of it is asked of its
rows (does this lever matter?) or of its columns (does this drawn number matter?). Runs of one point, or of one draw,
are never taken for independent ones.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from experiments.studies import cases
from experiments.studies.factors import Factor, split
from experiments.studies.outcomes import Spot
from experiments.studies.planning import Arm, Plan
from experiments.studies.study import Lever
from experiments.studies.tables import Tables
from scenarios.words import listed
from simulator.errors import InputError

Array = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
MOST_SPELT = 8
"""Outcomes that an error names."""


@dataclasses.dataclass(frozen=True)
class Level:
    """Numbers that differ between points, or between draws.

    Parameters
    ----------
    name
        `points` or `draws`.
    names
        Of the numbers.
    values
        Of each number at each point or in each draw, shape (N, P).
    """

    name: str
    names: tuple[str, ...]
    values: Array


@dataclasses.dataclass(frozen=True)
class Answer:
    """One outcome of one scenario.

    Parameters
    ----------
    scenario, spot, unit
        Of what.
    differences, baseline
        Value minus baseline, and the baseline, at each point of the design in each draw, shape (points, draws).
    once
        Places of the points that differ in what was run; the others are repetitions of them.
    """

    scenario: str
    spot: Spot
    unit: str
    differences: Array
    baseline: Array
    once: Whole

    @property
    def of_each(self) -> Array:
        """Differences of the points that differ, shape (U, draws)."""
        return self.differences[self.once]


@dataclasses.dataclass(frozen=True)
class Answers:
    """A study's runs, by scenario, point and draw.

    Parameters
    ----------
    plan
        The study.
    runs
        Identity of the run at each point in each draw, shape (points, draws), by scenario.
    draws
        How many draws all points have.
    outcomes
        The table `outcomes`, by run.
    parameters
        Values of the numbers that draws decide, a row a draw.
    """

    plan: Plan
    runs: Mapping[str, np.ndarray[Any, Any]]
    draws: int
    outcomes: pd.DataFrame
    parameters: pd.DataFrame

    @classmethod
    def of(cls, plan: Plan, tables: Tables) -> "Answers":
        """Put the runs of a store in the order of a plan.

        Raises
        ------
        InputError
            If no draw has the runs of all points.
        """
        runs, samples = _runs_of(plan)
        stored = set(tables.runs["run"].to_pylist())
        there = [
            all(run in stored for table in runs.values() for run in table[:, draw]) for draw in range(len(samples))
        ]
        draws = there.index(False) if False in there else len(there)
        if draws == 0:
            raise InputError(
                f"{plan.study.name}: found no draw that all points have, expected one at least; `afterdark study run` "
                "runs what is missing, `afterdark study status` says what failed"
            )
        kept = {name: table[:, :draws] for name, table in runs.items()}
        outcomes = tables.outcomes.select(["run", "indicator", "gender", "age", "period", "baseline", "difference"])
        return cls(plan, kept, draws, outcomes.to_pandas(), _drawn(plan, tables, samples[:draws]))

    def at(self, spot: Spot) -> list[Answer]:
        """What each scenario says at a spot.

        Raises
        ------
        InputError
            If the outcome is not defined in some run: fewer than 30 agents, or nobody who walks.
        """
        told = self.outcomes
        for column, word in zip(("indicator", "gender", "age", "period"), spot, strict=True):
            told = told[told[column] == word]
        by_run = told.set_index("run")
        found = []
        for scenario, runs in self.runs.items():
            rows = by_run.reindex(runs.ravel())
            differences = rows["difference"].to_numpy(float).reshape(runs.shape)
            if not np.isfinite(differences).all():
                raise InputError(
                    f"{self.plan.study.name}: {words_of(spot)} is not defined in every run of {scenario} (fewer than "
                    "30 agents, or nobody who walks); ask for another --outcome, or give the study more people"
                )
            before = rows["baseline"].to_numpy(float).reshape(runs.shape)
            once = np.sort(np.unique(runs[:, 0], return_index=True)[1]).astype(np.int64)
            found.append(Answer(scenario, spot, self._unit(spot), differences, before, once))
        return found

    def _unit(self, spot: Spot) -> str:
        from experiments.studies.outcomes import unit_of

        return unit_of(spot.indicator)

    def levels(self, answer: Answer) -> tuple[Level, ...]:
        """The numbers that differ between the points of an answer, and those that differ between draws."""
        points = np.array([[number_of(one, value) for one, value in zip(self.plan.factors, point, strict=True)]
                           for point in self.plan.points], dtype=float)  # fmt: skip
        points = points.reshape(len(self.plan.points), len(self.plan.factors))[answer.once]
        found = (
            _varying("points", [factor.name for factor in self.plan.factors], points),
            _varying("draws", list(self.parameters.columns), self.parameters.to_numpy(float)),
        )
        return tuple(level for level in found if level.names)


def _varying(name: str, names: Sequence[str], values: Array) -> Level:
    vary = [at for at in range(len(names)) if len(values) and np.ptp(values[:, at]) > 0.0]
    return Level(name, tuple(names[at] for at in vary), values[:, vary])


def number_of(factor: Factor, value: Any) -> float:
    """A value of a factor as a number: words stand for their place in the study's file."""
    if isinstance(value, str):
        return float(factor.choices.index(value)) if value in factor.choices else float("nan")
    return float(value)


def _runs_of(plan: Plan) -> tuple[dict[str, np.ndarray[Any, Any]], list[str]]:
    """Identity of every point's run in every draw, by scenario; and the sample of a draw at the first point."""
    loaded = cases.cases_of(plan.study)
    places = {group.uncertain: at for at, group in enumerate(plan.groups)}
    arms = [{arm: at for at, arm in enumerate(group.arms)} for group in plan.groups]
    wanted = []
    for point in plan.points:
        levers, parameters = split(plan.factors, point)
        group = places[tuple(sorted(parameters.items()))]
        moved = [cases.with_levers(scenario, levers, words) for words, scenario in loaded.items()]
        wanted.append((group, [arms[group][Arm(one, tuple(settings.items()))] for one, settings in moved]))
    draws = range(plan.study.replications)
    names = [[[row.run for row in plan.rows(group, draw, Path())[1][1:]] for draw in draws] for group in plan.groups]
    tables = {
        scenario.name: np.array(
            [[names[group][draw][at[place]] for draw in draws] for group, at in wanted], dtype=object
        )
        for place, scenario in enumerate(loaded.values())
    }
    return tables, [plan.sample(plan.groups[0], draw) for draw in draws]


def _drawn(plan: Plan, tables: Tables, samples: Sequence[str]) -> pd.DataFrame:
    """Values of what chance decides in each draw: all parameters but those that the design decides."""
    mine = tables.parameters.filter(pc.is_in(tables.parameters["sample"], value_set=_strings(samples))).to_pandas()
    wide = mine.pivot_table(index="sample", columns="parameter", values="value").reindex(samples)
    decided = {factor.name for factor in plan.factors if not isinstance(factor.source, Lever)}
    read = _read(tables)
    kept = [
        name
        for name in wide.columns
        if name not in decided
        and bool(wide[name].notna().all())
        and (not read or name in read or name.partition(".")[2] in read)
    ]
    return wide[sorted(kept)].reset_index(drop=True)


def _read(tables: Tables) -> set[str]:
    """Parameters that some run read; others were drawn too, and cannot have mattered. Empty if runs do not tell."""
    told = [json.loads(content).get("parameters_read") or {} for content in tables.manifests["content"].to_pylist()]
    return {name for one in told for names in one.values() for name in names}


def _strings(words: Sequence[str]) -> Any:
    import pyarrow as pa

    return pa.array(list(words), pa.string())


def spots_asked(plan: Plan, asked: Sequence[str]) -> list[Spot]:
    """The outcomes that are named as `indicator:gender:age:period`; what is left out at the end is `all`.

    An indicator alone that is not kept for everybody is its first spot. Without any: the study's first outcome.

    Raises
    ------
    InputError
        If the study does not keep one of them.
    """
    if not asked:
        return [plan.spots[0]]
    return list(dict.fromkeys(_spot_asked(plan, one) for one in asked))


def _spot_asked(plan: Plan, asked: str) -> Spot:
    parts = [part.strip() for part in asked.split(":")]
    of_indicator = [spot for spot in plan.spots if spot.indicator == parts[0]]
    if len(parts) <= 4:
        spot = Spot(*(parts + ["all"] * (4 - len(parts))))
        if spot in plan.spots:
            return spot
        if len(parts) == 1 and of_indicator:
            return of_indicator[0]
    known = [":".join(spot) for spot in (of_indicator or plan.spots)]
    more = f" and {len(known) - MOST_SPELT} more" if len(known) > MOST_SPELT else ""
    raise InputError(
        f"--outcome: found {asked!r}, expected indicator:gender:age:period of an outcome that the study keeps; write "
        f"one of {listed(known[:MOST_SPELT])}{more}"
    )


def words_of(spot: Spot) -> str:
    """A spot as a reader says it: `feels_safe_share (woman, dark)`."""
    narrowed = [word for word in (spot.gender, spot.age, spot.period) if word != "all"]
    return f"{spot.indicator} ({', '.join(narrowed)})" if narrowed else spot.indicator
