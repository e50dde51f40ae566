"""The map of a city file: streets by what is known of their light, and what stands along them.

What is known and what is imputed must not look alike: streets whose light a tag or a lamp tells are drawn broad, in
orange or dark blue; the others thin, in colours between the two by the probability that they are lit. Orange and
blue differ in lightness too, and are told apart with every common colour vision deficiency. Nobody's home is
marked: buildings are drawn, residents are not.
"""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.maps.context import draw_areas
from analysis.maps.furniture import (
    GREY,
    INK,
    PAPER,
    Extent,
    credit,
    north,
    plain,
    save_png,
    scale_bar,
)
from analysis.maps.panels import Streets, hull
from street_networks.inspection.inspection import NO_HOURS
from street_networks.places.waysides import things_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    from street_networks.city_file.contents import CityFile

Array = np.ndarray[Any, np.dtype[Any]]

LIT, UNLIT = "#e07b00", "#14286b"
_RAMP = ("#6f80bd", "#9aa3c4", "#bdb9b5", "#e9be86", "#f0a64b")
"""For imputed light: paler than what is known."""
_BUILDING, _PARK, _WATER, _GROUND = "#e4e1dc", "#d5e6cb", "#c9dff0", "#f8f7f4"
_WIDE_IN, _TALLEST_IN, _BELOW_IN, _ABOVE_IN, _EDGE_IN = 10.0, 12.5, 1.45, 0.85, 0.2
_MEDIUM_M = 2500.0
"""Breadth of a map (m) at which streets have their plain width; they are thinner on maps of more ground."""

_MARKS = {
    "venues": {"marker": "o", "s": 9, "facecolor": "#b5519c", "edgecolor": "none", "alpha": 0.75},
    "nightlife": {"marker": "D", "s": 20, "facecolor": "#7a0177", "edgecolor": PAPER, "linewidth": 0.5},
    "stops": {"marker": "s", "s": 24, "facecolor": "#009e73", "edgecolor": PAPER, "linewidth": 0.6},
    "attractors": {"marker": "P", "s": 26, "facecolor": "#2b8a3e", "edgecolor": PAPER, "linewidth": 0.4},
    "unease": {"marker": "X", "s": 26, "facecolor": "#7f4f24", "edgecolor": PAPER, "linewidth": 0.4},
    "lamps": {"marker": "o", "s": 7, "facecolor": "#ffd92f", "edgecolor": INK, "linewidth": 0.4},
    "gateways": {"marker": "^", "s": 60, "facecolor": INK, "edgecolor": PAPER, "linewidth": 0.8},
}
"""Marks from the lowest to the topmost, with their size on a map of medium breadth."""


@dataclasses.dataclass(frozen=True)
class CityPicture:
    """What the map shows, in projected metres.

    Parameters
    ----------
    streets
        Geometry.
    known, lit_probability
        bool (S,): whether the light is known; float (S,): probability of being lit, 0 or 1 where known.
    outline
        Lines (n, 2) around the core.
    buildings, parks, water
        Polygons (shapely).
    marks
        Positions (n, 2) of venues, nightlife, stops, attractors, unease, lamps and gateways; what lies along several
        streets is marked once, beside the street that has most of it.
    """

    streets: Streets
    known: Array
    lit_probability: Array
    outline: tuple[Array, ...]
    buildings: Array
    parks: Array
    water: Array
    marks: dict[str, Array]


def picture_of(city: "CityFile") -> CityPicture:
    """What the map shows of a city file."""
    network = city.network
    streets, places = network.streets, network.places
    geometry = Streets(streets.segment_id, network.vertices, network.vertex_start)
    venues = np.setdiff1d(
        np.arange(len(places)), np.concatenate([network.places_of(kind) for kind in (*NO_HOURS, "nightlife")])
    )
    return CityPicture(
        streets=geometry,
        known=~streets.light_imputed,
        lit_probability=streets.lit_probability,
        outline=_core(city, geometry),
        buildings=city.buildings.shapes,
        parks=city.open_spaces.shapes[city.open_spaces.numbers("is_park") > 0],
        water=city.water.shapes,
        marks={
            "venues": _at(places, venues),
            "nightlife": _at(places, network.places_of("nightlife")),
            "stops": _at(network.stops, slice(None)),
            "attractors": _at(network.waysides, things_of(network.waysides, "attractor")),
            "unease": _at(network.waysides, things_of(network.waysides, "unease")),
            "lamps": _at(network.lamps, slice(None)),
            "gateways": _at(places, network.places_of("gateway")),
        },
    )


