"""Charts of the report as inline SVG, written by hand so that nothing has to be fetched."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from html import escape

import pandas as pd

from analysis.answer import wording
from analysis.answer.leads import FEELS_SAFE, Headline
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS
from analysis.indicators.indicator import SHARES

WOMEN, MEN, INK, FAINT, BAND = "#b3420a", "#0b5fa5", "#1d1d1f", "#c9c9cf", "#eceaf3"
SERIES = (("woman", "women", WOMEN, "circle", -1.0), ("man", "men", MEN, "square", 1.0))


@dataclasses.dataclass(frozen=True)
class Frame:
    """Measures of a chart in its own units, and the class that tells the style sheet where it is shown."""

    shown: str
    width: float
    height: float
    left: float
    right: float
    aside: float
    top: float = 44.0
    bottom: float = 32.0

    @property
    def across(self) -> float:
        """Width of what is drawn."""
        return self.width - self.left - self.right

    @property
    def down(self) -> float:
        """Height of what is drawn."""
        return self.height - self.top - self.bottom


WIDE = Frame("wide", width=760.0, height=330.0, left=70.0, right=12.0, aside=11.0)
NARROW = Frame("narrow", width=360.0, height=300.0, left=62.0, right=4.0, aside=6.0)
"""For a phone: as wide as its screen, so that letters keep their size."""


def hours_chart(
    comparison: pd.DataFrame,
    scenario: str,
    *,
    dark_hours: Sequence[bool],
    name: str,
    lead: Headline = FEELS_SAFE,
    frame: Frame = WIDE,
) -> str:
    """Change of what the answer leads with by hour band, for women and men, with intervals.

    Parameters
    ----------
    comparison, scenario
        As for the tables.
    dark_hours
        For each clock hour whether the sun is down; those stretches are shaded.
    name
        Prefix of the ids inside, unique in the page.
    lead
        What is drawn.
    frame
        How wide and high.

    Returns
    -------
    str
        One `<svg>` element; empty if no hour band has a row.
    """
    rows = wording.select(comparison, scenario, indicator=lead.indicator, gender="*", hour_band="*")
    rows = rows[rows["hour_band"].isin(list(HOUR_BANDS)) & rows["gender"].isin(["woman", "man"])]
    if rows.empty:
        return ""
    drawn = INDICATORS[lead.indicator]
    factor = 100.0 if drawn.unit in SHARES else 1.0
    ends = factor * pd.concat([rows["low"], rows["high"], rows["difference"]]).dropna()
    margin = factor * drawn.margin
    ticks = _ticks(min(float(ends.min()), -margin), max(float(ends.max()), margin))
    low, high = ticks[0], ticks[-1]

    def down(points: float) -> float:
        return frame.top + (high - points) / (high - low) * frame.down

    axis = "change in points" if drawn.unit in SHARES else f"change, {drawn.unit}"
    parts = [*_night(frame, dark_hours), *_grid(frame, ticks, margin, down, axis), *_hours(frame), *_legend(frame)]
    parts += _marks(frame, rows, factor, down)
    what = " ".join(lead.noun.format(when="").split()).replace(" ,", ",").rstrip(",")
    title = f"Change of {what}, by clock hour"
    told = "Changes with 90 % intervals for women (circles) and men (squares); the table below holds the numbers."
    return (
        f'<svg class="{frame.shown}" viewBox="0 0 {frame.width:g} {frame.height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{told}</desc>{"".join(parts)}</svg>'
    )


def _marks(frame: Frame, rows: pd.DataFrame, factor: float, down: Callable[[float], float]) -> Iterator[str]:
    """What is drawn for women and men in each hour band."""
    step = frame.across / len(HOUR_BANDS)
    for gender, _, colour, shape, aside in SERIES:
        of = rows[rows["gender"] == gender].set_index("hour_band")
        for at, band in enumerate(HOUR_BANDS):
            if band in of.index:
                x = frame.left + (at + 0.5) * step + aside * frame.aside
                numbers = [factor * float(of.loc[band, key]) for key in ("difference", "low", "high")]
                yield _mark(x, [down(number) for number in numbers], colour, shape)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`, zero among them, six or so."""
    raw = (high - low) / 5.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * at for at in range(first, last + 1)]


def _text(x: float, y: float, words: str, *, anchor: str = "middle", colour: str = INK, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{more}>{escape(words)}</text>'


def _night(frame: Frame, dark_hours: Sequence[bool]) -> list[str]:
    """Shading behind the clock hours after dark, the day beginning at 04:00."""
    hour = frame.across / 24
    return [
        f'<rect x="{frame.left + at * hour:.1f}" y="{frame.top:g}" width="{hour + 0.3:.1f}" '
        f'height="{frame.down:g}" fill="{BAND}"/>'
        for at in range(24)
        if dark_hours[(at + 4) % 24]
    ]


def _grid(frame: Frame, ticks: Sequence[float], margin: float, down: Callable[[float], float], axis: str) -> list[str]:
    parts = [
        f'<rect x="{frame.left:g}" y="{down(margin):.1f}" width="{frame.across:g}" '
        f'height="{down(-margin) - down(margin):.1f}" fill="none" stroke="{INK}" stroke-dasharray="2 4"/>'
    ]
    for tick in ticks:
        y = down(tick)
        heavy = abs(tick) < 1e-12
        parts.append(
            f'<line x1="{frame.left:g}" x2="{frame.width - frame.right:g}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{INK if heavy else FAINT}" stroke-width="{1.4 if heavy else 0.8}"/>'
        )
        parts.append(_text(frame.left - 8, y + 5, _signed(tick), anchor="end"))
    middle = frame.top + frame.down / 2
    side = frame.left / 4
    turned = f' transform="rotate(-90 {side:g} {middle:.1f})"'
    return [*parts, _text(side, middle, axis, more=turned)]


def _signed(tick: float) -> str:
    return "0" if abs(tick) < 1e-12 else f"{tick:+.6g}".replace("-", wording.MINUS)


def _hours(frame: Frame) -> list[str]:
    step = frame.across / len(HOUR_BANDS)
    y = frame.height - frame.bottom + 20
    return [_text(frame.left + (at + 0.5) * step, y, band) for at, band in enumerate(HOUR_BANDS)]


def _legend(frame: Frame) -> list[str]:
    parts, x = [], frame.left + 10
    for _, words, colour, shape, _ in SERIES:
        parts += [_shape(x, 20.0, colour, shape), _text(x + 13, 25, words, anchor="start", colour=colour)]
        x += 100
    return parts


def _mark(x: float, heights: Sequence[float], colour: str, shape: str) -> str:
    middle, low, high = heights
    line = ""
    if math.isfinite(low) and math.isfinite(high):
        line = (
            f'<path d="M{x:.1f} {low:.1f}V{high:.1f}M{x - 4:.1f} {low:.1f}h8M{x - 4:.1f} {high:.1f}h8" '
            f'stroke="{colour}" stroke-width="2" fill="none"/>'
        )
    return line + _shape(x, middle, colour, shape)


def _shape(x: float, y: float, colour: str, shape: str) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{colour}"/>'
    return f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{colour}"/>'
