"""When places are open: OpenStreetMap's `opening_hours` texts read for one date.

A city keeps the texts as they were written and reads them for the simulated date, so that weekdays, seasons,
public holidays of the country and sunset hold exactly for that day. The day begins at 04:00: its hours 0 to 3 are
those of the next calendar day, and a bar open on Friday until 02:00 is open at 01:00 of a simulated Friday. A place
without a text keeps the hours in `opens_h` and `closes_h`, the same on every day.

The grammar is that of https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, read by the package
opening-hours-py. An hour counts as open if the place is open at its middle; `unknown` counts as closed. Hours are those
that clocks show, also in the night on which clocks change; only hours by the sun need moments (`local_time`). School
holidays (`SH`) are not known anywhere, public holidays only in countries that the package knows.
"""

import datetime
import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import opening_hours

from simulator.city.network import StreetNetwork
from simulator.foundation.clock import FIRST_HOUR, HOURS
from simulator.foundation.local_time import local_moment

EXAMPLE = "Mo-Fr 08:00-18:00; Sa 10:00-15:00"
_ONLY_CLOSED = re.compile(r"(PH|SH)(\s*,\s*(PH|SH))*\s+(off|closed)", re.IGNORECASE)
_BY_SUN = re.compile(r"sunrise|sunset|dawn|dusk", re.IGNORECASE)
_ONLY_COMMENT = re.compile(r'"[^"]*"')

Array = np.ndarray[Any, Any]


def hours_fault(text: str) -> str | None:
    """What keeps a text from being read as opening hours, in a few words; None if nothing does."""
    if _ONLY_CLOSED.fullmatch(text.strip()):
        return "says only when it is closed"
    if _ONLY_COMMENT.fullmatch(text.strip()):
        return "is only a comment"
    try:
        opening_hours.OpeningHours(text, auto_country=False, auto_timezone=False)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # its stubs lack the errors
        place = re.search(r"--> 1:(\d+)", str(error))
        return f"cannot be read from character {place.group(1)} on" if place else "cannot be read"
    return None


def open_by_hour(texts: Sequence[str], network: StreetNetwork, date: datetime.date) -> Array:
    """Whether each text says open at the middle of each clock hour of a simulated day, bool (24, T).

    Parameters
    ----------
    texts
        Opening hours without fault (`hours_fault`).
    network
        Gives the time zone, the country of the holidays and the centre for sunrise and sunset.
    date
        The date on which the day begins, at 04:00.
    """
    clock = range(FIRST_HOUR, FIRST_HOUR + HOURS)
    midnight = datetime.datetime(date.year, date.month, date.day)
    written = [midnight + datetime.timedelta(hours=hour, minutes=30) for hour in clock]
    moments = [local_moment(network.timezone, date, hour, 30) for hour in clock]
    country = known_country(network.country)
    found = np.zeros((HOURS, len(texts)), bool)
    for column, text in enumerate(texts):
        by_sun = _BY_SUN.search(text) is not None
        where = _place_under_the_sun(network) if by_sun else {"auto_timezone": False}
        hours = opening_hours.OpeningHours(text, country=country, auto_country=False, **where)
        for hour, moment in zip(clock, moments if by_sun else written, strict=True):
            found[hour % HOURS, column] = hours.is_open(moment)
    return found


def _place_under_the_sun(network: StreetNetwork) -> dict[str, Any]:
    """What the package needs to know where the sun is; it takes coordinates only if it may look up their time zone."""
    coords = (network.latitude, network.longitude)
    return {"timezone": ZoneInfo(network.timezone), "coords": coords, "auto_timezone": True}


def known_country(country: str) -> str | None:
    """The country if its public holidays are known, else None."""
    try:
        opening_hours.OpeningHours("24/7", country=country, auto_country=False, auto_timezone=False)
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined]
        return None
    return country


def places_open(network: StreetNetwork, date: datetime.date) -> Array:
    """Whether each place is open at the middle of each clock hour of a simulated day, bool (24, P)."""
    places = network.places
    hour = np.arange(HOURS)[:, None] + 0.5
    usual = ((hour >= places.opens_h) & (hour < places.closes_h)) | (hour + HOURS < places.closes_h)
    if not network.opening_hours:
        return usual
    written = open_by_hour(network.opening_hours, network, date)
    return np.where(places.hours_index >= 0, written[:, places.hours_index], usual)


def ways_closed(network: StreetNetwork, date: datetime.date) -> Array | None:
    """Whether nobody may walk along each segment at the middle of each clock hour of a simulated day, bool (24, S).

    A street on which somebody lives is never closed: nobody is shut out of home. None where no way ever closes.
    """
    hours, streets = network.way_hours, len(network.streets)
    hours = hours.take(hours.hours != "")  # an empty cell: open at all hours
    if not len(hours):
        return None
    texts, row = np.unique(hours.hours, return_inverse=True)
    shut = open_by_hour(texts.tolist(), network, date)[:, row] != hours.says_open
    closed = np.zeros((HOURS, streets), bool)
    for hour in range(HOURS):
        closed[hour, hours.segment[shut[hour]]] = True
    closed[:, network.places.segment[network.places_of("home")]] = False
    return closed if closed.any() else None
