"""Check a city file that someone has edited: every fault, and warnings of what looks wrong but can be used.

**Faults** are what `geopackage.read_city` refuses; here all of them are told, each with layer, feature and remedy.
**Warnings** stop nothing. They are what an edit in QGIS is likely to leave behind: a junction moved without its
streets, streets that cross without a junction, copies, hours the wrong way round. `CHECKS` names them; their
thresholds are conventions of ours. What a warning says may be true of the place: a bridge crosses a street without a
junction.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from simulator.city.network import PLACE_KINDS, STREET_CLASSES, StreetNetwork
from simulator.errors import CityError
from street_networks.city_file.checks import layers_of
from street_networks.city_file.faults import Fault, Faults
from street_networks.city_file.geopackage import read_with, street_lines
from street_networks.city_file.metadata import is_same_crs
from street_networks.inspection.inspection import component_of

FAR_M = 500.0
"""A place or stop this far from its street is hardly reached from there."""
NEARER_M = 50.0
"""A place this much nearer to another street than to its own has been moved, or its street has."""
LAMP_REACH_M = 250.0
"""A lamp this far from every street is not of this city."""
DANGLING_M = 1.0
"""An end of a street this near to another street was meant to meet it."""
FOLLOW_M = 0.5
"""A street that ends this far from its junction did not follow it."""
LENGTH_SHARE, LENGTH_M = 0.02, 1.0  # difference between length_m and the geometry that is told: both are exceeded
CENTRE_M = 50_000.0
"""A city's centre this far from its streets is not its centre."""

Array = np.ndarray[Any, Any]
_Told = tuple[str, str, str]


@dataclasses.dataclass(frozen=True)
class Validation:
    """Faults and warnings of a file; `warnings` by the name of their check, in its order.

    Warnings are looked for only where there are no faults: `complete` says whether they were.
    """

    file: str
    faults: tuple[Fault, ...]
    warnings: Mapping[str, tuple[Fault, ...]]
    complete: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "file": self.file,
            "faults": [fault._asdict() for fault in self.faults],
            "warnings": {name: [one._asdict() for one in found] for name, found in self.warnings.items()},
            "warnings_looked_for": self.complete,
        }


@dataclasses.dataclass(frozen=True)
class _City:
    """A network with what several checks need."""

    path: Path
    network: StreetNetwork
    lines: Array
    tree: shapely.STRtree

    def at(self, table: Any) -> Array:
        """Points of a table with positions."""
        return np.asarray(shapely.points(table.x_m, table.y_m))


def validate_city(path: Path | str) -> Validation:
    """Check a city file.

    Raises
    ------
    CityError
        If it is no GeoPackage at all, so that nothing can be listed.
    """
    path = Path(path)
    layers_of(path)
    faults = Faults(path, shown=None)
    try:
        network = read_with(path, faults)
    except CityError as error:
        lines = error.faults or (error.message,)
        told = faults.found or [Fault("file", None, line, "", "build the city again") for line in lines]
        return Validation(str(path), tuple(told), {}, complete=False)
    streets = street_lines(network)
    city = _City(path, network, streets, shapely.STRtree(streets))
    found = {name: tuple(check(city)) for name, check in CHECKS.items()}
    return Validation(str(path), (), {name: some for name, some in found.items() if some}, complete=True)


def _at_rows(layer: str, keys: Array, bad: Array, told: _Told | Callable[[int], _Told]) -> Iterator[Fault]:
    """A fault for each row that is bad (bool); `told` is what was found, what was expected and the remedy."""
    for row in np.flatnonzero(bad):
        yield Fault(layer, str(keys[row]), *(told(int(row)) if callable(told) else told))


def _islands(city: _City) -> Iterator[Fault]:
    streets, places = city.network.streets, city.network.places
    component = component_of(city.network)
    of_street = component[streets.from_junction]
    homes = city.network.places_of("home")
    for island in np.unique(of_street[of_street > 0]):
        rows = np.flatnonzero(of_street == island)
        living = places.size[homes[component[places.junction[homes]] == island]].sum()
        found = f"{len(rows)} segments, {streets.length_m[rows].sum():.0f} m, {living:.0f} residents on an island"
        yield Fault(
            "streets",
            str(streets.segment_id[rows[0]]),
            found,
            "a way to the rest of the city",
            "join one of its junctions to the rest by a street, if there is one on the ground",
        )


