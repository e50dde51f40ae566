"""Sentences that were written down in English when a comparison was made, said in the language that is spoken now.

Cautions, the log of an office and whom a measure may harm are stored as they were told. Each is one of the sentences
below with names and numbers put in; so they are found again, and said with the same names and numbers. What is none of
them stands in English, and the page says so.
"""

import re
from collections.abc import Iterator
from functools import cache

from analysis.language import ENGLISH, foreign, marked_each, spoken, tr

SENTENCES = marked_each(
    # experiments.cautions
    "{case}: {measure}: on {share} of its length the map does not tell whether it is lit now, so that light is guessed "
    "there, and what lamps change: survey it first",
    "{case}: {measure}: on {date} there is {share} of it; effects are of that part, and the cost is of the whole",
    "{case}: {measure}: harm not assessed to {known}",
    "{case}: {measure} and {other} meet on {count} segments; {known}",
    "they apply in this order, and the later one starts from what the earlier one leaves",
    "{measure} lets nobody walk there in some of the hours of the other, which then does little",
    "both change light: they apply in this order, and one may undo what the other does",
    "no currency and price level is known for {country}: costs are in EUR at prices of the euro area",
    "costs that the case does not give are those of the euro area, put into {currency} by purchasing power (1 EUR "
    "there is worth {money}; recalled figures): give your own where you can",
    # experiments.overlays
    "everything here is under {titles}: the baseline too, so that differences are what the cases do then, not what the "
    "shock does; it lasts on all days after the city has settled, and people know of it by then",
    # scenarios.dates, simulator.interventions
    "{case}: “{measure}” {known}; {date} is a {known_day}: try --date {first} (a {known_other})",
    "{case}: “{measure}” {known} on {date}: try --date {first}",
    "{case}: “{measure}” {known}",
    "is placed nowhere in {city}: nothing is missing on the chosen streets",
    "burns in no dark hour, so that only the sign of care is left",
    "holds in no dark hour",
    "is for dark hours only, and none of its hours is dark",
    "has its hours when no such vehicle stops near there on that day",
    "takes departures away where there are none on that day in these hours",
    "has not begun (it begins on {date})",
    "has ended (on {date})",
    "is not there yet, or no longer, by its onset and phases",
    "is for {listed} only, each until {time} of the morning after",
    "is for {listed} only",
    # street_networks.inspection.soundness
    "{known}; {remedy}",
    "found {residents}, more than the {most} a km of the densest quarters: are levels and floor areas right?",
    "found only {residents} (fewer than {usual} a km are rare in towns): are all buildings mapped?",
    "{count} residents on {km} km of streets, {here} a km",
    "found {jobs} jobs beside {residents} residents, expected at most about {most} with all who can come in",
    "found {km} km of streets in the core, for which results are given, expected at least {least} km",
    "found no gateway at the edge and no stop: nobody comes from outside, and residents stay inside",
    "for {share} of the street length in the core of {city} neither a tag nor a lamp says whether it is lit: light is "
    "guessed there, anew in each draw",
    "for {share} of the street length in the core of {city} neither a tag nor a lamp says whether it is lit: light is "
    "guessed there, anew in each draw, so that answers about light are hardly about this place",
    "give a population table (`afterdark network build --zones FILE --population FILE`)",
    "if not, give a population table (`afterdark network build --zones FILE --population FILE`), or spread residents "
    "along streets without mapped buildings (`--people-per-km N`)",
    "build the city again, which scales them, or mend the sizes of its places",
    "build it again from a larger extract, or with a polygon (`--within`) at least 250 m inside the extract's edge",
    "if streets do lead out, build it from an extract that is cut across them",
    "`afterdark network inspect` shows where; `network build` takes your own list (`--lamps`) or what you know of a "
    "class of street (`--assume-lit`)",
    # experiments.light_extremes
    "{case}: whether streets are lit moves this answer, and on {share} of their length in the core it is guessed. "
    "{known}, women after dark: {known_lit}; {known_unlit} ({count} {known_draws} each)",
    "{case}: whether streets are lit hardly moves this answer, and on {share} of their length in the core it is "
    "guessed. {known}, women after dark: {known_lit}; {known_unlit} ({count} {known_draws} each)",
    "{change} with every one of them lit",
    "{change} with none of them lit",
    "{change} {unit} ({before} to {after})",
    "draw",
    "draws",
    # simulator.interventions.night.office
    "week {number}: no report has arrived; nothing is done",
    "week {number}: hosts, by reports of weeks {first} to {last}: {hosts}",
    "{count} to {area} ({reports} of {total} reports)",
    "week {number}: {area}: {count} reports from {from} to {until} h; asks its venues to close one after the other",
    "week {number}: {area}: {count} reports; asks for its lamps to be repaired within days",
)
"""Each as it is written, its names and numbers as places. What a place that begins with `known` holds is one of them
too, or words of the catalogue; lists stand in `listed` and `hosts`."""
WEEKDAYS = marked_each("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NESTED = ("residents", "change")
_LISTS = {"listed": r", | and ", "hosts": r", (?=\d+ to )"}


def said(words: str) -> str:
    """The sentence in the language that is spoken now; marked as English where it is none of `SENTENCES`."""
    if spoken() == ENGLISH:
        return words
    told = _said(words)
    return foreign(words) if told is None else told


def _said(words: str) -> str | None:
    """The sentence, or what the catalogue has of it; None where nothing is known of it."""
    if spoken().knows(words):
        return tr(words)
    for sentence, pattern in _patterns():
        found = pattern.fullmatch(words)
        if found is None:
            continue
        put = {place: _put(place, value) for place, value in found.groupdict().items()}
        if None not in put.values():
            return tr(sentence, **put)
    return None


def _put(place: str, words: str) -> str | None:
    """What stands in a place: names as they are, numbers as they are written here; None where it must be known."""
    if place in _LISTS:
        parts = [_said(part) for part in re.split(_LISTS[place], words)]
        return None if None in parts else spoken().listed([part for part in parts if part])
    if place.startswith("known") or place == "remedy":
        return _said(words)
    if place in _NESTED:
        return _said(words) or words
    if place == "unit":
        return tr(words) if spoken().knows(words) else words
    number = re.fullmatch(r"([-+−]?\d[\d\u202f]*(?:\.\d+)?)( ?%)?( [A-Z]{3})?", words)
    if number is None:
        return words
    share = "\u00a0%" if number[2] else ""
    return f"{spoken().digits(number[1])}{share}{number[3] or ''}"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sentences with places, those first that say most."""
    with_places = [one for one in SENTENCES if "{" in one]
    ordered = sorted(with_places, key=lambda one: -len(re.sub(r"\{\w+\}", "", one)))
    return tuple((one, re.compile("".join(_parts(one)), re.DOTALL)) for one in ordered)


def _parts(sentence: str) -> Iterator[str]:
    for at, part in enumerate(re.split(r"\{(\w+)\}", sentence)):
        yield f"(?P<{part}>.+?)" if at % 2 else re.escape(part)
