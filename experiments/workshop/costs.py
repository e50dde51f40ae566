"""What a draft costs and where it stands, as soon as it is changed: without a run, middle values and their ranges."""

import dataclasses
from collections.abc import Sequence

from scenarios import Scenario, bind
from simulator.accounting.tables import annuity
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import nominal
from simulator.interventions import Placement


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one measure takes.

    Attributes
    ----------
    quantity, unit
        How much of what.
    capital, running, yearly
        To build, to run a year, and both as a yearly cost, each as middle, low and high.
    grade
        How sure the least sure of the prices is.
    streets
        Rows of the segments on which something stands.
    """

    name: str
    quantity: float
    unit: str
    currency: str
    capital: tuple[float, float, float]
    running: tuple[float, float, float]
    yearly: tuple[float, float, float]
    grades: tuple[str, str]
    streets: tuple[int, ...]
    length_m: float


def costs_of(scenario: Scenario, network: StreetNetwork) -> list[Cost]:
    """The cost of each measure, in their order.

    Raises
    ------
    ScenarioError
        If the scenario does not fit the city.
    """
    return [_cost(placed, network) for placed in bind(scenario, network)]


def _cost(placed: Placement, network: StreetNetwork) -> Cost:
    capital, running, life = placed.capital, placed.running_per_year, placed.lifetime_years
    rate, quantity = nominal("discount_rate"), placed.quantity
    here = placed.segments[placed.segments < len(network.streets)]
    ends = zip(
        (capital.value, capital.low, capital.high),
        (running.value, running.low, running.high),
        (life.value, life.high, life.low),  # what lasts longer costs less a year
        strict=True,
    )
    yearly = [quantity * (once * annuity(rate, years) + each) for once, each, years in ends]
    return Cost(
        placed.measure.name,
        quantity,
        placed.unit,
        placed.currency,
        (quantity * capital.value, quantity * capital.low, quantity * capital.high),
        (quantity * running.value, quantity * running.low, quantity * running.high),
        (yearly[0], min(yearly[1:]), max(yearly[1:])),
        (capital.grade, running.grade),
        tuple(map(int, here)),
        float(network.streets.length_m[here].sum()),
    )


def yearly_of(costs: Sequence[Cost]) -> dict[str, float]:
    """Yearly cost of all measures together, by currency."""
    total: dict[str, float] = {}
    for cost in costs:
        total[cost.currency] = total.get(cost.currency, 0.0) + cost.yearly[0]
    return total
