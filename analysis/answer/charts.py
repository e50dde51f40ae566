"""Charts of the report as inline SVG, written by hand so that nothing has to be fetched."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

import pandas as pd

from analysis.answer import wording
from analysis.answer.leads import FEELS_SAFE, Headline
from analysis.indicators.catalogue import INDICATORS
from analysis.indicators.cells import HOUR_BANDS
from analysis.indicators.indicator import SHARES
from analysis.language import Language, marked, spoken, tr

WOMEN, MEN, INK, FAINT, BAND = "#b3420a", "#0b5fa5", "#1d1d1f", "#c9c9cf", "#eceaf3"
SERIES = (("woman", marked("women"), WOMEN, "circle", -1.0), ("man", marked("men"), MEN, "square", 1.0))


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

    axis = tr("change in points") if drawn.unit in SHARES else tr("change, {unit}", unit=tr(drawn.unit))
    parts = [*_night(frame, dark_hours), *_grid(frame, ticks, margin, down, axis), *_hours(frame), *_legend(frame)]
    parts += _marks(frame, rows, factor, down)
    what = " ".join(tr(lead.noun, when="").split()).replace(" ,", ",").rstrip(",")
    title = escape(tr("Change of {what}, by clock hour", what=what))
    told = escape(
        tr("Changes with 90 % intervals for women (circles) and men (squares); the table below holds the numbers.")
    )
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
    return "0" if abs(tick) < 1e-12 else spoken().digits(f"{tick:+.6g}".replace("-", wording.MINUS))


def _hours(frame: Frame) -> list[str]:
    step = frame.across / len(HOUR_BANDS)
    y = frame.height - frame.bottom + 20
    return [_text(frame.left + (at + 0.5) * step, y, band) for at, band in enumerate(HOUR_BANDS)]


def _legend(frame: Frame) -> list[str]:
    parts, x = [], frame.left + 10
    for _, words, colour, shape, _ in SERIES:
        parts += [_shape(x, 20.0, colour, shape), _text(x + 13, 25, tr(words), anchor="start", colour=colour)]
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


_NOW_AND_THEN = Frame("minutes", width=360.0, height=186.0, left=16.0, right=16.0, aside=0.0, top=34.0, bottom=34.0)
_NEAR = 34.0
"""Half of what the words at a mark take across: they are kept within the frame."""


def now_and_then_chart(rows: Mapping[str, pd.Series], *, say: Language, name: str) -> str:
    """Of ten minutes, how many feel safe now and with it, for women and men: each row is labelled where it stands.

    Parameters
    ----------
    rows
        Rows of a share in the comparison, by gender.
    say
        The language.
    name
        Prefix of the ids inside, unique in the page.

    Returns
    -------
    str
        One `<svg>` element; empty if there is no row.
    """
    frame, shown = _NOW_AND_THEN, [one for one in SERIES if one[0] in rows]
    if not shown:
        return ""
    step, parts = frame.down / len(shown), [*_minutes_axis(frame, say)]
    for at, (gender, words, colour, shape, _) in enumerate(shown):
        y = frame.top + (at + 0.5) * step
        parts += _now_and_then(frame, rows[gender], (say(words), colour, shape), y, say)
    title = say("Of ten minutes, how many feel safe now and with it")
    told = say("Hollow: now; filled: with it; bar: 90 % interval. Circles are women, squares men.")
    return (
        f'<svg class="minutes" viewBox="0 0 {frame.width:g} {frame.height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(told)}</desc>{"".join(parts)}</svg>'
    )


def _at_minutes(frame: Frame, share: float) -> float:
    return frame.left + min(max(share, 0.0), 1.0) * frame.across


def _minutes_axis(frame: Frame, say: Language) -> Iterator[str]:
    low, high = frame.top - 14, frame.height - frame.bottom
    for minutes in (0, 2, 4, 6, 8, 10):
        x = _at_minutes(frame, minutes / 10.0)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:g}" y2="{high:g}" stroke="{FAINT}" stroke-width="0.8"/>'
        yield _text(x, high + 15, str(minutes))
    yield _text(frame.width / 2, frame.height - 4, say("of ten minutes on its streets, how many feel safe"))


def _now_and_then(frame: Frame, row: pd.Series, series: tuple[str, str, str], y: float, say: Language) -> Iterator[str]:
    """One row: its name, an arrow from now to then, the interval of then, and both numbers beside their marks."""
    words, colour, shape = series
    before, after, low, high = (float(str(row[name])) for name in ("baseline", "value", "low", "high"))
    x_before, x_after = _at_minutes(frame, before), _at_minutes(frame, after)
    yield _text(frame.left, y - 21, words, anchor="start", colour=colour, more=' font-weight="700"')
    if math.isfinite(low) and math.isfinite(high):
        ends = [_at_minutes(frame, before + end) for end in (low, high)]
        yield (
            f'<rect x="{ends[0]:.1f}" y="{y - 5:.1f}" width="{ends[1] - ends[0]:.1f}" height="10" fill="{colour}" '
            f'opacity="0.28"/>'
        )
    yield f'<path d="M{x_before:.1f} {y:.1f}H{x_after:.1f}" stroke="{colour}" stroke-width="2.5"/>'
    yield _shape(x_before, y, "#fff", shape).replace("/>", f' stroke="{colour}" stroke-width="2.5"/>')
    yield _shape(x_after, y, colour, shape)
    for x, told, down in (
        (x_before, say("now {minutes}", minutes=say.number(10 * before, 1)), 20),
        (x_after, say("with it {minutes}", minutes=say.number(10 * after, 1)), -9),
    ):
        inside = min(max(x, frame.left + _NEAR), frame.width - frame.right - _NEAR)
        yield _text(inside, y + down, told, colour=colour)