def _lonely_junctions(city: _City) -> Iterator[Fault]:
    network = city.network
    used = np.zeros(len(network.junctions), bool)
    used[network.streets.from_junction] = used[network.streets.to_junction] = True
    told = ("no street ends here", "at least one", "delete it, or join a street to it")
    yield from _at_rows("junctions", network.junctions.junction_id, ~used, told)


def _left_behind(city: _City) -> Iterator[Fault]:
    network = city.network
    streets, junctions = network.streets, network.junctions
    at = np.column_stack([junctions.x_m, junctions.y_m])
    ends = (("starts", network.vertex_start[:-1], streets.from_junction),
            ("ends", network.vertex_start[1:] - 1, streets.to_junction))  # fmt: skip
    for word, vertex, junction in ends:
        away = np.hypot(*(network.vertices[vertex] - at[junction]).T)
        for row in np.flatnonzero(away > FOLLOW_M):
            key = junctions.junction_id[junction[row]]
            yield Fault(
                "streets",
                str(streets.segment_id[row]),
                f"{word} {away[row]:.1f} m from its junction {key}",
                "the junction's position",
                "move the end of the street or the junction, with snapping; or write the key of another junction",
            )


def _lengths(city: _City) -> Iterator[Fault]:
    streets = city.network.streets
    drawn = shapely.length(city.lines)
    off = np.abs(streets.length_m - drawn)
    bad = (off > LENGTH_M) & (off > LENGTH_SHARE * np.maximum(drawn, streets.length_m))
    yield from _at_rows(
        "streets",
        streets.segment_id,
        bad,
        lambda row: (
            f"length_m is {streets.length_m[row]:.2f}",
            f"{drawn[row]:.2f}, the length of its geometry",
            "set length_m with the field calculator: round($length, 2)",
        ),
    )


def _crossings(city: _City) -> Iterator[Fault]:
    streets = city.network.streets
    one, other = city.tree.query(city.lines, predicate="crosses")
    level = streets.is_tunnel[one] == streets.is_tunnel[other]
    for first, second in zip(one[(one < other) & level], other[(one < other) & level], strict=True):
        spot = shapely.get_coordinates(shapely.intersection(city.lines[first], city.lines[second]))[0]
        yield Fault(
            "streets",
            str(streets.segment_id[first]),
            f"crosses segment {streets.segment_id[second]} at {spot[0]:.0f}, {spot[1]:.0f}",
            "a junction where streets meet",
            "split both streets there and add a junction; nothing to do if one is a bridge or a passage below",
        )


def _dangling(city: _City) -> Iterator[Fault]:
    network = city.network
    streets = network.streets
    both = np.concatenate([streets.from_junction, streets.to_junction])
    degree = np.bincount(both, minlength=len(network.junctions))
    ends = np.flatnonzero(degree == 1)
    own = np.tile(np.arange(len(streets)), 2)[np.argsort(both, kind="stable")]
    own = own[np.concatenate([[0], np.cumsum(degree)])[ends]]  # the only street of each end
    at = city.at(network.junctions)[ends]
    which, near = city.tree.query(at, predicate="dwithin", distance=DANGLING_M)
    shared = (streets.from_junction[near] == ends[which]) | (streets.to_junction[near] == ends[which])
    told = set()
    for end, street in zip(which[~shared], near[~shared], strict=True):
        if end not in told:
            told.add(end)
            yield Fault(
                "streets",
                str(streets.segment_id[own[end]]),
                f"ends {shapely.distance(at[end], city.lines[street]):.2f} m from segment {streets.segment_id[street]}",
                "to meet it, or to end further away",
                "snap the end to that street, split the street there and let both share the junction",
            )


