"""Simple shapes for the picture story, as SVG text: streets, lamps, people, faces, signs.

All stand in a panel of `WIDTH` by `HEIGHT`. Nothing is told by colour alone: a face has a mouth and brows, a lamp
that is lit throws a cone, how safe it feels is also a row of ten boxes.
"""

import math
from collections.abc import Sequence

WIDTH, HEIGHT, GROUND = 240.0, 200.0, 150.0
DAY, NIGHT = (201, 228, 245), (24, 30, 56)
UNSAFE, SAFE = (190, 75, 10), (75, 42, 138)
"""Ends of the scale of feeling, as on the maps: orange is less, purple is more."""
COAT, OTHER, QUIET, LIGHT, INK = "#ffb03b", "#7fc3ff", "#8f95ad", "#ffe9a3", "#1d1d1f"


def mixed(one: Sequence[int], other: Sequence[int], share: float) -> str:
    """A colour between two, `share` of the way to the other."""
    share = min(max(share, 0.0), 1.0)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(one, other, strict=True))


def circle(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    """A filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"{more}/>'


def box(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """A filled rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}/>'


def path(d: str, stroke: str, width: float = 3.0, fill: str = "none") -> str:
    """A line with round ends."""
    return f'<path d="{d}" stroke="{stroke}" stroke-width="{width:g}" fill="{fill}" stroke-linecap="round"/>'


def sky(dark: float) -> str:
    """Sky and what stands in it: the sun by day, a moon after dark."""
    colour = mixed(DAY, NIGHT, dark)
    if dark < 0.5:
        return box(0, 0, WIDTH, GROUND, colour) + circle(205, 34, 15, "#ffd23b")
    return box(0, 0, WIDTH, GROUND, colour) + circle(208, 32, 13, LIGHT) + circle(202, 28, 12, colour)


def pavement(dark: float, unlit: float, below: float = 0.0) -> str:
    """The ground, which may reach so far below the panel: bright by day or under lamps, nearly black in the dark."""
    seen = 1.0 - dark * unlit
    return box(0, GROUND, WIDTH, HEIGHT + below - GROUND, mixed((38, 40, 48), (196, 194, 186), 0.25 + 0.75 * seen))


def lamps(dark: float, unlit: float) -> str:
    """Street lamps where it is lit, with their cones of light after dark; none where it is not."""
    if unlit >= 0.5:
        return ""
    parts = []
    for x in (46.0, 186.0):
        if dark >= 0.5:
            parts.append(f'<path d="M{x:g} 52L{x - 46:g} 172H{x + 46:g}Z" fill="{LIGHT}" opacity="0.55"/>')
        parts.append(path(f"M{x:g} {GROUND + 12:g}V52h8", "#5a5f6e", 4))
        parts.append(circle(x + 6, 54, 7, LIGHT if dark >= 0.5 else "#e8e8ea", f' stroke="{INK}" stroke-width="1.5"'))
    return "".join(parts)


def houses(dark: float) -> str:
    """A row of houses, a few of their windows lit after dark."""
    wall, pane = ("#10142a", LIGHT) if dark >= 0.5 else ("#b9a999", "#e9f3fa")
    parts = []
    for at, (x, top) in enumerate(((0, 74), (62, 92), (124, 66), (186, 88))):
        parts.append(box(x, top, 58, GROUND - top, wall))
        for row in range(2):
            for column in range(3):
                lit = (at + row + 2 * column) % 4 == 0 or dark < 0.5
                parts.append(box(x + 8 + 17 * column, top + 10 + 24 * row, 9, 13, pane if lit else "#2a3050"))
    return "".join(parts)


def trees(dark: float) -> str:
    """The trees of a park."""
    leaf, trunk = ("#0d2a22", "#1c1712") if dark >= 0.5 else ("#4c8b57", "#6b4b2e")
    return "".join(
        box(x - 4, GROUND - 34, 8, 36, trunk) + circle(x, GROUND - 52, 27, leaf) for x in (18.0, 84.0, 150.0, 222.0)
    )


def tunnel() -> str:
    """The vault of a tunnel all around."""
    return '<path d="M0 0H240V200H214V104Q214 34 120 34T26 104V200H0Z" fill="#4a4a50"/>'


def stop_sign() -> str:
    """A sign of a stop."""
    sign = box(96, 66, 34, 24, "#0b5fa5", ' rx="4"') + bus(113, 84, 0.3, "#fff")
    return path("M113 162V88", "#5a5f6e", 4) + sign


