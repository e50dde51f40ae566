"""Pictures of what decides an outcome: bars with their confidence, and runs by the two leading numbers."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.maps.front import COLOURS, MARKERS
from analysis.maps.furniture import GREY, INK, PAPER, plain, save_png
from experiments.interruption import stop_if_interrupted
from experiments.studies.answers import Answers, words_of
from experiments.studies.explaining import Explained, Findings
from experiments.studies.ranking import SIGN, VALUE, is_worse
from simulator.evidence.parameters import load_evidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_BARS = 10
_DPI = 110
_WORSE, _BETTER = COLOURS[1], COLOURS[0]
_SIZE = (11.0, 5.2)


def draw(findings: Findings, folder: Path) -> None:
    """Draw the pictures of all answers into a folder."""
    many = len(findings.explained) > 1
    for at, one in enumerate(findings.explained, start=1):
        stop_if_interrupted()
        ending = f"-{at}.png" if many else ".png"
        _draw_ranking(findings.answers, one, folder / f"ranking{ending}")
        _draw_leading(findings.answers, one, folder / f"leading{ending}")
        for name, (key, label) in _INDICES.items():
            if rows := one.indices.get(name):
                _draw_indices(findings.answers, one, (rows, key, label), folder / f"{name}{ending}")


_INDICES = {
    "sobol": ("total", "share of the variance in which it has a part (total Sobol' index)"),
    "morris": ("mu_star", "mean size of the change through its range (mu*)"),
}


def _figure(title: str, below: str, panels: int) -> "tuple[Figure, list[Axes]]":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, facecolor=PAPER, layout="constrained")
    FigureCanvasAgg(figure)  # no window, no pyplot
    axes = list(np.atleast_1d(figure.subplots(1, panels)))
    figure.suptitle(plain(title) + "\n" * (panels > 1), fontsize=11.5, color=INK, x=0.01, ha="left")
    figure.supxlabel(plain(below), fontsize=8.5, color=INK, x=0.01, ha="left")
    for one in axes:
        one.tick_params(labelsize=9, colors=INK)
        for side in ("top", "right"):
            one.spines[side].set_visible(False)
    return figure, axes


def two_panels(title: str, below: str) -> "tuple[Figure, list[Axes]]":
    """A figure with two panels beside each other, with what stands above and below them."""
    return _figure(title, below, 2)


def _below(answers: Answers, one: Explained) -> str:
    points, draws = one.answer.of_each.shape
    options = answers.plan.options
    return f"{options.city}, {options.date}; {points} points, {draws} draws. Not a forecast."


def _title(one: Explained) -> str:
    return f"{words_of(one.answer.spot)}, {one.answer.scenario}"


def _draw_ranking(answers: Answers, one: Explained, path: Path) -> None:
    """The strongest numbers for the value and for the sign; filled bars stand out of chance, hollow ones do not."""
    below = f"{_below(answers, one)} Black: 90 % confidence of each number by itself."
    figure, panels = _figure(f"What decides {_title(one)}", below, 2)
    heads = {VALUE: "the value of the difference", SIGN: "its sign (share of runs that are worse)"}
    for axes, (target, head) in zip(panels, heads.items(), strict=True):
        rows = _strongest(one, target)
        axes.set_title(head, fontsize=10.5, color=INK, loc="left")
        axes.set_xlabel("coefficient of ranks, standard deviations", fontsize=9, color=INK)
        _bars(
            axes, [f"{row['number']} ({row['level']})" for row in rows[:_MOST_BARS]], rows[:_MOST_BARS], "coefficient"
        )
        if not rows:
            told = "nothing to tell, or too few points and draws"
            axes.text(0.5, 0.5, told, transform=axes.transAxes, ha="center", color=INK)
    panels[0].plot([], [], color=_BETTER, linewidth=8, label="stands out")
    panels[0].plot([], [], color=GREY, linewidth=8, label="not distinguishable from chance among so many")
    figure.legend(fontsize=8.5, frameon=False, loc="outside upper right", ncols=2)
    save_png(figure, path, dpi=_DPI)


def _strongest(one: Explained, target: str) -> list[dict[str, Any]]:
    """Numbers whose strength can be told, those that stand out first: of few units any number seems strong."""
    rows = [row for part in one.ranked if part.target == target and part.told.changes for row in part.rows]
    told = [row for row in rows if math.isfinite(row["low"])]
    return sorted(told, key=lambda row: (not row["stands_out"], -abs(row["coefficient"])))


def _bars(axes: "Axes", labels: Sequence[str], rows: Sequence[dict[str, Any]], key: str) -> None:
    low = "low" if key == "coefficient" else f"{key}_low"
    high = low.replace("low", "high")
    for at, row in enumerate(rows):
        strong = row.get("stands_out", row[low] > 0.0)
        axes.barh(-at, row[key], color=_BETTER if strong else PAPER, edgecolor=_BETTER if strong else GREY, height=0.7)
        if math.isfinite(row[low]):
            axes.plot([row[low], row[high]], [-at, -at], color=INK, linewidth=1.4, marker="|", markersize=7)
    axes.axvline(0.0, color=GREY, linewidth=1.0)
    axes.set_yticks([-at for at in range(len(rows))], [plain(label) for label in labels])


def _draw_indices(answers: Answers, one: Explained, shown: tuple[list[dict[str, Any]], str, str], path: Path) -> None:
    rows, key, label = shown
    figure, (axes,) = _figure(f"What decides {_title(one)}", _below(answers, one), 1)
    ordered = sorted(rows, key=lambda row: -row[key])[:_MOST_BARS]
    unit = f", {one.answer.unit}" if key == "mu_star" else ""
    axes.set_xlabel(plain(f"{label}{unit}; bars: 90 % confidence"), fontsize=9.5, color=INK)
    _bars(axes, [row["factor"] for row in ordered], ordered, key)
    save_png(figure, path, dpi=_DPI)


def _draw_leading(answers: Answers, one: Explained, path: Path) -> None:
    """Every run by the two numbers that lead for the value, worse ones apart in colour and marker."""
    rows = _strongest(one, VALUE)
    if not rows:
        return
    bad = is_worse(one.answer, one.worse_by)
    figure, (axes,) = _figure(f"{_title(one)}: runs by the two leading numbers", _below(answers, one), 1)
    values = [_by_run(answers, one, row) for row in rows[:2]]
    heads = [_axis_label(row) for row in rows[:2]]
    if len(values) == 1:
        values.append(one.answer.of_each)
        heads.append(f"difference from the baseline ({one.answer.unit})")
    groups = ((~bad, _BETTER, MARKERS[0], "not worse"), (bad, _WORSE, MARKERS[6], "worse"))
    for chosen, colour, marker, label in groups:
        told = f"{label}: {int(chosen.sum())} of {chosen.size} runs"
        x, y = (np.broadcast_to(value, bad.shape)[chosen] for value in values)
        axes.scatter(x, y, s=26, color=colour, marker=marker, alpha=0.6, linewidths=0, label=told)
    axes.set_xlabel(plain(heads[0]), fontsize=9, color=INK)
    axes.set_ylabel(plain(heads[1]), fontsize=8.5, color=INK)
    axes.legend(fontsize=8.5, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    save_png(figure, path, dpi=_DPI)


def _by_run(answers: Answers, one: Explained, row: dict[str, Any]) -> np.ndarray[Any, Any]:
    (level,) = (found for found in answers.levels(one.answer) if found.name == row["level"])
    values = level.values[:, level.names.index(row["number"])]
    return values[:, None] if level.name == "points" else values[None, :]


def _axis_label(row: dict[str, Any]) -> str:
    evidence = load_evidence()
    unit = f" ({evidence[row['number']].unit})" if row["number"] in evidence else ""
    tail = "" if row["stands_out"] else "; does not stand out"
    return f"{row['number']}{unit}, over {row['level']}{tail}"
