"""How sure an answer can be at best: the weakest grade among all parameters that it depends on.

What an answer depends on is recorded while the model runs (`Parameters.reads`): an indicator depends on every parameter
that a part of the model read through which it comes about, besides those of the measures that are tried. What a run did
not read, such as the parameters of transit in a city without stops, its answer does not depend on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from analysis.answer.wording import answer_of
from analysis.indicators.catalogue import INDICATORS
from scenarios import Scenario
from simulator.evidence.parameters import GRADES, load_evidence

Reads = Mapping[str, Sequence[str]]
"""Names of the parameters that each module of the model read, by the module's name."""
HAZARD = (
    *(f"simulator.safety.{name}" for name in ("risk", "levels", "ages", "presence", "reference_area", "displacement")),
    *("simulator.accounting.displaced_incidents", "simulator.accounting.year", "simulator.travel.vehicles"),
)
"""Modules that decide on incidents and on nothing else."""
REPORTING = ("simulator.safety.reporting",)
"""Modules that decide on what is recorded of them."""
AFFECTED = ("simulator.accounting.affected",)
"""Modules that decide on who is affected."""
GROUPS = ("simulator.accounting.group_sums",)
"""Modules that tell further groups and journeys, on which no indicator rests."""
UNIT_COSTS = ("unit_cost_harassment", "unit_cost_robbery", "unit_cost_assault")
OWN = GRADES[0]
"""Grade of a number that the user gave."""
_OF_MEASURES = ("simulator.interventions",)
"""Modules that read what measures change and cost: measures name those parameters themselves."""
_OF_MONEY = frozenset({"discount_rate"})


def together(*parts: Reads) -> dict[str, list[str]]:
    """What several parts of a run read, by module."""
    modules = sorted({module for part in parts for module in part})
    return {module: sorted({name for part in parts for name in part.get(module, ())}) for module in modules}


def behind(indicator: str, reads: Reads) -> frozenset[str]:
    """Parameters that an indicator depends on besides those of measures; a cost depends on those of measures alone."""
    if indicator == "cost":
        return frozenset()
    apart = (
        *HAZARD,
        *REPORTING,
        *GROUPS,
        *_OF_MEASURES,
        *(() if indicator.startswith(("affected_", "near_")) else AFFECTED),
    )
    names = _read_by(reads, lambda module: not module.startswith(apart)) - _OF_MONEY
    if indicator.startswith(("incidents_", "displace", "break_even")):
        names |= _read_by(reads, lambda module: module.startswith(HAZARD))
    if indicator.startswith("incidents_recorded"):
        names |= _read_by(reads, lambda module: module.startswith(REPORTING))
    return names | frozenset(UNIT_COSTS) if indicator == "break_even_share" else names


def _read_by(reads: Reads, wanted: Callable[[str], bool]) -> frozenset[str]:
    return frozenset(name for module, names in reads.items() if wanted(module) for name in names)


def weakest(names: Iterable[str]) -> str:
    """The weakest grade among parameters; empty without any."""
    evidence = load_evidence()
    return max((evidence[name].grade for name in names), key=GRADES.index, default="")


def grades_of_indicators(scenario: Scenario, reads: Reads) -> dict[str, str]:
    """The weakest grade behind each indicator of a scenario; of a cost that the user gave, that it was given."""
    grades = {name: weakest(names) for name, names in parameters_behind(scenario, reads).items()}
    grades["cost"] = grades["cost"] or (OWN if scenario.measures else "")
    return grades


def parameters_behind(scenario: Scenario, reads: Reads) -> dict[str, frozenset[str]]:
    """Names of the parameters that each indicator of a scenario depends on, those of its measures included."""
    prices = frozenset(name for measure in scenario.measures for name in measure.cost_evidence())
    effects = frozenset(name for measure in scenario.measures for name in measure.evidence()) - prices
    names = {name: behind(name, reads) | effects for name in INDICATORS}
    return names | {"break_even_share": names["break_even_share"] | prices, "cost": prices}


def counts_behind(runs: Iterable[tuple[Scenario, Reads]]) -> dict[str, list[int]]:
    """How many parameters of each grade (in order of `GRADES`) each answer depends on, over runs of scenarios."""
    evidence = load_evidence()
    answers: dict[str, set[str]] = {}
    for scenario, reads in runs:
        for indicator, names in parameters_behind(scenario, reads).items():
            answers.setdefault(answer_of(indicator), set()).update(names)
    found = {answer: [evidence[name].grade for name in names] for answer, names in answers.items()}
    return {answer: [grades.count(grade) for grade in GRADES] for answer, grades in found.items()}
