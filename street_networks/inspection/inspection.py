"""What is in a city file, and how far it can be trusted.

**Data confidence** says for each attribute and zone what share of it is known, that is tagged or measured, as
against imputed or defaulted. `RULES` says what is counted as known. The words are conventions of ours, not of a
standard: *good* from 80 % known, *fair* from 50 %, *poor* below; *nothing* where there is nothing to judge. They
speak of what the map says, not of whether it is right or complete: a venue that nobody has mapped is in no share.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, StreetNetwork
from simulator.city.transit import HEADWAY_SOURCES, STOP_KINDS
from simulator.city.waysides import WAYSIDE_CLASSES
from simulator.evidence.parameters import nominal
from street_networks.city_file.contents import CityFile, read_city_file
from street_networks.city_file.geopackage import street_lines
from street_networks.inspection.soundness import Finding, findings
from street_networks.local_data.homes_by_zone import ESTIMATED_KEY
from street_networks.places.homes import LEVELS_KEY, UNTYPED_USES

GOOD, FAIR = 0.8, 0.5
"""Shares known from which confidence is called good and fair: conventions of ours."""
NO_HOURS = ("home", "work", "stop", "open_space", "gateway")
"""Kinds of place that are not venues: opening hours are not asked of them."""
NAMED_CLASSES = ("primary", "secondary", "tertiary", "residential", "unclassified", "living_street", "pedestrian")
"""Classes of street that usually have a name; pavements and paths beside them have none of their own."""

RULES = {
    "light": "length of streets with a lit tag or a mapped lamp within 15 m; elsewhere whether it is lit is imputed",
    "light level": "length of lit streets with a mapped lamp within 15 m; elsewhere the level usual for the class",
    "homes": "residents of zones in a population table, or of buildings tagged as dwellings; else usual for land use",
    "jobs": "jobs in buildings with a tagged use; the others' share of work is that usual for the land use",
    "building levels": "floor area of buildings whose levels are not the assumed number: at least so much is tagged",
    "venue hours": "venues with opening hours in the source; the others have the hours usual for their kind",
    "stop names": "stops with a name; taxi ranks apart",
    "timetable": "stops with departures from a timetable or a written table, not assumed ones; taxi ranks apart",
    "street names": "length of streets of a class that usually has a name (no paths or pavements) that have one",
}
"""What counts as known of each attribute; shares are of what the first word names."""

WAYSIDES_UNKNOWN = (
    "How completely the map has such things is not known: where none is mapped, there may be many. Classes are "
    "assumptions after women's safety audits; nothing in the model acts on them yet."
)

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class Confidence:
    """How much of one attribute is known in one zone: a share (None for nothing to judge) of an amount in a unit."""

    attribute: str
    zone: str
    known: float | None
    amount: float
    unit: str

    @property
    def word(self) -> str:
        """good, fair, poor or nothing."""
        return confidence_word(self.known)


@dataclasses.dataclass(frozen=True)
class Inspection:
    """Figures of a city: section -> what -> number, and confidence by attribute and zone.

    `provenance` is the file's metadata; `streets_km`, `places` and `waysides` are broken down by class and kind.
    """

    name: str
    file: str
    provenance: Mapping[str, str]
    figures: Mapping[str, Mapping[str, float]]
    streets_km: Mapping[str, float]
    places: Mapping[str, Mapping[str, float]]
    waysides: Mapping[str, Mapping[str, float | str]]
    zones: tuple[str, ...]
    confidence: tuple[Confidence, ...]
    further_layers: Mapping[str, int]
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the rules and thresholds that the words follow."""
        plain = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("confidence", "zones", "findings")
        }
        plain["zones"] = list(self.zones)
        plain["confidence"] = [{**dataclasses.asdict(row), "word": row.word} for row in self.confidence]
        plain["findings"] = [dataclasses.asdict(one) for one in self.findings]
        plain["waysides_confidence"] = WAYSIDES_UNKNOWN
        return {**plain, "confidence_rules": RULES, "confidence_words": {"good": GOOD, "fair": FAIR, "poor": 0.0}}


