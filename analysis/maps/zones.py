"""Maps of zones in the colours of a figure: where the gap is, where trips are not made, and what changes there."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language import spoken, tr
from analysis.maps.context import outlines
from analysis.maps.furniture import GREY, INK, PAPER, credit, furnish, plain, save_png
from analysis.maps.layout import DPI, colour_bar, heading, layout_of
from analysis.maps.panels import Streets, colours, scale_end

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable

Array = np.ndarray[Any, Any]
_LEVELS = "Purples"
_MARGIN = 0.06


class ZoneFigure(NamedTuple):
    """One map: heading, value by zone (NaN: too few people), unit, whether it is a change, the shortest scale."""

    heading: str
    values: Array
    unit: str
    is_change: bool
    least: float


def draw_zone_map(
    streets: Streets, zones: tuple[Sequence[str], Array], figures: Sequence[ZoneFigure], path: Path | str, *,
    title: str, attribution: str,
) -> None:  # fmt: skip
    """Draw a map for each figure as one PNG, with each zone's name and value; the same figures give the same bytes.

    Parameters
    ----------
    streets
        Drawn thin over the zones.
    zones
        Names and polygons, in the order of the values.
    figures
        At least one.
    path
        PNG file, written whole or not at all.
    title, attribution
        Of the figure; the source of the streets.
    """
    import shapely
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    left, bottom, right, top = shapely.total_bounds(zones[1])
    edge = _MARGIN * max(right - left, top - bottom)
    extent = float(left - edge), float(right + edge), float(bottom - edge), float(top + edge)
    layout = layout_of(len(figures), (extent[3] - extent[2]) / (extent[1] - extent[0]), across=4, located=False)
    drawing = Figure(figsize=layout.size, facecolor=PAPER)
    FigureCanvasAgg(drawing)  # no window, no pyplot
    for cell, one in zip(layout.cells, figures, strict=True):
        axes, beside = layout.axes(drawing, cell)
        drawn = _draw_zones(axes, zones, one)
        axes.add_collection(LineCollection(streets.lines(), colors=INK, linewidths=0.25, alpha=0.5, zorder=2))
        axes.set(xlim=extent[:2], ylim=extent[2:], aspect="equal")
        axes.set_axis_off()
        axes.set_title(one.heading, fontsize=12, color=INK, loc="left")
        colour_bar(drawing, drawn, beside, one.unit, diverging=one.is_change)
        if cell is layout.cells[0]:
            furnish(axes, extent)
    credit(axes, attribution)
    layout.key(
        drawing,
        [
            Patch(facecolor=PAPER, edgecolor=GREY, hatch="///", label=tr("too few people for a figure")),
            Line2D([], [], color=INK, linewidth=0.5, label="street"),
        ],
    )
    heading(drawing, title)
    save_png(drawing, path, dpi=DPI)


def _draw_zones(axes: "Axes", zones: tuple[Sequence[str], Array], one: ZoneFigure) -> "ScalarMappable":
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.patches import PathPatch
    from matplotlib.patheffects import withStroke

    end = scale_end(one.values, one.least)
    low = -end if one.is_change else min(0.0, float(np.nanmin(one.values, initial=0.0)))
    shades = ScalarMappable(Normalize(low, end), colours() if one.is_change else colormaps[_LEVELS])
    for name, shape, value in zip(*zones, one.values, strict=True):
        known = np.isfinite(value)
        for outline in outlines(shape):
            style = {"facecolor": shades.to_rgba(value)} if known else {"facecolor": PAPER, "hatch": "///"}
            axes.add_patch(PathPatch(outline, edgecolor=GREY if not known else PAPER, linewidth=1.2, zorder=1, **style))
        at = shape.representative_point()
        figure = _figure(value, signed=one.is_change) if known else ""
        axes.text(
            at.x, at.y, plain(f"{name}\n{figure}".strip()), ha="center", va="center", fontsize=9, color=INK, zorder=3,
            path_effects=[withStroke(linewidth=2.5, foreground=PAPER)],
        )  # fmt: skip
    return shades


def _figure(value: float, *, signed: bool) -> str:
    """A value with one decimal, two where it is small; no sign before nothing."""
    told = f"{value:+.{1 if abs(value) >= 1 else 2}f}"
    if not any(digit in told for digit in "123456789"):
        return "0"
    return spoken().digits((told if signed else told.removeprefix("+")).replace("-", "−"))
