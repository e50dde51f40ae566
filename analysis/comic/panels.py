"""The four pictures of one trip: setting out, the beginning of the way, the streets that are changed, the end."""

from collections.abc import Iterator
from html import escape

from analysis.comic import drawing
from analysis.comic.night import PARTS, Part, Trip
from analysis.language import Language, marked

PANELS = 1 + PARTS
PLACES = {
    "home": marked("home"),
    "work": marked("work"),
    "study": marked("school or university"),
    "shop": marked("a shop"),
    "leisure": marked("a place of leisure"),
    "care": marked("somebody in her care"),
    "other": marked("another place"),
}
MODES = {
    "walk": marked("on foot"),
    "bicycle": marked("by bicycle"),
    "driver": marked("by car"),
    "passenger": marked("by car, as a passenger"),
    "transit": marked("by bus or tram"),
    "taxi": marked("by taxi"),
}
_BEGINS = (
    marked("At first, {where}: {light}, {about}."),
    marked("In the middle, {where}: {light}, {about}."),
    marked("At the end, {where}: {light}, {about}."),
)
_ON_CHANGED = marked("On streets that change, {where}: {light}, {about}.")
_NOBODY, _FEW = 0.5, 3.0
"""Expected people in view below which it is said that nobody is, and that few are."""
_STRIP = 44.0
"""Height of the strip under a picture, with the face and the ten boxes; where she is not on the way, more ground."""
_HOUSE_X, _DARK = 60.0, 0.5


def panels(trip: Trip, *, say: Language, name: str, measures: bool) -> Iterator[str]:
    """Each picture as one `<figure>`, with its words below.

    Parameters
    ----------
    trip
        The trip in one arm.
    say
        The language.
    name
        Prefix of the ids inside, unique in the page.
    measures
        Whether the measures stand: a star marks the streets that they change.
    """
    told = [_setting_out(trip, say)] + [_on_the_way(trip, at, say, measures=measures) for at in range(PARTS)]
    for at, (drawn, sentence) in enumerate(told):
        title, words = f"{name}-{at}", f"{sentence[0].upper()}{sentence[1:]}"
        yield (
            f'<li class="panel m{at}"><figure><svg viewBox="0 0 {drawing.WIDTH:g} {drawing.HEIGHT + _STRIP:g}" '
            f'role="img" aria-labelledby="{title}"><title id="{title}">{escape(words)}</title>{drawn}</svg>'
            f"<figcaption>{escape(words)}</figcaption></figure></li>"
        )


def _setting_out(trip: Trip, say: Language) -> tuple[str, str]:
    dark, unlit = (trip.parts[0].dark, trip.parts[0].unlit) if trip.parts else (1.0, 0.0)
    parts = [drawing.sky(dark), drawing.pavement(dark, unlit, _STRIP), drawing.building(_HOUSE_X, trip.origin)]
    parts.append(drawing.clock(134, 40, trip.sets_out_min))
    words = {
        "origin": say(PLACES[trip.origin]),
        "destination": say(PLACES[trip.destination]),
        "time": trip.clock,
    }
    if not trip.goes:
        parts += [drawing.woman(_HOUSE_X, 150, 0.55), _crossed(drawing.sign(205, 100, trip.destination))]
        told = say("From {origin} to {destination} at about {time}: she does not go.", **words)
        return "".join(parts), told
    parts += [_company(trip, 118), drawing.woman(144)]
    parts.append(_vehicle(trip.mode, 200, 176) if trip.mode != "walk" else _toward(trip.destination))
    company = say("with somebody") if trip.accompanied else say("alone")
    how = say(MODES[trip.mode])
    told = say("From {origin} to {destination} at about {time}: {mode}, {company}.", mode=how, company=company, **words)
    return "".join(parts), told


def _on_the_way(trip: Trip, at: int, say: Language, *, measures: bool) -> tuple[str, str]:
    last = at == PARTS - 1
    if not trip.goes:
        parts = [drawing.sky(1.0), drawing.pavement(1.0, 0.0, _STRIP), drawing.building(120, trip.origin)]
        return "".join([*parts, drawing.woman(120, 150, 0.55)]), say("She stays where she is.")
    if not trip.parts:
        parts = [
            drawing.sky(1.0),
            drawing.houses(1.0),
            drawing.pavement(1.0, 0.0, _STRIP),
            _vehicle(trip.mode, 110, 176),
        ]
        parts += [drawing.building(200, trip.destination)] if last else []
        return "".join(parts), say("{mode}, not on the street.", mode=say(MODES[trip.mode]))
    part = trip.parts[at]
    parts = [_street(part)]
    if last:
        parts.append(drawing.building(196, trip.destination))
    if measures and part.changed >= _DARK:
        parts.append(drawing.star(20, 20))
    parts += [drawing.passers_by(part.people_in_view), _company(trip, 96), drawing.woman(124)]
    parts.append(_strip(part.feels_safe))
    return "".join(parts), f"{_what_it_is_like(part, at, say)} {_minutes_safe(part.feels_safe, say)}"


def _street(part: Part) -> str:
    """Sky, what stands along the way, ground and lamps."""
    beside = drawing.trees(part.dark) if part.park >= _DARK else drawing.houses(part.dark)
    over = drawing.tunnel() if part.tunnel >= _DARK else ""
    stop = drawing.stop_sign() if part.waiting >= _DARK else ""
    lamps = drawing.lamps(part.dark, part.unlit)
    return drawing.sky(part.dark) + beside + drawing.pavement(part.dark, part.unlit) + lamps + over + stop


def _company(trip: Trip, x: float) -> str:
    return drawing.person(x, 184, 1.0, drawing.OTHER) if trip.accompanied else ""


def _toward(destination: str) -> str:
    """An arrow to where she goes."""
    return drawing.path("M166 118h14m-6 -6l6 6l-6 6", "#fff", 3) + drawing.sign(206, 118, destination)


def _vehicle(mode: str, x: float, y: float) -> str:
    if mode == "transit":
        return drawing.bus(x, y, 0.8)
    if mode == "bicycle":
        return drawing.bicycle(x, y)
    return drawing.car(x, y, taxi=mode == "taxi")


def _crossed(drawn: str) -> str:
    return drawn + drawing.path("M187 82L223 118M223 82L187 118", "#a01818", 4)


def _strip(safe: float) -> str:
    """The strip under a picture: the face and ten boxes."""
    ground = drawing.box(0, drawing.HEIGHT, drawing.WIDTH, _STRIP, "#fff")
    middle = drawing.HEIGHT + _STRIP / 2
    return ground + drawing.face(28, middle, 19, safe) + drawing.ten_boxes(58, middle - 8, safe)


def _what_it_is_like(part: Part, at: int, say: Language) -> str:
    if part.tunnel >= _DARK:
        where = say("in a tunnel")
    elif part.waiting >= _DARK:
        where = say("at a stop")
    else:
        where = say("in a park") if part.park >= _DARK else say("along a street")
    light = say("daylight")
    if part.dark >= _DARK:
        light = say("dark and unlit") if part.unlit >= _DARK else say("dark, but lit")
    if part.people_in_view < _NOBODY:
        about = say("nobody in view")
    else:
        about = say("few people in view") if part.people_in_view < _FEW else say("many people in view")
    begins = _ON_CHANGED if part.changed >= _DARK else _BEGINS[at]
    return say(begins, where=where, light=light, about=about)


def _minutes_safe(share: float, say: Language) -> str:
    return say("Of ten minutes {count} feel safe.", count=say.number(10 * share, 1))
