"""Says what is tried: typed scenarios, their files, selectors of streets and explanations."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.binding import bind
    from scenarios.catalogue import list_cases
    from scenarios.difference import differences
    from scenarios.explanation import explain, schema
    from scenarios.scenario import Scenario
    from scenarios.selectors import select
    from scenarios.toml import copy_case, load_scenario, parse_scenario

_HOMES = {
    "Scenario": "scenarios.scenario",
    "bind": "scenarios.binding",
    "differences": "scenarios.difference",
    "explain": "scenarios.explanation",
    "copy_case": "scenarios.toml",
    "list_cases": "scenarios.catalogue",
    "load_scenario": "scenarios.toml",
    "parse_scenario": "scenarios.toml",
    "schema": "scenarios.explanation",
    "select": "scenarios.selectors",
}
__all__ = [
    "Scenario",
    "bind",
    "copy_case",
    "differences",
    "explain",
    "list_cases",
    "load_scenario",
    "parse_scenario",
    "schema",
    "select",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562), so that `import scenarios` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
