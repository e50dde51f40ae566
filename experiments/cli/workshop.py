"""`afterdark workshop`: the page on which a room draws measures and sees what the night makes of them."""

from importlib.util import find_spec
from typing import Annotated

import typer

from experiments.cli.options import City


def workshop(
    city: City = None,
    case: Annotated[str | None, typer.Option(help="short name or TOML file of a case to begin with")] = None,
    host: Annotated[
        bool, typer.Option("--host", help="let other machines of this network in, with a code; else only this machine")
    ] = False,
    port: Annotated[int, typer.Option(help="port of the page", min=1024, max=65535)] = 8700,
    workers: Annotated[int | None, typer.Option(help="runs at once", min=1, max=64)] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="open no browser")] = False,
) -> None:
    """Open the workshop page: draw measures on a map, run the night, and see who gains and who loses.

    Example: afterdark workshop --case light-the-park-paths
    """
    from simulator.errors import InputError

    if find_spec("nicegui") is None:
        raise InputError(
            "workshop: found no nicegui, which the page is made with; type `make workshop`, or "
            "`pip install 'afterdark[workshop]'`"
        )
    from experiments.cli.options import processors
    from experiments.workshop.server import Order, serve

    serve(Order(city or "helsinki-centre", case, host, port, workers or processors(), not no_browser))
