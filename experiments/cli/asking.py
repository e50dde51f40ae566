"""What `compare` and those that take its options ask for, as a plan; and what is said of it before any work."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from experiments.cli import logs
from experiments.cli.options import given_of, run_options, with_overlays, with_persons, with_tours

if TYPE_CHECKING:
    import datetime

    from experiments.comparing import Plan


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
