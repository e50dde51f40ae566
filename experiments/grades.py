"""How sure an answer can be at best: the weakest grade among all parameters that it hangs on.

What it hangs on is read off the program (`experiments.parameter_uses`): an indicator hangs on every parameter that
a part of the model reads through which it comes about, besides those of the measures that are tried.
"""

from collections.abc import Iterable

from analysis.indicators import INDICATORS
from experiments.parameter_uses import parameters_by_module, parameters_of
from scenarios import Scenario
from simulator.evidence import GRADES, load_evidence

HAZARD = tuple(
    f"simulator.{name}"
    for name in ("risk", "levels", "presence", "reference_area", "displacement", "displaced_incidents", "vehicles")
)
"""Modules that decide on incidents and on nothing else."""
REPORTING = ("simulator.reporting",)
"""Modules that decide on what is recorded of them."""
UNIT_COSTS = ("unit_cost_harassment", "unit_cost_robbery", "unit_cost_assault")
OWN = GRADES[0]
"""Grade of a number that the user gave."""
_NO_RUN = ("simulator.interventions", "simulator.profiles", "simulator.audit_estimates")
"""Modules that read parameters of a measure, or that were done with before a run."""
_OF_MONEY = frozenset({"discount_rate"})


def lived_on() -> frozenset[str]:
    """Parameters that people's days hang on: where and when they go, what they meet and feel."""
    left_out = (*HAZARD, *REPORTING, *_NO_RUN)
    lived = (one for one in parameters_by_module() if one.startswith("simulator.") and not one.startswith(left_out))
    return parameters_of(*lived) - _OF_MONEY


def behind(indicator: str) -> frozenset[str]:
    """Parameters that an indicator hangs on in any scenario; the cost hangs on those of the measures alone."""
    if indicator == "cost":
        return frozenset()
    names = lived_on()
    if indicator.startswith(("incidents_", "displace", "break_even")):
        names |= parameters_of(*HAZARD)
    if indicator.startswith("incidents_recorded"):
        names |= parameters_of(*REPORTING)
    return names | frozenset(UNIT_COSTS) if indicator == "break_even_share" else names


def weakest(names: Iterable[str]) -> str:
    """The weakest grade among parameters; empty without any."""
    evidence = load_evidence()
    return max((evidence[name].grade for name in names), key=GRADES.index, default="")


def grades_of_indicators(scenario: Scenario) -> dict[str, str]:
    """The weakest grade behind each indicator of a scenario; of a cost that the user gave, that it was given."""
    prices = {name for measure in scenario.measures for name in measure.cost_evidence()}
    effects = {name for measure in scenario.measures for name in measure.evidence()} - prices
    grades = {name: weakest(behind(name) | effects) for name in INDICATORS}
    grades["break_even_share"] = weakest(behind("break_even_share") | effects | prices)
    grades["cost"] = weakest(prices) or (OWN if scenario.measures else "")
    return grades
