"""Draw the figures of docs/plain-words.md with the program itself: what it says of light, of a day, and of draws.

    python .ci/plain_words.py

Takes about two minutes. Look at every picture before you commit it.
"""

import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "plain-words.md"
WOMEN, MEN = "#5a2d91", "#b35806"
AGE = 30.0
"""Age of the two people whose feelings are drawn (years)."""
SHOWN_LX = np.linspace(0.0, 10.0, 41)
DIM_LX, LIT_LX = 1.0, 3.0
"""Least light of the street in the figure of draws, before and after: that of classes P4 and P1 of EN 13201-2."""
DRAWS = 24
AGENTS, LOOKS = 6000, 6
"""Agents of the figure of a day, and how often an hour they are counted."""

Array = np.ndarray[Any, Any]


def feels_safe(gender: int, light_lx: Array, draw: int) -> Array:
    """Chance that the median person of a gender feels safe, alone after dark on a plain street.

    Parameters
    ----------
    gender
        0 for a woman, 1 for a man.
    light_lx
        Least illuminance in view (lx).
    draw
        Of all that is uncertain; -1 for central values.
    """
    from simulator.evidence.parameters import draw_parameters
    from simulator.safety.perception import solve_perception

    known = solve_perception(draw_parameters(1, draw))
    unrelieved = known.dark[gender] * (1.0 - known.light_effect(light_lx))
    score = known.level_at(gender, AGE) - unrelieved + known.alone[gender]
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def outdoors_by_hour(city: str) -> tuple[Array, Array, Array]:
    """Women and men on their way, mean of each hour from 04:00 (float64 (24,)), and which of these are dark."""
    from simulator.model import SafetyModel
    from street_networks import load_city

    model = SafetyModel(load_city(city), agents=AGENTS, quiet=True)
    counts: dict[str, list[float]] = {"woman": [], "man": []}
    for _ in range(24 * LOOKS):
        for gender, told in counts.items():
            told.append(float(np.sum(model.people.select(gender=gender, outdoors=True).get("weight"))))
        if model.steps < 24 * 60 - 60 // LOOKS:
            model.advance(3600 // LOOKS)
    women, men = (np.array(told).reshape(24, LOOKS).mean(axis=1) for told in counts.values())
    clock = (4 + np.arange(24)) % 24
    return women, men, model.simulation.conditions.dark[clock] > 0.5


def paired() -> Array:
    """Chances of one woman before and after on one street, in each draw (float64 (DRAWS, 2))."""
    return np.array([feels_safe(0, np.array([DIM_LX, LIT_LX]), draw) for draw in range(DRAWS)])


def draw_light(path: Path) -> None:
    """Light and feeling: central values, and where nine of ten draws lie."""
    figure, axes = _figure(4.6)
    for gender, colour, name in ((0, WOMEN, "a woman of 30"), (1, MEN, "a man of 30")):
        drawn = np.array([feels_safe(gender, SHOWN_LX, draw) for draw in range(DRAWS)])
        low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
        axes.fill_between(SHOWN_LX, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(SHOWN_LX, feels_safe(gender, SHOWN_LX, -1), color=colour, linewidth=2.5, label=name)
    axes.set(xlabel="darkest spot in view (lx)", ylabel="chance of feeling safe", xlim=(0, 10), ylim=(0, 1))
    axes.set_title("Alone after dark on a plain street: the first lux count most", loc="left", fontweight="bold")
    axes.legend(frameon=False, loc="lower right")
    _save(figure, path)


def draw_pairs(path: Path) -> None:
    """The same street before and after, a line a draw: levels overlap, and yet each draw says better."""
    figure, axes = _figure(4.6)
    pairs = paired()
    axes.plot([0, 1], pairs.T, color=WOMEN, linewidth=1.2, alpha=0.7, marker="o", markersize=4)
    axes.set(xlim=(-0.2, 1.2), ylim=(0, 1), ylabel="chance of feeling safe", xticks=[0, 1])
    axes.set_xticklabels([f"before: {DIM_LX:g} lx at the darkest spot", f"after: {LIT_LX:g} lx"])
    axes.set_title("One woman, one street, a line a draw: columns overlap, lines rise", loc="left", fontweight="bold")
    _save(figure, path)


def draw_day(path: Path) -> None:
    """People on their way by the hour, women and men, in the two cities that ship."""
    figure, both = _figure(3.8, columns=2)
    for axes, city in zip(both, ("helsinki-centre", "karhula"), strict=True):
        women, men, dark = outdoors_by_hour(city)
        hours = np.arange(24) + 4.5
        for hour in np.flatnonzero(dark):
            axes.axvspan(hour + 4, hour + 5, color="#e4e4ec", linewidth=0)
        axes.plot(hours, women, color=WOMEN, linewidth=2.2, label="women")
        axes.plot(hours, men, color=MEN, linewidth=2.2, label="men")
        ticks = np.arange(4, 29, 4)
        axes.set(xlim=(4, 28), ylim=(0, None), xlabel="clock hour", xticks=ticks)
        axes.set_xticklabels([f"{tick % 24:02d}" for tick in ticks])
        axes.set_title(city, loc="left", fontweight="bold")
    both[0].set_ylabel("people on their way")
    both[0].legend(frameon=False, loc="upper left")
    _save(figure, path)


def _figure(height: float, columns: int = 1) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, columns, figsize=(8, height), layout="constrained")
    for one in np.atleast_1d(axes):
        one.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> None:
    from matplotlib import pyplot

    figure.savefig(path, dpi=130)
    pyplot.close(figure)


FIGURES = {"plain-light": draw_light, "plain-draws": draw_pairs, "plain-day": draw_day}


def main() -> int:
    """Draw all figures; returns the exit status."""
    keep = runpy.run_path(str(ROOT / ".ci" / "pictures.py"))["keep"]
    with tempfile.TemporaryDirectory() as folder:
        for name, draw in FIGURES.items():
            file = Path(folder) / f"{name}.png"
            draw(file)
            keep(name, file)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
