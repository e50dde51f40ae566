"""What a reader of an answer must know before the numbers: cases that do nothing that day, a city that is doubtful."""

import datetime
from collections.abc import Sequence

from scenarios import Scenario
from scenarios.dates import check_dates
from simulator.city.network import StreetNetwork
from simulator.evidence.prices import EURO, money_of
from street_networks.inspection.soundness import check_sound


def cautions(scenarios: Sequence[Scenario], network: StreetNetwork, date: datetime.date) -> tuple[str, ...]:
    """Sentences on what the answer rests on, most serious first; without a stop at the end.

    Raises
    ------
    CityError
        If nothing can be answered about the city; see `check_sound`.
    ScenarioError
        If a scenario does not fit the city, or nothing at all would change on the date; see `check_dates`.
    """
    doubts = tuple(str(one) for one in check_sound(network))
    return (*check_dates(scenarios, network, date), *doubts, *_prices(scenarios, network.country))


def _prices(scenarios: Sequence[Scenario], country: str) -> tuple[str, ...]:
    """A sentence where costs of the evidence are not those of the city's country."""
    there = money_of(country)
    if not any(measure.cost_evidence() for scenario in scenarios for measure in scenario.measures):
        return ()
    if not there.known:
        return (f"no currency and price level is known for {country}: costs are in EUR at prices of the euro area",)
    if there.currency == EURO:
        return ()
    return (
        f"costs that the case does not give are those of the euro area, put into {there.currency} by purchasing power "
        f"(1 EUR there is worth {there.factor:.3g} {there.currency}; recalled figures): give your own where you can",
    )
