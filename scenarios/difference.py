"""What differs between two scenarios, in words."""

from typing import Any

from scenarios.scenario import Scenario
from scenarios.words import listed, show
from simulator.interventions import Measure

_SHORT = ("title", "city", "date", "origin")
_LONG = ("question", "for_whom", "watch", "notes", "published", "sources", "boards")


def differences(one: Scenario, other: Scenario) -> list[str]:
    """Say what the second scenario has otherwise than the first; measures are told apart by their names.

    Returns
    -------
    list of str
        A line for each difference, without a stop; empty if they say the same.
    """
    lines = [
        f"{name}: {show(getattr(one, name))} -> {show(getattr(other, name))}"
        for name in _SHORT
        if getattr(one, name) != getattr(other, name)
    ]
    texts = [name for name in _LONG if getattr(one, name) != getattr(other, name)]
    lines += [f"other words in {listed(texts, 'and')}"] if texts else []
    before, after = ({measure.name: measure for measure in scenario.measures} for scenario in (one, other))
    lines += [f"without {name!r} ({before[name].kind})" for name in before if name not in after]
    for name, measure in after.items():
        if name not in before:
            lines.append(f"with {name!r} ({measure.kind}): {_levers(measure)}")
        elif before[name] != measure:
            lines += [f"{name!r}: {change}" for change in _changes(before[name], measure)]
    order = [name for name in after if name in before]
    if order != [name for name in before if name in after]:
        lines.append(f"measures are applied in another order: {', '.join(order)}")
    return lines


def _changes(one: Measure, other: Measure) -> list[str]:
    if one.kind != other.kind:
        return [f"kind {one.kind} -> {other.kind}: {_levers(other)}"]
    before, after = one.model_dump(), other.model_dump()
    told = [f"when: {_when(one)} -> {_when(other)}"] if one.when != other.when else []
    changed = [key for key in after if key != "when" and before[key] != after[key]]
    return [*(f"{key}: {_said(before[key])} -> {_said(after[key])}" for key in changed), *told]


def _when(measure: Measure) -> str:
    return "always" if measure.when is None else "; ".join(measure.when.words()) or "always"


def _levers(measure: Measure) -> str:
    given = measure.model_dump(exclude={"kind", "name", "when"}, exclude_unset=True)
    told = [f"{key} = {_said(value)}" for key, value in given.items()]
    return ", ".join([*told, *([_when(measure)] if measure.when is not None else [])])


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {show(one)}" for key, one in value.items() if one not in (None, ())) + "}"
    return "not given" if value is None else show(value)
