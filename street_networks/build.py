"""Build a city file out of what a user has: an extract, a graph or a layer of streets, and what may come with it."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from simulator.city.network import StreetNetwork
from simulator.city.transit import STOP_KINDS
from simulator.errors import CityError
from street_networks.city_file.geopackage import write_city
from street_networks.derive import City, Recipe, derive_city
from street_networks.inspection.soundness import findings
from street_networks.ledger import REFUSED_SHARE, TOLD_SHARE, entries_of
from street_networks.light.imputation import read_assumed
from street_networks.light.lamp_inventory import COLUMNS, LampFile
from street_networks.local_data.audits import add_audits
from street_networks.local_data.people_along import add_people_along
from street_networks.local_data.population import add_population
from street_networks.local_data.totals import with_fillable_jobs
from street_networks.local_data.zones import add_zones
from street_networks.online.asked_area import Ask, ask_faults
from street_networks.online.download import Fetched, fetch_area
from street_networks.places.places import read_kinds
from street_networks.places.waysides import read_wayside_kinds
from street_networks.sources.extract import Extract, read_extract
from street_networks.sources.graphml import read_graphml
from street_networks.sources.street_layer import read_streets
from street_networks.streets.frame import read_polygon
from street_networks.tables.column_mapping import read_mapping
from street_networks.transit.transit import add_transit

MOST_PER_KM = 5000.0
"""Residents per km of street that `--people-per-km` takes at most: more than in the densest quarters (about 2 000)."""
MOST_LEVELS = 60.0
"""Levels that `--building-levels` takes at most: no place has more in the middle of its buildings."""
METADATA = {
    "licence": "ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)",
    "attribution": "(c) OpenStreetMap contributors, ODbL 1.0 (https://www.openstreetmap.org/copyright)",
}

_CLOSING = {
    "way_hours_read": "read",
    "way_hours_not_understood": "not understood, so open at all hours here",
    "gates_by_hour_at_crossings": "gates at crossings of several ways, so open at all hours here",
}
"""Counts of gates, ways and parks that open by the hour, and how they are told."""


@dataclasses.dataclass(frozen=True)
class OrderedStreets:
    """The source of streets, and what the city is called."""

    out: Path
    osm: Path | None = None
    graphml: Path | None = None
    streets: Path | None = None
    ask: Ask = Ask()
    cache: Path | None = None
    columns: str | None = None
    name: str | None = None
    country: str | None = None
    within: Path | None = None


@dataclasses.dataclass(frozen=True)
class OrderedGuesses(OrderedStreets):
    """What stands in for what the map does not tell."""

    people_per_km: float | None = None
    building_levels: float | None = None
    assume_lit: str | None = None


@dataclasses.dataclass(frozen=True)
class Order(OrderedGuesses):
    """What to build.

    Parameters
    ----------
    out
        The city file to write; it must not be there yet.
    osm, graphml, streets
        One of: OpenStreetMap extract (.osm.pbf, .osm, .osm.gz or .osm.bz2); graph saved by OSMnx; layer of streets.
    ask, cache
        Or an area to fetch over the network, and the folder to keep it in (the user's cache if none is given).
    columns
        Mapping of the columns of `streets`.
    name, country
        Short name (that of the file if none is given) and ISO 3166 code (that of the time zone if none is given).
    within
        File of polygons; what they cover becomes the core.
    lamps, lamp_columns
        An inventory of lamps, and its mapping as `read_mapping` takes it.
    places, wayside_kinds
        Tables of kinds in place of `place_kinds.csv` and `wayside_kinds.csv`.
    zones, population, audits
        Polygons of zones; people by zone, gender and age; ratings of walked audits.
    people_per_km
        Residents per km to spread along streets without a mapped home near.
    building_levels
        Levels of buildings that do not state their own; evidence `building_levels` if none is given.
    assume_lit
        Shares lit where neither tag nor lamp tells, as `street_networks.light.imputation.read_assumed` reads them.
    accept
        Build although more than half of a source cannot be used.
    gtfs, headways
        Public transport: a GTFS feed (zip or folder), and a CSV of headways laid over it or over assumed ones.
    """

    lamps: Path | None = None
    lamp_columns: str | None = None
    places: Path | None = None
    wayside_kinds: Path | None = None
    zones: Path | None = None
    population: Path | None = None
    audits: Path | None = None
    accept: bool = False
    gtfs: Path | None = None
    headways: Path | None = None


def build_city(order: Order, progress: Callable[[str], None] = lambda stage: None) -> City:
    """Build a city and write its file, whole or not at all; the same input gives the same bytes.

    Parameters
    ----------
    progress
        Told each stage of `osm.STAGES` as it begins, and in other words what is done on the network before them.

    Raises
    ------
    InputError
        If something given cannot be used; nothing is written then.
    DownloadError
        If the network fails an order that asks for an area.
    """
    check_order(order)
    order, asked = _fetched(order, progress)
    within = read_polygon(order.within) if order.within is not None else asked.area if asked else None
    lamps = lamp_file(order) if order.lamps is not None else None
    path, metadata = _source(order)
    if asked is not None:
        metadata |= {"source": asked.source, "within": "the area asked for, and 250 m around it"}
    if order.within is not None:
        metadata["within"] = f"{order.within.name}, and 250 m around it"
    recipe = Recipe(
        name=order.name or short_name(order.out),
        country=order.country,
        metadata=metadata,
        within=within,
        lamps=lamps,
        kinds=order.places,
        wayside_kinds=order.wayside_kinds,
        assumed_lit=read_assumed(order.assume_lit or ""),
        assumed_levels=order.building_levels,
        told=progress,
    )
    progress("read")
    city = derive_city(_read(order), recipe, source=str(path))
    city = _with_further(city, order)
    _check_used(city.network.metadata, accept=order.accept)
    progress("write")
    write_city(city.network, order.out, layers=city.layers)
    return city


def _fetched(order: Order, progress: Callable[[str], None]) -> tuple[Order, Fetched | None]:
    """The order with the extract of the area that it asks for, if it asks for one."""
    if not order.ask.given:
        return order, None
    rules = read_kinds(order.places), read_wayside_kinds(order.wayside_kinds)
    fetched = fetch_area(order.ask, *rules, cache=order.cache, told=progress)
    return dataclasses.replace(order, osm=fetched.path), fetched


def _source(order: Order) -> tuple[Path, dict[str, str]]:
    """The one source of an order, and what is told of it."""
    if order.streets is not None:
        unsaid = "not stated in the layer"
        return order.streets, {"source": f"street layer {order.streets.name}", "licence": unsaid, "attribution": unsaid}
    path = order.osm or order.graphml
    assert path is not None
    return path, {"source": f"{'OpenStreetMap extract' if order.osm else 'OSMnx graph'} {path.name}", **METADATA}


def _read(order: Order) -> Extract:
    if order.streets is not None:
        return read_streets(order.streets, order.columns)
    return read_graphml(order.graphml) if order.graphml is not None else read_extract(order.osm or "")


def _with_further(city: City, order: Order) -> City:
    """What is laid over a city when its streets and places stand."""
    if order.people_per_km is not None:
        city = add_people_along(city, order.people_per_km)
    if order.zones is not None:
        city = add_zones(city, order.zones)
    if order.population is not None:
        city = add_population(city, order.population)
    if order.audits is not None:
        city = add_audits(city, order.audits)
    if order.gtfs is not None or order.headways is not None:
        city = add_transit(city, order.gtfs, headways=order.headways)
    return with_fillable_jobs(city)


def _check_used(metadata: Mapping[str, str], *, accept: bool) -> None:
    """Refuse what is hardly made of its sources, unless the user accepts it."""
    poor = [entry for entry in entries_of(metadata) if entry.faulty_share > REFUSED_SHARE]
    if poor and not accept:
        raise CityError(
            "more than half of a source cannot be used; mend it, or build all the same with --accept",
            [str(entry) for entry in poor],
        )


def lamp_file(order: Order) -> LampFile:
    """The inventory of an order, with its mapping read."""
    mapping = read_mapping(order.lamp_columns or "", COLUMNS, option="--lamp-columns")
    types = mapping.values.get("lamp_type", {})
    return LampFile(order.lamps or "", mapping.columns, crs=mapping.crs, types=types, accept=order.accept)


def told(city: StreetNetwork) -> list[str]:
    """What was built, in a few lines."""
    streets, length = city.streets, city.streets.length_m
    facts = city.metadata
    residents = city.places.size[city.places_of("home")].sum()
    served, ranks = np.unique(city.headways.stop).size, int((city.stops.kind == STOP_KINDS.index("taxi")).sum())
    lines = [
        f"{city.name} ({city.country}, {city.crs}): {length.sum() / 1000:.1f} km of walkable ways in {len(streets)} "
        f"segments, {length[streets.in_core].sum() / 1000:.1f} km of them in the core",
        f"{len(city.places)} places, {residents:.0f} residents, {len(city.lamps)} lamps",
        f"{len(city.stops) - ranks} stops, {served} of them with departures on {len(city.lines)} lines",
        f"{ranks} taxi ranks, {city.waysides.share.sum():.0f} things along the streets such as car parks and walls",
        _light_told(city),
    ]
    if "jobs_rescaled" in facts:
        lines.append(f"{facts['jobs_rescaled']}; a population table (`--zones`, `--population`) may be missing")
    if "lit_assumed" in facts:
        lines.append(f"share lit where neither tag nor lamp tells, as you gave it: {facts['lit_assumed']}")
    if "polygon_in_core_percent" in facts:
        lines.append(
            f"only {facts['polygon_in_core_percent']} % of the polygon is core: the rest lies within 250 m of the "
            "extract's edge or beyond it; take a larger extract"
        )
    if float(facts.get("islands", "0")):
        lines.append(f"kept: {facts['islands']} islands without a way to the rest, {facts['islands_m']} m in all")
    if float(facts.get("fragments_dropped", "0")):
        count, metres = facts["fragments_dropped"], facts["fragments_dropped_m"]
        lines.append(f"left out: {count} fragments of ways, {metres} m in all")
    lines += _closing_told(facts)
    if "lit_not_understood" in facts:
        lines.append(
            f"values of lit that are not understood, so the light there is imputed: {facts['lit_not_understood']}; map "
            "them to yes and no (`--columns MAP.toml` with [values.lit]), or mend them on the map"
        )
    if float(facts.get("copies_dropped", "0")):
        lines.append(
            f"drawn twice, kept once: {facts['copies_dropped']} segments, {facts['copies_dropped_m']} m in all"
        )
    if float(facts.get("lamp_inventory_on_one_mast", "0")):
        lines.append(
            f"lamps where another stands, with the same height and flux: {facts['lamp_inventory_on_one_mast']}; they "
            "are taken for lanterns on one mast (map lamp_id if they are the same lamp again)"
        )
    lines += [str(entry) for entry in entries_of(facts) if entry.left_out_share > TOLD_SHARE]
    return [*lines, *(f"{'cannot be simulated' if one.refuses else 'caution'}: {one}" for one in findings(city))]


def _closing_told(facts: Mapping[str, str]) -> list[str]:
    """What is said of gates, ways and parks that open by the hour."""
    count = {word: int(facts.get(word, "0")) for word in _CLOSING}
    told = [f"{text}: {count[word]}" for word, text in _CLOSING.items() if count[word]]
    return [f"gates, ways and parks that open by the hour: {', '.join(told)}"] if told else []


def _light_told(city: StreetNetwork) -> str:
    streets = city.streets
    imputed = streets.length_m * streets.light_imputed
    lit = (imputed * streets.lit_probability).sum() / max(imputed.sum(), 1e-9)
    return (
        f"light imputed on {imputed.sum() / streets.length_m.sum():.0%} of the length: {lit:.0%} of that is taken for "
        "lit, in the mean of draws"
    )


def check_order(order: Order) -> None:
    """Refuse before any work what cannot end well.

    Raises
    ------
    CityError
        Listing every fault.
    """
    faults = []
    if order.out.suffix.lower() != ".gpkg":
        faults.append(f"--out {order.out}: found the ending {order.out.suffix or '(none)'}, expected .gpkg")
    if order.out.exists():
        faults.append(
            f"--out {order.out}: is there already, nothing was overwritten; give another name or move it away"
        )
    if order.country is not None and not re.fullmatch("[A-Z]{2}", order.country):
        faults.append(f"--country {order.country}: expected two capital letters of ISO 3166, such as FI")
    if order.name is not None and not re.fullmatch("[a-z0-9][a-z0-9-]{0,59}", order.name):
        faults.append(f"--name {order.name}: expected small letters, digits and hyphens, such as my-city")
    faults += [*_number_faults(order), *_assumed_faults(order), *_source_faults(order)]
    if order.population is not None and order.zones is None:
        faults.append("--population: found without --zones, whose zones it counts people of")
    if order.columns is not None and order.streets is None:
        faults.append("--columns: found without --streets, whose columns it maps")
    if (order.lamps is None) != (order.lamp_columns is None):
        faults.append("--lamps and --lamp-columns: found one of them, expected both; columns are not guessed")
    files = ("osm", "graphml", "streets", "within", "lamps", "places", "wayside_kinds", "zones")
    for word in (*files, "population", "audits", "headways"):
        path = getattr(order, word)
        if path is not None and not path.is_file():
            faults.append(f"--{word.replace('_', '-')} {path}: no such file")
    if order.gtfs is not None and not order.gtfs.exists():
        faults.append(f"--gtfs {order.gtfs}: no such file or folder")
    if faults:
        raise CityError("the city cannot be built", faults)


def _number_faults(order: Order) -> list[str]:
    given = {
        "people-per-km": (order.people_per_km, MOST_PER_KM),
        "building-levels": (order.building_levels, MOST_LEVELS),
    }
    return [
        f"--{name} {value:g}: expected a number above 0 and at most {most:g}"
        for name, (value, most) in given.items()
        if value is not None and not 0 < value <= most
    ]


def _assumed_faults(order: Order) -> list[str]:
    try:
        read_assumed(order.assume_lit or "")
    except ValueError as error:
        return [f"--assume-lit: {error}"]
    return []


def _source_faults(order: Order) -> list[str]:
    files = [word for word in ("osm", "graphml", "streets") if getattr(order, word) is not None]
    sources = [f"--{word}" for word in (*order.ask.given, *files)]
    faults = ask_faults(order.ask)
    if len(sources) != 1 and not (faults and not sources):
        faults.append(
            f"found {' and '.join(sources) or 'no source'}, expected one of --osm, --graphml, --streets (files), "
            "--place, --bbox, --point (online)"
        )
    if order.ask.given and order.within is not None:
        faults.append("--within: cuts a file; online the area asked for is the core already; give one of the two")
    if order.cache is not None and not order.ask.given:
        faults.append("--cache: found without --place, --bbox or --point, whose answers it keeps")
    return faults


def short_name(path: Path) -> str:
    """A short name made of a file's: small letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:60] or "city"
