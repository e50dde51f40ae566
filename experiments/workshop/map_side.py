"""The map side of the page as HTML: controls that the browser works by itself, and the words that it says."""

import json
from html import escape

from analysis.language import Language, marked
from simulator.foundation.categories import GENDERS

LAYERS = {
    "light": marked("light"),
    "feeling": marked("feels safe"),
    "footfall": marked("people passing"),
    "difference": marked("difference in feeling safe"),
}
LEGENDS = {
    "light": marked("Light of lamps: minimum illuminance on the street (lx)"),
    "feeling": marked("Chance that somebody of the chosen group feels safe there (%)"),
    "footfall": marked("People passing in the hour, everybody together"),
    "difference": marked("Change in feeling safe (points): purple safer, orange less safe"),
}
_GENDERS = dict(zip(GENDERS, (marked("women"), marked("men"), marked("another gender")), strict=True))
_AGES = {"0": marked("under 35"), "1": marked("35 to 64"), "2": marked("65 and over")}
_POINTS = {
    "buildings": (marked("buildings"), True),
    "venues": (marked("venues"), False),
    "stops": (marked("stops"), True),
    "lamps": (marked("lamps"), False),
}
_SPEEDS = {2: marked("2 minutes a second"), 5: marked("5 minutes a second"), 15: marked("15 minutes a second")}


def map_side(say: Language, attribution: str) -> str:
    """All that stands on the map side."""
    return f"{_controls(say)}{_panes(say)}{_legend(say, attribution)}"


def _options(words: dict[str, str], say: Language, first: str = "") -> str:
    every = ({"all": first} if first else {}) | words
    return "".join(f'<option value="{value}">{escape(say(text))}</option>' for value, text in every.items())


def _controls(say: Language) -> str:
    speeds = {str(60 * value): text for value, text in _SPEEDS.items()}
    return (
        '<div class="controls">'
        f'<label>{escape(say("Streets by"))} <select id="layer">{_options(LAYERS, say)}</select></label>'
        f'<label>{escape(say("for"))} <select id="gender">{_options(_GENDERS, say, marked("everybody"))}'
        "</select></label>"
        f'<label>{escape(say("aged"))} <select id="age">{_options(_AGES, say, marked("any age"))}</select></label>'
        f'<label><input type="checkbox" id="walkers"> {escape(say("walkers"))}</label>'
        f'<button id="play" type="button" aria-pressed="false">{escape(say("Play the night"))}</button>'
        f'<label class="optional">{escape(say("Speed"))} <select id="speed">{_options(speeds, say)}</select></label>'
        f'<span><button id="farther" type="button" aria-label="{escape(say("farther"))}">−</button> '
        f'<button id="closer" type="button" aria-label="{escape(say("closer"))}">+</button> '
        f'<button id="whole" type="button">{escape(say("whole city"))}</button></span>'
        f'<div class="time"><input id="minute" type="range" min="240" max="1679" step="1" value="1320" '
        f'aria-label="{escape(say("time of day"))}"><span id="clock">22:00</span>'
        f'<div id="sky" title="{escape(say("darker: after dark"))}"></div></div>'
        '<small id="dark"></small></div>'
    )


def _panes(say: Language) -> str:
    keys = escape(say("Map. Arrow keys move it, plus and minus zoom, 0 shows all, space picks what is in the middle."))
    return (
        '<div class="panes">'
        + "".join(
            f'<div class="pane" id="pane-{side}"{" hidden" if side == "after" else ""}>'
            f'<canvas id="map-{side}" tabindex="0" role="application" '
            f'aria-label="{escape(say(words))}. {keys}"></canvas>'
            f'<div class="title" id="title-{side}">{escape(say(words))}</div>'
            f'<div class="count" id="count-{side}"></div></div>'
            for side, words in (("before", marked("Today")), ("after", marked("With your measures")))
        )
        + "</div>"
    )


def _legend(say: Language, attribution: str) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" data-shown="{kind}"{" checked" if on else ""}> {escape(say(text))}</label> '
        for kind, (text, on) in _POINTS.items()
    )
    looks = (
        ("#b3420a", "border-radius:50%", marked("women")),
        ("#0b5fa5", "", marked("men")),
        ("#2b7a4b", "clip-path:polygon(50% 0,100% 100%,0 100%)", marked("another gender")),
    )
    key = "".join(
        f'<span><i class="shape" style="background:{colour};{form}"></i>{escape(say(text))}</span>'
        for colour, form, text in looks
    )
    note = say("Of each walk the first and the last street are not shown, so that no home can be seen.")
    wait = say("Run first: a difference needs two nights.")
    return (
        f'<div class="legend"><div class="scale"><div id="legend-words"></div><div id="legend-bar"></div>'
        f'<div id="legend-ends"></div></div><div id="readout" role="status"></div>'
        f'<div id="drawing" hidden><button id="finish" type="button" disabled onclick="afterdark.finish()">'
        f'{escape(say("Finish the drawing"))}</button> <button type="button" onclick="afterdark.draw(null)">'
        f"{escape(say('Give up drawing'))}</button></div>"
        f'<div id="difference-note" class="warn" hidden>{escape(wait)}</div>'
        f'<div>{boxes}</div><div class="key">{key}<small>{escape(note)}</small></div>'
        f"<small>{escape(attribution or '© OpenStreetMap contributors')}</small></div>"
    )


def map_words(say: Language) -> str:
    """The words that the browser says, as JSON that may stand in a page."""
    told = {
        "play": say("Play the night"),
        "pause": say("Pause"),
        "out": say("simulated people out on foot: {count}"),
        "large": say("This file is too large: a scenario has at most 1 MiB."),
        "after": say("With your measures"),
        "difference": say("The difference that your measures make"),
        "dark": say("dark from {start} to {end}", start="{start}", end="{end}"),
        "unnamed": say("a way without a name"),
        "added": say("a new link, which your measures add"),
        "legends": {layer: say(text) for layer, text in LEGENDS.items()},
        "units": {"light": "lx", "footfall": say("people an hour")},
        "drawing": {
            "line": say("Click along the street; Enter ends the line, Escape gives up."),
            "area": say("Click the corners of the area; Enter closes it, Escape gives up."),
            "mark": say("Click where you saw it; Escape gives up."),
        },
    }
    return json.dumps(told).replace("<", "\\u003c")
