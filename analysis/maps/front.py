"""The front: what ideas cost against what they gain, with intervals, in one picture."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.maps.furniture import GREY, INK, PAPER, plain
from simulator.results.files import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's, told apart with every common colour vision deficiency; markers tell ideas apart too."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_LONGEST = 40
_TALL, _A_LINE = 4.6, 0.24
"""Inches: the picture without its key, and a line of it."""


@dataclasses.dataclass(frozen=True)
class Point:
    """An idea: mean, low and high of what it costs a year and of what it gains; whether it lies on the front.

    `is_gain` says whether the gain is distinguishable from no effect; else the marker is hollow.
    """

    title: str
    cost: tuple[float, float, float]
    gain: tuple[float, float, float]
    on_front: bool
    is_gain: bool = True


def draw_front(
    points: Sequence[Point], path: Path | str, *, currency: str, unit: str, below: str, budget: float | None = None
) -> None:
    """Draw the ideas as PNG; the same ideas give the same bytes.

    Parameters
    ----------
    points
        The ideas; those whose gain is not known are left out.
    path
        PNG file, written whole or not at all.
    currency, unit
        Of costs, and of gains.
    below
        What is said below the picture: place, day, draws.
    budget
        Drawn as a line, money a year.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    known = [(at, one) for at, one in enumerate(points) if one.gain[0] == one.gain[0]]
    tall = _TALL + _A_LINE * (len(points) + 2)
    figure = Figure(figsize=(8.0, tall), facecolor=PAPER)
    FigureCanvasAgg(figure)  # no window, no pyplot
    axes = figure.add_axes((0.12, 1.0 - (_TALL - 0.9) / tall, 0.84, (_TALL - 1.3) / tall))
    _draw_ideas(axes, known)
    front = sorted((one.gain[0], one.cost[0]) for _, one in known if one.on_front)
    if len(front) > 1:
        axes.plot(*zip(*front, strict=True), color=INK, linewidth=1.2, linestyle="--", zorder=2, label="the front")
    if budget is not None:
        axes.axhline(
            budget, color=INK, linewidth=1.0, linestyle=":", label=f"budget: {_spaced(budget, 0)} {currency} a year"
        )
    axes.set_xlabel(f"gain: more that feel safe, {unit}", fontsize=10, color=INK)
    axes.set_ylabel(f"cost, {currency} a year", fontsize=10, color=INK)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: _spaced(value, 0 if abs(value) >= 10.0 else 2))
    axes.tick_params(labelsize=9, colors=INK)
    axes.set_title("Cost against gain: bars are 90 % intervals over draws", fontsize=11.5, color=INK, loc="left")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    missing = [one.title for one in points if one.gain[0] != one.gain[0]]
    if missing:
        axes.plot([], [], linestyle="none", label=plain(f"not counted, too few agents: {', '.join(missing)}"))
    figure.legend(loc="upper left", bbox_to_anchor=(0.1, 1.0 - _TALL / tall + 0.02), fontsize=9, frameon=False)
    figure.text(0.12, 0.12 / tall, plain(below), fontsize=8.5, color=INK)
    with whole_file(path) as part:
        figure.savefig(part, format="png", dpi=110, metadata={"Software": None})


def _draw_ideas(axes: "Axes", known: Sequence[tuple[int, Point]]) -> None:
    """The ideas with their intervals as bars, each by its place in the list, which gives colour and marker."""
    axes.axvline(0.0, color=GREY, linewidth=1.2, zorder=1)
    for at, one in known:
        colour = COLOURS[at % len(COLOURS)]
        ends = [[[value[0] - value[1]], [value[2] - value[0]]] for value in (one.gain, one.cost)]
        bars = [None if end[0][0] != end[0][0] else [[max(side[0], 0.0)] for side in end] for end in ends]
        told = " (on the front)" if one.on_front else ""
        told = told if one.is_gain else " (hollow: gain not distinguishable from no effect)"
        title = one.title if len(one.title) <= _LONGEST else f"{one.title[: _LONGEST - 1]}…"
        axes.errorbar(
            one.gain[0],
            one.cost[0],
            xerr=bars[0],
            yerr=bars[1],
            color=colour,
            marker=MARKERS[at % len(MARKERS)],
            markersize=9,
            linestyle="none",
            elinewidth=1.4,
            capsize=4,
            markerfacecolor=colour if one.is_gain else PAPER,
            label=plain(f"{title}{told}"),
            zorder=3,
        )


def _spaced(value: float, decimals: int) -> str:
    """A number with thin spaces between thousands, and no noughts behind the point."""
    text = f"{value:,.{decimals}f}".replace(",", "\u2009").replace("-", "\u2212")
    return text.rstrip("0").rstrip(".") if "." in text else text
