"""`afterdark network ...`: the cities there are, what is in them, and what is wrong with them."""

import datetime
import json

import typer

from experiments.cli import inspect as cli_inspect
from experiments.cli import validate as cli_validate
from experiments.cli.options import AsJson

app = typer.Typer(
    help="Cities: the streets that people walk on.\n\nExample: afterdark network list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("inspect")(cli_inspect.inspect)
app.command("validate")(cli_validate.validate)


@app.callback()
def _group() -> None:
    """Keep `network list` a command of its own."""


@app.command("list")
def list_them(as_json: AsJson = False) -> None:
    """List the cities that come with the program.

    Example: afterdark network list
    """
    from street_networks import list_cities, load_city
    from street_networks.inspection.map_age import map_age

    rows = []
    for name in list_cities():
        city = load_city(name)
        age = map_age(city.metadata, datetime.date.today())
        told = {
            "name": name,
            "walkable_km": round(float(city.streets.length_m.sum()) / 1000, 1),
            "places": len(city.places),
            "lamps": len(city.lamps),
            "attribution": city.metadata.get("attribution", ""),
            "map_age_years": age.years,
            "map_age": age.told(),
        }
        rows.append(told)
        if not as_json:
            typer.echo("{name}  {walkable_km} km of walkable ways, {places} places, {lamps} lamps".format(**told))
            typer.echo(f"    {told['attribution']}")
            typer.echo(f"    map: {told['map_age']}")
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
