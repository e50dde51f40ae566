"""How sure an answer can be at best: the weakest grade among all parameters that it hangs on.

What it hangs on is read off the program (`experiments.parameter_uses`): an indicator hangs on every parameter that
a part of the model reads through which it comes about, besides those of the measures that are tried.
"""

from collections.abc import Iterable

from analysis.answer.wording import answer_of
from analysis.indicators.catalogue import INDICATORS
from experiments.parameter_uses import parameters_by_module, parameters_of
from scenarios import Scenario
from simulator.evidence.parameters import GRADES, load_evidence

HAZARD = (
    *(f"simulator.safety.{name}" for name in ("risk", "levels", "presence", "reference_area", "displacement")),
    *("simulator.accounting.displaced_incidents", "simulator.travel.vehicles"),
)
"""Modules that decide on incidents and on nothing else."""
REPORTING = ("simulator.safety.reporting",)
"""Modules that decide on what is recorded of them."""
UNIT_COSTS = ("unit_cost_harassment", "unit_cost_robbery", "unit_cost_assault")
OWN = GRADES[0]
"""Grade of a number that the user gave."""
_NO_RUN = ("simulator.interventions", "simulator.evidence.profiles", "simulator.city.audit_estimates")
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
    grades = {name: weakest(names) for name, names in parameters_behind(scenario).items()}
    grades["cost"] = grades["cost"] or (OWN if scenario.measures else "")
    return grades


def parameters_behind(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Names of the parameters that each indicator of a scenario hangs on, those of its measures included."""
    prices = frozenset(name for measure in scenario.measures for name in measure.cost_evidence())
    effects = frozenset(name for measure in scenario.measures for name in measure.evidence()) - prices
    names = {name: behind(name) | effects for name in INDICATORS}
    return names | {"break_even_share": names["break_even_share"] | prices, "cost": prices}


def counts_behind(*scenarios: Scenario) -> dict[str, list[int]]:
    """How many parameters of each grade (in order of `GRADES`) each answer on scenarios hangs on."""
    evidence = load_evidence()
    answers: dict[str, set[str]] = {}
    for scenario in scenarios:
        for indicator, names in parameters_behind(scenario).items():
            answers.setdefault(answer_of(indicator), set()).update(names)
    found = {answer: [evidence[name].grade for name in names] for answer, names in answers.items()}
    return {answer: [grades.count(grade) for grade in GRADES] for answer, grades in found.items()}
