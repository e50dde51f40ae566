"""The map of the difference: footfall and feeling safe by street after dark.

Two questions of a planner: where do people walk instead, and where does walking feel safer. All walkers
together, never one group on one street, and never a hazard: those are not ours to draw (model description,
"Who must never be harmed by the tool").
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.maps.furniture import (
    GREY,
    INK,
    PAPER,
    Extent,
    credit,
    north,
    plain,
    round_up,
    scale_bar,
)
from analysis.maps.street_means import street_means
from simulator.errors import ResultsError
from simulator.results.files import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

Array = np.ndarray[Any, np.dtype[Any]]

COLOURS = "PuOr"
"""Orange less, purple more: told apart with every common colour vision deficiency."""
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


@dataclasses.dataclass(frozen=True)
class Change:
    """Change after dark by street, mean over draws: passages a night; points of time that feels safe; least lux."""

    footfall: Array
    safe_points: Array
    light_lx: Array
    treated: Array
    in_core: Array


def change_after_dark(
    segment_id: Array,
    baseline: Sequence[pd.DataFrame],
    scenario: Sequence[pd.DataFrame],
    *,
    dark_hours: Sequence[bool],
) -> Change:
    """Differences by street, scenario minus baseline, paired by draw and averaged over draws.

    Parameters
    ----------
    segment_id
        Streets in the order of the result, shape (S,).
    baseline, scenario
        `segments` tables of the runs, in the same order of draws. Streets that a table leaves out count as
        empty.
    dark_hours
        For each clock hour whether the sun is down.

    Returns
    -------
    Change
        `safe_points` is NaN on streets that fewer than one person-minute a night is walked on, with or
        without the scenario.

    Raises
    ------
    ResultsError
        If there are no runs, or the numbers of runs differ.
    """
    if not baseline or len(baseline) != len(scenario):
        raise ResultsError(f"map: {len(baseline)} baseline and {len(scenario)} scenario runs, expected as many of each")
    dark = np.asarray(dark_hours, dtype=bool)[:, None]
    before, after = (street_means(segment_id, runs, dark) for runs in (baseline, scenario))
    return Change(
        footfall=(after.footfall - before.footfall)[:, 0],
        safe_points=100.0 * (after.safe_share - before.safe_share)[:, 0],
        light_lx=(after.light_lx - before.light_lx)[:, 0],
        treated=after.treated,
        in_core=before.in_core | after.in_core,
    )


def draw_difference_map(
    streets: Streets,
    change: Change,
    path: Path | str,
    *,
    title: str,
    date_in_words: str,
    attribution: str,
    core: Array | None = None,
) -> None:
    """Draw the two panels as one PNG; the same change gives the same bytes.

    Parameters
    ----------
    streets
        Geometry, in the order of `change`.
    change
        As `change_after_dark` gives it.
    path
        PNG file, written whole or not at all.
    title, date_in_words
        What was changed, and the night shown.
    attribution
        Source of the streets, printed on the map.
    core
        Outline of the core, (n, 2) in projected metres; by default the hull of the streets in it.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    lines = streets.lines()
    outline = hull(streets, change.in_core) if core is None else core
    extent = extent_of(streets.vertices, outline)
    figure, panes = _figure(extent)
    FigureCanvasAgg(figure)  # no window, no pyplot
    panels = (
        (change.footfall, "Footfall after dark", "people passing per such night, change", 1.0),
        (
            change.safe_points,
            "Walking time that feels safe after dark",
            "share of walking time, change in points",
            0.1,
        ),
    )
    for (axes, beside), (values, heading, unit, least) in zip(panes, panels, strict=True):
        drawn = draw_panel(axes, lines, values, treated=change.treated, end=scale_end(values, least))
        bar = figure.colorbar(drawn, cax=beside, orientation="horizontal")
        bar.outline.set_visible(False)
        bar.set_label(f"{unit} (orange less, purple more)", fontsize=9.5, color=INK)
        beside.tick_params(labelsize=9, colors=INK)
        frame_panel(axes, heading, outline, extent)
    scale_bar(panes[0][0], extent)
    north(panes[1][0], extent)
    credit(panes[1][0], attribution)
    words_below(figure, f"{title}: what changes after dark, {date_in_words}")
    with whole_file(path) as part:
        figure.savefig(part, format="png", dpi=110, metadata={"Software": None})


def _figure(extent: Extent) -> "tuple[Figure, list[tuple[Axes, Axes]]]":
    """A figure with two maps of the extent's shape and a colour bar under each; all lengths in inches."""
    from matplotlib.figure import Figure

    ratio = (extent[3] - extent[2]) / (extent[1] - extent[0])
    wide = 6.3 if ratio < 1.45 else max(9.2 / ratio, 5.4)  # the legend below needs 11 inches
    tall, edge, below, above = wide * ratio, 0.2, 1.25, 0.95
    width, height = 2 * wide + 3 * edge, tall + below + above
    figure = Figure(figsize=(width, height), facecolor=PAPER)
    panes = []
    for at in (edge, 2 * edge + wide):
        axes = figure.add_axes((at / width, below / height, wide / width, tall / height))
        bar = figure.add_axes(((at + 0.08 * wide) / width, (below - 0.25) / height, 0.84 * wide / width, 0.14 / height))
        panes.append((axes, bar))
    return figure, panes


def frame_panel(axes: "Axes", heading: str, outline: Array, extent: Extent) -> None:
    """The outline of the core, a heading, and what of the streets is shown."""
    axes.plot(*np.vstack([outline, outline[:1]]).T, color=INK, linewidth=0.9, linestyle=(0, (6, 3)), zorder=4)
    axes.set_title(heading, fontsize=12, color=INK, loc="left")
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])


def draw_panel(axes: "Axes", lines: list[Array], values: Array, *, treated: Array, end: float) -> "LineCollection":
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


def words_below(figure: "Figure", title: str) -> None:
    """The title of a figure of maps, and the key of their lines."""
    from matplotlib.lines import Line2D

    figure.text(0.015, 1 - 0.4 / figure.get_figheight(), plain(title), fontsize=14, weight="bold", color=INK)
    keys = [
        Line2D([], [], color=INK, linewidth=5, label="touched by the scenario (black casing)"),
        Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (6, 3)), label="core, for which numbers are given"),
        Line2D([], [], color=GREY, linewidth=2, label="a negligible change"),
    ]
    figure.legend(handles=keys, loc="lower left", ncol=3, fontsize=9.5, frameon=False, bbox_to_anchor=(0.005, 0.0))
