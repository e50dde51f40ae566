"""A case that goes on from another one: its measures, those of the same name replaced, and its own."""

from collections.abc import Mapping

from scenarios.positions import Path as Keys
from scenarios.scenario import Scenario, named
from scenarios.words import listed, show
from simulator.errors import ScenarioError


def extended(scenario: Scenario, base: Scenario) -> Scenario:
    """The measures of the base, those of the same name replaced, then the case's own; city and date if it has none.

    Raises
    ------
    ScenarioError
        If it leaves out a measure that the base does not have.
    """
    own = {measure.name: measure for measure in scenario.measures}
    known = [measure.name for measure in base.measures]
    strange = [name for name in scenario.without if name not in known]
    if strange:
        aim = f"expected a measure of {base.name}: {listed([show(name) for name in known])}"
        raise ScenarioError(
            f"{scenario.place_in_file(('without',))}: found {show(strange[0])}, {aim}; correct the name"
        )
    kept = [own.pop(one.name, one) for one in base.measures if one.name not in scenario.without]
    told = {"city": scenario.city or base.city, "date": scenario.date or base.date}
    lines = dict(base._lines)
    merged = scenario.model_copy(update={"measures": (*kept, *own.values()), **told})
    at = {name: index for index, name in enumerate(measure.name for measure in merged.measures)}
    moved = _lines_moved(lines, base, at) | _lines_moved(scenario._lines, scenario, at)
    return named(merged, scenario.name, moved)


def _lines_moved(lines: Mapping[Keys, str], of: Scenario, at: Mapping[str, int]) -> dict[Keys, str]:
    """Where keys stand, by the number that each measure has in the merged case."""
    found = {}
    for path, line in lines.items():
        if path[0] == "measures" and len(path) > 1 and isinstance(path[1], int):
            name = of.measures[path[1]].name
            if name in at:
                found[("measures", at[name], *path[2:])] = line
    return found
