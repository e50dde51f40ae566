"""What lies around the streets of a map: parks, water, buildings, venues, stops and names, all from the city file."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.language import tr
from analysis.maps.furniture import INK, PAPER, Extent, plain
from analysis.maps.street_names import place_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path as Outline

Array = np.ndarray[Any, np.dtype[Any]]

BUILDING, PARK, WATER, VENUE, STOP, NAME = "#eae7e2", "#dcebd3", "#d3e5f0", "#8a7f73", "#3f7d6e", "#3c3c46"
"""Pale, so that the colours of what changes stand out; told apart in grey by their lightness and their shapes."""
TYPE_POINTS = 7.5
"""Size of names on a map."""
_VENUES = ("shop", "leisure", "culture", "nightlife")
_STREETS_NAMED = 11
"""Classes of streets whose names are written: those larger than steps and tracks."""


@dataclasses.dataclass(frozen=True)
class Context:
    """What a map shows beneath and beside the streets, in projected metres.

    Parameters
    ----------
    parks, water, buildings
        Polygons (shapely).
    names, rank
        Of each street: its name ("" for none) and class (0 the largest).
    venues, stops
        Positions (n, 2).
    """

    parks: Array
    water: Array
    buildings: Array
    names: tuple[str, ...]
    rank: Array
    venues: Array
    stops: Array


def context_of(file: Path, network: Any) -> Context:
    """Read what a city file holds beside the streets; what it lacks is left out.

    Parameters
    ----------
    file
        The city file.
    network
        The network that is in it.
    """
    from street_networks.city_file.contents import read_areas

    spaces = read_areas(file, "open_spaces")
    places, stops = network.places, network.stops
    venues = np.concatenate([network.places_of(kind) for kind in _VENUES])
    names = np.array([*network.street_names, ""], object)[network.streets.name_index]  # -1 takes the last: no name
    rank = np.asarray(network.streets.street_class)
    return Context(
        parks=spaces.shapes[spaces.numbers("is_park") > 0],
        water=read_areas(file, "water").shapes,
        buildings=read_areas(file, "buildings").shapes,
        names=tuple(name if of < _STREETS_NAMED else "" for name, of in zip(names, rank, strict=True)),
        rank=rank,
        venues=np.column_stack([places.x_m[venues], places.y_m[venues]]),
        stops=np.column_stack([stops.x_m, stops.y_m]),
    )


def draw_ground(axes: "Axes", context: Context) -> None:
    """Parks, water and buildings, below everything else."""
    for shapes, colour, order in (
        (context.water, WATER, 0.1),
        (context.parks, PARK, 0.2),
        (context.buildings, BUILDING, 0.3),
    ):
        draw_areas(axes, shapes, colour, order)


def draw_marks(axes: "Axes", context: Context) -> None:
    """Venues as dots and stops as squares, small: they say where one is, not how many there are."""
    x, y = context.venues.T
    axes.scatter(x, y, s=3.0, marker="o", facecolor=VENUE, edgecolor="none", alpha=0.6, zorder=1.5)
    x, y = context.stops.T
    axes.scatter(x, y, s=9.0, marker="s", facecolor=STOP, edgecolor=PAPER, linewidth=0.4, zorder=1.6)


def draw_names(
    axes: "Axes", context: Context | None, lines: Sequence[Array], extent: Extent, *, wide_inches: float, most: int
) -> None:
    """Names of streets along them, on a panel of a breadth in inches; none without a context."""
    from matplotlib.patheffects import withStroke

    if context is None or not most:
        return
    type_m = TYPE_POINTS * (extent[1] - extent[0]) / (72.0 * wide_inches)
    for name in place_names(context.names, context.rank, lines, extent=extent, type_m=type_m, most=most):
        axes.text(
            name.x_m, name.y_m, plain(name.text), rotation=name.angle, rotation_mode="anchor", ha="center",
            va="center", fontsize=TYPE_POINTS, color=NAME, zorder=5,
            path_effects=[withStroke(linewidth=2.2, foreground=PAPER)],
        )  # fmt: skip


def keys_of(context: Context | None) -> list[Any]:
    """Entries of a key for what the context shows; none without a context."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if context is None:
        return []

    keys: list[Any] = [
        Patch(facecolor=colour, edgecolor=INK, linewidth=0.3, label=word)
        for shapes, colour, word in (
            (context.parks, PARK, tr("park")),
            (context.water, WATER, tr("water")),
            (context.buildings, BUILDING, tr("building")),
        )
        if len(shapes)
    ]
    for places, marker, colour, word in (
        (context.venues, "o", VENUE, tr("venue")),
        (context.stops, "s", STOP, tr("stop")),
    ):
        if len(places):
            keys.append(Line2D([], [], linestyle="none", marker=marker, markersize=4, color=colour, label=word))
    return keys


def draw_areas(axes: "Axes", shapes: Array, colour: str, order: float) -> None:
    """Polygons in one colour, their holes left empty."""
    from matplotlib.collections import PathCollection

    paths = [outline for shape in shapes for outline in outlines(shape)]
    axes.add_collection(PathCollection(paths, facecolors=colour, edgecolors="none", zorder=order))


def outlines(shape: Any) -> "list[Outline]":
    """A path for each polygon, its holes running the other way round so that they stay empty."""
    import shapely
    from matplotlib.path import Path as Outline
    from shapely.geometry.polygon import orient

    found = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type == "Polygon":
            rings = shapely.get_rings(orient(polygon))
            found.append(Outline.make_compound_path(*(Outline(shapely.get_coordinates(ring)) for ring in rings)))
    return found
