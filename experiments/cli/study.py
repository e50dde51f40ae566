"""`afterdark study ...`: many runs over levers and uncertainties, on this machine or a cluster, kept in one store."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli import logs
from experiments.cli.options import AsJson, Quiet, Workers, processors
from experiments.cli.progress import counting_runs, in_time
from experiments.cli.telling import relative

if TYPE_CHECKING:
    from experiments.executors import Pool
    from experiments.studies.planning import Plan
    from experiments.studies.running import Finished
    from experiments.studies.store import StudyStore
    from experiments.studies.trial import Estimate

app = typer.Typer(
    help="Studies: many runs over levers and uncertainties.\n\nExample: afterdark study run first-look",
    no_args_is_help=True,
    rich_markup_mode=None,
)
FAILED = 1
_MOST_ROWS = 1000
"""Rows of an answer that are printed; all are given as JSON."""
StudyFile = Annotated[str, typer.Argument(metavar="FILE", help="short name or TOML file of a study")]
Where = Annotated[Path | None, typer.Option("--store", help="folder of the study's store  [default: runs/study-NAME]")]
Scheduler = Annotated[
    str | None, typer.Option(help="address of a Dask scheduler, such as tcp://127.0.0.1:8786, in place of --workers")
]
Threads = Annotated[
    bool, typer.Option("--threads", help="workers are threads of this process; else they are processes")
]


@app.command("list")
def list_them(as_json: AsJson = False) -> None:
    """List the studies that come with the program.

    Example: afterdark study list
    """
    from experiments.studies.reading import list_studies, load_study

    studies = {name: load_study(name) for name in list_studies()}
    if as_json:
        rows = [{"name": name, "title": one.title, "question": one.question} for name, one in studies.items()]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for name, one in studies.items():
        typer.echo(f"{name:30} {one.title}")


@app.command()
def new(name: str, study: Annotated[str, typer.Option("--from", help="study to begin from")] = "first-look") -> None:
    """Write a study of your own: a copy of another one, with its notes, in this folder.

    Example: afterdark study new my-study --from first-look
    """
    from experiments.studies.reading import copy_study

    path = copy_study(name, study)
    typer.echo(f"{path}: a copy of {study}; change it, then: afterdark study plan {path}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a study, by which editors complete and check its keys.

    Example: afterdark study schema
    """
    from experiments.studies.reading import schema as json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def plan(study: StudyFile, store: Where = None, workers: Workers = None, as_json: AsJson = False) -> None:
    """Say what a study will take: runs, time and disk, from a trial run that is measured. Nothing is stored.

    Example: afterdark study plan first-look
    """
    from experiments.studies.designs import count_portfolios
    from experiments.studies.store import HEAD, open_store
    from experiments.studies.trial import estimate

    planned, folder = planned_of(study, store)
    stored = _stored(planned, open_store(folder)) if (folder / HEAD).exists() else 0
    at_once = workers or processors()
    reckoned = estimate(planned)
    share = 1.0 - stored / reckoned.runs
    if as_json:
        told = {
            "points": len(planned.points),
            "runs": reckoned.runs,
            "stored": stored,
            "workers": at_once,
            "seconds": reckoned.seconds(at_once, share=share),
            "bytes": reckoned.bytes(share=share),
            "too_few_people": [spot._asdict() for spot in reckoned.thin],
        }
        if planned.study.optimise is not None:
            told["portfolios"] = count_portfolios(planned.study, planned.factors)
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    tell_cautions(planned)
    typer.echo("\n".join(_plan_in_words(planned, reckoned, stored, at_once)))
    for spot in reckoned.thin:
        where = f"{spot.indicator} of gender {spot.gender}, age {spot.age}"
        aim = "no value is kept; give more people, or a wider cell"
        logs.caution(f"fewer than 30 agents stand behind {where}: {aim}")


