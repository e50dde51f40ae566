"""The map of a choice: what each of several ideas does to feeling safe after dark, on one scale."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.maps.context import Context, draw_names
from analysis.maps.difference import Change
from analysis.maps.furniture import INK, PAPER, credit, north, plain, save_png, scale_bar
from analysis.maps.panels import (
    Streets,
    draw_panel,
    extent_around,
    extent_of,
    frame_panel,
    hull,
    scale_end,
    words_below,
)

Array = np.ndarray[Any, np.dtype[Any]]
_WIDE, _EDGE, _BELOW, _ABOVE, _BETWEEN = 5.2, 0.2, 1.25, 0.95, 0.45
"""Inches: a panel, the margins, and between rows of panels."""
_LONGEST = 44
_NAMES = 8
_LEAST_POINTS = 0.1


def draw_choice_map(
    streets: Streets,
    changes: Sequence[tuple[str, Change]],
    path: Path | str,
    *,
    date_in_words: str,
    attribution: str,
    context: Context | None = None,
) -> None:
    """Draw a panel for each idea, up to three in a row, as one PNG; the same changes give the same bytes.

    Parameters
    ----------
    streets
        Geometry, in the order of the changes.
    changes
        Titles of the ideas, with what `change_after_dark` gives of each; at least one.
    path
        PNG file, written whole or not at all.
    date_in_words, attribution
        The night shown, and the source of the streets.
    context
        What lies around the streets.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines, first = streets.lines(), changes[0][1]
    outline = hull(streets, first.in_core)
    touched = np.any([change.treated for _, change in changes], axis=0)
    extent = extent_around(streets, touched, extent_of(streets.vertices, outline))
    across = min(len(changes), 3)
    down = math.ceil(len(changes) / across)
    tall = _WIDE * (extent[3] - extent[2]) / (extent[1] - extent[0])
    width = max(across * (_WIDE + _EDGE) + _EDGE, 11.0)
    height = down * (tall + _BETWEEN) + _BELOW + _ABOVE
    figure = Figure(figsize=(width, height), facecolor=PAPER)
    FigureCanvasAgg(figure)  # no window, no pyplot
    end = scale_end(np.concatenate([change.safe_points for _, change in changes]), _LEAST_POINTS)
    for number, (title, change) in enumerate(changes):
        row, column = divmod(number, across)
        left = _EDGE + column * (_WIDE + _EDGE)
        bottom = _BELOW + (down - 1 - row) * (tall + _BETWEEN)
        axes = figure.add_axes((left / width, bottom / height, _WIDE / width, tall / height))
        drawn = draw_panel(axes, lines, change.safe_points, treated=change.treated, end=end, context=context)
        heading = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
        frame_panel(axes, plain(heading), outline, extent)
        if context is not None:
            draw_names(axes, context, lines, extent, wide_inches=_WIDE, most=_NAMES)
        if number == 0:
            scale_bar(axes, extent)
    north(axes, extent)
    credit(axes, attribution)
    beside = figure.add_axes((0.25, (_BELOW - 0.3) / height, 0.5, 0.14 / height))
    bar = figure.colorbar(drawn, cax=beside, orientation="horizontal")
    bar.outline.set_visible(False)
    unit = "walking time that feels safe after dark, change in points (orange less, purple more)"
    bar.set_label(unit, fontsize=9.5, color=INK)
    beside.tick_params(labelsize=9, colors=INK)
    words_below(figure, f"Ideas beside each other, {date_in_words}")
    save_png(figure, path, dpi=110)
