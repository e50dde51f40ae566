"""What commands print of answers, runs and checks."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.cli import logs

if TYPE_CHECKING:
    from experiments.comparing import Answer, Plan
    from experiments.store import Store

HARMED = 3
"""Exit status when harm is found and `--fail-on-harm` was given."""


def tell(answer: "Answer", *, as_json: bool, full: bool) -> None:
    """Print an answer: in short, in full, or as JSON for programs."""
    from analysis.answer.terminal import render_answer, render_choice
    from experiments.comparing import REPORT
    from experiments.pictures import MAP

    if as_json:
        typer.echo(answer.comparison.to_json(orient="records", indent=1))
        return
    scenarios = answer.facts.scenarios
    if len(scenarios) > 1:
        show_parts(render_choice(answer.comparison, answer.facts))
    if len(scenarios) == 1 or full:
        for told in scenarios:
            parts = render_answer(
                answer.comparison,
                answer.facts,
                scenario=told.name,
                findings=answer.findings,
                width=_width(),
                full=full,
            )
            show_parts(parts)
    typer.echo("" if full else f"Tables: afterdark show {relative(answer.folder)} --full")
    typer.echo(f"Map:    {(answer.folder / MAP).resolve()}")
    typer.echo(f"Report: {(answer.folder / REPORT).resolve()}")


def relative(folder: Path) -> Path:
    """The folder as one types it from here, where it lies below."""
    here = Path.cwd()
    return folder.resolve().relative_to(here) if folder.resolve().is_relative_to(here) else folder.resolve()


def show_run(folder: Path, *, as_json: bool = False) -> None:
    """Print what a folder of one run holds."""
    import json

    from analysis.answer.levels import levels
    from analysis.answer.terminal import render_run
    from simulator.results.schema import read_run

    tables = read_run(folder)
    if as_json:
        frames = {"indicators": levels(tables), "summary": tables.summary, "placements": tables.placements}
        rows = {name: json.loads(frame.to_json(orient="records")) for name, frame in frames.items()}
        typer.echo(json.dumps({"manifest": tables.manifest, **rows}, indent=1, ensure_ascii=False))
        return
    show_parts(render_run(tables))
    typer.echo(f"Tables: {folder.resolve()}")


def show_robustness(folder: Path, *, as_json: bool) -> None:
    """Print what a folder of a check of robustness holds."""
    from experiments.validation.robustness import TABLE, read_robustness, render

    table = read_robustness(folder)
    if as_json:
        typer.echo(table.to_json(orient="records", indent=1))
        return
    show_parts(render(table))
    typer.echo(f"Table: {(folder / TABLE).resolve()}")


def show_stages(store: "Store", identities: "Iterable[str]", *, as_json: bool = False) -> None:
    """Print where the time went when these runs were computed, now or before."""
    from simulator.foundation import stages
    from simulator.results.schema import read_manifest

    table = stages.of_runs(read_manifest(store.path(identity)) for identity in identities)
    lines = ["", "Computing time of these runs, all processes together:", *stages.in_words(table)]
    typer.echo("\n".join(lines), err=as_json)  # what is printed for programs stays JSON


def tell_second_look(store: "Store", plan: "Plan") -> None:
    """Say for how much of people and ways each case was decided anew; the rest is the baseline's, to the bit."""
    from simulator.results.schema import read_manifest

    jobs = plan.jobs()
    for place, scenario in enumerate(plan.scenarios, 1):
        days = [read_manifest(store.path(job.ids[place])).get("anew", []) for job in jobs]
        told = [_anew_in_words([day[number] for day in days]) for number in range(min(map(len, days)))]
        if told:
            words = f"second look at {scenario.name}: decided anew were, day by day, {'; '.join(told)}"
            logs.note(f"{words}; all else is as in the baseline", "second look", days=days)


def _anew_in_words(draws: "Sequence[Mapping[str, int]]") -> str:
    people, ways = (
        sum(one[part] for one in draws) / max(sum(one[f"of_{part}"] for one in draws), 1) for part in ("people", "ways")
    )
    return f"{people:.0%} of the people and {ways:.0%} of the ways"


def _width() -> int:
    from rich.console import Console

    console = Console()
    return console.width if console.is_terminal else 120


def show_parts(parts: list) -> None:  # type: ignore[type-arg]  # rich renderables
    """Print rich renderables as wide as the terminal, or 120 columns into a file."""
    from rich.console import Console

    console = Console() if sys.stdout.isatty() else Console(width=120)
    for part in parts:
        console.print(part)


def check_draws(draws: int) -> None:
    """Refuse to look for harm where it cannot be found: a gate that never closes is none."""
    from analysis.comparison.intervals import FEWEST_DRAWS
    from simulator.errors import InputError

    if draws < FEWEST_DRAWS:
        raise InputError(
            f"--fail-on-harm: found {draws} {'draw' if draws == 1 else 'draws'}, expected {FEWEST_DRAWS} or more "
            "(--replications): fewer can neither find harm nor rule it out"
        )


def end_if_harmed(answer: "Answer") -> None:
    """End with status 3 if harm is found, saying for whom; after everything else is written and told."""
    from analysis.answer.harm import harmed_in_words

    told = harmed_in_words(answer.findings)
    for words in told:
        logs.caution(words, "harm")
    if told:
        raise typer.Exit(HARMED)
