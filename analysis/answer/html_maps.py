"""The maps of a report as figures: the picture inside the page, in words what it shows, and a key."""

import base64
from html import escape
from pathlib import Path

from PIL import Image

from analysis.answer.html_tables import scrolling
from analysis.language import marked, tr
from analysis.maps.multiples import panels_of

SIDEWAYS = marked("Move the map sideways to see all of it.")


def _image(png: Path | str, told: str, *, more: str = "") -> str:
    data = base64.b64encode(Path(png).read_bytes()).decode("ascii")
    return f'<img src="data:image/png;base64,{data}" alt="{escape(told)}"{more}>'


def _figure(label: str, image: str, key: str) -> str:
    aside = f'<span class="narrow"> {escape(tr(SIDEWAYS))}</span>'
    return f"<figure>{scrolling(label, image)}<figcaption>{escape(key)}{aside}</figcaption></figure>"


def street_map(png: Path | str | None, title: str) -> str:
    """What changes on which streets; that there is no map where there is none."""
    if png is None:
        return f"<p>{escape(tr('No map was drawn.'))}</p>"
    told = tr(
        "Maps of the streets after dark, difference between “{title}” and the baseline: from left to right change of "
        "the share of walking time that feels safe, of footfall, and of light where it changes.",
        title=title,
    )
    key = tr(
        "Purple is more, orange is less, grey is a negligible change; streets with a black casing are those that the "
        "scenario touches. Means over draws, all walkers together."
    )
    return _figure(tr("Map"), _image(png, told), key)


def hours_map(png: Path | str | None, title: str, name: str) -> str:
    """The same by hours, all at once or those that a reader slides to; nothing without a picture.

    Parameters
    ----------
    png
        As `draw_hours_map` draws it.
    title
        Of the scenario.
    name
        Prefix of ids, unique in the page.
    """
    if png is None:
        return ""
    told = tr(
        "Maps of the streets hour by hour: change of the share of walking time that feels safe with “{title}”.",
        title=title,
    )
    key = tr("Three clock hours a map, on one scale; bands of hours in which nothing would be coloured are left out.")
    colours = tr("Purple is more, orange is less, grey is negligible; the scale stands below the maps of all hours.")
    image = _image(png, told, more=' loading="lazy"')
    image = f'<div class="stage">{image}</div>'
    return _slider(png, name) + _figure(tr("Maps by hour"), image, f"{colours} {key}")


def _slider(png: Path | str, name: str) -> str:
    """A choice of hours, one after the other with the arrow keys; each shows its map alone, larger. On paper all stand.

    It needs no script: the style of what is chosen moves the picture behind its frame.
    """
    panels = panels_of(png)
    if len(panels) < 2:
        return ""
    with Image.open(png) as picture:
        ratio = picture.width / picture.height
    words = [tr("all hours"), *(heading.split(",")[0] for heading, _ in panels)]
    keys = [f"{name}hours-{at}" for at in range(len(words))]
    choices = "".join(
        f'<label><input type="radio" name="{name}hours" id="{key}"{" checked" * (at == 0)}> {escape(word)}</label>'
        for at, (key, word) in enumerate(zip(keys, words, strict=True))
    )
    rules = "".join(
        f"fieldset:has(#{key}:checked)+figure .stage{{aspect-ratio:{ratio * width / height:.4f}}}"
        f"fieldset:has(#{key}:checked)+figure img{{width:{100 / width:.3f}%;left:{-100 * left / width:.3f}%;"
        f"top:{-100 * top / height:.3f}%}}"
        for key, (_, (left, top, width, height)) in zip(keys[1:], panels, strict=True)
    )
    alone = (
        f"fieldset:has([name={name}hours]:not([id={keys[0]}]):checked)+figure .stage"
        "{position:relative;overflow:hidden;max-width:34rem}"
        f"fieldset:has([name={name}hours]:not([id={keys[0]}]):checked)+figure img"
        "{position:absolute;max-width:none;min-width:0;border:0}"
    )
    style = f"<style>@media screen{{{alone}{rules}}}</style>"
    return f'{style}<fieldset class="hours"><legend>{escape(tr("Hours shown"))}</legend>{choices}</fieldset>'


def zone_map(png: Path | str | None, title: str) -> str:
    """The gap and trips not made by zone; nothing without a picture."""
    if png is None:
        return ""
    told = tr(
        "Maps of the zones after dark: by how much more of men's walking time feels safe than of women's, trips not "
        "made by residents, and how “{title}” changes both; the figures are written on each zone.",
        title=title,
    )
    key = tr("Zones with too few people for a figure are hatched. No zone shows a hazard.")
    return _figure(tr("Maps of zones"), _image(png, told, more=' loading="lazy"'), key)


def choice_map(png: Path | str | None) -> str:
    """All ideas at once; nothing without a picture."""
    if png is None:
        return ""
    told = tr("Maps of the streets after dark, one for each idea: change of the share of walking time that feels safe.")
    key = tr(
        "Purple is more, orange is less, grey is a negligible change; black casing: touched. One scale for all ideas."
    )
    return _figure(tr("Maps of the ideas"), _image(png, told), key)
