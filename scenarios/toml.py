"""Read scenarios from TOML, and report every fault at once with the line on which it stands."""

from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from scenarios.catalogue import LIBRARY, list_cases
from scenarios.extension import extended
from scenarios.moved import from_other_folder
from scenarios.positions import Path as Keys
from scenarios.positions import Positions
from scenarios.scenario import Scenario, named
from scenarios.selectors import area_faults
from scenarios.typed import LARGEST_BYTES, Faults, checked, parse, read_text, write_copy
from scenarios.words import listed, show
from simulator.errors import ScenarioError
from simulator.foundation.spelling import near_ones, nearest
from simulator.interventions import MEASURES, Area, Measure

__all__ = ["LARGEST_BYTES", "LIBRARY", "copy_case", "load_scenario", "parse_scenario"]


def load_scenario(path_or_name: str | Path) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    path_or_name
        The short name of a shipped case, or the path of a TOML file. A city file that it names is looked for beside it
        first, then from where the program runs.

    Returns
    -------
    Scenario
        Checked as far as that goes without a city.

    Raises
    ------
    ScenarioError
        If there is no such file, it is larger than 1 MiB, not UTF-8 or not TOML, or with a line for every key that is
        unknown, missing, of a wrong type or out of range.
    """
    if str(path_or_name) in list_cases():
        path_or_name = LIBRARY / f"{path_or_name}.toml"
    return _load(Path(path_or_name), ())


def _load(path: Path, above: tuple[Path, ...]) -> Scenario:
    """Read a file and the cases that it goes on from; `above` are those on the way here."""
    scenario = _parsed(_read(path), str(path), path.stem)
    scenario = _layers_read(scenario, path.parent)
    if scenario.extends is not None:
        scenario = extended(scenario, _base_of(scenario, path.parent, (*above, path.resolve())))
    beside = path.parent / (scenario.city or "")
    if scenario.city and beside.suffix == ".gpkg" and beside.is_file():
        return scenario.model_copy(update={"city": str(beside)})
    return scenario


def _layers_read(scenario: Scenario, folder: Path) -> Scenario:
    if all(measure.where.layer is None for measure in scenario.measures):
        return scenario
    from scenarios.layers import with_layers  # reads maps: takes time to import

    return with_layers(scenario, folder)


def _base_of(scenario: Scenario, folder: Path, above: tuple[Path, ...]) -> Scenario:
    """The case that another one goes on from: a shipped one, or a file in a folder."""
    where, wanted = scenario.place_in_file(("extends",)), str(scenario.extends)
    base = LIBRARY / f"{wanted}.toml" if wanted in list_cases() else folder / wanted
    if base.resolve() in above:
        raise ScenarioError(f"{where}: found {show(wanted)}, which goes on from this case itself; name another case")
    try:
        return _load(base, above)
    except ScenarioError as error:
        raise ScenarioError(f"{where}: {show(wanted)} cannot be read", error.faults or [error.message]) from None


def copy_case(name: str, of: str | Path, folder: Path = Path()) -> Path:
    """Write a case of one's own: another one's file with all its notes, under a new name.

    Parameters
    ----------
    name
        The new short name; the file is this with `.toml`.
    of
        Short name or path of the case that is copied.
    folder
        Where it is written.

    Raises
    ------
    ScenarioError
        If the other case cannot be read, the name cannot be one, or such a file or shipped case is there already.
    """
    other = load_scenario(of)
    source = LIBRARY / f"{of}.toml" if str(of) in list_cases() else Path(of)
    copied = from_other_folder(_read(source), source.parent, folder)
    text = f"# A copy of {other.name}, to be changed: title, question, and what is done where.\n\n{copied}"
    return write_copy(text, name, folder, shipped=list_cases(), error=ScenarioError)


def parse_scenario(text: str, *, file: str = "scenario.toml", name: str = "scenario") -> Scenario:
    """Read a scenario from the text of a TOML file; see `load_scenario`.

    Parameters
    ----------
    text
        The TOML document.
    file, name
        What faults call the file, and the scenario's short name. A case that it goes on from is a shipped one, or
        is looked for from where the program runs.
    """
    scenario = _layers_read(_parsed(text, file, name), Path())
    if scenario.extends is None:
        return scenario
    return extended(scenario, _base_of(scenario, Path(), ()))


def _parsed(text: str, file: str, name: str) -> Scenario:
    """The text alone, whatever it goes on from."""
    scenario, positions = parse(text, _validate, file=file, error=ScenarioError)
    return named(scenario, name, _lines_of_measures(positions, file))


def _lines_of_measures(positions: Positions, file: str) -> dict[Keys, str]:
    return {
        path: f"{file}:{line}"
        for path, line in positions.lines.items()
        if path[0] in ("measures", "extends", "without")
    }


def _read(path: Path) -> str:
    try:
        return read_text(path, what="scenario", error=ScenarioError)
    except FileNotFoundError:
        raise ScenarioError(_not_there(path)) from None


def _not_there(path: Path) -> str:
    cases = list_cases()
    near = near_ones(path.stem, cases)
    aim = f"did you mean {listed(near)}?" if near else f"the shipped ones are {listed(cases, 'and')}"
    return f"{path}: found no such case or file, expected a short name or the path of a TOML file; {aim}"


def _validate(data: dict[str, Any], faults: Faults) -> Scenario | None:
    """The scenario, or None where there are faults; the first of each key is noted."""
    head = checked(Scenario, {key: value for key, value in data.items() if key != "measures"}, (), faults)
    found = data.get("measures", ())
    if not isinstance(found, tuple):
        faults[("measures",)] = [f"found {show(found)}, expected a list of tables; write [[measures]] above each"]
        found = ()
    most = next(
        (one.max_length for one in Scenario.model_fields["measures"].metadata if hasattr(one, "max_length")),
        0,
    )
    if len(found) > most:
        faults[("measures",)] = [f"found {len(found)} measures, expected at most {most}; split the scenario"]
        found = ()
    measures = [_measure(one, ("measures", index), faults) for index, one in enumerate(found)]
    _check_names(measures, faults)
    if faults or head is None:
        return None
    fields = {key: getattr(head, key) for key in head.model_fields_set}
    return Scenario(**fields, measures=cast(Any, tuple(measures)))


def _measure(value: Any, path: Keys, faults: Faults) -> Measure | None:
    if not isinstance(value, dict):
        faults[path] = [f"found {show(value)}, expected a table; write [[measures]] above its keys"]
        return None
    kinds = listed(show(one) for one in MEASURES)
    kind = value.get("kind")
    if "kind" not in value:
        faults[(*path, "kind")] = [f"found nothing, expected {kinds}; add kind = {show(next(iter(MEASURES)))}"]
        return None
    if not isinstance(kind, str) or kind not in MEASURES:
        near = nearest(kind, MEASURES) if isinstance(kind, str) else None
        aim = f'write "{near}"' if near else "choose one of these"
        faults[(*path, "kind")] = [f"found {show(kind)}, expected {kinds}; {aim}"]
        if near is None:
            return None
        kind = near  # so that the faults of the other keys are found too
    value = {**value, "kind": kind}
    measure = checked(MEASURES[kind], value, path, faults)
    where = measure.where if measure is not None else _area(value.get("where"))
    for below, fault in area_faults(where) if where is not None else ():
        faults.setdefault((*path, "where", *below), []).append(fault)
    return measure


def _area(value: Any) -> Area | None:
    """The area of a measure that has other faults, so that those of its words are told at once with them."""
    try:
        return Area.model_validate(value, strict=True)
    except ValidationError:
        return None


def _check_names(measures: list[Measure | None], faults: Faults) -> None:
    seen: dict[str, int] = {}
    for index, measure in enumerate(measures):
        if measure is not None and seen.setdefault(measure.name, index) != index:
            faults[("measures", index, "name")] = [
                f"found {show(measure.name)} again, expected names that differ; "
                f"measure {seen[measure.name] + 1} is called so, rename one"
            ]
