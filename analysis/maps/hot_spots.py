"""Hot spots of conditions: where darkness, shut fronts or poor upkeep cluster more than by chance.

Of conditions only, which a city can mend; never of people or incidents. Local Getis-Ord G* (Ord and Getis 1995,
doi 10.1111/j.1538-4632.1995.tb00912.x) with conditional permutations, and the false discovery rate held at `RATE`
(Benjamini and Hochberg 1995). The library is PySAL's `esda`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.maps.context import Context, draw_ground, draw_names, keys_of
from analysis.maps.furniture import GREY, INK, PAPER, credit, furnish, save_png
from analysis.maps.layout import DPI, heading, layout_of
from analysis.maps.panels import Streets, extent_of, hull
from simulator.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = np.ndarray[Any, np.dtype[Any]]
AROUND_M = 150.0
"""Streets whose middles are this near each other are neighbours: two minutes on foot."""
PERMUTATIONS, SEED, RATE = 999, 20_260_101, 0.05
_HOT = "#54278f"
_NAMES = 10


class Condition(NamedTuple):
    """A condition by street: name, values (S,), more of which is worse, and what they are in words."""

    name: str
    values: Array
    words: str


def middles(streets: Streets) -> Array:
    """Mean of each street's vertices (S, 2), in projected metres."""
    count = np.diff(streets.vertex_start)
    owner = np.repeat(np.arange(len(count)), count)
    return np.column_stack([np.bincount(owner, streets.vertices[:, at], len(count)) / count for at in (0, 1)])


def hot_spots(at: Array, values: Array) -> Array:
    """Streets (bool (S,)) around which high values cluster; none where all values are the same.

    Parameters
    ----------
    at
        Positions (S, 2) in metres.
    values
        What is looked for, float64 (S,).

    Raises
    ------
    InputError
        If the library is not installed.
    """
    try:
        import esda
        from libpysal.graph import Graph
    except ImportError:
        raise InputError(
            "--hot-spots: needs the packages esda and libpysal, which are not installed; install them with: "
            "pip install 'afterdark[spatial]'"
        ) from None
    values = np.asarray(values, dtype=np.float64)
    if len(values) < 3 or np.ptp(values) == 0.0:
        return np.zeros(len(values), dtype=bool)
    near = Graph.build_distance_band(np.asarray(at, dtype=np.float64), AROUND_M)
    found = esda.G_Local(
        values, near, transform="B", permutations=PERMUTATIONS, star=True, seed=SEED, n_jobs=1, keep_simulations=False
    )
    high = np.asarray(found.Zs) > 0.0
    one_sided = np.where(high, found.p_sim, 1.0 - np.asarray(found.p_sim))
    return np.asarray(high & (one_sided <= esda.fdr(one_sided, RATE)))


def draw_hot_spots(
    streets: Streets,
    in_core: Array,
    found: Sequence[tuple[Condition, Array]],
    path: Path | str,
    *,
    title: str,
    attribution: str,
    context: Context | None = None,
) -> None:
    """Draw a map for each condition as one PNG; the same streets give the same bytes.

    Parameters
    ----------
    streets
        Geometry.
    in_core
        bool (S,): streets in the core, whose surroundings are shown.
    found
        Conditions with what `hot_spots` gives of each; at least one.
    path
        PNG file, written whole or not at all.
    title, attribution
        Of the figure; the source of the streets.
    context
        What lies around the streets.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    lines, extent = streets.lines(), extent_of(streets.vertices, hull(streets, in_core))
    layout = layout_of(len(found), (extent[3] - extent[2]) / (extent[1] - extent[0]), located=False, own_scales=False)
    figure = Figure(figsize=layout.size, facecolor=PAPER)
    FigureCanvasAgg(figure)  # no window, no pyplot
    for cell, (condition, hot) in zip(layout.cells, found, strict=True):
        axes = layout.map_axes(figure, cell)
        _draw_one(axes, lines, hot, context)
        draw_names(axes, context, lines, extent, wide_inches=cell.width, most=_NAMES)
        axes.set(xlim=extent[:2], ylim=extent[2:], aspect="equal")
        axes.set_title(f"{condition.name}: {condition.words}", fontsize=10.5, color=INK, loc="left")
    furnish(figure.axes[0], extent)
    credit(axes, attribution)
    words = f"clusters more than by chance within {AROUND_M:.0f} m (Getis-Ord G*, false discoveries {100 * RATE:.0f} %)"
    layout.key(
        figure,
        [
            Line2D([], [], color=_HOT, linewidth=3, label=words),
            Line2D([], [], color=GREY, linewidth=1, label="other streets"),
            *keys_of(context),
        ],
    )
    heading(figure, title)
    save_png(figure, path, dpi=DPI)


def _draw_one(axes: "Axes", lines: list[Array], hot: Array, context: Context | None) -> None:
    from matplotlib.collections import LineCollection

    if context is not None:
        draw_ground(axes, context)
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=0.7, zorder=1))
    marked = [line for line, on in zip(lines, hot, strict=True) if on]
    axes.add_collection(LineCollection(marked, colors=_HOT, linewidths=2.4, zorder=3))
    axes.set_axis_off()
