"""`afterdark validate people`: whether people are about as surveyed."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli_options import AsJson, City, Out, Quiet, Seed


def people(
    city: City = None,
    people: Annotated[int, typer.Option(min=100, max=200_000, help="agents that stand for the city's people")] = 20_000,
    replications: Annotated[int, typer.Option(min=2, max=200, help="draws of all uncertain parameters")] = 4,
    seed: Seed = 1,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold people's days against the half of the travel survey that was kept aside, and against street counts.

    Example: afterdark validate people --people 5000
    """
    from experiments.cli_runs import progress_bar, show_parts
    from experiments.identity import digest_of
    from experiments.patterns import render
    from experiments.patterns_people import FIGURE, TABLE, validate_people
    from street_networks import load_city

    network = load_city(city or "helsinki-centre")
    named = digest_of({"city": network.digest(), "people": people, "draws": replications, "seed": seed})[:8]
    folder = out or Path("runs") / f"people-{network.name[:40]}-{named}"
    with progress_bar("validating", replications, quiet=quiet) as progress:
        table = validate_people(network, folder, agents=people, replications=replications, seed=seed, progress=progress)
    if as_json:
        typer.echo(table.to_json(orient="records", indent=1))
        return
    show_parts(render(table))
    typer.echo(f"Table: {(folder / TABLE).resolve()}\nFigure: {(folder / FIGURE).resolve()}")
