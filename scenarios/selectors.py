"""Which streets a measure is for: words such as "unlit park paths", street names, and polygons.

A selector is a phrase of words between blanks. The last is a noun; every word before it narrows the choice, and all
have to hold::

    [light] [place or street class ...] noun        unlit park paths · residential streets · lit tunnels

`NOUNS` and `NARROWING` are the whole grammar; every street class of OpenStreetMap narrows in the singular ("residential
streets"), and some are nouns in the plural ("footways"). "unlit" is what a planner knows before surveying: the way is
tagged as unlit, or it has no tag and no mapped lamp is in reach.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from scenarios.selector_words import NARROWING, NOUNS, Word
from scenarios.words import listed, show
from simulator.city.network import StreetNetwork
from simulator.errors import ScenarioError
from simulator.foundation.short_lists import rest_told
from simulator.foundation.spelling import near_ones, nearest, plainly
from simulator.interventions import Area

if TYPE_CHECKING:
    from shapely import Polygon

Array = np.ndarray[Any, Any]
Fault = tuple[tuple[str | int, ...], str]
"""Path below the area and what is wrong there."""

_MOST_WORDS = 12
_MOST_SHOWN = 8


def parse_selector(phrase: str) -> tuple[tuple[str, Word], ...]:
    """Read a selector's words.

    Parameters
    ----------
    phrase
        Such as "unlit park paths"; case, hyphens and underscores do not count.

    Returns
    -------
    tuple of (str, Word)
        The words in their order, the noun last; a segment is chosen where all hold.

    Raises
    ------
    ScenarioError
        With one fault for each word that is not known.
    """
    spoken = phrase.casefold().replace("_", "-").split()
    if not 0 < len(spoken) <= _MOST_WORDS:
        raise ScenarioError(
            f'found {len(spoken)} words, expected 1 to {_MOST_WORDS} such as "unlit park paths"; say it in fewer words'
        )
    if _is_name(phrase):
        text = show(phrase.strip())
        fault = f'found {text}, expected a selector such as "unlit park paths"'
        raise ScenarioError(
            f"the selector {text} cannot be read",
            [f"{fault}; if it is the name of a street, write where = {{ names = [{text}] }}"],
        )
    faults = [_unknown(word, NARROWING, "before the last") for word in spoken[:-1] if word not in NARROWING]
    if spoken[-1] not in NOUNS:
        faults.append(_unknown(spoken[-1], NOUNS, "last"))
    if faults:
        raise ScenarioError(f"the selector {show(phrase)} cannot be read", faults)
    return (*((word, NARROWING[word]) for word in spoken[:-1]), (spoken[-1], NOUNS[spoken[-1]]))


def _is_name(phrase: str) -> bool:
    """Whether a phrase looks like the name of a street: capital letters, and a word that nothing here is like."""
    known = (*NARROWING, *NOUNS)
    spoken = phrase.replace("_", "-").split()
    strange = [word for word in spoken if word.casefold() not in known and not nearest(word.casefold(), known)]
    return bool(strange) and any(word[:1].isupper() for word in spoken)


def _unknown(word: str, known: Mapping[str, Word], position: str) -> str:
    guess = f"{word}s" if f"{word}s" in known else nearest(word, known)
    if known is NOUNS and word in NARROWING and f"{word}s" not in known:
        aim = f"add a noun, such as {word} paths"
    elif known is NARROWING and word in NOUNS:
        aim = "put it last, and only one of its kind"
    else:
        aim = f"write {guess}" if guess else "choose one of these"
    return f"found {show(word)}, expected {position} one of {', '.join(sorted(known))}; {aim}"


def area_faults(area: Area) -> list[Fault]:
    """What is wrong with an area whatever the city: unknown words, a polygon that crosses itself."""
    faults: list[Fault] = []
    if area.selector is not None:
        try:
            parse_selector(area.selector)
        except ScenarioError as error:
            faults += [(("selector",), fault) for fault in error.faults or (error.message,)]
    if area.within is not None:
        fault = _shape_fault(area.within)
        faults += [(("within",), fault)] if fault else []
    return faults


def _shape_fault(corners: tuple[tuple[float, float], ...]) -> str | None:
    import shapely

    if len(set(corners)) < 3:
        return f"found {len(set(corners))} different corners, expected at least 3; give [longitude, latitude] of each"
    polygon = shapely.Polygon(corners)
    if not polygon.is_valid or polygon.area == 0:
        reason = shapely.is_valid_reason(polygon)
        return (
            f"found a polygon that crosses itself or has no area ({reason}), expected a simple one; "
            "give its corners in their order along the edge"
        )
    return None


def select(area: Area, network: StreetNetwork) -> Array:
    """Find the segments of an area.

    Parameters
    ----------
    area
        A selector, street names, a polygon of longitudes and latitudes, or what they have in common. A segment lies in
        the polygon if the middle of its length does.
    network
        The city; core and ring alike.

    Returns
    -------
    numpy.ndarray
        Rows of the chosen segments, int32, ascending; at least one.

    Raises
    ------
    ScenarioError
        With every fault: unknown words or street names, a polygon that cannot be used, nothing chosen.
    """
    chosen, faults = find(area, network)
    if faults:
        raise ScenarioError(
            "the area cannot be found", [": ".join([*map(str, path[:1]), text]) for path, text in faults]
        )
    return chosen


def find(area: Area, network: StreetNetwork) -> tuple[Array, list[Fault]]:
    """As `select`, but hand back the faults with the keys they belong to; no segments if there are any."""
    faults = area_faults(area)
    broken = {path[0] for path, _ in faults}
    parts: list[tuple[str, Array]] = []
    if area.selector is not None and "selector" not in broken:
        parts += [(f'"{word}"', meant.holds(network)) for word, meant in parse_selector(area.selector)]
    if area.names:
        parts.append(("these names", _named(area.names, network, faults)))
    if area.within is not None and "within" not in broken:
        parts.append(("the polygon", _within(area.within, network, faults)))
    if area.layer is not None:
        parts.append((f"the polygons of {area.layer}", _in_layer(area, network, faults)))
    if area.near is not None:
        parts.append((f"{area.near} within {area.reach_m:g} m", _near(area.near, area.reach_m, network)))
    if area.part == "core" and not _says_where(area):
        parts.append(("the core", network.streets.in_core))
    chosen = np.logical_and.reduce([mask for _, mask in parts]) if parts else np.zeros(len(network.streets), bool)
    if not faults and not chosen.any():
        counts = listed([f"{word} holds for {int(mask.sum())}" for word, mask in parts], "and")
        together = ", but nothing for all of them together" if len(parts) > 1 else ""
        known = f"the {len(network.streets)} of {network.name}"
        text = f"found no segment, expected at least one of {known}: {counts}{together}; choose wider words"
        text += ', or write part = "all" to count the ring too' if area.part == "core" else ""
        faults.append(((), text))
    return (np.zeros(0, np.int32) if faults else np.flatnonzero(chosen).astype(np.int32)), faults


def _named(names: tuple[str, ...], network: StreetNetwork, faults: list[Fault]) -> Array:
    rows: list[int] = []
    for index, name in enumerate(names):
        meant = streets_meant(name, network.street_names)
        if len({plainly(network.street_names[row]) for row in meant}) == 1:
            rows += meant
            continue
        several = sorted({network.street_names[row] for row in meant})
        if several:
            shown = listed([show(one) for one in several[:_MOST_SHOWN]])
            shown = " ".join(filter(None, (shown, rest_told(several, _MOST_SHOWN))))
            text = f"found {show(name)}, which may be {shown}, expected one street; write more of its name"
        else:
            near = near_ones(name, network.street_names)
            aim = f"did you mean {listed([show(one) for one in near])}" if near else "use a selector or a polygon"
            text = f"found {show(name)}, expected the name of a street in {network.name}; {aim}"
        faults.append((("names", index), text))
    return np.isin(network.streets.name_index, rows)


def streets_meant(name: str, known: Sequence[str]) -> list[int]:
    """Rows of the street names that somebody means: as written, else without accents and case, else by whole words.

    The first of these that finds any street decides. By whole words, "pedro" means "Rua Dom Pedro IV", and if no name
    has the words in one piece, "Calle Triana" means "Calle Mayor de Triana"; whether that is one street only is for
    the caller to see.
    """
    exact = [row for row, one in enumerate(known) if one.casefold() == name.casefold()]
    if exact:
        return exact
    wanted = plainly(name)
    bare = [plainly(one) for one in known]
    alike = [row for row, one in enumerate(bare) if one == wanted]
    if alike or not wanted:
        return alike
    in_one_piece = [row for row, one in enumerate(bare) if f" {wanted} " in f" {one} "]
    words = set(wanted.split())
    return in_one_piece or [row for row, one in enumerate(bare) if words <= set(one.split())]


def city_bounds(network: StreetNetwork) -> tuple[float, float, float, float]:
    """West, south, east, north (degrees) of the city's streets."""
    import pyproj

    low, high = network.vertices.min(axis=0), network.vertices.max(axis=0)
    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    west, south, east, north = to_degrees.transform_bounds(*low, *high)
    return float(west), float(south), float(east), float(north)


