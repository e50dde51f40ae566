"""Search of portfolios: all of them where that is few enough, which proves the front; else a genetic search.

The search is NSGA-II (Deb and others 2002, doi 10.1109/4235.996017) by Optuna, an optional extra. Its random numbers
follow from the study's seed, and what it asks for is looked up in the store first: stopped, it goes the same way again
without running anything twice. What it finds is the best of what it tried; only trying all proves a front.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from experiments.studies.answers import Answers
from experiments.studies.designs import GENERATION, Point, all_fit, count_portfolios
from experiments.studies.planning import Plan
from experiments.studies.portfolios import Portfolio, portfolios_of
from experiments.studies.study import Optimise
from simulator.errors import InputError

_IDLE = 8
"""Generations without a new portfolio after which a search ends."""
RunPoints = Callable[[Plan], Answers]
"""Runs what is missing of a plan, and gives what it says."""


@dataclasses.dataclass(frozen=True)
class Searched:
    """What was tried.

    Attributes
    ----------
    plan
        With all points that were tried.
    portfolios
        What was tried.
    of
        How many there are.
    proved
        Whether all were tried.
    """

    plan: Plan
    portfolios: tuple[Portfolio, ...]
    of: int
    proved: bool


def asked_of(plan: Plan) -> Optimise:
    """What the best portfolios of a study are asked for.

    Raises
    ------
    InputError
        If it does not ask for any.
    """
    if plan.study.optimise is None:
        raise InputError(
            f"{plan.study.name}: found no [optimise], expected objectives and a budget; `afterdark study new NAME "
            "--from budget-portfolio` shows one"
        )
    return plan.study.optimise


def check_search(plan: Plan) -> None:
    """Refuse before any run a search that cannot be made.

    Raises
    ------
    InputError
        If there is nothing to choose, Optuna is needed and not installed, or there are several scenarios to search.
    """
    asked, study = asked_of(plan), plan.study
    if count_portfolios(study, plan.factors) < 2:
        raise InputError(f"{study.name}: found one portfolio, expected a choice; add [[levers]] or scenarios")
    if all_fit(study, plan.factors):
        return
    if len(study.scenarios) > 1:
        raise InputError(
            f"{study.name}: found {len(study.scenarios)} scenarios and more portfolios than {asked.runs} runs can try, "
            'expected one scenario to search; put cases together with " + " and let levers with the field "included" '
            "choose, or give more runs"
        )
    if study.replications * (GENERATION + 1) > asked.runs:
        raise InputError(
            f"{study.name}: found runs = {asked.runs}, expected {study.replications * (GENERATION + 1)} or more, which "
            f"is {GENERATION} portfolios in {study.replications} draws; give more runs or fewer replications"
        )
    try:
        import optuna  # noqa: F401
    except ImportError:
        raise InputError(
            "optimise: there are more portfolios than runs, and the package optuna, which searches them, is not "
            "installed; install it with `pip install 'afterdark[optimise]'`, or give fewer values or more runs"
        ) from None


def search(plan: Plan, run: RunPoints) -> Searched:
    """Try portfolios.

    Parameters
    ----------
    plan
        Of a study that asks for the best ones.
    run
        Runs and reads what a plan names.

    Raises
    ------
    InputError
        As `check_search`, and as `portfolios_of`.
    """
    check_search(plan)
    of = count_portfolios(plan.study, plan.factors)
    if all_fit(plan.study, plan.factors):
        return Searched(plan, tuple(portfolios_of(run(plan))), of, proved=True)
    whole = plan.with_points(_tried_by_search(plan, run))
    return Searched(whole, tuple(portfolios_of(run(whole))), of, proved=False)


def _tried_by_search(plan: Plan, run: RunPoints) -> list[Point]:
    """Ask the search for generations of portfolios until the runs are spent, or it finds nothing new."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    asked, steps = asked_of(plan), [factor.steps(plan.study.design.levels) for factor in plan.factors]
    spaces = {str(at): _space(one) for at, one in enumerate(steps)}
    sampler = optuna.samplers.NSGAIISampler(
        population_size=GENERATION,
        seed=int(plan.study.seed % 2**32),
    )
    study = optuna.create_study(directions=["maximize"] * len(asked.objectives), sampler=sampler)
    for point in plan.points:
        study.enqueue_trial(
            {str(at): one.index(value) for at, (one, value) in enumerate(zip(steps, point, strict=True))}
        )
    tried: dict[Point, Portfolio | None] = {}
    idle, most = 0, asked.runs // plan.study.replications - 1
    while idle < _IDLE:
        trials = [study.ask(spaces) for _ in range(GENERATION)]
        points = [tuple(one[trial.params[str(at)]] for at, one in enumerate(steps)) for trial in trials]
        new = [point for point in dict.fromkeys(points) if point not in tried]
        if len(tried) + len(new) > most:
            break
        idle = 0 if new else idle + 1
        tried |= _tried(plan, new, run)
        for trial, point in zip(trials, points, strict=True):
            found = tried[point]
            assert found is not None
            trial.set_constraint("budget and margins", found.excess)
            study.tell(trial, [float(score) for score in found.scores])
    return list(tried)


def _tried(plan: Plan, points: Sequence[Point], run: RunPoints) -> dict[Point, Portfolio | None]:
    if not points:
        return {}
    answers = run(plan.with_points(points))
    return {
        point: portfolios_of(dataclasses.replace(answers, plan=plan.with_points([point]), runs=_only(answers, at)))[0]
        for at, point in enumerate(points)
    }


def _only(answers: Answers, at: int) -> dict[str, Any]:
    return {name: table[at : at + 1] for name, table in answers.runs.items()}


def _space(steps: Sequence[Any]) -> Any:
    """Places of a lever's values: in order where they are numbers, else one beside the other."""
    from optuna.distributions import CategoricalDistribution, IntDistribution

    if any(isinstance(value, bool | str) for value in steps):
        return CategoricalDistribution(list(range(len(steps))))
    return IntDistribution(0, len(steps) - 1)
