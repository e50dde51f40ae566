"""`afterdark network ...`: the cities there are."""

import typer

app = typer.Typer(help="Cities: the streets that people walk on.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Keep `network list` a command of its own."""


@app.command("list")
def list_them() -> None:
    """List the cities that come with the program.

    Example: afterdark network list
    """
    from street_networks import list_cities, load_city

    for name in list_cities():
        city = load_city(name)
        kilometres = city.streets.length_m.sum() / 1000
        typer.echo(f"{name}  {kilometres:.1f} km of walkable ways, {len(city.places)} places, {len(city.lamps)} lamps")
        typer.echo(f"    {city.metadata.get('attribution', '')}")
