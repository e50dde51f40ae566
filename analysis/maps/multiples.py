"""Maps of one quantity beside each other on one scale: of several ideas, or of the hours of a day."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analysis.maps.context import Context, draw_names, keys_of
from analysis.maps.furniture import PAPER, Extent, furnish, plain, save_png
from analysis.maps.layout import DPI, DPI_OF_SMALL, Cell, colour_bar, credit_below, heading, layout_of
from analysis.maps.panels import Streets, draw_panel, frame_panel, keys_of_lines, scale_end

Array = np.ndarray[Any, np.dtype[Any]]
PANELS = "panels"
"""Key under which a picture says where its maps stand."""
LEAST_POINTS = 0.5
"""The shortest scale: half a point of time that feels safe, from which on a change counts; noise is not blown up."""
_LONGEST = 12
"""Letters of a heading to the inch."""
_NAMES = {1: 14, 2: 12, 3: 8, 4: 0}
"""Names on a panel by how many stand in a row."""


class Multiple(NamedTuple):
    """One map: heading, change by street, and which streets are touched (bool (S,))."""

    heading: str
    values: Array
    treated: Array


class Ground(NamedTuple):
    """What all of the maps show: ground (m), outline of the core (n, 2), surroundings, and whom the map is owed to."""

    extent: Extent
    outline: Array
    context: Context | None
    attribution: str


def draw_multiples(
    streets: Streets,
    panels: Sequence[Multiple],
    ground: Ground,
    path: Path | str,
    *,
    title: str,
    unit: str,
    across: int,
) -> None:
    """Draw the maps as one PNG; the same panels give the same bytes.

    Parameters
    ----------
    streets
        Geometry, in the order of the values.
    panels
        At least one.
    ground
        What all of them show.
    path
        PNG file, written whole or not at all.
    title, unit
        Of the figure; of the values.
    across
        Maps in a row, 1 to 4.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    extent, lines = ground.extent, streets.lines()
    ratio = (extent[3] - extent[2]) / (extent[1] - extent[0])
    layout = layout_of(len(panels), ratio, across=across, located=False, own_scales=False)
    figure = Figure(figsize=layout.size, facecolor=PAPER)
    FigureCanvasAgg(figure)  # no window, no pyplot
    end = scale_end(np.concatenate([one.values for one in panels]), LEAST_POINTS)
    names = _NAMES[min(across, len(panels))]
    for cell, one in zip(layout.cells, panels, strict=True):
        axes = layout.map_axes(figure, cell)
        drawn = draw_panel(axes, lines, one.values, treated=one.treated, end=end, context=ground.context)
        longest = int(_LONGEST * cell.width)
        told = one.heading if len(one.heading) <= longest else f"{one.heading[: longest - 1]}…"
        frame_panel(axes, plain(told), ground.outline, extent)
        draw_names(axes, ground.context, lines, extent, wide_inches=cell.width, most=names)
        if cell is layout.cells[0]:
            furnish(axes, extent)
    credit_below(figure, ground.attribution)
    colour_bar(figure, drawn, layout.scale_below(figure), unit)
    layout.key(figure, [*keys_of_lines(), *keys_of(ground.context)])
    heading(figure, title)
    boxes = [_box(one.heading, cell, layout.size) for one, cell in zip(panels, layout.cells, strict=True)]
    save_png(figure, path, dpi=DPI if across < 4 else DPI_OF_SMALL, told={PANELS: json.dumps(boxes)})


def _box(heading: str, cell: Cell, size: tuple[float, float]) -> list[Any]:
    """Heading of a map, and where it stands in its figure: left, top, width and height as shares of it."""
    (wide, high), top = size, cell.bottom + cell.height
    return [
        heading,
        *(round(one, 5) for one in (cell.left / wide, 1 - top / high, cell.width / wide, cell.height / high)),
    ]


def panels_of(png: Path | str) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Headings of the maps in a picture of `draw_multiples`, and where each stands; none in another picture."""
    from PIL import Image

    with Image.open(png) as picture:
        told = json.loads(getattr(picture, "text", {}).get(PANELS, "[]"))
    return [(str(heading), (left, top, width, height)) for heading, left, top, width, height in told]