def _within(corners: tuple[tuple[float, float], ...], network: StreetNetwork, faults: list[Fault]) -> Array:
    import shapely

    city = shapely.box(*city_bounds(network))
    polygon = shapely.Polygon(corners)
    if not polygon.intersects(city):
        faults.append((("within",), _outside(polygon, city, network)))
        return np.zeros(len(network.streets), bool)
    return _inside(polygon, network)


def _in_layer(area: Area, network: StreetNetwork, faults: list[Fault]) -> Array:
    import shapely

    nothing = np.zeros(len(network.streets), bool)
    if area.shape is None:
        faults.append((("layer",), f"found {show(area.layer)} unread, expected a case loaded from a file"))
        return nothing
    polygons = shapely.from_wkt(area.shape)
    city = shapely.box(*city_bounds(network))
    if not polygons.intersects(city):
        faults.append((("layer",), _outside(polygons, city, network)))
        return nothing
    return _inside(polygons, network)


def _inside(polygon: Any, network: StreetNetwork) -> Array:
    """Segments (bool) the middle of whose length lies in polygons given in degrees."""
    import pyproj
    import shapely

    to_metres = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    drawn = shapely.transform(polygon, to_metres.transform, interleaved=False)
    shapely.prepare(drawn)
    middle = middles(network)
    return np.asarray(shapely.intersects_xy(drawn, middle[:, 0], middle[:, 1]))


