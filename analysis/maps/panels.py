"""Panels of maps of the difference: streets coloured by a change, their ground, and what the map shows of a city."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.language import tr
from analysis.maps.context import Context, draw_ground, draw_marks
from analysis.maps.furniture import GREY, INK, Extent, round_up

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Colormap

Array = np.ndarray[Any, np.dtype[Any]]

COLOURS = "PuOr"
"""Orange less, purple more: told apart with every common colour vision deficiency."""
AROUND_M = 300.0
"""Ground shown around what is touched: some four minutes on foot, within which people change their way."""
EDGE_M = 25.0
LONGEST = 1.5
"""Longer by shorter side of a map at most."""
QUIET = 0.05
"""Changes below this share of the scale's end are drawn grey: their colour could not be told from none."""


@dataclasses.dataclass(frozen=True)
class Streets:
    """Geometry of the streets.

    `vertices` (V, 2) in projected metres; street s is vertices[vertex_start[s] : vertex_start[s + 1]];
    `segment_id` (S,) names them as `segments.parquet` does.
    """

    segment_id: Array
    vertices: Array
    vertex_start: Array

    def lines(self) -> list[Array]:
        """One (n, 2) polyline a street."""
        starts = self.vertex_start
        return [self.vertices[starts[s] : starts[s + 1]] for s in range(len(self.segment_id))]


def frame_panel(axes: "Axes", heading: str, outline: Array, extent: Extent) -> None:
    """The outline of the core, a heading, and what of the streets is shown."""
    axes.plot(*np.vstack([outline, outline[:1]]).T, color=INK, linewidth=0.9, linestyle=(0, (6, 3)), zorder=4)
    axes.set_title(heading, fontsize=12, color=INK, loc="left")
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])


def draw_panel(
    axes: "Axes", lines: list[Array], values: Array, *, treated: Array, end: float, context: Context | None = None
) -> "LineCollection":
    """One panel: grey where negligible, else colour and width by the change up to `end`; treated streets cased."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    shown = np.isfinite(values) & (np.abs(np.nan_to_num(values)) > QUIET * end)
    grey = [line for line, on in zip(lines, shown, strict=True) if not on]
    axes.add_collection(LineCollection(grey, colors=GREY, linewidths=0.7, zorder=1, capstyle="round"))
    widths = 1.0 + 4.0 * np.clip(np.abs(np.nan_to_num(values)) / end, 0.0, 1.0)
    cased = [line for line, on in zip(lines, treated, strict=True) if on]
    casing = np.where(shown, widths, 0.7)[treated] + 2.2
    axes.add_collection(LineCollection(cased, colors=INK, linewidths=casing, zorder=2, capstyle="butt"))
    axes.add_collection(
        LineCollection([line for line, on in zip(lines, treated & ~shown, strict=True) if on],
                       colors=GREY, linewidths=0.9, zorder=3)
    )  # fmt: skip
    order = np.flatnonzero(shown)[np.argsort(np.abs(values[shown]), kind="stable")]
    drawn = LineCollection(
        [lines[at] for at in order],
        array=np.clip(values[order], -end, end),
        cmap=colours(),
        norm=Normalize(-end, end),
        linewidths=widths[order],
        zorder=3,
        capstyle="butt",
    )
    axes.add_collection(drawn)
    if context is not None:
        draw_ground(axes, context)
        draw_marks(axes, context)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return drawn


def colours() -> "Colormap":
    """The palette without its pale middle, which nobody sees on paper: grey for what counts as none."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    less, more = np.linspace(0.08, 0.33, 95), np.linspace(0.67, 0.92, 95)
    base = colormaps[COLOURS]
    middle = np.tile(base(0.5), (10, 1))
    middle[:, :3] = int(GREY[1:3], 16) / 255.0
    return ListedColormap(np.vstack([base(less), middle, base(more)]))


def scale_end(values: Array, least: float) -> float:
    """Where the colour scale ends: the 99th percentile, lest one street grey out the rest; `least` at least."""
    found = np.abs(values[np.isfinite(values)])
    found = found[found > 0]
    return round_up(max(float(np.quantile(found, 0.99)) if found.size else 0.0, least))


def hull(streets: Streets, in_core: Array) -> Array:
    """Convex hull of the core's streets, (n, 2); the streets' own extent where there are too few of them."""
    from scipy.spatial import ConvexHull, QhullError

    owner = np.repeat(np.arange(len(streets.segment_id)), np.diff(streets.vertex_start))
    points = streets.vertices[in_core[owner]]
    try:
        return np.asarray(points[ConvexHull(points).vertices])
    except (QhullError, ValueError):  # fewer than three points, or all on one line
        (left, bottom), (right, top) = streets.vertices.min(axis=0), streets.vertices.max(axis=0)
        return np.array([[left, bottom], [right, bottom], [right, top], [left, top]])


def extent_of(vertices: Array, outline: Array) -> Extent:
    """Left, right, bottom, top: the core with a margin, inside the streets' extent."""
    margin = 0.06 * float(np.ptp(outline, axis=0).max())
    low = np.maximum(outline.min(axis=0) - margin, vertices.min(axis=0) - margin)
    high = np.minimum(outline.max(axis=0) + margin, vertices.max(axis=0) + margin)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def extent_around(streets: Streets, treated: Array, whole: Extent) -> Extent:
    """What is touched with `AROUND_M` around it, within the streets' extent, neither very flat nor very tall.

    Parameters
    ----------
    treated
        bool (S,): the streets that are touched; where there are none, `whole` is shown.
    whole
        What is shown of a city without a measure.
    """
    owner = np.repeat(np.arange(len(streets.segment_id)), np.diff(streets.vertex_start))
    points = streets.vertices[treated[owner]]
    if not len(points):
        return whole
    low = np.maximum(points.min(axis=0) - AROUND_M, streets.vertices.min(axis=0) - EDGE_M)
    high = np.minimum(points.max(axis=0) + AROUND_M, streets.vertices.max(axis=0) + EDGE_M)
    size = np.maximum(high - low, (high - low).max() / LONGEST)
    middle = (low + high) / 2
    (left, bottom), (right, top) = middle - size / 2, middle + size / 2
    return float(left), float(right), float(bottom), float(top)


def keys_of_lines() -> list[Any]:
    """Entries of a key for the lines of a panel."""
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=INK, linewidth=5, label=tr("touched by the scenario (black casing)")),
        Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (6, 3)), label=tr("core, for which numbers are given")),
        Line2D([], [], color=GREY, linewidth=2, label=tr("a negligible change")),
    ]
