"""Local clock times as moments that exist, made in one place.

On the night on which clocks go forward an hour is left out, and on the night on which they go back one happens twice.
A time that is left out stands for the moment that would follow if clocks had not been changed yet: 03:30 for 04:30. Of
a time that happens twice the first is meant.
"""

import datetime
from zoneinfo import ZoneInfo


def local_moment(timezone: str, date: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
    """The moment of a clock time, with its time zone.

    Parameters
    ----------
    timezone
        IANA name, such as Europe/Helsinki.
    date
        The date from whose midnight hours are counted.
    hour, minute
        Clock time; hours from 24 belong to the following day.
    """
    midnight = datetime.datetime(date.year, date.month, date.day)
    written = midnight + datetime.timedelta(hours=hour, minutes=minute)
    zone = ZoneInfo(timezone)
    return written.replace(tzinfo=zone).astimezone(datetime.UTC).astimezone(zone)
