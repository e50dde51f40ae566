"""Charts of the report as inline SVG, written by hand so that nothing has to be fetched."""

import math
from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from analysis.answer import wording
from analysis.answer.leads import FEELS_SAFE, Headline
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS
from analysis.indicators.indicator import SHARES

WIDTH, HEIGHT = 760.0, 360.0
LEFT, RIGHT, TOP, BOTTOM = 70.0, 12.0, 44.0, 62.0
WOMEN, MEN, INK, FAINT, BAND = "#b3420a", "#0b5fa5", "#1d1d1f", "#c9c9cf", "#eceaf3"
SERIES = (("woman", "women", WOMEN, "circle", -11.0), ("man", "men", MEN, "square", 11.0))


def hours_chart(
    comparison: pd.DataFrame, scenario: str, *, dark_hours: Sequence[bool], name: str, lead: Headline = FEELS_SAFE
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
        return TOP + (high - points) / (high - low) * (HEIGHT - TOP - BOTTOM)

    step = (WIDTH - LEFT - RIGHT) / len(HOUR_BANDS)
    axis = "change in points" if drawn.unit in SHARES else f"change, {drawn.unit}"
    parts = [*_night(dark_hours, step), *_grid(ticks, margin, down, axis), *_hours(step), *_legend()]
    for gender, _, colour, shape, aside in SERIES:
        of = rows[rows["gender"] == gender].set_index("hour_band")
        for at, band in enumerate(HOUR_BANDS):
            if band in of.index:
                x = LEFT + (at + 0.5) * step + aside
                row = of.loc[band]
                numbers = [factor * float(row[key]) for key in ("difference", "low", "high")]
                parts.append(_mark(x, [down(number) for number in numbers], colour, shape))
    what = " ".join(lead.noun.format(when="").split()).replace(" ,", ",").rstrip(",")
    title = f"Change of {what}, by clock hour"
    told = "Changes with 90 % intervals for women (circles) and men (squares); the table below holds the numbers."
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{told}</desc>{"".join(parts)}</svg>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`, zero among them, six or so."""
    raw = (high - low) / 5.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * at for at in range(first, last + 1)]


def _text(x: float, y: float, words: str, *, anchor: str = "middle", colour: str = INK, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{more}>{escape(words)}</text>'


def _night(dark_hours: Sequence[bool], step: float) -> list[str]:
    """Shading behind the clock hours after dark, the day beginning at 04:00."""
    return [
        f'<rect x="{LEFT + at * step / 3:.1f}" y="{TOP:g}" width="{step / 3 + 0.3:.1f}" '
        f'height="{HEIGHT - TOP - BOTTOM:g}" fill="{BAND}"/>'
        for at in range(24)
        if dark_hours[(at + 4) % 24]
    ]


def _grid(ticks: Sequence[float], margin: float, down: Callable[[float], float], axis: str) -> list[str]:
    parts = [
        f'<rect x="{LEFT:g}" y="{down(margin):.1f}" width="{WIDTH - LEFT - RIGHT:g}" '
        f'height="{down(-margin) - down(margin):.1f}" fill="none" stroke="{INK}" stroke-dasharray="2 4"/>'
    ]
    for tick in ticks:
        y = down(tick)
        heavy = abs(tick) < 1e-12
        parts.append(
            f'<line x1="{LEFT:g}" x2="{WIDTH - RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{INK if heavy else FAINT}" stroke-width="{1.4 if heavy else 0.8}"/>'
        )
        parts.append(_text(LEFT - 8, y + 5, _signed(tick), anchor="end"))
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    turned = f' transform="rotate(-90 18 {middle:.1f})"'
    return [*parts, _text(18, middle, axis, more=turned)]


def _signed(tick: float) -> str:
    return "0" if abs(tick) < 1e-12 else f"{tick:+.6g}".replace("-", wording.MINUS)


def _hours(step: float) -> list[str]:
    parts = [_text(LEFT + (at + 0.5) * step, HEIGHT - BOTTOM + 20, band) for at, band in enumerate(HOUR_BANDS)]
    words = "clock hour; shaded after dark; dashed: the margin inside which a change is negligible"
    return [*parts, _text(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - BOTTOM + 46, words)]


def _legend() -> list[str]:
    parts, x = [], LEFT + 10
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
