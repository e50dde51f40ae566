"""Write a scenario as the text of a TOML file, as `parse_scenario` reads it."""

from typing import Any

import tomlkit

from scenarios.scenario import Scenario


def scenario_text(scenario: Scenario) -> str:
    """The scenario as TOML: what was given for it, without what stands for itself.

    Parameters
    ----------
    scenario
        With all of its measures, whatever it goes on from.
    """
    told = scenario.model_dump(exclude_unset=True, exclude_none=True, exclude={"extends", "without"})
    head = {"format": 1, "title": scenario.title}
    return tomlkit.dumps(_plain({**head, **{key: one for key, one in told.items() if key not in head}}))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(one) for one in value)
    return value
