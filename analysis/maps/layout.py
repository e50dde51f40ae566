"""How panels of a figure stand: cells with a heading above and a colour bar below, and a strip with key and locator."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.language import tr
from analysis.maps.furniture import INK, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

DPI, DPI_OF_SMALL = 110, 90
"""Pixels to the inch; of figures of many small maps."""
_EDGE, _TITLE, _HEADING, _BAR, _STRIP, _KEY = 0.2, 0.6, 0.34, 0.92, 1.75, 0.95
"""Inches: margins, the title, the heading of a panel, its colour bar with words, and the strip below all,
with a locator and without."""
_TALLEST = 9.0
_BREADTHS = {1: 9.5, 2: 6.4, 3: 4.7}
"""Inches of a panel by how many stand in a row: together they fill a page."""
_FLAT = 0.85
"""Height by breadth below which panels stand in two rows."""


class Cell(NamedTuple):
    """Ground of a map in a figure, inches from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float


@dataclasses.dataclass(frozen=True)
class Layout:
    """Size of a figure, the cells of its panels, and the cell for key and locator; all in inches."""

    size: tuple[float, float]
    cells: tuple[Cell, ...]
    strip: Cell

    def axes(self, figure: "Figure", cell: Cell) -> "tuple[Axes, Axes]":
        """Axes of the map in a cell, and those of its colour bar."""
        bar = Cell(cell.left + 0.08 * cell.width, cell.bottom - 0.24, 0.84 * cell.width, 0.13)
        return self._at(figure, cell), self._at(figure, bar)

    def map_axes(self, figure: "Figure", cell: Cell) -> "Axes":
        """Axes of the map in a cell of a figure in which all maps have one scale."""
        return self._at(figure, cell)

    def scale_below(self, figure: "Figure") -> "Axes":
        """Axes of the one scale of all maps, above the strip."""
        top = self.strip.bottom + self.strip.height
        return self._at(figure, Cell(0.25 * self.size[0], top + _BAR - 0.3, 0.5 * self.size[0], 0.13))

    def locator(self, figure: "Figure", ratio: float) -> "Axes":
        """Axes of the locator, of a height by breadth, in the right of the strip."""
        height = min(self.strip.height - 0.1, 0.4 * self.strip.width * ratio)
        width = height / ratio
        left, bottom = self.strip.left + self.strip.width - width, self.strip.bottom + self.strip.height - height
        return self._at(figure, Cell(left, bottom, width, height))

    def key(self, figure: "Figure", entries: list[Any]) -> None:
        """The key, in the left of the strip."""
        top = (self.strip.bottom + self.strip.height) / self.size[1]
        columns = max(1, min(3, int(0.7 * self.strip.width // 2.9)))
        figure.legend(
            handles=entries, loc="upper left", ncol=columns, fontsize=10, frameon=False, borderaxespad=0.0,
            bbox_to_anchor=(self.strip.left / self.size[0], top), columnspacing=1.4, handlelength=1.8,
        )  # fmt: skip

    def _at(self, figure: "Figure", cell: Cell) -> "Axes":
        width, height = self.size
        return figure.add_axes((cell.left / width, cell.bottom / height, cell.width / width, cell.height / height))


def layout_of(count: int, ratio: float, *, across: int = 3, located: bool = True, own_scales: bool = True) -> Layout:
    """Place so many maps of one height by breadth: in one row, or in rows of two where they are flat.

    Parameters
    ----------
    count
        Panels.
    ratio
        Height by breadth of each.
    across
        Panels in a row at most, where they are not flat.
    located
        Whether the strip has to hold a locator, which is higher than the key.
    own_scales
        Whether each map has a scale below it; else there is one below all of them.
    """
    columns = min(count, 2 if ratio < _FLAT and 2 < count <= across else across)
    rows = math.ceil(count / columns)
    columns = columns if own_scales else math.ceil(count / rows)
    wide = _BREADTHS.get(columns, 14.1 / columns)
    wide = max(min(wide, _TALLEST / ratio), 0.75 * wide)
    tall = wide * ratio
    width = columns * (wide + _EDGE) + _EDGE
    odd = own_scales and columns == 2 and rows * columns - count == 1
    key = _STRIP if located else _KEY
    below = 0.15 if odd else key if own_scales else key + _BAR
    under = _BAR if own_scales else 0.05
    height = _TITLE + rows * (_HEADING + tall + under) + below
    cells = []
    for at in range(rows * columns):
        row, column = divmod(at, columns)
        bottom = below + (rows - 1 - row) * (_HEADING + tall + under) + under
        cells.append(Cell(_EDGE + column * (wide + _EDGE), bottom, wide, tall))
    strip = cells[-1] if odd else Cell(_EDGE, 0.1, width - 2 * _EDGE, key - 0.15)
    return Layout((width, height), tuple(cells[:count]), strip)


def colour_bar(figure: "Figure", drawn: "ScalarMappable", axes: "Axes", unit: str, *, diverging: bool = True) -> None:
    """The scale of a panel below it, with its unit and, if it is of a change, what the colours mean."""
    bar = figure.colorbar(drawn, cax=axes, orientation="horizontal")
    bar.outline.set_visible(False)
    bar.set_label(f"{unit}\n({tr('orange less, purple more')})" if diverging else unit, fontsize=9.5, color=INK)
    axes.tick_params(labelsize=9.5, colors=INK)


def credit_below(figure: "Figure", attribution: str) -> None:
    """The source of the data in the lower right corner of a figure of small maps."""
    width, height = figure.get_size_inches()
    figure.text(1 - _EDGE / width, 0.1 / height, plain(attribution), ha="right", fontsize=8.5, color=INK)


def heading(figure: "Figure", title: str) -> None:
    """The title of a figure; its letters are smaller where it is long."""
    width, height = figure.get_size_inches()
    size = min(14.0, 14.0 * (width - 2 * _EDGE) / (0.115 * len(title) + 0.01))
    figure.text(_EDGE / width, 1 - 0.36 / height, plain(title), fontsize=size, weight="bold", color=INK)
