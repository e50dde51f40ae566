"""Make a city out of an OpenStreetMap extract, by rules that stand in the modules named here.

1. Read and repair: `osm_extract`.
2. Project: the UTM zone of the place; positions to the centimetre.
3. Streets and junctions: `walkable`.
4. Parks: a way for people on foot (or a service road) above ground is in a park if at least half of its length lies in
   one (`areas.PARK_TAGS`); carriageways that a park's outline happens to cover are not.
5. Light: `light`.
6. Homes and jobs: `homes`; windows over streets: `overlooking`.
7. Venues, stops, open spaces and gateways: `places`; what else lies along the streets: `waysides`.
8. Core: the cut shrunk by 250 m, or the polygon that was asked for (then the cut is that polygon and 250 m around it);
   a segment is in the core if its middle is. Streets and areas end exactly at the cut: `cutting`.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from simulator.city.network import PLACE_KINDS, Junctions, Lamps, LightHours, Places, StreetNetwork, Streets
from simulator.errors import CityError
from simulator.evidence.parameters import nominal
from street_networks.city_file.geopackage import Layer
from street_networks.keys import stable_key
from street_networks.ledger import Entry, with_entries
from street_networks.light import light
from street_networks.light.lamp_inventory import LampFile
from street_networks.light.lighting import Lighting, find_lamps
from street_networks.places import places
from street_networks.places.homes import LEVELS_KEY, Buildings, find_buildings
from street_networks.places.overlooking import overlooking_residents
from street_networks.places.stops import osm_stops
from street_networks.places.water import find_water
from street_networks.places.waysides import find_waysides, read_wayside_kinds
from street_networks.sources.areas import PARK_TAGS, Area, find_areas, has_tag
from street_networks.sources.extract import Extract, read_extract
from street_networks.streets.frame import country_of, frame_of
from street_networks.streets.walkable import Piece, WalkNetwork, class_code, walk_network
from street_networks.streets.walking_rules import FOOT_CLASSES, RULES_VERSION
from street_networks.streets.way_hours import way_hours

STAGES = {"read": 20, "streets": 20, "buildings": 25, "places": 10, "light": 20, "write": 5}
"""Stages of a build and about how much of the time each takes (%), as measured on Las Palmas."""
_PARK_CLASSES = FOOT_CLASSES | {"service"}

Array = np.ndarray[Any, Any]


@dataclasses.dataclass(frozen=True)
class City:
    """A network and the layers that a city file carries beside it."""

    network: StreetNetwork
    layers: dict[str, Layer]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What a city is to be.

    Parameters
    ----------
    name, country
        Short name of the city and its ISO 3166 code; the country of its time zone if none is given.
    metadata
        Source, licence and attribution, carried into the file.
    within
        Polygon (degrees, WGS 84) that becomes the core; what lies farther than 250 m from it is left out.
    lamps
        An inventory of lamps; where it reaches it replaces those of OpenStreetMap.
    kinds, wayside_kinds
        Tables of kinds in place of `place_kinds.csv` and `wayside_kinds.csv`.
    assumed_lit
        Shares lit that the user knows better, as for `street_networks.light.imputation.imputed_probability`.
    assumed_levels
        Levels of buildings that do not state their own, where the user knows better than evidence `building_levels`.
    told
        Called with each stage of `STAGES` as it begins.
    """

    name: str
    country: str | None = None
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    within: shapely.Geometry | None = None
    lamps: LampFile | None = None
    kinds: Path | str | None = None
    wayside_kinds: Path | str | None = None
    assumed_lit: Mapping[str, float] = dataclasses.field(default_factory=dict)
    assumed_levels: float | None = None
    told: Callable[[str], None] = lambda stage: None


def city_from_osm(
    path: Path | str,
    *,
    name: str,
    country: str | None = None,
    metadata: Mapping[str, str] | None = None,
    lamps: LampFile | None = None,
    kinds: Path | str | None = None,
) -> City:
    """Derive a city from an OpenStreetMap file: .osm.pbf, .osm, .osm.gz or .osm.bz2; see `Recipe`.

    Raises
    ------
    CityError
        If the file or the inventory cannot be used, or there is no walkable network.
    """
    recipe = Recipe(name, country, metadata or {}, lamps=lamps, kinds=kinds)
    return derive_city(read_extract(path), recipe, source=str(path))


