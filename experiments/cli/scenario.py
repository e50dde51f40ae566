"""`afterdark scenario ...` and `afterdark evidence`: what can be tried, and what it rests on."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import AsJson, City, Date

if TYPE_CHECKING:
    from scenarios import Scenario
    from simulator.city.network import StreetNetwork

app = typer.Typer(
    help="Cases: what is tried, and where.\n\nExample: afterdark scenario list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
DEFAULT_CITY = "helsinki-centre"
_IN_FULL = 5
"""Parameters that are told with all that is known of them; more are listed."""
Case = Annotated[str, typer.Argument(help="short name or TOML file of a case")]


@app.command("list")
def list_them(as_json: AsJson = False) -> None:
    """List the cases that come with the program.

    Example: afterdark scenario list
    """
    from scenarios import list_cases, load_scenario

    cases = {name: load_scenario(name) for name in list_cases()}
    if as_json:
        keys = ("title", "origin", "boards", "for_whom", "watch")
        rows = [{"name": name} | {key: getattr(case, key) for key in keys} for name, case in cases.items()]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for name, case in cases.items():
        typer.echo(f"{name:30} {case.title}{f' ({case.origin})' if case.origin else ''}")


@app.command()
def new(name: str, of: Annotated[str, typer.Option("--from", help="case to begin from")]) -> None:
    """Write a case of your own: a copy of another one, with its notes, in this folder.

    Example: afterdark scenario new my-lamps --from light-the-park-paths
    """
    from scenarios import copy_case

    path = copy_case(name, of)
    typer.echo(f"{path}: a copy of {of}; change it, then: afterdark scenario check {path}")


@app.command()
def diff(one: Case, other: Case) -> None:
    """Say in words what the second case has otherwise than the first.

    Example: afterdark scenario diff night-bus-every-30 night-bus-every-15
    """
    from scenarios import differences, load_scenario

    lines = differences(load_scenario(one), load_scenario(other))
    typer.echo("\n".join(lines) if lines else f"{one} and {other} say the same")


@app.command()
def check(case: Case, city: City = None, date: Date = None) -> None:
    """Check a case as `compare` would, on a city and a date: all faults at once, and what to be careful about.

    Example: afterdark scenario check light-the-park-paths
    """
    scenario, network, told = _told_before(case, city, date)
    from scenarios import bind

    for placed in bind(scenario, network):
        typer.echo(f"{placed.measure.name}: {placed.quantity:g} {placed.unit} on {placed.segments.size} segments")
    for note in told:
        typer.echo(f"caution: {note}")
    typer.echo(f"{case}: nothing wrong found, on {city or scenario.city or DEFAULT_CITY}")


@app.command()
def explain(
    case: Case,
    city: City = None,
    date: Date = None,
    picture: Annotated[Path | None, typer.Option("--map", help="also draw where it is, as a PNG of this name")] = None,
) -> None:
    """Say in words what a case does, where, through what it works, what it costs and what it rests on.

    Example: afterdark scenario explain light-the-park-paths --map where.png
    """
    scenario, network, told = _told_before(case, city, date)
    from scenarios import explain as in_words

    typer.echo(in_words(scenario, network))
    for note in told:
        typer.echo(f"caution: {note}")
    if picture is not None:
        _draw(scenario, network, picture)
        typer.echo(f"Map: {picture.resolve()}")


def _draw(scenario: "Scenario", network: "StreetNetwork", path: Path) -> None:
    """Draw where the measures of a case are."""
    from analysis.maps.panels import Streets
    from analysis.maps.placement import draw_placements
    from scenarios import bind
    from simulator.errors import InputError

    if path.suffix.lower() != ".png":
        raise InputError(f"--map: found {path.name}, expected a name that ends in .png, such as where.png")
    streets = Streets(network.streets.segment_id, network.vertices, network.vertex_start)
    placed = {one.measure.name: one.segments for one in bind(scenario, network)}
    told = {"title": f"{scenario.title}: where", "attribution": network.metadata.get("attribution", "")}
    draw_placements(streets, network.streets.in_core, placed, path, **told)


def _told_before(case: str, city: str | None, date: str | None) -> "tuple[Scenario, StreetNetwork, tuple[str, ...]]":
    """A case, its city, and what `compare` would say before it computes anything; it refuses what `compare` refuses."""
    with _uncollected():
        from experiments.cautions import cautions
        from experiments.identity import parse_date
        from scenarios import load_scenario
        from simulator.city.sun import darkest_working_day
        from street_networks import load_city

        scenario = load_scenario(case)
        network = load_city(city or scenario.city or DEFAULT_CITY)
    day = parse_date(date, scenario.date or darkest_working_day(network.latitude))
    return scenario, network, cautions((scenario,), network, day)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: modules and cities stay, and to look through them takes a seventh of a short command."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


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
