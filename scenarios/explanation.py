"""Explain a scenario to a planner, and describe the file format to programs."""

import datetime
import textwrap
from collections.abc import Iterator
from typing import Any

from scenarios.binding import bind
from scenarios.scenario import Scenario
from scenarios.selector_words import NARROWING, NOUNS
from scenarios.selectors import parse_selector
from scenarios.words import listed, show
from simulator.city.network import StreetNetwork
from simulator.evidence.parameters import load_evidence
from simulator.interventions import MEASURES, Amount, Area, Measure, Placement
from simulator.interventions.strength import STREETS

_WIDTH = 100
_BREAK_EVEN = "no outcome evaluation is known: incidents get a break-even effect, no verdict"
NOT_MODELLED = (
    "violence between partners and at home",
    "offenders: where offending would move to cannot be predicted",
    "accidents, glare, nature, noise and energy",
    "anybody who moves house, works or opens a shop elsewhere because of it",
)
"""What no scenario of this version says anything about."""


def explain(scenario: Scenario, network: StreetNetwork | None = None) -> str:
    """Say in plain text what a scenario does, where, at what cost, and on what evidence.

    Parameters
    ----------
    scenario
        What is tried.
    network
        The city on which it is tried; without it lengths, numbers and costs are left out.

    Returns
    -------
    str
        Lines of at most about 100 letters; costs are in each measure's currency.

    Raises
    ------
    ScenarioError
        If it does not fit the city; see `bind`.
    """
    placements = bind(scenario, network) if network is not None else ()
    lines = [f"{scenario.title} ({scenario.name})", *_wrapped(scenario.question, "")]
    for label, text in (("from", scenario.origin), ("for", scenario.for_whom), ("watch", scenario.watch)):
        lines += _wrapped(text, f"   {label:9}") if text else []
    if not scenario.measures:
        lines += ["", "No measures: the streets as they are, which other cases are compared with."]
    for index, measure in enumerate(scenario.measures):
        lines += ["", f"{index + 1}. {measure.name} ({measure.kind})"]
        lines += _told(measure, placements[index] if network is not None else None, network)
    lines += list(_evidence(scenario))
    notes = (scenario.notes,) if scenario.notes else ()
    lists = {
        "Not modelled": NOT_MODELLED,
        "Notes": notes,
        "What evaluations found": scenario.published,
        "Sources": scenario.sources,
    }
    for title, texts in lists.items():
        lines += ["", title] if texts else []
        for text in texts:
            lines += _wrapped(text, "   ")
    if network is None and scenario.measures:
        lines += ["", "Give a city (--city) to see how many metres this is and what it costs."]
    return "\n".join(lines) + "\n"


def _told(measure: Measure, placement: Placement | None, network: StreetNetwork | None) -> list[str]:
    """What one measure does, where, at what cost, through what, and what is not known of it."""
    lines = _wrapped(_settings(measure), "   what     ") + _wrapped(_area_in_words(measure.where), "   where    ")
    if measure.when is not None:
        lines += _wrapped("; ".join((*measure.when.words(), *_parts(measure))), "   when     ")
    if placement is not None and network is not None:
        lines += list(_placed(placement, network))
        lines += _wrapped(placement.measure.found(network, placement), "   found    ")
    for channel in measure.channels():
        lines += _wrapped(channel, "   through  ")
    if measure.displaces:
        lines += _wrapped(f"harm not assessed to {measure.displaces}", "   beware   ")
    if not measure.evaluated:
        lines += _wrapped(_BREAK_EVEN, "   beware   ")
    return lines


def _parts(measure: Measure) -> list[str]:
    """What a part of a measure is, and how much of it there is on dates between nothing and all."""
    when = measure.when
    if when is None or not when.is_partial:
        return []
    dates = [phase.begins for phase in when.phases]
    if when.begins is not None:
        ahead = (when.after_weeks / 2.0, when.after_weeks, when.after_weeks + 52.0 * bool(when.decay_a_year))
        dates += [when.begins + datetime.timedelta(weeks=weeks) for weeks in (0.0, *ahead)]
    told = [f"{when.grown(date):.0%} on {date}" for date in sorted(set(dates))]
    streets = "of its streets, one after the other" if measure.grows == STREETS else f"of {measure.grows}"
    return [*([f"so {', '.join(told)}"] if told else []), f"a part of it is a part {streets}; the cost is of the whole"]


