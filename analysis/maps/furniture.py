"""What every map carries: scale bar, north arrow, attribution, and the colours of ink and paper."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.results.files import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, PAPER = "#222222", "#c4c4c4", "#ffffff"

_EXACT = 16
"""Colours of a picture that are kept exactly: the most frequent ones."""
Extent = tuple[float, float, float, float]
"""Left, right, bottom, top in projected metres."""


def round_up(value: float) -> float:
    """The next round number, in steps of 1, 1.5, 2, 3, 5 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0)
    return next(step * power for step in steps if step * power >= value * (1 - 1e-9))


def furnish(axes: "Axes", extent: Extent) -> None:
    """Scale bar and north arrow."""
    scale_bar(axes, extent)
    north(axes, extent)


def scale_bar(axes: "Axes", extent: Extent) -> None:
    """A bar of a round length, about a fifth of the map, in the lower left corner."""
    from matplotlib.patheffects import withStroke

    width, height = extent[1] - extent[0], extent[3] - extent[2]
    length = round_up(width / 5.0) if width > 0 else 1.0
    x, y = extent[0] + 0.02 * width, extent[2] + 0.02 * height
    halo = [withStroke(linewidth=5, foreground=PAPER)]
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.5, solid_capstyle="butt", path_effects=halo, zorder=6)
    label = f"{length:.0f} m" if length < 1000 else f"{length / 1000:.0f} km"
    axes.text(
        x + length / 2, y + 0.012 * height, label, ha="center", va="bottom", fontsize=9, color=INK,
        path_effects=halo, zorder=6,
    )  # fmt: skip


def north(axes: "Axes", extent: Extent) -> None:
    """An arrow to the north in the upper right corner."""
    from matplotlib.patheffects import withStroke

    x = extent[1] - 0.03 * (extent[1] - extent[0])
    height = extent[3] - extent[2]
    top = extent[3] - 0.015 * height
    axes.annotate(
        "N", xy=(x, top), xytext=(x, top - 0.1 * height), ha="center", va="center", fontsize=11, color=INK,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.5},
        path_effects=[withStroke(linewidth=4, foreground=PAPER)], zorder=6,
    )  # fmt: skip


def credit(axes: "Axes", attribution: str) -> None:
    """The source of the data in the lower right corner."""
    from matplotlib.patheffects import withStroke

    axes.text(
        0.99,
        0.008,
        plain(attribution),
        transform=axes.transAxes,
        ha="right",
        fontsize=8,
        color=INK,
        path_effects=[withStroke(linewidth=4, foreground=PAPER)],
        zorder=6,
    )


def plain(text: str) -> str:
    """Keep dollar signs from starting mathematics."""
    return text.replace("$", r"\$")


def save_png(figure: "Figure", path: Path | str, *, dpi: int, told: Mapping[str, str] | None = None) -> None:
    """Write a figure as a PNG of 256 colours, whole or not at all: a third of the bytes, and no eye tells.

    The same figure gives the same bytes. The figure needs a canvas (`FigureCanvasAgg`). What is `told` stands in the
    file beside the picture, as text under a key.
    """
    import io

    import numpy as np
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=dpi, metadata={"Software": None})
    with Image.open(drawn) as picture:
        full = picture.convert("RGB")
    pixels = np.asarray(full).astype(np.uint32)
    codes, of, counts = np.unique(
        (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2], return_inverse=True, return_counts=True
    )
    shades = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1).astype(np.float32)
    most = np.argsort(-counts, kind="stable")[:_EXACT]  # paper and ink stay what they are
    # the palette is made of the colours that occur, each counted once: else the few coloured streets would lose theirs
    # to a thousand shades of pale ground
    every = Image.fromarray(shades[None].astype(np.uint8))
    few = every.quantize(256 - _EXACT, method=Image.Quantize.MEDIANCUT, kmeans=2).getpalette() or []
    palette = np.vstack([shades[most], np.reshape(few, (-1, 3))[: 256 - _EXACT]]).astype(np.float32)
    nearest = np.argmin((palette**2).sum(axis=1) - 2.0 * shades @ palette.T, axis=1)
    small = Image.fromarray(nearest.astype(np.uint8)[of.reshape(pixels.shape[:2])], mode="P")
    small.putpalette(palette.astype(np.uint8).ravel().tolist())
    beside = PngInfo()
    for key, text in (told or {}).items():
        beside.add_text(key, text)
    with whole_file(path) as part:
        small.save(part, format="PNG", optimize=True, pnginfo=beside)
