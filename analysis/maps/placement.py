"""The map of a case before anything is run: which streets each of its measures touches."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.maps.furniture import GREY, INK, PAPER, credit, north, plain, save_png, scale_bar
from analysis.maps.panels import Streets, extent_of, hull

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

Array = np.ndarray[Any, np.dtype[Any]]
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Told apart with every common colour vision deficiency (Okabe and Ito 2008)."""
_DASHES = ("solid", (0, (4, 1.5)), (0, (1, 1.2)))
"""Beside the colour, so that a print in grey can be read."""
_WIDE = 8.0
_LONGEST = 60


def draw_placements(
    streets: Streets,
    in_core: Array,
    placed: Mapping[str, Array],
    path: Path | str,
    *,
    title: str,
    attribution: str,
) -> None:
    """Draw the streets and, in a colour and dash of its own, the segments of each measure, as one PNG.

    Parameters
    ----------
    streets
        Geometry.
    in_core
        Whether each street lies in the core, whose outline is drawn (bool (S,)).
    placed
        Rows of the segments by the name of the measure.
    path
        PNG file, written whole or not at all.
    title, attribution
        What the case is called, and the source of the streets.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    lines, outline = streets.lines(), hull(streets, in_core)
    extent = extent_of(streets.vertices, outline)
    tall = _WIDE * (extent[3] - extent[2]) / (extent[1] - extent[0])
    below = 0.45 + 0.24 * (len(placed) + 1)
    figure = Figure(figsize=(_WIDE + 0.4, tall + below + 0.7), facecolor=PAPER)
    FigureCanvasAgg(figure)  # no window, no pyplot
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0.2 / width, below / height, _WIDE / width, tall / height))
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=0.7, zorder=1))
    axes.plot(*np.vstack([outline, outline[:1]]).T, color=INK, linewidth=0.9, linestyle=(0, (6, 3)), zorder=2)
    keys = [
        Line2D([], [], color=INK, linewidth=0.9, linestyle=(0, (6, 3)), label="core, for which effects are counted")
    ]
    keys += [
        _draw(axes, number, name, [lines[row] for row in rows]) for number, (name, rows) in enumerate(placed.items())
    ]
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])
    scale_bar(axes, extent)
    north(axes, extent)
    credit(axes, attribution)
    figure.text(0.2 / width, 1 - 0.4 / height, plain(title), fontsize=13, weight="bold", color=INK)
    figure.legend(handles=keys, loc="lower left", ncol=1, fontsize=9.5, frameon=False, bbox_to_anchor=(0.01, 0.0))
    save_png(figure, path, dpi=110)


def _draw(axes: "Axes", number: int, name: str, lines: list[Array]) -> "Line2D":
    """Draw the segments of one measure, and give its line of the key; later ones are thinner, so that all are seen."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    wide = 4.5 - min(3.0, 0.7 * number)
    style: dict[str, Any] = {
        "color": _COLOURS[number % len(_COLOURS)],
        "linestyle": _DASHES[number // len(_COLOURS) % len(_DASHES)],
    }
    axes.add_collection(LineCollection(lines, linewidths=wide, zorder=3 + number, **style))
    label = plain(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")
    return Line2D([], [], linewidth=wide, label=f"{label} ({len(lines)} segments)", **style)
