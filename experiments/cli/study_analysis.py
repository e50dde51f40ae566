"""`afterdark study sensitivity`, `afterdark study optimise`: what the runs of a study come to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import AsJson, Quiet, Workers
from experiments.cli.progress import counting_runs
from experiments.cli.study import (
    Means,
    Scheduler,
    StudyFile,
    Threads,
    Where,
    begun,
    opened_of,
    planned_of,
    tell_cautions,
)
from experiments.cli.telling import relative

if TYPE_CHECKING:
    from experiments.studies.answers import Answers
    from experiments.studies.explaining import Findings
    from experiments.studies.planning import Plan

Outcomes = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome", help="indicator:gender:age:period, what is left out is all; may be repeated  [default: the first]"
    ),
]


def sensitivity(
    study: StudyFile,
    store: Where = None,
    outcome: Outcomes = None,
    trees: Annotated[bool, typer.Option("--trees", help="ask a random forest too; needs scikit-learn")] = False,
    worse_by: Annotated[
        float, typer.Option(help="a run is bad if it is worse than the baseline by more than this (indicator's unit)")
    ] = 0.0,
    out: Annotated[Path | None, typer.Option(help="new folder for tables and pictures  [default: none]")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what decides an outcome and its sign, and where runs are worse. Runs nothing; a study must have run.

    Example: afterdark study sensitivity first-look
    """
    from experiments.folders import check_folders
    from experiments.studies.explaining import explain, write

    planned, opened = opened_of(study, store)
    if out is not None:
        check_folders(out.resolve())
    found = explain(planned, opened.read(), outcome or (), trees=trees, worse_by=worse_by)
    written = write(found, out) if out is not None else []
    if as_json:
        typer.echo(_as_json(found))
        return
    tell_cautions(planned)
    typer.echo("\n".join(found.words()))
    if written:
        typer.echo(f"Tables and pictures: {relative(out.resolve()) if out else ''}")
    else:
        typer.echo("With --out FOLDER all tables and pictures are written.")


def _as_json(found: "Findings") -> str:
    tables = ", ".join(
        f'"{name}": {table.to_json(orient="records", indent=1)}' for name, table in found.tables().items()
    )
    return f"{{{tables}}}"


def optimise(
    study: StudyFile,
    out: Annotated[Path, typer.Option(help="new folder for the front: table, picture, scenario files")],
    store: Where = None,
    workers: Workers = None,
    threads: Threads = False,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Find the portfolios that no other beats, within a budget and with nobody worse off. Runs what is missing.

    Example: afterdark study optimise budget-portfolio --out portfolios
    """
    from experiments.folders import check_folders
    from experiments.studies.choosing import choose, write
    from experiments.studies.searching import check_search, search

    means = Means(workers, threads, scheduler)
    means.check()
    planned, folder = planned_of(study, store)
    check_search(planned)
    check_folders(out.resolve())
    opened, pool, at_once = begun(planned, folder, means)
    tell_cautions(planned)
    currencies: set[str] = set()

    def run(plan: "Plan") -> "Answers":
        from experiments.studies.answers import Answers
        from experiments.studies.running import run_study

        with counting_runs(plan.study.name, plan.count(), quiet=quiet) as told:
            run_study(plan, opened, pool, workers=at_once, told=told)
        tables = opened.read()
        currencies.update(word for word in tables.runs["currency"].to_pylist() if word)
        return Answers.of(plan, tables)

    choice = choose(search(planned, run), sorted(currencies))
    write(choice, out)
    typer.echo("\n".join(choice.words()))
    typer.echo(f"Table, picture and scenario files: {relative(out.resolve())}")
