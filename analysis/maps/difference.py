"""The map of the difference: feeling safe, footfall and light by street after dark.

Three questions of a planner: where does walking feel safer, where do people walk instead, and where is more light. All
walkers together, never one group on one street, and never a hazard: those are not ours to draw (model description,
"Who must never be harmed by the tool").
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language import tr
from analysis.maps.context import Context, draw_names, keys_of
from analysis.maps.furniture import GREY, INK, PAPER, Extent, credit, furnish, save_png
from analysis.maps.layout import DPI, colour_bar, heading, layout_of
from analysis.maps.panels import (
    Streets,
    draw_panel,
    extent_around,
    extent_of,
    frame_panel,
    hull,
    keys_of_lines,
    scale_end,
)
from analysis.maps.street_means import StreetMeans, street_means
from simulator.errors import ResultsError
from simulator.results.schema import Columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

Array = np.ndarray[Any, np.dtype[Any]]
LOCATED = 0.8
"""Share of the core's ground that a map shows, below which a small map says where it lies."""
_FRAME = "#0072b2"
MOST_NAMES = 14
"""Names of streets on one panel: enough to find one's way, too few to hide the streets."""


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
    baseline: Sequence[Columns],
    scenario: Sequence[Columns],
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
    return change_between(*(street_means(segment_id, runs, dark) for runs in (baseline, scenario)))


def change_between(before: StreetMeans, after: StreetMeans) -> Change:
    """What `change_after_dark` gives, of means over one group of hours that are there already."""
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
    context: Context | None = None,
) -> None:
    """Draw feeling safe, footfall and (where it changes) light as one PNG; the same change gives the same bytes.

    The map shows what is touched and `AROUND_M` around it; a small map says where in the core that is.

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
    context
        What lies around the streets, in the order of `streets`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    lines, outline = streets.lines(), hull(streets, change.in_core)
    whole = extent_of(streets.vertices, outline)
    extent = extent_around(streets, change.treated, whole)
    panels = [one for one in _panels(change) if one.always or np.any(np.abs(np.nan_to_num(one.values)) > 0)]
    located = _area(extent) < LOCATED * _area(whole)
    layout = layout_of(len(panels), (extent[3] - extent[2]) / (extent[1] - extent[0]), located=located)
    figure = Figure(figsize=layout.size, facecolor=PAPER)
    FigureCanvasAgg(figure)  # no window, no pyplot
    for cell, one in zip(layout.cells, panels, strict=True):
        axes, beside = layout.axes(figure, cell)
        end = scale_end(one.values, one.least)
        drawn = draw_panel(axes, lines, one.values, treated=change.treated, end=end, context=context)
        colour_bar(figure, drawn, beside, one.unit)
        frame_panel(axes, one.heading, outline, extent)
        draw_names(axes, context, lines, extent, wide_inches=cell.width, most=MOST_NAMES)
    furnish(figure.axes[0], extent)
    credit(axes, attribution)
    keys = [*keys_of_lines(), *keys_of(context)]
    if located:
        locator = layout.locator(figure, (whole[3] - whole[2]) / (whole[1] - whole[0]))
        keys.append(_locator(locator, lines, change, (whole, extent, outline)))
    if len(panels) < len(_panels(change)):
        keys.append(Line2D([], [], linestyle="none", label=tr("light does not change")))
    layout.key(figure, keys)
    heading(figure, tr("{title}: what changes after dark, {date}", title=title, date=date_in_words))
    save_png(figure, path, dpi=DPI)


class _Panel(NamedTuple):
    """One panel: values by street, words, the shortest end of its scale, and whether it is drawn without any change."""

    values: Array
    heading: str
    unit: str
    least: float
    always: bool = True


def _panels(change: Change) -> tuple[_Panel, ...]:
    return (
        _Panel(
            change.safe_points, tr("Walking time that feels safe after dark"), tr("points of walking time, change"), 0.1
        ),
        _Panel(change.footfall, tr("Footfall after dark"), tr("people passing per such night, change"), 1.0),
        _Panel(
            change.light_lx,
            tr("Light after dark"),
            tr("least lux on the street (mean of the night), change"),
            0.1,
            False,
        ),
    )


def _area(extent: Extent) -> float:
    return (extent[1] - extent[0]) * (extent[3] - extent[2])


def _locator(axes: "Axes", lines: list[Array], change: Change, shown: tuple[Extent, Extent, Array]) -> "Line2D":
    """Where in the core the map lies: its streets pale, what is touched black, what is shown framed; gives its key."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    whole, extent, outline = shown
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=0.3))
    touched = [line for line, on in zip(lines, change.treated, strict=True) if on]
    axes.add_collection(LineCollection(touched, colors=INK, linewidths=1.6))
    axes.plot(*np.vstack([outline, outline[:1]]).T, color=INK, linewidth=0.7, linestyle=(0, (6, 3)))
    frame = (extent[0], extent[2]), extent[1] - extent[0], extent[3] - extent[2]
    axes.add_patch(Rectangle(*frame, fill=False, edgecolor=_FRAME, linewidth=1.6))
    axes.set(xlim=whole[:2], ylim=whole[2:], xticks=[], yticks=[], aspect="equal")
    for spine in axes.spines.values():
        spine.set_color(GREY)
    words = tr("small map: what the others show")
    return Line2D([], [], marker="s", linestyle="none", markersize=9, markerfacecolor="none", markeredgecolor=_FRAME,
                  markeredgewidth=1.6, label=words)  # fmt: skip
