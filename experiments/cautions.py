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
from simulator.interventions.strength import share_on
from simulator.interventions.timed import Timed
from street_networks.inspection.soundness import check_sound
from street_networks.light.imputation import assumed_rows

_OF_LIGHT = ("lighting", "lamp_hours", "adaptive_lamps", "lamp_repair")
_SHUT = ("closure",)


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
    told = (*told, *_in_part(scenarios, date), *_harm(scenarios), *_same_streets(scenarios, network))
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


def _in_part(scenarios: Sequence[Scenario], date: datetime.date) -> Iterator[str]:
    """Measures of which only a part is there on the date: effects are of the part, costs of the whole."""
    for scenario in scenarios:
        for measure in scenario.measures:
            share = share_on(measure, date)
            if 0.0 < share < 1.0:
                yield (
                    f"{scenario.name}: {measure.name}: on {date} there is {share:.0%} of it; effects are of that part, "
                    "and the cost is of the whole"
                )


def _harm(scenarios: Sequence[Scenario]) -> Iterator[str]:
    """What may do harm that no indicator shows."""
    for scenario in scenarios:
        for measure in scenario.measures:
            if measure.displaces:
                yield f"{scenario.name}: {measure.name}: harm not assessed to {measure.displaces}"


def _same_streets(scenarios: Sequence[Scenario], network: StreetNetwork) -> Iterator[str]:
    """Measures that meet on the same streets and stand in each other's way, or go on from what the other left."""
    for scenario in scenarios:
        for one, other in combinations(bind(scenario, network), 2):
            shared = np.intersect1d(one.segments, other.segments).size
            why = _conflict(one.measure, other.measure) if shared else ""
            if why and _at_once(one.measure, other.measure):
                yield f"{scenario.name}: {one.measure.name} and {other.measure.name} meet on {shared} segments; {why}"


def _conflict(one: Measure, other: Measure) -> str:
    """What comes of two measures on the same streets, in words; empty if they do not touch each other."""
    kinds = {one.kind, other.kind}
    if len(kinds) == 1:
        return "they apply in this order, and the later one starts from what the earlier one leaves"
    shut = next((measure for measure in (one, other) if measure.kind in _SHUT), None)
    if shut is not None and not (one.is_shock or other.is_shock):
        return f"{shut.name} lets nobody walk there in some of the hours of the other, which then does little"
    if len(kinds & set(_OF_LIGHT)) > 1:
        return "both change light: they apply in this order, and one may undo what the other does"
    return ""


def _at_once(one: Measure, other: Measure) -> bool:
    """Whether two measures hold in some hour together; those without hours always do."""
    whens = [measure.when for measure in (one, other) if measure.when is not None]
    ends = [when.ends for when in whens if when.ends is not None]
    begins = [when.begins for when in whens if when.begins is not None]
    if ends and begins and min(ends) <= max(begins):
        return False
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
