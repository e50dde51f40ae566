"""How old a city's map is, in plain words, and a caution where it is old."""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

CAUTION_YEARS = 3.0
"""Age above which a map is told with a caution: a convention of ours."""
_DAYS_A_YEAR = 365.25
_MONTHS_FROM_DAYS, _YEARS_FROM_MONTHS = 60, 24
CAUTION = (
    "caution: shops, bars, lamps and paths change within years; build the city from a newer extract, or ask people on "
    "the spot what is no longer so"
)


class MapAge(NamedTuple):
    """Age of a map: years since the date of its data, None if that is not known, and what to say of it."""

    years: float | None
    words: str

    @property
    def is_old(self) -> bool:
        """Whether a caution is due."""
        return self.years is not None and self.years > CAUTION_YEARS

    def told(self) -> str:
        """The words, with the caution where it is due."""
        return f"{self.words}; {CAUTION}" if self.is_old else self.words


def map_age(metadata: Mapping[str, str], today: datetime.date) -> MapAge:
    """How old the map is on a day, from `data_date` in a city's metadata: the newest object in its source."""
    text = metadata.get("data_date", "").strip()
    if not text:
        return MapAge(None, "not known: the file does not say of when its data are")
    try:
        date = datetime.date.fromisoformat(text[:10])
    except ValueError:
        return MapAge(None, f"not known: the date of its data reads {text!r}, expected one such as 2026-05-01")
    days = (today - date).days
    if days < 0:
        return MapAge(None, f"not known: its data are dated {date.isoformat()}, after today")
    return MapAge(round(days / _DAYS_A_YEAR, 2), f"{_span(days)} (data of {date.isoformat()})")


def _span(days: int) -> str:
    """Whole days, months or years, rounded down."""
    months = int(12 * days / _DAYS_A_YEAR)
    number, unit = days, "day"
    if days >= _MONTHS_FROM_DAYS:
        number, unit = (months, "month") if months < _YEARS_FROM_MONTHS else (months // 12, "year")
    return f"{number} {unit}{'' if number == 1 else 's'} old"