def confidence_word(known: float | None) -> str:
    """The word for a share known: good from 0.8, fair from 0.5, else poor; nothing for None."""
    if known is None:
        return "nothing"
    return "good" if known >= GOOD else "fair" if known >= FAIR else "poor"


def inspect_city(path: Path | str) -> Inspection:
    """Read a city file and count what is in it.

    Raises
    ------
    CityError
        If it cannot be read or believed.
    """
    return inspect_file(read_city_file(path))


def inspect_file(city: CityFile) -> Inspection:
    """Count what is in a city file that has been read."""
    network = city.network
    zones = zones_of(city)
    return Inspection(
        name=network.name,
        file=str(city.path),
        provenance={"timezone": network.timezone, "country": network.country, "crs": network.crs, **network.metadata},
        figures={"network": _network(network), "light": _light(network), "places": _people(city)},
        streets_km=_by_class(network),
        places=_by_kind(city),
        waysides=_waysides(network),
        zones=tuple(zones),
        confidence=tuple(_confidence(city, zones)),
        further_layers=dict(city.further),
        findings=findings(network),
    )


def component_of(network: StreetNetwork) -> Array:
    """Number of the connected part of each junction (int (J,)): 0 is the longest, the others are islands."""
    streets, count = network.streets, len(network.junctions)
    links = coo_array((np.ones(len(streets)), (streets.from_junction, streets.to_junction)), shape=(count, count))
    _, label = connected_components(links, directed=False)
    length = np.bincount(label[streets.from_junction], weights=streets.length_m, minlength=label.max() + 1)
    rank = np.empty(len(length), int)
    rank[np.argsort(-length, kind="stable")] = np.arange(len(length))
    return np.asarray(rank[label])


def zones_of(city: CityFile) -> dict[str, Array]:
    """Segments of each zone (bool (S,)): the whole city, core, ring, and the areas of layer zones by their name.

    A segment is in an area if its middle is.
    """
    network = city.network
    core = network.streets.in_core
    zones = {"city": np.ones(len(core), bool), "core": core, "ring": ~core}
    middles = shapely.line_interpolate_point(street_lines(network), 0.5, normalized=True)
    for name, shape in zip(city.zones.texts("zone"), city.zones.shapes, strict=True):
        if name and name not in zones:
            zones[name] = shapely.intersects(shape, middles)
    return {name: rows for name, rows in zones.items() if rows.any()}


def _km(network: StreetNetwork, rows: Any = slice(None)) -> float:
    return round(float(network.streets.length_m[rows].sum()) / 1000, 2)


def _network(network: StreetNetwork) -> dict[str, float]:
    streets, places = network.streets, network.places
    component = component_of(network)
    home = network.places_of("home")
    on_island = component[places.junction[home]] > 0
    rows = {
        "in_core": streets.in_core,
        "in_ring": ~streets.in_core,
        "on_islands": component[streets.from_junction] > 0,
        "in_parks": streets.in_park,
        "steps": streets.is_steps,
        "tunnels": streets.is_tunnel,
        "informal_paths": streets.is_informal,
    }
    return {
        "segments": len(streets),
        "junctions": len(network.junctions),
        "walkable_km": _km(network),
        **{f"{name}_km": _km(network, flag) for name, flag in rows.items()},
        "islands": len(np.unique(component[streets.from_junction])) - 1,
        "residents_on_islands": round(float(places.size[home[on_island]].sum()), 1),
    }


def _light(network: StreetNetwork) -> dict[str, float]:
    streets = network.streets
    length = streets.length_m
    untagged = streets.tagged_lit < 0
    imputed = streets.light_imputed
    shares = {
        "tagged_lit": streets.tagged_lit == 1,
        "tagged_unlit": streets.tagged_lit == 0,
        "lamp_near_untagged": untagged & ~imputed,
        "imputed": imputed,
        "lamp_near": streets.lamps_in_reach > 0,
    }
    told = {f"{name}_share": _share(length, rows) or 0.0 for name, rows in shares.items()}
    expected = float(np.average(streets.lit_probability, weights=length))
    return {**told, "expected_lit_share": round(expected, 4), "lamps": len(network.lamps)}