def _says_where(area: Area) -> bool:
    """Whether the words say themselves which part is meant."""
    return area.selector is not None and bool({"ring", "core"} & set(area.selector.casefold().split()))


def _near(kind: str, reach_m: float, network: StreetNetwork) -> Array:
    """Segments (bool) whose middle lies within some metres, in a straight line, of a place or stop of a kind."""
    from scipy.spatial import cKDTree

    places, stops = network.places, network.stops
    rows = network.places_of(kind) if kind != "transit" else np.arange(len(stops))
    of = stops if kind == "transit" else places
    if not rows.size:
        return np.zeros(len(network.streets), bool)
    away, _ = cKDTree(np.column_stack([of.x_m[rows], of.y_m[rows]])).query(middles(network))
    return np.asarray(away <= reach_m)


def _outside(polygon: "Polygon", city: "Polygon", network: StreetNetwork) -> str:
    import shapely

    west, south, east, north = (f"{degrees:.4f}" for degrees in city.bounds)
    text = (
        f"found a polygon outside the city, expected longitudes {west} to {east} and latitudes {south} to {north} "
        f"({network.name}); "
    )
    swapped = shapely.transform(polygon, lambda corners: corners[:, ::-1])
    if swapped.intersects(city):
        return text + "longitude and latitude look swapped: write [longitude, latitude]"
    return text + "move it, or name the city that it lies in"


def middles(network: StreetNetwork) -> Array:
    """The point at half the length of every segment, float64 (S, 2), projected metres."""
    vertices, start = network.vertices, network.vertex_start.astype(np.int64)
    steps = np.hypot(*np.diff(vertices, axis=0).T)
    steps[start[1:-1] - 1] = 0.0  # from the end of one street to the start of the next
    along = np.concatenate([[0.0], np.cumsum(steps)])
    half = (along[start[:-1]] + along[start[1:] - 1]) / 2
    after = np.clip(np.searchsorted(along, half, side="left"), start[:-1] + 1, start[1:] - 1)
    before = after - 1
    span = along[after] - along[before]
    share = np.divide(half - along[before], span, out=np.zeros_like(half), where=span > 0)
    return np.asarray(vertices[before] + share[:, None] * (vertices[after] - vertices[before]))
