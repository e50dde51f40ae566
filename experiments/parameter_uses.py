"""Where each parameter of the evidence acts, read off the program's own source: no list of it can be out of date."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import experiments
import simulator
import street_networks
from simulator.evidence.parameters import OF_GENDER, load_evidence

_LEFT_OUT = ("experiments.cli", "experiments.grades", __name__)
_LISTS = "simulator.evidence.parameters"
"""The module that names parameters without reading them."""
_CALLED = ("parameters", "_parameters", "values", "evidence")
"""What holds parameters is called in the program."""
_READERS = ("nominal", "amount_of", "by_gender", "load_evidence")
_LONG = 8  # letters before the first gap in a text that may stand for a name


@cache
def parameters_by_module() -> dict[str, frozenset[str]]:
    """Names of the parameters that each module reads, by the module's name; the command line is left out."""
    known = frozenset(load_evidence())
    found: dict[str, frozenset[str]] = {}
    for package in (simulator, street_networks, experiments):
        folder = Path(str(package.__file__)).parent
        for path in sorted(folder.rglob("*.py")):
            parts = [package.__name__, *path.relative_to(folder).with_suffix("").parts]
            module = ".".join(part for part in parts if part != "__init__")
            if not module.startswith(_LEFT_OUT):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                names = frozenset(_read(tree, known) if module == _LISTS else _names(tree, known))
                found |= {module: names} if names else {}
    return found


def parameters_of(*modules: str) -> frozenset[str]:
    """Names of all parameters that modules read, those of packages with all that is in them."""
    inside = tuple(f"{module}." for module in modules)
    read = parameters_by_module()
    return frozenset().union(*(names for one, names in read.items() if one in modules or one.startswith(inside)))


def modules_of(name: str) -> list[str]:
    """Modules that read a parameter, in order of their names."""
    return [module for module, names in parameters_by_module().items() if name in names]


def _names(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """Parameters that are read, and those that stand in a table of names, to be read by name."""
    yield from _read(tree, known)
    for node in ast.walk(tree):
        if _may_name(node):
            yield from _matching(node, known)
        elif isinstance(node, ast.Name) and node.id == "OF_GENDER":
            yield from OF_GENDER


def _read(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in known and _is_parameters(node.value):
            yield node.attr
        elif isinstance(node, ast.Subscript) and _is_parameters(node.value):
            yield from _matching(node.slice, known)
        elif isinstance(node, ast.Call) and _called(node) in _READERS:
            yield from (name for argument in node.args for name in _matching(argument, known))


def _may_name(node: ast.AST) -> bool:
    """Whether a piece of text may name a parameter wherever it stands: in a table of names, or made up from parts."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0] if node.values else None
        return isinstance(first, ast.Constant) and len(str(first.value)) >= _LONG and str(first.value).endswith("_")
    return isinstance(node, ast.Constant) and "_" in str(node.value)


def _is_parameters(node: ast.AST) -> bool:
    """Whether something holds parameters, by what it is called."""
    if isinstance(node, ast.Call):
        return _called(node) == "load_evidence"
    return getattr(node, "id", getattr(node, "attr", "")) in _CALLED


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _matching(node: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """The names that a piece of text, with or without something put into it, may stand for."""
    if isinstance(node, ast.Constant) and node.value in known:
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        pieces = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z0-9_]+" for one in node.values]
        yield from (name for name in known if re.fullmatch("".join(pieces), name))