def _people(city: CityFile) -> dict[str, float]:
    network = city.network
    size = network.places.size
    ranks = int((network.stops.kind == STOP_KINDS.index("taxi")).sum())
    parks = city.open_spaces.shapes[city.open_spaces.numbers("is_park") > 0]
    return {
        "residents": round(float(size[network.places_of("home")].sum()), 1),
        "jobs": round(float(size[network.places_of("work")].sum()), 1),
        "stops": len(network.stops) - ranks,
        "taxi_ranks": ranks,
        "gateways": len(network.places_of("gateway")),
        "buildings": len(city.buildings),
        "open_spaces": len(city.open_spaces),
        "parks": len(parks),
        "parks_ha": round(float(shapely.area(parks).sum()) / 10_000, 1),
    }


def _by_class(network: StreetNetwork) -> dict[str, float]:
    length = np.bincount(network.streets.street_class, weights=network.streets.length_m, minlength=len(STREET_CLASSES))
    return {word: round(float(metres) / 1000, 2) for word, metres in zip(STREET_CLASSES, length, strict=True) if metres}


def _by_kind(city: CityFile) -> dict[str, dict[str, float]]:
    """Of each kind of place: how many, and of venues how many with and without opening hours in the source."""
    tagged = _hours_tagged(city)
    told: dict[str, dict[str, float]] = {}
    for kind in PLACE_KINDS:
        rows = city.network.places_of(kind)
        told[kind] = {"places": len(rows), "size": round(float(city.network.places.size[rows].sum()), 1)}
        if kind not in NO_HOURS:
            with_hours = int(tagged[rows].sum())
            told[kind] |= {"with_opening_hours": with_hours, "without_opening_hours": len(rows) - with_hours}
    return told


def _waysides(network: StreetNetwork) -> dict[str, dict[str, float | str]]:
    """Of each kind of wayside: its class, how many, how many per km of streets, and km of streets along which they lie.

    The length along which things of a kind lie counts no street twice: on each segment it is its length at most.
    """
    table, streets = network.waysides, network.streets
    km = float(streets.length_m.sum()) / 1000
    told: dict[str, dict[str, float | str]] = {}
    for kind in np.unique(table.kind):
        rows = table.kind == kind
        alongside = np.bincount(table.segment[rows], table.alongside_m[rows], minlength=len(streets))
        things = float(table.share[rows].sum())
        told[str(kind)] = {
            "class": WAYSIDE_CLASSES[table.wayside_class[rows][0]],
            "things": round(things, 1),
            "per_km": round(things / km, 2),
            "alongside_km": round(float(np.minimum(alongside, streets.length_m).sum()) / 1000, 2),
        }
    return told


def _hours_tagged(city: CityFile) -> Array:
    column = city.place_columns.get("opening_hours")
    return np.zeros(len(city.network.places), bool) if column is None else np.array([bool(text) for text in column])


def _share(amount: Array, known: Array) -> float | None:
    total = float(amount.sum())
    return round(float(amount[known].sum()) / total, 4) if total > 0 else None


@dataclasses.dataclass(frozen=True)
class _Measure:
    """What a share is taken of: amounts, which of them are known, the segment that each belongs to."""

    amount: Array
    known: Array
    segment: Array
    unit: str


def _confidence(city: CityFile, zones: Mapping[str, Array]) -> list[Confidence]:
    measures = {**_street_measures(city.network), **_building_measures(city), **_place_measures(city)}
    rows = []
    for attribute in RULES:
        one = measures[attribute]
        for zone, segments in zones.items():
            here = segments[one.segment]
            known = _share(one.amount[here], one.known[here])
            rows.append(Confidence(attribute, zone, known, round(float(one.amount[here].sum()), 1), one.unit))
    return rows


def _street_measures(network: StreetNetwork) -> dict[str, _Measure]:
    streets = network.streets
    own = np.arange(len(streets))
    km = streets.length_m / 1000
    lit = np.where(streets.light_imputed, 0.0, streets.lit_probability) * km
    named = np.isin(streets.street_class, [STREET_CLASSES.index(word) for word in NAMED_CLASSES])
    return {
        "light": _Measure(km, ~streets.light_imputed, own, "km"),
        "light level": _Measure(lit, streets.lamps_in_reach > 0, own, "km"),
        "street names": _Measure(np.where(named, km, 0.0), streets.name_index >= 0, own, "km"),
    }


