"""A year in one picture: the change for women and men on each of its days, season by season."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.maps.furniture import GREY, INK, PAPER, plain
from simulator.results.files import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CASES = 8
"""Cases that are drawn; the tables have all."""
_GROUPS = (("woman", "women", "#d55e00", "o", -0.12), ("man", "men", "#0072b2", "s", 0.12))
"""Gender, word, colour (of Okabe and Ito's, told apart with every common colour vision deficiency), marker, aside."""
_TALL = 2.5
"""Inches a case."""


def draw_year(days: pd.DataFrame, titles: Mapping[str, str], path: Path | str) -> None:
    """Draw, for each case, points with 90 % intervals over the days of a year, as PNG; same table, same bytes.

    Parameters
    ----------
    days
        The columns of `days.csv`.
    titles
        Titles of the cases by name.
    path
        PNG file, written whole or not at all.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = list(titles.items())[:MOST_CASES]
    order = days[["season", "kind_of_day", "date"]].drop_duplicates().reset_index(drop=True)
    figure = Figure(figsize=(9.0, 1.1 + _TALL * len(shown)), facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)  # no window, no pyplot
    panels = figure.subplots(len(shown), 1, squeeze=False, sharex=True)[:, 0]
    for axes, (name, title) in zip(panels, shown, strict=True):
        _draw_case(axes, days[days["scenario"] == name], order)
        axes.set_title(plain(title), fontsize=10.5, color=INK, loc="left")
    panels[0].legend(loc="upper right", fontsize=9, frameon=False, ncols=2)
    panels[-1].set_xticks(np.arange(len(order)), [_short(kind) for kind in order["kind_of_day"]], fontsize=8.5)
    seasons = order.groupby("season", sort=False).apply(lambda rows: rows.index.to_numpy().mean(), include_groups=False)
    for season, at in seasons.items():
        panels[-1].annotate(
            str(season), (float(at), -0.2), xycoords=("data", "axes fraction"), ha="center", fontsize=9.5, color=INK
        )
    panels[-1].set_xlabel("\nday, in the week around the middle of the month", fontsize=9, color=INK)
    figure.suptitle(
        "Walking time after dark that feels safe: change in points, 90 % intervals", fontsize=11.5, color=INK, x=0.02,
        ha="left",
    )  # fmt: skip
    with whole_file(path) as part:
        figure.savefig(part, format="png", dpi=110, metadata={"Software": None})


def _draw_case(axes: "Axes", rows: pd.DataFrame, order: pd.DataFrame) -> None:
    axes.axhline(0.0, color=GREY, linewidth=1.2, zorder=1)
    place = {date: at for at, date in enumerate(order["date"])}
    led = rows[(rows["indicator"] == "feels_safe_share") & (rows["period"] == "dark")]
    for gender, word, colour, marker, aside in _GROUPS:
        own = led[led["gender"] == gender]
        middle = 100.0 * own["difference"].to_numpy()
        reach = np.abs(100.0 * own[["low", "high"]].to_numpy() - middle[:, None]).T
        axes.errorbar(
            [place[date] + aside for date in own["date"]], middle, yerr=np.nan_to_num(reach), fmt=marker, color=colour,
            markersize=5, elinewidth=1.2, capsize=2, label=word, zorder=3,
        )  # fmt: skip
    for at in np.flatnonzero(order["season"].to_numpy()[1:] != order["season"].to_numpy()[:-1]):
        axes.axvline(at + 0.5, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
    axes.set_ylabel("points", fontsize=9, color=INK)
    axes.tick_params(labelsize=8.5, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _short(kind: str) -> str:
    return "working\nday" if kind == "working day" else kind[:3]
