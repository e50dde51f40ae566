"""What a reader of an answer must know before the numbers: cases that do nothing that day, light that is guessed."""

import datetime
from collections.abc import Sequence

from scenarios import Scenario
from scenarios.dates import check_dates
from simulator.city.network import StreetNetwork

MOSTLY = 0.5
"""Share of the streets' length above which light that neither a tag nor a lamp tells is called most of it."""


def cautions(scenarios: Sequence[Scenario], network: StreetNetwork, date: datetime.date) -> tuple[str, ...]:
    """Sentences on what the answer rests on, most serious first; without a stop at the end.

    Raises
    ------
    ScenarioError
        If a scenario does not fit the city, or nothing at all would change on the date; see `check_dates`.
    """
    return (*check_dates(scenarios, network, date), *light_caution(network))


def light_caution(network: StreetNetwork) -> tuple[str, ...]:
    """A sentence where most of the light of the core is imputed, by length of streets; else none."""
    streets = network.streets
    length = streets.length_m * streets.in_core
    guessed = float((length * streets.light_imputed).sum() / max(float(length.sum()), 1e-9))
    if guessed <= MOSTLY:
        return ()
    return (
        f"for {guessed:.0%} of the street length in the core of {network.name} neither a tag nor a lamp says whether "
        "it is lit: light is guessed there, anew in each draw (`afterdark network inspect` shows where; `afterdark "
        "network build --lamps` takes your own list of lamps)",
    )
