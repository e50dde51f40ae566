"""`afterdark diagnose`: who is out, who stays in, what stands in the way of feeling safe, before any measure."""

from pathlib import Path

import typer

from experiments.cli import options as ask
from experiments.cli.progress import progress_bar


def diagnose(
    city: ask.City = None,
    people: ask.People = 8000,
    replications: ask.Replications = 8,
    date: ask.Date = None,
    seed: ask.Seed = 1,
    workers: ask.Workers = None,
    out: ask.Out = None,
    store: ask.StoreFolder = ask.STORE,
    values: ask.Values = None,
    overlay: ask.Overlay = None,
    tours: ask.Tours = None,
    full: ask.Full = False,
    as_json: ask.AsJson = False,
    quiet: ask.Quiet = False,
) -> None:
    """Look at a city before any measure: who is out, who stays in, what makes it feel unsafe and to whom.

    Example: afterdark diagnose --replications 4
    """
    import json

    from analysis.answer.terminal import render_table
    from analysis.diagnosis.words import LIMITS, all_tables, reasons_table, sentences
    from experiments.cli.telling import show_parts
    from experiments.diagnose import MAP, PAGE, SHEET, Diagnosis, make_diagnosis
    from scenarios import load_scenario
    from simulator.results.schema import read_manifest

    options = ask.run_options(city=city, people=people, date=date, seed=seed, days=1, values=values)
    options = ask.with_tours(ask.with_overlays(options, overlay), tours)
    plan = Diagnosis(load_scenario("baseline"), options, replications, store)
    name = Path(options.city).stem
    under = "-".join((name, *(one.name for one in options.overlays)))[:60]
    folder = out or Path("runs") / f"diagnosis-{under}-{plan.identity()[:8]}"
    days_in_all = sum(job.simulated_days() for job in plan.jobs())
    with progress_bar(f"diagnosing {name}", days_in_all, quiet=quiet) as progress:
        parts = make_diagnosis(plan, folder, workers=workers or ask.processors(), progress=progress)
    if as_json:
        frames = {key: json.loads(table.to_json(orient="records")) for key, table in parts.items()}
        typer.echo(json.dumps(frames, indent=1, ensure_ascii=False))
        return
    manifest = read_manifest(folder)
    typer.echo(f"{name}: before any measure. {manifest['when']}.\n")
    for one in manifest["first"]:
        typer.echo(f"Caution: {one}.\n")
    typer.echo(" ".join(sentences(parts)) + "\n")
    shown = all_tables(parts) if full else [reasons_table(parts["reasons"], "walks")]
    show_parts([part for table in shown for part in (render_table(table), "")])
    typer.echo("\n".join(("Not known:", *(f"- {one}" for one in manifest["missing"]), "", *LIMITS, "")))
    typer.echo(f"Page:        {(folder / PAGE).resolve()}")
    typer.echo(f"Map:         {(folder / MAP).resolve()}")
    typer.echo(f"Night walk:  {(folder / SHEET).resolve()}")