def person(x: float, foot: float, size: float, coat: str, *, edge: str = "#fff") -> str:
    """Somebody on foot, seen from the side: head, coat, legs."""
    head = foot - 62 * size
    line = f' stroke="{edge}" stroke-width="{1.6 * size:.1f}"'
    legs = path(
        f"M{x:.1f} {foot - 24 * size:.1f}L{x - 9 * size:.1f} {foot:.1f}M{x:.1f} {foot - 24 * size:.1f}"
        f"L{x + 10 * size:.1f} {foot:.1f}",
        coat,
        5 * size,
    )
    body = (
        f'<path d="M{x - 4 * size:.1f} {head + 11 * size:.1f}L{x + 4 * size:.1f} {head + 11 * size:.1f}'
        f'L{x + 14 * size:.1f} {foot - 20 * size:.1f}H{x - 14 * size:.1f}Z" fill="{coat}"{line}/>'
    )
    return legs + body + circle(x, head, 10 * size, "#8d5a3b", line)


def woman(x: float, foot: float = 184.0, size: float = 1.0) -> str:
    """The woman whose night it is: long hair, a bright coat."""
    head = foot - 62 * size
    hair = (
        f'<path d="M{x - 11 * size:.1f} {head + 15 * size:.1f}Q{x - 17 * size:.1f} {head - 15 * size:.1f} {x:.1f} '
        f'{head - 13 * size:.1f}Q{x + 9 * size:.1f} {head - 13 * size:.1f} {x + 9 * size:.1f} {head - 5 * size:.1f}" '
        f'fill="#3a1f12" stroke="#fff" stroke-width="{1.2 * size:.1f}"/>'
    )
    return person(x, foot, size, COAT) + hair


def passers_by(expected: float) -> str:
    """People about, as many as are expected in view: nobody, one, two, or a handful for many."""
    count = sum(expected >= least for least in (0.5, 1.5, 4.0, 8.0))
    places = (64.0, 186.0, 36.0, 214.0)
    return "".join(person(x, 168, 0.62, QUIET) for x in places[:count])


def face(x: float, y: float, radius: float, safe: float) -> str:
    """A face from afraid (orange, brows up, mouth down) to at ease (purple, mouth up)."""
    r, bend = radius, (safe - 0.5) * 1.3 * radius
    eyes = circle(x - 0.35 * r, y - 0.15 * r, 0.11 * r, "#fff") + circle(x + 0.35 * r, y - 0.15 * r, 0.11 * r, "#fff")
    mouth = path(
        f"M{x - 0.45 * r:.1f} {y + 0.42 * r - bend / 3:.1f}q{0.45 * r:.1f} {bend:.1f} {0.9 * r:.1f} 0", "#fff", 0.13 * r
    )
    lift = 0.22 * r * (0.5 - safe)
    brows = "".join(
        path(
            f"M{x + side * 0.52 * r:.1f} {y - 0.42 * r + lift:.1f}L{x + side * 0.2 * r:.1f} {y - 0.42 * r - lift:.1f}",
            "#fff",
            0.1 * r,
        )
        for side in (-1, 1)
    )
    return circle(x, y, r, mixed(UNSAFE, SAFE, safe), f' stroke="{INK}" stroke-width="1"') + eyes + mouth + brows


def ten_boxes(x: float, y: float, safe: float) -> str:
    """Ten boxes, one for each of ten minutes, filled as far as they feel safe."""
    colour, parts = mixed(UNSAFE, SAFE, safe), []
    for at in range(10):
        left = x + 17 * at
        filled = min(max(10 * safe - at, 0.0), 1.0)
        parts.append(box(left, y, 14, 16, "#fff"))
        parts.append(box(left, y, 14 * filled, 16, colour) if filled else "")
        parts.append(box(left, y, 14, 16, "none", f' stroke="{INK}" stroke-width="1.2"'))
    return "".join(parts)


def clock(x: float, y: float, minutes: int) -> str:
    """A clock's face at a time of the day (minutes since midnight)."""
    hour, minute = 2 * math.pi * (minutes / 720.0), 2 * math.pi * (minutes / 60.0)
    hands = "".join(
        path(f"M{x:g} {y:g}L{x + far * math.sin(turn):.1f} {y - far * math.cos(turn):.1f}", INK, width)
        for far, turn, width in ((11, hour, 3.2), (16, minute, 2.0))
    )
    return circle(x, y, 22, "#fff", f' stroke="{INK}" stroke-width="2.5"') + hands


