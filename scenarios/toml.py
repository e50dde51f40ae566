"""Read scenarios from TOML, and report every fault at once with the line on which it stands."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import tomlkit
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from tomlkit.exceptions import TOMLKitError

from scenarios.catalogue import LIBRARY, list_cases
from scenarios.extension import extended
from scenarios.moved import from_other_folder
from scenarios.positions import Path as Keys
from scenarios.positions import Positions, locate
from scenarios.scenario import Scenario, named, spell
from scenarios.selectors import area_faults
from scenarios.syntax import syntax_faults
from scenarios.words import listed, show
from simulator.errors import ScenarioError
from simulator.foundation.spelling import near_ones, nearest
from simulator.interventions import MEASURES, Area, Measure

_Model = TypeVar("_Model", bound=BaseModel)
Faults = dict[Keys, list[str]]
"""What is wrong with each key."""
LARGEST_BYTES = 1 << 20
_MOST_FAULTS = 200
_WORDS_OF_TYPE = {
    "string": 'text in quotes, such as "words"',
    "float": "a number such as 12 or 0.5, without quotes",
    "int": "a whole number such as 22, without quotes",
    "bool": "true or false",
    "tuple": "a list in square brackets",
    "date": "a date such as 2026-12-21, without quotes",
    "model": "a table",
}


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
    stem = name.removesuffix(".toml")
    if not re.fullmatch(r"[\w][\w-]{0,79}", stem):
        raise ScenarioError(f"{show(name)}: expected a name of letters, digits and hyphens, such as my-idea; change it")
    if stem in list_cases():
        raise ScenarioError(f"{stem}: is the name of a case that is shipped, expected one of its own; choose another")
    source = LIBRARY / f"{of}.toml" if str(of) in list_cases() else Path(of)
    copied = from_other_folder(_read(source), source.parent, folder)
    text = f"# A copy of {other.name}, to be changed: title, question, and what is done where.\n\n{copied}"
    path = folder / f"{stem}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ScenarioError(f"{path}: is there already, expected a new name; choose another, or remove it") from None
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be written ({error.strerror}); choose another folder") from None
    return path


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
    positions = locate(text)
    try:
        data = tomlkit.parse(text).unwrap()
    except (TOMLKitError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # the parser trips over some malformed input with errors of other kinds
        lines = [f"{file}:{line}: {fault}" for line, fault in syntax_faults(error, text, positions)]
        raise ScenarioError(f"{file} is not TOML", lines) from None
    scenario, faults = _validate(data)
    lines = [
        f"{file}:{positions.line(path)}: {spell(path)}: {fault}"
        for path, texts in sorted(faults.items(), key=lambda item: positions.line(item[0]))
        for fault in texts
    ]
    if scenario is None:
        shown = lines[:_MOST_FAULTS]
        if len(lines) > len(shown):
            where = lines[len(shown)].split(": ")[0]
            shown.append(f"{where}: found {len(lines) - len(shown)} more faults, expected none; is it the right file?")
        raise ScenarioError(f"{file}: {len(lines)} fault{'s' * (len(lines) > 1)}", shown)
    return named(scenario, name, _lines_of_measures(positions, file))


def _lines_of_measures(positions: Positions, file: str) -> dict[Keys, str]:
    return {
        path: f"{file}:{line}"
        for path, line in positions.lines.items()
        if path[0] in ("measures", "extends", "without")
    }


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError(_not_there(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ScenarioError(f"{path}: cannot be read ({reason}), expected a scenario file; check the path") from None
    if len(raw) > LARGEST_BYTES:
        raise ScenarioError(
            f"{path}: found more than 1 MiB, expected a scenario of a few kilobytes; is it the right file?"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(
            f"{path}:{line}: found bytes that are not UTF-8, expected UTF-8 text; save it as UTF-8"
        ) from None


def _not_there(path: Path) -> str:
    cases = list_cases()
    near = near_ones(path.stem, cases)
    aim = f"did you mean {listed(near)}?" if near else f"the shipped ones are {listed(cases, 'and')}"
    return f"{path}: found no such case or file, expected a short name or the path of a TOML file; {aim}"


def _validate(data: dict[str, Any]) -> tuple[Scenario | None, Faults]:
    """The scenario, or None and the first fault of each key."""
    faults: Faults = {}
    data = _plain(data, (), faults)
    head = _checked(Scenario, {key: value for key, value in data.items() if key != "measures"}, (), faults)
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
        return None, faults
    fields = {key: getattr(head, key) for key in head.model_fields_set}
    return Scenario(**fields, measures=cast(Any, tuple(measures))), faults


def _plain(value: Any, path: Keys, faults: Faults) -> Any:
    """The value with tuples for lists, as our types have them, and numbers that no model can use reported."""
    if isinstance(value, dict):
        return {key: _plain(one, (*path, key), faults) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(_plain(one, (*path, index), faults) for index, one in enumerate(value))
    if isinstance(value, float) and not math.isfinite(value):
        faults[path] = [f"found {value}, expected a finite number; write one"]
        return 0.0
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        faults[path] = ["found a number of more than 18 digits, expected a smaller one; write one"]
        return 0
    return value


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
    measure = _checked(MEASURES[kind], value, path, faults)
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


def _checked(model: type[_Model], value: dict[str, Any], path: Keys, faults: Faults) -> _Model | None:
    """The value as a model, strictly (TOML has types); faults of keys that have none yet are added."""
    try:
        return model.model_validate(value, strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = [one["loc"] for one in details if one["type"] == "extra_forbidden"]
        meant = {(*loc[:-1], nearest(str(loc[-1]), _field_at(model, loc)[1].model_fields)) for loc in unknown}
        paths = [*faults, *((*path, *one["loc"]) for one in details)]
        above_faults = {one[:length] for one in paths for length in range(len(one))}
        for detail in details:
            at = (*path, *detail["loc"])
            follows = at in above_faults and detail["type"] in ("too_short", "value_error")  # from what is told anyway
            misspelt = detail["type"] == "missing" and detail["loc"] in meant  # told with the key in its place
            if not (follows or misspelt) and at not in faults:
                faults[at] = [_fault(detail, model, value)]
        return None


def _fault(detail: ErrorDetails, model: type[BaseModel], value: dict[str, Any]) -> str:
    """One pydantic error in our words."""
    kind, context = detail["type"], detail.get("ctx", {})
    field, owner = _field_at(model, detail["loc"])
    meaning = field.description if field is not None and field.description else "another value"
    if kind == "missing":
        return f"found nothing, expected {meaning}; add {detail['loc'][-1]} = ..."
    if kind == "extra_forbidden":
        return _unknown_key(str(detail["loc"][-1]), owner)
    if kind in ("value_error", "assertion_error"):
        given = detail["input"] if isinstance(detail["input"], dict) else value
        reason = str(context.get("error", detail["msg"]))
        return f"found {listed(map(_spelled, given), 'and') or 'no keys'}, expected keys that fit together; {reason}"
    return f"found {show(detail['input'])}, expected {_expected(kind, context, field, detail)}; give {meaning}"


def _spelled(key: str) -> str:
    return spell((key,))


_ALSO_CALLED = {
    "names": ("street", "streets", "street_names", "roads"),
    "within": ("polygon", "area", "bounds", "geometry"),
    "layer": ("file", "geojson", "gpkg", "path"),
    "reach_m": ("distance", "distance_m", "radius", "within_m"),
    "where": ("street", "streets", "place", "location", "area"),
    "kind": ("type", "measure"),
    "from_hour": ("hours", "from", "start"),
    "until_hour": ("to", "until", "end"),
}
"""Keys, and what people call them that is not spelled like them."""


def _unknown_key(key: str, owner: type[BaseModel]) -> str:
    known = list(owner.model_fields)
    called = (name for name, words in _ALSO_CALLED.items() if name in known and key.casefold() in words)
    guess = next(called, None) or nearest(key, known)
    aim = f"write {guess}" if guess else "remove it, or make it a comment with #"
    return f"found a key that is not known, expected one of {', '.join(known)}; {aim}"


def _expected(kind: str, context: Mapping[str, Any], field: FieldInfo | None, detail: ErrorDetails) -> str:
    comparisons = {
        "greater_than_equal": ("at least", "ge"),
        "less_than_equal": ("at most", "le"),
        "greater_than": ("more than", "gt"),
        "less_than": ("less than", "lt"),
    }
    if kind in comparisons:
        words, limit = comparisons[kind]
        return f"{words} {context[limit]:g}"
    if kind == "literal_error":
        return str(context["expected"]).replace("'", '"')
    if kind in ("too_short", "too_long"):
        limit = context["min_length" if kind == "too_short" else "max_length"]
        return f"{'at least' if kind == 'too_short' else 'at most'} {limit} of them"
    if kind in ("string_too_short", "string_too_long"):
        limit = context["min_length" if kind == "string_too_short" else "max_length"]
        return f"{'at least' if kind == 'string_too_short' else 'at most'} {limit} letter{'s' * (limit != 1)}"
    for word, phrase in _WORDS_OF_TYPE.items():
        if kind.startswith(f"{word}_") or kind == word:
            return phrase + (" or text" if word == "model" and field is not None else "")
    return detail["msg"].lower()


def _models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for one in get_args(annotation) for model in _models_in(one))


def _field_at(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[FieldInfo | None, type[BaseModel]]:
    """The innermost declared field on a path, and the model that the path's last key belongs to."""
    field: FieldInfo | None = None
    owner = model
    for position, part in enumerate(path):
        if not isinstance(part, str) or part not in owner.model_fields:
            continue
        field = owner.model_fields[part]
        inside = _models_in(field.annotation)
        if inside and position < len(path) - 1:
            owner = inside[0]
    return field, owner
