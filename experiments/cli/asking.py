"""What `compare` and those that take its options ask for, as a plan; and what is said of it before any work."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.cli import logs
from experiments.cli.options import given_of, processors, run_options, with_overlays, with_persons, with_tours
from experiments.cli.progress import progress_bar

if TYPE_CHECKING:
    import datetime

    from experiments.comparing import Plan
    from experiments.year import YearPlan

Made = TypeVar("Made")


def plan_of(asked: Mapping[str, Any]) -> "tuple[Plan, str]":
    """The comparison that is asked for, and who was left out of a table of persons.

    Parameters
    ----------
    asked
        The parameters of `compare` by name.

    Raises
    ------
    InputError
        If a file or an option cannot be used.
    """
    from analysis.answer.equity import check_weight
    from experiments.comparing import Plan
    from scenarios import load_scenario

    first, *others = [load_scenario(case) for case in asked["cases"]]
    options = run_options(
        city=asked["city"] or first.city,
        date=asked["date"] or iso(first.date),
        **{name: asked[name] for name in ("people", "seed", "days", "threads", "values")},
    )
    options = dataclasses.replace(options, check_settling=asked["check_settling"])
    options = with_tours(with_overlays(options, asked["overlay"]), asked["tours"])
    options, note = with_persons(options, asked["persons"], asked["persons_columns"])
    plan = Plan(
        load_scenario(asked["baseline"]),
        (first, *others),
        options,
        asked["replications"],
        asked["store"],
        asked["light_extremes"],
        {**check_weight(asked["equity_weight"]), **given_of(asked["unit_values"], asked["observed"])},
    )
    return plan, note


def carry_out(
    planned: "Plan | YearPlan",
    asked: Mapping[str, Any],
    make: "Callable[..., Made]",
    *,
    told: Iterable[str],
    name: str,
    word: str,
) -> "tuple[Made, bool]":
    """Make what is planned in its folder, with progress, or read it there; and whether it was not there before.

    Parameters
    ----------
    planned
        What is made, by an identity of its own; its jobs are run first.
    asked
        The parameters of `compare` by name.
    make
        Makes it in a folder: `make_comparison` or `make_year`.
    told
        What is said before any work, whether or not anybody wants progress.
    name, word
        What the bar says is compared; and with what the name of a new folder begins.

    Raises
    ------
    InputError
        If the folder holds something else, or it cannot be made.
    """
    from experiments.folders import check_folders, holds

    identity = planned.identity()
    folder = asked["out"] or Path("runs") / f"{word}-{name}-{identity[:8]}"
    is_new = not holds(folder, identity)
    if is_new:
        check_folders(folder, asked["store"])
    caution_each(told)
    jobs, at_once = planned.all_jobs(), asked["workers"] or processors()
    days_in_all = sum(job.simulated_days() for job in jobs)
    with progress_bar(f"comparing {name}", days_in_all, draws=len(jobs), quiet=asked["quiet"]) as progress:
        made = make(planned, folder, workers=at_once, progress=progress, draw_done=progress.draw_done)
    return made, is_new


def name_of(plan: "Plan") -> str:
    """The cases and shocks of a comparison, as long as the name of a folder may be."""
    return "-".join(one.name for one in (*plan.scenarios, *plan.options.overlays))[:60]


def of_persons(note: str) -> tuple[str, ...]:
    """Who was left out of a table of persons, and what is drawn: it changes the result, so it is always said."""
    return (f"--persons: {note}",) if note else ()


def caution_each(told: "Iterable[str]") -> None:
    """Say on standard error what changes how the answer is read, whether or not anybody wants progress."""
    for caution in told:
        logs.caution(caution)


def iso(date: "datetime.date | None") -> str | None:
    """A date as options have it."""
    return None if date is None else date.isoformat()