def star(x: float, y: float) -> str:
    """A star: here the measure stands."""
    points = " ".join(
        f"{x + far * math.sin(math.pi * at / 5):.1f},{y - far * math.cos(math.pi * at / 5):.1f}"
        for at, far in enumerate((15, 6.5) * 5)
    )
    return f'<polygon points="{points}" fill="#ffd23b" stroke="{INK}" stroke-width="1.5"/>'


def building(x: float, kind: str) -> str:
    """A house for home; else a block with a sign: a case for work, a cap for study, a heart for care, a bag, a tree."""
    if kind == "home":
        return (
            f'<path d="M{x - 40:g} 92L{x:g} 58L{x + 40:g} 92Z" fill="#a4482f"/>' + box(x - 33, 92, 66, 60, "#e8d8c0")
            + box(x - 10, 116, 20, 36, "#6b4b2e") + box(x + 14, 100, 13, 14, LIGHT) + box(x - 27, 100, 13, 14, LIGHT)
        )  # fmt: skip
    return box(x - 36, 62, 72, 90, "#cfd3de") + box(x - 11, 118, 22, 34, "#4d4d55") + sign(x, 88, kind)


def sign(x: float, y: float, kind: str) -> str:
    """A sign for what is done at a place."""
    ground = circle(x, y, 18, "#fff", f' stroke="{INK}" stroke-width="1.5"')
    drawn = {
        "home": f'<path d="M{x - 12:g} {y:g}L{x:g} {y - 11:g}L{x + 12:g} {y:g}Z" fill="#a4482f"/>'
        + box(x - 8, y, 16, 10, "#a4482f"),
        "work": box(x - 10, y - 5, 20, 13, "#4d4d55") + path(f"M{x - 4:g} {y - 6:g}v-4h8v4", "#4d4d55", 2),
        "study": f'<path d="M{x - 13:g} {y - 2:g}l13 -6l13 6l-13 6z" fill="#3b2a78"/>'
        + path(f"M{x - 7:g} {y + 2:g}v6h14v-6", "#3b2a78", 2),
        "care": f'<path d="M{x:g} {y + 10:g}l-10 -10a5 5 0 0 1 10 -6a5 5 0 0 1 10 6z" fill="#a01818"/>',
        "shop": f'<path d="M{x - 10:g} {y - 3:g}h20l-3 12h-14z" fill="#0a5c36"/>'
        + path(f"M{x - 5:g} {y - 3:g}q5 -10 10 0", "#0a5c36", 2),
    }.get(kind, circle(x, y, 6, "#3b2a78"))
    return ground + drawn


def bus(x: float, y: float, size: float = 1.0, colour: str = "#0b5fa5") -> str:
    """A bus or tram seen from the side, its wheels at `y`."""
    panes = "".join(box(x + (at * 22 - 42) * size, y - 40 * size, 16 * size, 14 * size, "#e9f3fa") for at in range(4))
    wheels = circle(x - 28 * size, y, 8 * size, INK) + circle(x + 28 * size, y, 8 * size, INK)
    return box(x - 50 * size, y - 48 * size, 100 * size, 46 * size, colour, f' rx="{6 * size:.1f}"') + panes + wheels


def car(x: float, y: float, *, taxi: bool = False) -> str:
    """A car seen from the side, its wheels at `y`; a taxi has its sign on the roof."""
    roof = box(x - 9, y - 49, 18, 7, "#ffd23b", f' stroke="{INK}"') if taxi else ""
    body = f'<path d="M{x - 48:g} {y:g}v-18h16l12 -22h34l14 22h20v18z" fill="{"#ffd23b" if taxi else "#a01818"}"/>'
    panes = f'<path d="M{x - 24:g} {y - 19:g}l9 -16h27l10 16z" fill="#e9f3fa"/>'
    return roof + body + panes + circle(x - 26, y, 9, INK) + circle(x + 28, y, 9, INK)


def bicycle(x: float, y: float) -> str:
    """A bicycle, its wheels standing on `y`."""
    line = "#fff"
    wheels = "".join(
        circle(x + side * 24, y - 15, 15, "none", f' stroke="{line}" stroke-width="3"') for side in (-1, 1)
    )
    back, front, saddle, bar, pedal = (
        f"{x + aside:g} {y - up:g}" for aside, up in ((-24, 15), (24, 15), (-6, 40), (16, 40), (0, 15))
    )
    frame = path(f"M{back}L{saddle}L{bar}L{front}M{saddle}L{pedal}L{bar}M{pedal}L{back}", line)
    return wheels + frame
