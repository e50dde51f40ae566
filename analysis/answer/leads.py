"""What an answer leads with: lamps with how safe walking feels, a night bus with trips and waits."""

import dataclasses
from collections.abc import Iterable, Mapping

from analysis.language import marked


@dataclasses.dataclass(frozen=True)
class Headline:
    """An indicator that an answer may begin with.

    Parameters
    ----------
    indicator
        Its name.
    noun
        What changes, in words; `{when}` is put in.
    title
        What tables of it are called.
    subject
        What is better or worse, in a sentence of its own.
    is_plural
        Whether the noun takes a plural verb.
    column
        What a narrow column of it is called.
    """

    indicator: str
    noun: str
    title: str
    subject: str = marked("it")
    is_plural: bool = False
    column: str = "in the core"

    @property
    def pronoun(self) -> str:
        """What stands for the noun further on."""
        return marked("they") if self.is_plural else marked("it")


FEELS_SAFE = Headline(
    "feels_safe_share",
    marked("the share of walking time {when} that feels safe"),
    marked("Walking time that feels safe"),
    column="all in the core, points",
)
_TRIPS = Headline(
    "trips_not_made",
    marked("trips not made {when}, of 1000 planned,"),
    marked("Trips not made, of 1000 planned"),
    marked("the number of trips not made"),
    is_plural=True,
    column="trips not made of 1000",
)
_WAITS = Headline(
    "waiting_minutes",
    marked("minutes waited at stops {when} per 100 person-hours outdoors"),
    marked("Minutes waited at stops per 100 person-hours outdoors"),
    marked("the time waited"),
    is_plural=True,
)
_TOILETS = Headline(
    "toilet_in_reach",
    marked("the share of time outdoors {when} with an open public toilet in reach"),
    marked("Time outdoors with an open public toilet in reach"),
)
_BY_FAMILY: Mapping[str, tuple[Headline, ...]] = {"transit": (_TRIPS, _WAITS), "toilets": (_TOILETS,)}
"""Families of measures that are about something else than walking; all others lead with walking that feels safe."""
BESIDE: Mapping[str, tuple[str, ...]] = {
    _TRIPS.indicator: (
        *("trips_not_made", "trips_switched", "taxi_trips"),
        *("waiting_minutes", "waiting_dark_minutes", "waiting_alone_minutes"),
    )
}
"""Indicators that stand in one table above all others, by the one that leads."""


def headlines_of(kinds: Iterable[str]) -> tuple[Headline, ...]:
    """What the answer begins with, first thing first, for the kinds of measures of a scenario.

    Walking that feels safe is never left out, as it may suffer from what is about something else.
    """
    given = set(kinds)
    own = tuple(lead for family, leads in _BY_FAMILY.items() if family in given for lead in leads)
    return (*own, FEELS_SAFE) if given and given <= set(_BY_FAMILY) else (FEELS_SAFE, *own)
