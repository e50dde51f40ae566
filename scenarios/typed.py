"""Typed values out of TOML: text read, checked against a model, and every fault told at once with its line."""

import math
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar, get_args

import tomlkit
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from tomlkit.exceptions import TOMLKitError

from scenarios.positions import Path as Keys
from scenarios.positions import Positions, locate
from scenarios.scenario import spell
from scenarios.syntax import syntax_faults
from scenarios.words import listed, show
from simulator.errors import InputError
from simulator.foundation.spelling import nearest

_Model = TypeVar("_Model", bound=BaseModel)
_Read = TypeVar("_Read")
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


def read_text(path: Path, *, what: str, error: type[InputError]) -> str:
    """The text of a file of ours.

    Parameters
    ----------
    path
        A file that is there, or `FileNotFoundError` is raised.
    what
        What it should be, such as "scenario".
    error
        What is raised of a file that cannot be read, is larger than 1 MiB or not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise error(f"{path}: cannot be read ({reason}), expected a {what} file; check the path") from None
    if len(raw) > LARGEST_BYTES:
        raise error(f"{path}: found more than 1 MiB, expected a {what} of a few kilobytes; is it the right file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise error(f"{path}:{line}: found bytes that are not UTF-8, expected UTF-8 text; save it as UTF-8") from None


def write_copy(text: str, name: str, folder: Path, *, shipped: Collection[str], error: type[InputError]) -> Path:
    """Write a file of the user's own in a folder, under a new name; give its path.

    Parameters
    ----------
    text
        What stands in it.
    name
        The new short name; the file is this with `.toml`.
    shipped
        Names that are taken.
    error
        What is raised if the name cannot be one, or such a file is there already.
    """
    stem = name.removesuffix(".toml")
    if not re.fullmatch(r"[\w][\w-]{0,79}", stem):
        raise error(f"{show(name)}: expected a name of letters, digits and hyphens, such as my-idea; change it")
    if stem in shipped:
        raise error(f"{stem}: is the name of one that is shipped, expected one of its own; choose another")
    path = folder / f"{stem}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise error(f"{path}: is there already, expected a new name; choose another, or remove it") from None
    except OSError as fault:
        raise error(f"{path}: cannot be written ({fault.strerror}); choose another folder") from None
    return path


def parse(
    text: str, validate: Callable[[dict[str, Any], Faults], _Read | None], *, file: str, error: type[InputError]
) -> tuple[_Read, Positions]:
    """Values out of the text of a TOML file, and where each key stands.

    Parameters
    ----------
    text, file
        The document, and what faults call it.
    validate
        Makes a value of the plain data, or notes faults and gives None.
    error
        What is raised, with a line for each fault.
    """
    positions = locate(text)
    try:
        data = tomlkit.parse(text).unwrap()
    except (TOMLKitError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        # the parser trips over some malformed input with errors of other kinds
        lines = [f"{file}:{line}: {told}" for line, told in syntax_faults(fault, text, positions)]
        raise error(f"{file} is not TOML", lines) from None
    faults: Faults = {}
    value = validate(plain(data, (), faults), faults)
    if value is None or faults:
        raise_faults(faults, positions, file, error)
    assert value is not None
    return value, positions


def raise_faults(faults: Faults, positions: Positions, file: str, error: type[InputError]) -> NoReturn:
    """Raise an error with a line for each fault, in the order of the file."""
    lines = [
        f"{file}:{positions.line(path)}: {spell(path)}: {fault}"
        for path, texts in sorted(faults.items(), key=lambda item: positions.line(item[0]))
        for fault in texts
    ]
    shown = lines[:_MOST_FAULTS]
    if len(lines) > len(shown):
        where = lines[len(shown)].split(": ")[0]
        shown.append(f"{where}: found {len(lines) - len(shown)} more faults, expected none; is it the right file?")
    raise error(f"{file}: {len(lines)} fault{'s' * (len(lines) > 1)}", shown)


def plain(value: Any, path: Keys, faults: Faults) -> Any:
    """The value with tuples for lists, as our types have them, and numbers that no model can use reported."""
    if isinstance(value, dict):
        return {key: plain(one, (*path, key), faults) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(plain(one, (*path, index), faults) for index, one in enumerate(value))
    if isinstance(value, float) and not math.isfinite(value):
        faults[path] = [f"found {value}, expected a finite number; write one"]
        return 0.0
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        faults[path] = ["found a number of more than 18 digits, expected a smaller one; write one"]
        return 0
    return value


def checked(model: type[_Model], value: dict[str, Any], path: Keys, faults: Faults) -> _Model | None:
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
