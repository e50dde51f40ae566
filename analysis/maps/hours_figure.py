"""A figure of trip starts by clock hour: surveyed and as planned, for women and for men."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 900.0, 380.0, 58.0, 44.0, 54.0, 40.0
INK, FAINT, BAND = "#222222", "#d0d0d0", "#eeeeee"
PANELS = (("women", "#0072b2"), ("men", "#d55e00"))
"""Okabe and Ito's blue and vermilion, which people who confuse red and green tell apart."""
_FIRST_HOUR = 4


def hours_figure(surveyed: Array, found: Array) -> str:
    """SVG with a panel for women and one for men: points are the survey, the line what is planned.

    Parameters
    ----------
    surveyed, found
        Trips that start per person and clock hour, float64 (2, 24): women, men.
    """
    top = float(max(surveyed.max(), found.max())) * 1.08
    panel = (WIDTH - LEFT - 10.0 - GAP) / 2
    parts = []
    for at, (words, colour) in enumerate(PANELS):
        left = LEFT + at * (panel + GAP)
        parts += _axes(left, panel, top, words)
        x = left + (np.arange(24) + 0.5) * panel / 24
        order = (np.arange(24) + _FIRST_HOUR) % 24
        heights = [TOP + (1.0 - one[at][order] / top) * (HEIGHT - TOP - BOTTOM) for one in (surveyed, found)]
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in zip(x, heights[1], strict=True))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
        parts += [
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.6" fill="white" stroke="{INK}" stroke-width="1.4"/>'
            for px, py in zip(x, heights[0], strict=True)
        ]
    told = "Points: the half of the survey kept aside. Line: people as planned. The table beside it holds the figures."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'font-family="sans-serif" font-size="13" aria-labelledby="hours-title hours-desc">'
        f'<title id="hours-title">Trips that start per person, by clock hour</title><desc id="hours-desc">{told}</desc>'
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="white"/>{"".join(parts)}'
        f"{_text(WIDTH / 2, HEIGHT - 10, told)}</svg>\n"
    )


def _axes(left: float, panel: float, top: float, words: str) -> list[str]:
    """Night shaded, lines every tenth of a trip or so, hours below."""
    bottom = HEIGHT - BOTTOM
    step = panel / 24
    night = (21 - _FIRST_HOUR) * step
    parts = [
        f'<rect x="{left + night:.1f}" y="{TOP:g}" width="{7 * step:.1f}" height="{bottom - TOP:g}" fill="{BAND}"/>'
    ]
    unit = 0.1 if top > 0.3 else 0.05
    for tick in np.arange(0.0, top, unit):
        y = TOP + (1.0 - tick / top) * (bottom - TOP)
        parts.append(f'<line x1="{left:.1f}" x2="{left + panel:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT}"/>')
        parts.append(_text(left - 6, y + 4, f"{tick:.2f}", "end"))
    parts += [
        _text(left + (hour - _FIRST_HOUR) * step, bottom + 18, f"{hour % 24:02d}")
        for hour in range(_FIRST_HOUR, _FIRST_HOUR + 25, 4)
    ]
    return [*parts, _text(left + panel / 2, TOP - 14, f"{words}: trips that start per person and hour")]


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}">{words}</text>'
