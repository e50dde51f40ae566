"""Styles for QGIS (QML): one column in a dozen colours that everybody can tell apart, grey for what counts as none."""

from typing import Any
from xml.etree import ElementTree

from analysis.export.layers import Layer, Style
from analysis.maps.furniture import GREY
from analysis.maps.panels import QUIET, colours

CLASSES = 5
"""Classes on each side of none: as many shades as people tell apart on a map."""
_VERSION = "3.22.0"
"""The QGIS whose way of writing symbols this is; newer ones read it."""


def qml_of(style: Style, layer: Layer) -> str:
    """The style as QML; what lies beyond the ends has the colours of the ends.

    Parameters
    ----------
    style
        One of the layer's.
    layer
        Tells whether lines or areas are drawn.
    """
    root = _root()
    renderer = ElementTree.SubElement(
        root, "renderer-v2", type="graduatedSymbol", attr=style.column, graduatedMethod="GraduatedColor",
        symbollevels="1", forceraster="0", enableorderby="0",
    )  # fmt: skip
    ranges, symbols = ElementTree.SubElement(renderer, "ranges"), ElementTree.SubElement(renderer, "symbols")
    for at, (lower, upper, label, colour, size) in enumerate(_classes(style)):
        told = {"lower": f"{lower:.15g}", "upper": f"{upper:.15g}", "symbol": str(at), "label": label, "render": "true"}
        ElementTree.SubElement(ranges, "range", told)
        _symbol(symbols, at, colour, size, lines=layer.geometry_type == "LineString")
    return _text(root)


def qml_of_ground(colour: str) -> str:
    """A style for areas that lie below others, all of one colour ("#rrggbb")."""
    root = _root()
    renderer = ElementTree.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0", forceraster="0")
    _symbol(ElementTree.SubElement(renderer, "symbols"), 0, _parts(colour), 0.0, lines=False, outlined=False)
    return _text(root)


def _root() -> ElementTree.Element:
    return ElementTree.Element("qgis", version=_VERSION, styleCategories="Symbology")


def _text(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _parts(colour: str) -> tuple[int, ...]:
    """Red, green and blue of "#rrggbb"."""
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _classes(style: Style) -> list[tuple[float, float, str, tuple[int, ...], float]]:
    """Lower and upper end, label, colour and width of each class, from the lowest to the highest."""
    none, unit, far = QUIET * style.end, style.unit, max(1e9, style.end * 1e3)
    steps = [none + (style.end - none) * at / CLASSES for at in range(CLASSES)]
    grey = _parts(GREY)
    above, below = [], []
    for at, (start, end) in enumerate(zip(steps, [*steps[1:], far], strict=True)):
        span = f"more than {start:.3g}" if end == far else f"{start:.3g} to {end:.3g}"
        more, less = (_shade(0.5 + sign * (0.08 + 0.42 * (at + 1) / CLASSES)) for sign in (1, -1))
        above.append((start, end, f"{span} {unit}", more, 0.6 + 0.3 * at))
        span = f"less than −{start:.3g}" if end == far else f"−{end:.3g} to −{start:.3g}"
        below.append((-end, -start, f"{span} {unit}", less, 0.6 + 0.3 * at))
    if not style.diverging:
        return [(0.0, none, f"below {none:.2g} {unit}", grey, 0.3), *above]
    return [*reversed(below), (-none, none, "negligible", grey, 0.3), *above]


def _shade(at: float) -> tuple[int, ...]:
    return tuple(round(255 * part) for part in colours()(at)[:3])


def _symbol(symbols: Any, at: int, colour: tuple[int, ...], size: float, *, lines: bool, outlined: bool = True) -> None:
    symbol = ElementTree.SubElement(
        symbols, "symbol", name=str(at), type="line" if lines else "fill", alpha="1", clip_to_extent="1",
        force_rhr="0",
    )  # fmt: skip
    layer = ElementTree.SubElement(
        symbol, "layer", {"class": "SimpleLine" if lines else "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"}
    )
    code = ",".join(map(str, (*colour, 255)))
    options = (
        {"line_color": code, "line_style": "solid", "line_width": f"{size:.2f}", "line_width_unit": "MM",
         "capstyle": "flat", "joinstyle": "round"}
        if lines
        else {"color": code, "style": "solid", "outline_color": "34,34,34,255", "outline_width": "0.2",
              "outline_width_unit": "MM", "outline_style": "solid" if outlined else "no"}
    )  # fmt: skip
    holder = ElementTree.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ElementTree.SubElement(holder, "Option", name=name, value=value, type="QString")