def _copies(city: _City) -> Iterator[Fault]:
    streets, lamps = city.network.streets, city.network.lamps
    shapes = shapely.to_wkb(shapely.normalize(city.lines))
    at = np.char.add(np.char.add(lamps.x_m.astype(str), " "), lamps.y_m.astype(str)) if len(lamps) else np.zeros(0, str)
    for layer, keys, what in (("streets", streets.segment_id, shapes), ("lamps", lamps.lamp_id, at)):
        first: dict[Any, int] = {}
        for row, value in enumerate(what.tolist()):
            if value in first:
                yield Fault(
                    layer,
                    str(keys[row]),
                    f"lies exactly on feature {keys[first[value]]}",
                    "one feature for one thing",
                    "delete the copy; places that name its key must name the other's",
                )
            first.setdefault(value, row)


def _astray(city: _City) -> Iterator[Fault]:
    """Places, stops and waysides far from the street that they name, or much nearer to another."""
    streets = city.network.streets
    above = np.flatnonzero(~streets.is_tunnel)
    tree = shapely.STRtree(city.lines[above])
    for name in ("places", "stops", "waysides"):
        table = getattr(city.network, name)
        if not len(table) or not len(above):
            continue
        at = city.at(table)
        keys = next(iter(vars(table).values()))
        away = shapely.distance(at, city.lines[table.segment])
        nearest = above[tree.nearest(at)]
        better = away - shapely.distance(at, city.lines[nearest]) > NEARER_M
        for row in np.flatnonzero((away > FAR_M) | better):
            told = f"is {away[row]:.0f} m from its street {streets.segment_id[table.segment[row]]}"
            remedy = "move it to where it is, or delete it if it is not of this city"
            if better[row]:
                told += f"; {streets.segment_id[nearest[row]]} is nearer"
                remedy = "write the keys of the nearest street and junction, or move it back"
            yield Fault(name, str(keys[row]), told, f"the nearest street, within {FAR_M:.0f} m", remedy)


def _lamps_outside(city: _City) -> Iterator[Fault]:
    lamps = city.network.lamps
    if not len(lamps):
        return
    at = city.at(lamps)
    away = shapely.distance(at, city.lines[city.tree.nearest(at)])
    yield from _at_rows(
        "lamps",
        lamps.lamp_id,
        away > LAMP_REACH_M,
        lambda row: (
            f"is {away[row]:.0f} m from the nearest street",
            f"a street within {LAMP_REACH_M:.0f} m",
            "move it to where it is, or delete it if it is not of this city",
        ),
    )


def _hours(city: _City) -> Iterator[Fault]:
    places = city.network.places
    yield from _at_rows(
        "places",
        places.place_id,
        places.closes_h <= places.opens_h,
        lambda row: (
            f"opens at {places.opens_h[row]:g} and closes at {places.closes_h[row]:g}",
            "to close after it opens",
            f"write {places.closes_h[row] + 24:g} if it closes on the next day (hours past midnight are past 24); "
            "both 0 and 24 for always open",
        ),
    )


def _light(city: _City) -> Iterator[Fault]:
    """Light that contradicts itself: the tag, the probability and the illuminance."""
    streets = city.network.streets
    tag, lit = streets.tagged_lit, streets.lit_probability
    cases: tuple[tuple[Array, _Told], ...] = (
        ((tag == 1) & (streets.lit_mean_lx <= 0), ("is tagged lit with 0 lx", "some light", "write lit_mean_lx")),
        (
            streets.lit_min_lx > streets.lit_mean_lx,
            ("has lit_min_lx above lit_mean_lx", "at most that", "mend either"),
        ),
        (
            streets.unlit_min_lx > streets.unlit_mean_lx,
            ("has unlit_min_lx above unlit_mean_lx", "at most that", "mend either"),
        ),
        (
            (tag == 1) & (lit < 1),
            ("is tagged lit with a lit_probability below 1", "1", "write 1, or mend tagged_lit"),
        ),
        (
            (tag == 0) & (lit > 0),
            ("is tagged unlit with a lit_probability above 0", "0", "write 0, or mend tagged_lit"),
        ),
        (
            (tag != -1) & streets.light_imputed,
            ("has a tag and light_imputed", "one or the other", "set light_imputed to no, or tagged_lit to unknown"),
        ),
    )
    for bad, told in cases:
        yield from _at_rows("streets", streets.segment_id, bad, told)


