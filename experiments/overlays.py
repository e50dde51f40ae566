"""Shocks that a whole comparison is under: the baseline and every case alike, to see what still works then."""

import datetime
from collections.abc import Sequence
from typing import Any

from scenarios import Scenario, bind
from scenarios.dates import dates_in_words
from simulator.city.network import StreetNetwork
from simulator.errors import InputError
from simulator.interventions import MEASURES, Placement


def shocks_of(overlays: Sequence[Scenario], network: StreetNetwork) -> tuple[Placement, ...]:
    """Where the shocks of some cases strike, in their order.

    Raises
    ------
    InputError
        If a case holds something that is chosen and does not befall a city: that would be a baseline of its own.
    """
    for one in overlays:
        chosen = [measure for measure in one.measures if not measure.is_shock]
        if chosen or not one.measures:
            found = f"{chosen[0].name!r}, a {chosen[0].kind}" if chosen else "no measure"
            kinds = ", ".join(kind for kind, measure in MEASURES.items() if measure.is_shock)
            raise InputError(
                f"--overlay {one.name}: found {found}, expected a case of shocks only ({kinds}); "
                "to compare with another state of the city give --baseline"
            )
    return tuple(placed for one in overlays for placed in bind(one, network))


def told_first(overlays: Sequence[Scenario], network: StreetNetwork, date: datetime.date) -> tuple[str, ...]:
    """What a reader of an answer under shocks must know before anything else; nothing without any.

    Raises
    ------
    InputError
        As `shocks_of`; `ScenarioError` where a case does not fit the city.
    """
    if not overlays:
        return ()
    shocks_of(overlays, network)
    titles = " and ".join(f"“{one.title}”" for one in overlays)
    told = [
        f"everything here is under {titles}: the baseline too, so that differences are what the cases do then, not "
        "what the shock does; it lasts on all days after the city has settled, and people know of it by then"
    ]
    told += [note for one in overlays for note in dates_in_words(one, network, date)]
    told += [
        f"{one.name}: {measure.name}: harm not assessed to {measure.displaces}"
        for one in overlays
        for measure in one.measures
        if measure.displaces
    ]
    return tuple(told)


def identity_of(overlays: Sequence[Scenario]) -> dict[str, Any]:
    """The part of a run's identity that shocks are; nothing without any, so that runs of before keep theirs."""
    return {"overlays": [one.canonical() for one in overlays]} if overlays else {}
