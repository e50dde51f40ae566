"""`afterdark network inspect`: what is in a city, how far it can be trusted, and a map of it."""

import dataclasses
import datetime
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.options import AsJson
from simulator.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.answer.tables import Table
    from street_networks.city_file.contents import CityFile
    from street_networks.inspection.inspection import Confidence, Inspection

CityArgument = Annotated[str, typer.Argument(metavar="CITY", help="short name or GeoPackage of a city")]
WIDTH = 100
"""Columns that the tables fit in."""

_WORDS = {
    "tagged_lit": "tagged as lit",
    "tagged_unlit": "tagged as not lit",
    "lamp_near_untagged": "not tagged, a mapped lamp within 15 m",
    "imputed": "neither: imputed from the class of street",
}
_LONGEST_COUNT = 40
"""Letters of what the build counted that still fit into a column; longer ones are told below the table."""
_PROVENANCE = {
    "source": "source",
    "data_date": "date of the data",
    "licence": "licence",
    "attribution": "attribution",
    "rules_version": "rules version",
    "country": "country",
    "timezone": "time zone",
    "crs": "coordinates",
}


def inspect(
    city: CityArgument,
    map_file: Annotated[Path | None, typer.Option("--map", metavar="FILE.png", help="draw a map of it")] = None,
    hot_file: Annotated[
        Path | None,
        typer.Option(
            "--hot-spots", metavar="FILE.png", help="draw where darkness, shut fronts and poor upkeep cluster"
        ),
    ] = None,
    stops: Annotated[
        bool,
        typer.Option("--stops", help="also tell which share of residents has a stop near home (SDG 11.2.1), by group"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what is in a city, and how far each attribute can be trusted.

    Example: afterdark network inspect helsinki-centre --map helsinki.png
    """
    from street_networks.catalogue import find_city
    from street_networks.city_file.contents import read_city_file
    from street_networks.inspection.inspection import inspect_file
    from street_networks.inspection.map_age import map_age

    for option, file in (("--map", map_file), ("--hot-spots", hot_file)):
        if file is not None and file.suffix.lower() != ".png":
            raise InputError(f"{option}: found {file}, expected a file that ends in .png")
    read = read_city_file(find_city(city))
    told = inspect_file(read)
    age = map_age(told.provenance, datetime.date.today())
    near = _near_stops(city) if stops else None
    if as_json:
        plain = {**told.as_dict(), "map_age": {"years": age.years, "words": age.told()}}
        if near is not None:
            plain["residents_near_stops"] = json.loads(near.to_json(orient="records", double_precision=6))
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        _show(told, age.told())
        if near is not None:
            _show_near_stops(near)
    if map_file is not None:
        _draw(read, told, map_file, quiet=as_json)
    if hot_file is not None:
        _draw_hot_spots(read, hot_file, quiet=as_json)


def _near_stops(city: str) -> "pd.DataFrame":
    from experiments.near_stops import residents_near_stops
    from experiments.runs import city_of

    return residents_near_stops(city_of(city))  # as runs take it: with usual departures where the file has none


def _show_near_stops(near: "pd.DataFrame") -> None:
    from rich.console import Console

    from analysis.answer.tables import Table
    from analysis.answer.terminal import render_table

    def told(share: float) -> str:
        return "cannot tell" if math.isnan(share) else f"{100 * share:.1f} %"

    words = {"age": "age ", "disability": "disability: "}
    rows = tuple(
        (words.get(row.by, "") + row.group, _count(row.agents), told(row.near), told(row.near_late))
        for row in near.itertuples()
    )
    columns = ("residents of the core", "agents", "a stop near home", "served after 22:00")
    console = Console(width=WIDTH)
    console.print()
    console.print(render_table(Table("Stops near home (SDG 11.2.1 proxy)", columns, rows, numbers=(1, 2, 3))))
    for note in (
        "A bus or tram stop within 500 m along streets, or a train, metro or ferry within 1 km.",
        "Left out: fares, room, reliability, whether stops and vehicles can be used. No day was simulated.",
        "cannot tell: fewer than 30 simulated people, or a city without stops or timetable.",
    ):
        console.print(f"  {note}", highlight=False)


def _draw_hot_spots(read: "CityFile", file: Path, *, quiet: bool) -> None:
    from experiments.hot_spots import draw_hot_spots_of

    found = draw_hot_spots_of(read.path, read.network, file)
    if not quiet:
        for name, segments, metres in found:
            typer.echo(f"Hot spots: {name.lower()} on {_count(segments)} segments, {_km(metres / 1000)}")
        typer.echo(f"Hot spots: {file.resolve()}")


def _draw(read: "CityFile", told: "Inspection", map_file: Path, *, quiet: bool) -> None:
    from analysis.maps.city_map import draw_city_map, picture_of

    light, streets = told.figures["light"], told.figures["network"]
    known = 1.0 - light["imputed_share"]
    date = told.provenance.get("data_date", "")[:10]
    subtitle = f"{_km(streets['walkable_km'])} of walkable ways, {_percent(known)} of them known to be lit or unlit"
    draw_city_map(
        picture_of(read),
        map_file,
        title=told.name,
        subtitle=f"{subtitle}{f'; data of {date}' if date else ''}",
        attribution=told.provenance.get("attribution", "source not stated"),
    )
    if not quiet:
        typer.echo(f"Map: {map_file.resolve()}")


def _show(told: "Inspection", age: str) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from analysis.answer.terminal import render_table

    console = Console(width=WIDTH)
    console.print(Text(told.name, style="bold"))
    for key, word in _PROVENANCE.items():
        console.print(Padding(Text(f"{word}: {told.provenance.get(key) or 'not stated'}"), (0, 0, 0, 2)))
    console.print(Padding(Text(f"age of the map: {age}"), (0, 0, 0, 2)))
    for one in told.findings:
        word = "cannot be simulated" if one.refuses else "caution"
        console.print(Padding(Text(f"{word}: {one}", style="bold"), (0, 0, 0, 2)))
    for table in (_contents(told), _places(told), *_waysides(told), _light(told), *_confidence(told), *_build(told)):
        console.print()
        console.print(render_table(dataclasses.replace(table, notes=())))
        for note in table.notes:
            console.print(Padding(Text(note), (0, 0, 0, 2)))


def _contents(told: "Inspection") -> "Table":
    from analysis.answer.tables import Table

    streets, others = told.figures["network"], told.figures["places"]
    islands = f"{_count(streets['islands'])} ({_km(streets['on_islands_km'])}, "
    islands += f"{_count(streets['residents_on_islands'])} residents)"
    left = [
        ("walkable length", _km(streets["walkable_km"])),
        ("  in the core", _km(streets["in_core_km"])),
        ("  in the ring", _km(streets["in_ring_km"])),
        ("  in parks", _km(streets["in_parks_km"])),
        ("  steps", _km(streets["steps_km"])),
        ("  tunnels", _km(streets["tunnels_km"])),
        ("  informal paths", _km(streets["informal_paths_km"])),
        ("islands", islands),
        ("segments", _count(streets["segments"])),
    ]
    right = [
        ("residents", _count(others["residents"])),
        ("jobs", _count(others["jobs"])),
        ("buildings", _count(others["buildings"])),
        ("open spaces", _count(others["open_spaces"])),
        ("parks among them", f"{_count(others['parks'])} ({others['parks_ha']:.1f} ha)"),
        ("stops and taxi ranks", f"{_count(others['stops'])} and {_count(others['taxi_ranks'])}"),
        ("gateways", _count(others["gateways"])),
        ("lamps", _count(told.figures["light"]["lamps"])),
        ("junctions", _count(streets["junctions"])),
    ]
    rows = tuple((*one, *other) for one, other in zip(left, right, strict=True))
    notes = [f"Also in the file: {', '.join(f'{name} ({rows})' for name, rows in told.further_layers.items())}"]
    return Table(
        title="What is in it",
        columns=("streets", "value", "places and people", "value"),
        rows=rows,
        notes=tuple(notes if told.further_layers else ()),
    )


def _places(told: "Inspection") -> "Table":
    from analysis.answer.tables import Table

    rows = []
    for kind, one in told.places.items():
        hours = [one.get(f"{word}_opening_hours") for word in ("with", "without")]
        cells = [_count(number) if number is not None else "" for number in (one["places"], *hours)]
        rows.append((kind.replace("_", " "), *cells))
    columns = ("kind", "places", "with opening hours", "without")
    return Table("Places", columns, tuple(rows), numbers=(1, 2, 3))


def _waysides(told: "Inspection") -> "list[Table]":
    """What lies along the streets beside venues, where anything does."""
    from analysis.answer.tables import Table
    from street_networks.inspection.inspection import WAYSIDES_UNKNOWN

    rows: list[tuple[str, ...]] = []
    for kind, one in told.waysides.items():
        rows.append(
            (kind, str(one["class"]), f"{one['things']:g}", f"{one['per_km']:.2f}", _km(float(one["alongside_km"])))
        )
    rows.sort(key=lambda row: (row[1], row[0]))
    columns = ("along the streets", "assumed to be", "things", "per km", "streets alongside")
    notes = (WAYSIDES_UNKNOWN, "A thing at a corner counts once; streets alongside are those within its reach.")
    return [Table("Attractors and unease", columns, tuple(rows), numbers=(2, 3, 4), notes=notes)] if rows else []


def _light(told: "Inspection") -> "Table":
    from analysis.answer.tables import Table

    light = told.figures["light"]
    rows = [(word, _percent(light[f"{key}_share"])) for key, word in _WORDS.items()]
    notes = (
        f"{_percent(light['lamp_near_share'])} of the length has a mapped lamp within 15 m, whatever its tag; "
        f"{_percent(light['expected_lit_share'])} is expected to be lit.",
    )
    return Table("Light, by length of streets", ("what says whether it is lit", "value"), tuple(rows), notes=notes)


def _confidence(told: "Inspection") -> "list[Table]":
    """One table with a column for each zone, at most three zones a table."""
    from analysis.answer.tables import Table
    from street_networks.inspection.inspection import FAIR, GOOD, RULES

    cell = {(row.attribute, row.zone): row for row in told.confidence}
    tables = []
    for first in range(0, len(told.zones), 3):
        zones = told.zones[first : first + 3]
        rows = tuple((name, *(_known(cell[name, zone]) for zone in zones)) for name in RULES)
        tables.append(Table("Data confidence: share known, not imputed", ("attribute", *zones), rows))
    notes = [f"{name}: {rule}" for name, rule in RULES.items()]
    notes.append(
        f"good from {_percent(GOOD)} known, fair from {_percent(FAIR)}, poor below: conventions of this program."
    )
    notes.append("What nobody has mapped is in no share: a good word does not say that the map is complete.")
    tables[-1] = Table(tables[-1].title, tables[-1].columns, tables[-1].rows, notes=tuple(notes))
    return tables


def _build(told: "Inspection") -> "list[Table]":
    """What the build read, counted, repaired and dropped, as it stands in the file's metadata."""
    from analysis.answer.tables import Table
    from street_networks.ledger import KEY

    counted = sorted(key for key in told.provenance if key not in {*_PROVENANCE, KEY})
    words = {key: value for key in counted if len(value := told.provenance[key]) > _LONGEST_COUNT}
    rows = tuple((key.replace("_", " "), told.provenance[key]) for key in counted if key not in words)
    notes = tuple(f"{key.replace('_', ' ')}: {value}" for key, value in words.items())  # would squeeze the columns
    title = "What the build counted, repaired and dropped"
    tables = [Table(title, ("what", "value"), rows, notes=notes)] if counted else []
    return [*_sources_read(told), *tables]


def _sources_read(told: "Inspection") -> "list[Table]":
    """What was read of each source, used, and left out and why."""
    from analysis.answer.tables import Table
    from street_networks.ledger import entries_of

    entries = entries_of(told.provenance)
    columns = ("source", "read", "used", "left out")
    rows = tuple(
        (entry.source, _count(entry.read), _count(entry.used), ", ".join(f"{why} ({n})" for why, n in entry.reasons))
        for entry in entries
    )
    return [Table("What was read of each source", columns, rows, numbers=(1, 2))] if rows else []


def _known(row: "Confidence") -> str:
    """Rounded down, lest 79.6 % be called fair and shown as 80 %."""
    return "nothing there" if row.known is None else f"{row.word}, {round(row.known * 10_000) // 100} %"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _count(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")


def _km(number: float) -> str:
    return f"{number:,.1f} km".replace(",", " ")