def _wrapped(text: str, label: str, *, indent: int | None = None) -> list[str]:
    further = " " * (len(label) if indent is None else indent)
    return textwrap.wrap(" ".join(text.split()), _WIDTH, initial_indent=label, subsequent_indent=further)


def _settings(measure: Measure) -> str:
    given = measure.model_dump(exclude={"kind", "name", "where", "when"}, exclude_unset=True)
    return ", ".join(f"{key} = {show(value)}" for key, value in given.items()) or "as the evidence has it"


def _area_in_words(area: Area) -> str:
    parts = []
    if area.selector is not None:
        meanings = [f"{word} ({meant.meaning})" for word, meant in parse_selector(area.selector)]
        parts.append(f'"{area.selector}": {", ".join(meanings)}')
    if area.names:
        parts.append(f"on {listed(area.names, 'and')}")
    if area.within is not None:
        parts.append(f"inside a polygon of {len(area.within)} corners")
    if area.layer is not None:
        parts.append(f"inside the polygons of {area.layer}")
    if area.near is not None:
        parts.append(f"within {area.reach_m:g} m of {area.near.replace('_', ' ')}")
    if area.part == "core":
        parts.append("in the core, where effects are counted")
    return "; and ".join(parts)


def _placed(placement: Placement, network: StreetNetwork) -> Iterator[str]:
    streets = network.streets
    length = streets.length_m[placement.segments]
    if not length.size:
        yield f"   in       {network.name}: nowhere, because nothing is missing on the chosen segments; no cost"
        return
    in_core = float(length[streets.in_core[placement.segments]].sum() / length.sum())
    yield (
        f"   in       {network.name}: {length.sum() / 1000:.2f} km on {length.size} segments, "
        f"{in_core:.0%} of it in the core"
    )
    yield f"   takes    {placement.quantity:,.0f} {placement.unit}"
    yield f"   costs    {_money(placement.capital, placement)} to build"
    yield f"            {_money(placement.running_per_year, placement)} a year to run"
    life = placement.lifetime_years
    yield f"            over {life.value:g} years ({life.low:g} to {life.high:g}; {life.grade})"


def _money(amount: Amount, placement: Placement) -> str:
    value, low, high = (placement.quantity * one for one in (amount.value, amount.low, amount.high))
    span = f"{low:,.0f} to {high:,.0f}; {amount.grade}" if low < high else "as given"
    return f"{value:,.0f} {placement.currency} ({span})"


def _evidence(scenario: Scenario) -> Iterator[str]:
    names = dict.fromkeys(name for measure in scenario.measures for name in measure.evidence())
    if not names:
        return
    rows = [load_evidence()[name] for name in names]
    yield ""
    yield "Evidence it rests on, with the range that draws are taken from"
    for row in rows:
        span = f" ({row.low:g} to {row.high:g})" if row.low < row.high else ""
        text = f"{row.value:g}{span} {row.unit}; {row.grade}: {row.source}"
        yield from _wrapped(text, f"   {row.name}  ", indent=6)


def schema() -> dict[str, Any]:
    """Describe the file format as a JSON Schema (draft 2020-12), with meanings and units.

    TOML has dates of its own; as JSON a date is text such as "2026-12-21".

    Returns
    -------
    dict
        JSON-able.
    """
    described = Scenario.model_json_schema()
    definitions = described["$defs"]
    for kind, model in MEASURES.items():
        one = definitions[model.__name__]
        one["required"] = ["kind", *(key for key in one.get("required", []) if key != "kind")]
        one["properties"]["kind"] = {
            "const": kind,
            "type": "string",
            "description": "which kind of measure it is",
        }
    table = definitions["Area"]
    table["anyOf"] = [{"required": [key]} for key in Area.model_fields]
    words = {"type": "string", "minLength": 1, "description": _grammar()}
    definitions["Area"] = {"title": "Area", "anyOf": [words, table]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **described,
        "title": "afterdark scenario",
        "description": "What is tried on the streets of a city.",
    }


def _grammar() -> str:
    before = ", ".join(f"{word} ({one.meaning})" for word, one in sorted(NARROWING.items()))
    last = ", ".join(f"{word} ({one.meaning})" for word, one in sorted(NOUNS.items()))
    return f"words between blanks, all of which have to hold; last one of: {last}; before it any of: {before}"
