"""`afterdark scenario ...` and `afterdark evidence`: what can be tried, and what it rests on."""

import json
from typing import Annotated

import typer

from experiments.cli.options import AsJson, City, Date

app = typer.Typer(
    help="Cases: what is tried, and where.\n\nExample: afterdark scenario list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_IN_FULL = 5
"""Parameters that are told with all that is known of them; more are listed."""
Case = Annotated[str, typer.Argument(help="short name or TOML file of a case")]


@app.command("list")
def list_them(as_json: AsJson = False) -> None:
    """List the cases that come with the program.

    Example: afterdark scenario list
    """
    from scenarios import list_cases, load_scenario

    titles = {name: load_scenario(name).title for name in list_cases()}
    if as_json:
        rows = [{"name": name, "title": title} for name, title in titles.items()]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for name, title in titles.items():
        typer.echo(f"{name:24} {title}")


@app.command()
def check(case: Case, city: City = None, date: Date = None) -> None:
    """Check a case, on a city the places that it names, and whether it does anything on a date; all faults at once.

    Example: afterdark scenario check light-the-park-paths
    """
    from experiments.identity import parse_date
    from scenarios import bind, load_scenario
    from scenarios.dates import dates_in_words
    from simulator.city.sun import darkest_working_day
    from street_networks import load_city

    scenario = load_scenario(case)
    name = city or scenario.city or "helsinki-centre"
    network = load_city(name)
    placements = bind(scenario, network)
    for placed in placements:
        typer.echo(f"{placed.measure.name}: {placed.quantity:g} {placed.unit} on {placed.segments.size} segments")
    if placements and not any(placed.segments.size for placed in placements):
        typer.echo(f"{case}: nothing would be built on {name}: no street selected lacks what it brings")
        return
    day = parse_date(date, scenario.date or darkest_working_day(network.latitude))
    for note in dates_in_words(scenario, network, day):
        typer.echo(f"caution: {note}")
    typer.echo(f"{case}: nothing wrong found, on {name}")


@app.command()
def explain(case: Case, city: City = None) -> None:
    """Say in words what a case does, where, through what it works, what it costs and what it rests on.

    Example: afterdark scenario explain light-the-park-paths
    """
    from scenarios import explain as in_words
    from scenarios import load_scenario
    from street_networks import load_city

    scenario = load_scenario(case)
    typer.echo(in_words(scenario, load_city(city or scenario.city or "helsinki-centre")))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a case, by which editors complete and check its keys.

    Example: afterdark scenario schema
    """
    from scenarios import schema as json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def evidence(
    name: Annotated[str | None, typer.Argument(help="one parameter, or a part of its name")] = None,
    grade: Annotated[str | None, typer.Option(help="only those of a grade, such as assumption")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the model rests on: every parameter with value, range, unit and grade; of one also source and place.

    Example: afterdark evidence light_relief_lx
    """
    from experiments.cli import evidence_words

    rows = evidence_words.rows_asked_for(name, grade)
    if as_json:
        typer.echo(json.dumps(evidence_words.as_json(rows), indent=2, ensure_ascii=False))
    elif name is None or len(rows) > _IN_FULL:
        typer.echo("\n".join(evidence_words.listed(rows)))
    else:
        typer.echo("\n\n".join("\n".join(evidence_words.told(row)) for row in rows))