def derive_city(extract: Extract, recipe: Recipe, *, source: str) -> City:
    """Derive a city from an extract, however it came to be.

    Parameters
    ----------
    extract, recipe
        The data, and what the city is to be.
    source
        Names the data in errors.

    Raises
    ------
    CityError
        If the polygon or the inventory does not fit, or there is no walkable network (there).
    """
    frame = frame_of(extract, recipe.within, source)
    extract = frame.extract
    position = _positions(extract, frame.project)
    rules, kinds = places.read_kinds(recipe.kinds), read_wayside_kinds(recipe.wayside_kinds)
    recipe.told("streets")
    walks = _walks(extract, position, source)
    recipe.told("buildings")
    buildings = find_buildings(extract, position, recipe.assumed_levels)
    recipe.told("places")
    core, edge = frame.core, shapely.boundary(frame.cut)
    found, hours = places.find_places(extract, position, buildings=buildings, walks=walks, edge=edge, rules=rules)
    lighting = _lighting(extract, position, recipe, crs=frame.crs, cut=frame.cut)
    recipe.told("light")
    parks, _ = find_areas(extract, position, lambda tags: has_tag(tags, PARK_TAGS))
    streets, lit_at, names = _streets(walks, position, parks=parks, lighting=lighting, buildings=buildings, core=core)
    junctions, rows = _junctions(walks, position)
    table = _place_table(found, walks.pieces, rows, streets.is_tunnel)
    beside = find_waysides(extract, position, walks.pieces, is_tunnel=streets.is_tunnel, rules=kinds)
    closes, closing = way_hours(walks.pieces, extract.node_tags, parks, streets.is_tunnel)
    read = (*extract.ledger, *walks.ledger, *lighting.ledger, _hours_read(hours))
    figures = walks.counts | buildings.counts | hours | closing | frame.told | lighting.counts | beside.counts
    network = StreetNetwork(
        name=recipe.name,
        crs=frame.crs,
        latitude=frame.latitude,
        longitude=frame.longitude,
        timezone=frame.timezone,
        country=recipe.country or country_of(frame.timezone),
        street_names=names,
        opening_hours=_hours_texts(found),
        metadata=with_entries(_metadata(recipe, extract, figures) | lighting.told | _lit_words(walks), read),
        streets=streets,
        junctions=junctions,
        places=table,
        stops=osm_stops(extract, table, [place.name for place in found]),
        **lighting.tables(),
        light_hours=lit_at,
        waysides=beside.table,
        way_hours=closes,
        **_vertices([piece.line for piece in walks.pieces]),
    )
    water = find_water(extract, position, frame.cut)
    layers = {**_layers(extract, position, walks, found=found, buildings=buildings, core=core), **_water(water)}
    return City(network, beside.with_columns(layers, len(streets)))


def _walks(extract: Extract, position: Mapping[int, tuple[float, float]], source: str) -> WalkNetwork:
    walks = walk_network(extract, position)
    if not walks.pieces:
        raise CityError(f"{source}: no walkable way found; expected OpenStreetMap data with highway=* ways")
    return walks


def _vertices(lines: list[shapely.LineString]) -> dict[str, Any]:
    return {
        "vertices": shapely.get_coordinates(lines),
        "vertex_start": np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))]),
    }


def _positions(extract: Extract, project: pyproj.Transformer) -> dict[int, tuple[float, float]]:
    ids = list(extract.nodes)
    degrees = np.array([extract.nodes[node] for node in ids])
    x_m, y_m = project.transform(degrees[:, 0], degrees[:, 1])
    metres = np.column_stack([x_m, y_m]).round(2)
    return dict(zip(ids, map(tuple, metres.tolist()), strict=True))


def _metadata(recipe: Recipe, extract: Extract, figures: Mapping[str, float]) -> dict[str, str]:
    return {
        **recipe.metadata,
        **({"data_date": extract.newest} if extract.newest else {}),
        **({"lit_assumed": _assumed_words(recipe.assumed_lit)} if recipe.assumed_lit else {}),
        **({} if recipe.assumed_levels is None else {LEVELS_KEY: f"{recipe.assumed_levels:g}"}),
        "rules_version": RULES_VERSION,
        **{key: str(round(value)) for key, value in sorted(figures.items())},
    }


