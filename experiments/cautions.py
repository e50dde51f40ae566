"""What a reader of an answer must know before the numbers: cases that do nothing that day, a city that is doubtful."""

import datetime
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from scenarios import Scenario, bind
from scenarios.dates import check_dates
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import nominal
from simulator.evidence.prices import EURO, money_of
from simulator.interventions import Measure
from simulator.interventions.timed import Timed
from street_networks.inspection.soundness import check_sound
from street_networks.light.imputation import assumed_rows

_OF_LIGHT = ("lighting", "lamp_hours", "lamp_repair")


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
    told = (*check_dates(scenarios, network, date), *doubts, *_guessed_light(scenarios, network))
    told = (*told, *_harm(scenarios), *_same_streets(scenarios, network))
    return (*told, *_prices(scenarios, network.country))


def _guessed_light(scenarios: Sequence[Scenario], network: StreetNetwork) -> Iterator[str]:
    """Measures on lamps where the map does not say whether lamps are there: what they change is guessed with it."""
    streets, worth_telling = network.streets, nominal("light_imputed_told")
    unknown = streets.light_imputed & ~assumed_rows(network)
    for scenario in scenarios:
        for placed in bind(scenario, network):
            length = streets.length_m[placed.segments]
            guessed = length[unknown[placed.segments]].sum() / max(length.sum(), 1e-9)
            if placed.measure.kind in _OF_LIGHT and guessed > worth_telling:
                yield (
                    f"{scenario.name}: {placed.measure.name}: on {guessed:.0%} of its length the map does not tell "
                    "whether it is lit now, so that light is guessed there, and what lamps change: survey it first"
                )


def _harm(scenarios: Sequence[Scenario]) -> Iterator[str]:
    """What may do harm that no indicator shows."""
    for scenario in scenarios:
        for measure in scenario.measures:
            if measure.displaces:
                yield f"{scenario.name}: {measure.name}: harm not assessed to {measure.displaces}"


def _same_streets(scenarios: Sequence[Scenario], network: StreetNetwork) -> Iterator[str]:
    """Measures of one kind that meet on the same streets: the later one goes on from what the earlier one left."""
    for scenario in scenarios:
        for one, other in combinations(bind(scenario, network), 2):
            shared = np.intersect1d(one.segments, other.segments).size
            if one.measure.kind == other.measure.kind and shared and _at_once(one.measure, other.measure):
                names = f"{one.measure.name} and {other.measure.name}"
                yield (
                    f"{scenario.name}: {names} meet on {shared} segments; they apply in this order, and the later "
                    "one starts from what the earlier one leaves"
                )


def _at_once(one: Measure, other: Measure) -> bool:
    """Whether two measures hold in some hour together; those without hours always do."""
    if not (isinstance(one, Timed) and isinstance(other, Timed)):
        return True
    days = not (one.days and other.days) or bool(set(one.days) & set(other.days))
    months = not (one.months and other.months) or bool(set(one.months) & set(other.months))
    return days and months and bool((one.hours() & other.hours()).any())


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
