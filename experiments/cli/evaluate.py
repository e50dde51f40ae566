"""`afterdark evaluate`: how to find out, once a measure is there, whether it did what was expected of it."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from experiments.cli import options as ask
from experiments.cli.progress import progress_bar


def evaluate(
    case: Annotated[str, typer.Argument(help="short name or TOML file of a case")],
    asked: Annotated[
        int, typer.Option(min=10, max=100_000, help="people of each group asked in each area, before and again after")
    ] = 400,
    nights: Annotated[int, typer.Option(min=1, max=365, help="nights of counting before, and as many after")] = 10,
    sites: Annotated[
        int | None, typer.Option(min=1, max=1000, help="places counted in each area  [default: up to 8]")
    ] = None,
    years: Annotated[float, typer.Option(min=0.1, max=50, help="years of records before, and as many after")] = 2.0,
    city: ask.City = None,
    people: ask.People = 8000,
    replications: ask.Replications = 32,
    date: ask.Date = None,
    seed: ask.Seed = 1,
    workers: ask.Workers = None,
    out: ask.Out = None,
    store: ask.StoreFolder = ask.STORE,
    values: ask.Values = None,
    overlay: ask.Overlay = None,
    tours: ask.Tours = None,
    as_json: ask.AsJson = False,
    quiet: ask.Quiet = False,
) -> None:
    """Plan how to evaluate a case: where to survey and count, how much, and which change that could show.

    Example: afterdark evaluate light-the-park-paths --asked 400 --nights 10
    """
    from analysis.answer.evaluation import plan_in_words, plan_table
    from analysis.answer.terminal import render_table
    from experiments.cli.telling import show_parts
    from experiments.comparing import Plan
    from experiments.evaluate import MAP, STREETS, Asked, identity_of, make_evaluation
    from experiments.overlays import told_first
    from experiments.runs import city_of
    from scenarios import load_scenario

    scenario = load_scenario(case)
    day = scenario.date.isoformat() if isinstance(scenario.date, datetime.date) else None
    options = ask.run_options(
        city=city or scenario.city, people=people, date=date or day, seed=seed, days=1, values=values
    )
    options = ask.with_tours(ask.with_overlays(options, overlay), tours)
    plan = Plan(load_scenario("baseline"), (scenario,), options, replications, store)
    sizes = Asked(asked, nights, sites, years)
    folder = out or Path("runs") / f"evaluate-{scenario.name[:60]}-{identity_of(plan, sizes)[:8]}"
    days_in_all = sum(job.simulated_days() for job in plan.jobs())
    with progress_bar(f"comparing {scenario.name}", days_in_all, quiet=quiet) as progress:
        rows = make_evaluation(plan, sizes, folder, workers=workers or ask.processors(), progress=progress)
    if as_json:
        typer.echo(rows.to_json(orient="records", indent=1))
        return
    typer.echo(f"{scenario.title}: how to find out whether it works\n")
    for one in told_first(options.overlays, city_of(options.city), options.date):
        typer.echo(f"Caution: {one}.\n")
    typer.echo("\n".join(plan_in_words(rows)) + "\n")
    show_parts([render_table(plan_table(rows))])
    typer.echo(f"Streets: {(folder / STREETS).resolve()}")
    typer.echo(f"Map:     {(folder / MAP).resolve()}")
