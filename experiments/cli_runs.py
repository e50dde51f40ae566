"""`afterdark run`, `compare`, `show` and `validate robustness`: compute, or read what was computed, and tell it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli_options import (
    STORE,
    AsJson,
    City,
    Date,
    Days,
    Keep,
    Out,
    People,
    Quiet,
    Replications,
    Seed,
    StoreFolder,
    Threads,
    Values,
    Workers,
    processors,
    run_options,
)

if TYPE_CHECKING:
    import datetime

    from experiments.compare import Answer
    from experiments.runs import Progress

validate_app = typer.Typer(
    help="Check the model; figures as they come out.", no_args_is_help=True, rich_markup_mode=None
)
Case = Annotated[str, typer.Argument(help="case: short name or TOML file")]


@validate_app.callback()
def _group() -> None:
    """Keep `validate robustness` a command of its own."""


def run(
    case: Case,
    city: City = None,
    people: People = 8000,
    days: Days = 1,
    date: Date = None,
    seed: Seed = 1,
    threads: Threads = 1,
    keep: Keep = "summary",
    out: Out = None,
    store: StoreFolder = STORE,
    values: Values = None,
    quiet: Quiet = False,
) -> None:
    """Run one case once, with the first draw of the uncertain parameters, and keep its tables.

    Example: afterdark run light-the-park-paths --people 2000
    """
    from experiments.compare import holds, refuse_other
    from experiments.runs import KEEP, Job, run_job
    from experiments.store import Store
    from scenarios import load_scenario
    from simulator.files import check_writable, whole_folder

    scenario = load_scenario(case)
    options = run_options(
        city=city or scenario.city,
        people=people,
        date=date or _iso(scenario.date),
        seed=seed,
        days=days,
        threads=threads,
        keep=keep,
        values=values,
    )
    job = Job.plan(options, 0, (scenario,), store)
    identity = job.ids[0]
    folder = out or Path("runs") / f"run-{scenario.name}-{identity[:8]}"
    if not holds(folder, identity):
        refuse_other(folder)
        check_writable(folder.parent)
        check_writable(store)
        with progress_bar(f"running {scenario.name}", job.live_days(), quiet=quiet) as progress:
            run_job(job, progress)
        with whole_folder(folder) as part:
            for file in Store(store).path(identity).iterdir():
                if file.suffix == ".json" or file.stem in ("summary", "segments", "placements", *KEEP[keep]):
                    (part / file.name).write_bytes(file.read_bytes())
    _show_run(folder)


def compare(
    cases: Annotated[list[str], typer.Argument(help="cases: short names or TOML files")],
    baseline: Annotated[str, typer.Option(help="case to compare with")] = "baseline",
    city: City = None,
    people: People = 8000,
    replications: Replications = 8,
    days: Days = 1,
    date: Date = None,
    seed: Seed = 1,
    threads: Threads = 1,
    workers: Workers = None,
    out: Out = None,
    store: StoreFolder = STORE,
    values: Values = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare cases with the baseline in the same draws: who gains, who loses, when, how surely, at what cost.

    Example: afterdark compare light-the-park-paths
    """
    from experiments.compare import Plan, make_comparison
    from scenarios import load_scenario

    first, *others = [load_scenario(case) for case in cases]
    options = run_options(
        city=city or first.city,
        people=people,
        date=date or _iso(first.date),
        seed=seed,
        days=days,
        threads=threads,
        values=values,
    )
    plan = Plan(load_scenario(baseline), (first, *others), options, replications, store)
    plan.check()
    name = "-".join(one.name for one in plan.scenarios)[:60]
    folder = out or Path("runs") / f"compare-{name}-{plan.identity()[:8]}"
    days_in_all = sum(job.live_days() for job in plan.jobs())
    at_once = workers or processors()
    with progress_bar(f"comparing {name}", days_in_all, quiet=quiet) as progress:
        answer = make_comparison(plan, folder, workers=at_once, progress=progress)
    _tell(answer, as_json=as_json)


def show(
    folder: Annotated[Path, typer.Argument(help="folder of a comparison or a run")], as_json: AsJson = False
) -> None:
    """Show the answer that a folder holds, without computing anything.

    Example: afterdark show runs/compare-light-the-park-paths-*
    """
    from experiments.compare import read_answer
    from simulator.results import read_manifest

    if read_manifest(folder)["kind"] == "run":
        _show_run(folder)
    else:
        _tell(read_answer(folder), as_json=as_json)


@validate_app.command()
def robustness(
    case: Annotated[str, typer.Argument(help="case: short name or TOML file")] = "light-the-park-paths",
    city: City = None,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    store: StoreFolder = STORE,
    quiet: Quiet = False,
) -> None:
    """Is the answer an artefact? The headline differences at other numbers of agents, dates and draws, side by side.

    Example: afterdark validate robustness light-the-park-paths
    """
    from experiments.robustness import check_robustness, render, variants
    from scenarios import load_scenario

    scenario = load_scenario(case)
    options = run_options(city=city or scenario.city, people=8000, date=None, seed=seed, days=1)
    plans = variants(load_scenario("baseline"), scenario, options, store)
    folder = out or Path("runs") / f"robustness-{scenario.name}-{plans[0].plan.identity()[:8]}"
    days_in_all = sum(job.live_days() for variant in plans for job in variant.plan.jobs())
    with progress_bar("checking robustness", days_in_all, quiet=quiet) as progress:
        table = check_robustness(plans, folder, workers=workers or processors(), progress=progress)
    _print(render(table))
    typer.echo(f"Table: {folder / 'robustness.csv'}")


@contextmanager
def progress_bar(what: str, total: int, *, quiet: bool) -> "Iterator[Progress]":
    """A progress bar with time left on standard error, told in simulated days; silent where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        if not quiet:
            typer.echo(f"{what}: {total} simulated days ...", err=True)
        yield lambda days: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days, left:"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda days: bar.advance(task, days)


def _tell(answer: "Answer", *, as_json: bool) -> None:
    from analysis.tables import render_answer
    from experiments.compare import MAP, REPORT

    if as_json:
        typer.echo(answer.comparison.to_json(orient="records", indent=1))
        return
    for told in answer.facts.scenarios:
        parts = render_answer(
            answer.comparison, answer.facts, scenario=told.name, gap=answer.gaps.get(told.name), width=_width()
        )
        _print(parts)
    if len(answer.facts.scenarios) == 1:
        typer.echo(f"Map:    {(answer.folder / MAP).resolve()}")
    typer.echo(f"Report: {(answer.folder / REPORT).resolve()}")


def _show_run(folder: Path) -> None:
    from analysis.tables import render_run
    from simulator.results import read_run

    tables = read_run(folder)
    _print(render_run(tables))
    typer.echo(f"Tables: {folder.resolve()}")


def _iso(date: "datetime.date | None") -> str | None:
    return None if date is None else date.isoformat()


def _width() -> int:
    from rich.console import Console

    console = Console()
    return console.width if console.is_terminal else 120


def _print(parts: list) -> None:  # type: ignore[type-arg]  # rich renderables
    from rich.console import Console

    console = Console() if sys.stdout.isatty() else Console(width=120)
    for part in parts:
        console.print(part)