def _assumed_words(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{word}={share:g}" for word, share in shares.items())


def _hours_read(hours: Mapping[str, int]) -> Entry:
    """What was read of the opening hours on the map; that none can be read is no reason to refuse a city."""
    wrong = hours["opening_hours_not_understood"]
    why = "not understood: the hours usual for the kind hold"
    return Entry("places: opening_hours", hours["opening_hours_read"] + wrong, {}, {why: wrong})


def _lit_words(walks: WalkNetwork) -> dict[str, str]:
    """Values of ``lit`` that nobody here understands, with how many segments have each; nothing if there are none."""
    found = Counter(piece.tags["lit"].strip() for piece in walks.pieces if light.lit_not_understood(piece.tags))
    told = ", ".join(f"{word!r} ({count})" for word, count in sorted(found.items(), key=lambda one: (-one[1], one[0])))
    return {"lit_not_understood": told} if told else {}


def _lamps(extract: Extract, position: Mapping[int, tuple[float, float]]) -> Lamps:
    ids = sorted(node for node, tags in extract.node_tags.items() if tags.get("highway") == "street_lamp")
    at = np.array([position[node] for node in ids]).reshape(-1, 2)
    return Lamps(
        lamp_id=np.array(ids, np.int64),
        x_m=at[:, 0],
        y_m=at[:, 1],
        height_m=np.array([light.lamp_height(extract.node_tags[node]) for node in ids], float),
        flux_lm=np.full(len(ids), nominal("lamp_flux")),
    )


def _lighting(
    extract: Extract,
    position: Mapping[int, tuple[float, float]],
    recipe: Recipe,
    *,
    crs: str,
    cut: shapely.Geometry,
) -> Lighting:
    return find_lamps(_lamps(extract, position), recipe.lamps, crs=crs, cut=cut, assumed=recipe.assumed_lit)


def _junctions(walks: WalkNetwork, position: Mapping[int, tuple[float, float]]) -> tuple[Junctions, dict[int, int]]:
    nodes = sorted({node for piece in walks.pieces for node in (piece.nodes[0], piece.nodes[-1])})
    at = np.array([position[node] for node in nodes])
    table = Junctions(junction_id=np.array(nodes, np.int64), x_m=at[:, 0], y_m=at[:, 1])
    return table, {node: row for row, node in enumerate(nodes)}


def _streets(
    walks: WalkNetwork,
    position: Mapping[int, tuple[float, float]],
    *,
    parks: list[Area],
    lighting: Lighting,
    buildings: Buildings,
    core: shapely.Geometry,
) -> tuple[Streets, LightHours, tuple[str, ...]]:
    pieces = walks.pieces
    lines = np.array([piece.line for piece in pieces], object)
    length = shapely.length(lines)
    tunnel = np.array([piece.tags.get("tunnel", "no") != "no" for piece in pieces])
    outlines = shapely.boundary(buildings.shapes)
    in_parks = shapely.length(shapely.intersection(lines, shapely.union_all([park.shape for park in parks])))
    on_foot = np.array([piece.street_class in _PARK_CLASSES for piece in pieces])
    facts = {
        "street_class": np.array([class_code(piece.street_class) for piece in pieces]),
        "in_park": (in_parks >= length / 2) & on_foot & ~tunnel,
        "is_tunnel": tunnel,
        "is_informal": np.array([light.is_informal(piece.tags) for piece in pieces]),
        "tagged_lit": np.array([light.read_lit_tag(piece.tags) for piece in pieces]),
    }
    keys = np.array([piece.key for piece in pieces], np.int64)
    lit, hours = lighting.on_segments(lines, facts, [piece.tags for piece in pieces], keys)
    names = tuple(sorted({name for piece in pieces if (name := piece.tags.get("name"))}))
    row_of_name = {name: row for row, name in enumerate(names)}
    _, junction_row = _junctions(walks, position)
    del facts["tagged_lit"]
    streets = Streets(
        segment_id=keys,
        from_junction=np.array([junction_row[piece.nodes[0]] for piece in pieces]),
        to_junction=np.array([junction_row[piece.nodes[-1]] for piece in pieces]),
        length_m=np.maximum(length.round(2), 0.01),
        is_steps=np.array([piece.street_class == "steps" for piece in pieces]),
        overlooking_residents=overlooking_residents(lines, outlines, buildings.residents, is_tunnel=tunnel),
        in_core=shapely.intersects(core, shapely.line_interpolate_point(lines, 0.5, normalized=True)),
        name_index=np.array([row_of_name.get(piece.tags.get("name", ""), -1) for piece in pieces]),
        **facts,
        **{field.name: getattr(lit, field.name) for field in dataclasses.fields(lit)},
    )
    return streets, hours, names


def _place_table(found: list[places.Place], pieces: list[Piece], rows: Mapping[int, int], is_tunnel: Array) -> Places:
    row_of = {text: row for row, text in enumerate(_hours_texts(found))}
    junction, segment = places.attach(found, pieces, rows, is_tunnel=is_tunnel)
    return Places(
        place_id=np.array([place.key for place in found], np.int64),
        kind=np.array([PLACE_KINDS.index(place.kind) for place in found]),
        x_m=np.array([place.x_m for place in found]).round(2),
        y_m=np.array([place.y_m for place in found]).round(2),
        junction=junction,
        segment=segment,
        size=np.array([place.size for place in found]),
        opens_h=np.array([place.opens_h for place in found]),
        closes_h=np.array([place.closes_h for place in found]),
        hours_index=np.array([row_of.get(place.opening_hours or "", -1) for place in found]),
    )


def _hours_texts(found: list[places.Place]) -> tuple[str, ...]:
    return tuple(sorted({place.opening_hours for place in found if place.opening_hours}))


def _text(values: list[str | None]) -> Array:
    return np.array([value or None for value in values], object)


def _shapes(areas: list[Area]) -> Array:
    shapes = np.empty(len(areas), object)
    shapes[:] = [shapely.MultiPolygon(list(shapely.get_parts(area.shape))) for area in areas]
    return shapes


def _keys(word: str, areas: list[Area]) -> Array:
    return np.array([stable_key(word, area.letter, area.osm_id) for area in areas], np.int64)


def _water(found: list[tuple[int, str, str | None, shapely.Geometry]]) -> dict[str, Layer]:
    """The layer of water; no layer where none is mapped."""
    if not found:
        return {}
    keys, kinds, names, shapes = zip(*found, strict=True)
    drawn = np.empty(len(shapes), object)
    drawn[:] = [shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in shapes]
    columns = {"water_id": np.array(keys, np.int64), "kind": _text([*kinds]), "name": _text([*names])}
    return {"water": Layer(drawn, columns)}


def _layers(
    extract: Extract,
    position: Mapping[int, tuple[float, float]],
    walks: WalkNetwork,
    *,
    found: list[places.Place],
    buildings: Buildings,
    core: shapely.Geometry,
) -> dict[str, Layer]:
    spaces = places.find_open_spaces(extract, position)
    return {
        "streets": Layer(None, {"osm_way_id": np.array([piece.way for piece in walks.pieces], np.int64)}),
        "places": Layer(
            None,
            {
                "name": _text([place.name for place in found]),
                "opening_hours_unread": _text([place.opening_hours_unread for place in found]),
            },
        ),
        "buildings": Layer(
            _shapes(buildings.areas),
            {
                "building_id": _keys("building", buildings.areas),
                "use": _text([area.tags["building"] for area in buildings.areas]),
                "levels": buildings.levels,
                "residents": buildings.residents,
                "jobs": buildings.jobs,
            },
        ),
        "open_spaces": Layer(
            _shapes(spaces),
            {
                "open_space_id": _keys("open_space", spaces),
                "name": _text([area.tags.get("name") for area in spaces]),
                "is_park": np.array([has_tag(area.tags, PARK_TAGS) for area in spaces]),
            },
        ),
        "zones": Layer(
            np.array([shapely.MultiPolygon(list(shapely.get_parts(core)))], object), {"zone": _text(["core"])}
        ),
    }
