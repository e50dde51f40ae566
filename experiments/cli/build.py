"""`afterdark network build`: a city file out of OpenStreetMap, a graph or a layer of streets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli import logs
from experiments.cli.options import Quiet
from experiments.interruption import stop_if_interrupted

if TYPE_CHECKING:
    from street_networks.build import Order

Columns = Annotated[str | None, typer.Option(help="of --streets: class=type,name=street,lit=lighting, or a TOML file")]
Within = Annotated[
    Path | None, typer.Option(help="polygons (GeoJSON, GeoPackage ...) that become the core; 250 m round it stay")
]
LampColumns = Annotated[
    str | None, typer.Option(help="its columns: height_m=Hoehe,power_w=Watt,... or a TOML file; crs=EPSG:... too")
]
WaysideKinds = Annotated[
    Path | None, typer.Option(help="your own table of street-environment features, in the format of wayside_kinds.csv")
]
Cache = Annotated[Path | None, typer.Option(help="folder that keeps what was fetched  [default: the user's cache]")]


def build(
    out: Annotated[Path, typer.Option(help="city file to write, ending in .gpkg; never overwritten")],
    osm: Annotated[Path | None, typer.Option(help="OpenStreetMap extract: .osm.pbf, .osm, .osm.gz or .osm.bz2")] = None,
    place: Annotated[str | None, typer.Option(help="online: the name of a place, such as 'Kallio, Helsinki'")] = None,
    bbox: Annotated[str | None, typer.Option(help="online: west,south,east,north in degrees")] = None,
    point: Annotated[str | None, typer.Option(help="online: latitude,longitude in degrees, with --radius")] = None,
    radius: Annotated[float | None, typer.Option(help="metres around --point")] = None,
    cache: Cache = None,
    graphml: Annotated[Path | None, typer.Option(help="graph of streets saved by OSMnx")] = None,
    streets: Annotated[Path | None, typer.Option(help="GeoPackage, GeoJSON or Shapefile of streets")] = None,
    columns: Columns = None,
    within: Within = None,
    lamps: Annotated[Path | None, typer.Option(help="your own list of lamps (CSV, GeoJSON, GeoPackage)")] = None,
    lamp_columns: LampColumns = None,
    places: Annotated[Path | None, typer.Option(help="your own table of kinds of place, as place_kinds.csv")] = None,
    wayside_kinds: WaysideKinds = None,
    zones: Annotated[Path | None, typer.Option(help="polygons of zones, with a column zone")] = None,
    population: Annotated[Path | None, typer.Option(help="CSV of people by zone, gender and age")] = None,
    people_per_km: Annotated[
        float | None, typer.Option(help="residents per km to add along streets without a mapped home near")
    ] = None,
    building_levels: Annotated[
        float | None,
        typer.Option(help="levels of buildings that state none: 1 for houses  [default: as in a centre]"),
    ] = None,
    assume_lit: Annotated[
        str | None,
        typer.Option(help="share lit by class where neither tag nor lamp tells: residential=0.95,park=0.3"),
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="build although most of a source cannot be used")] = False,
    audits: Annotated[Path | None, typer.Option(help="ratings of safety audits (CSV, GeoJSON, GeoPackage)")] = None,
    gtfs: Annotated[Path | None, typer.Option(help="timetable: a GTFS feed, zip or folder")] = None,
    headways: Annotated[Path | None, typer.Option(help="CSV of headways, over the timetable or assumed ones")] = None,
    name: Annotated[str | None, typer.Option(help="short name  [default: that of the file]")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166 code  [default: that of the time zone]")] = None,
    quiet: Quiet = False,
) -> None:
    """Build a city out of OpenStreetMap, online or offline: streets, light, homes, venues, stops in one GeoPackage.

    Online: give a place, a bounding box or a point. This area is the core. A ring of 250 m around it is added. What
    was fetched is kept,
    so that the same command works offline from then on.

    Offline: --osm FILE, an extract from download.geofabrik.de, extract.bbbike.org, or Export on openstreetmap.org; a
    whole country is too large, cut it with --within or before. Open the file in QGIS, edit it there, and use
    it with --city.

    Example: afterdark network build --place "Kallio, Helsinki" --out city.gpkg
    """
    from street_networks.build import Order
    from street_networks.online.asked_area import Ask

    order = Order(out, osm, graphml, streets, ask=Ask(place, bbox, point, radius), cache=cache, columns=columns)
    order = replace(order, within=within, name=name, country=country, gtfs=gtfs, headways=headways)
    order = replace(order, people_per_km=people_per_km, assume_lit=assume_lit, accept=accept)
    order = replace(order, places=places, wayside_kinds=wayside_kinds, building_levels=building_levels)
    order = replace(order, lamps=lamps, lamp_columns=lamp_columns, zones=zones, population=population, audits=audits)
    _make(order, quiet=quiet)


def _make(order: "Order", *, quiet: bool) -> None:
    from street_networks.build import build_city, told

    with _stages(f"building {order.out.name}", quiet=quiet) as progress:
        city = build_city(order, progress).network
    for line in told(city):
        typer.echo(line)
    typer.echo(f"City: {order.out.resolve()}")


@contextmanager
def _stages(what: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar with time left over the stages of a build; silent where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from street_networks.derive import STAGES

    console = Console(stderr=True)
    if quiet or logs.as_json() or not console.is_terminal:
        if not quiet:
            logs.note(f"{what} ...")
        yield lambda stage: stop_if_interrupted()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("left, about:"), TimeRemainingColumn())
    order = list(STAGES)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=sum(STAGES.values()))

        def begin(stage: str) -> None:
            stop_if_interrupted()
            if stage not in STAGES:  # the network: nobody knows how long
                bar.update(task, total=None, description=f"{what}: {stage}")
                return
            done = sum(STAGES[earlier] for earlier in order[: order.index(stage)])
            bar.update(task, total=sum(STAGES.values()), completed=done, description=f"{what}: {stage}")

        yield begin
