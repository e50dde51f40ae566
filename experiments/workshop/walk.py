"""A safety walk: what participants saw, marked on the map with the hour, as a file of audits for a city.

Kept are place, hour, month and ratings. There is no name, no remark, no minute, and nobody can tell who marked what.
"""

import csv
import dataclasses
import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyproj

from analysis.language import marked_values
from experiments.workshop.city_body import origin_of
from simulator.city.audits import AUDIT_PARAMETERS, BEST_RATING
from simulator.city.network import StreetNetwork
from simulator.errors import InputError

RATED = marked_values(
    {
        "lighting": "light",
        "openness": "how far one sees",
        "visibility": "who could see you",
        "people": "people about",
        "security": "staff or police near",
        "walk_path": "the pavement",
        "public_transport": "the way to a stop",
        "gender_usage": "women and children about",
        "feeling": "how it feels",
    }
)
"""What is rated, and how a page asks for it."""
MOST_MARKS = 300
"""Marks of one group: more are no walk, and fill the machine."""
_DEGREES = 5  # about a metre: finer places are not kept by audits either
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_BESIDE_M = 500.0
"""How far outside the streets a mark may lie; audits take what is within 30 m of one."""


@dataclasses.dataclass(frozen=True)
class Mark:
    """One place as it was seen.

    Attributes
    ----------
    place
        Offsets east and north from the middle of the city (m), as the page counts.
    hour, month
        Local clock hour; year and month, such as 2026-11.
    ratings
        0 (poor) to 3 (good) by what was rated; what is not rated is left out.
    """

    place: tuple[float, float]
    hour: int
    month: str
    ratings: Mapping[str, int]


def mark_of(
    place: Sequence[float],
    when: tuple[int, str],
    ratings: Mapping[str, int],
    network: StreetNetwork,
    today: datetime.date,
) -> Mark:
    """A mark, if it is one.

    Parameters
    ----------
    place
        As in `Mark`.
    when
        Hour and month.
    ratings
        By what was rated.
    network
        The city.
    today
        Walks in the future are refused.

    Raises
    ------
    InputError
        If it lies outside the city, nothing is rated, or hour, month or a rating cannot be.
    """
    hour, month = when
    wrong = {name: value for name, value in ratings.items() if name not in RATED or value not in range(BEST_RATING + 1)}
    if wrong:
        raise InputError(f"found {wrong}, expected ratings from 0 to {BEST_RATING}")
    if not ratings:
        raise InputError("nothing is rated yet; choose at least one rating, then the place")
    if hour not in range(24):
        raise InputError(f"found hour {hour!r}, expected 0 to 23")
    if not _MONTH.fullmatch(month) or month > f"{today:%Y-%m}":
        raise InputError(f"found month {month!r}, expected year and month of the walk such as {today:%Y-%m}, not later")
    try:
        east, north = map(float, place)
    except (TypeError, ValueError):
        raise InputError("found no place, expected a point on the map; click it again") from None
    half = np.ptp(network.vertices, axis=0) / 2.0 + _BESIDE_M
    if not (abs(east) <= half[0] and abs(north) <= half[1]):
        raise InputError(f"found a place outside {network.name}, expected one on its streets; click it again")
    return Mark((east, north), int(hour), month, dict(ratings))


def add(marks: list[Mark], mark: Mark) -> None:
    """Put a mark behind those of a group.

    Raises
    ------
    InputError
        If there are too many.
    """
    if len(marks) >= MOST_MARKS:
        raise InputError(f"found more than {MOST_MARKS} marks, expected a walk; save its file, and remove some")
    marks.append(mark)


def audits_csv(marks: Iterable[Mark], network: StreetNetwork) -> str:
    """The marks as a file for `afterdark network build --audits`; in an order that does not tell who came first.

    Columns are latitude, longitude (degrees, to a metre), hour, month and what may be rated.
    """
    marks = list(marks)
    to_degrees = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    places = np.array([one.place for one in marks], float).reshape(-1, 2) + origin_of(network)
    longitude, latitude = to_degrees.transform(places[:, 0], places[:, 1])
    rows = sorted(
        (f"{lat:.{_DEGREES}f}", f"{lon:.{_DEGREES}f}", one.hour, one.month, *_ratings(one))
        for lat, lon, one in zip(latitude, longitude, marks, strict=True)
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("latitude", "longitude", "hour", "month", *AUDIT_PARAMETERS))
    writer.writerows(rows)
    return text.getvalue()


def _ratings(mark: Mark) -> list[str]:
    return [str(mark.ratings[name]) if name in mark.ratings else "" for name in AUDIT_PARAMETERS]
