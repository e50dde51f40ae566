"""The cases of a study: by name or path, several put together, and with levers set."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.studies.study import Lever, Study
from scenarios import Scenario, list_cases, load_scenario
from scenarios.scenario import named
from scenarios.words import listed, show
from simulator.errors import InputError
from simulator.foundation.spelling import nearest
from simulator.interventions import Measure

INCLUDED = "included"
"""The field of a lever that says whether a measure is there at all."""
JOINED_BY = " + "


def load_case(words: str, folder: Path) -> Scenario:
    """A case of a study, or several with their measures together.

    Parameters
    ----------
    words
        Short names or paths, with " + " between them. Paths are looked for in the study's folder first.

    Raises
    ------
    InputError
        If one cannot be read, or two measures have one name.
    """
    parts = [_load(part.strip(), folder) for part in words.split(JOINED_BY)]
    if len(parts) == 1:
        return parts[0]
    measures = tuple(measure for part in parts for measure in part.measures)
    told = {"title": "; ".join(part.title for part in parts), "question": "", "measures": measures}
    try:
        whole = Scenario.model_validate({"format": 1, **told})
    except ValidationError as error:
        raise InputError(f"{show(words)}: cannot be put together; {error.errors()[0]['msg']}") from None
    return named(whole, JOINED_BY.join(part.name for part in parts))


def cases_of(study: Study) -> dict[str, Scenario]:
    """The scenarios of a study, by what it calls them."""
    return {words: load_case(words, Path(study.folder)) for words in study.scenarios}


def moved_by(lever: Lever, loaded: Mapping[str, Scenario]) -> list[Measure]:
    """The measures that a lever moves, in all scenarios that it is meant for."""
    meant = [scenario for words, scenario in loaded.items() if applies(lever, words)]
    places = [(scenario, measure_of(lever, scenario)) for scenario in meant]
    return [scenario.measures[place] for scenario, place in places if place is not None]


def _load(name: str, folder: Path) -> Scenario:
    beside = folder / name
    return load_scenario(beside if name not in list_cases() and beside.is_file() else name)


def applies(lever: Lever, words: str) -> bool:
    """Whether a lever is meant for a scenario, as the study names it."""
    return lever.case is None or lever.case == words


def measure_of(lever: Lever, scenario: Scenario) -> int | None:
    """Which measure of a scenario a lever moves, by its name or else by its kind; None if there is none.

    Raises
    ------
    InputError
        If there are several of that kind.
    """
    names = [measure.name for measure in scenario.measures]
    if lever.measure in names:
        return names.index(lever.measure)
    found = [place for place, measure in enumerate(scenario.measures) if measure.kind == lever.measure]
    if len(found) > 1:
        aim = listed(show(names[place]) for place in found)
        raise InputError(f"found {show(lever.measure)} {len(found)} times in {scenario.name}; write a name: {aim}")
    return found[0] if found else None


def lever_fault(lever: Lever, scenario: Scenario) -> tuple[str, str] | None:
    """The key of a lever and what is wrong with it on a scenario whose measure it moves; None if nothing is."""
    place = measure_of(lever, scenario)
    assert place is not None
    measure = scenario.measures[place]
    root = lever.field.split(".")[0]
    known = [*(key for key in type(measure).model_fields if key not in ("kind", "name")), INCLUDED]
    if root not in known:
        near = nearest(root, known)
        aim = f"write {near}" if near else "choose one of these"
        return "field", f"found {show(lever.field)}, expected a key of {measure.kind}: {listed(known)}; {aim}"
    ends = lever.values or tuple(whole_if_needed(measure, lever.field, end) for end in (lever.low, lever.high))
    for value in ends:
        try:
            with_value(scenario, place, lever.field, value)
        except InputError as error:
            return ("values" if lever.values else "low"), error.message
    return None


def is_whole(measure: Measure, field: str) -> bool:
    """Whether a field of a measure takes whole numbers only."""
    declared = type(measure).model_fields.get(field)
    return declared is not None and "int" in str(declared.annotation) and "float" not in str(declared.annotation)


def whole_if_needed(measure: Measure, field: str, value: Any) -> Any:
    """A number as a field takes it."""
    return round(value) if is_whole(measure, field) and value is not None else value


def with_levers(scenario: Scenario, levers: Mapping[Lever, Any], words: str) -> tuple[Scenario, dict[str, Any]]:
    """A scenario with levers set, and the values of those that move something in it, by their names.

    Parameters
    ----------
    scenario, words
        The scenario, and what the study calls it.
    levers
        A value for each lever.
    """
    places = {one: measure_of(one, scenario) for one in levers if applies(one, words)}
    out = {place for one, place in places.items() if one.field == INCLUDED and not levers[one]}
    moved, taken = scenario, {}
    for lever, place in places.items():
        if place is None or (place in out and lever.field != INCLUDED):
            continue  # how a measure would be that is not there says nothing
        taken[lever.name] = levers[lever]
        moved = with_value(moved, place, lever.field, levers[lever])
    if out:
        measures = tuple(one for place, one in enumerate(moved.measures) if place not in out)
        moved = named(moved.model_copy(update={"measures": measures}), scenario.name)
    return moved, taken


@lru_cache(maxsize=4096, typed=True)
def with_value(scenario: Scenario, place: int, field: str, value: Any) -> Scenario:
    """A scenario with one field of one measure set.

    Raises
    ------
    InputError
        If the measure does not take that value.
    """
    if field == INCLUDED:
        if not isinstance(value, bool):
            raise InputError(f"found {show(value)}, expected true or false: whether the measure is there")
        return scenario
    measure = scenario.measures[place]
    told: dict[str, Any] = measure.model_dump(exclude_unset=True)
    *above, last = field.split(".")
    inner = told
    for key in above:
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            raise InputError(f"found {show(field)}, but {key} is no table; write the key alone")
    inner[last] = value
    try:
        changed = type(measure).model_validate(told, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(f"found {show(value)}, which {measure.kind}.{field} does not take: {first['msg']}") from None
    measures = (*scenario.measures[:place], changed, *scenario.measures[place + 1 :])
    return named(scenario.model_copy(update={"measures": measures}), scenario.name)