def _plan_in_words(planned: "Plan", reckoned: "Estimate", stored: int, at_once: int) -> list[str]:
    study, share = planned.study, 1.0 - stored / reckoned.runs
    levers, uncertainties = len(study.levers), len(study.uncertainties)
    each = f"{reckoned.before_s:.1f} s a settled baseline, {reckoned.arm_s:.1f} s a run that goes on from it"
    size = f"{reckoned.bytes(share=share) / 1e6:.1f} MB ({reckoned.bytes_a_run / 1000:.1f} KB a run)"
    return [
        f"{study.title} ({study.name})",
        f"points     {len(planned.points)} ({study.design.kind}; levers: {levers}, uncertainties: {uncertainties})",
        f"scenarios  {len(study.scenarios)} and the baseline",
        *_portfolios_in_words(planned),
        f"draws      {study.replications}{' at most' * (study.stop is not None)}",
        f"runs       {reckoned.runs}, of which {stored} are stored",
        f"time       about {in_time(reckoned.seconds(at_once, share=share))} with {at_once} workers ({each}; measured)",
        f"disk       about {size}",
    ]


def _portfolios_in_words(planned: "Plan") -> list[str]:
    """How many portfolios there are to choose from, where the study asks for the best ones."""
    from experiments.studies.designs import all_fit, count_portfolios

    if planned.study.optimise is None:
        return []
    count = count_portfolios(planned.study, planned.factors)
    if all_fit(planned.study, planned.factors):
        return [f"portfolios {count}; all are tried"]
    most = planned.study.optimise.runs
    return [f"portfolios {count}; searched in at most {most} runs, of which these are the first"]


@app.command()
def run(
    study: StudyFile,
    store: Where = None,
    workers: Workers = None,
    threads: Threads = False,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Run what is missing of a study. Stopped at any moment, the same command goes on and counts nothing twice.

    Example: afterdark study run first-look --workers 2
    """
    _run(study, store, Means(workers, threads, scheduler), again=False, quiet=quiet)


@app.command()
def retry(
    study: StudyFile,
    store: Where = None,
    workers: Workers = None,
    threads: Threads = False,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Run again what failed, and what is missing.

    Example: afterdark study retry first-look
    """
    _run(study, store, Means(workers, threads, scheduler), again=True, quiet=quiet)


@app.command()
def status(study: StudyFile, store: Where = None, as_json: AsJson = False) -> None:
    """Say what is stored of a study, what is missing, and what failed where and why.

    Example: afterdark study status first-look
    """
    import dataclasses

    from experiments.studies.reports import status_of

    planned, opened = opened_of(study, store)
    told = status_of(planned, opened)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(told) | {"missing": told.missing}, indent=1, ensure_ascii=False))
        return
    typer.echo(f"{planned.study.name} in {opened.folder}")
    typer.echo(f"{told.stored} of {told.planned} runs stored, {told.missing} missing, {told.failed} failed")
    if told.besides:
        typer.echo(f"{told.besides} other runs stored, for which the study does not ask")
    if told.older:
        typer.echo(f"{told.older} stored runs are of another version of the code, and are not counted")
    typer.echo(f"{told.files} files, {told.bytes / 1e6:.1f} MB")
    for stage, cause, count in told.causes:
        typer.echo(f"failed {count} times in the stage {stage}: {cause}")
    if told.failed:
        typer.echo("Try them again: afterdark study retry")
    if told.damaged:
        typer.echo(
            f"{told.damaged} places are not whole: what was being written when a worker was stopped. It is run again"
        )


@app.command()
def compact(study: StudyFile, store: Where = None) -> None:
    """Merge what workers wrote into a few large Parquet files, and remove what was merged.

    Example: afterdark study compact first-look
    """
    _, opened = opened_of(study, store)
    tables = opened.compact()
    typer.echo(f"{opened.folder}: {len(tables.runs)} runs in {len(opened.files())} files")


@app.command()
def export(
    study: StudyFile,
    out: Annotated[Path, typer.Option(help="new folder to write")],
    store: Where = None,
    kind: Annotated[str, typer.Option("--format", help="csv or parquet")] = "csv",
) -> None:
    """Write the tables of a study, with the meaning of their columns, for other programs.

    Example: afterdark study export first-look --out first-look-tables
    """
    from experiments.studies.reports import export as write

    planned, opened = opened_of(study, store)
    typer.echo(f"Tables: {write(planned, opened, out, kind=kind).resolve()}")


@app.command()
def sql(
    question: Annotated[str, typer.Argument(help="one SQL statement")],
    store: Annotated[Path, typer.Option(help="folder of a study's store")] = Path("runs/study-first-look"),
    as_json: AsJson = False,
) -> None:
    """Ask the tables of a store: runs, outcomes, parameters, timings, failures, manifests.

    Example: afterdark study sql "select count(*) from runs"
    """
    from experiments.studies.reports import ask
    from experiments.studies.store import open_store

    answer = ask(open_store(store), question)
    if as_json:
        typer.echo(answer.to_json(orient="records", indent=1))
        return
    typer.echo(answer.head(_MOST_ROWS).to_string(index=False))
    if len(answer) > _MOST_ROWS:
        typer.echo(f"... {len(answer) - _MOST_ROWS} rows more; --json gives all", err=True)