def draw_city_map(picture: CityPicture, path: Path | str, *, title: str, subtitle: str, attribution: str) -> None:
    """Draw the map as a PNG; the same picture gives the same bytes.

    Parameters
    ----------
    picture
        As `picture_of` gives it.
    path
        PNG file, written whole or not at all.
    title, subtitle
        Name of the city; a line on what is known of it.
    attribution
        Source of the data, printed on the map.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    extent = _extent(picture)
    figure, axes = _figure(extent)
    FigureCanvasAgg(figure)  # no window, no pyplot
    thin = min(1.0, max(0.25, (_MEDIUM_M / (extent[1] - extent[0])) ** 0.5))
    grounds = ((picture.water, _WATER, 0), (picture.parks, _PARK, 0.1), (picture.buildings, _BUILDING, 1))
    for shapes, colour, order in grounds:
        draw_areas(axes, shapes, colour, order)
    _draw_streets(axes, picture, thin)
    for at, (name, style) in enumerate(_MARKS.items()):
        scaled = {**style, "s": style["s"] * thin ** (0.5 if name == "gateways" else 1.3)}  # type: ignore[operator]
        axes.scatter(*picture.marks[name].T, zorder=4 + at / 10, **scaled)
    for line in picture.outline:
        axes.plot(*line.T, color=INK, linewidth=1.1, linestyle=(0, (6, 3)), zorder=5)
    axes.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[], aspect="equal", facecolor=_GROUND)
    for spine in axes.spines.values():
        spine.set_color(GREY)
    scale_bar(axes, extent)
    north(axes, extent)
    credit(axes, attribution)
    _legend(figure, picture)
    top = figure.get_figheight()
    figure.text(_EDGE_IN / _WIDE_IN, 1 - 0.36 / top, plain(title), fontsize=16, weight="bold", color=INK)
    figure.text(_EDGE_IN / _WIDE_IN, 1 - 0.66 / top, plain(subtitle), fontsize=10, color=INK)
    save_png(figure, path, dpi=150)


def _at(table: Any, rows: Any) -> Array:
    """Positions (n, 2) of rows of a table."""
    return np.column_stack([table.x_m[rows], table.y_m[rows]])


def _core(city: "CityFile", geometry: Streets) -> tuple[Array, ...]:
    """Outline of the zone core; without such a zone the hull of the streets in the core."""
    import shapely

    shapes = [shape for name, shape in zip(city.zones.texts("zone"), city.zones.shapes, strict=True) if name == "core"]
    if shapes:
        rings = shapely.get_rings(shapely.union_all(shapes))
        return tuple(shapely.get_coordinates(ring) for ring in rings)
    if not city.network.streets.in_core.any():
        return ()
    around = hull(geometry, city.network.streets.in_core)
    return (np.vstack([around, around[:1]]),)


def _extent(picture: CityPicture) -> Extent:
    """Around every street with a margin, never flatter or higher than 1 to 3."""
    low, high = picture.streets.vertices.min(axis=0), picture.streets.vertices.max(axis=0)
    size = np.maximum(high - low, (high - low).max() / 3)
    size = np.maximum(size, 10.0) * 1.04
    middle = (low + high) / 2
    (left, bottom), (right, top) = middle - size / 2, middle + size / 2
    return float(left), float(right), float(bottom), float(top)


def _figure(extent: Extent) -> "tuple[Figure, Axes]":
    """A figure of fixed width with a map of the extent's shape; all lengths in inches."""
    from matplotlib.figure import Figure

    wide = _WIDE_IN - 2 * _EDGE_IN
    tall = min(wide * (extent[3] - extent[2]) / (extent[1] - extent[0]), _TALLEST_IN)
    height = tall + _BELOW_IN + _ABOVE_IN
    figure = Figure(figsize=(_WIDE_IN, height), facecolor=PAPER)
    return figure, figure.add_axes((_EDGE_IN / _WIDE_IN, _BELOW_IN / height, wide / _WIDE_IN, tall / height))


def _draw_streets(axes: "Axes", picture: CityPicture, thin: float) -> None:
    from matplotlib.collections import LineCollection

    lines = np.empty(len(picture.known), object)
    lines[:] = picture.streets.lines()
    lit = picture.lit_probability >= 0.5
    axes.add_collection(
        LineCollection(
            list(lines[~picture.known]),
            colors=_ramp()(picture.lit_probability[~picture.known]),
            linewidths=1.0 * thin,
            zorder=2,
        )
    )
    for rows, colour in ((picture.known & lit, LIT), (picture.known & ~lit, UNLIT)):
        axes.add_collection(
            LineCollection(list(lines[rows]), colors=colour, linewidths=2.1 * thin, capstyle="round", zorder=3)
        )


def _ramp() -> "Colormap":
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("imputed light", _RAMP)


def _legend(figure: "Figure", picture: CityPicture) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    height = figure.get_figheight()
    keys: list[Any] = [
        Line2D([], [], color=LIT, linewidth=3, label="known lit (tag or lamp)"),
        Line2D([], [], color=UNLIT, linewidth=3, label="known unlit (tag)"),
        Line2D([], [], color=INK, linewidth=1.1, linestyle=(0, (6, 3)), label="core, for which results are given"),
        Patch(color=_PARK, label="park"),
        *([Patch(color=_WATER, label="water")] if len(picture.water) else []),
        Patch(color=_BUILDING, label="building"),
    ]
    words = {
        "venues": "venue",
        "stops": "stop",
        "lamps": "lamp",
        "gateways": "way in",
        "attractors": "attractor, assumed",
        "unease": "unease, assumed",
    }
    for name, style in _MARKS.items():
        count = len(picture.marks[name])
        keys.append(_mark(f"{words.get(name, name)} ({count:,})".replace(",", "\u202f"), style))
    figure.legend(handles=keys, loc="upper left", ncol=4, fontsize=9, frameon=False, columnspacing=1.6,
                  bbox_to_anchor=(0.01, (_BELOW_IN - 0.08) / height))  # fmt: skip
    bar = figure.add_axes((0.035, 0.42 / height, 0.3, 0.13 / height))
    drawn = figure.colorbar(ScalarMappable(cmap=_ramp()), cax=bar, orientation="horizontal")
    drawn.outline.set_visible(False)
    drawn.set_ticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    bar.tick_params(labelsize=8.5, colors=INK, length=2)
    figure.text(0.35, 0.42 / height, "thin lines: not known, so imputed; probability that the street is lit by night",
                fontsize=9, color=INK)  # fmt: skip


def _mark(label: str, style: Any) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], linestyle="none", marker=style["marker"], markersize=7, markerfacecolor=style["facecolor"],
        markeredgecolor=style["edgecolor"], markeredgewidth=style.get("linewidth", 0), label=label,
    )  # fmt: skip