def _building_measures(city: CityFile) -> dict[str, _Measure]:
    buildings = city.buildings
    shapes = buildings.shapes
    if not len(shapes):  # people without buildings or counts: nothing says where their number is from
        return {
            "homes": _homes(city, _unexplained(city.network, "home", "residents"), _at_places(city, "home")),
            "jobs": _unexplained(city.network, "work", "jobs"),
            "building levels": _Measure(np.zeros(0), np.zeros(0, bool), np.zeros(0, int), "m2"),
        }
    middles = shapely.point_on_surface(shapes)
    nearest = shapely.STRtree(street_lines(city.network)).nearest(middles)
    use = np.array(buildings.texts("use"), str)
    typed = ~np.isin(use, [*UNTYPED_USES, ""])
    levels = buildings.numbers("levels")
    floor = shapely.area(shapes) * levels
    return {
        "homes": _homes(city, _Measure(buildings.numbers("residents"), typed, nearest, "residents"), middles),
        "jobs": _Measure(buildings.numbers("jobs"), typed, nearest, "jobs"),
        "building levels": _Measure(floor, levels != _assumed_levels(city.network), nearest, "m2"),
    }


def _assumed_levels(network: StreetNetwork) -> float:
    """Levels that buildings without a tag were taken to have; anybody may edit a city file."""
    given = network.metadata.get(LEVELS_KEY, "")
    return float(given) if given.replace(".", "", 1).isdigit() else nominal("building_levels")


def _homes(city: CityFile, guessed: _Measure, at: Array) -> _Measure:
    """The measure of homes: counted in zones of a population table, elsewhere those of `guessed`, which are at `at`.

    A table that is itself an estimate (metadata `ESTIMATED_KEY`) counts nobody.
    """
    network = city.network
    if ESTIMATED_KEY in network.metadata:
        return guessed
    counted = set(network.zones.zone[np.unique(network.population.zone)].tolist())
    shapes = [shape for name, shape in zip(city.zones.texts("zone"), city.zones.shapes, strict=True) if name in counted]
    if not shapes:
        return guessed
    area = shapely.union_all(shapes)
    shapely.prepare(area)
    homes = network.places_of("home")
    homes = homes[shapely.intersects(area, _at_places(city, "home"))]
    elsewhere = ~shapely.intersects(area, at)
    return _Measure(
        np.concatenate([guessed.amount[elsewhere], network.places.size[homes]]),
        np.concatenate([guessed.known[elsewhere], np.ones(len(homes), bool)]),
        np.concatenate([guessed.segment[elsewhere], network.places.segment[homes]]),
        guessed.unit,
    )


def _at_places(city: CityFile, kind: str) -> Array:
    places, rows = city.network.places, city.network.places_of(kind)
    return np.asarray(shapely.points(places.x_m[rows], places.y_m[rows]))


def _unexplained(network: StreetNetwork, kind: str, unit: str) -> _Measure:
    rows = network.places_of(kind)
    return _Measure(network.places.size[rows], np.zeros(len(rows), bool), network.places.segment[rows], unit)


def _place_measures(city: CityFile) -> dict[str, _Measure]:
    network = city.network
    places, stops = network.places, network.stops
    venue = ~np.isin(places.kind, [PLACE_KINDS.index(kind) for kind in NO_HOURS])
    ranks = stops.kind == STOP_KINDS.index("taxi")
    written = network.headways.source != HEADWAY_SOURCES.index("assumed")
    served = np.zeros(len(stops), bool)
    served[network.services.stop] = True
    served[network.headways.stop[written]] = True
    each = np.where(ranks, 0.0, 1.0)
    return {
        "venue hours": _Measure(venue.astype(float), _hours_tagged(city), places.segment, "venues"),
        "stop names": _Measure(each, stops.name != "", stops.segment, "stops"),
        "timetable": _Measure(each, served, stops.segment, "stops"),
    }