def _steps(city: _City) -> Iterator[Fault]:
    streets = city.network.streets
    by_class = streets.street_class == STREET_CLASSES.index("steps")
    yield from _at_rows(
        "streets",
        streets.segment_id,
        by_class != streets.is_steps,
        lambda row: (
            f"street_class is {STREET_CLASSES[streets.street_class[row]]} and is_steps "
            f"{'yes' if streets.is_steps[row] else 'no'}",
            "both to say steps, or neither",
            "mend either",
        ),
    )


def _needed(city: _City) -> Iterator[Fault]:
    """What a run cannot do much without, and what the metadata should say."""
    network = city.network
    for kind in ("home", "gateway"):
        if not (network.places.kind == PLACE_KINDS.index(kind)).any():
            yield Fault("places", None, f"no {kind}", "at least one: people start there", "add one, or build again")
    if not network.streets.in_core.any():
        yield Fault("streets", None, "none is in the core", "at least one: results are for the core", "set in_core")
    for key in ("source", "licence", "attribution", "data_date"):
        if not network.metadata.get(key):
            yield Fault("metadata", None, f"no {key}", f"a row with key {key}", f"add the {key} of the data")
    yield from _centre(network)


def _centre(network: StreetNetwork) -> Iterator[Fault]:
    import pyproj

    to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    spot = to_metres.transform(network.longitude, network.latitude)
    away = float(np.hypot(*(np.array(spot) - network.vertices.mean(axis=0))))
    if not away <= CENTRE_M:
        yield Fault(
            "metadata",
            "latitude",
            f"{network.latitude:g} with longitude {network.longitude:g} is "
            f"{away / 1000:.0f} km from the streets" if np.isfinite(away) else "is outside the city's CRS",
            "the middle of the city: dusk is reckoned there",
            "write latitude and longitude of the city; they may be swapped, or the streets be in another CRS",
        )  # fmt: skip


def _other_layers(city: _City) -> Iterator[Fault]:
    """Layers beside the network that cannot be drawn: another CRS, shapes that are no areas or cross themselves."""
    present = layers_of(city.path)
    for name in ("buildings", "open_spaces", "water", "zones"):
        if name not in present:
            continue
        meta, fids, wkb, _ = pyogrio.raw.read(city.path, layer=name, return_fids=True)
        if meta["crs"] is None or not is_same_crs(meta["crs"], city.network.crs):
            found = f"coordinates in {(meta['crs'] or 'no CRS')[:40]}"
            yield Fault(name, None, found, f"the city's {city.network.crs}", "export it with the city's CRS")
        shapes = shapely.from_wkb(wkb, on_invalid="ignore") if wkb is not None else np.zeros(0, object)
        polygons = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
        cases: tuple[tuple[Array, _Told], ...] = (
            (~polygons, ("is no area", "a polygon", "draw it again, or delete it")),
            (polygons & ~shapely.is_valid(shapes), ("crosses itself", "a valid polygon", "in QGIS: Fix geometries")),
        )
        keys = np.char.add("fid ", fids.astype(str))
        for bad, told in cases:
            yield from _at_rows(name, keys, bad, told)


CHECKS: dict[str, Callable[[_City], Iterator[Fault]]] = {
    "islands": _islands,
    "junctions without a street": _lonely_junctions,
    "streets that left their junction": _left_behind,
    "lengths that disagree with the geometry": _lengths,
    "streets that cross without a junction": _crossings,
    "ends that all but meet another street": _dangling,
    "copies": _copies,
    "places and stops astray": _astray,
    "lamps outside the city": _lamps_outside,
    "hours the wrong way round": _hours,
    "light that contradicts itself": _light,
    "steps that contradict themselves": _steps,
    "what is lacking": _needed,
    "layers that cannot be drawn": _other_layers,
}
"""Checks that give warnings, by the words that they are counted under."""
