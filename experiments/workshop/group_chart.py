"""A chart of the change by gender and age, with 90 % intervals, as one SVG."""

from collections.abc import Iterator
from html import escape

import numpy as np
import pandas as pd

from analysis.answer.charts import FAINT, INK, MEN, WOMEN
from analysis.answer.wording import select
from analysis.language import Language, marked
from simulator.foundation.categories import AGE_BANDS

TITLE = marked("Change in the share of walking time after dark that feels safe, by gender and age (points)")
_SIDES = (("woman", marked("women"), WOMEN, "circle", -5.0), ("man", marked("men"), MEN, "square", 5.0))
_LEFT, _WIDE, _ROW, _TOP = 76.0, 270.0, 26.0, 30.0


def group_chart(comparison: pd.DataFrame, scenario: str, say: Language) -> str:
    """The chart; empty where no group is large enough to be told.

    Parameters
    ----------
    comparison, scenario
        As for the tables.
    say
        The language.
    """
    rows = select(comparison, scenario, indicator="feels_safe_share_frozen", period="dark", gender="*", age="*")
    rows = rows[rows["age"].isin(list(AGE_BANDS)) & rows["gender"].isin(["woman", "man"])]
    if rows.empty:
        return ""
    bands = [band for band in AGE_BANDS if band in set(rows["age"])]
    ends = 100.0 * rows[["low", "high", "difference"]].to_numpy(float)
    most = max(float(np.nanmax(np.abs(ends))), 0.1)
    height = _TOP + _ROW * len(bands) + 40
    parts = [*_frame(bands, most, height, say), *_marks(rows, bands, most)]
    title = escape(say(TITLE))
    head = f'<svg viewBox="0 0 360 {height:g}" role="img" aria-label="{title}"><title>{title}</title>'
    return f"{head}{''.join(parts)}</svg>"


def _x(points: float, most: float) -> float:
    return _LEFT + (points / most + 1.0) / 2.0 * _WIDE


def _frame(bands: list[str], most: float, height: float, say: Language) -> Iterator[str]:
    for points in (-most, 0.0, most):
        x, colour = _x(points, most), INK if points == 0 else FAINT
        yield f'<path d="M{x:.1f} {_TOP - 8}V{height - 36}" stroke="{colour}"/>'
        yield f'<text x="{x:.1f}" y="{height - 22}" text-anchor="middle" fill="{INK}">{say.number(points, 1)}</text>'
    for at, band in enumerate(bands):
        words = escape(say(band) if band == "under 16" else band)
        yield f'<text x="{_LEFT - 8}" y="{_TOP + _ROW * (at + 0.5) + 4}" text-anchor="end" fill="{INK}">{words}</text>'
    for at, (_, words, colour, form, _) in enumerate(_SIDES):
        x = _LEFT + 90 * at
        yield f'{_shape(form, x, 11, colour)}<text x="{x + 9}" y="15" fill="{colour}">{escape(say(words))}</text>'


def _marks(rows: pd.DataFrame, bands: list[str], most: float) -> Iterator[str]:
    for gender, _, colour, form, aside in _SIDES:
        mine = rows[rows["gender"] == gender].set_index("age")
        for at, band in enumerate(bands):
            if band not in mine.index:
                continue
            y = _TOP + _ROW * (at + 0.5) + aside
            middle, low, high = (100.0 * float(mine.loc[band, key]) for key in ("difference", "low", "high"))
            if np.isfinite([low, high]).all():
                yield f'<path d="M{_x(low, most):.1f} {y}H{_x(high, most):.1f}" stroke="{colour}" stroke-width="2"/>'
            yield _shape(form, _x(middle, most), y, colour)


def _shape(form: str, x: float, y: float, colour: str) -> str:
    if form == "circle":
        return f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{colour}"/>'
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5}" width="7" height="7" fill="{colour}"/>'
