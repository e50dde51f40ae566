"""Designs: at which points the factors of a study are tried.

The points of a design follow from the study's file alone (its seed included), so that everybody who reads it runs the
same ones in the same order. Analyses that need this order (Sobol', Morris) get it by asking for the points again.
"""

import csv
import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.studies import cases
from experiments.studies.factors import Factor
from experiments.studies.study import Design, Lever, Study
from experiments.values import value_fault
from scenarios import Scenario
from scenarios.words import listed, show
from simulator.errors import InputError
from simulator.evidence.parameters import load_evidence
from simulator.foundation.spelling import nearest

Point = tuple[Any, ...]
"""A value for each factor."""
MOST_POINTS = 1_000_000
GENERATION = 16
"""Portfolios that a search tries at once: enough for two workers' worth of choice, few enough to learn often."""
Units = np.ndarray[Any, np.dtype[np.float64]]


def points_of(study: Study, factors: Sequence[Factor]) -> list[Point]:
    """The points of a study's design, in order; one, without values, if it has no factors.

    Raises
    ------
    InputError
        If there are more than a million, or a file of points cannot be used.
    """
    design = study.design
    if study.optimise is not None and not all_fit(study, factors):
        return _first_portfolios(study, factors)
    if design.file is not None:
        return _points_in(_beside(study, design.file), study, factors)
    if design.kind == "grid":
        return _grid(factors, design.levels)
    if design.kind == "one at a time":
        return _one_at_a_time(factors, design.levels)
    units = units_of(design, len(factors), study.seed)
    if design.kind == "morris":
        return [tuple(one.at(one.within_range(u)) for one, u in zip(factors, row, strict=True)) for row in units]
    return [tuple(one.at(float(u)) for one, u in zip(factors, row, strict=True)) for row in units]


def units_of(design: Design, count: int, seed: int) -> Units:
    """The points of a design as numbers from 0 to 1, shape (points, count): those that SALib's analyses take.

    Parameters
    ----------
    design
        One of latin hypercube, sobol, saltelli, morris.
    count
        How many factors there are.
    seed
        Of its random numbers.
    """
    from scipy.stats import qmc

    points, small = design.points or 1, int(seed % 2**32)
    if design.kind == "latin hypercube":
        return np.asarray(qmc.LatinHypercube(count, rng=np.random.default_rng(seed)).random(points))
    if design.kind == "sobol":
        return np.asarray(qmc.Sobol(count, rng=np.random.default_rng(seed)).random(points))
    problem = problem_of(count)
    if design.kind == "saltelli":
        from SALib.sample import sobol

        return np.asarray(sobol.sample(problem, points, calc_second_order=design.second_order, seed=small))
    from SALib.sample import morris

    even = design.levels + design.levels % 2  # its steps are halves of the range
    return np.asarray(morris.sample(problem, points, num_levels=even, seed=small))


def problem_of(count: int) -> dict[str, Any]:
    """So many factors from 0 to 1, as SALib describes a problem."""
    return {"num_vars": count, "names": [f"x{at}" for at in range(count)], "bounds": [[0.0, 1.0]] * count}


def count_portfolios(study: Study, factors: Sequence[Factor]) -> int:
    """How many portfolios there are: each scenario at each joint value of the levers."""
    return len(study.scenarios) * math.prod(len(factor.steps(study.design.levels)) for factor in factors)


def all_fit(study: Study, factors: Sequence[Factor]) -> bool:
    """Whether all portfolios, and the baselines, are no more runs than the study wants to spend."""
    assert study.optimise is not None
    return study.replications * (count_portfolios(study, factors) + 1) <= study.optimise.runs


def _first_portfolios(study: Study, factors: Sequence[Factor]) -> list[Point]:
    """Portfolios with which a search begins: chosen by chance, a generation of them."""
    steps, rng = [factor.steps(study.design.levels) for factor in factors], np.random.default_rng(study.seed)
    chosen: dict[Point, None] = {}
    while len(chosen) < min(GENERATION, math.prod(map(len, steps))):
        chosen[tuple(one[int(rng.integers(len(one)))] for one in steps)] = None
    return list(chosen)


def _grid(factors: Sequence[Factor], levels: int) -> list[Point]:
    steps = [factor.steps(levels) for factor in factors]
    count = int(np.prod([len(one) for one in steps], dtype=float))
    if count > MOST_POINTS:
        raise InputError(
            f"design: found {count:,} points of a grid, expected at most {MOST_POINTS:,}; give fewer levels or values, "
            'or another design, such as kind = "latin hypercube"'
        )
    return list(itertools.product(*steps))


def _one_at_a_time(factors: Sequence[Factor], levels: int) -> list[Point]:
    """The middle of all, and then each factor at each of its values while the others stay."""
    middle = tuple(factor.middle() for factor in factors)
    points = [middle]
    for at, factor in enumerate(factors):
        points += [(*middle[:at], value, *middle[at + 1 :]) for value in factor.steps(levels) if value != middle[at]]
    return points


def _beside(study: Study, file: str) -> Path:
    beside = Path(study.folder) / file
    return beside if beside.is_file() else Path(file)


def _points_in(file: Path, study: Study, factors: Sequence[Factor]) -> list[Point]:
    """Points of a CSV with a column for each factor."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"design.file {file}: cannot be read ({reason}), expected a CSV; check the path") from None
    names = [factor.name for factor in factors]
    found = list(rows[0]) if rows else []
    for name in found:
        if name not in names:
            near = nearest(str(name), names)
            aim = f"write {near}" if near else "remove the column"
            raise InputError(f"{file}:1: found a column {show(name)}, expected {listed(names, 'and')}; {aim}")
    missing = [name for name in names if name not in found]
    if missing or not rows:
        raise InputError(f"{file}:1: found no column or no row for {listed(missing or names, 'and')}; add them")
    faults: list[str] = []
    loaded = cases.cases_of(study)
    points = [
        tuple(_cell(factor, row[factor.name], f"{file}:{line}", loaded, faults) for factor in factors)
        for line, row in enumerate(rows, start=2)
    ]
    if faults:
        raise InputError(f"{file}: {len(faults)} fault{'s' * (len(faults) > 1)}", faults[:200])
    return points


def _cell(factor: Factor, text: str | None, where: str, loaded: Mapping[str, Scenario], faults: list[str]) -> Any:
    value = _value_in(text or "")
    if not isinstance(factor.source, Lever):
        fault = value_fault(factor.name, value, load_evidence())
        faults += [f"{where}: {factor.name}: {fault}"] if fault else []
        return value
    lever = factor.source.model_copy(update={"values": (value,), "low": None, "high": None})
    meant = [scenario for words, scenario in loaded.items() if cases.applies(lever, words)]
    moved = [scenario for scenario in meant if cases.measure_of(lever, scenario) is not None]
    told = next((found[1] for one in moved if (found := cases.lever_fault(lever, one))), None)
    faults += [f"{where}: {factor.name}: {told}"] if told else []
    return value


def _value_in(text: str) -> Any:
    word = text.strip()
    if word.casefold() in ("true", "false"):
        return word.casefold() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