class Means:
    """With what runs are worked off, as the options say."""

    def __init__(self, workers: int | None, threads: bool, scheduler: str | None) -> None:
        self.workers, self.threads, self.scheduler = workers, threads, scheduler

    def check(self) -> None:
        """Refuse options that exclude each other."""
        from simulator.errors import InputError

        if self.scheduler is not None and (self.workers is not None or self.threads):
            raise InputError(
                "--scheduler: found --workers or --threads too, expected one of them; the cluster has its own workers"
            )

    def pool(self, folder: Path) -> "tuple[Callable[[], Pool], int]":
        """What makes the pool, and its workers; a scheduler that does not answer is told at once."""
        from experiments.executors import HerePool, ProcessPool, ThreadPool

        if self.scheduler is not None:
            from experiments.studies.cluster import DaskPool

            first = DaskPool(self.scheduler, folder)
            pools = iter([first])
            address = self.scheduler
            return lambda: next(pools, None) or DaskPool(address, folder), first.workers
        at_once = self.workers or processors()
        if self.threads:
            return lambda: ThreadPool(at_once), at_once
        return (lambda: ProcessPool(at_once)) if at_once > 1 else HerePool, at_once


def _run(study: str, store: Path | None, means: Means, *, again: bool, quiet: bool) -> None:
    from experiments.studies.running import run_study

    means.check()
    planned, folder = planned_of(study, store)
    opened, pool, workers = begun(planned, folder, means)
    tell_cautions(planned)
    with counting_runs(planned.study.name, planned.count(), quiet=quiet) as told:
        finished = run_study(planned, opened, pool, workers=workers, told=told, again=again)
    _tell(finished, planned, folder)


def begun(planned: "Plan", folder: Path, means: Means) -> "tuple[StudyStore, Callable[[], Pool], int]":
    """The store of a plan, what makes the pool, and its workers; nothing is left of what cannot begin."""
    from experiments.folders import check_folders
    from experiments.studies.store import HEAD, begin
    from experiments.studies.trial import check_disk

    check_folders(folder, folder, own=True)
    fresh = not (folder / HEAD).exists()
    opened = begin(folder, planned)
    try:
        check_disk(folder, planned.count() - _stored(planned, opened))
        pool, workers = means.pool(folder)
    except Exception:
        if fresh:  # nothing is left of a study that could not begin
            (folder / HEAD).unlink(missing_ok=True)
            folder.rmdir()
        raise
    return opened, pool, workers


def _tell(finished: "Finished", planned: "Plan", folder: Path) -> None:
    typer.echo(f"{finished.stored} of {planned.count()} runs stored in {folder}")
    if planned.study.stop is not None:
        typer.echo(f"{finished.draws} draws; standard error of the interval's ends: {finished.error:.3g}")
    typer.echo(f"Tables: afterdark study export {planned.study.name} --store {relative(folder)} --out TABLES")
    if finished.failed:
        told = f"{finished.failed} runs failed; see: afterdark study status {planned.study.name} --store {folder}"
        logs.caution(told, "failed", failed=finished.failed)
        raise typer.Exit(FAILED)


def _stored(planned: "Plan", opened: "StudyStore") -> int:
    return len(opened.ids()[0].intersection(planned.run_ids()))


def planned_of(study: str, store: Path | None) -> "tuple[Plan, Path]":
    """A study's plan, and the folder of its store."""
    from experiments.studies.planning import Plan
    from experiments.studies.reading import load_study

    read = load_study(study)
    return Plan.of(read), (store or Path("runs") / f"study-{read.name}").resolve()


def opened_of(study: str, store: Path | None) -> "tuple[Plan, StudyStore]":
    """A plan and its store, which has to be there."""
    from experiments.studies.store import begin, open_store

    planned, folder = planned_of(study, store)
    open_store(folder)
    return planned, begin(folder, planned)


def tell_cautions(planned: "Plan") -> None:
    """Tell what the answer comes with."""
    for told in planned.cautions:
        logs.caution(told)
